"""What a plan for more places would come to, as `ithaca queue plan` tells of it."""

import argparse
from dataclasses import replace

from server.journey.queue.answers import Answer, group
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.supply.planning import Plan, Planned
from server.matchmaking.supply.queries import has_places, places, usual_plan


async def plan(actor: Actor, args: argparse.Namespace) -> Answer:
    """Work a plan out on a group. Nothing is kept, and nobody is asked."""
    cohort = await group(actor, args)
    typed = {name: getattr(args, name) for name in vars(Plan())}
    usual = await usual_plan(actor, cohort.id)
    found = await places(
        actor, cohort.id, replace(usual, **{name: value for name, value in typed.items() if value is not None})
    )
    both = (_("Now"), found.now, found.ahead), (_("With this plan"), found.planned, found.with_plan)
    lines = [
        f"{when}: {_in_words(outcome, ahead) if has_places(cohort.program) else _of_partners(outcome)}"
        for when, outcome, ahead in both
    ]
    return Answer(lines, {"now": _told(found.now, found.ahead), "planned": _told(found.planned, found.with_plan)})


def _in_words(found: Planned, ahead: tuple[int, int]) -> str:
    said = _("%(paired)d with a mentor, %(circles)d in circles, %(later)d start later, %(waiting)d wait, "
             "%(spare)d places to spare") % {
        "paired": found.paired, "circles": found.in_circles, "later": found.later, "waiting": len(found.waiting),
        "spare": found.spare,
    }
    low, high = ahead
    return _("%(said)s; once all have answered %(low)+d to %(high)+d") % {
        "said": said, "low": low, "high": high} if low != high else said


def _of_partners(found: Planned) -> str:
    groups = ngettext("%(num)d pair or circle", "%(num)d pairs or circles", found.groups) % {"num": found.groups}
    return _("%(groups)s, %(waiting)d without anybody") % {"groups": groups, "waiting": len(found.waiting)}


def _told(found: Planned, ahead: tuple[int, int]) -> Json:
    return {
        "with_mentor": found.paired, "in_circles": found.in_circles, "starting_later": found.later,
        "waiting": len(found.waiting), "spare": found.spare, "mean_fit": found.mean, "groups": found.groups,
        "least": ahead[0], "most": ahead[1],
    }
