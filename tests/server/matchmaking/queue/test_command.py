"""`ithaca queue` in the terminal: what it does and says."""

from argparse import ArgumentParser
from datetime import timedelta

from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.matchmaking.queue import command
from server.matchmaking.runs.actions import run_matching
from server.programs.models import Enrollment
from server.programs.states import ParticipantRole
from tests import factories
from tests.web.console.market import Market, market


async def ask(found: Market, *words: str) -> str:
    parser = ArgumentParser()
    command.add_arguments(parser)
    args = parser.parse_args(["--organization", found.organization.key, *words])
    actor = system_actor(found.organization.id)
    return await (command.newcomers(actor, args) if args.todo == "newcomers" else command.gap(actor, args.match))


async def test_newcomers_and_a_gap_are_asked_for_in_a_terminal(db: object) -> None:
    found = await market(mentors=1, mentees=2, capacity=1)
    actor = system_actor(found.organization.id)
    await run_matching(actor, found.cohort.id)
    group = ("--program", found.program.key, "--cohort", found.cohort.key)
    assert await ask(found, "newcomers", *group) == "0 drafts were made. One person waits."
    await Enrollment.filter(id=found.mentors[0].id).update(capacity=2)
    assert await ask(found, "newcomers", *group) == "One draft was made. 0 people wait."
    over = await Match.all().first()
    assert over is not None
    await Match.filter(id=over.id).update(
        state=MatchState.CONCLUDED, ended_at=clock.now() - timedelta(hours=1), closure_reason=ClosureReason.NO_FAULT
    )
    assert await ask(found, "gap", str(over.id)) == "0 drafts were made.", "these two have met"
    mentor = await factories.person(found.organization)
    await factories.enrollment(found.cohort, mentor, ParticipantRole.MENTOR)
    assert await ask(found, "gap", str(over.id)) == "One draft was made."
