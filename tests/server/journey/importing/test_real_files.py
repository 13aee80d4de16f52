"""The real records of the data folder as people files.

They lack names, addresses and zones. Added by this test, and by nothing in the product: the id as both names, an
address @example.test, the zone UTC.
"""

import csv
import io
from pathlib import Path

import pytest

from server.journey.importing import actions, queries
from server.journey.importing.outcomes import Kind
from server.journey.importing.report import Report
from server.kernel.actor import Actor, system_actor
from server.language.tags import known_skills
from server.people import actions as people
from server.people.models import Person, PersonSkill, Profile
from server.people.states import SkillSide
from tests import factories

DATA = Path(__file__).parents[5] / "shared" / "data"
ADDED = ("employee_id", "given_name", "family_name", "email", "time_zone")

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason=f"the real records are not here: {DATA}")


def adapted(name: str, key: str, renamed: dict[str, str], most: int) -> bytes:
    """A real file with its columns renamed and the needed ones added."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*ADDED, *renamed.values()])
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        for row in list(csv.DictReader(file))[:most]:
            number = row[key]
            added = (number, number, number, f"{number}@example.test", "UTC")
            writer.writerow([*added, *(row[column] for column in renamed)])
    return out.getvalue().encode()


async def an_office() -> Actor:
    """An organisation whose framework is the skills the product knows by name."""
    actor = system_actor((await factories.organization()).id)
    rows = "".join(f'"{label}","{label}"\n' for label in known_skills().labels)
    await people.import_framework(actor, f"key,name\n{rows}".encode(), "skills.csv")
    return actor


async def taken_in(actor: Actor, name: str, content: bytes) -> tuple[Report, Report]:
    """The preview and the finished import."""
    run = await actions.preview_import(actor, name, content)
    before = await queries.import_report(actor, run.id)
    await actions.apply_import(actor, run.id)
    return before, await queries.import_report(actor, run.id)


async def test_the_mentor_profiles_arrive_whole(db: object) -> None:
    actor = await an_office()
    same = {name: name for name in ("title", "about", "country", "languages")}
    renamed = {**same, "expertise": "skills"}
    content = adapted("mentor_profiles.csv", "id", renamed, most=10_000)
    before, done = await taken_in(actor, "mentor_profiles.csv", content)
    total = content.decode().count("@example.test")
    assert before.counts[Kind.CREATED] + before.counts[Kind.REFUSED] == total > 100
    assert [(row.problems[0].column, row.problems[0].value) for row in before.refused] == [("country", "EU")]
    assert done.counts == before.counts
    assert await Person.filter(organization_id=actor.organization_id).count() == before.counts[Kind.CREATED]
    assert await Profile.all().count() > total / 2
    offered = await PersonSkill.filter(side=SkillSide.OFFERED).count()
    assert offered > 2 * total
    assert sum(before.missed_tags.values()) < offered / 2


async def test_skills_and_wishes_become_offers_and_wants(db: object) -> None:
    actor = await an_office()
    content = adapted("skills_and_wishes.csv", "id", {"has": "skills", "wants": "goals"}, most=700)
    before, _ = await taken_in(actor, "skills_and_wishes.csv", content)
    assert before.counts[Kind.CREATED] == 700
    assert sum(before.missed_tags.values()) < 0.02 * await PersonSkill.all().count()
    again = await actions.preview_import(actor, "skills_and_wishes.csv", content)
    assert again.summary["counts"] == {"created": 0, "changed": 0, "unchanged": 700, "refused": 0}
