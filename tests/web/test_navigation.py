"""The bar marks one place and says what waits."""

import pytest

from web.navigation import console_places, places
from web.viewer import Viewer

VIEWER = Viewer("Noor", "Harbourline", unread=2, waiting=14)


@pytest.mark.parametrize(("path", "current"), [
    ("/", ["/"]), ("/messages", ["/messages"]), ("/messages/7", ["/messages"]), ("/session/7", ["/session"]),
    ("/youth", []), ("/goal/7", []), ("/enrollment/7/asking", ["/"]),
])
def test_one_place_is_current_at_most(path, current):
    assert [place.href for place in places(VIEWER, path) if place.current] == current


@pytest.mark.parametrize(("path", "current"), [
    ("/console", ["/console"]), ("/console/matches/7", ["/console/matches"]), ("/console/more", ["/console/more"]),
    ("/console/programs/7", ["/console/more"]),
])
def test_console_home_is_not_current_everywhere(path, current):
    assert [place.href for place in console_places(VIEWER, path) if place.current] == current


def test_what_waits_is_said_in_words():
    assert [place.said for place in places(VIEWER, "/") if place.count] == ["2 unread: "]
    assert [place.said for place in console_places(VIEWER, "/") if place.count] == ["14 waiting"]


def test_mentors_begin_with_today():
    mentor = Viewer("Idris", "Harbourline", roles=frozenset({"mentor"}))
    assert places(mentor, "/")[0].text == "Today"
    assert places(VIEWER, "/")[0].text == "Journey"


def test_nobody_signed_in_no_bar():
    assert places(None, "/") == console_places(None, "/") == []
