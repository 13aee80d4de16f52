"""No screen without its states: the registry against the product's own routes and templates."""

import pytest
from starlette.routing import Route

from a11y_tests import audit, coverage
from a11y_tests.states import every_state


def test_every_route_has_a_state_or_a_reason() -> None:
    lacking = coverage.doors() - coverage.promised() - set(coverage.excluded("routes"))
    assert sorted(lacking) == [], "add states in a11y_tests/states, or a reason in excluded.toml"


def test_a_new_route_is_noticed() -> None:
    async def show(request: object) -> None: ...

    assert coverage.doors([Route("/new", show, name="new")]) - coverage.promised() == {"GET new"}


def test_a_template_that_no_state_shows_is_noticed() -> None:
    whole = [{"state": state.name, "templates": []} for state in every_state()]
    assert len(coverage.gaps(whole)) == len(coverage.templates() - set(coverage.excluded("templates")))
    assert coverage.gaps(whole[:1]) == []


@pytest.mark.parametrize("part", ["routes", "templates"])
def test_nothing_is_excluded_that_is_covered_or_gone(part: str) -> None:
    there = coverage.doors() if part == "routes" else coverage.templates()
    assert set(coverage.excluded(part)) <= there
    assert not set(coverage.excluded("routes")) & coverage.promised()
    assert all(coverage.excluded(part).values())


def test_names_of_states_are_unique() -> None:
    names = [state.name for state in every_state()]
    assert len(names) == len(set(names))


def test_every_review_has_a_reason() -> None:
    assert all(entry["reason"] and entry["rule"] for entry in audit.reviewed())
