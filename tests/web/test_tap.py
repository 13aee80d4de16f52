"""A tap as the worker sends it: a post of a ticket, an answer that is the next notification; looking does nothing."""

import pytest

from server.access.models import Ticket
from server.kernel import clock
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests.server.journey.tapping.test_tapping import offer
from web.dates import clock_time


@pytest.fixture
async def offered(db):
    return await offer()


async def test_what_came_of_it_is_the_next_notification_with_a_way_back(offered, client_of):
    client = await client_of(None)
    with clock.at(clock.now()):   # ten seconds to undo, on whatever machine
        answer = await client.post("/tap", data={"ticket": offered.secret})
        said = answer.json()
        ticket = said["data"]["tickets"]["undo"]
        undone = (await client.post("/tap", data={"ticket": ticket})).json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert said["title"].startswith("Booked: ")
    assert said["title"].endswith(clock_time(offered.session.starts_at, offered.pair.mentor.zone))
    assert (said["body"], said["navigate"]) == (
        "With Noor. Both of you get an invitation.", f"/session/{offered.session.id}",
    )
    assert [one["action"] for one in said["actions"]] == ["undo"]
    assert (undone["title"], "actions" in undone) == ("Undone. It stands as before.", False)
    assert (await Session.get(id=offered.session.id)).state is SessionState.PROPOSED


async def test_looking_and_other_sites_change_nothing(offered, client_of):
    client = await client_of(None)
    for _time in range(3):
        assert (await client.get("/tap", params={"ticket": offered.secret})).status_code == 405
    elsewhere = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/tap", data={"ticket": offered.secret}, headers=elsewhere)).status_code == 403
    assert (await Ticket.get()).spent_at is None


@pytest.mark.parametrize("ticket", ["", "unknown", "x" * 5_000, "\x00"])
async def test_what_is_no_ticket_is_not_found(client_of, ticket):
    client = await client_of(None)
    assert (await client.post("/tap", data={"ticket": ticket})).status_code == 404


async def test_it_is_said_in_the_persons_own_language(offered, client_of):
    offered.pair.mentor.language = "ar"
    await offered.pair.mentor.save()
    client = await client_of(None)
    said = (await client.post("/tap", data={"ticket": offered.secret})).json()
    assert (said["lang"], said["dir"]) == ("ar", "rtl")
