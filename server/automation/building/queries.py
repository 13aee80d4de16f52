"""What the builder shows of a programme: what is in force, what is prepared, and whom it touches."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from server.automation.building.document import content_of, in_order, is_settled
from server.journey.running.queries import ProgramPage, program_page
from server.kernel.actor import Actor, require
from server.kernel.db import Json
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.people.queries import people_by_ids
from server.programs.plans import queries
from server.programs.plans.actions import ENUMS
from server.programs.plans.content import Change, changes, digest
from server.programs.plans.setup import COLUMNS
from server.programs.rules import can_edit_program, can_set_up_programs
from server.programs.states import Circles
from server.programs.templates.shelf import Template

if TYPE_CHECKING:
    from server.people.models import Person
    from server.programs.models import Program, ProgramVersion

KINDS = {**ENUMS, "circles": Circles}
VERSIONS_MOST = 30
"""So many versions are shown; older ones stay stored."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A programme with what is in force (`live`), and its draft, if somebody prepares one.

    `settled`: see `is_settled`. `overtaken`: what the draft changed in what it was begun from, and what is in force by
    now, went apart.
    """

    page: ProgramPage
    live: Json
    draft: ProgramVersion | None
    settled: bool
    overtaken: bool

    @property
    def program(self) -> Program:
        """The programme itself."""
        return self.page.program

    @property
    def content(self) -> Json:
        """What the builder works on: the draft, or what is in force."""
        return in_order(self.draft.content) if self.draft else self.live

    @property
    def seen(self) -> str:
        """The digest of what the builder works on."""
        return self.draft.digest if self.draft else digest(self.live)

    @property
    def changes(self) -> list[Change]:
        """What the draft sets otherwise than what is in force."""
        return changes(self.live, self.content)


def prepared(plan: Plan) -> ProgramPage:
    """The programme as its draft would make it, to be shown and tried. It is a copy that nobody stores."""
    program, content = copy(plan.program), plan.content
    program.update_from_dict({name: KINDS.get(name, _same)(content[name]) for name in COLUMNS})
    return replace(plan.page, program=program)


async def plan_of(actor: Actor, program_id: UUID) -> Plan:
    """What somebody builds, whole.

    Raises:
        NotFound: the actor runs no programme, or not this one.
        Refused: the actor reads it, but may not change it.
    """
    page = await program_page(actor, program_id)
    live, draft = await content_of(actor, page.program), await queries.draft_of(actor, program_id)
    overtaken = False
    if draft and draft.based_on:
        base = await queries.version(actor, program_id, draft.based_on)
        overtaken = digest(in_order(base.content)) != digest(live)
    return Plan(page, live, draft, await is_settled(actor, page.program), overtaken)


@dataclass(frozen=True, slots=True)
class Version:
    """A version with whoever prepared it and put it in force; None: it was found so, or the product did."""

    row: ProgramVersion
    made_by: Person | None
    live_by: Person | None


async def versions_of(actor: Actor, program_id: UUID) -> list[Version]:
    """What was in force and when, the newest first, in two statements.

    Raises:
        Refused: the actor does not run the programme.
    """
    require(can_edit_program(actor, program_id), _("change this programme"))
    rows = await queries.versions(actor, program_id).exclude(state__in=queries.OPEN).limit(VERSIONS_MOST)
    ids = [found for row in rows for by in (row.made_by, row.live_by) if (found := parse_id(by))]
    people = await people_by_ids(actor, ids)
    by = {str(one): person for one, person in people.items()}
    return [Version(row, by.get(row.made_by), by.get(row.live_by)) for row in rows]


def _same(value: Any) -> Any:
    return value


async def templates(actor: Actor) -> list[Template]:
    """What a new programme can begin from.

    Raises:
        Refused: the actor may not set up a programme.
    """
    require(can_set_up_programs(actor), _("set up a programme"))
    return list(Template)
