"""Whoever runs a programme for peers reads of no mentor and no mentee: on no page, in no toast, and in no command."""

from argparse import ArgumentParser
from datetime import timedelta

import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.journey.queue import command
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.models import MatchRun
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.wishes.actions import name_wishes
from server.people.models import Person
from server.programs.models import Cohort, Enrollment, Program
from server.programs.states import EnrollmentState
from tests import factories
from tests.server.matchmaking.peers import Peers, a_group_of_peers
from tests.web.conftest import ClientOf
from tests.web.console.reading import NAMED, Reading

HERE = "/console/matches"


@pytest.fixture
async def peers(db: object) -> Peers:
    made = await a_group_of_peers()
    await Program.filter(id=made.program.id).update(mentees_may_wish=True, key="equals", name="Equals")
    await Cohort.filter(id=made.cohort.id).update(key="first", name="First group")
    return made


async def manager_of(peers: Peers) -> Person:
    org = await peers.program.organization
    person = await factories.person(org, given_name="Rui")
    await grant_role(system_actor(org.id), person.id, Role.PROGRAM_MANAGER, peers.program.id)
    return person


async def test_no_page_of_a_programme_for_peers_names_a_mentor(peers: Peers, client_of: ClientOf) -> None:
    page, (noor, idris, mei, rui, kofi) = Reading(await client_of(await manager_of(peers))), peers.rows
    group, program = f"{HERE}?group={peers.cohort.id}", f"/console/programs/{peers.program.id}"
    by_hand = f"{HERE}/by-hand?group={peers.cohort.id}"
    for path in (group, by_hand, f"{by_hand}&mentor={noor.id}&mentee={mei.id}", program, f"{program}/build/matching"):
        await page.get(path)
    await name_wishes(factories.actor_of(kofi.person), kofi.id, [noor.id])
    await page.post(f"{HERE}/run", group=str(peers.cohort.id))
    await drain()
    first = await MatchRun.all().order_by("-started_at").first()
    assert first is not None
    drafts = await Match.filter(state=MatchState.DRAFT).order_by("id")
    for path in (group, f"{HERE}?pair={drafts[0].id}", f"{HERE}?pair={drafts[1].id}", f"{HERE}/runs/{first.id}",
                 f"{HERE}/learning?type=PEER", by_hand):
        await page.get(path)
    for act in ("lock", "hold"):
        await page.post(f"{HERE}/{drafts[0].id}/{act}", **({"held": "1"} if act == "hold" else {}))
    await page.post(f"{HERE}/{drafts[1].id}/mentor", 422, mentor="", reason="")
    await page.post(f"{HERE}/newcomers", group=str(peers.cohort.id))
    await drain()
    await Enrollment.filter(id=idris.id).update(state=EnrollmentState.PAUSED)
    await page.post(f"{HERE}/preview", group=str(peers.cohort.id))
    await drain()
    for run in await MatchRun.exclude(id=first.id):
        await page.get(f"{HERE}/runs/{run.id}")
        await page.get(f"{HERE}/runs/{run.id}/against/{first.id}")
    await Enrollment.filter(id=idris.id).update(state=EnrollmentState.ACTIVE)
    await page.post(f"{HERE}/{drafts[1].id}/approval")
    clock.move(timedelta(minutes=1))
    await drain()
    for path in (f"{HERE}/{drafts[1].id}", "/console", f"{HERE}/groups/{peers.cohort.id}/places"):
        await page.get(path)
    await Match.filter(id=drafts[1].id).update(state=MatchState.DECLINED)
    await page.get(f"{HERE}/{drafts[1].id}")
    await page.post(f"{HERE}/by-hand", group=str(peers.cohort.id), mentor=str(rui.id), mentee=str(kofi.id))
    for row in peers.rows[:2]:
        await page.get(f"/console/people/{row.person_id}")
    assert not page.found


async def test_the_queue_in_the_command_line_speaks_of_peers(peers: Peers) -> None:
    await run_matching(peers.manager, peers.cohort.id)
    org, parser = await peers.program.organization, ArgumentParser()
    command.add_arguments(parser)
    told = []
    for act in ("newcomers", "list", "preview", "plan"):
        words = ["--organization", org.key, act, "--program", "equals", "--cohort", "first"]
        told += (await command.answered(parser.parse_args(words))).lines
    assert told[0] == "0 pairs were found. One person waits. Seed 0."
    assert NAMED.findall(" ".join(told)) == []
