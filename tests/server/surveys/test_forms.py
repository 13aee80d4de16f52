"""Answers to forms: with a name until it closes; anonymous ones belong to nobody, whoever holds the database."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tortoise.context import TortoiseContext

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.surveys.forms import actions, queries
from server.surveys.models import FormAnswer, FormBallot, SurveyForm
from server.surveys.states import InvitationState, SurveyKind
from tests.factories import active_match, actor_of, person
from tests.forms import sent_form

MONDAY = datetime(2026, 6, 1, 10, tzinfo=UTC)
TEN = 10
UNTOUCHED = ("form_ballot", "form_invitation")


@pytest.fixture(autouse=True)
def monday() -> Any:
    with clock.at(MONDAY):
        yield


async def test_an_answer_with_a_name_is_one_and_changes_until_it_closes(db: object) -> None:
    pair = await active_match()
    invitation = await sent_form(pair, SurveyKind.POST_SESSION)
    assert (await sent_form(pair, SurveyKind.POST_SESSION)).id == invitation.id
    assert [one.id for one in await queries.my_forms(pair.mentee_actor)] == [invitation.id]
    with pytest.raises(Invalid):
        await actions.answer_form(pair.mentee_actor, invitation.id, numbers=[None])
    for numbers, words in (([2], "Hurried"), ([4, None], "")):
        await actions.answer_form(pair.mentee_actor, invitation.id, numbers=numbers, words=words)
    kept = await FormAnswer.get(organization_id=pair.organization.id)
    assert (kept.numbers, kept.words) == ([4, None], "")
    for actor in (pair.mentor_actor, pair.manager_actor):
        with pytest.raises(NotFound):
            await queries.visible_form(actor, invitation.id)
    for actor in (pair.mentor_actor, pair.manager_actor):
        with pytest.raises((NotFound, Refused)):
            await actions.erase_answers(actor, pair.mentee.id)
    clock.move(timedelta(days=11))
    with pytest.raises(Conflict):
        await actions.answer_form(pair.mentee_actor, invitation.id, numbers=[5])
    unanswered = await sent_form(pair, SurveyKind.POST_SESSION, pair.mentor)
    with pytest.raises(Conflict):
        await actions.close_form(system_actor(pair.organization.id), unanswered.id)
    clock.move(timedelta(days=11))
    closed = await actions.close_form(system_actor(pair.organization.id), unanswered.id)
    assert closed.state is InvitationState.EXPIRED
    assert await actions.erase_answers(system_actor(pair.organization.id), pair.mentee.id) == [invitation.id]
    assert (await FormAnswer.all().count(), await queries.named_answers(pair.mentee_actor)) == (0, [])


async def test_who_runs_the_programme_reads_numbers_from_eight_on_and_nobody_else_any(db: object) -> None:
    pair = await active_match()
    with pytest.raises(NotFound):
        await queries.results_of(pair.mentee_actor, pair.program.id)
    await actions.answer_form(
        pair.mentee_actor, (await sent_form(pair, SurveyKind.POST_SESSION)).id, numbers=[2], words="Too short"
    )
    (told,) = await queries.results_of(pair.manager_actor, pair.program.id)
    assert (told.asked, told.answered, told.lines[0].count) == (1, 1, None)
    assert told.lines[1].words == (("Noor Saltmarsh", "Too short"),)


async def test_ten_anonymous_answers_cannot_be_joined_with_people(db: TortoiseContext) -> None:
    """Whoever holds the whole database after ten answers finds no way from one to a person: not by ids, moments,
    order, place on disk or transaction, nor by what else was written meanwhile."""
    pair = await active_match()
    people = [await person(pair.organization) for _ in range(TEN)]
    sent = [await sent_form(pair, SurveyKind.EXIT, one) for one in people]
    assert (await SurveyForm.get(organization_id=pair.organization.id)).anonymous
    before = await everything_else(db)
    for place, (one, invitation) in enumerate(zip(people, sent, strict=True)):
        clock.move(timedelta(hours=7))
        await actions.answer_form(actor_of(one), invitation.id, numbers=[place % 5], words=f"Words of {place}")
        with pytest.raises(Conflict):
            await actions.answer_form(actor_of(one), invitation.id, numbers=[0])
    assert await everything_else(db) == before, "answering left a trace"
    truth = {str(one.id): int(one.words.rpartition(" ")[2]) for one in await FormBallot.all()}
    assert sorted(truth.values()) == list(range(TEN))
    ballots, asked_ones = await rows(db, "form_ballot"), await rows(db, "form_invitation")
    order = {str(one.id): place for place, one in enumerate(sent)}
    given, invited = ([(one, of[str(one["id"])]) for one in found] for found, of in (
        (ballots, truth), (asked_ones, order)))
    common = {value for row in ballots for value in plain(row)} & {value for row in asked_ones for value in plain(row)}
    assert common <= {str(pair.organization.id), str(sent[0].form_id)} | places(ballots), "a value is in both"
    for column in ballots[0]:
        assert ranked(given, column) != sorted(truth.values()), f"the order of form_ballot.{column} is that of answers"
        for other in asked_ones[0]:
            in_order = ranked(given, column)
            assert not in_order or in_order != ranked(invited, other), f"{column} has the order of {other}"
            small = [one for one in grouped(given, column) if 1 < len(one) < TEN]
            assert not [one for one in small if one in grouped(invited, other)], f"{column} has the groups of {other}"
    weeks = [one["week"] is not None for one in ballots]
    assert sum(weeks) == 8
    (told,) = await queries.results_of(pair.manager_actor, pair.program.id)
    assert (told.asked, told.answered, told.lines[0].count) == (TEN, TEN, 8)


async def everything_else(db: TortoiseContext) -> dict[str, Any]:
    assert db.apps is not None
    names = [model._meta.db_table for model in db.apps["models"].values()]
    return {name: sorted(map(str, await rows(db, name))) for name in names if name not in UNTOUCHED}


async def rows(db: TortoiseContext, table: str) -> list[dict[str, Any]]:
    """All rows, with what the database itself knows of them."""
    connection = db.connections.get("default")
    hidden = "ctid::text AS place, xmin::text AS written" if connection.schema_generator.DIALECT == "postgres" else (
        "rowid AS place")
    return [dict(one) for one in await connection.execute_query_dict(f'SELECT *, {hidden} FROM "{table}"')]


def plain(row: dict[str, Any]) -> set[str]:
    return {str(value) for value in row.values() if value is not None}


def places(found: list[dict[str, Any]]) -> set[str]:
    """Where rows lie in their own table, and when the database wrote them, is looked at by order and by group."""
    return {str(row[name]) for row in found for name in ("place", "written") if name in row}


def ranked(found: list[tuple[dict[str, Any], int]], column: str) -> list[int]:
    """Whose rows they are, in the order of a column: of one that tells rows apart."""
    values = [sort_key(row[column]) for row, _whose in found]
    if len(set(values)) < len(values):
        return []
    return [whose for _value, whose in sorted(zip(values, (whose for _row, whose in found), strict=True))]


def grouped(found: list[tuple[dict[str, Any], int]], column: str) -> list[frozenset[int]]:
    """Whose rows have the same value."""
    by_value: dict[str, set[int]] = {}
    for row, whose in found:
        by_value.setdefault(str(row[column]), set()).add(whose)
    return [frozenset(one) for one in by_value.values()]


def sort_key(value: Any) -> tuple[int, ...] | str:
    """Numbers and places on disk by their numbers, all else as text."""
    text = str(value).strip("()")
    numbers = text.split(",")
    return tuple(map(int, numbers)) if all(one.isdigit() for one in numbers) else text
