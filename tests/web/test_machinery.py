"""Headers, forgery, fragments, toasts, trouble, static files: what every page stands on."""

from __future__ import annotations

import hashlib

import pytest
from fastapi import APIRouter, Depends, FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.record import record
from app.audit.tables import Event
from app.auth.require import public
from app.core import db
from app.core.db import session_scope
from app.web import assets
from app.web.errors import Conflict
from app.web.headers import POLICY
from app.web.keys import KEYS, key_caps
from app.web.product import committing
from app.web.toasts import is_own_path
from tests.browser_double import Browser

HTMX = "vendor/htmx-2.0.11.min.js"
HTMX_SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"  # of npm's htmx.org 2.0.11


@pytest.fixture
def broken(app: FastAPI) -> None:
    router = APIRouter(dependencies=[Depends(public)])

    @router.get("/broken")
    def explode() -> None:
        raise RuntimeError("the pipe burst")

    @router.get("/contested")
    def lose() -> None:
        raise Conflict("Dana parked this claim at 9:14.")

    app.include_router(router)


def test_every_answer_carries_the_headers(anonymous: Browser) -> None:
    for path in ("/sign-in", "/nowhere", "/account"):
        headers = anonymous.get(path).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
        assert headers["x-request-id"]


def test_the_policy_allows_nothing_inline_and_no_frame() -> None:
    assert "unsafe" not in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert POLICY.startswith("default-src 'none'")


@pytest.mark.usefixtures("broken")
def test_a_page_that_breaks_says_so_politely_with_headers_and_a_number(anonymous: Browser) -> None:
    answer = anonymous.get("/broken")
    assert answer.status_code == 500
    assert "Something broke on our side" in answer.text
    assert "pipe burst" not in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert answer.headers["content-security-policy"] == POLICY


@pytest.mark.usefixtures("broken")
def test_a_conflict_says_who_was_faster(anonymous: Browser) -> None:
    answer = anonymous.get("/contested")
    assert answer.status_code == 409
    assert "Dana parked this claim at 9:14." in answer.text


@pytest.mark.usefixtures("broken")
def test_trouble_in_a_fragment_is_a_toast_and_leaves_the_screen_alone(anonymous: Browser) -> None:
    answer = anonymous.fragment("/contested")
    assert answer.headers["hx-reswap"] == "none"
    assert 'hx-swap-oob="beforeend:#toasts"' in answer.text
    assert "<html" not in answer.text


def test_an_unknown_address_is_a_friendly_404(anonymous: Browser) -> None:
    answer = anonymous.get("/nowhere")
    assert answer.status_code == 404
    assert "Nothing here" in answer.text


def test_a_form_without_its_token_is_refused(biller: Browser) -> None:
    assert biller.post("/preferences", data={"theme": "dark"}).status_code == 403
    assert biller.submit("/preferences", {"theme": "dark"}).status_code == 303


def test_a_body_beyond_the_limit_is_refused_whether_it_says_so_or_not(biller: Browser, app: FastAPI) -> None:
    megabytes = app.state.product.settings.upload_megabytes
    chunk = b"x" * 2**20
    kind = {"Content-Type": "application/x-www-form-urlencoded"}

    assert (
        biller.post("/preferences", headers={**kind, "Content-Length": str((megabytes + 1) * 2**20)}).status_code
        == 413
    )
    streamed = biller.post("/preferences", content=(chunk for _ in range(megabytes + 1)), headers=kind)
    assert streamed.status_code == 413
    assert "Too large" in streamed.text


def test_a_token_in_the_header_will_do(biller: Browser) -> None:
    answer = biller.post("/preferences", data={"theme": "dark"}, headers={"X-CSRF-Token": biller.csrf})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_another_site_cannot_send_our_form(biller: Browser, headers: dict[str, str]) -> None:
    assert biller.submit("/preferences", {"theme": "dark"}, headers=headers).status_code == 403


def test_a_form_typed_before_signing_out_is_good_after_signing_in_again(biller: Browser, anonymous: Browser) -> None:
    token = biller.csrf
    session = next(each.value for each in biller.cookies.jar if each.name == "overturn_session")
    biller.cookies.delete("overturn_session")
    assert biller.get("/account").status_code == 303
    biller.cookies.set("overturn_session", session or "")
    assert biller.post("/preferences", data={"theme": "dark", "csrf": token}).status_code == 303


def test_htmx_gets_a_fragment_of_the_page_that_others_get_whole(biller: Browser) -> None:
    whole, piece = biller.get("/account"), biller.fragment("/account")
    assert whole.text.startswith("<!doctype html>")
    assert "<html" not in piece.text
    assert "Current password" in piece.text
    assert piece.headers["vary"] == "HX-Request"


def test_a_fragment_asked_for_by_nobody_tells_the_page_that_the_person_was_signed_out(anonymous: Browser) -> None:
    answer = anonymous.fragment("/account")
    assert answer.status_code == 401
    assert answer.headers["hx-trigger"] == "overturn:signed-out"


def test_a_toast_survives_the_redirect_and_is_shown_once(biller: Browser) -> None:
    biller.submit("/account/sign-out-others")
    assert "Signed out of 0 other browsers." in biller.get("/account").text
    assert "Signed out of 0 other browsers." not in biller.get("/account").text


def test_a_toast_cookie_that_somebody_made_up_shows_nothing(biller: Browser) -> None:
    biller.cookies.set("overturn_toast", "bm90IGpzb24=")
    assert "data-toast " not in biller.get("/account").text


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/work?queue=appeal", True),
        ("//evil.example", False),
        ("/\\evil", False),
        ("https://evil", False),
        ("", False),
    ],
)
def test_a_redirect_stays_in_the_house(path: str, own: bool) -> None:
    assert is_own_path(path) is own


def test_a_static_file_may_be_kept_for_good_under_its_versioned_address(anonymous: Browser) -> None:
    answer = anonymous.get(assets.asset("js/main.js"))
    assert answer.headers["cache-control"] == assets.FOREVER
    assert answer.headers["content-type"].startswith("text/javascript")
    assert anonymous.get("/static/0000/js/main.js").headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["%2e%2e/headers.py", "css/%2e%2e/%2e%2e/headers.py", "%2fetc/passwd", "nothing.css"]
)
def test_nothing_outside_the_static_folder_is_served(anonymous: Browser, path: str) -> None:
    assert anonymous.get(f"/static/{assets.VERSION}/{path}").status_code == 404


def test_htmx_is_the_very_file_that_was_vendored() -> None:
    assert hashlib.sha256(assets.FILES[HTMX]).hexdigest() == HTMX_SHA256


def test_every_style_sheet_is_in_the_cascade() -> None:
    found = {name.removeprefix("css/").removesuffix(".css") for name in assets.FILES if name.startswith("css/")}
    assert found == set(assets.STYLESHEETS)


def test_no_key_means_two_things_in_one_place() -> None:
    everywhere = [key.key for key in KEYS if key.scope == "everywhere"]
    for scope in {key.scope for key in KEYS}:
        here = [key.key for key in KEYS if key.scope == scope] + (everywhere if scope != "everywhere" else [])
        assert len(here) == len(set(here))


def test_key_caps_read_as_on_the_keyboard() -> None:
    assert key_caps("mod+k") == ["Ctrl", "K"]
    assert key_caps("g w") == ["G", "W"]
    assert key_caps("[") == ["["]


def test_the_look_is_remembered_by_the_browser_and_served_without_a_flash(biller: Browser) -> None:
    biller.submit("/preferences", {"theme": "dark", "back": "/account"})
    assert '<html lang="en" data-theme="dark"' in biller.get("/account").text


def test_single_keys_can_be_turned_off(biller: Browser) -> None:
    biller.submit("/preferences", {"single_keys": "off"})
    assert 'data-single-keys="off"' in biller.get("/account").text


def test_a_route_has_committed_when_it_returns_and_keeps_nothing_when_it_raises(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "WRITE_LOCK_SECONDS", 0.01)  # whoever comes next need not wait for the scope's end

    def note(session: Session, text: str) -> str:
        record(session, "test.noted", reason=text)
        session.exec(select(Event.id)).first()
        if text == "worse":
            raise Conflict("no")
        return text

    def noted() -> list[str]:
        with session_scope(engine) as other:
            return list(other.exec(select(Event.reason).where(Event.action == "test.noted")))

    with session_scope(engine) as session:
        assert committing(note)(session=session, text="good") == "good"
        assert noted() == ["good"]
        with pytest.raises(Conflict):
            committing(note)(session=session, text="worse")
        assert noted() == ["good"]
    assert noted() == ["good"]
