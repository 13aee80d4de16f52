"""A new installation gets its organisation and somebody who may let the others in, once."""

from dataclasses import replace

import pytest

from server.access.founding.actions import Charter, found
from server.access.queries import actor_for
from server.kernel.actor import Actor, ActorKind, Permission, system_actor
from server.kernel.errors import Conflict, Invalid, NotFound, Refused
from server.kernel.facts import AuditEvent
from server.kernel.ids import new_id
from server.people.models import Organization, Person
from server.people.queries import person_by_address
from server.people.states import PersonStatus

CHARTER = Charter(
    key="harbourline", name=" Harbourline\x00 ", language="pt", zone="Europe/Lisbon", given_name="Ada",
    family_name="Lima", email="Ada@Harbourline.example", employee_id="",
)


async def test_an_installation_is_founded_once_with_who_administers_it(db: object) -> None:
    actor = system_actor(new_id())
    organization, ada = await found(actor, CHARTER)
    assert (organization.name, organization.language, organization.zone) == ("Harbourline", "pt", "Europe/Lisbon")
    assert (ada.email, ada.employee_id, ada.zone) == ("ada@harbourline.example",) * 2 + ("Europe/Lisbon",)
    assert (await actor_for(ada)).may(Permission.ORG_SETTINGS_EDIT)
    assert await AuditEvent.all().order_by("id").values_list("action", flat=True) == [
        "organization.create", "person.create", "role.grant",
    ]
    for again in (CHARTER, replace(CHARTER, key="other", email="other@harbourline.example")):
        with pytest.raises(Conflict, match="already: Harbourline"):
            await found(system_actor(new_id()), again)
    assert (await Organization.all().count(), await Person.all().count()) == (1, 1)
    assert (await person_by_address(actor, " ADA@harbourline.example\x00")).id == ada.id
    with pytest.raises(NotFound):
        await person_by_address(system_actor(new_id()), ada.email)
    await Person.filter(id=ada.id).update(status=PersonStatus.ENDED)
    with pytest.raises(NotFound):
        await person_by_address(actor, ada.email)


async def test_what_cannot_be_taken_is_told_all_at_once_and_only_the_product_founds(db: object) -> None:
    wrong = Charter(
        key="Harbour line", name=" ", language="English", zone="Lisbon", given_name="A" * 121, family_name="Lima",
        email="ada", employee_id="7",
    )
    with pytest.raises(Invalid) as refused:
        await found(system_actor(new_id()), wrong)
    assert set(refused.value.fields) == {"key", "name", "language", "zone", "given_name", "email"}
    with pytest.raises(Refused):
        await found(Actor(ActorKind.PERSON, new_id(), new_id()), CHARTER)
    assert await Organization.filter(key="harbourline").count() == 0
