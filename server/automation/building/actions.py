"""The way of a version: begun from what is in force, changed, looked at, put in force, or dropped."""

from uuid import UUID

from server.automation.building.document import apply, around, checked, content_of, in_order
from server.automation.telling.part import unsigned
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Json, Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.programs.models import Program, ProgramVersion
from server.programs.plans import queries
from server.programs.plans.content import changes, digest, over
from server.programs.queries import program_by_id
from server.programs.resources.actions import adopt_files, let_files_go
from server.programs.resources.setup import named_in
from server.programs.rules import can_edit_program
from server.programs.states import PlanState

ELSEWHERE = ""
"""Who made a version that was found in force: it was set on other pages, whose acts have entries of their own."""


async def begin_draft(actor: Actor, program_id: UUID, *, of: int | None = None) -> ProgramVersion:
    """A draft of what is in force, or of an earlier version that is to come back, signed only by who still runs it.
    Nothing that holds changes.

    Raises:
        NotFound: no such programme or version.
        Refused: the actor does not run the programme.
        Conflict: there is a draft already (`kind="draft_open"`).
        Invalid: what the earlier version said cannot be any more, by its path.
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        if await queries.draft_of(actor, program_id):
            raise Conflict(
                _("A draft of this programme is there already. Go on with it, or drop it."), kind="draft_open"
            )
        live = await _in_force(unit, program)
        content = in_order(live.content)
        if of is not None:
            earlier, beside = await queries.version(actor, program_id, of), await around(actor, program)
            messages = unsigned(earlier.content.get("messages", {}), but_by=beside.may_sign)
            content = checked({**earlier.content, "messages": messages}, beside)
        draft = await ProgramVersion.create(
            organization_id=actor.organization_id, program_id=program_id, number=live.number + 1,
            state=PlanState.DRAFT, content=content, digest=digest(content), based_on=live.number, restores=of,
            made_by=actor.id,
        )
        await unit.audit("program.draft_begin", program, version=draft.number, restores=of)
        return draft


async def change_draft(actor: Actor, program_id: UUID, given: Json, *, seen: str) -> ProgramVersion:
    """Write a whole document into the draft; one in review is a draft again. The same again changes nothing.

    `seen` is the digest of the draft that was changed.

    Raises:
        NotFound: no such programme, or no draft of it.
        Refused: the actor does not run it.
        Conflict: somebody changed the draft meanwhile (`kind="changed_meanwhile"`).
        Invalid: something cannot be, by its path; see `document.checked`.
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        draft = await _draft(actor, program_id, seen)
        content = checked(given, await around(actor, program))
        return await _write(unit, program, draft, content, based_on=draft.based_on)


async def change_part(actor: Actor, program_id: UUID, given: Json, *, seen: str) -> ProgramVersion | None:
    """Write some settings of the document into the draft and leave the others. Where there is none, a draft begins with
    the first change; the same again changes nothing, and begins none.

    `seen` is the digest of the draft that was changed, or of what is in force where there was none.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Conflict: somebody changed the draft, or what is in force, meanwhile (`kind="changed_meanwhile"`).
        Invalid: something cannot be, by its path.
    """
    async with unit_of_work(actor):
        program = await _changeable(actor, program_id)
        draft = await queries.draft_of(actor, program_id)
        before = draft.content if draft else await content_of(actor, program)
        if digest(before) != seen:
            raise _changed_meanwhile()
        content = checked({**before, **given}, await around(actor, program))
        if digest(content) == seen:
            return draft
        draft = draft or await begin_draft(actor, program_id)
        return await change_draft(actor, program_id, content, seen=draft.digest)


async def take_over(actor: Actor, program_id: UUID, *, seen: str) -> ProgramVersion:
    """Begin the draft again from what is in force by now, with what it changed; where both changed a setting, the
    draft's holds.

    Raises:
        NotFound: no such programme, or no draft of it.
        Refused: the actor does not run it.
        Conflict: somebody changed the draft meanwhile (`kind="changed_meanwhile"`).
        Invalid: both together cannot be, by path.
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        live = await _in_force(unit, program)
        draft = await _draft(actor, program_id, seen)
        base = await queries.version(actor, program_id, draft.based_on or live.number)
        both = checked(over(base.content, draft.content, live.content), await around(actor, program))
        return await _write(unit, program, draft, both, based_on=live.number)


async def send_to_review(actor: Actor, program_id: UUID, *, seen: str) -> ProgramVersion:
    """Say that the draft is ready to be looked at. Twice is harmless.

    Raises:
        NotFound: no such programme, or no draft of it.
        Refused: the actor does not run it.
        Conflict: somebody changed the draft meanwhile (`kind="changed_meanwhile"`).
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        draft = await _draft(actor, program_id, seen)
        if draft.state is PlanState.REVIEW:
            return draft
        draft.state = PlanState.REVIEW
        await draft.save(update_fields=["state"])
        await unit.audit("program.draft_review", program, version=draft.number)
        return draft


async def make_live(actor: Actor, program_id: UUID, *, seen: str) -> ProgramVersion:
    """Put what is in review in force, all of it or nothing, from now on. Twice is harmless.

    Raises:
        NotFound: no such programme, or nothing in review.
        Refused: the actor does not run it.
        Conflict: the draft was changed since it was seen, or what it was begun from is not in force any more
            (`kind="changed_meanwhile"`, see `take_over`), or it is not in review (`kind="not_reviewed"`).
        Invalid: something in it cannot be any more, by its path.
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        live = await _in_force(unit, program)
        if digest(in_order(live.content)) == seen and await queries.draft_of(actor, program_id) is None:
            return live
        draft = await _draft(actor, program_id, seen)
        await _require_ready(actor, draft, live)
        content = checked(draft.content, await around(actor, program))
        await apply(actor, program, content)
        live.state, draft.state = PlanState.PAST, PlanState.LIVE
        draft.live_by, draft.live_at = actor.id, clock.now()
        await live.save(update_fields=["state"])
        await draft.save(update_fields=["state", "live_by", "live_at"])
        await unit.audit("program.make_live", program, version=draft.number, restores=draft.restores)
        return draft


async def discard_draft(actor: Actor, program_id: UUID) -> None:
    """Drop the draft; what is in force stays. Twice is harmless.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await _changeable(actor, program_id)
        draft = await queries.draft_of(actor, program_id)
        if draft:
            await draft.delete()
            await unit.audit("program.draft_discard", program, version=draft.number)
            await let_files_go(actor, program_id)


async def _changeable(actor: Actor, program_id: UUID) -> Program:
    program = await program_by_id(actor, program_id, lock=True)
    require(can_edit_program(actor, program.id), _("change this programme"))
    return program


async def _draft(actor: Actor, program_id: UUID, seen: str) -> ProgramVersion:
    """The draft, if it is the one that the actor saw; the programme's row is locked, so nobody changes it meanwhile."""
    draft = await queries.draft_of(actor, program_id)
    if draft is None:
        raise NotFound
    if draft.digest != seen:
        raise _changed_meanwhile()
    return draft


def _changed_meanwhile() -> Conflict:
    return Conflict(_("Somebody changed this draft meanwhile. Look at it, then try again."), kind="changed_meanwhile")


async def _require_ready(actor: Actor, draft: ProgramVersion, live: ProgramVersion) -> None:
    if draft.state is not PlanState.REVIEW:
        raise Conflict(_("Send it to review first."), kind="not_reviewed")
    if draft.based_on != live.number:
        base = await queries.version(actor, draft.program_id, draft.based_on or live.number)
        paths = ", ".join(one.path for one in changes(base.content, live.content))
        told = _("What is in force was changed since this draft was begun: %s. Take it over, then look again.") % paths
        raise Conflict(told, kind="changed_meanwhile")


async def _write(
    unit: Unit, program: Program, draft: ProgramVersion, content: Json, *, based_on: int | None
) -> ProgramVersion:
    if (draft.digest, draft.state, draft.based_on) == (digest(content), PlanState.DRAFT, based_on):
        return draft
    changed = [one.path for one in changes(draft.content, content)]
    draft.content, draft.digest, draft.state, draft.based_on = content, digest(content), PlanState.DRAFT, based_on
    draft.made_by, draft.made_at = unit.actor.id, clock.now()
    await draft.save(update_fields=["content", "digest", "state", "based_on", "made_by", "made_at"])
    if any(path.startswith("resources.files") for path in changed):
        await adopt_files(unit.actor, program.id, named_in(content))
        await let_files_go(unit.actor, program.id)
    await unit.audit("program.draft_change", program, version=draft.number, changed=changed)
    return draft


async def _in_force(unit: Unit, program: Program) -> ProgramVersion:
    """The version that says what is in force: the last one, or a new one if that was changed on other pages.

    What is in force has the number before the draft's, whenever it came to be.
    """
    content, live = await content_of(unit.actor, program), await queries.live_of(unit.actor, program.id)
    if live and digest(in_order(live.content)) == digest(content):
        return live
    number = live.number + 1 if live else 1
    if draft := await queries.draft_of(unit.actor, program.id):
        draft.number = number + 1
        await draft.save(update_fields=["number"])
    if live:
        live.state = PlanState.PAST
        await live.save(update_fields=["state"])
    found = await ProgramVersion.create(
        organization_id=program.organization_id, program_id=program.id, number=number, state=PlanState.LIVE,
        content=content, digest=digest(content), made_by=ELSEWHERE, live_by=ELSEWHERE, live_at=clock.now(),
    )
    await unit.audit("program.version_found", program, version=number)
    return found
