"""The real records of the shared data folder as one people file, through the reader that the console uses.

The records lack names, addresses, zones and places. They are added here, visibly: ids as names, `@example.test`
addresses, fixed zones, places of mentors. The product adds nothing.
"""

import csv
import io
import os
from pathlib import Path

from server.language.tags import normalise, vocabulary_of

DATA = Path(__file__).parents[2].parent / "shared" / "data"
MENTORS, MENTEES = (160, 320) if "ITHACA_JOURNEY_WHOLE" in os.environ else (40, 80)
"""`make journey` goes with all of them; each run of the tests with a quarter."""
PROGRAM = "real-people"
PLACES, EXTRA = 2, 3
"""Two places for each mentor and three for the first three: as many as the mentees of the first round."""
NOT_A_COUNTRY = "EU"


class DataAbsent(Exception):
    """The shared data folder is not beside the project."""


def people_file() -> bytes:
    """Volunteer mentors, and twice as many developers with wishes, as a people file."""
    names = ("mentor_profiles.csv", "skills_and_wishes.csv")
    if not all((DATA / name).exists() for name in names):
        raise DataAbsent(f"{' and '.join(names)} are not in ../shared/data beside the project")
    mentors = [_mentor(row, PLACES + (at < EXTRA)) for at, row in enumerate(_rows(names[0])[:MENTORS])]
    mentees = [_mentee(row) for row in _rows(names[1])[:MENTEES]]
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(mentors[0]))
    writer.writeheader()
    writer.writerows([*mentors, *mentees])
    return out.getvalue().encode()


def framework_file() -> bytes:
    """A competency framework of every technology that these people name, each once however it is spelt."""
    wished = {tag for row in _rows("skills_and_wishes.csv")[:MENTEES]
              for tag in f"{row['has']};{row['wants']}".split(";") if tag}
    known = vocabulary_of(sorted(wished))
    offered = (normalise(filter(None, row["expertise"].split(";")), known)
               for row in _rows("mentor_profiles.csv")[:MENTORS])
    labels = sorted(wished | {label for tags in offered for label in (*tags.labels, *tags.missed) if label})
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["key", "name"])
    writer.writerows([f"skill-{number}", label] for number, label in enumerate(labels))
    return out.getvalue().encode()


def _mentor(row: dict[str, str], places: int) -> dict[str, str]:
    added = _added(row["id"], "Mentor", "Europe/Lisbon", "mentor", places)
    languages = row["languages"] or "en"
    country = "" if row["country"] == NOT_A_COUNTRY else row["country"]
    return {
        **added, "title": row["title"], "about": row["about"][:2000], "country": country, "languages": languages,
        "skills": row["expertise"], "goals": "",
    }


def _mentee(row: dict[str, str]) -> dict[str, str]:
    added = _added(row["id"], "Mentee", "Europe/Berlin", "mentee", 1)
    new = [tag for tag in row["wants"].split(";") if tag and tag not in row["has"].split(";")]
    return {
        **added, "title": "", "about": "", "country": "", "languages": "en", "skills": row["has"],
        "goals": ";".join(new[:4]),
    }


def _added(person_id: str, family_name: str, zone: str, role: str, capacity: int) -> dict[str, str]:
    """What the real records lack, marked as added by this test."""
    return {
        "employee_id": person_id, "email": f"{person_id.lower()}@example.test", "given_name": person_id,
        "family_name": family_name, "time_zone": zone, "language": "en-GB", "availability": "mornings;afternoons",
        "program": PROGRAM, "role": role, "capacity": str(capacity),
    }


def _rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((DATA / name).read_text("utf-8-sig").splitlines()))
