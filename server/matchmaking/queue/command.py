"""`ithaca queue`: keep a group matched between its runs. Nothing that stands is moved, and nobody is told."""

import argparse
import asyncio
from uuid import UUID

from server.kernel.actor import Actor, system_actor
from server.kernel.db import database
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.queue import actions
from server.matchmaking.runs.actions import carry_out
from server.matchmaking.runs.records import put_into_queue
from server.people.queries import organization_by_key
from server.programs.queries import cohort_by_keys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ithaca queue`."""
    parser.add_argument("--organization", required=True, metavar="KEY", help=_("whose people they are"))
    todo = parser.add_subparsers(dest="todo", required=True)
    new = todo.add_parser("newcomers", help=_("place whoever has nobody around what stands"))
    new.add_argument("--program", required=True, metavar="KEY", help=_("the programme"))
    new.add_argument("--cohort", required=True, metavar="KEY", help=_("the group"))
    gap = todo.add_parser("gap", help=_("after an end: somebody for whoever is left, a place for the next"))
    gap.add_argument("match", type=UUID, metavar="MATCH", help=_("the match that ended"))


def run(args: argparse.Namespace) -> int:
    """Do what was asked and say what came of it. Returns 0; what is refused is an error."""
    print(asyncio.run(_run(args)))
    return 0


async def _run(args: argparse.Namespace) -> str:
    async with database(settings().database):
        actor = system_actor((await organization_by_key(args.organization)).id)
        return await (newcomers(actor, args) if args.todo == "newcomers" else gap(actor, args.match))


async def newcomers(actor: Actor, args: argparse.Namespace) -> str:
    """Place newcomers; what came of it, in words."""
    cohort = await cohort_by_keys(actor, args.program, args.cohort)
    done = await carry_out(actor, (await actions.match_newcomers(actor, cohort.id)).id)
    placed, waiting = put_into_queue(done.result) or 0, int(done.result.get("waiting", 0))
    said = ngettext("One draft was made.", "%(num)d drafts were made.", placed) % {"num": placed}
    return f"{said} {ngettext('One person waits.', '%(num)d people wait.', waiting) % {'num': waiting}}"


async def gap(actor: Actor, match_id: UUID) -> str:
    """Fill what an end left empty; what came of it, in words."""
    made = await actions.fill_gap(actor, match_id)
    return ngettext("One draft was made.", "%(num)d drafts were made.", len(made)) % {"num": len(made)}
