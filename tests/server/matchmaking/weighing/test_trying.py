"""Two settings on the same people, and how many people each rule touches."""

from dataclasses import replace

import pytest

from server.matchmaking.engine import Category, Participant, PastPair, Pool, RuleCode, RuleSet, Standing, weights_for
from server.matchmaking.gather import weights_from
from server.matchmaking.weighing.touching import touched
from server.matchmaking.weighing.trying import compare
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.people import synthetic_people

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
KIND = ProgramType.ONE_TO_ONE
FACTORY = weights_for(KIND)


@pytest.fixture(scope="module")
def people() -> Pool:
    return Pool(synthetic_people(24, 36))


def test_the_same_settings_move_nobody(people: Pool) -> None:
    found = compare(people, Standing(), KIND, (RuleSet(), FACTORY), (RuleSet(), FACTORY))
    assert (found.moved, found.example, found.now) == (0, None, found.was)
    assert found.now.placed == 36


def test_other_weights_move_people_and_tell_who_gained(people: Pool) -> None:
    times = weights_from(KIND, {Category.AVAILABILITY: 1}, "times")
    found = compare(people, Standing(), KIND, (RuleSet(), times), (RuleSet(), FACTORY))
    stood = {one.who for one in found.was.together}
    assert found.moved == sum(one.who not in stood for one in found.now.together) > 0
    assert found.example is not None
    assert found.example.who not in stood
    told = found.now.explain(found.example)
    assert told is not None
    assert told.fit == pytest.approx(found.example.fit)
    best, weakest = [one.fit for one in found.now.best], [one.fit for one in found.now.weakest]
    assert (len(best), len(weakest), best, weakest) == (5, 5, sorted(best, reverse=True), sorted(weakest))
    assert found.now.lowest == weakest[0]


@pytest.mark.parametrize("kind", [ProgramType.PEER, ProgramType.CIRCLE])
def test_peers_and_circles_are_tried_as_what_they_are(people: Pool, kind: ProgramType) -> None:
    found = compare(people, Standing(), kind, (RuleSet(), weights_for(kind)), (RuleSet(), weights_for(kind)))
    sizes = {len(one.who) for one in found.now.together}
    assert sizes == {2} if kind is ProgramType.PEER else sizes <= set(range(4, 9))
    assert found.now.placed == sum(len(one.who) for one in found.now.together)


def test_a_rule_that_leaves_nobody_is_seen(people: Pool) -> None:
    alike = Pool(tuple(replace(one, company="One") for one in people.participants))
    found = compare(alike, Standing(), KIND, (RuleSet(company="different"), FACTORY), (RuleSet(), FACTORY))
    assert found.leaves_nobody
    assert found.touched[RuleCode.COMPANY] == (36, 36)
    assert not compare(people, Standing(), KIND, (RuleSet(), FACTORY), (RuleSet(), FACTORY)).leaves_nobody


def test_each_rule_is_counted_alone_whether_on_or_off() -> None:
    mentors = [Participant("boss", MENTOR, team="a", grade=5, languages=("en",)), Participant("other", MENTOR)]
    mentees = [
        Participant("one", MENTEE, manager="boss", team="a", grade=5, languages=("de",)),
        Participant("two", MENTEE, grade=4, languages=("en",)),
        Participant("three", MENTEE, avoids=("boss",)),
    ]
    history = (PastPair("boss", "two", months_ago=5), PastPair("boss", "three", months_ago=50))
    pool = Pool((*mentors, *mentees), history=history)
    found = touched(pool, RuleSet(reporting_line=False, repeat_months=24))
    assert {code: tuple(count) for code, count in found.items()} == {
        RuleCode.REPORTING_LINE: (1, 0), RuleCode.SAME_TEAM: (1, 0), RuleCode.REPEAT: (1, 0), RuleCode.OVERLAP: (0, 0),
        RuleCode.LANGUAGE: (1, 0), RuleCode.GRADE_GAP: (1, 0), RuleCode.COMPANY: (0, 0),
    }
    alone = touched(replace(pool, participants=(mentors[0], *mentees)), RuleSet(repeat_months=24))
    assert alone[RuleCode.REPORTING_LINE] == (1, 1)
    assert alone[RuleCode.REPEAT] == (1, 1), "whom three avoids no rule keeps away"
