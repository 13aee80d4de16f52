"""Eight types of programme on the same hundred records: what each asks for, and what sets it apart from the others."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from statistics import fmean

import pytest
from hypothesis import given

from server.matchmaking.engine import (
    CATEGORIES,
    Category,
    MatchingResult,
    Participant,
    PastPair,
    Pool,
    RuleSet,
    held_to,
    rules_for,
    run_matching,
    weights_for,
)
from server.matchmaking.engine.groups.circles import form_circles
from server.matchmaking.engine.groups.pairs.peers import PeersResult, pair_peers
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine.groups.crowds import wrong_inside
from tests.server.matchmaking.engine.plain import is_only_best, worths
from tests.server.matchmaking.engine.populations import FREE, everyone, participants, rule_sets, some
from tests.server.matchmaking.people import DataAbsent, real_people, synthetic_people

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
IN_THE_FIRM = ("company", "business_unit", "availability", "utc_offset_min", "city", "life_stage")


@cache
def records() -> Pool:
    """Real mentors' profiles and developers' wishes, each in a place of a made-up firm, at any level on both sides."""
    try:
        real = real_people(50, 50)
    except DataAbsent as absent:
        pytest.skip(str(absent))
    firm = synthetic_people(0, 100)
    managers = {f"P{at:06d}": one.id for at, one in enumerate(real)}
    people = []
    for at, (one, place) in enumerate(zip(real, firm, strict=True)):
        facts = {name: getattr(place, name) for name in IN_THE_FIRM}
        boss = managers.get(place.manager or "")
        people.append(replace(one, grade=1 + (at * 7) % 10, department=f"D{at % 6}", manager=boss, **facts))
    return Pool(tuple(people))


@cache
def matched(kind: ProgramType) -> MatchingResult:
    return run_matching(records(), rules_for(kind), weights_for(kind))


def couples(result: MatchingResult | PeersResult, pool: Pool) -> Iterator[tuple[Participant, Participant]]:
    """Mentor and mentee of each pair."""
    people = {one.id: one for one in pool.participants}
    return ((people[pair.mentor], people[pair.mentee]) for pair in result.pairs)


def gaps(kind: ProgramType) -> list[int]:
    return [(one.grade or 0) - (other.grade or 0) for one, other in couples(matched(kind), records())]


def mean_fit(kind: ProgramType, category: Category) -> float:
    return fmean(pair.fits[CATEGORIES.index(category)] for pair in matched(kind).pairs)


def same(kind: ProgramType, field: str) -> float:
    """The share of pairs alike in a field."""
    return fmean(getattr(one, field) == getattr(other, field) for one, other in couples(matched(kind), records()))


PAIRED = [kind for kind in ProgramType if kind not in (ProgramType.PEER, ProgramType.CIRCLE)]


@pytest.mark.parametrize("kind", PAIRED)
def test_each_type_pairs_the_same_records_and_breaks_no_rule_of_its_own(kind: ProgramType) -> None:
    result = matched(kind)
    assert len(result.pairs) >= 30
    assert result.certificate.violations == 0
    assert sum(result.weights.vector) == pytest.approx(1)


def test_no_two_types_choose_alike() -> None:
    chosen = {kind: frozenset((pair.mentor, pair.mentee) for pair in matched(kind).pairs) for kind in PAIRED}
    for one, other in combinations(PAIRED, 2):
        assert len(chosen[one] & chosen[other]) < 0.9 * len(chosen[one]), (one, other)


def test_reverse_turns_the_levels_round() -> None:
    assert max(gaps(ProgramType.REVERSE)) <= -1
    upward, downward = (sum(sign * gap > 0 for gap in gaps(ProgramType.ONE_TO_ONE)) for sign in (1, -1))
    assert upward > downward


def test_succession_looks_further_up_than_the_traditional_type() -> None:
    assert min(gaps(ProgramType.HIGH_POTENTIAL)) >= 1
    assert fmean(gaps(ProgramType.HIGH_POTENTIAL)) > fmean(gaps(ProgramType.ONE_TO_ONE))


def test_across_companies_nobody_meets_their_own() -> None:
    assert same(ProgramType.CROSS_COMPANY, "company") == 0
    assert same(ProgramType.ONE_TO_ONE, "company") > 0.1


def test_a_newcomers_guide_is_from_nearby_and_may_be_of_the_team() -> None:
    assert same(ProgramType.ONBOARDING, "department") > 2 * same(ProgramType.ONE_TO_ONE, "department")
    team = replace(records(), participants=tuple(replace(one, manager="boss") for one in records().participants))
    assert run_matching(team, rules_for(ProgramType.ONBOARDING), weights_for(ProgramType.ONBOARDING)).pairs
    assert not run_matching(team, rules_for(ProgramType.ONE_TO_ONE), weights_for(ProgramType.ONE_TO_ONE)).pairs


def test_a_flash_question_goes_to_who_knows_the_answer_and_again_after_three_months() -> None:
    for kind in set(PAIRED) - {ProgramType.FLASH}:
        assert mean_fit(ProgramType.FLASH, Category.GOALS) > mean_fit(kind, Category.GOALS), kind
    known = [(one.who, other.who) for one, other in couples(matched(ProgramType.FLASH), records())]
    for kind, months, repeated in (
        (ProgramType.FLASH, 4.0, True),
        (ProgramType.FLASH, 2.0, False),
        (ProgramType.ONE_TO_ONE, 40.0, False),
    ):
        past = tuple(PastPair(*pair, months_ago=months) for pair in known)
        result = run_matching(replace(records(), history=past), rules_for(kind), weights_for(kind))
        again = {(pair.mentor, pair.mentee) for pair in result.pairs} & set(known)
        assert bool(again) is repeated, (kind, months)


def test_peers_are_of_one_stage_and_never_of_one_team() -> None:
    peers = pair_peers(records(), rules_for(ProgramType.PEER), weights_for(ProgramType.PEER))
    made = list(couples(peers, records()))
    assert len(made) >= 45
    assert all((one.manager != other.manager or not one.manager) and one.who != other.who for one, other in made)
    apart = fmean(abs((one.grade or 0) - (other.grade or 0)) for one, other in made)
    assert apart < 1.5 < fmean(map(abs, gaps(ProgramType.ONE_TO_ONE)))


def test_circles_hold_people_who_complement_each_other_without_a_line_of_command() -> None:
    members = tuple(replace(one, role=MENTEE) for one in records().participants)
    pool, rules = replace(records(), participants=members), rules_for(ProgramType.CIRCLE)
    result, people = form_circles(pool, rules, weights_for(ProgramType.CIRCLE)), {one.id: one for one in members}
    assert sum(len(circle.members) for circle in result.circles) >= 90
    for circle in result.circles:
        assert wrong_inside(pool, rules, [people[name] for name in circle.members]) == []
        assert circle.times
    assert fmean(bool(circle.goals) for circle in result.circles) > 0.5, "half of these people told goals"


MEANT = {
    ProgramType.PEER: {"same_team": True}, ProgramType.CIRCLE: {"reporting_line": True, "reporting_depth": None},
    ProgramType.CROSS_COMPANY: {"company": "different"},
}


@pytest.mark.parametrize("kind", ProgramType)
@given(rule_sets())
def test_what_a_type_cannot_be_without_holds_whatever_is_set_and_nothing_else_is_touched(
    kind: ProgramType, rules: RuleSet
) -> None:
    held = held_to(kind, rules)
    assert held_to(kind, held) == held
    assert held_to(kind, rules_for(kind)) == rules_for(kind)
    if kind is ProgramType.REVERSE:
        least, most = held.grade_gap or (0, 0)
        assert -9 <= least <= most <= -1, "every mentor stands below"
        assert replace(held, grade_gap=rules.grade_gap) == rules
    else:
        assert held == replace(rules, **MEANT.get(kind, {}))


ONE_SIDED = {
    "goal_tags": (), "goal_meant": (), "skill_tags": (), "skill_meant": (), "goal_vector": None, "skill_vector": None,
    "prefers": (),
}
ONLY_MUTUAL = {**ONE_SIDED, "response_rate": None, "sessions_prior": None, "pref_department": "any"}


@some
@given(participants())
def test_reverse_with_roles_exchanged_mirrors_traditional_with_the_gap_negated(people: tuple[Participant, ...]) -> None:
    """What one side wants of the other is left out: it has no mirror. Everything else has."""
    plain = tuple(replace(one, capacity=1, waited_cycles=0, **ONLY_MUTUAL) for one in people)
    turned = tuple(replace(one, role=MENTEE if one.role is MENTOR else MENTOR) for one in plain)
    shares, gap = weights_for(ProgramType.ONE_TO_ONE), (-2, 7)
    reverse = replace(shares, shape=weights_for(ProgramType.REVERSE).shape)
    rules = replace(FREE, grade_gap=gap)
    first = run_matching(Pool(plain), rules, shares)
    second = run_matching(Pool(turned), replace(FREE, grade_gap=(-gap[1], -gap[0])), reverse)
    assert second.certificate.value == pytest.approx(first.certificate.value, abs=1e-3)
    pairs = [(one.id, other.id) for one, other in everyone(Pool(plain))]
    mirrors = second.explain_many([pair[::-1] for pair in pairs])
    for one, other in zip(first.explain_many(pairs), mirrors, strict=True):
        assert [row.fit for row in other.factors] == pytest.approx([row.fit for row in one.factors], abs=2e-3)
        assert first.rules_against(one.mentor, one.mentee) == second.rules_against(one.mentee, one.mentor)
    made = [(pair.mentor, pair.mentee) for pair in first.pairs]
    if is_only_best(Pool(plain), rules, worths(Pool(plain), rules, shares), made, margin=1e-3):
        assert {(pair.mentee, pair.mentor) for pair in second.pairs} == set(made)
