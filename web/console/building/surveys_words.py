"""The surveys of a programme in words: when each is sent and to whom, and what each kind is for."""

from collections.abc import Mapping
from typing import Any

from server.automation.building.queries import Plan
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.surveys.states import Audience, Moment, QuestionKind, SurveyKind
from web.console.building.part import Part

WEEK = 7


def told(plan: Plan) -> str:
    """Which surveys there are, and when each is sent."""
    forms = plan.content["surveys"]
    if not forms:
        return _("No survey of its own. The check-ins half-way and at the end are always asked.")
    return " ".join(_("%(name)s: %(when)s") % {"name": one["name"], "when": when(one)} for one in forms)


def when(form: Mapping[str, Any]) -> str:
    """When a form is sent, in a sentence."""
    number, again = form["number"], form["again_days"]
    if form["when"] == Moment.ON_DAY and again == number:
        return _every(again)
    if form["when"] == Moment.ON_DAY and again:
        return _("on day %(day)s of the match, then every %(days)s days.") % {"day": number, "days": again}
    return {
        Moment.ON_DAY: _("on day %(day)s of the match.") % {"day": number},
        Moment.AFTER_SESSION: _("a day after each session.") if number == 1 else (
            _("a day after one session of %(number)s.") % {"number": number}),
        Moment.HALF_WAY: _("half-way."),
        Moment.AT_END: _("the morning after the last day."),
        Moment.ON_LEAVING: _("when a match ends early."),
        Moment.AFTER_END: _("%(days)s days after the last day.") % {"days": number},
        Moment.BY_LINK: _("when somebody opens its link."),
    }[Moment(form["when"])]


def whom(form: Mapping[str, Any]) -> str:
    """Whom a form asks, and whether by name."""
    asked = dict(audiences())[form["to"]]
    return _("%(who)s, anonymous") % {"who": asked} if form["anonymous"] else _("%(who)s, with a name") % {"who": asked}


def _every(days: int) -> str:
    if days % WEEK:
        return _("every %(days)s days.") % {"days": days}
    return ngettext("every week.", "every %(num)d weeks.", days // WEEK) % {"num": days // WEEK}


def kinds() -> list[tuple[str, str, str]]:
    """What a survey may be for, with what the usual one asks."""
    return [
        (SurveyKind.PULSE.value, _("Pulse"), _("One question every four weeks, anonymous")),
        (SurveyKind.POST_SESSION.value, _("After a session"), _("One question after every second session")),
        (SurveyKind.CHECK_IN.value, _("Early check-in"), _("Three questions on day 30, then every 60 days")),
        (SurveyKind.MID_PROGRAM.value, _("Half-way"), _("Besides the check-in that is always asked then")),
        (SurveyKind.CLOSING.value, _("Looking back"), _("The morning after the last day")),
        (SurveyKind.EXIT.value, _("After an early end"), _("What would have helped, anonymous")),
        (SurveyKind.NPS.value, _("Recommendation"), _("0 to 10, half-way, anonymous")),
        (SurveyKind.CUSTOM.value, _("One of your own"), _("Begins with half a year later")),
    ]


def moments() -> list[tuple[str, str]]:
    """When a survey may be sent."""
    return [
        (Moment.ON_DAY.value, _("On a day of the match")), (Moment.AFTER_SESSION.value, _("A day after a session")),
        (Moment.HALF_WAY.value, _("Half-way")), (Moment.AT_END.value, _("After the last day")),
        (Moment.ON_LEAVING.value, _("When a match ends early")), (Moment.AFTER_END.value, _("Days after the end")),
        (Moment.BY_LINK.value, _("When somebody opens its link")),
    ]


def audiences() -> list[tuple[str, str]]:
    """Whom a survey may ask."""
    return [
        (Audience.EVERYBODY.value, _("Everybody")), (Audience.LEARNERS.value, _("Mentees, peers and members")),
        (Audience.LEADERS.value, _("Mentors and who leads")),
    ]


def takes() -> list[tuple[str, str]]:
    """What a question may take."""
    return [
        (QuestionKind.SCALE.value, _("Five steps")), (QuestionKind.LIKELY.value, _("0 to 10")),
        (QuestionKind.YES_NO.value, _("Yes or no")), (QuestionKind.CHOICE.value, _("One of several")),
        (QuestionKind.WORDS.value, _("Free words")),
    ]


def _title() -> str:
    return _("Surveys")


PART = Part("surveys", _title, told)
