"""Learning from past pairs, in made-up firms whose truth is known: how true probabilities are, and what it is worth.

    python -m benchmarks.learning

Each firm lives cycle by cycle as a customer does: the engine matches newcomers with what it has learned so far, chance
and the hidden truth decide, and the outcomes are learned from. What is measured is always the next cycle, which nobody
has seen: the distance of the probabilities shown from the true ones, and the true value of the pairs made as a share of
the best that somebody who knows the truth could make. Nothing here is evidence about real people.
"""

from collections.abc import Iterator
from statistics import mean
from typing import NamedTuple

from benchmarks.figures import Figure, at_least, at_most, table
from server.matchmaking.engine import Pool, run_matching
from server.matchmaking.engine.learning.learn import learn
from tests.server.matchmaking import worlds

MENTORS, MENTEES, MOST_CYCLES = 150, 300, 10
FIRMS = tuple((seed, level) for seed in (1, 2, 3) for level in (0.0, -1.0))
"""Firms in which about two in three good pairs accept, as the prior expects, and firms in which far fewer do."""
FIRST, LATER = 500, 2000
LARGEST_ERROR = {FIRST: 0.06, LATER: 0.03}
SMALLEST_SHARE = 0.85


class Reading(NamedTuple):
    """One cycle of one firm, after so many outcomes."""

    outcomes: int
    accept_error: float
    confidence_error: float
    share: float
    share_by_prior: float
    models: int


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    lived = [list(live(seed, level)) for seed, level in FIRMS]
    return [line for count in (FIRST, LATER) for line in _after(count, [_first_from(firm, count) for firm in lived])]


def live(seed: int, level: float) -> Iterator[Reading]:
    """A firm cycle by cycle, each read before its outcomes are known."""
    firm = worlds.world(MENTORS, seed, level)
    history, past = [], []
    for cycle in range(MOST_CYCLES):
        newcomers = firm.newcomers(MENTEES, seed * 100 + cycle)
        people = {one.id: one for one in (*firm.mentors, *newcomers)}
        known = Pool((*people.values(), *worlds.resting(past)), history=tuple(history))
        pool = Pool(tuple(people.values()), history=known.history)
        outlook = learn(known, worlds.WEIGHTS).outlook
        result = run_matching(pool, worlds.RULES, worlds.WEIGHTS, outlook=outlook)
        plain = run_matching(pool, worlds.RULES, worlds.WEIGHTS)
        found, by_prior = worlds.measure(firm, result), worlds.measure(firm, plain)
        accept, sure = (worlds.calibration_error(found.foretold[name], found.true[name]) for name in found.true)
        yield Reading(
            len(history), accept, sure, found.share_of_best, by_prior.share_of_best, len(outlook.models)
        )
        history += firm.lived([(people[pair.mentor], people[pair.mentee]) for pair in result.pairs], cycle)
        past += newcomers


def _first_from(firm: list[Reading], count: int) -> Reading:
    return next(one for one in firm if one.outcomes >= count)


def _after(count: int, readings: list[Reading]) -> list[Figure]:
    name, bound = f"learning, after {count:,} outcomes", LARGEST_ERROR[count]
    accept, sure = [one.accept_error for one in readings], [one.confidence_error for one in readings]
    share, prior = mean(one.share for one in readings), mean(one.share_by_prior for one in readings)
    learned = sum(one.models > 0 for one in readings)
    return [
        at_most(f"{name}, error of p_accept (worst {max(accept):.3f})", mean(accept), bound, "", 3),
        at_most(f"{name}, error of confidence (worst {max(sure):.3f})", mean(sure), bound, "", 3),
        at_least(f"{name}, true value (weights alone {prior:.3f})", share, SMALLEST_SHARE, 3),
        Figure(f"{name}, firms in which a model is in force", f"{learned} of {len(readings)}"),
    ]


if __name__ == "__main__":
    print(table(figures()))
