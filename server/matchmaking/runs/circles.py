"""A run where people meet in circles: of circles alone, or of circles beside the pairs that it makes."""

from dataclasses import dataclass
from typing import Any

from server.kernel.actor import Actor, system_actor
from server.matches import queries as matches
from server.matches.states import MatchKind
from server.matchmaking.circles.forming import CirclesFound, find_circles, narrowed, persons
from server.matchmaking.engine import Outlook, RuleSet, Watch, Weights
from server.matchmaking.gather import Gathered, gather
from server.matchmaking.runs.findings import Findings, find
from server.programs.models import Cohort
from server.programs.rules import has_circles, is_of_circles
from server.programs.states import Circles


@dataclass(frozen=True)
class Beside:
    """Who could sit in circles beside the pairs of a programme. `only_waiting`: whom the run finds no mentor for.
    `pairs` are the two persons of every pair that stands."""

    gathered: Gathered
    only_waiting: bool
    pairs: frozenset[tuple[str, str]]


async def beside_pairs(actor: Actor, cohort: Cohort, *, around_drafts: bool) -> Beside | None:
    """Everybody with a seat for a circle in a programme of pairs; None where it has no circles."""
    program = cohort.program
    if is_of_circles(program) or not has_circles(program):
        return None
    people = await gather(actor, cohort, around_drafts=around_drafts, kind=MatchKind.CIRCLE)
    pairs = await matches.standing_pairs(system_actor(actor.organization_id), cohort.id)
    return Beside(
        people, program.circles is Circles.WAITING, frozenset((str(one), str(other)) for one, other in pairs)
    )


def circles_alone(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, seed: int, watch: Watch,
    newcomers: bool = False,  # noqa: ARG001  # called as `find` is: who sits in a circle is in no pool around drafts
    outlook: Outlook | None = None,  # noqa: ARG001  # nothing is learned of circles
) -> Findings:
    """Form the circles of a programme of circles.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    found = find_circles(gathered, rules, weights, seed=seed, watch=watch)
    record = {"matched": 0, "waiting": found.record["waiting"], "waitlist": found.record["waitlist"]}
    return Findings({**record, "circles": found.record}, [], [], tuple(found.drafts))


def pairs_and_circles(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, beside: Beside, seed: int, watch: Watch, **how: Any
) -> Findings:
    """Make the pairs of a programme, then the circles of whoever waits, or of everybody.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    pairs = find(gathered, rules, weights, seed=seed, watch=watch, **how)
    found = _circles_of(gathered, pairs, beside, rules, weights, seed, watch)
    return pairs._replace(record={**pairs.record, "circles": found.record}, circles=tuple(found.drafts))


def _circles_of(
    gathered: Gathered, pairs: Findings, beside: Beside, rules: RuleSet, weights: Weights, seed: int, watch: Watch
) -> CirclesFound:
    who = persons(gathered.pool)
    made = {
        (who[str(one.mentor_enrollment_id)], who[str(one.mentee_enrollment_id)]) for one in pairs.drafts
    }
    waiting = frozenset(str(one["enrollment_id"]) for one in pairs.record["waitlist"] if one["position"])
    people = narrowed(beside.gathered, beside.pairs | made, waiting if beside.only_waiting else None)
    return find_circles(people, rules, weights, seed=seed, watch=watch)
