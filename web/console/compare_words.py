"""Two runs of a group in words: what they were given differently, whose mentor changed, and why."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.circles.forming import drafts_of
from server.matchmaking.engine.wording import category_name
from server.matchmaking.runs.comparison import Change, Why
from server.matchmaking.runs.records import audit_of
from server.programs.states import ParticipantRole, ProgramType
from web.console import moved_words, peer_words
from web.console.review_words import wait_words
from web.console.run_words import first_name, full_name, pairs_and_waiting
from web.dates import moment, upper_first

if TYPE_CHECKING:
    from server.matchmaking.models import MatchRun
    from server.matchmaking.runs.comparison import Settings
    from server.matchmaking.runs.queries import AgainstLast, RunsCompared


def against_last(found: AgainstLast, now: MatchRun) -> list[tuple[str, str]]:
    """A run beside the one before it, in three lines."""
    fits = [_mean_fit(run) for run in (found.last, now)]
    same = _("In the same circle") if found.of_circles else _("Same pairs")
    return [
        (same, _("%(same)s of %(all)s") % {"same": found.same, "all": found.of}),
        (_("Mean fit"), _("%(after)s, was %(before)s") % {"before": fits[0], "after": fits[1]}),
        (_("Why"), _why_another(found.settings)),
    ]


def _why_another(given: Settings) -> str:
    """What the later run was given differently, the most telling first."""
    said = [
        _("%(part)s %(before)s to %(after)s") % {
            "part": category_name(name), "before": f"{before:.0%}", "after": f"{after:.0%}"}
        for name, before, after in sorted(given.weights, key=lambda one: -abs(one[1] - one[2]))[:1]
    ]
    others = {_("other rules"): given.rules, _("another seed"): given.seed, _("another engine"): given.engine,
              _("another learning"): given.learned, _("other people or answers"): not given.same_people}
    said += [words for words, differs in others.items() if differs]
    return upper_first(", ".join(said)) or _("Nothing was different")


def _mean_fit(run: MatchRun) -> str:
    """The mean fit of its pairs, or where it made none of its circles."""
    audit, circles = audit_of(run.result), drafts_of(run.result)
    if audit is None and circles:
        return f"{fmean(one.fit for one in circles):.0f}"
    return f"{audit.mean_fit:.0f}" if audit and audit.mean_fit is not None else "–"


def figures(shown: RunsCompared) -> list[tuple[str, str]]:
    """Both runs in figures."""
    fits = [_mean_fit(run) for run in (shown.earlier, shown.later)]
    return [
        (_("Earlier run"), f"{moment(shown.earlier.started_at)}. {pairs_and_waiting(shown.earlier)}"),
        (_("Later run"), f"{moment(shown.later.started_at)}. {pairs_and_waiting(shown.later)}"),
        (_("Mean fit"), _("%(after)s, was %(before)s") % {"before": fits[0], "after": fits[1]}),
    ]


def settings(shown: RunsCompared) -> list[tuple[str, str]]:
    """What the two runs were given differently; one line that says so when it was the same."""
    found = shown.comparison.settings
    told = [
        (category_name(name), _("%(before)s, now %(after)s") % {"before": f"{before:.0%}", "after": f"{after:.0%}"})
        for name, before, after in found.weights
    ]
    if found.rules:
        told.append((_("Rules"), ", ".join(found.rules)))
    learned = found.learned and (upper_first(_learning(found.learned[0])), _learning(found.learned[1]))
    for label, pair in ((_("Engine"), found.engine), (_("Seed"), found.seed), (_("What was learned"), learned)):
        if pair:
            told.append((label, _("%(before)s, now %(after)s") % {"before": pair[0], "after": pair[1]}))
    people = _("Nothing about them changed") if found.same_people else _("Somebody came, went or changed")
    return [*told, (_("People"), people)]


def _learning(version: str) -> str:
    """What a run expected pairs by: a learning of its type, or the curve that stands before there is one."""
    kind, _dot, number = version.partition(".")
    return _("learning %(number)s") % {"number": number} if kind in set(ProgramType) else _("nothing yet")


def same_words(shown: RunsCompared) -> str:
    """How many kept their mentor or partner, and how many sit in a circle that went on."""
    in_circles = moved_words.same(shown.circles) if shown.circles else ""
    return " ".join(filter(None, (_same_pairs(shown) if shown.has_pairs else "", in_circles)))


def _same_pairs(shown: RunsCompared) -> str:
    same = shown.comparison.same
    if _of_peers(shown):
        return peer_words.same(same)
    if not same:
        return _("No mentee has the same mentor.")
    said = ngettext("%(num)d mentee has the same mentor.", "%(num)d mentees have the same mentor.", same)
    return said % {"num": same}


def changed_title(shown: RunsCompared) -> str:
    """How many did not."""
    count = len(shown.comparison.changes)
    if shown.circles and not count:
        return moved_words.changed_title(shown.circles)
    if not count:
        return _("Both runs came to the same pairs")
    if _of_peers(shown):
        return peer_words.changed_title(count)
    return ngettext("%(num)d mentee is placed differently", "%(num)d mentees are placed differently", count) % {
        "num": count}


def change_rows(shown: RunsCompared, most: int) -> list[tuple[str, str, str, str]]:
    """Mentee or peer, whom they had before and have after, and why; who was in both runs comes first."""
    changes = sorted(shown.comparison.changes, key=lambda one: one.why in (Why.JOINED, Why.LEFT))
    return [
        (full_name(shown.people.get(one.mentee)), _side(shown, one, "before"), _side(shown, one, "after"),
         why_words(shown, one))
        for one in changes[:most]
    ]


def change_heads(shown: RunsCompared) -> list[str]:
    """What the columns of the changes hold."""
    return [_("Peer") if _of_peers(shown) else _("Mentee"), _("Before"), _("Now"), _("Why")]


def all_the_same(shown: RunsCompared) -> str:
    """That nothing differs."""
    if not shown.has_pairs:
        return _("Everybody sits in the same circle in both runs, and the same people wait.")
    if _of_peers(shown):
        return _("Everybody has the same partner in both runs, and the same people wait.")
    return _("Everybody has the same mentor in both runs, and the same people wait.")


def _of_peers(shown: RunsCompared) -> bool:
    return any(row.role is ParticipantRole.PEER for row in shown.people.values())


def why_words(shown: RunsCompared, one: Change) -> str:
    """Why somebody's mentor, or partner, is another one."""
    peers = _of_peers(shown)
    kept = {pair.mentor for pair in one.before} & {pair.mentor for pair in one.after}
    lost = next((pair.mentor for pair in one.before if pair.mentor not in kept), None)
    gained = next((pair.mentor for pair in one.after if pair.mentor not in kept), None)
    names = {
        "old": first_name(shown.people.get(lost)) if lost else "",
        "new": first_name(shown.people.get(gained)) if gained else "",
        "other": first_name(shown.people.get(one.taken_by)) if one.taken_by else "",
        "then": f"{one.fit_then or 0:.0f}", "now": f"{one.fit_now or 0:.0f}",
    }
    said = {
        Why.JOINED: _("Was not in the earlier run."), Why.LEFT: _("Is not in the later run."),
        Why.MENTOR_LEFT: _("%(old)s had no place any more."), Why.MENTOR_JOINED: _("%(new)s had no place before."),
        Why.FIT_FELL: _("The fit with %(old)s fell from %(then)s to %(now)s."),
        Why.FIT_ROSE: _("The fit with %(new)s rose."),
        Why.AS_GOOD: _("%(new)s fits no worse."),
        Why.GIVEN_UP: _("The place with %(old)s goes to %(other)s.") if one.taken_by else _(
            "The places do more for all in this way."),
        Why.NO_LONGER_LISTED: _("%(old)s is no longer among the best here, or a rule forbids it."),
        Why.PLACE_FREED: _("A place with %(new)s came free."),
    }[one.why] % names
    return f"{said} {wait_words(one.waits, among_peers=peers)}." if one.waits and one.why is not Why.LEFT else said


def _side(shown: RunsCompared, one: Change, side: str) -> str:
    pairs = one.before if side == "before" else one.after
    told = [_("%(name)s, %(fit)s") % {"name": full_name(shown.people.get(pair.mentor)), "fit": f"{pair.fit:.0f}"}
            for pair in pairs]
    return "; ".join(told) or "–"
