"""Wishes, favourites and whom somebody set aside. The others never learn of it, and neither does who runs it all."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q
from tortoise.functions import Count
from tortoise.queryset import QuerySet

from server.kernel.actor import Actor
from server.matches.models import MatchMember
from server.matches.states import Approval, DeclineReason
from server.matchmaking.engine.weights import Category
from server.matchmaking.models import Preference, ShortlistEntry
from server.matchmaking.said.rules import may_wish
from server.matchmaking.states import PreferenceKind
from server.programs.models import Enrollment, Program

LESSONS = {
    DeclineReason.CLOSER_TO_GOAL: Category.GOALS, DeclineReason.TIMES: Category.AVAILABILITY,
    DeclineReason.KNOW_EACH_OTHER: Category.ORGANISATION,
}
"""Which part of a fit was missing, by the reason that somebody gave; having no room says nothing of the other."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said, as the engine takes it: persons they named, best first, persons they set aside, and what
    was missing in those they turned down."""

    prefers: tuple[str, ...] = ()
    avoids: tuple[str, ...] = ()
    missed: tuple[Category, ...] = ()


@dataclass(frozen=True, slots=True)
class Own:
    """What somebody said in one of their groups: enrolments wished for, best first, kept in mind, and set aside."""

    wishes: tuple[UUID, ...]
    favourites: frozenset[UUID]
    aside: frozenset[UUID]


async def said_by(actor: Actor, rows: Collection[Enrollment], program: Program) -> dict[UUID, Said]:
    """For each enrolment of a cohort what its person said: wishes made there, and noes said anywhere."""
    persons = {row.person_id for row in rows}
    holders = dict(await _persons(Enrollment.filter(organization_id=actor.organization_id, person_id__in=persons)))
    said = await _preferences(actor).filter(enrollment_id__in=list(holders)).order_by("rank", "id")
    named = dict(await _persons(Enrollment.filter(
        organization_id=actor.organization_id, id__in={one.about_enrollment_id for one in said}
    )))
    avoids, missed = defaultdict[UUID, list[str]](list), await _missed_in_matches(actor, persons)
    in_row = defaultdict[UUID, list[Preference]](list)
    for one in said:
        in_row[one.enrollment_id].append(one)
        if one.kind is PreferenceKind.NOT_FOR_ME and one.about_enrollment_id in named:
            avoids[holders[one.enrollment_id]].append(str(named[one.about_enrollment_id]))
            missed[holders[one.enrollment_id]] += _lesson(one.reason)
    return {
        row.id: Said(
            _named(in_row[row.id], named, wishes=may_wish(program, row.role)),
            tuple(dict.fromkeys(avoids[row.person_id])), tuple(sorted(missed[row.person_id])),
        )
        for row in rows
    }


async def own_words(actor: Actor, enrollment_id: UUID) -> Own:
    """What was said in one enrolment about others of its group."""
    said = await _preferences(actor).filter(enrollment_id=enrollment_id).order_by("rank", "id")
    aside = {one.about_enrollment_id for one in said if one.kind is PreferenceKind.NOT_FOR_ME}
    kept = [one for one in said if one.about_enrollment_id not in aside]
    return Own(
        tuple(one.about_enrollment_id for one in kept if one.kind is PreferenceKind.WISH),
        frozenset(one.about_enrollment_id for one in kept if one.kind is PreferenceKind.FAVOURITE), frozenset(aside),
    )


async def kept_words(actor: Actor, enrollment_ids: Iterable[UUID]) -> list[Preference]:
    """Whom some enrolments keep in mind and whom they set aside, the latest first."""
    kinds = [PreferenceKind.FAVOURITE, PreferenceKind.NOT_FOR_ME]
    return await _preferences(actor).filter(enrollment_id__in=list(enrollment_ids), kind__in=kinds).order_by("-at")


async def apart_from(actor: Actor, person_id: UUID) -> frozenset[UUID]:
    """The persons whom somebody set aside, and those who set them aside: they are never brought together again."""
    own = Enrollment.filter(organization_id=actor.organization_id, person_id=person_id)
    mine = {key for key, _person in await _persons(own)}
    said = _preferences(actor).filter(kind=PreferenceKind.NOT_FOR_ME)
    found = await said.filter(Q(enrollment_id__in=list(mine)) | Q(about_enrollment_id__in=list(mine)))
    others = {key for one in found for key in (one.enrollment_id, one.about_enrollment_id)} - mine
    rows = Enrollment.filter(organization_id=actor.organization_id, id__in=list(others))
    return frozenset(person for _key, person in await _persons(rows))


async def set_aside_at(actor: Actor, person_ids: Collection[UUID]) -> dict[frozenset[UUID], datetime]:
    """When one of any two of some persons set the other aside, the earliest of what still stands."""
    rows = Enrollment.filter(organization_id=actor.organization_id, person_id__in=list(person_ids))
    own = dict(await _persons(rows))
    said = _preferences(actor).filter(
        kind=PreferenceKind.NOT_FOR_ME, enrollment_id__in=list(own), about_enrollment_id__in=list(own)
    )
    return {
        frozenset((own[one.enrollment_id], own[one.about_enrollment_id])): one.at
        for one in await said.order_by("-at", "id")
    }


async def preference_of(
    actor: Actor, enrollment_id: UUID, about_id: UUID, kind: PreferenceKind
) -> Preference | None:
    """What somebody said about somebody, if they did."""
    said = _preferences(actor).filter(enrollment_id=enrollment_id, about_enrollment_id=about_id, kind=kind)
    return await said.first()


async def preference_by_id(actor: Actor, preference_id: UUID) -> Preference | None:
    """One word of somebody, unless they took it back."""
    return await _preferences(actor).filter(id=preference_id).first()


async def wishes_of(actor: Actor, enrollment_id: UUID) -> list[Preference]:
    """The wishes named in an enrolment, best first."""
    return await _preferences(actor).filter(enrollment_id=enrollment_id, kind=PreferenceKind.WISH).order_by("rank")


async def shortlist_of(actor: Actor, enrollment_id: UUID) -> list[ShortlistEntry]:
    """Who was listed for an enrolment, the best first; nobody before lists were made with it."""
    return await ShortlistEntry.filter(
        organization_id=actor.organization_id, enrollment_id=enrollment_id
    ).order_by("place")


async def lists_with(actor: Actor, cohort_id: UUID) -> dict[UUID, int]:
    """In how many lists of a cohort each enrolment stands; those in none are left out."""
    rows = await (
        ShortlistEntry.filter(organization_id=actor.organization_id, cohort_id=cohort_id)
        .annotate(lists=Count("id")).group_by("about_enrollment_id").values_list("about_enrollment_id", "lists")
    )
    return {about: int(count) for about, count in rows}


async def made_after(actor: Actor, cohort_id: UUID, moment: datetime) -> bool:
    """Whether the lists of a cohort are younger than a moment (aware)."""
    entries = ShortlistEntry.filter(organization_id=actor.organization_id, cohort_id=cohort_id)
    return await entries.filter(made_at__gt=moment).exists()


def _preferences(actor: Actor) -> QuerySet[Preference]:
    return Preference.filter(organization_id=actor.organization_id)


async def _persons(rows: QuerySet[Enrollment]) -> list[tuple[UUID, UUID]]:
    found: list[tuple[UUID, UUID]] = await rows.values_list("id", "person_id")
    return found


async def _missed_in_matches(actor: Actor, persons: Collection[UUID]) -> defaultdict[UUID, list[Category]]:
    """What was missing by the reasons that people gave when they declined a match."""
    declined = MatchMember.filter(
        organization_id=actor.organization_id, person_id__in=list(persons), approval=Approval.DECLINED
    )
    found = defaultdict[UUID, list[Category]](list)
    for person_id, reason in await declined.values_list("person_id", "decline_reason"):
        found[person_id] += _lesson(reason)
    return found


def _named(said: list[Preference], named: dict[UUID, UUID], *, wishes: bool) -> tuple[str, ...]:
    """Wishes in their order where they count, then who is kept in mind."""
    own = [one for one in said if one.about_enrollment_id in named]
    counted = [one for one in own if one.kind is PreferenceKind.WISH and wishes]
    counted += [one for one in own if one.kind is PreferenceKind.FAVOURITE]
    return tuple(dict.fromkeys(str(named[one.about_enrollment_id]) for one in counted))


def _lesson(reason: DeclineReason | str | None) -> list[Category]:
    return [LESSONS[DeclineReason(reason)]] if reason and DeclineReason(reason) in LESSONS else []
