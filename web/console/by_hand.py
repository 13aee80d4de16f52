"""Putting two people together by hand: choose both, see fit, reasons and rules, then make the draft."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.journey.byhand.actions import pair_by_hand
from server.journey.byhand.queries import Free, Tried, free_people, tried
from server.journey.reviewing import queries
from server.kernel.errors import Conflict
from server.kernel.ids import parse_id
from server.kernel.text import gettext as _
from server.matchmaking.engine import RuleCode
from server.programs.rules import is_among_peers
from web.console.matches import HERE, REASON_LETTERS
from web.console.review_words import Check
from web.explained import factors_of, reasons_of
from web.forms import Errors, one_id, read_form, text
from web.render import go_to, page
from web.toast import Toast

if TYPE_CHECKING:
    from server.matchmaking.stored import Told
    from server.programs.models import Enrollment, Program

PATH = f"{HERE}/by-hand"


async def show(request: Request) -> Response:
    """The two to choose, and what the engine says of them once both are chosen."""
    asked = request.query_params
    group, mentor, mentee = (parse_id(asked.get(name, "")) for name in ("group", "mentor", "mentee"))
    return await show_two(request, group, mentor, mentee, Errors())


async def make(request: Request) -> Response:
    """Make the draft; what was chosen and typed stays on the page if it cannot be."""
    form, errors = await read_form(request), Errors()
    group, mentor, mentee = (one_id(form, name) for name in ("group", "mentor", "mentee"))
    if mentor is None or mentee is None:
        errors.add("mentee" if mentee is None else "mentor", _("Choose two people."))
        return await show_two(request, group, mentor, mentee, errors)
    try:
        made = await pair_by_hand(request.state.actor, mentor, mentee, reason=text(form, "reason", REASON_LETTERS))
        said = Toast(_("In the queue. Every other pair stays as it is."))
        return go_to(request, f"{HERE}?pair={made.id}", toast=said)
    except Conflict as refusal:
        errors.add("mentor", refusal.message)
        return await show_two(request, group, mentor, mentee, errors, status=409)


async def show_two(
    request: Request, group: UUID | None, mentor: UUID | None, mentee: UUID | None, errors: Errors, status: int = 422
) -> Response:
    """The page with two people, and what was refused."""
    actor = request.state.actor
    free = await free_people(actor, (await queries.group_of(actor, group)).id)
    found = None
    if mentor and mentee and not errors.keys() & {"mentor", "mentee"}:
        try:
            found = await tried(actor, free.cohort.id, mentor, mentee)
        except Conflict as refusal:
            errors.add("mentor", refusal.message)
    return page(
        request, "console/by_hand.html", status=status if errors else 200, errors=errors, found=found, here=PATH,
        cohort=free.cohort, back=f"{HERE}?group={free.cohort.id}", mentors=_options(free.mentors),
        mentees=_options(free.mentees), mentor=str(mentor or ""), mentee=str(mentee or ""), title=_title(free),
        told=_told(found) if found else None, asks=_asks(free.cohort.program), can_be=_can_be(free),
        may_part=found is not None and RuleCode.BANNED not in found.broken,
    )


def _title(free: Free) -> str:
    return _("Put two people together") if _can_be(free) else _("Nobody to put together just now")


def _can_be(free: Free) -> bool:
    """Whether two different people can be chosen."""
    return bool(free.mentors and free.mentees) and len({row.id for row in (*free.mentors, *free.mentees)}) > 1


def _asks(program: Program) -> tuple[str, str, str]:
    """What the two are called, and who is missing where nobody is left."""
    if is_among_peers(program):
        return _("One peer"), _("The other peer"), _("Two people without a match are needed for it.")
    missing = _("Somebody without a match and a mentor with a free place are needed for it.")
    return _("Mentee"), _("Mentor with a free place"), missing


def _options(rows: list[Enrollment]) -> list[tuple[str, str]]:
    return [(str(row.id), row.person.full_name) for row in rows]


def _told(found: Tried) -> dict[str, object]:
    """The pair in words, of two peers both ways, and each hard rule as it was looked up."""
    ways = [one for one in (found.told, found.told_back) if one]
    return {
        "both": [
            {"name": one.full_name, "detail": ", ".join(filter(None, (one.title, one.location)))}
            for one in (found.mentee.person, found.mentor.person)
        ],
        "fit": round(found.fit), "ways": [_way(one, named=len(ways) > 1) for one in ways],
        "checks": [_check(code, found.broken) for code in dict.fromkeys([*found.rules, *found.broken])],
    }


def _way(told: Told, *, named: bool) -> dict[str, object]:
    """Reasons and parts of the score; `named` by who brings something to whom."""
    why, names = told.explanation, told.names
    assert why is not None, "the engine has judged the two"
    between = {"one": names.mentor, "other": names.mentee}
    return {
        "head": _("What %(one)s brings %(other)s") % between if named else "",
        "score": _("The score from %(one)s to %(other)s") % between if named else _("Why this score"),
        "reasons": reasons_of(why, names, told.reader), "factors": factors_of(why, names, told.reader),
    }


def _check(code: RuleCode, broken: list[RuleCode]) -> Check:
    kept, not_kept = rule_words(code)
    return Check(not_kept, "rust", "warning") if code in broken else Check(kept, "leaf", "tick")


def rule_words(code: RuleCode) -> tuple[str, str]:
    """A hard rule as it is kept, and as it is broken. Who set whom aside is nobody's business."""
    return {
        RuleCode.SELF: (_("Two people"), _("The same person")),
        RuleCode.REPORTING_LINE: (_("No reporting line"), _("In one reporting line")),
        RuleCode.SAME_TEAM: (_("Not in one team"), _("In one team")),
        RuleCode.BLOCKED: (_("Not kept apart"), _("Kept apart")),
        RuleCode.CONFLICT: (_("No known conflict"), _("Conflict of interest")),
        RuleCode.REPEAT: (_("Never paired"), _("Paired before")),
        RuleCode.BANNED: (_("Not asked before"), _("Asked, or kept apart")),
        RuleCode.PAIRED: (_("No match yet"), _("Have a match already")),
        RuleCode.COMPANY: (_("The right company"), _("Another company")),
        RuleCode.LANGUAGE: (_("A language in common"), _("No common language")),
        RuleCode.OVERLAP: (_("Enough shared time"), _("Too few shared hours")),
        RuleCode.GRADE_GAP: (_("The right levels"), _("Not the right levels")),
        RuleCode.CAPACITY: (_("Places free"), _("No place free")),
        RuleCode.TRAINING: (_("Training done"), _("Training to finish")),
        RuleCode.COHORT_LIMIT: (_("Room in the group"), _("The group is full")),
    }[code]


routes = [
    Route(PATH, show, name="console-by-hand"),
    Route(PATH, make, methods=["POST"], name="console-by-hand-make"),
]
