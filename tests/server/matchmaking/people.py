"""The real people of the shared data folder as participants, and populations made from them."""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from server.language.tags import known_skills, normalise
from server.language.vectors import embed
from server.matchmaking.engine import Participant, week_mask, with_vectors
from server.programs.states import ParticipantRole

DATA = Path(__file__).parents[3].parent / "shared" / "data"
NEEDED = ("mentor_profiles.csv", "skills_and_wishes.csv", "employees_attrition.csv")


class DataAbsent(Exception):
    """The shared data folder is not beside the project."""


def real_people(mentors: int = 160, mentees: int = 320) -> tuple[Participant, ...]:
    """Volunteer mentors' own profiles against developers' own wishes, with the HR facts of the employee file.

    The three files know nothing of each other: each mentor and each mentee gets the n-th employee's facts.
    """
    if not all((DATA / name).exists() for name in NEEDED):
        raise DataAbsent(f"{', '.join(NEEDED)} are not in ../shared/data beside the project")
    profiles, wishes, staff = (_rows(DATA / name) for name in NEEDED)
    people = [_mentor(row, staff[at]) for at, row in enumerate(profiles[:mentors])]
    people += [_mentee(row, staff[(len(profiles) + at) % len(staff)]) for at, row in enumerate(wishes[:mentees])]
    return with_vectors(people, embed)


def shared_out(people: tuple[Participant, ...]) -> tuple[Participant, ...]:
    """The same people with every other mentee as a mentor of one more, a few levels up: seats enough for the rest."""
    mentors = [one for one in people if one.role is ParticipantRole.MENTOR]
    listed = [one for one in people if one.role is ParticipantRole.MENTEE]
    raised = [
        replace(one, role=ParticipantRole.MENTOR, grade=(one.grade or 0) + 4, goal_tags=(), goal_vector=None)
        for one in listed[::2]
    ]
    return (*mentors, *raised, *listed[1::2])


def _rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text("utf-8-sig").splitlines()))


def _mentor(row: dict[str, str], facts: dict[str, str]) -> Participant:
    tags = normalise(filter(None, row["expertise"].split(";")), known_skills()).labels
    text = ". ".join(filter(None, [row["title"], row["about"]]))
    languages = tuple(row["languages"].split(";")) if row["languages"] else None
    return Participant(
        id=row["id"],
        role=ParticipantRole.MENTOR,
        capacity=1 + int(facts["EmployeeNumber"]) % 3,
        skill_tags=tags,
        skill_text=text,
        languages=languages,
        **_facts(facts, 4),
    )


def _mentee(row: dict[str, str], facts: dict[str, str]) -> Participant:
    has, wants = (normalise(filter(None, row[name].split(";")), known_skills()).labels for name in ("has", "wants"))
    new = tuple(tag for tag in wants if tag not in has)[:4]
    return Participant(
        id=row["id"],
        role=ParticipantRole.MENTEE,
        goal_tags=new,
        skill_tags=has,
        **_facts(facts, 0),
    )


def _facts(row: dict[str, str], grades_up: int) -> dict[str, object]:
    return {
        "department": row["Department"],
        "grade": int(row["JobLevel"]) + grades_up,
        "tenure_years": float(row["YearsAtCompany"]),
        "role_years": float(row["YearsInCurrentRole"]),
        "sessions_prior": int(row["TrainingTimesLastYear"]),
    }


def synthetic_people(mentors: int, mentees: int, seed: int = 0) -> tuple[Participant, ...]:
    """A made-up firm with every field filled: offices in eight cities, working hours, a manager for every eight."""
    dice = np.random.default_rng(seed)
    labels, meanings = _meant_by_labels()
    total = mentors + mentees
    return tuple(_employee(dice, at, at < mentors, total, labels, meanings) for at in range(total))


@cache
def _meant_by_labels() -> tuple[tuple[str, ...], np.ndarray]:
    labels = known_skills().labels
    return labels, embed(labels)


CITIES = (("Lisbon", 0), ("Berlin", 60), ("Nairobi", 180), ("Pune", 330), ("Perth", 480), ("Lima", -300))


def _employee(
    dice: np.random.Generator, at: int, mentor: bool, total: int, labels: tuple[str, ...], meanings: np.ndarray
) -> Participant:
    city, offset = CITIES[dice.integers(len(CITIES))]
    goals, skills = (dice.choice(len(labels), size, replace=False) for size in (3, 6))
    goal_vector, skill_vector = (_mixed(dice, meanings[rows]) for rows in (goals, skills))
    return Participant(
        id=f"P{at:06d}",
        role=ParticipantRole.MENTOR if mentor else ParticipantRole.MENTEE,
        capacity=int(dice.choice([1, 2, 3], p=[0.5, 0.3, 0.2])) if mentor else 1,
        company=f"Firm {dice.integers(3)}",
        business_unit=f"Unit {dice.integers(8)}",
        department=f"Department {dice.integers(30)}",
        manager=f"P{at // 8:06d}" if at >= 8 else None,
        grade=int(dice.integers(4, 11) if mentor else dice.integers(1, 8)),
        tenure_years=float(dice.gamma(2, 3)),
        role_years=float(dice.gamma(2, 1.5)),
        city=city,
        utc_offset_min=offset,
        languages=tuple({"en"} if dice.random() < 0.8 else {"es", "de"}) if dice.random() < 0.95 else None,
        availability=_working_hours(dice, offset),
        goal_tags=tuple(labels[row] for row in goals),
        skill_tags=tuple(labels[row] for row in skills),
        goal_vector=goal_vector,
        skill_vector=skill_vector,
        life_stage=str(dice.choice(["early", "middle", "late"])),
        pref_department=dice.choice(["any", "any", "same", "different"]),
        prefers=tuple(f"P{dice.integers(total):06d}" for _ in range(dice.integers(3))),
        avoids=(f"P{dice.integers(total):06d}",) if dice.random() < 0.05 else (),
        style=tuple(dice.random(6).round(2).tolist()),
        response_rate=float(dice.beta(8, 2)),
        noshow_rate=float(dice.beta(1, 12)),
        sessions_prior=int(dice.poisson(4)),
        enrolled_on=f"2026-0{dice.integers(1, 10)}-15",
        waited_cycles=0 if mentor else int(dice.poisson(0.3)),
        audit_group=str(dice.choice(["a", "b"])),
    )


def _mixed(dice: np.random.Generator, rows: np.ndarray) -> np.ndarray:
    mixed = rows.mean(axis=0) + dice.normal(0, 0.02, rows.shape[1])
    return (mixed / np.linalg.norm(mixed)).astype(np.float32)


def _working_hours(dice: np.random.Generator, offset: int) -> int:
    """Two to eight half-day blocks of three hours within working hours of the person's own clock."""
    starts = [(day * 48 + half - offset // 30) % 336 for day in range(5) for half in (18, 27)]
    return week_mask((int(start), 6) for start in dice.choice(starts, dice.integers(2, 9), replace=False))
