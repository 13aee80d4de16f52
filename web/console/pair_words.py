"""The pair record in words: how the two stand and why, six facts, goals without their wording, who may match again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.goals.states import GoalState
from server.journey.record.queries import PairRecord, Standing
from server.kernel import clock
from server.kernel.dates import day_of
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.queries import back_on, is_circle
from server.matches.rules import waits_for_its_day
from server.matches.states import Approval, ClosureReason, MatchState
from server.matchmaking.engine.wording import fit_words
from server.programs.states import EnrollmentState, ParticipantRole
from server.sessions.states import SessionState
from server.surveys.states import InvitationState
from web import circle_words
from web.console.timeline_words import who
from web.dates import count_words, day_long, day_month, day_month_short, moment, upper_first, when_words, zone
from web.items import Kind, Stage

if TYPE_CHECKING:
    from datetime import date

    from server.goals.lines import GoalLine
    from server.matches.models import Match, MatchMember

Fact = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal as a manager sees it: whose, the skill, how far, and what became of it."""

    title: str
    whose: str
    percent: int
    words: str
    changes: list[str]


def title(shown: PairRecord) -> str:
    """The two by their first names; a circle by its size."""
    if is_circle(shown.match):
        return circle_words.title(shown.match)
    both = {"mentee": shown.mentee.person.first_name, "mentor": shown.mentor.person.first_name}
    return _("%(mentee)s and %(mentor)s") % both


def state(shown: PairRecord) -> tuple[str, Kind, str]:
    """How they stand, as a chip: word, colour, icon."""
    return {
        Standing.REVIEW: (_("To review"), "sea", "info"), Standing.ASKED: (_("Asked"), "sea", "hourglass"),
        Standing.ACTIVE: (_("Running"), "leaf", "tick"), Standing.QUIET: (_("Gone quiet"), "rust", "warning"),
        Standing.PAUSED: (_("Paused"), "sun", "pause"), Standing.CLOSING: (_("Closing"), "sea", "hourglass"),
        Standing.ENDED: (_("Ended"), "", "minus"),
    }[shown.standing]  # type: ignore[return-value]  # a literal in a dict is a plain str upstream


def briefing(shown: PairRecord) -> str:
    """One sentence on where they are, and why one would look."""
    match = shown.match
    return {
        Standing.REVIEW: lambda: _("Suggested, and nobody is asked yet."), Standing.ASKED: lambda: _asked(shown),
        Standing.ACTIVE: lambda: _running(shown), Standing.QUIET: lambda: _quiet(shown),
        Standing.PAUSED: lambda: paused(match),
        Standing.CLOSING: lambda: _("Their last day was %(day)s. They close it themselves, or it closes by itself.") % {
            "day": day_long(match.ends_on) if match.ends_on else _("lately")},
        Standing.ENDED: lambda: _ended(shown),
    }[shown.standing]()


def paused(match: Match) -> str:
    """Until when a pair rests, and what follows."""
    away = [] if is_circle(match) else [
        one.person.first_name for one in match.members if one.enrollment.state is EnrollmentState.PAUSED
    ]
    day = back_on(match)
    if day is None:
        name = away[0] if away else _("One of the two")
        return _("%(name)s is away, and no day of return is known. They go on when both are back.") % {"name": name}
    until = {"day": day_long(day), "name": " & ".join(away)}
    if away:
        return _("%(name)s is away until %(day)s. Then they go on by themselves.") % until
    return _("They rest until %(day)s. Then they go on by themselves.") % until


def stages(shown: PairRecord) -> list[Stage]:
    """The way of a pair in five steps, each with its day or count."""
    match, held = shown.match, len(shown.held)
    begun = match.active_at is not None and match.active_at <= clock.now()
    over = shown.standing in (Standing.ENDED, Standing.CLOSING)
    middle, until = _half_way(match), day_of(match.ended_at or clock.now(), zone())
    past = middle is not None and middle <= until
    end = until if shown.standing is Standing.ENDED else match.ends_on
    steps = [
        (_("Matched"), day_month(match.active_at) if match.active_at else _("Not yet"), begun),
        (_("First talk"), day_month(shown.held[0].starts_at) if shown.held else _("Not yet"), held > 0),
        (_("Growing"), _("%(held)s of %(planned)s held") % {"held": held, "planned": shown.planned}, begun and past),
        (_("Half-way"), day_month(middle) if middle else "", begun and past),
        (_("Ended") if match.ended_at else _("Closing"), day_month(end) if end else "", over),
    ]
    now = next((number for number, step in enumerate(steps) if not step[2]), -1) if not over else -1
    return [
        Stage(name, detail, "done" if is_done else "now" if number == now else "")
        for number, (name, detail, is_done) in enumerate(steps)
    ]


def facts(shown: PairRecord) -> list[Fact]:
    """Six figures, each with a quiet line."""
    match, last = shown.match, shown.held[-1] if shown.held else None
    steps, done = sum(one.steps for one in shown.goals), sum(one.done for one in shown.goals)
    wrote = shown.writing.moments
    return [
        (_("Fit"), str(match.fit) if match.fit is not None else "–",
         fit_words(match.fit) if match.fit is not None else _("Put together by hand")),
        (_("Last talk"), day_month_short(last.starts_at) if last else _("None"),
         when_words(last.starts_at) if last else _("Not met yet")),
        _next_talk(shown),
        (_("Messages"), str(shown.writing.count), _("last %(day)s") % {"day": day_month(wrote[0][1])} if wrote else ""),
        (_("Goals"), _("%(done)s of %(steps)s") % {"done": done, "steps": steps} if steps else str(len(shown.goals)),
         _("milestones") if steps else _("no milestones yet")),
        _check_in(shown),
    ]


def goals(shown: PairRecord) -> list[Aim]:
    """The goals, each with what its owner lets who runs the programme read."""
    return [_goal(shown, one) for one in shown.goals]


def again(shown: PairRecord) -> list[str]:
    """Once it is over: who of the two may be matched again, and who has somebody."""
    if shown.standing is not Standing.ENDED or is_circle(shown.match):
        return []
    return [_mentee_again(shown), _mentor_again(shown)]


def note_said(shown: PairRecord) -> str:
    """Who wrote the managers' note, and when."""
    if shown.note is None or not shown.note.words:
        return ""
    told = {"name": who(shown, shown.note.written_by_id), "when": moment(shown.note.written_at)}
    return _("%(name)s, %(when)s") % told


def closing_reasons() -> list[tuple[str, str]]:
    """Why a manager ends a pair, in words without blame."""
    return [
        (ClosureReason.NO_FAULT.value, _("It is simply over")), (ClosureReason.GOAL_REACHED.value, _("Goal reached")),
        (ClosureReason.SCHEDULE.value, _("No shared time")), (ClosureReason.POOR_FIT.value, _("Not the right fit")),
        (ClosureReason.UNRESPONSIVE.value, _("No answer")), (ClosureReason.CONDUCT.value, _("A matter of conduct")),
        (ClosureReason.OTHER.value, _("Another reason")),
    ]


def _asked(shown: PairRecord) -> str:
    match = shown.match
    if is_circle(match):
        waits = [one.person.first_name for one in shown.there if one.approval is Approval.PENDING]
        return _("Waits for %(names)s. It begins with who leads it and two more.") % {"names": ", ".join(waits)}
    if match.state is MatchState.AWAITING_ADMIN:
        return _("Both said yes. It waits for your word.")
    waiting = {
        MatchState.AWAITING_MENTOR: shown.mentor.person.first_name,
        MatchState.AWAITING_MENTEE: shown.mentee.person.first_name,
    }.get(match.state, title(shown))
    until = day_long(match.answer_by) if match.answer_by else ""
    if not until:
        return _("Waits for %(name)s.") % {"name": waiting}
    return _("Waits for %(name)s until %(day)s. Then it passes, and the next suggestion follows.") % {
        "name": waiting, "day": until}


def _running(shown: PairRecord) -> str:
    if waits_for_its_day(shown.match) and shown.match.published_at:
        return _("Approved. They are told on %(moment)s.") % {"moment": moment(shown.match.published_at)}
    if not shown.held:
        since = when_words(shown.match.active_at) if shown.match.active_at else ""
        return _("Matched %(when)s, and not met yet.") % {"when": since}
    met = ngettext("Met %(num)s time, last %(when)s.", "Met %(num)s times, last %(when)s.", len(shown.held))
    return met % {"num": count_words(len(shown.held)), "when": when_words(shown.held[-1].ends_at)}


def _quiet(shown: PairRecord) -> str:
    last = shown.held[-1].ends_at if shown.held else shown.match.active_at
    said = _("Silent: no conversation since %(day)s, %(when)s.") if shown.held else _("Matched on %(day)s, %(when)s, "
        "and not met yet.")
    return said % {"day": day_month(last), "when": when_words(last)} if last else ""


def _ended(shown: PairRecord) -> str:
    match = shown.match
    day = {"day": day_long(match.ended_at) if match.ended_at else ""}
    if match.state is MatchState.COMPLETED:
        return _("They ran their time, and closed it on %(day)s.") % day
    if match.state is MatchState.CONCLUDED:
        reason = _reason(match.closure_reason)
        if is_circle(match) and match.closure_reason is ClosureReason.DEPARTURE:
            reason = _("too few were left")
        return _("Ended on %(day)s. Reason: %(reason)s.") % {**day, "reason": reason}
    if is_circle(match):
        return _("It passed on %(day)s: too few said yes in time.") % day if match.state is MatchState.EXPIRED else _(
            "It came to nothing on %(day)s, before it began.") % day
    return {
        MatchState.DECLINED: _("One of the two said no on %(day)s. Nobody hears who or why."),
        MatchState.EXPIRED: _("Nobody answered in time. It passed on %(day)s."),
    }.get(match.state, _("Taken back on %(day)s, before it began.")) % day


def _reason(reason: ClosureReason | None) -> str:
    return {
        ClosureReason.DURATION: _("its time was over"), ClosureReason.GOAL_REACHED: _("the goal was reached"),
        ClosureReason.NO_FAULT: _("none asked"), ClosureReason.SCHEDULE: _("no shared time"),
        ClosureReason.POOR_FIT: _("not the right fit"), ClosureReason.UNRESPONSIVE: _("no answer"),
        ClosureReason.DEPARTURE: _("one of the two left the organisation"), ClosureReason.CONDUCT: _("conduct"),
        ClosureReason.OTHER: _("another one"), None: _("none asked"),
    }[reason]


def _half_way(match: Match) -> date | None:
    if match.active_at is None or match.ends_on is None:
        return None
    start = day_of(match.active_at, zone())
    return start + (match.ends_on - start) // 2


def _next_talk(shown: PairRecord) -> Fact:
    ahead = shown.ahead
    if ahead is None:
        return _("Next talk"), _("None"), _("nothing is booked")
    agreed = ahead.state is SessionState.SCHEDULED
    told = when_words(ahead.starts_at) if agreed else _("chosen by one")
    return _("Next talk"), day_month_short(ahead.starts_at), told


def _check_in(shown: PairRecord) -> Fact:
    """By states and days alone; the answers stand where they ask for somebody."""
    asked = shown.check_ins
    if not asked:
        return _("Check-in"), _("None"), _("none is planned")
    answered = sum(one.state is InvitationState.ANSWERED for one in asked)
    if any(one.state is InvitationState.OPEN for one in asked) or answered:
        return _("Check-in"), _("%(part)s of %(whole)s") % {"part": answered, "whole": len(asked)}, _("answered")
    if all(one.state is InvitationState.EXPIRED for one in asked):
        return _("Check-in"), _("Closed"), _("unanswered")
    return _("Check-in"), _("Not due"), day_month(asked[0].opens_at)


def _goal(shown: PairRecord, one: GoalLine) -> Aim:
    steps = ngettext("%(done)s of %(num)s milestone", "%(done)s of %(num)s milestones", one.steps)
    said = [upper_first(steps % {"done": count_words(one.done), "num": count_words(one.steps)})] if one.steps else []
    if one.due_on and one.state is GoalState.ACTIVE:
        said.append(_("due %(day)s") % {"day": day_month(one.due_on)})
    said.append(_goal_state(one.state))
    changes = [_change(shown, one, number) for number in range(len(one.changes))]
    percent = round(100 * one.done / one.steps) if one.steps else 0
    whose = who(shown, one.person_id)
    return Aim(upper_first(one.want) or one.skill or _("A goal of their own"), whose, percent, ", ".join(said), changes)


def _change(shown: PairRecord, goal: GoalLine, number: int) -> str:
    change = goal.changes[number]
    told = {"name": who(shown, change.by_id), "day": day_month(change.at)}
    if change.agreed:
        return _("Changed by %(name)s on %(day)s, agreed by both") % told
    return _("Changed by %(name)s on %(day)s") % told


def _goal_state(state: GoalState) -> str:
    return {
        GoalState.DRAFT: _("not finished yet"), GoalState.ACTIVE: _("running"), GoalState.ACHIEVED: _("reached"),
        GoalState.ABANDONED: _("let go"), GoalState.CARRIED_OVER: _("carried over"),
    }[state]


def _mentee_again(shown: PairRecord) -> str:
    name, now = shown.mentee.person.first_name, shown.successor
    if now is not None:
        other = next(one.person.first_name for one in now.members if one.person_id != shown.mentee.person_id)
        said = _("%(name)s has a new suggestion: %(other)s.") if now.state is MatchState.DRAFT else _(
            "%(name)s has another match, with %(other)s.")
        return said % {"name": name, "other": other}
    waits = _("%(name)s waits for another mentor, and may be matched now.")
    if shown.mentee.role is ParticipantRole.PEER:
        waits = _("%(name)s waits for another peer, and may be matched now.")
    return _taking_part(shown.mentee) or waits % {"name": name}


def _mentor_again(shown: PairRecord) -> str:
    free = shown.free[shown.mentor.enrollment_id]
    places = ngettext("%(name)s has %(num)d free place.", "%(name)s has %(num)d free places.", free)
    places = places if free else _("%(name)s has no free place now.")
    told = {"name": shown.mentor.person.first_name, "num": free}
    return _taking_part(shown.mentor) or places % told


def _taking_part(member: MatchMember) -> str:
    """Why somebody may not be matched now; "" when they may."""
    said = {
        EnrollmentState.ACTIVE: "", EnrollmentState.PAUSED: _("%(name)s takes a break, and is matched after it."),
        EnrollmentState.DEPROVISIONED: _("%(name)s has left the organisation."),
        EnrollmentState.COMPLETED: _("%(name)s has finished this programme."),
    }
    return said.get(member.enrollment.state, _("%(name)s no longer takes part.")) % {"name": member.person.first_name}
