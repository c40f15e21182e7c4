"""The pages that an uploaded document brings, and how they are laid into the packet.

A sheet is one page of the packet that holds one page of an enclosure, scaled to fit beneath its stamp. A page of a
PDF is drawn as it prints: its own drawing, then what was typed into its form and stamped onto it. Scripts, links and
attached files stay behind. A TIFF, as fax servers make them, brings a sheet for each of its frames.
"""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

PDF: Final = "application/pdf"
TIFF: Final = "image/tiff"
SIGNS: Final = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
)
SIGN_WITHIN_BYTES: Final = 1024  # a PDF may begin later: readers look this far
MOST_PAGES: Final = 200  # of all enclosures together: what e-fax services and portals take
MOST_PIXELS: Final = 60_000_000  # a page scanned at 600 dots an inch has 34 million
UNEVEN: Final = 1.1  # fax machines scan finer across than down: beyond this ratio a picture is stretched back

END_OF_JPEG, START_OF_SCAN = b"\xff\xd9", b"\xff\xda"

# The frame of a sheet in points, as packet.css sets it: letter paper, the stamp above, the foot below.
SHORT, LONG = 612, 792
SIDE, TOP, BOTTOM = 29, 50, 47


class Unfit(ValueError):
    """The document cannot become pages. The message says why and what to do."""


class Sheet(NamedTuple):
    """One page of an enclosure."""

    is_wide: bool
    picture: tuple[str, bytes] | None = None  # media type and bytes; None for a page of a PDF


def media_type_of(content: bytes) -> str:
    """By its bytes, not by its name; "" for what cannot be enclosed."""
    known = next((kind for sign, kind in SIGNS if content.startswith(sign)), "")
    return known or (PDF if b"%PDF-" in content[:SIGN_WITHIN_BYTES] else "")


def sheets_of(name: str, media_type: str, content: bytes) -> list[Sheet]:
    """Every page, read to its end: what is damaged is found here and not when the packet is made. Raises Unfit."""
    return _pages(name, content) if media_type == PDF else list(_pictures(name, content))


def lay_in(paper: bytes, places: Mapping[int, tuple[bytes, int]]) -> bytes:
    """The paper with pages of PDFs drawn into its sheets. `places` are `page of the paper → (PDF, page of it)`."""
    if not places:
        return paper
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=io.BytesIO(paper))
    writer.pdf_header = paper[:8].decode("ascii")
    readers = {content: PdfReader(io.BytesIO(content)) for content in {content for content, _ in places.values()}}
    for place, (content, number) in places.items():
        _draw(writer, writer.pages[place], readers[content].pages[number])
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def _pages(name: str, content: bytes) -> list[Sheet]:
    from pypdf import PdfReader, PdfWriter
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        _check_document(name, reader)
        scratch = PdfWriter()
        sheets = []
        for page in reader.pages:
            _form_of(scratch, page)
            width, height = _size(page)
            sheets.append(Sheet(width > height))
    except Unfit:
        raise
    # pypdf meets a damaged file with whatever its wrong parts lead to
    except (PyPdfError, ArithmeticError, AssertionError, AttributeError, LookupError, NotImplementedError) as error:
        raise _damaged(name) from error
    except (OSError, RecursionError, TypeError, ValueError, struct.error, zlib.error) as error:
        raise _damaged(name) from error
    return sheets


def _check_document(name: str, reader: Any) -> None:
    if reader.is_encrypted:
        raise Unfit(f"{name}: it is locked with a password. Open it, print it to a new PDF, and enclose that.")
    catalog = reader.root_object
    if "/Collection" in catalog:
        raise Unfit(f"{name}: it is a portfolio of files. Enclose the files in it one by one.")
    form = catalog.get("/AcroForm")
    if form is not None and "/XFA" in form.get_object() and catalog.get("/NeedsRendering"):
        raise Unfit(f"{name}: it is a form that only Adobe’s reader shows. Print it to a new PDF, and enclose that.")
    if not len(reader.pages):
        raise Unfit(f"{name}: it has no page.")
    if len(reader.pages) > MOST_PAGES:
        raise too_long(name, len(reader.pages))


def _damaged(name: str) -> Unfit:
    return Unfit(f"{name}: it is damaged and cannot be read to its end. Save or scan it anew and try again.")


def too_long(name: str, pages: int) -> Unfit:
    return Unfit(
        f"{name}: {pages:,} pages; a packet takes {MOST_PAGES} of all enclosures. Enclose those that matter."
    )


def _draw(writer: Any, sheet: Any, page: Any) -> None:
    """One page of an enclosure onto its sheet, beneath what stands there."""
    from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, NameObject

    width, height = _size(page)
    across, down = float(sheet.mediabox.width) - 2 * SIDE, float(sheet.mediabox.height) - TOP - BOTTOM
    scale = min(across / width, down / height, 1.0)
    left = SIDE + (across - width * scale) / 2
    bottom = BOTTOM + down - height * scale  # a small page hangs from the stamp
    form = writer._add_object(_form_of(writer, page))
    name = NameObject(f"/Enclosed{form.idnum}")
    resources = sheet["/Resources"]
    resources.setdefault(NameObject("/XObject"), DictionaryObject()).get_object()[name] = form
    drawing = DecodedStreamObject()
    upright = _upright(page)
    matrix = upright.scale(scale).translate(left, bottom).ctm
    drawing.set_data(f"q {' '.join(f'{part:.5f}' for part in matrix)} cm {name} Do Q\n".encode("ascii"))
    sheet[NameObject("/Contents")] = ArrayObject([writer._add_object(drawing), *_streams(sheet)])


def _streams(sheet: Any) -> list[Any]:
    if "/Contents" not in sheet:
        return []
    contents = sheet.raw_get("/Contents")
    inside = contents.get_object()
    return list(inside) if isinstance(inside, list) else [contents]


def _form_of(writer: Any, page: Any) -> Any:
    """The page as one drawing of its own, with what lies upon it."""
    from pypdf.generic import ArrayObject, DecodedStreamObject, DictionaryObject, FloatObject, NameObject

    form = DecodedStreamObject()
    resources = DictionaryObject(page.get("/Resources", DictionaryObject()).get_object().clone(writer))
    contents = page.get_contents()
    drawn = [b"q\n", contents.get_data() if contents is not None else b"", b"\nQ\n"]
    pictures = DictionaryObject(resources.get("/XObject", DictionaryObject()).get_object())
    for number, (placed, appearance) in enumerate(_upon(page)):
        name = NameObject(f"/Upon{number}")
        pictures[name] = appearance.clone(writer).indirect_reference
        drawn.append(f"q {' '.join(f'{part:.5f}' for part in placed)} cm {name} Do Q\n".encode("ascii"))
    resources[NameObject("/XObject")] = pictures
    form.set_data(b"".join(drawn))
    form[NameObject("/Type")], form[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
    form[NameObject("/BBox")] = ArrayObject([FloatObject(part) for part in _box(page)])
    form[NameObject("/Resources")] = resources
    if "/Group" in page:
        form[NameObject("/Group")] = page["/Group"].clone(writer)
    return form.flate_encode()


def _upon(page: Any) -> Iterator[tuple[tuple[float, ...], Any]]:
    """What was filled in, stamped and signed, each with the matrix that puts it in its place (ISO 32000, 12.5.5)."""
    from pypdf import Transformation

    for reference in page.get("/Annots", None) or ():
        upon = reference.get_object()
        hidden = int(upon.get("/F", 0)) & (2 | 32)
        looks = upon.get("/AP", {}).get_object().get("/N") if "/AP" in upon else None
        if hidden or looks is None or upon.get("/Subtype") in ("/Popup", "/Link", "/Text"):
            continue
        looks = looks.get_object()
        if "/BBox" not in looks:  # one for each state
            looks = looks.get(upon.get("/AS", "/Off"))
            if looks is None:
                continue
            looks = looks.get_object()
        e, f, g, h, i, j = (float(part) for part in looks.get("/Matrix", (1, 0, 0, 1, 0, 0)))
        own = Transformation((e, f, g, h, i, j))
        x0, y0, x1, y1 = (float(part) for part in looks["/BBox"])
        corners = [own.apply_on(corner) for corner in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
        left, bottom = min(x for x, _ in corners), min(y for _, y in corners)
        across = max(x for x, _ in corners) - left
        down = max(y for _, y in corners) - bottom
        a, b, c, d = (float(part) for part in upon["/Rect"])
        if across <= 0 or down <= 0:
            continue
        wide, high = abs(c - a) / across, abs(d - b) / down
        yield (wide, 0, 0, high, min(a, c) - left * wide, min(b, d) - bottom * high), looks


def _box(page: Any) -> tuple[float, float, float, float]:
    """What of the page is seen."""
    seen, whole = page.cropbox, page.mediabox
    left, bottom = max(float(seen.left), float(whole.left)), max(float(seen.bottom), float(whole.bottom))
    right, top = min(float(seen.right), float(whole.right)), min(float(seen.top), float(whole.top))
    if right - left < 1 or top - bottom < 1:
        raise ValueError("a page without an area")
    return left, bottom, right, top


def _size(page: Any) -> tuple[float, float]:
    """Width and height as it is read."""
    left, bottom, right, top = _box(page)
    turned = page.rotation % 180 == 90
    return (top - bottom, right - left) if turned else (right - left, top - bottom)


def _upright(page: Any) -> Any:
    """Moves the page so that its lower left corner, as it is read, lies at nought."""
    from pypdf import Transformation

    left, bottom, right, top = _box(page)
    move = Transformation().translate(-left, -bottom)
    match page.rotation % 360:
        case 90:
            return move.rotate(-90).translate(0, right - left)
        case 180:
            return move.rotate(180).translate(right - left, top - bottom)
        case 270:
            return move.rotate(90).translate(top - bottom, 0)
        case _:
            return move


def _pictures(name: str, content: bytes) -> Iterator[Sheet]:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as picture:
            frames = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
            if frames > MOST_PAGES:
                raise too_long(name, frames)
            if picture.format == "TIFF":
                for frame in ImageSequence.Iterator(picture):
                    _check_size(name, frame)
                    yield _as_png(frame)
            else:
                _check_size(name, picture)
                yield _as_it_is(picture, content)
    except Unfit:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unfit(f"{name}: it cannot be read as a picture. Save it anew and try again.") from error


def _check_size(name: str, picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise Unfit(f"{name}: {width} by {height} dots is too large. Scan it at a lower resolution.")


def _as_it_is(picture: Image.Image, content: bytes) -> Sheet:
    """A PNG or JPEG; turned as its camera says, and in colours that every reader shows."""
    media_type = Image.MIME[picture.format or "PNG"]
    if picture.format == "PNG":
        with Image.open(io.BytesIO(content), formats=("PNG",)) as whole:
            whole.verify()  # WeasyPrint lets Pillow read pictures that were cut off
    elif content.rfind(END_OF_JPEG) < content.rfind(START_OF_SCAN):
        raise OSError("cut off")
    turned = picture.getexif().get(0x0112, 1)
    if turned == 1 and picture.mode in ("1", "L", "LA", "P", "RGB", "RGBA"):
        picture.load()
        return Sheet(picture.width > picture.height, (media_type.replace("image/mpo", "image/jpeg"), content))
    upright = ImageOps.exif_transpose(picture)
    made = io.BytesIO()
    upright.convert("RGB").save(made, "JPEG", quality=90)
    return Sheet(upright.width > upright.height, ("image/jpeg", made.getvalue()))


def _as_png(frame: Image.Image) -> Sheet:
    upright = ImageOps.exif_transpose(frame)
    across, down = (float(part) or 1.0 for part in upright.info.get("dpi", (1, 1)))
    if max(across, down) / min(across, down) > UNEVEN:
        finest = max(across, down)
        upright = upright.resize((round(upright.width * finest / across), round(upright.height * finest / down)))
    if upright.mode not in ("1", "L", "RGB"):
        upright = upright.convert("RGB")
    made = io.BytesIO()
    upright.save(made, "PNG")
    return Sheet(upright.width > upright.height, ("image/png", made.getvalue()))
