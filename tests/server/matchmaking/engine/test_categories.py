"""Each of the nine categories: one changed field of one person changes the score and what is said about it (F1)."""

from dataclasses import replace
from typing import Any

import pytest

from server.language.vectors import embed
from server.matchmaking.engine import (
    CATEGORIES,
    Category,
    Explanation,
    Participant,
    PastPair,
    Pool,
    Weights,
    rescaled,
    run_matching,
    weights_for,
)
from server.matchmaking.engine.wording import Names, Reader, one_line
from server.programs.states import ProgramType
from tests.server.matchmaking.engine.populations import FREE, MORNINGS, mentee, mentor

NAMES = Names("Idris", "Noor")
WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)


def vector(text: str) -> Any:
    return embed([text])[0]


IDRIS = mentor(
    "Idris",
    company="Harbourline",
    business_unit="Ports",
    department="Operations",
    grade=7,
    tenure_years=8.0,
    role_years=6.0,
    city="Nairobi",
    utc_offset_min=180,
    languages=("en",),
    availability=MORNINGS[1] | MORNINGS[2],
    skill_tags=("Strategy", "Python"),
    skill_vector=vector("product reviews and leading stakeholders"),
    life_stage="parent",
    style=(0.2, 0.8, 0.4),
    response_rate=0.9,
    noshow_rate=0.05,
    sessions_prior=6,
)
NOOR = mentee(
    "Noor",
    company="Harbourline",
    business_unit="Sales",
    department="Product",
    grade=5,
    tenure_years=2.0,
    role_years=1.0,
    city="Lisbon",
    utc_offset_min=0,
    languages=("en", "pt"),
    availability=MORNINGS[1],
    goal_tags=("Strategy", "Negotiation"),
    goal_vector=vector("I want to lead stakeholders"),
    skill_tags=("Python",),
    skill_vector=vector("product analytics"),
    life_stage="early",
    style=(0.3, 0.6, 0.4),
    response_rate=0.8,
    noshow_rate=0.1,
    sessions_prior=1,
)
CHANGES: list[tuple[Category, str, str, Any]] = [
    (Category.GOALS, "Noor", "goal_tags", ("Negotiation",)),
    (Category.GOALS, "Noor", "goal_vector", vector("I want to speak in public")),
    (Category.GOALS, "Idris", "skill_vector", vector("gardening")),
    (Category.EXPERTISE, "Noor", "skill_tags", ()),
    (Category.EXPERTISE, "Noor", "skill_vector", vector("law")),
    (Category.EXPERTISE, "Idris", "role_years", 1.0),
    (Category.EXPERTISE, "Noor", "role_years", 9.0),
    (Category.STAGE, "Idris", "grade", 10),
    (Category.STAGE, "Noor", "grade", 2),
    (Category.STAGE, "Idris", "tenure_years", 1.0),
    (Category.STAGE, "Noor", "life_stage", "parent"),
    (Category.AVAILABILITY, "Noor", "availability", MORNINGS[4]),
    (Category.AVAILABILITY, "Noor", "city", "Nairobi"),
    (Category.AVAILABILITY, "Idris", "utc_offset_min", -480),
    (Category.HISTORY, "Idris", "sessions_prior", 0),
    (Category.HISTORY, "Noor", "sessions_prior", 9),
    (Category.ORGANISATION, "Idris", "department", "Product"),
    (Category.ORGANISATION, "Idris", "business_unit", "Sales"),
    (Category.ORGANISATION, "Idris", "company", "Elsewhere"),
    (Category.PREFERENCE, "Noor", "prefers", ("Idris",)),
    (Category.PREFERENCE, "Idris", "prefers", ("Noor",)),
    (Category.PREFERENCE, "Noor", "pref_department", "same"),
    (Category.PREFERENCE, "Idris", "pref_department", "different"),
    (Category.BEHAVIOUR, "Idris", "response_rate", 0.3),
    (Category.BEHAVIOUR, "Idris", "noshow_rate", 0.5),
    (Category.BEHAVIOUR, "Noor", "response_rate", 0.1),
    (Category.STYLE, "Idris", "languages", ("sw",)),
    (Category.STYLE, "Noor", "style", (0.9, 0.1, 0.4)),
    (Category.STYLE, "Noor", "style", (None, 0.6, None)),
]


def told(
    people: tuple[Participant, ...], weights: Weights = WEIGHTS, history: tuple[PastPair, ...] = ()
) -> Explanation:
    return run_matching(Pool(people, history=history), replace(FREE, repeat=False), weights).explain("Idris", "Noor")


def rows(explanation: Explanation) -> dict[Category, tuple[float, str]]:
    """Fit and words of each row of the factor table."""
    return {row.category: (row.fit, one_line(row, NAMES, Reader.MANAGER)) for row in explanation.factors}


@pytest.mark.parametrize(("category", "who", "name", "value"), CHANGES, ids=lambda part: str(part)[:20])
def test_one_changed_field_changes_the_score_and_its_own_row_only(
    category: Category, who: str, name: str, value: Any
) -> None:
    changed = tuple(replace(one, **{name: value}) if one.id == who else one for one in (IDRIS, NOOR))
    before, after = told((IDRIS, NOOR)), told(changed)
    assert after.fit != pytest.approx(before.fit, abs=1e-3)
    first, second = rows(before), rows(after)
    assert first[category] != second[category]
    others = {"skill_tags", "skill_vector", "department", "languages", "goal_tags"}
    if name not in others:
        assert {row for row in CATEGORIES if first[row][0] != pytest.approx(second[row][0])} == {category}


def test_every_category_has_a_changed_field() -> None:
    assert {category for category, *_ in CHANGES} == set(CATEGORIES)


def test_what_became_of_earlier_pairs_counts() -> None:
    good = PastPair("Idris", "somebody", satisfaction=5, goals_achieved=1.0)
    poor = PastPair("Idris", "somebody", satisfaction=1, goals_achieved=0.0)
    fits = [rows(told((IDRIS, NOOR), history=past))[Category.HISTORY][0] for past in ((poor,), (), (good,))]
    assert fits == sorted(set(fits))


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_counts_by_its_weight_and_not_at_all_without(category: Category) -> None:
    change = next(one for one in CHANGES if one[0] is category)
    changed = tuple(replace(one, **{change[2]: change[3]}) if one.id == change[1] else one for one in (IDRIS, NOOR))
    alone = rescaled({category: 3.0}, ProgramType.ONE_TO_ONE, "alone")
    difference = told(changed, alone).fit - told((IDRIS, NOOR), alone).fit
    expected = [rows(told(people))[category][0] for people in ((IDRIS, NOOR), changed)]
    assert difference == pytest.approx(expected[1] - expected[0], abs=1e-3)
    without = rescaled({name: 1.0 for name in CATEGORIES if name is not category}, ProgramType.ONE_TO_ONE, "without")
    if change[2] == "grade" or category in (Category.HISTORY, Category.BEHAVIOUR, Category.AVAILABILITY):
        assert told(changed, without).fit == pytest.approx(told((IDRIS, NOOR), without).fit, abs=1e-4)


@pytest.mark.parametrize(
    "field",
    "company business_unit department grade tenure_years role_years city utc_offset_min languages availability "
    "goal_vector skill_vector life_stage style response_rate noshow_rate sessions_prior".split(),
)
def test_what_is_not_known_is_neutral(field: str) -> None:
    """Without a field the fit of its category lies between the worst and the best the field could give."""
    hidden = tuple(replace(one, **{field: None}) for one in (IDRIS, NOOR))
    bare = (mentor("Idris"), mentee("Noor"))
    middling = rows(told(bare))
    for category, (fit, _words) in rows(told(hidden)).items():
        assert 20 <= fit <= 100, category
    assert all(45 <= fit <= 90 for fit, _words in middling.values())


def test_the_parts_add_up_to_the_score() -> None:
    explanation = told((IDRIS, NOOR))
    assert sum(row.weight * row.fit for row in explanation.factors) == pytest.approx(explanation.fit)
    assert [row.category for row in explanation.factors] == list(CATEGORIES)
