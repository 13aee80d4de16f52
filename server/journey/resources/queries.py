"""What one's programmes have at hand for where one stands in each: the links and files of the first page."""

from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

from server.journey.today.queries import Home, home
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.programs.models import Program, ProgramFile
from server.programs.resources.queries import file_kept, names_of
from server.programs.resources.setup import AtHand, Resource, at_hand, files_at_hand
from server.programs.resources.states import Phase
from server.programs.rules import can_edit_program
from server.programs.states import ParticipantRole


class Opened(NamedTuple):
    """A file with its content, and what to call it."""

    name: str
    row: ProgramFile


def links_of(shown: Home) -> list[Resource]:
    """The links, each once."""
    found = [at_hand(program.resources, role, phase) for program, role, phase in _standing(shown)]
    return list(dict.fromkeys(one for links in found for one in links))


def files_of(shown: Home) -> dict[tuple[UUID, str], AtHand]:
    """The files, each once, by the programme that keeps it and its digest."""
    return {
        (program.id, one.digest): one
        for program, role, phase in _standing(shown) for one in files_at_hand(program.resources, role, phase)
    }


def address(program_id: UUID, digest: str) -> str:
    """Where a file is fetched."""
    return f"/program-file/{program_id}/{digest}"


async def open_file(actor: Actor, program_id: UUID, digest: str) -> Opened:
    """A file for somebody who has it at hand now, or who runs the programme.

    Raises:
        NotFound: there is none, or it is not for them.
    """
    if can_edit_program(actor, program_id):
        row = await file_kept(actor, program_id, digest)
        names = await names_of(actor, program_id)
        return Opened(names.get(digest, f"{digest[:8]}.{row.kind}"), row)
    if actor.person_id is None:
        raise NotFound
    mine = files_of(await home(actor)).get((program_id, digest))
    if mine is None:
        raise NotFound
    return Opened(mine.name, await file_kept(actor, program_id, digest))


def _standing(shown: Home) -> Iterator[tuple[Program, ParticipantRole, Phase]]:
    """Each programme with one's role and how far one is."""
    for one in shown.running:
        yield one.match.program, one.me.role, Phase.UNDER_WAY if one.held else Phase.BEGINNING
    for one in shown.ended:
        yield one.match.program, one.me.role, Phase.AFTER
    for row in shown.waiting:
        yield row.program, row.role, Phase.WAITING
