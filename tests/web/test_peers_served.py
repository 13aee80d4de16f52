"""Two peers on a running server: one process of its own answers their pages and does the jobs until they meet."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import httpx2

from server.access.actions import open_session
from server.kernel import clock
from server.kernel.db import database, fresh_key
from server.kernel.facts import OutboxEvent
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.models import Person
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.conftest import environment
from tests.live import serving
from tests.web.test_peers import joins, one_slot, two_invited

Found = TypeVar("Found")
TRIES, EACH_S = 300, 0.2


async def until(asked: Callable[[], Awaitable[Found | None]]) -> Found:
    """What comes about in the other process, as soon as it has."""
    for _ in range(TRIES):
        found = await asked()
        if found is not None:
            return found
        await asyncio.sleep(EACH_S)
    raise AssertionError("it never came about")


async def browser(url: str, person: Person) -> httpx2.AsyncClient:
    cookies = {"ithaca": await open_session(person)}
    return httpx2.AsyncClient(base_url=url, cookies=cookies, headers={"Origin": url}, timeout=60)


async def sent(client: httpx2.AsyncClient, path: str, **values: str) -> None:
    answer = await client.post(path, data={**values, "form_key": fresh_key()})
    assert answer.status_code == 303, (path, answer.status_code)


async def test_two_peers_join_are_drafted_approved_say_yes_and_meet(sqlite_template: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_template, tmp_path / "ithaca.db")
    with environment(ITHACA_VAR_DIR=str(tmp_path), ITHACA_SMTP_HOST=""):
        async with database(f"sqlite://{tmp_path / 'ithaca.db'}"):
            two = await two_invited()
            with serving(tmp_path) as url:
                noor, idris, rui = [await browser(url, person) for person in (*two.people, two.manager)]
                assert (await joins(noor, two.skills[0], two.skills[1])).status_code == 303
                assert (await joins(idris, two.skills[1], two.skills[0])).status_code == 303
                await sent(rui, "/console/matches/run", group=str(two.cohort.id))
                draft = await until(lambda: Match.get_or_none(state=MatchState.DRAFT))
                await sent(rui, f"/console/matches/{draft.id}/approval")
                await Match.filter(id=draft.id).update(published_at=clock.now())  # ten seconds to undo it are over
                await OutboxEvent.filter(not_before__gt=clock.now()).update(not_before=clock.now())
                slot = one_slot((await noor.get(f"/match/{draft.id}")).text)
                for client in (noor, idris):
                    await sent(client, f"/match/{draft.id}", slot=slot)
                session = await Session.get(match_id=draft.id, state=SessionState.SCHEDULED)
                assert (await Match.get(id=draft.id)).state is MatchState.ACTIVE
                for client, partner in ((noor, "Idris"), (idris, "Noor")):
                    assert partner in (await client.get(f"/session/{session.id}")).text
                    await client.aclose()
                await rui.aclose()
