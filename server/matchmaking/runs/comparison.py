"""Two runs of one cohort side by side: whose mentor changed, and why. Pure: stored values in, changes out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from server.matchmaking.engine import Category, WaitCode

SAME_FIT = 0.5
"""Fits (0 to 100) nearer than half a point are shown as one number and count as one."""


class Why(StrEnum):
    """Why somebody's mentor is another one in the later run."""

    JOINED = "JOINED"
    LEFT = "LEFT"
    MENTOR_LEFT = "MENTOR_LEFT"
    MENTOR_JOINED = "MENTOR_JOINED"
    FIT_FELL = "FIT_FELL"
    FIT_ROSE = "FIT_ROSE"
    AS_GOOD = "AS_GOOD"
    GIVEN_UP = "GIVEN_UP"
    NO_LONGER_LISTED = "NO_LONGER_LISTED"
    PLACE_FREED = "PLACE_FREED"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A pair that a run made; `fit` 0 to 100."""

    mentor: UUID
    fit: float


@dataclass(frozen=True, slots=True)
class Side:
    """What is known of one run: its pairs by mentee, the fits of its stored candidates, and who was in it."""

    pairs: Mapping[UUID, tuple[Chosen, ...]]
    fits: Mapping[tuple[UUID, UUID], float]
    mentors: frozenset[UUID]
    waiting: Mapping[UUID, WaitCode]

    @property
    def mentees(self) -> set[UUID]:
        """Everybody who was to be matched."""
        return set(self.pairs) | set(self.waiting)


@dataclass(frozen=True, slots=True)
class Change:
    """One mentee's mentors in both runs. `fit_then` and `fit_now` are those of the earlier pair in each run where
    both are known; `taken_by` has the earlier mentor's place now."""

    mentee: UUID
    before: tuple[Chosen, ...]
    after: tuple[Chosen, ...]
    why: Why
    fit_then: float | None = None
    fit_now: float | None = None
    taken_by: UUID | None = None
    waits: WaitCode | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What two runs were given: every difference; shares are 0 to 1. `learned` names what each expected pairs by, where
    both kept it."""

    weights: tuple[tuple[Category, float, float], ...]
    rules: tuple[str, ...]
    engine: tuple[str, str] | None
    seed: tuple[int, int] | None
    same_people: bool
    learned: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from the earlier run to the later one; `same` counts the mentees whose mentors stayed."""

    settings: Settings
    same: int
    changes: tuple[Change, ...]


def compare(earlier: Side, later: Side, settings: Settings) -> Comparison:
    """Every mentee of either run whose mentors differ, in a fixed order."""
    everybody = sorted(earlier.mentees | later.mentees)
    moved = [one for one in everybody if _mentors(earlier, one) != _mentors(later, one) or _came_or_went(
        earlier, later, one)]
    changes = tuple(_change(earlier, later, one) for one in moved)
    return Comparison(settings, sum(one in later.pairs for one in everybody if one not in set(moved)), changes)


def settings_between(earlier: Mapping[str, Any], later: Mapping[str, Any]) -> Settings:
    """What two runs were given differently. Each maps the names of MatchRun's columns to their values, and `learned` to
    what it went by (None: not kept)."""
    shares = [{Category(name): float(share) for name, share in one["weights"].items()} for one in (earlier, later)]
    weights = [(name, shares[0].get(name, 0.0), shares[1].get(name, 0.0)) for name in Category]
    rules = {*earlier["rules"], *later["rules"]}
    return Settings(
        weights=tuple(one for one in weights if abs(one[1] - one[2]) > 1e-9),
        rules=tuple(sorted(name for name in rules if earlier["rules"].get(name) != later["rules"].get(name))),
        engine=_differing(earlier, later, "engine_version"), seed=_differing(earlier, later, "seed"),
        same_people=earlier["pool_digest"] == later["pool_digest"],
        learned=_differing(earlier, later, "learned") if earlier["learned"] and later["learned"] else None,
    )


def _differing(earlier: Mapping[str, Any], later: Mapping[str, Any], name: str) -> Any:
    return None if earlier[name] == later[name] else (earlier[name], later[name])


def _came_or_went(earlier: Side, later: Side, mentee: UUID) -> bool:
    return (mentee in earlier.mentees) != (mentee in later.mentees)


def _mentors(side: Side, mentee: UUID) -> set[UUID]:
    return {one.mentor for one in side.pairs.get(mentee, ())}


def _change(earlier: Side, later: Side, mentee: UUID) -> Change:
    before, after = earlier.pairs.get(mentee, ()), later.pairs.get(mentee, ())
    lost = [one for one in before if one.mentor not in _mentors(later, mentee)]
    then = lost[0].fit if lost else None
    now = later.fits.get((lost[0].mentor, mentee)) if lost else None
    heirs = sorted(_holders(later, lost[0].mentor) - _holders(earlier, lost[0].mentor)) if lost else []
    why = _why(earlier, later, mentee, lost)
    return Change(
        mentee, before, after, why, fit_then=then, fit_now=now,
        taken_by=next(iter(heirs), None) if why is Why.GIVEN_UP else None, waits=later.waiting.get(mentee),
    )


def _why(earlier: Side, later: Side, mentee: UUID, lost: list[Chosen]) -> Why:
    """The first that holds, from what nobody could help to what the run itself weighed."""
    newcomers = _mentors(later, mentee) - earlier.mentors
    fit = later.fits.get((lost[0].mentor, mentee)) if lost else None
    found = {
        Why.JOINED: mentee not in earlier.mentees,
        Why.LEFT: mentee not in later.mentees,
        Why.MENTOR_LEFT: bool(lost) and lost[0].mentor not in later.mentors,
        Why.NO_LONGER_LISTED: bool(lost) and fit is None,
        Why.FIT_FELL: fit is not None and fit < lost[0].fit - SAME_FIT,
        Why.MENTOR_JOINED: bool(newcomers),
        Why.PLACE_FREED: not lost,
        Why.FIT_ROSE: _rose(earlier, later, mentee),
        Why.AS_GOOD: bool(lost) and _best(later, mentee) > lost[0].fit - SAME_FIT,
    }
    return next((why for why, holds in found.items() if holds), Why.GIVEN_UP)


def _rose(earlier: Side, later: Side, mentee: UUID) -> bool:
    """Whether the new mentor fits better than the same two did in the earlier run."""
    past = [(earlier.fits.get((one.mentor, mentee)), one.fit) for one in later.pairs.get(mentee, ())]
    return any(then is not None and now > then + SAME_FIT for then, now in past)


def _best(side: Side, mentee: UUID) -> float:
    return max((one.fit for one in side.pairs.get(mentee, ())), default=0.0)


def _holders(side: Side, mentor: UUID) -> set[UUID]:
    return {mentee for mentee, pairs in side.pairs.items() if mentor in {one.mentor for one in pairs}}


def side_of(
    stored: Iterable[tuple[UUID, UUID, float, bool]], mentors: Iterable[str], waitlist: Iterable[Mapping[str, Any]]
) -> Side:
    """One run from its suggestions (mentor, mentee, fit, chosen) and from what its record says of people."""
    pairs: dict[UUID, list[Chosen]] = {}
    fits: dict[tuple[UUID, UUID], float] = {}
    for mentor, mentee, fit, chosen in stored:
        fits[mentor, mentee] = fit
        if chosen:
            pairs.setdefault(mentee, []).append(Chosen(mentor, fit))
    return Side(
        {mentee: tuple(sorted(made, key=lambda one: one.mentor)) for mentee, made in pairs.items()}, fits,
        frozenset(map(UUID, mentors)), {UUID(one["enrollment_id"]): WaitCode(one["code"]) for one in waitlist},
    )
