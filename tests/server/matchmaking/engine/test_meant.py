"""Competencies that were read out of words: they count for less than chosen ones, and never against anybody."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.matchmaking.engine import Participant, Pool, weights_for
from server.matchmaking.engine.columns import MEANT_WORTH, beside, build
from server.matchmaking.engine.factor import build_factors, score
from server.matchmaking.engine.features import pair_features
from server.programs.states import ParticipantRole, ProgramType
from tests.chance import LONG
from tests.server.matchmaking.engine.populations import TAGS, WEIGHTS, anybody, mentee, mentor


def fit(one: Participant, other: Participant) -> float:
    factors = build_factors(build(Pool((one, other))), WEIGHTS)
    return float(100 * score(factors.fits(np.array([0]), np.array([0])), WEIGHTS)[0])


def test_a_tag_read_out_of_words_lifts_the_fit_by_half_of_a_chosen_one() -> None:
    told = mentee("e", goal_tags=("SQL", "Delegation"), goal_text="x")
    none, chosen = fit(mentor("m", skill_tags=("Go",)), told), fit(mentor("m", skill_tags=("Delegation",)), told)
    meant = fit(mentor("m", skill_tags=("Go",), skill_meant=("Delegation",)), told)
    assert meant - none == pytest.approx(MEANT_WORTH * (chosen - none), abs=0.01)


def test_a_tag_both_chosen_and_read_out_counts_once_as_chosen() -> None:
    plain = build(Pool((mentor("m", skill_tags=("SQL",)),)))
    double = build(Pool((mentor("m", skill_tags=("SQL",), skill_meant=("sql",)),)))
    assert double.mentors.skills.toarray().tolist() == plain.mentors.skills.toarray().tolist() == [[1.0]]


def test_shares_stay_shares() -> None:
    pool = Pool((mentor("m", skill_tags=("A", "B")), mentee("e", goal_tags=("A",), goal_meant=("B", "C"))))
    columns = build(pool)
    factors = build_factors(columns, weights_for(ProgramType.ONE_TO_ONE))
    numbers = pair_features(columns, factors, np.array([0]), np.array([0])).of(0)
    assert numbers["shared_goal_tags"] == 1 + MEANT_WORTH
    assert numbers["share_of_goals_offered"] == pytest.approx(0.75)


@settings(max_examples=400 if LONG else 15, deadline=None)
@given(
    st.integers(0, 2**32), st.sampled_from(["goal_meant", "skill_meant"]), st.sets(st.sampled_from(TAGS)), st.booleans()
)
def test_nothing_read_out_of_words_lowers_a_fit(seed: int, field: str, tags: set[str], of_mentor: bool) -> None:
    dice = Random(seed)
    one, other = (_silent(anybody(dice, role, name, None)) for role, name in
                  ((ParticipantRole.MENTOR, "m"), (ParticipantRole.MENTEE, "e")))
    before = fit(one, other)
    more = replace(one if of_mentor else other, **{field: tuple(tags)})
    assert (fit(more, other) if of_mentor else fit(one, more)) >= before - 1e-6


def test_vectors_may_be_as_wide_as_their_encoder_makes_them() -> None:
    wide = np.full(384, 384**-0.5, np.float32)
    mentors = (mentor("m", skill_vector=wide), mentor("n"))
    columns = build(Pool((*mentors, mentee("e", goal_vector=wide))))
    assert columns.mentors.skill_vectors.shape == (2, 384)
    beside_them = beside(columns, [mentee("f")], Pool((*mentors, mentee("f"))))
    assert beside_them.mentees.goal_vectors.shape == (1, 384)
    assert fit(mentors[0], mentee("e", goal_vector=wide)) > fit(mentors[1], mentee("e", goal_vector=wide))


def _silent(one: Participant) -> Participant:
    """Somebody of whose words, which are there, nothing was read yet."""
    known = {name: SOMETHING if getattr(one, name) is None else getattr(one, name) for name in
             ("goal_vector", "skill_vector")}
    return replace(one, capacity=1, goal_meant=(), skill_meant=(), **known)


SOMETHING = np.full(256, 1 / 16, np.float32)
