"""Settings of a document in plain words: what each is called, and what a value of it means."""

from collections.abc import Iterable

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.engine import CATEGORIES, Category
from server.matchmaking.engine.wording import category_name
from server.programs.permissions.entries import PERMISSIONS
from server.programs.plans.content import Change
from server.programs.states import ProgramType
from web.console.building import messages_words
from web.dates import upper_first


def rows(changes: Iterable[Change]) -> list[tuple[str, str, str]]:
    """What differs: the setting, what it was, what it is to be."""
    return [(label(one.path), value(one.path, one.was), value(one.path, one.now)) for one in changes]


def label(path: str) -> str:
    """What a setting is called; one without words of its own by its table and name."""
    named = {f"permissions.{name}": permission(name) for name in PERMISSIONS}
    known = {**_setup(), **_rules(), **named, **{f"weights.{name}": _weight(name) for name in CATEGORIES}}
    if path in known:
        return known[path]
    table, _dot, name = path.partition(".")
    if table == messages_words.PART.name and name:
        return messages_words.setting(name)
    head = _tables().get(table, upper_first(table.replace("_", " ")))
    return f"{head}: {name.replace('.', ', ').replace('_', ' ')}" if name else head


def value(path: str, given: object) -> str:
    """What a value means."""
    if path.startswith(f"{messages_words.PART.name}.") and (told := messages_words.set_to(path, given)):
        return told
    if given is None or given in ("", [], {}):
        return _("nothing")
    if isinstance(given, bool):
        return _("yes") if given else _("no")
    if isinstance(given, list) and path == "rules.grade_gap":
        return _("%(least)s to %(most)s") % {"least": given[0], "most": given[1]}
    if isinstance(given, list):
        return ngettext("%(num)d entry", "%(num)d entries", len(given)) % {"num": len(given)}
    return _chosen().get(str(given), str(given)) if isinstance(given, str) else str(given)


def permission(name: str, kind: ProgramType | None = None) -> str:
    """What a permission is called, in a type of programme by who takes part there."""
    side, _may, deed = name.split("_")
    who = {"mentees": _("Mentees"), "mentors": _("Mentors")}[side]
    if kind is ProgramType.PEER:
        who = _("Peers")
    if kind is ProgramType.CIRCLE:
        who = _("Members") if side == "mentees" else _("Who leads a circle")
    may = {"browse": _("%(who)s: see who fits"), "message": _("%(who)s: write messages"),
           "invite": _("%(who)s: invite colleagues")}[deed]
    return may % {"who": who}


def _weight(name: Category) -> str:
    return _("Weight of “%(part)s”") % {"part": category_name(name)}


def _tables() -> dict[str, str]:
    return {
        "triggers": _("Joining by rule"), "messages": _("Messages"), "audience": _("Audience"),
        "surveys": _("Surveys"), "goal_privacy": _("Who may read goals"),
        "terminology": _("Words"), "branding": _("Look"), "training": _("Training"), "resources": _("Resources"),
        "permissions": _("What people may do"),
    }


def _setup() -> dict[str, str]:
    return {
        "name": _("Name"), "type": _("Kind"), "cadence": _("People come in"),
        "duration_days": _("Days that a match lasts"), "sessions_per_month": _("Conversations a month"),
        "session_minutes": _("Minutes of a conversation"), "answer_within_days": _("Days to answer about a match"),
        "invitation_days": _("Days to answer an invitation"), "places_max": _("Mentees one mentor may take"),
        "approvals": _("Whose yes a match needs"), "asked_first": _("Who is asked first"),
        "mentees_may_ask": _("Mentees may ask a mentor themselves"),
        "mentors_may_ask": _("Mentors may ask a mentee themselves"),
        "mentees_may_wish": _("Mentees name whom they would like"),
        "mentors_may_wish": _("Mentors name whom they would like"),
        "admin_approves_matches": _("You approve each match last"),
        "admin_approves_admission": _("You admit whoever joins"),
        "pause_moves_end": _("A pause moves the last day"), "meeting_url": _("Link of the call"),
        "circles": _("Who meets in a circle"), "circle_size": _("Members of a circle"),
        "pairing": _("How peers are put together"),
        "cycles_apart": _("Rounds before the same two are drawn again"), "target_role": _("Target role"),
        "held_out_percent": _("Matches left out of reminders, in 100"),
        "note_prompts": _("Questions for notes"), "goal_examples": _("Examples of goals"),
    }


def _rules() -> dict[str, str]:
    return {
        "rules.reporting_line": _("No reporting line"), "rules.reporting_depth": _("Levels of management"),
        "rules.same_team": _("Not the same team"), "rules.repeat": _("Never paired before"),
        "rules.repeat_months": _("Never paired in so many months"), "rules.company": _("Companies"),
        "rules.common_language": _("A shared language"),
        "rules.min_overlap_half_hours": _("Shared half hours a week"), "rules.grade_gap": _("Levels between them"),
        "rules.max_pairs": _("Pairs of a group, at most"), "rules.min_fit": _("Least fit worth proposing"),
        "rules.wait_bonus": _("Share for each time somebody was left over"),
        "rules.reserve": _("Share of mentors held back for newcomers"),
    }


def _chosen() -> dict[str, str]:
    return {
        "BOTH": _("Both"), "MENTOR": _("The mentor"), "MENTEE": _("The mentee"), "NONE": _("Nobody"),
        "TOGETHER": _("Both at once"), "WAITING": _("Who waits for a mentor"), "EVERYBODY": _("Everybody"),
        "best": _("The best fit"), "random": _("Drawn by lot"), "same": _("Only the same"),
        "different": _("Never the same"), "COHORT": _("In groups"), "ROLLING": _("At any time"),
        "ONE_TO_ONE": _("One mentor, one mentee"), "REVERSE": _("Reverse: the junior teaches"), "PEER": _("Peers"),
        "CIRCLE": _("Circles"), "FLASH": _("Flash: one question"), "ONBOARDING": _("First weeks of new people"),
        "HIGH_POTENTIAL": _("High potentials"), "CROSS_COMPANY": _("Across companies"),
    }
