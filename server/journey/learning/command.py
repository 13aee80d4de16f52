"""Let the matching learn from what became of its proposals, and say what came of it."""

import argparse
import asyncio

from server.journey.learning.actions import learn
from server.kernel.actor import Actor, system_actor
from server.kernel.db import database
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.learned.queries import UNTAUGHT
from server.matchmaking.models import LearnedModel
from server.people.queries import organization_by_key
from server.programs.queries import programs
from server.programs.states import ProgramType


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ithaca learn`."""
    parser.add_argument("--organization", required=True, metavar="KEY", help="whose matching learns")
    types = [one.value for one in ProgramType if one not in UNTAUGHT]
    parser.add_argument("--type", choices=types, help="one type of programme; else all")


def run(args: argparse.Namespace) -> int:
    """Learn for each type of programme that the organisation has. Returns 0.

    Raises:
        NotFound: no such organisation.
    """
    asyncio.run(_run(args))
    return 0


async def _run(args: argparse.Namespace) -> None:
    async with database(settings().database):
        actor = system_actor((await organization_by_key(args.organization)).id)
        for program_type in [ProgramType(args.type)] if args.type else await _types(actor):
            print(line(await learn(actor, program_type)))


async def _types(actor: Actor) -> list[ProgramType]:
    held = {row.type for row in await programs(actor)}
    return [one for one in ProgramType if one in held - UNTAUGHT]


def line(row: LearnedModel) -> str:
    """What one learning came to, in one line."""
    known = ngettext("%(num)d answered proposal", "%(num)d answered proposals", row.based_on) % {"num": row.based_on}
    stands = _("calibrated") if row.calibrated else _("not yet calibrated")
    models = ngettext("%(num)d model stands", "%(num)d models stand", len(row.models)) % {"num": len(row.models)}
    return f"{row.program_type.value}.{row.number}: {known}, {models}, {stands}"
