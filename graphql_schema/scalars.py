"""Scalars that let in only what the domain can use."""

from __future__ import annotations

from datetime import UTC, datetime

import strawberry
from strawberry.schema.config import StrawberryConfig

from server.kernel.text import gettext as _


def moment(given: object) -> datetime:
    """A typed moment, aware UTC.

    Raises:
        ValueError: it is none, or says no offset.
    """
    try:
        found = datetime.fromisoformat(str(given).strip())
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("Write a moment as 2027-03-01T09:30:00Z.")) from error
    raise ValueError(_("Write the offset of a moment too, as 2027-03-01T09:30:00+01:00 or with Z."))


CONFIG = StrawberryConfig(
    sort_schema=True,
    scalar_map={
        datetime: strawberry.scalar(
            name="DateTime", description="A moment with its offset, ISO 8601.", serialize=datetime.isoformat,
            parse_value=moment,
        )
    },
)
