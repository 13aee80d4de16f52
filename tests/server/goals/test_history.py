"""However a goal is worded, reworded, agreed to and settled, every wording it ever had as an active goal is kept."""

from contextlib import suppress
from datetime import date
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.goals import actions
from server.goals.models import Goal, GoalVersion
from server.goals.states import GoalState
from server.goals.wording import SENTENCE_LETTERS
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import clean
from tests.factories import active_match, in_days

Change = tuple[str, str, int, bool]
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
changes = st.lists(
    st.tuples(letters | st.just("lead a review"), letters | st.just("two reviews"), st.integers(1, 400), st.booleans()),
    max_size=8,
)
Words = tuple[str, str, date | None]


def words_of(row: Goal | GoalVersion) -> Words:
    return row.want, row.measure, row.due_on


async def all_words(goal_id: UUID) -> list[Words]:
    """What the goal said before, oldest first, and what it says now."""
    kept = await GoalVersion.filter(goal_id=goal_id).order_by("version")
    return [*map(words_of, kept), words_of(await Goal.get(id=goal_id))]


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=changes, settled=st.sampled_from(sorted({GoalState.ACHIEVED, GoalState.ABANDONED})))
async def test_no_wording_of_an_active_goal_is_ever_lost(
    db: object, history: list[Change], settled: GoalState
) -> None:
    pair = await active_match()
    goal = await actions.save_goal(
        pair.mentee_actor, pair.mentee_enrollment.id, want="lead a product review", measure="two reviews led",
        due_on=in_days(90),
    )
    ever = [words_of(goal)]
    for want, measure, days, nods in history:
        with suppress(Invalid):
            goal = await actions.revise_goal(
                pair.mentee_actor, goal.id, want=want, measure=measure, competency_id=None, due_on=in_days(days),
                why="Smaller is better.",
            )
            ever += [words_of(goal)] if words_of(goal) != ever[-1] else []
            assert words_of(goal) == (clean(want), clean(measure), in_days(days))
        if nods:
            with suppress(Conflict):
                await actions.agree_revision(pair.mentor_actor, goal.id)
        kept = await GoalVersion.filter(goal_id=goal.id).order_by("version")
        now = await Goal.get(id=goal.id)
        assert await all_words(goal.id) == ever
        assert [row.version for row in kept] == list(range(1, now.version))
    await actions.settle_goal(pair.mentee_actor, goal.id, settled)
    with suppress(Conflict):
        await actions.revise_goal(
            pair.mentee_actor, goal.id, want="too late", measure="x", competency_id=None, due_on=in_days(9)
        )
    assert await all_words(goal.id) == ever
    assert all(len(want) <= SENTENCE_LETTERS for want, _measure, _due in ever)
