"""One colour as a whole look: what of it passes on each surface of both themes, and the nearest that does. Pure.

The surfaces are those of web/static/css/tokens.css; a test holds the two together.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

LEAST = 7.0
"""What our pages ask of text (design.md), and WCAG 2.2 of the strictest (1.4.6)."""
LIGHT = ("#F2F6F8", "#FFFFFF", "#E8EFF2")
"""Canvas, surface and sunken, on which the colour is text; its own text, on a button, is white."""
DARK, ON_DARK = ("#0A161D", "#11212B", "#182C38"), "#04202F"
ON_DEEP = ("#FFFFFF", "#D3E7F1")
WHITE, BLACK = "#FFFFFF", "#000000"
STEPS = 100


class Look(NamedTuple):
    """The colours made of one: text and buttons with their pressed tone, in the light theme and the dark one, and the
    deep water of the first picture, which is the same in both."""

    sea: str
    sea_deep: str
    dark_sea: str
    dark_sea_deep: str
    deep_1: str
    deep_2: str


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (`#RRGGBB`), 1 to 21, as WCAG 2 works it out."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def passes_light(colour: str) -> bool:
    """Whether it is read on every light surface, and white on it."""
    return _is_read(colour, (*LIGHT, WHITE))


def nearest(colour: str) -> str:
    """The colour itself where it passes, else the least darkened that does."""
    return _first(colour, BLACK, passes_light)


def look_of(colour: str) -> Look:
    """The whole look of a colour that passes."""
    dark = _first(colour, WHITE, lambda one: _is_read(one, (*DARK, ON_DARK)))
    deep = _first(colour, BLACK, lambda one: _is_read(one, ON_DEEP))
    return Look(
        colour, _mixed(colour, BLACK, 0.25), dark, _mixed(dark, WHITE, 0.35), deep, _mixed(deep, BLACK, 0.3)
    )


def _is_read(colour: str, on: Iterable[str]) -> bool:
    return all(contrast(colour, one) >= LEAST for one in on)


def _first(colour: str, towards: str, passes: Callable[[str], bool]) -> str:
    mixed = (_mixed(colour, towards, step / STEPS) for step in range(STEPS + 1))
    return next(one for one in mixed if passes(one))


def _mixed(one: str, other: str, share: float) -> str:
    parts = (round(a + (b - a) * share) for a, b in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{part:02X}" for part in parts)


def _luminance(colour: str) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (one / 255 for one in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
