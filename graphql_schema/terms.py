"""What a programme calls people and things, for clients that label them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import strawberry

if TYPE_CHECKING:
    from server.programs.models import Program


@strawberry.type(name="ProgramTerm", description="What a programme calls somebody or something in one language.")
class ProgramTermType:
    language: str
    term: str = strawberry.field(description="mentor, mentee, mentoring, match, session, circle or program.")
    case: str = strawberry.field(description="The form of the word: in English one or many.")
    said: str

    @classmethod
    def all(cls, row: Program) -> list[Self]:
        """The words of a programme that are not as usual."""
        return [
            cls(language=tag, term=term, case=case, said=said)
            for tag, terms in row.terminology.items() for term, cases in terms.items() for case, said in cases.items()
        ]
