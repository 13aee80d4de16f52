"""`ithaca doctor`: everything that an installation needs, part by part, in words that say what to do."""

import shutil
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import NamedTuple

from server.kernel import clock, secrets
from server.kernel.db import database
from server.kernel.readiness import readiness
from server.kernel.settings import Settings
from server.kernel.shift import keep_shift
from server.notifications.channels.email import knock, target_of
from server.notifications.jobs import missing_mail_server
from server.operations import backup, files, queries
from server.people.queries import any_organization

OLDEST_BACKUP = timedelta(hours=26)
"""A day, which is what docs/operate.md says may be lost, and two hours for a timer that is late."""
MARGIN = 500_000_000
"""Bytes that stay free beside two copies of the database: one while it migrates, one while it is backed up."""
MOST_APART = timedelta(seconds=5)
TLS = ("starttls", "tls", "none")
OWNERS_ALONE = 0o077


class Finding(NamedTuple):
    """One part of the installation: is it well, and what is there to say or to do."""

    name: str
    well: bool
    words: str


async def examine(chosen: Settings) -> list[Finding]:
    """Look at everything. Changes nothing, sends nothing; the mail server is met and left again."""
    inside = await _database(chosen)
    return [*inside, _settings(chosen), _key(chosen), _disk(chosen), _backups(chosen), await _mail(chosen)]


async def _database(chosen: Settings) -> list[Finding]:
    """What the database tells; as long as it is not up to date, nothing is asked of its tables."""
    if chosen.is_sqlite and not files.path_of(chosen.database).exists():
        return [Finding("database", False, f"none at {files.path_of(chosen.database)}: run 'ithaca migrate'")]
    async with database(chosen.database):
        parts = await readiness()
        found = [Finding(part.name, part.ready, part.words) for part in parts]
        if all(part.ready for part in parts if part.name != "worker"):
            await keep_shift()
            found += [await _founded(), await _opens(), await _clock(), await _workers(), await _work()]
        return found


def _settings(chosen: Settings) -> Finding:
    wrong = []
    if not chosen.demo and not chosen.public_url.startswith("https://"):
        wrong.append("ITHACA_BASE_URL is no https address: set the one that people type, else mails link to nowhere")
    if chosen.smtp_tls not in TLS:
        wrong.append(f"ITHACA_SMTP_TLS is '{chosen.smtp_tls}': use {', '.join(TLS)}")
    if chosen.smtp_host and parseaddr(chosen.mail_from)[1].endswith("@localhost"):
        wrong.append("ITHACA_MAIL_FROM ends in @localhost: set an address of yours, or mails are taken for spam")
    return _finding("settings", wrong, "read")


def _key(chosen: Settings) -> Finding:
    """Reading it would make it, so it is asked for first."""
    path = chosen.var_dir / "secret.key"
    if not secrets.has_key():
        return Finding("key", True, "none yet: it is made when the first process starts. Back it up then, by itself")
    try:
        name = secrets.key_id()
    except (secrets.SecretUnreadable, ValueError):
        return Finding("key", False, "not 32 bytes in base64url: set ITHACA_SECRET_KEY to the right one")
    if not chosen.secret_key and path.stat().st_mode & OWNERS_ALONE:
        return Finding("key", False, f"others may read {path}: run 'chmod 600 {path}'")
    return Finding("key", True, f"'{name}', readable. Keep a copy of it apart from the backups")


def _disk(chosen: Settings) -> Finding:
    folder = chosen.var_dir if chosen.var_dir.exists() else Path()
    free = shutil.disk_usage(folder).free
    needed = MARGIN + 2 * _size(chosen)
    words = f"{free / 1e9:.1f} GB free, {needed / 1e9:.1f} GB needed"
    return Finding("disk", free >= needed, words if free >= needed else f"{words}: make room, or migrations cannot run")


def _backups(chosen: Settings) -> Finding:
    age = backup.age(chosen)
    if chosen.demo:
        return Finding("backups", True, "a demonstration needs none")
    if age is None:
        return Finding("backups", False, "none was made from here: run 'ithaca backup FOLDER' every night")
    well, words = age <= OLDEST_BACKUP, f"the last is {age.total_seconds() / 3600:.0f} hours old"
    return Finding("backups", well, words if well else f"{words}: run 'ithaca backup FOLDER', and look why it did not")


async def _mail(chosen: Settings) -> Finding:
    target, missing = target_of(chosen), missing_mail_server()
    if target is None:
        return Finding("mail", not missing, missing or "a demonstration keeps its mails")
    refusal = await knock(target)
    if not refusal:
        return Finding("mail", True, f"{target.host} answers")
    where = f"{target.host}:{target.port}"
    return Finding("mail", False, f"{where} cannot be used ({refusal}), so messages wait: check ITHACA_SMTP_*")


async def _founded() -> Finding:
    if await any_organization() is None:
        return Finding("founded", False, "there is no organisation, so nobody can sign in: run 'ithaca found'")
    lacking = await queries.keys_without_administrator()
    words = f"nobody administers {', '.join(lacking)}: run 'ithaca appoint ADDRESS administrator --organization KEY'"
    return Finding("founded", not lacking, words if lacking else "there is an organisation, and who administers it")


async def _opens() -> Finding:
    closed = await queries.unreadable_columns()
    words = f"the key does not open {', '.join(closed)}: set the ITHACA_SECRET_KEY that they were written with"
    return Finding("secrets", not closed, words if closed else "what is encrypted opens")


async def _clock() -> Finding:
    wrong, moment = [], clock.now()
    newest, server = await queries.newest_entry_at(), await queries.clock_of_the_server()
    if newest and newest > moment + MOST_APART:
        wrong.append(f"the newest entry lies {_span(newest - moment)} ahead: this machine's clock was set back")
    apart = abs(server + clock.offset() - moment) if server else timedelta()
    if apart > MOST_APART:
        wrong.append(f"{_span(apart)} apart from the database server's: run NTP on both")
    return _finding("clock", wrong, f"{moment:%Y-%m-%d %H:%M} UTC")


async def _workers() -> Finding:
    silent = await queries.silent_workers()
    words = f"not heard of: {', '.join(silent)}. Start them again, or look for 'worker.' in their logs"
    return Finding("processes", not silent, words if silent else "all beating")


async def _work() -> Finding:
    wrong = []
    if late := await queries.late_counts():
        lanes = ", ".join(f"{name} {count}" for name, count in late.items())
        wrong.append(f"due for over ten minutes: {lanes}. See what is said of mail and processes")
    if parked := await queries.parked_count():
        wrong.append(f"given up: {parked} rows. Look for 'job.parked' in the logs, which names each and why")
    return _finding("work", wrong, "nothing waits too long, nothing was given up")


def _finding(name: str, wrong: list[str], well: str) -> Finding:
    return Finding(name, not wrong, ". ".join(wrong) if wrong else well)


def _size(chosen: Settings) -> int:
    if not chosen.is_sqlite:
        return 0
    path = files.path_of(chosen.database)
    return sum(one.stat().st_size for one in path.parent.glob(f"{path.name}*")) if path.exists() else 0


def _span(span: timedelta) -> str:
    return str(timedelta(seconds=round(span.total_seconds())))
