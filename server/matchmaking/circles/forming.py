"""What a run finds where people meet in circles, made ready to be stored: off the event loop, without the database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from server.kernel.db import Json
from server.matches.actions import CircleDraft
from server.matchmaking.engine import RuleSet, Step, Watch, Weights
from server.matchmaking.engine.groups.circles import Circle, CirclesResult, form_circles
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK, Pool
from server.matchmaking.gather import Gathered
from server.programs.states import ParticipantRole


class CirclesFound(NamedTuple):
    """The record of what was formed, and its circles as drafts."""

    record: Json
    drafts: list[CircleDraft]


@dataclass(frozen=True, slots=True)
class CircleProof:
    """What forming circles came to. `value` (0 to 1.5) is the mean over members of what their circle brings them,
    `violations` the rules broken (none), `with_hour` the share of circles that have an hour in common."""

    circles: int
    seated: int
    waiting: int
    value: float
    violations: int
    with_hour: float
    without_host: int
    sizes: dict[int, int]


def find_circles(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, seed: int, watch: Watch
) -> CirclesFound:
    """Form the circles of a pool, and say what each has in common. Minutes for the largest: call it in a thread.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    watch.begin(Step.ASSIGNING)
    result = form_circles(gathered.pool, rules, weights, bans=gathered.standing.bans, seed=seed)
    watch.look()
    leading = sum(one.role is ParticipantRole.MENTOR for one in gathered.pool.participants)
    return CirclesFound({**record_of(result), "leading": leading}, [_draft(one) for one in result.circles])


def narrowed(gathered: Gathered, apart: frozenset[tuple[str, str]], among: frozenset[str] | None) -> Gathered:
    """The same pool for circles beside pairs: two persons who are a pair (`apart`) never sit together, and of the
    mentees only some (`among`, by enrolment) are to be seated, or all."""
    pool = gathered.pool
    kept = tuple(
        one for one in pool.participants
        if among is None or one.role is ParticipantRole.MENTOR or one.id in among
    )
    return replace(gathered, pool=replace(pool, participants=kept, conflicts=pool.conflicts | apart))


def persons(pool: Pool) -> Mapping[str, str]:
    """Who stands behind each enrolment of a pool."""
    return {one.id: one.who for one in pool.participants}


def proof_of(record: Mapping[str, Any]) -> CircleProof | None:
    """What the circles of a stored run came to; None for a run of pairs alone."""
    told = record.get("circles")
    if not told:
        return None
    return CircleProof(
        circles=len(told["groups"]), seated=told["seated"], waiting=told["waiting"], value=told["value"],
        violations=told["violations"], with_hour=told["with_hour"],
        without_host=sum(one["host"] is None for one in told["groups"]),
        sizes={int(size): count for size, count in told["sizes"].items()},
    )


def drafts_of(record: Mapping[str, Any]) -> list[CircleDraft]:
    """The circles of a stored run as drafts."""
    return [
        CircleDraft(UUID(one["host"]) if one["host"] else None, tuple(map(UUID, one["members"])), one["fit"],
                    one["explanation"])
        for one in record.get("circles", {}).get("groups", [])
    ]


def record_of(result: CirclesResult) -> Json:
    """What forming circles came to, as it is stored; `proof_of` reads it from under "circles"."""
    met = [one.times is None or one.times > 0 for one in result.circles]
    sizes = Counter(len(one.members) for one in result.circles)
    return {
        "seated": sum(len(one.members) for one in result.circles),
        "waiting": sum(one.position is not None for one in result.waitlist),
        "value": round(result.value, 6), "violations": result.violations,
        "with_hour": round(sum(met) / len(met), 6) if met else 1.0,
        "sizes": {str(size): count for size, count in sorted(sizes.items())},
        "steps": result.steps, "budget_spent": result.budget_spent,
        "groups": [
            {"members": list(one.members), "host": one.host, "fit": round(one.fit), "explanation": _explanation(one)}
            for one in result.circles
        ],
        "waitlist": [
            {"enrollment_id": one.mentee, "position": one.position, "code": one.code.value} for one in result.waitlist
        ],
    }


def _draft(one: Circle) -> CircleDraft:
    host = UUID(one.host) if one.host else None
    return CircleDraft(host, tuple(map(UUID, one.members)), round(one.fit), _explanation(one))


def _explanation(one: Circle) -> Json:
    """What a circle has in common, as decision 0018 stores it; `host_code` says why nobody leads it."""
    return {"circle": {
        "times": _spans(one.times) if one.times is not None else None,
        "languages": list(one.languages) if one.languages is not None else None,
        "goals": [{"name": goal.tag, "members": goal.members} for goal in one.goals],
        "host_code": one.host_code.value if one.host_code else None,
    }}


def _spans(times: int) -> list[list[int]]:
    """Runs of free half hours in a UTC week: the first one, and how many."""
    found: list[list[int]] = []
    for at in range(HALF_HOURS_A_WEEK):
        if times >> at & 1:
            if found and sum(found[-1]) == at:
                found[-1][1] += 1
            else:
                found.append([at, 1])
    return found
