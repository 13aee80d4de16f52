"""A pair's whole path through the real actions of every room: who gets which mail at each step, and nothing else."""

from datetime import UTC, datetime, timedelta

from server.kernel import clock
from server.kernel.jobs import drain
from server.matches import actions as matches
from server.matches.states import MatchOrigin
from server.programs import actions as programs
from server.programs.states import Approvals, ParticipantRole
from server.sessions import actions as sessions
from tests.factories import actor_of, cohort, manager_of, organization, person, program, working_week
from tests.server.notifications.mail_server import MailServer

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)


async def step(server: MailServer, wait: timedelta = timedelta(seconds=11)) -> list[tuple[str, str]]:
    """What arrived since the last step: (first name, subject), by name."""
    before = len(server.mails)
    clock.move(wait)
    await drain()
    return sorted((str(mail["To"]).split()[0], str(mail["Subject"])) for mail in server.mails[before:])


async def test_from_invitation_to_check_in(db: object, mailbox: MailServer) -> None:
    with clock.at(MONDAY):
        org = await organization()
        of = await program(org, approvals=Approvals.BOTH, meeting_url="https://meet.example/room-7")
        run = await cohort(of)
        noor = await person(org, given_name="Noor", zone="Europe/Lisbon")
        idris = await person(org, given_name="Idris", zone="Africa/Nairobi")
        rui = manager_of(await person(org, given_name="Rui"), of)
        for one in (noor, idris):
            await working_week(one)

        mentor = await programs.invite(rui, run.id, idris.id, ParticipantRole.MENTOR)
        mentee = await programs.invite(rui, run.id, noor.id, ParticipantRole.MENTEE)
        assert await step(mailbox) == [
            ("Idris", "Would you be a mentor in Rising Leads?"), ("Noor", "You are invited to Rising Leads"),
        ]

        for who, enrollment in ((idris, mentor), (noor, mentee)):
            await programs.begin(actor_of(who), enrollment.id)
            await programs.submit(actor_of(who), enrollment.id)
        assert await step(mailbox) == [("Idris", "Welcome to Rising Leads"), ("Noor", "Welcome to Rising Leads")]

        match = await matches.suggest_match(rui, mentor.id, mentee.id, origin=MatchOrigin.MANAGER, fit=91)
        await matches.publish_match(rui, match.id)
        assert await step(mailbox, timedelta(seconds=1)) == []
        assert await step(mailbox) == [("Idris", "Idris, meet Noor"), ("Noor", "Noor, meet Idris")]

        await matches.accept_match(actor_of(noor), match.id)
        await sessions.hold_slot(actor_of(noor), match.id, THURSDAY)
        assert await step(mailbox) == [("Idris", "Noor, Thursday 26 November, 13:00?")]

        await matches.accept_match(actor_of(idris), match.id)
        booked = await sessions.confirm_hold(actor_of(idris), match.id)
        assert await step(mailbox) == [
            ("Idris", "Booked with Noor: Thursday 26 November, 13:00"), ("Idris", "You and Noor are a match"),
            ("Noor", "Booked with Idris: Thursday 26 November, 10:00"), ("Noor", "You and Idris are a match"),
        ]

        await sessions.move_session(actor_of(noor), booked.id, THURSDAY + timedelta(hours=1))
        assert await step(mailbox) == [
            ("Idris", "Moved, with Noor: Thursday 26 November, 14:00"),
            ("Noor", "Moved, with Idris: Thursday 26 November, 11:00"),
        ]

        await sessions.cancel_session(actor_of(idris), booked.id)
        assert await step(mailbox) == [
            ("Idris", "Cancelled, with Noor: Thursday 26 November, 14:00"),
            ("Noor", "Cancelled, with Idris: Thursday 26 November, 11:00"),
        ]

        again = await sessions.book_session(actor_of(noor), match.id, THURSDAY)
        await sessions.undo_booking(actor_of(noor), again.id)
        assert await step(mailbox) == []

        assert await step(mailbox, timedelta(days=92)) == [
            ("Idris", "A first time with Noor"), ("Idris", "How is it going with Noor?"),
            ("Noor", "A first time with Idris"), ("Noor", "How is it going with Idris?"),
        ]
