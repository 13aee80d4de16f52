"""What an operator can set. Every field is explained in docs/operate.md; a test compares the two."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic_settings import BaseSettings, SettingsConfigDict

TextModel = Literal["shipped", "multilingual"]
FILE_SECONDS_PER_MB = 10
"""Beside what every file has: a line of 100 kB a second is enough (reliability.md, section 4 "Shedding")."""


class Settings(BaseSettings):
    """Environment variables with the prefix ITHACA_, all optional."""

    model_config = SettingsConfigDict(env_prefix="ITHACA_", extra="ignore")

    var_dir: Path = Path("var")
    database_url: str = ""
    jobs_url: str = ""
    secret_key: str = ""
    host: str = "127.0.0.1"
    port: int = 8000
    base_url: str = ""
    demo: bool = False
    executor_id: str = "ithaca-1"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"
    mail_from: str = "Ithaca <ithaca@localhost>"
    bounce_address: str = ""
    imap_host: str = ""
    imap_port: int = 993
    imap_user: str = ""
    imap_password: str = ""
    imap_tls: str = "tls"
    imap_folder: str = "INBOX"
    push_services: str = (
        "fcm.googleapis.com updates.push.services.mozilla.com *.push.apple.com *.notify.windows.com"
    )
    push_loopback: str = ""
    log_level: str = "INFO"
    explorer: bool = False
    places_pages: int = 32
    places_graphql: int = 16
    places_streams: int = 1_500
    places_files: int = 2
    head_seconds: float = 10
    head_bytes: int = 65_536
    body_seconds: float = 20
    body_bytes: int = 2_000_000
    file_seconds: float = 30
    unread_seconds: float = 120
    searches_a_minute: int = 30
    text_model: TextModel = "shipped"

    @property
    def database(self) -> str:
        """The domain's database: SQLite in the var folder unless a PostgreSQL address is given."""
        return self.database_url or f"sqlite://{self.var_dir / 'ithaca.db'}"

    @property
    def jobs_database(self) -> str:
        """The jobs' own database (SQLAlchemy form): a second SQLite file, or the same PostgreSQL server."""
        if self.jobs_url:
            return self.jobs_url
        if self.is_sqlite:
            return f"sqlite:///{self.var_dir / 'jobs.db'}"
        return self.database_url.replace("asyncpg://", "postgresql://", 1)

    @property
    def is_sqlite(self) -> bool:
        """Whether the domain lives in the embedded database."""
        return self.database.startswith("sqlite:")

    def seconds_for_body(self, announced: int) -> float:
        """How long a body of so many bytes may take to arrive; a file has more the larger it is."""
        if announced <= self.body_bytes:
            return self.body_seconds
        return self.file_seconds + FILE_SECONDS_PER_MB * announced / 1_000_000

    @property
    def public_url(self) -> str:
        """Where people reach this installation, without a closing slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once. Tests clear the cache."""
    return Settings()
