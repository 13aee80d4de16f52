"""A link of a mail: opening it changes nothing, its one button does what the page says, and it says when it is over."""

import re
from datetime import timedelta

import pytest

from server.access.models import Ticket
from server.access.states import TicketPurpose
from server.kernel import clock
from server.kernel.actor import system_actor
from server.matches.actions import announce_quiet_end, propose_extension
from server.matches.models import Match
from server.matches.states import MatchState
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories
from tests.server.journey.tapping.test_tapping import asked, in_two_days, mailed, offer
from web.dates import clock_time

CROSS_SITE = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}


async def both_ways(client, ticket):
    """What a link shows when it is opened, and when its button is pressed."""
    return (
        await client.get("/answer", params={"ticket": ticket}), await client.post("/answer", data={"ticket": ticket})
    )


def undo_of(html: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', html)
    assert found
    return found[1]


async def test_a_scanner_opens_it_three_times_and_asks_for_its_head_then_the_button_works(db, client_of):
    pair, client = await asked(), await client_of(None)
    secret = await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH, starts_at=in_two_days())
    for _time in range(3):
        opened = await client.get("/answer", params={"ticket": secret})
        assert (opened.status_code, opened.headers["cache-control"]) == (200, "no-store")
    scanner = await client_of(None)
    scanner.event_hooks = {}   # a head has no page to look at
    assert (await scanner.head("/answer", params={"ticket": secret})).status_code == 200
    assert (await client.post("/answer", data={"ticket": secret}, headers=CROSS_SITE)).status_code == 403
    assert ((await Ticket.get()).spent_at, await Session.all().count()) == (None, 0)
    assert "Say yes to Idris?" in opened.text
    assert "You suggest " in opened.text
    assert opened.text.count('name="ticket"') == 1
    assert "You answer as Noor Saltmarsh" in opened.text
    done = await client.post("/answer", data={"ticket": secret})
    assert (done.status_code, "Your yes is in" in done.text) == (200, True)
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_MENTOR
    for over in await both_ways(client, secret):
        assert "This was answered already" in over.text
        assert f'href="/match/{pair.match.id}"' in over.text


async def test_agreeing_to_a_time_books_it_and_the_answer_takes_it_back(db, client_of):
    offered, client = await offer(), await client_of(None)
    at = offered.session.starts_at
    with clock.at(clock.now()):   # ten seconds to undo, on whatever machine
        asks = (await client.get("/answer", params={"ticket": offered.secret})).text
        done = (await client.post("/answer", data={"ticket": offered.secret})).text
        assert "Meet Noor?" in asks
        assert f"at {clock_time(at, offered.pair.mentor.zone)}</button>" in asks   # the reader's own clock
        assert f"({clock_time(at, offered.pair.mentee.zone)} in" in asks
        assert "Booked: " in done
        undone = await client.post("/answer", data={"ticket": undo_of(done)})
    assert "Undone" in undone.text
    assert (await Session.get(id=offered.session.id)).state is SessionState.PROPOSED


async def test_a_later_day_is_agreed_to_on_a_page_that_names_it(db, client_of):
    pair, client = await factories.active_match(), await client_of(None)
    day = factories.in_days(200)
    await propose_extension(pair.mentor_actor, pair.match.id, day)
    secret = await mailed(pair, pair.mentee, TicketPurpose.AGREE_TO_DAY, ends_on=day)
    assert "Your last day together becomes" in (await client.get("/answer", params={"ticket": secret})).text
    assert "You go on together" in (await client.post("/answer", data={"ticket": secret})).text
    assert (await Match.get(id=pair.match.id)).ends_on == day


async def test_whether_they_met_is_answered_on_a_page_that_says_what_happens(db, client_of):
    pair, client = await factories.active_match(), await client_of(None)
    at = clock.now() - timedelta(hours=2)
    session = await Session.create(
        organization_id=pair.organization.id, match=pair.match, starts_at=at, ends_at=at + timedelta(hours=1),
        state=SessionState.HELD,
    )
    bound = {"session_id": session.id, "starts_at": at}
    for purpose, asks, says in (
        (TicketPurpose.CONFIRM_SESSION, "Did you meet Idris?", "Noted. You met."),
        (TicketPurpose.MOVE_SESSION, "You and Idris moved it?", "Noted: you moved it"),
        (TicketPurpose.MISS_SESSION, "This has changed meanwhile", "It is settled already"),
    ):
        secret = await mailed(pair, pair.mentee, purpose, **bound)
        opened = (await client.get("/answer", params={"ticket": secret})).text
        assert asks in opened
        assert says in (await client.post("/answer", data={"ticket": secret})).text
    secret = await mailed(pair, pair.mentee, TicketPurpose.KEEP_MATCH)
    assert "This has changed meanwhile" in (await client.get("/answer", params={"ticket": secret})).text
    await announce_quiet_end(system_actor(pair.organization.id), pair.match.id, at)
    assert "Go on with Idris?" in (await client.get("/answer", params={"ticket": secret})).text
    assert "Noted: you go on" in (await client.post("/answer", data={"ticket": secret})).text


async def test_what_is_over_is_told_kindly_with_the_way_on(db, client_of):
    offered, client = await offer(), await client_of(None)
    later = clock.now() + timedelta(days=8)
    with clock.at(later):
        old = await client.get("/answer", params={"ticket": offered.secret})
        refused = await client.post("/answer", data={"ticket": offered.secret})
    assert "This link is more than a week old" in old.text
    assert (refused.status_code, await Session.filter(state=SessionState.SCHEDULED).count()) == (409, 0)
    offered.session.state = SessionState.CANCELLED
    await offered.session.save()
    assert "This has changed meanwhile" in (await client.get("/answer", params={"ticket": offered.secret})).text
    late = await client.post("/answer", data={"ticket": offered.secret})
    assert (late.status_code, "That time is no longer on the table." in late.text) == (409, True)


@pytest.mark.parametrize("ticket", ["", "unknown", "x" * 5_000, "\x00"])
async def test_a_link_that_was_cut_short_is_told_so(client_of, ticket):
    client = await client_of(None)
    for answer in await both_ways(client, ticket):
        assert (answer.status_code, "We do not know this link" in answer.text) == (404, True)


async def test_a_mail_that_was_passed_on_answers_for_nobody_else(db, client_of):
    pair, stranger = await asked(), await factories.person(await factories.organization())
    secret = await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH)
    for somebody in (pair.mentor, stranger):
        client = await client_of(somebody)
        for answer in await both_ways(client, secret):
            assert (answer.status_code, "This link is for somebody else" in answer.text) == (403, True)
            assert pair.mentee.full_name not in answer.text
    assert (await Match.get(id=pair.match.id)).state is MatchState.AWAITING_BOTH
    hers = await client_of(pair.mentee)
    assert "Your yes is in" in (await hers.post("/answer", data={"ticket": secret})).text


async def test_it_speaks_the_language_of_whom_it_was_written_to(db, client_of):
    pair = await asked()
    pair.mentee.language = "ar"
    await pair.mentee.save()
    secret = await mailed(pair, pair.mentee, TicketPurpose.ACCEPT_MATCH)
    assert '<html lang="ar" dir="rtl"' in (await (await client_of(None)).get("/answer", params={"ticket": secret})).text
