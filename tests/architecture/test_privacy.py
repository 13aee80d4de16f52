"""docs/privacy.md knows every column, and what people write for one or two readers lies encrypted."""

import re

from tests.architecture import source
from tests.architecture.test_tables import models

CATALOGUE = "docs/privacy.md"
ENCRYPTED = "EncryptedTextField"


async def test_every_column_of_every_table_has_its_kind() -> None:
    written = {(table, column) for table, _, column in _entries()}
    tables = [model._meta for model in await models()]
    stored = {(table.db_table, column) for table in tables for column in table.fields_db_projection.values()}
    missing = [f"{CATALOGUE} lacks {table}.{column}" for table, column in sorted(stored - written)]
    gone = [f"{CATALOGUE} still names {table}.{column}" for table, column in sorted(written - stored)]
    assert not missing + gone, "\n".join(missing + gone)


def test_no_column_is_of_two_kinds() -> None:
    places = [(table, column) for table, _, column in _entries()]
    assert len(places) == len(set(places))


def test_every_kind_is_explained() -> None:
    explained = set(re.findall(r"^\| (\w+) \|", source.text(CATALOGUE), re.MULTILINE)) - {"Kind"}
    assert {kind for _, kind, _ in _entries()} == explained


async def test_words_are_encrypted_and_nothing_else_is() -> None:
    private = {(table, column) for table, kind, column in _entries() if kind in ("words", "secret")}
    encrypted = {
        (model._meta.db_table, column) for model in await models()
        for name, column in model._meta.fields_db_projection.items()
        if type(model._meta.fields_map[name]).__name__ == ENCRYPTED
    }
    assert private == encrypted


def _entries() -> list[tuple[str, str, str]]:
    """(table, kind, column) of every line of the catalogue."""
    table, found = "", []
    for line in source.text(CATALOGUE).splitlines():
        if line.startswith("### "):
            table = line.removeprefix("### ").strip()
        elif table and (match := re.match(r"- (\w+): (.+)$", line)):
            found += [(table, match[1], column) for column in re.findall(r"`(\w+)`", match[2])]
    return found
