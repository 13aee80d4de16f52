"""What a letter of each kind speaks of: the rows that make it true."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from server.access.models import RoleGrant, SignInLetter, SignInRequest
from server.access.states import Role
from server.goals.models import Goal, Milestone
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging.models import Thread, ThreadMessage
from server.people.models import ConsentText, PersonAttribute
from server.people.states import ConsentPurpose
from server.programs.actions import lose_eligibility
from server.programs.models import Enrollment
from server.sessions.models import ActionItem
from server.sessions.states import SessionState
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests.factories import Pair, in_days, match
from tests.forms import sent_form
from tests.server.notifications.conftest import session_of
from tests.trained import asks_for, step

FORMS = {
    "S07": SurveyKind.POST_SESSION, "C01": SurveyKind.CHECK_IN, "C02": SurveyKind.PULSE, "C03-form": SurveyKind.NPS,
    "Z10": SurveyKind.CUSTOM,
}
SECRET = "Speak up in the board"


async def series_facts(pair: Pair, *, cancelled: bool) -> dict[str, Any]:
    """Two sessions of a series, as a message tells of them."""
    series_id, state = new_id(), SessionState.CANCELLED if cancelled else SessionState.SCHEDULED
    starts = [(clock.now() + timedelta(days=days)).replace(microsecond=0) for days in (2, 9)]
    made = [
        await session_of(pair, at, state=state, series_id=series_id, series_zone="Europe/Lisbon", occurs_at=at)
        for at in starts
    ]
    return {
        "series_id": series_id, "session_ids": [str(one.id) for one in made], "sequences": [0, 0], "every_weeks": 1,
    }


async def planned_ids(kind: str, pair: Pair) -> dict[str, Any]:
    """The same of kinds that go by themselves."""
    if kind.startswith("G0") and not kind.startswith("G01"):
        return await goal_facts(kind, pair)
    if kind in ("Z06", "Z07", "Z08"):
        await had_its_time(pair)
    if kind in ("T01", "T02"):
        await asks_for(pair.program, step(), step("second", required=False))
    if kind == "S10":
        return {"action_item_id": await promise_of(pair)}
    return {"ends_on": pair.match.ends_on} if kind in ("Z01", "Z02", "Z03") else {}


async def ids_for(kind: str, pair: Pair) -> dict[str, Any]:
    """Rows and ids that a letter of this kind speaks of."""
    ids: dict[str, Any] = {"match_id": pair.match.id}
    if kind in GROUPS:
        await GROUPS[kind](pair)
        return {"cohort_id": pair.cohort.id, "metric": "STARTED", "before": {"STARTED": 12}}
    if kind.startswith(("E", "T")) or kind in ("X04", "X04-grace", "M02", "M11"):
        ids = {"enrollment_id": pair.mentee_enrollment.id}
    if kind == "OWN":
        ids |= {"own": "ours", "when": "MATCHED"}
    if kind == "X04-grace":
        await lose_eligibility(system_actor(pair.organization.id), pair.mentee_enrollment.id)
    if kind.startswith("Z03"):
        pair.match.proposed_end_on = ids["ends_on"] = in_days(400)
        await pair.match.save()
    ids |= await planned_ids(kind, pair)
    if kind.startswith("S") and kind not in ("S07", "S08", "S10"):
        states = {
            "S02-cancelled": SessionState.CANCELLED, "S09": SessionState.NO_SHOW, "S06": SessionState.HELD,
            "S05": SessionState.HELD,
        }
        state = states.get(kind, SessionState.SCHEDULED)
        ids |= {"session_id": (await session_of(pair, state=state)).id, "sequence": 0}
    if kind in ("S01-series", "S02-rest", "S02-rest-cancelled"):
        ids = {"match_id": pair.match.id, **await series_facts(pair, cancelled=kind.endswith("cancelled"))}
    if kind in ("R01", "C03", "C04", "Z04", "Z04-again", "Z05"):
        survey = await SurveyInvitation.create(
            organization_id=pair.organization.id, kind=SurveyKind.CHECK_IN, match=pair.match, opens_at=clock.now(),
            program_id=pair.program.id, person_id=pair.mentee.id, state=InvitationState.OPEN,
            closes_at=clock.now() + timedelta(days=10),
        )
        ids["invitation_id"] = survey.id
    if kind in FORMS:
        ids["form_invitation_id"] = (await sent_form(pair, FORMS[kind])).id
    if kind == "X01-circle":
        ids["left_id"] = pair.mentor.id
    if kind == "A02":
        thread = await Thread.create(organization_id=pair.organization.id, match=pair.match)
        await ThreadMessage.create(
            organization_id=pair.organization.id, thread=thread, author_id=pair.mentor.id, body="Never in a mail."
        )
        ids["thread_id"] = thread.id
    return await of_account(kind, pair) if kind.startswith("Y") else ids


async def of_account(kind: str, pair: Pair) -> dict[str, Any]:
    """The same of what belongs to a person, whatever they take part in."""
    if kind == "Y01":
        request = await SignInRequest.create(
            browser="b", address=pair.mentee.email, address_mark="a", network_mark="n",
            expires_at=clock.now() + timedelta(minutes=15),
        )
        letter = await SignInLetter.create(
            organization_id=pair.organization.id, request=request, person=pair.mentee
        )
        return {"letter_id": letter.id}
    if kind == "Y03":
        text = await ConsentText.create(
            organization_id=pair.organization.id, purpose=ConsentPurpose.MATCHING, version=9, wording="To match me",
        )
        return {"consent_text_id": text.id}
    if kind == "Y01-moved":
        held = await PersonAttribute.create(
            organization_id=pair.organization.id, person=pair.mentee, name="email", value="before@example.test"
        )
        return {"held_id": held.id}
    return {}


async def goal_facts(kind: str, pair: Pair) -> dict[str, Any]:
    """A step, or the goal that it leads to, as a letter to its owner or to the other of the pair tells of it."""
    ids = await step_facts(pair)
    if kind in ("G03", "G07"):
        return {"goal_id": ids["goal_id"], "match_id": pair.match.id}
    step = {"milestone_id": ids["milestone_id"], "due_on": ids["due_on"]}
    whose = {"enrollment_id": ids["enrollment_id"]} if kind in ("G04", "G05") else {"match_id": pair.match.id}
    return {**step, **whose}


async def had_its_time(pair: Pair) -> None:
    """A match that was closed, after one conversation."""
    await session_of(pair, state=SessionState.HELD)
    pair.match.state, pair.match.ended_at = MatchState.COMPLETED, clock.now()
    await pair.match.save()


async def suggested(pair: Pair) -> None:
    """A draft."""
    await match(pair.mentor_enrollment, pair.mentee_enrollment, state=MatchState.DRAFT)


async def step_facts(pair: Pair) -> dict[str, Any]:
    """A step of the mentee's goal, whose words are in no letter."""
    goal = await Goal.create(
        organization_id=pair.organization.id, enrollment=pair.mentee_enrollment, person_id=pair.mentee.id,
        match_id=pair.match.id, state=GoalState.ACTIVE, want=SECRET, measure=SECRET, due_on=in_days(60),
    )
    step = await Milestone.create(
        organization_id=pair.organization.id, goal=goal, title=SECRET, due_on=in_days(3),
    )
    return {
        "milestone_id": step.id, "goal_id": goal.id, "enrollment_id": pair.mentee_enrollment.id, "due_on": step.due_on,
    }


async def promise_of(pair: Pair) -> UUID:
    """What the mentee promised, whose words are in no letter."""
    item = await ActionItem.create(
        organization_id=pair.organization.id, match_id=pair.match.id, owner_id=pair.mentee.id, text=SECRET,
        session=await session_of(pair, state=SessionState.HELD), due_on=in_days(3),
    )
    return item.id


async def refused(pair: Pair) -> None:
    """Twenty matches that somebody said no to."""
    await Match.bulk_create([
        Match(
            organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort, state=MatchState.DECLINED,
            ended_at=clock.now(),
        )
        for _ in range(20)
    ])


async def unplaced(pair: Pair) -> None:
    """Nobody is in a match."""
    await Match.filter(id=pair.match.id).update(state=MatchState.EXPIRED)


async def nothing(pair: Pair) -> None:
    """Nothing besides."""


async def looked_after(pair: Pair) -> None:
    """The reader runs the programme, looks after all of them and pays for them; eight matches never met."""
    own: dict[str, Any] = {"organization_id": pair.organization.id, "person": pair.mentee}
    await RoleGrant.create(**own, role=Role.PROGRAM_MANAGER, program_id=pair.program.id)
    await RoleGrant.create(**own, role=Role.GLOBAL_ADMIN)
    pair.program.reports = {"sponsors": [pair.mentee.email], "line_managers": True}
    await pair.program.save()
    await Match.bulk_create([
        Match(
            organization_id=pair.organization.id, program=pair.program, cohort=pair.cohort, state=MatchState.ACTIVE,
            active_at=clock.now() - timedelta(days=30),
        )
        for _ in range(8)
    ])


async def short_of_places(pair: Pair) -> None:
    """As many places as mentees, less one."""
    await looked_after(pair)
    await Enrollment.filter(id=pair.mentor_enrollment.id).update(capacity=0)


async def manages(pair: Pair) -> None:
    """The reader manages who mentors them."""
    await looked_after(pair)
    pair.mentor.line_manager = pair.mentee
    await pair.mentor.save()


GROUPS = {
    "Q01": looked_after, "Q02": looked_after, "Q03": looked_after, "Q04": manages, "Q05": looked_after,
    "E16": short_of_places, "Z09": nothing, "M10": refused, "M01": suggested, "M11-runs": unplaced,
    "L01": nothing, "L02": looked_after, "L03": nothing, "E17": short_of_places,
}
"""Messages about a whole group, and what is true of it."""
