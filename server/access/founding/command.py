"""Make the organisation of a new installation, and its first administrator, who can then sign in by mail.

Once for each installation, after 'ithaca migrate'. Exit codes: 0 done, 1 there is an organisation already, 2 something
typed cannot be taken.
"""

import argparse
import asyncio
import sys

from server.access.founding.actions import Charter, found
from server.kernel.actor import system_actor
from server.kernel.db import database
from server.kernel.errors import Invalid
from server.kernel.ids import new_id
from server.kernel.settings import settings
from server.kernel.text import gettext as _

DONE, UNUSABLE = 0, 2
OPTIONS = {
    "key": "--organization", "name": "--name", "language": "--language", "zone": "--zone", "email": "--email",
    "given_name": "--given-name", "family_name": "--family-name", "employee_id": "--employee-id",
}
"""Under which option each thing is typed."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ithaca found`."""
    parser.add_argument(
        OPTIONS["key"], dest="key", required=True, metavar="KEY", help="a short word for other commands: harbourline"
    )
    parser.add_argument(OPTIONS["name"], required=True, help="the organisation's name, as people read it")
    parser.add_argument(OPTIONS["language"], default="en-GB", metavar="TAG", help="its language (en-GB)")
    parser.add_argument(OPTIONS["zone"], required=True, help="its time zone, as Europe/Lisbon")
    parser.add_argument(OPTIONS["given_name"], required=True, metavar="NAME", help="the first administrator's")
    parser.add_argument(OPTIONS["family_name"], required=True, metavar="NAME", help="the first administrator's")
    parser.add_argument(OPTIONS["email"], required=True, metavar="ADDRESS", help="where they sign in by mail")
    parser.add_argument(
        OPTIONS["employee_id"], default="", metavar="NUMBER",
        help="their number in your people file; without one, their address",
    )


def run(args: argparse.Namespace) -> int:
    """Found it, and tell what comes next. Returns the exit code.

    Raises:
        Conflict: there is an organisation already.
    """
    return asyncio.run(_run(Charter(**{name: getattr(args, name) for name in OPTIONS})))


async def _run(charter: Charter) -> int:
    try:
        async with database(settings().database):
            organization, person = await found(system_actor(new_id()), charter)
    except Invalid as refused:
        print("\n".join(f"{OPTIONS[name]}: {text}" for name, text in refused.fields.items()), file=sys.stderr)
        return UNUSABLE
    print(_("%(name)s is founded. %(person)s is its administrator, and signs in by mail at %(address)s.") % {
        "name": organization.name, "person": person.full_name, "address": settings().public_url,
    })
    print(_("What comes next stands in docs/operate.md, 'From a new installation to the first pair'."))
    return DONE
