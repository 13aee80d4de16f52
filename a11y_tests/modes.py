"""Windows and what their readers have set. Every size meets every colour, contrast, direction and spacing somewhere."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

PHONES_WIDTH = 390
FULL = "ITHACA_A11Y_FULL"
"""Set by `make a11y`: every mode; without it, the ones of every run."""


@dataclass(frozen=True)
class Mode:
    """A window and what its reader has set."""

    name: str
    width: int = 390
    height: int = 844
    scheme: str = "light"
    forced: str = "none"
    contrast: str = "no-preference"
    rtl: bool = False
    spaced: bool = False
    axe: bool = True
    walk: bool = False
    """Tab through it all and measure what a finger hits: where the frame of the page is another, or its colours."""

    @property
    def shows_other_parts(self) -> bool:
        """A desk has other parts than a phone; axe looks at what they are too, not only at how they look."""
        return self.width > PHONES_WIDTH

    @property
    def checks(self) -> tuple[str, ...]:
        """Our own checks that this mode asks for, beside axe."""
        spaced = ("clipped",) if self.spaced else ()
        forced = ("plated", "told") if self.forced == "active" else ()
        walked = ("targets",) if self.walk else ()
        return ("reflow", "spilt", "overlaid", *spaced, *forced, *walked)


FIRST = Mode("390 light")
SIZES = (Mode("390"), Mode("320", 320, 640), Mode("desk", 1280, 800), Mode("zoom 400 %", 320, 256, axe=False))
"""A phone, the narrowest one, a desk, and a desk enlarged four times."""
ON: dict[str, tuple[Any, str]] = {
    "scheme": ("dark", "dark"), "contrast": ("more", "more contrast"), "rtl": (True, "right to left"),
    "spaced": (True, "spaced"), "forced": ("active", "forced colours"),
}
"""What a reader may set: its value, and what a mode is called by."""
TURNS = (("scheme", "contrast", "rtl"), ("contrast", "spaced", "forced"), ("scheme", "spaced"), ("rtl", "spaced"))
"""What the reader of each size has set in one half; in the other half, it is all that is not set here.

Over the sizes no two settings are alike or opposite, so both halves together hold every two settings in all four
ways, and each size with each setting on and off: eight looks instead of 128.
"""
NARROWEST = Mode("320 spaced", 320, 640, spaced=True, axe=False)
ONE_BY_ONE = (
    Mode("320 light", 320, 640), Mode("320 dark", 320, 640, scheme="dark"), Mode("390 dark", scheme="dark"),
    Mode("zoom 400 %", 320, 256, axe=False), NARROWEST,
    Mode("desk light", 1280, 800, walk=True), Mode("desk dark", 1280, 800, scheme="dark"),
    Mode("desk right to left", 1280, 800, rtl=True, walk=True),
    Mode("390 spaced", spaced=True, axe=False), Mode("desk spaced", 1280, 800, spaced=True, axe=False),
    Mode("desk forced colours", 1280, 800, scheme="dark", forced="active"),
    Mode("forced colours", forced="active", walk=True), Mode("forced colours dark", scheme="dark", forced="active"),
    Mode("more contrast", contrast="more"), Mode("more contrast dark", scheme="dark", contrast="more"),
    Mode("right to left", rtl=True, walk=True), Mode("right to left 320", 320, 640, rtl=True),
)


def half(opposite: bool) -> list[Mode]:
    """Four modes: every size once, each with its turn of settings, or with all but them."""
    return [_set(size, [name for name in ON if (name in turn) != opposite])
            for size, turn in zip(SIZES, TURNS, strict=True)]


def modes_of(number: int) -> Sequence[Mode]:
    """The modes, after the first, in which the state with this place in its list is looked at.

    Every run: one of the eight, so eight neighbours hold every pair, and the narrowest with wide spacing, where things
    break first and which costs little. `make a11y`: all there are.
    """
    eight = [*half(False), *half(True)]
    return (*ONE_BY_ONE, *eight) if os.environ.get(FULL) else (eight[number % 8], NARROWEST)


def _set(size: Mode, names: list[str]) -> Mode:
    settings = {name: ON[name][0] for name in names}
    return replace(size, name=", ".join([size.name, *(ON[name][1] for name in names)]), **settings)
