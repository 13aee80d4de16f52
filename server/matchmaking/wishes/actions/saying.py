"""What somebody says about people of the other side of their group; nobody else ever reads it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from tortoise.queryset import QuerySet

from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import unit_of_work
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.facts import OutboxEvent
from server.kernel.text import gettext as _
from server.matches import actions as matches
from server.matches import queries as match_queries
from server.matches.actions.requesting import OTHER_SIDE
from server.matches.states import DeclineReason
from server.matches.steps import UNDO_ONE
from server.matchmaking.models import Preference
from server.matchmaking.said import queries, rules
from server.matchmaking.states import PreferenceKind
from server.programs.models import Enrollment
from server.programs.queries import visible_enrollment
from server.programs.rules import is_self
from server.programs.states import EnrollmentState

WISHES = 3
"""So many people one may name, in order: as many as one can weigh against each other."""


async def name_wishes(actor: Actor, enrollment_id: UUID, about_ids: Sequence[UUID]) -> Enrollment:
    """Say whom one would like to be matched with, the first wish first; this takes the place of earlier wishes.

    Nobody else ever reads them. The next run counts them; the same again changes nothing.

    Raises:
        NotFound: not the actor's own enrolment, or somebody who takes no part on the other side of the group.
        Refused: in this programme nobody names wishes.
        Invalid: too many, or somebody twice.
        Conflict: the actor takes no part now, or set somebody of them aside.
    """
    async with unit_of_work(actor) as unit:
        own = await _own(actor, enrollment_id)
        require(rules.may_wish(own.program, own.role), _("name wishes in this programme"))
        if len(about_ids) > WISHES:
            raise Invalid({"wishes": _("Name at most %(most)d people.") % {"most": WISHES}})
        if len(set(about_ids)) < len(about_ids):
            raise Invalid({"wishes": _("You named somebody twice. Choose each person once.")})
        for about_id in about_ids:
            await _other(actor, own, about_id)
        before = [one.about_enrollment_id for one in await queries.wishes_of(actor, own.id)]
        if before == list(about_ids):
            return own
        await _of(own, PreferenceKind.WISH).delete()
        for rank, about_id in enumerate(about_ids, 1):
            await _say(own, about_id, PreferenceKind.WISH, rank=rank)
        await unit.audit("wishes.name", own, count=len(about_ids))
        return own


async def keep_in_mind(actor: Actor, enrollment_id: UUID, about_id: UUID, on: bool) -> Enrollment:
    """Make somebody a favourite, or no favourite any more. Twice is harmless.

    Raises:
        NotFound: not the actor's own enrolment, or somebody who takes no part on the other side of the group.
        Refused: in this programme nobody chooses.
        Conflict: the actor takes no part now, or set them aside.
    """
    async with unit_of_work(actor) as unit:
        own = await _own(actor, enrollment_id)
        require(rules.may_choose(own.program, own.role), _("choose people in this programme"))
        known = await queries.preference_of(actor, own.id, about_id, PreferenceKind.FAVOURITE)
        if on and known is None:
            await _other(actor, own, about_id)
            await _say(own, about_id, PreferenceKind.FAVOURITE)
        elif known is not None and not on:
            await known.delete()
        else:
            return own
        await unit.audit("favourite.set", own, on=on)
        return own


async def set_aside(
    actor: Actor, enrollment_id: UUID, about_id: UUID, reason: DeclineReason = DeclineReason.NOT_SAID
) -> Enrollment:
    """Say "not for me": the two are never brought together again, and the reason teaches who comes first instead.

    The other never learns of it. Twice is harmless; nothing follows for UNDO_ONE, and `take_back` ends it at any time.

    Raises:
        NotFound: not the actor's own enrolment, or nobody of the other side of the group.
        Refused: in this programme nobody chooses.
        Conflict: the two have a match or a request (`kind="open"`): that is answered where it stands.
    """
    async with unit_of_work(actor) as unit:
        own = await _own(actor, enrollment_id)
        require(rules.may_choose(own.program, own.role), _("choose people in this programme"))
        if await queries.preference_of(actor, own.id, about_id, PreferenceKind.NOT_FOR_ME):
            return own
        await _other(actor, own, about_id)
        if await match_queries.open_match_of(actor, own.id, about_id):
            raise Conflict(_("You two have a match or a request. Answer it there."), kind="open")
        said = await _say(own, about_id, PreferenceKind.NOT_FOR_ME, reason=reason)
        await unit.audit("person.set_aside", own, code=reason)
        await unit.publish("preference.set_aside", subject_id=said.id, hold=UNDO_ONE, cohort_id=own.cohort_id)
        return own


async def take_back(actor: Actor, enrollment_id: UUID, about_id: UUID) -> Enrollment:
    """Let somebody who was set aside be suggested again. Twice is harmless.

    Raises:
        NotFound: not the actor's own enrolment.
    """
    async with unit_of_work(actor) as unit:
        own = await _own(actor, enrollment_id)
        said = await queries.preference_of(actor, own.id, about_id, PreferenceKind.NOT_FOR_ME)
        if said is None:
            return own
        await said.delete()
        await OutboxEvent.filter(
            organization_id=actor.organization_id, subject_id=said.id, kind="preference.set_aside", delivered_at=None,
            withdrawn_at=None,
        ).update(withdrawn_at=clock.now())
        await unit.audit("person.take_back", own)
        await unit.publish("preference.taken_back", subject_id=own.id, cohort_id=own.cohort_id)
        return own


async def part(actor: Actor, preference_id: UUID) -> list[UUID]:
    """Take the drafts of two people, of whom one set the other aside, out of the queue.

    Returns the enrolments that now want somebody else; none when it was taken back meanwhile.

    Raises:
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor) as unit:
        said = await queries.preference_by_id(actor, preference_id)
        if said is None:
            return []
        drafts = await match_queries.drafts_between(actor, said.enrollment_id, said.about_enrollment_id)
        for draft in drafts:
            await matches.discard_match(actor, draft.id, reason="set_aside")
        await unit.audit_many("draft.part", drafts)
        return [member.enrollment_id for draft in drafts for member in match_queries.learners(draft)]


async def _own(actor: Actor, enrollment_id: UUID) -> Enrollment:
    own = await visible_enrollment(actor, enrollment_id, lock=True)
    if not is_self(actor, own):
        raise NotFound
    return own


async def _other(actor: Actor, own: Enrollment, about_id: UUID) -> Enrollment:
    """Somebody of the other side of one's group, of whom one may say something now."""
    if own.state is not EnrollmentState.ACTIVE:
        raise Conflict(_("You can choose once you take part."))
    other = (await match_queries.enrollments_by_ids(actor, [about_id])).get(about_id)
    is_there = (
        other is not None and other.cohort_id == own.cohort_id and other.role is OTHER_SIDE.get(own.role)
        and other.person_id != own.person_id and other.state is EnrollmentState.ACTIVE
    )
    if other is None or not is_there:
        raise NotFound
    if await queries.preference_of(actor, own.id, about_id, PreferenceKind.NOT_FOR_ME):
        raise Conflict(_("You set this person aside. Take that back first, under You."), kind="aside")
    return other


def _of(own: Enrollment, kind: PreferenceKind) -> QuerySet[Preference]:
    return Preference.filter(organization_id=own.organization_id, enrollment_id=own.id, kind=kind)


async def _say(own: Enrollment, about_id: UUID, kind: PreferenceKind, **more: Any) -> Preference:
    return await Preference.create(
        organization_id=own.organization_id, enrollment_id=own.id, about_enrollment_id=about_id, kind=kind,
        at=clock.now(), **more,
    )
