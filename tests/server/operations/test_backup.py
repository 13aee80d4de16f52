"""A backup is whole whatever happens meanwhile, comes back row for row, and is refused when anything is wrong."""

import asyncio
import json
import os
import random
import sqlite3
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from tortoise.context import TortoiseContext

from server import demo
from server.access.actions import demo_sign_in, open_session
from server.access.models import UserSession
from server.access.queries import demo_people, session_actor
from server.kernel.actor import system_actor
from server.kernel.db import database, unit_of_work
from server.kernel.errors import Refused
from server.kernel.facts import Worker
from server.kernel.schema.guard import migrate
from server.kernel.secrets import MARK
from server.kernel.settings import Settings, settings
from server.messaging.models import ThreadMessage
from server.operations import archive, servers
from server.operations.archive import CONTENT, MANIFEST, Held, pack, unpack
from server.operations.backup import age, back_up
from server.operations.restore import known_migrations, restore
from server.people.models import Organization, Person
from tests import plenty
from tests.conftest import environment
from tests.factories import organization
from tests.server.operations.conftest import KEY, everything

ITHACA = str(Path(sys.executable).with_name("ithaca"))
OF_THEIR_MOMENT = frozenset({"user_session", "worker", "push_subscription", "push_notice", "ticket"})
"""Nobody is signed in after a restore: what hangs on a session goes with it."""
FLIPS = 40


async def test_what_comes_back_is_what_was_there_in_every_table(
    rows: Settings, full: Settings, empty: Settings, tmp_path: Path
) -> None:
    _, manifest = await back_up(full, tmp_path / "b")
    before = await everything(full, but=OF_THEIR_MOMENT)
    done = await restore(empty, tmp_path / "b", replace=False)
    assert done.migrated == []
    assert await everything(empty, but=OF_THEIR_MOMENT) == before
    assert all(manifest.rows.values()), "a table without a row proves nothing"
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


async def test_nobody_is_signed_in_and_no_process_holds_a_place_after_a_restore(
    rows: Settings, full: Settings, empty: Settings, tmp_path: Path
) -> None:
    _, manifest = await back_up(full, tmp_path / "b")
    assert (manifest.rows["user_session"], manifest.rows["worker"]) == (1, 1)
    await restore(empty, tmp_path / "b", replace=False)
    async with database(empty.database):
        assert (await UserSession.all().count(), await Worker.all().count()) == (0, 0)


async def test_a_backup_taken_while_others_write_has_all_that_was_confirmed_before_it_began(
    db: TortoiseContext, full: Settings, tmp_path: Path
) -> None:
    org, confirmed, stop = await organization(), list[UUID](), asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            async with unit_of_work(system_actor(org.id)) as unit:
                event = await unit.publish("test.written")
                await unit.audit("test.write", event)
            confirmed.append(event.id)

    writers = [asyncio.create_task(write()) for _ in range(4)]
    while len(confirmed) < 50:
        await asyncio.sleep(0.01)
    before = set(confirmed)
    made = await asyncio.create_subprocess_exec(
        ITHACA, "backup", str(tmp_path / "b"), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await made.communicate()
    stop.set()
    await asyncio.gather(*writers)
    assert made.returncode == 0, errors.decode()
    assert b"not in it" in output
    assert len(confirmed) > len(before), "nobody wrote meanwhile"
    manifest = unpack(tmp_path / "b", tmp_path / "content")
    assert manifest.rows["outbox_event"] == manifest.rows["audit_event"] >= len(before)
    await _holds(full, tmp_path, manifest.rows["outbox_event"], before)
    await back_up(full, tmp_path / "last")
    unpack(tmp_path / "last", tmp_path / "content")
    await _holds(full, tmp_path, len(confirmed), set(confirmed))


async def _holds(full: Settings, folder: Path, count: int, wanted: set[UUID]) -> None:
    """The copy has as many facts as it says, and the wanted ones among them."""
    if full.is_sqlite:
        with closing(sqlite3.connect(folder / "content")) as file:
            assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            held = {UUID(str(key)) for (key,) in file.execute("SELECT id FROM outbox_event")}
        assert (len(held), wanted - held) == (count, set())
        return
    listed = await asyncio.create_subprocess_exec(
        "pg_restore", "--data-only", "--table=outbox_event", "--file=-", str(folder / "content"),
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await listed.communicate()
    held = {UUID(line[:36]) for line in output.decode().splitlines() if line.count("\t") > 5}
    assert (len(held), wanted - held) == (count, set())


async def test_the_restore_drill(clean: Settings, full: Settings, empty: Settings, tmp_path: Path) -> None:
    async with database(full.database):
        seen = await plenty.begin(items=10)
        written = {row.id: row.body for row in await ThreadMessage.all()}
    await back_up(full, tmp_path / "b")
    before = await everything(full, but=OF_THEIR_MOMENT)
    await restore(empty, tmp_path / "b", replace=False)
    assert await everything(empty, but=OF_THEIR_MOMENT) == before
    async with database(empty.database):
        secret = await open_session(await Person.get(id=seen.person.id), "a restored one")
        signed_in = await session_actor(secret)
        assert signed_in is not None
        assert {row.id: row.body for row in await ThreadMessage.all()} == written
    assert written


@pytest.mark.skipif("ITHACA_CHAOS" not in os.environ, reason="a minute for each engine: runs in 'make chaos'")
async def test_the_restore_drill_on_a_demonstration(
    clean: Settings, full: Settings, empty: Settings, tmp_path: Path
) -> None:
    with environment(ITHACA_DEMO="1"):
        async with database(full.database):
            await demo.load(settings(), lambda _: None, days=5)
        _, manifest = await back_up(full, tmp_path / "b")
        before = await everything(full, but=OF_THEIR_MOMENT)
        assert (await restore(empty, tmp_path / "b", replace=False)).manifest == manifest
        assert await everything(empty, but=OF_THEIR_MOMENT) == before
        async with database(empty.database):
            somebody = (await demo_people())[0].people[0]
            assert await demo_sign_in(somebody.id, device="a restored one")


async def test_the_key_and_what_it_closes_are_not_readable_in_a_backup(
    rows: Settings, full: Settings, tmp_path: Path
) -> None:
    words = "canary-words-of-a-note"
    async with database(full.database):
        await Organization.filter().update(name="Harbourline")
        row = await ThreadMessage.all().get()
        row.body = words
        await row.save()
    await back_up(full, tmp_path / "b")
    unpack(tmp_path / "b", tmp_path / "content")
    content = (tmp_path / "content").read_bytes()
    if not full.is_sqlite:
        content = await _plain_dump(tmp_path / "content")
    assert b"Harbourline" in content, "looked in the wrong place"
    assert MARK.encode() in content
    assert words.encode() not in content
    with zipfile.ZipFile(tmp_path / "b") as box:
        assert KEY.encode() not in content + box.read(MANIFEST)


async def _plain_dump(path: Path) -> bytes:
    shown = await asyncio.create_subprocess_exec("pg_restore", "--file=-", str(path), stdout=asyncio.subprocess.PIPE)
    output, _ = await shown.communicate()
    return output


async def test_over_rows_it_is_refused_unless_told_and_the_old_ones_stay_in_a_copy(
    clean: Settings, full: Settings, empty: Settings, tmp_path: Path
) -> None:
    for name in ("old", "new"):
        async with database(full.database):
            await organization(name=name)
        await back_up(full, tmp_path / name)
    await restore(empty, tmp_path / "new", replace=False)
    now = await everything(empty)
    with pytest.raises(Refused, match="--replace"):
        await restore(empty, tmp_path / "old", replace=False)
    assert await everything(empty) == now
    await restore(empty, tmp_path / "old", replace=True)
    assert len((await everything(empty))["organization"]) == 1
    if empty.is_sqlite:
        (copy,) = (empty.var_dir / "backups").glob("*-before-restore.db")
        kept = empty.model_copy(update={"database_url": f"sqlite://{copy}"})
        assert await everything(kept) == now


async def test_every_flipped_byte_is_noticed_or_does_no_harm(tmp_path: Path) -> None:
    chance = random.Random(7)
    (tmp_path / "c").write_bytes(chance.randbytes(20_000))
    pack(tmp_path / "b", tmp_path / "c", Held({"a": 1}, ["1"]), engine="SQLite", key_id="k", made_at="now")
    good, refused = (tmp_path / "b").read_bytes(), 0
    for place in [*range(0, 200, 7), *(chance.randrange(len(good)) for _ in range(FLIPS))]:
        bad = bytearray(good)
        bad[place] ^= 1 << chance.randrange(8)
        (tmp_path / "bad").write_bytes(bad)
        try:
            unpack(tmp_path / "bad", tmp_path / "out")
            assert (tmp_path / "out").read_bytes() == (tmp_path / "c").read_bytes()
        except Refused:
            refused += 1
    assert refused > FLIPS


@pytest.mark.parametrize("content", [b"", b"not a backup", b"PK\x03\x04 and no more"])
async def test_what_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b").write_bytes(content)
    with pytest.raises(Refused, match="damaged, or no backup"):
        unpack(tmp_path / "b", tmp_path / "out")


async def test_a_cut_off_backup_changes_nothing(
    rows: Settings, full: Settings, empty: Settings, tmp_path: Path
) -> None:
    await back_up(full, tmp_path / "b")
    await restore(empty, tmp_path / "b", replace=False)
    now = await everything(empty)
    (tmp_path / "cut").write_bytes((tmp_path / "b").read_bytes()[:-2000])
    with pytest.raises(Refused, match="damaged"):
        await restore(empty, tmp_path / "cut", replace=True)
    assert await everything(empty) == now


FORGERIES = {
    "newer schema": ({"migrations": [*sorted(known_migrations()), "9999_from_the_future"]}, "newer Ithaca"),
    "newer form": ({"format": archive.FORMAT + 1}, "newer Ithaca"),
    "another key": ({"key_id": "00000000"}, "'00000000'"),
    "another engine": ({"engine": "Oracle"}, "backup of Oracle"),
    "other counts": ({"rows": {"person": 3}}, "not what the backup says"),
}


@pytest.mark.parametrize("name", FORGERIES)
async def test_a_backup_that_does_not_fit_is_refused_and_the_database_stays_as_it_was(
    rows: Settings, full: Settings, empty: Settings, tmp_path: Path, name: str
) -> None:
    values, words = FORGERIES[name]
    await back_up(full, tmp_path / "b")
    await restore(empty, tmp_path / "b", replace=False)
    now = await everything(empty)
    forge(tmp_path / "b", tmp_path / "forged", values)
    with pytest.raises(Refused, match=words) as refusal:
        await restore(empty, tmp_path / "forged", replace=True)
    assert "Nothing was changed" in refusal.value.message
    assert await everything(empty) == now


def forge(source: Path, target: Path, values: dict[str, object]) -> None:
    """The same backup with other words in its manifest."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        new.writestr(MANIFEST, json.dumps({**json.loads(old.read(MANIFEST)), **values}))
        new.writestr(CONTENT, old.read(CONTENT))


async def test_without_the_key_it_is_refused_and_none_is_made(
    rows: Settings, full: Settings, empty: Settings, tmp_path: Path
) -> None:
    await back_up(full, tmp_path / "b")
    with environment(ITHACA_SECRET_KEY="", ITHACA_VAR_DIR=str(empty.var_dir)):
        with pytest.raises(Refused, match="nobody can read them without"):
            await restore(empty, tmp_path / "b", replace=False)
    assert not (empty.var_dir / "secret.key").exists()


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The first migration alone, as an earlier version had it."""
    package = tmp_path / "code" / "older_migrations"
    package.mkdir(parents=True)
    first = Path(sys.modules["server"].__path__[0]) / "migrations" / "0001_initial.py"
    (package / "0001_initial.py").write_text(first.read_text())
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path / "code"))
    yield package.name
    for name in [name for name in sys.modules if name.startswith(package.name)]:
        del sys.modules[name]


async def test_a_backup_of_an_earlier_version_is_brought_up_to_date(
    full: Settings, empty: Settings, older: str, tmp_path: Path
) -> None:
    assert await migrate(empty.database, tmp_path / "backups", migrations=older) == ["0001_initial"]
    _, manifest = await back_up(empty, tmp_path / "b")
    assert manifest.migrations == ["0001_initial"]
    done = await restore(empty, tmp_path / "b", replace=True)
    assert done.migrated == sorted(known_migrations())[1:]
    assert set(await everything(empty)) >= {"person", "message"}


async def test_while_a_process_runs_it_is_refused(db: TortoiseContext, full: Settings, tmp_path: Path) -> None:
    """The fixture's own connections are those of the process."""
    await organization()
    await back_up(full, tmp_path / "b")
    with pytest.raises(Refused, match="Stop Ithaca first"):
        await restore(full, tmp_path / "b", replace=True)
    assert await Organization.all().count() == 1


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_restore_that_was_killed_half_way_is_taken_back_by_the_next(
    rows: Settings, full: Settings, empty: Settings, tmp_path: Path
) -> None:
    await back_up(full, tmp_path / "b")
    await restore(empty, tmp_path / "b", replace=False)
    now = await everything(empty)
    half = servers.place(empty.database, tmp_path)
    await half.__aenter__()
    half.gen.ag_frame.f_locals["connection"].terminate()  # type: ignore[attr-defined]  # as a killed process would
    assert sum((await servers.present(empty.database)).rows.values()) > 0
    assert await everything(empty) == now
    with suppress(BaseException):
        await half.gen.aclose()  # type: ignore[attr-defined]  # what the context manager wraps


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_without_postgresqls_programs_it_says_what_to_install(
    db: TortoiseContext, full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(os.environ, "PATH", str(tmp_path))
    with pytest.raises(Refused, match="'pg_dump' is not on the PATH"):
        await back_up(full, tmp_path / "b")
    assert not (tmp_path / "b").exists()


async def test_a_password_is_in_no_words_that_others_can_see() -> None:
    with servers._address("postgresql://ada:a%3Ab%5Cc@db.example:6432/ithaca?sslmode=require") as address:
        assert address.startswith("postgresql://ada@db.example:6432/ithaca?sslmode=require&passfile=")
        file = Path(address.partition("passfile=")[2].replace("%2F", "/"))
        assert (file.read_text(), file.stat().st_mode & 0o077) == ("*:*:*:*:a\\:b\\\\c", 0)
    assert not file.exists()


async def test_a_backup_replaces_no_file_and_names_itself_in_a_folder(
    db: TortoiseContext, full: Settings, tmp_path: Path
) -> None:
    assert age(full) is None
    (tmp_path / "there").touch()
    with pytest.raises(Refused, match="there already"):
        await back_up(full, tmp_path / "there")
    folder = tmp_path / "nightly"
    folder.mkdir()
    target, manifest = await back_up(full, folder)
    assert [target] == [*folder.iterdir()]
    since = age(full)
    assert since is not None
    assert since.total_seconds() < 60
    assert replace(manifest, rows={}) == replace(unpack(target, tmp_path / "c"), rows={})


async def test_where_there_is_no_database_it_says_so(tmp_path: Path) -> None:
    with environment(ITHACA_VAR_DIR=str(tmp_path), ITHACA_DATABASE_URL=""):
        with pytest.raises(Refused, match="There is no database at"):
            await back_up(settings(), tmp_path / "b")
        assert not (tmp_path / "ithaca.db").exists()
