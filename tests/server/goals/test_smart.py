"""The five words light up for sentences a person would write, and stay dark for wishes."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.goals.smart import FURTHEST_DAYS, READY, SOONEST_DAYS, advice, examples_for, smart_checks
from server.goals.states import SmartCheck

TODAY = date(2026, 11, 22)
WANT = "lead a product review from start to decision"
MEASURE = "I have run two reviews and the group decided both times"
SKILL = "Leading stakeholders"
MAY = date(2027, 5, 31)


def checks(want: str = WANT, measure: str = MEASURE, skill: str | None = SKILL, due: date | None = MAY) -> set[str]:
    return {check.value for check in smart_checks(want, measure, skill, due, TODAY)}


def test_a_whole_sentence_lights_all_five() -> None:
    assert smart_checks(WANT, MEASURE, SKILL, MAY, TODAY) == READY
    assert advice(READY) == "This goal is ready."


def test_only_the_date_is_missing_as_on_the_first_screen() -> None:
    found = smart_checks(WANT, MEASURE, SKILL, None, TODAY)
    assert READY - found == {SmartCheck.HAS_A_DATE}
    assert advice(found) == "Choose a date and this goal is ready."


@pytest.mark.parametrize(
    "want",
    ["", "be better", "get better at communication", "grow as a leader", "besser kommunizieren", "mejorar mucho"],
)
def test_a_wish_is_not_specific(want: str) -> None:
    assert "SPECIFIC" not in checks(want)


@pytest.mark.parametrize(
    "want",
    [
        WANT, "give feedback to my team every week", "Teamkonflikte früh ansprechen und lösen",
        "présenter le budget devant la direction", "dirigir una revisión de producto completa",
        "製品レビューを最初から最後まで主導する", "นำการประชุมทบทวนผลิตภัณฑ์",
    ],
)
def test_saying_what_will_be_done_is_specific(want: str) -> None:
    assert "SPECIFIC" in checks(want)


@pytest.mark.parametrize("measure", ["", "I feel more confident", "it works", "people like me better"])
def test_a_feeling_is_not_measurable(measure: str) -> None:
    assert "MEASURABLE" not in checks(measure=measure)


@pytest.mark.parametrize("measure", [MEASURE, "3 talks", "the board approved my plan in writing", "drei Gespräche"])
def test_something_counted_or_shown_is_measurable(measure: str) -> None:
    assert "MEASURABLE" in checks(measure=measure)


@pytest.mark.parametrize("measure", ["everyone always agrees with me", "I never make a mistake", "immer perfekt"])
def test_sweeping_measures_are_out_of_reach(measure: str) -> None:
    assert "WITHIN_REACH" not in checks(measure=measure)


@pytest.mark.parametrize(
    ("days", "lit"),
    [(SOONEST_DAYS - 1, False), (SOONEST_DAYS, True), (FURTHEST_DAYS, True), (FURTHEST_DAYS + 1, False), (-1, False)],
)
def test_reach_ends_at_two_weeks_and_at_a_year(days: int, lit: bool) -> None:
    assert ("WITHIN_REACH" in checks(due=TODAY + timedelta(days=days))) is lit


def test_more_than_one_thing_a_day_is_out_of_reach() -> None:
    assert "WITHIN_REACH" in checks(measure="20 calls answered", due=TODAY + timedelta(days=30))
    assert "WITHIN_REACH" not in checks(measure="60 calls answered", due=TODAY + timedelta(days=30))


@pytest.mark.parametrize("measure", ["complaints fell by 40 % within a quarter", "the plan for 2027 is signed off"])
def test_shares_and_years_are_no_amounts(measure: str) -> None:
    assert "WITHIN_REACH" in checks(measure=measure, due=TODAY + timedelta(days=30))


def test_a_date_must_be_ahead() -> None:
    assert "HAS_A_DATE" not in checks(due=TODAY)
    assert "HAS_A_DATE" in checks(due=TODAY + timedelta(days=1))


def test_advice_names_one_thing_in_the_order_of_the_sentence() -> None:
    assert advice(frozenset()) == "Say what you want to do, in a few more words."
    assert advice(READY - {SmartCheck.MEASURABLE, SmartCheck.HAS_A_DATE}).startswith("Say how you will know")
    assert advice(READY - {SmartCheck.MATTERS_HERE}) == "Choose the skill it builds on and this goal is ready."


@given(
    st.text(), st.text(), st.none() | st.text(), st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_any_text_is_judged_without_failing(want: str, measure: str, skill: str | None, due: date | None) -> None:
    found = smart_checks(want, measure, skill, due, TODAY)
    assert found <= READY
    assert advice(found)


def test_examples_of_the_chosen_skill_come_first_and_three_are_enough() -> None:
    examples = [{"want": f"w{n}", "measure": f"m{n}", "competency": key} for n, key in enumerate("abbab")]
    assert [example.want for example in examples_for(examples, "b")] == ["w1", "w2", "w4"]
    assert [example.want for example in examples_for(examples, None)] == ["w0", "w1", "w2"]
    assert examples_for([], "a") == []


def test_endless_row_of_figures_is_no_amount() -> None:
    assert SmartCheck.MEASURABLE not in checks(measure="9" * 90_000)
    assert SmartCheck.MEASURABLE in checks(measure="reviews 3 " + "9" * 90_000)
