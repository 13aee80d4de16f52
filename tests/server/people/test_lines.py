"""Circles and orders in lines of parents, against the plain definition."""

from hypothesis import given
from hypothesis import strategies as st

from server.people.lines import circling, top_down

LINES = st.dictionaries(st.integers(0, 12), st.integers(0, 14))


def meets_itself(start: int, above: dict[int, int]) -> bool:
    at = above.get(start)
    for _ in range(len(above) + 1):
        if at is None or at == start:
            return at == start
        at = above.get(at)
    return False


@given(LINES)
def test_who_circles_meets_themselves_on_the_way_up(above: dict[int, int]) -> None:
    assert circling(above) == {key for key in above if meets_itself(key, above)}


@given(LINES)
def test_nobody_comes_before_the_one_above(above: dict[int, int]) -> None:
    order = {key: place for place, key in enumerate(top_down(above))}
    assert all(order[key] > order[above[key]] for key in order if above[key] in above)
    if not circling(above):
        assert order.keys() == above.keys()


def test_a_line_of_fifty_thousand_takes_no_time_and_no_stack() -> None:
    above = {number: number + 1 for number in range(50_000)}
    assert circling(above) == set()
    assert top_down(above)[0] == 49_999
    assert len(circling(above | {50_000: 0})) == 50_001
