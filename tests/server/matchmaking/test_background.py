"""Courses, careers, past partners and talent data out of the records: each changes the score and a reason of a run, and
none does where it is not recorded, not agreed to, or not for this type of programme."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from server.goals.actions import add_milestone, save_goal
from server.goals.queries import goals_of
from server.goals.suggested.queries import suggested_steps
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.engine import Category, run_matching
from server.matchmaking.engine.wording import Names, Reader, one_line
from server.matchmaking.gather import Gathered, gather, rules_of, weights_of
from server.matchmaking.runs.actions import run_matching as run
from server.people import actions as people
from server.people.courses.actions import import_courses
from server.people.models import Competency, Organization, Person, PersonAttribute, PersonSkill, Profile
from server.people.states import ConsentPurpose, SkillSide, Source
from server.programs.actions import set_target_role
from server.programs.models import Cohort, Enrollment
from server.programs.states import ParticipantRole, ProgramType
from tests import factories

NAMES = Names("Idris", "Noor")
TALENT = ConsentPurpose.TALENT


@dataclass(frozen=True)
class Scene:
    """Idris mentors, Noor wants to learn, and nothing is known of their ways."""

    organization: Organization
    cohort: Cohort
    idris: Person
    noor: Person
    mentor: Enrollment
    mentee: Enrollment
    negotiation: Competency

    async def gathered(self) -> Gathered:
        return await gather(system_actor(self.organization.id), self.cohort)

    async def told(self) -> dict[Category | str, tuple[float, str]]:
        """Fit and words of each part, and of the whole under "" with the digest of the pool."""
        found, program = await self.gathered(), self.cohort.program
        result = run_matching(found.pool, rules_of(program), weights_of(program), standing=found.standing)
        pair = result.explain(str(self.mentor.id), str(self.mentee.id))
        rows = {one.category: (one.fit, one_line(one, NAMES, Reader.MANAGER)) for one in pair.factors}
        return {**rows, "": (pair.fit, found.digest)}


async def scene(kind: ProgramType = ProgramType.ONE_TO_ONE) -> Scene:
    org = await factories.organization()
    cohort = await factories.cohort(await factories.program(org, type=kind))
    idris = await factories.person(org, employee_id="7", department="Operations", seniority=7)
    noor = await factories.person(org, employee_id="8", department="Product", seniority=5)
    trade = await factories.competency(org, "Trade", key="trade")
    negotiation = await factories.competency(org, "Negotiation", key="neg", parent=trade)
    budgets = await factories.competency(org, "Budgets", parent=trade)
    for person, skill, side in (
        (noor, negotiation, SkillSide.WANTED), (idris, budgets, SkillSide.OFFERED),
        (noor, await factories.competency(org, "Python"), SkillSide.OFFERED),
    ):
        await PersonSkill.create(organization_id=org.id, person=person, competency=skill, side=side)
    await Profile.create(organization_id=org.id, person=noor, goal_text="I would like to move on to Design.")
    return Scene(
        org, cohort, idris, noor,
        await factories.enrollment(cohort, idris, ParticipantRole.MENTOR, capacity=9),
        await factories.enrollment(cohort, noor, ParticipantRole.MENTEE), negotiation,
    )


async def in_function(person: Person, *names: str) -> None:
    """Put somebody into functions, one after the other, each for five years."""
    for years, name in zip(range(5 * len(names), 0, -5), names, strict=True):
        await PersonAttribute.create(
            organization_id=person.organization_id, person=person, name="job_family", value=name, source=Source.FILE,
            valid_from=clock.now() - timedelta(days=365.25 * years),
        )
    await Person.filter(id=person.id).update(job_family=names[-1])


async def course_of_mentor(made: Scene) -> None:
    await import_courses(
        system_actor(made.organization.id),
        b"employee_id,course,completed_on\n7,Negotiation for buyers,2026-01-31\n", "done.csv",
    )


async def course_of_mentee(made: Scene) -> None:
    await import_courses(
        system_actor(made.organization.id),
        b"employee_id,course,completed_on,skills\n8,Sums,2026-01-31,Budgets\n", "done.csv",
    )


async def once_there(made: Scene) -> None:
    await in_function(made.idris, "Sales", "Law")
    await in_function(made.noor, "Sales")


async def where_it_leads(made: Scene) -> None:
    await in_function(made.idris, "Design")
    await in_function(made.noor, "Sales")


async def years_in_function(made: Scene) -> None:
    for person, years in ((made.idris, 12), (made.noor, 2)):
        started = clock.now().date() - timedelta(days=round(365.25 * years))
        await Person.filter(id=person.id).update(job_family=f"F{years}", role_start_date=started)


async def several_functions(made: Scene) -> None:
    await in_function(made.idris, "Sales", "Purchasing", "Law")


async def many_partners(made: Scene, department: str = "Product") -> None:
    earlier = await factories.cohort(made.cohort.program)
    seat = await factories.enrollment(earlier, made.idris, ParticipantRole.MENTOR, capacity=9)
    for at in range(5):
        other = await factories.person(made.organization, department=department)
        state = MatchState.COMPLETED if at % 2 else MatchState.ACTIVE
        await factories.match(
            seat, await factories.enrollment(earlier, other, ParticipantRole.MENTEE), state=state,
            active_at=clock.now(),
        )


async def partners_of_a_team(made: Scene) -> None:
    boss = await factories.person(made.organization)
    await Person.filter(id=made.noor.id).update(line_manager_id=boss.id)
    await many_partners(made, "Elsewhere")
    await Person.filter(department="Elsewhere").update(line_manager_id=boss.id)


FACTS: list[tuple[Callable[[Scene], Awaitable[None]], Category, str, int]] = [
    (course_of_mentor, Category.GOALS, "Idris has completed a course on Noor's goal: Negotiation", 1),
    (course_of_mentee, Category.EXPERTISE, "Noor has completed a course in Idris's field: Budgets", 1),
    (once_there, Category.STAGE, "Idris once stood where Noor is: Sales", 1),
    (where_it_leads, Category.STAGE, "Idris has worked where Noor's goal leads: Design", 1),
    (years_in_function, Category.STAGE, "12 years in F12", 1),
    (several_functions, Category.ORGANISATION, "knows Law, Purchasing and Sales from within", 1),
    (many_partners, Category.HISTORY, "many in Noor's department: 5 people so far", -1),
    (partners_of_a_team, Category.HISTORY, "many in Noor's team: 5 people so far", -1),
]


@pytest.mark.parametrize(("given", "category", "words", "way"), FACTS, ids=lambda part: getattr(part, "__name__", None))
async def test_each_fact_changes_the_score_a_reason_and_the_digest(
    db: object, given: Callable[[Scene], Awaitable[None]], category: Category, words: str, way: int
) -> None:
    made = await scene()
    before = await made.told()
    await given(made)
    after = await made.told()
    assert (after[category][0] - before[category][0]) * way > 0
    assert words in after[category][1]
    assert words not in before[category][1]
    assert before[""][1] != after[""][1]


async def test_facts_of_another_organisation_are_not_read(db: object) -> None:
    made, elsewhere = await scene(), await scene()
    before = await made.told()
    for given, *_rest in FACTS:
        await given(elsewhere)
    assert await made.told() == before


async def test_talent_data_counts_with_consent_of_both_in_its_type_alone(db: object) -> None:
    made, plain = await scene(ProgramType.HIGH_POTENTIAL), await scene()
    for one in (made, plain):
        product = system_actor(one.organization.id)
        await people.publish_consent_text(product, TALENT, "Let my employer's rating of me count in the matching")
    for one in (made, plain):
        before = await one.told()
        await Person.filter(organization_id=one.organization.id).update(performance_rating=4.5)
        assert await one.told() == before, "nobody agreed"
        await people.record_consents(factories.actor_of(one.noor), {TALENT: True})
        alone = await one.told()
        assert [alone[name] for name in Category] == [before[name] for name in Category], "one of the two agreed"
        await people.record_consents(factories.actor_of(one.idris), {TALENT: True})
        after = await one.told()
        if one is plain:
            assert after == before
            continue
        assert after[Category.STAGE][0] > before[Category.STAGE][0]
        assert "the employer's rating counted" in after[Category.STAGE][1]
        await people.record_consents(factories.actor_of(one.idris), {TALENT: False})
        assert await one.told() == alone, "a no counts at once"
        await people.record_consents(factories.actor_of(one.idris), {TALENT: True})
        await people.publish_consent_text(system_actor(one.organization.id), TALENT, "Another wording")
        assert await one.told() == before, "nobody agreed to this wording"


async def test_after_a_no_drafts_that_counted_it_go_and_the_next_follow(db: object) -> None:
    made = await scene(ProgramType.HIGH_POTENTIAL)
    product = system_actor(made.organization.id)
    await people.publish_consent_text(product, TALENT, "Let my employer's rating of me count in the matching")
    await Person.filter(organization_id=made.organization.id).update(performance_rating=4.25)
    for person in (made.noor, made.idris):
        await people.record_consents(factories.actor_of(person), {TALENT: True})
    await run(product, made.cohort.id)
    (draft,) = await Match.filter(cohort_id=made.cohort.id, state=MatchState.DRAFT)
    assert "talent" in str(draft.explanation)
    assert "4.25" not in str(draft.explanation)
    assert "0.8125" not in str(draft.explanation)
    await people.record_consents(factories.actor_of(made.noor), {TALENT: False})
    clock.move(timedelta(seconds=11))
    await drain()
    (other,) = await Match.filter(cohort_id=made.cohort.id, state=MatchState.DRAFT)
    assert other.id != draft.id
    assert "talent" not in str(other.explanation)
    assert "4.25" not in str(await AuditEvent.all().values_list("detail", flat=True))


async def test_what_stands_beside_a_wish_in_the_framework_counts_where_the_type_follows_it(db: object) -> None:
    plain, made = await scene(), await scene(ProgramType.HIGH_POTENTIAL)
    assert "belongs with" not in (await plain.told())[Category.GOALS][1]
    told = await made.told()
    assert told[Category.GOALS][1] == "Idris offers what belongs with Noor's goal: Budgets"
    await Competency.filter(organization_id=made.organization.id).update(parent_id=None)
    apart = await made.told()
    for part in (Category.GOALS, Category.EXPERTISE):
        assert apart[part][0] < told[part][0]


async def test_what_the_target_role_asks_for_and_a_mentee_lacks_counts_as_a_goal(db: object) -> None:
    made, plain = await scene(ProgramType.HIGH_POTENTIAL), await scene()
    product, trade = system_actor(made.organization.id), await Competency.get(
        organization_id=made.organization.id, key="trade")
    before = await made.told()
    for _ in range(2):
        program = await set_target_role(product, made.cohort.program_id, trade.id)
    assert await AuditEvent.filter(action="program.set_target_role").count() == 1, "the same again changes nothing"
    made.cohort.program.rules = program.rules
    told = await made.told()
    assert told[Category.GOALS][0] > before[Category.GOALS][0]
    assert told[Category.GOALS][1] == "Idris offers what the target role asks for: Budgets"
    assert told[""][1] != before[""][1]
    budgets = await Competency.get(organization_id=made.organization.id, name="Budgets")
    await PersonSkill.create(
        organization_id=made.organization.id, person=made.noor, competency=budgets, side=SkillSide.OFFERED)
    assert "target role" not in (await made.told())[Category.GOALS][1], "nothing is lacking"
    await Competency.filter(id=budgets.id).update(retired_at=clock.now())
    with pytest.raises(Invalid):
        await set_target_role(product, program.id, budgets.id)
    with pytest.raises(Conflict):
        await set_target_role(system_actor(plain.organization.id), plain.cohort.program_id, None)
    made.cohort.program.rules = (await set_target_role(product, program.id, None)).rules
    assert "target_role" not in made.cohort.program.rules


async def test_a_goal_gets_a_step_from_a_course_on_its_skill(db: object) -> None:
    made = await scene()
    noor = factories.actor_of(made.noor)
    product = system_actor(made.organization.id)
    rows = "8,Negotiation for buyers,2026-01-31\n8,Pottery,2026-02-28\n7,Negotiation for sellers,2026-03-31\n"
    await import_courses(product, f"employee_id,course,completed_on\n{rows}".encode(), "done.csv")
    goal = await save_goal(noor, made.mentee.id, want="agree on prices", competency_id=made.negotiation.id)
    found = await suggested_steps(noor, await goals_of(noor, made.mentee.id))
    assert found[goal.id].title == "Use what “Negotiation for buyers” taught you at work"
    await add_milestone(noor, goal.id, found[goal.id].title)
    assert await suggested_steps(noor, await goals_of(noor, made.mentee.id)) == {}
    assert await suggested_steps(factories.actor_of(made.idris), await goals_of(noor, made.mentee.id)) == {}
