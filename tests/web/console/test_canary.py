"""What two people write stays with them (S3): no page of the console, no answer, no audit entry, no line of the log."""

import json
import logging
from collections.abc import Sequence

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument
from tortoise import Model

from graphql_schema.schema import schema
from server.access.queries import actor_for
from server.kernel.facts import AuditEvent, OutboxEvent, ScheduledAction
from server.kernel.log import JsonLines
from server.matches import actions
from server.notifications.models import Message
from tests.graphql.ask import gid, send
from tests.web.conftest import ClientOf
from tests.web.console.lived import CHECK_IN, SECRETS, Lived, lived
from tests.web.test_isolation import Asked, addresses

MANAGERS_WORD = "wombat"
"""What a manager noted: managers of the programme read it on the record, and nobody anywhere else."""


@pytest.fixture
async def found(db: object) -> Lived:
    made = await lived()
    manager = await actor_for(made.manager)
    await actions.write_note(manager, made.pair.match.id, MANAGERS_WORD, version=0)
    return made


def pages(found: Lived) -> list[str]:
    pair = found.pair
    return [
        "/console", f"/console?program={pair.program.key}", "/console/matches",
        f"/console/matches?pair={pair.match.id}",
        f"/console/matches/{pair.match.id}?events=all", "/console/people", f"/console/people/{pair.mentee.id}",
        f"/console/people/{pair.mentor.id}", "/console/more",
    ]


def leaked(text: str, *more: str) -> list[str]:
    """Which of the secret words stand in a text."""
    return [kind for kind, word in SECRETS.items() if word in text] + [word for word in more if word in text]


async def test_no_page_of_the_console_shows_a_word(client_of: ClientOf, found: Lived) -> None:
    for who in (found.manager, found.admin):
        client = await client_of(who)
        for path in pages(found):
            shown = await client.get(path)
            assert shown.status_code == 200, path
            keeps = who is found.manager and str(found.pair.match.id) in path and "pair=" not in path
            assert leaked(shown.text, *([] if keeps else [MANAGERS_WORD])) == [], path
            assert (CHECK_IN in shown.text) is (path.partition("?")[0] == "/console"), path


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_address_with_any_id_shows_a_word(client_of: ClientOf, found: Lived) -> None:
    """Whatever can be opened, also on the day a page appears; a private note is hidden from the partner too."""
    pair, asked = found.pair, [one for one in addresses() if one.method == "GET"]
    rows = (pair.match, found.session, pair.mentee, pair.mentor, pair.mentee_enrollment, pair.cohort)
    for who, hidden in ((found.manager, SECRETS), (found.admin, SECRETS), (pair.mentee, {"private note"})):
        client, shown = await client_of(who), 0
        for path in (one.path(key) for one in asked for key in keys(one, pair.program.key, rows)):
            answer = await client.get(path)
            assert [kind for kind in leaked(answer.text) if kind in hidden] == [], path
            shown += answer.status_code == 200
        assert shown > 10
    author = await (await client_of(pair.mentor)).get(f"/session/{found.session.id}")
    assert SECRETS["private note"] in author.text, "looked for the wrong word"


def keys(asked: Asked, program: str, rows: Sequence[Model]) -> list[str]:
    """What may stand in an address: a row's id, a programme's name, or nothing."""
    if ":uuid}" in asked.route.path:
        return [str(row.pk) for row in rows]
    return [program]


async def test_no_answer_to_a_manager_holds_a_word(found: Lived) -> None:
    """Every field below everything with an id, three levels deep: as much as a manager gets of it."""
    for who in (found.manager, found.admin):
        actor, answered = await actor_for(who), 0
        for row in (found.pair.match, found.session, found.pair.mentee_enrollment, found.pair.mentee):
            for selection in selections(type(row).__name__):
                kind = type(row).__name__
                answer = await send(actor, f'{{ node(id: "{gid(row)}") {{ ... on {kind} {{ {selection} }} }} }}')
                assert leaked(answer.text, MANAGERS_WORD, CHECK_IN) == [], answer.text
                answered += "errors" not in answer.json()
        assert answered > 20


async def test_no_entry_fact_plan_or_message_holds_a_word(found: Lived) -> None:
    kept = [
        *(row.detail for row in await AuditEvent.all()), *(row.payload for row in await OutboxEvent.all()),
        *(row.payload for row in await ScheduledAction.all()), *(row.facts for row in await Message.all()),
    ]
    assert len(kept) > 20
    assert leaked(json.dumps(kept), MANAGERS_WORD, CHECK_IN) == []


async def test_no_line_of_the_log_holds_a_word(
    client_of: ClientOf, db: object, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, logger="ithaca"):
        found = await lived()
        await (await client_of(found.manager)).get(f"/console/matches/{found.pair.match.id}")
    lines = "\n".join(JsonLines().format(record) for record in caplog.records)
    assert leaked(lines, CHECK_IN) == []


def selections(name: str) -> list[str]:
    """Each field of a type that can be asked for without a value, with everything below it."""
    kind = schema._schema.get_type(name)
    assert isinstance(kind, GraphQLObjectType)
    return [found for field in kind.fields if (found := _selection(kind, field, 3))]


def _selection(kind: GraphQLObjectType, field: str, depth: int) -> str:
    asked, of = kind.fields[field], get_named_type(kind.fields[field].type)
    if any(is_required_argument(argument) for argument in asked.args.values()):
        return ""
    if is_leaf_type(of):
        return field
    if not isinstance(of, GraphQLObjectType) or not depth:
        return ""
    below = " ".join(found for one in of.fields if (found := _selection(of, one, depth - 1)))
    return f"{field} {{ {below} }}" if below else ""
