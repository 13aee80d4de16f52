"""What was learned and why, in plain words."""

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine.learning.judging import LARGEST_ERROR, Verdict
from server.matchmaking.engine.learning.learn import PRIOR_KIND, StageReport, Trial
from server.matchmaking.engine.learning.model import LEVELLED, LINEAR, TREES
from server.matchmaking.engine.score import Calibration, Stage


def stage_name(stage: Stage) -> str:
    """What a stage asks."""
    return {
        Stage.ACCEPT: _("Both accept"),
        Stage.MEET: _("They meet twice"),
        Stage.SATISFIED: _("Satisfied, 4 of 5 or more"),
        Stage.GOAL: _("Goal reached"),
    }[stage]


def kind_name(kind: str) -> str:
    """What a stage goes by."""
    return {
        PRIOR_KIND: _("the programme's weights"),
        LEVELLED: _("the programme's weights, set right by past pairs"),
        LINEAR: _("a model of past pairs"),
        TREES: _("a tree model of past pairs"),
    }[kind]


def stage_line(report: StageReport) -> str:
    """One line: the stage, what its probabilities go by, and the trial that decided it."""
    kind = report.model.scorer.kind if report.model else PRIOR_KIND
    wins = [one for one in report.trials if one.verdict is Verdict.CHAMPION]
    why = trial_words((wins if report.model else list(report.trials))[-1], report.outcomes)
    return _("{stage}, by {kind}. {why}").format(stage=stage_name(report.stage), kind=kind_name(kind), why=why)


def trial_words(trial: Trial, outcomes: int) -> str:
    """What came of one trial, with its figures."""
    if trial.verdict is Verdict.ONE_CYCLE:
        return _("All outcomes are of one cycle; a model is judged on a later cycle than it learned from.")
    if trial.old is None or trial.new is None:
        few = ngettext("One outcome is too few to learn from.", "{count} outcomes are too few to learn from.", outcomes)
        return few.format(count=outcomes)
    words = {
        Verdict.CHAMPION: _("On {held} pairs of cycle {cycle} its log loss was {new:.3f} against {old:.3f}."),
        Verdict.NOT_BETTER: _(
            "On {held} pairs of cycle {cycle}, {kind} was not clearly better (log loss {new:.3f}, before {old:.3f})."
        ),
        Verdict.NOT_CALIBRATED: _(
            "On {held} pairs of cycle {cycle}, {kind} was off by {error:.1%}; {most:.0%} is the most allowed."
        ),
        Verdict.WIDER_GAP: _("On {held} pairs of cycle {cycle}, {kind} would have set the audit groups further apart."),
    }[trial.verdict]
    return words.format(
        held=trial.new.n, cycle=", ".join(name or _("not named") for name in trial.cycles), kind=kind_name(trial.kind),
        new=trial.new.log_loss, old=trial.old.log_loss,
        error=trial.new.calibration_error, most=LARGEST_ERROR,
    )


def calibration_words(calibration: Calibration) -> str:
    """Whether confidence was checked against outcomes, and on how many pairs it rests."""
    count = calibration.based_on
    words = ngettext("calibrated, based on one pair", "calibrated, based on {count} pairs", count)
    if not calibration.calibrated:
        words = ngettext("not yet calibrated, based on one pair", "not yet calibrated, based on {count} pairs", count)
    return words.format(count=count)


def limits(*, has_groups: bool) -> list[str]:
    """What the figures cannot tell."""
    said = [
        _("People are taken as they are now: grades, skills and hours at the time of a past pair are not known."),
        _("Only pairs that were proposed have outcomes; how others would have gone is a guess."),
        _("Pairs that a manager chose, and people who are not in the file, taught nothing."),
        _("What speaks for a pair here goes together with good outcomes; it need not be their cause."),
    ]
    if not has_groups:
        said.append(_("No audit groups were given, so nobody checked whether groups are treated alike."))
    return said
