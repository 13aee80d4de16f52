"""Scalars that let in only what the domain can use."""

from __future__ import annotations

from datetime import UTC, date, datetime

import strawberry
from strawberry.schema.config import StrawberryConfig

from server.kernel.text import gettext as _

YEARS = range(1900, 2200)
"""Days before are no dates of ours; days after overflow when time zones and weeks are added."""


def moment(given: object) -> datetime:
    """A typed moment, aware UTC.

    Raises:
        ValueError: it is none, says no offset, or lies outside YEARS.
    """
    try:
        found = datetime.fromisoformat(str(given).strip())
    except ValueError as error:
        raise ValueError(_("Write a moment as 2027-03-01T09:30:00Z.")) from error
    if found.tzinfo is None:
        raise ValueError(_("Write the offset of a moment too, as 2027-03-01T09:30:00+01:00 or with Z."))
    _check_year(found)
    return found.astimezone(UTC)


def day(given: object) -> date:
    """A typed day.

    Raises:
        ValueError: it is none, or lies outside YEARS.
    """
    try:
        found = date.fromisoformat(str(given).strip())
    except ValueError as error:
        raise ValueError(_("Write a day as 2027-03-01.")) from error
    _check_year(found)
    return found


def _check_year(found: date) -> None:
    if found.year not in YEARS:
        raise ValueError(_("Choose a day of this century."))


CONFIG = StrawberryConfig(
    scalar_map={
        datetime: strawberry.scalar(
            name="DateTime", description="A moment with its offset, ISO 8601.", serialize=datetime.isoformat,
            parse_value=moment,
        ),
        date: strawberry.scalar(
            name="Date", description="A day, ISO 8601.", serialize=date.isoformat, parse_value=day
        ),
    },
)
