"""Small made-up pools with every awkward case: empty sides, no places, people in both roles, circles of managers."""

import os
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st

from server.matchmaking.engine import (
    CATEGORIES,
    Participant,
    PastPair,
    Pool,
    RuleSet,
    Weights,
    rescaled,
    week_mask,
    weights_for,
)
from server.programs.states import ParticipantRole, ProgramType

CHAOS = "ITHACA_CHAOS" in os.environ
many = settings(max_examples=1000 if CHAOS else 16, deadline=None)
some = settings(max_examples=400 if CHAOS else 10, deadline=None)
"""Examples of a property: few each time the tests run, many in `make chaos`."""
WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)
FREE = RuleSet(reporting_line=False, same_team=False, repeat=False)
MORNINGS = [week_mask([(day * 48 + 16, 8)]) for day in range(5)]
TAGS = ("Python", "Coaching", "Strategy", "SQL")
BOSSES = ("p0", "p1", "p2", "p3", "outside", None)


def person(role: ParticipantRole, name: str, **facts: Any) -> Participant:
    return Participant(id=name, role=role, **facts)


def mentor(name: str, **facts: Any) -> Participant:
    return person(ParticipantRole.MENTOR, name, **facts)


def mentee(name: str, **facts: Any) -> Participant:
    return person(ParticipantRole.MENTEE, name, **facts)


@cache
def vector(seed: int) -> np.ndarray:
    raw = np.random.default_rng(seed).normal(size=256)
    return (raw / np.linalg.norm(raw)).astype(np.float32)


@st.composite
def participants(draw: st.DrawFn, most: int = 5, least: int = 0, shared: bool = True) -> tuple[Participant, ...]:
    """`least` to `most` people on each side; with `shared` ids overlap, so somebody may hold both roles.

    One draw decides everything: a draw for each fact costs more than the run it is drawn for.
    """
    dice = Random(draw(st.integers(0, 2**32)))
    bosses = {f"p{number}": dice.choice(BOSSES) for number in range(most + 2 if shared else 2 * most)}
    sides = []
    for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE):
        names = bosses if shared else [name for name in bosses if (int(name[1:]) % 2 == 0) is (role == "MENTOR")]
        for name in dice.sample(sorted(names), min(len(names), dice.randint(least, most))):
            sides.append(anybody(dice, role, name, bosses[name]))
    return tuple(dice.sample(sides, len(sides)))


def anybody(dice: Random, role: ParticipantRole, name: str, boss: str | None) -> Participant:
    """Somebody about whom anything may be known, or nothing."""
    few = dice.choice
    return person(
        role,
        name,
        capacity=dice.randint(0, 3) if role is ParticipantRole.MENTOR else few([1, 1, 1, 0, 2]),
        company=few([None, "A", "B"]),
        department=few([None, "Sales", "Research"]),
        manager=boss,
        grade=few([None, 1, 4, 5, 7, 10]),
        tenure_years=few([None, 0.0, 3.0, 30.0]),
        city=few([None, "Lisbon", "Pune"]),
        utc_offset_min=few([None, 0, 330, -300]),
        languages=few([None, (), ("en",), ("EN", "pt"), ("de",)]),
        availability=few([None, 0, MORNINGS[0], MORNINGS[0] | MORNINGS[3], sum(MORNINGS)]),
        goal_tags=tuple(dice.sample(TAGS, dice.randint(0, 3))),
        skill_tags=tuple(dice.sample(TAGS, dice.randint(0, 3))),
        goal_vector=few([None, vector(1), vector(2)]),
        skill_vector=few([None, vector(1), vector(3)]),
        pref_department=few(["any", "same", "different"]),
        prefers=tuple(dice.choices(["p0", "p1", "p4", "nobody"], k=dice.randint(0, 3))),
        avoids=tuple(dice.sample(["p2", "p3", "nobody"], dice.randint(0, 1))),
        style=few([None, (0.1, 0.9), (0.8, 0.2)]),
        response_rate=few([None, 0.2, 0.9]),
        sessions_prior=few([None, 0, 12]),
        enrolled_on=few([None, "2026-01-15", "2026-03-15"]),
        waited_cycles=few([0, 0, 1, 9]),
        audit_group=few([None, "x", "y"]),
        goal_meant=tuple(dice.sample(TAGS, dice.randint(0, 2))),
        skill_meant=tuple(dice.sample(TAGS, dice.randint(0, 2))),
    )


@st.composite
def pools(draw: st.DrawFn, most: int = 5, least: int = 0, shared: bool = True) -> Pool:
    names = st.sampled_from([f"p{number}" for number in range(most + 2)])
    history = draw(st.lists(st.builds(PastPair, mentor=names, mentee=names, satisfaction=st.just(4.0)), max_size=3))
    conflicts = draw(st.frozensets(st.tuples(names, names), max_size=1))
    return Pool(draw(participants(most, least, shared)), {"outside": "p0"}, tuple(history), conflicts)


def rule_sets() -> st.SearchStrategy[RuleSet]:
    return st.builds(
        RuleSet,
        reporting_line=st.booleans(),
        reporting_depth=st.sampled_from([None, 1, 2]),
        same_team=st.booleans(),
        repeat=st.booleans(),
        company=st.sampled_from([None, "same", "different"]),
        common_language=st.booleans(),
        min_overlap_half_hours=st.sampled_from([0, 8]),
        grade_gap=st.sampled_from([None, (0, 5), (-3, 2)]),
        max_pairs=st.sampled_from([None, 0, 1, 3]),
        wait_bonus=st.sampled_from([0.0, 0.02]),
        min_fit=st.sampled_from([0, 45]),
    )


def loose_rules() -> st.SearchStrategy[RuleSet]:
    """Rules under which most pairs are allowed."""
    return st.builds(RuleSet, same_team=st.just(False), grade_gap=st.sampled_from([None, (0, 5)]))


def weights() -> st.SearchStrategy[Weights]:
    return st.sampled_from([weights_for(kind) for kind in ProgramType])


@st.composite
def own_weights(draw: st.DrawFn) -> Weights:
    """Any weights a programme could set, in the shape of any type."""
    dice = Random(draw(st.integers(0, 2**32)))
    amounts = {name: dice.choice([0, 1, 5, 20, 50]) for name in CATEGORIES} | {dice.choice(CATEGORIES): 10}
    return rescaled(amounts, dice.choice(list(ProgramType)), "own")


def reversed_ids(pool: Pool) -> tuple[Pool, Callable[[str], str]]:
    """The same pool with every id renamed, and how."""

    def renamed(name: str | None) -> Any:
        return None if name is None else f"renamed-{name[::-1]}"

    people = tuple(
        replace(
            one,
            id=renamed(one.id),
            manager=renamed(one.manager),
            prefers=tuple(map(renamed, one.prefers)),
            avoids=tuple(map(renamed, one.avoids)),
        )
        for one in pool.participants
    )
    history = tuple(replace(past, mentor=renamed(past.mentor), mentee=renamed(past.mentee)) for past in pool.history)
    managers = {renamed(who): renamed(boss) for who, boss in pool.managers.items()}
    conflicts = frozenset((renamed(one), renamed(other)) for one, other in pool.conflicts)
    return Pool(people, managers, history, conflicts), renamed


def told_apart(pool: Pool) -> Pool:
    """The same pool with words of everybody's own: hardly two choices are worth the same then."""
    told = enumerate(pool.participants)
    own = (replace(one, goal_vector=vector(10 + 2 * at), skill_vector=vector(11 + 2 * at)) for at, one in told)
    return replace(pool, participants=tuple(own))


def everyone(pool: Pool) -> list[tuple[Participant, Participant]]:
    """Every mentor with every mentee."""
    roles = [[one for one in pool.participants if one.role is role] for role in ParticipantRole]
    return list(product(roles[0], roles[1]))
