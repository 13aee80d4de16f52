"""Who no longer belongs to a programme since their record changed: their part ends after the grace that it gives."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from server.kernel.actor import Actor, ActorKind
from server.kernel.facts import AuditEvent
from server.people.models import Person
from server.people.queries import visible_person
from server.people.states import PersonStatus
from server.programs.actions import keep_eligible, lose_eligibility
from server.programs.audience.queries import meant, today_of
from server.programs.audience.rules import Rules, rules_of
from server.programs.audience.states import TEXTS, Fact, Fit, side_of
from server.programs.models import Enrollment
from server.programs.queries import enrollments, grace_ends_at
from server.programs.states import OPEN_ENROLLMENTS

RECORDED = frozenset(TEXTS) - {Fact.STATUS} | {Fact.SENIORITY}
"""What a record says of somebody by itself. Nobody falls out of a programme because time goes by; leave and departure
have ways of their own."""


async def follow_records(actor: Actor, person_id: UUID, changed: Collection[str]) -> None:
    """End the parts of somebody, after their programmes' grace, for whom a rule no longer holds about what changed; end
    no part any more for whom it was so, and is not. What a manager decided stays. Twice is harmless.

    Raises:
        NotFound: the person is gone.
    """
    about = RECORDED & set(changed)
    person = await visible_person(actor, person_id) if about else None
    if person is None or person.status is not PersonStatus.ACTIVE:
        return
    theirs = enrollments(actor).filter(person_id=person_id, state__in=list(OPEN_ENROLLMENTS))
    for one in await theirs.order_by("id").select_related("program"):
        if days := one.program.triggers.get("grace_days"):
            await _follow(actor, one, person, about, days)


async def _follow(actor: Actor, enrollment: Enrollment, person: Person, about: Collection[Fact], days: int) -> None:
    rules = rules_of(enrollment.program.audience, side_of(enrollment.role))
    if await grace_ends_at(actor, enrollment.id):
        if await _fits(actor, person, rules, RECORDED) and await _was_ours(actor, enrollment.id):
            await keep_eligible(actor, enrollment.id)
    elif not await _fits(actor, person, rules, about):
        await lose_eligibility(actor, enrollment.id, grace_days=days)


async def _fits(actor: Actor, person: Person, rules: Rules, about: Collection[Fact]) -> bool:
    """Whether the rules about some facts hold; where one rule is enough, any of all."""
    asked = tuple(one for one in rules.rules if one.fact in about)
    if not asked:
        return True
    held_to = rules if rules.fit is Fit.ANY else replace(rules, rules=asked)
    return await meant(actor, held_to, await today_of(actor)).filter(id=person.id).exists()


async def _was_ours(actor: Actor, enrollment_id: UUID) -> bool:
    """Whether the product, and nobody of the programme, said last that a part ends."""
    said = AuditEvent.filter(
        organization_id=actor.organization_id, target_id=enrollment_id, action="enrollment.lose_eligibility"
    )
    last = await said.order_by("-at", "-id").first()
    return last is not None and last.actor_kind == ActorKind.SYSTEM
