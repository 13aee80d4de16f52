"""No screen of a participant, and no part that is swapped in, outgrows a phone on a slow line."""

from __future__ import annotations

from server.kernel.db import fresh_key
from tests import plenty
from tests.web.budget import AFTERWARDS, SWAP, sent, weigh, weigh_afterwards
from tests.web.conftest import HTMX, ClientOf

ITEMS = 2
"""Beside the first one: somebody with three mentees, three people to decide about and three programmes to join."""


async def test_every_screen_keeps_to_its_budget(client_of: ClientOf) -> None:
    seen = await plenty.begin(ITEMS)
    known = await client_of(seen.person)
    await known.get("/")
    over = {}
    for name, path in seen.addresses().items():
        fresh = await client_of(seen.person)
        over[name] = (await weigh(fresh, known, path)).over()
    assert {name: lines for name, lines in over.items() if lines} == {}


async def test_every_swapped_part_keeps_to_its_budget(client_of: ClientOf) -> None:
    seen = await plenty.begin(ITEMS)
    mentor, mentee = await client_of(seen.pair.mentor), await client_of(seen.pair.mentee)
    steps, promises = await seen.steps(), await seen.promises()
    session, check_in, program = seen.session.id, seen.check_in.id, seen.invites.program.key
    sizes = {
        name: sent(await client.post(path, data={"form_key": fresh_key(), **data}, headers=HTMX))
        for name, client, path, data in (
            ("a step ticked", mentee, f"/milestone/{steps[0]}", {"done": "1"}),
            ("a promise kept", mentor, f"/promise/{promises[0]}", {"done": "1"}),
            ("notes saved", mentee, f"/session/{session}/notes", {"note-0": "Name one decider."}),
            ("words of a goal", mentor, f"/join/{program}/words", {"want": "lead a product review"}),
            ("a check-in to mend", mentor, f"/checkin/{check_in}", {"words": "Something typed"}),
        )
    }
    assert {name: size for name, size in sizes.items() if size > SWAP} == {}


async def test_what_comes_after_the_page_is_small(client_of: ClientOf) -> None:
    assert await weigh_afterwards(await client_of(None)) <= AFTERWARDS
