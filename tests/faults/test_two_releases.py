"""The release before and this one, both really run, on the tables of this one (R11): side by side on PostgreSQL, one
after the other on SQLite. Both pass the smoke journey with the rows of either, and do the same jobs once.

The release before is the newest tag on the way here. While there is none, it is the last commit that lacks this one's
newest migration. ITHACA_CHAOS_BEFORE names another one.
"""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from server import migrations
from server.kernel.db import database
from tests import postgres
from tests.chance import LONG, seeded
from tests.conftest import environment
from tests.faults.installation import ITHACA, KEY, PATIENCE_S, environ_of, installed
from tests.faults.report import tell
from tests.faults.smoke import Scene, walk
from tests.faults.test_crash_loop import (
    every_mail_went_out_once,
    everything_is_there_once,
    nothing_waits,
    some_more,
    until,
)
from tests.faults.writers import WORD, Act, Journal, six_writers
from tests.server.kernel.jobs.test_durable import slow_server

ROOT = Path(__file__).parents[2]
NAMED = os.environ.get("ITHACA_CHAOS_BEFORE", "")
CONFIRMED_BY_EACH = 60
PAIR = """
import asyncio, json, os
from server.access.actions import open_session
from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel.db import database
from tests import factories

async def main():
    async with database(os.environ["ITHACA_DATABASE_URL"]):
        pair = await factories.active_match()
        await RoleGrant.create(
            organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER,
            program_id=pair.program.id,
        )
        secrets = [await open_session(one) for one in (pair.mentor, pair.mentee, pair.manager)]
    print(json.dumps([str(pair.match.id), *secrets, pair.mentee.email]))

asyncio.run(main())
"""
"""What makes a pair in a database, with whichever release it is run."""
pytestmark = pytest.mark.skipif(not LONG, reason="two releases, each started twice: runs in 'make chaos'")


def git(*words: str) -> str:
    """What git says, without its last line end; empty when it has nothing to say."""
    done = subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""


def name_of_the_release_before() -> str:
    """The commit, or "" where there is no history."""
    if chosen := NAMED or git("describe", "--tags", "--abbrev=0", "HEAD^"):
        return git("rev-parse", chosen)
    newest = max(path.name for path in Path(migrations.__file__).parent.glob("[0-9]*.py"))
    added = git("log", "-1", "--no-renames", "--diff-filter=A", "--format=%H", "--", f"server/migrations/{newest}")
    return git("rev-parse", f"{added}^") if added else ""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code of the release before, in a folder of its own, with what a build puts beside it."""
    commit = name_of_the_release_before()
    if not commit:
        pytest.skip("there is no git history here to take the release before from")
    folder = tmp_path_factory.mktemp("before") / commit[:12]
    folder.mkdir()
    archive = folder.with_suffix(".tar")
    git("archive", "-o", str(archive), commit)
    shutil.unpack_archive(archive, folder)
    shutil.copytree(ROOT / "web/static/vendor", folder / "web/static/vendor", dirs_exist_ok=True)
    return folder


def by(release: Path, environ: dict[str, str]) -> dict[str, str]:
    """The same installation, run with the code of this folder."""
    return {**environ, "PYTHONPATH": str(release)}


def run(environ: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        command, env=environ, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done.stdout


def a_pair(environ: dict[str, str]) -> Scene:
    """Made by the code that `environ` names."""
    return Scene(*json.loads(run(environ, sys.executable, "-c", PAIR)))


def migrated_from(before: Path, environ: dict[str, str]) -> Scene:
    """A database of the release before with a pair in it, brought up to date by this one."""
    where = run(by(before, environ), sys.executable, "-c", "import server; print(server.__file__)")
    assert where.startswith(str(before)), "the release before is not what would be run"
    run(by(before, environ), ITHACA, "migrate")
    scene = a_pair(by(before, environ))
    assert "Applied" in run(environ, ITHACA, "migrate")
    return scene


async def test_side_by_side_on_postgresql(before: Path, tmp_path: Path) -> None:
    journal, stop = Journal(), asyncio.Event()
    with postgres.lasting() as server, environment(ITHACA_SECRET_KEY=KEY):
        async with slow_server() as sink:
            here, there = (environ_of(tmp_path, server.base, sink.port) for _ in range(2))
            scenes = [await asyncio.to_thread(migrated_from, before, here)]
            scenes.append(await asyncio.to_thread(a_pair, here))
            async with (
                database(server.base),
                installed(here, "web", "worker") as new,
                installed(by(before, there), "web", "worker", before=(), name="before-") as old,
            ):
                for url in (old.url, new.url):
                    for scene in scenes:
                        word = await walk(url, scene, sink)
                        journal.confirmed[word] = Act(WORD, word, url)
                writers = await six_writers(journal, seeded(), 2 * CONFIRMED_BY_EACH)
                writing = [
                    asyncio.create_task(one.write((old.url, new.url)[number % 2], stop))
                    for number, one in enumerate(writers)
                ]
                await until(lambda: some_more(journal, 2 * CONFIRMED_BY_EACH))
                stop.set()
                await asyncio.wait_for(asyncio.gather(*writing), PATIENCE_S)
                await until(nothing_waits)
                tell(
                    "R11", before=before.name, engine="postgresql", side_by_side=True, confirmed=len(journal.confirmed),
                    mails=len(sink.ids), mails_twice=len(sink.ids) - len(set(sink.ids)),
                )
                assert journal.surprises == []
                await everything_is_there_once(journal)
                await every_mail_went_out_once(journal, sink, 0)


async def test_one_after_the_other_on_sqlite(before: Path, tmp_path: Path) -> None:
    with environment(ITHACA_SECRET_KEY=KEY):
        async with slow_server() as sink:
            environ = environ_of(tmp_path, f"sqlite://{tmp_path / 'ithaca.db'}", sink.port)
            run(by(before, environ), ITHACA, "migrate")
            scene = await asyncio.to_thread(a_pair, by(before, environ))
            async with installed(by(before, environ), "serve", before=()) as old:
                await walk(old.url, scene, sink)
            assert "Applied" in await asyncio.to_thread(run, environ, ITHACA, "migrate")
            async with installed(environ, "serve") as new:
                await walk(new.url, scene, sink)
    tell("R11", before=before.name, engine="sqlite", side_by_side=False)
