"""How long an answer takes tells nobody whether an address is known (reliability.md, section 3 "Sign-in timing").

That the same statements run for both is seen in tests/server/access/letters. Here it is timed: known and unknown
addresses by turns, in an order of chance, over HTTP, each from a network address of its own.
"""

import os
import random
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from tests import factories
from tests.chance import LONG, seeded
from tests.conftest import environment
from tests.faults.installation import KEY, environ_of, installed
from tests.faults.report import middle, tell
from tests.faults.smoke import WITHIN_S
from tests.server.kernel.jobs.test_durable import slow_server

EACH = int(os.environ.get("ITHACA_CHAOS_ADDRESSES", "50"))
ROUNDS, WARMING, WITHIN = 4, 10, 0.15
"""An address is asked for once in each round, which is one time less than it would be refused for."""
pytestmark = pytest.mark.skipif(not LONG, reason="four hundred mails asked for: runs in 'make chaos'")


@dataclass(frozen=True)
class Asker:
    """A stranger with an address to try, from a network of their own."""

    url: str
    address: str
    known: bool
    network: str

    async def ask(self) -> tuple[float, float]:
        """The seconds that asking for a mail took, and those that a wrong code took."""
        transport = httpx2.AsyncHTTPTransport(local_address=self.network)
        headers = {"Origin": self.url, "Accept": "text/html"}
        async with httpx2.AsyncClient(
            base_url=self.url, headers=headers, transport=transport, timeout=WITHIN_S
        ) as http:
            asking = await self._took(http, 303, "/sign-in", {"email": self.address})
            return asking, await self._took(http, 422, "/sign-in/code", {"code": "000000"})

    async def _took(self, http: httpx2.AsyncClient, status: int, path: str, form: Mapping[str, str]) -> float:
        began = time.perf_counter()
        answer = await http.post(path, data=dict(form))
        took = time.perf_counter() - began
        assert answer.status_code == status, f"{self.address} {answer.status_code} {answer.text[-300:]}"
        return took


async def test_an_unknown_address_is_answered_as_soon_as_a_known_one(
    db: object, database_url: str, tmp_path: Path
) -> None:
    chance, took = seeded(), defaultdict[tuple[str, bool], list[float]](list)
    with environment(ITHACA_SECRET_KEY=KEY):
        org = await factories.organization()
        for number in range(EACH):
            await factories.person(org, email=f"known{number}@example.test")
        async with slow_server() as sink:
            async with installed(environ_of(tmp_path, database_url, sink.port), "serve") as here:
                for warm in range(WARMING):
                    await Asker(here.url, f"warm{warm}@example.test", known=False, network="127.0.3.1").ask()
                for asker in askers(here.url, chance):
                    asking, entering = await asker.ask()
                    took["asking", asker.known].append(asking)
                    took["entering", asker.known].append(entering)
    apart = {kind: abs(middle(took[kind, True]) / middle(took[kind, False]) - 1) for kind in ("asking", "entering")}
    tell(
        "Sign-in timing", engine=database_url.partition(":")[0], known=EACH, unknown=EACH, rounds=ROUNDS,
        asking_ms=round(1_000 * middle(took["asking", True]), 1),
        entering_ms=round(1_000 * middle(took["entering", True]), 1),
        asking_apart_percent=round(100 * apart["asking"], 1), entering_apart_percent=round(100 * apart["entering"], 1),
    )
    assert max(apart.values()) <= WITHIN


def askers(url: str, chance: random.Random) -> list[Asker]:
    """Everybody, once in each round, in an order of chance. A network asks for one address alone."""
    everybody = [
        Asker(url, f"{'known' if known else 'nobody'}{number}@example.test", known, f"127.0.{1 + known}.{number + 1}")
        for number in range(EACH) for known in (True, False)
    ]
    return [one for _ in range(ROUNDS) for one in chance.sample(everybody, len(everybody))]
