"""Eight figures in words: what is proven is never rounded up, and what is not known says so."""

import json

import pytest

from server.matchmaking.engine.differences import Compared
from server.matchmaking.engine.fairness import Audit, Envy, Figure, GroupFigures, Parity
from server.matchmaking.learned.quality import (
    LIMITS,
    Found,
    Measure,
    Standard,
    dump_measured,
    measured,
    measured_circles,
)
from server.matchmaking.runs.records import Proof, dump, measured_of, share_of_best
from tests.web.console.learned import report
from web.console import quality_words as words

EVEN, LOW = Compared(70.0, 71.0, -4.0, 2.0), Compared(50.0, 70.0, -25.0, -15.0)
PROOF = {"matched": 10, "waiting": 0, "value": 16.0, "upper_bound": 16.0, "gap": 0.0, "violations": 0}


def audit(*fits: Compared, clearly: int | None = 0, floor: float | None = 49.9) -> Audit:
    groups = tuple(GroupFigures(f"G{at}", 12, {Figure.FIT: told}) for at, told in enumerate(fits))
    small = GroupFigures("small", None, {})
    return Audit(20, 9, 9, 60.0, 50.4, ("m", "e"), 0.5, 0.5, Envy(9, 0, 0, 0.0, 0.0, clearly), (), 8, 72,
                 (Parity("PLACE", (*groups, small), ()), Parity("TENURE", groups[:1], ())), floor, 0.9799)


def plain(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(("measure", "met", "short", "red"), [
    (Measure.VIOLATIONS, [0], [], [1]), (Measure.COVERAGE, [1, 0.98], [0.9799, 0.9], [0.8999]),
    (Measure.OPTIMUM, [0.98], [0.9799, 0.9], [0.8999]), (Measure.ENVY, [0, 0.0499], [0.05, 0.15], [0.1501]),
    (Measure.FLOOR, [50], [49.9, 35], [34.9]), (Measure.CALIBRATION, [0, 0.0499], [0.05, 0.15], [0.1501]),
    (Measure.RANKING, [0.65], [0.6499, 0.55], [0.5499]),
])
def test_each_figure_has_the_aim_and_the_red_flag_of_the_catalogue(
    measure: Measure, met: list[float], short: list[float], red: list[float]
) -> None:
    judge = LIMITS[measure].judge
    assert [judge(one) for one in (*met, *short, *red)] == [
        *[Standard.MET] * len(met), *[Standard.SHORT] * len(short), *[Standard.RED] * len(red)]


def test_figures_are_told_with_their_aim_and_nothing_is_rounded_up_to_it() -> None:
    told = {row.name: row for row in words.of_pairs(measured(audit(EVEN, LOW, clearly=2), 0.99996, report()))}
    assert {name: (plain(row.value), plain(row.aim), row.judged.text) for name, row in told.items()} == {
        "Rules broken": ("0", "none", "Meets the aim"), "Placed": ("97.9%", "98% or more", "Short of the aim"),
        "Total fit": ("99.9%", "98% or more", "Meets the aim"),
        "Clearly better elsewhere": ("22.2%", "under 5%", "Look into it"),
        "Weakest tenth": ("49", "50 or more", "Short of the aim"),
        "Confidence, off by": ("4.0%", "under 5%", "Meets the aim"),
        "Knows who meets twice": ("0.70", "0.65 or more", "Meets the aim"),
        "Groups side by side": ("0.71 to 0.99", "0.80 to 1.25", "Look into it"),
    }
    assert told["Confidence, off by"].means.endswith("On 300 later pairs. Brier score 0.21.")
    assert told["Knows who meets twice"].means.endswith("On 300 later pairs. Give or take 0.06.")
    assert told["Groups side by side"].means.endswith("the tables of groups tell which differ by more.")


def test_what_is_not_known_is_not_judged() -> None:
    """A run without past pairs, one from before figures were counted, and a report from before Brier scores."""
    bare = words.of_pairs(measured(audit(clearly=None, floor=None), None, None))
    assert bare[1].value == "97.9%"
    assert [row.judged.text for row in bare if row.value == "–"] == [
        "Not counted", "Not counted", "Not counted", "Not known yet", "Not known yet", "Nothing to compare"]
    old = report()
    del old["confidence"]["held_out"]["brier"]
    calibration = measured(audit(), 1.0, old)[5]
    assert (calibration.value, calibration.second) == (0.04, None)
    assert words.of_pairs([calibration])[0].means.endswith("On 300 later pairs.")


@pytest.mark.parametrize(("changed", "share"), [
    ({}, 1.0), ({"value": 15.84, "gap": 0.01}, 6 / 6.16), ({"by_models": True, "value": 15.84, "gap": 0.01}, 0.99),
    ({"by_draw": True}, None),
])
def test_the_share_of_the_best_total_is_one_of_fit_and_not_of_people_placed(
    changed: dict[str, float], share: float | None
) -> None:
    """A pair is worth 1 for placing two people besides its fit, and that would hide what is missing of the fit."""
    assert share_of_best(audit(), Proof(**{**PROOF, **changed})) == pytest.approx(share)


def test_a_record_tells_its_figures_of_pairs_or_of_circles_and_they_go_into_a_file() -> None:
    stored = json.loads(json.dumps({**PROOF, "audit": dump(audit(EVEN, LOW))}))
    assert measured_of(stored, None) == measured(audit(EVEN, LOW), 1.0, None)
    assert measured_of({}, None) == []
    in_file = dump_measured(measured_of(stored, report()))
    assert [one["measure"] for one in in_file] == [f"Q0{at}" for at in range(1, 9)]
    assert in_file[5] == {"measure": "Q06", "name": "CALIBRATION", "value": 0.04, "second": 0.21, "pairs": 300,
                          "standard": "MET"}
    told = words.of_circles(measured_circles(0, 27, 3, audit(EVEN, EVEN).parity))
    assert [(row.name, plain(row.value), row.judged.text) for row in told] == [
        ("Rules broken", "0", "Meets the aim"), ("Placed", "90.0%", "Short of the aim"),
        ("Groups side by side", "0.99 to 0.99", "Meets the aim")]
    assert words.of_circles(measured_circles(0, 0, 0, ()))[1].judged.text == "Not counted"


def test_peers_are_told_of_peers() -> None:
    (told,) = words.of_peers([Found(Measure.COVERAGE, 1.0, Standard.MET)])
    assert (told.value, told.means) == ("100%", "Peers in a pair, of as many as can be paired.")
