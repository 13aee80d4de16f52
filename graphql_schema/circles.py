"""Circles: what one has in common, what it brings its members, and what a run of them came to."""

from __future__ import annotations

from typing import Self
from uuid import UUID

import strawberry

from graphql_schema.ids import global_id
from graphql_schema.runs import RunParity
from server.kernel.db import Json
from server.matchmaking.circles.forming import proof_of
from server.matchmaking.circles.telling import Why, in_common
from server.matchmaking.engine.weights import Category
from server.matchmaking.runs.records import circles_parity


@strawberry.type(description="A time of the week that everybody in a circle has free.")
class CircleTime:
    first_half_hour: int = strawberry.field(description="Counted from Monday 00:00 UTC, in half hours, from 0.")
    half_hours: int


@strawberry.type(description="A goal that several of a circle have.")
class CircleGoal:
    name: str
    members: int


@strawberry.type(name="Circle", description="What the people of a circle have in common.")
class CircleType:
    times: list[CircleTime] | None = strawberry.field(description="Null where nobody told theirs.")
    languages: list[str] | None = strawberry.field(description="Null where nobody told theirs.")
    goals: list[CircleGoal]

    @classmethod
    def of(cls, explanation: Json) -> Self:
        """What was stored of a circle."""
        found = in_common(explanation)
        times = None if found.times is None else [
            CircleTime(first_half_hour=start, half_hours=length) for start, length in found.times
        ]
        return cls(
            times=times, languages=found.languages,
            goals=[CircleGoal(name=one.tag, members=one.members) for one in found.goals],
        )


@strawberry.type(description="Why a circle suits one of its members, or what they lack in it.")
class CircleReason:
    category: Category
    title: str
    detail: str = strawberry.field(description="Who helps, and the data behind it; may be empty.")
    is_caution: bool = strawberry.field(description="Whether it is what they lack.")


@strawberry.type(description="What a circle brings one of its members: up to three reasons and one caution.")
class CircleMemberReasons:
    enrollment_id: strawberry.ID
    reasons: list[CircleReason]

    @classmethod
    def of(cls, enrollment_id: UUID, found: list[Why]) -> Self:
        """One member."""
        return cls(enrollment_id=global_id("Enrollment", enrollment_id), reasons=[
            CircleReason(category=one.category, title=one.title, detail=one.detail, is_caution=one.is_caution)
            for one in found
        ])


@strawberry.type(description="What forming circles came to.")
class RunCircles:
    circles: int
    seated: int = strawberry.field(description="People who sit in them.")
    waiting: int
    value: float = strawberry.field(description="What a circle brings a member on average, 0 to 1.5.")
    violations: int = strawberry.field(description="Hard rules broken, counted again from the finished circles.")
    with_hour: float = strawberry.field(description="Share of circles that have an hour in common.")
    without_facilitator: int
    seats_found: int = strawberry.field(description="Seats in circles that stand, for some of those who wait.")
    parity: list[RunParity] = strawberry.field(description="How groups of people fared; small groups are hidden.")

    @classmethod
    def of(cls, record: Json) -> Self | None:
        """The circles in a run's record."""
        found = proof_of(record)
        return cls(
            circles=found.circles, seated=found.seated, waiting=found.waiting, value=found.value,
            violations=found.violations, with_hour=found.with_hour, without_facilitator=found.without_host,
            seats_found=found.seats, parity=[RunParity.of(one) for one in circles_parity(record)],
        ) if found else None
