"""Where things are and how the product behaves: one frozen value, read once.

A setting comes from an `OVERTURN_*` variable, else from the settings file (`OVERTURN_SETTINGS`, or `settings.toml`
in the home folder), else from its default here. Everything a machine keeps (database, stored files, archive,
outbox) lives under `OVERTURN_HOME`, readable by its owner only: it is health information.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

DEFAULT_HOME = Path(".overturn")
SETTINGS_FILE = "settings.toml"
PRIVATE_FOLDER = 0o700  # health information: owner only


class Connection(BaseModel):
    """What is set for one sender of files; see app/intake/connection.py."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    guide: Literal["off", "warn", "hold"] = "off"
    quirks: dict[str, bool | str] = {}


class Settings(BaseSettings):
    """Every setting of the product. Pass values by keyword in tests; `Settings()` reads the machine's."""

    model_config = SettingsConfigDict(env_prefix="OVERTURN_", extra="ignore", frozen=True)

    home: Path = Field(default=DEFAULT_HOME, description="folder that holds the database and every stored file")
    database_url: str = Field(default="", description="empty: SQLite in the home folder; or postgresql+psycopg://…")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    https: bool = Field(default=False, description="people reach us by https: secure cookies and HSTS")
    demo: bool = Field(default=False, description="demo logins exist and the screen says so")
    timezone: str = Field(default="America/New_York", description="whose calendar decides what today is")
    today: date | None = Field(default=None, description="pretend that today is this date (demo and rehearsal)")
    pickup_minutes: int = Field(default=5, ge=1, le=1440, description="how often the inbox folder is emptied")
    undo_minutes: int = Field(
        default=10, ge=0, le=1440, description="how long what leaves waits in the outbox and can be cancelled"
    )
    upload_megabytes: int = Field(default=64, ge=1, le=2048, description="largest file that a page takes")
    idle_minutes: int = Field(default=15, ge=5, le=30, description="sign out after this long without a request")
    session_hours: int = Field(default=12, ge=1, le=24, description="sign out after this long in any case")
    inbox: Path | None = Field(default=None, description="watched folder; default: inbox in the home folder")
    connections: dict[str, Connection] = Field(default={}, description="by sender id (ISA06): guide check and quirks")
    accept_test_files: bool = Field(
        default=False, description="load files that their sender marked as a test (ISA15 T)"
    )
    trusted_proxies: int = Field(default=0, ge=0, le=5, description="reverse proxies that set X-Forwarded-For")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=settings_path()))

    @property
    def resolved_database_url(self) -> str:
        """The SQLAlchemy address in force."""
        return self.database_url or f"sqlite:///{(self.home / 'overturn.db').resolve()}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def files_dir(self) -> Path:
        """Raw bytes of every file, stored once by SHA-256."""
        return self.home / "files"

    @property
    def archive_dir(self) -> Path:
        """Files picked up from the inbox, after loading."""
        return self.home / "archive"

    @property
    def inbox_dir(self) -> Path:
        """The watched folder."""
        return self.inbox or self.home / "inbox"

    @property
    def outbox_dir(self) -> Path:
        """What is ready to leave: replacement claims, inquiries, packets."""
        return self.home / "outbox"

    @property
    def quarantine_dir(self) -> Path:
        """Files that could not be read as X12, each beside its reason."""
        return self.home / "quarantine"

    def create_folders(self) -> None:
        """Make every folder, readable by its owner only."""
        folders = (self.home, self.files_dir, self.archive_dir, self.inbox_dir, self.outbox_dir, self.quarantine_dir)
        for folder in folders:
            created = not folder.exists()
            folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            if created:
                folder.chmod(PRIVATE_FOLDER)


def settings_path() -> Path:
    """The settings file in force; it need not exist."""
    named = os.environ.get("OVERTURN_SETTINGS")
    if named:
        return Path(named)
    return Path(os.environ.get("OVERTURN_HOME", str(DEFAULT_HOME))) / SETTINGS_FILE
