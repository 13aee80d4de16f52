"""What a session leaves behind: that it took place, notes with their readers, promises."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.programs.models import Program
from server.sessions import actions, queries
from server.sessions.models import ActionItem, Session, SessionNote
from server.sessions.states import NoteVisibility, Seen, mark_of
from tests.factories import Pair, active_match, in_days
from tests.races import at_once
from tests.server.sessions.conftest import SUNDAY, TUESDAY, booked, held, told

pytestmark = pytest.mark.usefixtures("sunday_morning")
SHARED, PRIVATE = NoteVisibility.SHARED, NoteVisibility.PRIVATE


async def bodies(pair: Pair, session: Session) -> dict[str, list[str]]:
    """What each of the two reads."""
    readers = {"mentor": pair.mentor_actor, "mentee": pair.mentee_actor}
    return {name: [note.body for note in await queries.notes_of(actor, session.id)] for name, actor in readers.items()}


async def test_a_shared_note_is_read_by_both_and_a_private_one_by_its_author(db: object) -> None:
    pair, session = await held()
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "Clearer now", 1: "Ask Mei"})
    await actions.write_note(pair.mentor_actor, session.id, PRIVATE, {0: "canary"})
    assert await bodies(pair, session) == {
        "mentor": ["canary", "Clearer now", "Ask Mei"], "mentee": ["Clearer now", "Ask Mei"],
    }


async def test_nobody_else_reads_a_private_note_not_even_the_product(db: object) -> None:
    pair, session = await held()
    other = await active_match()
    await actions.write_note(pair.mentor_actor, session.id, PRIVATE, {0: "canary"})
    for actor in (pair.manager_actor, pair.line_manager_actor, pair.stranger_actor, other.mentor_actor,
                  other.manager_actor, system_actor(pair.organization.id)):
        with pytest.raises(NotFound):
            await queries.notes_of(actor, session.id)
    assert await queries.last_shared_words(pair.match) == ""


async def test_saving_as_one_types_changes_one_note_and_one_line_in_the_trail(db: object) -> None:
    pair, session = await held()
    for body in ("T", "Th", "The", "The"):
        await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: body})
    assert [note.body for note in await SessionNote.all()] == ["The"]
    assert await AuditEvent.filter(action="session.write_note").count() == 1
    assert await told("session.noted") == 1


async def test_saves_at_once_leave_one_note_for_each_prompt(db: object) -> None:
    pair, session = await held()
    for prompt in (0, 1):
        saves = (actions.write_note(pair.mentee_actor, session.id, SHARED, {prompt: f"{n}"}) for n in range(8))
        await at_once(*saves)
    assert sorted(note.prompt for note in await SessionNote.all()) == [0, 1]


def opened(page: str, *words: str) -> Seen:
    """A page of this key that was opened when the notes said `words`."""
    return Seen(page, {number: mark_of(one) for number, one in enumerate(words)})


async def written(pair: Pair, session: Session) -> list[str]:
    return [note.words for note in await queries.notes_of(pair.mentor_actor, session.id)]


async def test_what_one_wrote_on_two_devices_stands_one_under_the_other_until_both_were_seen(db: object) -> None:
    pair, session = await held()
    phone, laptop = opened("phone", "", ""), opened("laptop", "", "")

    async def write(body: str, seen: Seen) -> list[str]:
        await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: body, 1: ""}, seen=seen)
        return [one for one in await written(pair, session) if one]

    assert await write("On the train", phone) == ["On the train"]
    assert await write("At the desk", laptop) == ["At the desk\n\nOn the train"]
    assert await write("On the train, at last", phone) == ["On the train, at last\n\nAt the desk"]
    assert await write("On the train, at last", phone) == ["On the train, at last\n\nAt the desk"]
    assert await write("At the desk, later", laptop) == ["At the desk, later\n\nOn the train, at last"]
    both = opened("next", "At the desk, later\n\nOn the train, at last", "")
    assert await write("On the train, then at the desk", both) == ["On the train, then at the desk"]
    assert await write("Shorter", both) == ["Shorter"]


async def test_a_page_that_changed_nothing_takes_nothing_away(db: object) -> None:
    pair, session = await held()
    old = opened("old", "", "")
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "Elsewhere"}, seen=opened("new", "", ""))
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "", 1: "Here"}, seen=old)
    assert await written(pair, session) == ["Elsewhere", "Here"]


async def test_both_who_write_without_a_network_leave_both_notes(db: object) -> None:
    pair, session = await held()
    blank = {actor: opened(str(actor.id), "", "") for actor in (pair.mentee_actor, pair.mentor_actor)}
    for actor, words in ((pair.mentor_actor, "Hers"), (pair.mentee_actor, "His"), (pair.mentor_actor, "Hers, longer")):
        await actions.write_note(actor, session.id, SHARED, {0: words}, seen=blank[actor])
    assert sorted(await written(pair, session)) == ["Hers, longer", "His"]


async def test_a_note_becomes_private_until_it_was_read(db: object) -> None:
    pair, session = await held()
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "One", 1: "Two"})
    await actions.write_note(pair.mentee_actor, session.id, PRIVATE, {0: "One, for me"})
    assert (await bodies(pair, session))["mentor"] == []
    with pytest.raises(Conflict) as refusal:
        await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "One"})
    assert refusal.value.kind == "visibility"
    assert (await bodies(pair, session))["mentor"] == []


async def test_what_was_read_stays_shared(db: object) -> None:
    pair, session = await held()
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "One"})
    assert await actions.read_notes(pair.mentee_actor, session.id) == 0
    assert await actions.read_notes(pair.mentor_actor, session.id) == 1
    assert await actions.read_notes(pair.mentor_actor, session.id) == 0
    with pytest.raises(Conflict):
        await actions.write_note(pair.mentee_actor, session.id, PRIVATE, {0: "One"})
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "One more"})
    assert (await bodies(pair, session))["mentor"] == ["One more"]


async def test_before_the_first_word_the_readers_may_change_freely(db: object) -> None:
    pair, session = await held()
    for visibility in (PRIVATE, SHARED, PRIVATE, SHARED):
        await actions.write_note(pair.mentee_actor, session.id, visibility, {0: " "})
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "Now"})
    assert (await bodies(pair, session))["mentor"] == ["Now"]


async def test_the_prompts_are_the_programmes_or_two_of_ours(db: object) -> None:
    pair, session = await held()
    assert queries.prompts_of(await queries.own_session(pair.mentee_actor, session.id)) == [
        "What became clearer?", "What will you do next?",
    ]
    await Program.filter(id=pair.program.id).update(note_prompts=["Only one"])
    with pytest.raises(Invalid):
        await actions.write_note(pair.mentee_actor, session.id, SHARED, {1: "Second"})
    with pytest.raises(Invalid) as refusal:
        await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "x" * 20_001})
    assert list(refusal.value.fields) == ["note-0"]


async def test_nothing_is_written_where_nothing_was_booked_or_the_match_is_over(db: object) -> None:
    pair = await active_match()
    hold = await actions.hold_slot(pair.mentee_actor, pair.match.id, TUESDAY)
    with pytest.raises(Conflict) as unbooked:
        await actions.write_note(pair.mentee_actor, hold.id, SHARED, {0: "x"})
    await actions.confirm_hold(pair.mentor_actor, pair.match.id)
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    with pytest.raises(Conflict) as over:
        await actions.write_note(pair.mentee_actor, hold.id, SHARED, {0: "x"})
    assert (unbooked.value.kind, over.value.kind) == ("not_booked", "closed")


async def test_a_promise_is_made_for_either_and_kept_by_its_owner(db: object) -> None:
    pair, session = await held()
    for _ in range(2):
        item = await actions.promise(pair.mentor_actor, session.id, pair.mentee.id, " Book the room ", in_days(3))
    undated = await actions.promise(pair.mentee_actor, session.id, pair.mentee.id, "Ask Mei")
    assert [one.id for one in await queries.open_action_items(pair.mentee_actor)] == [item.id, undated.id]
    assert await queries.open_action_items(pair.mentor_actor) == []
    with pytest.raises(Refused):
        await actions.keep_promise(pair.mentor_actor, item.id, True)
    for _ in range(2):
        kept = await actions.keep_promise(pair.mentee_actor, item.id, True)
    assert kept.done_at is not None
    assert [one.id for one in await queries.open_action_items(pair.mentee_actor, pair.match.id)] == [undated.id]
    assert [one.text for one in await queries.action_items_of(pair.mentor_actor, session.id)] == [
        "Book the room", "Ask Mei",
    ]
    assert (await actions.keep_promise(pair.mentee_actor, item.id, False)).done_at is None


@pytest.mark.parametrize(
    ("given", "field"),
    [({"text": ""}, "text"), ({"text": "x" * 301}, "text"), ({"owner_id": new_id()}, "owner_id"),
     ({"due_on": (SUNDAY - timedelta(days=2)).date()}, "due_on"), ({"due_on": date(9999, 12, 31)}, "due_on")],
)
async def test_a_promise_needs_words_one_of_the_two_and_a_day_ahead(
    db: object, given: dict[str, Any], field: str
) -> None:
    pair, session = await booked()
    with pytest.raises(Invalid) as refusal:
        await actions.promise(
            pair.mentee_actor, session.id, **{"owner_id": pair.mentee.id, "text": "Ask Mei", **given}
        )
    assert list(refusal.value.fields) == [field]


async def test_outsiders_write_nothing_and_find_nothing(db: object) -> None:
    pair, session = await held()
    other = await active_match()
    item = await actions.promise(pair.mentee_actor, session.id, pair.mentee.id, "Ask Mei")
    for actor in (pair.stranger_actor, pair.line_manager_actor, other.mentor_actor):
        for session_id, item_id, match_id in ((session.id, item.id, pair.match.id), (new_id(), new_id(), new_id())):
            acts: list[Any] = [
                actions.write_note(actor, session_id, SHARED, {0: "x"}), actions.read_notes(actor, session_id),
                actions.promise(actor, session_id, pair.mentee.id, "x"), actions.keep_promise(actor, item_id, True),
                actions.report_no_show(actor, session_id), actions.log_session(actor, match_id, SUNDAY),
                queries.notes_of(actor, session_id), queries.action_items_of(actor, session_id),
            ]
            for act in acts:
                with pytest.raises(NotFound) as refusal:
                    await act
                assert str(refusal.value) == str(NotFound())
    refused: list[Any] = [
        actions.write_note(pair.manager_actor, session.id, SHARED, {0: "x"}),
        actions.read_notes(pair.manager_actor, session.id),
        actions.promise(pair.manager_actor, session.id, pair.mentee.id, "x"),
        actions.report_no_show(pair.manager_actor, session.id),
    ]
    for act in refused:
        with pytest.raises(Refused):
            await act
    with pytest.raises(NotFound):
        await actions.keep_promise(pair.manager_actor, item.id, True)


async def test_what_people_wrote_is_unreadable_in_the_database(db: Any) -> None:
    pair, session = await held()
    await actions.write_note(pair.mentee_actor, session.id, SHARED, {0: "canary note"})
    await actions.promise(pair.mentee_actor, session.id, pair.mentee.id, "canary promise")
    await Match.filter(id=pair.match.id).update(state=MatchState.ACTIVE)
    following = await actions.book_session(pair.mentee_actor, pair.match.id, TUESDAY + timedelta(days=7))
    await actions.add_topic(pair.mentee_actor, following.id, "canary topic", question="canary?")
    assert await ActionItem.all().count() == 1
    for table in ("session_note", "action_item", "agenda_item", "audit_event", "outbox_event"):
        _, rows = await db.connections.get("default").execute_query(f'SELECT * FROM "{table}"')
        assert rows
        assert not [row for row in rows if "canary" in repr(dict(row))]
