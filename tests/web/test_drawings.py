"""The voyage follows milestones, never days; the chart's points are its figures."""

from itertools import pairwise
from math import dist

import pytest

from web.charts import line_chart
from web.voyage import HARBOUR, SUN, point_at, voyage

ALL = [(milestones, done) for milestones in range(1, 8) for done in range(milestones + 1)]


@pytest.mark.parametrize(("milestones", "done"), ALL)
def test_an_island_for_each_milestone_but_the_last(milestones, done):
    drawn = voyage(milestones, done)
    assert len(drawn.isles) == milestones - 1
    assert [isle.done for isle in drawn.isles] == [number <= done for number in range(1, milestones)]


@pytest.mark.parametrize(("milestones", "done"), ALL)
def test_the_boat_lies_past_what_is_done_and_before_what_is_not(milestones, done):
    drawn = voyage(milestones, done)
    assert all((isle.x < drawn.boat[0]) is isle.done for isle in drawn.isles)


@pytest.mark.parametrize("milestones", range(2, 8))
def test_each_milestone_sails_on(milestones):
    places = [voyage(milestones, done).sailed for done in range(milestones + 1)]
    assert places == sorted(set(places))
    assert (places[0], places[-1]) == (HARBOUR, 100.0)


@pytest.mark.parametrize("milestones", [8, 9, 12, 13, 26, 52])
def test_many_milestones_leave_room_between_islands_and_for_the_boat(milestones):
    for done in range(milestones + 1):
        drawn = voyage(milestones, done)
        spots = [(isle.x, isle.y) for isle in drawn.isles] + [SUN]
        assert 3 <= len(spots) <= 8
        assert all(dist(one, other) > 34 for one, other in pairwise(spots))
        assert done in (0, milestones) or all(dist(drawn.boat, spot) > 8 for spot in spots)
        assert all((isle.x < drawn.boat[0]) is isle.done for isle in drawn.isles)
    places = [voyage(milestones, done).sailed for done in range(milestones + 1)]
    assert places == sorted(places)


def test_the_boat_reaches_the_sun():
    assert voyage(5, 5).boat == SUN


@pytest.mark.parametrize(("milestones", "done"), [(0, 0), (-3, 9), (5, -1), (5, 99)])
def test_counts_outside_the_range_are_brought_into_it(milestones, done):
    assert HARBOUR <= voyage(milestones, done).sailed <= 100


def test_points_run_along_the_route():
    assert point_at(0) == (14, 118)
    assert point_at(100) == point_at(250) == SUN
    assert [point_at(percent)[0] for percent in range(101)] == sorted(point_at(percent)[0] for percent in range(101))


def test_chart_draws_each_figure_at_its_height():
    drawn = line_chart([0, 30, 60], [60, 60, 60], ["a", "b", "c"])
    assert drawn.held == "26,170 160,95 294,20"
    assert drawn.plan == "26,20 160,20 294,20"
    assert drawn.area == "26,170 26,170 160,95 294,20 294,170"
    assert [text for _y, text in drawn.grid] == ["0", "20", "40", "60"]


def test_labels_at_the_end_never_stand_on_each_other():
    drawn = line_chart([50, 50], [50, 50], ["a", "b"])
    assert abs(drawn.held_label[0] - drawn.plan_label[0]) >= 14


def test_chart_without_a_plan():
    drawn = line_chart([3], [], ["a"])
    assert (drawn.plan, drawn.plan_label) == ("", None)


@pytest.mark.parametrize("series", [([], [], []), ([1], [], []), ([1], [1, 2], ["a"])])
def test_chart_of_unequal_series_is_refused(series):
    with pytest.raises(ValueError, match="A chart needs figures"):
        line_chart(*series)


def test_chart_of_nothing_but_zero_lies_on_the_floor():
    assert line_chart([0, 0], [], ["a", "b"]).held == "26,170 294,170"
