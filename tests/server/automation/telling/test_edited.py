"""A message that its programme sets otherwise between its plan and its day: what has not gone follows, both ways."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.automation.building import actions
from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Invalid
from server.kernel.facts import ActionState, AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.jobs import drain
from server.notifications.catalogue import CATALOGUE
from server.notifications.models import Message
from server.notifications.push.actions import notice_of
from server.notifications.states import MessageState
from server.notifications.texts import letter, line
from server.notifications.ways.reasons import scene_and_reason
from server.people.models import Organization, Person
from server.programs.models import Program
from server.surveys.models import SurveyInvitation
from server.surveys.states import InvitationState
from tests.factories import Pair, active_match
from tests.server.automation.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")
OFF = "switched off in this programme"
BODY = "<b>{program}</b> & all.\n\nHalf an hour\nis fine."
WORDS = {
    "en": {"subject": "{name}, a word with {other}", "body": BODY},
    "pt-BR": {"subject": "Uma conversa com {other}", "body": "Reserve um horário."},
}


@pytest.fixture
async def pair(db: object) -> Pair:
    """Noor in Lisbon and Idris in Nairobi, matched now; what follows is planned."""
    pair = await active_match(active_at=MONDAY)
    async with unit_of_work(system_actor(pair.organization.id)) as unit:
        await unit.publish("match.activated", subject_id=pair.match.id, match_id=pair.match.id)
    await drain()
    return pair


async def edited(pair: Pair, **messages: Any) -> None:
    """Make a draft that says so go live, and let what follows from it be done."""
    actor, program_id = system_actor(pair.organization.id), pair.program.id
    draft = await actions.begin_draft(actor, program_id)
    draft = await actions.change_draft(actor, program_id, {**draft.content, "messages": messages}, seen=draft.digest)
    await actions.send_to_review(actor, program_id, seen=draft.digest)
    await actions.make_live(actor, program_id, seen=draft.digest)
    await drain()


async def days(kind: str = "G01") -> dict[date, ActionState]:
    rows = ScheduledAction.filter(rule=f"message.{kind}").order_by("due_at")
    return {row.due_at.date(): row.state for row in await rows}


async def test_a_step_that_is_moved_or_switched_off_takes_with_it_what_is_planned(pair: Pair) -> None:
    planned, cancelled = ActionState.PLANNED, ActionState.CANCELLED
    assert await days() == {date(2026, 6, 4): planned}
    await edited(pair, G01={"moments": [9]})
    assert await days() == {date(2026, 6, 10): planned}
    clock.move(timedelta(days=5))
    await edited(pair, G01={"moments": [1]})
    assert await days() == {date(2026, 6, 2): ActionState.DONE}, "its new day has passed, and it had not gone"
    quiet = {kind: {"on": False} for kind in ("I01", "I04")}
    await edited(pair, G01={"moments": [1]}, F03={"on": False}, F04={"on": False}, I03={"on": False}, **quiet)
    assert await days("F03") == {date(2026, 6, 11): cancelled}
    await edited(pair, F04={"on": False}, I01={"moments": [14]})
    assert await days("F03") == {date(2026, 6, 11): planned}
    assert await days("I01") == {date(2026, 6, 15): planned}
    assert await days("I03") == {date(2026, 6, 30): planned}
    assert [row.detail["changed"] for row in await AuditEvent.filter(action="program.set_messages").order_by("at")] == [
        ["G01"], ["G01"], ["F03", "F04", "I01", "I03", "I04"],
        ["F03", "G01", "I01", "I03", "I04"]]
    clock.move(timedelta(days=60))
    await drain()
    assert await Message.filter(kind="F04").count() == 0
    assert await Message.filter(kind="F03").count() == 2


async def test_what_waits_for_its_hour_moves_too_both_ways_and_goes_where_its_moment_is_gone(pair: Pair) -> None:
    clock.move(timedelta(days=3, hours=16))   # two in the morning of the fifth: the words for a goal wait
    await drain()
    told = await Message.get(kind="G01")
    assert (told.state, told.due_at.day) == (MessageState.PLANNED, 5)
    await edited(pair, G01={"moments": [9]})
    told = await Message.get(kind="G01")
    assert (told.state, told.due_at) == (MessageState.PLANNED, datetime(2026, 6, 10, 8, tzinfo=UTC))
    await edited(pair, G01={"moments": [2]})
    assert (await Message.get(kind="G01")).due_at <= clock.now(), "the next right hour"
    assert [row.state for row in await ScheduledAction.filter(rule="message.G01")] == [ActionState.DONE]


async def test_a_letter_to_who_runs_it_that_waits_follows_too_until_somebody_has_got_it(pair: Pair) -> None:
    own = {"organization_id": pair.organization.id, "program_id": pair.program.id}
    for person in (pair.manager, pair.stranger):
        await RoleGrant.create(**own, person=person, role=Role.PROGRAM_MANAGER)
    clock.move(timedelta(days=21))
    await drain()
    told, planned, done = Message.filter(kind="F04"), ActionState.PLANNED, ActionState.DONE
    assert await told.count() == 2
    for day, found, count in ((25, {date(2026, 6, 26): planned}, 0), (20, {date(2026, 6, 21): done}, 2)):
        await edited(pair, F04={"moments": [day]})
        assert (await days("F04"), await told.count()) == (found, count)
    await edited(pair, F04={"moments": [25]})
    clock.move(timedelta(days=4))
    await drain()
    assert (await days("F04"), await told.count()) == ({date(2026, 6, 26): done}, 2)
    await told.filter(recipient_id=pair.manager.id).update(state=MessageState.SENT)
    await edited(pair, F04={"moments": [27]})
    assert (await days("F04"), await told.count()) == ({date(2026, 6, 26): done}, 2), "one has got it: it tells both"


@pytest.mark.parametrize(("zone", "at"), [
    ("UTC", datetime(2026, 6, 22, 9, tzinfo=UTC)), ("Pacific/Auckland", datetime(2026, 6, 21, 21, tzinfo=UTC)),
    ("Pacific/Pago_Pago", datetime(2026, 6, 21, 20, tzinfo=UTC)),
])
async def test_days_of_a_group_are_those_of_the_organisation(pair: Pair, zone: str, at: datetime) -> None:
    """In Pago Pago the match began on Sunday, late in the evening."""
    await Organization.filter(id=pair.organization.id).update(zone=zone)
    await RoleGrant.create(
        organization_id=pair.organization.id, program_id=pair.program.id, person=pair.manager, role=Role.PROGRAM_MANAGER
    )
    await edited(pair, F04={"moments": [22]})
    await edited(pair)
    assert [row.due_at async for row in ScheduledAction.filter(rule="message.F04")] == [at]
    clock.move(at - clock.now())
    await drain()
    told = Message.filter(kind="F04")
    assert (await told.get()).dedupe_key.endswith(f":{at.astimezone(ZoneInfo(zone)).date()}")
    await edited(pair, F04={"moments": [25]})
    assert (await told.count(), list((await days("F04")).values())) == (0, [ActionState.PLANNED])


async def test_what_was_told_of_a_silence_is_not_told_of_it_again(pair: Pair) -> None:
    clock.move(timedelta(days=22))
    await drain()
    assert list((await days("I01")).values()) == [ActionState.DONE]
    for moments in ([24], [20]):
        await edited(pair, I01={"moments": moments})
        assert list((await days("I01")).values()) == [ActionState.DONE]


async def test_steps_of_goals_and_surveys_are_planned_when_they_are_switched_on(pair: Pair) -> None:
    await Goal.create(
        organization_id=pair.organization.id, enrollment=pair.mentee_enrollment, person_id=pair.mentee.id,
        want="Run a review", state=GoalState.ACTIVE, updated_at=MONDAY,
    )
    asked = SurveyInvitation.filter(match_id=pair.match.id, person_id=pair.mentee.id)
    await asked.update(state=InvitationState.OPEN, opens_at=MONDAY, closes_at=MONDAY + timedelta(days=7))
    await edited(pair, G07={"on": False}, C03={"on": False})
    assert await days("G07") == await days("C03") == {}
    await edited(pair, G07={"moments": [30]})
    assert await days("G07") == {date(2026, 7, 1): ActionState.PLANNED}
    assert await days("C03") == {date(2026, 6, 4): ActionState.PLANNED}


async def test_what_is_due_before_its_plan_is_made_anew_follows_all_the_same(pair: Pair) -> None:
    for said, after, state in (
        ({"moments": [5]}, 3, ActionState.PLANNED), ({"on": False}, 3, ActionState.SKIPPED),
    ):
        await Program.filter(id=pair.program.id).update(messages={"G01": said})
        clock.move(timedelta(days=after))
        await drain()
        [row] = await ScheduledAction.filter(rule="message.G01")
        assert (row.due_at.date(), row.state) == (date(2026, 6, 6), state)
    assert row.reason == OFF
    assert await Message.filter(kind="G01").count() == 0


async def test_own_words_go_in_letter_digest_and_push_and_off_stops_what_waits(pair: Pair) -> None:
    await edited(pair, G01={"words": WORDS})
    clock.move(timedelta(days=3))
    await drain()
    [told] = await Message.filter(kind="G01")
    actor, kind = system_actor(pair.organization.id), CATALOGUE["G01"]
    scene, why = await scene_and_reason(actor, told)
    assert scene
    assert why == ""
    made, note = letter(kind, scene), notice_of(scene)
    assert made.subject == line(kind, scene).words == note.title == "Noor, a word with Idris"
    assert "<h1>Noor, a word with Idris</h1>" in made.html
    assert "<p>&lt;b&gt;Rising Leads&lt;/b&gt; &amp; all.</p>\n<p>Half an hour is fine.</p>" in made.html
    assert "<b>Rising Leads</b> & all.\n\nHalf an hour is fine.\n" in made.text
    assert note.body == "<b>Rising Leads</b> & all."
    assert f"/enrollment/{pair.mentee_enrollment.id}/goal" in made.text
    await Person.filter(id=pair.mentee.id).update(language="pt-PT")
    scene = (await scene_and_reason(actor, told))[0]
    assert scene
    assert letter(kind, scene).subject == "Uma conversa com Idris"
    await Person.filter(id=pair.mentee.id).update(language="de")
    scene = (await scene_and_reason(actor, told))[0]
    assert scene
    assert letter(kind, scene).subject == "What would you like to be able to do?"
    await edited(pair, G01={"on": False})
    assert (await scene_and_reason(actor, told))[1] == OFF


async def test_a_name_that_says_nothing_takes_its_paragraph_along(pair: Pair) -> None:
    await edited(pair, F02={"words": {"en": {**WORDS["en"], "body": f"{BODY}\n\nBoth free: {{times}}."}}})
    clock.move(timedelta(days=5))
    await drain()
    told = await Message.filter(kind="F02").order_by("id").first()
    assert told
    scene = (await scene_and_reason(system_actor(pair.organization.id), told))[0]
    assert scene
    assert ("Both free:" in letter(CATALOGUE["F02"], scene).text) is bool(scene.times)


async def test_what_is_wrong_is_refused_while_it_is_written_and_nothing_of_it_holds(pair: Pair) -> None:
    actor = system_actor(pair.organization.id)
    draft = await actions.begin_draft(actor, pair.program.id)
    words = {"en": {"subject": "A", "body": "{colour}"}}
    given = {**draft.content, "name": "Other", "messages": {"F01": {"words": words}}}
    with pytest.raises(Invalid) as refused:
        await actions.change_draft(actor, pair.program.id, given, seen=draft.digest)
    assert list(refused.value.fields) == ["messages.F01.words.en.body"]
    assert (await Program.get(id=pair.program.id)).messages == {}
    assert not await OutboxEvent.filter(kind="program.messages_set").exists()
