"""A manager's word about two people or one draft, as `ithaca queue` takes it."""

import argparse

from server.journey.byhand.actions import pair_by_hand
from server.journey.queue.answers import Answer, group, two
from server.kernel.actor import Actor
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches.queries import ban_of


async def pin(actor: Actor, args: argparse.Namespace) -> Answer:
    """Put two people together as a draft that no run replaces."""
    one, other = await two(actor, await group(actor, args), args.one, args.other)
    made = await pair_by_hand(actor, one.id, other.id, reason=args.reason)
    line = _("A locked draft was made: %(id)s, fit %(fit)d.") % {"id": made.id, "fit": made.fit}
    return Answer([line], {"match": str(made.id), "fit": made.fit, "confidence": made.confidence, "locked": True})


async def ban(actor: Actor, args: argparse.Namespace) -> Answer:
    """Never bring two people together; their draft goes."""
    one, other = await two(actor, await group(actor, args), args.one, args.other)
    made = await matches.ban_pair(actor, one.id, other.id, reason=args.reason)
    return Answer([_("These two are kept apart in this group.")], {"ban": str(made.id)})


async def unban(actor: Actor, args: argparse.Namespace) -> Answer:
    """Let two people be brought together again.

    Raises:
        NotFound: nobody keeps them apart.
    """
    one, other = await two(actor, await group(actor, args), args.one, args.other)
    found = await ban_of(actor, one.id, other.id)
    if found is None:
        raise NotFound(_("Nobody keeps these two apart."))
    await matches.lift_ban(actor, found.id)
    return Answer([_("These two may be brought together again.")], {"lifted": str(found.id)})


async def lock(actor: Actor, args: argparse.Namespace) -> Answer:
    """Let a draft survive every later run."""
    await matches.lock_pair(actor, args.match)
    return Answer([_("Locked. It stays in every later run.")], {"match": str(args.match), "locked": True})


async def unlock(actor: Actor, args: argparse.Namespace) -> Answer:
    """Let the next run replace a draft again."""
    await matches.unlock_pair(actor, args.match)
    return Answer([_("Unlocked. A later run may replace it.")], {"match": str(args.match), "locked": False})
