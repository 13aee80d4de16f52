"""Reading the files of programmes, always within the actor's organisation."""

from uuid import UUID

from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.programs.models import ProgramFile
from server.programs.plans.queries import draft_of, versions
from server.programs.queries import program_by_id
from server.programs.resources.setup import Kept, named_in
from server.programs.rules import can_edit_program


async def kept_files(actor: Actor) -> dict[str, Kept]:
    """Every file that the programmes keep which the actor runs, by digest. A document may name those."""
    kept = await ProgramFile.filter(organization_id=actor.organization_id).values_list(
        "program_id", "digest", "kind", "size"
    )
    return {digest: Kept(kind, size) for program, digest, kind, size in kept if can_edit_program(actor, program)}


async def file_kept(actor: Actor, program_id: UUID, digest: str) -> ProgramFile:
    """A file that a programme keeps, with its content. Whoever hands it on asks first for whom it is.

    Raises:
        NotFound: it keeps no such file.
    """
    found = await ProgramFile.filter(organization_id=actor.organization_id).get_or_none(
        program_id=program_id, digest=digest
    )
    if found is None:
        raise NotFound
    return found


async def files_named(actor: Actor, program_id: UUID) -> set[str]:
    """The digests that a programme names: in what holds, in its draft, and in any version that may come back."""
    program, told = await program_by_id(actor, program_id), await versions(actor, program_id)
    return named_in({"resources": program.resources}).union(*(named_in(one.content) for one in told))


async def names_of(actor: Actor, program_id: UUID) -> dict[str, str]:
    """What a programme calls its files, in its draft and in what holds."""
    program, draft = await program_by_id(actor, program_id), await draft_of(actor, program_id)
    parts = [draft.content.get("resources", {}) if draft else {}, program.resources]
    return {one["file"]: one["name"] for part in parts for one in part.get("files", [])}
