"""What two people's ways have in common: the questions that scores and reasons ask alike."""

from collections.abc import Iterable

from server.language.tags import key
from server.matchmaking.engine.pool import Background, Course, Participant

FREE_OF_CROWD, CROWD = 2, 5
"""Two partners from one department or team cost nothing; from the fifth on the next of them counts as little as can
be. Our own choice, as every worth in `terms`: nothing is known yet of what is best."""
SEVERAL = 3
"""From so many functions on, more of them add nothing."""


def stood_where(mentee: Background, mentor: Background) -> str | None:
    """The function the mentee works in, where the mentor worked in it before going elsewhere."""
    return mentee.function if mentee.function in mentor.functions and mentee.function != mentor.function else None


def been_where(mentee: Background, mentor: Background) -> list[str]:
    """The functions of the mentee's goal that the mentor knows from within."""
    return [name for name in mentee.aims if name in known_functions(mentor)]


def known_functions(one: Background) -> tuple[str, ...]:
    """The functions that somebody works or worked in, today's first."""
    return tuple(dict.fromkeys(filter(None, (one.function, *one.functions))))


def crowding(count: int) -> float:
    """How crowded it is (0 to 1) around a mentor with so many partners from one place."""
    return min(max(count - FREE_OF_CROWD, 0), CROWD - FREE_OF_CROWD) / (CROWD - FREE_OF_CROWD)


def partners_alike(mentee: Participant, mentor: Participant) -> tuple[int, int]:
    """How many partners of the mentor were from the mentee's department, and from their team."""
    from_there, of_team = dict(mentor.background.partners_in), dict(mentor.background.partners_of)
    return from_there.get(mentee.department or "", 0), of_team.get(mentee.team or mentee.manager or "", 0)


def course_of(skill: str, one: Participant) -> Course | None:
    """The course in which somebody came to a competency that they neither chose nor wrote of."""
    told = {key(name) for name in (*one.skill_tags, *one.skill_meant)}
    if key(skill) in told:
        return None
    held = (course for course in one.background.courses if key(skill) in map(key, course.skills))
    return next(held, None)


def in_branch(mentee: Participant, mentor: Participant) -> list[str]:
    """What stands beside the mentee's wishes in the framework and the mentor offers."""
    return _offered(mentee.background.branch, mentor)


def for_role(mentee: Participant, mentor: Participant) -> list[str]:
    """What the mentee lacks for the target role and the mentor offers."""
    return _offered(mentee.background.lacks, mentor)


def _offered(names: Iterable[str], mentor: Participant) -> list[str]:
    offered = {key(tag) for tag in (*mentor.skill_tags, *mentor.skills_seen)}
    return [name for name in names if key(name) in offered]
