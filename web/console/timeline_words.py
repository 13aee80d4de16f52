"""What happened to a pair, in words: who did it and when. There is nothing in it that they said or wrote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from server.journey.record.queries import PairRecord
from server.journey.record.timeline import Event
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.queries import is_circle
from server.sessions.states import SessionState
from web.dates import clock_time, day_long, day_month, day_month_short, moment
from web.items import Moment, Upcoming
from web.waiting import ordinal

if TYPE_CHECKING:
    from server.sessions.models import Session

Words = tuple[str, str]
Tell = Callable[[PairRecord, Event], Words]


def timeline(shown: PairRecord) -> list[Moment]:
    """The events of a pair, the latest first."""
    return [_moment(shown, one) for one in shown.events]


def who(shown: PairRecord, person_id: UUID | None) -> str:
    """The name of whoever acted; "Ithaca" for the product itself."""
    if person_id is None:
        return "Ithaca"
    for member in shown.match.members:
        if member.person_id == person_id:
            return member.person.first_name
    found = shown.people.get(person_id)
    return found.full_name if found else _("Somebody")


def _moment(shown: PairRecord, one: Event) -> Moment:
    title, detail = TELL[one.action](shown, one)
    said = _("%(time)s. %(what)s") % {"time": clock_time(one.at), "what": detail} if detail else clock_time(one.at)
    return Moment(day_month_short(one.at), title, said)


def _by(shown: PairRecord, one: Event) -> str:
    if one.by_product:
        return _("By itself.")
    return _("By %(name)s.") % {"name": who(shown, one.by_id)}


def _plain(words: Callable[[], str]) -> Tell:
    return lambda shown, one: (words(), _by(shown, one))


def _named(words: Callable[[], str]) -> Tell:
    """A sentence that begins with the name of whoever did it."""
    return lambda shown, one: (words() % {"name": who(shown, one.by_id)}, "")


def _ended(shown: PairRecord, one: Event) -> Words:
    left = next((m.person.first_name for m in shown.match.members
                 if str(m.person_id) == one.detail.get("left_id")), "")
    if left:
        return _("Ended: %(name)s left") % {"name": left}, _by(shown, one)
    return _("Ended without blame"), _by(shown, one)


def _cancelled(shown: PairRecord, one: Event) -> Words:
    if is_circle(shown.match):
        too_few = one.detail.get("code") == "too_few"
        return _("Taken back"), _("Too few were left to begin.") if too_few else _by(shown, one)
    why = {
        "seat_taken": _("The last place went to somebody else."), "left": _("One of the two left."),
        "no_consent": _("One of the two does not agree to be matched now."),
        "away": _("One of the two is away."), "taken_back": _by(shown, one),
    }
    return _("Taken back"), why.get(str(one.detail.get("code")), _by(shown, one))


def _paused(shown: PairRecord, one: Event) -> Words:
    until = shown.match.paused_until if one.detail.get("until") else None
    if until and one.detail["until"] == until.isoformat():
        return _("Paused until %(day)s") % {"day": day_month(until)}, _by(shown, one)
    return _("Paused"), _by(shown, one)


def _accepted(shown: PairRecord, one: Event) -> Words:
    return _("%(name)s said yes") % {"name": who(shown, one.by_id)}, ""


def _wrote(shown: PairRecord, one: Event) -> Words:
    name = who(shown, one.by_id)
    count = ngettext("%(num)d message.", "%(num)d messages.", one.count) % {"num": one.count}
    if is_circle(shown.match):
        return _("%(name)s wrote to the circle") % {"name": name}, count
    other = shown.mentee if one.by_id == shown.mentor.person_id else shown.mentor
    return _("%(name)s wrote to %(other)s") % {"name": name, "other": other.person.first_name}, count


def _held(shown: PairRecord, one: Event) -> Words:
    session = _session(shown, one)
    if session is None or session.state not in (SessionState.HELD, SessionState.LOGGED):
        return _("Conversation held"), ""
    number = shown.held.index(session) + 1
    minutes = round((session.ends_at - session.starts_at).total_seconds() / 60)
    length = ngettext("%(num)d minute.", "%(num)d minutes.", minutes) % {"num": minutes}
    return _("%(place)s conversation held") % {"place": ordinal(number).capitalize()}, length


def _booked(shown: PairRecord, one: Event) -> Words:
    series = _series(shown, one)
    if series:
        count = {"num": one.count, "day": moment(series[0].occurs_at or series[0].starts_at)}
        title = ngettext("%(num)d conversation booked", "%(num)d conversations booked", one.count) % count
        return title, RHYTHM.get(_weeks(series), lambda: _("From %(day)s on."))() % count
    session = shown.ahead if shown.ahead and shown.ahead.id == one.target_id else _session(shown, one)
    day = moment(session.starts_at) if session else ""
    return _("Conversation booked"), _("For %(when)s.") % {"when": day} if day else _by(shown, one)


RHYTHM: dict[int, Callable[[], str]] = {
    1: lambda: _("Every week from %(day)s on."), 2: lambda: _("Every two weeks from %(day)s on."),
    4: lambda: _("Every four weeks from %(day)s on."),
}


def _series(shown: PairRecord, one: Event) -> list[Session]:
    """The sessions of the series of which an event tells, in their order; none when it tells of one session."""
    own = [each for each in shown.sessions if each.series_id and each.series_id == one.target_id]
    return sorted(own, key=lambda each: each.occurs_at or each.starts_at)


def _weeks(series: list[Session]) -> int:
    days = [each.occurs_at.astimezone(each.series_clock).date() for each in series[:2] if each.occurs_at]
    return (days[1] - days[0]).days // 7 if len(days) > 1 else 0


def _of_several(words: Callable[[], str], several: Callable[[int], str]) -> Tell:
    """What was done to one session, or by one act to several of a series."""

    def tell(shown: PairRecord, one: Event) -> Words:
        is_many = one.count > 1 and bool(_series(shown, one))
        return (several(one.count) % {"num": one.count} if is_many else words()), _by(shown, one)

    return tell


def _session(shown: PairRecord, one: Event) -> Session | None:
    return next((each for each in shown.held if each.id == one.target_id), None)


def _settled(shown: PairRecord, one: Event) -> Words:
    said = {
        "ACHIEVED": _("Goal reached"), "ABANDONED": _("Goal let go"), "CARRIED_OVER": _("Goal carried over"),
    }
    return said.get(str(one.detail.get("state")), _("Goal closed")), _by(shown, one)


def _goal_saved(shown: PairRecord, one: Event) -> Words:
    changed = int(one.detail.get("version") or 1) > 1
    return _("Goal changed") if changed else _("Goal set"), _by(shown, one)


def _ticked(shown: PairRecord, one: Event) -> Words:
    count = ngettext("%(num)d milestone.", "%(num)d milestones.", one.count) % {"num": one.count}
    return _("%(name)s ticked a step") % {"name": who(shown, one.by_id)}, count


def _of_member(words: Callable[[], str]) -> Tell:
    """A sentence about the member whose enrolment it was."""

    def tell(shown: PairRecord, one: Event) -> Words:
        member = next((each for each in shown.match.members if each.enrollment_id == one.target_id), shown.mentee)
        return words() % {"name": member.person.first_name}, _by(shown, one)

    return tell


def _of_enrolled(words: Callable[[], str]) -> Tell:
    """A sentence about the member whom the entry names by their enrolment."""

    def tell(shown: PairRecord, one: Event) -> Words:
        named = str(one.detail.get("enrollment_id"))
        member = next((each for each in shown.match.members if str(each.enrollment_id) == named), None)
        return words() % {"name": member.person.first_name if member else _("Somebody")}, _by(shown, one)

    return tell


def _left_circle(shown: PairRecord, one: Event) -> Words:
    named = str(one.detail.get("person_id"))
    member = next((each for each in shown.match.members if str(each.person_id) == named), None)
    why = {
        "declined": _("They said no."), "not_answered": _("They did not answer in time."),
        "away": _("They are away."), "no_consent": _("They do not agree to be matched now."),
        "left": _("They left the programme."), "stepped_out": _("By their own word."),
    }
    name = member.person.first_name if member else _("Somebody")
    return _("%(name)s left the circle") % {"name": name}, why.get(str(one.detail.get("code")), _by(shown, one))


def _of_asked(words: Callable[[], str]) -> Tell:
    """A sentence about whoever a check-in asks."""

    def tell(shown: PairRecord, one: Event) -> Words:
        asked = next((each.person_id for each in shown.check_ins if each.id == one.target_id), None)
        return words() % {"name": who(shown, asked)}, ""

    return tell


TELL: dict[str, Tell] = {
    "match.suggest": _plain(lambda: _("Suggested")),
    "match.suggest_again": _plain(lambda: _("Suggested again by a later run")),
    "match.request": _named(lambda: _("%(name)s asked for this match")),
    "match.override": _plain(lambda: _("Chosen instead of another")),
    "match.publish": _plain(lambda: _("Approved")),
    "match.undo_publish": _plain(lambda: _("Approval taken back")),
    "match.accept": _accepted,
    "match.admin_approve": _plain(lambda: _("Approved after both said yes")),
    "match.undo_approve": _plain(lambda: _("Approval taken back")),
    "match.undo_release": _plain(lambda: _("The end taken back")),
    "match.decline": _named(lambda: _("%(name)s said no")),
    "match.expire": _plain(lambda: _("Passed: nobody answered in time")),
    "match.cancel": _cancelled,
    "match.put_in": _of_enrolled(lambda: _("%(name)s was put in")),
    "match.leave_circle": _left_circle,
    "match.no_facilitator": _plain(lambda: _("Nobody leads it: it waits for the manager")),
    "match.discard": _plain(lambda: _("Thrown away")),
    "match.pause": _paused,
    "match.rest": _plain(lambda: _("The pause goes on: one of the two is away")),
    "match.resume": _plain(lambda: _("Went on")),
    "match.undo_change": _plain(lambda: _("Last change taken back")),
    "match.propose_extension": _named(lambda: _("%(name)s proposed a later last day")),
    "match.withdraw_extension": _named(lambda: _("%(name)s took back or turned down a later last day")),
    "match.extend": _plain(lambda: _("A later last day agreed")),
    "match.end": _ended,
    "match.end_date_passed": _plain(lambda: _("Last day reached")),
    "match.close": _plain(lambda: _("Closed")),
    "match.write_note": _plain(lambda: _("Managers’ note written")),
    "session.hold": _named(lambda: _("%(name)s chose a time")),
    "session.book": _booked,
    "session.move": _of_several(
        lambda: _("Conversation moved"), lambda count: ngettext(
            "%(num)d conversation of a series moved", "%(num)d conversations of a series moved", count)
    ),
    "session.cancel": _of_several(
        lambda: _("Conversation called off"), lambda count: ngettext(
            "%(num)d conversation of a series called off", "%(num)d conversations of a series called off", count)
    ),
    "session.mark_held": _held,
    "session.confirm": _named(lambda: _("%(name)s said that the conversation took place")),
    "session.log": _plain(lambda: _("Conversation noted afterwards")),
    "session.no_show": _plain(lambda: _("Conversation did not happen")),
    "session.undo_no_show": _plain(lambda: _("Conversation happened after all")),
    "session.undo_change": _plain(lambda: _("Last change of a conversation taken back")),
    "session.write_note": _named(lambda: _("%(name)s wrote a shared note")),
    "goal.save": _goal_saved,
    "goal.agree": _named(lambda: _("%(name)s agreed to a changed goal")),
    "goal.tick_milestone": _ticked,
    "goal.settle": _settled,
    "survey.open": _of_asked(lambda: _("Check-in opened for %(name)s")),
    "survey.answer": _of_asked(lambda: _("%(name)s answered the check-in")),
    "survey.expire": _of_asked(lambda: _("The check-in of %(name)s closed unanswered")),
    "enrollment.pause": _of_member(lambda: _("%(name)s takes a break")),
    "enrollment.resume": _of_member(lambda: _("%(name)s is back")),
    "enrollment.withdrawn": _of_member(lambda: _("%(name)s left the programme")),
    "enrollment.removed": _of_member(lambda: _("%(name)s was taken out of the programme")),
    "enrollment.eligibility_lost": _of_member(lambda: _("%(name)s no longer met the conditions")),
    "enrollment.lose_eligibility": _of_member(lambda: _("%(name)s will no longer meet the conditions")),
    "enrollment.keep_eligible": _of_member(lambda: _("%(name)s meets the conditions after all")),
    "enrollment.undo_eligibility": _of_member(lambda: _("The word on the conditions of %(name)s taken back")),
    "enrollment.undo_decision": _of_member(lambda: _("%(name)s takes part again: taken back")),
    "enrollment.undo_break": _of_member(lambda: _("The last word of %(name)s on a break taken back")),
    "enrollment.deprovisioned": _of_member(lambda: _("%(name)s left the organisation")),
    "message.written": _wrote,
}
"""Every entry that a timeline tells (`timeline.TOLD`), and that somebody wrote."""


PLANNED: dict[str, Callable[[], Words]] = {
    "match.expire": lambda: (_("The request passes"), _("Unless they answer before.")),
    "match.end_date": lambda: (_("Last day"), _("Closing steps begin.")),
    "match.close": lambda: (_("The match closes"), _("Unless they agree to go on.")),
    "match.resume": lambda: (_("The pair goes on"), _("The pause is over. Both are told.")),
    "session.agenda": lambda: (_("Agenda is prepared"), _("Unless they wrote their own.")),
    "enrollment.eligibility": lambda: (_("Taking part ends"), _("Unless the conditions hold again.")),
    "survey.open": lambda: (_("Check-in opens"), ""),
    "survey.close": lambda: (_("Check-in closes"), _("Unless it is answered before.")),
}
"""What each rule of `queries.PLANS` will do."""


def planned(shown: PairRecord, messages: list[tuple[datetime, Upcoming]]) -> list[Upcoming]:
    """What falls due by itself, the soonest first; `messages` are those that will go."""
    found = list(messages)
    for plan in shown.plans:
        title, detail = PLANNED[plan.rule]()
        asked = next((one.person_id for one in shown.check_ins if one.id == plan.subject_id), None)
        if asked and plan.rule == "survey.open":
            detail = _("For %(name)s.") % {"name": who(shown, asked)}
        found.append((plan.due_at, Upcoming(day_month_short(plan.due_at), title, detail or day_long(plan.due_at))))
    return [one for _at, one in sorted(found, key=lambda one: one[0])]
