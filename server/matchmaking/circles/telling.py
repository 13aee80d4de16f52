"""What is stored of a circle beside its people: what they have in common, and why it suits each of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.matchmaking.engine import Category, Reason, ReasonCode, RuleSet, Weights
from server.matchmaking.engine.choosing.discretion import told_to
from server.matchmaking.engine.groups.members.reasons import Brought, Helped, brought_by
from server.matchmaking.engine.groups.portrait import SharedGoal, common_languages, common_times, shared_goals
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK, Participant
from server.matchmaking.engine.waitlist import WaitCode
from server.matchmaking.engine.wording import Names, Reader, sentence
from server.matchmaking.engine.words.telling import joined
from server.matchmaking.stored import dump_reason, load_reason


@dataclass(frozen=True)
class InCommon:
    """What the people of a circle have in common. `times` are spans of the UTC week: its first half hour, counted from
    Monday 00:00, and how many; None where nobody told theirs, and `languages` likewise."""

    times: list[tuple[int, int]] | None
    languages: list[str] | None
    goals: list[SharedGoal]
    host_code: str | None


class Why(NamedTuple):
    """Why a circle suits a member, in words: whose help fits which goal; or what it lacks, as a caution."""

    category: Category
    title: str
    detail: str
    is_caution: bool

    @property
    def line(self) -> str:
        """All of it on one line, for lists and files."""
        return f"{self.title}: {self.detail}" if self.detail else self.title


def told(
    people: Sequence[Participant], rules: RuleSet, weights: Weights, *, host_code: WaitCode | None = None
) -> Json:
    """A circle of some members as it is stored (decision 0018); `host_code` says why nobody leads it."""
    times, languages = common_times(people), common_languages(people)
    brought = brought_by(people, rules, weights)
    return {"circle": {
        "times": _spans(times) if times is not None else None,
        "languages": list(languages) if languages is not None else None,
        "goals": [{"name": goal.tag, "members": goal.members} for goal in shared_goals(people)],
        "host_code": host_code.value if host_code else None,
        "members": {name: _dump(one) for name, one in brought.items()},
    }}


def in_common(explanation: Mapping[str, Any]) -> InCommon:
    """What was stored of a circle; nothing for one made before that was kept."""
    stored = explanation.get("circle", {})
    times = stored.get("times")
    return InCommon(
        [(start, length) for start, length in times] if times is not None else None, stored.get("languages"),
        [SharedGoal(one["name"], one["members"]) for one in stored.get("goals", [])], stored.get("host_code"),
    )


def reasons_for(
    explanation: Mapping[str, Any], enrollment_id: UUID, inside: Mapping[UUID, str], reader: Reader
) -> list[Why]:
    """Why a circle suits one of its members, for themselves (MENTEE) or who runs the programme: up to three reasons,
    as far as those who help are still `inside` (first names by enrolment), then the caution, if there is one."""
    stored = explanation.get("circle", {}).get("members", {}).get(str(enrollment_id), {})
    name, helpers = inside[enrollment_id], {str(one): first_name for one, first_name in inside.items()}
    found = []
    for one in stored.get("reasons", []):
        reason = load_reason(one)
        if one["helper"] in helpers and told_to([reason], reader):
            found.append(_said(reason, Names(helpers[one["helper"]], name), reader))
    caution = stored.get("caution")
    return [*found, _caution(load_reason(caution), name, reader)] if caution else found


def reasons_told(
    explanation: Mapping[str, Any], inside: Mapping[UUID, str], reader: UUID | None, *, runs_it: bool
) -> dict[UUID, list[Why]]:
    """What a circle brings its members, as far as somebody may read it: their own where they sit in it themselves, else
    everybody's for who runs the programme."""
    if reader is not None and reader in inside:
        return {reader: reasons_for(explanation, reader, inside, Reader.MENTEE)}
    return {one: reasons_for(explanation, one, inside, Reader.MANAGER) for one in inside} if runs_it else {}


def _said(reason: Reason, names: Names, reader: Reader) -> Why:
    """A reason in words that always say whose help it is: of a circle they do not go without saying, as of a pair."""
    title, detail = sentence(reason, names, reader)
    named = detail if names.mentor in title else joined(names.mentor, detail)
    return Why(reason.category, title, named, is_caution=False)


def _caution(reason: Reason, name: str, reader: Reader) -> Why:
    """What a member wants and nobody in the circle offers."""
    _title, detail = sentence(reason, Names("", name), reader)
    mine, theirs = _("Nobody here offers all you want"), _("Nobody in it offers all %(name)s wants")
    if reason.code is ReasonCode.GOAL_FAR:
        mine, theirs = _("Your goal is nobody’s main field here"), _("%(name)s’s goal is nobody’s main field")
    title = theirs if reader is Reader.MANAGER else mine
    return Why(reason.category, title % {"name": name}, detail, is_caution=True)


def _dump(brought: Brought) -> Json:
    return {
        "reasons": [_dump_one(one) for one in brought.reasons],
        "caution": _dump_one(brought.caution) if brought.caution else None,
    }


def _dump_one(one: Helped) -> Json:
    return {"helper": one.helper, **dump_reason(one.reason)}


def _spans(times: int) -> list[list[int]]:
    """Runs of free half hours in a UTC week: the first one, and how many."""
    found: list[list[int]] = []
    for at in range(HALF_HOURS_A_WEEK):
        if times >> at & 1:
            if found and sum(found[-1]) == at:
                found[-1][1] += 1
            else:
                found.append([at, 1])
    return found
