"""What the members of a circle have in common, and the circle as one person who looks for a host."""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import and_
from statistics import fmean, median
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.language.tags import key
from server.matchmaking.engine.pool import Participant
from server.programs.states import ParticipantRole


class SharedGoal(NamedTuple):
    """A goal that several members of a circle named, and how many."""

    tag: str
    members: int


def shared_goals(people: Sequence[Participant]) -> tuple[SharedGoal, ...]:
    """Goals of two members or more, those of most members first."""
    counted = _counted(one.goal_tags for one in people)
    return tuple(goal for goal in counted if goal.members > 1)


def common_times(people: Iterable[Participant]) -> int | None:
    """Half hours of the week free for everybody who told theirs; None when nobody did."""
    told = [one.availability for one in people if one.availability is not None]
    return reduce(and_, told) if told else None


def common_languages(people: Iterable[Participant]) -> tuple[str, ...] | None:
    """Languages of everybody who told theirs, as the first of them wrote them; None when nobody did."""
    told = [one.languages for one in people if one.languages is not None]
    if not told:
        return None
    spoken = [{word.casefold() for word in words} for words in told]
    return tuple(word for word in told[0] if all(word.casefold() in words for words in spoken))


def as_one(name: str, people: Sequence[Participant]) -> Participant:
    """A circle as one mentee: wishes, skills and texts summed, hours and languages in common, the rest in between."""
    return Participant(
        id=name,
        role=ParticipantRole.MENTEE,
        company=_same(one.company for one in people),
        business_unit=_same(one.business_unit for one in people),
        department=_same(one.department for one in people),
        grade=_middle([one.grade for one in people]),
        tenure_years=_mean([one.tenure_years for one in people]),
        role_years=_mean([one.role_years for one in people]),
        city=_same(one.city for one in people),
        utc_offset_min=_middle([one.utc_offset_min for one in people]),
        languages=common_languages(people),
        availability=common_times(people),
        goal_tags=tuple(goal.tag for goal in _counted(one.goal_tags for one in people)),
        goal_vector=_summed([one.goal_vector for one in people]),
        skill_tags=tuple(goal.tag for goal in _counted(one.skill_tags for one in people)),
        skill_vector=_summed([one.skill_vector for one in people]),
        life_stage=_same(one.life_stage for one in people),
        prefers=tuple(name for name, _ in Counter(name for one in people for name in one.prefers).most_common()),
        response_rate=_mean([one.response_rate for one in people]),
        noshow_rate=_mean([one.noshow_rate for one in people]),
        waited_cycles=max(one.waited_cycles for one in people),
    )


def _counted(lists: Iterable[tuple[str, ...]]) -> list[SharedGoal]:
    """Tags with the number of people who hold them, most first; spellings that mean the same count as one."""
    words: dict[str, str] = {}
    held = Counter(name for tags in lists for name in {key(tag): words.setdefault(key(tag), tag) for tag in tags})
    del held[""]
    return [SharedGoal(words[name], count) for name, count in sorted(held.items(), key=lambda one: (-one[1], one[0]))]


def _same(words: Iterable[str | None]) -> str | None:
    found = set(words)
    return found.pop() if len(found) == 1 else None


def _mean(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return fmean(known) if known else None


def _middle(numbers: Sequence[int | None]) -> int | None:
    known = [number for number in numbers if number is not None]
    return round(median(known)) if known else None


def _summed(vectors: Sequence[NDArray[np.float32] | None]) -> NDArray[np.float32] | None:
    known = [vector.astype(np.float64) for vector in vectors if vector is not None]
    length = float(np.linalg.norm(total := np.sum(known, axis=0))) if known else 0.0
    return (total / length).astype(np.float32) if length else None
