"""The part `branding` of a programme's document: what stands in the header of its people's pages, and in which colour.

    [branding]
    name = "Compass"        # in the place of the product's; "" is the product's
    accent = "#7A1F4B"      # of links, buttons and the first picture; "" is the product's

Read in both themes, or refused with the nearest colour that is. Pure.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from server.kernel.text import gettext as _
from server.programs.branding.colours import nearest, passes_light
from server.programs.plans import fields
from server.programs.plans.fields import Problems, Setting, Shape
from server.programs.plans.parts import Part

NAME_LETTERS, COLOUR_LETTERS = 24, 7
COLOUR = re.compile(r"#[0-9A-F]{6}")


class Branding(NamedTuple):
    """How a programme looks; "" is as the product does."""

    name: str = ""
    accent: str = ""


AS_USUAL = Branding()


def _colour(problems: Problems, path: str, given: object) -> str:
    typed: str = fields.words(COLOUR_LETTERS)(problems, path, given).upper()
    if typed and not COLOUR.fullmatch(typed):
        problems[path] = _("Write a colour as # and six digits, such as #0B4F71.")
        return ""
    return typed


BRANDING: Shape = {"name": Setting(fields.words(NAME_LETTERS), ""), "accent": Setting(_colour, "")}
BRANDING_PART = Part("branding", fields.table(BRANDING), {})


def branding_of(stored: Mapping[str, Any]) -> Branding:
    """How a programme looks, of what is stored of it."""
    return Branding(**BRANDING_PART.told(stored)) if stored else AS_USUAL


def contradictions(branding: Mapping[str, str]) -> dict[str, str]:
    """A colour that cannot be read, with the nearest that can."""
    accent = branding["accent"]
    if not accent or passes_light(accent):
        return {}
    told = {"colour": accent, "nearest": nearest(accent)}
    return {"branding.accent": _(
        "%(colour)s is too light to be read on our pages (text needs a contrast of 7 to 1). "
        "The nearest that can be read is %(nearest)s."
    ) % told}
