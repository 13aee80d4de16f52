"""Runs, previews and gaps of a group, as `ithaca queue` tells of them."""

import argparse
from uuid import UUID

from server.journey.queue.answers import Answer, group
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches import queries as matches
from server.matches.models import Match
from server.matches.states import OverrideKind
from server.matchmaking import queries
from server.matchmaking.circles.forming import proof_of as circles_of
from server.matchmaking.models import MatchRun
from server.matchmaking.queries import Queue
from server.matchmaking.queue import actions
from server.matchmaking.runs import actions as runs
from server.matchmaking.runs.queries import RunsCompared, compared
from server.matchmaking.runs.records import put_into_queue
from server.matchmaking.states import RunState
from server.programs import queries as programs
from server.programs.models import Enrollment


async def listed(actor: Actor, args: argparse.Namespace) -> Answer:
    """What waits for a word in a group, who waits, and who is kept apart."""
    cohort = await group(actor, args)
    queue = await queries.review_queue(actor, cohort.id)
    drafts = [_draft(one, queue) for one in (*queue.strong, *queue.look_closer)]
    waiting = [
        {"name": one.enrollment.person.full_name, "position": one.position, "why": one.code.value if one.code else None}
        for one in queue.unmatched
    ]
    apart = await _apart(actor, cohort.id)
    lines = [
        ngettext("One draft.", "%(num)d drafts.", len(drafts)) % {"num": len(drafts)},
        *(f"  {one['match']}  {one['fit'] or '-':>3}  {' + '.join(one['people'])}{_marks(one)}" for one in drafts),
        ngettext("One person waits.", "%(num)d people wait.", len(waiting)) % {"num": len(waiting)},
        *(f"  {one['position'] or '-':>3}  {one['name']}" for one in waiting),
        *(_("Kept apart: %(names)s.") % {"names": " + ".join(one)} for one in apart),
    ]
    return Answer(lines, {"drafts": drafts, "waiting": waiting, "kept_apart": apart})


def _draft(match: Match, queue: Queue) -> Json:
    return {
        "match": str(match.id), "people": [one.person.full_name for one in matches.in_order(match)], "fit": match.fit,
        "confidence": match.confidence, "locked": match.id in queue.locked, "held_back": match.held_back,
    }


def _marks(one: Json) -> str:
    marks = [words for name, words in (("locked", _("locked")), ("held_back", _("held back"))) if one[name]]
    return f" ({', '.join(marks)})" if marks else ""


async def _apart(actor: Actor, cohort_id: UUID) -> list[list[str]]:
    bans = await matches.overrides(actor, cohort_id, OverrideKind.BAN)
    ids = {one for ban in bans for one in (ban.mentor_enrollment_id, ban.mentee_enrollment_id)}
    people = await programs.with_people(actor, ids)
    return [
        [_name(people.get(one)) for one in (ban.mentor_enrollment_id, ban.mentee_enrollment_id)] for ban in bans
    ]


async def run(actor: Actor, args: argparse.Namespace) -> Answer:
    """Match everybody of a group."""
    cohort = await group(actor, args)
    return _told(await _carried_out(actor, await runs.start_run(actor, cohort.id, seed=args.seed)))


async def newcomers(actor: Actor, args: argparse.Namespace) -> Answer:
    """Place whoever has nobody."""
    cohort = await group(actor, args)
    return _told(await _carried_out(actor, await actions.match_newcomers(actor, cohort.id, seed=args.seed)))


async def preview(actor: Actor, args: argparse.Namespace) -> Answer:
    """What matching everybody again would change, beside the last run where the two can be compared."""
    cohort = await group(actor, args)
    last = await queries.latest_run(actor, cohort.id)
    shown = await _carried_out(actor, await actions.preview_matching(actor, cohort.id, seed=args.seed))
    answer = _told(shown)
    try:
        found = await compared(actor, last.id, shown.id) if last else None
    except Conflict:
        found = None
    changes = None if found is None else _changes(found)
    lines = [] if found is None or changes is None else [
        (ngettext("One person would have another partner.", "%(num)d people would have another partner.", len(changes))
         if found.has_pairs else
         ngettext("One person would be in another circle.", "%(num)d people would be in other circles.", len(changes)))
        % {"num": len(changes)},
        *(f"  {one['name']}: {_names(one['before'])} > {_names(one['after'])}" for one in changes),
    ]
    lines += [_("Nothing has moved. To use these pairs: use %(id)s") % {"id": shown.id}]
    return Answer([*answer.lines, *lines], {**answer.told, "changes": changes})


async def use(actor: Actor, args: argparse.Namespace) -> Answer:
    """Put the pairs of a preview into the queue."""
    return _told(await actions.use_run(actor, args.run))


async def gap(actor: Actor, args: argparse.Namespace) -> Answer:
    """Fill what an end left empty."""
    made = await actions.fill_gap(actor, args.match)
    line = ngettext("One draft was made.", "%(num)d drafts were made.", len(made)) % {"num": len(made)}
    return Answer([line], {"drafts": [str(one.id) for one in made]})


async def _carried_out(actor: Actor, run: MatchRun) -> MatchRun:
    """The run once it is done; here, unless a job was faster."""
    try:
        done = await runs.carry_out(actor, run.id)
    except runs.GaveUp as error:
        await runs.fail_run(actor, run.id, str(error))
        raise Conflict(_("The matching came to no result: %(code)s.") % {"code": error}) from error
    if done.state is not RunState.DONE:
        raise Conflict(_("The matching was stopped."))
    return done


def _told(run: MatchRun) -> Answer:
    placed, waiting = put_into_queue(run.result) or 0, int(run.result.get("waiting", 0))
    formed = circles_of(run.result)
    circles = formed.circles if formed else 0
    lines = [
        ngettext("One pair was found.", "%(num)d pairs were found.", placed) % {"num": placed},
        ngettext("One person waits.", "%(num)d people wait.", waiting) % {"num": waiting},
        _("Seed %(seed)d.") % {"seed": run.seed},
    ]
    if circles:
        lines[1:1] = [ngettext("One circle was formed.", "%(num)d circles were formed.", circles) % {"num": circles}]
    told: Json = {
        "run": str(run.id), "kind": run.kind.value, "pairs": placed, "circles": circles, "waiting": waiting,
        "seed": run.seed,
        "violations": run.result.get("violations"), "gap": run.result.get("gap"),
    }
    return Answer([" ".join(lines)], told)


def _changes(found: RunsCompared) -> list[Json]:
    return [
        {
            "name": _name(found.people.get(one.mentee)), "why": one.why.value,
            "before": [_name(found.people.get(pair.mentor)) for pair in one.before],
            "after": [_name(found.people.get(pair.mentor)) for pair in one.after],
        }
        for one in found.comparison.changes
    ] + [
        {
            "name": _name(found.people.get(one.person)), "why": one.why.value,
            "before": [_name(found.people.get(key)) for circle in one.before for key in circle.members],
            "after": [_name(found.people.get(key)) for circle in one.after for key in circle.members],
        }
        for one in (found.circles.changes if found.circles else ())
    ]


def _names(names: list[str]) -> str:
    return ", ".join(names) or _("nobody")


def _name(row: Enrollment | None) -> str:
    return row.person.full_name if row else _("somebody who left")
