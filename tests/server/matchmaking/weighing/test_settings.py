"""Weights brought to 100, and what cannot be."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel.errors import Invalid
from server.matchmaking.engine import CATEGORIES, Category, RuleSet, held_to, hundred
from server.matchmaking.weighing.settings import (
    SWITCHED,
    Settings,
    checked,
    contradictions,
    fixed,
    settings_for,
    stored_rules,
    with_rules,
)
from server.programs.states import ProgramType
from tests.server.matchmaking.engine.populations import rule_sets

AMOUNTS = st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 1000)).filter(lambda one: any(one.values()))


@given(AMOUNTS)
def test_weights_always_come_to_a_hundred_each_within_one_of_its_share(amounts: dict[Category, int]) -> None:
    whole, total = hundred(amounts), sum(amounts.values())
    assert (sum(whole.values()), set(whole)) == (100, set(CATEGORIES))
    assert all(abs(whole[name] - 100 * amounts.get(name, 0) / total) < 1 for name in CATEGORIES)
    assert all(whole[name] == 0 for name in CATEGORIES if not amounts.get(name)), "what counts nothing stays nothing"


@pytest.mark.parametrize("kind", ProgramType)
def test_factory_settings_are_whole_percents_and_contradict_nothing(kind: ProgramType) -> None:
    factory = settings_for(kind)
    assert checked(factory, kind) == factory
    assert not [*contradictions(kind, factory.rules)]


@pytest.mark.parametrize(("amounts", "rules", "field"), [
    ({}, {}, "weights"),
    ({Category.GOALS: 0}, {}, "weights"),
    ({Category.GOALS: -1, Category.STYLE: 5}, {}, "weight-GOALS"),
    ({Category.GOALS: 1001}, {}, "weight-GOALS"),
    ({Category.GOALS: 1}, {"grade_gap": (2, 1)}, "grade_gap"),
    ({Category.GOALS: 1}, {"grade_gap": (-10, 1)}, "grade_gap"),
    ({Category.GOALS: 1}, {"repeat_months": 0}, "repeat_months"),
    ({Category.GOALS: 1}, {"repeat_months": 121}, "repeat_months"),
    ({Category.GOALS: 1}, {"reporting_depth": 0}, "reporting_depth"),
    ({Category.GOALS: 1}, {"min_overlap_half_hours": 82}, "min_overlap_half_hours"),
    ({Category.GOALS: 1}, {"max_pairs": 0}, "max_pairs"),
    ({Category.GOALS: 1}, {"min_fit": 101}, "min_fit"),
    ({Category.GOALS: 1}, {"wait_bonus": 0.06}, "wait_bonus"),
])
def test_what_cannot_be_is_named_by_its_field(amounts: dict, rules: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(Settings(amounts, RuleSet(**rules)), ProgramType.ONE_TO_ONE)
    assert list(refused.value.fields) == [field]


def test_rules_survive_being_stored_over_everything_else_that_a_programme_holds() -> None:
    rules = RuleSet(grade_gap=(1, 4), repeat_months=24, same_team=False, company="same", min_overlap_half_hours=4)
    settings = Settings({Category.GOALS: 1}, rules)
    stored = stored_rules(settings, {"seat_step": 0.1, "same_team": True})
    assert set(stored) == {*SWITCHED, "seat_step"}
    assert with_rules(settings, ProgramType.CROSS_COMPANY, {"seat_step": 0.1}).rules == replace(rules, seat_step=0.1)


@pytest.mark.parametrize("kind", ProgramType)
@given(rule_sets())
def test_whatever_is_less_than_a_type_means_is_refused_by_its_field_and_nothing_else_is(
    kind: ProgramType, rules: RuleSet
) -> None:
    rules = replace(rules, max_pairs=None)
    settings, held = Settings({Category.GOALS: 1}, rules), held_to(kind, rules)
    if held == rules:
        assert checked(settings, kind).rules == rules
        return
    with pytest.raises(Invalid) as refused:
        checked(settings, kind)
    assert refused.value.fields.items() <= fixed(kind).items()
    assert checked(replace(settings, rules=held), kind).rules == held


def test_a_rule_against_the_type_is_a_contradiction() -> None:
    assert [*contradictions(ProgramType.REVERSE, RuleSet(grade_gap=(1, 9)))]
    assert [*contradictions(ProgramType.ONE_TO_ONE, RuleSet(grade_gap=(-9, -1)))]
    assert [*contradictions(ProgramType.ONE_TO_ONE, RuleSet(max_pairs=2), 3)], "more pairs stand than there may be"
    assert not [*contradictions(ProgramType.ONE_TO_ONE, RuleSet(max_pairs=3), 3)]
    assert not [*contradictions(ProgramType.PEER, RuleSet(grade_gap=(-1, 1)))]
