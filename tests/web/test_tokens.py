"""Colours by computation (design.md section 5) and rules of style for every sheet."""

import re

import pytest

from web.assets import STATIC
from web.render import ENV

CSS = STATIC / "css"
SHEETS = [CSS / "base.css", *sorted((CSS / "components").glob("*.css"))]
TOKENS = (CSS / "tokens.css").read_text()

GROUNDS = ("canvas", "surface", "sunken")
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2") for ground in GROUNDS),
    *((ink, f"{kind}-soft") for ink in ("ink", "ink-2") for kind in ("sea", "sun", "leaf", "rust", "plum")),
    *((ink, ground) for ink in ("sea", "leaf", "rust", "plum") for ground in GROUNDS),
    ("on-sea", "sea"), ("on-sea", "sea-deep"), ("sea", "sea-soft"), ("on-sun", "sun"),
    *((f"on-{kind}-soft", f"{kind}-soft") for kind in ("sea", "sun", "leaf", "rust", "plum")),
    *((ink, ground) for ink in ("on-deep", "on-deep-2") for ground in ("deep-1", "deep-2")),
    ("on-deep-sun-soft", "deep-sun-soft"), ("deep-ink", "on-deep"),
]
PARTS = [
    *((part, ground) for part in ("edge", "focus", "mark", "sun-ring") for ground in GROUNDS),
    ("sun", "deep-1"), ("sun", "deep-2"), ("edge", "sea-soft"), ("edge", "sun-soft"),
    ("deep-line", "deep-1"), ("deep-line", "deep-2"), ("deep-sun", "deep-1"), ("deep-sun", "deep-2"),
]


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9A-Fa-f]{6})", block))


def block_of(opening: str) -> str:
    start = TOKENS.index(opening)
    return TOKENS[start:TOKENS.index("}", start)]


LIGHT = colours(block_of(":root {"))
DARK = {**LIGHT, **colours(block_of(':root:where([data-theme="dark"])'))}
DARK_BY_SYSTEM = {**LIGHT, **colours(block_of(':root:where(:not([data-theme="light"]))'))}


def luminance(colour: str) -> float:
    parts = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """The ratio of WCAG 2."""
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_that_of_wcag():
    assert round(contrast("#000000", "#FFFFFF"), 2) == 21
    assert round(contrast("#0E2430", "#F2F6F8"), 2) == 14.7      # ink on canvas, design.md section 5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_seven_to_one(theme, ink, ground):
    assert contrast(theme[ink], theme[ground]) >= 7


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("part", "ground"), PARTS)
def test_edges_and_marks_have_three_to_one(theme, part, ground):
    assert contrast(theme[part], theme[ground]) >= 3


def test_dark_is_the_same_by_choice_and_by_system():
    assert DARK == DARK_BY_SYSTEM


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_no_colour_but_by_token(sheet):
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    assert re.findall(r"#[0-9A-Fa-f]{3,8}\b(?=[^{]*[;}])|\brgba?\(|\bhsla?\(|\boklch\(", text) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_only_logical_properties(sheet):
    physical = (
        r"(?:^|[;{\s])((?:margin|padding|border)-(?:left|right|top|bottom)[a-z-]*|left|right|top|bottom|float"
        r"|(?:min-|max-)?(?:width|height))\s*:(?![^(]*\)\s*\{)|text-align:\s*(?:left|right)"
    )
    bodies = re.sub(r"@media[^{]*", "@media ", sheet.read_text())
    assert re.findall(physical, bodies) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_every_name_used_is_a_token(sheet):
    known = set(re.findall(r"--([a-z0-9-]+):", TOKENS + sheet.read_text()))
    assert set(re.findall(r"var\(--([a-z0-9-]+)", sheet.read_text())) - known == set()


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_sheet_stands_in_its_layer_and_is_short(sheet):
    layer = "base" if sheet.stem == "base" else "components"
    assert sheet.read_text().startswith(f"@layer {layer} {{\n")
    assert len(sheet.read_text().splitlines()) <= 150


def test_layers_are_declared_once():
    assert TOKENS.startswith("@layer tokens, base, components, screens;\n")
    assert sum(sheet.read_text().count("@layer tokens, base") for sheet in SHEETS) == 0


def test_forced_palettes_name_system_colours_only():
    assert colours(block_of("@media (forced-colors: active)")) == {}


def test_no_sheet_asks_another_host():
    assert not [sheet for sheet in SHEETS if re.search(r"url\(|@import|https?:", sheet.read_text())]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.stem)
def test_sides_are_named_by_the_direction_of_reading(sheet):
    """Four values in a row name left and right; only the borders of a drawn tick may, since it never turns."""
    values = re.findall(r"\b(?:padding|margin|inset|border-radius):\s*([^;]+);", sheet.read_text())
    assert [value for value in values if len(without_brackets(value).split()) > 3] == []


def without_brackets(value: str) -> str:
    """`value` with every bracket and what stands in it taken out, from the inside."""
    while "(" in value:
        value = re.sub(r"\([^()]*\)", "", value)
    return value


def test_the_browsers_own_bar_takes_the_colour_of_the_page():
    assert (ENV.globals["SKY_LIGHT"], ENV.globals["SKY_DARK"]) == (LIGHT["canvas"], DARK["canvas"])
