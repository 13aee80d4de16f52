"""What of a kind of message a programme may set itself, and why not the rest. Pure."""

from collections.abc import Mapping

from server.automation.launching.planning import DAYS
from server.automation.moments import Count, counted
from server.automation.protocol import RULES, Step
from server.automation.steps import STEPS
from server.kernel.text import gettext as _
from server.notifications.catalogue import CATALOGUE, N_
from server.notifications.conditions.choices import ASKED_OF
from server.notifications.states import MessageClass
from server.programs.plans.telling import BY_OPTION

MOST: Mapping[Count, int] = {
    Count.DAYS_AFTER: 366, Count.DAYS_BEFORE: 366, Count.WORKING_DAYS_BEFORE: 20, Count.HOURS_BEFORE: 168,
    Count.HOURS_AFTER: 168,
}
_ACCOUNT = N_("It belongs to no programme. It is the same everywhere.")
_AT_ONCE = N_("People have to hear of this: somebody did something that concerns them.")
_MIXED = N_("It says other things to the person than to who runs the programme.")
_SERIES = N_("It lists the times of a whole series.")
_FIGURES = N_("It holds the figures of its day.")
_REPORT = N_("Reports have a part of their own. It is switched off there.")
_FORMS = N_("Whom a survey asks, and when, is set in the part Surveys.")
_MEANT = N_("Whom it tells is set in the part Audience.")
_TO_WHO_RUNS_IT = N_("It tells who runs the programme how things stand.")
_ENDS_IT = N_("A match ends a week after it. Everybody in it has to hear.")
_EVERY_WAY = N_("It goes by mail, and by push beside it where that is on: people have to hear of it.")
_BY_MAIL = N_("It goes by mail. There is no notification of it.")
_CALENDAR = N_("Answers to its calendar entry come to Ithaca.")
OF_ACCOUNTS = frozenset({"Y01", "Y01-moved", "Y01-device", "Y03", "Q04"})
"""What belongs to a person, whatever they take part in."""
OF_FORMS = frozenset({"S07", "C01", "C02", "C03-form", "Z10"})
"""What brings the surveys of a programme."""
REPORTS = ("Q01", "Q02", "Q03", "Q05", "E16")
ALWAYS_ON: Mapping[str, str] = {
    "C04": N_("A person asks for help here. Somebody has to hear of it."),
    "M07": N_("Two people wait for a yes. Somebody has to hear of it."), **dict.fromkeys(REPORTS, _REPORT),
}
OWN_WORDS_ONLY: Mapping[str, str] = {
    "X04": _MIXED, "X04-grace": _MIXED, "S01-series": _SERIES, "S02-rest": _SERIES, "S02-rest-cancelled": _SERIES,
    **dict.fromkeys(REPORTS, _FIGURES),
}


def step_of(kind: str) -> Step | None:
    """The step by which a kind goes by itself, if it does."""
    return STEPS.get(f"{RULES}{kind}")


def why_on(kind: str) -> str:
    """Why a kind cannot be switched off, in words; empty when it can."""
    if kind in OF_ACCOUNTS:
        return _(_ACCOUNT)
    if kind in BY_OPTION:
        return ""
    if kind in ALWAYS_ON:
        return _(ALWAYS_ON[kind])
    return _(_AT_ONCE) if CATALOGUE[kind].message_class is MessageClass.TRANSACTIONAL else ""


def why_its_words(kind: str) -> str:
    """Why the words of a kind cannot be others, in words; empty when they can."""
    if kind in OF_ACCOUNTS:
        return _(_ACCOUNT)
    return _(OWN_WORDS_ONLY[kind]) if kind in OWN_WORDS_ONLY else ""


def why_then(kind: str) -> str:
    """Why a kind cannot go at another moment, in words; empty when it can."""
    if not is_timed(kind):
        return _("It goes when it happens. There is no day to choose.")
    return "" if usual_of(kind) else _("Its day is fixed: %s.") % _(CATALOGUE[kind].trigger)


def why_always(kind: str) -> str:
    """Why a kind cannot be made to depend on a condition, in words; empty when it can."""
    if kind in ASKED_OF:
        return ""
    if kind in OF_FORMS:
        return _(_FORMS)
    if kind in DAYS:
        return _(_MEANT)
    if kind in BY_OPTION:
        return _(_ENDS_IT)
    return _(_TO_WHO_RUNS_IT) if _is_report(kind) else why_on(kind)


def why_its_channel(kind: str) -> str:
    """Why nobody chooses how a kind goes, in words; empty when a programme may."""
    if kind in OF_ACCOUNTS:
        return _(_ACCOUNT)
    if CATALOGUE[kind].message_class is MessageClass.TRANSACTIONAL:
        return _(_EVERY_WAY)
    return "" if CATALOGUE[kind].pushes else _(_BY_MAIL)


def why_its_sender(kind: str) -> str:
    """Why nobody signs a kind, in words; empty when somebody may."""
    if kind in OF_ACCOUNTS:
        return _(_ACCOUNT)
    if CATALOGUE[kind].invites:
        return _(_CALENDAR)
    return _(_TO_WHO_RUNS_IT) if _is_report(kind) else ""


def _is_report(kind: str) -> bool:
    return CATALOGUE[kind].message_class is MessageClass.REPORT


def is_timed(kind: str) -> bool:
    """Whether a kind goes so long before or after something, and not when it happens."""
    return step_of(kind) is not None or kind in DAYS


def usual_of(kind: str) -> list[tuple[Count, int]]:
    """In what the moments of a kind are counted, and how much of it as usual; none if one of them is fixed."""
    if kind in DAYS:
        return [(Count.DAYS_AFTER, DAYS[kind])]
    step = step_of(kind)
    found = [counted(moment) for moment in step.moments] if step else []
    same = len({one[0] for one in found if one}) == 1
    return [one for one in found if one] if same and all(found) else []
