"""Whom a programme is for, in words: its rules as they are typed, and whom they mean today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from server.automation.building.queries import Plan
from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.audience.queries import Meant
from server.programs.audience.rules import Known, Rules, rules_of
from server.programs.audience.states import DAYS, MOST, Fact, Fit, Side, ways_for
from server.programs.audience.words import fact_words, how_words, in_words, sentence
from server.programs.states import ProgramType
from web.console.building.part import Part
from web.forms import Errors

if TYPE_CHECKING:
    from server.matchmaking.supply.standing import Standing
    from server.notifications.reachable.queries import Reach
    from server.people.models import Person

CHIPS_MOST = 24
"""So many known values are shown to choose from; more are written, one to a line."""


@dataclass(frozen=True, slots=True)
class Row:
    """One rule as its three controls show it. `control` says which one takes the value."""

    path: str
    name: str
    fact: str
    how: str
    hows: list[tuple[str, str]]
    control: str
    chosen: list[str]
    options: list[tuple[str, str]]
    said: str
    left: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """One side: its rules, and whom they mean today (None: something is to be mended first). `gaps`: what keeps letters
    from some of them, and what to do; `unreached`: names and pages of those whom none reaches."""

    side: Side
    title: str
    fit: str
    rows: list[Row]
    meant: Meant | None
    count: str
    outside: list[tuple[str, str]]
    nobody: str
    gaps: list[str]
    unreached: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Places:
    """How the mentors of a group suffice: who is there, what is short (words, kind and icon of a note), the planner."""

    facts: list[tuple[str, str]]
    note: tuple[str, str, str]
    href: str


def sides(kind: ProgramType) -> list[Side]:
    """The sides of a type of programme."""
    return [Side.PEOPLE] if kind is ProgramType.PEER else list(Side)


def shown(
    side: Side, typed: Mapping[str, Any], errors: Errors, known: Known, meant: Meant | None, reach: Reach | None,
    fresh: bool,
) -> Shown:
    """A side as it is typed. `fresh`: its last rule was only just added, and is no rule yet."""
    given: list[Json] = typed[side]
    whole = given[:-1] if fresh else given
    wrong = any(path.startswith(f"audience.{side}[") for path in errors)
    rules = Rules(Fit.ALL, ()) if wrong else rules_of({**typed, side: whole}, side)
    rows = [_row(side, place, one, rules, errors, known, meant) for place, one in enumerate(given, start=1)]
    return Shown(
        side, _title_of(side), typed[f"{side}_fit"], rows, meant, _count(side, meant),
        _outside(rules, known, meant), _nobody(rules, known, meant), _gaps(meant, reach),
        [(one.full_name, f"/console/people/{one.id}") for one in (reach.some if reach else [])],
    )


def facts() -> list[tuple[str, str]]:
    """What a rule can ask about."""
    return [(fact.value, name) for fact, name in fact_words().items()]


def places(there: Standing) -> Places:
    """How many mentors and mentees are there, and whether the places are enough."""
    short = ngettext("%(num)d place is short.", "%(num)d places are short.", there.short) % {"num": there.short}
    return Places(
        [(_("Mentees there"), _and_invited(there.mentees, there.invited_mentees)),
         (_("Mentors there"), _and_invited(there.mentors, there.invited_mentors)), (_("Places"), str(there.places))],
        (short, "sun", "warning") if there.short else (_("There are places enough."), "leaf", "tick"),
        f"/console/matches/groups/{there.cohort.id}/places",
    )


def _and_invited(count: int, invited: int) -> str:
    return _("%(count)d, and %(invited)d invited") % {"count": count, "invited": invited} if invited else str(count)


def fits() -> list[tuple[str, str]]:
    """Whether all rules must hold."""
    return [(Fit.ALL.value, _("All of these")), (Fit.ANY.value, _("One of these"))]


def detail(person: Person) -> str:
    """Department and place of somebody."""
    return _(", ").join(part for part in (person.department, person.location) if part)


def _row(
    side: Side, place: int, one: Json, rules: Rules, errors: Errors, known: Known, meant: Meant | None
) -> Row:
    fact, path = Fact(one["fact"]), f"audience.{side}[{place}]"
    wrong = next((words for at, words in errors.items() if at == path or at.startswith(f"{path}.")), "")
    there = place <= len(rules.rules)
    value = one["value"]
    return Row(
        path, f"{side}-{place}", fact.value, str(one["how"]), [(how.value, how_words()[how]) for how in ways_for(fact)],
        _control(fact, known), [_stored(text) for text in value] if isinstance(value, list) else [_stored(value)],
        list(known.get(fact, {}).items()),
        wrong or (sentence(rules.rules[place - 1], known) if there else fact_words()[fact]),
        str(meant.left[place - 1]) if meant and there and place <= len(meant.left) else "",
        bool(wrong) or not there,
    )


def _control(fact: Fact, known: Known) -> str:
    if fact in MOST:
        return "days" if fact in DAYS else "number"
    if fact is Fact.MANAGES:
        return "yes"
    return "chips" if 0 < len(known.get(fact, {})) <= CHIPS_MOST else "lines"


def _stored(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _count(side: Side, meant: Meant | None) -> str:
    count = meant.count if meant else 0
    if side is Side.MENTORS:
        return ngettext("person who fits as a mentor", "people who fit as mentors", count)
    everybody = meant.everybody if meant else 0
    return ngettext("person, of %(all)d who work here", "people, of %(all)d who work here", count) % {"all": everybody}


def _outside(rules: Rules, known: Known, meant: Meant | None) -> list[tuple[str, str]]:
    """Each rule that alone keeps people out: how many, and it."""
    return [
        (ngettext("%(num)d person but for: %(rule)s", "%(num)d people but for: %(rule)s", one.count) % {
            "num": one.count, "rule": sentence(rules.rules[one.place], known)},
         _(", ").join(person.full_name for person in one.some))
        for one in (meant.outside if meant else [])
    ]


def _nobody(rules: Rules, known: Known, meant: Meant | None) -> str:
    if meant is None or meant.count:
        return ""
    if meant.nearest is None:
        return _("No one today.")
    place, count = meant.nearest
    return ngettext(
        "No one today. The nearest rule is “%(rule)s”: without it, it is %(num)d person.",
        "No one today. The nearest rule is “%(rule)s”: without it, it is %(num)d people.", count,
    ) % {"rule": sentence(rules.rules[place], known), "num": count}


def _gaps(meant: Meant | None, reach: Reach | None) -> list[str]:
    """What keeps letters from some of them, each with what to do."""
    if meant is None or reach is None:
        return []
    told = []
    if reach.unreached:
        told.append(ngettext(
            "%(num)d of %(all)d has no address that works. Mend it in the employer’s records.",
            "%(num)d of %(all)d have no address that works. Mend them in the employer’s records.", reach.unreached,
        ) % {"num": reach.unreached, "all": meant.count})
    if reach.zone_assumed:
        told.append(ngettext(
            "The records name no time zone for %(num)d of %(all)d: the organisation’s own counts until it is given.",
            "The records name no time zone for %(num)d of %(all)d: the organisation’s own counts until they are given.",
            reach.zone_assumed,
        ) % {"num": reach.zone_assumed, "all": meant.count})
    return told


def _title_of(side: Side) -> str:
    return _("Who can be a mentor") if side is Side.MENTORS else _("Who it is for")


def _told(plan: Plan) -> str:
    return in_words(rules_of(plan.content["audience"], Side.PEOPLE), {})


def _title() -> str:
    return _("Audience")


PART = Part("audience", _title, _told)
