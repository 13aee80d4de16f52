"""Which half of a comparison somebody is in: drawn once for all, by a digest that nobody outside can work out. Pure."""

from collections.abc import Mapping
from uuid import UUID

from server.kernel.secrets import keyed_digest
from server.notifications.states import Arm

HALF = 50
"""Nobody leaves out more than half: who is left out waits for nothing but the proof."""


def arm_of(program_id: UUID, unit_id: UUID, percent: int) -> Arm:
    """The arm of a match, or of an enrolment before there is one, so that partners are never in different ones.

    A larger share leaves out the same ones, and others besides.
    """
    if not percent:
        return Arm.NONE
    drawn = int.from_bytes(keyed_digest(f"{program_id}:{unit_id}", "program.held_out")[:8]) % 100
    return Arm.HELD_OUT if drawn < percent else Arm.NUDGED


def unit_of(facts: Mapping[str, object]) -> UUID | None:
    """What is drawn as one: the match that a message speaks of, else the enrolment."""
    found = facts.get("match_id") or facts.get("enrollment_id")
    return UUID(str(found)) if found else None
