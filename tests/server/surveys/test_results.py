"""What is shown of answers is about eight people or more, and so is every difference of two pictures."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.surveys.forms.form import Question, checked, one_question, questions_of
from server.surveys.forms.presets import example, preset
from server.surveys.forms.results import LEAST, Given, Written, result, shares, told_together
from server.surveys.forms.setup import SURVEYS_PART, contradictions
from server.surveys.forms.table import result_csv
from server.surveys.models import SurveyForm
from server.surveys.states import QuestionKind, SurveyKind

MONDAY = date(2026, 6, 1)
SCALE = {"kind": "SCALE", "text": "How much did it help?", "choices": [], "required": True}
WHY = {"kind": "WORDS", "text": "Why?", "choices": [], "required": False}
weeks = st.lists(st.integers(0, 6).map(lambda week: MONDAY + timedelta(weeks=week)), max_size=60)


@given(weeks)
def test_boxes_are_shown_together_from_eight_answers_on(answered: list[date]) -> None:
    """As weeks pass, what is shown grows by eight answers at least, or not at all."""
    before = 0
    for week in sorted(set(answered)):
        known = [one for one in answered if one <= week]
        shown = Counter(known)
        now = sum(shown[one] for one in told_together(known))
        assert now == before or now - before >= LEAST
        before = now


@given(st.lists(st.integers(0, 5), min_size=LEAST, max_size=60))
def test_choices_are_told_apart_only_where_eight_chose_each(chosen: list[int]) -> None:
    told = shares({choice: chosen.count(choice) for choice in range(6)})
    assert all(one.count >= LEAST or one.count == 0 for one in told)
    assert sum(one.count for one in told) == len(chosen)
    assert sorted(choice for one in told for choice in one.choices) == list(range(6))


@pytest.mark.parametrize(("count", "shown"), [(7, None), (8, 8), (9, 9)])
def test_numbers_are_hidden_below_eight(count: int, shown: int | None) -> None:
    form = SurveyForm(questions=[SCALE, WHY])
    given_to = [Given(questions_of(form.questions), Written([4, None], "", by="Noor")) for _ in range(count)]
    line = result(form, 10, count, given_to).lines[0]
    assert (line.count, line.mean, line.spread) == (shown, shown and 4.0, shown and 0.0)


def test_a_question_that_was_reworded_is_told_apart_and_one_that_was_not_is_told_together() -> None:
    latest = SurveyForm(questions=[SCALE, {**WHY, "text": "Why so?"}])
    old, new = questions_of([SCALE, WHY]), questions_of(latest.questions)
    given_to = [Given(old, Written([2, None], "Time", MONDAY)) for _ in range(8)]
    given_to += [Given(new, Written([4, None], "", MONDAY + timedelta(weeks=1))) for _ in range(8)]
    told = result(latest, 20, 16, given_to).lines
    assert [(one.question.text, one.count) for one in told] == [(SCALE["text"], 16), ("Why so?", None), ("Why?", 8)]
    assert (told[0].mean, told[2].words[0]) == (3.0, ("", "Time"))


def test_words_of_fewer_than_eight_wait_though_their_boxes_are_full() -> None:
    form = SurveyForm(questions=[SCALE, WHY])
    asked = questions_of(form.questions)
    given_to = [Given(asked, Written([4, None], "Time" if one < 3 else "", MONDAY)) for one in range(8)]
    assert [one.count for one in result(form, 8, 8, given_to).lines] == [8, None]


def test_the_net_promoter_score_is_good_minus_bad() -> None:
    form = SurveyForm(questions=[{**SCALE, "kind": "LIKELY"}])
    given_to = [Given(questions_of(form.questions), Written([step], "")) for step in (10, 10, 9, 9, 8, 7, 6, 0)]
    assert result(form, 8, 8, given_to).lines[0].nps == 25


@pytest.mark.parametrize("kind", SurveyKind)
def test_every_preset_is_a_form_that_may_be_kept(kind: SurveyKind) -> None:
    problems: dict[str, str] = {}
    kept = SURVEYS_PART.kind(problems, "surveys", [preset(kind)])
    assert (problems, contradictions(kept)) == ({}, {})
    assert {line.count for line in example(kept[0]).lines if not line.question.is_words} == {24}
    assert one_question(questions_of(kept[0]["questions"])) or kind in (
        SurveyKind.CHECK_IN, SurveyKind.MID_PROGRAM
    )


@pytest.mark.parametrize(("changed", "path"), [
    ({"key": "Two Words"}, "key"), ({"again_days": 14, "when": "AT_END"}, "again_days"),
    ({"reminder_days": 10}, "reminder_days"), ({"questions": [SCALE, WHY, WHY]}, "questions"),
    ({"questions": [WHY]}, "questions"), ({"questions": [{**SCALE, "choices": ["A"]}]}, "questions[1].choices"),
    ({"questions": [{**SCALE, "kind": "CHOICE"}]}, "questions[1].choices"),
    ({"questions": [{**SCALE, "kind": "CHOICE", "choices": ["A", "A"]}]}, "questions[1].choices"),
])
def test_what_cannot_be_is_told_at_its_place(changed: dict[str, object], path: str) -> None:
    form = {**preset(SurveyKind.PULSE), **changed}
    assert list(contradictions([form])) == [f"surveys[1].{path}"]
    assert list(contradictions([preset(SurveyKind.NPS)] * 2)) == ["surveys[1].key", "surveys[2].key"]


@pytest.mark.parametrize(("numbers", "words", "wrong"), [
    ([5, None], "", []), ([None, None], "", ["q1"]), ([6, None], "", ["q1"]), ([0], "Why", ["q1"]),
    ([3], "x" * 1001, ["words"]), ([], "", ["q1"]),
])
def test_an_answer_is_checked_by_its_questions(numbers: list[int | None], words: str, wrong: list[str]) -> None:
    problems: dict[str, str] = {}
    checked(problems, questions_of([SCALE, WHY]), numbers, words)
    assert list(problems) == wrong


def test_words_that_were_not_asked_for_are_not_kept() -> None:
    assert checked({}, (Question(QuestionKind.YES_NO, "Yes?"),), [1, 5], "Something") == ([1], "")


@pytest.mark.parametrize(("times", "told"), [
    ({1: 8, 2: 8}, [(1, 1, 8), (2, 2, 8)]), ({1: 20, 2: 7}, []), ({1: 8, 2: 3, 3: 6, 4: 7}, [(1, 1, 8), (2, 4, 16)]),
    ({1: 15}, []), ({}, []),
])
def test_occasions_are_compared_where_each_and_every_difference_has_eight(
    times: dict[int, int], told: list[tuple[int, int, int]]
) -> None:
    form = SurveyForm(questions=[SCALE, {**SCALE, "kind": "YES_NO", "text": "Yes?"}])
    asked = questions_of(form.questions)
    answers = [Given(asked, Written([time, 1], "", time=time)) for time, many in times.items() for _ in range(many)]
    found = result(form, 50, len(answers), answers)
    for line in found.lines:
        assert [(one.first, one.last, one.count) for one in line.over] == told
    rows = result_csv(found).decode().split("\r\n")
    assert sum(",time" in row for row in rows) == 2 * len(told)
    assert [one.mean for one in found.lines[0].over[:1]] == ([1.0] if told else [])


@given(weeks)
def test_anonymous_occasions_grow_by_eight_and_come_to_what_is_shown(answered: list[date]) -> None:
    form = SurveyForm(questions=[SCALE])
    given_to = [Given(questions_of([SCALE]), Written([3], "", one)) for one in answered]
    (line,) = result(form, 0, 0, given_to).lines
    assert all(one.count >= LEAST for one in line.over)
    assert not line.over or sum(one.count for one in line.over) == line.count
