"""Training before a match: the steps of an enrolment, and which are done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Info
from server.programs.training.queries import lessons_by_enrollment
from server.programs.training.states import Audience

if TYPE_CHECKING:
    from server.programs.training.queries import Lesson

strawberry.enum(Audience, name="TrainingAudience")


@strawberry.type(name="TrainingStep", description="A short step of the training that a programme asks for.")
class TrainingStepType:
    key: str = strawberry.field(description="What it is known by in its programme.")
    title: str
    text: str
    link: str = strawberry.field(description="Where more is to be read, \"\" for nowhere.")
    minutes: int
    to: Audience
    required: bool = strawberry.field(description="Whether nobody is matched before it is done.")
    done_at: datetime | None = strawberry.field(description="When it was finished; null while it is open.")

    @classmethod
    def of(cls, found: Lesson) -> Self:
        """One step for one person."""
        step = found.step
        return cls(
            key=step.key, title=step.title, text=step.text, link=step.link, minutes=step.minutes, to=step.to,
            required=step.required, done_at=found.done_at,
        )


@strawberry.type
class Trained:
    """What an enrolment says of its training."""

    key: strawberry.Private[UUID]

    @strawberry.field(description="The training that its programme asks for, in its order, with what is done.")
    async def training(self, info: Info) -> list[TrainingStepType]:
        return [TrainingStepType.of(one) for one in await info.context.many(lessons_by_enrollment, self.key)]
