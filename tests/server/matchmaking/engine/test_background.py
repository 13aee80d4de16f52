"""Somebody's way so far: each fact changes score and reason, what is absent changes nothing, and nothing is a penalty
but what is known to speak against a pair."""

from dataclasses import fields, replace
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.matchmaking.engine import Category, Explanation, Participant, Pool, ReasonCode, run_matching, weights_for
from server.matchmaking.engine.columns import build
from server.matchmaking.engine.factor import build_factors, score
from server.matchmaking.engine.pool import NO_BACKGROUND, Background, Course
from server.matchmaking.engine.wording import Names, Reader, one_line
from server.programs.states import ProgramType
from tests.server.matchmaking.engine.populations import FREE, mentee, mentor, participants, some

NAMES = Names("Idris", "Noor")
KINDS = (ProgramType.ONE_TO_ONE, ProgramType.REVERSE, ProgramType.PEER, ProgramType.HIGH_POTENTIAL)
IDRIS = mentor("Idris", department="Operations", grade=7, skill_tags=("Strategy", "Budgets"))
NOOR = mentee("Noor", department="Product", grade=5, team="mo", goal_tags=("Negotiation",), skill_tags=("Python",))
BUYING = (Course("Buying well", ("Negotiation",)),)
FACTS: list[tuple[Category, dict[str, Any], dict[str, Any], str, int]] = [
    (Category.GOALS, {"courses": BUYING}, {},
     "Idris has completed a course on Noor's goal: Negotiation, “Buying well”", 1),
    (Category.EXPERTISE, {"courses": (Course("Snakes", ("Python",)),)}, {},
     "Idris has completed a course in Noor's field: Python, “Snakes”", 1),
    (Category.EXPERTISE, {}, {"courses": (Course("Sums", ("Budgets",)),)},
     "Noor has completed a course in Idris's field: Budgets, “Sums”", 1),
    (Category.GOALS, {}, {"branch": ("Budgets", "Tenders")}, "Idris offers what belongs with Noor's goal: Budgets", 1),
    (Category.GOALS, {}, {"lacks": ("Budgets", "Tenders")}, "Idris offers what the target role asks for: Budgets", 1),
    (Category.STAGE, {"function": "Finance", "functions": ("Design",)}, {"function": "Design"},
     "Idris once stood where Noor is: Design", 1),
    (Category.STAGE, {"function": "Finance"}, {"function": "Design", "aims": ("Finance",)},
     "Idris has worked where Noor's goal leads: Finance", 1),
    (Category.STAGE, {"function": "Finance", "function_years": 12.0}, {"function": "Design", "function_years": 2.0},
     "Idris is 2 levels ahead: 12 years in Finance", 1),
    (Category.STAGE, {"rating": 0.8}, {"rating": 0.9},
     "Idris is 2 levels ahead: the employer's rating counted, as both agreed", 1),
    (Category.HISTORY, {"partners_in": (("Product", 5),)}, {},
     "Idris has been a mentor of many in Noor's department: 5 people so far", -1),
    (Category.HISTORY, {"partners_of": (("mo", 3),)}, {},
     "Idris has been a mentor of many in Noor's team: 3 people so far", -1),
    (Category.ORGANISATION, {"function": "Finance", "functions": ("Design", "Sales")}, {},
     "A fresh view: Operations, seen from Product, knows Finance, Design and Sales from within", 1),
]


def told(of_mentor: Background, of_mentee: Background, kind: ProgramType = ProgramType.ONE_TO_ONE) -> Explanation:
    people = replace(IDRIS, background=of_mentor), replace(NOOR, background=of_mentee)
    return run_matching(Pool(people), FREE, weights_for(kind)).explain("Idris", "Noor")


def rows(found: Explanation, reader: Reader = Reader.MANAGER) -> dict[Category, tuple[float, str]]:
    return {one.category: (one.fit, one_line(one, NAMES, reader)) for one in found.factors}


@pytest.mark.parametrize(("category", "of_mentor", "of_mentee", "words", "way"), FACTS, ids=lambda part: str(part)[:30])
def test_each_fact_changes_the_score_and_what_is_said(
    category: Category, of_mentor: dict[str, Any], of_mentee: dict[str, Any], words: str, way: int
) -> None:
    plain, changed = told(NO_BACKGROUND, NO_BACKGROUND), told(Background(**of_mentor), Background(**of_mentee))
    before, after = rows(plain), rows(changed)
    assert (changed.fit - plain.fit) * way > 0
    assert (after[category][0] - before[category][0]) * way > 0
    assert after[category][1] == words != before[category][1]
    changed_in = {name for name in before if before[name] != after[name]}
    both = {Category.GOALS, Category.EXPERTISE} if {"branch", "courses"} & {*of_mentor, *of_mentee} else set()
    assert changed_in <= {category, *both, *([Category.ORGANISATION] if "functions" in of_mentor else [])}


def test_every_fact_is_among_those_tried() -> None:
    tried = {name for _category, ours, theirs, *_rest in FACTS for name in {*ours, *theirs}}
    assert tried == {one.name for one in fields(Background)}


def test_a_mentor_who_met_many_of_one_place_is_a_caution_without_numbers_for_the_two() -> None:
    found = told(Background(partners_in=(("Product", 9),)), NO_BACKGROUND)
    assert found.caution is not None
    assert found.caution.code is ReasonCode.CROWDED
    assert one_line(found.caution, NAMES, Reader.MENTEE) == "Idris has been a mentor of others in your department"
    for few in (1, 2):
        assert told(Background(partners_in=(("Product", few),)), NO_BACKGROUND) == told(NO_BACKGROUND, NO_BACKGROUND)


def test_talent_data_is_in_no_reason_of_the_two() -> None:
    found = told(Background(rating=0.8), Background(rating=0.9))
    said = {reader: rows(found, reader)[Category.STAGE][1] for reader in Reader}
    assert "rating" in said.pop(Reader.MANAGER)
    assert not [words for words in said.values() if "rating" in words or "agreed" in words]
    assert "0.8" not in repr(found)
    assert "0.8" not in repr(Background(rating=0.8))
    for alone in ((Background(rating=0.8), NO_BACKGROUND), (NO_BACKGROUND, Background(rating=0.9))):
        assert told(*alone) == told(NO_BACKGROUND, NO_BACKGROUND)


def ways(seed: int, *, kindly: bool) -> Background:
    """Facts at random; `kindly` leaves out the two that may speak against a pair."""
    dice = Random(seed)
    places, names = ("Sales", "Product", "p1"), ("Finance", "Design", "Sales", "Law")
    known = Background(
        courses=tuple(Course(name, (name,)) for name in dice.sample(("Python", "Coaching", "SQL"), dice.randint(0, 2))),
        function=dice.choice((None, *names)), functions=tuple(dice.sample(names, dice.randint(0, 3))),
        aims=tuple(dice.sample(names, dice.randint(0, 2))), branch=tuple(dice.sample(("SQL", "Strategy"), 1)),
        lacks=tuple(dice.sample(("SQL", "Strategy", "Budgets"), dice.randint(0, 2))),
        rating=dice.choice((None, 0.5, 1.0)),
    )
    if kindly:
        return known
    met = tuple((place, dice.randint(1, 9)) for place in places)
    return replace(known, function_years=dice.choice((None, 3.0, 30.0)), partners_in=met, partners_of=met)


def fits(people: tuple[Participant, ...], kind: ProgramType) -> tuple[Any, Any]:
    """Fits of all pairs one by one, and their scores from the fast path."""
    columns = build(Pool(people))
    factors = build_factors(columns, weights_for(kind))
    shape = len(columns.mentees), len(columns.mentors)
    e, m = (at.ravel() for at in np.indices(shape))
    return factors.fits(e, m), factors.tile(np.arange(shape[0])).scores.ravel()


@some
@given(participants(least=1), st.integers(0, 2**32), st.sampled_from(KINDS))
def test_the_fast_path_says_the_same_and_nobody_loses_by_what_is_known(
    people: tuple[Participant, ...], seed: int, kind: ProgramType
) -> None:
    plain = tuple(replace(one, background=NO_BACKGROUND) for one in people)
    for kindly in (True, False):
        full = tuple(replace(one, background=ways(seed + at, kindly=kindly)) for at, one in enumerate(people))
        found, fast = fits(full, kind)
        assert ((found >= 0) & (found <= 1)).all()
        np.testing.assert_allclose(score(found, weights_for(kind)), fast, atol=3e-4)
        if kindly:
            assert (found >= fits(plain, kind)[0] - 1e-4).all()
