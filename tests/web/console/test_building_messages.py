"""The builder's messages: one is changed in the draft, shown as somebody, tried; what cannot be is told in words."""

import re
from html import unescape
from typing import Any

import pytest

from server.access.models import RoleGrant
from server.access.states import Role
from server.notifications.models import Message
from server.programs.models import Program
from server.programs.plans.content import Change
from server.programs.plans.queries import messages_prepared
from server.programs.plans.telling import BY_OPTION
from tests.factories import Pair, active_match
from tests.web.conftest import ClientOf
from web.console.building.messages_words import limits
from web.console.building.setting_words import rows

FIELDS = {"kind": "F01", "language": "en-GB", "on": "1", "moment-1": "2", "subject": "", "body": "", "act": "keep"}


@pytest.fixture
async def pair(db: object) -> Pair:
    pair = await active_match()
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER,
        program_id=pair.program.id,
    )
    return pair


def page_of(pair: Pair, message: str = "") -> str:
    return f"/console/programs/{pair.program.id}/build/messages" + (f"?message={message}" if message else "")


def fields(shown: str, **typed: str) -> dict[str, Any]:
    return {**FIELDS, "seen": re.findall(r'name="seen" value="(\w+)"', shown)[0], **typed}


async def test_every_message_is_on_the_timeline_and_only_those_of_a_programme(
    client_of: ClientOf, pair: Pair
) -> None:
    shown = unescape((await (await client_of(pair.manager)).get(page_of(pair))).text)
    assert "2 days after the match begins. Mail, and push" in shown
    assert shown.index("<h3>Week 1</h3>") < shown.index("<h3>Week 2</h3>") < shown.index("<h3>Last month</h3>")
    assert "Within the limits: one reminder a day" in shown
    assert "message=Y01" not in shown
    assert (await (await client_of(pair.manager)).get(page_of(pair, "Y01"))).status_code == 404
    assert (await (await client_of(pair.mentee)).get(page_of(pair))).status_code in (403, 404)


async def test_a_message_is_moved_worded_and_switched_off_in_the_draft(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.manager)
    shown = (await client.get(page_of(pair, "F01"))).text
    words = {"subject": "A time, {name}?", "body": "With {other}.\n\nHalf an hour is enough."}
    answer = await client.post(page_of(pair, "F01"), data=fields(shown, **words, act="later"))
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{page_of(pair, 'F01')}&language=en-GB#edit"
    prepared = await messages_prepared(pair.manager_actor, pair.program.id)
    assert prepared == {"F01": {"moments": [3], "words": {"en-GB": words}}}
    assert (await Program.get(id=pair.program.id)).messages == {}
    shown = (await client.get(f"{page_of(pair, 'F01')}&as={pair.mentee.id}")).text
    assert "<strong>A time, Noor?</strong>" in shown
    assert "<p>With Idris.</p>" in shown
    assert 'id="moment-1" name="moment-1" type="text" value="3"' in shown
    off = {"kind": "G01", "moment-1": "3", "on": ""}
    assert (await client.post(page_of(pair, "G01"), data=fields(shown, **off))).status_code == 303
    shown = (await client.get(page_of(pair, "F01"))).text
    assert shown.count("Own words</span>") == 1
    chosen = {"kind": "Z01", "moment-1": "28", "only_if": "MET", "channel": "PUSH_FIRST", "sender": "nobody"}
    told = unescape((answer := await client.post(page_of(pair, "Z01"), data=fields(shown, **chosen))).text)
    assert answer.status_code == 422
    assert "Nobody with the number nobody runs this programme" in told
    assert 'href="#sender"' in told
    assert '<option value="MET" selected>They have met</option>' in told
    chosen["sender"] = pair.manager.employee_id
    assert (await client.post(page_of(pair, "Z01"), data=fields(shown, **chosen))).status_code == 303
    assert "28 days before the last day, only if they have met. Push, else mail" in (
        await client.get(page_of(pair, "Z01"))).text
    shown = (await client.get(page_of(pair, "Z01"))).text
    assert (await client.post(page_of(pair, "Z01"), data=fields(shown, kind="Z01", act="usual"))).status_code == 303
    shown = (await client.get(page_of(pair, "F01"))).text
    assert shown.count(">Off</span>") == 1 + len(BY_OPTION), "beside what goes only where it is switched on"
    assert (await client.post(page_of(pair, "F01"), data=fields(shown, act="usual"))).status_code == 303
    assert await messages_prepared(pair.manager_actor, pair.program.id) == {"G01": {"on": False}}


async def test_what_cannot_be_stays_typed_and_is_told_at_its_field(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.manager)
    shown = (await client.get(page_of(pair, "F01"))).text
    typed = {"subject": "Hello <b>", "body": "{colour} it is.", "moment-1": "soon"}
    answer = await client.post(page_of(pair, "F01"), data=fields(shown, **typed))
    told = unescape(answer.text)
    assert answer.status_code == 422
    assert "There is no {colour} here." in told
    assert "Write a whole number from 1 to 366." in told
    assert 'href="#moment-1"' in told
    assert "{colour} it is." in told
    assert "Hello &lt;b&gt;" in answer.text
    answer = await client.post(page_of(pair, "F02"), data=fields(shown, kind="F02", on="", **{"moment-1": "5"}))
    assert "“Matches that have not begun” says that this was sent." in unescape(answer.text)
    answer = await client.post(page_of(pair, "F02"), data=fields(shown, kind="F02", seen="old"))
    assert answer.status_code == 409
    assert await messages_prepared(pair.manager_actor, pair.program.id) == {}


def test_what_a_draft_sets_of_messages_is_told_in_words() -> None:
    changed = [
        Change("messages.F01.on", None, False), Change("messages.E05.moments", None, [2, 6]),
        Change("messages.F01.words.en-GB.subject", None, "Hello"), Change("messages.I01.only_if", None, "MET"),
        Change("messages.I01.channel", "MAIL_ONLY", None), Change("messages.I01.sender", None, "1042"),
    ]
    assert rows(changed) == [
        ("“A first time”: it goes", "as usual", "no"), ("“A form that is not finished”: moment", "as usual", "2, 6"),
        ("“A first time”: subject, English (United Kingdom)", "as usual", "Hello"),
        ("“It has been a while”: only if", "as usual", "they have met"),
        ("“It has been a while”: how it goes", "Mail only", "as usual"),
        ("“It has been a while”: in whose name", "as usual", "1042"),
    ]


async def test_a_test_is_asked_for_as_a_person_and_goes_to_who_asks(client_of: ClientOf, pair: Pair) -> None:
    client = await client_of(pair.manager)
    sent = {"kind": "F01", "language": "en-GB", "as": str(pair.mentee.id)}
    answer = await client.post(f"{page_of(pair)}/test", data=sent)
    assert answer.status_code == 303
    [row] = await Message.all()
    assert (row.recipient_id, row.facts["shown_as_id"]) == (pair.manager.id, str(pair.mentee.id))
    assert (await client.post(f"{page_of(pair)}/test", data={**sent, "kind": "G04"})).status_code == 409


def test_reminders_that_meet_are_told_with_their_day() -> None:
    crowded = limits({"F03": {"moments": [6]}, "G01": {"moments": [3]}})[0]
    assert crowded.startswith("“A first time”, “Say your goal”, “A first time, second word” and “A first time, last")
    assert crowded.endswith("more than three in seven days. The last of them, 6 days after the match begins, waits.")
    met = limits({"G01": {"moments": [5]}})[0]
    assert met.endswith(" meet 5 days after the match begins, and go in one letter.")


async def test_a_message_of_its_own_is_written_shown_tried_and_taken_out(client_of: ClientOf, pair: Pair) -> None:
    client, listed = await client_of(pair.manager), page_of(pair)
    new = f"{listed}/own/new"
    assert "There is none yet." in (await client.get(listed)).text
    shown = (await client.get(new)).text
    typed = {"name": "Say hello!", "when": "NOT_MET", "days": "0", "to": "MENTEE", "only_if": "MET", "act": "keep",
             "subject": "{other}?", "body": "Two lines are enough.", "language": "en"}
    seen = re.findall(r'name="seen" value="(\w+)"', shown)[0]
    refused = await client.post(new, data={**typed, "seen": seen})
    assert refused.status_code == 422
    for words in ("takes a day at least", "It could never go", 'value="Say hello!"', "Two lines are enough."):
        assert words in unescape(refused.text), words
    kept = await client.post(new, data={**typed, "seen": seen, "days": "2", "only_if": "FIRST_MATCH"})
    assert kept.headers["location"] == f"{listed}/own/say-hello?language=en"
    page = unescape((await client.get(kept.headers["location"])).text)
    assert "Only while they have not met yet and it is their first match." in page
    assert "<strong>Idris?</strong>" in page or "<strong>Noor?</strong>" in page
    assert "Say hello!" in (await client.get(listed)).text
    own = f"{listed}/own/say-hello"
    assert (await client.post(f"{own}/test", data={"language": "en", "as": str(pair.mentee.id)})).status_code == 303
    assert await Message.filter(kind="OWN", recipient_id=pair.manager.id).count() == 1
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    gone = await client.post(own, data={**typed, "seen": seen, "act": "out"})
    assert gone.headers["location"] == f"{listed}#own"
    assert (await client.get(own)).status_code == 404
    assert await messages_prepared(pair.manager_actor, pair.program.id) == {}
    assert (await (await client_of(pair.mentee)).get(new)).status_code in (403, 404)
