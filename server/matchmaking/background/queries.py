"""What the record system, the learning system and past pairs know of the people of a run.

Each fact is optional: what nobody recorded is not known. The employer's rating is read in programmes of one type alone,
and of those alone who agreed to it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from server.kernel import clock
from server.kernel.actor import Actor
from server.language.spotting import spotter
from server.matches.partners import Partners, partners_of_mentors
from server.matchmaking.engine.pool import NO_BACKGROUND, Background, Course
from server.people import queries as people
from server.people.courses.queries import Completed, completed_by
from server.people.frameworks import under
from server.people.models import Competency, Person
from server.people.states import ConsentPurpose
from server.programs.models import Enrollment, Program
from server.programs.rules import target_role
from server.programs.states import READS_TALENT, ParticipantRole

YEAR_DAYS = 365.25
LEAST_RATING, RATINGS = 1, 4
"""A rating is a number from 1 to 5 (contract of the people file)."""


async def ways_of(
    actor: Actor, rows: Collection[Enrollment], program: Program, wants: Mapping[UUID, list[Competency]],
    goals: Mapping[UUID, str], offers: Mapping[UUID, list[Competency]],
) -> dict[UUID, Background]:
    """What is known of the way of each enrolment's person. `wants` and `offers` are the competencies that persons want
    and offer, `goals` the text of each enrolment's goal; persons must have been fetched."""
    ids = [row.person_id for row in rows]
    mentors = [row.person_id for row in rows if row.role is ParticipantRole.MENTOR]
    courses, functions = await completed_by(actor, ids), await people.functions_of(actor, ids)
    partners = await partners_of_mentors(actor, mentors)
    aims = _aims(rows, goals)
    reads_talent = program.type in READS_TALENT
    framework = await people.competencies(actor) if reads_talent else []
    role = under(framework, target_role(program.rules))
    agreed = await people.agreed_to(actor, ids, ConsentPurpose.TALENT) if reads_talent else set[UUID]()
    found = {}
    for row in rows:
        who, mentors_here = row.person_id, row.role is ParticipantRole.MENTOR
        met = partners.get(who, Partners())
        found[row.id] = replace(
            _in_functions(row.person, functions.get(who, [])),
            courses=_courses(courses.get(who, [])),
            aims=aims.get(row.id, ()),
            branch=() if mentors_here else branch_of(wants.get(who, []), framework),
            lacks=() if mentors_here else _lacks(role, [*wants.get(who, []), *offers.get(who, [])]),
            partners_in=tuple(sorted(met.departments.items())) if mentors_here else (),
            partners_of=tuple(sorted(met.managers.items())) if mentors_here else (),
            rating=_rating(row.person) if who in agreed else None,
        )
    return found


def branch_of(wanted: Iterable[Competency], framework: Iterable[Competency]) -> tuple[str, ...]:
    """The competencies of a framework that stand beside, above or below wanted ones, without these, by name."""
    own = {one.id for one in wanted}
    parents = {one.parent_id for one in framework if one.id in own} - {None}
    near = (one for one in framework if one.id in parents or (own | parents) & {one.parent_id})
    return tuple(sorted({one.name for one in near if one.id not in own}))


def _lacks(role: Iterable[Competency], own: Iterable[Competency]) -> tuple[str, ...]:
    """The competencies of a role that are not among somebody's own, by name."""
    had = {one.id for one in own}
    return tuple(sorted({one.name for one in role if one.id not in had}))


def _courses(completed: Iterable[Completed]) -> tuple[Course, ...]:
    """Courses that teach something, each title once, the latest first."""
    return tuple(dict.fromkeys(Course(one.title, one.skills) for one in completed if one.skills))


def _in_functions(person: Person, recorded: list[tuple[str, datetime]]) -> Background:
    """Today's function with the years in it, and those before. The record may begin later than the years did: they are
    at least those in the role; where a person was first recorded says nothing of when they came to it."""
    now = person.job_family
    if not now:
        return NO_BACKGROUND
    before = [name for name, _since in reversed(recorded) if name != now]
    since = next((moment for name, moment in reversed(recorded) if name == now), None)
    years = [_years(moment) for moment in (since,) if moment and before and recorded[-1][0] == now]
    if person.role_start_date:
        years.append((clock.now().date() - person.role_start_date).days / YEAR_DAYS)
    return Background(
        function=now, function_years=max(0.0, *years) if years else None, functions=tuple(dict.fromkeys(before))
    )


def _rating(person: Person) -> float | None:
    """The employer's rating from 0 to 1."""
    known = person.performance_rating
    return None if known is None else (known - LEAST_RATING) / RATINGS


def _years(since: datetime) -> float:
    return (clock.now() - since).days / YEAR_DAYS


def _aims(rows: Iterable[Enrollment], goals: Mapping[UUID, str]) -> dict[UUID, tuple[str, ...]]:
    """The functions of this organisation's people that a goal names, but for one's own. A name of one word counts only
    as it is written: "product reviews" is no wish to work in Product."""
    own = {row.id: row.person.job_family for row in rows}
    names = sorted(set(own.values()) - {""})
    known = spotter((name, ()) for name in names)
    return {
        key: tuple(
            names[at] for at, words in known.spots(text)
            if names[at] != own[key] and (" " in names[at] or words == names[at])
        )
        for key, text in goals.items() if text
    }
