"""The doctor finds what is wrong, says what to do, and calls nothing ill that is well."""

import json
import shutil
from collections import namedtuple
from datetime import timedelta
from pathlib import Path

import pytest

from server.access.actions import grant_role
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.db import database, unit_of_work
from server.kernel.facts import OutboxEvent, Worker
from server.kernel.settings import Settings, settings
from server.operations import doctor
from server.operations.backup import LATEST
from server.operations.doctor import Finding, examine
from server.operations.queries import late_counts
from server.people.models import Organization
from tests.conftest import environment
from tests.factories import organization, person
from tests.populate import populate
from tests.ports import free_port
from tests.server.notifications.mail_server import MailServer, mail_server
from tests.server.operations.conftest import KEY

WELL = {"ITHACA_BASE_URL": "https://mentoring.example.org", "ITHACA_SECRET_KEY": KEY}


async def findings(url: str, folder: Path, **values: str) -> dict[str, Finding]:
    """What the doctor says of the installation with these settings, by part."""
    own = {"ITHACA_VAR_DIR": str(folder), "ITHACA_DATABASE_URL": url, **WELL, **values}
    with environment(**own):
        return {one.name: one for one in await examine(settings())}


def backed_up(folder: Path, ago: timedelta) -> None:
    (folder / LATEST).write_text(json.dumps({"made_at": (clock.now() - ago).isoformat(), "file": "b"}))


async def test_an_installation_that_is_well_is_called_so(
    clean: Settings, database_url: str, tmp_path: Path
) -> None:
    async with database(database_url):
        await Worker.create(id="one", process="here", beat_at=clock.now())
        await an_event()
        org = await Organization.get()
        anna = await person(org)
        await grant_role(system_actor(org.id), anna.id, Role.GLOBAL_ADMIN)
    backed_up(tmp_path, timedelta(hours=3))
    async with mail_server() as server:
        found = await findings(database_url, tmp_path, ITHACA_SMTP_PORT=str(server.port), ITHACA_SMTP_HOST="127.0.0.1",
                               ITHACA_SMTP_TLS="none", ITHACA_MAIL_FROM="a@example.org")
        assert server.mails == []
    assert [one for one in found.values() if not one.well] == []
    assert set(found) == {
        "database", "migrations", "worker", "founded", "secrets", "clock", "processes", "work", "settings", "key",
        "disk", "backups", "mail",
    }


@pytest.mark.parametrize(("values", "name", "words"), [
    ({"ITHACA_BASE_URL": "http://mentoring.example.org"}, "settings", "ITHACA_BASE_URL is no https address"),
    ({"ITHACA_SMTP_TLS": "ssl"}, "settings", "ITHACA_SMTP_TLS is 'ssl'"),
    ({"ITHACA_SMTP_HOST": "127.0.0.1", "ITHACA_SMTP_PORT": "1"}, "settings", "ITHACA_MAIL_FROM ends in @localhost"),
    ({"ITHACA_SMTP_HOST": ""}, "mail", "Set ITHACA_SMTP_HOST"),
    ({"ITHACA_SECRET_KEY": "short"}, "key", "set ITHACA_SECRET_KEY to the right one"),
])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_setting_that_is_wrong_is_named(
    database_url: str, tmp_path: Path, values: dict[str, str], name: str, words: str
) -> None:
    one = (await findings(database_url, tmp_path, **values))[name]
    assert (one.well, words in one.words) == (False, True), one


async def test_a_mail_server_that_is_away_or_refuses_is_told_with_what_it_said(tmp_path: Path) -> None:
    port = str(free_port())
    values = {"ITHACA_SMTP_HOST": "127.0.0.1", "ITHACA_SMTP_PORT": port, "ITHACA_SMTP_TLS": "none"}
    away = (await findings("", tmp_path, **values))["mail"]
    assert (away.well, "SMTPConnectError" in away.words) == (False, True), away
    server = MailServer()
    await server.up()
    refusing = {**values, "ITHACA_SMTP_PORT": str(server.port), "ITHACA_SMTP_USER": "ada", "ITHACA_SMTP_PASSWORD": "x"}
    assert not (await findings("", tmp_path, **refusing))["mail"].well
    await server.down()


async def test_without_a_database_it_says_so_and_makes_none(tmp_path: Path) -> None:
    found = await findings("", tmp_path)
    assert "run 'ithaca migrate'" in found["database"].words
    assert not (tmp_path / "ithaca.db").exists()
    away = await findings(f"postgresql://postgres@127.0.0.1:{free_port()}/ithaca", tmp_path)
    assert not away["database"].well
    assert "work" not in away


async def test_a_process_that_is_silent_is_named(clean: Settings, database_url: str, tmp_path: Path) -> None:
    async with database(database_url):
        await Worker.create(id="alive", process="here", beat_at=clock.now())
        await Worker.create(id="gone", process="there", beat_at=clock.now() - timedelta(minutes=3))
    found = await findings(database_url, tmp_path)
    assert "run 'ithaca found'" in found["founded"].words
    assert found["worker"].well
    assert not found["processes"].well
    assert "gone" in found["processes"].words
    assert "alive" not in found["processes"].words


async def test_work_that_waits_or_was_given_up_is_counted(
    clean: Settings, database_url: str, tmp_path: Path
) -> None:
    async with database(database_url):
        late, held, parked, fresh = [await an_event() for _ in range(4)]
        long_ago = clock.now() - timedelta(hours=1)
        await OutboxEvent.filter(id__in=[late.id, held.id, parked.id]).update(not_before=long_ago)
        await OutboxEvent.filter(id=held.id).update(lease_until=clock.now() + timedelta(minutes=1))
        await OutboxEvent.filter(id=parked.id).update(parked_at=clock.now())
        assert await late_counts() == {"outbox": 1}
    work = (await findings(database_url, tmp_path))["work"]
    assert (work.well, "outbox 1" in work.words, "given up: 1" in work.words) == (False, True, True)
    nobody = (await findings(database_url, tmp_path))["founded"]
    assert (nobody.well, "run 'ithaca appoint" in nobody.words) == (False, True)
    async with database(database_url):
        await OutboxEvent.filter(id=late.id).update(not_before=fresh.not_before)
        await OutboxEvent.filter(id=parked.id).update(parked_at=None, delivered_at=clock.now())
    assert (await findings(database_url, tmp_path))["work"].well


async def test_a_clock_that_was_set_back_is_noticed(clean: Settings, database_url: str, tmp_path: Path) -> None:
    clock.move(timedelta(hours=2))
    async with database(database_url):
        await an_event()
    clock.reset()
    one = (await findings(database_url, tmp_path))["clock"]
    assert (one.well, "set back" in one.words) == (False, True)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_clock_apart_from_the_servers_is_noticed(
    clean: Settings, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() - timedelta(minutes=2))
    one = (await findings(database_url, tmp_path))["clock"]
    assert (one.well, "apart from the database server's" in one.words) == (False, True)


async def test_another_key_than_that_of_the_notes_is_noticed(
    clean: Settings, database_url: str, tmp_path: Path
) -> None:
    async with database(database_url) as context:
        await populate(context)
    assert (await findings(database_url, tmp_path))["secrets"].well
    one = (await findings(database_url, tmp_path, ITHACA_SECRET_KEY="B" * 43 + "="))["secrets"]
    assert (one.well, "thread_message.body" in one.words) == (False, True), one


@pytest.mark.parametrize(("ago", "well"), [(None, False), (25, True), (27, False)])
async def test_the_age_of_the_last_backup_counts(tmp_path: Path, ago: int | None, well: bool) -> None:
    if ago is not None:
        backed_up(tmp_path, timedelta(hours=ago))
    one = (await findings("", tmp_path))["backups"]
    assert one.well is well
    assert well or "ithaca backup" in one.words


async def test_a_key_that_others_may_read_is_told(tmp_path: Path) -> None:
    key = tmp_path / "secret.key"
    key.write_text(KEY)
    key.chmod(0o644)
    one = (await findings("", tmp_path, ITHACA_SECRET_KEY=""))["key"]
    assert (one.well, "chmod 600" in one.words) == (False, True)
    key.chmod(0o600)
    assert (await findings("", tmp_path, ITHACA_SECRET_KEY=""))["key"].well


async def test_looking_makes_no_key(tmp_path: Path) -> None:
    assert (await findings("", tmp_path, ITHACA_SECRET_KEY=""))["key"].well
    assert not (tmp_path / "secret.key").exists()


async def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(doctor.MARGIN - 1))
    one = (await findings("", tmp_path))["disk"]
    assert (one.well, "make room" in one.words) == (False, True)


async def an_event() -> OutboxEvent:
    """A fact, with an entry of the audit."""
    org = await organization()
    async with unit_of_work(system_actor(org.id)) as unit:
        event = await unit.publish("test.looked_at")
        await unit.audit("test.look", org)
    return event
