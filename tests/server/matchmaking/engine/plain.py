"""What a pair is worth a second time, fact by fact and in plain Python, and the best choice by trying every one.

The numbers are those that docs/matching.md and the comments of engine/factor.py state, written anew; nothing of the
engine's own arithmetic is asked. Careers and courses are left out: test_background.py works them out by hand.
"""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import combinations, product

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine import CATEGORIES, Category, Participant, Pool, RuleSet, Weights
from server.matchmaking.engine.weights import Shape
from server.programs.states import ParticipantRole
from tests.server.matchmaking.engine import checker

Worths = dict[tuple[str, str], float]
NEAR = 3e-5
"""How far the worth of one pair may lie from the engine's: ties are decided by a hundred-thousandth."""


def fits(pool: Pool, shape: Shape, mentor: Participant, mentee: Participant) -> dict[Category, float]:
    """The nine fits (0 to 1) of a pair."""
    found = {
        Category.GOALS: _goals(mentor, mentee),
        Category.EXPERTISE: _expertise(shape, mentor, mentee),
        Category.STAGE: _stage(shape, mentor, mentee),
        Category.AVAILABILITY: _availability(mentor, mentee),
        Category.HISTORY: 0.35 * _practised(mentor) + 0.35 * _record(pool, mentor)
        + 0.1 * _practised(mentee) + 0.2 * _record(pool, mentee),
        Category.ORGANISATION: _organisation(shape, mentor, mentee),
        Category.PREFERENCE: _preference(mentor, mentee),
        Category.BEHAVIOUR: 0.6 * _reliable(mentor) + 0.4 * _reliable(mentee),
        Category.STYLE: 0.5 * _languages(mentor, mentee) + 0.5 * _style(mentor, mentee),
    }
    return {name: min(1.0, max(0.0, share)) for name, share in found.items()}


def fit(pool: Pool, weights: Weights, mentor: Participant, mentee: Participant) -> float:
    """The fit (0 to 1) of a pair."""
    nine = fits(pool, weights.shape, mentor, mentee)
    return sum(weights.shares[name] * nine[name] for name in CATEGORIES)


def worths(pool: Pool, rules: RuleSet, weights: Weights) -> Worths:
    """What each pair (mentor, mentee) that no rule forbids adds to the total, placing somebody left out."""
    sides = [[one for one in pool.participants if one.role is role] for role in ParticipantRole]
    found = {}
    for mentor, mentee in product(sides[0], sides[1]):
        share = fit(pool, weights, mentor, mentee)
        if not checker.broken(pool, rules, mentor, mentee) and share >= rules.min_fit / 100:
            found[mentor.id, mentee.id] = share + rules.wait_bonus * min(mentee.waited_cycles, rules.wait_cap)
    return found


def total(worth: Worths, made: Sequence[tuple[str, str]]) -> float:
    """What a choice comes to: its pairs, and 1 for each mentee who got anybody."""
    return sum(worth[pair] for pair in made) + len({mentee for _, mentee in made})


def best(pool: Pool, rules: RuleSet, worth: Worths) -> float:
    """The greatest total over every set of pairs within everybody's places, in which no two people meet twice."""
    mirrored = [(pair, pair[::-1]) for pair in worth if pair < pair[::-1] and pair[::-1] in worth]
    return max(
        _best(pool, rules, {pair: amount for pair, amount in worth.items() if pair not in left_out})
        for left_out in map(set, product(*mirrored))
    )


def _best(pool: Pool, rules: RuleSet, worth: Worths) -> float:
    """The same where nobody stands on both sides: mentee by mentee, with everybody they could have."""
    people = {(one.role, one.id): one.capacity for one in pool.participants}
    mentors = sorted({mentor for mentor, _ in worth})
    mentees = sorted({mentee for _, mentee in worth})
    open_to = {two: [at for at, one in enumerate(mentors) if (one, two) in worth] for two in mentees}

    @cache
    def rest(at: int, left: tuple[int, ...], room: int) -> float:
        if at == len(mentees):
            return 0.0
        found, mentee = rest(at + 1, left, room), mentees[at]
        free = [row for row in open_to[mentee] if left[row]]
        for size in range(1, min(people[ParticipantRole.MENTEE, mentee], room, len(free)) + 1):
            for rows in combinations(free, size):
                gain = 1 + sum(worth[mentors[row], mentee] for row in rows)
                fewer = tuple(places - (row in rows) for row, places in enumerate(left))
                found = max(found, gain + rest(at + 1, fewer, room - size if rules.max_pairs is not None else room))
        return found

    places = tuple(min(people[ParticipantRole.MENTOR, one], len(mentees)) for one in mentors)
    return rest(0, places, len(worth) if rules.max_pairs is None else rules.max_pairs)


def is_only_best(pool: Pool, rules: RuleSet, worth: Worths, made: Sequence[tuple[str, str]], margin: float) -> bool:
    """Whether every other choice is worth less than this one by more than `margin`."""
    reached = total(worth, made) - margin
    return all(best(pool, rules, {pair: worth[pair] for pair in worth if pair != one}) < reached for one in made)


def _goals(mentor: Participant, mentee: Participant) -> float:
    wants = _told(mentee.goal_vector, mentee.goal_tags, mentee.goal_meant)
    near = 0.9 * _cosine(mentee.goal_vector, mentor.skill_vector)
    asked = 0.6 * _offered(mentee.goal_tags, mentee.goal_meant, mentor)
    return 0.15 + 0.35 * (not (wants and _knows(mentor))) + near + asked


def _expertise(shape: Shape, mentor: Participant, mentee: Participant) -> float:
    near = 0.5 * _cosine(mentee.skill_vector, mentor.skill_vector)
    shared = 0.3 * _offered(mentee.skill_tags, mentee.skill_meant, mentor)
    ahead = 0.2 * _longer(shape, mentor.role_years, mentee.role_years)
    return 0.2 + 0.3 * (not (_knows(mentor) and _knows(mentee))) + near + shared + ahead


def _stage(shape: Shape, mentor: Participant, mentee: Participant) -> float:
    level = 0.5
    if mentor.grade and mentee.grade:
        level = math.exp(-(((mentor.grade - mentee.grade - shape.ideal_gap) / shape.gap_width) ** 2) / 2)
    ahead = _longer(shape, mentor.tenure_years, mentee.tenure_years)
    time = ahead if shape.experience else _as_far(mentor.role_years, mentee.role_years)
    return 0.6 * level + 0.25 * time + 0.15 * _same(mentor.life_stage, mentee.life_stage, 1.0, 0.4)


def _availability(mentor: Participant, mentee: Participant) -> float:
    times = 0.5
    if mentor.availability is not None and mentee.availability is not None:
        times = (mentor.availability & mentee.availability).bit_count() / 12
    clocks = 0.5
    if mentor.utc_offset_min is not None and mentee.utc_offset_min is not None:
        apart = abs(round(mentor.utc_offset_min / 60) % 24 - round(mentee.utc_offset_min / 60) % 24)
        clocks = 1 - min(apart, 24 - apart) / 12
    return times + 0.1 * (mentor.city is not None and mentor.city == mentee.city) + 0.05 * clocks


def _organisation(shape: Shape, mentor: Participant, mentee: Participant) -> float:
    here, elsewhere = (0.3, 1.0) if shape.fresh else (1.0, 0.5)
    return (
        0.6 * _same(mentor.department, mentee.department, here, elsewhere)
        + 0.25 * _same(mentor.business_unit, mentee.business_unit, here, elsewhere)
        + 0.15 * _same(mentor.company, mentee.company, 0.7, 0.9)
    )


def _preference(mentor: Participant, mentee: Participant) -> float:
    found = 0.5
    for one, other, named, asked in ((mentee, mentor, 0.25, 0.1), (mentor, mentee, 0.1, 0.05)):
        if other.who in one.prefers:
            found += named * 0.8 ** list(dict.fromkeys(one.prefers)).index(other.who)      # named twice is named once
        if one.department and other.department and one.pref_department != "any":
            met = (one.department == other.department) == (one.pref_department == "same")
            found += asked if met else -asked
    return found


def _practised(one: Participant) -> float:
    return 0.6 if one.sessions_prior is None else 0.4 + 0.6 * one.sessions_prior / (one.sessions_prior + 4)


def _record(pool: Pool, one: Participant) -> float:
    """What their past pairs on this side came to, drawn to 0.6 as by three pairs more."""
    came_to = []
    for past in pool.history:
        if (past.mentor if one.role is ParticipantRole.MENTOR else past.mentee) == one.who:
            known = [] if past.satisfaction is None else [(past.satisfaction - 1) / 4]
            known += [] if past.goals_achieved is None else [past.goals_achieved]
            known += [] if past.sessions_held is None else [min(past.sessions_held, 4) / 4]
            came_to += [0.3] if past.accepted is False else [sum(known) / len(known)] if known else []
    return (1.8 + sum(came_to)) / (3 + len(came_to))


def _reliable(one: Participant) -> float:
    answers = 0.8 if one.response_rate is None else one.response_rate
    return 0.65 * answers + 0.35 * (0.9 if one.noshow_rate is None else 1 - one.noshow_rate)


def _languages(mentor: Participant, mentee: Participant) -> float:
    if mentor.languages is None or mentee.languages is None:
        return 0.7
    return float(bool({word.casefold() for word in mentor.languages} & {word.casefold() for word in mentee.languages}))


def _style(mentor: Participant, mentee: Participant) -> float:
    if not mentor.style or not mentee.style:
        return 0.8
    apart = [
        0.2 if one is None or other is None else (one - other) ** 2
        for one, other in zip(mentor.style, mentee.style, strict=True)
    ]
    return 1 - sum(apart) / len(apart)


def _knows(one: Participant) -> bool:
    return _told(one.skill_vector, one.skill_tags, one.skill_meant)


def _told(vector: NDArray[np.float32] | None, chosen: Sequence[str], meant: Sequence[str]) -> bool:
    return vector is not None or bool(chosen) or bool(meant)


def _offered(chosen: Sequence[str], meant: Sequence[str], mentor: Participant) -> float:
    """The share of three wishes, or of all there are, that the mentor meets; what was read out of words counts half."""
    ours, theirs = _counted(chosen, meant), _counted(mentor.skill_tags, mentor.skill_meant)
    many = {1.0: len(set(chosen)), 0.5: len(ours)}
    return sum(share * theirs.get(tag, 0.0) / min(3, many[share]) for tag, share in ours.items())


def _counted(chosen: Sequence[str], meant: Sequence[str]) -> Mapping[str, float]:
    return dict.fromkeys(meant, 0.5) | dict.fromkeys(chosen, 1.0)


def _cosine(one: NDArray[np.float32] | None, other: NDArray[np.float32] | None) -> float:
    return 0.0 if one is None or other is None else float(np.dot(one.astype(np.float64), other.astype(np.float64)))


def _longer(shape: Shape, theirs: float | None, ours: float | None) -> float:
    years = [min(5.0 if one is None else one, 20.0) / 20 for one in (theirs, ours)]
    return (1 + shape.experience * (years[0] - years[1])) / 2


def _as_far(theirs: float | None, ours: float | None) -> float:
    if theirs is None or ours is None:
        return 0.5
    steps = [bisect_right((1, 2, 4, 8, 16), years) for years in (theirs, ours)]
    return 1 - abs(steps[0] - steps[1]) / 5


def _same(one: str | None, other: str | None, same: float, different: float) -> float:
    if one is None or other is None:
        return (same + different) / 2
    return same if one == other else different
