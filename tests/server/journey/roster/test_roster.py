"""Whom a manager may look up: their own programmes' people, a page at a time, found by any of their words."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.journey.roster.queries import Asked, latest_imports, roster
from server.journey.roster.records import record
from server.journey.roster.states import Stand
from server.kernel.actor import Actor, Grant, Permission, system_actor
from server.kernel.errors import NotFound, Refused
from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.people.actions import publish_consent_text, record_consents
from server.people.facts import named
from server.people.models import Person
from server.people.states import ConsentPurpose, PersonStatus
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.factories import Pair
from tests.queries import queries_run


@pytest.fixture
async def pair(db: object) -> Pair:
    return await factories.active_match()


def admin(pair: Pair) -> Actor:
    return factories.actor_of(pair.manager, *(Grant(permission) for permission in Permission))


async def names(actor: Actor, words: str = "", program_key: str = "") -> list[str]:
    return [one.person.given_name for one in (await roster(actor, Asked(words, program_key))).people]


async def test_who_runs_a_programme_sees_its_people_and_who_runs_everything_sees_all(pair: Pair) -> None:
    await factories.active_match()
    assert await names(pair.manager_actor) == ["Idris", "Noor"]
    assert await names(admin(pair)) == ["Idris", "Rui", "Noor", "Mei", "Kofi"]
    assert await names(admin(pair), program_key=pair.program.key) == ["Idris", "Noor"]


async def test_another_programmes_part_of_a_person_is_not_shown(pair: Pair) -> None:
    other = await factories.cohort(await factories.program(pair.organization))
    mentoring = await factories.enrollment(other, pair.mentor, ParticipantRole.MENTOR)
    await factories.match(
        mentoring, await factories.enrollment(other, pair.stranger, ParticipantRole.MENTEE), state=MatchState.DRAFT
    )
    shown = (await roster(pair.manager_actor)).people[0]
    assert [row.id for row in shown.enrollments] == [pair.mentor_enrollment.id]
    assert [match.id for match in shown.matches] == [pair.match.id]
    known = await record(pair.manager_actor, pair.mentor.id)
    assert ([row.id for row in known.enrollments], [one.id for one in known.matches]) == (
        [pair.mentor_enrollment.id], [pair.match.id],
    )
    everything = await record(admin(pair), pair.mentor.id)
    assert (len(everything.enrollments), len(everything.matches)) == (2, 2)


async def test_every_word_must_be_found_anywhere_in_name_address_or_number(pair: Pair) -> None:
    ido = pair.mentor
    ido.preferred_name, ido.email, ido.employee_id = "Ido", "i.b@example.test", "HB-77"
    await named(ido).save()
    for words in ("idr", "ido BRIGHT", "i.b@ hb-77", "  Brightwater   77 "):
        assert await names(pair.manager_actor, words) == ["Idris"], words
    assert await names(pair.manager_actor, "idris saltmarsh") == []


async def test_signs_of_the_databases_search_are_only_signs(pair: Pair) -> None:
    for words in ("%", "_", "I%s", "\\", "'", '"', "--", "*"):
        assert await names(pair.manager_actor, words) == [], words
    pair.mentee.preferred_name = "100%_\\"
    await named(pair.mentee).save()
    for words in ("%", "_", "\\", "0%_"):
        assert await names(pair.manager_actor, words) == ["Noor"], words


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
async def test_no_words_find_more_people_than_none(pair: Pair, words: str) -> None:
    assert set(await names(pair.manager_actor, words)) <= {"Idris", "Noor"}


async def test_pages_show_everybody_once(pair: Pair) -> None:
    for number in range(104):
        await factories.person(pair.organization, family_name="Same", given_name=f"{number % 3}")
    pages = [await roster(admin(pair))]
    while pages[-1].has_more:
        pages.append(await roster(admin(pair), Asked(after=pages[-1].people[-1].person.id)))
    seen = [one.person.id for page in pages for one in page.people]
    assert len(seen) == len(set(seen)) == pages[0].total == 109
    assert [len(page.people) for page in pages] == [50, 50, 9]
    assert [(page.first, page.has_more) for page in pages] == [(1, True), (51, True), (101, False)]
    for later, earlier in ((pages[2], pages[1]), (pages[1], pages[0])):
        back = await roster(admin(pair), Asked(before=later.people[0].person.id))
        assert [one.person.id for one in back.people] == [one.person.id for one in earlier.people]
        assert (back.first, back.has_more) == (earlier.first, True)


async def test_who_arrives_meanwhile_moves_nobody_to_another_page(pair: Pair) -> None:
    for number in range(60):
        await factories.person(pair.organization, family_name=f"Mast{number:02}")
    edge = (await roster(admin(pair))).people[-1].person
    expected = [one.person.id for one in (await roster(admin(pair), Asked(after=edge.id))).people]
    await factories.person(pair.organization, family_name="Aft")
    later = await roster(admin(pair), Asked(after=edge.id))
    assert [one.person.id for one in later.people] == expected
    assert later.first == 52


@pytest.mark.parametrize("stand", Stand)
async def test_the_list_is_narrowed_by_how_people_stand(pair: Pair, stand: Stand) -> None:
    there = {
        Stand.ASKED: MatchState.AWAITING_MENTEE, Stand.TO_REVIEW: MatchState.DRAFT, Stand.PAIRED: MatchState.PAUSED,
    }
    enrolled = {
        Stand.INVITED: EnrollmentState.IN_PROGRESS, Stand.APPLIES: EnrollmentState.PENDING_APPROVAL,
        Stand.IN_LINE: EnrollmentState.WAITLISTED, Stand.BREAK: EnrollmentState.PAUSED,
        Stand.UNMATCHED: EnrollmentState.ACTIVE,
    }
    await Match.filter(id=pair.match.id).update(state=there.get(stand, MatchState.CONCLUDED))
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=enrolled.get(stand, EnrollmentState.ACTIVE))
    if stand is Stand.NOTHING:
        await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.WITHDRAWN)
    status = {Stand.ON_LEAVE: PersonStatus.LEAVE, Stand.HAS_LEFT: PersonStatus.ENDED}.get(stand)
    if status:
        await Person.filter(id=pair.mentee.id).update(status=status)
    found = [one.person.given_name for one in (await roster(pair.manager_actor, Asked(stand=stand))).people]
    assert found == (["Idris", "Noor"] if stand in there else ["Noor"])
    everywhere = await roster(admin(pair), Asked(stand=stand, program_key=pair.program.key))
    assert [one.person.given_name for one in everywhere.people] == found
    others = await factories.program(pair.organization)
    elsewhere = await roster(admin(pair), Asked(stand=stand, program_key=others.key))
    assert not elsewhere.people


async def test_places_are_those_of_ones_own_people(pair: Pair) -> None:
    await Person.filter(id=pair.mentee.id).update(location="Lisbon")
    await Person.filter(id=pair.mentor.id).update(location="Nairobi")
    await Person.filter(id=pair.stranger.id).update(location="Porto")
    shown = await roster(pair.manager_actor, Asked(location="Lisbon"))
    assert ([one.person.id for one in shown.people], shown.locations) == ([pair.mentee.id], ["Lisbon", "Nairobi"])
    assert (await roster(admin(pair))).locations == ["Lisbon", "Nairobi", "Porto"]


async def test_one_more_than_a_page_is_another_page(pair: Pair) -> None:
    for more, has_more in ((45, False), (1, True)):  # beside the five of the pair
        for _ in range(more):
            await factories.person(pair.organization)
        assert (await roster(admin(pair))).has_more is has_more


async def test_a_record_is_of_people_in_ones_programmes(pair: Pair) -> None:
    foreign = await factories.active_match()
    for person_id in (pair.stranger.id, foreign.mentor.id, new_id()):
        with pytest.raises(NotFound):
            await record(pair.manager_actor, person_id)
    for actor in (pair.mentor_actor, pair.line_manager_actor, pair.stranger_actor):
        with pytest.raises(NotFound):
            await record(actor, pair.mentee.id)
        with pytest.raises(NotFound):
            await roster(actor)
    assert (await record(admin(pair), pair.stranger.id)).person.id == pair.stranger.id
    with pytest.raises(NotFound):
        await roster(pair.manager_actor, Asked(program_key=foreign.program.key))


async def test_who_left_the_programme_is_still_known_to_who_runs_it(pair: Pair) -> None:
    await Enrollment.filter(id=pair.mentee_enrollment.id).update(state=EnrollmentState.WITHDRAWN)
    await Match.filter(id=pair.match.id).update(state=MatchState.CONCLUDED)
    listed = {one.person.id: one for one in (await roster(pair.manager_actor)).people}[pair.mentee.id]
    assert (listed.enrollments, listed.matches) == ([], [])
    known = await record(pair.manager_actor, pair.mentee.id)
    assert ([row.state for row in known.enrollments], len(known.matches)) == ([EnrollmentState.WITHDRAWN], 1)
    await Match.filter(id=pair.match.id).update(state=MatchState.CANCELLED)
    assert (await record(pair.manager_actor, pair.mentee.id)).matches == []


async def test_a_record_names_line_manager_and_the_last_consents(pair: Pair) -> None:
    system = system_actor(pair.organization.id)
    await publish_consent_text(system, ConsentPurpose.MATCHING, "May we match you?", required=True)
    await record_consents(pair.mentee_actor, {ConsentPurpose.MATCHING: True})
    known = await record(pair.manager_actor, pair.mentee.id)
    assert known.manager is not None
    assert known.manager.id == pair.line_manager.id
    assert [(purpose, one.given) for purpose, one in known.consents.items()] == [(ConsentPurpose.MATCHING, True)]


async def test_files_are_for_who_may_bring_people(pair: Pair) -> None:
    assert await latest_imports(admin(pair)) == []
    with pytest.raises(Refused):
        await latest_imports(pair.manager_actor)
    with pytest.raises(NotFound):
        await latest_imports(pair.stranger_actor)


async def test_a_page_costs_the_same_for_two_and_for_thirty(pair: Pair) -> None:
    with queries_run() as few:
        await roster(pair.manager_actor)
    for _ in range(28):
        learner = await factories.enrollment(
            pair.cohort, await factories.person(pair.organization), ParticipantRole.MENTEE
        )
        await factories.match(pair.mentor_enrollment, learner)
    with queries_run() as many:
        shown = await roster(pair.manager_actor)
    assert (len(shown.people), len(few)) == (30, len(many))
