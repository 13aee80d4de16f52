"""Why two people were put together, in words for whoever reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

import strawberry

from server.kernel.db import Json
from server.kernel.terms import NO_TERMS
from server.kernel.text import use_terms
from server.matchmaking.engine.choosing.discretion import told_to
from server.matchmaking.engine.explain import Reason, ReasonCode
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.wording import Names, Reader, sentence
from server.matchmaking.stored import Told, load
from server.programs.terms.setup import terms_of

if TYPE_CHECKING:
    from server.programs.models import Program

for enum in (Category, ReasonCode):
    strawberry.enum(enum)


@strawberry.type(name="MatchReason", description="One ground for a fit, with its weight and the data behind it.")
class ReasonType:
    code: ReasonCode
    category: Category
    title: str
    detail: str = strawberry.field(description="The data behind it in one line; may be empty.")
    weight: float = strawberry.field(description="Its share of the fit, 0 to 1.")
    fit: float = strawberry.field(description="How well they fit in this, 0 to 100.")

    @classmethod
    def of(cls, reason: Reason, names: Names, reader: Reader) -> Self:
        """A reason in words."""
        title, detail = sentence(reason, names, reader)
        return cls(
            code=reason.code, category=reason.category, title=title, detail=detail, weight=reason.weight,
            fit=reason.fit,
        )


def reasons(told: Told, program: Program | None = None) -> list[ReasonType]:
    """Up to three reasons, in the words of a programme; none for a pair that somebody made by hand."""
    with use_terms(terms_of(program) if program else NO_TERMS):
        return _told(told.explanation.reasons if told.explanation else (), told.names, told.reader)


def factors(stored: Json, names: Names) -> list[ReasonType]:
    """How the fit was worked out, all parts, for who runs the programme."""
    found = load(stored)
    return _told(found.factors if found else (), names, Reader.MANAGER)


def caution(stored: Json, names: Names) -> ReasonType | None:
    """What to look at before approving, for who runs the programme."""
    found = load(stored)
    return ReasonType.of(found.caution, names, Reader.MANAGER) if found and found.caution else None


def _told(found: Iterable[Reason], names: Names, reader: Reader) -> list[ReasonType]:
    return [ReasonType.of(reason, names, reader) for reason in told_to(found, reader)]
