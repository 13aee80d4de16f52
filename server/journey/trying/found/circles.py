"""Circles: members with a host, what all of them share, and who waits."""

from server.journey.trying.found.pairs import SEED, Groups
from server.kernel.db import Json
from server.matchmaking.circles.forming import explained, record_of
from server.matchmaking.engine import Pool, RuleSet, Watch, Weights
from server.matchmaking.engine.fairness import parity_among
from server.matchmaking.engine.groups.circles import form_circles
from server.matchmaking.runs.records import dump_parity, groups_of
from server.programs.states import ParticipantRole


def find_circles(pool: Pool, rules: RuleSet, weights: Weights, size: int, groups: Groups) -> Json:
    """Seat everybody who looks for others in circles of about one size, each with a host where one fits, and say
    how groups fared in them."""
    result = form_circles(pool, rules, weights, size=size, seed=SEED)
    record = record_of(result, explained(pool, result, rules, weights, Watch()))
    helped = {name: fit for one in result.circles for name, fit in zip(one.members, one.helped, strict=True)}
    looking = [one for one in pool.participants if one.role is ParticipantRole.MENTEE and one.capacity > 0]
    parity = [parity_among(looking, helped, name, of) for name, of in {**groups_of(pool), **groups}.items()]
    leading = sum(one.role is ParticipantRole.MENTOR for one in pool.participants)
    return {
        "circles": {**record, "leading": leading, "parity": dump_parity(parity)},
        "pairs": [], "waiting": record["waiting"],
        "violations": record["violations"],
        "waitlist": [
            {"mentee": one["enrollment_id"], "position": one["position"], "code": one["code"]}
            for one in record["waitlist"] if one["position"] is not None
        ],
    }
