"""What a good match is in a programme, as its manager reads it: in force, before, and tried on its own people."""

import asyncio
from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel.actor import Actor, require
from server.kernel.errors import NotFound
from server.kernel.text import gettext as _
from server.matches.queries import pairs_kept, reviewable_matches
from server.matches.states import MatchState
from server.matchmaking.engine import Category, RuleSet, Weights
from server.matchmaking.engine.learning.model import LEVELLED
from server.matchmaking.engine.score import Stage
from server.matchmaking.engine.wording import GOOD_FIT
from server.matchmaking.gather import rules_of, weights_of
from server.matchmaking.learned.queries import outlook_for
from server.matchmaking.models import WeightsVersion
from server.matchmaking.stored import factors_in
from server.matchmaking.weighing.sampling import Sample, sample
from server.matchmaking.weighing.settings import SWITCHED, Settings, as_weights, checked, settings_of
from server.matchmaking.weighing.trying import Trial, compare
from server.people.models import Person
from server.people.queries import people_by_ids
from server.programs import queries as programs
from server.programs.models import Cohort, Program
from server.programs.rules import can_edit_program, circle_size

SAMPLED = 120
"""People whom a preview is run on: two runs of the engine and an answer well within 2 s (design.md 4.4)."""
PAST_READ = 1_000
"""The latest past pairs that are read for a preview."""
ENOUGH_PAST = 8
"""Of fewer past pairs no share is told: one pair would move it by more than 10 points."""
FACTORY = 0
"""The number that stands for the factory setting of the type, which is no version of its own."""
SAID_NO = (MatchState.DECLINED, MatchState.EXPIRED)


@dataclass(frozen=True)
class Past:
    """How many past pairs that weights call a good fit there were, and how many of them said yes."""

    good: int
    yes: int

    @property
    def share(self) -> float | None:
        """The share (0 to 1) that said yes; None for too few."""
        return self.yes / self.good if self.good >= ENOUGH_PAST else None


@dataclass(frozen=True)
class Preview:
    """Settings tried on people of a group beside what is in force. Without a group, or people, `trial` is None.

    `standing` pairs of the group are open or locked, and count against its limit.
    """

    cohort: Cohort | None
    sample: Sample | None
    trial: Trial | None
    now: Past
    was: Past
    standing: int = 0


@dataclass(frozen=True)
class Version:
    """One version with who set it; `by` is None for a machine, for somebody who is gone, and for before."""

    row: WeightsVersion
    by: Person | None


async def weighed_program(actor: Actor, program_id: UUID) -> Program:
    """A programme whose weights the actor may set.

    Raises:
        NotFound: the actor runs no such programme.
        Refused: the actor reads it, but may not change it.
    """
    program = next((one for one in await programs.managed_programs(actor) if one.id == program_id), None)
    if program is None:
        raise NotFound
    require(can_edit_program(actor, program.id), _("change this programme"))
    return program


async def stages_learned(actor: Actor, program: Program) -> dict[Stage, bool]:
    """The stages that go by what past pairs of the programme's type taught: whether a model says who does well
    together, or only how often pairs work was learned, so that the weights alone say who fits."""
    models = (await outlook_for(actor, program)).models
    return {stage: model.scorer.kind != LEVELLED for stage, model in models.items()}


async def versions(actor: Actor, program: Program, limit: int = 20) -> list[Version]:
    """What the weights of a programme were, the newest first."""
    rows = await _kept(actor, program).order_by("-number").limit(limit)
    people = await people_by_ids(actor, [found for row in rows if (found := _person(row.set_by))])
    return [Version(row, people.get(_person(row.set_by) or row.id)) for row in rows]


async def settings_at(actor: Actor, program: Program, number: int) -> Settings:
    """What a version said, or the factory setting, over the rules that no version holds.

    Raises:
        NotFound: no such version.
    """
    if number == FACTORY:
        return _as_said(program, {}, {})
    row = await _kept(actor, program).filter(number=number).first()
    if row is None:
        raise NotFound
    return _as_said(program, row.weights, row.rules)


async def said_by(actor: Actor, program: Program, settings: Settings) -> int | None:
    """The latest version that said the same as settings that were checked; 0: the factory setting does; None: none."""
    if settings == _as_said(program, {}, {}):
        return FACTORY
    rows = await _kept(actor, program).order_by("-number")
    return next((row.number for row in rows if settings == _as_said(program, row.weights, row.rules)), None)


def _kept(actor: Actor, program: Program) -> QuerySet[WeightsVersion]:
    return WeightsVersion.filter(organization_id=actor.organization_id, program_id=program.id)


def _as_said(program: Program, weights: Mapping[str, float], rules: Mapping[str, Any]) -> Settings:
    """A programme's settings with the weights and rules of a version: these (how peers are drawn, how large circles
    are, where it leads) no version holds, and they stay as they are today."""
    then = copy(program)
    elsewhere = {name: value for name, value in program.rules.items() if name not in SWITCHED}
    own = {name: value for name, value in rules.items() if name in SWITCHED}
    then.weights, then.rules = {**weights}, {**elsewhere, **own}
    return settings_of(then)


async def preview(actor: Actor, program: Program, settings: Settings) -> Preview:
    """What settings would come to, computed now on a few people of the newest open group, by what was learned as a run
    would. Nothing is stored.

    Raises:
        Invalid: something in the settings cannot be, by its field.
    """
    kind = program.type
    wanted = checked(settings, kind)
    new, old = as_weights(wanted, kind, "preview"), weights_of(program)
    cohort = await _newest(actor, program)
    now, was = await accepted(actor, program, new, old)
    if cohort is None:
        return Preview(None, None, None, now, was)
    found = await sample(actor, cohort, SAMPLED)
    pool, standing = found.gathered.pool, found.gathered.standing
    trial = await asyncio.to_thread(
        compare, pool, standing, kind, (_for(found, wanted.rules), new), (_for(found, rules_of(program)), old),
        await outlook_for(actor, program), circle_size(program.rules),
    ) if pool.participants else None
    return Preview(cohort, found, trial, now, was, await pairs_kept(actor, cohort.id))


def _for(few: Sample, rules: RuleSet) -> RuleSet:
    """The rules as they are for a few of a group's people: its limit of pairs by their share."""
    if rules.max_pairs is None or not few.of:
        return rules
    return replace(rules, max_pairs=round(rules.max_pairs * len(few.rows) / few.of))


async def accepted(actor: Actor, program: Program, *weights: Weights) -> list[Past]:
    """The past pairs of a programme that each of some weights calls a good fit, by the nine fits stored with them.

    A pair said yes when it began, and no when one of them declined or let it pass. Pairs that still wait, and those
    that somebody made by hand, tell nothing.
    """
    past = reviewable_matches(actor).filter(program_id=program.id).order_by("-created_at", "-id").limit(PAST_READ)
    answered = [
        (active_at is not None, factors)
        for active_at, state, told in await past.values_list("active_at", "state", "explanation")
        if (active_at is not None or state in SAID_NO) and (factors := factors_in(told))
    ]
    good = [[yes for yes, factors in answered if _fit(factors, one) >= GOOD_FIT] for one in weights]
    return [Past(len(those), sum(those)) for those in good]


def _fit(factors: Mapping[Category, float], weights: Weights) -> float:
    """The fit (0 to 100) that nine stored fits have by weights."""
    return sum(weights.shares[name] * fit for name, fit in factors.items())


async def _newest(actor: Actor, program: Program) -> Cohort | None:
    """The newest group that is open, else the newest one."""
    found = await programs.current_cohort(actor, program.id)
    return found or next(iter(await programs.cohorts_of(actor, [program.id])), None)


def _person(set_by: str) -> UUID | None:
    try:
        return UUID(set_by)
    except ValueError:
        return None
