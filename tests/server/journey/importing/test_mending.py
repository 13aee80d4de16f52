"""Mending a people file: refused rows as a file, cells in place, columns and defaults named by a person."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.journey.importing import actions, queries
from server.journey.importing.outcomes import Kind
from server.journey.importing.records import Problem
from server.journey.importing.report import RefusedRow, refused_csv
from server.kernel.errors import Conflict, Invalid
from server.people.models import Person
from server.programs.models import Enrollment
from tests import factories
from tests.server.journey.importing.office import HEADER, IDRIS, NOOR, office, somebody, table


async def test_refused_rows_come_back_as_a_file_that_can_be_mended(db: object) -> None:
    org, actor = await office()
    run = await actions.preview_import(
        actor, "people.csv", table(HEADER + ",title,hire_date", NOOR + ",,", "=2,b@example.test,B,C,=1+1,never")
    )
    await actions.apply_import(actor, run.id)
    file = await queries.refused_rows_file(actor, run.id)
    lines = file.decode("utf-8-sig").splitlines()
    assert lines[0] == f"problem,{HEADER},title,hire_date"
    assert lines[1].startswith('"hire_date: Write a date')
    assert lines[1].endswith(",'=2,b@example.test,B,C,'=1+1,never")
    assert len(lines) == 2
    mended = file.replace(b"never", b"2024-02-29")
    second = await actions.preview_import(actor, "mended.csv", mended)
    await actions.apply_import(actor, second.id)
    assert (await somebody(org, "=2")).title == "=1+1"


TYPED = st.text(st.sampled_from("=+-@\t\r\n'\"|,; aé0"), max_size=6)


@given(name=TYPED, cells=st.lists(TYPED, min_size=1, max_size=4), columns=st.lists(TYPED, min_size=1, max_size=4))
def test_no_cell_that_leaves_in_a_file_is_a_formula(name: str, cells: list[str], columns: list[str]) -> None:
    row = RefusedRow(2, name, name, (Problem(2, name, name, "Write a date."),))
    file = refused_csv([row], {2: cells}, columns).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(file, newline="")))
    assert [len(line) for line in lines] == [1 + len(columns), 1 + len(cells)]
    assert not [cell for line in lines for cell in line if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


async def test_the_name_of_a_column_that_nobody_knows_is_no_formula_either(db: object) -> None:
    _, actor = await office()
    content = table(HEADER + ",=1+1", "2,never,B,C,x")
    run = await actions.preview_import(actor, "people.csv", content)
    file = (await queries.refused_rows_file(actor, run.id)).decode("utf-8-sig").splitlines()
    assert file[0] == f"problem,{HEADER},'=1+1"


async def test_a_refused_row_loses_no_cell_and_keeps_its_corrections(db: object) -> None:
    _, actor = await office()
    content = table("problem,Staff," + HEADER.split(",", 1)[1], "old,1,wrong,Noor,Saltmarsh,extra")
    run = await actions.preview_import(actor, "people.csv", content, mapping={"staff": "employee_id"})
    await actions.correct_rows(actor, run.id, {2: {"email": "noor@example.test", "title": "Captain"}})
    file = (await queries.refused_rows_file(actor, run.id)).decode("utf-8-sig").splitlines()
    assert file[0] == f"problem,{HEADER},title"
    assert file[1].endswith(",1,noor@example.test,Noor,Saltmarsh,Captain,extra")


async def test_cells_are_corrected_in_place_and_checked_again(db: object) -> None:
    _, actor = await office()
    run = await actions.preview_import(actor, "people.csv", table(HEADER + ",title", NOOR + ",", "2,wrong,Idris,B,"))
    with pytest.raises(Invalid):
        await actions.correct_rows(actor, run.id, {9: {"email": "x"}})
    with pytest.raises(Invalid):
        await actions.correct_rows(actor, run.id, {3: {"desk": "x"}})
    await actions.correct_rows(actor, run.id, {3: {"email": "still wrong"}})
    assert (await queries.import_report(actor, run.id)).counts[Kind.REFUSED] == 1
    await actions.correct_rows(actor, run.id, {3: {"email": "idris@example.test"}})
    assert (await queries.import_report(actor, run.id)).counts == {
        Kind.CREATED: 2, Kind.CHANGED: 0, Kind.UNCHANGED: 0, Kind.REFUSED: 0
    }
    await actions.apply_import(actor, run.id)
    assert await Person.filter(email="idris@example.test").exists()
    with pytest.raises(Conflict):
        await actions.correct_rows(actor, run.id, {3: {"email": "late@example.test"}})


async def test_unknown_columns_are_listed_and_mapped_on_request(db: object) -> None:
    org, actor = await office()
    content = table("Staff No;E-Mail;given name;FAMILY_NAME;desk", "1;noor@example.test;Noor;Saltmarsh;12")
    with pytest.raises(Invalid) as refused:
        await actions.preview_import(actor, "people.csv", content)
    assert "employee_id, email" in refused.value.fields["file"]
    assert "staff_no, e_mail, desk" in refused.value.fields["file"]
    mapping = {"Staff No": "employee_id", "E-Mail": "email"}
    run = await actions.preview_import(actor, "people.csv", content, mapping=mapping)
    report = await queries.import_report(actor, run.id)
    assert report.form is not None
    assert (report.form.words, report.form.ignored) == ("Semicolon, UTF-8", ("desk",))
    await actions.apply_import(actor, run.id)
    assert (await somebody(org)).email == "noor@example.test"
    for wrong in ({"desk": "weight"}, {"chair": "title"}, {"desk": "email"}):
        with pytest.raises(Invalid):
            await actions.preview_import(actor, "people.csv", content, mapping={**mapping, **wrong})


async def test_programme_and_role_may_be_given_for_a_whole_file(db: object) -> None:
    org, actor = await office()
    await factories.cohort(await factories.program(org, key="rising"))
    content = table(HEADER + ",role", NOOR + ",mentor", IDRIS + ",")
    run = await actions.preview_import(
        actor, "people.csv", content, defaults={"program": "rising", "role": "mentee"}
    )
    other = await actions.preview_import(actor, "people.csv", content, defaults={"program": "rising", "role": "peer"})
    assert other.id != run.id
    report = await queries.import_report(actor, run.id)
    assert [row.seat for row in report.created] == ["rising, as mentor", "rising, as mentee"]
    await actions.apply_import(actor, run.id)
    assert await Enrollment.all().count() == 2
    with pytest.raises(Invalid):
        await actions.preview_import(actor, "people.csv", content, defaults={"title": "x"})
