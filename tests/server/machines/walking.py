"""A glossary table, walked: each row from its state, through the real act, to its state, with its trace."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Refused
from server.kernel.facts import AuditEvent, OutboxEvent
from server.kernel.ids import new_id


@dataclass(frozen=True)
class Row:
    """One line of a transition table: the states it leads from (none: it begins there), the event, the state after."""

    before: str
    event: str
    after: str

    @property
    def starts(self) -> list[str]:
        """Each state to walk from; "" when there is nothing yet."""
        return [one.strip() for one in self.before.split(",")]


Walk = Callable[[str, str], Awaitable[tuple[UUID, str]]]
"""Puts the subject in a state, does the event, and says which row it was and what state it is in now."""


async def walked(rows: Sequence[Row], walk: Walk) -> list[str]:
    """What is not as the table says, one line for each start of each row."""
    wrong = []
    for row in rows:
        for start in row.starts:
            subject_id, state = await walk(start, row.event)
            if state != row.after:
                wrong.append(f"{start} --{row.event}--> {state}, not {row.after}")
            trail = await AuditEvent.filter(target_id=subject_id).count()
            facts = await OutboxEvent.filter(subject_id=subject_id).count()
            if not trail or not facts:
                wrong.append(f"{start} --{row.event}--> left {trail} audit entries and {facts} facts")
    return wrong


def table(text: str) -> list[Row]:
    """Rows written as in the glossary: before | event | after."""
    cells = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    return [Row("" if before == "(none)" else before, event, after) for before, event, after in cells]


async def refused(act: Awaitable[object]) -> str:
    """The kind, or the code, of the refusal that an act meets."""
    try:
        await act
    except Conflict as refusal:
        return refusal.kind or refusal.code
    except Refused as refusal:
        return refusal.code
    return "done"


@asynccontextmanager
async def at_one_go() -> AsyncGenerator[UUID, None]:
    """Rows of an organisation with this id are stored by one commit: waiting for the disk once, not for each row."""
    org_id = new_id()
    async with unit_of_work(system_actor(org_id)):
        yield org_id
