"""Eight looks hold every pair of what readers may set, and eight neighbours in a list of states hold them."""

from itertools import combinations, product

import pytest

from a11y_tests import modes
from a11y_tests.modes import ON, SIZES, Mode


def _levels(mode: Mode) -> dict[str, object]:
    size = next(one for one in SIZES if (one.width, one.height) == (mode.width, mode.height))
    return {"size": size.name, **{name: getattr(mode, name) for name in ON}}


def test_eight_neighbours_hold_every_pair_of_sizes_and_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(modes.FULL, raising=False)
    looks = [_levels(modes.modes_of(number)[0]) for number in range(5, 13)]
    there = {name: [getattr(modes.FIRST, name), on] for name, (on, _word) in ON.items()}
    there["size"] = [one.name for one in SIZES]
    for one, two in combinations(there, 2):
        seen = {(look[one], look[two]) for look in looks}
        assert seen == set(product(there[one], there[two])), f"{one} and {two} do not meet in every way"


def test_the_full_matrix_holds_all_of_it_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(modes.FULL, "1")
    names = [mode.name for mode in modes.modes_of(0)]
    assert len({*names, modes.FIRST.name}) == len(names) + 1
    assert {mode.name for opposite in (False, True) for mode in modes.half(opposite)} < set(names)
