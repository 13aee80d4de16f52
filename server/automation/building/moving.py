"""The configuration of a programme, brought from somewhere else: from a file, or from another programme."""

from dataclasses import dataclass
from uuid import UUID

from server.automation.building.actions import begin_draft, change_draft, make_live, send_to_review
from server.automation.building.document import apply, around, checked, content_of
from server.kernel.actor import Actor, Permission, require
from server.kernel.db import Json, unit_of_work
from server.kernel.text import gettext as _
from server.programs.actions import create_program
from server.programs.models import Program
from server.programs.plans.content import Change, changes
from server.programs.queries import program_by_id, programs
from server.programs.rules import can_edit_program
from server.programs.states import ProgramType


@dataclass(frozen=True)
class Foreseen:
    """What a document would change in a programme; in none (`program` is None) it would make one."""

    program: Program | None
    content: Json
    changes: list[Change]


async def foresee(actor: Actor, key: str, given: object) -> Foreseen:
    """What bringing a document to a programme would change. Nothing is stored.

    Raises:
        Refused: the actor may not change it, or not set up another.
        Invalid: something in the document cannot be, by its path.
    """
    program = await programs(actor).get_or_none(key=key)
    may = can_edit_program(actor, program.id) if program else actor.may(Permission.PROGRAM_SETTINGS_EDIT)
    require(may, _("change this programme"))
    beside = await around(actor, program)
    content = checked(given, beside)
    return Foreseen(program, content, changes(beside.live, content) if beside.live else [])


async def bring(actor: Actor, key: str, given: object, *, live: bool = False) -> Program:
    """Bring a document to the programme of a key: as its draft, with `live` in force at once; without such a programme,
    as a new one, which is a draft itself. What is in force already makes no version.

    Raises:
        Refused: the actor may not change it, or not set up another.
        Conflict: there is a draft already (`kind="draft_open"`).
        Invalid: something in the document cannot be, by its path, or the key cannot.
    """
    async with unit_of_work(actor):
        foreseen = await foresee(actor, key, given)
        if foreseen.program is None:
            return await _make(actor, key, foreseen.content)
        if foreseen.changes:
            draft = await begin_draft(actor, foreseen.program.id)
            draft = await change_draft(actor, foreseen.program.id, foreseen.content, seen=draft.digest)
            if live:
                await send_to_review(actor, foreseen.program.id, seen=draft.digest)
                await make_live(actor, foreseen.program.id, seen=draft.digest)
        return await program_by_id(actor, foreseen.program.id)


async def duplicate_program(actor: Actor, program_id: UUID, *, key: str, name: str) -> Program:
    """Set up a programme like another one, as it is in force, under a key and name of its own: a draft, without groups
    and people. Neither ever changes the other.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it, or may not set up another.
        Invalid: the key is taken, a name or key is missing or too long, or what holds there cannot be set any more.
    """
    async with unit_of_work(actor):
        program = await program_by_id(actor, program_id)
        require(can_edit_program(actor, program.id), _("copy this programme"))
        content = await content_of(actor, program)
        return await _make(actor, key, checked({**content, "name": name}, await around(actor, None)))


async def _make(actor: Actor, key: str, content: Json) -> Program:
    made = await create_program(actor, key=key, name=content["name"], type=ProgramType(content["type"]))
    return await apply(actor, made, content)
