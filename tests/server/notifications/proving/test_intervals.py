"""The interval covers the true difference as often as it says, effect or none; arms are drawn for good."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel.ids import new_id
from server.notifications.catalogue import CATALOGUE
from server.notifications.proving.acts import ACTS
from server.notifications.proving.arms import arm_of
from server.notifications.proving.intervals import Share, difference, wilson
from server.notifications.states import Arm

RUNS = 2_000


@pytest.mark.parametrize(("first", "second", "low", "high"), [
    (Share(56, 70), Share(48, 80), 0.0524, 0.3339), (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
    (Share(5, 56), Share(0, 29), -0.0381, 0.1926), (Share(10, 10), Share(0, 10), 0.6075, 1.0),
])
def test_it_is_newcombes_own_table(first: Share, second: Share, low: float, high: float) -> None:
    found = difference(first, second)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(("nudged", "held_out"), [(0.7, 0.7), (0.8, 0.6), (0.2, 0.2), (0.55, 0.35)])
def test_it_covers_the_truth_in_some_95_of_100_comparisons(nudged: float, held_out: float) -> None:
    chance = Random(7)

    def drawn(share: float, people: int) -> Share:
        return Share(sum(chance.random() < share for _ in range(people)), people)

    found = [difference(drawn(nudged, 80), drawn(held_out, 40)) for _ in range(RUNS)]
    covered = sum(one.low <= nudged - held_out <= one.high for one in found) / RUNS
    assert 0.93 <= covered <= 0.97
    if nudged == held_out:
        assert sum(one.is_told for one in found) / RUNS <= 0.07, "no effect is not called one"


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 200))
def test_it_holds_the_difference_and_turns_over_with_its_sides(a: int, b: int, c: int, d: int) -> None:
    one, other = Share(min(a, b), b), Share(min(c, d), d)
    found, turned = difference(one, other), difference(other, one)
    assert -1 <= found.low <= found.value + 1e-9
    assert found.value - 1e-9 <= found.high <= 1
    assert abs(found.low + turned.high) < 1e-9
    low, high = wilson(one)
    assert 0 <= low <= high <= 1


def test_acts_are_asked_for_by_kinds_that_there_are() -> None:
    assert {kind for act in ACTS.values() for kind in act.kinds} <= CATALOGUE.keys()


def test_arms_are_drawn_once_in_about_the_share_that_was_set_and_a_larger_share_leaves_out_the_same_ones() -> None:
    program, units = new_id(), [new_id() for _ in range(2_000)]
    fifth = {unit for unit in units if arm_of(program, unit, 20) is Arm.HELD_OUT}
    assert fifth == {unit for unit in units if arm_of(program, unit, 20) is Arm.HELD_OUT}
    assert fifth < {unit for unit in units if arm_of(program, unit, 50) is Arm.HELD_OUT}
    assert 330 <= len(fifth) <= 470
    other = {unit for unit in units if arm_of(new_id(), unit, 20) is Arm.HELD_OUT}
    assert 40 <= len(fifth & other) <= 130, "another programme draws anew"
    assert {arm_of(program, unit, 0) for unit in units} == {Arm.NONE}
