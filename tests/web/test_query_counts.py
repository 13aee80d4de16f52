"""A screen costs as many statements with thirty of everything on it as with one."""

from __future__ import annotations

import httpx2

from server.people.offers.actions import refuse_offer
from server.people.states import Offer
from tests import factories, plenty
from tests.queries import queries_run
from tests.web.conftest import ClientOf, booked

LISTS = ("/", "/session/{id}", "/messages", "/messages/{id}", "/you", "/join/{program}")
"""Screens that show each of the things; the others count them or choose among them."""
MOST = 35
"""No screen of a participant needs more statements than this, who is there and the frame around it included."""


async def test_each_screen_costs_the_same_for_one_item_and_for_thirty(client_of: ClientOf) -> None:
    seen = await plenty.begin()
    client = await client_of(seen.person)
    await client.get("/")     # takes the styles along, so that lengths can be compared
    one = {name: await cost(client, path) for name, path in seen.addresses().items()}
    for _ in range(29):
        await plenty.more(seen)
    thirty = {name: await cost(client, path) for name, path in seen.addresses().items()}
    assert [name for name in LISTS if thirty[name][1] <= one[name][1] * 1.2] == [], "what is shown did not grow"
    assert {name: statements for name, (statements, _) in thirty.items()} == {
        name: statements for name, (statements, _) in one.items()
    }
    assert max(statements for statements, _length in thirty.values()) <= MOST


async def test_what_is_offered_costs_one_statement_and_whoever_said_not_now_none(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    await booked(pair)
    client = await client_of(pair.mentee)
    assert "data-offer" in (await client.get("/")).text
    offered, _ = await cost(client, "/")
    await refuse_offer(pair.mentee_actor, Offer.PUSH)
    assert (await cost(client, "/"))[0] == offered - 1
    with queries_run() as ran:
        await client.get("/")
    assert sum('FROM "profile"' in statement for statement in ran) == 1


async def cost(client: httpx2.AsyncClient, path: str) -> tuple[int, int]:
    """Statements of a screen, and how long it is."""
    with queries_run() as ran:
        answer = await client.get(path)
    assert answer.status_code == 200, (path, answer.headers.get("location"))
    return len(ran), len(answer.text)
