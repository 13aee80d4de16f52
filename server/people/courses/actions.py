"""Taking over what a learning system knows: which courses people completed."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.kernel.actor import Actor, ActorKind, require
from server.kernel.bulk import insert_rows
from server.kernel.db import Unit, unit_of_work
from server.kernel.text import gettext as _
from server.people import rules
from server.people.courses import queries
from server.people.courses.files import Line, read_courses
from server.people.courses.lessons import Told, lessons
from server.people.models import Course, CourseCompletion, CourseSkill, Person
from server.people.queries import competencies, organization_of


@dataclass(frozen=True, slots=True)
class CoursesReport:
    """What a file of completed courses did: completions added, given another day, and as they were.

    `strangers` are employee numbers that nobody here has; `unread` are courses that teach nothing the framework names.
    """

    added: int
    changed: int
    unchanged: int
    strangers: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


async def import_courses(actor: Actor, content: bytes, file_name: str) -> CoursesReport:
    """Take over completed courses from CSV. What the file lacks stays; the same file again changes nothing.

    Raises:
        Refused: the actor may not import people.
        Invalid: the file, or rows of it, with what is wrong and how to mend it; nothing is written then.
    """
    require(rules.can_import_people(actor), _("add completed courses"))
    lines = read_courses(content, file_name)
    told = {line.key: Told(line.title, line.tags) for line in lines}
    teaches = await asyncio.to_thread(lessons, told, await competencies(actor))
    async with unit_of_work(actor) as unit:
        known = await _people(actor, lines)
        courses = await _store_courses(actor, told)
        changed_lessons = await _store_lessons(actor, {courses[key].id: held for key, held in teaches.items()})
        days = {
            (known[line.employee_id], courses[line.key].id): line.completed_on
            for line in lines if line.employee_id in known
        }
        added, changed = await _store_completions(unit, days)
        if added or changed or changed_lessons:
            await unit.audit("courses.import", await organization_of(actor), added=added, changed=changed)
        return CoursesReport(
            added, changed, len(days) - added - changed,
            tuple(sorted({line.employee_id for line in lines} - known.keys())),
            tuple(sorted(told[key].title for key, held in teaches.items() if not held)),
        )


async def read_anew(actor: Actor) -> int:
    """Read what all courses teach in the words of the framework as it is now. Returns how many teach something else.

    Raises:
        Refused: the actor is not the product.
    """
    require(actor.kind is ActorKind.SYSTEM, _("read courses anew"))
    held = await queries.courses(actor)
    told = {key: Told(course.title, tuple(course.tags)) for key, course in held.items()}
    teaches = await asyncio.to_thread(lessons, told, await competencies(actor))
    async with unit_of_work(actor) as unit:
        changed = await _store_lessons(actor, {held[key].id: found for key, found in teaches.items()})
        if changed:
            await unit.audit("courses.read_anew", await organization_of(actor), changed=changed)
        return changed


async def _people(actor: Actor, lines: Sequence[Line]) -> dict[str, UUID]:
    """Who in the file works here, by employee number."""
    asked = {line.employee_id for line in lines}
    rows = Person.filter(organization_id=actor.organization_id)
    return {number: key for number, key in await rows.values_list("employee_id", "id") if number in asked}


async def _store_courses(actor: Actor, told: Mapping[str, Told]) -> dict[str, Course]:
    held = await queries.courses(actor)
    for key, course in held.items():
        if key in told and (course.title, tuple(course.tags)) != told[key]:
            course.title, course.tags = told[key].title, list(told[key].tags)
            await course.save(update_fields=["title", "tags"])
    await insert_rows(Course, [
        {"organization_id": actor.organization_id, "key": key, "title": one.title, "tags": list(one.tags)}
        for key, one in told.items() if key not in held
    ])
    return await queries.courses(actor)


async def _store_lessons(actor: Actor, teaches: Mapping[UUID, set[UUID]]) -> int:
    """Keep what some courses teach. Returns how many teach something else than before."""
    held = await queries.lessons_of(actor)
    other = {course_id: found for course_id, found in teaches.items() if found != held.get(course_id, set())}
    stale = [course_id for course_id in other if course_id in held]
    await CourseSkill.filter(organization_id=actor.organization_id, course_id__in=stale).delete()
    await insert_rows(CourseSkill, [
        {"organization_id": actor.organization_id, "course_id": course_id, "competency_id": competency_id}
        for course_id, found in other.items() for competency_id in sorted(found)
    ])
    return len(other)


async def _store_completions(unit: Unit, days: Mapping[tuple[UUID, UUID], date]) -> tuple[int, int]:
    """Keep who completed what, and tell of it. Returns how many are new, and how many have another day."""
    actor = unit.actor
    rows = CourseCompletion.filter(
        organization_id=actor.organization_id, course_id__in=list({course_id for _person_id, course_id in days})
    )
    held = {(row.person_id, row.course_id): row for row in await rows}
    moved = [row for key, row in held.items() if key in days and row.completed_on != days[key]]
    for row in moved:
        row.completed_on = days[row.person_id, row.course_id]
    if moved:
        await CourseCompletion.bulk_update(moved, ["completed_on"], batch_size=100)
    await insert_rows(CourseCompletion, [
        {"organization_id": actor.organization_id, "person_id": person_id, "course_id": course_id, "completed_on": day}
        for (person_id, course_id), day in days.items() if (person_id, course_id) not in held
    ])
    told = {row.person_id for row in moved} | {person_id for person_id, _course in days.keys() - held.keys()}
    if told:
        await unit.publish_many("person.completed_courses", {one: {"person_id": one} for one in sorted(told)})
    return sum(key not in held for key in days), len(moved)
