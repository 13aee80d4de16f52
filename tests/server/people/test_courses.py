"""Completed courses from a learning system: what is taken over, what a course teaches, and what is refused."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel import clock
from server.kernel.actor import Actor, Grant, Permission, system_actor
from server.kernel.errors import Invalid, Refused
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.people.actions import import_framework
from server.people.courses.actions import import_courses
from server.people.courses.files import read_courses
from server.people.courses.queries import Completed, completed_by
from server.people.models import Course, CourseCompletion, Organization, Person
from tests import factories

HEADER = "employee_id,course,completed_on,course_id,skills\n"
FILE = HEADER + (
    "7,Negotiation for buyers,2026-01-31,N1,\n"
    "7,Spring clean,2026-02-01,S1,Tidying up;Negotiation\n"
    "8,Pottery,2026-02-01,P1,\n"
    "4711,Pottery,2026-02-01,P1,\n"
)


async def scene() -> tuple[Organization, Person, Actor]:
    org = await factories.organization()
    noor = await factories.person(org, employee_id="7")
    await factories.person(org, employee_id="8")
    await factories.competency(org, "Negotiation", key="neg")
    await factories.competency(org, "Old days", key="old", aliases=["Pottery"], retired_at=clock.now())
    return org, noor, system_actor(org.id)


async def test_a_file_is_taken_over_once_and_says_what_was_not_understood(db: object) -> None:
    org, noor, product = await scene()
    report = await import_courses(product, FILE.encode(), "done.csv")
    assert (report.added, report.changed, report.unchanged) == (3, 0, 0)
    assert (report.strangers, report.unread) == (("4711",), ("Pottery",))
    again = await import_courses(product, b"\xef\xbb\xbf" + FILE.encode(), "done.csv")
    assert (again.added, again.changed, again.unchanged) == (0, 0, 3)
    assert await AuditEvent.filter(action="courses.import").values_list("detail", flat=True) == [
        {"added": 3, "changed": 0}
    ]
    held = await completed_by(product, [noor.id])
    assert [(one.title, one.skills) for one in held[noor.id]] == [
        ("Spring clean", ("Negotiation",)), ("Negotiation for buyers", ("Negotiation",)),
    ]
    later = HEADER + "7,Negotiation for all buyers,2026-03-31,N1,\n"
    assert (await import_courses(product, later.encode(), "d")).changed == 1
    (course,) = await Course.filter(organization_id=org.id, key="N1")
    assert course.title == "Negotiation for all buyers"
    assert await CourseCompletion.filter(organization_id=org.id).count() == 3


async def test_another_framework_is_read_anew(db: object) -> None:
    _org, noor, product = await scene()
    await import_courses(product, (HEADER + "7,Sailing close to the wind,2026-01-31,,\n").encode(), "d")
    assert (await completed_by(product, [noor.id]))[noor.id][0].skills == ()
    await import_framework(product, b"key,name,aliases\nsail,Boats,Sailing\n", "skills.csv")
    await drain()
    (held,) = (await completed_by(product, [noor.id]))[noor.id]
    assert isinstance(held, Completed)
    assert held.skills == ("Boats",)


async def test_courses_stay_in_their_organisation_and_with_who_may(db: object) -> None:
    org, noor, product = await scene()
    other, theirs, elsewhere = await scene()
    await import_courses(elsewhere, FILE.encode(), "done.csv")
    assert await completed_by(product, [noor.id, theirs.id]) == {}
    with pytest.raises(Refused):
        await import_courses(factories.actor_of(noor), FILE.encode(), "done.csv")
    partner = factories.actor_of(await factories.person(org), Grant(Permission.ORG_PEOPLE_IMPORT))
    assert (await import_courses(partner, FILE.encode(), "done.csv")).added == 3
    assert await CourseCompletion.filter(organization_id=other.id).count() == 3


@pytest.mark.parametrize(("row", "words"), [
    (",Sailing,2026-01-31,,", "employee number"), ("7,,2026-01-31,,", "name of a course"),
    ("7,Sailing,31.01.2026,,", "2026-03-31"), ("7,Sailing,,,", "2026-03-31"),
    (f"7,{'S' * 151},2026-01-31,,", "Shorten"),
    (f"7,Sailing,2026-01-31,,{';'.join(map(str, range(21)))}", "at most 20"),
])
def test_what_is_wrong_is_named_with_its_row(row: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_courses(f"{HEADER}7,Fine,2026-01-31,,\n{row}\n".encode(), "done.csv")
    assert words in refused.value.fields["row 3"]


def test_days_to_come_and_a_file_without_its_columns_are_refused() -> None:
    ahead = (clock.now() + timedelta(days=3)).date().isoformat()
    with pytest.raises(Invalid, match="not after today"):
        read_courses(f"{HEADER}7,Sailing,{ahead},,\n".encode(), "done.csv")
    with pytest.raises(Invalid, match="course, completed_on"):
        read_courses(b"employee_id\n7\n", "done.csv")
    twice = f"{HEADER}7,Sailing,2026-01-31,,\n7,sailing!,2026-02-28,,\n7,Sailing,2026-01-01,,\n"
    assert [line.completed_on.isoformat() for line in read_courses(twice.encode(), "d")] == ["2026-02-28"]


@given(st.text(max_size=80))
def test_no_file_does_more_than_be_refused(rows: str) -> None:
    with suppress(Invalid):
        read_courses(f"{HEADER}{rows}".encode(errors="replace"), "done.csv")
