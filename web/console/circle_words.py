"""Circles in the console: one in the queue, a run of them, and what a change by hand says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from server.journey.reviewing.queries import Circle
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.circles.steps import LEAST
from server.matches.queries import facilitator_of, in_order, learners
from server.matches.states import MatchState
from server.matchmaking.circles.forming import CircleProof
from web import circle_words as words
from web.console import audit_words
from web.console.audit_words import Fairness, ParityTable
from web.items import Line

if TYPE_CHECKING:
    from uuid import UUID

    from server.journey.reviewing.queries import Pairing
    from server.matches.models import Match
    from server.matchmaking.engine.fairness import Parity
    from server.programs.models import Enrollment


@dataclass(frozen=True, slots=True)
class Told:
    """One circle in words. `broken` is the rule it breaks, if any; `whys` is what it brings each member; `comers` and
    `people` are who could be put in and taken out, and `found` whom the last run found a seat for: value and text."""

    title: str
    led_by: str
    fit: str
    caution: str
    broken: str
    common: list[tuple[str, str]]
    rows: list[tuple[str, str, str]]
    whys: list[tuple[str, str]]
    comers: list[tuple[str, str]]
    people: list[tuple[str, str]]
    found: list[tuple[str, str]]


def tell(shown: Pairing, circle: Circle) -> Told:
    """One circle in words."""
    match = shown.match
    there, is_draft = in_order(match), match.state is MatchState.DRAFT
    return Told(
        title=words.title(match), led_by=words.led_by(match), caution=caution(match), broken=circle.broken,
        fit=_("On average the best helper inside fits a member %(fit)s out of 100.") % {"fit": match.fit}
        if match.fit is not None else "",
        common=words.in_common(circle.common), whys=words.why_each(match),
        found=[(str(row.id), row.person.full_name) for row in circle.found],
        rows=[(one.person.full_name, words.part(one), words.answer(one, is_draft=is_draft)) for one in there],
        comers=_comers(circle), people=[(str(one.enrollment_id), one.person.full_name) for one in there],
    )


def caution(match: Match) -> str:
    """What keeps a circle from being proposed, or makes it weak; "" for nothing."""
    if facilitator_of(match) is None:
        return _("Nobody leads it. Name somebody who does.")
    if len(learners(match)) < LEAST:
        return _("It is small: a circle has four to eight members. Put somebody in, or end it.")
    return ""


def line(match: Match, current: UUID | None) -> Line:
    """A circle as a row of the queue."""
    said = [words.led_by(match), caution(match) and _("look at it")]
    return Line(
        f"/console/matches?pair={match.id}", words.title(match), words.title(match), ", ".join(filter(None, said)),
        str(match.fit) if match.fit is not None else "", score=True, current=match.id == current,
    )


def run_title(proof: CircleProof) -> str:
    """The title of a run of circles: who sits in one, counted."""
    people = proof.seated + proof.waiting
    return _("%(seated)s of %(people)s people sit in a circle") % {"seated": proof.seated, "people": people}


def of_run(proof: CircleProof) -> str:
    """How many circles a run formed, of how many people, and who waits."""
    said = [
        ngettext("%(num)d circle", "%(num)d circles", proof.circles) % {"num": proof.circles},
        ngettext("%(num)d person in it", "%(num)d people in them", proof.seated) % {"num": proof.seated},
    ]
    told = ", ".join(said) + "."
    waits = ngettext("%(num)d waits for a circle.", "%(num)d wait for a circle.", proof.waiting)
    return f"{told} {waits % {'num': proof.waiting}}" if proof.waiting else told


def facts(proof: CircleProof) -> list[tuple[str, str]]:
    """The measures of a run of circles: label and value."""
    told = [_("%(count)d of %(size)d") % {"count": count, "size": size} for size, count in proof.sizes.items()]
    return [
        (_("Circles"), str(proof.circles)), (_("People in them"), str(proof.seated)),
        (_("Waiting"), str(proof.waiting)), *_seats(proof), (_("Sizes"), ", ".join(told) or "–"),
        (_("With an hour in common"), f"{proof.with_hour:.0%}"),
        (_("Without anybody to lead them"), str(proof.without_host)),
        (_("What a circle brings a member"), _("%(value)s of 1.5") % {"value": f"{proof.value:.2f}"}),
        (_("Rules broken"), str(proof.violations)),
    ]


def fairness(parity: tuple[Parity, ...]) -> Fairness | None:
    """How groups of people fared in the circles of a run; None for a run from before that was kept."""
    if not parity:
        return None
    tables = [_headed(one) for one in audit_words.parity_tables(parity)]
    return Fairness(audit_words.parity_words(parity), "", tables, audit_words.small_words())


def _headed(table: ParityTable) -> ParityTable:
    name, _people, _placed, _fit, compared = table.heads
    heads = (name, _("People"), _("In a circle"), _("Best help inside"), compared)
    return replace(table, id=f"circle-{table.id}", caption=name, heads=heads)


def _seats(proof: CircleProof) -> list[tuple[str, str]]:
    return [(_("Seats found in circles that stand"), str(proof.seats))] if proof.seats else []


def _comers(circle: Circle) -> list[tuple[str, str]]:
    told = [
        (circle.may_come.leading, _("%(name)s, to lead it")), (circle.may_come.waiting, _("%(name)s, waits")),
        (circle.may_come.elsewhere, _("%(name)s, from another circle")),
    ]
    return [_choice(row, said) for rows, said in told for row in rows]


def _choice(row: Enrollment, said: str) -> tuple[str, str]:
    return str(row.id), said % {"name": row.person.full_name}
