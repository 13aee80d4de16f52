"""What people read: reasons by reader, cautions, fit words, weights and probabilities."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest

from server.matchmaking.engine import (
    CATEGORIES,
    Calibration,
    Category,
    Explanation,
    PastPair,
    Pool,
    Reason,
    ReasonCode,
    Weights,
    rescaled,
    run_matching,
    weights_for,
)
from server.matchmaking.engine.choosing.discretion import told_to
from server.matchmaking.engine.factor import USUAL_RELIABILITY
from server.matchmaking.engine.score import expect_from_score
from server.matchmaking.engine.weights import Shape
from server.matchmaking.engine.wording import WORDS, Names, Reader, category_name, fit_words, one_line, sentence
from server.programs.states import ProgramType
from tests.server.matchmaking.engine.populations import FREE, MORNINGS, WEIGHTS, mentee, mentor

NAMES = Names(mentor="Idris", mentee="Noor")


def told(mentors: dict[str, Any], mentees: dict[str, Any], weights: Weights = WEIGHTS) -> Explanation:
    people = mentor("Idris", **mentors), mentee("Noor", **mentees)
    return run_matching(Pool(people), FREE, weights).explain("Idris", "Noor")


def words(explanation: Explanation, reader: Reader = Reader.MENTEE) -> list[str]:
    return [one_line(reason, NAMES, reader) for reason in explanation.reasons]


RICH = (
    {"skill_tags": ("Leading stakeholders", "SQL"), "role_years": 6.0, "department": "Operations", "grade": 7}
    | {"availability": MORNINGS[1] | MORNINGS[2], "utc_offset_min": 180},
    {"goal_tags": ("leading-stakeholders",), "department": "Product", "grade": 5}
    | {"availability": MORNINGS[1] | MORNINGS[2], "utc_offset_min": 0},
)


def test_three_reasons_come_with_data_and_weight() -> None:
    explanation = told(*RICH)
    assert [(reason.category, reason.weight) for reason in explanation.reasons] == [
        (Category.GOALS, 0.28),
        (Category.AVAILABILITY, 0.14),
        (Category.STAGE, 0.12),
    ]
    assert words(explanation)[:2] == [
        "Your goal is what Idris offers: leading-stakeholders, 6 years in this role",
        "You share 8 free hours a week: Tuesday and Wednesday",
    ]


def test_each_reader_reads_about_the_other_by_name() -> None:
    goal = told(*RICH).reasons[0]
    assert [sentence(goal, NAMES, reader).title for reader in Reader] == [
        "Your goal is what Idris offers",
        "You offer what Noor wants to learn",
        "Idris offers what Noor wants to learn",
    ]


@pytest.mark.parametrize("code", ReasonCode)
@pytest.mark.parametrize("reader", Reader)
@pytest.mark.parametrize("count", [1, 3])
def test_every_code_has_words_without_gender_or_holes(code: ReasonCode, reader: Reader, count: int) -> None:
    params = {
        "tags": ["SQL", "Strategy"],
        "course": "SQL in a week",
        "years": count,
        "levels": count,
        "hours": count,
        "days": [2, 3],
        "city": "Lisbon",
        "mentor_is_ahead": count > 1,
        "sessions": count,
        "mentor_department": "Operations",
        "mentee_department": "Product",
        "same": count > 1,
        "answers": 40,
        "kept": 60,
        "languages": ["en"],
        "life_stage": "parent",
    }
    if code is ReasonCode.HOURS_APART:
        params["hours"] = count + 2.5
    line = one_line(Reason(code, Category.GOALS, 0.2, 50, params), NAMES, reader)
    assert line
    assert not {"he", "she", "his", "her", "him"} & set(line.lower().replace("'", " ").split())
    assert not set("{}") & set(line)
    assert "1 " not in line, "one is written as a word or in the singular"


def test_every_code_has_words() -> None:
    assert set(WORDS) == set(ReasonCode)
    assert len({category_name(name) for name in CATEGORIES}) == 9


@pytest.mark.parametrize(
    ("mentors", "mentees", "code"),
    [
        ({"utc_offset_min": 180}, {"utc_offset_min": 0}, ReasonCode.HOURS_APART),
        ({"availability": 0b1}, {"availability": 0b1}, ReasonCode.FEW_SHARED_HOURS),
        ({"department": "A"}, {"department": "A"}, ReasonCode.SAME_DEPARTMENT),
        ({"department": "A"}, {"department": "B", "pref_department": "same"}, ReasonCode.DEPARTMENT_NOT_AS_ASKED),
        ({"response_rate": 0.3}, {}, ReasonCode.SLOW_ANSWERS),
        ({"noshow_rate": 0.4}, {}, ReasonCode.SLOW_ANSWERS),
        ({"languages": ("en",)}, {"languages": ("pt",)}, ReasonCode.NO_SHARED_LANGUAGE),
    ],
)
def test_a_real_reservation_is_worth_knowing(
    mentors: dict[str, Any], mentees: dict[str, Any], code: ReasonCode
) -> None:
    caution = told(mentors, mentees).caution
    assert caution is not None
    assert caution.code is code
    assert code not in [reason.code for reason in told(mentors, mentees).reasons]


@pytest.mark.parametrize("mentors", [None, 0.3, 0.7, 0.9])
@pytest.mark.parametrize("mentees", [None, 0.1, 0.9])
def test_of_reliability_the_two_read_only_what_speaks_for_it(mentors: float | None, mentees: float | None) -> None:
    explanation = told({"response_rate": mentors, "noshow_rate": 0.05}, {"response_rate": mentees})
    everything = [*explanation.factors, *explanation.reasons, *filter(None, [explanation.caution])]
    known = mentors in (None, 0.9) and mentees != 0.1
    for reader in (Reader.MENTEE, Reader.MENTOR):
        read = [one for one in told_to(everything, reader) if one.category is Category.BEHAVIOUR]
        assert bool(read) is known, "where nothing stands, it may be that nothing is known"
        assert {one.code for one in read} <= {ReasonCode.ANSWERS}
        assert all(one.fit >= 100 * USUAL_RELIABILITY - 0.01 for one in read), "no number gives the other one away"
        assert not any(sign.isdigit() for one in read for sign in one_line(one, NAMES, reader))
    (row,) = (one for one in told_to(explanation.factors, Reader.MANAGER) if one.category is Category.BEHAVIOUR)
    assert known or "Idris" not in one_line(row, NAMES, Reader.MANAGER)


def test_what_both_like_is_named_and_an_open_question_is_as_usual() -> None:
    often, open_, direct = 0.0, None, 0.0
    both = {"languages": ("en",), "style": (often, open_, direct)}
    alone = rescaled({Category.STYLE: 1.0}, ProgramType.ONE_TO_ONE, "alone")
    (reason,) = told(both, both, alone).reasons
    assert [sentence(reason, NAMES, reader).title for reader in (Reader.MENTOR, Reader.MANAGER)] == [
        "You both like short and frequent talks and direct feedback",
        "Both like short and frequent talks and direct feedback",
    ]
    fits = [
        told(both, {**both, "style": style}, alone).fit
        for style in ((1.0, None, 1.0), (1.0, None, 0.0), (None, 0.0, None), None, (0.0, None, None), (0.0, 1.0, 0.0))
    ]
    assert fits == sorted(fits)
    assert fits[2] == fits[3], "who says what the other left open said nothing about the two"


def test_a_mentor_who_offers_none_of_what_is_wanted_is_said_to() -> None:
    near, other = np.eye(2, 256, dtype=np.float32)
    partly = (0.25 * near + (1 - 0.25**2) ** 0.5 * other).astype(np.float32)
    wish = {"goal_tags": ("Rust", "iOS"), "goal_vector": partly}
    caution = told({"skill_tags": ("SQL",), "skill_vector": near}, wish).caution
    assert caution is not None
    assert sentence(caution, NAMES, Reader.MENTEE) == ("Idris does not offer all you want", "not Rust and iOS")


@pytest.mark.parametrize(("years", "told_of"), [(2.0, False), (3.0, True)])
def test_few_years_are_no_reason(years: float, told_of: bool) -> None:
    reasons = told({"role_years": years, "tenure_years": years, "grade": 7}, {"grade": 5}).reasons
    assert (ReasonCode.EXPERIENCE in [reason.code for reason in reasons]) is told_of
    level = next(one_line(reason, NAMES, Reader.MENTEE) for reason in reasons if reason.category is Category.STAGE)
    assert ("years in the organisation" in level) is told_of


def test_hours_apart_are_said_from_both_sides() -> None:
    caution = told({"utc_offset_min": 180}, {"utc_offset_min": 0}).caution
    assert caution is not None
    assert sentence(caution, NAMES, Reader.MENTEE).detail == "Idris is 3 hours ahead of you"
    assert sentence(caution, NAMES, Reader.MENTOR).detail == "You are 3 hours ahead of Noor"


def test_nothing_known_gives_neither_reason_nor_caution() -> None:
    explanation = told({}, {})
    assert (explanation.reasons, explanation.caution) == ((), None)
    assert {row.code for row in explanation.factors} == {ReasonCode.NOT_KNOWN, ReasonCode.NOTHING_ASKED}


def test_days_are_those_of_the_mentees_own_clock() -> None:
    sunday_night_utc = 0b1111 << 332
    row = told({"availability": sunday_night_utc}, {"availability": sunday_night_utc, "utc_offset_min": 330})
    assert next(one for one in row.factors if one.category is Category.AVAILABILITY).params["days"] == [1]


def test_the_same_department_is_a_reason_for_a_newcomer() -> None:
    near = told({"department": "A"}, {"department": "A"}, weights_for(ProgramType.ONBOARDING))
    assert ReasonCode.SAME_DEPARTMENT in [reason.code for reason in near.reasons]
    assert near.caution is None


def test_reverse_mentoring_looks_down_the_ladder() -> None:
    weights = weights_for(ProgramType.REVERSE)
    junior, senior = told({"grade": 3}, {"grade": 5}, weights), told({"grade": 7}, {"grade": 5}, weights)
    assert junior.fit > senior.fit
    assert junior.reasons[0].code is ReasonCode.GRADES_BEHIND


@pytest.mark.parametrize(
    ("fit", "expected"),
    [(80, "Strong fit"), (79.5, "Strong fit"), (79.4, "Good fit"), (65, "Good fit"), (64.4, "Possible fit")],
)
def test_fit_words_agree_with_the_number_shown(fit: float, expected: str) -> None:
    assert fit_words(fit) == expected


@pytest.mark.parametrize("kind", ProgramType)
def test_factory_weights_are_whole(kind: ProgramType) -> None:
    weights = weights_for(kind)
    assert sum(weights.vector) == pytest.approx(1)
    assert min(weights.vector) > 0


@pytest.mark.parametrize(
    ("change", "problem"),
    [({Category.GOALS: 0.9}, "add up to"), ({Category.GOALS: -0.1, Category.STAGE: 0.5}, "below 0")],
)
def test_weights_that_are_not_whole_are_refused(change: dict[Category, float], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Weights(MappingProxyType({**WEIGHTS.shares, **change}), Shape(2))
    with pytest.raises(ValueError, match="No weight for STYLE"):
        Weights({name: 0.125 for name in CATEGORIES if name is not Category.STYLE}, Shape(2))


def test_own_amounts_become_shares_and_scaling_them_changes_no_pair() -> None:
    amounts = dict.fromkeys(CATEGORIES, 3.0)
    one, ten = (
        rescaled({name: factor * amount for name, amount in amounts.items()}, ProgramType.PEER, "own")
        for factor in (1, 10)
    )
    assert one.vector == pytest.approx(ten.vector)
    with pytest.raises(ValueError, match="above 0"):
        rescaled({}, ProgramType.PEER, "own")


def test_confidence_says_what_it_rests_on() -> None:
    history = (PastPair("x", "y", accepted=True), PastPair("x", "z", accepted=False), PastPair("x", "w"))
    result = run_matching(Pool((mentor("a"), mentee("b")), history=history), replace(FREE, repeat=False), WEIGHTS)
    assert result.calibration == Calibration(calibrated=False, based_on=2)


def test_the_prior_is_what_it_is_said_to_be() -> None:
    p_accept, confidence = expect_from_score(np.array([0.6, 0.8]))
    assert p_accept == pytest.approx([0.52, 0.75], abs=0.01)
    assert confidence / p_accept == pytest.approx([0.75, 0.85], abs=0.01)


@pytest.mark.parametrize(
    ("similarity", "code", "is_caution"),
    [
        (0.5, ReasonCode.GOAL_CLOSE, False),
        (0.2, ReasonCode.GOAL_PARTLY, False),
        (0.1, ReasonCode.GOAL_FAR, True),
    ],
)
def test_words_are_close_partly_or_far(similarity: float, code: ReasonCode, is_caution: bool) -> None:
    goal, skill = np.zeros((2, 256), np.float32)
    goal[0] = 1
    skill[:2] = similarity, np.sqrt(1 - similarity**2)
    explanation = told({"skill_vector": skill}, {"goal_vector": goal})
    assert explanation.factors[0].code is code
    assert (explanation.caution is not None) is is_caution


@pytest.mark.parametrize(("mentors", "mentees", "reader", "line"), [
    ({"skill_tags": ("Delegation",)}, {"goal_meant": ("Delegation",)}, Reader.MENTEE,
     "What you wrote is close to what Idris offers: Delegation"),
    ({"skill_meant": ("Delegation",)}, {"goal_meant": ("Delegation",)}, Reader.MENTOR,
     "What Noor wrote is close to what you offer: Delegation"),
    ({"skill_meant": ("Delegation",)}, {"goal_tags": ("Delegation",)}, Reader.MENTEE,
     "What Idris wrote is close to your goal: Delegation"),
    ({"skill_meant": ("Delegation",)}, {"goal_tags": ("delegation",)}, Reader.MANAGER,
     "What Idris wrote is close to Noor's goal: delegation"),
    ({"skill_meant": ("Delegation",)}, {"skill_tags": ("Delegation",)}, Reader.MENTOR,
     "What you and Noor wrote is about the same field: Delegation"),
])
def test_what_was_read_out_of_words_is_said_to_be_so(
    mentors: dict[str, Any], mentees: dict[str, Any], reader: Reader, line: str
) -> None:
    assert line in words(told(mentors, mentees), reader)


def test_what_both_chose_is_told_before_what_was_read_out_of_words() -> None:
    explanation = told({"skill_tags": ("SQL",), "skill_meant": ("Delegation",)}, {"goal_tags": ("SQL", "Delegation")})
    assert explanation.factors[0].code is ReasonCode.GOAL_OFFERED
    assert explanation.factors[0].params["tags"] == ["SQL"]
    assert explanation.caution is None, "what somebody wrote about is not told to be missing"


def test_a_language_has_its_name_and_an_unknown_word_stays() -> None:
    reason = Reason(ReasonCode.SHARED_LANGUAGES, Category.STYLE, 0.2, 50, {"languages": ["pt", "Klingon"]})
    assert "Portuguese and Klingon" in one_line(reason, NAMES, Reader.MENTEE)
