"""Circles and peers: what a run is worth beside a long plain search on the same tables, and that no rule is broken.

The peer starts from the same composition without any exchange and tries random pairs of people, hundreds of thousands
of times, keeping what helps: slow, but nothing about it is clever. Tables, rules and values are the same for both.
"""

from time import perf_counter, process_time

import numpy as np

from benchmarks.figures import Figure, at_least, at_most, table
from server.matchmaking.engine import Pool, RuleSet, rules_for, weights_for
from server.matchmaking.engine.groups.both_ways import both_ways
from server.matchmaking.engine.groups.circles import CirclesResult, form_circles, together
from server.matchmaking.engine.groups.compose import compose, place
from server.matchmaking.engine.groups.pairs.peers import pair_peers
from server.matchmaking.engine.groups.room import Room, open_room
from server.programs.states import ProgramType
from tests.server.matchmaking.people import synthetic_people

SIZES = {240: 300_000, 1200: 600_000}
"""People, and exchanges that the plain search tries."""
RULES, WEIGHTS, USUAL = RuleSet(), weights_for(ProgramType.CIRCLE), 6
FLOOR_VALUE, FLOOR_PEERS = 0.95, 0.9999
PEERS = (240, 2000)


def main() -> None:
    """Print the figures of each size."""
    print(table(figures()))


def figures() -> list[Figure]:
    """The lines of `make bench`."""
    circles = [figure for people, tries in SIZES.items() for figure in _lines(people, tries)]
    return circles + [figure for people in PEERS for figure in _peer_lines(people)]


def _peer_lines(people: int) -> list[Figure]:
    pool, kind, name = Pool(synthetic_people(0, people)), ProgramType.PEER, f"peers, {people:,}"
    wall, cpu = perf_counter(), process_time()
    result = pair_peers(pool, rules_for(kind), weights_for(kind))
    wall, cpu = perf_counter() - wall, process_time() - cpu
    return [
        Figure(f"{name}, from people to pairs", f"{wall:.1f} s, {cpu:.1f} s of processor"),
        at_least(f"{name}, certified share of the best choice of pairs", 1 - result.gap, FLOOR_PEERS, 6),
        at_least(f"{name}, share paired", 2 * len(result.pairs) / people, FLOOR_PEERS, 4),
        at_most(f"{name}, rules broken", result.violations, 0, "", 0),
    ]


def _lines(people: int, tries: int) -> list[Figure]:
    pool, name = Pool(synthetic_people(0, people)), f"circles of {people:,}"
    wall, cpu = perf_counter(), process_time()
    result = form_circles(pool, RULES, WEIGHTS, size=USUAL)
    wall, cpu = perf_counter() - wall, process_time() - cpu
    room = open_room(both_ways(pool, pool.participants, together(RULES), WEIGHTS, frozenset(), 0))
    plain = plain_search(room, tries)
    seated = sum(len(circle.members) for circle in result.circles)
    meeting = sum(bool(circle.times) for circle in result.circles) / len(result.circles)
    return [
        Figure(f"{name}, from people to circles", f"{wall:.1f} s, {cpu:.1f} s of processor, {result.steps} steps"),
        at_least(f"{name}, value of {tries:,} random swaps ({plain:.4f})", result.value / plain, FLOOR_VALUE),
        at_least(f"{name}, circles with an hour in common", meeting, 1.0, 3),
        at_most(f"{name}, rules broken inside, lines of command too", result.violations, 0, "", 0),
        at_least(f"{name}, people seated", seated / people, 0.95, 3),
        Figure(f"{name}, smallest and largest circle", _extremes(result)),
    ]


def plain_search(room: Room, tries: int) -> float:
    """The mean value that random exchanges reach, each tried on its own and kept when it helps and breaks no rule."""
    seating = compose(room, USUAL)
    place(seating, list(range(room.size)))
    circles = [list(members) for members in seating.circles if members]
    values = [room.value(members) for members in circles]
    dice = np.random.default_rng(1)
    for one, other in dice.integers(len(circles), size=(tries, 2)).tolist():
        if one != other:
            _try(room, circles, values, (one, other), dice)
    return sum(values) / sum(map(len, circles))


def _try(
    room: Room, circles: list[list[int]], values: list[float], pair: tuple[int, int], dice: np.random.Generator
) -> None:
    one, other = pair
    left, right = list(circles[one]), list(circles[other])
    at, to = int(dice.integers(len(left))), int(dice.integers(len(right)))
    left[at], right[to] = right[to], left[at]
    worth = room.value(left), room.value(right)
    if sum(worth) > values[one] + values[other] and _can_sit(room, left, at) and _can_sit(room, right, to):
        circles[one], circles[other] = left, right
        values[one], values[other] = worth


def _can_sit(room: Room, members: list[int], at: int) -> bool:
    others = members[:at] + members[at + 1 :]
    return bool(room.may_join(others, np.array([members[at]]))[0])


def _extremes(result: CirclesResult) -> str:
    sizes = [len(circle.members) for circle in result.circles]
    return f"{min(sizes)} and {max(sizes)}"


if __name__ == "__main__":
    main()
