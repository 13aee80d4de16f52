"""Why a wish was not met, and what would open more doors: said by the engine, and true when it is tried."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from server.matchmaking.engine import Calibration, Outlook, Pool, RuleCode, RuleSet, Standing, run_matching
from server.matchmaking.engine.features import feature_names
from server.matchmaking.engine.learning.model import Line, Linear, Model
from server.matchmaking.engine.living.advice import Advice, Kind, advice
from server.matchmaking.engine.living.whynot import WhyCode, WhyNot, unmet_wishes, why_not
from server.matchmaking.engine.living.words import unmet_words
from server.matchmaking.engine.score import Stage
from server.matchmaking.engine.wording import GOOD_FIT
from tests.chance import LONG
from tests.server.matchmaking.engine.populations import FREE, MORNINGS, WEIGHTS, mentee, mentor, pools, rule_sets

some = settings(max_examples=60 if LONG else 8, deadline=None)


@some
@given(pools(), rule_sets())
def test_each_wish_is_met_or_has_a_reason_and_what_it_would_cost_is_true(pool: Pool, rules: RuleSet) -> None:
    rules = replace(rules, wait_bonus=0.0)
    result = run_matching(pool, rules, WEIGHTS)
    made = {(pair.mentor, pair.mentee) for pair in result.pairs}
    for told in unmet_wishes(result):
        assert (told.mentor, told.mentee) not in made
        forbidden = result.rules_against(told.mentor, told.mentee)
        assert (told.code is WhyCode.RULE) == bool(forbidden)
        if told.code is WhyCode.BETTER_FOR_ALL and told.points:
            forced = Standing(pins=frozenset({(told.mentor, told.mentee)}))
            other = run_matching(pool, rules, WEIGHTS, standing=forced)
            whole = sum(1 + pair.fit / 100 for pair in other.pairs)
            assert whole <= sum(1 + pair.fit / 100 for pair in result.pairs) - told.points / 100 + 2e-3


def test_a_rule_is_named() -> None:
    pool = Pool((mentor("m"), mentee("e", manager="m", prefers=("m",))))
    result = run_matching(pool, RuleSet(), WEIGHTS)
    assert list(unmet_wishes(result)) == [WhyNot("e", "m", WhyCode.RULE, RuleCode.REPORTING_LINE)]


def test_the_place_went_to_somebody_whom_it_fits_better_by_so_many_points() -> None:
    wants = {"goal_tags": ("SQL",), "languages": ("en",)}
    pool = Pool((
        mentor("m", skill_tags=("SQL",), languages=("en",)),
        mentee("best", **wants), mentee("other", goal_tags=("Strategy",), languages=("en",), prefers=("m",)),
    ))
    result = run_matching(pool, FREE, WEIGHTS)
    told = why_not(result, "m", "other")
    fits = [result.explain("m", who).fit for who in ("best", "other")]
    assert told is not None
    assert (told.code, told.points) == (WhyCode.FITS_OTHERS_BETTER, pytest.approx(fits[0] - fits[1], abs=0.1))
    assert why_not(result, "m", "best") is None


def test_who_waits_for_the_limit_of_the_group_reads_so_though_the_mentor_is_free() -> None:
    pool = Pool((mentor("m1"), mentor("m2"), mentee("a", waited_cycles=1), mentee("b", prefers=("m1", "m2"))))
    result = run_matching(pool, replace(FREE, max_pairs=1), WEIGHTS)
    (pair,) = result.pairs
    left, free = "ab".replace(pair.mentee, ""), "m1" if pair.mentor == "m2" else "m2"
    told = why_not(result, free, left)
    assert told == WhyNot(left, free, WhyCode.COHORT_LIMIT)
    assert unmet_words(told.code, None, None, to_mentee=True) == "The group has as many pairs as it may have."


def test_where_models_chose_nothing_is_said_to_be_as_good() -> None:
    names = feature_names()
    ahead = Linear(names, np.zeros(len(names)), np.ones(len(names)), -5.0 * (np.array(names) == "mentor_sessions"), 1.0)
    accept = Model(ahead, "none", Line(1.0, 0.0))
    outlook = Outlook(Calibration(True, 200), {Stage.ACCEPT: accept}, "learned.1", WEIGHTS)
    pool = Pool((mentor("m1", sessions_prior=30), mentor("m2"), mentee("e", prefers=("m1",))))
    result = run_matching(pool, FREE, WEIGHTS, outlook=outlook)
    assert [pair.mentor for pair in result.pairs] == ["m2"]
    told = why_not(result, "m1", "e")
    assert told is not None
    assert told.code is WhyCode.MORE_EXPECTED
    assert "more to all" in unmet_words(told.code, None, None, to_mentee=True)


def test_nothing_is_said_to_be_expected_of_what_was_not_weighed() -> None:
    """Equals, pairs that stood before the run, and pairs that the models were not asked about."""
    names = feature_names()
    alike = Model(Linear(names, *np.zeros((3, len(names))), 1.0), "none", Line(1.0, 0.0))
    outlook = Outlook(Calibration(True, 200), {Stage.ACCEPT: alike, Stage.MEET: alike}, "learned.1")
    pool = Pool((mentor("m1", sessions_prior=30), mentor("m2"), mentee("a"), mentee("b")))
    equal = run_matching(Pool(pool.participants[:3]), FREE, WEIGHTS, outlook=replace(outlook, models=dict.fromkeys(
        Stage, alike), usual=WEIGHTS))
    told = why_not(equal, "m2" if equal.pairs[0].mentor == "m1" else "m1", "a")
    assert told is not None
    assert told.code in (WhyCode.BETTER_FOR_ALL, WhyCode.OWN_FITS_BETTER)
    assert "no worse" in unmet_words(WhyCode.BETTER_FOR_ALL, None, None, to_mentee=True)
    pinned = run_matching(
        pool, FREE, WEIGHTS, outlook=outlook, standing=Standing(pins=frozenset({("m1", "a"), ("m2", "b")}))
    )
    assert why_not(pinned, "m1", "b") == WhyNot("b", "m1", WhyCode.SETTLED)
    one = run_matching(pool, FREE, WEIGHTS, outlook=outlook, standing=Standing(pins=frozenset({("m1", "a")})))
    assert why_not(one, "m1", "b") == WhyNot("b", "m1", WhyCode.NO_PLACE)
    short = run_matching(pool, FREE, WEIGHTS, outlook=outlook, candidates=1)
    (left,) = {"a", "b"} - {pair.mentee for pair in short.pairs}
    assert why_not(short, "m2", left) == WhyNot(left, "m2", WhyCode.NOT_WEIGHED)


def test_who_is_better_served_is_told_so() -> None:
    pool = Pool((
        mentor("m1", skill_tags=("SQL",)), mentor("m2", skill_tags=("Strategy",)), mentee("e", goal_tags=("SQL",)),
    ))
    told = why_not(run_matching(pool, FREE, WEIGHTS), "m2", "e")
    assert told is not None
    assert told.code is WhyCode.OWN_FITS_BETTER


def test_what_would_help_is_found_and_helps() -> None:
    rules = replace(FREE, common_language=True, min_overlap_half_hours=4)
    mentors = tuple(
        mentor(f"m{at}", skill_tags=("SQL",), languages=("de",) if at < 4 else ("en",), availability=MORNINGS[1],
               department="Research", grade=6)
        for at in range(6)
    )
    one = mentee("e", goal_tags=("SQL",), languages=("en",), availability=MORNINGS[1], department="Sales", grade=4)
    result = run_matching(Pool((*mentors, one)), rules, WEIGHTS)
    assert advice(result, ["e"])["e"] == (Advice(Kind.LANGUAGE, "de", 4),)
    late = replace(one, languages=("en", "de"), availability=MORNINGS[4])
    found = advice(run_matching(Pool((*mentors, late)), rules, WEIGHTS), ["e"])["e"]
    assert found == (Advice(Kind.TIME, "2 morning", 6),)
    helped = run_matching(Pool((*mentors, replace(late, availability=MORNINGS[1] | MORNINGS[4]))), rules, WEIGHTS)
    assert helped.pairs[0].fit >= GOOD_FIT


def test_nobody_is_advised_to_change_what_is_nobodys_to_change() -> None:
    pool = Pool((mentor("m", languages=("de",)), mentee("e")))
    assert advice(run_matching(pool, FREE, WEIGHTS), ["e"]) == {}, "nothing told, nothing to add to"
    line = Pool((mentor("m", languages=("en", "de")), mentee("e", languages=("en",), manager="m")))
    assert advice(run_matching(line, RuleSet(), WEIGHTS), ["e"]) == {}, "a reporting line stays one"
