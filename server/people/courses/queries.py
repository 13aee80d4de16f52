"""Which courses people completed, and what these teach."""

from collections.abc import Collection
from datetime import date
from typing import NamedTuple
from uuid import UUID

from server.kernel.actor import Actor
from server.people.models import Course, CourseCompletion, CourseSkill


class Completed(NamedTuple):
    """A course that somebody completed, with the names of the competencies in use that it teaches."""

    title: str
    completed_on: date
    skills: tuple[str, ...]


async def courses(actor: Actor) -> dict[str, Course]:
    """The organisation's courses by key."""
    return {row.key: row for row in await Course.filter(organization_id=actor.organization_id)}


async def lessons_of(actor: Actor) -> dict[UUID, set[UUID]]:
    """The competencies that each course teaches; courses that teach none are left out."""
    found: dict[UUID, set[UUID]] = {}
    rows = CourseSkill.filter(organization_id=actor.organization_id)
    for course_id, competency_id in await rows.values_list("course_id", "competency_id"):
        found.setdefault(course_id, set()).add(competency_id)
    return found


async def completed_by(actor: Actor, person_ids: Collection[UUID]) -> dict[UUID, list[Completed]]:
    """The courses that people completed, the latest first; people without any are left out.

    The caller knows why the actor may see them.
    """
    taught: dict[UUID, list[str]] = {}
    skills = CourseSkill.filter(organization_id=actor.organization_id, competency__retired_at=None)
    for course_id, name in await skills.order_by("competency__name").values_list("course_id", "competency__name"):
        taught.setdefault(course_id, []).append(name)
    rows = CourseCompletion.filter(organization_id=actor.organization_id, person_id__in=list(person_ids))
    found: dict[UUID, list[Completed]] = {}
    for person_id, course_id, title, day in await rows.order_by("-completed_on", "course__title", "id").values_list(
        "person_id", "course_id", "course__title", "completed_on"
    ):
        found.setdefault(person_id, []).append(Completed(title, day, tuple(taught.get(course_id, ()))))
    return found


async def titles_teaching(actor: Actor, competency_ids: Collection[UUID]) -> dict[UUID | None, list[str]]:
    """The courses that the actor completed and that teach some competencies, by competency, the latest first."""
    rows = CourseCompletion.filter(
        organization_id=actor.organization_id, person_id=actor.person_id,
        course__skills__competency_id__in=list(competency_ids),
    ).order_by("-completed_on", "course__title")
    found: dict[UUID | None, list[str]] = {}
    for competency_id, title in await rows.values_list("course__skills__competency_id", "course__title"):
        found.setdefault(competency_id, []).append(title)
    return found


async def count_courses(actor: Actor) -> int:
    """How many courses the organisation knows."""
    return await Course.filter(organization_id=actor.organization_id).count()
