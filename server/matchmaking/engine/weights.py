"""How much each of nine categories counts in each type of programme, and what each type looks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from server.programs.states import ProgramType

WEIGHTS_VERSION = "2026.11"


class Category(StrEnum):
    """The nine parts of a fit."""

    GOALS = "GOALS"
    EXPERTISE = "EXPERTISE"
    STAGE = "STAGE"
    AVAILABILITY = "AVAILABILITY"
    HISTORY = "HISTORY"
    ORGANISATION = "ORGANISATION"
    PREFERENCE = "PREFERENCE"
    BEHAVIOUR = "BEHAVIOUR"
    STYLE = "STYLE"


CATEGORIES = tuple(Category)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a type of programme looks for.

    `ideal_gap` and `gap_width` are grades (mentor minus mentee); `experience` is 1 when the mentor should have been
    here longer, -1 when the mentee should, 0 when both should be as far in
    their roles; `fresh` prefers another department.
    """

    ideal_gap: float
    gap_width: float = 2.0
    experience: int = 1
    fresh: bool = True


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights of one programme: every category, none below 0, together 1. `version` is written into each run."""

    shares: Mapping[Category, float]
    shape: Shape
    version: str = WEIGHTS_VERSION

    def __post_init__(self) -> None:
        """Check the weights.

        Raises:
            ValueError: a category is missing, a weight is below 0, or they do not add up to 1.
        """
        if missing := set(CATEGORIES) - set(self.shares):
            raise ValueError(f"No weight for {', '.join(sorted(missing))}")
        if below := [name for name, share in self.shares.items() if not share >= 0]:
            raise ValueError(f"The weight of {', '.join(below)} is below 0")
        if abs(sum(self.shares.values()) - 1) > 1e-6:
            raise ValueError(f"The weights add up to {sum(self.shares.values()):.4f}, not to 1")

    @property
    def vector(self) -> tuple[float, ...]:
        """The weights in the order of CATEGORIES."""
        return tuple(self.shares[name] for name in CATEGORIES)


def weights_for(kind: ProgramType) -> Weights:
    """The factory setting of a programme type.

    Source: shared values and goals carry most of the evidence on relationship quality, surface likeness little
    (Eby et al. 2013; Tuma and Dolan); the numbers are a starting point that a programme changes and outcomes correct.
    """
    percents, shape = _FACTORY[kind]
    shares = {name: percent / 100 for name, percent in zip(CATEGORIES, percents, strict=True)}
    return Weights(MappingProxyType(shares), shape)


def rescaled(amounts: Mapping[Category, float], kind: ProgramType, version: str) -> Weights:
    """A programme's own amounts, on any scale, as weights that add up to 1; what is not named counts 0.

    Raises:
        ValueError: an amount is below 0, all are 0, or the type has no pairs.
    """
    total = sum(amounts.values())
    if not total > 0:
        raise ValueError("At least one weight must be above 0")
    shares = {name: amounts.get(name, 0.0) / total for name in CATEGORIES}
    return Weights(MappingProxyType(shares), weights_for(kind).shape, version)


def hundred(amounts: Mapping[Category, float]) -> dict[Category, int]:
    """Amounts on any scale as whole percents of all nine that add up to 100, each as near to its share as can be.

    What is left by rounding down goes to the largest rests, on a tie in the order of CATEGORIES.

    Raises:
        ValueError: an amount is below 0, or all are 0.
    """
    total = sum(amounts.values())
    if not total > 0 or min(amounts.values()) < 0:
        raise ValueError("At least one weight must be above 0, and none below")
    exact = {name: 100 * amounts.get(name, 0) / total for name in CATEGORIES}
    whole = {name: int(share) for name, share in exact.items()}
    rests = sorted(CATEGORIES, key=lambda name: whole[name] - exact[name])
    for name in rests[: 100 - sum(whole.values())]:
        whole[name] += 1
    return whole


_FACTORY: Mapping[ProgramType, tuple[tuple[int, ...], Shape]] = {
    #                           goals expertise stage availability history organisation preference behaviour style
    ProgramType.ONE_TO_ONE: ((28, 14, 12, 14, 6, 8, 8, 5, 5), Shape(ideal_gap=2)),
    ProgramType.REVERSE: ((30, 10, 16, 14, 5, 10, 6, 4, 5), Shape(ideal_gap=-2, experience=-1)),
    ProgramType.ONBOARDING: ((12, 14, 14, 20, 8, 16, 4, 7, 5), Shape(ideal_gap=1, fresh=False)),
    ProgramType.PEER: ((20, 16, 18, 14, 4, 8, 8, 5, 7), Shape(ideal_gap=0, gap_width=1.5, experience=0)),
    ProgramType.CIRCLE: ((30, 18, 8, 8, 4, 12, 6, 5, 9), Shape(ideal_gap=0, gap_width=3, experience=0)),
    ProgramType.FLASH: ((40, 18, 4, 20, 5, 2, 4, 5, 2), Shape(ideal_gap=2, gap_width=3)),
    ProgramType.HIGH_POTENTIAL: ((26, 12, 18, 10, 8, 10, 6, 5, 5), Shape(ideal_gap=3)),
    ProgramType.CROSS_COMPANY: ((28, 14, 12, 14, 5, 8, 6, 6, 7), Shape(ideal_gap=2)),
}
