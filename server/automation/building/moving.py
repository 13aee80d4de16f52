"""The configuration of a programme, brought from somewhere else: from a file, or from another programme."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from server.automation.building.actions import begin_draft, change_draft, make_live, send_to_review
from server.automation.building.document import apply, around, checked, content_of
from server.automation.telling.part import unsigned
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Json, unit_of_work
from server.kernel.errors import Invalid
from server.kernel.ids import new_id
from server.kernel.text import folded
from server.kernel.text import gettext as _
from server.programs.actions import create_program, open_cohort
from server.programs.models import Program
from server.programs.plans.content import Change, changes
from server.programs.queries import KEY_LETTERS, program_by_id, programs
from server.programs.rules import can_edit_program, can_set_up_programs
from server.programs.states import Cadence, ProgramType
from server.programs.templates.shelf import Template, document

FIRST_GROUP = "first"
"""The key of the group that a programme from a template begins with."""


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
    may = can_edit_program(actor, program.id) if program else can_set_up_programs(actor)
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
        given = {**content, "name": name, "messages": unsigned(content["messages"])}
        return await _make(actor, key, checked(given, await around(actor, None)))


async def begin_from(
    actor: Actor, template: Template, *, key: str = "", name: str, starts_on: date | None = None
) -> Program:
    """Set up a programme from a template: a draft under a name of its own, with its first group from a day on if one is
    given. Nothing ties it to the template afterwards.

    Without `key` its name makes one. A group of a programme with groups ends when its matches do.

    Raises:
        Refused: the actor may not set up a programme.
        Invalid: a name is missing or too long, the key is taken, or the day has passed.
    """
    async with unit_of_work(actor):
        require(can_set_up_programs(actor), _("set up a programme"))
        content = checked({**document(template), "name": name}, await around(actor, None))
        made = await _make(actor, key or _key_of(content["name"]), content)
        if starts_on is not None:
            await _first_group(actor, made, starts_on)
        return await program_by_id(actor, made.id)


async def _first_group(actor: Actor, program: Program, starts_on: date) -> None:
    if starts_on < clock.now().date():
        raise Invalid({"starts_on": _("Choose a day that is not past.")})
    ends_on = None
    if program.cadence is Cadence.COHORT:
        ends_on = starts_on + timedelta(days=program.duration_days)
    await open_cohort(
        actor, program.id, key=FIRST_GROUP, name=_("First group"), starts_on=starts_on, ends_on=ends_on
    )


def _key_of(name: str) -> str:
    """A name as it can stand in an address."""
    key = re.sub(r"[^a-z0-9]+", "-", folded(name)).strip("-")[:KEY_LETTERS].strip("-")
    return key or f"program-{new_id().hex[-8:]}"


async def _make(actor: Actor, key: str, content: Json) -> Program:
    made = await create_program(actor, key=key, name=content["name"], type=ProgramType(content["type"]))
    return await apply(actor, made, content)
