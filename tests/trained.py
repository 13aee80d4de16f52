"""Training for tests: a step as a document has it, a programme that asks for it, and people who took it."""

from typing import Any

from server.access.queries import actor_for
from server.kernel.actor import system_actor
from server.kernel.db import Json
from server.programs.models import Enrollment, Program
from server.programs.plans.actions import set_part
from server.programs.training.actions import finish_step
from server.programs.training.entries import TRAINING_PART


def step(key: str = "first", **values: Any) -> Json:
    """A required step for everybody, unless told otherwise."""
    usual = {"title": f"Step {key}", "text": "Ask first.\n\nThen listen.", "link": "", "minutes": 5}
    return {"key": key, **usual, "to": "EVERYBODY", "required": True, **values}


async def asks_for(program: Program, *steps: Json) -> None:
    """A programme asks for these steps from now on, and for no others."""
    await set_part(system_actor(program.organization_id), program.id, TRAINING_PART, list(steps))


async def takes(row: Enrollment, key: str = "first") -> None:
    """Somebody finishes a step."""
    await row.fetch_related("person")
    await finish_step(await actor_for(row.person), row.id, key)
