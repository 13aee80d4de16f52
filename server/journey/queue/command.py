"""The matching of a group from a terminal: match, look, decide, plan. Nobody is told of a draft before it is approved.

Exit codes: 0 done, 1 it cannot be done now, 2 something that was typed cannot be.
"""

import argparse
import asyncio
import json
import sys
from uuid import UUID

from server.journey.queue import asking, deciding, matching, planning
from server.journey.queue.answers import Act, Answer
from server.kernel.actor import system_actor
from server.kernel.db import database
from server.kernel.errors import Invalid, NotFound
from server.kernel.settings import settings
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.matchmaking.runs.actions import MOST_SEED
from server.matchmaking.supply.planning import Plan
from server.people.queries import organization_by_key

DONE, MISUSED = 0, 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `ithaca queue`."""
    parser.add_argument("--organization", required=True, type=_text, metavar="KEY", help=_("whose people they are"))
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    for name, act, words in (
        ("list", matching.listed, _("what waits for a word, who waits for a partner, who is kept apart")),
        ("run", matching.run, _("match everybody; locked drafts stay, and drafts of the same two")),
        ("newcomers", matching.newcomers, _("place whoever has nobody around what stands")),
        ("preview", matching.preview, _("what matching everybody again would change; nothing moves")),
        ("full", asking.full, _("mentors who are full and could be asked for one more place")),
    ):
        _grouped(_added(acts, name, act, words))
    for name, left_out in (
        ("run", _("left out, 0, and where pairs are drawn another draw")),
        ("newcomers", _("left out, that of the last run")),
        ("preview", _("left out, that of the last run, and where pairs are drawn another draw")),
    ):
        acts.choices[name].add_argument("--seed", type=_seed, metavar="N", help=_(
            "the same people, settings, learning and seed come to the same matches; %(left_out)s"
        ) % {"left_out": left_out})
    _of(acts, "use", matching.use, _("put the pairs of a preview into the queue"), "run")
    _of(acts, "gap", matching.gap, _("after an end: somebody for whoever is left, a place for the next"), "match")
    _of(acts, "lock", deciding.lock, _("let a draft survive every later run"), "match")
    _of(acts, "unlock", deciding.unlock, _("let the next run replace a draft again"), "match")
    for name, act, words in (
        ("pin", deciding.pin, _("put two people together as a locked draft")),
        ("ban", deciding.ban, _("never bring two people of the group together")),
        ("unban", deciding.unban, _("let two people be brought together again")),
    ):
        _of_two(_grouped(_added(acts, name, act, words)), name)
    more = _grouped(_added(acts, "ask-more", asking.ask_more, _("ask mentors for one more place, each by a letter")))
    more.add_argument(
        "who", nargs="*", type=_text, metavar="WHO", help=_("mail address or employee number; nobody: all who are full")
    )
    past = _grouped(_added(acts, "ask-past", asking.ask_past, _("invite mentors of earlier groups, the latest first")))
    past.add_argument("--count", type=int, required=True, metavar="N", help=_("how many"))
    _planned(_grouped(_added(acts, "plan", planning.plan, _("what more places would come to; nothing is kept"))))


def _added(acts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, act: Act, words: str) -> (
    argparse.ArgumentParser
):
    parser = acts.add_parser(name, help=words, description=words)
    parser.add_argument("--json", action="store_true", help=_("answer as JSON"))
    parser.set_defaults(does=act)
    return parser


def _grouped(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--program", required=True, type=_text, metavar="KEY", help=_("the programme"))
    parser.add_argument("--cohort", required=True, type=_text, metavar="KEY", help=_("the group"))
    return parser


def _of(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, act: Act, words: str, what: str
) -> None:
    _added(acts, name, act, words).add_argument(what, type=UUID, metavar="ID", help=_("the id that a list prints"))


def _of_two(parser: argparse.ArgumentParser, name: str) -> None:
    for who in ("one", "other"):
        parser.add_argument(who, type=_text, metavar=who.upper(), help=_("mail address or employee number"))
    if name != "unban":
        parser.add_argument("--reason", required=name == "ban", default="", help=_("for the programme's staff alone"))


def _planned(parser: argparse.ArgumentParser) -> None:
    told = {
        "past": _("past mentors who are asked"), "raised": _("mentors with one place more"),
        "places": _("places that each mentor has at least"), "more": _("more mentors like those there are"),
        "people": _("more people like those there are, among peers and in circles"),
        "circles": _("circles that are opened"), "size": _("people in a circle, 4 to 8; as many as the programme says"),
        "later": _("people who start later"),
    }
    for name in vars(Plan()):
        parser.add_argument(f"--{name}", type=int, metavar="N", help=told[name])


def _text(typed: str) -> str:
    """A name as somebody may type it: the database refuses what cannot be shown."""
    if not typed or clean(typed) != typed:
        raise argparse.ArgumentTypeError(_("this is no name"))
    return typed


def _seed(typed: str) -> int:
    value = int(typed)
    if not 0 <= value <= MOST_SEED:
        raise argparse.ArgumentTypeError(_("a number from 0 to %(most)d") % {"most": MOST_SEED})
    return value


def run(args: argparse.Namespace) -> int:
    """Do what was asked and say what came of it. Returns the exit code; what cannot be done now is an error."""
    try:
        answer = asyncio.run(_run(args))
    except (Invalid, NotFound) as error:
        print(f"ithaca queue: {error.message}", file=sys.stderr)
        return MISUSED
    print(json.dumps(answer.told, ensure_ascii=False, indent=2) if args.json else "\n".join(answer.lines))
    return DONE


async def _run(args: argparse.Namespace) -> Answer:
    async with database(settings().database):
        return await answered(args)


async def answered(args: argparse.Namespace) -> Answer:
    """What was asked, done in the open database, as the product: the trail says so.

    Raises:
        NotFound, Invalid: something that was typed names nothing, or cannot be.
    """
    try:
        organization = await organization_by_key(args.organization)
    except NotFound:
        raise NotFound(_("There is no organisation %(key)s.") % {"key": args.organization}) from None
    act: Act = args.does
    return await act(system_actor(organization.id), args)
