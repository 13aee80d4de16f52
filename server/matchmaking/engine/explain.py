"""Why a pair fits: for each category one fact with its data, the three that count most, and one real reservation."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from server.language.tags import key
from server.matchmaking.engine.background import alike as ways
from server.matchmaking.engine.columns import Columns
from server.matchmaking.engine.constraints import Rows
from server.matchmaking.engine.factor import USUAL_ANSWERS, USUAL_MISSED, USUAL_RELIABILITY, USUAL_STYLE, Factors
from server.matchmaking.engine.features import pair_features
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK, Participant
from server.matchmaking.engine.weights import CATEGORIES, Category
from server.people.states import STYLES

Params = Mapping[str, object]
REASONS = 3
NEUTRAL_FIT = 0.5
CLOSE_TEXT, FAR_TEXT = 0.35, 0.15
"""Centred similarities from which two texts count as close, and below which as unlike: the nearest fifth and the
farther third of all pairs of real mentor profiles (docs/decisions/0003-text-vectors.md)."""
FEW_HOURS, HOURS_APART = 2, 3
SLOW_ANSWERS, OFTEN_MISSED = 0.5, 0.3
ROUNDING = 1e-4
"""Fits are rounded to five digits: so much below the usual is as usual."""
YEARS_WORTH_SAYING = 3
"""Fewer years in a role, or in the organisation, are true but no reason to look forward to somebody. Our own choice,
from reading pairs of real records (benchmarks/twenty_pairs.py)."""
HALF_HOURS_A_DAY, PAIRS_AT_A_TIME = 48, 4096
REST_NAMED = 3
"""So many wishes that a mentor does not meet are named; the rest is counted."""


class ReasonCode(StrEnum):
    """What is said about one category of a pair."""

    GOAL_OFFERED = "GOAL_OFFERED"
    GOAL_MEANT = "GOAL_MEANT"
    GOAL_COURSE = "GOAL_COURSE"
    GOAL_ROLE = "GOAL_ROLE"
    GOAL_BRANCH = "GOAL_BRANCH"
    GOAL_CLOSE = "GOAL_CLOSE"
    GOAL_PARTLY = "GOAL_PARTLY"
    GOAL_FAR = "GOAL_FAR"
    GOAL_REST = "GOAL_REST"
    SKILLS_SHARED = "SKILLS_SHARED"
    SKILLS_MEANT = "SKILLS_MEANT"
    SKILLS_COURSE = "SKILLS_COURSE"
    SKILLS_CLOSE = "SKILLS_CLOSE"
    SKILLS_FAR = "SKILLS_FAR"
    EXPERIENCE = "EXPERIENCE"
    GRADES_AHEAD = "GRADES_AHEAD"
    GRADES_BEHIND = "GRADES_BEHIND"
    SAME_GRADE = "SAME_GRADE"
    BEEN_THERE = "BEEN_THERE"
    STOOD_THERE = "STOOD_THERE"
    LONG_IN_FUNCTION = "LONG_IN_FUNCTION"
    SHARED_HOURS = "SHARED_HOURS"
    FEW_SHARED_HOURS = "FEW_SHARED_HOURS"
    HOURS_APART = "HOURS_APART"
    SAME_CITY = "SAME_CITY"
    PAST_SESSIONS = "PAST_SESSIONS"
    FIRST_TIME = "FIRST_TIME"
    CROWDED = "CROWDED"
    OTHER_DEPARTMENT = "OTHER_DEPARTMENT"
    SAME_DEPARTMENT = "SAME_DEPARTMENT"
    SEVERAL_FUNCTIONS = "SEVERAL_FUNCTIONS"
    NAMED_BY_BOTH = "NAMED_BY_BOTH"
    NAMED_BY_MENTEE = "NAMED_BY_MENTEE"
    NAMED_BY_MENTOR = "NAMED_BY_MENTOR"
    DEPARTMENT_AS_ASKED = "DEPARTMENT_AS_ASKED"
    DEPARTMENT_NOT_AS_ASKED = "DEPARTMENT_NOT_AS_ASKED"
    NOTHING_ASKED = "NOTHING_ASKED"
    ANSWERS = "ANSWERS"
    USUAL_ANSWERS = "USUAL_ANSWERS"
    SLOW_ANSWERS = "SLOW_ANSWERS"
    SHARED_LANGUAGES = "SHARED_LANGUAGES"
    NO_SHARED_LANGUAGE = "NO_SHARED_LANGUAGE"
    LIKE_MINDED = "LIKE_MINDED"
    NOT_KNOWN = "NOT_KNOWN"


PARTLY_MET = (
    ReasonCode.GOAL_OFFERED, ReasonCode.GOAL_MEANT, ReasonCode.GOAL_COURSE, ReasonCode.GOAL_ROLE,
    ReasonCode.GOAL_BRANCH, ReasonCode.GOAL_PARTLY,
)


@dataclass(frozen=True, slots=True)
class Reason:
    """A fact about one category: its weight (0 to 1), the fit (0 to 100), and the data that a sentence needs."""

    code: ReasonCode
    category: Category
    weight: float
    fit: float
    params: Params = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a card shows: the score, up to three reasons, at most one caution, and how the score was worked out."""

    mentor: str
    mentee: str
    fit: float
    reasons: tuple[Reason, ...]
    caution: Reason | None
    factors: tuple[Reason, ...]


class Pair(NamedTuple):
    """Two people with what was read off them."""

    mentee: Participant
    mentor: Participant
    numbers: Mapping[str, float]
    fresh: bool


class Fact(NamedTuple):
    """A code with its data; `speaks_for` tells whether it may stand as a reason, `reservation` as a caution."""

    code: ReasonCode
    params: Params
    speaks_for: bool = True
    reservation: bool = False


def explain_pairs(columns: Columns, factors: Factors, e: Rows, m: Rows) -> Iterator[Explanation]:
    """The explanations of pairs of rows, chosen or not, in the order given."""
    for at in range(0, len(e), PAIRS_AT_A_TIME):
        part_e, part_m = e[at : at + PAIRS_AT_A_TIME], m[at : at + PAIRS_AT_A_TIME]
        features = pair_features(columns, factors, part_e, part_m)
        for row, (mentee, mentor) in enumerate(zip(part_e, part_m, strict=True)):
            people = columns.mentees.people[mentee], columns.mentors.people[mentor]
            yield _explain(Pair(*people, features.of(row), factors.weights.shape.fresh), factors)


def _explain(pair: Pair, factors: Factors) -> Explanation:
    facts = {name: FACTS[name](pair) for name in CATEGORIES}
    rows = tuple(_reason(pair, factors, name, facts[name]) for name in CATEGORIES)
    total = sum(row.weight * row.fit for row in rows)
    cautions = [_reason(pair, factors, *one) for one in _reservations(pair, facts)]
    caution = max(cautions, key=_reservation_size, default=None)
    return Explanation(pair.mentor.id, pair.mentee.id, total, _reasons(rows, facts, caution), caution, rows)


def _reasons(rows: tuple[Reason, ...], facts: Mapping[Category, Fact], caution: Reason | None) -> tuple[Reason, ...]:
    """The categories that lift the score most above a neutral one; never what is also the caution."""
    said = caution.code if caution else None
    usable = [row for row in rows if facts[row.category].speaks_for and row.weight > 0 and row.code is not said]
    return tuple(sorted(usable, key=lambda row: -row.weight * (row.fit - 100 * NEUTRAL_FIT))[:REASONS])


def _reason(pair: Pair, factors: Factors, category: Category, fact: Fact) -> Reason:
    fit = 100 * pair.numbers[f"fit_{category.lower()}"]
    return Reason(fact.code, category, factors.weights.shares[category], fit, dict(fact.params))


def _reservation_size(reason: Reason) -> float:
    """How much of the score a reservation costs; clocks far apart cost more in life than in the score."""
    apart = reason.params.get("hours", 0) if reason.code is ReasonCode.HOURS_APART else 0
    return max(reason.weight * (100 - reason.fit), reason.weight * 100 * float(str(apart)) / 12)


def _reservations(pair: Pair, facts: Mapping[Category, Fact]) -> list[tuple[Category, Fact]]:
    found = [(name, fact) for name, fact in facts.items() if fact.reservation]
    ahead = pair.numbers["mentor_ahead_hours"]
    if abs(ahead) >= HOURS_APART:
        params = {"hours": abs(ahead), "mentor_is_ahead": ahead > 0}
        found.append((Category.AVAILABILITY, Fact(ReasonCode.HOURS_APART, params)))
    if facts[Category.GOALS].code in PARTLY_MET and pair.mentor.skill_tags and (rest := _not_offered(pair)):
        found.append((Category.GOALS, Fact(ReasonCode.GOAL_REST, {"tags": rest[:REST_NAMED], "count": len(rest)})))
    return found


def _goals(pair: Pair) -> Fact:
    shared = _in_common(pair.mentee.goal_tags, pair.mentor.skill_tags)
    if shared:
        return Fact(ReasonCode.GOAL_OFFERED, {"tags": shared, "years": _worth_saying(pair.mentor.role_years)})
    wanted, offered = pair.mentee.goal_tags + pair.mentee.goal_meant, pair.mentor.skill_tags + pair.mentor.skills_seen
    if meant := _in_common(wanted, offered):
        if course := ways.course_of(meant[0], pair.mentor):
            return Fact(ReasonCode.GOAL_COURSE, {"tags": meant, "course": course.title})
        return Fact(ReasonCode.GOAL_MEANT, {"tags": meant, **_read_from(meant[0], pair)})
    if names := (asked := ways.for_role(pair.mentee, pair.mentor)) or ways.in_branch(pair.mentee, pair.mentor):
        return Fact(ReasonCode.GOAL_ROLE if asked else ReasonCode.GOAL_BRANCH, {"tags": names[:REST_NAMED]})
    similarity = pair.numbers["goal_similarity"]
    if FAR_TEXT <= similarity < CLOSE_TEXT:
        return Fact(ReasonCode.GOAL_PARTLY, {"similarity": round(similarity, 2)}, speaks_for=False)
    return _by_similarity(similarity, ReasonCode.GOAL_CLOSE, ReasonCode.GOAL_FAR)


def _expertise(pair: Pair) -> Fact:
    shared = _in_common(pair.mentee.skill_tags, pair.mentor.skill_tags)
    if shared:
        return Fact(ReasonCode.SKILLS_SHARED, {"tags": shared, "years": _worth_saying(pair.mentor.role_years)})
    ours, theirs = pair.mentee.skill_tags + pair.mentee.skills_seen, pair.mentor.skill_tags + pair.mentor.skills_seen
    if meant := _in_common(ours, theirs):
        return _from_courses(meant, pair) or Fact(ReasonCode.SKILLS_MEANT, {"tags": meant})
    close = _by_similarity(pair.numbers["skill_similarity"], ReasonCode.SKILLS_CLOSE, ReasonCode.SKILLS_FAR)
    if close.code is not ReasonCode.SKILLS_CLOSE and pair.mentor.role_years:
        years = pair.mentor.role_years
        return Fact(ReasonCode.EXPERIENCE, {"years": years}, speaks_for=years >= YEARS_WORTH_SAYING)
    return close._replace(reservation=False)


def _from_courses(meant: list[str], pair: Pair) -> Fact | None:
    """A skill in common that one of them learned in a course."""
    courses = ways.course_of(meant[0], pair.mentor), ways.course_of(meant[0], pair.mentee)
    course = courses[0] or courses[1]
    params = {"tags": meant, "of_mentor": courses[0] is not None}
    return Fact(ReasonCode.SKILLS_COURSE, {**params, "course": course.title}) if course else None


def _stage(pair: Pair) -> Fact:
    """Where the mentor was before says more than levels; that talent data counted is told without what they say."""
    fact, ours, theirs = _by_way(pair) or _by_grade(pair), pair.mentee.background, pair.mentor.background
    counted = {"talent": True} if ours.rating and theirs.rating else {}
    return fact._replace(params={**fact.params, **counted})


def _by_way(pair: Pair) -> Fact | None:
    ours, theirs = pair.mentee.background, pair.mentor.background
    params = {"years": theirs.function_years} if _worth_saying(theirs.function_years) else {}
    if been := ways.been_where(ours, theirs):
        return Fact(ReasonCode.BEEN_THERE, {"functions": been})
    if stood := ways.stood_where(ours, theirs):
        return Fact(ReasonCode.STOOD_THERE, {"functions": [stood]})
    if np.isnan(pair.numbers["grade_gap"]) and params and ours.function_years is not None:
        return Fact(ReasonCode.LONG_IN_FUNCTION, {"functions": [theirs.function], **params})
    return None


def _by_grade(pair: Pair) -> Fact:
    gap = pair.numbers["grade_gap"]
    if np.isnan(gap):
        return _not_known()
    code = ReasonCode.GRADES_AHEAD if gap > 0 else ReasonCode.GRADES_BEHIND if gap < 0 else ReasonCode.SAME_GRADE
    same_stage = pair.numbers["same_life_stage"] == 1
    years = _worth_saying(pair.mentor.tenure_years)
    params = {"levels": abs(int(gap)), "life_stage": pair.mentee.life_stage if same_stage else None, "years": years}
    if in_function := _worth_saying(pair.mentor.background.function_years):
        params |= {"function": pair.mentor.background.function, "function_years": in_function}
    return Fact(code, params, speaks_for=pair.numbers["fit_stage"] >= NEUTRAL_FIT)


def _availability(pair: Pair) -> Fact:
    hours, in_one_city = pair.numbers["shared_hours"], pair.numbers["same_city"] == 1
    if np.isnan(hours):
        return Fact(ReasonCode.SAME_CITY, {"city": pair.mentor.city}) if in_one_city else _not_known()
    few = hours < FEW_HOURS
    params = {"hours": hours, "days": _shared_days(pair), "city": pair.mentor.city if in_one_city else None}
    code = ReasonCode.FEW_SHARED_HOURS if few else ReasonCode.SHARED_HOURS
    return Fact(code, params, speaks_for=not few, reservation=few)


def _history(pair: Pair) -> Fact:
    if any(map(ways.crowding, alike := ways.partners_alike(pair.mentee, pair.mentor))):
        return Fact(ReasonCode.CROWDED, {"count": max(alike), "of_team": ways.crowding(alike[1]) > 0}, False, True)
    sessions = pair.mentor.sessions_prior
    record = {"record": round(100 * pair.numbers["mentor_record"])}
    if sessions is None:
        return Fact(ReasonCode.NOT_KNOWN, record, speaks_for=False)
    if sessions == 0:
        return Fact(ReasonCode.FIRST_TIME, record, speaks_for=False)
    return Fact(ReasonCode.PAST_SESSIONS, {"sessions": sessions, **record})


def _organisation(pair: Pair) -> Fact:
    same, functions = pair.numbers["same_department"], list(ways.known_functions(pair.mentor.background))
    knows = {"functions": functions} if pair.fresh and len(functions) > 1 else {}
    if np.isnan(same):
        return Fact(ReasonCode.SEVERAL_FUNCTIONS, knows) if knows else _not_known()
    params = {"mentor_department": pair.mentor.department, "mentee_department": pair.mentee.department, **knows}
    if same:
        return Fact(ReasonCode.SAME_DEPARTMENT, params, speaks_for=not pair.fresh, reservation=pair.fresh)
    return Fact(ReasonCode.OTHER_DEPARTMENT, params, speaks_for=pair.fresh)


def _preference(pair: Pair) -> Fact:
    by_mentee, by_mentor = pair.mentor.who in pair.mentee.prefers, pair.mentee.who in pair.mentor.prefers
    if by_mentee or by_mentor:
        both = ReasonCode.NAMED_BY_BOTH if by_mentee and by_mentor else None
        return Fact(both or (ReasonCode.NAMED_BY_MENTEE if by_mentee else ReasonCode.NAMED_BY_MENTOR), {})
    same = pair.numbers["same_department"]
    asked = {one.pref_department for one in (pair.mentee, pair.mentor)} - {"any"}
    if not asked or np.isnan(same):
        return Fact(ReasonCode.NOTHING_ASKED, {}, speaks_for=False)
    met = asked == {"same" if same else "different"}
    code = ReasonCode.DEPARTMENT_AS_ASKED if met else ReasonCode.DEPARTMENT_NOT_AS_ASKED
    return Fact(code, {"same": bool(same)}, speaks_for=met, reservation=not met)


def _behaviour(pair: Pair) -> Fact:
    answers, missed = pair.mentor.response_rate, pair.mentor.noshow_rate
    if answers is None and missed is None:
        return _not_known()
    params = {"answers": _percent(answers), "kept": _percent(None if missed is None else 1 - missed)}
    said, kept = USUAL_ANSWERS if answers is None else answers, USUAL_MISSED if missed is None else missed
    if said < SLOW_ANSWERS or kept > OFTEN_MISSED:
        return Fact(ReasonCode.SLOW_ANSWERS, params, speaks_for=False, reservation=True)
    both = pair.numbers["fit_behaviour"] >= USUAL_RELIABILITY - ROUNDING
    if both and said >= USUAL_ANSWERS and kept <= USUAL_MISSED:
        return Fact(ReasonCode.ANSWERS, params)
    return Fact(ReasonCode.USUAL_ANSWERS, params, speaks_for=False)


def _style(pair: Pair) -> Fact:
    ours, theirs = pair.mentee.languages, pair.mentor.languages
    alike = _likeness(pair)
    if ours is None or theirs is None:
        return Fact(ReasonCode.LIKE_MINDED, alike) if alike is not None else _not_known()
    shared = [word for word in ours if word.casefold() in {other.casefold() for other in theirs}]
    if not shared:
        return Fact(ReasonCode.NO_SHARED_LANGUAGE, {}, speaks_for=False, reservation=True)
    if alike is not None:
        return Fact(ReasonCode.LIKE_MINDED, {"languages": shared, **alike})
    return Fact(ReasonCode.SHARED_LANGUAGES, {"languages": shared})


def _likeness(pair: Pair) -> Params | None:
    """The ways of working that both chose, if all in all they work as alike as most or more; None if they do not, or
    did not say."""
    answers = list(zip(pair.mentee.style or (), pair.mentor.style or (), strict=False))
    both = [(one, other) for one, other in answers if one is not None and other is not None]
    if not both or sum(1 - (one - other) ** 2 for one, other in both) < USUAL_STYLE * len(both):
        return None
    chosen = [
        ways[round(one)].value for ways, (one, other) in zip(STYLES, answers, strict=False)
        if one is not None and one == other and one in (0, 1)
    ]
    return {"styles": chosen}


FACTS: Mapping[Category, Callable[[Pair], Fact]] = {
    Category.GOALS: _goals,
    Category.EXPERTISE: _expertise,
    Category.STAGE: _stage,
    Category.AVAILABILITY: _availability,
    Category.HISTORY: _history,
    Category.ORGANISATION: _organisation,
    Category.PREFERENCE: _preference,
    Category.BEHAVIOUR: _behaviour,
    Category.STYLE: _style,
}


def _not_known() -> Fact:
    return Fact(ReasonCode.NOT_KNOWN, {}, speaks_for=False)


def _by_similarity(similarity: float, close: ReasonCode, far: ReasonCode) -> Fact:
    if np.isnan(similarity):
        return _not_known()
    if similarity >= CLOSE_TEXT:
        return Fact(close, {"similarity": round(similarity, 2)})
    return Fact(far, {"similarity": round(similarity, 2)}, speaks_for=False, reservation=True)


def _worth_saying(years: float | None) -> float | None:
    return years if years is not None and years >= YEARS_WORTH_SAYING else None


def _in_common(wanted: tuple[str, ...], held: tuple[str, ...]) -> list[str]:
    """Tags of both, in the words of the mentee, in the mentee's order."""
    names = {key(tag) for tag in held} - {""}
    return [tag for tag in wanted if key(tag) in names]


def _read_from(tag: str, pair: Pair) -> Params:
    """Out of whose words a competency in common was read; who chose it needs no reading."""
    return {
        "of_mentee": key(tag) in map(key, pair.mentee.goal_meant),
        "of_mentor": key(tag) in map(key, pair.mentor.skill_meant),
    }


def _not_offered(pair: Pair) -> list[str]:
    """What the mentee wants and the mentor does not offer, in the mentee's order."""
    offered = {key(tag) for tag in (*pair.mentor.skill_tags, *pair.mentor.skills_seen)}
    return [tag for tag in pair.mentee.goal_tags if key(tag) and key(tag) not in offered]


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)


def _shared_days(pair: Pair) -> list[int]:
    """Days (1 is Monday) on which both are free for an hour or more, on the mentee's clock."""
    shared = (pair.mentee.availability or 0) & (pair.mentor.availability or 0)
    later = round((pair.mentee.utc_offset_min or 0) / 30) % HALF_HOURS_A_WEEK
    local = (shared << later | shared >> (HALF_HOURS_A_WEEK - later)) & (1 << HALF_HOURS_A_WEEK) - 1
    days = [(local >> day * HALF_HOURS_A_DAY) & (1 << HALF_HOURS_A_DAY) - 1 for day in range(7)]
    return [number for number, slots in enumerate(days, 1) if slots.bit_count() > 1]
