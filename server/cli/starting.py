"""What must be so before a process of Ithaca starts; what is not is told with what to do about it."""

from server.kernel import secrets
from server.kernel.db import database
from server.kernel.errors import Refused
from server.kernel.schema.guard import pending
from server.kernel.settings import Settings


async def require_migrated(chosen: Settings) -> None:
    """The database must be as this version of Ithaca knows it.

    Raises:
        Refused: a migration is missing.
        Unavailable: the database is away.
    """
    async with database(chosen.database) as context:
        lacking = await pending(context)
    if lacking:
        raise Refused(f"The database lacks {len(lacking)} migrations. Run 'ithaca migrate' first.")


def require_company(chosen: Settings) -> None:
    """What several processes share must be in one place: the database, and the key of what is encrypted in it.

    Raises:
        Refused: SQLite, a demonstration, or no key yet.
    """
    if chosen.is_sqlite:
        raise Refused(
            "SQLite is for one process. Run 'ithaca serve', which does both; "
            "or set ITHACA_DATABASE_URL to a PostgreSQL, run 'ithaca migrate', and start this again."
        )
    if chosen.demo:
        raise Refused("A demonstration moves its clock, which one process does for itself. Run 'ithaca serve'.")
    if not secrets.has_key():
        raise Refused(
            "There is no key yet, and every process needs the same. Make one with "
            "'openssl rand -base64 32 | tr +/ -_', keep a copy apart, and set it as ITHACA_SECRET_KEY everywhere."
        )
