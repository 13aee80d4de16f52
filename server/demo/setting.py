"""The organisation of the demonstration: four programmes at once, their groups, consents and who runs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from server.access.actions import grant_role
from server.access.states import Role
from server.automation.lives.records import framework_file
from server.automation.lives.somebody import Somebody
from server.demo.cast import ADMINISTRATOR, CIRCLES, LEADERS, MANAGER, ONBOARDING, REVERSE, SKILLS, address, people_file
from server.journey.importing.actions import apply_import, preview_import
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.ids import new_id
from server.people import actions as people
from server.people.models import Organization
from server.people.queries import all_people, find_people
from server.people.states import ConsentPurpose
from server.programs import actions as programs
from server.programs.models import Cohort
from server.programs.plans.actions import set_part
from server.programs.states import Approvals, Cadence, ProgramState, ProgramType
from server.programs.templates.shelf import Template, document
from server.programs.training.entries import TRAINING_PART

KEY = "harbourline"
UNFINISHED = "harbourline-unfinished"
"""The key until the story is told to its end: what carries it was cut off, or is being loaded."""
INVITED_FOR = 240
"""Long, so that some are invited to this day."""
EXAMPLES = [
    {"want": "lead a product review from start to decision",
     "measure": "I have run two reviews and the group decided both times"},
    {"want": "give feedback that people can use", "measure": "three colleagues tell me what they changed"},
    {"want": "speak to the leadership team with confidence", "measure": "I have presented twice without notes"},
]


@dataclass(frozen=True)
class Stage:
    """Harbourline as the story begins: who acts for it, and the open group of each programme by its key."""

    organization: Organization
    system: Actor
    cohorts: dict[str, Cohort]


async def set_up(today: date) -> Stage:
    """Found the organisation, its framework, consents, programmes and groups; the clock stands at the beginning."""
    system = system_actor(new_id())
    organization = await people.create_organization(
        system, key=UNFINISHED, name="Harbourline", zone="Europe/Lisbon", language="en-GB", is_demo=True
    )
    await people.import_framework(system, framework_file(SKILLS), "framework.csv")
    await _consents(system)
    cohorts = {
        LEADERS: await _program(
            system, LEADERS, "Rising Leads", ProgramType.ONE_TO_ONE, "spring group", days=365, ends_after=78,
            today=today, rules={"same_team": True, "common_language": True, "min_overlap_half_hours": 2},
        ),
        ONBOARDING: await _program(
            system, ONBOARDING, "First 90 Days", ProgramType.ONBOARDING, "joiners", days=90, ends_after=None,
            today=today, approvals=Approvals.MENTEE, cadence=Cadence.ROLLING, sessions_per_month=4,
        ),
        REVERSE: await _program(
            system, REVERSE, "Reverse mentoring", ProgramType.REVERSE, "first group", days=75, ends_after=None,
            today=today, admin_approves_matches=True,
        ),
        CIRCLES: await _program(
            system, CIRCLES, "First-time leads", ProgramType.CIRCLE, "autumn circle", days=182, ends_after=None,
            today=today, session_minutes=60,
        ),
    }
    reading = document(Template.ONBOARDING)["training"]
    await set_part(system, cohorts[ONBOARDING].program_id, TRAINING_PART, reading)
    return Stage(organization, system, cohorts)


async def bring_in(stage: Stage, today: date, *programs_: str) -> None:
    """Import the people of some programmes and invite them, through the product's own reader."""
    run = await preview_import(stage.system, "harbourline.csv", people_file(today, programs_))
    await apply_import(stage.system, run.id)


async def appoint(stage: Stage) -> None:
    """Say who runs what."""
    staff = MANAGER, ADMINISTRATOR
    rui, anselm = [(await find_people(stage.system, address(number), limit=1))[0] for number in staff]
    for cohort in stage.cohorts.values():
        await grant_role(stage.system, rui.id, Role.PROGRAM_MANAGER, cohort.program_id)
    await grant_role(stage.system, anselm.id, Role.GLOBAL_ADMIN)


async def finish(stage: Stage) -> None:
    """Say that the story is told: the organisation takes the key by which it is found. The last thing a load writes."""
    await people.set_organization_key(stage.system, KEY)


async def by_key(stage: Stage, people_: Iterable[Somebody]) -> dict[str, UUID]:
    """Some of the cast as people, by their numbers in the records."""
    keys = [one.key for one in people_]
    return dict(await all_people(stage.system).filter(employee_id__in=keys).values_list("employee_id", "id"))


async def _consents(system: Actor) -> None:
    await people.publish_consent_text(
        system, ConsentPurpose.MATCHING, "Use my profile and goal to find a match",
        "Needed to take part. Stop any time in You.", required=True,
    )
    await people.publish_consent_text(
        system, ConsentPurpose.RESULTS, "Count my answers in programme results",
        "Optional. Never with your name, never in groups under 8.",
    )
    await people.publish_consent_text(
        system, ConsentPurpose.ALUMNI, "Ask me again after the programme, as a mentor or for another group",
        "Optional. Stop any time in You.",
    )


async def _program(
    system: Actor, key: str, name: str, kind: ProgramType, group: str, *, days: int, ends_after: int | None,
    today: date, **options: object,
) -> Cohort:
    program = await programs.create_program(
        system, key=key, name=name, type=kind, state=ProgramState.RUNNING, duration_days=days,
        invitation_days=INVITED_FOR, goal_examples=EXAMPLES,
        meeting_url=f"https://meet.harbourline.example/{key}", **options,
    )
    ends_on = today + timedelta(days=ends_after) if ends_after else None
    starts_on = clock.now().date()
    return await programs.open_cohort(
        system, program.id, key="first", name=group, starts_on=starts_on, ends_on=ends_on,
        state=ProgramState.RUNNING, hear_by_on=today + timedelta(days=4),
    )
