"""Words for what people's ways add to a fit: courses, functions, years in them, and whom a mentor met before."""

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine.words.telling import Reader, Telling, joined, listed


def goal_course(told: Telling) -> tuple[str, str]:
    """A wish of the mentee that the mentor learned in a course."""
    title = told.pick(
        mentee=_("{mentor} has completed a course on your goal"),
        mentor=_("You have completed a course on {mentee}'s goal"),
        manager=_("{mentor} has completed a course on {mentee}'s goal"),
    )
    return title, _course(told)


def goal_role(told: Telling) -> tuple[str, str]:
    """What the target role of the programme asks for and the mentee lacks."""
    title = told.pick(
        mentee=_("{mentor} offers what this programme leads to"),
        mentor=_("You offer what this programme leads {mentee} to"),
        manager=_("{mentor} offers what the target role asks for"),
    )
    return title, listed(told.words("tags"))


def goal_branch(told: Telling) -> tuple[str, str]:
    """What stands beside a wish in the framework."""
    title = told.pick(
        mentee=_("{mentor} offers what belongs with your goal"),
        mentor=_("You offer what belongs with {mentee}'s goal"),
        manager=_("{mentor} offers what belongs with {mentee}'s goal"),
    )
    return title, listed(told.words("tags"))


def skills_course(told: Telling) -> tuple[str, str]:
    """A skill in common that one of them learned in a course."""
    if told.params.get("of_mentor"):
        title = told.pick(
            mentee=_("{mentor} has completed a course in your field"),
            mentor=_("You have completed a course in {mentee}'s field"),
            manager=_("{mentor} has completed a course in {mentee}'s field"),
        )
    else:
        title = told.pick(
            mentee=_("You have completed a course in {mentor}'s field"),
            mentor=_("{mentee} has completed a course in your field"),
            manager=_("{mentee} has completed a course in {mentor}'s field"),
        )
    return title, _course(told)


def been_there(told: Telling) -> tuple[str, str]:
    """Functions of the mentee's goal that the mentor knows from within."""
    title = told.pick(
        mentee=_("{mentor} has worked where your goal leads"),
        mentor=_("You have worked where {mentee}'s goal leads"),
        manager=_("{mentor} has worked where {mentee}'s goal leads"),
    )
    return title, joined(listed(told.words("functions")), talent(told))


def stood_there(told: Telling) -> tuple[str, str]:
    """The function of the mentee, in which the mentor worked before."""
    title = told.pick(
        mentee=_("{mentor} once stood where you are"),
        mentor=_("You once stood where {mentee} is"),
        manager=_("{mentor} once stood where {mentee} is"),
    )
    return title, joined(listed(told.words("functions")), talent(told))


def long_in_function(told: Telling) -> tuple[str, str]:
    """Years in a function, where levels are not known."""
    years = round(told.number("years"))
    return _("Experience to draw on"), joined(_years_in(years, listed(told.words("functions"))), talent(told))


def several_functions(told: Telling) -> tuple[str, str]:
    """A mentor who knows several functions."""
    title = told.pick(
        mentee=_("{mentor} knows several functions from within"),
        mentor=_("You know several functions from within"),
        manager=_("{mentor} knows several functions from within"),
    )
    return title, listed(told.words("functions"))


def crowded(told: Telling) -> tuple[str, str]:
    """A mentor who met many from the mentee's place; how many is told to whoever runs the programme alone."""
    if told.params.get("of_team"):
        title = told.pick(
            mentee=_("{mentor} has been a mentor of others in your team"),
            mentor=_("You have been a mentor of others in {mentee}'s team"),
            manager=_("{mentor} has been a mentor of many in {mentee}'s team"),
        )
    else:
        title = told.pick(
            mentee=_("{mentor} has been a mentor of others in your department"),
            mentor=_("You have been a mentor of others in {mentee}'s department"),
            manager=_("{mentor} has been a mentor of many in {mentee}'s department"),
        )
    count = int(told.number("count"))
    met = ngettext("{count} person so far", "{count} people so far", count).format(count=count)
    return title, met if told.reader is Reader.MANAGER else ""


def knows(told: Telling) -> str:
    """The functions that a mentor knows, as a detail."""
    functions = told.words("functions")
    return _("knows {functions} from within").format(functions=listed(functions)) if functions else ""


def in_function(told: Telling) -> str:
    """Years in a function, as a detail."""
    return _years_in(round(told.number("function_years")), listed(told.words("function")))


def talent(told: Telling) -> str:
    """That talent data counted, with consent: said to whoever runs the programme alone, and never what they say."""
    counted = told.reader is Reader.MANAGER and bool(told.params.get("talent"))
    return _("the employer's rating counted, as both agreed") if counted else ""


def _years_in(years: int, function: str) -> str:
    if not years or not function:
        return ""
    words = ngettext("{count} year in {function}", "{count} years in {function}", years)
    return words.format(count=years, function=function)


def _course(told: Telling) -> str:
    course = _("“{course}”").format(course=told.params["course"])
    return joined(listed(told.words("tags")), course)
