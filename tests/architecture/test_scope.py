"""Every read of a table starts within one organisation: `organization_id` stands in the very call that names the model.

A queryset that was scoped once may be narrowed freely. What cannot be scoped is listed here with its reason.
"""

import ast

from server.kernel.db import MODEL_MODULES
from tests.architecture import source

STARTS = {
    "all", "annotate", "earliest", "exclude", "exists", "filter", "first", "get", "get_or_create", "get_or_none",
    "in_bulk", "last", "latest", "raw", "select_for_update", "update_or_create",
}
UNSCOPED = {
    "server/access/actions.py:close_session": "the secret's fingerprint is unique; it names its organisation",
    "server/access/letters/queries.py:letter_by_key": "whoever holds a link's secret is nobody yet; the key is checked",
    "server/access/letters/queries.py:letters_of": "one address, several organisations: all were written to",
    "server/access/letters/queries.py:people_at": "finds out who has an address, for the worker alone",
    "server/access/queries.py:demo_people": "everybody of the demo organisations; empty outside a demo",
    "server/access/queries.py:demo_person": "somebody of the demo organisations; refused outside a demo",
    "server/access/queries.py:session_actor": "finds out whose organisation it is, from the secret's fingerprint",
    "server/access/queries.py:was_revoked": "tells of one secret, by its fingerprint, whether somebody ended it",
    "server/access/tickets/queries.py:ticket_by_fingerprint": "finds out whose it is, from the secret's fingerprint",
    "server/kernel/db.py:forget_receipts": "old receipts of every organisation go, unread",
    "server/notifications/bounces/queries.py:message_that_came_back": "finds out whose mail it is, from its Message-ID",
    "server/notifications/optout/queries.py:look": "finds out whose it is, from a key that this installation signed",
    "server/notifications/push/queries.py:renewable_browser": "whose it is, from the secret's fingerprint",
    "server/notifications/queries.py:_with_messages": "the demo organisations' mails; empty outside a demo",
    "server/notifications/queries.py:caught_mails": "the demo organisations' mails; empty outside a demo",
    "server/notifications/queries.py:one_caught_mail": "a mail of the demo organisations; refused outside a demo",
    "server/notifications/push/keys.py:renew_key": "the installation's key: every organisation's browsers ask anew",
    "server/operations/queries.py:forget_processes_and_sessions": "a restored database is its operator's",
    "server/operations/queries.py:keys_without_administrator": "the operator's: where nobody may give roles, of all",
    "server/operations/queries.py:newest_entry_at": "the operator's: a moment, of all organisations",
    "server/operations/queries.py:parked_count": "the operator's: a count, of all organisations",
    "server/notifications/sink.py:_message_of": "finds out whose mail it is, from its Message-ID",
}
"""Module and function -> why it reads over all organisations."""


def test_no_read_of_a_table_starts_without_its_organization() -> None:
    bare = [
        f"{name}:{call.lineno} in {function}: {ast.unparse(call)[:90]}"
        for name, function, call in _reads() if not _is_scoped(call) and f"{name}:{function}" not in UNSCOPED
    ]
    assert not bare, "\n".join(bare)


def test_the_list_of_what_cannot_be_scoped_is_true() -> None:
    needed = {f"{name}:{function}" for name, function, call in _reads() if not _is_scoped(call)}
    assert set(UNSCOPED) - needed == set()


def _reads() -> list[tuple[str, str, ast.Call]]:
    tables = _scoped_models()
    return [
        (name, function.name, call)
        for name in source.modules() for function in source.functions(name) for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in STARTS
        and ast.unparse(call.func.value).split(".")[-1] in tables
    ]


def _is_scoped(call: ast.Call) -> bool:
    """By its own column, or by that of a row it belongs to (`thread__organization_id`)."""
    return any((keyword.arg or "").endswith("organization_id") for keyword in call.keywords)


def _scoped_models() -> set[str]:
    """The tables that say whose organisation a row is; the organisation itself, worker and clock belong to none."""
    return {
        node.name
        for module in MODEL_MODULES for node in source.tree(f"{module.replace('.', '/')}.py").body
        if isinstance(node, ast.ClassDef) and "organization_id" in ast.unparse(node)
    }


def test_nothing_is_changed_through_a_query_of_everything() -> None:
    """`Model.all().update()` goes to the reader outside a unit, and to every organisation: name whose rows they are."""
    bare = [
        f"{name}:{call.lineno}: {ast.unparse(call)[:90]}"
        for name in source.modules("server", "tests", "a11y_tests", "benchmarks", "web", "graphql_schema")
        for call in ast.walk(source.tree(name)) if _changes_everything(call)
    ]
    assert not bare, "\n".join(bare)


def test_a_change_of_everything_is_recognised() -> None:
    found = {code: any(map(_changes_everything, ast.walk(ast.parse(code)))) for code in (
        "Match.all().update(state=1)", "Match.all().delete()", "Match.all().filter(id=1).update(state=1)",
        "held.update(state=1)",
    )}
    assert list(found.values()) == [True, True, False, False]


def _changes_everything(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    return node.func.attr in ("update", "delete") and ast.unparse(node.func.value).endswith(".all()")
