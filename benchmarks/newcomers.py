"""Newcomers: what one costs among 20,000, and how near many later ones come to matching everybody again.

Counted for one newcomer: from a person with stored vectors, when the mentors with free places stand ready, to the pair
with its proof: coding the row, scoring it with every free mentor, rules, choice, prices. Not counted: reading the
database, and making the mentors ready, which is done once for however many come (a line of its own).
"""

from statistics import median
from time import perf_counter, process_time

from benchmarks.figures import Figure, at_least, at_most, table
from server.matchmaking.engine import MatchingResult, Participant, Pool, RuleSet, Standing, run_matching, weights_for
from server.matchmaking.engine.living.incremental import match_newcomers, openings
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.people import synthetic_people

WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)
RULES = RuleSet(grade_gap=(0, 6), common_language=True, min_overlap_half_hours=4, wait_bonus=0.0)
EACH_SIDE, ALONE, LATE_SHARE = 10_000, 21, 0.05
MOST_MS, LEAST_SHARE = 50.0, 0.995
NAME = "newcomers, 10,000 to 10,000"


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    everybody = Pool(synthetic_people(EACH_SIDE, EACH_SIDE))
    mentees = [one for one in everybody.participants if one.role is ParticipantRole.MENTEE]
    late = {one.id for one in mentees[-int(LATE_SHARE * EACH_SIDE) :]}
    there = Pool(tuple(one for one in everybody.participants if one.id not in late))
    standing = Standing(current=frozenset(_pairs(run_matching(there, RULES, WEIGHTS))))
    return [*_alone(there, standing, mentees[-ALONE:]), *_many(everybody, standing)]


def _alone(there: Pool, standing: Standing, newcomers: list[Participant]) -> list[Figure]:
    started = perf_counter()
    ready = openings(there, RULES, WEIGHTS, standing=standing)
    took, wall, cpu = perf_counter() - started, [], []
    for one in newcomers:
        begun, spent = perf_counter(), process_time()
        ready.place([one])
        wall.append(1000 * (perf_counter() - begun))
        cpu.append(1000 * (process_time() - spent))
    name = f"{NAME}: one, {len(ready.columns.mentors):,} mentors with places"
    return [
        at_most(f"{name}, wall clock", median(wall[1:]), MOST_MS, " ms"),
        Figure(f"{name}, processor", f"{median(cpu[1:]):.1f} ms"),
        Figure(f"{NAME}: mentors made ready, once", f"{took:.2f} s"),
    ]


def _many(everybody: Pool, standing: Standing) -> list[Figure]:
    started = perf_counter()
    later = match_newcomers(everybody, RULES, WEIGHTS, standing=standing)
    took = perf_counter() - started
    again = run_matching(everybody, RULES, WEIGHTS)
    kept = run_matching(everybody, RULES, WEIGHTS, standing=Standing(current=standing.current | set(_pairs(later))))
    share = _worth(kept) / _worth(again)
    return [
        at_least(f"{NAME}: 5 % later, share of a full re-match", share, LEAST_SHARE),
        Figure(f"{NAME}: 5 % later, placed", f"{len(later.pairs)} of {len(later.pairs) + len(later.waitlist)}"),
        Figure(f"{NAME}: 5 % later, time", f"{took:.1f} s"),
    ]


def _pairs(result: MatchingResult) -> list[tuple[str, str]]:
    return [(pair.mentor, pair.mentee) for pair in result.pairs]


def _worth(result: MatchingResult) -> float:
    """What all pairs are worth in the engine's own terms: being placed counts 1, the fit what it is."""
    return sum(1 + pair.fit / 100 for pair in result.pairs)


if __name__ == "__main__":
    print(table(figures()))
