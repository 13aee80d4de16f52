"""Who is signed in, and with which rights."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from server.access.models import RoleGrant, UserSession
from server.access.roles import grants_of
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind
from server.kernel.errors import NotFound
from server.kernel.secrets import fingerprint
from server.kernel.settings import settings
from server.people.models import Person
from server.people.states import PersonStatus

IDLE_HOURS = 12
"""A browser unused for so long is signed out (reliability.md section 3, session theft)."""
SEEN_EVERY = timedelta(minutes=5)
"""How precisely the last use is known: a page costs a write only this often."""


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """People of the demo who do the same; None stands for those who only take part."""

    role: Role | None
    people: list[Person]


async def actor_for(person: Person) -> Actor:
    """The person as the caller of actions, with the grants of their roles."""
    roles = await RoleGrant.filter(organization_id=person.organization_id, person_id=person.id)
    return Actor(ActorKind.PERSON, person.organization_id, person.id, grants_of(roles))


async def actor_now(actor: Actor) -> Actor:
    """The same caller with the rights of this moment, for what goes on after it was let in.

    Raises:
        NotFound: the person left the organisation.
    """
    if actor.kind is not ActorKind.PERSON:
        return actor
    person = await Person.get_or_none(organization_id=actor.organization_id, id=actor.person_id)
    if person is None or person.status is PersonStatus.ENDED:
        raise NotFound
    return await actor_for(person)


async def session_actor(secret: str) -> tuple[Actor, Person] | None:
    """Who holds this secret; None if nobody does, the session is over, or the person left the organisation."""
    session = await UserSession.get_or_none(fingerprint=fingerprint(secret)).select_related("person")
    if session is None or is_over(session) or session.person.status is PersonStatus.ENDED:
        return None
    if clock.now() - session.seen_at >= SEEN_EVERY:
        await UserSession.filter(id=session.id).update(seen_at=clock.now())
    return await actor_for(session.person), session.person


async def was_revoked(secret: str) -> bool:
    """Whether a browser's secret is that of a session which somebody ended, rather than one that ran out."""
    return bool(secret) and await UserSession.filter(
        fingerprint=fingerprint(secret), revoked_at__isnull=False
    ).exists()


def is_over(session: UserSession) -> bool:
    """Whether a session no longer signs anybody in. In a demo, where the clock leaps, only signing out ends one."""
    if session.revoked_at is not None:
        return True
    idle_until = session.seen_at + timedelta(hours=IDLE_HOURS)
    return not settings().demo and clock.now() >= min(idle_until, session.expires_at)


async def roles_of(actor: Actor, person_id: UUID) -> list[RoleGrant]:
    """The roles of somebody in the actor's organisation, oldest first. The caller knows why the actor may see them."""
    return await RoleGrant.filter(organization_id=actor.organization_id, person_id=person_id).order_by("granted_at")


async def people_with_role(actor: Actor, role: Role, program_id: UUID | None = None) -> list[Person]:
    """Who holds a role for all programmes or for this one, by name."""
    held = RoleGrant.filter(organization_id=actor.organization_id, role=role).select_related("person")
    found = {row.person_id: row.person for row in await held if row.program_id in (None, program_id)}
    return sorted(found.values(), key=lambda person: (person.family_name, person.given_name))


async def my_sessions(actor: Actor) -> list[UserSession]:
    """Where the actor is signed in, the latest used first."""
    rows = UserSession.filter(organization_id=actor.organization_id, person_id=actor.person_id, revoked_at=None)
    return [row for row in await rows.order_by("-seen_at", "-id") if not is_over(row)]


async def is_new_device(actor: Actor, session_id: UUID) -> bool:
    """Whether somebody who had signed in before did it in a browser of another make than ever, whatever its version."""
    theirs = UserSession.filter(organization_id=actor.organization_id)
    opened = await theirs.get_or_none(id=session_id)
    if opened is None:
        return False
    before = await theirs.filter(person_id=opened.person_id, created_at__lt=opened.created_at).values_list("device")
    makes = {_make(device) for (device,) in before}
    return bool(makes) and _make(opened.device) not in makes


def _make(device: str) -> str:
    """What a browser calls itself, without numbers: they change with each version."""
    return "".join(letter for letter in device if letter not in "0123456789._")


async def last_visit(actor: Actor, person_id: UUID) -> datetime | None:
    """When somebody was last here, in any browser, to five minutes. The caller knows why the actor may know it."""
    theirs = UserSession.filter(organization_id=actor.organization_id, person_id=person_id)
    latest = await theirs.order_by("-seen_at").first()
    return latest.seen_at if latest else None


async def demo_people() -> list[DemoGroup]:
    """Everybody one can try the demo as, by what they do and by name; nobody unless this is a demo."""
    if not settings().demo:
        return []
    held = {row.person_id: row.role for row in await RoleGrant.filter(person__organization__is_demo=True)}
    people = await Person.filter(organization__is_demo=True, status=PersonStatus.ACTIVE).order_by(
        "family_name", "given_name"
    )
    grouped = {role: [one for one in people if held.get(one.id) is role] for role in (*Role, None)}
    return [DemoGroup(role, found) for role, found in grouped.items() if found]


async def demo_person(person_id: UUID) -> Person:
    """Somebody of the demo.

    Raises:
        NotFound: this is no demo, or no such person is in it.
    """
    found = await Person.get_or_none(id=person_id, organization__is_demo=True) if settings().demo else None
    if found is None:
        raise NotFound
    return found
