"""How the people of Harbourline join: with the product's own form, each with a goal or with what they offer."""

from datetime import timedelta

from server.access.queries import actor_for
from server.demo import lines
from server.demo.setting import Stage
from server.goals.wording import Wording
from server.journey.join.actions import JoinForm, join_program
from server.kernel import clock
from server.people.models import Person
from server.people.queries import competencies, skills_of
from server.people.states import ConsentPurpose, DayPart, SkillSide
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole
from server.programs.training.actions import finish_step
from server.programs.training.queries import training_of


async def join(stage: Stage, row: Enrollment, key: str, *, reads: bool = True) -> None:
    """One who was invited to the programme `key` takes part, and reads what it asks to read at once, or later."""
    actor = await actor_for(row.person)
    parts = (DayPart.MORNINGS, DayPart.AFTERNOONS)
    agreed = [ConsentPurpose.MATCHING, ConsentPurpose.RESULTS][: 1 + row.person.given_name.count("a")]
    if row.role is ParticipantRole.MENTEE:
        form = JoinForm(row.role, parts, agreed, goal=await _goal(stage, row.person))
    else:
        offered = (await skills_of(stage.system, [row.person_id], SkillSide.OFFERED))[row.person_id]
        form = JoinForm(
            row.role, parts, agreed, skills=[one.id for one in offered][:5], places=row.capacity,
            words_for_mentees=lines.word_for_mentees(row.person),
        )
    await join_program(actor, key, form)
    for lesson in await training_of(actor, row.id) if reads else []:
        await finish_step(actor, row.id, lesson.step.key)


async def _goal(stage: Stage, person: Person) -> Wording:
    wanted = (await skills_of(stage.system, [person.id], SkillSide.WANTED))[person.id]
    built_on = wanted or (await competencies(stage.system))[:1]
    want, measure = lines.goal_for([skill.name for skill in built_on])
    return Wording(want, measure, built_on[0].id, clock.now().date() + timedelta(days=300))
