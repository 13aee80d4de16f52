"""The console's first page in words: each need with one plain reason, each measure with its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from server.journey.console.acceptance import LowAcceptance
from server.journey.console.measures import BOUNDS, Figure, MeasureKey, Standing
from server.journey.console.queries import CameBack, Parting, Silence, Today
from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matches.queries import are_peers, in_order, is_circle, learners, partner_of, sides
from server.programs.states import EnrollmentState
from server.surveys.rules import LOW
from server.surveys.states import Help
from web.circle_words import led_by
from web.circle_words import title as circle_title
from web.console import circle_words
from web.console.pair_words import paused
from web.dates import count_words, day_long, day_month, upper_first, when_words
from web.items import Kind, Measure

if TYPE_CHECKING:
    from server.matches.models import Match
    from server.surveys.models import SurveyAnswer

STATES: dict[Standing, Kind] = {
    Standing.NO_FIGURE: "", Standing.ON_TARGET: "leaf", Standing.OFF_TARGET: "sun", Standing.RED: "rust",
}


@dataclass(frozen=True, slots=True)
class Need:
    """A pair that needs a person. `write` is the address of a letter to both, "" where that is not the next step."""

    id: UUID
    first: str
    second: str
    title: str
    reason: str
    record: str = ""
    write: str = ""
    review: str = ""
    quote: str = ""
    is_circle: bool = False


def title(shown: Today) -> str:
    """How much waits for a person."""
    if not shown.needs:
        return _("Nothing needs you today")
    words = ngettext("%(count)s thing needs you", "%(count)s things need you", shown.needs)
    return upper_first(words % {"count": count_words(shown.needs)})


def eyebrow(shown: Today) -> str:
    """The day, and how many pairs and circles run."""
    matches = ngettext("%(num)d running match", "%(num)d running matches", shown.running) % {"num": shown.running}
    return f"{day_long(clock.now())}, {matches}"


def briefing(shown: Today) -> str:
    """How the measures stand, in one sentence."""
    counted = [one for one in shown.figures if one.percent is not None]
    short = [name(one.key) for one in counted if one.standing in (Standing.RED, Standing.OFF_TARGET)]
    if not counted:
        return _("There is nothing to measure yet. Figures come with the first pairs.")
    if not short:
        return _("Every measure is on target.")
    return _("Off target: %(names)s.") % {"names": _list(short)}


def answer(one: SurveyAnswer) -> Need:
    """A check-in that asks for somebody: who answered, and what stands out."""
    match, asked = one.invitation.match, one.invitation.person_id
    who = next(member.person.first_name for member in match.members if member.person_id == asked)
    if Help.ANOTHER_MENTOR in one.help_wanted:
        wanted = _("%(name)s’s check-in: wants another mentor.")
        if are_peers(match):
            wanted = _("%(name)s’s check-in: wants another peer.")
        reason = wanted % {"name": who}
    elif (one.usefulness or 0) <= LOW:
        reason = _("%(name)s’s check-in: the time together is of little use.") % {"name": who}
    else:
        reason = _("%(name)s’s check-in: far from the goal.") % {"name": who}
    return replace(_need(match, reason), id=one.id, quote=one.words, write="")


def refusing(one: LowAcceptance) -> tuple[str, str, str]:
    """A group in which too many say no: what it is about, the numbers with what to do, and where."""
    said = _("%(accepted)d of %(decided)d matches were accepted: %(percent)d%%, and under %(red)d%% needs a look. "
             "Read why people say no, look at the weights, and run the matching again.")
    numbers = {"accepted": one.accepted, "decided": one.decided, "percent": one.percent,
               "red": BOUNDS[MeasureKey.ACCEPTED].red}
    group = {"program": one.cohort.program.name, "group": one.cohort.name}
    head = _("Few matches are accepted in %(program)s, %(group)s") % group
    return head, said % numbers, f"/console/matches?group={one.cohort.id}"


def quiet(one: Silence) -> Need:
    """A pair that went quiet, and since when."""
    if one.last_met:
        reason = _("Last met %(when)s.") % {"when": when_words(one.last_met)}
    else:
        reason = _("Matched %(when)s, and not met yet.") % {"when": _since(one.match)}
    return _need(one.match, reason)


def unmet(match: Match) -> Need:
    """A pair without a first session."""
    return _need(match, _("Matched %(when)s. No first session yet.") % {"when": _since(match)})


def parting(one: Parting) -> Need:
    """Who left, since when, and the way to somebody else for who is left."""
    waits = _("%(mentor)s left on %(day)s. %(mentee)s waits for another mentor.")
    if are_peers(one.match):
        waits = _("%(mentor)s left on %(day)s. %(mentee)s waits for another peer.")
    reason = waits % {
        "mentor": one.left.person.first_name, "mentee": partner_of(one.match, one.left.person_id).first_name,
        "day": day_month(one.match.ended_at or clock.now()),
    }
    here = f"/console/matches?pair={one.draft_id}" if one.draft_id else f"/console/matches?group={one.match.cohort_id}"
    return replace(_need(one.match, reason), write="", review=here)


def came_back(one: CameBack) -> Need:
    """A match that is a draft again because of a rule: since when, who waits, and the way to somebody else."""
    waits = _("Came back %(when)s: a rule keeps them apart by now. %(mentee)s waits for another mentor.")
    if are_peers(one.match):
        waits = _("Came back %(when)s: a rule keeps them apart by now. Both wait for another peer.")
    if is_circle(one.match):
        waits = _("Came back %(when)s: a rule keeps them apart by now. Its people wait.")
    here = f"/console/matches?pair={one.match.id}"
    mentee = learners(one.match)[0].person.first_name
    told = _need(one.match, waits % {"when": when_words(one.at), "mentee": mentee})
    return replace(told, record=here, write="", review=here)


def weak(match: Match) -> Need:
    """A running circle that nobody leads, or that is small, with the way to put somebody in."""
    told = _need(match, circle_words.caution(match))
    return replace(told, title=circle_title(match), record=f"/console/matches?pair={match.id}", write="")


def resting(match: Match) -> Need:
    """A pair on a pause: until when, and what follows."""
    return _need(match, paused(match))


def measure(one: Figure) -> Measure:
    """A measure with its figure in words and on the rail."""
    target = _("Target under %(percent)s%%") if one.bounds.fewer else _("Target %(percent)s%%")
    red = (one.bounds.red, 100) if one.bounds.fewer else (0, one.bounds.red)
    value = _("%(percent)s%%") % {"percent": round(one.percent)} if one.percent is not None else "–"
    href = {MeasureKey.QUIET: "#quiet", MeasureKey.ACCEPTED: "/console/matches"}.get(one.key, "")
    return Measure(
        name(one.key), href if one.key is not MeasureKey.QUIET or one.part else "", value,
        target % {"percent": one.bounds.target}, _standing(one.standing), STATES[one.standing], one.percent,
        one.bounds.target, *red,
    )


def name(key: MeasureKey) -> str:
    """The name of a measure."""
    return {
        MeasureKey.QUIET: _("Pairs gone quiet"), MeasureKey.HELD: _("Planned sessions held"),
        MeasureKey.ACCEPTED: _("Matches accepted"), MeasureKey.STARTED: _("Pairs that started"),
        MeasureKey.GOALS: _("Goals set"),
    }[key]


def handled(done: Mapping[str, int], sent: int) -> list[str]:
    """What ran by itself this week, each with its count; nothing that did not happen."""
    counted = (
        (sent, ngettext("%(num)d message sent", "%(num)d messages sent", sent)),
        *((done.get(action, 0), _deed(action, done.get(action, 0))) for action in (
            "session.mark_held", "session.prepare_agenda", "survey.open", "survey.expire", "match.expire",
            "enrollment.expire", "match.end_date_passed",
        )),
    )
    return [words % {"num": count} for count, words in counted if count]


def of_admission(state: EnrollmentState) -> str:
    """What an admission led to."""
    if state is EnrollmentState.WAITLISTED:
        return _("Admitted. They wait for a mentor’s place.")
    return _("Admitted. They take part now.")


def _deed(action: str, count: int) -> str:
    return {
        "session.mark_held": ngettext("%(num)d session noted as held", "%(num)d sessions noted as held", count),
        "session.prepare_agenda": ngettext("%(num)d agenda prepared", "%(num)d agendas prepared", count),
        "survey.open": ngettext("%(num)d check-in opened", "%(num)d check-ins opened", count),
        "survey.expire": ngettext("%(num)d check-in closed unanswered", "%(num)d check-ins closed unanswered", count),
        "match.expire": ngettext(
            "%(num)d request passed unanswered", "%(num)d requests passed unanswered", count),
        "enrollment.expire": ngettext("%(num)d invitation ran out", "%(num)d invitations ran out", count),
        "match.end_date_passed": ngettext(
            "%(num)d pair reached its end date", "%(num)d pairs reached their end date", count),
    }[action]


def _standing(standing: Standing) -> str:
    return {
        Standing.NO_FIGURE: _("No figure yet"), Standing.ON_TARGET: _("On target"),
        Standing.OFF_TARGET: _("Off target"), Standing.RED: _("Needs you"),
    }[standing]


def _need(match: Match, reason: str) -> Need:
    if is_circle(match):
        return _circle(match, reason)
    mentor, mentee = sides(match)
    both = {"mentee": mentee.person.first_name, "mentor": mentor.person.first_name}
    return Need(
        match.id, mentee.person.full_name, mentor.person.full_name, _("%(mentee)s and %(mentor)s") % both, reason,
        record=f"/console/matches/{match.id}", write=f"mailto:{mentee.person.email},{mentor.person.email}",
    )


def _circle(match: Match, reason: str) -> Need:
    people = [one.person for one in in_order(match)] or [one.person for one in match.members]
    write = "mailto:" + ",".join(one.email for one in people if one.email)
    return Need(
        match.id, people[0].full_name, people[-1].full_name, f"{circle_title(match)}, {led_by(match)}", reason,
        record=f"/console/matches/{match.id}", write=write, is_circle=True,
    )


def _since(match: Match) -> str:
    return when_words(match.active_at) if match.active_at else ""


def _list(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return _("%(several)s and %(last)s") % {"several": ", ".join(names[:-1]), "last": names[-1]}
