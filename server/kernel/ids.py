"""Ids: UUIDv7, made here, sorted by the moment they were made (docs/decisions/0001-ids-and-stored-forms.md)."""

from uuid import UUID

from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """A fresh UUIDv7. Later calls sort after earlier ones within one process."""
    return uuid7()


def parse_id(text: str) -> UUID | None:
    """The UUID written in `text`, or None when it is not one: a forged id is an absent row, not an error."""
    try:
        return UUID(text)
    except ValueError:
        return None
