"""Founding the organisation of an installation, with the person who may give roles to everybody else."""

import re
from dataclasses import dataclass

from server.access.actions import grant_role
from server.access.states import Role
from server.kernel.actor import Actor
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.people.actions import create_organization, create_person
from server.people.facts import NAME_LETTERS, TAG_LETTERS, VALUE_LETTERS, is_language_tag, is_zone
from server.people.models import Organization, Person
from server.people.queries import any_organization

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
KEY_LETTERS = 60
ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Charter:
    """What is said of an organisation and its first administrator. `employee_id`: their number in the people file."""

    key: str
    name: str
    language: str
    zone: str
    given_name: str
    family_name: str
    email: str
    employee_id: str


async def found(actor: Actor, charter: Charter) -> tuple[Organization, Person]:
    """Open the one organisation of this installation and make its first administrator, both or neither.

    The id of the organisation is that which the actor is bound to: `system_actor(new_id())`.

    Raises:
        Invalid: by field, what cannot be taken.
        Refused: the actor is not the product itself.
        Conflict: there is an organisation already (`kind="founded"`).
    """
    charter = _checked(charter)
    async with unit_of_work(actor):
        there = await any_organization()
        if there is not None:
            raise Conflict(_("This installation has its organisation already: %(name)s (%(key)s).") % {
                "name": there.name, "key": there.key,
            }, kind="founded")
        organization = await create_organization(
            actor, key=charter.key, name=charter.name, zone=charter.zone, language=charter.language
        )
        person = await create_person(
            actor, employee_id=charter.employee_id, email=charter.email, given_name=charter.given_name,
            family_name=charter.family_name,
        )
        await grant_role(actor, person.id, Role.GLOBAL_ADMIN)
        return organization, person


def _checked(charter: Charter) -> Charter:
    """As it is stored; without a number, the address stands for it."""
    email = clean(charter.email).lower()
    told = Charter(
        key=charter.key, name=clean(charter.name), language=charter.language, zone=charter.zone,
        given_name=clean(charter.given_name), family_name=clean(charter.family_name), email=email,
        employee_id=clean(charter.employee_id) or email[:NAME_LETTERS],
    )
    names = {"name": told.name, "given_name": told.given_name, "family_name": told.family_name,
             "employee_id": told.employee_id}
    wrong = {
        field: _("Write from 1 to %d letters.") % NAME_LETTERS
        for field, text in names.items() if not 1 <= len(text) <= NAME_LETTERS
    }
    if len(told.key) > KEY_LETTERS or not KEY.fullmatch(told.key):
        wrong["key"] = _("Use small letters, digits and single hyphens, at most %d: harbourline.") % KEY_LETTERS
    if len(told.language) > TAG_LETTERS or not is_language_tag(told.language):
        wrong["language"] = _("Write a language as its tag: en-GB, pt or de-AT.")
    if not is_zone(told.zone):
        wrong["zone"] = _("Write a time zone by its name: Europe/Lisbon, or UTC.")
    if len(told.email) > VALUE_LETTERS or not ADDRESS.fullmatch(told.email):
        wrong["email"] = _("Write one address, such as noor@example.org.")
    if wrong:
        raise Invalid(wrong)
    return told
