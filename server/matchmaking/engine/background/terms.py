"""What people's ways add to the fit of a pair, as inner products: a column only where somebody of each side has data.

Nothing here is below what it would be without the data, but for years that are known of both, and for a mentor whose
past partners came from the mentee's own place. A pool without any of it is computed as if this did not exist.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from server.language.tags import key
from server.matchmaking.engine.background.alike import FREE_OF_CROWD, SEVERAL, crowding, known_functions
from server.matchmaking.engine.columns import Floats, Side
from server.matchmaking.engine.pool import Background
from server.matchmaking.engine.weights import Shape

Term = tuple[NDArray[np.floating], NDArray[np.floating]]
BRANCH = 0.15
"""Of the goal and of the expertise, in a programme that follows the framework: everything that stands beside a wish."""
ROLE = 0.25
"""Of the goal alone: everything that the target role of a programme asks for and the mentee lacks. More than what
stands beside a wish, which nobody asked for."""
STOOD, AIMED, IN_FUNCTION, TALENT = 0.10, 0.15, 0.10, 0.15
"""Of the career stage: where the mentee stands, where they want to go, years in the function, talent data of both."""
CROWDED = 0.35
"""Of the mentoring so far, once for the department and once for the team: half of the category each at most."""
FUNCTIONS = 0.15
"""Of the place in the organisation: three functions known from within."""
LONG_YEARS = 20


def on_matter(ours: Side, theirs: Side) -> Iterator[Term]:
    """Goals and expertise: the share of what stands beside the wishes in the framework that the mentor offers."""
    yield from _offered(BRANCH, [way.branch for way in _ways(ours)], theirs)


def on_goal(ours: Side, theirs: Side) -> Iterator[Term]:
    """Goals alone: the share of what the mentees lack for the target role that the mentor offers."""
    yield from _offered(ROLE, [way.lacks for way in _ways(ours)], theirs)


def _offered(worth: float, names: Sequence[Sequence[str]], theirs: Side) -> Iterator[Term]:
    """The share of some competencies of each mentee that the mentor offers."""
    if not any(names):
        return
    wanted = [[key(name) for name in some] for some in names]
    offered = [[key(tag) for tag in (*one.skill_tags, *one.skills_seen)] for one in theirs.people]
    for left, right in _shared(wanted, offered):
        yield worth / np.maximum(1, [len(some) for some in wanted])[:, None] * left, right


def on_stage(ours: Side, theirs: Side, shape: Shape) -> Iterator[Term]:
    """The way of the mentor beside the mentee's: where they were, how long, and what the employer thinks of both."""
    if _any(ours, lambda way: way.function) and _any(theirs, lambda way: way.functions):
        before = [[name for name in way.functions if name != way.function] for way in _ways(theirs)]
        for left, right in _shared([_one(way.function) for way in _ways(ours)], before):
            yield STOOD * left, right
    if _any(ours, lambda way: way.aims):
        aims = [way.aims for way in _ways(ours)]
        for left, right in _shared(aims, [known_functions(way) for way in _ways(theirs)]):
            yield AIMED / np.maximum(1, [len(names) for names in aims])[:, None] * left, right
    yield from _longer_in_function(ours, theirs, shape.experience)
    ratings = [np.array([way.rating or 0.0 for way in _ways(side)], np.float32) for side in (ours, theirs)]
    if ratings[0].any() and ratings[1].any():
        yield TALENT * ratings[0], ratings[1]


def on_history(ours: Side, theirs: Side) -> Iterator[Term]:
    """A mentor who met many of one department or team counts less for the next of it."""
    departments = [_one(one.department) for one in ours.people]
    teams = [_one(one.team or one.manager) for one in ours.people]
    yield from _crowded(departments, [way.partners_in for way in _ways(theirs)])
    yield from _crowded(teams, [way.partners_of for way in _ways(theirs)])


def on_organisation(ours: Side, theirs: Side, shape: Shape) -> Iterator[Term]:
    """Where a fresh view is looked for: a mentor who knows several functions from within has more of it."""
    if shape.fresh and _any(theirs, lambda way: way.functions):
        counts = np.array([len(known_functions(way)) for way in _ways(theirs)])
        yield np.ones(len(ours)), FUNCTIONS * np.clip(counts - 1, 0, SEVERAL - 1) / (SEVERAL - 1)


def _longer_in_function(ours: Side, theirs: Side, direction: int) -> Iterator[Term]:
    """More for the side that should have been in its function longer, less where it was not; 0 where not known."""
    years_e, years_m = (_years(side) for side in (ours, theirs))
    told_e, told_m = ~np.isnan(years_e), ~np.isnan(years_m)
    if direction and told_e.any() and told_m.any():
        share_e, share_m = (np.minimum(np.nan_to_num(years), LONG_YEARS) / LONG_YEARS for years in (years_e, years_m))
        yield IN_FUNCTION * direction * told_e * -share_e, told_m.astype(np.float32)
        yield told_e.astype(np.float32), IN_FUNCTION * direction * told_m * share_m


def _crowded(places: Sequence[Sequence[str]], partners: Sequence[tuple[tuple[str, int], ...]]) -> Iterator[Term]:
    crowded = [{place: crowding(count) for place, count in met if count > FREE_OF_CROWD} for met in partners]
    for left, right in _shared(places, crowded):
        yield CROWDED * left, -right


def _shared(
    ours: Sequence[Iterable[str]], theirs: Sequence[Iterable[str]]
) -> Iterator[tuple[Floats, Floats]]:
    """Both sides over the words that both have: what each counts, or 1. Nothing where they share no word."""
    words = sorted({word for names in ours for word in names} & {word for names in theirs for word in names})
    if words:
        place = {word: at for at, word in enumerate(words)}
        yield _table(ours, place), _table(theirs, place)


def _table(lists: Sequence[Iterable[str]], place: dict[str, int]) -> Floats:
    table = np.zeros((len(lists), len(place)), np.float32)
    for row, names in zip(table, lists, strict=True):
        for word in names:
            if word in place:
                row[place[word]] = names[word] if isinstance(names, dict) else 1
    return table


def _years(side: Side) -> Floats:
    return np.array([np.nan if way.function_years is None else way.function_years for way in _ways(side)], np.float32)


def _any(side: Side, has: Callable[[Background], object]) -> bool:
    return any(has(way) for way in _ways(side))


def _ways(side: Side) -> Iterator[Background]:
    return (one.background for one in side.people)


def _one(name: str | None) -> list[str]:
    return [name] if name else []
