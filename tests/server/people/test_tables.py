"""Bytes to rows: what is read, and what is refused with which words."""

import tracemalloc
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.kernel.errors import Invalid
from server.people.tables import BYTES_MAX, CELL_LETTERS_MAX, read_bytes, read_table

KNOWN = ("employee_id", "email", "given_name")
HEADER = "employee_id,email,given_name\n"


def refusal(content: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        read_table(content, "people.csv", KNOWN)
    assert "people.csv" in refused.value.fields["file"]
    return refused.value.fields["file"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_every_delimiter_ending_and_mark_gives_the_same_rows(delimiter: str, ending: str, mark: bytes) -> None:
    lines = [["Employee ID", "E-mail", "given-name", "x,y;z"], ["1", "a@example.test", "Zoë", ""]]
    text = ending.join(delimiter.join(f'"{cell}"' for cell in line) for line in lines)
    table = read_table(mark + text.encode(), "people.csv", KNOWN)
    assert table.columns == ("employee_id", "e_mail", "given_name", "x,y;z")
    assert [(row.number, row.cells) for row in table.rows] == [(2, ("1", "a@example.test", "Zoë", ""))]
    assert (table.delimiter, table.has_bom) == (delimiter, bool(mark))


def test_a_comma_in_a_header_does_not_outvote_known_columns() -> None:
    table = read_table(b"employee_id;email;a,b,c,d,e\n1;x;y\n", "people.csv", KNOWN)
    assert table.delimiter == ";"


def test_blank_rows_are_counted_and_left_out() -> None:
    table = read_table((HEADER + "\n1,a,b\n,,\n2,c,d\n").encode(), "people.csv", KNOWN)
    assert [row.number for row in table.rows] == [3, 5]


def test_a_line_break_within_a_cell_is_part_of_it() -> None:
    table = read_table((HEADER + '1,a,"two\nlines"\n2,b,c\n').encode(), "people.csv", KNOWN)
    assert [(row.number, row.cells[2]) for row in table.rows] == [(2, "two\nlines"), (3, "c")]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp500"])
def test_another_encoding_is_refused_with_the_cure(encoding: str) -> None:
    assert "CSV UTF-8" in refusal((HEADER + "1,a@example.test,Zoë\n").encode(encoding))


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_first_odd_byte_is_named_with_its_row(mark: bytes) -> None:
    text = refusal(mark + HEADER.encode() + b"1,a,b\n2,a,Zo\xeb\n")
    assert "row 3" in text
    assert "EB" in text


@pytest.mark.parametrize("start", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1", b"%PDF-1.7"])
def test_a_workbook_is_told_from_a_table(start: bytes) -> None:
    assert "CSV UTF-8" in refusal(start + b"\x00" * 100)


def test_an_open_quotation_mark_names_its_row_and_swallows_nothing() -> None:
    assert "row 3" in refusal((HEADER + '1,a,b\n2,a,"b\n3,a,b\n4,a,b\n').encode())
    assert "row 2" in refusal((HEADER + '1,a,"' + "x" * 200_000).encode())
    assert "row 2" in refusal((HEADER + '1,a,"b"c\n').encode())


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n", b" , ,\n"])
def test_an_empty_file_is_named_empty(content: bytes) -> None:
    assert "empty" in refusal(content)


def test_a_column_twice_is_named() -> None:
    assert "email" in refusal(b"employee_id,email,E-MAIL,Email\n")


def test_limits_are_told_with_their_numbers() -> None:
    assert "50000" in refusal(HEADER.encode() + b"1,a,b\n" * 50_001)
    assert "201" in refusal(b",".join(b"column%d" % number for number in range(201)) + b"\n")
    assert len(read_table(HEADER.encode() + b"1,a,b\n" * 50_000, "people.csv", KNOWN).rows) == 50_000
    assert read_table((HEADER + "1,a," + "x" * CELL_LETTERS_MAX).encode(), "people.csv", KNOWN)


def test_fifty_megabytes_are_refused_before_they_are_read(tmp_path: Path) -> None:
    big = tmp_path / "people.csv"
    with big.open("wb") as file:
        file.truncate(50_000_000)
    tracemalloc.start()
    with pytest.raises(Invalid) as refused:
        read_bytes(big)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 * BYTES_MAX
    assert "10 MB" in refused.value.fields["file"]
    big.write_bytes(b"x" * BYTES_MAX)
    assert len(read_bytes(big)) == BYTES_MAX
    assert "10 MB" in refusal(b"x" * (BYTES_MAX + 1))


@given(st.binary(max_size=400))
def test_no_bytes_do_more_than_be_refused(content: bytes) -> None:
    for start in (b"", HEADER.encode()):
        with suppress(Invalid):
            table = read_table(start + content, "people.csv", KNOWN)
            assert all(any(cell.strip() for cell in row.cells) for row in table.rows)
