"""One learning from the log to models and their report. It loads scikit-learn: only the job that learns imports it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from server.matchmaking.engine import Pool, Weights
from server.matchmaking.engine.learning.examples import prior_pairs
from server.matchmaking.engine.learning.learn import LEARN_FROM, learn_from
from server.matchmaking.engine.learning.report import report_of
from server.matchmaking.learned import numbers
from server.matchmaking.learned.lessons import examples_of
from server.matchmaking.learned.lived import Lived, Taught
from server.programs.states import ParticipantRole

IN_WORDS = frozenset({"words", "name", "limits"})
"""What the report says in the language of who asked for it: a page says it anew for who reads it."""


def teach(log: Sequence[Lived], pool: Pool, weights: Weights, made_at: datetime) -> Taught:
    """Learn one model for each stage, in a thread. `pool`: people whose pairs stand for what nobody tried."""
    examples = examples_of(log, weights)
    roles = {one.role for one in pool.participants}
    has_both = roles == {ParticipantRole.MENTOR, ParticipantRole.MENTEE}
    prior = prior_pairs(pool, weights) if len(examples) >= LEARN_FROM and has_both else None
    known = sum(one.past.accepted is not None for one in log)
    learned = learn_from(examples, prior, known=known, with_trees=False)
    calibration = learned.outlook.calibration
    report = _in_codes(report_of(learned, weights, made_at))
    return Taught(numbers.dump(learned.outlook.models), report, calibration.calibrated, calibration.based_on)


def _in_codes(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_codes(one) for name, one in value.items() if name not in IN_WORDS}
    return [_in_codes(one) for one in value] if isinstance(value, list) else value
