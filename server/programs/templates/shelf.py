"""The templates of this release, by name: their documents, and what each is for in one plain sentence."""

import tomllib
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from server.kernel.db import Json
from server.kernel.text import gettext as _


class Template(StrEnum):
    """A ready programme to begin from."""

    ONBOARDING = "onboarding"
    LEADERSHIP = "leadership"
    REVERSE = "reverse"
    HIGH_POTENTIAL = "high-potential"
    PEER = "peer"
    CIRCLE = "circle"
    FLASH = "flash"
    RETURN_TO_WORK = "return-to-work"


def document(template: Template) -> Json:
    """What a template says, as somebody would bring it from a file: without the number of its format."""
    return {name: value for name, value in _read(template).items() if name != "format"}


def title(template: Template) -> str:
    """What a template is called."""
    return {
        Template.ONBOARDING: _("First weeks"), Template.LEADERSHIP: _("Leadership"),
        Template.REVERSE: _("Reverse"), Template.HIGH_POTENTIAL: _("High potential"),
        Template.PEER: _("Peers"), Template.CIRCLE: _("Circles"), Template.FLASH: _("One question"),
        Template.RETURN_TO_WORK: _("Return to work"),
    }[template]


def told(template: Template) -> str:
    """What a template is for, in one sentence."""
    return {
        Template.ONBOARDING: _("New people meet a guide every week for their first three months."),
        Template.LEADERSHIP: _("Who begins to lead meets somebody who has led for longer, for half a year."),
        Template.REVERSE: _("Somebody early in their career teaches somebody senior, for four months."),
        Template.HIGH_POTENTIAL: _("A year towards a role, with somebody who has held one like it."),
        Template.PEER: _("Two equals help each other through the same change, for three months."),
        Template.CIRCLE: _("Six people and somebody who leads the round meet once a month."),
        Template.FLASH: _("One question, answered in one or two short conversations within days."),
        Template.RETURN_TO_WORK: _("Who comes back after months away meets somebody who knows how that is."),
    }[template]


@lru_cache(maxsize=len(Template))
def _read(template: Template) -> dict[str, Any]:
    file = Path(__file__).with_name(f"{template.name.lower()}.toml")
    return tomllib.loads(file.read_text("utf-8"))
