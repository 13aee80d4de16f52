"""A programme and its groups in words: where each stands, what its next step does, what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from server.journey.guiding.queries import Use
from server.journey.running.queries import Group, ProgramPage
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.people.frameworks import under
from server.programs.audience.states import Side
from server.programs.rules import has_circles, is_among_peers, is_of_circles, may_have_circles
from server.programs.states import (
    CIRCLE_LEAST,
    CIRCLE_MOST,
    JOINING,
    Approvals,
    AskedFirst,
    Cadence,
    Circles,
    Pairing,
    ProgramState,
)
from server.surveys.forms.results import LEAST
from web.dates import day_month
from web.guide_words import title
from web.items import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.people.models import Competency
    from server.programs.models import Cohort, Program


@dataclass(frozen=True, slots=True)
class Step:
    """The next state of a programme or a group: what the button says, and what it does."""

    value: str
    action: str
    effect: str


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group of a programme."""

    id: str
    name: str
    dates: str
    people: str
    state: str
    kind: Kind
    step: Step | None
    last_day: str
    takes_people: bool
    told_on: str
    can_wait: bool


def guide_use(one: Use, program: Program) -> tuple[str, str]:
    """A guide for one side of a programme, and how often it was opened."""
    if is_of_circles(program):
        whose = _("%(guide)s, for who leads") if one.side is Side.MENTORS else _("%(guide)s, for members")
    elif is_among_peers(program):
        whose = _("%(guide)s, for peers")
    else:
        whose = _("%(guide)s, for mentors") if one.side is Side.MENTORS else _("%(guide)s, for mentees")
    return whose % {"guide": title(one.guide)}, _opened(one.at_least)


def _opened(at_least: int | None) -> str:
    if at_least is None:
        return _("Hidden: fewer than %(least)d people") % {"least": LEAST}
    if not at_least:
        return _("Fewer than %(least)d times") % {"least": LEAST}
    return _("At least %(count)d times") % {"count": at_least}


def state(of: ProgramState) -> tuple[str, Kind]:
    """Where a programme or a group stands, as a chip."""
    words: dict[ProgramState, tuple[str, Kind]] = {
        ProgramState.DRAFT: (_("Draft"), ""), ProgramState.ENROLLING: (_("Takes people in"), "sea"),
        ProgramState.MATCHING: (_("Matching"), "sea"), ProgramState.RUNNING: (_("Running"), "leaf"),
        ProgramState.CLOSING: (_("Closing"), "sun"), ProgramState.CLOSED: (_("Closed"), ""),
        ProgramState.ARCHIVED: (_("Archived"), ""),
    }
    return words[of]


def briefing(shown: ProgramPage) -> str:
    """How many take part, and how far a change reaches."""
    count = shown.taking_part
    people = ngettext("%(num)d person takes part.", "%(num)d people take part.", count) % {"num": count}
    return _("%(people)s What you change here changes no other programme.") % {"people": people}


def program_step(shown: ProgramPage) -> Step | None:
    """The next step of a programme."""
    if shown.next is None:
        return None
    action, effect = {
        ProgramState.ENROLLING: (_("Take people in"), _("Its open groups take people in from now on.")),
        ProgramState.MATCHING: (_("Begin matching"), _("Groups still take people in.")),
        ProgramState.RUNNING: (_("Begin to run"), _("Groups take people in at any time.")),
        ProgramState.CLOSING: (_("Begin to close"), _("Nobody new joins. Whoever is in a group goes on.")),
        ProgramState.CLOSED: (_("Close it"), _("It is over. What was done in it stays to be read.")),
        ProgramState.ARCHIVED: (_("Archive it"), _("It moves out of the way. What was done in it stays.")),
    }[shown.next]
    return Step(shown.next.value, action, effect)


def group(one: Group, program: Program) -> GroupRow:
    """A group with its next step."""
    said, kind = state(one.cohort.state)
    return GroupRow(
        str(one.cohort.id), one.cohort.name, _dates(one.cohort), _people(one), said, kind, _group_step(one),
        one.cohort.enrol_by_on.isoformat() if one.cohort.enrol_by_on else "", one.cohort.state in JOINING,
        one.cohort.announce_on.isoformat() if one.cohort.announce_on else "",
        one.cohort.announce_on is not None
        or (program.cadence is Cadence.COHORT and program.approvals is Approvals.NONE),
    )


def of_last_day(day: date | None) -> str:
    """That the last day to join a group was set."""
    if day is None:
        return _("Kept. People can join as long as the group takes them in.")
    return _("Kept. People can join until %(day)s, and hear of it two days before.") % {"day": day_month(day)}


def of_announcement(day: date | None) -> str:
    """That the day on which a group hears of its matches was set."""
    if day is None:
        return _("Kept. People are told of their match at once.")
    return _("Kept. People are told of their match on %(day)s at nine in the morning.") % {"day": day_month(day)}


def approvals(shown: ProgramPage) -> list[tuple[str, str]]:
    """Whose yes a match can need; peers are asked both or neither, and a circle everybody, who leads, or the rest."""
    if is_of_circles(shown.program):
        return [
            (Approvals.BOTH.value, _("Everybody’s")), (Approvals.MENTOR.value, _("Of who leads")),
            (Approvals.MENTEE.value, _("The members’")), (Approvals.NONE.value, _("Nobody’s: circles begin at once")),
        ]
    if is_among_peers(shown.program):
        return [(Approvals.BOTH.value, _("Both")), (Approvals.NONE.value, _("Nobody’s: matches begin at once"))]
    return [
        (Approvals.BOTH.value, _("Both")), (Approvals.MENTOR.value, _("The mentor’s")),
        (Approvals.MENTEE.value, _("The mentee’s")), (Approvals.NONE.value, _("Nobody’s: matches begin at once")),
    ]


def pairings(shown: ProgramPage) -> list[tuple[str, str, str]]:
    """How a run can put peers together; nothing in a programme of mentors and mentees."""
    if not is_among_peers(shown.program):
        return []
    return [
        (Pairing.BEST.value, _("The best fit"), _("What each brings the other decides.")),
        (Pairing.RANDOM.value, _("Drawn by lot"), _("Chance decides, and the rules hold.")),
    ]


def circles(shown: ProgramPage) -> list[tuple[str, str, str]]:
    """For whom there are circles beside pairs; nothing in a programme of peers, or of circles alone."""
    if not may_have_circles(shown.program):
        return []
    return [
        (Circles.NONE.value, _("No circles"), _("Who finds no mentor waits.")),
        (Circles.WAITING.value, _("Who waits for a mentor"), _("They keep their place in line.")),
        (Circles.EVERYBODY.value, _("Everybody"), _("A mentor each, and a circle besides.")),
    ]


def sizes(shown: ProgramPage) -> list[tuple[str, str]]:
    """How large circles could be; nothing where there are none."""
    if not has_circles(shown.program):
        return []
    return [
        (str(size), ngettext("%(num)d member", "%(num)d members", size) % {"num": size})
        for size in range(CIRCLE_LEAST, CIRCLE_MOST + 1)
    ]


def roles(framework: Sequence[Competency]) -> list[tuple[str, str]]:
    """To what a programme could lead: each competency, with how many stand below it."""
    below = {one.id: [other for other in under(framework, one.id) if other.id != one.id] for one in framework}
    return [
        (str(one.id), ngettext("%(name)s, %(num)d competency", "%(name)s, %(num)d competencies", len(below[one.id])) % {
            "name": one.name, "num": len(below[one.id])} if below[one.id] else one.name)
        for one in sorted(framework, key=lambda one: (not below[one.id], one.name))
    ]


def asked_first(shown: ProgramPage) -> list[tuple[str, str]]:
    """Who can be asked before the other; of two peers nobody, nor in a circle."""
    if is_of_circles(shown.program):
        return [(AskedFirst.TOGETHER.value, _("Everybody at once"))]
    if is_among_peers(shown.program):
        return [(AskedFirst.TOGETHER.value, _("Both at once"))]
    return [
        (AskedFirst.TOGETHER.value, _("Both at once")), (AskedFirst.MENTOR.value, _("The mentor")),
        (AskedFirst.MENTEE.value, _("The mentee")),
    ]


def asked(approvals: Approvals, first: AskedFirst, *, admin_last: bool, of_circles: bool = False) -> str:
    """Who is asked for a match, in which order, and when it begins, in one or two sentences."""
    said = _asked_of_circles(approvals) if of_circles else _asked_of_pairs(approvals, first)
    begins = _("It begins at once.")
    if approvals is not Approvals.NONE:
        last = _("It begins with the last yes.")
        begins = _("A circle begins with who leads it and two more.") if of_circles else last
    return f"{said} {_('Then you have the last word.') if admin_last else begins}"


def _asked_of_pairs(approvals: Approvals, first: AskedFirst) -> str:
    both = {
        AskedFirst.TOGETHER: _("Both are asked at once."),
        AskedFirst.MENTOR: _("The mentor is asked first, then the mentee."),
        AskedFirst.MENTEE: _("The mentee is asked first, then the mentor."),
    }[first]
    return {
        Approvals.BOTH: both, Approvals.MENTOR: _("The mentor is asked."), Approvals.MENTEE: _("The mentee is asked."),
        Approvals.NONE: _("Nobody is asked."),
    }[approvals]


def _asked_of_circles(approvals: Approvals) -> str:
    return {
        Approvals.BOTH: _("Everybody is asked at once."), Approvals.MENTOR: _("Who leads is asked."),
        Approvals.MENTEE: _("The members are asked at once."), Approvals.NONE: _("Nobody is asked."),
    }[approvals]


def switches(shown: ProgramPage) -> list[tuple[str, str, str, bool]]:
    """What is on or off: field, label, what it means, and whether it is on."""
    program, peers, circles = shown.program, is_among_peers(shown.program), is_of_circles(shown.program)
    ask, wish = _("Mentees may ask a mentor themselves"), _("Mentees name whom they would like")
    if peers:
        ask, wish = _("Peers may ask each other themselves"), _("Peers name whom they would like")
    found = [
        ("mentees_may_ask", ask, _("Beside the suggestions."), program.mentees_may_ask),
        ("mentors_may_ask", _("Mentors may ask a mentee themselves"), _("Beside the suggestions."),
         program.mentors_may_ask),
        ("mentees_may_wish", wish,
         _("Up to three, in order. It lifts the fit by the weight of “What they asked for”."),
         program.mentees_may_wish),
        ("mentors_may_wish", _("Mentors name whom they would like"), _("As above. The other side never sees it."),
         program.mentors_may_wish),
        ("admin_approves_matches", _("You approve each circle last") if circles else _("You approve each match last"),
         _("After those who are asked said yes."),
         program.admin_approves_matches),
        ("admin_approves_admission", _("You admit whoever joins"), _("Their form waits on Today for your word."),
         program.admin_approves_admission),
        ("pause_moves_end", _("A pause moves the last day"),
         _("A circle gets back the days for which it rested.") if circles else
         _("A match gets back the days for which it rested."), program.pause_moves_end),
    ]
    hidden = ("mentees_", "mentors_") if circles else ("mentors_",) if peers else ()
    return [one for one in found if not one[0].startswith(hidden)]


def _group_step(one: Group) -> Step | None:
    if one.next is None:
        return None
    leaving = ngettext(
        "%(num)d person has then finished, and matches close as done. It cannot be undone.",
        "%(num)d people have then finished, and matches close as done. It cannot be undone.", one.taking_part,
    ) % {"num": one.taking_part}
    action, effect = {
        ProgramState.ENROLLING: (_("Take people in"), _("Whoever is invited can join from now on.")),
        ProgramState.MATCHING: (_("Begin matching"), _("People still join.")),
        ProgramState.RUNNING: (_("Begin to run"), _("It runs by itself once the first match begins.")),
        ProgramState.CLOSING: (_("Begin to close"), _("Nobody new joins. Matches go on to their last day.")),
        ProgramState.CLOSED: (_("Close the group"), leaving),
        ProgramState.ARCHIVED: (_("Archive the group"), _("It moves out of the way. What was done in it stays.")),
    }[one.next]
    return Step(one.next.value, action, effect)


def _dates(cohort: Cohort) -> str:
    joining = _(", joining until %(day)s") % {"day": day_month(cohort.enrol_by_on)} if cohort.enrol_by_on else ""
    told = _(", matches told on %(day)s") % {"day": day_month(cohort.announce_on)} if cohort.announce_on else ""
    return _days(cohort) + joining + told


def _days(cohort: Cohort) -> str:
    if cohort.ends_on is None:
        return _("From %(day)s on") % {"day": day_month(cohort.starts_on)}
    return _("%(start)s to %(end)s") % {"start": day_month(cohort.starts_on), "end": day_month(cohort.ends_on)}


def _people(one: Group) -> str:
    said = ngettext("%(num)d takes part", "%(num)d take part", one.taking_part) % {"num": one.taking_part}
    if not one.coming:
        return said
    coming = ngettext("%(num)d on the way in", "%(num)d on the way in", one.coming) % {"num": one.coming}
    return f"{said}, {coming}"
