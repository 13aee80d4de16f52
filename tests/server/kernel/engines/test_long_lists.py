"""A list of values may be longer than what the database takes at once, and says what a short one says."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.engines import kept_sql, long_lists
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.ids import new_id
from server.matches.models import MatchMember
from server.matches.states import MatchState
from server.people.models import PersonSkill
from server.people.queries import skills_of
from server.people.states import SkillSide
from tests.factories import active_match, competency

MANY = 40_000
"""More than the 32,767 values that PostgreSQL takes for a statement."""


@pytest.fixture(params=[0, 10_000], ids=["long", "short"])
def taken_as(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every list is a long one, or none is; texts that were kept otherwise are forgotten."""
    monkeypatch.setattr(long_lists, "LONG", request.param)
    kept_sql._kept.clear()
    yield
    kept_sql._kept.clear()


async def test_a_group_may_be_larger_than_what_a_statement_takes(db: object) -> None:
    pair = await active_match()
    skill = await competency(pair.organization, "Python")
    await PersonSkill.create(organization_id=pair.organization.id, person=pair.mentor, competency=skill, side="OFFERED")
    ids = [pair.mentor.id, *[new_id() for _ in range(MANY)]]
    found = await skills_of(system_actor(pair.organization.id), ids, SkillSide.OFFERED)
    assert [one.name for one in found[pair.mentor.id]] == ["Python"]
    assert sum(map(bool, found.values())) == 1
    assert not await PersonSkill.filter(person_id__in=ids).exclude(person_id__in=ids).exists()


@pytest.mark.usefixtures("taken_as")
async def test_a_list_says_the_same_however_it_travels(db: object) -> None:
    now, org = clock.now(), new_id()
    rows = [await ScheduledAction.create(
        organization_id=org, rule=f"rule {n}", subject_kind="Match", subject_id=new_id(), dedupe_key=str(n), attempts=n,
        due_at=now + timedelta(days=n), state=list(ActionState)[n], done_at=now + timedelta(days=n) if n < 2 else None,
    ) for n in range(4)]
    for name in ("id", "subject_id", "rule", "attempts", "due_at", "state"):
        values = [getattr(row, name) for row in rows[1:3]]
        assert await numbers(**{f"{name}__in": values}) == [1, 2], name
        assert await numbers(**{f"{name}__not_in": values}) == [0, 3], name
        assert await numbers(rows[:3], **{f"{name}__in": values}) == [0], f"{name}, excluded"
    assert await numbers(done_at__in=[rows[0].done_at]) == [0]
    assert await numbers(done_at__not_in=[rows[0].done_at]) == [1, 2, 3], "what has none is none of them"
    assert await numbers(rule__in=[]) == []
    assert await ScheduledAction.filter(rule__in=["rule 0", "rule 3"]).update(reason="seen") == 2
    assert await ScheduledAction.filter(reason="seen", state__in=[ActionState.PLANNED]).delete() == 1


@pytest.mark.usefixtures("taken_as")
async def test_a_list_of_what_belongs_to_a_row_says_the_same(db: object) -> None:
    pair = await active_match()
    running = [MatchState.ACTIVE, MatchState.PAUSED]
    open_ones = MatchMember.filter(match__state__in=running, person_id__in=[pair.mentor.id])
    assert await open_ones.values_list("person_id", flat=True) == [pair.mentor.id]
    fetched = await MatchMember.filter(person_id__in=[pair.mentor.id]).prefetch_related("match__members")
    assert len(fetched[0].match.members) == 2


async def numbers(out_of: Sequence[ScheduledAction] = (), **asked: Any) -> list[int]:
    """The rows that are asked for, or those of some that are not, by their number."""
    found = ScheduledAction.filter(id__in=[row.id for row in out_of]).exclude(**asked) if out_of else (
        ScheduledAction.filter(**asked))
    return [row.attempts for row in await found.order_by("attempts")]
