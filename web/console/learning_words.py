"""What was learned, in words: each stage with what it goes by and why, its figures with intervals, and its limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine.learning.model import LEVELLED, LINEAR, TREES
from server.matchmaking.engine.score import Stage
from server.matchmaking.states import RunState
from server.programs.states import ProgramType
from web.dates import moment

if TYPE_CHECKING:
    from server.matchmaking.models import LearnedModel

Z95 = 1.96


@dataclass(frozen=True, slots=True)
class StageTold:
    """One model's report. `figures`: name, what stands, the prior. `bins`: pairs, foretold, happened, band."""

    id: str
    name: str
    stands: str
    earned: bool
    why: str
    facts: list[tuple[str, str]]
    figures: list[tuple[str, str, str]]
    bins: list[tuple[str, str, str, str]]
    features: list[tuple[str, str]]


def title(kind: ProgramType) -> str:
    """What the page is about."""
    return _("What the matching learned: %(kind)s") % {"kind": type_name(kind)}


def type_name(kind: ProgramType) -> str:
    """The name of a type of programme."""
    return {
        ProgramType.ONE_TO_ONE: _("one to one"), ProgramType.REVERSE: _("reverse"), ProgramType.PEER: _("peers"),
        ProgramType.CIRCLE: _("circles"), ProgramType.FLASH: _("flash"), ProgramType.ONBOARDING: _("onboarding"),
        ProgramType.HIGH_POTENTIAL: _("high potential"), ProgramType.CROSS_COMPANY: _("across companies"),
    }[kind]


def confidence(row: LearnedModel) -> str:
    """Whether confidence was found true, and on how many pairs it rests."""
    based = ngettext("based on %(num)d pair", "based on %(num)d pairs", row.based_on) % {"num": row.based_on}
    if row.calibrated:
        return _("Confidence is calibrated, %(based)s.") % {"based": based}
    return _("Confidence is not yet calibrated, %(based)s.") % {"based": based}


def state(newest: LearnedModel) -> str:
    """What the learning that was asked for last is doing; "" once it is done."""
    return {
        RunState.RUNNING: _("A learning is under way. What stands below is the one before it."),
        RunState.FAILED: _("The last learning came to nothing. What stood before stands on."),
    }.get(newest.state, "")


def data(row: LearnedModel) -> list[tuple[str, str]]:
    """What it learned from, when, and what was left out."""
    if "data" not in row.report:
        return [(_("When"), moment(row.started_at))]
    found = row.report["data"]
    left, cycles = found["left_out"], found["cycles"]
    return [
        (_("When"), moment(row.finished_at or row.started_at)),
        (_("Number"), str(row.number)),
        (_("Pairs"), str(found["learned_from"])),
        (_("Cycles"), _cycles(cycles)),
        (_("By hand, left out"), str(left["chosen_by_managers"])),
        (_("Not scored"), str(left["unknown_people"])),
        (_("Weights"), row.report["weights"]), (_("Prior"), row.report["prior"]),
    ]


def stages(row: LearnedModel) -> list[StageTold]:
    """The four models, in the order in which a pair meets them."""
    return stages_told(row.report)


def stages_told(report: Json) -> list[StageTold]:
    """The models of a report, however it came about."""
    return [_stage(one) for one in report.get("stages", [])]


def limits() -> list[str]:
    """What the figures cannot tell."""
    return [
        _("Only pairs that were proposed have outcomes; how others would have gone is a guess."),
        _("Pairs that a manager chose by hand taught nothing."),
        _("What speaks for a pair here goes together with good outcomes; it need not be their cause."),
        _("Groups are compared by where people work. Nothing protected is known to any model."),
    ]


def earlier(here: str, rows: list[LearnedModel], shown: LearnedModel | None) -> list[tuple[str, str, str]]:
    """The other learnings: when, what came of each, and its address."""
    others = [row for row in rows if shown is None or row.id != shown.id]
    return [(moment(row.started_at), _outcome(row), f"{here}/{row.id}") for row in others]


def _outcome(row: LearnedModel) -> str:
    return {
        RunState.RUNNING: _("Under way"), RunState.FAILED: _("Came to nothing"), RunState.CANCELLED: _("Stopped"),
    }.get(row.state) or confidence(row)


def _cycles(cycles: list[Json]) -> str:
    if not cycles:
        return _("none")
    span = {"num": len(cycles), "first": cycles[0]["cycle"], "last": cycles[-1]["cycle"]}
    if len(cycles) == 1:
        return str(cycles[0]["cycle"])
    return _("%(num)d, from %(first)s to %(last)s") % span


def _stage(found: Json) -> StageTold:
    latest = found["latest_pairs"]["in_force"]
    return StageTold(
        id=found["stage"].lower(), name=stage_name(Stage(found["stage"])), stands=_kind(found["in_force"]),
        earned=found["in_force"] != "prior", why=_why(found), facts=_facts(found),
        figures=_figures(latest, found["latest_pairs"]["prior"]) if latest else [],
        bins=[
            (str(one["n"]), _percent(one["foretold"]), _percent(one["happened"]),
             _("%(low)s to %(high)s") % {"low": _percent(one["low"]), "high": _percent(one["high"])})
            for one in (latest["bins"] if latest else [])
        ],
        features=[(one["feature"].replace("_", " "), f"{one['effect_on_logit']:+.2f}") for one in found["features"]],
    )


def stage_name(stage: Stage) -> str:
    """What a stage asks."""
    return {
        Stage.ACCEPT: _("Both accept"), Stage.MEET: _("They meet twice"),
        Stage.SATISFIED: _("Satisfied, 4 of 5 or more"), Stage.GOAL: _("Goal reached"),
    }[stage]


def _kind(kind: str) -> str:
    return {
        LEVELLED: _("The programme’s weights, set right by past pairs"), LINEAR: _("A model of past pairs"),
        TREES: _("A tree model of past pairs"),
    }.get(kind, _("The programme’s weights alone"))


def _facts(found: Json) -> list[tuple[str, str]]:
    outcomes, reached = found["outcomes"], found["successes"]
    known = ngettext("%(num)d pair was asked", "%(num)d pairs were asked", outcomes) % {"num": outcomes}
    if not outcomes:
        return [(_("Outcomes"), _("none yet"))]
    band = found.get("share_band")
    share = _("%(share)s of them reached it") % {"share": _percent(reached / outcomes)}
    if band:
        share = _("%(share)s (%(low)s to %(high)s)") % {
            "share": share, "low": _percent(band[0]), "high": _percent(band[1])}
    return [(_("Outcomes"), known), (_("Reached"), share)]


def _figures(stands: Json, prior: Json) -> list[tuple[str, str, str]]:
    off = _percent(stands["calibration_error"]), _percent(prior["calibration_error"])
    return [
        (_("Log loss, less is better"), _loss(stands), _loss(prior)),
        (_("Tells a yes from a no, AUC"), _auc(stands), _auc(prior)),
        (_("Brier score, less is better"), _brier(stands), _brier(prior)),
        (_("Off by, beyond chance"), *off),
    ]


def _loss(one: Json) -> str:
    return f"{one['log_loss']:.3f} ± {Z95 * one['log_loss_error']:.3f}"


def _brier(one: Json) -> str:
    return f"{one['brier']:.3f}" if "brier" in one else "–"


def _auc(one: Json) -> str:
    return "–" if one["auc"] is None else f"{one['auc']:.3f} ± {Z95 * one['auc_error']:.3f}"


def _why(found: Json) -> str:
    """The trial that decided: the last that put a model in force, or the last of all."""
    trials = found["trials"]
    wins = [one for one in trials if one["champion"]]
    trial = (wins if found["in_force"] != "prior" else trials)[-1]
    told, new, old = trial["verdict"], trial["model_held_out"], trial["before"]
    if new is None or old is None:
        return {
            "ONE_CYCLE": _("All outcomes are of one cycle; a model is judged on a later cycle than it learned from."),
        }.get(told, _("Too few outcomes to learn from: it takes a hundred before a cycle, and fifty in it."))
    words = {
        "CHAMPION": _("On %(held)d later pairs its log loss was %(new).3f against %(old).3f before it."),
        "NOT_BETTER": _("On %(held)d later pairs the challenger was not clearly better: %(new).3f against %(old).3f."),
        "NOT_CALIBRATED": _("On %(held)d later pairs the challenger was off by more than 5 %%."),
        "WIDER_GAP": _("On %(held)d later pairs the challenger would have set groups further apart."),
    }[told]
    return words % {"held": new["n"], "new": new["log_loss"], "old": old["log_loss"]}


def _percent(share: float) -> str:
    return f"{share:.0%}"
