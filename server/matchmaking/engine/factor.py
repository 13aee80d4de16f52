"""The fit of a pair as a sum of inner products, so that one matrix product scores everybody with everybody.

Each of the nine categories is a weighted mean of parts. A part is an inner product of a mentee row and a mentor row
that lies between 0 and 1; four parts (goals, expertise, shared time, languages) may exceed that and are cut off at 0
and 1, so they keep their own product (three more by background/terms.py), the others melt into one; wishes are sparse.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from server.matchmaking.engine.background import terms as ways
from server.matchmaking.engine.columns import MEANT_WORTH, UNKNOWN, Columns, Floats, Ints, Side
from server.matchmaking.engine.constraints import Rows, overlap_half_hours
from server.matchmaking.engine.weights import CATEGORIES, Category, Shape, Weights

FULL_WEEK_HALF_HOURS = 12
"""Six shared hours a week are as good as any more: a pair meets for one or two (programme cadences of the glossary)."""
WISHED_BY_MENTEE, WISHED_BY_MENTOR, LATER_WISH = 0.25, 0.10, 0.8
"""What naming somebody adds to the preference category, and how much each later name on the list is worth."""
TIE_BREAK = 1e-5
"""At most a thousandth of a point of fit: enough to send equal people to different mentors, too little to be seen."""
GRADES = 11
ROLE_STEPS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Years in a role at which a stage begins: each lasts about as long as all before it."""
USUAL_ANSWERS, USUAL_MISSED, USUAL_STYLE = 0.8, 0.1, 0.8
"""What counts for somebody of whom it is not known: how many requests they answer, how many appointments they miss,
and how alike two of them like to work."""
RELY_ON_ANSWERS = 0.65
"""How much of the reliability of somebody is answering; the rest is coming to what was booked."""
USUAL_RELIABILITY = RELY_ON_ANSWERS * USUAL_ANSWERS + (1 - RELY_ON_ANSWERS) * (1 - USUAL_MISSED)
Term = tuple[NDArray[np.floating], NDArray[np.floating]]


class Part(NamedTuple):
    """`share` of a category, worth the inner product of a mentee row and a mentor row.

    To this come, where a part has them, the worth of each tag that a mentee wants and the mentor holds, and of each
    half hour a week they share. Tags stay sparse: a pool may know thousands, a person holds a few.
    """

    category: Category
    share: float
    mentees: Floats
    mentors: Floats
    saturates: bool = False
    tags: csr_array | None = None
    per_half_hour: float = 0.0


class Tile(NamedTuple):
    """Some mentees with every mentor: scores (0 to 1) and shared half hours a week, which are whole numbers."""

    scores: Floats
    overlap: Floats


@dataclass(frozen=True, slots=True)
class Factors:
    """All parts of all pairs, unmultiplied, and the programme's weights.

    `flat` is the sum of all parts that need no cutting off, weights and the tie-break included.
    `wishes` is what naming somebody adds to the preference category, without its weight: what is known of a pair is the
    same whatever a programme weighs. `slots` are the availability bits that differ between people, with the half hours
    each stands for; `held` is who of the mentors holds which tag, tag by tag.
    """

    columns: Columns
    weights: Weights
    parts: tuple[Part, ...]
    flat: Part
    wishes: csr_array
    slots: tuple[Floats, Floats]
    held: Floats

    def tile(self, rows: Rows, places: Rows | slice = slice(None)) -> Tile:
        """Scores and shared time of mentee rows with every mentor, or with some rows of mentors."""
        total = self.flat.mentees[rows] @ self.flat.mentors[places].T
        overlap = self.slots[0][rows] @ self.slots[1][places].T
        for part in self.parts:
            if part.saturates:
                value = part.mentees[rows] @ part.mentors[places].T
                if part.tags is not None:
                    value += part.tags[rows] @ self.held[:, places]
                if part.per_half_hour:
                    value += overlap * np.float32(part.per_half_hour)
                np.clip(value, 0, 1, out=value)
                value *= np.float32(part.share * self.weights.shares[part.category])
                total += value
        wishes = self.wishes[rows][:, places].tocoo()
        total[wishes.row, wishes.col] += wishes.data * np.float32(self.weights.shares[Category.PREFERENCE])
        return Tile(total, overlap)

    def fits(self, e: Rows, m: Rows) -> NDArray[np.float64]:
        """The nine fits (0 to 1) of pairs, one row for each pair, in the order of CATEGORIES."""
        found = np.zeros((len(e), len(CATEGORIES)))
        for part in self.parts:
            found[:, CATEGORIES.index(part.category)] += part.share * self._values(part, e, m)
        if len(e):
            found[:, CATEGORIES.index(Category.PREFERENCE)] += np.asarray(self.wishes[e, m]).ravel()
        return np.clip(found, 0, 1).round(5)

    def _values(self, part: Part, e: Rows, m: Rows, chunk: int = 8192) -> NDArray[np.float64]:
        """What a part is worth to pairs, a chunk at a time: the rows of all pairs at once would not fit in memory."""
        found = np.empty(len(e))
        for at in range(0, len(e), chunk):
            ours, theirs = part.mentees[e[at : at + chunk]], part.mentors[m[at : at + chunk]]
            found[at : at + chunk] = np.einsum("ij,ij->i", ours, theirs)
        if part.tags is not None and len(e):
            shared = part.tags[e].multiply(self.columns.mentors.skills[m])
            found += np.asarray(shared.sum(axis=1)).ravel()
        if part.per_half_hour:
            found += part.per_half_hour * overlap_half_hours(self.columns, e, m)
        return np.clip(found, 0, 1) if part.saturates else found


def build_factors(columns: Columns, weights: Weights) -> Factors:
    """The parts of a pool under one programme's weights."""
    parts = tuple(_parts(columns, weights.shape))
    return Factors(
        columns=columns,
        weights=weights,
        parts=parts,
        flat=_flat(parts, columns, weights),
        wishes=_wishes(columns),
        slots=_slots(columns),
        held=_held(columns),
    )


def score(fits: NDArray[np.float64], weights: Weights) -> NDArray[np.float64]:
    """The weighted mean (0 to 1) of rows of nine fits."""
    # A sum of each row by itself: a matrix product may round a pair differently beside other pairs.
    total: NDArray[np.float64] = (fits * np.array(weights.vector)).sum(axis=1)
    return total


def _parts(columns: Columns, shape: Shape) -> Iterable[Part]:
    ours, theirs = columns.mentees, columns.mentors
    beside = tuple(ways.on_matter(ours, theirs))
    goals = _part(Category.GOALS, 1, (*_goals(ours, theirs), *beside, *ways.on_goal(ours, theirs)), saturates=True)
    yield goals._replace(tags=_wanted(0.6, ours.goals))
    expertise = _part(Category.EXPERTISE, 1, (*_expertise(ours, theirs, shape), *beside), saturates=True)
    yield expertise._replace(tags=_wanted(0.3, ours.skills))
    yield _with(Category.STAGE, _stage(ours, theirs, shape), ways.on_stage(ours, theirs, shape))
    times = _part(Category.AVAILABILITY, 1, _availability(ours, theirs), saturates=True)
    yield times._replace(per_half_hour=1 / FULL_WEEK_HALF_HOURS)
    past = _one_sided(_history(ours, 0.10, 0.20), _history(theirs, 0.35, 0.35))
    yield _with(Category.HISTORY, past, ways.on_history(ours, theirs))
    yield _with(Category.ORGANISATION, _organisation(ours, theirs, shape), ways.on_organisation(ours, theirs, shape))
    yield _part(Category.PREFERENCE, 1, _preference(ours, theirs))
    yield _part(Category.BEHAVIOUR, 1, _one_sided(0.4 * _reliability(ours), 0.6 * _reliability(theirs)))
    yield _part(Category.STYLE, 0.5, _languages(ours, theirs), saturates=True)
    yield _part(Category.STYLE, 0.5, _style(ours, theirs))


def _with(category: Category, terms: Iterable[Term], more: Iterable[Term]) -> Part:
    """A part, and what people's ways add to it: only then it may exceed 1, and is cut off."""
    added = tuple(more)
    return _part(category, 1, (*terms, *added), saturates=bool(added))


def _part(category: Category, share: float, terms: Iterable[Term], *, saturates: bool = False) -> Part:
    lefts, rights = zip(*terms, strict=True)
    return Part(category, share, _stacked(lefts), _stacked(rights), saturates)


def _stacked(columns: Iterable[NDArray[np.floating]]) -> Floats:
    wide = [column if column.ndim == 2 else column[:, None] for column in columns]
    return np.concatenate(wide, axis=1, dtype=np.float32, casting="same_kind")


def _flat(parts: tuple[Part, ...], columns: Columns, weights: Weights) -> Part:
    plain = [part for part in parts if not part.saturates]
    lefts = [part.mentees * np.float32(part.share * weights.shares[part.category]) for part in plain]
    lefts.append(columns.mentees.ties * np.float32(TIE_BREAK))
    rights = [*(part.mentors for part in plain), columns.mentors.ties]
    return Part(Category.STAGE, 1, _stacked(lefts), _stacked(rights))


def _goals(ours: Side, theirs: Side) -> Iterable[Term]:
    """What the mentee wants against what the mentor offers: tags in common, and nearness of the words."""
    wants = _told(ours.goal_vectors, ours.goals)
    yield from _neutral(0.15, 0.35, wants, theirs.told_skills)
    yield 0.9 * ours.goal_vectors, theirs.skill_vectors


def _expertise(ours: Side, theirs: Side, shape: Shape) -> Iterable[Term]:
    """Common ground of skills, and how much longer the mentor has done this work."""
    yield from _neutral(0.2, 0.3, ours.told_skills, theirs.told_skills)
    yield 0.5 * ours.skill_vectors, theirs.skill_vectors
    yield from _longer(0.2, ours.role_years, theirs.role_years, shape.experience)


def _stage(ours: Side, theirs: Side, shape: Shape) -> Iterable[Term]:
    """Distance in grades against the ideal one, time with the firm (among equals: in the role), and stage of life."""
    yield 0.6 * _one_hot(ours.grade, range(GRADES)) @ _grade_kernel(shape), _one_hot(theirs.grade, range(GRADES))
    if shape.experience:
        yield from _longer(0.25, ours.tenure, theirs.tenure, shape.experience)
    else:
        yield from _as_far(0.25, ours.role_years, theirs.role_years)
    yield from _equality(0.15, ours.life_stage, theirs.life_stage, same=1.0, different=0.4)


def _availability(ours: Side, theirs: Side) -> Iterable[Term]:
    """Beside shared hours a week: the same city, and clocks that are close."""
    yield from _neutral(0.0, 0.5, ours.has_times, theirs.has_times)
    yield from _equality(0.1, ours.city, theirs.city, same=1.0, different=0.0, unknown=0.0)
    yield from _clock_distance(0.05, ours.utc_hours, theirs.utc_hours)


def _organisation(ours: Side, theirs: Side, shape: Shape) -> Iterable[Term]:
    """A fresh view from elsewhere in the firm, or a guide from nearby, as the programme type asks."""
    same, different = (0.3, 1.0) if shape.fresh else (1.0, 0.5)
    yield from _equality(0.6, ours.department, theirs.department, same=same, different=different)
    yield from _equality(0.25, ours.business_unit, theirs.business_unit, same=same, different=different)
    yield from _equality(0.15, ours.company, theirs.company, same=0.7, different=0.9)


def _preference(ours: Side, theirs: Side) -> Iterable[Term]:
    """What each side asked about departments: met counts for, unmet against, nothing asked is neutral."""
    known_e, known_m = ours.department != UNKNOWN, theirs.department != UNKNOWN
    shared = np.intersect1d(ours.department[known_e], theirs.department[known_m])
    hot_e, hot_m = _one_hot(ours.department, shared), _one_hot(theirs.department, shared)
    wish_e, wish_m = 0.10 * ours.department_wish, 0.05 * theirs.department_wish
    yield _ones(ours), 0.5 * _ones(theirs)
    yield 2 * wish_e[:, None] * hot_e, hot_m
    yield known_e * -wish_e, known_m.astype(np.float32)
    yield 2 * hot_e, wish_m[:, None] * hot_m
    yield known_e.astype(np.float32), known_m * -wish_m


def _languages(ours: Side, theirs: Side) -> Iterable[Term]:
    spoken_e, spoken_m = _bits(ours.languages), _bits(theirs.languages)
    both = spoken_e.any(axis=0) & spoken_m.any(axis=0)
    yield spoken_e[:, both], spoken_m[:, both]
    yield from _neutral(0.0, 0.7, ours.speaks, theirs.speaks)


def _style(ours: Side, theirs: Side) -> Iterable[Term]:
    """One minus the mean squared distance of the answers about how both like to work; a question that either side left
    open counts as a usual one."""
    items = max(1, ours.style.shape[1])
    told_e, told_m = ~np.isnan(ours.style), ~np.isnan(theirs.style)
    answers_e, answers_m = np.nan_to_num(ours.style), np.nan_to_num(theirs.style)
    yield np.full(len(ours), USUAL_STYLE), _ones(theirs)
    yield told_e * (1 - USUAL_STYLE - answers_e**2) / items, told_m.astype(np.float32)
    yield told_e / items, told_m * -(answers_m**2)
    yield 2 / items * answers_e, answers_m


def _history(side: Side, for_sessions: float, for_record: float) -> NDArray[np.floating]:
    """Sessions held before, with less and less gain, and how earlier pairs went."""
    sessions = side.sessions
    practised = np.where(np.isnan(sessions), 0.6, 0.4 + 0.6 * sessions / (sessions + 4))
    return for_sessions * practised + for_record * side.record


def _reliability(side: Side) -> NDArray[np.floating]:
    """Answers given and appointments kept; as usual where not known."""
    answers, missed = np.nan_to_num(side.response, nan=USUAL_ANSWERS), np.nan_to_num(side.noshow, nan=USUAL_MISSED)
    return RELY_ON_ANSWERS * answers + (1 - RELY_ON_ANSWERS) * (1 - missed)


def _one_sided(ours: NDArray[np.floating], theirs: NDArray[np.floating]) -> Iterable[Term]:
    yield ours, np.ones_like(theirs)
    yield np.ones_like(ours), theirs


def _neutral(base: float, unknown: float, told_e: NDArray[np.bool_], told_m: NDArray[np.bool_]) -> Iterable[Term]:
    """`base`, and `unknown` on top where either side told nothing."""
    yield np.full(len(told_e), base + unknown), np.ones(len(told_m))
    yield told_e * -unknown, told_m.astype(np.float32)


def _wanted(worth: float, tags: csr_array) -> csr_array:
    """What each tag is worth to a mentee: all they chose, or three of many, are worth everything. What was read out of
    their words comes on top and takes nothing from what they chose; nor what courses taught from either."""
    wanted, counts = tags.copy(), np.diff(tags.indptr)
    among = np.repeat(counts, counts)
    for least in (MEANT_WORTH, 1.0):
        held = tags.data >= least
        many = np.add.reduceat(np.append(held, False).astype(np.int64), tags.indptr[:-1]) * (counts > 0)
        among = np.where(held, np.repeat(many, counts), among)
    wanted.data = (worth / np.clip(among, 1, 3) * tags.data).astype(np.float32)
    return wanted


def _longer(worth: float, ours: Floats, theirs: Floats, direction: int) -> Iterable[Term]:
    """Half of `worth`, and up to all of it the longer the mentor (direction 1) or the mentee (-1) has been at it."""
    years_e, years_m = (np.minimum(np.nan_to_num(years, nan=5.0), 20) / 20 for years in (ours, theirs))
    yield from _one_sided(worth / 2 * (1 - direction * years_e), worth / 2 * direction * years_m)


def _as_far(worth: float, ours: Floats, theirs: Floats) -> Iterable[Term]:
    """All of `worth` for people as new, or as settled, in their roles; half where years are not known."""
    steps = np.arange(len(ROLE_STEPS) + 1)
    kernel = 1 - np.abs(steps[:, None] - steps[None, :]) / len(ROLE_STEPS)
    told_e, told_m = ~np.isnan(ours), ~np.isnan(theirs)
    hot_e, hot_m = (_one_hot(np.digitize(np.nan_to_num(years), ROLE_STEPS), steps) for years in (ours, theirs))
    yield from _neutral(0.0, worth / 2, told_e, told_m)
    yield worth * (hot_e * told_e[:, None]) @ kernel, hot_m * told_m[:, None]


def _equality(
    worth: float, ours: Ints, theirs: Ints, *, same: float, different: float, unknown: float | None = None
) -> Iterable[Term]:
    """`worth` times one value where two known codes are the same, another where they differ; else halfway."""
    between = (same + different) / 2 if unknown is None else unknown
    known_e, known_m = ours != UNKNOWN, theirs != UNKNOWN
    shared = np.intersect1d(ours[known_e], theirs[known_m])
    yield np.full(len(ours), worth * between), np.ones(len(theirs))
    yield worth * (different - between) * known_e, known_m.astype(np.float32)
    yield worth * (same - different) * _one_hot(ours, shared), _one_hot(theirs, shared)


def _clock_distance(worth: float, ours: Floats, theirs: Floats) -> Iterable[Term]:
    """All of `worth` on the same clock, none of it twelve hours apart; half where a zone is not known."""
    hours = np.arange(24)
    apart = np.abs(hours[:, None] - hours[None, :])
    kernel = 1 - np.minimum(apart, 24 - apart) / 12
    told_e, told_m = ~np.isnan(ours), ~np.isnan(theirs)
    hot_e, hot_m = (_one_hot(np.round(np.nan_to_num(side, nan=-99)) % 24, hours) for side in (ours, theirs))
    yield from _neutral(0.0, worth / 2, told_e, told_m)
    yield worth * (hot_e * told_e[:, None]) @ kernel, hot_m * told_m[:, None]


def _grade_kernel(shape: Shape) -> NDArray[np.floating]:
    """How good each gap of grades is, mentee grade by mentor grade; grade 0 is not known and counts half."""
    grades = np.arange(GRADES)
    gap = grades[None, :] - grades[:, None] - shape.ideal_gap
    kernel = np.exp(-((gap / shape.gap_width) ** 2) / 2)
    kernel[0, :] = kernel[:, 0] = 0.5
    return kernel


def _slots(columns: Columns) -> tuple[Floats, Floats]:
    """Availability bits that are not always equal, each standing for as many half hours as behave alike."""
    n_e = len(columns.mentees)
    sides = [_bits(side.availability).astype(np.uint8) for side in (columns.mentees, columns.mentors)]
    used = np.vstack(sides)[:, sides[0].any(axis=0) & sides[1].any(axis=0)]
    if not used.size:
        return np.zeros((n_e, 0), np.float32), np.zeros((len(columns.mentors), 0), np.float32)
    places: dict[bytes, list[int]] = {}
    for at, packed in enumerate(np.packbits(used, axis=0).T):
        places.setdefault(packed.tobytes(), []).append(at)
    slots = used[:, [alike[0] for alike in places.values()]].astype(np.float32)
    return slots[:n_e], slots[n_e:] * np.array([len(alike) for alike in places.values()], np.float32)


def _held(columns: Columns) -> Floats:
    """Who of the mentors holds which tag, tag by tag; tags that no mentee names stay empty, for nobody asks."""
    ours, skills = columns.mentees, columns.mentors.skills
    asked = np.union1d(ours.goals.indices, ours.skills.indices)
    held = np.zeros((skills.shape[1], skills.shape[0]), np.float32)
    held[asked] = skills.T.tocsr()[asked].toarray()
    return held


def _wishes(columns: Columns) -> csr_array:
    """What named wishes add to the preference category."""
    mentors, mentees = columns.mentors.by_person, columns.mentees.by_person
    cells: dict[tuple[int, int], float] = {}
    for side, others, worth, is_mentee in (
        (columns.mentees, mentors, WISHED_BY_MENTEE, True),
        (columns.mentors, mentees, WISHED_BY_MENTOR, False),
    ):
        for row, one in enumerate(side.people):
            for place, who in () if others.keys().isdisjoint(one.prefers) else enumerate(dict.fromkeys(one.prefers)):
                if who in others:
                    cell = (row, others[who]) if is_mentee else (others[who], row)
                    cells[cell] = cells.get(cell, 0.0) + worth * LATER_WISH**place
    where = np.array(list(cells), np.intp).reshape(-1, 2)
    values = np.array(list(cells.values()), np.float32)
    return csr_array((values, (where[:, 0], where[:, 1])), shape=(len(columns.mentees), len(columns.mentors)))


def _told(vectors: Floats, tags: csr_array) -> NDArray[np.bool_]:
    told: NDArray[np.bool_] = vectors.any(axis=1) | (np.diff(tags.indptr) > 0)
    return told


def _one_hot(codes: NDArray[np.generic], values: Iterable[int]) -> Floats:
    wanted = np.fromiter(values, np.int64)
    hot: Floats = (np.asarray(codes)[:, None] == wanted[None, :]).astype(np.float32)
    return hot


def _bits(masks: NDArray[np.uint64]) -> Floats:
    octets = masks.astype("<u8").view(np.uint8).reshape(len(masks), 8 * masks.shape[1])
    return np.unpackbits(octets, axis=1, bitorder="little").astype(np.float32)


def _ones(side: Side) -> Floats:
    return np.ones(len(side), np.float32)
