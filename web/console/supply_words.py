"""Places of mentors in words: the gap, each skill, the ways to close it, and what a plan comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.rules import has_circles
from web.console.matches import address
from web.dates import count_words, upper_first

if TYPE_CHECKING:
    from server.matchmaking.queries import SkillSupply
    from server.matchmaking.supply.queries import Places
    from web.items import Kind

SKILLS_SHORT = 3


def eyebrow(shown: Places) -> str:
    """Programme and group."""
    return _("%(program)s, %(group)s") % {"program": shown.cohort.program.name, "group": shown.cohort.name}


def title(shown: Places) -> str:
    """How many places are missing or to spare, as it stands."""
    short = len(shown.now.waiting)
    if not short:
        return _("Everybody who waits has a place")
    words = ngettext("%(count)s place short", "%(count)s places short", short) % {"count": count_words(short)}
    return upper_first(words)


def briefing(shown: Places) -> str:
    """Who waits, how many places there are, and the narrowest skill."""
    waits, found = shown.now.paired + len(shown.now.waiting), shown.now.paired + shown.now.spare
    people = ngettext("%(num)d person waits for a mentor", "%(num)d people wait for a mentor", waits) % {"num": waits}
    ready = ngettext("%(num)d place is free", "%(num)d places are free", found) % {"num": found}
    said = _("%(people)s, %(ready)s.") % {"people": people, "ready": ready}
    narrow = next(iter(shown.now.short), "")
    return _("%(said)s %(skill)s is the narrow spot.") % {"said": said, "skill": narrow} if narrow else said


def skill_rows(shown: Places) -> list[tuple[str, int, int, str, Kind, str]]:
    """Each skill: wanted, ready, and its state in words, with kind and icon."""
    return [(one.competency.name, one.wanted, max(0, one.places - one.taken), *_state(one)) for one in shown.skills]


def _state(one: SkillSupply) -> tuple[str, Kind, str]:
    if one.short:
        words = ngettext("%(num)d short", "%(num)d short", one.short) % {"num": one.short}
        return words, "rust" if 2 * one.short >= one.wanted else "sun", "warning"
    spare = max(0, one.places - one.taken) - one.wanted
    return (_("%(num)d to spare") % {"num": spare} if spare else _("Enough")), "leaf", "tick"


def ways(shown: Places) -> list[tuple[str, str, str, int, int]]:
    """Each way: field, name, what is known about it, least and most."""
    return [
        ("past", _("Ask past mentors"), _past(shown), 0, shown.past),
        ("raised", _("One more place each"), ngettext(
            "%(num)d mentor has fewer places than this programme allows",
            "%(num)d mentors have fewer places than this programme allows", shown.raisable,
        ) % {"num": shown.raisable}, 0, shown.raisable),
        ("more", _("More mentors"), _("Like those there are"), 0, 500),
        ("circles", _("Open circles"), _("Each led by a mentor"), 0, 100),
        ("size", _("People in a circle"), _("4 to 8"), 4, 8),
        ("later", _("Start some people later"), _("The last in line; they keep their place"), 0, 500),
    ]


def _past(shown: Places) -> str:
    people = ngettext("%(num)d from earlier groups", "%(num)d from earlier groups", shown.past) % {"num": shown.past}
    if not shown.asked.answered:
        return _("%(people)s. Nobody was ever asked here, so none is counted") % {"people": people}
    return _("%(people)s. %(yes)s of %(all)s who were asked here said yes") % {
        "people": people, "yes": shown.asked.yes, "all": shown.asked.answered}


def balance(shown: Places) -> tuple[str, str]:
    """The figure of the plan with its words."""
    number = shown.planned.balance
    return f"{number:+d}" if number else "0", _("places to spare") if number >= 0 else _("places short")


def figures(shown: Places) -> list[tuple[str, str]]:
    """What the plan comes to, beside what is."""
    now, plan = shown.now, shown.planned
    told = [
        (_("With a mentor"), _("%(after)s, was %(before)s") % {"after": plan.paired, "before": now.paired}),
        (_("In circles"), str(plan.in_circles)), (_("Start later"), str(plan.later)),
        (_("Still wait"), _("%(after)s, was %(before)s") % {"after": len(plan.waiting), "before": len(now.waiting)}),
        (_("Mean fit"), _("%(after)s, was %(before)s") % {"after": _fit(plan.mean), "before": _fit(now.mean)}),
    ]
    return [*told, *((skill, _("still %(num)d short") % {"num": short})
                     for skill, short in list(plan.short.items())[:SKILLS_SHORT])]


def to_circles(shown: Places) -> tuple[str, str, str]:
    """What makes circles of a plan come about: words, the name of the link, and where it leads; "" without circles."""
    if not shown.planned.in_circles:
        return "", "", ""
    program = shown.cohort.program
    if has_circles(program):
        said = _("A run forms circles of those who wait, led by whoever joined to lead one. Their place in line stays.")
        return said, _("Run the matching"), address(shown.cohort.id)
    said = _("This programme has no circles yet. Once it has, a run forms them of those who wait.")
    return said, _("Let those who wait meet in circles"), f"/console/programs/{program.id}#who-in-circles"


def part(shown: Places) -> str:
    """That a part of a large group was looked at; "" for the whole."""
    if shown.looked_at == shown.of:
        return ""
    return _("Worked out on %(some)s of %(all)s people.") % {"some": shown.looked_at, "all": shown.of}


def of_asked(count: int) -> str:
    """What was done about it."""
    if not count:
        return _("Nobody is left to ask just now.")
    return ngettext("One past mentor is invited.", "%(num)d past mentors are invited.", count) % {"num": count}


def spoken(shown: Places) -> str:
    """What is said aloud when the plan was worked out anew."""
    return " ".join(balance(shown)) + "."


def _fit(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
