"""Signing in and out, and giving roles."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from server.access import queries, rules
from server.access.models import RoleGrant, UserSession
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.bulk import insert_rows
from server.kernel.db import Unit, plain, unit_of_work, wake
from server.kernel.errors import NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.secrets import fingerprint, token
from server.kernel.text import clean
from server.kernel.text import gettext as _
from server.people.models import Person
from server.people.queries import people_by_ids
from server.people.rules import can_import_people

LONGEST = timedelta(days=30)
LONGEST_FOR_ADMINS = timedelta(hours=8)
"""How long a session lasts at most, used or not (reliability.md section 3, session theft)."""
DEVICE_LETTERS = 120


async def open_session(person: Person, device: str = "") -> str:
    """Sign a person in whose identity is proven. Returns the secret for the cookie; only its fingerprint is kept."""
    actor, secret = await queries.actor_for(person), token()
    longest = LONGEST_FOR_ADMINS if rules.can_grant_roles(actor) else LONGEST
    async with unit_of_work(actor) as unit:
        session = await UserSession.create(
            organization_id=person.organization_id, person_id=person.id, fingerprint=fingerprint(secret),
            device=clean(device)[:DEVICE_LETTERS], expires_at=clock.now() + longest,
        )
        await unit.audit("sign_in.open", session)
        await unit.publish("person.signed_in", subject_id=person.id, person_id=person.id, session_id=session.id)
    return secret


async def close_session(secret: str, *, followed_by: str = "") -> None:
    """Sign the holder of this secret out. A secret that signs nobody in does nothing.

    `followed_by`: the secret of the session with which the same browser goes on.
    """
    session = await UserSession.get_or_none(fingerprint=fingerprint(secret), revoked_at=None).select_related("person")
    if session is not None:
        async with unit_of_work(await queries.actor_for(session.person)) as unit:
            await _revoke(unit, [session], **await _next_of(session.person, followed_by))


async def end_session(actor: Actor, session_id: UUID) -> UserSession:
    """Sign out one browser, of one's own or of somebody one administers. Twice is harmless.

    Raises:
        NotFound: no such session, or not the actor's to see.
    """
    async with unit_of_work(actor) as unit:
        session = await UserSession.get_or_none(organization_id=actor.organization_id, id=session_id)
        if session is None or not rules.can_end_sessions_of(actor, session.person_id):
            raise NotFound
        if session.revoked_at is None:
            await _revoke(unit, [session])
        return session


async def end_sessions(actor: Actor, person_id: UUID) -> int:
    """Sign a person out everywhere; returns in how many browsers they were. Twice is harmless.

    Raises:
        Refused: neither one's own nor of somebody the actor administers.
    """
    require(rules.can_end_sessions_of(actor, person_id), _("sign somebody else out"))
    async with unit_of_work(actor) as unit:
        held = await UserSession.filter(
            organization_id=actor.organization_id, person_id=person_id, revoked_at=None
        )
        await _revoke(unit, held)
        return len(held)


async def end_sessions_of_moved(actor: Actor, person_ids: Collection[UUID]) -> int:
    """Sign out everywhere people whose addresses the record system changed; returns from how many browsers.

    A handful of statements, however many people there are. Twice is harmless.

    Raises:
        Refused: the actor does not bring in the records.
    """
    require(can_import_people(actor), _("sign somebody else out"))
    async with unit_of_work(actor) as unit:
        held = await UserSession.filter(
            organization_id=actor.organization_id, person_id__in=list(person_ids), revoked_at=None
        ).order_by("id")
        await _revoke(unit, held)
        return len(held)


async def grant_role(actor: Actor, person_id: UUID, role: Role, program_id: UUID | None = None) -> RoleGrant:
    """Give a person a role, for one programme or for all. Their sessions end: rights change only at a fresh sign-in.

    Holding the role already changes nothing.

    Raises:
        Refused: the actor may not give roles.
        NotFound: no such person here.
    """
    require(rules.can_grant_roles(actor), _("give roles"))
    async with unit_of_work(actor) as unit:
        held = await _held(actor, person_id, role, program_id)
        if held is not None:
            return held
        grant = await RoleGrant.create(
            organization_id=actor.organization_id, person_id=person_id, role=role, program_id=program_id
        )
        await _rights_changed(unit, grant, "role.grant", "role.granted")
        return grant


async def revoke_role(actor: Actor, person_id: UUID, role: Role, program_id: UUID | None = None) -> None:
    """Take a role away; the person's sessions end. A role they do not hold changes nothing.

    Raises:
        Refused: the actor may not take roles.
        NotFound: no such person here.
    """
    require(rules.can_grant_roles(actor), _("take roles away"))
    async with unit_of_work(actor) as unit:
        held = await _held(actor, person_id, role, program_id)
        if held is None:
            return
        await held.delete()
        await _rights_changed(unit, held, "role.revoke", "role.revoked")


async def demo_sign_in(person_id: UUID, device: str = "") -> str:
    """Be somebody of the demo. Returns the secret for the cookie.

    Raises:
        NotFound: this is no demo, or no such person is in it.
    """
    return await open_session(await queries.demo_person(person_id), device)


async def _held(actor: Actor, person_id: UUID, role: Role, program_id: UUID | None) -> RoleGrant | None:
    if not await people_by_ids(actor, [person_id]):
        raise NotFound
    roles = await queries.roles_of(actor, person_id)
    return next((one for one in roles if (one.role, one.program_id) == (role, program_id)), None)


async def _rights_changed(unit: Unit, grant: RoleGrant, act: str, event: str) -> None:
    about: dict[str, Any] = {"person_id": grant.person_id, "role": grant.role, "program_id": grant.program_id}
    await unit.audit(act, grant, **about)
    await unit.publish(event, subject_id=grant.person_id, **about)
    await _revoke(unit, await UserSession.filter(
        organization_id=grant.organization_id, person_id=grant.person_id, revoked_at=None
    ))


async def _next_of(person: Person, secret: str) -> dict[str, UUID]:
    """The session that this secret opened, if it is the same person's."""
    session = await UserSession.filter(
        organization_id=person.organization_id, person_id=person.id, fingerprint=fingerprint(secret)
    ).first()
    return {"followed_by_id": session.id} if session else {}


async def _revoke(unit: Unit, sessions: Sequence[UserSession], **following: Any) -> None:
    if not sessions:
        return
    for session in sessions:
        session.revoked_at = clock.now()
    open_ones = UserSession.filter(
        organization_id=sessions[0].organization_id, id__in=[session.id for session in sessions]
    )
    await open_ones.update(revoked_at=clock.now())
    await unit.audit_many("sign_in.close", sessions)
    await insert_rows(OutboxEvent, [
        {"organization_id": one.organization_id, "kind": "person.signed_out", "subject_id": one.person_id,
         "payload": _plain(person_id=one.person_id, session_id=one.id, **following)}
        for one in sessions
    ])
    unit.after_commit(wake)


def _plain(**payload: Any) -> dict[str, object]:
    return {name: plain(value) for name, value in payload.items()}
