"""Messages: one thread for each pair, written and read by its two people alone."""

import re

import pytest

from server.kernel.db import fresh_key
from server.messaging import actions
from server.messaging.models import ThreadMessage
from server.messaging.queries import unread_count
from server.programs.states import ParticipantRole
from tests import factories
from tests.factories import Pair
from tests.web.conftest import HTMX, ClientOf


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


async def test_a_word_is_sent_once_however_often_the_form_is(client_of: ClientOf, pair: Pair) -> None:
    client, key = await client_of(pair.mentee), fresh_key()
    for _ in range(2):
        await client.post(f"/messages/{pair.match.id}", data={"body": "Hello Idris", "form_key": key})
    assert [message.body for message in await ThreadMessage.all()] == ["Hello Idris"]
    assert "Hello Idris" in (await (await client_of(pair.mentor)).get(f"/messages/{pair.match.id}")).text


async def test_a_form_that_was_changed_and_sent_again_leaves_its_last_wording(client_of: ClientOf, pair: Pair) -> None:
    client, key = await client_of(pair.mentee), fresh_key()
    here = f"/messages/{pair.match.id}"
    for words in ("Hello", "Hello Idris", "Hello Idris"):
        await client.post(here, data={"body": words, "form_key": key})
    assert [message.body for message in await ThreadMessage.all()] == ["Hello Idris"]
    await actions.mark_read(pair.mentor_actor, pair.match.id)
    for _time in range(2):
        await client.post(here, data={"body": "How are you?", "form_key": key})
    assert [message.body for message in await ThreadMessage.all()] == ["Hello Idris", "How are you?"]


async def test_an_empty_word_is_refused_and_a_long_one_kept(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentee)
    assert (await client.post(f"/messages/{pair.match.id}", data={"body": " "})).status_code == 422
    long = "word " * 1200
    answer = await client.post(f"/messages/{pair.match.id}", data={"body": long})
    assert answer.status_code == 422
    assert long.strip() in answer.text


async def test_tags_in_a_message_are_words(client_of: ClientOf, pair: Pair) -> None:
    await actions.send_message(pair.mentee_actor, pair.match.id, "<script>alert(1)</script>")
    answer = await (await client_of(pair.mentor)).get(f"/messages/{pair.match.id}")
    assert "&lt;script&gt;" in answer.text


async def test_reading_is_a_post_of_the_page(client_of: ClientOf, pair: Pair) -> None:
    await actions.send_message(pair.mentee_actor, pair.match.id, "Hello")
    client = await client_of(pair.mentor)
    await client.get(f"/messages/{pair.match.id}")
    assert await unread_count(pair.mentor_actor) == 1
    assert (await client.post(f"/messages/{pair.match.id}/read", headers=HTMX)).status_code == 204
    assert await unread_count(pair.mentor_actor) == 0
    assert ", read" in (await (await client_of(pair.mentee)).get(f"/messages/{pair.match.id}")).text


async def test_nobody_else_reads_or_writes(client_of: ClientOf, pair: Pair) -> None:
    for person in (pair.manager, pair.line_manager, pair.stranger):
        client = await client_of(person)
        assert (await client.get(f"/messages/{pair.match.id}")).status_code == 404
        assert (await client.post(f"/messages/{pair.match.id}", data={"body": "x"})).status_code == 404


async def test_one_thread_opens_by_itself_and_several_are_listed(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.mentor)
    answer = await client.get("/messages")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/messages/{pair.match.id}#latest")
    other = await factories.enrollment(pair.cohort, pair.stranger, ParticipantRole.MENTEE)
    await factories.match(pair.mentor_enrollment, other)
    assert "Kofi" in (await client.get("/messages")).text
    assert "No messages yet" in (await (await client_of(pair.manager)).get("/messages")).text


async def test_a_long_thread_is_read_backwards_and_comes_back_to_the_latest(client_of: ClientOf, pair: Pair) -> None:
    for number in range(51):
        await actions.send_message(pair.mentor_actor, pair.match.id, f"Word number {number}.")
    client, here = await client_of(pair.mentee), f"/messages/{pair.match.id}"
    latest = (await client.get(here)).text
    assert "Word number 0." not in latest
    assert "Word number 1." in latest
    assert "Back to the latest" not in latest
    earlier = re.search(rf'href="({here}[?]before=[^"#]+)#latest"[^>]*>\s*Earlier messages', latest)
    assert earlier
    first = (await client.get(earlier[1])).text
    assert "Word number 0." in first
    assert "Word number 1." not in first
    assert "Earlier messages" not in first
    assert re.search(rf'href="{here}#latest"[^>]*>\s*Back to the latest', first)


@pytest.mark.parametrize("before", ["nonsense", "", "%00", "1" * 5000, "01a20000-0000-7000-8000-000000000000"])
async def test_a_mark_that_is_none_shows_the_latest(client_of: ClientOf, pair: Pair, before: str) -> None:
    await actions.send_message(pair.mentor_actor, pair.match.id, "Hello Noor")
    answer = await (await client_of(pair.mentee)).get(f"/messages/{pair.match.id}?before={before}")
    assert answer.status_code == 200
    assert "Hello Noor" in answer.text
    assert "Back to the latest" not in answer.text


async def test_a_thread_begins_with_a_line_to_change_and_send(client_of: ClientOf, pair: Pair) -> None:
    client, here = await client_of(pair.mentee), f"/messages/{pair.match.id}"
    first = "Hello Idris, I look forward to our talk."
    assert f">\n{first}</textarea>" in (await client.get(here)).text
    await client.post(here, data={"body": first, "form_key": fresh_key()})
    assert f"{first}</textarea>" not in (await client.get(here)).text
