"""An audit in words: what is proven is said so, what is not is never rounded away."""

from dataclasses import replace

import pytest

from server.matchmaking.engine.differences import Compared
from server.matchmaking.engine.fairness import Audit, Envy, Figure, GroupFigures, Parity
from server.matchmaking.engine.score import PRIOR_VERSION
from server.matchmaking.runs.records import Proof, proof_of
from web.console import audit_words as words


def proof(gap: float, matched: int = 9, *, by_models: bool = False, over_all: bool = True) -> Proof:
    return Proof(matched, 0, 1 - gap, 1.0, gap, 0, by_models, over_all)


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


def test_no_more_is_claimed_than_was_searched_and_by_what_it_was_counted() -> None:
    assert words.best_words(proof(0.0, by_models=True)) == (
        "No better total exists for what was learned and these weights. That is proven.")
    listed = proof(0.0, by_models=True, over_all=False)
    assert words.best_words(listed) == (
        "No better total exists for what was learned, among the pairs that were listed. That is proven.")
    assert words.facts(audit(), listed, "")[2][2] == "at most, among the listed pairs"


def test_a_run_from_before_it_was_kept_claims_no_more_than_the_lists_where_models_chose() -> None:
    record = {"matched": 9, "waiting": 0, "value": 1.0, "upper_bound": 1.0, "gap": 0.0, "violations": 0}
    assert proof_of(record) == proof_of({**record, "calibration": {"model": PRIOR_VERSION}}) == Proof(
        9, 0, 1.0, 1.0, 0.0, 0, by_models=False, over_all=True)
    for chosen in ({"calibration": {"model": "learned.1"}}, {"learned": {"stages": [{"in_force": "boosted trees"}]}}):
        told = proof_of({**record, **chosen})
        assert told
        assert (told.by_models, told.over_all) == (True, False)
    for trial in (None, {"stages": [{"in_force": "prior"}]}):
        assert proof_of({**record, "learned": trial}) == proof_of(record)


def test_no_pair_is_no_proof_of_anything() -> None:
    assert words.best_words(proof(0.0, matched=0)) == "No pair could be made."


def test_a_draw_is_called_one_and_claims_no_best_total() -> None:
    drawn = replace(proof(0.0), by_draw=True)
    assert words.best_words(drawn) == "The pairs were drawn by lot, and not for their fit."
    assert words.facts(audit(), drawn, "")[2][1:] == ("–", "drawn by lot")


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
    assert (leeds.cells[2], lisbon.cells[2]) == ("61 (×0.84)", "70 (×0.99)")


def test_many_hidden_groups_share_a_line() -> None:
    rows = [group(f"G{at}", EVEN, people=None) for at in range(5)]
    (table,) = words.tables(audit(group("Lisbon", EVEN), *rows))
    assert [row.name for row in table.rows] == ["Lisbon", "5 small groups"]
    assert table.rows[1].cells == ("hidden", "hidden", "hidden")


def test_a_dimension_in_which_everything_is_hidden_has_no_table() -> None:
    small = [group(name, EVEN, people=None) for name in ("Leeds", "Lisbon", "Porto")]
    assert [words.tables(audit(*small[:many])) for many in (1, 2, 3)] == [[], [], []]
