"""Sessions through GraphQL: booked, prepared, written down; private notes reach nobody but their author."""

from __future__ import annotations

from typing import Any

from graphql_schema.ids import global_id
from graphql_schema.nodes import KINDS
from server.sessions import actions
from server.sessions.models import Session
from server.sessions.states import NoteVisibility
from server.sessions.times import slots_for_match
from tests import factories
from tests.graphql.ask import ask, gid, send
from tests.graphql.everything import a_time, everything

WHOLE = """fragment S on Session {
  state number agenda { id topic talkedAbout } notes { authorId visibility body } actionItems { text doneAt }
}"""
SESSION = "query ($id: ID!) { node(id: $id) { ...S } }" + WHOLE
CANARY = "canary: I doubt that I can"


async def booked(pair: factories.Pair) -> Session:
    return await actions.book_session(pair.mentee_actor, pair.match.id, await a_time(pair))


async def test_times_that_suit_both_can_be_asked_for_and_booked(db: object) -> None:
    pair = await factories.active_match()
    document = "query ($id: ID!) { freeSlots(matchId: $id, count: 2) { startsAt endsAt } }"
    slots = (await ask(pair.mentee_actor, document, id=gid(pair.match)))["freeSlots"]
    assert len(slots) == 2
    document = """mutation ($id: ID!, $at: DateTime!) { bookSession(input: {matchId: $id, startsAt: $at}) {
      session { state startsAt matchId } errors { code kind } } }"""
    done = (await ask(pair.mentee_actor, document, id=gid(pair.match), at=slots[0]["startsAt"]))["bookSession"]
    assert done["session"] == {"state": "SCHEDULED", "startsAt": slots[0]["startsAt"], "matchId": gid(pair.match)}
    taken = (await ask(pair.mentor_actor, document, id=gid(pair.match), at=slots[0]["startsAt"]))["bookSession"]
    assert taken == done, "the same booking again changes nothing"


async def test_hold_is_confirmed_or_given_back(db: object) -> None:
    pair = await factories.active_match()
    at = (await a_time(pair)).isoformat()
    hold = """mutation ($id: ID!, $at: DateTime!) { holdSlot(input: {matchId: $id, startsAt: $at}) {
      session { state } errors { code } } }"""
    assert (await ask(pair.mentee_actor, hold, id=gid(pair.match), at=at))["holdSlot"]["session"]["state"] == "PROPOSED"
    give = "mutation ($id: ID!) { releaseHold(input: {matchId: $id}) { session { state } errors { code } } }"
    given = (await ask(pair.mentee_actor, give, id=gid(pair.match)))["releaseHold"]
    assert given == {"session": {"state": "CANCELLED"}, "errors": []}
    nothing = (await ask(pair.mentee_actor, give, id=gid(pair.match)))["releaseHold"]
    assert nothing == {"session": None, "errors": []}


async def test_agenda_promise_and_note_are_written_and_read_back(db: object) -> None:
    pair = await factories.active_match()
    session = await booked(pair)
    document = """mutation ($id: ID!, $owner: ID!) {
      addTopic(input: {sessionId: $id, topic: "How reviews begin"}) { errors { code } }
      promise(input: {sessionId: $id, ownerId: $owner, text: "Ask for a seat"}) {
        actionItem { text matchId } errors { code } }
      writeNote(input: {sessionId: $id, visibility: SHARED, notes: [{prompt: 0, body: "Start small"}]}) {
        session { ...S } errors { code field message } }
    }""" + WHOLE
    done = await ask(pair.mentee_actor, document, id=gid(session), owner=gid(pair.mentee))
    shown = done["writeNote"]["session"]
    assert "How reviews begin" in [item["topic"] for item in shown["agenda"]]
    assert shown["notes"] == [{"authorId": gid(pair.mentee), "visibility": "SHARED", "body": "Start small"}]
    assert [item["text"] for item in shown["actionItems"]] == ["Ask for a seat"]
    assert (await ask(pair.mentor_actor, SESSION, id=gid(session)))["node"]["notes"] == shown["notes"]
    assert (await ask(pair.mentee_actor, "{ viewer { actionItems { text } } }")) == {
        "viewer": {"actionItems": [{"text": "Ask for a seat"}]}
    }


async def test_topic_is_moved_ticked_and_removed(db: object) -> None:
    home = await everything()
    document = """mutation ($id: ID!) {
      tickTopic(input: {id: $id}) { session { agenda { id talkedAbout } } }
      moveTopic(input: {id: $id, places: -9}) { session { agenda { id talkedAbout } } }
      removeTopic(input: {id: $id}) { session { agenda { id } } }
    }"""
    topic = gid(home.parts["AgendaItem"])
    done = await ask(home.pair.mentor_actor, document, id=topic)
    assert {"id": topic, "talkedAbout": True} in done["tickTopic"]["session"]["agenda"]
    assert done["moveTopic"]["session"]["agenda"][0]["id"] == topic
    assert topic not in [item["id"] for item in done["removeTopic"]["session"]["agenda"]]


async def test_private_note_reaches_its_author_alone_on_every_path(db: object) -> None:
    pair = await factories.active_match()
    session = await booked(pair)
    await actions.write_note(pair.mentee_actor, session.id, NoteVisibility.PRIVATE, {0: CANARY})
    own = (await ask(pair.mentee_actor, SESSION, id=gid(session)))["node"]["notes"]
    assert [note["body"] for note in own] == [CANARY]
    admin = factories.actor_of(pair.manager, *(factories.Grant(permission) for permission in factories.Permission))
    others = [pair.mentor_actor, pair.manager_actor, admin, pair.line_manager_actor, pair.stranger_actor]
    for who in others:
        for document, variables in await paths(pair, session):
            answer = await send(who, document, **variables)
            assert CANARY not in answer.text, document
            assert "PRIVATE" not in answer.text, "not even that there is one"


async def paths(pair: factories.Pair, session: Session) -> list[tuple[str, dict[str, Any]]]:
    """Every way to a session's notes, and to ids that would be a note's."""
    (note,) = await session.notes.all()
    through = "{ edges { node { sessions { ...S } } } }"
    return [
        (SESSION, {"id": gid(session)}),
        ("query ($id: ID!) { node(id: $id) { ... on Match { sessions { ...S } } } }" + WHOLE, {"id": gid(pair.match)}),
        ("query ($id: ID!) { matches(cohortId: $id) " + through + " }" + WHOLE, {"id": gid(pair.cohort)}),
        ("{ viewer { nextSessions { ...S } matches " + through + " } }" + WHOLE, {}),
        ("mutation ($id: ID!) { readNotes(input: {id: $id}) { session { ...S } } }" + WHOLE, {"id": gid(session)}),
        *(("query ($id: ID!) { node(id: $id) { ...S } }" + WHOLE, {"id": global_id(kind, note.id)})
          for kind in ("SessionNote", "Note", *KINDS)),
    ]


async def test_who_runs_the_programme_sees_that_they_meet_but_no_words(db: object) -> None:
    home = await everything()
    seen = (await ask(home.pair.manager_actor, SESSION, id=gid(home.rows["Session"])))["node"]
    assert seen == {"state": "SCHEDULED", "number": 1, "agenda": [], "notes": [], "actionItems": []}


async def test_moment_needs_its_offset_and_a_day_of_this_age(db: object) -> None:
    pair = await factories.active_match()
    document = "query ($id: ID!, $after: DateTime!) { freeSlots(matchId: $id, after: $after) { startsAt } }"
    for after in ("2026-12-01T10:00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "soon", "", 5, True):
        answer = await send(pair.mentee_actor, document, id=gid(pair.match), after=after)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["extensions"] == {"code": "BAD_REQUEST"}
    for after in ("2026-12-01T10:00:00+01:00", "2199-12-31T23:59:59Z", "1900-01-01T00:00:00Z"):
        assert (await ask(pair.mentee_actor, document, id=gid(pair.match), after=after)).keys() == {"freeSlots"}


async def test_endless_wishes_for_slots_are_refused(db: object) -> None:
    pair = await factories.active_match()
    for count in (0, -1, 21, 4_000):
        answer = await send(
            pair.mentee_actor, "query ($id: ID!, $n: Int!) { freeSlots(matchId: $id, count: $n) { startsAt } }",
            id=gid(pair.match), n=count,
        )
        assert answer.json()["errors"][0]["extensions"]["code"] == "INVALID"


async def test_one_of_a_circle_stays_away_and_the_others_see_it(db: object) -> None:
    circle = await factories.active_circle()
    slot = (await slots_for_match(circle.facilitator_actor, circle.match.id, 1))[0]
    session = await actions.book_session(circle.facilitator_actor, circle.match.id, slot.starts_at)
    document = """mutation ($id: ID!, $who: ID!) { setAttendance(input: {id: $id, personId: $who, comes: false}) {
      session { awayPersonIds } errors { code } } }"""
    ana = gid(circle.members[0])
    said = await ask(circle.member_actors[0], document, id=gid(session), who=ana)
    assert said["setAttendance"] == {"session": {"awayPersonIds": [ana]}, "errors": []}
    asked = "query ($id: ID!) { node(id: $id) { ... on Session { awayPersonIds } } }"
    assert (await ask(circle.facilitator_actor, asked, id=gid(session)))["node"] == {"awayPersonIds": [ana]}
    refused = await ask(circle.member_actors[1], document, id=gid(session), who=ana)
    assert [one["code"] for one in refused["setAttendance"]["errors"]] == ["FORBIDDEN"]
