"""Circles: members with a host, what all of them share, and who waits."""

from server.journey.trying.found.pairs import SEED
from server.kernel.db import Json
from server.matchmaking.circles.forming import explained, record_of
from server.matchmaking.engine import Pool, RuleSet, Watch, Weights
from server.matchmaking.engine.groups.circles import form_circles
from server.programs.states import ParticipantRole


def find_circles(pool: Pool, rules: RuleSet, weights: Weights, size: int) -> Json:
    """Seat everybody who looks for others in circles of about one size, each with a host where one fits."""
    result = form_circles(pool, rules, weights, size=size, seed=SEED)
    record = record_of(result, explained(pool, result, rules, weights, Watch()))
    leading = sum(one.role is ParticipantRole.MENTOR for one in pool.participants)
    return {
        "circles": {**record, "leading": leading}, "pairs": [], "waiting": record["waiting"],
        "violations": record["violations"],
        "waitlist": [
            {"mentee": one["enrollment_id"], "position": one["position"], "code": one["code"]}
            for one in record["waitlist"] if one["position"] is not None
        ],
    }
