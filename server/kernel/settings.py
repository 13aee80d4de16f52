"""What an operator can set. Every field is explained in docs/operate.md; a test compares the two."""

from functools import lru_cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


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
    log_level: str = "INFO"
    explorer: bool = False

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

    @property
    def public_url(self) -> str:
        """Where people reach this installation, without a closing slash."""
        return (self.base_url or f"http://{self.host}:{self.port}").rstrip("/")


@lru_cache
def settings() -> Settings:
    """The settings of this process, read once. Tests clear the cache."""
    return Settings()
