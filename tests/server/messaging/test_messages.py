"""One thread for each match: words between its members, unread until read, closed to everybody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.messaging import actions, queries
from server.messaging.models import ReadMark, Thread, ThreadMessage
from tests.factories import active_match, enrollment, match, person
from tests.queries import queries_run
from tests.races import at_once

ENDED = (MatchState.COMPLETED, MatchState.CONCLUDED)


async def test_a_word_starts_the_thread_and_waits_for_the_other_alone(db: object) -> None:
    pair = await active_match()
    assert (await queries.thread_page(pair.mentor_actor, pair.match.id)).here.thread is None
    message = await actions.send_message(pair.mentor_actor, pair.match.id, "  Who loses\r\nif you’re right? \x07")
    assert message.body == "Who loses\nif you’re right?"
    assert await queries.unread_count(pair.mentee_actor) == 1
    assert await queries.unread_count(pair.mentor_actor) == 0
    (fact,) = await OutboxEvent.all()
    thread = await Thread.get(match_id=pair.match.id)
    assert (fact.kind, fact.payload) == (
        "message.sent",
        {
            "thread_id": str(thread.id), "match_id": str(pair.match.id), "author_id": str(pair.mentor.id),
            "message_id": str(message.id),
        },
    )
    assert [entry.action for entry in await AuditEvent.all()] == ["message.send"]


async def test_the_last_wording_holds_until_somebody_has_read_it(db: object) -> None:
    pair = await active_match()
    first = await actions.send_message(pair.mentor_actor, pair.match.id, "Who loses?")
    for _time in range(2):
        assert await actions.reword_message(pair.mentor_actor, first.id, " Who wins? ")
    await actions.mark_read(pair.mentee_actor, pair.match.id)
    assert await actions.reword_message(pair.mentor_actor, first.id, "Who wins?")
    assert not await actions.reword_message(pair.mentor_actor, first.id, "Who else wins?")
    assert [one.body for one in await ThreadMessage.all()] == ["Who wins?"]
    assert [entry.action for entry in await AuditEvent.all().order_by("at")] == ["message.send", "message.reword"]


async def test_words_are_reworded_by_who_wrote_them_while_the_match_is_open(db: object) -> None:
    pair = await active_match()
    first = await actions.send_message(pair.mentor_actor, pair.match.id, "Who loses?")
    stranger = await active_match()
    for actor in (pair.mentee_actor, stranger.mentor_actor, pair.manager_actor):
        with pytest.raises(NotFound):
            await actions.reword_message(actor, first.id, "Other words")
    with pytest.raises(Invalid):
        await actions.reword_message(pair.mentor_actor, first.id, " ")
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    with pytest.raises(Conflict):
        await actions.reword_message(pair.mentor_actor, first.id, "Other words")
    assert [one.body for one in await ThreadMessage.all()] == ["Who loses?"]


async def test_reading_counts_once_and_only_for_oneself(db: object) -> None:
    pair = await active_match()
    for words in ("One", "Two"):
        await actions.send_message(pair.mentor_actor, pair.match.id, words)
    assert await actions.mark_read(pair.mentor_actor, pair.match.id) == 0
    assert await actions.mark_read(pair.mentee_actor, pair.match.id) == 2
    assert await actions.mark_read(pair.mentee_actor, pair.match.id) == 0
    assert await queries.unread_count(pair.mentee_actor) == 0
    marks = (await queries.thread_page(pair.mentor_actor, pair.match.id)).marks
    assert marks[pair.mentee.id].read_at == (await Thread.get(match_id=pair.match.id)).last_at


async def test_answering_reads_what_came_before(db: object) -> None:
    pair = await active_match()
    await actions.send_message(pair.mentor_actor, pair.match.id, "How was it?")
    await actions.send_message(pair.mentee_actor, pair.match.id, "Good, thank you.")
    assert await queries.unread_count(pair.mentee_actor) == 0
    assert await queries.unread_count(pair.mentor_actor) == 1


async def test_nothing_to_read_is_nothing_to_do(db: object) -> None:
    pair = await active_match()
    assert await actions.mark_read(pair.mentee_actor, pair.match.id) == 0
    page = await queries.thread_page(pair.mentee_actor, pair.match.id)
    assert (page.words, page.marks, page.has_earlier, page.is_latest) == ([], {}, False, True)


@pytest.mark.parametrize("body", ["", " \n\x00", "x" * 5001])
async def test_a_word_needs_letters_and_ends_at_five_thousand(db: object, body: str) -> None:
    pair = await active_match()
    with pytest.raises(Invalid) as refusal:
        await actions.send_message(pair.mentor_actor, pair.match.id, body)
    assert list(refusal.value.fields) == ["body"]
    assert not await Thread.all().exists()
    assert len((await actions.send_message(pair.mentor_actor, pair.match.id, "x" * 5000)).body) == 5000


async def test_words_sent_at_once_share_one_thread_and_no_moment(db: object) -> None:
    pair = await active_match()
    with clock.at(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        await Match.filter(id=pair.match.id).update(published_at=clock.now())
        await at_once(
            *(actions.send_message(pair.mentor_actor, pair.match.id, f"{n}") for n in range(4)),
            *(actions.send_message(pair.mentee_actor, pair.match.id, f"{n}") for n in range(4)),
        )
        assert await Thread.all().count() == 1
        assert await ReadMark.all().count() == 2
        assert len({message.sent_at for message in await ThreadMessage.all()}) == 8
        assert len((await queries.thread_page(pair.mentee_actor, pair.match.id)).words) == 8


async def test_pages_go_back_without_gap_or_repeat(db: object) -> None:
    pair = await active_match()
    for number in range(7):
        await actions.send_message(pair.mentor_actor, pair.match.id, str(number))
    page = await queries.thread_page(pair.mentee_actor, pair.match.id, limit=3)
    seen, ends = [message.body for message in page.words], [page.is_latest]
    while page.has_earlier:
        page = await queries.thread_page(pair.mentee_actor, pair.match.id, before=page.words[0].id, limit=3)
        seen, ends = [message.body for message in page.words] + seen, [*ends, page.is_latest]
    assert seen == [str(number) for number in range(7)]
    assert ends == [True, False, False]


async def test_what_stands_before_nothing_is_the_latest(db: object) -> None:
    pair, other = await active_match(), await active_match()
    foreign = await actions.send_message(other.mentor_actor, other.match.id, "Elsewhere")
    first = await actions.send_message(pair.mentor_actor, pair.match.id, "Here")
    for before in (foreign.id, new_id(), first.id):
        page = await queries.thread_page(pair.mentee_actor, pair.match.id, before=before)
        assert ([message.body for message in page.words], page.is_latest) == (["Here"], True)


@pytest.mark.parametrize("state", ENDED)
async def test_after_the_end_words_stay_and_none_are_added(db: object, state: MatchState) -> None:
    pair = await active_match()
    await actions.send_message(pair.mentor_actor, pair.match.id, "Thank you")
    await Match.filter(id=pair.match.id).update(state=state)
    with pytest.raises(Conflict) as refusal:
        await actions.send_message(pair.mentee_actor, pair.match.id, "And you")
    assert refusal.value.kind == "closed"
    page = await queries.thread_page(pair.mentee_actor, pair.match.id)
    assert [message.body for message in page.words] == ["Thank you"]


@pytest.mark.parametrize(
    "state",
    [MatchState.DRAFT, MatchState.AWAITING_MENTOR, MatchState.AWAITING_ADMIN, MatchState.DECLINED, MatchState.EXPIRED],
)
async def test_before_both_said_yes_there_is_no_thread(db: object, state: MatchState) -> None:
    pair = await active_match()
    await Match.filter(id=pair.match.id).update(state=state)
    with pytest.raises(NotFound):
        await actions.send_message(pair.mentee_actor, pair.match.id, "Hello")
    assert await queries.threads_of(pair.mentee_actor) == []


async def test_only_members_find_the_thread(db: object) -> None:
    pair, other = await active_match(), await active_match()
    await actions.send_message(pair.mentor_actor, pair.match.id, "canary")
    outsiders = [
        pair.manager_actor, pair.stranger_actor, pair.line_manager_actor, other.mentee_actor, other.manager_actor,
        system_actor(pair.organization.id),
    ]
    for actor in outsiders:
        for match_id in (pair.match.id, new_id()):
            acts: list[Any] = [
                actions.send_message(actor, match_id, "x"), actions.mark_read(actor, match_id),
                queries.thread_page(actor, match_id),
            ]
            for act in acts:
                with pytest.raises(NotFound) as refusal:
                    await act
                assert str(refusal.value) == str(NotFound())
        assert not [line for line in await queries.threads_of(actor) if line.match.id == pair.match.id]
        assert await queries.unread_count(actor) == 0


async def test_words_are_unreadable_in_the_database(db: Any) -> None:
    pair = await active_match()
    await actions.send_message(pair.mentor_actor, pair.match.id, "canary")
    for table in ("thread_message", "audit_event", "outbox_event"):
        _, rows = await db.connections.get("default").execute_query(f'SELECT * FROM "{table}"')
        assert rows
        assert not [row for row in rows if "canary" in repr(dict(row))]


async def test_the_list_shows_the_latest_word_first_and_what_is_unread(db: object) -> None:
    pair = await active_match()
    ada = await person(pair.organization, given_name="Ada")
    learning = await enrollment(pair.cohort, ada, pair.mentee_enrollment.role)
    second = await match(pair.mentor_enrollment, learning)
    await actions.send_message(pair.mentee_actor, pair.match.id, "First")
    clock.move(timedelta(minutes=1))
    await actions.send_message(pair.mentee_actor, pair.match.id, "Second")
    lines = await queries.threads_of(pair.mentor_actor)
    assert [(line.match.id, line.last.body if line.last else "", line.unread) for line in lines] == [
        (pair.match.id, "Second", 2), (second.id, "", 0),
    ]


@pytest.mark.parametrize("count", [1, 30])
async def test_the_list_costs_the_same_for_one_and_for_thirty(db: object, count: int) -> None:
    pair = await active_match()
    for _ in range(count - 1):
        mentee = await person(pair.organization)
        await match(pair.mentor_enrollment, await enrollment(pair.cohort, mentee, pair.mentee_enrollment.role))
    for row in await Match.all():
        await actions.send_message(pair.mentor_actor, row.id, "Hello")
    with queries_run() as ran:
        lines = await queries.threads_of(pair.mentor_actor)
    assert len([line for line in lines if line.last]) == count
    assert len(ran) == 5
    with queries_run() as counted:
        await queries.unread_count(pair.mentor_actor)
    assert len(counted) == 1


async def test_the_latest_words_are_told_to_members_alone(db: object) -> None:
    pair = await active_match()
    silent = await active_match(pair.organization)
    await actions.send_message(pair.mentor_actor, pair.match.id, "First")
    await actions.send_message(pair.mentee_actor, pair.match.id, "Second")
    ids = [pair.match.id, silent.match.id]
    for member in (pair.mentor_actor, pair.mentee_actor):
        assert {key: last.body for key, last in (await queries.last_words(member, ids)).items()} == {ids[0]: "Second"}
    for other in (pair.manager_actor, pair.stranger_actor, silent.mentor_actor):
        assert await queries.last_words(other, ids) == {}
