"""An audit in words: what is proven is said so, what is not is never rounded away."""

import pytest

from server.matchmaking.engine.differences import Compared
from server.matchmaking.engine.fairness import Audit, Envy, Figure, GroupFigures, Parity
from server.matchmaking.runs.records import Proof
from web.console import audit_words as words


def proof(gap: float, matched: int = 9) -> Proof:
    return Proof(matched, 0, 1 - gap, 1.0, gap, 0)


def audit(*groups: GroupFigures, envy: Envy = Envy(0, 0, 0, 0.0, 0.0)) -> Audit:
    return Audit(20, 9, 9, 71.2, 50.4, ("m", "e"), 0.5, 0.5, envy, (), 8, 72, (Parity("PLACE", groups, ()),))


@pytest.mark.parametrize(("gap", "said"), [
    (0.0, "No better total exists for these weights. That is proven."),
    (0.00009, "No better total exists for these weights, within 1 part in 10,000."),
    (0.00021, "No better total exists for these weights, within 1 part in 4,000."),
    (0.009, "No better total exists for these weights, within 1 part in 100."),
    (0.05, "A better total may exist for these weights, by 5.00% at most."),
])
def test_how_good_it_is(gap: float, said: str) -> None:
    assert words.best_words(proof(gap)) == said


def test_no_pair_is_no_proof_of_anything() -> None:
    assert words.best_words(proof(0.0, matched=0)) == "No pair could be made."


def test_a_gap_is_never_rounded_to_nothing() -> None:
    assert [words.gap_words(proof(gap)) for gap in (0.0, 0.00001, 0.0123)] == ["0%", "under 0.01%", "1.23%"]


@pytest.mark.parametrize(("found", "said"), [
    (Envy(0, 0, 0, 0.0, 0.0), ""),
    (Envy(9, 0, 0, 0.0, 0.0), "Nobody would fit better with somebody else’s mentor."),
    (Envy(9, 2, 0, 4.26, 5.0), "2 of 9 mentees would fit better with somebody else’s mentor, by 4.3 points on average. "
     "That mentor fits the other one better each time."),
    (Envy(9, 2, 1, 4.0, 5.0), "2 of 9 mentees would fit better with somebody else’s mentor, by 4.0 points on average. "
     "For one of them that mentor would fit no worse. Giving them that place would cost others more."),
])
def test_envy(found: Envy, said: str) -> None:
    assert words.envy(audit(envy=found)) == said


def group(name: str, told: Compared, people: int | None = 12) -> GroupFigures:
    return GroupFigures(name, people, {Figure.FIT: told} if people else {})


LOW, EVEN = Compared(61.0, 73.0, -16.0, -8.0), Compared(70.0, 71.0, -4.0, 2.0)


def test_a_group_that_fares_worse_is_named_with_the_range() -> None:
    fair = words.fairness(audit(group("Leeds", LOW), group("Lisbon", EVEN)))
    assert fair.finding == "One of 2 groups fares worse than the others by more than chance would explain."
    leeds, lisbon = fair.tables[0].rows
    assert (leeds.judged.text, leeds.judged.detail) == ("Lower fit", "by 12 points (8 to 16)")
    assert (lisbon.judged.text, lisbon.judged.detail) == ("Even", "")
    assert fair.has_ranges


def test_many_hidden_groups_share_a_line() -> None:
    rows = [group(f"G{at}", EVEN, people=None) for at in range(5)]
    (table,) = words.tables(audit(group("Lisbon", EVEN), *rows))
    assert [row.name for row in table.rows] == ["Lisbon", "5 small groups"]
    assert table.rows[1].cells == ("hidden", "hidden", "hidden")


def test_a_dimension_in_which_everything_is_hidden_has_no_table() -> None:
    small = [group(name, EVEN, people=None) for name in ("Leeds", "Lisbon", "Porto")]
    assert [words.tables(audit(*small[:many])) for many in (1, 2, 3)] == [[], [], []]
