"""Who looks at a page: names and preferences that layouts show. Sign-in puts one on `request.state.viewer`."""

from dataclasses import dataclass, field
from typing import Literal

from starlette.requests import Request

from server.kernel.terms import Vocabulary
from server.kernel.text import DEFAULT_LANGUAGE, direction
from server.people.states import Offer
from server.programs.branding.setup import AS_USUAL, Branding

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """A signed-in person as the layouts need them. `roles` are words of the glossary, `zone` an IANA name.

    `refused`: what they said "not now" to.
    """

    person_name: str
    organization_name: str
    program_name: str = ""
    roles: frozenset[str] = field(default_factory=frozenset)
    language: str = DEFAULT_LANGUAGE
    theme: Theme = "system"
    zone: str = "UTC"
    unread: int = 0
    waiting: int = 0
    refused: frozenset[Offer] = frozenset()
    terms: Vocabulary = field(default_factory=dict)
    branding: Branding = AS_USUAL

    @property
    def direction(self) -> str:
        """"ltr" or "rtl", by the language."""
        return direction(self.language)


def viewer_of(request: Request) -> Viewer | None:
    """The signed-in person, or None on a page for everybody."""
    return getattr(request.state, "viewer", None)
