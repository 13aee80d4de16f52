"""What a run finds where people meet in circles, made ready to be stored: off the event loop, without the database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from server.kernel.db import Json
from server.matches.actions import CircleDraft
from server.matchmaking.circles.queries import WithRoom
from server.matchmaking.circles.telling import told as explain
from server.matchmaking.engine import RuleSet, Step, Watch, Weights
from server.matchmaking.engine.groups.circles import Circle, CirclesResult, form_circles
from server.matchmaking.engine.groups.members.seats import find_seats
from server.matchmaking.engine.pool import Participant, Pool
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.gather import Gathered
from server.programs.states import ParticipantRole


class CirclesFound(NamedTuple):
    """The record of what was formed, its circles as drafts, and how well each member is helped (0 to 100), by id."""

    record: Json
    drafts: list[CircleDraft]
    helped: dict[str, float]


@dataclass(frozen=True, slots=True)
class CircleProof:
    """What forming circles came to. `value` (0 to 1.5) is the mean over members of what their circle brings them,
    `violations` the rules broken (none), `with_hour` the share of circles that have an hour in common. `seats` were
    found in circles that stand, for some of those who wait."""

    circles: int
    seated: int
    waiting: int
    value: float
    violations: int
    with_hour: float
    without_host: int
    sizes: dict[int, int]
    seats: int


def find_circles(
    gathered: Gathered, rules: RuleSet, weights: Weights, *, size: int, seed: int, watch: Watch
) -> CirclesFound:
    """Form the circles of a pool, of about `size` members, and say what each brings its people. Minutes for the
    largest: call it in a thread.

    Raises:
        Stopped: `watch` was asked to stop.
    """
    watch.begin(Step.ASSIGNING)
    pool = gathered.pool
    result = form_circles(pool, rules, weights, size=size, bans=gathered.standing.bans, seed=seed)
    watch.begin(Step.EXPLAINING)
    record = record_of(result, explained(pool, result, rules, weights, watch))
    leading = sum(one.role is ParticipantRole.MENTOR for one in pool.participants)
    return CirclesFound(
        {**record, "leading": leading}, list(map(_draft, record["groups"])),
        {name: fit for one in result.circles for name, fit in zip(one.members, one.helped, strict=True)},
    )


def explained(
    pool: Pool, result: CirclesResult, rules: RuleSet, weights: Weights, watch: Watch
) -> list[Json]:
    """What each of some circles has in common, and brings its members, as it is stored."""
    people, told = {one.id: one for one in pool.participants if one.role is ParticipantRole.MENTEE}, []
    for one in result.circles:
        watch.look()
        told.append(explain([people[name] for name in one.members], rules, weights, host_code=one.host_code))
    return told


def seat_the_rest(
    found: CirclesFound, people: Gathered, room: WithRoom, rules: RuleSet, weights: Weights, seed: int
) -> None:
    """Look for a seat in circles that stand for everybody whom no new circle has; the record names it where they
    wait, and a manager puts them in."""
    waiting = {one["enrollment_id"]: one for one in found.record["waitlist"] if one["position"]}
    left = tuple(one for one in people.pool.participants if one.id in waiting)
    seats = find_seats(
        _together(people.pool, room.gathered.pool, left), room.circles, list(waiting), rules, weights,
        bans=people.standing.bans, seed=seed,
    )
    for seat in seats:
        waiting[seat.person] |= {"code": WaitCode.SEAT_FOUND.value, "match": seat.circle, "fit": round(seat.fit)}


def _together(pool: Pool, sitting: Pool, left: tuple[Participant, ...]) -> Pool:
    """Who is left of a pool, and who sits in circles that stand, in one."""
    return Pool(
        (*left, *sitting.participants), sitting.managers, tuple(dict.fromkeys((*pool.history, *sitting.history))),
        pool.conflicts | sitting.conflicts,
    )


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
        seats=sum("match" in one for one in told["waitlist"]),
    )


def drafts_of(record: Mapping[str, Any]) -> list[CircleDraft]:
    """The circles of a stored run as drafts."""
    return list(map(_draft, record.get("circles", {}).get("groups", [])))


def record_of(result: CirclesResult, told: list[Json]) -> Json:
    """What forming circles came to, as it is stored, with what was `told` of each; `proof_of` reads it from under
    "circles"."""
    met = [one.times is None or one.times > 0 for one in result.circles]
    sizes = Counter(len(one.members) for one in result.circles)
    return {
        "seated": sum(len(one.members) for one in result.circles),
        "waiting": sum(one.position is not None for one in result.waitlist),
        "value": round(result.value, 6), "violations": result.violations,
        "with_hour": round(sum(met) / len(met), 6) if met else 1.0,
        "sizes": {str(size): count for size, count in sorted(sizes.items())},
        "steps": result.steps, "budget_spent": result.budget_spent,
        "groups": [_group(one, words) for one, words in zip(result.circles, told, strict=True)],
        "waitlist": [
            {"enrollment_id": one.mentee, "position": one.position, "code": one.code.value} for one in result.waitlist
        ],
    }


def _group(one: Circle, explanation: Json) -> Json:
    return {"members": list(one.members), "host": one.host, "fit": round(one.fit), "explanation": explanation}


def _draft(group: Json) -> CircleDraft:
    host = UUID(group["host"]) if group["host"] else None
    return CircleDraft(host, tuple(map(UUID, group["members"])), group["fit"], group["explanation"])
