"""How somebody likes to work: at most one way of each question, kept in their order, and left alone unless asked."""

import pytest

from server.kernel.actor import system_actor
from server.kernel.errors import Invalid, NotFound
from server.kernel.facts import AuditEvent
from server.people.models import Profile
from server.people.states import DepartmentWish, Style
from server.people.ways.actions import set_ways
from tests import factories


async def test_ways_are_kept_in_the_order_of_the_questions_and_the_trail_knows_that_they_changed(db):
    noor = await factories.person(await factories.organization())
    actor = factories.actor_of(noor)
    await set_ways(actor, [Style.GENTLE, Style.OFTEN], DepartmentWish.DIFFERENT)
    for _ in range(2):
        await set_ways(actor, [Style.OFTEN, Style.GENTLE])
    kept = await Profile.get(person_id=noor.id)
    assert (kept.styles, kept.pref_department) == (["OFTEN", "GENTLE"], DepartmentWish.DIFFERENT)
    trail = [(one.action, one.detail) for one in await AuditEvent.all()]
    assert trail == [("profile.change", {"fields": ["pref_department", "styles"]})]
    await set_ways(actor, [])
    assert (await Profile.get(person_id=noor.id)).styles == []


async def test_both_ways_of_a_question_are_none(db):
    noor = await factories.person(await factories.organization())
    with pytest.raises(Invalid) as refusal:
        await set_ways(factories.actor_of(noor), [Style.DIRECT, Style.GENTLE])
    assert list(refusal.value.fields) == ["styles"]
    assert not await Profile.exists()


async def test_a_machine_likes_nothing(db):
    with pytest.raises(NotFound):
        await set_ways(system_actor((await factories.organization()).id), [Style.OPEN])


async def test_a_profile_from_before_has_neither(db):
    noor = await factories.person(await factories.organization())
    await Profile.create(organization_id=noor.organization_id, person=noor)
    kept = await Profile.get(person_id=noor.id)
    assert (kept.styles, kept.pref_department) == ([], DepartmentWish.ANY)
