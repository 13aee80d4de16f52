"""Give somebody a role, by their address, or take it back with --end. They are signed out: rights begin at a sign-in.

Exit codes: 0 done, 1 refused, 2 something typed cannot be taken. Twice is harmless.
"""

import argparse
import asyncio
import sys
from collections.abc import Awaitable
from typing import TypeVar

from server.access.actions import grant_role, revoke_role
from server.access.states import Role
from server.kernel.actor import system_actor
from server.kernel.db import database
from server.kernel.errors import Invalid, NotFound
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.people.queries import organization_by_key, person_by_address
from server.programs.queries import program_by_key

Found = TypeVar("Found")

DONE, UNUSABLE = 0, 2
ROLES = {"administrator": Role.GLOBAL_ADMIN, "manager": Role.PROGRAM_MANAGER}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ithaca appoint`."""
    parser.add_argument("address", metavar="ADDRESS", help="somebody of the organisation, by mail address")
    parser.add_argument("role", choices=list(ROLES), help="what they are: of all, or of programmes")
    parser.add_argument("--organization", required=True, metavar="KEY", help="whose person it is")
    parser.add_argument("--program", metavar="KEY", help="the one programme that a manager runs; without it, all")
    parser.add_argument("--end", action="store_true", help="take the role back")


def run(args: argparse.Namespace) -> int:
    """Give or take the role. Returns the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    try:
        async with database(settings().database):
            print(await _done(args))
    except Invalid as refused:
        print(refused.message, file=sys.stderr)
        return UNUSABLE
    return DONE


async def _done(args: argparse.Namespace) -> str:
    """Find who and where, do it, and say what stands now."""
    role, no_such = ROLES[args.role], _("There is no organisation %s. Check --organization.") % args.organization
    if args.program and role is Role.GLOBAL_ADMIN:
        raise Invalid({"": _("An administrator is one for all programmes. Leave --program out.")})
    actor = system_actor((await _found(organization_by_key(args.organization), no_such)).id)
    nobody = _("Nobody here has the address %s. Bring them in first: 'ithaca import'.") % args.address
    person = await _found(person_by_address(actor, args.address), nobody)
    nothing = _("There is no programme %s. Check --program.") % args.program
    program_id = (await _found(program_by_key(actor, args.program), nothing)).id if args.program else None
    if args.end:
        await revoke_role(actor, person.id, role, program_id)
        return _("%s does not have that role.") % person.full_name
    await grant_role(actor, person.id, role, program_id)
    return _("%s has that role, from the next sign-in on.") % person.full_name


async def _found(sought: Awaitable[Found], words: str) -> Found:
    """What was named, or what was typed refused in these words."""
    try:
        return await sought
    except NotFound as error:
        raise Invalid({"": words}) from error
