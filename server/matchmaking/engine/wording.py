"""Reasons in plain English, or any language with a catalogue, for the mentee, the mentor or the programme manager."""

from collections.abc import Callable, Mapping

from server.kernel.text import gettext as _
from server.kernel.text import language_name, ngettext
from server.matchmaking.engine.explain import Reason, ReasonCode
from server.matchmaking.engine.weights import Category
from server.matchmaking.engine.words import careers
from server.matchmaking.engine.words.telling import Names, Reader, Sentence, Telling, joined, listed
from server.matchmaking.engine.words.ways import way_words

__all__ = ["Names", "Reader", "Sentence", "category_name", "fit_words", "one_line", "sentence"]

WAYS_NAMED = 2
STRONG_FIT, GOOD_FIT = 80, 65
"""design.md 2.2: Strong fit from 80, Good fit from 65, Possible fit below."""


def fit_words(fit: float) -> str:
    """A fit (0 to 100) in words. It is rounded first: the words must agree with the number shown beside them."""
    shown = round(fit)
    return _("Strong fit") if shown >= STRONG_FIT else _("Good fit") if shown >= GOOD_FIT else _("Possible fit")


def category_name(category: Category) -> str:
    """The name of a part of the score."""
    return {
        Category.GOALS: _("Goal"),
        Category.EXPERTISE: _("Expertise"),
        Category.STAGE: _("Career stage"),
        Category.AVAILABILITY: _("Shared time"),
        Category.HISTORY: _("Mentoring so far"),
        Category.ORGANISATION: _("Place in the organisation"),
        Category.PREFERENCE: _("What they asked for"),
        Category.BEHAVIOUR: _("Reliability"),
        Category.STYLE: _("Language and style"),
    }[category]


def sentence(reason: Reason, names: Names, reader: Reader) -> Sentence:
    """A reason, caution or factor row as it is shown to one reader. Names are used, never he or she."""
    return Sentence(*WORDS[reason.code](Telling(reason.params, names, reader)))


def one_line(reason: Reason, names: Names, reader: Reader) -> str:
    """Title and detail on one line, for lists and files."""
    title, detail = sentence(reason, names, reader)
    return f"{title}: {detail}" if detail else title


def _goal_offered(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("Your goal is what {mentor} offers"),
        mentor=_("You offer what {mentee} wants to learn"),
        manager=_("{mentor} offers what {mentee} wants to learn"),
    )
    return title, joined(listed(told.words("tags")), _years_in_role(told))


def _goal_close(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("Your goal is close to what {mentor} does"),
        mentor=_("{mentee}'s goal is close to what you do"),
        manager=_("{mentee}'s goal is close to what {mentor} does"),
    )
    return title, _("Read from what both wrote")


def _goal_meant(told: Telling) -> tuple[str, str]:
    """Named is what the organisation calls it; the words themselves stay with who wrote them."""
    if told.params.get("of_mentee"):
        title = told.pick(
            mentee=_("What you wrote is close to what {mentor} offers"),
            mentor=_("What {mentee} wrote is close to what you offer"),
            manager=_("What {mentee} wrote is close to what {mentor} offers"),
        )
    else:
        title = told.pick(
            mentee=_("What {mentor} wrote is close to your goal"),
            mentor=_("What you wrote is close to {mentee}'s goal"),
            manager=_("What {mentor} wrote is close to {mentee}'s goal"),
        )
    return title, listed(told.words("tags"))


def _goal_partly(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("Your goal touches what {mentor} does"),
        mentor=_("{mentee}'s goal touches what you do"),
        manager=_("{mentee}'s goal touches what {mentor} does"),
    )
    return title, _("Read from what both wrote")


def _goal_far(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("Your goal is not {mentor}'s main field"),
        mentor=_("{mentee}'s goal is not your main field"),
        manager=_("{mentee}'s goal is not {mentor}'s main field"),
    )
    return title, _("What both wrote has little in common")


def _goal_rest(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("{mentor} does not offer all you want"),
        mentor=_("You do not offer all {mentee} wants"),
        manager=_("{mentor} does not offer all {mentee} wants"),
    )
    more = int(told.number("count")) - len(told.words("tags"))
    rest = [ngettext("one more", "{count} more", more).format(count=more)] if more > 0 else []
    return title, _("not {what}").format(what=listed([*told.words("tags"), *rest]))


def _skills_shared(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("You and {mentor} know the same field"),
        mentor=_("You and {mentee} know the same field"),
        manager=_("Both know the same field"),
    )
    return title, joined(listed(told.words("tags")), _years_in_role(told))


def _skills_meant(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("What you and {mentor} wrote is about the same field"),
        mentor=_("What you and {mentee} wrote is about the same field"),
        manager=_("What both wrote is about the same field"),
    )
    return title, listed(told.words("tags"))


def _skills_close(told: Telling) -> tuple[str, str]:
    title = told.pick(
        mentee=_("{mentor}'s field is close to yours"),
        mentor=_("{mentee}'s field is close to yours"),
        manager=_("Their fields are close"),
    )
    return title, _("Read from what both wrote")


def _skills_far(_told: Telling) -> tuple[str, str]:
    return _("Different fields"), _("What both wrote about their work has little in common")


def _experience(told: Telling) -> tuple[str, str]:
    return _("Experience to draw on"), _years_in_role(told)


def _grades_ahead(told: Telling) -> tuple[str, str]:
    count = int(told.number("levels"))
    title = told.pick(
        mentee=ngettext("{mentor} is one level ahead", "{mentor} is {count} levels ahead", count),
        mentor=ngettext("You are one level ahead", "You are {count} levels ahead", count),
        manager=ngettext("{mentor} is one level ahead", "{mentor} is {count} levels ahead", count),
        count=count,
    )
    return title, _stage_detail(told)


def _grades_behind(told: Telling) -> tuple[str, str]:
    count = int(told.number("levels"))
    title = told.pick(
        mentee=ngettext(
            "{mentor} sees work from one level below", "{mentor} sees work from {count} levels below", count
        ),
        mentor=ngettext("You see work from one level below", "You see work from {count} levels below", count),
        manager=ngettext(
            "{mentor} sees work from one level below", "{mentor} sees work from {count} levels below", count
        ),
        count=count,
    )
    return title, _stage_detail(told)


def _same_grade(told: Telling) -> tuple[str, str]:
    return _("On the same level"), _stage_detail(told)


def _shared_hours(told: Telling) -> tuple[str, str]:
    hours = round(told.number("hours"))
    title = told.pick(
        mentee=ngettext("You share one free hour a week", "You share {count} free hours a week", hours),
        mentor=ngettext("You share one free hour a week", "You share {count} free hours a week", hours),
        manager=ngettext("They share one free hour a week", "They share {count} free hours a week", hours),
        count=hours,
    )
    return title, joined(_weekdays(told), _in_city(told))


def _few_shared_hours(told: Telling) -> tuple[str, str]:
    if not told.number("hours"):
        return _("No free hour in common"), _in_city(told)
    return _("Little time in common"), _shared_hours(told)[0]


def _hours_apart(told: Telling) -> tuple[str, str]:
    hours = f"{told.number('hours'):g}"
    if told.params.get("mentor_is_ahead"):
        return _("Different time zones"), told.pick(
            mentee=_("{mentor} is {hours} hours ahead of you"),
            mentor=_("You are {hours} hours ahead of {mentee}"),
            manager=_("{mentor} is {hours} hours ahead of {mentee}"),
            hours=hours,
        )
    return _("Different time zones"), told.pick(
        mentee=_("{mentor} is {hours} hours behind you"),
        mentor=_("You are {hours} hours behind {mentee}"),
        manager=_("{mentor} is {hours} hours behind {mentee}"),
        hours=hours,
    )


def _same_city(told: Telling) -> tuple[str, str]:
    return _("You can meet in person") if told.reader is not Reader.MANAGER else _("They can meet in person"), _in_city(
        told
    )


def _past_sessions(told: Telling) -> tuple[str, str]:
    count = int(told.number("sessions"))
    title = told.pick(
        mentee=_("{mentor} has been a mentor before"),
        mentor=_("You have been a mentor before"),
        manager=_("{mentor} has been a mentor before"),
    )
    return title, ngettext("One session held", "{count} sessions held", count).format(count=count)


def _first_time(told: Telling) -> tuple[str, str]:
    return told.pick(
        mentee=_("{mentor} is new to mentoring"),
        mentor=_("You are new to mentoring"),
        manager=_("{mentor} is new to mentoring"),
    ), ""


def _other_department(told: Telling) -> tuple[str, str]:
    seen = _("{mentor_department}, seen from {mentee_department}").format(**told.params)
    return _("A fresh view"), joined(seen, careers.knows(told))


def _same_department(told: Telling) -> tuple[str, str]:
    return _("The same department"), _("Both work in {mentor_department}").format(**told.params)


def _named_by_both(told: Telling) -> tuple[str, str]:
    both = _("Each named the other")
    return told.pick(mentee=_("You named {mentor}"), mentor=_("You named {mentee}"), manager=both), ""


def _named_by_mentee(told: Telling) -> tuple[str, str]:
    named = _("{mentee} named {mentor}")
    return told.pick(mentee=_("You named {mentor}"), mentor=_("Nobody was named"), manager=named), ""


def _named_by_mentor(told: Telling) -> tuple[str, str]:
    named = _("{mentor} named {mentee}")
    return told.pick(mentee=_("Nobody was named"), mentor=_("You named {mentee}"), manager=named), ""


def _department_as_asked(told: Telling) -> tuple[str, str]:
    return _("The same department, as asked") if told.params.get("same") else _("Another department, as asked"), ""


def _department_not_as_asked(told: Telling) -> tuple[str, str]:
    same = _("The same department, though another was asked for")
    return same if told.params.get("same") else _("Another department, though the same was asked for"), ""


def _nothing_asked(_told: Telling) -> tuple[str, str]:
    return _("Nobody was named"), ""


def _answers(told: Telling) -> tuple[str, str]:
    """What speaks for somebody, in words: a share would make a race of it."""
    if told.params.get("answers") is None:
        named, own = _("{mentor} keeps appointments"), _("You keep appointments")
    elif told.params.get("kept") is None:
        named, own = _("{mentor} answers in time"), _("You answer in time")
    else:
        named, own = _("{mentor} answers and keeps appointments"), _("You answer and keep appointments")
    return told.pick(mentee=named, mentor=own, manager=named), ""


def _usual_answers(_told: Telling) -> tuple[str, str]:
    return _("As reliable as most"), ""


def _slow_answers(_told: Telling) -> tuple[str, str]:
    """For who runs the programme alone (`discretion`), and of the part of the score, not of the person."""
    return _("Fewer answers or kept appointments than usual"), ""


def _shared_languages(told: Telling) -> tuple[str, str]:
    return _("A language in common"), listed([language_name(tag) for tag in told.words("languages")])


def _no_shared_language(_told: Telling) -> tuple[str, str]:
    return _("No language in common"), ""


def _like_minded(told: Telling) -> tuple[str, str]:
    """What both chose, two of it at most: more is a questionnaire read out."""
    speak = listed([language_name(tag) for tag in told.words("languages")])
    chosen = listed(way_words(told.words("styles"))[:WAYS_NAMED])
    if not chosen:
        return _("Alike in how they like to work"), speak
    both = _("You both like {what}")
    return told.pick(mentee=both, mentor=both, manager=_("Both like {what}"), what=chosen), speak


def _not_known(told: Telling) -> tuple[str, str]:
    return _("Not known: counted as for most people"), careers.talent(told)


WORDS: Mapping[ReasonCode, Callable[[Telling], tuple[str, str]]] = {
    ReasonCode.GOAL_OFFERED: _goal_offered,
    ReasonCode.GOAL_MEANT: _goal_meant,
    ReasonCode.GOAL_COURSE: careers.goal_course,
    ReasonCode.GOAL_ROLE: careers.goal_role,
    ReasonCode.GOAL_BRANCH: careers.goal_branch,
    ReasonCode.GOAL_CLOSE: _goal_close,
    ReasonCode.GOAL_PARTLY: _goal_partly,
    ReasonCode.GOAL_FAR: _goal_far,
    ReasonCode.GOAL_REST: _goal_rest,
    ReasonCode.SKILLS_SHARED: _skills_shared,
    ReasonCode.SKILLS_MEANT: _skills_meant,
    ReasonCode.SKILLS_COURSE: careers.skills_course,
    ReasonCode.SKILLS_CLOSE: _skills_close,
    ReasonCode.SKILLS_FAR: _skills_far,
    ReasonCode.EXPERIENCE: _experience,
    ReasonCode.GRADES_AHEAD: _grades_ahead,
    ReasonCode.GRADES_BEHIND: _grades_behind,
    ReasonCode.SAME_GRADE: _same_grade,
    ReasonCode.BEEN_THERE: careers.been_there,
    ReasonCode.STOOD_THERE: careers.stood_there,
    ReasonCode.LONG_IN_FUNCTION: careers.long_in_function,
    ReasonCode.SHARED_HOURS: _shared_hours,
    ReasonCode.FEW_SHARED_HOURS: _few_shared_hours,
    ReasonCode.HOURS_APART: _hours_apart,
    ReasonCode.SAME_CITY: _same_city,
    ReasonCode.PAST_SESSIONS: _past_sessions,
    ReasonCode.FIRST_TIME: _first_time,
    ReasonCode.CROWDED: careers.crowded,
    ReasonCode.OTHER_DEPARTMENT: _other_department,
    ReasonCode.SAME_DEPARTMENT: _same_department,
    ReasonCode.SEVERAL_FUNCTIONS: careers.several_functions,
    ReasonCode.NAMED_BY_BOTH: _named_by_both,
    ReasonCode.NAMED_BY_MENTEE: _named_by_mentee,
    ReasonCode.NAMED_BY_MENTOR: _named_by_mentor,
    ReasonCode.DEPARTMENT_AS_ASKED: _department_as_asked,
    ReasonCode.DEPARTMENT_NOT_AS_ASKED: _department_not_as_asked,
    ReasonCode.NOTHING_ASKED: _nothing_asked,
    ReasonCode.ANSWERS: _answers,
    ReasonCode.USUAL_ANSWERS: _usual_answers,
    ReasonCode.SLOW_ANSWERS: _slow_answers,
    ReasonCode.SHARED_LANGUAGES: _shared_languages,
    ReasonCode.NO_SHARED_LANGUAGE: _no_shared_language,
    ReasonCode.LIKE_MINDED: _like_minded,
    ReasonCode.NOT_KNOWN: _not_known,
}


def _years_in_role(told: Telling) -> str:
    years = round(told.number("years"))
    return ngettext("one year in this role", "{count} years in this role", years).format(count=years) if years else ""


def _stage_detail(told: Telling) -> str:
    years = round(told.number("years"))
    stage = told.words("life_stage")
    here = ngettext("one year in the organisation", "{count} years in the organisation", years).format(count=years)
    same = _("both at the stage {stage}").format(stage=stage[0]) if stage else ""
    return joined(here if years else "", same, careers.in_function(told), careers.talent(told))


def _in_city(told: Telling) -> str:
    return _("both in {city}").format(city=told.params["city"]) if told.params.get("city") else ""


def _weekdays(told: Telling) -> str:
    names = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]
    days = [names[int(day) - 1] for day in told.words("days")]
    return listed(days)
