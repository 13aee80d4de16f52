"""A run tells how far it is, changes nothing by telling, and ends when it is asked to."""

import asyncio
from threading import Event

import pytest

from server.matchmaking.engine import Pool, RuleSet, Step, Stopped, Watch, run_matching
from server.matchmaking.engine import candidates as search_room
from tests.server.matchmaking.engine.populations import WEIGHTS, mentee, mentor

MANY = Pool((*(mentor(f"m{n}") for n in range(60)), *(mentee(f"e{n}") for n in range(60))))
BLOCK = 600
"""Pairs in a block, so that even these few make several."""


class Diary(Watch):
    """Remembers each step, and how much of it was done."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[Step, float]] = []

    def begin(self, step: Step) -> None:
        super().begin(step)
        self.seen.append((step, self.share))

    def advance(self, share: float) -> None:
        super().advance(share)
        self.seen.append((self.step, self.share))


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_room, "BLOCK_CELLS", BLOCK)


def test_it_tells_each_block_of_the_search_and_then_that_it_assigns() -> None:
    diary = Diary()
    run_matching(MANY, RuleSet(), WEIGHTS, watch=diary)
    searching = [share for step, share in diary.seen if step is Step.SEARCHING]
    assert searching == pytest.approx([number / 6 for number in range(7)])
    assert diary.seen[len(searching)] == (Step.ASSIGNING, 0.0)


def test_who_watches_changes_nothing() -> None:
    watched = run_matching(MANY, RuleSet(), WEIGHTS, watch=Watch())
    assert watched.pairs == run_matching(MANY, RuleSet(), WEIGHTS).pairs


def test_asked_before_it_began_it_does_not_begin() -> None:
    watch = Watch()
    watch.stop()
    with pytest.raises(Stopped):
        run_matching(MANY, RuleSet(), WEIGHTS, watch=watch)


async def test_asked_in_the_middle_by_another_thread_it_ends() -> None:
    begun, may_go_on = Event(), Event()

    class Held(Watch):
        def advance(self, share: float) -> None:
            begun.set()
            assert may_go_on.wait(60)
            super().advance(share)

    watch = Held()
    work = asyncio.create_task(asyncio.to_thread(run_matching, MANY, RuleSet(), WEIGHTS, watch=watch))
    assert await asyncio.to_thread(begun.wait, 60)
    watch.stop()
    may_go_on.set()
    with pytest.raises(Stopped):
        await work
