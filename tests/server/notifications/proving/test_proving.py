"""What became of messages is counted, small groups are hidden, and some are left out to see whether reminders help."""

from datetime import timedelta

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.jobs import drain
from server.notifications.actions import HELD_OUT, plan_message
from server.notifications.models import Message
from server.notifications.proving.actions import note_act
from server.notifications.proving.acts import asks
from server.notifications.proving.arms import arm_of
from server.notifications.proving.intervals import Share
from server.notifications.proving.queries import LEAST, Fates, effects, outcome_of
from server.notifications.states import Arm, MessageState
from server.programs.models import Program
from server.programs.plans.telling import OWN, Trigger
from tests import factories
from tests.factories import Pair
from tests.server.notifications.conftest import happened, session_of
from tests.server.notifications.mail_server import MailServer

pytestmark = pytest.mark.usefixtures("morning")


async def nudge(pair: Pair, kind: str = "F02") -> list[Message]:
    """Both are reminded to book."""
    actor, about = system_actor(pair.organization.id), {"match_id": pair.match.id}
    return [
        await plan_message(actor, kind, person.id, pair.match.id, about, trigger="t")
        for person in (pair.mentor, pair.mentee)
    ]


async def test_who_is_left_out_gets_no_reminder_and_all_else_and_what_they_do_counts(
    pair: Pair, mailbox: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    await Program.filter(id=pair.program.id).update(held_out_percent=50)
    drawn = {Arm.HELD_OUT: 0, Arm.NUDGED: 2}
    pairs = [pair]
    while len({arm_of(pair.program.id, one.match.id, 50) for one in pairs}) < len(drawn):
        pairs.append(await factories.active_match(pair.organization, pair.program, pair.cohort))
    for one in pairs:
        mails = len(mailbox.mails)
        told = await nudge(one)
        await drain()
        assert len({row.arm for row in told}) == 1, "partners are in one arm"
        assert len(mailbox.mails) - mails == drawn[told[0].arm]
        if told[0].arm is Arm.HELD_OUT:
            assert {(row.state, row.reason) for row in told} == {(MessageState.SUPPRESSED, HELD_OUT)}
    assert {row.arm for row in await Message.all()} == set(drawn)
    clock.move(timedelta(hours=1))
    session = await session_of(pair)
    await happened(pair, "session.booked", session_id=session.id)
    await drain(strict=False)
    acted = await Message.filter(acted_at__isnull=False)
    assert {row.recipient_id for row in acted} == {pair.mentor.id, pair.mentee.id}
    assert {row.kind for row in acted} == {"F02"}
    clock.move(timedelta(days=8))
    seen = await outcome_of(pair.manager_actor, pair.program.id)
    [effect] = seen.effects
    assert (effect.nudged.count + effect.held_out.count, effect.nudged.of + effect.held_out.of) == (1, len(pairs))
    assert effect.difference is None, "too few to say"
    assert [one.kind for one in seen.fates] == ["F02", "S01"]
    assert seen.fates[1] == Fates("S01", 2)


async def test_each_of_a_programmes_own_messages_is_counted_by_itself(pair: Pair) -> None:
    system = system_actor(pair.organization.id)
    await Program.filter(id=pair.program.id).update(messages={OWN: {
        key: {"name": key.title(), "when": "MATCHED", "days": 1, "to": "BOTH",
              "words": {"en": {"subject": key, "body": "Two lines."}}} for key in ("hello", "again")}})
    for number in range(LEAST):
        one = await factories.active_match(pair.organization, pair.program, pair.cohort)
        for key in ("hello", "again") if number else ("hello",):
            about = {"match_id": one.match.id, "own": key, "when": "MATCHED"}
            await plan_message(system, OWN, one.mentee.id, one.match.id, about, trigger="t", occurrence=key)
    await Message.filter(kind=OWN).update(sent_at=clock.now(), state=MessageState.SENT)
    seen = await outcome_of(pair.manager_actor, pair.program.id)
    assert seen.fates == [Fates(OWN, 7, own="again"), Fates(OWN, 8, 8, 8, 0, 0, None, "hello")]
    assert {row.own for row in await Message.filter(kind=OWN)} == {"hello", "again"}


WAITED_FOR = {
    Trigger.NOT_BOOKED: "session.booked", Trigger.QUIET: "session.booked", Trigger.NOT_MET: "session.held",
    Trigger.NOT_WRITTEN: "message.sent", Trigger.UNANSWERED: "message.sent", Trigger.NO_GOAL: "goal.activated",
}


async def test_who_does_what_a_message_of_a_programmes_own_waits_for_has_acted(pair: Pair) -> None:
    system = system_actor(pair.organization.id)
    assert {when for when in Trigger if asks(OWN, when)} == set(WAITED_FOR)
    for when, fact in WAITED_FOR.items():
        rows = [
            await plan_message(system, OWN, person.id, pair.match.id, {
                "match_id": pair.match.id, "own": when.lower(), "when": when}, trigger="t", occurrence=when)
            for person in (pair.mentee, pair.mentor)
        ]
        other = await plan_message(system, OWN, pair.mentee.id, pair.match.id, {
            "match_id": pair.match.id, "own": "x", "when": "MATCHED"}, trigger="t", occurrence=f"x{when}")
        fact_ = OutboxEvent(
            organization_id=pair.organization.id, kind=fact, at=clock.now(),
            payload={"match_id": str(pair.match.id), "author_id": str(pair.mentee.id)},
        )
        await note_act(system, fact_)
        acted = [(await Message.get(id=one.id)).acted_at is not None for one in (*rows, other)]
        assert acted == [True, fact != "message.sent", False], when


async def test_fates_are_counted_from_eight_people_on_and_shown_to_who_runs_the_programme(pair: Pair) -> None:
    org, now = pair.organization, clock.now()
    for number in range(LEAST):
        someone = await factories.person(org)
        came_back = now if number == 0 else None
        row = await factories.told(someone, "F02", match_id=str(pair.match.id))
        await row.update_from_dict({
            "program_id": pair.program.id, "bounced_at": came_back, "tapped_at": now if number > 4 else None,
            "acted_at": now if number > 5 else None,
        }).save()
    seen = await outcome_of(pair.manager_actor, pair.program.id)
    assert seen.fates == [Fates("F02", 8, 8, 7, 1, 3, 2)]
    elsewhere = await factories.active_match()
    for nobody in (elsewhere.manager_actor, pair.mentee_actor):
        with pytest.raises(NotFound):
            await outcome_of(nobody, pair.program.id)


def test_several_reminders_of_one_match_are_one() -> None:
    rows = [
        {"kind": "F02", "arm": arm, "facts": {"match_id": f"0{number:031x}"}, "acted_at": acted}
        for arm, first, acts in ((Arm.NUDGED, 0, 9), (Arm.HELD_OUT, 100, 2))
        for number in range(first, first + 10) for acted in (None, clock.now() if number < first + acts else None)
    ]
    [effect] = effects(rows)
    assert (effect.nudged, effect.held_out) == (Share(9, 10), Share(2, 10))
    assert effect.difference is not None
    assert effect.difference.is_told
