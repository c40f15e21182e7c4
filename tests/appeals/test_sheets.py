"""Pages of enclosures: counted and proved when they are uploaded, drawn into the packet as they print."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from app.appeals.sheets import MOST_PAGES, PDF, TIFF, Unfit, lay_in, media_type_of, sheets_of
from tests.appeals.papers import blank_pdf, paper_pdf, picture, written


def laid(content: bytes, page: int = 0) -> Any:
    """A page of a document on a sheet."""
    return PdfReader(io.BytesIO(lay_in(blank_pdf(1), {0: (content, page)}))).pages[0]


def filled_form() -> bytes:
    """A page with one field that was typed into, as a form keeps it: beside the page's own drawing."""
    writer = PdfWriter(clone_from=io.BytesIO(paper_pdf("Authorization number:")))
    looks = DecodedStreamObject()
    looks.set_data(b"BT /F0 12 Tf 2 3 Td (AUTH88213) Tj ET")
    box = [FloatObject(part) for part in (0, 0, 100, 16)]
    font = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    made = DictionaryObject({NameObject(key): NameObject(value) for key, value in font.items()})
    looks[NameObject("/Type")], looks[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    looks[NameObject("/BBox")] = ArrayObject(box)
    looks[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F0"): made})}
    )
    field = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Annot"),
            NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/F"): NumberObject(4),
            NameObject("/Rect"): ArrayObject([FloatObject(part) for part in (200, 640, 300, 656)]),
            NameObject("/AP"): DictionaryObject({NameObject("/N"): writer._add_object(looks)}),
        }
    )
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(field)])
    return written(writer)


def test_a_document_is_known_by_its_bytes() -> None:
    assert media_type_of(paper_pdf("a")) == PDF
    assert media_type_of(b"junk before it\n" + paper_pdf("a")) == PDF
    assert media_type_of(picture(kind="TIFF")) == TIFF
    assert media_type_of(b"PK\x03\x04 a letter of another program") == ""


def test_wide_pages_are_told_from_upright_ones_also_when_they_are_turned() -> None:
    assert [sheet.is_wide for sheet in sheets_of("a", PDF, paper_pdf("a", "b"))] == [False, False]
    assert [sheet.is_wide for sheet in sheets_of("a", PDF, paper_pdf("a", size="letter landscape"))] == [True]
    writer = PdfWriter(clone_from=io.BytesIO(paper_pdf("a")))
    writer.pages[0].rotate(90)
    assert [sheet.is_wide for sheet in sheets_of("a", PDF, written(writer))] == [True]


def test_a_page_is_drawn_within_its_sheet_with_its_words() -> None:
    sheet = laid(paper_pdf("first", "The second page"), 1)
    assert "The second page" in sheet.extract_text()
    assert "first" not in sheet.extract_text()


def test_what_was_typed_into_a_form_is_drawn_with_it() -> None:
    content = filled_form()
    assert len(sheets_of("form.pdf", PDF, content)) == 1
    words = laid(content).extract_text()
    assert "Authorization number:" in words
    assert "AUTH88213" in words


def test_a_hidden_field_stays_hidden() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(filled_form()))
    field: Any = writer.pages[0]["/Annots"]
    field[0].get_object()[NameObject("/F")] = NumberObject(2)
    assert "AUTH88213" not in laid(written(writer)).extract_text()


def test_links_scripts_and_attached_files_stay_behind() -> None:
    writer = PdfWriter(clone_from=io.BytesIO(paper_pdf('<a href="https://example.org/">see</a>')))
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert('x')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject(k): v for k, v in script.items()})
    writer.add_attachment("other.txt", b"another patient")
    packet = lay_in(blank_pdf(1), {0: (written(writer), 0)})
    assert "see" in PdfReader(io.BytesIO(packet)).pages[0].extract_text()
    for words in (b"app.alert", b"/EmbeddedFile", b"example.org"):
        assert words not in packet


def locked() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(paper_pdf("a")))
    writer.encrypt("secret", algorithm="RC4-128")
    return written(writer)


def portfolio() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(paper_pdf("a")))
    writer.root_object[NameObject("/Collection")] = DictionaryObject()
    return written(writer)


def only_adobe() -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(paper_pdf("Please wait")))
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({NameObject("/XFA"): ArrayObject()})
    writer.root_object[NameObject("/NeedsRendering")] = NumberObject(1)
    return written(writer)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (locked(), r"chart.pdf: it is locked with a password. Open it, print it to a new PDF"),
        (portfolio(), "a portfolio of files. Enclose the files in it one by one"),
        (only_adobe(), "only Adobe’s reader shows"),
        (blank_pdf(MOST_PAGES + 1), "201 pages; a packet takes 200"),
        (written(PdfWriter()), "it has no page"),
        (paper_pdf("a")[:900], "damaged and cannot be read to its end"),
        (paper_pdf("a").replace(b"stream", b"strxxm"), "damaged and cannot be read to its end"),
    ],
)
def test_a_pdf_that_cannot_become_pages_says_why_and_what_to_do(content: bytes, says: str) -> None:
    with pytest.raises(Unfit, match=says):
        sheets_of("chart.pdf", PDF, content)


def test_a_fax_servers_tiff_brings_each_of_its_frames_in_its_true_shape() -> None:
    frames = [Image.new("1", (1728, 1100), 1), Image.new("1", (1728, 1100), 1)]
    made = io.BytesIO()
    frames[0].save(made, "TIFF", save_all=True, append_images=frames[1:], compression="group4", dpi=(204, 98))
    sheets = sheets_of("fax.tif", TIFF, made.getvalue())
    assert len(sheets) == 2
    assert [sheet.is_wide for sheet in sheets] == [False, False]  # 1,728 by 2,290 when it is stretched back
    assert sheets[0].picture is not None
    assert sheets[0].picture[0] == "image/png"


def test_a_photograph_stands_as_its_camera_was_held() -> None:
    made = io.BytesIO()
    taken = Image.new("RGB", (400, 300), "white")
    exif = taken.getexif()
    exif[0x0112] = 6
    taken.save(made, "JPEG", exif=exif)
    sheet = sheets_of("p.jpg", "image/jpeg", made.getvalue())[0]
    assert not sheet.is_wide


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\x89PNG\r\n\x1a\nnothing", "cannot be read as a picture"),
        (picture(2000, 2000)[:400], "cannot be read as a picture"),  # cut off while it was copied
        (picture(9000, 9000, mode="1"), "9000 by 9000 dots is too large"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(Unfit, match=says):
        sheets_of("p.png", "image/png", content)
