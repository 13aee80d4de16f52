"""Messages through GraphQL: between members alone."""

from __future__ import annotations

from server.messaging import actions
from tests import factories
from tests.graphql.ask import ask, gid, send

SEND = """mutation ($id: ID!, $body: String!, $key: String) {
  sendMessage(input: {matchId: $id, body: $body, idempotencyKey: $key}) {
    message { body authorId } errors { code field }
  }
}"""
LAST = """query ($id: ID!, $last: Int!, $before: String) { messages(matchId: $id, last: $last, before: $before) {
  totalCount edges { node { body } } pageInfo { hasPreviousPage startCursor } } }"""
THREADS = "{ viewer { unreadCount threads { unread last { body } match { id members { person { name } } } } } }"


async def test_words_go_to_the_other_member_and_are_counted_until_read(db: object) -> None:
    pair = await factories.active_match()
    sent = (await ask(pair.mentee_actor, SEND, id=gid(pair.match), body="Hello", key="k"))["sendMessage"]
    assert sent == {"message": {"body": "Hello", "authorId": gid(pair.mentee)}, "errors": []}
    assert (await ask(pair.mentee_actor, SEND, id=gid(pair.match), body="Hello", key="k"))["sendMessage"] == sent
    seen = (await ask(pair.mentor_actor, THREADS))["viewer"]
    assert (seen["unreadCount"], seen["threads"][0]["unread"], seen["threads"][0]["last"]) == (1, 1, {"body": "Hello"})
    read = "mutation ($id: ID!) { markRead(input: {matchId: $id}) { thread { unread } errors { code } } }"
    assert (await ask(pair.mentor_actor, read, id=gid(pair.match)))["markRead"]["thread"] == {"unread": 0}
    assert (await ask(pair.mentor_actor, THREADS))["viewer"]["unreadCount"] == 0


async def test_thread_is_read_from_its_end(db: object) -> None:
    pair = await factories.active_match()
    for number in range(5):
        await actions.send_message(pair.mentee_actor, pair.match.id, f"word {number}")
    end = (await ask(pair.mentor_actor, LAST, id=gid(pair.match), last=2))["messages"]
    assert [edge["node"]["body"] for edge in end["edges"]] == ["word 3", "word 4"]
    assert (end["totalCount"], end["pageInfo"]["hasPreviousPage"]) == (5, True)
    earlier = await ask(pair.mentor_actor, LAST, id=gid(pair.match), last=5, before=end["pageInfo"]["startCursor"])
    assert [edge["node"]["body"] for edge in earlier["messages"]["edges"]] == ["word 0", "word 1", "word 2"]


async def test_nobody_but_the_members_finds_a_word(db: object) -> None:
    pair = await factories.active_match()
    await actions.send_message(pair.mentee_actor, pair.match.id, "canary")
    admin = factories.actor_of(pair.manager, *(factories.Grant(permission) for permission in factories.Permission))
    for who in (admin, pair.manager_actor, pair.line_manager_actor, pair.stranger_actor):
        for document, variables in ((LAST, {"id": gid(pair.match), "last": 9}), (THREADS, {})):
            answer = await send(who, document, **variables)
            assert "canary" not in answer.text
            assert '"totalCount":1' not in answer.text


async def test_empty_and_endless_words_are_refused(db: object) -> None:
    pair = await factories.active_match()
    for body in ("", " \n", "x" * 50_000):
        done = (await ask(pair.mentee_actor, SEND, id=gid(pair.match), body=body))["sendMessage"]
        assert done == {"message": None, "errors": [{"code": "INVALID", "field": "body"}]}
