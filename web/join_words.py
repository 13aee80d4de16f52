"""The words of Join: facts, parts, chips, promises, and what a closed door says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from babel.dates import format_date

from server.goals.states import SmartCheck
from server.journey.join.queries import JoinPage
from server.journey.join.states import Standing
from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import language_name, locale, ngettext
from server.people.states import DayPart
from server.programs.rules import is_past_last_day, why_closed
from server.programs.states import Approvals
from web.dates import count_words, day_long, day_month, upper_first
from web.items import StepState
from web.join_fields import OTHER_DAY, Fields
from web.readers import Readers, readers, who_comes

if TYPE_CHECKING:
    from server.people.models import ConsentText, Person

COMMON_LANGUAGES = ("en", "zh", "hi", "es", "fr", "ar", "pt", "de")
"""Offered besides one's own: the most widely spoken ones."""
PLACES_SHOWN = 3
"""Design.md 2.1: one, two or three places; a programme that allows more says so in its number."""

DAY_PARTS: dict[DayPart, Callable[[], str]] = {
    DayPart.MORNINGS: lambda: _("Mornings"), DayPart.LUNCHTIMES: lambda: _("Lunchtime"),
    DayPart.AFTERNOONS: lambda: _("Afternoons"), DayPart.EVENINGS: lambda: _("Evenings"),
}
SMART_WORDS: dict[SmartCheck, Callable[[], str]] = {
    SmartCheck.SPECIFIC: lambda: _("Specific"), SmartCheck.MEASURABLE: lambda: _("Measurable"),
    SmartCheck.WITHIN_REACH: lambda: _("Within reach"), SmartCheck.MATTERS_HERE: lambda: _("Matters here"),
    SmartCheck.HAS_A_DATE: lambda: _("Has a date"),
}


@dataclass(frozen=True, slots=True)
class Closed:
    """What stands where the form would."""

    title: str
    words: str
    art: str


def smart_words(checks: frozenset[SmartCheck]) -> list[tuple[str, bool]]:
    """The five words, each with whether it is lit."""
    return [(word(), check in checks) for check, word in SMART_WORDS.items()]


def readers_of(seen: JoinPage, said: Fields) -> Readers:
    """Who may read the goal, before there is a partner."""
    program, own = seen.place.program, seen.goal.privacy if seen.goal else None
    return readers(program, own, who_comes(program), said.privacy)


def day_parts() -> list[tuple[str, str]]:
    """The four chips of a usual week."""
    return [(part.value, word()) for part, word in DAY_PARTS.items()]


def date_chips(days: Iterable[date]) -> list[tuple[str, str]]:
    """The proposed days by the name of their month, and another one."""
    chips = [(day.isoformat(), format_date(day, "LLLL", locale=locale())) for day in days]
    return [*chips, (OTHER_DAY, _("Another date"))]


def language_chips(person: Person, chosen: Iterable[str]) -> list[tuple[str, str]]:
    """Languages to tick: one's own first, then what is common, each by its name."""
    return [(tag, language_name(tag)) for tag in dict.fromkeys([*person.languages, *chosen, *COMMON_LANGUAGES])]


def facts(person: Person) -> list[tuple[str, str]]:
    """What the organisation knows, as label and value; what it does not know is left out."""
    rows = [
        (_("Name"), person.full_name),
        (_("Role"), _listed(person.title, person.department)),
        (_("Place"), _listed(person.location, _with_us(person))),
        (_("Languages"), _listed(*(language_name(tag) for tag in person.languages))),
    ]
    return [(label, value) for label, value in rows if value]


def parts(seen: JoinPage, said: Fields, checks: frozenset[SmartCheck]) -> list[tuple[str, StepState]]:
    """The parts of the form, three and for peers one more; the first that wants something is the present one."""
    told = [(_("About you"), bool(said.day_parts)), (_("Your goal"), checks == frozenset(SmartCheck))]
    told += [(_("What you bring"), bool(said.skills))] if seen.is_peer else []
    names, done = zip(*told, (_("Your say"), not seen.asked), strict=True)
    now = done.index(False) if False in done else len(done)
    return [(name, "now" if at == now else "done" if done[at] else "") for at, name in enumerate(names)]


def consent_detail(text: ConsentText) -> str:
    """Whether an answer is needed, and why: the organisation's words, with ours before them if they do not say it."""
    needed = _("Needed to take part.") if text.required else _("Optional.")
    return text.explanation if text.explanation.startswith(needed) else f"{needed} {text.explanation}".strip()


def places(seen: JoinPage) -> list[tuple[str, str, str]]:
    """How many people a mentor may take, with the hours that they cost in a month."""
    program = seen.place.program
    minutes = program.session_minutes * program.sessions_per_month
    most = max(1, min(PLACES_SHOWN, program.places_max))
    return [(str(number), upper_first(count_words(number)), _hours(minutes * number)) for number in range(1, most + 1)]


def promise(seen: JoinPage) -> str:
    """The quiet line under the main button: only what the programme itself holds."""
    asked = (Approvals.BOTH, Approvals.MENTOR, Approvals.MENTEE) if seen.is_peer else (Approvals.BOTH, Approvals.MENTOR)
    if (seen.is_mentor or seen.is_peer) and seen.place.program.approvals in asked:
        return _("Nobody is matched with you before you say yes.")
    day = seen.place.cohort.hear_by_on if seen.place.cohort else None
    if day and day >= clock.today(seen.person.zone):
        return _("You hear about your match by %(day)s.") % {"day": day_long(day)}
    return _("We write to you as soon as there is a match.")


def closed(seen: JoinPage) -> Closed:
    """Why there is no form, and what one can do."""
    name = seen.place.program.name
    return {
        Standing.NOT_MEANT: Closed(
            _("%(program)s is for others") % {"program": name},
            _("It asks for: %(rules)s. Who runs it can invite you all the same.") % {"rules": "; ".join(seen.kept_out)},
            "boat",
        ),
        Standing.DECLINED: Closed(
            _("You are not in %(program)s") % {"program": name},
            _("There is nothing to do. If you would like to take part after all, ask for a new invitation."), "boat",
        ),
        Standing.EXPIRED: Closed(
            _("Your invitation has run out"),
            _("Would you still like to take part? Ask for a new invitation to %(program)s.") % {"program": name},
            "search",
        ),
        Standing.LEFT: Closed(
            _("You have left this group"),
            _("You are welcome in the next group of %(program)s.") % {"program": name}, "finished",
        ),
    }.get(seen.place.standing, _full(seen))


def _full(seen: JoinPage) -> Closed:
    cohort = seen.place.cohort
    if cohort is not None and is_past_last_day(cohort):
        return Closed(why_closed(cohort), _next_opening(seen), "boat")
    return Closed(_("This group is full"), _next_opening(seen), "boat")


def _next_opening(seen: JoinPage) -> str:
    day = seen.place.cohort.next_opens_on if seen.place.cohort else None
    if day and day > clock.today(seen.person.zone):
        return _("The next one opens on %(day)s.") % {"day": day_month(day)}
    return _("No date is set for the next one yet.")


def _with_us(person: Person) -> str:
    if person.hire_date is None:
        return ""
    years = (clock.today(person.zone) - person.hire_date).days // 365
    if years < 1:
        return _("new with us")
    return ngettext("%(num)d year with us", "%(num)d years with us", years) % {"num": years}


def _hours(minutes: int) -> str:
    if minutes % 60 == 0:
        return ngettext("%(num)d hour a month", "%(num)d hours a month", minutes // 60) % {"num": minutes // 60}
    return _("%(hours)s hours a month") % {"hours": f"{minutes / 60:g}"}


def _listed(*values: str) -> str:
    return _(", ").join(value for value in values if value)
