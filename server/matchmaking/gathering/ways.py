"""How people like to work and from where they would like the other, as the engine takes it."""

from server.matchmaking.engine.pool import DepartmentWish
from server.people import states
from server.people.models import Profile

WISHES: dict[states.DepartmentWish, DepartmentWish] = {
    states.DepartmentWish.ANY: "any", states.DepartmentWish.SAME: "same", states.DepartmentWish.DIFFERENT: "different",
}


def style_of(profile: Profile | None) -> tuple[float | None, ...] | None:
    """One answer for each question, 0 and 1 for its two ways; None for who answered none."""
    chosen = profile.styles if profile else []
    answers = tuple(0.0 if one in chosen else 1.0 if other in chosen else None for one, other in states.STYLES)
    return answers if any(answer is not None for answer in answers) else None


def department_wish(profile: Profile | None) -> DepartmentWish:
    """From where they would like the other to come."""
    return WISHES[profile.pref_department] if profile else "any"
