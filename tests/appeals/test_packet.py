"""The packet: letter, form, claim, decision with codes explained, proof of filing, enclosures: one PDF."""

from __future__ import annotations

import builtins
import io
import re
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import Destination
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.appeals.case import case_file
from app.appeals.enclose import LARGEST_BYTES, enclose, take_out
from app.appeals.letters import Letter
from app.appeals.packet import enclosures_of, letter_of, make_packet, open_enclosures, packet_html
from app.appeals.pdf import ForeignContent, PdfUnavailable, make_pdf
from app.appeals.sheets import MOST_PAGES
from app.appeals.start import AppealRefused
from app.appeals.tables import Appeal, AppealState, LetterTemplate
from app.claims.letterhead import set_letterhead
from app.claims.payer_filing import set_filing
from app.claims.tables import Payer, Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.intake.store import path_of
from tests.appeals.cases import started
from tests.appeals.papers import blank_pdf, paper_pdf, picture
from tests.practice import claim_numbered


def text_of(session: Session, settings: Settings, clock: FixedClock, appeal: Appeal) -> tuple[str, Letter]:
    assert appeal.id is not None
    file = case_file(session, appeal.claim_id)
    issue = file.disputed(appeal)
    assert issue is not None
    template = session.get_one(LetterTemplate, appeal.template_id)
    letter = letter_of(file, issue, appeal, template.body, clock.today())
    enclosed = open_enclosures(settings, enclosures_of(session, appeal.id))
    html = packet_html(session, settings, clock.today(), file, issue, appeal, letter, enclosed)
    return html, letter


def test_the_packet_says_everything_a_reviewer_asks_for(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        appeal = started(session, engine, clock, "ST1003", "Ref <88213> of September 2.")
        html, letter = text_of(session, settings, clock, appeal)

    assert letter.subject == "Appeal: services denied for want of authorization, claim CY263000100301"
    for words in (
        "THEO KOWALCZYK",
        "CMB77120945",
        "CALLOWAY SQUARE",  # where to send it, as the payer's own remittance prints it
        "Ref &lt;88213&gt; of September 2.",  # escaped on paper
        "$1,840.00",
        "Authorization was not obtained; the provider bears it and may not bill the patient",
        "CAS*CO*197*1840",
        "NPI 1900447214",
        "Dana Reyes",
    ):
        assert words in html, words


def test_medicares_first_level_carries_the_fields_of_its_form(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        payer = session.exec(select(Payer).where(Payer.name == "CALLOWAY MUTUAL BENEFIT")).one()
        payer.kind = "medicare"
        session.add(payer)
        session.flush()
        appeal = started(session, engine, clock, "ST1003", "It was an emergency.")
        html, letter = text_of(session, settings, clock, appeal)

    assert (appeal.level_name, appeal.rule_id) == ("Redetermination", "MCR-RDT")
    assert str(appeal.legal_last_day) == "2027-03-25"
    assert letter.subject.startswith("Request for redetermination (first level of appeal)")
    assert "5b. Does this appeal involve an overpayment?</th><td>☐ Yes &nbsp; ☒ No" in html
    for field in (
        "Beneficiary’s name",
        "10. Name, address and telephone",
        "12. Date signed",
        "Medicare number",
        "Item or service in dispute",
        "CMS-20027",
        "73721-LT",
    ):
        assert field in html, field


def test_the_claims_road_to_the_payer_is_laid_out_for_timely_filing(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        appeal = started(session, engine, clock, "ST1003")
        file = case_file(session, appeal.claim_id)
    assert file.proofs == []  # known only from its 835: no proof is invented


def test_every_page_of_an_enclosure_is_a_page_of_the_packet_under_its_stamp(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        appeal = started(session, engine, clock, "ST1003")
        report = paper_pdf("Incision at nine", "Closure at ten", "Signed")
        enclose(session, settings, clock, appeal, name="op.pdf", content=report, title="Operative report")
        enclose(session, settings, clock, appeal, name="a.png", content=picture(), title="Authorization letter")
        file = case_file(session, appeal.claim_id)
        packet = make_packet(session, settings, clock, file, file.issues[0], appeal, person_id=1)
        content = path_of(settings, packet.sha256).read_bytes()

    reader = PdfReader(io.BytesIO(content))
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert packet.pages == len(pages) == 6  # letter, claim, three of the report, the picture
    for number, words in enumerate(("Incision at nine", "Closure at ten", "Signed"), 1):
        assert words in pages[number + 1]
        assert "Enclosure 1: Operative report" in pages[number + 1]
        assert f"page {number} of 3" in pages[number + 1]
        assert f"Page {number + 2} of 6" in pages[number + 1]
    assert "Enclosure 2: Authorization letter" in pages[5]
    assert len(reader.pages[5].images) == 1


def test_the_letter_ends_with_what_the_packet_holds_and_where(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        appeal = started(session, engine, clock, "ST1003")
        enclose(session, settings, clock, appeal, name="op.pdf", content=paper_pdf("a", "b"), title="Report")
        enclose(session, settings, clock, appeal, name="a.png", content=picture(), title="Scan")
        file = case_file(session, appeal.claim_id)
        packet = make_packet(session, settings, clock, file, file.issues[0], appeal, person_id=1)
        reader = PdfReader(path_of(settings, packet.sha256))

    letter = " ".join(reader.pages[0].extract_text().split())
    assert re.search(r"Enclosure 1: Report \(2 pages\) [. ]*page 3 ", letter), letter
    assert re.search(r"Enclosure 2: Scan \(1 page\) [. ]*page 5", letter), letter
    marks = {
        str(mark.title): reader.get_destination_page_number(mark)
        for mark in reader.outline
        if isinstance(mark, Destination)
    }
    assert marks == {"Letter": 0, "The claim": 1, "Enclosure 1: Report": 2, "Enclosure 2: Scan": 4}


def test_a_page_that_names_anything_else_is_not_made() -> None:
    with pytest.raises(ForeignContent, match="a packet shows only what was put into it"):
        make_pdf('<img src="file:///etc/passwd">', "", {})
    with pytest.raises(ForeignContent, match="a packet shows only what was put into it"):
        make_pdf('<img src="http://127.0.0.1/x.png">', "", {})


def test_without_the_layout_library_the_package_to_install_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    known = builtins.__import__

    def without_pango(name: str, *rest: Any, **named: Any) -> Any:
        if name.startswith("weasyprint"):
            raise OSError("cannot load library 'libpango-1.0-0'")
        return known(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(PdfUnavailable, match="apt-get install -y libpango"):
        make_pdf("<p>x</p>", "", {})


def test_what_is_too_large_or_of_another_kind_is_refused(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        appeal = started(session, engine, clock, "ST1003")
        for name, content, says in (
            ("virus.exe", b"MZ\x90\x00", "only PDF, PNG, JPEG and TIFF"),
            ("page.html", b"<html>", "only PDF, PNG, JPEG and TIFF"),
            ("broken.pdf", b"%PDF-1.4 the note", "damaged"),
            ("big.pdf", b"%PDF-" + b"0" * LARGEST_BYTES, "larger than 15 MB"),
        ):
            with pytest.raises(AppealRefused, match=says):
                enclose(session, settings, clock, appeal, name=name, content=content, title="")
        assert enclosures_of(session, appeal.id or 0) == []


def test_the_pages_of_all_enclosures_together_are_counted(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        appeal = started(session, engine, clock, "ST1003")
        first = enclose(
            session, settings, clock, appeal, name="a.pdf", content=blank_pdf(MOST_PAGES - 1), title="Chart"
        )
        assert first.pages == MOST_PAGES - 1
        with pytest.raises(AppealRefused, match="201 pages; a packet takes 200 of all enclosures"):
            enclose(session, settings, clock, appeal, name="b.pdf", content=blank_pdf(2), title="More")


def test_a_name_from_outside_chooses_no_path_and_twice_is_once(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    with session_scope(engine) as session:
        appeal = started(session, engine, clock, "ST1003")
        made = enclose(
            session, settings, clock, appeal, name="../../etc/<x>.jpg", content=picture(kind="JPEG"), title=""
        )
        assert (made.name, made.media_type) == ("_x_.jpg", "image/jpeg")
        with pytest.raises(AppealRefused, match="enclosed already"):
            enclose(session, settings, clock, appeal, name="y.jpg", content=picture(kind="JPEG"), title="")
        take_out(session, appeal, made)
        appeal.state = AppealState.SENT
        with pytest.raises(AppealRefused, match="not a draft any more"):
            enclose(session, settings, clock, appeal, name="y.png", content=picture(), title="")


def test_the_letter_carries_the_practices_letterhead_and_goes_where_the_payer_takes_appeals(
    engine: Engine, settings: Settings, clock: FixedClock
) -> None:
    typed = {
        "name": "Northbend <Clinic>",
        "address": "9 Oak St\nHartford, CT 06103",
        "phone": "860-555-0100",
        "contact": "Lee Okafor",
        "signer": "Dr. A. Osei",
        "pay_to": "PO Box 7",
    }
    where = {"appeal_address": "Appeals Unit\nPO Box 9", "appeal_fax": "800-555-0109"}
    with session_scope(engine) as session:
        practice = session.exec(select(Practice)).one()
        set_letterhead(session, clock, practice, typed, logo=picture(), person_name="Ada")
        payer = session.get_one(Payer, claim_numbered(engine, "ST1003").payer_id)
        set_filing(session, clock, payer, where, person_name="Ada")
        appeal = started(session, engine, clock, "ST1003")
        html, _ = text_of(session, settings, clock, appeal)
        file = case_file(session, appeal.claim_id)
        issue = file.disputed(appeal)
        assert issue is not None
        packet = make_packet(session, settings, clock, file, issue, appeal, person_id=1)

    for words in (
        *("Northbend &lt;Clinic&gt;", "9 Oak St · Hartford, CT 06103", "Telephone 860-555-0100", "picture:logo"),
        *("Appeals Unit<br>PO Box 9<br>", "By fax 800-555-0109", "Questions: Lee Okafor", "Please pay to: PO Box 7"),
        "Dr. A. Osei",
    ):
        assert words in html
    assert "CALLOWAY SQUARE" not in html
    assert packet.pages >= 2
