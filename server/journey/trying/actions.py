"""Trying the matching on files of one's own: hand them in, say what the columns hold, see the result, erase it."""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from server.journey.trying import matching, queries
from server.journey.trying.rows.columns import Field, past_suggestions, suggestions
from server.journey.trying.rows.plan import File, Plan, Who, dump_plan, pack, unpack
from server.journey.trying.rows.reading import MOST_PLACES, read_files
from server.journey.trying.rows.rules import MOST_HOURS
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Invalid, TooMany
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.language.meaning import Framework
from server.matchmaking.engine.groups.seating import LEAST, MOST
from server.matchmaking.meant.keeping import framework
from server.matchmaking.models import MatchTrial
from server.people.tables import decode

ERASED_AFTER = timedelta(days=1)
BYTES_MAX, COLUMNS_MAX, NAME_LETTERS = 5_000_000, 80, 120
PEOPLE_FILES = 2
FILES_MAX = PEOPLE_FILES + 1
ERASE = "trial.erase"
AT_ONCE = 2
"""So many trials of one organisation are matched at the same time in one process: each holds a core and its files."""
RETRY_S = 30

matching_now: Counter[UUID] = Counter()
"""How many trials of each organisation are being matched here."""


async def start_trial(
    actor: Actor, files: Sequence[tuple[str, bytes]], past: tuple[str, bytes] | None = None
) -> MatchTrial:
    """Keep one or two files of people and one of past pairs for a day, encrypted and for the actor alone; an earlier
    trial of theirs is erased.

    Args:
        actor: the person who tries.
        files: names and contents, at most 5 MB and 80 columns each.
        past: the same of past pairs, where there are any.

    Raises:
        Refused: the actor runs no programme.
        Invalid: a file cannot be used (field "file"), by a text that names it.
    """
    require(queries.can_try(actor), _("try the matching"))
    if not files:
        raise Invalid({"file": _("Choose a file first.")})
    held = [_file(name, content) for name, content in (*files[:PEOPLE_FILES], *([past] if past else []))]
    plan = await asyncio.to_thread(_first_plan, held, has_past=past is not None)
    async with unit_of_work(actor) as unit:
        for old in await queries.trials(actor):
            await _erase(old)
        trial = await MatchTrial.create(
            organization_id=actor.organization_id, person_id=actor.person_id, files=pack(held),
            settings=dump_plan(plan), erase_at=clock.now() + ERASED_AFTER,
        )
        await unit.schedule(ERASE, trial, trial.erase_at)
        await unit.audit("trial.start", trial, files=len(held))
        return trial


async def run_trial(actor: Actor, trial_id: UUID, plan: Plan) -> MatchTrial:
    """Match the people of a trial as a plan reads them, and keep what came of it. The same plan again, the same result.

    Raises:
        NotFound: absent, erased or somebody else's.
        Invalid: a number is out of bounds (field "places", "size" or "hours"), and nothing was kept.
        TooMany: AT_ONCE trials of the organisation are being matched just now.
        Invalid: there is nobody to match, by the field of the plan that must change; the plan is kept.
    """
    trial = await queries.own_trial(actor, trial_id)
    _check_bounds(plan)
    whole = _fitted(plan, len(unpack(trial.files)))
    words = await framework(actor)
    problems: Invalid | None = None
    try:
        with _one_more(actor):
            document = await asyncio.to_thread(_match, trial, whole, words)
    except Invalid as refusal:
        problems, document = refusal, ""
    async with unit_of_work(actor) as unit:
        trial = await queries.own_trial(actor, trial_id, lock=True)
        trial.settings, trial.result = dump_plan(whole), document
        trial.matched_at = clock.now() if document else None
        await trial.save(update_fields=["settings", "result", "matched_at"])
        await unit.audit("trial.run", trial, done=bool(document))
    if problems:
        raise problems
    return trial


async def erase_trial(actor: Actor, trial_id: UUID) -> None:
    """Erase a trial of one's own now.

    Raises:
        NotFound: somebody else's, or gone.
    """
    async with unit_of_work(actor) as unit:
        trial = await queries.own_trial(actor, trial_id)
        await _erase(trial)
        await unit.unschedule(trial.id, ERASE, reason="erased")
        await unit.audit("trial.erase", trial)


async def erase_old_trial(actor: Actor, trial_id: UUID) -> None:
    """Erase a trial whose day is over: for the job alone."""
    async with unit_of_work(actor) as unit:
        trial = await MatchTrial.filter(
            organization_id=actor.organization_id, erase_at__lte=clock.now()
        ).get_or_none(id=trial_id)
        if trial is not None:
            await _erase(trial)
            await unit.audit("trial.erase", trial)


@contextmanager
def _one_more(actor: Actor) -> Iterator[None]:
    """Count a trial while it is matched."""
    key = actor.organization_id
    if matching_now[key] >= AT_ONCE:
        raise TooMany(
            _("Two trials of your organisation are being matched just now. Try again in half a minute."),
            retry_after_s=RETRY_S,
        )
    matching_now[key] += 1
    try:
        yield
    finally:
        matching_now[key] -= 1
        if not matching_now[key]:
            del matching_now[key]


async def _erase(trial: MatchTrial) -> None:
    await trial.delete()


def _file(name: str, content: bytes) -> File:
    shown = clean(name)[:NAME_LETTERS] or _("the file")
    if len(content) > BYTES_MAX:
        text = _("%(file)s is larger than %(most)d MB. A trial takes a part of it.")
        raise Invalid({"file": text % {"file": shown, "most": BYTES_MAX // 1_000_000}})
    return File(shown, decode(content, shown))


def _first_plan(files: Sequence[File], *, has_past: bool) -> Plan:
    """What the names of files and columns suggest; the last file may hold past pairs.

    Raises:
        Invalid: a file is no table, or has more columns than can be asked about.
    """
    columns, people = [], len(files) - has_past
    for number, one in enumerate(files):
        table = one.table()
        if len(table.columns) > COLUMNS_MAX:
            text = _("%(file)s has %(count)d columns; a trial takes %(most)d. Remove those you don't need.")
            raise Invalid({"file": text % {"file": one.name, "count": len(table.columns), "most": COLUMNS_MAX}})
        columns.append(suggestions(table) if number < people else past_suggestions(table))
    told = zip(files[:people], columns, strict=False)
    who = [_who(one.name, held, number, people) for number, (one, held) in enumerate(told)]
    return Plan((*who, *[Who.PAST] * has_past), tuple(columns))


def _who(name: str, held: dict[str, Field], number: int, files: int) -> Who:
    if Field.ROLE in held.values():
        return Who.COLUMN
    if "mentee" in name.casefold():
        return Who.MENTEES
    if "mentor" in name.casefold():
        return Who.MENTORS
    if files > 1:
        return Who.MENTEES if number else Who.MENTORS
    wishes_only = Field.WISHES in held.values() and Field.SKILLS not in held.values()
    return Who.MENTEES if wishes_only else Who.MENTORS


def _check_bounds(plan: Plan) -> None:
    """
    Raises:
        Invalid: a number of the plan is out of bounds.
    """
    bounds = {
        "places": (plan.places, 1, MOST_PLACES), "size": (plan.size, LEAST, MOST),
        "hours": (plan.chosen.hours or 0, 0, MOST_HOURS),
    }
    wrong = {
        name: _("Choose a number from %(least)d to %(most)d.") % {"least": least, "most": most}
        for name, (value, least, most) in bounds.items() if not least <= value <= most
    }
    if wrong:
        raise Invalid(wrong)


def _fitted(plan: Plan, files: int) -> Plan:
    """A plan for as many files as there are."""
    who = (*plan.who, *(Who.MENTEES for _number in range(files)))[:files]
    columns = (*plan.columns, *({} for _number in range(files)))[:files]
    return replace(plan, who=who, columns=columns)


def _match(trial: MatchTrial, plan: Plan, words: Framework | None) -> str:
    read = read_files(unpack(trial.files), plan, words.spotter.vocabulary if words else None)
    return json.dumps(matching.match(read, plan, words), ensure_ascii=False)
