"""After a kill an organisation of ten thousand people is served again by itself (R5)."""

import asyncio
import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import httpx2
import pytest

from server.access.actions import open_session
from server.kernel.ids import new_id
from server.people.models import Person
from tests import factories
from tests.chance import LONG
from tests.conftest import environment
from tests.faults.installation import KEY, PATIENCE_S, environ_of, installed
from tests.faults.report import is_quiet, middle, tell

PEOPLE = int(os.environ.get("ITHACA_CHAOS_PEOPLE", "10000"))
KILLS = 10
READY_WITHIN_S, WRITES_WITHIN_S = 5, 10
pytestmark = pytest.mark.skipif(not LONG, reason="a crowd of rows and ten starts: runs in 'make chaos'")


async def test_ready_and_writing_again_after_each_kill(db: object, database_url: str, tmp_path: Path) -> None:
    with environment(ITHACA_SECRET_KEY=KEY):
        pair = await factories.active_match()
        await Person.bulk_create([
            Person(
                organization_id=pair.organization.id, employee_id=str(number), email=f"{number}@example.test",
                given_name="Noor", family_name=f"Saltmarsh {number}",
            )
            for number in range(PEOPLE)
        ], batch_size=1_000)
        cookies = {"ithaca": await open_session(pair.mentee)}
    ready, wrote, quiet = [], [], is_quiet()
    async with installed(environ_of(tmp_path, database_url), "serve", before=()) as here:  # its start is what is timed
        async with httpx2.AsyncClient(base_url=here.url, headers={"Origin": here.url}, cookies=cookies) as http:
            for _ in range(KILLS):
                await here.processes[0].end(signal.SIGKILL)
                begun = time.monotonic()
                await here.processes[0].start()
                ready.append(await since(begun, http, "GET", "/readyz", 200))
                word = {"body": "Back again", "form_key": str(new_id())}
                wrote.append(await since(begun, http, "POST", f"/messages/{pair.match.id}", 303, word))
    tell(
        "R5", people=PEOPLE, kills=KILLS, ready_s=round(middle(ready), 1), ready_at_most_s=round(max(ready), 1),
        first_word_stored_s=round(middle(wrote), 1), first_word_stored_at_most_s=round(max(wrote), 1),
    )
    if quiet:
        assert max(ready) <= READY_WITHIN_S
        assert max(wrote) <= WRITES_WITHIN_S


async def since(
    begun: float, http: httpx2.AsyncClient, method: str, path: str, status: int, data: dict[str, str] | None = None
) -> float:
    """The seconds from `begun` until the answer has this status; sent again, with the same key, until then."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(httpx2.HTTPError):
                if (await http.request(method, path, data=data, timeout=PATIENCE_S)).status_code == status:
                    return time.monotonic() - begun
            await asyncio.sleep(0.02)
