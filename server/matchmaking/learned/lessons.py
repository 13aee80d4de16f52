"""The log of proposals as rows to learn from: each with what was known then, and what came of it since."""

from collections.abc import Sequence

import numpy as np

from server.matchmaking.engine.features import Numbers, feature_names
from server.matchmaking.engine.learning.examples import Examples, LeftOut, cycles_of, label_of, order_of
from server.matchmaking.engine.learning.judging import Side
from server.matchmaking.engine.score import Stage
from server.matchmaking.engine.weights import CATEGORIES, Weights
from server.matchmaking.learned.lived import Lived


def examples_of(log: Sequence[Lived], weights: Weights) -> Examples:
    """The proposals that teach: answered, with features, and not chosen by a manager. Groups judge, and never enter."""
    names = feature_names()
    known = [one for one in log if names[0] in one.features]
    free = [one for one in known if not one.past.by_manager]
    told = sorted((one for one in free if one.past.accepted is not None), key=lambda one: order_of(one.past))
    pairs = [one.past for one in told]
    cycle, cycles = cycles_of(pairs)
    values: Numbers = np.array([[one.features.get(name, np.nan) for name in names] for one in told], np.float64)
    values = values.reshape(len(told), len(names))
    return Examples(
        names=names, weights=weights.vector, values=values,
        scores=np.nan_to_num(values[:, : len(CATEGORIES)]) @ np.array(weights.vector),
        labels={stage: np.array([label_of(one, stage) for one in pairs], np.float64) for stage in Stage},
        cycle=cycle, cycles=cycles,
        sides=(
            Side(tuple(one.mentee for one in pairs), tuple(one.mentee_group for one in told)),
            Side(tuple(one.mentor for one in pairs), tuple(one.mentor_group for one in told)),
        ),
        left_out=LeftOut(len(log) - len(known), len(known) - len(free), len(free) - len(told)),
    )
