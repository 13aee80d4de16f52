"""What a run says to one mentee: why not whom they asked for, their place in line, and what they could add."""

import pytest

from server.kernel.actor import system_actor
from server.kernel.errors import NotFound
from server.matches.models import MatchMember
from server.matchmaking.engine import RuleCode, WaitCode
from server.matchmaking.engine.living.advice import Advice, Kind
from server.matchmaking.engine.living.whynot import WhyCode
from server.matchmaking.engine.living.words import advice_words, unmet_words
from server.matchmaking.models import Preference
from server.matchmaking.queue.queries import explanation
from server.matchmaking.runs.actions import run_matching
from server.matchmaking.states import PreferenceKind
from server.people.models import Person
from server.programs.models import Program
from tests import factories
from tests.web.console.market import Market, market


@pytest.fixture
async def found(db: object) -> Market:
    """Three places for four mentees, of whom the last asked for the first mentor, and for their own manager."""
    found = await market(mentors=3, mentees=4, capacity=1)
    asks = found.mentees[3]
    await Program.filter(id=found.program.id).update(mentees_may_wish=True)
    await Person.filter(id=asks.person_id).update(line_manager_id=found.mentors[1].person_id)
    for mentor in found.mentors[:2]:
        await Preference.create(
            organization_id=found.organization.id, enrollment_id=asks.id, about_enrollment_id=mentor.id,
            kind=PreferenceKind.WISH,
        )
    return found


async def test_a_mentee_reads_why_and_their_place_and_the_manager_too(found: Market) -> None:
    await Person.filter(id=found.mentees[3].person_id).update(languages=["pt"])
    await run_matching(system_actor(found.organization.id), found.cohort.id)
    asks, manager = found.mentees[3], factories.manager_of(found.manager, found.program)
    placed = set(await MatchMember.all().values_list("enrollment_id", flat=True))
    last = next(one for one in found.mentees if one.id not in placed)
    person = await Person.get(id=last.person_id)
    told = await explanation(factories.actor_of(person), last.id)
    assert (told.place, told.code) == (1, WaitCode.NO_SEAT)
    for_manager = await explanation(manager, asks.id)
    assert WhyCode.RULE in {one.why.code for one in for_manager.unmet}
    own = await explanation(factories.actor_of(await Person.get(id=asks.person_id)), asks.id)
    assert (own.unmet == []) == (asks.id in placed), "a draft that nobody approved is nobody's business yet"
    with pytest.raises(NotFound):
        await explanation(factories.actor_of(found.stranger), asks.id)


async def test_before_a_run_there_is_nothing_to_say(found: Market) -> None:
    told = await explanation(factories.manager_of(found.manager, found.program), found.mentees[3].id)
    assert (told.place, told.code, told.unmet, told.advice) == (None, None, [], [])


def test_a_no_is_never_told_to_anybody_else() -> None:
    for rule in RuleCode:
        said = unmet_words(WhyCode.RULE, rule, None, to_mentee=True)
        assert said
        assert "no to" not in said
    assert unmet_words(WhyCode.RULE, RuleCode.BLOCKED, None, to_mentee=False) == "They are not brought together."
    for code in WhyCode:
        assert unmet_words(code, None, None, to_mentee=True)


def test_advice_says_what_it_opens() -> None:
    said = advice_words(Advice(Kind.TIME, "2 morning", 3))
    assert said == "If you have time on Tuesday morning: 3 more good mentors."
    assert advice_words(Advice(Kind.LANGUAGE, "de", 1)) == "If you also speak German, add it: 1 more good mentor."
    assert "“SQL”" in advice_words(Advice(Kind.WISH, "SQL", 2))
