"""Whose yes a match needs: every setting walked from the manager's approval to the start, by web, API and one tap."""

import pytest

from server.kernel import clock
from server.kernel.db import fresh_key
from server.matches.actions import publish_match
from server.matches.models import Match
from server.matches.states import MatchState
from server.matches.steps import UNDO_ONE
from server.programs.models import Program
from server.programs.states import Approvals, AskedFirst
from tests import factories
from tests.graphql.ask import ask, gid
from tests.server.journey.tapping.test_tapping import offer
from tests.web.conftest import ClientOf
from tests.web.console.market import draft, market
from web.console.program_words import asked

ACCEPT = "mutation ($id: ID!) { acceptMatch(input: {id: $id}) { match { state } errors { code } } }"
BOTH, MENTOR, MENTEE, NONE = Approvals.BOTH, Approvals.MENTOR, Approvals.MENTEE, Approvals.NONE
TOGETHER = AskedFirst.TOGETHER
TABLE = [
    (NONE, TOGETHER, ["END"], "Nobody is asked."),
    (MENTOR, TOGETHER, ["AWAITING_MENTOR", "END"], "The mentor is asked."),
    (MENTEE, TOGETHER, ["AWAITING_MENTEE", "END"], "The mentee is asked."),
    (BOTH, TOGETHER, ["AWAITING_BOTH", "AWAITING_MENTEE", "END"], "Both are asked at once."),
    (BOTH, AskedFirst.MENTOR, ["AWAITING_MENTOR", "AWAITING_MENTEE", "END"],
     "The mentor is asked first, then the mentee."),
    (BOTH, AskedFirst.MENTEE, ["AWAITING_MENTEE", "AWAITING_MENTOR", "END"],
     "The mentee is asked first, then the mentor."),
]
"""Approvals, who is asked first, the states until END, and how the settings say it."""


async def test_every_setting_is_walked_to_the_start(db: object, client_of: ClientOf) -> None:
    rows = [(*row, admin) for row in TABLE for admin in (False, True)]
    found = await market(mentors=len(rows), mentees=len(rows), capacity=1)
    console, manager = await client_of(found.manager), factories.manager_of(found.manager, found.program)
    for number, (approvals, first, states, _words, admin) in enumerate(rows):
        await Program.filter(id=found.program.id).update(
            approvals=approvals, asked_first=first, admin_approves_matches=admin
        )
        match = await draft(found, number)
        await publish_match(manager, match.id)
        clock.move(UNDO_ONE)
        mentor, mentee = found.mentors[number].person, found.mentees[number].person
        for at, state in enumerate(states[:-1]):
            assert (await Match.get(id=match.id)).state == state, (approvals, first, admin, at)
            if state in ("AWAITING_MENTOR", "AWAITING_BOTH"):
                client = await client_of(mentor)
                shown = (await client.get(f"/match/{match.id}")).text
                slot = shown.partition('name="slot" value="')[2].partition('"')[0]
                await client.post(f"/match/{match.id}", data={"slot": slot, "form_key": fresh_key()})
            else:
                if first is AskedFirst.MENTEE:
                    other = await (await client_of(mentor)).get(f"/match/{match.id}")
                    assert other.status_code == 404, "who is asked later knows nothing yet"
                done = (await ask(factories.actor_of(mentee), ACCEPT, id=gid(match)))["acceptMatch"]
                assert done["errors"] == []
        if admin:
            assert (await Match.get(id=match.id)).state is MatchState.AWAITING_ADMIN, (approvals, first)
            await console.post(f"/console/matches/{match.id}/approval", data={"form_key": fresh_key()})
        assert (await Match.get(id=match.id)).state is MatchState.ACTIVE, (approvals, first, admin)


@pytest.mark.parametrize(("admin", "state"), [(False, MatchState.ACTIVE), (True, MatchState.AWAITING_ADMIN)])
async def test_one_tap_on_a_notification_is_the_last_yes(
    db: object, client_of: ClientOf, admin: bool, state: MatchState
) -> None:
    offered = await offer(admin_approves_matches=admin)
    await (await client_of(None)).post("/tap", data={"ticket": offered.secret})
    assert (await Match.get(id=offered.pair.match.id)).state is state


@pytest.mark.parametrize(("approvals", "first", "states", "words"), TABLE)
def test_the_settings_say_it(approvals: Approvals, first: AskedFirst, states: list[str], words: str) -> None:
    said = asked(approvals, first, admin_last=False)
    assert said.startswith(words)
    assert said.endswith("It begins at once." if len(states) == 1 else "It begins with the last yes.")
    assert asked(approvals, first, admin_last=True) == f"{words} Then you have the last word."
