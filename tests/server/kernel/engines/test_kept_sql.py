"""A kept text with new values is, word for word and value for value, what Tortoise would have built."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypika_tortoise.queries import QueryBuilder
from tortoise.expressions import F, Q, Subquery
from tortoise.queryset import QuerySet

from server.access.actions import open_session
from server.kernel.engines import kept_sql
from server.matches.models import Match, MatchMember
from server.matches.states import MatchState
from server.sessions.models import Session
from server.sessions.states import SessionState
from tests import factories, plenty
from tests.web.conftest import browser

IDS, TIMES = st.uuids(), st.datetimes(timezones=st.just(UTC))
STATES = st.sampled_from(SessionState)
MINE = st.builds(lambda who: Subquery(MatchMember.filter(person_id=who).exclude(role="MENTOR").values("match_id")), IDS)
FILTERS: dict[str, st.SearchStrategy[Any]] = {
    "organization_id": IDS, "match__program_id": IDS, "match__members__person_id": IDS, "match_id": MINE,
    "state": STATES, "state__in": st.lists(STATES, max_size=4), "match_id__in": st.one_of(MINE, st.frozensets(IDS)),
    "starts_at__gt": TIMES, "ends_at__lte": st.one_of(TIMES, st.just(F("starts_at"))), "series_id": st.none() | IDS,
    "held_at__isnull": st.booleans(), "number__not": st.integers(0, 9), "place__contains": st.text(max_size=3),
    "match__state__not_in": st.lists(st.sampled_from(MatchState), max_size=3),
    "starts_at__range": st.tuples(TIMES, TIMES),
}
SHAPES: dict[str, Callable[[Any, int], Any]] = {
    "rows": lambda found, _: found,
    "rows with more": lambda found, some: found.select_related("match").order_by("-starts_at", "id").limit(some),
    "a page": lambda found, some: found.order_by("id").limit(some).offset(some * 2),
    "some columns": lambda found, _: found.only("id", "starts_at"),
    "values": lambda found, some: found.distinct().limit(some).values("id", pair="match__program__name"),
    "lists": lambda found, _: found.order_by("starts_at").values_list("id", "state"),
    "how many": lambda found, _: found.count(),
    "whether": lambda found, _: found.exists(),
    "changed": lambda found, some: found.update(number=some, place="here", held_at=None, state=SessionState.HELD),
    "counted": lambda found, some: found.update(number=F("number") + some),
    "locked": lambda found, _: found.select_for_update(),
}


@settings(
    deadline=None, max_examples=2_000 if "ITHACA_CHAOS" in os.environ else 25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
async def test_any_query_is_what_would_have_been_built(db, data: st.DataObject) -> None:
    keys = data.draw(st.lists(st.lists(st.sampled_from(sorted(FILTERS)), min_size=1, max_size=3), max_size=3))
    joins, negated = data.draw(st.tuples(st.sampled_from([Q.AND, Q.OR]), st.booleans()))
    shape = SHAPES[data.draw(st.sampled_from(sorted(SHAPES)))]
    for _time in range(2):
        nodes = [Q(*[Q(**{key: data.draw(FILTERS[key])}) for key in group], join_type=joins) for group in keys]
        found = Session.filter(*[~node if negated else node for node in nodes])
        _assert_same(lambda found=found, some=data.draw(st.integers(1, 50)): shape(found, some))


async def test_a_list_has_a_text_for_each_length_and_none_when_it_is_long(db) -> None:
    one = await factories.active_match()
    for many in (0, 1, 3, 200):
        rows = Match.filter(id__in=[one.match.id] * many, organization_id=one.organization.id)
        assert [row.id for row in await rows] == ([one.match.id] if many else [])


async def test_a_row_may_be_given_instead_of_its_id(db) -> None:
    first, second = await factories.active_match(), await factories.active_match()
    for one in (first, second):
        assert [row.match_id for row in await MatchMember.filter(person=one.mentor)] == [one.match.id]
        assert await MatchMember.filter(person=one.mentor.id, match=one.match).count() == 1


async def test_nothing_asked_of_two_columns_or_of_nothing_is_mistaken(db) -> None:
    one = await factories.active_match()
    now = datetime(2026, 11, 23, tzinfo=UTC)
    await Session.create(
        organization_id=one.organization.id, match=one.match, starts_at=now, ends_at=now + timedelta(hours=1)
    )
    for column, rows in (("starts_at", 1), ("ends_at", 0), ("starts_at", 1)):
        assert await Session.filter(ends_at__gt=F(column)).count() == rows
    for held, rows in ((None, 1), (now, 0), (None, 1)):
        assert await Session.filter(held_at=held).count() == rows
    for absent, rows in ((True, 1), (False, 0), (True, 1)):
        assert await Session.filter(held_at__isnull=absent).count() == rows


async def test_the_first_page_asked_again_builds_no_text(db, monkeypatch: pytest.MonkeyPatch) -> None:
    kept_sql._kept.clear()    # full of what other tests asked, it would be emptied between the two
    person = (await plenty.begin()).person
    async with browser({"ithaca": await open_session(person)}) as client:
        await client.get("/")
        monkeypatch.setattr(QueryBuilder, "get_parameterized_sql", None)
        assert (await client.get("/")).status_code == 200


def _assert_same(made: Callable[[], Any]) -> None:
    """The text and values that an awaited query would send are those of one that is built plainly."""
    ours, theirs = made(), made()
    for query in (ours, theirs):
        query._choose_db_if_not_chosen()
    kept_sql._make(ours)
    theirs._make_query()
    assert ours.query.get_parameterized_sql() == theirs.query.get_parameterized_sql()
    if isinstance(ours, QuerySet):
        assert ours._select_related_idx == theirs._select_related_idx
