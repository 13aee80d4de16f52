"""Whom rules mean: the database says the same as plain Python, on both engines, and never anybody from elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.errors import Conflict, Refused
from server.kernel.facts import OutboxEvent
from server.people.models import Course, CourseCompletion, Organization, Person
from server.people.states import PersonStatus
from server.programs.audience import queries
from server.programs.audience.actions import invite_meant
from server.programs.audience.rules import AUDIENCE_PART, Rule, Rules, contradictions, rules_of
from server.programs.audience.states import COUNTED, MOST, Fact, Fit, How, Side, ways_for
from server.programs.audience.words import in_words
from server.programs.states import EnrollmentState, ParticipantRole, ProgramType
from tests import factories

VALUES: Mapping[Fact, tuple[str, ...]] = {
    Fact.DEPARTMENT: ("Pricing", "Field Operations", ""), Fact.BUSINESS_UNIT: ("North", ""), Fact.COMPANY: ("A", "B"),
    Fact.LOCATION: ("Porto", "Leeds"), Fact.COUNTRY: ("PT", "GB"), Fact.JOB_FAMILY: ("Sales", "Data"),
    Fact.STATUS: ("ACTIVE", "LEAVE"), Fact.COURSE: ("first", "second"),
}
MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
NUMBERS = st.sampled_from((0, 1, 30, 89, 90, 91, 365))


def rule_for(fact: Fact) -> st.SearchStrategy[Rule]:
    how = st.sampled_from(ways_for(fact))
    if fact in MOST:
        return st.builds(Rule, st.just(fact), how, NUMBERS)
    if fact is Fact.MANAGES:
        return st.builds(Rule, st.just(fact), how, st.booleans())
    texts = st.lists(st.sampled_from([one for one in VALUES[fact] if one]), min_size=1, max_size=2, unique=True)
    return st.builds(Rule, st.just(fact), how, texts.map(tuple))


RULES = st.builds(
    Rules, st.sampled_from(Fit), st.lists(st.sampled_from(Fact).flatmap(rule_for), max_size=5).map(tuple)
)


async def crowd(organization: Organization, today: date, seed: int = 0) -> list[Person]:
    chance = Random(seed)
    days = (None, -10, 0, 1, 29, 30, 31, 89, 90, 91, 365, 3000)
    courses = [await Course.create(organization=organization, key=key, title=key) for key in VALUES[Fact.COURSE]]
    people = list[Person]()
    for _each in range(40):
        hired, moved = chance.choice(days), chance.choice(days)
        facts: dict[str, Any] = {
            fact.value: chance.choice(values) for fact, values in VALUES.items()
            if fact not in (Fact.COURSE, Fact.STATUS)
        }
        one = await factories.person(
            organization, **facts, status=chance.choice(list(PersonStatus)),
            seniority=chance.choice((None, 0, 1, 30, 89, 90, 91)), line_manager=chance.choice([None, *people]),
            hire_date=None if hired is None else today - timedelta(days=hired),
            role_start_date=None if moved is None else today - timedelta(days=moved),
        )
        people.append(one)
        for course in courses:
            if chance.random() < 0.4:
                await CourseCompletion.create(
                    organization_id=organization.id, person=one, course=course, completed_on=today)
    return people


def holds(rule: Rule, one: Person, people: list[Person], done: set[tuple[Any, str]], today: date) -> bool:
    """The plain meaning of a rule."""
    if rule.fact is Fact.MANAGES:
        led = any(other.line_manager_id == one.id and other.status is not PersonStatus.ENDED for other in people)
        return led is rule.value
    if rule.fact is Fact.COURSE:
        return any((one.id, text) in done for text in rule.texts) is (rule.how is How.IS)
    if rule.fact not in MOST:
        return (str(getattr(one, rule.fact)) in rule.texts) is (rule.how is How.IS)
    began = {Fact.TENURE_DAYS: one.hire_date, Fact.ROLE_DAYS: one.role_start_date}.get(rule.fact)
    number = (today - began).days if began else one.seniority if rule.fact is Fact.SENIORITY else None
    if number is None or number < 0:
        return False
    assert isinstance(rule.value, int)
    return {How.UNDER: number < rule.value, How.AT_MOST: number <= rule.value, How.AT_LEAST: number >= rule.value,
            How.OVER: number > rule.value}[rule.how]


@dataclass(frozen=True)
class World:
    """People of one organisation, and as many of another who must never be meant."""

    actor: Actor
    today: date
    people: list[Person]
    done: set[tuple[Any, str]]


@pytest.fixture
async def world(db: object) -> World:
    organization, elsewhere = await factories.organization(), await factories.organization()
    today = clock.today("UTC")
    people = await crowd(organization, today)
    await crowd(elsewhere, today)
    courses = await CourseCompletion.all().select_related("course")
    return World(system_actor(organization.id), today, people, {(one.person_id, one.course.key) for one in courses})


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=RULES)
async def test_the_database_means_whom_plain_python_means_and_nobody_from_elsewhere(
    world: World, rules: Rules
) -> None:
    asked = all if rules.fit is Fit.ALL else any
    expected = {
        one.id for one in world.people if one.status is not PersonStatus.ENDED and (
            not rules.rules or asked(holds(rule, one, world.people, world.done, world.today) for rule in rules.rules))
    }
    assert {one.id for one in await queries.meant(world.actor, rules, world.today)} == expected
    assert in_words(rules, {}).endswith(".")


async def test_what_a_page_tells_of_whom_rules_mean(db: object) -> None:
    organization = await factories.organization()
    actor, today = system_actor(organization.id), clock.today("UTC")
    for department, days in (("Pricing", 10), ("Pricing", 20), ("Pricing", 400), ("Data", 10), ("Data", 500)):
        await factories.person(organization, department=department, hire_date=today - timedelta(days=days))
    await factories.person(organization, department="Pricing", status=PersonStatus.ENDED, hire_date=today)
    program = await factories.program(organization, audience=AUDIENCE_PART.told({"people": [
        {"fact": "department", "how": "IS", "value": ["Pricing"]}, {"fact": "tenure_days", "how": "UNDER", "value": 90},
    ]}))
    rules = rules_of(program.audience, Side.PEOPLE)
    seen = await queries.meant_today(actor, rules)
    assert (seen.count, seen.everybody, seen.left, seen.departments) == (2, 5, [3, 2], [("Pricing", 2)])
    assert ([(one.place, one.count) for one in seen.outside], seen.nearest) == ([(0, 1), (1, 1)], None)
    assert (len(seen.some), {len(one.some) for one in seen.outside}) == (2, {1})
    assert in_words(rules, {}) == "Department is Pricing, and Time with us is under 90 days."
    meant = await queries.people_meant(actor, program.id)
    assert {one.id for one in meant} == {one.id for one in seen.some}
    assert await queries.is_meant(actor, program, meant[0])
    left_out = seen.outside[1].some[0]
    assert not await queries.is_meant(actor, program, left_out)
    assert await queries.kept_out_by(actor, program, left_out, Side.PEOPLE) == [1]
    assert len(await queries.people_meant(actor, program.id, Side.MENTORS)) == 5, "without rules, everybody"
    nobody = Rules(Fit.ALL, (*rules.rules, Rule(Fact.SENIORITY, How.AT_LEAST, 9)))
    seen = await queries.meant_today(actor, nobody)
    assert (seen.count, seen.left, seen.nearest, seen.outside) == (0, [3, 2, 0], (2, 2), [])
    looking = factories.manager_of(await factories.person(organization), program)
    unnamed = await queries.meant_today(looking, rules)
    assert (unnamed.count, unnamed.some) == (2, []), "who may not look people up sees how many, not who"


async def test_everybody_who_is_meant_is_invited_once_and_nobody_unseen(db: object) -> None:
    organization = await factories.organization()
    program = await factories.program(organization, audience=AUDIENCE_PART.told({"people": [
        {"fact": "department", "how": "IS", "value": ["Pricing"]}]}))
    cohort = await factories.cohort(program)
    manager = factories.manager_of(await factories.person(organization), program)
    people = [await factories.person(organization, department="Pricing") for _each in range(3)]
    await factories.person(organization, department="Pricing", status=PersonStatus.LEAVE)
    await factories.enrollment(cohort, people[0], MENTOR)
    cohort.program = program
    assert await (await queries.to_invite(manager, cohort, MENTEE)).count() == 2
    with pytest.raises(Conflict) as meanwhile:
        await invite_meant(manager, cohort.id, MENTEE, seen=3)
    assert meanwhile.value.kind == "changed_meanwhile"
    asked = await invite_meant(manager, cohort.id, MENTEE, seen=2)
    assert {(one.person_id, one.state) for one in asked} == {(one.id, EnrollmentState.INVITED) for one in people[1:]}
    assert await OutboxEvent.filter(kind="enrollment.invited").count() == 2
    assert await invite_meant(manager, cohort.id, MENTEE, seen=2) == []
    with pytest.raises(Refused):
        await invite_meant(factories.actor_of(people[0]), cohort.id, MENTEE, seen=2)


@pytest.mark.parametrize(("rules", "at"), [
    ([("tenure_days", "UNDER", 30), ("tenure_days", "OVER", 90)], 2),
    ([("tenure_days", "UNDER", 30), ("tenure_days", "AT_LEAST", 30)], 2),
    ([("tenure_days", "AT_MOST", 30), ("tenure_days", "AT_LEAST", 30)], 0),
    ([("department", "IS", ["A", "B"]), ("department", "IS", ["C"])], 2),
    ([("department", "IS", ["A"]), ("seniority", "UNDER", 4), ("department", "IS_NOT", ["B", "A"])], 3),
    ([("department", "IS", ["A", "B"]), ("department", "IS_NOT", ["A"])], 0),
    ([("manages", "IS", True), ("manages", "IS", False)], 2),
    ([("course", "IS", ["a"]), ("course", "IS_NOT", ["a"]), ("seniority", "UNDER", 4)], 0),
])
def test_rules_that_nobody_can_fit_are_told(rules: list[tuple[str, str, object]], at: int) -> None:
    people = [dict(zip(("fact", "how", "value"), rule, strict=True)) for rule in rules]
    audience = AUDIENCE_PART.told({"people": people})
    wrong = contradictions(ProgramType.ONE_TO_ONE, audience)
    assert list(wrong) == ([f"audience.people[{at}]"] if at else [])
    assert not contradictions(ProgramType.ONE_TO_ONE, AUDIENCE_PART.told({"people": people, "people_fit": "ANY"}))
    assert all(how in COUNTED for _fact, how, value in rules if type(value) is int)
