"""Whoever changes something leaves a trace: each action audits, itself or through the action it calls."""

import ast

import pytest

from tests.architecture import source

MESSAGE = "the message row is the record: whom, why, what became of it and when"
ZONE = "it follows somebody's zone, whose change has an entry of its own"
SILENT = {
    "server/journey/guiding/actions.py:open_guide": "a count; an entry would say who opened which guide",
    "server/matches/actions/running.py:follow_zones": ZONE,
    "server/programs/actions/ending.py:follow_zones": ZONE,
    "server/messaging/actions.py:follow_members": "it follows who is in the match, which has entries of its own",
    "server/messaging/actions.py:mark_read": "the mark is the record: who read up to when",
    "server/notifications/actions.py:plan_message": MESSAGE,
    "server/notifications/actions.py:plan_test": MESSAGE,
    "server/notifications/deciding/actions.py:give_back": MESSAGE,
    "server/notifications/deciding/actions.py:take_day": MESSAGE,
    "server/notifications/deciding/actions.py:wait_for_its_hour": MESSAGE,
    "server/notifications/falling_back/actions.py:fall_back": MESSAGE,
    "server/notifications/proving/actions.py:note_act": MESSAGE,
    "server/notifications/told/actions.py:mark_told_read": "the mark is the record: when it was read",
    "server/notifications/told/actions.py:note_tap": "the mark is the record: when it was opened",
    "server/notifications/told/actions.py:open_told": "the mark is the record: when it was opened",
    "server/sessions/actions/outcome.py:read_notes": "the mark on the note is the record: when it was read",
}
"""Actions without an entry of their own, each with the reason why nobody will ever ask who did it."""

BEFORE_ANYONE_IS_KNOWN = {
    "server/access/actions.py:open_session": "makes the actor: the person proved who they are",
    "server/access/actions.py:close_session": "the holder of the secret, whoever it is",
    "server/access/actions.py:demo_sign_in": "the door of the demo, before anybody is signed in",
    "server/access/letters/actions.py:ask_for_letter": "an address was typed; whose it is, is looked up later",
    "server/access/letters/actions.py:enter_code": "the code proves who it is",
    "server/access/letters/actions.py:follow_link": "the link's secret proves who it is",
    "server/journey/form/actions.py:answer_by_link": "the ticket's secret proves who it is",
    "server/journey/tapping/actions.py:tap": "the ticket's secret proves who it is",
    "server/notifications/bounces/actions.py:take_report": "a mail server's report, which knows a message's id",
    "server/notifications/optout/actions.py:switch_mail": "the link's key proves whose letters they are",
    "server/notifications/push/actions.py:renew": "the session's secret proves which browser it is",
}
"""Actions that cannot take an actor, each with the reason."""

TRACES = (".audit", ".audit_many", "AuditEvent.bulk_create")

ACTIONS = [
    name for name in source.modules("server")
    if name.endswith("/actions.py") or ("/actions/" in name and not name.endswith("__init__.py"))
]


@pytest.mark.parametrize("name", ACTIONS)
def test_every_action_audits_or_says_why_not(name: str) -> None:
    mute = {place for place in _public(name) if not _leaves_a_trace(name, place) and f"{name}:{place}" not in SILENT}
    assert not mute, f"{name}: no audit entry in {', '.join(sorted(mute))}"


def test_the_list_of_silent_actions_is_true() -> None:
    stale = [
        known for known in SILENT
        if known.partition(":")[0] not in ACTIONS or known.partition(":")[2] not in _public(known.partition(":")[0])
        or _leaves_a_trace(*known.split(":"))
    ]
    assert not stale, "\n".join(stale)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_is_told_who_acts(name: str) -> None:
    unsigned = [place for place, node in _public(name).items() if not _names_an_actor(node)]
    assert [place for place in unsigned if f"{name}:{place}" not in BEFORE_ANYONE_IS_KNOWN] == []


def _public(name: str) -> dict[str, source.Function]:
    return {
        node.name: node for node in source.tree(name).body
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_")
    }


def _names_an_actor(node: source.Function) -> bool:
    return bool(node.args.args) and node.args.args[0].arg == "actor"


def _leaves_a_trace(name: str, place: str, seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function audits, calls one of its room that does, or calls another room's action."""
    own = {node.name: node for node in source.tree(name).body if isinstance(node, source.Function)}
    if place in seen or place not in own:
        return False
    calls = {ast.unparse(node.func) for node in ast.walk(own[place]) if isinstance(node, ast.Call)}
    if any(words.endswith(TRACES) or _is_an_action(name, words) or _is_a_step(name, words, seen) for words in calls):
        return True
    return any(_leaves_a_trace(name, word, seen | {place}) for word in (calls | _handed_on(own[place])) & set(own))


def _is_an_action(name: str, words: str) -> bool:
    came_from = source.imported(name).get(words.partition(".")[0], "")
    return "actions" in came_from.split(".")


def _is_a_step(name: str, words: str, seen: frozenset[str]) -> bool:
    """A function of the room's own `steps` module that leaves the trace for several actions."""
    came_from = source.imported(name).get(words.partition(".")[0], "")
    module, _dot, place = came_from.rpartition(".")
    if not module.endswith(".steps"):
        module, place = came_from, words.rpartition(".")[2]
    path = f"{module.replace('.', '/')}.py"
    return module.endswith(".steps") and path in source.modules("server") and _leaves_a_trace(path, place, seen)


def _handed_on(node: source.Function) -> set[str]:
    """Functions that are passed by name: `once(actor, key, act)`."""
    return {
        one.id for call in ast.walk(node) if isinstance(call, ast.Call)
        for one in call.args if isinstance(one, ast.Name)
    }


BY_DOCUMENT = {
    "configure_program", "set_circles", "set_circle_size", "set_pairing", "set_target_role", "set_part",
}
"""What sets a part of a programme's document at once."""
APPLIES = ("server/programs/plans/", "server/automation/building/", "server/demo/")
"""Who puts a whole document in force, and who makes programmes up."""


def test_faces_write_into_the_draft_and_nothing_in_force_changes_beside_it() -> None:
    callers = {
        name for name in source.modules()
        for node in ast.walk(source.tree(name)) if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in BY_DOCUMENT
        and not name.startswith(APPLIES)
    }
    assert not callers
