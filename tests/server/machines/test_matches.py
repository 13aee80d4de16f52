"""Every row of the match table (glossary section 3), walked through the acts that people and the product have."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.facts import ScheduledAction
from server.kernel.jobs import drain
from server.matches import actions
from server.matches.models import Match, MatchMember, MatchOverride
from server.matches.queries import my_matches
from server.matches.states import AWAITING, OPEN_MATCHES, Approval, ClosureReason, MatchState, OverrideKind
from server.notifications.models import Message
from server.people.models import Person
from server.programs.models import Program
from server.programs.states import Approvals, AskedFirst, EnrollmentState, ParticipantRole
from tests import factories
from tests.server.machines.walking import at_one_go, refused, table, walked

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
ROWS = table("""
(none)                           | suggest                               | DRAFT
(none)                           | request by the mentee                 | AWAITING_MENTOR
(none)                           | request by the mentor                 | AWAITING_MENTEE
(none)                           | request, NONE, admin on               | AWAITING_ADMIN
(none)                           | request, NONE                         | ACTIVE
DRAFT                            | publish, NONE                         | ACTIVE
DRAFT                            | publish, NONE, admin on               | AWAITING_ADMIN
DRAFT                            | publish, MENTOR                       | AWAITING_MENTOR
DRAFT                            | publish, MENTEE                       | AWAITING_MENTEE
DRAFT                            | publish, BOTH                         | AWAITING_BOTH
DRAFT                            | publish, BOTH, mentee first           | AWAITING_MENTEE
DRAFT                            | publish, BOTH, mentor first           | AWAITING_MENTOR
DRAFT                            | discard                               | CANCELLED
AWAITING_BOTH                    | mentor_accepts                        | AWAITING_MENTEE
AWAITING_BOTH                    | mentee_accepts                        | AWAITING_MENTOR
AWAITING_MENTOR                  | mentor_accepts, admin on              | AWAITING_ADMIN
AWAITING_MENTEE                  | mentee_accepts, admin on              | AWAITING_ADMIN
AWAITING_MENTOR                  | mentor_accepts                        | ACTIVE
AWAITING_MENTEE                  | mentee_accepts                        | ACTIVE
AWAITING_ADMIN                   | admin_approves                        | ACTIVE
AWAITING_ADMIN, AWAITING_MENTOR, AWAITING_MENTEE, AWAITING_BOTH | decline | DECLINED
AWAITING_ADMIN, AWAITING_MENTOR, AWAITING_MENTEE, AWAITING_BOTH | expire  | EXPIRED
AWAITING_ADMIN, AWAITING_MENTOR, AWAITING_MENTEE, AWAITING_BOTH | cancel by the manager    | CANCELLED
AWAITING_ADMIN, AWAITING_MENTOR, AWAITING_MENTEE, AWAITING_BOTH | cancel by who asked      | CANCELLED
AWAITING_MENTOR, AWAITING_MENTEE | accept, capacity gone                 | CANCELLED
AWAITING_ADMIN, AWAITING_MENTOR, AWAITING_MENTEE, AWAITING_BOTH | member left              | CANCELLED
ACTIVE                           | pause                                 | PAUSED
PAUSED                           | resume                                | ACTIVE
PAUSED                           | day of the pause reached              | ACTIVE
ACTIVE, PAUSED                   | end_date_passed                       | DURATION_COMPLETED
DURATION_COMPLETED               | extend by both                        | ACTIVE
DURATION_COMPLETED               | close                                 | COMPLETED
DURATION_COMPLETED               | 14 days pass                          | COMPLETED
ACTIVE, PAUSED                   | end_early by a member                 | CONCLUDED
ACTIVE, PAUSED                   | end_early by the manager              | CONCLUDED
ACTIVE, PAUSED                   | end_early by deprovisioning           | CONCLUDED
ACTIVE, PAUSED                   | end_early by a rule                   | CONCLUDED
""")
ASKS = {"mentees_may_ask": True, "mentors_may_ask": True}


class Quay:
    """Idris with one place and Noor, in a programme of their own, configured as the event says."""

    async def begin(self, state: str, event: str, **values: Any) -> None:
        self.org = await factories.organization(**values)
        words = [word.strip() for word in event.split(",")]
        approvals = next((one for one in Approvals if one.value in words), Approvals.BOTH)
        first = next((one for one in AskedFirst if f"{one.value.lower()} first" in words), AskedFirst.TOGETHER)
        self.program = await factories.program(
            self.org, approvals=approvals, asked_first=first, admin_approves_matches="admin on" in words, **ASKS
        )
        self.cohort = await factories.cohort(self.program)
        self.mentor, self.mentee = await factories.person(self.org), await factories.person(self.org)
        self.seat = await factories.enrollment(self.cohort, self.mentor, MENTOR)
        self.place = await factories.enrollment(self.cohort, self.mentee, MENTEE)
        self.manager = factories.manager_of(await factories.person(self.org), self.program)
        self.system = system_actor(self.org.id)
        self.mentors, self.mentees = factories.actor_of(self.mentor), factories.actor_of(self.mentee)
        if state:
            await self.put(MatchState(state), event)

    async def put(self, state: MatchState, event: str) -> None:
        plain: dict[str, Any] = {"origin": "MENTEE"} if "who asked" in event else {}
        if state not in AWAITING | {MatchState.DRAFT}:
            plain |= {"active_at": clock.now(), "ends_on": factories.in_days(90)}
        if state is MatchState.PAUSED:
            plain |= {"paused_until": factories.in_days(5)}
        if state is MatchState.DURATION_COMPLETED:
            plain |= {"state": MatchState.ACTIVE, "ends_on": clock.now().date()}
        self.match = await factories.match(self.seat, self.place, **{"state": state, **plain})
        if state in AWAITING:
            await self.answer_all_but(state)
        if state is MatchState.DURATION_COMPLETED:
            await actions.reach_end_date(self.system, self.match.id)

    async def answer_all_but(self, state: MatchState) -> None:
        waiting = {
            MatchState.AWAITING_MENTOR: [MENTOR], MatchState.AWAITING_MENTEE: [MENTEE],
            MatchState.AWAITING_BOTH: [MENTOR, MENTEE], MatchState.AWAITING_ADMIN: [],
        }[state]
        said = MatchMember.filter(match_id=self.match.id)
        await said.update(approval=Approval.ACCEPTED)
        await said.filter(role__in=waiting).update(approval=Approval.PENDING)

    async def do(self, event: str) -> UUID:
        act = event.partition(",")[0]
        if act in ("suggest", "request", "request by the mentee"):
            if act == "suggest":
                return (await actions.suggest_match(self.manager, self.seat.id, self.place.id)).id
            return (await actions.request_match(self.mentees, self.place.id, self.seat.id)).id
        if act == "request by the mentor":
            return (await actions.request_match(self.mentors, self.seat.id, self.place.id)).id
        await self.do_to_it(act, event)
        return self.match.id

    async def do_to_it(self, act: str, event: str) -> None:
        plain: dict[str, tuple[Any, Actor]] = {
            "publish": (actions.publish_match, self.manager), "discard": (actions.discard_match, self.manager),
            "mentor_accepts": (actions.accept_match, self.mentors), "decline": (actions.decline_match, self.mentees),
            "mentee_accepts": (actions.accept_match, self.mentees), "close": (actions.close_match, self.mentees),
            "admin_approves": (actions.approve_match, self.manager), "pause": (actions.pause_match, self.mentors),
            "cancel by the manager": (actions.cancel_match, self.manager),
            "cancel by who asked": (actions.cancel_match, self.mentees), "resume": (actions.resume_match, self.mentees),
        }
        if act in plain:
            do, actor = plain[act]
            await do(actor, self.match.id)
        elif act.startswith("end_early"):
            await self.end_early(act)
        else:
            await {
                "expire": self.expire, "accept": self.accept_without_a_place, "member left": self.leave,
                "day of the pause reached": self.wait_for_the_day, "end_date_passed": self.pass_the_end,
                "extend by both": self.extend, "14 days pass": self.wait_a_fortnight,
            }[act]()

    async def end_early(self, act: str) -> None:
        from_whom = {
            "end_early by a member": self.mentees, "end_early by the manager": self.manager,
            "end_early by a rule": self.system,
        }
        if act in from_whom:
            reason = ClosureReason.UNRESPONSIVE if act.endswith("rule") else ClosureReason.NO_FAULT
            await actions.end_match(from_whom[act], self.match.id, reason)
        else:
            await actions.release_matches(self.system, self.seat.id, ClosureReason.DEPARTURE)

    async def expire(self) -> None:
        await Match.filter(id=self.match.id).update(answer_by=clock.now())
        await actions.expire_match(self.system, self.match.id)

    async def accept_without_a_place(self) -> None:
        """The seat went to another pair that was promised first."""
        other = await factories.enrollment(self.cohort, await factories.person(self.org), MENTEE)
        await factories.match(self.seat, other)
        waiting = await MatchMember.get(match_id=self.match.id, approval=Approval.PENDING)
        await actions.accept_match(self.mentors if waiting.role is MENTOR else self.mentees, self.match.id)

    async def leave(self) -> None:
        await actions.release_matches(self.mentors, self.seat.id, ClosureReason.NO_FAULT)

    async def wait_for_the_day(self) -> None:
        clock.move(timedelta(days=6))
        await actions.reach_pause_end(self.system, self.match.id)

    async def pass_the_end(self) -> None:
        await Match.filter(id=self.match.id).update(ends_on=clock.now().date())
        await actions.reach_end_date(self.system, self.match.id)

    async def extend(self) -> None:
        later = factories.in_days(60)
        await actions.propose_extension(self.mentees, self.match.id, later)
        await actions.agree_extension(self.mentors, self.match.id, later)

    async def wait_a_fortnight(self) -> None:
        clock.move(timedelta(days=14, minutes=1))
        await drain(strict=False)

    async def state(self) -> MatchState:
        return (await Match.get(id=self.match.id)).state


async def walk(state: str, event: str) -> tuple[UUID, str]:
    quay = Quay()
    async with at_one_go() as org_id:
        await quay.begin(state, event, id=org_id)
    match_id = await quay.do(event)
    return match_id, (await Match.get(id=match_id)).state.value


async def quay_at(state: str, event: str = "", **program: Any) -> Quay:
    quay = Quay()
    await quay.begin(state, event)
    await Program.filter(id=quay.program.id).update(**program)
    return quay


async def test_every_row_of_the_match_table_is_walked(db: object) -> None:
    assert await walked(ROWS, walk) == []


async def test_a_request_holds_a_seat_and_is_asked_for_once(db: object) -> None:
    quay = await quay_at("")
    asked = await actions.request_match(quay.mentees, quay.place.id, quay.seat.id)
    assert (await actions.request_match(quay.mentees, quay.place.id, quay.seat.id)).id == asked.id
    assert await refused(actions.request_match(quay.mentors, quay.seat.id, quay.place.id)) == "open"
    other = await factories.person(quay.org)
    third = await factories.enrollment(quay.cohort, other, MENTEE)
    assert await refused(actions.request_match(factories.actor_of(other), third.id, quay.seat.id)) == "seat_taken"
    assert await Match.filter(state__in=list(OPEN_MATCHES)).count() == 1


async def test_asking_is_refused_where_a_programme_a_manager_a_line_or_a_no_stands_against_it(db: object) -> None:
    quay = await quay_at("", mentees_may_ask=False)

    async def ask() -> Match:
        return await actions.request_match(quay.mentees, quay.place.id, quay.seat.id)

    assert await refused(ask()) == "FORBIDDEN"
    await Program.filter(id=quay.program.id).update(mentees_may_ask=True)
    await Person.filter(id=quay.mentee.id).update(line_manager_id=quay.mentor.id)
    assert await refused(ask()) == "apart"
    await Person.filter(id=quay.mentee.id).update(line_manager_id=None)
    ban = await MatchOverride.create(
        organization_id=quay.org.id, cohort_id=quay.cohort.id, mentor_enrollment_id=quay.seat.id,
        mentee_enrollment_id=quay.place.id, kind=OverrideKind.BAN, decided_by="manager",
    )
    assert await refused(ask()) == "apart"
    await ban.delete()
    declined = await factories.match(quay.seat, quay.place, state=MatchState.DECLINED)
    assert await refused(ask()) == "apart"
    await MatchMember.filter(match_id=declined.id).delete()
    assert await refused(ask()) == "done"


async def test_a_request_taken_back_at_once_is_told_to_nobody_and_later_to_who_was_asked(db: object) -> None:
    for seconds, expected in ((0, set[str]()), (11, {"M03", "M05"})):
        quay = await quay_at("")
        asked = await actions.request_match(quay.mentees, quay.place.id, quay.seat.id)
        clock.move(timedelta(seconds=seconds))
        await drain()
        assert await refused(actions.cancel_match(quay.mentors, asked.id)) == "FORBIDDEN"
        await actions.cancel_match(quay.mentees, asked.id)
        clock.move(timedelta(minutes=1))
        await drain()
        sent = await Message.filter(recipient_id=quay.mentor.id).exclude(state="SUPPRESSED")
        assert {one.kind for one in sent} == expected or not seconds
        assert not await Message.filter(recipient_id=quay.mentee.id).exists()


async def test_who_asked_hears_that_nobody_answered(db: object) -> None:
    quay = await quay_at("")
    await actions.request_match(quay.mentees, quay.place.id, quay.seat.id)
    clock.move(timedelta(days=7, minutes=1))
    await drain()
    assert [one.kind for one in await Message.filter(recipient_id=quay.mentee.id)] == ["M05"]


async def test_the_other_side_knows_nothing_until_the_first_said_yes(db: object) -> None:
    quay = await quay_at("DRAFT", "publish, BOTH, mentee first")
    await actions.publish_match(quay.manager, quay.match.id, undo_within=timedelta())
    first = await Match.get(id=quay.match.id)
    assert await my_matches(quay.mentors, AWAITING) == []
    assert [one.id for one in await my_matches(quay.mentees, AWAITING)] == [quay.match.id]
    await drain()
    assert not await Message.filter(recipient_id=quay.mentor.id).exists()
    clock.move(timedelta(days=3))
    await actions.accept_match(quay.mentees, quay.match.id)
    assert await quay.state() is MatchState.AWAITING_MENTOR
    second = await Match.get(id=quay.match.id)
    assert first.answer_by is not None
    assert second.answer_by is not None
    assert second.answer_by - first.answer_by >= timedelta(days=3) - timedelta(minutes=1)
    await drain()
    assert [one.kind for one in await Message.filter(recipient_id=quay.mentor.id)] == ["M03"]
    await actions.accept_match(quay.mentors, quay.match.id)
    assert await quay.state() is MatchState.ACTIVE


async def test_an_approval_of_a_match_that_is_over_meanwhile_is_not_taken_back(db: object) -> None:
    quay = await quay_at("DRAFT", "publish, BOTH")
    await actions.publish_match(quay.manager, quay.match.id)
    await actions.release_matches(quay.mentors, quay.seat.id, ClosureReason.NO_FAULT)
    assert await actions.undo_publish(quay.manager, [quay.match.id]) == []
    assert await quay.state() is MatchState.CANCELLED


async def test_a_later_end_takes_two_and_moves_what_is_due(db: object) -> None:
    quay = await quay_at("ACTIVE")
    later, even_later = factories.in_days(120), factories.in_days(150)
    await actions.propose_extension(quay.mentees, quay.match.id, later)
    assert (await Match.get(id=quay.match.id)).ends_on == factories.in_days(90)
    assert await refused(actions.agree_extension(quay.mentees, quay.match.id, later)) == "FORBIDDEN"
    assert await refused(actions.propose_extension(quay.manager, quay.match.id, later)) == "FORBIDDEN"
    await actions.propose_extension(quay.mentees, quay.match.id, even_later)
    assert await refused(actions.agree_extension(quay.mentors, quay.match.id, later)) == "changed"
    await actions.propose_extension(quay.mentors, quay.match.id, even_later)  # the same day is a yes
    match = await actions.agree_extension(quay.mentors, quay.match.id, even_later)
    assert (match.ends_on, match.proposed_end_on, match.state) == (even_later, None, MatchState.ACTIVE)
    due = await ScheduledAction.filter(subject_id=match.id, rule="match.end_date", state="PLANNED")
    assert [one.due_at.astimezone(ZoneInfo("Europe/Lisbon")).date() for one in due] == [even_later]
    clock.move(timedelta(seconds=11))
    await drain()
    assert {(one.kind, one.recipient_id) for one in await Message.all()} >= {("Z03-agreed", quay.mentee.id)}


async def test_a_proposal_taken_back_is_gone_and_a_closed_match_takes_none(db: object) -> None:
    quay = await quay_at("ACTIVE")
    await actions.propose_extension(quay.mentees, quay.match.id, factories.in_days(100))
    await actions.withdraw_extension(quay.mentees, quay.match.id)
    clock.move(timedelta(minutes=1))
    await drain()
    assert not await Message.filter(kind="Z03-proposed").exists()
    assert (await Match.get(id=quay.match.id)).proposed_by_id is None
    await actions.end_match(quay.mentees, quay.match.id, ClosureReason.GOAL_REACHED)
    assert await refused(actions.propose_extension(quay.mentees, quay.match.id, factories.in_days(100))) == "closed"


async def test_a_seat_given_away_meanwhile_is_not_taken_back_by_a_later_end(db: object) -> None:
    quay = await quay_at("DURATION_COMPLETED")
    other = await factories.enrollment(quay.cohort, await factories.person(quay.org), MENTEE)
    await factories.match(quay.seat, other)
    later = factories.in_days(60)
    await actions.propose_extension(quay.mentees, quay.match.id, later)
    assert await refused(actions.agree_extension(quay.mentors, quay.match.id, later)) == "seat_taken"
    assert await quay.state() is MatchState.DURATION_COMPLETED


async def test_two_who_are_kept_apart_by_now_go_on_no_longer(db: object) -> None:
    quay = await quay_at("DURATION_COMPLETED")
    later = factories.in_days(60)
    await actions.propose_extension(quay.mentees, quay.match.id, later)
    await actions.ban_pair(quay.manager, quay.seat.id, quay.place.id, reason="They share a flat.")
    assert await refused(actions.agree_extension(quay.mentors, quay.match.id, later)) == "apart"
    assert await quay.state() is MatchState.DURATION_COMPLETED


async def test_a_pause_moves_the_last_day_only_where_the_programme_says_so(db: object) -> None:
    for moves, expected in ((False, 90), (True, 95)):
        quay = await quay_at("ACTIVE", pause_moves_end=moves)
        last: date = factories.in_days(expected)
        await actions.pause_match(quay.mentees, quay.match.id)
        clock.move(timedelta(days=5))
        assert (await actions.resume_match(quay.mentors, quay.match.id)).ends_on == last
    await Match.filter(id=quay.match.id).update(ends_on=clock.now().date(), state=MatchState.PAUSED)
    assert (await actions.reach_end_date(quay.system, quay.match.id)).state is MatchState.PAUSED


async def test_a_member_on_a_break_holds_up_a_later_end(db: object) -> None:
    quay = await quay_at("DURATION_COMPLETED")
    quay.seat.state = EnrollmentState.PAUSED
    await quay.seat.save()
    later = factories.in_days(60)
    await actions.propose_extension(quay.mentees, quay.match.id, later)
    assert await refused(actions.agree_extension(quay.mentors, quay.match.id, later)) == "CONFLICT"
