"""The configuration of a programme as a file: written, compared, brought in as a draft or in force at once; copied.

Exit codes: 0 done (diff: no difference), 1 refused (diff: something differs), 2 the file or what was typed cannot be
taken: what is wrong stands there by its line, or by its setting.
"""

import argparse
import asyncio
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from server.automation.building.actions import discard_draft, make_live, send_to_review
from server.automation.building.document import content_of, in_order
from server.automation.building.moving import begin_from, bring, duplicate_program, foresee
from server.kernel.actor import Actor, system_actor
from server.kernel.db import Json, database
from server.kernel.errors import Invalid, NotFound
from server.kernel.settings import settings
from server.kernel.text import gettext as _
from server.people.queries import organization_by_key
from server.programs.models import Program, ProgramVersion
from server.programs.plans.content import Change
from server.programs.plans.files import in_words, parsed, written
from server.programs.plans.queries import draft_of
from server.programs.queries import program_by_key
from server.programs.templates.shelf import Template

DONE, DIFFERS, UNUSABLE = 0, 1, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the acts of `ithaca program`."""
    parser.add_argument("--organization", required=True, metavar="KEY", help="whose programme it is")
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    export = acts.add_parser("export", help="write what is in force to the terminal")
    export.add_argument("--json", action="store_true", help="as JSON; without it, as TOML")
    export.add_argument("--draft", action="store_true", help="what its draft says instead")
    compare = acts.add_parser("diff", help="say what a file sets otherwise than what is in force")
    take = acts.add_parser("import", help="bring a file in, as a draft; a key that is new makes a programme")
    take.add_argument("--live", action="store_true", help="put it in force at once")
    take.add_argument("--dry-run", action="store_true", help="say what it would change, and change nothing")
    live = acts.add_parser("live", help="put its draft in force")
    discard = acts.add_parser("discard", help="drop its draft")
    copy = acts.add_parser("copy", help="set up another programme like it, without groups and people")
    new = acts.add_parser("new", help="set up a programme from a template, as a draft")
    new.add_argument("--template", required=True, choices=[one.value for one in Template], help="what to begin from")
    new.add_argument("--name", required=True, metavar="NAME", help="its name")
    new.add_argument("--starts", type=date.fromisoformat, metavar="DAY", help="open its first group, from a day on")
    for act in (export, compare, take, live, discard, copy, new):
        act.add_argument("program", metavar="KEY", help="the key of the programme")
    for act in (compare, take):
        act.add_argument("file", type=Path, metavar="FILE", help="as export writes it: .json, or else TOML")
    copy.add_argument("key", metavar="NEW_KEY", help="the key of the new one")
    copy.add_argument("name", metavar="NAME", help="its name")


def run(args: argparse.Namespace) -> int:
    """Carry out one act. Returns the exit code."""
    return asyncio.run(_run(args))


async def _run(args: argparse.Namespace) -> int:
    async with database(settings().database):
        return await answered(args)


async def answered(args: argparse.Namespace) -> int:
    """Carry out one act on the open database, and say what is wrong with what was typed. Returns the exit code.

    Raises:
        Conflict: a draft of the programme is there already, or what it was begun from is not in force any more.
    """
    try:
        return await _done(args)
    except Invalid as refused:
        for path, told in refused.fields.items():
            print(f"{path}: {told}" if path else told, file=sys.stderr)
        return UNUSABLE


async def _done(args: argparse.Namespace) -> int:
    actor = await _acting(args.organization)
    if args.act == "import":
        return await _import(actor, args)
    if args.act == "new":
        template = Template(args.template)
        await begin_from(actor, template, key=args.program, name=args.name, starts_on=args.starts)
        return DONE
    program = await _program(actor, args.program)
    match args.act:
        case "export":
            content = (await _draft(actor, program)).content if args.draft else await content_of(actor, program)
            print(written(in_order(content), as_json=args.json), end="")
        case "diff":
            differing = (await foresee(actor, args.program, _read(args.file))).changes
            _print(differing)
            return DIFFERS if differing else DONE
        case "live":
            seen = (await _draft(actor, program)).digest
            await send_to_review(actor, program.id, seen=seen)
            await make_live(actor, program.id, seen=seen)
        case "discard":
            await discard_draft(actor, program.id)
        case "copy":
            await duplicate_program(actor, program.id, key=args.key, name=args.name)
    return DONE


async def _import(actor: Actor, args: argparse.Namespace) -> int:
    given = _read(args.file)
    if not args.dry_run:
        await bring(actor, args.program, given, live=args.live)
        return DONE
    foreseen = await foresee(actor, args.program, given)
    if foreseen.program is None:
        print(_("There is no programme %s: it would be made.") % args.program)
    _print(foreseen.changes)
    return DONE


async def _acting(organization: str) -> Actor:
    try:
        return system_actor((await organization_by_key(organization)).id)
    except NotFound as error:
        raise Invalid({"": _("There is no organisation %s. Check --organization.") % organization}) from error


async def _program(actor: Actor, key: str) -> Program:
    try:
        return await program_by_key(actor, key)
    except NotFound as error:
        raise Invalid({"": _("There is no programme %s. Check the key.") % key}) from error


async def _draft(actor: Actor, program: Program) -> ProgramVersion:
    draft = await draft_of(actor, program.id)
    if draft is None:
        raise Invalid({"": _("There is no draft of %s.") % program.key})
    return draft


def _read(file: Path) -> Json:
    try:
        return parsed(file.read_text("utf-8"), as_json=file.suffix.lower() == ".json")
    except UnicodeDecodeError as error:
        raise Invalid({"": _("This file is no text in UTF-8.")}) from error


def _print(changes: Iterable[Change]) -> None:
    for one in changes:
        print(f"{one.path}: {in_words(one.was)} -> {in_words(one.now)}")
