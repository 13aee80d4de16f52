"""The colour of a programme: read on every surface of both themes, or refused with the nearest that is."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.programs.branding import colours
from server.programs.branding.colours import DARK, LEAST, LIGHT, ON_DARK, ON_DEEP, contrast, look_of, nearest
from server.programs.branding.setup import BRANDING_PART, contradictions
from web import render

any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06X}")
TOKENS = render.TEMPLATES.parent / "static" / "css" / "tokens.css"


def test_contrast_is_what_wcag_says_it_is() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)


@given(any_colour)
def test_the_nearest_of_any_colour_is_read_on_every_surface_of_both_themes(colour: str) -> None:
    found = nearest(colour)
    assert contradictions({"accent": found}) == {}
    look = look_of(found)
    assert all(contrast(one, on) >= LEAST for one in (look.sea, look.sea_deep) for on in (*LIGHT, colours.WHITE))
    assert all(contrast(one, on) >= LEAST for one in (look.dark_sea, look.dark_sea_deep) for on in (*DARK, ON_DARK))
    assert all(contrast(one, on) >= LEAST for one in (look.deep_1, look.deep_2) for on in ON_DEEP)


def test_the_surfaces_are_those_of_the_pages() -> None:
    css = TOKENS.read_text(encoding="utf-8")
    light, _media, dark = css.partition("@media (prefers-color-scheme: dark)")
    for part, surfaces in ((light, LIGHT), (dark, DARK)):
        told = (re.search(rf"--{name}: (#\w+)", part) for name in ("canvas", "surface", "sunken"))
        assert tuple(found[1] for found in told if found) == surfaces
    assert f"--on-sea: {ON_DARK}" in dark
    assert all(f": {one};" in light for one in ON_DEEP)
    assert isinstance(TOKENS, Path)


@pytest.mark.parametrize(("given_", "words"), [
    ("#FFD400", "nearest"), ("yellow", "six digits"), ("#12345", "six digits"), ("url(x)", "six digits"),
])
def test_what_cannot_be_read_is_refused_with_what_can(given_: str, words: str) -> None:
    problems: dict[str, str] = {}
    read = BRANDING_PART.kind(problems, "branding", {"accent": given_})
    assert words in (problems or contradictions(read))["branding.accent"]
    assert BRANDING_PART.told({"accent": "#7a1f4b"})["accent"] == "#7A1F4B"
