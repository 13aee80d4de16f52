"""Standing decisions in words: about whom, what, why, by whom and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from server.journey.deciding.queries import Decided, Deciding, Decision
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from web.dates import count_words, day_long, upper_first

if TYPE_CHECKING:
    from server.people.models import Person

ICONS = {Deciding.BAN: "shield", Deciding.PIN: "lock", Deciding.LOCK: "lock", Deciding.HOLD: "pause"}


@dataclass(frozen=True, slots=True)
class Row:
    """A decision. `act` says how it ends, `at` where that is posted with `fields`; `draft` opens the pair."""

    icon: str
    names: str
    said: str
    reason: str
    when: str
    act: str = ""
    at: str = ""
    fields: tuple[str, str] = ("", "")
    draft: UUID | None = None


def title(shown: Decided) -> str:
    """How many decisions stand."""
    count = len(shown.standing)
    if not count:
        return _("No decision about a pair stands")
    words = ngettext("%(count)s decision stands", "%(count)s decisions stand", count) % {"count": count_words(count)}
    return upper_first(words)


def eyebrow(shown: Decided) -> str:
    """Programme and group."""
    return _("%(program)s, %(group)s") % {"program": shown.cohort.program.name, "group": shown.cohort.name}


def rows(found: Iterable[Decision], here: str) -> list[Row]:
    """Each decision; `here` is the address below which decisions are changed."""
    return [_row(one, here) for one in found]


def _row(one: Decision, here: str) -> Row:
    both = _("%(mentee)s and %(mentor)s") % {"mentee": one.mentee.full_name, "mentor": one.mentor.full_name}
    if one.lifted_at:
        when = _when(one.lifted_by, day_long(one.lifted_at), lifted=True)
        return Row("shield", both, _("Were kept apart"), one.reason, when)
    said, act, at, fields = _ends(one, here)
    when = _when(one.by, day_long(one.at)) if one.at else ""
    return Row(ICONS[one.kind], both, said, one.reason, when, act, at, fields, one.match_id)


def _ends(one: Decision, here: str) -> tuple[str, str, str, tuple[str, str]]:
    """What was decided, and how it ends: the button, its address, and a field that goes along."""
    nothing, unlocked, draft = ("", ""), ("free", "1"), f"{here}/{one.match_id}"
    return {
        Deciding.BAN: (_("Never these two"), _("Lift it"), f"{here}/bans/{one.override_id}/lift", nothing),
        Deciding.PIN: (_("Your own choice, stays in every run"), _("Unlock"), f"{draft}/lock", unlocked),
        Deciding.LOCK: (_("Locked, stays in every run"), _("Unlock"), f"{draft}/lock", unlocked),
        Deciding.HOLD: (_("Held back from approving together"), _("Let in again"), f"{draft}/hold", nothing),
    }[one.kind]


def _when(by: Person | None, day: str, *, lifted: bool = False) -> str:
    if by is None:
        return (_("Lifted on %(day)s") if lifted else _("On %(day)s")) % {"day": day}
    words = _("Lifted by %(name)s on %(day)s") if lifted else _("By %(name)s on %(day)s")
    return words % {"name": by.full_name, "day": day}
