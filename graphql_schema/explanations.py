"""What a run of the matching says to one mentee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import strawberry

from graphql_schema.ids import global_id
from server.matchmaking.engine.living.advice import Kind
from server.matchmaking.engine.living.whynot import WhyCode
from server.matchmaking.engine.living.words import advice_words, unmet_words
from server.matchmaking.engine.waitlist import WaitCode

if TYPE_CHECKING:
    from server.matchmaking.engine.living.advice import Advice
    from server.matchmaking.queue.queries import Explained

strawberry.enum(WhyCode, name="UnmetWishCode")
strawberry.enum(Kind, name="AdviceKind")


@strawberry.type(description="A mentor who was asked for and not chosen.")
class UnmetWish:
    mentor_enrollment_id: strawberry.ID
    mentor_name: str
    code: WhyCode
    points: float | None = strawberry.field(description="Points of fit (0 to 100) that spoke for another choice.")
    words: str


@strawberry.type(description="Something a mentee could truthfully add.")
class MatchAdvice:
    kind: Kind
    value: str
    opens: int = strawberry.field(description="How many more mentors would be a good fit.")
    words: str

    @classmethod
    def of(cls, found: Advice) -> Self:
        """One thing more in the words that a mentee reads."""
        return cls(kind=found.kind, value=found.value, opens=found.opens, words=advice_words(found))


@strawberry.type(description="What the last run says to a mentee.")
class Explanation:
    position: int | None = strawberry.field(description="The place in line, from 1; None for who does not wait.")
    code: WaitCode | None = strawberry.field(description="Why they wait.")
    unmet_wishes: list[UnmetWish]
    advice: list[MatchAdvice]

    @classmethod
    def of(cls, found: Explained) -> Self:
        """An explanation in the words that a mentee may read."""
        return cls(
            position=found.place, code=found.code,
            unmet_wishes=[
                UnmetWish(
                    mentor_enrollment_id=global_id("Enrollment", one.mentor.id),
                    mentor_name=one.mentor.person.full_name, code=one.why.code, points=one.why.points,
                    words=unmet_words(one.why.code, one.why.rule, one.why.points, to_mentee=True),
                )
                for one in found.unmet
            ],
            advice=[MatchAdvice.of(one) for one in found.advice],
        )
