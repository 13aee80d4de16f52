"""What the programme's own row says, as part of its document: how it is read, and what contradicts itself. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from uuid import UUID

from server.kernel.db import Json
from server.kernel.text import gettext as _
from server.programs import rules
from server.programs.actions import CAPACITY_MAX
from server.programs.actions.pairing import CYCLES_MAX
from server.programs.actions.settings import LINK_LETTERS
from server.programs.models import Program
from server.programs.plans import fields
from server.programs.plans.fields import Setting, Shape
from server.programs.states import (
    CIRCLE_LEAST,
    CIRCLE_MOST,
    CIRCLE_USUAL,
    READS_TALENT,
    Approvals,
    AskedFirst,
    Cadence,
    Circles,
    Pairing,
    ProgramType,
)

NAME_LETTERS, KEY_LETTERS, WORDS_LETTERS = 120, 80, 300
PROMPTS_MOST, EXAMPLES_MOST = 10, 30

EXAMPLE: Shape = {
    "want": Setting(fields.words(WORDS_LETTERS, needed=True)),
    "measure": Setting(fields.words(WORDS_LETTERS, needed=True)),
    "competency": Setting(fields.words(KEY_LETTERS), ""),
}
SETUP: Shape = {
    "name": Setting(fields.words(NAME_LETTERS, needed=True)),
    "type": Setting(fields.one_of(ProgramType)),
    "cadence": Setting(fields.one_of(Cadence), Cadence.COHORT.value),
    "duration_days": Setting(fields.whole(1, 3660), 182),
    "sessions_per_month": Setting(fields.whole(1, 31), 2),
    "session_minutes": Setting(fields.whole(5, 480), 45),
    "answer_within_days": Setting(fields.whole(1, 90), 7),
    "invitation_days": Setting(fields.whole(1, 365), 30),
    "places_max": Setting(fields.whole(1, CAPACITY_MAX), 3),
    "approvals": Setting(fields.one_of(Approvals), Approvals.BOTH.value),
    "asked_first": Setting(fields.one_of(AskedFirst), AskedFirst.TOGETHER.value),
    "mentees_may_ask": Setting(fields.yes_no, False),
    "mentors_may_ask": Setting(fields.yes_no, False),
    "mentees_may_wish": Setting(fields.yes_no, False),
    "mentors_may_wish": Setting(fields.yes_no, False),
    "admin_approves_matches": Setting(fields.yes_no, False),
    "admin_approves_admission": Setting(fields.yes_no, False),
    "pause_moves_end": Setting(fields.yes_no, False),
    "meeting_url": Setting(fields.link(LINK_LETTERS), ""),
    "circles": Setting(fields.one_of(Circles), Circles.NONE.value),
    "circle_size": Setting(fields.whole(CIRCLE_LEAST, CIRCLE_MOST), CIRCLE_USUAL),
    "pairing": Setting(fields.one_of(Pairing), Pairing.BEST.value),
    "cycles_apart": Setting(fields.maybe(fields.whole(1, CYCLES_MAX)), None),
    "target_role": Setting(fields.words(KEY_LETTERS), ""),
    "held_out_percent": Setting(fields.whole(0, 50), 0),
    "note_prompts": Setting(fields.many(fields.words(WORDS_LETTERS, needed=True), 0, PROMPTS_MOST), []),
    "goal_examples": Setting(fields.many(fields.table(EXAMPLE), 0, EXAMPLES_MOST), []),
}
"""Every setting of the programme's own row that somebody may change, by the names of its columns and rules."""
COLUMNS = frozenset(SETUP) - {"circle_size", "pairing", "cycles_apart", "target_role", "goal_examples"}


def setup_of(program: Program, competencies: Mapping[UUID, str]) -> Json:
    """What a programme is set to; a role by its key (`competencies`), since ids are one installation's own."""
    role = rules.target_role(program.rules)
    told: Json = {
        **{name: _plain(getattr(program, name)) for name in COLUMNS},
        "circle_size": rules.circle_size(program.rules),
        "pairing": program.rules.get("pairing", Pairing.BEST.value),
        "cycles_apart": program.rules.get("cycles_apart"),
        "target_role": competencies.get(role, "") if role else "",
        "goal_examples": [{"competency": "", **example} for example in program.goal_examples],
    }
    return {name: told[name] for name in SETUP}


def contradictions(setup: Mapping[str, object]) -> dict[str, str]:
    """What a document asks for that its type of programme does not have, or that cannot be together, by setting."""
    kind, wrong = ProgramType(str(setup["type"])), {}
    among_peers = kind is ProgramType.PEER
    if (among_peers or kind is ProgramType.CIRCLE) and setup["circles"] != Circles.NONE:
        wrong["circles"] = _("Only a programme of mentors and mentees has circles besides.")
    if among_peers and setup["circle_size"] != CIRCLE_USUAL:
        wrong["circle_size"] = _("Peers meet in pairs, not in circles.")
    for name, usual in (("pairing", Pairing.BEST), ("cycles_apart", None)):
        if not among_peers and setup[name] != usual:
            wrong[name] = _("Only peers are put together in this way.")
    if kind not in READS_TALENT and setup["target_role"]:
        wrong["target_role"] = _("Only a programme for high potentials and succession leads to a role.")
    if int(str(setup["answer_within_days"])) > int(str(setup["duration_days"])):
        wrong["answer_within_days"] = _("An answer may not take longer than the programme itself.")
    return wrong


def moved(setup: Mapping[str, object], live: Mapping[str, object], *, roles: frozenset[str], settled: bool
          ) -> dict[str, str]:
    """What may not become of what holds: another type once there are groups, a role that the framework lacks."""
    wrong = {}
    for name in ("type", "cadence"):
        if settled and setup[name] != live[name]:
            wrong[name] = _("This stays as it is: the programme has begun, or has a group already.")
    role = setup["target_role"]
    if role and role != live["target_role"] and role not in roles:
        wrong["target_role"] = _("Choose a competency that is in use.")
    return wrong


def _plain(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value
