"""A manager's own trials. Nobody else sees them, whatever rights they hold."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.journey.trying.rows.columns import Field, past_suggestions, samples, suggestions
from server.journey.trying.rows.plan import File, Plan, Who, load_plan, unpack
from server.kernel import clock
from server.kernel.actor import Actor, Permission
from server.kernel.errors import NotFound
from server.matchmaking.models import MatchTrial

Document = Mapping[str, Any]
"""What a matching came to (server/journey/trying/matching.py)."""


@dataclass(frozen=True)
class FileShown:
    """A file on the page of its columns: how many rows, and each column with what it seems to hold and examples."""

    name: str
    rows: int
    columns: tuple[tuple[str, Field, tuple[str, ...]], ...]


@dataclass(frozen=True)
class TrialShown:
    """A trial with the plan in force; `document` is what the matching came to, None before it."""

    trial: MatchTrial
    plan: Plan
    document: Document | None


def can_try(actor: Actor) -> bool:
    """Whether the actor is a person who runs the matching of some programme."""
    return actor.person_id is not None and actor.programs_with(Permission.PROGRAM_MATCHING_RUN) != frozenset()


def trials(actor: Actor) -> QuerySet[MatchTrial]:
    """The actor's own trials: where a query about trials starts. A machine has none, and one whose day is over is gone
    whether or not the job that erases it has come by."""
    return MatchTrial.filter(
        organization_id=actor.organization_id, person_id=actor.person_id, erase_at__gt=clock.now()
    )


async def own_trial(actor: Actor, trial_id: UUID, *, lock: bool = False) -> MatchTrial:
    """One trial of the actor's own, who may still try.

    Raises:
        NotFound: absent, erased or somebody else's, or the actor runs no programme any more.
    """
    found = trials(actor).filter(id=trial_id)
    trial = await (found.select_for_update() if lock else found).first() if can_try(actor) else None
    if trial is None:
        raise NotFound
    return trial


async def latest_trial(actor: Actor) -> MatchTrial | None:
    """The trial that the actor made last, if it is still there.

    Raises:
        NotFound: the actor may try nothing.
    """
    if not can_try(actor):
        raise NotFound
    return await trials(actor).order_by("-created_at", "-id").first()


async def shown_trial(actor: Actor, trial_id: UUID) -> TrialShown:
    """One trial of the actor's own as it stands.

    Raises:
        NotFound: absent, erased or somebody else's.
    """
    trial = await own_trial(actor, trial_id)
    document = await asyncio.to_thread(json.loads, trial.result) if trial.result else None
    return TrialShown(trial, load_plan(trial.settings), document)


async def document_of(actor: Actor, trial_id: UUID) -> Document:
    """What the matching of an own trial came to.

    Raises:
        NotFound: absent, erased, somebody else's, or not matched yet.
    """
    document = (await shown_trial(actor, trial_id)).document
    if document is None:
        raise NotFound
    return document


def file_names(shown: TrialShown) -> list[str]:
    """What the files of a trial are called."""
    return [one.name for one in unpack(shown.trial.files)]


def files_shown(shown: TrialShown) -> list[FileShown]:
    """The files of a trial with their columns, as the plan in force reads them. Parses them: call it off the loop."""
    plan = shown.plan
    return [_file(*one) for one in zip(unpack(shown.trial.files), plan.who, plan.columns, strict=True)]


def _file(one: File, who: Who, held: Mapping[str, Field]) -> FileShown:
    table = one.table()
    guessed = (past_suggestions if who is Who.PAST else suggestions)(table)
    return FileShown(one.name, len(table.rows), tuple(
        (name, held.get(name, field), tuple(samples(table, name))) for name, field in guessed.items()
    ))
