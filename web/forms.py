"""Reading forms: typed values out, words for what must be mended in, and the typed text kept for showing it again."""

from datetime import UTC, date, datetime, time
from enum import Enum
from hashlib import sha256
from io import BytesIO
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData, QueryParams, UploadFile
from starlette.requests import Request

from server.kernel.errors import Invalid
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from web.dates import zone

Chosen = TypeVar("Chosen", bound=Enum)

MAX_FIELDS = 200
LONGEST_CODE = 64
"""Ids, keys, moments and chosen values are one word of at most so many letters; whatever else is sent was typed."""


class Errors(dict[str, str]):
    """Field -> what to do about it; the key "" speaks of the whole form. Empty means: nothing to mend."""

    def add(self, field: str, words: str) -> None:
        """Say `words` at `field`, unless something stands there already."""
        self.setdefault(field, words)

    def take(self, refusal: Invalid) -> None:
        """Add what an action found, beside what reading the form found."""
        for field, words in refusal.fields.items():
            self.add(field, words)


async def read_form(request: Request, *, files: int = 1) -> FormData:
    """The posted form; call it once and hand it on. Files in it lie in memory, their temporary copies are closed.

    What was typed in it stays on the request, so that a page of refusal can give it back (`typed_in`).
    """
    async with request.form(max_fields=MAX_FIELDS, max_files=files) as form:
        read = FormData([(name, await _in_memory(value)) for name, value in form.multi_items()])
    sent = [value.strip() for _name, value in read.multi_items() if isinstance(value, str)]
    request.state.typed = [value for value in sent if len(value.split()) > 1 or len(value) > LONGEST_CODE]
    return read


def typed_in(request: Request) -> list[str]:
    """The texts that somebody typed into the form that was read, in its order; none before it was read."""
    return list(getattr(request.state, "typed", ()))


def text(
    form: FormData, name: str, max: int, errors: Errors | None = None, *, required: str = "", lines: bool = False
) -> str:
    """What was typed, trimmed; line ends unified, or made blanks unless `lines`.

    With `errors`, too long a text is named there, and so is an empty one when `required` gives the words for it.
    The whole text comes back even when it is too long, so that nothing typed is lost.
    """
    typed = _typed(form, name).replace("\r\n", "\n").replace("\x00", "").strip()
    value = typed if lines else " ".join(typed.split())
    if errors is not None and required and not value:
        errors.add(name, required)
    if errors is not None and len(value) > max:
        over = len(value) - max
        errors.add(name, ngettext(
            "Shorten this by %(count)d character.", "Shorten this by %(count)d characters.", over) % {"count": over})
    return value


def moment_of(value: str) -> datetime | None:
    """The moment that a slot's value names; None when it is none, or has no zone."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    return found if found.tzinfo else None


def choice(kind: type[Chosen], form: FormData, name: str) -> Chosen | None:
    """The member whose value was chosen, or None when none or an unknown one was."""
    return _member(kind, _typed(form, name))


def choices(kind: type[Chosen], form: FormData, name: str) -> list[Chosen]:
    """The members whose boxes are ticked, each once, in the order of the form; unknown values are left out."""
    found = (_member(kind, value) for value in form.getlist(name) if isinstance(value, str))
    return list(dict.fromkeys(member for member in found if member is not None))


def values(form: FormData, name: str) -> list[str]:
    """Every value of that name, as it was sent."""
    return [value for value in form.getlist(name) if isinstance(value, str)]


def ids(form: FormData, name: str) -> list[UUID]:
    """Every value of that name that is an id."""
    return [found for value in values(form, name) if (found := parse_id(value))]


def one_id(form: FormData | QueryParams, name: str) -> UUID | None:
    """The id that was chosen, or None."""
    return parse_id(_typed(form, name))


def ticked(form: FormData, name: str) -> bool:
    """Whether a box or switch is on."""
    return bool(_typed(form, name))


def integer(
    form: FormData, name: str, errors: Errors | None = None, *, least: int = 0, most: int = 1_000_000
) -> int | None:
    """The whole number typed, or None when there is none; outside `least` to `most` it is named in `errors`."""
    typed = _typed(form, name).strip()
    if not typed:
        return None
    try:
        number = int(typed)
    except ValueError:
        number = None
    if number is None or not least <= number <= most:
        if errors is not None:
            errors.add(name, _("Choose a number from %(least)d to %(most)d.") % {"least": least, "most": most})
        return None
    return number


def day(form: FormData, name: str, errors: Errors | None = None) -> date | None:
    """The date of a date field, or None when there is none; one that does not exist is named in `errors`."""
    typed = _typed(form, name).strip()
    if not typed:
        return None
    try:
        return date.fromisoformat(typed)
    except ValueError:
        if errors is not None:
            errors.add(name, _("Write the date as 2027-05-31."))
        return None


def local_moment(form: FormData, day_name: str, time_name: str, errors: Errors) -> datetime | None:
    """The moment that a date field and a time field name on the viewer's clock, aware UTC; problems are in `errors`.

    Of an hour that a clock shows twice the first is meant (PEP 495); one that it skips is named in `errors`.
    """
    on, typed = day(form, day_name, errors), _typed(form, time_name).strip()
    if on is None and day_name not in errors:
        errors.add(day_name, _("Choose a day."))
    try:
        at = time.fromisoformat(typed)
    except ValueError:
        errors.add(time_name, _("Write the time as 09:30."))
        return None
    if on is None:
        return None
    there = ZoneInfo(zone())
    wall = datetime.combine(on, at.replace(tzinfo=None))
    try:
        moment = wall.replace(tzinfo=there).astimezone(UTC)
        is_shown = moment.astimezone(there).replace(tzinfo=None) == wall
    except OverflowError:
        errors.add(day_name, _("Choose a day."))
        return None
    if not is_shown:
        errors.add(time_name, _("The clocks were set forward then: that time did not exist."))
    return moment


def upload(form: FormData, name: str) -> UploadFile | None:
    """The file that was chosen, or None when none was."""
    given = form.get(name)
    return given if isinstance(given, UploadFile) and given.filename else None


def form_key(form: FormData, *words: str) -> str:
    """The form's idempotency key, "" when it carries none; with `words`, the key of these words in this form.

    Of a form that adds something each time, the same words again are the same act, and others are another.
    """
    key = _typed(form, "form_key")[:64]
    return sha256("\0".join((key, *words)).encode()).hexdigest() if key and words else key


async def _in_memory(value: UploadFile | str) -> UploadFile | str:
    if isinstance(value, str):
        return value
    content = await value.read()
    return UploadFile(BytesIO(content), size=len(content), filename=value.filename, headers=value.headers)


def _member(kind: type[Chosen], value: str) -> Chosen | None:
    try:
        return kind(value)
    except ValueError:
        return None


def _typed(form: FormData | QueryParams, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""
