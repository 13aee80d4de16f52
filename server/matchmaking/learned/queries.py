"""What was learned for a type of programme, who may read it, and the outlook that a run goes by."""

from dataclasses import dataclass
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor, Permission, system_actor
from server.kernel.errors import NotFound
from server.matches.queries import decided_proposals
from server.matchmaking.engine import Calibration, Outlook, weights_for
from server.matchmaking.learned import numbers
from server.matchmaking.models import LearnedModel
from server.matchmaking.states import RunState
from server.programs.models import Program
from server.programs.queries import programs
from server.programs.states import ProgramType

UNTAUGHT = frozenset({ProgramType.PEER, ProgramType.CIRCLE})
"""Types of which nothing is learned: what is known of a pair goes one way, and there everybody gives and takes."""


def learnings(actor: Actor) -> QuerySet[LearnedModel]:
    """Every learning of the organisation: where a query about them starts. It is read through `visible_learning`."""
    return LearnedModel.filter(organization_id=actor.organization_id)


async def may(actor: Actor, permission: Permission, program_type: ProgramType) -> bool:
    """Whether somebody holds a permission in a programme of a type: what it teaches is of all of them together."""
    scope = actor.programs_with(permission)
    if scope is None:
        return True
    of_type = programs(system_actor(actor.organization_id)).filter(type=program_type, id__in=list(scope))
    return await of_type.exists()


async def visible_learning(actor: Actor, learning_id: UUID, *, lock: bool = False) -> LearnedModel:
    """One learning.

    Raises:
        NotFound: absent, of another organisation, or of a type of which the actor runs no programme.
    """
    found = learnings(actor).filter(id=learning_id)
    row = await (found.select_for_update(no_key=True) if lock else found).first()
    if row is None or not await may(actor, Permission.PROGRAM_MATCHES_READ, row.program_type):
        raise NotFound
    return row


async def learnings_of(actor: Actor, program_type: ProgramType, limit: int = 20) -> list[LearnedModel]:
    """The learnings of a type, the latest first; none for whoever runs no programme of it."""
    if not await may(actor, Permission.PROGRAM_MATCHES_READ, program_type):
        return []
    return await learnings(actor).filter(program_type=program_type).order_by("-number").limit(limit)


async def standing(actor: Actor, program_type: ProgramType) -> LearnedModel | None:
    """The learning that runs of a type go by: the latest that is done."""
    done = learnings(actor).filter(program_type=program_type, state=RunState.DONE)
    return await done.order_by("-number").first()


async def outlook_for(actor: Actor, program: Program) -> Outlook:
    """What a run of a programme expects of pairs: by what stands, or by the prior until something was learned.

    Models of an engine with other features are of no use, and then nothing counts as calibrated.
    """
    row = await standing(actor, program.type)
    if row is None:
        return Outlook(Calibration(False, await outcomes_known(actor, program.type)))
    models = numbers.load(row.models)
    if len(models) < len(row.models):
        return Outlook(Calibration(False, row.based_on))
    known = Calibration(row.calibrated, row.based_on)
    return Outlook(known, models, version_of(row), weights_for(program.type)) if models else Outlook(known)


async def outcomes_known(actor: Actor, program_type: ProgramType) -> int:
    """How many proposals of a type were answered, over all programmes of it."""
    of_type = await programs(system_actor(actor.organization_id)).filter(type=program_type)
    return await decided_proposals(actor, [row.id for row in of_type]).count()


@dataclass(frozen=True, slots=True)
class LearningPage:
    """What was learned for a type of programme, the latest first, and the learning that is `shown` (None: none yet)."""

    program_type: ProgramType
    rows: list[LearnedModel]
    shown: LearnedModel | None
    may_start: bool


async def learning_page(actor: Actor, program_type: ProgramType) -> LearningPage:
    """The learning that stands, beside the others of its type.

    Raises:
        NotFound: the actor runs no programme of that type.
    """
    if not await may(actor, Permission.PROGRAM_MATCHES_READ, program_type):
        raise NotFound
    rows = await learnings_of(actor, program_type)
    done = (row for row in rows if row.state is RunState.DONE)
    return LearningPage(program_type, rows, next(done, None), await _may_start(actor, program_type))


async def page_of_learning(actor: Actor, learning_id: UUID) -> LearningPage:
    """One learning, which may not stand any more, beside the others of its type.

    Raises:
        NotFound: as `visible_learning`.
    """
    row = await visible_learning(actor, learning_id)
    rows = await learnings_of(actor, row.program_type)
    return LearningPage(row.program_type, rows, row, await _may_start(actor, row.program_type))


async def _may_start(actor: Actor, program_type: ProgramType) -> bool:
    return program_type not in UNTAUGHT and await may(actor, Permission.PROGRAM_MATCHING_RUN, program_type)


def version_of(row: LearnedModel) -> str:
    """What a run and the log call a learning."""
    return f"{row.program_type.value}.{row.number}"
