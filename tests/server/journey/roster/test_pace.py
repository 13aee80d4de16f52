"""A person searches so many times a minute; whoever wants a list name by name waits."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from server.journey.roster import pace
from server.journey.roster.pace import count_search
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, system_actor
from server.kernel.errors import TooMany
from server.kernel.ids import new_id
from tests.conftest import environment

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def three_a_minute() -> Iterator[None]:
    with environment(ITHACA_SEARCHES_A_MINUTE="3"), clock.at(NOON):
        yield


def somebody() -> Actor:
    return Actor(ActorKind.PERSON, new_id(), new_id())


def at(seconds: float) -> None:
    clock.reset(timedelta(seconds=seconds))


def refused(actor: Actor) -> int:
    with pytest.raises(TooMany) as refusal:
        count_search(actor)
    return refusal.value.retry_after_s


def test_the_surplus_waits_until_the_oldest_is_a_minute_old() -> None:
    actor = somebody()
    for second in (0, 10, 20):
        at(second)
        count_search(actor)
    at(20.5)
    assert refused(actor) == 40
    at(59.9)
    assert refused(actor) == 1
    at(60)
    count_search(actor)
    assert refused(actor) == 10


def test_each_person_counts_alone_and_machines_do_not() -> None:
    one, other, machine = somebody(), somebody(), system_actor(new_id())
    for _ in range(3):
        count_search(one)
        count_search(machine)
    refused(one)
    count_search(other)
    count_search(machine)


def test_a_clock_that_was_moved_back_keeps_nobody_waiting() -> None:
    actor = somebody()
    at(3_600)
    for _ in range(3):
        count_search(actor)
    at(0)
    count_search(actor)


def test_nobody_may_search_where_the_setting_is_none() -> None:
    with environment(ITHACA_SEARCHES_A_MINUTE="0"):
        assert refused(somebody()) == 60


def test_who_has_not_searched_for_a_minute_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "REMEMBERED", 5)
    monkeypatch.setattr(pace, "_searches", {})
    for number in range(20):
        at(number * 61)
        count_search(somebody())
    assert len(pace._searches) <= 6
