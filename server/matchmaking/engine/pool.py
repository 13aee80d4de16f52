"""What the engine is told: people, past pairs, and decisions already taken. Plain values, no tables."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from server.matchmaking.engine.weights import Category
from server.programs.states import ParticipantRole

HALF_HOURS_A_WEEK = 336
SIDES = (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
DepartmentWish = Literal["any", "same", "different"]


@dataclass(frozen=True, slots=True)
class Course:
    """A course that somebody completed, and the competencies it teaches, in the framework's words."""

    title: str
    skills: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Background:
    """Somebody's way so far, as far as it is known. What is empty or None is not known, and costs nobody anything.

    `function` is the job family somebody works in, for at least `function_years`; `functions` are those before it, the
    latest first; `aims` are functions their goal names. `branch` are competencies that stand beside those they want in
    the framework; `lacks` is what the target role of the programme asks for and they neither offer nor want by
    name. `partners_in` and `partners_of` count whom a mentor was paired with, by department and by team.
    `rating` (0 to 1) is the employer's judgement, there with the person's consent alone: it is in no reason.
    """

    courses: tuple[Course, ...] = ()
    function: str | None = None
    function_years: float | None = None
    functions: tuple[str, ...] = ()
    aims: tuple[str, ...] = ()
    branch: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    partners_in: tuple[tuple[str, int], ...] = ()
    partners_of: tuple[tuple[str, int], ...] = ()
    rating: float | None = field(default=None, repr=False)


NO_BACKGROUND = Background()


@dataclass(frozen=True, slots=True)
class Participant:
    """One person in one role. A field that is None is not known: it counts as neutral, never against the person.

    Units: years in years, `utc_offset_min` in minutes, rates and style answers 0 to 1, `availability` as one bit for
    each half hour of a UTC week (bit 0 is Monday 00:00, see `week_mask`), `enrolled_on` as an ISO date.
    `id` is unique within a role; `person` says who it is when one person holds both roles or has another id
    elsewhere (managers, avoids, prefers and history name persons); without it the id is the person.
    An empty tuple of languages, or an availability of 0, says "none", which a hard rule may hold against a pair.
    Vectors come from `server.language.vectors.embed`; `with_vectors` in columns.py fills in the missing ones.
    `goal_meant` and `skill_meant` are competencies that were read out of the texts, in the framework's words; they
    count for less than tags the person chose, and are never among them.
    `missed` are the parts that were missing in people they turned down, once for each time they said so.
    `style` has one answer for each question about how they like to work, None where they gave none; in the product
    the questions are those of `server.people.states.STYLES`, and 0 and 1 are the two ways of each.
    `audit_group` is carried for the fairness audit and is never scored.
    """

    id: str
    role: ParticipantRole
    person: str | None = None
    capacity: int = 1
    company: str | None = None
    business_unit: str | None = None
    department: str | None = None
    team: str | None = None
    manager: str | None = None
    grade: int | None = None
    tenure_years: float | None = None
    role_years: float | None = None
    city: str | None = None
    utc_offset_min: int | None = None
    languages: tuple[str, ...] | None = None
    availability: int | None = None
    goal_tags: tuple[str, ...] = ()
    goal_text: str | None = None
    goal_meant: tuple[str, ...] = ()
    goal_vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    skill_tags: tuple[str, ...] = ()
    skill_text: str | None = None
    skill_meant: tuple[str, ...] = ()
    skill_vector: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)
    life_stage: str | None = None
    pref_department: DepartmentWish = "any"
    prefers: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    missed: tuple[Category, ...] = ()
    style: tuple[float | None, ...] | None = None
    response_rate: float | None = None
    noshow_rate: float | None = None
    sessions_prior: int | None = None
    enrolled_on: str | None = None
    waited_cycles: int = 0
    background: Background = field(default=NO_BACKGROUND, repr=False)
    audit_group: str | None = None

    @property
    def who(self) -> str:
        """The person behind this participant."""
        return self.person or self.id

    @property
    def skills_taught(self) -> tuple[str, ...]:
        """Competencies of the courses they completed."""
        return tuple(skill for course in self.background.courses for skill in course.skills)

    @property
    def skills_seen(self) -> tuple[str, ...]:
        """Competencies they did not choose: read out of their texts, or taught in a course they completed."""
        return (*self.skill_meant, *self.skills_taught)


@dataclass(frozen=True, slots=True)
class PastPair:
    """Two persons who were paired before, how long ago in months (None: not known), and what came of it.

    `cycle` names the round of matching they belonged to; names are put in order by the numbers in them, and no name
    stands before all others. `again` says that they may be paired anew all the same: only what came of it counts.
    `by_manager` says that a person and not the engine chose them: nothing is learned from
    such a choice, since it was made for reasons that nobody wrote down.
    """

    mentor: str
    mentee: str
    months_ago: float | None = None
    accepted: bool | None = None
    sessions_held: int | None = None
    satisfaction: float | None = None
    goals_achieved: float | None = None
    cycle: str | None = None
    by_manager: bool = False
    again: bool = False


@dataclass(frozen=True, slots=True)
class Pool:
    """Everybody to be matched and what is known about them.

    `managers` names the manager of any person, also of those outside the pool, so that a reporting line is seen
    through people who do not take part. `conflicts` are pairs of persons with a conflict of interest.
    """

    participants: tuple[Participant, ...]
    managers: Mapping[str, str] = field(default_factory=dict)
    history: tuple[PastPair, ...] = ()
    conflicts: frozenset[tuple[str, str]] = frozenset()

    def __post_init__(self) -> None:
        """Refuse two participants with one id in one role, other roles than mentor and mentee, and less than 0 places.

        Raises:
            ValueError: naming the participant.
        """
        for one in self.participants:
            if one.role not in SIDES:
                raise ValueError(f"{one.id}: the engine pairs mentors with mentees, not {one.role}")
            if one.capacity < 0:
                raise ValueError(f"{one.id}: capacity is below 0")
        for role in SIDES:
            ids = [one.id for one in self.participants if one.role is role]
            if len(set(ids)) < len(ids):
                raise ValueError(f"{Counter(ids).most_common(1)[0][0]} is in the pool twice as {role}")


@dataclass(frozen=True, slots=True)
class Standing:
    """Decisions the run must respect, as (mentor id, mentee id).

    `pins` and `current` pairs are kept and take their places; `bans` are never made, and win over both.
    With `keep_bonus` (0 to 1, in units of fit / 100) current pairs are not frozen: they may move, but only for
    more than that.
    """

    pins: frozenset[tuple[str, str]] = frozenset()
    bans: frozenset[tuple[str, str]] = frozenset()
    current: frozenset[tuple[str, str]] = frozenset()
    keep_bonus: float | None = None


def week_mask(spans: Iterable[tuple[int, int]]) -> int:
    """The availability of spans of a UTC week as (first half hour, half hours); a span may run over Sunday night."""
    mask = 0
    for start, length in spans:
        for slot in range(start, start + length):
            mask |= 1 << (slot % HALF_HOURS_A_WEEK)
    return mask


def digest_of(pool: Pool, standing: Standing, met: Iterable[PastPair]) -> str:
    """A hash of everything that the result for a pool follows from: the people, who stands above them, who met, and who
    is kept apart. How long ago two met is left out, since it is longer at every look."""
    lines = sorted(repr(one) + _way(one.background) for one in pool.participants)
    lines += [f"{one}<{boss}" for one, boss in sorted(_above(pool).items())]
    lines += sorted(f"{one.mentor}+{one.mentee}" for one in met)
    lines += sorted(map(str, standing.bans | pool.conflicts))
    return sha256("\n".join(lines).encode()).hexdigest()


def _way(known: Background) -> str:
    """What a digest holds of somebody's way; nothing where nothing is known."""
    return "" if known == NO_BACKGROUND else repr((known, known.rating))


def _above(pool: Pool) -> dict[str, str]:
    """The managers above the people of a pool, and nobody else's."""
    found: dict[str, str] = {}
    for one in pool.participants:
        below = one.who
        while below not in found and below in pool.managers:
            below = found.setdefault(below, pool.managers[below])
    return found
