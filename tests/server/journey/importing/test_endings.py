"""Who is ended because a complete file no longer speaks of them, and who never is."""

import pytest

from server.journey.importing import actions
from server.kernel.actor import Grant, Permission
from server.kernel.errors import Conflict
from server.kernel.facts import OutboxEvent
from server.people.models import Person
from server.people.states import ImportState, PersonStatus
from tests import factories
from tests.server.journey.importing.office import HEADER, NOOR, office, preview, table, take_in

STOPS = [(30, 3, False), (29, 3, True), (300, 20, False), (300, 21, True)]


async def test_nobody_is_ended_by_an_incomplete_file(db: object) -> None:
    org, actor = await office()
    await factories.person(org)
    await take_in(actor, HEADER, NOOR)
    assert not await Person.filter(status=PersonStatus.ENDED).exists()


async def test_a_complete_file_ends_who_is_missing_after_a_persons_word(db: object) -> None:
    org, actor = await office()
    gone = [await factories.person(org) for _ in range(3)]
    elsewhere = await factories.person(await factories.organization())
    report = await preview(actor, HEADER, NOOR, complete=True)
    assert report.endings is not None
    assert (report.endings.count, report.endings.of, report.endings.asks) == (3, 3, True)
    with pytest.raises(Conflict) as stopped:
        await take_in(actor, HEADER, NOOR, complete=True)
    assert stopped.value.kind == "confirm"
    assert not await Person.filter(employee_id="1").exists()
    report = await take_in(actor, HEADER, NOOR, complete=True, confirmed=True)
    assert (report.ended, report.state) == (3, ImportState.DONE)
    ended = await Person.filter(status=PersonStatus.ENDED)
    assert {person.id for person in ended} == {person.id for person in gone}
    assert await OutboxEvent.filter(kind="person.status_changed").count() == 3
    assert (await Person.get(id=elsewhere.id)).status is PersonStatus.ACTIVE


@pytest.mark.parametrize(("here", "missing", "asks"), STOPS)
async def test_the_stop_asks_above_twenty_people_or_a_tenth(db: object, here: int, missing: int, asks: bool) -> None:
    org, actor = await office()
    await Person.bulk_create([
        Person(organization_id=org.id, employee_id=str(number), email=str(number), given_name="A", family_name="B")
        for number in range(here)
    ])
    rows = [f"{number},,," for number in range(here - missing)]
    report = await preview(actor, HEADER, *rows, complete=True)
    assert report.endings is not None
    assert (report.endings.count, report.endings.asks) == (missing, asks)


async def test_refused_rows_end_nobody(db: object) -> None:
    org, actor = await office()
    await factories.person(org, employee_id="1")
    report = await preview(actor, HEADER, "1,wrong,A,B", complete=True)
    assert report.endings is not None
    assert report.endings.count == 0
    await factories.person(org, employee_id="2")
    with pytest.raises(Conflict) as stopped:
        await take_in(actor, HEADER, ",nobody@example.test,A,B", complete=True, confirmed=True)
    assert stopped.value.kind == "unreadable_rows"


async def test_who_came_after_the_preview_is_not_ended_by_it(db: object) -> None:
    org, actor = await office()
    run = await actions.preview_import(actor, "people.csv", table(HEADER, NOOR), complete=True)
    late = await factories.person(org)
    await actions.apply_import(actor, run.id)
    assert (await Person.get(id=late.id)).status is PersonStatus.ACTIVE


async def test_who_imports_a_complete_file_does_not_end_themselves(db: object) -> None:
    org, _ = await office()
    admin = await factories.person(org)
    actor = factories.actor_of(admin, Grant(Permission.ORG_PEOPLE_IMPORT))
    await take_in(actor, HEADER, NOOR, complete=True, confirmed=True)
    assert (await Person.get(id=admin.id)).status is PersonStatus.ACTIVE
