"""A learning carried out: the log with its outcomes in, models and report out."""

import asyncio
from datetime import datetime
from uuid import UUID

from server.journey.learning.queries import lived, people_to_imagine
from server.kernel import clock
from server.kernel.actor import Actor, Permission, require
from server.kernel.text import gettext as _
from server.matchmaking.engine import Pool, Weights, weights_for
from server.matchmaking.learned import actions as learned
from server.matchmaking.learned.lived import Lived, Taught
from server.matchmaking.learned.queries import may, visible_learning
from server.matchmaking.models import LearnedModel
from server.matchmaking.states import RunState
from server.programs.states import ProgramType


async def learn(actor: Actor, program_type: ProgramType) -> LearnedModel:
    """Ask for a learning and carry it out at once, for whoever can wait for it. The job then finds it done.

    Raises:
        Refused: the actor runs no programme of that type.
    """
    return await carry_out(actor, (await learned.start_learning(actor, program_type)).id)


async def carry_out(actor: Actor, learning_id: UUID) -> LearnedModel:
    """Do what a learning was asked for, outside any transaction. One that is over stays as it is.

    Raises:
        NotFound: no such learning.
        Refused: the actor runs no programme of that type.
    """
    row = await visible_learning(actor, learning_id)
    require(await may(actor, Permission.PROGRAM_MATCHING_RUN, row.program_type), _("let the matching learn"))
    if row.state is not RunState.RUNNING:
        return row
    log, pool = await lived(actor, row.program_type), await people_to_imagine(actor, row.program_type)
    taught = await asyncio.to_thread(_teach, log, pool, weights_for(row.program_type), clock.now())
    return await learned.keep_learning(actor, row.id, **taught._asdict())


def _teach(log: list[Lived], pool: Pool, weights: Weights, made_at: datetime) -> Taught:
    from server.matchmaking.learned.teaching import teach  # noqa: PLC0415  # scikit-learn, which only learning needs

    return teach(log, pool, weights, made_at)
