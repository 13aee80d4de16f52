"""No screen without its states: the registry against the product's own routes and templates."""

import re
from typing import Any

import pytest
from starlette.routing import Route

from a11y_tests import audit, coverage, modes, report, swaps
from a11y_tests.states import every_state


def test_every_route_has_a_state_or_a_reason() -> None:
    lacking = coverage.doors() - coverage.promised() - set(coverage.excluded("routes"))
    assert sorted(lacking) == [], "add states in a11y_tests/states, or a reason in excluded.toml"


def test_a_new_route_is_noticed() -> None:
    async def show(request: object) -> None: ...

    assert coverage.doors([Route("/new", show, name="new")]) - coverage.promised() == {"GET new"}


def test_a_template_that_no_state_shows_is_noticed() -> None:
    whole = _entries(templates=[])
    assert len(coverage.gaps(whole)) == len(coverage.templates() - set(coverage.excluded("templates")))
    assert coverage.gaps(whole[:1]) == []


def test_a_route_that_no_state_visits_is_noticed() -> None:
    whole = _entries(visits=[])
    assert "no state visits GET match" in coverage.gaps(whole)
    assert len(coverage.gaps(whole)) == len(coverage.doors() - set(coverage.excluded("routes")))


def test_a_swap_that_no_state_makes_is_noticed() -> None:
    whole = _entries(swaps=[])
    assert "no state swaps journey/milestone.html post #form outerHTML" in coverage.gaps(whole)
    assert len(coverage.gaps(whole)) == len(swaps.every() - set(coverage.excluded("swaps")))


def test_the_report_says_which_matrix_ran_and_what_it_covered(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _entries()
    monkeypatch.delenv(modes.FULL, raising=False)
    pairwise = report.drawn_up(whole, [])
    assert (pairwise["matrix"], pairwise["whole"], pairwise["found"]) == ("pairwise", True, len(whole))
    for what in ("states", "routes", "templates", "swaps"):
        assert pairwise["coverage"][what]["shown"] == pairwise["coverage"][what]["of"] > 0
    assert pairwise["looks"] == {"all": 2 * len(whole), "by_mode": {"390 light": len(whole), "320 dark": len(whole)}}
    assert re.fullmatch(r"4\.\d+\.\d+", pairwise["engines"]["axe-core"])
    monkeypatch.setenv(modes.FULL, "1")
    assert report.drawn_up(whole[1:], [])["matrix"] == "full"
    assert report.drawn_up(whole[1:], [])["whole"] is False


@pytest.mark.parametrize("part", ["routes", "templates", "swaps"])
def test_nothing_is_excluded_that_is_covered_or_gone(part: str) -> None:
    there = {"routes": coverage.doors, "templates": coverage.templates, "swaps": swaps.every}[part]()
    assert set(coverage.excluded(part)) <= there
    assert not set(coverage.excluded("routes")) & coverage.promised()
    assert all(coverage.excluded(part).values())


def test_names_of_states_are_unique() -> None:
    names = [state.name for state in every_state()]
    assert len(names) == len(set(names))


def test_a_review_that_speaks_of_nothing_is_noticed() -> None:
    whole = _entries(settled={audit.MEASURED: 3})
    assert len([gap for gap in coverage.gaps(whole) if gap.startswith("reviewed.toml")]) == len(audit.reviewed()) > 0
    assert coverage.settled(whole)[audit.MEASURED] == 3 * len(whole)


def test_every_review_has_a_reason() -> None:
    assert all(entry["reason"] and entry["rule"] for entry in audit.reviewed())


def _entries(**values: object) -> list[dict[str, Any]]:
    """What a run over all states would hand over."""
    found: dict[str, Any] = {"modes": ["390 light", "320 dark"], "seconds": 1.0, "violations": [{"rule": "a"}]}
    found["templates"], found["swaps"] = sorted(coverage.templates()), sorted(swaps.every())
    found["visits"] = sorted(f"{door} 200" for door in coverage.doors())
    found["settled"] = {audit.named(entry): 1 for entry in audit.reviewed()}
    return [{"state": state.name, **found, **values} for state in every_state()]
