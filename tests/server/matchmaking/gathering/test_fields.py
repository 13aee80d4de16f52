"""F1 on real rows: any one field that is changed in the database changes the score, what is said, and the digest."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import unit_of_work
from server.matchmaking.engine import CATEGORIES, Category, Explanation, rescaled, run_matching, weights_for
from server.matchmaking.engine.wording import Names, Reader, one_line
from server.matchmaking.gather import gather
from server.matchmaking.models import Preference
from server.matchmaking.states import PreferenceKind
from server.people.models import AvailabilityBlock, Person, PersonSkill, Profile
from server.people.states import STYLES, DepartmentWish, SkillSide
from server.programs.states import ProgramType
from tests import factories
from tests.server.matchmaking.engine.populations import FREE
from tests.server.matchmaking.gathering.past import MENTEE, MENTOR, asked, met

NAMES = Names("Idris", "Noor")
WEIGHTS = weights_for(ProgramType.ONE_TO_ONE)


@dataclass
class Told:
    """What the engine makes of the two, and what the pool was."""

    whole: Explanation
    alone: Explanation
    digest: str


class Shore:
    """Idris, who could mentor Noor, with every field filled, and others whom each of them met before."""

    async def arrive(self) -> "Shore":
        """Make the rows."""
        self.org = await factories.organization()
        self.cohort = await factories.cohort(await factories.program(self.org))
        today = clock.now().date()
        work = {"company": "Harbourline", "business_unit": "Ports", "languages": ["en"]}
        self.idris = await factories.person(
            self.org, **work, department="Operations", location="Nairobi", seniority=7, zone="Africa/Nairobi",
            hire_date=today - timedelta(days=3000), role_start_date=today - timedelta(days=2200),
        )
        self.noor = await factories.person(
            self.org, **work, department="Product", location="Lisbon", seniority=5,
            hire_date=today - timedelta(days=700), role_start_date=today - timedelta(days=400),
        )
        self.others = [await factories.person(self.org) for _ in range(3)]
        self.mentor = await factories.enrollment(self.cohort, self.idris, MENTOR)
        self.mentee = await factories.enrollment(self.cohort, self.noor, MENTEE)
        self.skills = [await factories.competency(self.org, name) for name in ("Strategy", "Rowing", "Cooking")]
        await self._said()
        for one, boss in ((self.idris, True), (self.noor, False)):
            await met(self.org, *((one, self.others[0]) if boss else (self.others[0], one)), held=3)
            await asked(self.org, *((one, self.others[1]) if boss else (self.others[1], one)), yes=one)
        return self

    async def _said(self) -> None:
        own = {"organization_id": self.org.id}
        await factories.working_week(self.idris)
        await factories.working_week(self.noor, 9 * 60, 9 * 60 + 30)
        for one, side, skill in (
            (self.idris, SkillSide.OFFERED, 0), (self.noor, SkillSide.WANTED, 0), (self.noor, SkillSide.OFFERED, 0),
        ):
            await PersonSkill.create(**own, person=one, competency=self.skills[skill], side=side)
        styles = [ways[0].value for ways in STYLES]
        await Profile.create(**own, person=self.idris, about="Sails and strategy", life_stage="parent", styles=styles)
        await Profile.create(**own, person=self.noor, about="Product reviews", life_stage="early", styles=styles)
        await Goal.create(
            **own, enrollment_id=self.mentee.id, person_id=self.noor.id, state=GoalState.ACTIVE, want="lead reviews",
        )

    async def told(self, category: Category) -> Told:
        """The pair as a run would judge it, under the factory weights and under one part of them alone."""
        found = await gather(system_actor(self.org.id), self.cohort)
        weights = WEIGHTS, rescaled({category: 1.0}, ProgramType.ONE_TO_ONE, "alone")
        ids, rules = (str(self.mentor.id), str(self.mentee.id)), replace(FREE, repeat=False)
        whole, alone = (run_matching(found.pool, rules, one).explain(*ids) for one in weights)
        return Told(whole, alone, found.digest)

    async def after(self, act: Callable[[], Awaitable[object]], category: Category) -> Told:
        """The same after a change that is then taken back."""
        with suppress(TakenBack):
            async with unit_of_work(system_actor(self.org.id)):
                await act()
                told = await self.told(category)
                raise TakenBack
        return told


class TakenBack(Exception):
    """The change of one example."""


@pytest.fixture
async def shore(db: object) -> Shore:
    """The two with their past."""
    return await Shore().arrive()


Act = Callable[[Shore, Any], Awaitable[object]]


def of_person(who: str, field: str) -> Act:
    """A fact of the record system."""
    return lambda shore, value: Person.filter(id=getattr(shore, who).id).update(**{field: value})


def of_profile(who: str, field: str) -> Act:
    """What somebody said of themselves."""
    return lambda shore, value: Profile.filter(person_id=getattr(shore, who).id).update(**{field: value})


def of_skills(who: str, side: SkillSide) -> Act:
    """What somebody offers or wants: another skill than before."""
    return lambda shore, value: PersonSkill.filter(person_id=getattr(shore, who).id, side=side).update(
        competency_id=shore.skills[value].id
    )


async def kept_in_mind(shore: Shore, by_mentee: bool) -> None:
    one, other = (shore.mentee, shore.mentor) if by_mentee else (shore.mentor, shore.mentee)
    await Preference.create(
        organization_id=shore.org.id, enrollment_id=one.id, about_enrollment_id=other.id, kind=PreferenceKind.FAVOURITE
    )


async def practised(shore: Shore, held: int) -> None:
    await met(shore.org, shore.idris, shore.others[1], held=held)


async def learned(shore: Shore, held: int) -> None:
    await met(shore.org, shore.others[1], shore.noor, held=held)


async def fell_silent(shore: Shore, times: int) -> None:
    for _ in range(times):
        await asked(shore.org, shore.idris, shore.others[2], silent=shore.idris)


async def answered(shore: Shore, times: int) -> None:
    for _ in range(times):
        await asked(shore.org, shore.others[2], shore.noor, yes=shore.noor)


async def did_not_meet(shore: Shore, times: int) -> None:
    for other in shore.others[1:]:
        await met(shore.org, shore.idris, other, fallen=times)


def today_less(years: int) -> object:
    return clock.now().date() - timedelta(days=365 * years)


some, others = st.integers(1, 6), st.integers(1, 2)
long_ago, lately = st.integers(8, 15).map(today_less), st.integers(0, 1).map(today_less)
words = st.sampled_from(["speak in public", "learn to bake bread", "write better contracts"])
other_ways = st.lists(st.sampled_from([ways[1].value for ways in STYLES]), min_size=1, max_size=5, unique=True)
CHANGES: list[tuple[Category, st.SearchStrategy[Any], Act]] = [
    (Category.GOALS, words, lambda shore, value: Goal.filter(enrollment_id=shore.mentee.id).update(want=value)),
    (Category.GOALS, others, of_skills("noor", SkillSide.WANTED)),
    (Category.GOALS, others, of_skills("idris", SkillSide.OFFERED)),
    (Category.EXPERTISE, words, of_profile("idris", "about")),
    (Category.EXPERTISE, words, of_profile("noor", "skill_text")),
    (Category.EXPERTISE, others, of_skills("noor", SkillSide.OFFERED)),
    (Category.EXPERTISE, lately, of_person("idris", "role_start_date")),
    (Category.EXPERTISE, long_ago, of_person("noor", "role_start_date")),
    (Category.STAGE, st.integers(8, 10), of_person("idris", "seniority")),
    (Category.STAGE, st.integers(1, 4), of_person("noor", "seniority")),
    (Category.STAGE, lately, of_person("idris", "hire_date")),
    (Category.STAGE, st.just("parent"), of_profile("noor", "life_stage")),
    (Category.AVAILABILITY, st.integers(0, 4), lambda shore, value: AvailabilityBlock.filter(
        person_id=shore.noor.id, weekday__gte=value).update(start_minute=1200, end_minute=1320)),
    (Category.AVAILABILITY, st.just("Nairobi"), of_person("noor", "location")),
    (Category.AVAILABILITY, st.sampled_from(["Asia/Tokyo", "America/Lima"]), of_person("idris", "zone")),
    (Category.HISTORY, some, practised),
    (Category.HISTORY, some, learned),
    (Category.ORGANISATION, st.just("Product"), of_person("idris", "department")),
    (Category.ORGANISATION, st.sampled_from(["Sales", "Fleet"]), of_person("idris", "business_unit")),
    (Category.ORGANISATION, st.sampled_from(["Elsewhere", "Overseas"]), of_person("noor", "company")),
    (Category.PREFERENCE, st.booleans(), kept_in_mind),
    (Category.PREFERENCE, st.sampled_from([DepartmentWish.SAME, DepartmentWish.DIFFERENT]),
     of_profile("noor", "pref_department")),
    (Category.PREFERENCE, st.sampled_from([DepartmentWish.SAME, DepartmentWish.DIFFERENT]),
     of_profile("idris", "pref_department")),
    (Category.BEHAVIOUR, some, fell_silent),
    (Category.BEHAVIOUR, some, answered),
    (Category.BEHAVIOUR, some, did_not_meet),
    (Category.STYLE, st.sampled_from([["sw"], ["pt", "sw"]]), of_person("idris", "languages")),
    (Category.STYLE, other_ways, of_profile("noor", "styles")),
]


@settings(
    max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(values=st.tuples(*(drawn for _category, drawn, _act in CHANGES)))
async def test_one_changed_field_of_the_database_changes_the_score_and_its_reason(
    shore: Shore, values: tuple[Any, ...]
) -> None:
    for (category, _drawn, act), value in zip(CHANGES, values, strict=True):
        before, after = await shore.told(category), await shore.after(partial(act, shore, value), category)
        changed = f"{category}: {value}"
        assert after.whole.fit != pytest.approx(before.whole.fit, abs=1e-4), changed
        assert row_of(after.whole, category) != row_of(before.whole, category), changed
        assert said(after.alone) != said(before.alone), f"{changed}: where it weighs, it is said"
        assert after.digest != before.digest, f"{changed}: a run that was prepared for other facts is known as such"


def test_every_part_of_a_score_has_a_field() -> None:
    assert {category for category, *_ in CHANGES} == set(CATEGORIES)


def row_of(explanation: Explanation, category: Category) -> tuple[float, str]:
    """Fit and words of one row of the factor table."""
    (row,) = (row for row in explanation.factors if row.category is category)
    return round(row.fit, 3), one_line(row, NAMES, Reader.MANAGER)


def said(explanation: Explanation) -> list[tuple[str, float]]:
    """What stands on a card."""
    shown = [*explanation.reasons, *filter(None, [explanation.caution])]
    return [(one_line(one, NAMES, Reader.MANAGER), round(one.fit, 3)) for one in shown]
