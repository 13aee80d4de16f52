"""Decision records are cited by number, so each has one of its own."""

from pathlib import Path

RECORDS = Path(__file__).parents[2] / "docs" / "decisions"


def test_the_numbers_of_decisions_have_no_gap_and_no_twin() -> None:
    files = sorted(RECORDS.glob("*.md"))
    assert [file.name[:5] for file in files] == [f"{number:04}-" for number in range(1, len(files) + 1)]


def test_a_record_begins_with_its_number() -> None:
    wrong = [file.name for file in RECORDS.glob("*.md") if not file.read_text().startswith(f"# {file.name[:4]} ")]
    assert wrong == []
