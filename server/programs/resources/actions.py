"""The files of a programme: kept beside its document, which names them, and let go when nothing names them any more."""

from collections.abc import Set
from hashlib import sha256
from uuid import UUID

from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.programs.models import ProgramFile
from server.programs.queries import program_by_id
from server.programs.resources.kinds import kind_of
from server.programs.resources.queries import file_kept, files_named
from server.programs.resources.setup import BYTES_MOST
from server.programs.rules import can_edit_program

ALL_BYTES_MOST = 100_000_000
"""What one programme keeps in all, with the files of its earlier versions."""


async def keep_file(actor: Actor, program_id: UUID, content: bytes) -> ProgramFile:
    """Keep a file that a version of a programme is going to name. Nobody else finds it before that is in force. The
    same content again is the file that is there.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
        Invalid: by the field `file`: it is empty, too large, or nothing that people may have at hand.
    """
    async with unit_of_work(actor) as unit:
        program = await program_by_id(actor, program_id, lock=True)
        require(can_edit_program(actor, program.id), _("change this programme"))
        if not 0 < len(content) <= BYTES_MOST:
            raise Invalid({"file": _("This file is empty. Choose another one.") if not content else too_large()})
        kind = kind_of(content)
        if kind is None:
            raise Invalid({"file": _(
                "This is none of the kinds that people can open safely: PDF, PNG, JPEG, or a document of Word, Excel, "
                "PowerPoint or OpenDocument without macros. Save it as a PDF, then choose that."
            )})
        digest, kept = sha256(content).hexdigest(), ProgramFile.filter(
            organization_id=actor.organization_id, program_id=program_id
        )
        if found := await kept.get_or_none(digest=digest):
            return found
        if sum(size for (size,) in await kept.values_list("size")) + len(content) > ALL_BYTES_MOST:
            raise Invalid({"file": _("This programme keeps 100 MB of files already. Give people a link instead.")})
        made = await ProgramFile.create(
            organization_id=actor.organization_id, program=program, digest=digest, kind=kind, size=len(content),
            content=content, uploaded_by=actor.id,
        )
        await unit.audit("program.keep_file", program, digest=digest, kind=kind, size=len(content))
        return made


async def adopt_files(actor: Actor, program_id: UUID, digests: Set[str]) -> None:
    """Keep what a document of a programme names and another programme keeps that the actor runs: each has its own.

    Raises:
        NotFound: no such programme, or a file is kept nowhere.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await program_by_id(actor, program_id)
        require(can_edit_program(actor, program.id), _("change this programme"))
        files = ProgramFile.filter(organization_id=actor.organization_id)
        own = await files.filter(program_id=program_id).values_list("digest", flat=True)
        lacking = digests - set(own)
        kept = await files.filter(digest__in=list(lacking)).values_list("digest", "program_id") if lacking else []
        for digest, other_id in {one: other for one, other in kept if can_edit_program(actor, other)}.items():
            other = await file_kept(actor, other_id, digest)
            await ProgramFile.create(
                organization_id=actor.organization_id, program=program, digest=digest, kind=other.kind,
                size=other.size, content=other.content, uploaded_by=actor.id,
            )
            await unit.audit("program.keep_file", program, digest=digest, kind=other.kind, size=other.size)


async def let_files_go(actor: Actor, program_id: UUID) -> None:
    """Delete the files that neither what holds nor a version of a programme names any more.

    Raises:
        NotFound: no such programme.
        Refused: the actor does not run it.
    """
    async with unit_of_work(actor) as unit:
        program = await program_by_id(actor, program_id)
        require(can_edit_program(actor, program.id), _("change this programme"))
        kept = ProgramFile.filter(organization_id=actor.organization_id, program_id=program_id)
        digests = set(await kept.values_list("digest", flat=True))
        gone = digests - await files_named(actor, program_id) if digests else digests
        if gone:
            await kept.filter(digest__in=list(gone)).delete()
            await unit.audit("program.let_files_go", program, digests=sorted(gone))


def too_large() -> str:
    """What to say of a file that is larger than people can be asked to fetch."""
    return _("This file is larger than 5 MB. Make it smaller, or give people a link to where it lies.")
