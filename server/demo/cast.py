"""The people of Harbourline, who do not exist: about 120 rows of a people file, the same each time.

The file goes through the product's own import, so the demonstration also shows what an import makes of it.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from server.automation.lives.records import Row, written
from server.automation.lives.somebody import Somebody
from server.automation.lives.words import OFFERS, for_mentees
from server.programs.states import ParticipantRole

SEED, MANAGER, ADMINISTRATOR = 1, 1000, 1001
LEADERS, ONBOARDING, REVERSE = "rising-leads", "first-90-days", "reverse-mentoring"
CIRCLES = "first-time-leads"

GIVEN = (
    "Tamsin Wilder Linnet Briar Yarrow Cove Odile Marlow Quill Esme Ines Teodor Saffi Halden Mirela Bastian Orla Fenn "
    "Liora Anouk Corin Delphi Eskil Fable Greer Hollis Isaura Jory Kestra Lowen Maren Niko Ondine Perrin Runa Sanna "
    "Tove Ulric Vesna Wren Xanthe Yannis Zaria Aldo Brisa Cassian Danai Elio Freya Gaspar"
).split()
FAMILY = (
    "Pell Ash Rowe Holt Dene Kestrel Tern Sandgate Bramley Vane Quayle Ferring Saltash Moorend Lightford Seabrook "
    "Haven Cliffe Gullane Marsh Tideswell Anchorage Dunmore Foxglove Greenwater Heronsea Ironquay Juniper Kelpie "
    "Longshore Mistral Northing Oakhaven Pierpoint Quickstep Reedling Stillwell Thornsea Umber Vellacott Westering "
    "Yewdale Zephyr Barrow Copperly Driftwood Eastholm Fairlead Gantry Hawser"
).split()

PLACES = (
    ("Lisbon", "PT", "Europe/Lisbon", "pt;en"), ("Nairobi", "KE", "Africa/Nairobi", "en;sw"),
    ("Rotterdam", "NL", "Europe/Amsterdam", "nl;en"), ("Bristol", "GB", "Europe/London", "en"),
    ("Halifax", "CA", "America/Halifax", "en;fr"), ("Chennai", "IN", "Asia/Kolkata", "en;ta"),
)
NEAR = (0, 2, 3)
"""Places with working hours in common."""
DEPARTMENTS = (
    "Pricing", "Field Operations", "Product Operations", "Port Services", "People", "Finance", "Fleet Software",
)
SKILLS = (
    "Leading stakeholders", "Product judgement", "Running reviews", "Data and pricing", "Managing people",
    "Career moves", "Writing clearly", "Negotiation", "Public speaking", "Coaching", "Planning work",
    "Digital tools", "Working across cultures", "Finding your way here",
)
BUNDLES = {
    "Leading stakeholders;Product judgement;Running reviews":
        "I want to lead stakeholders through running reviews, with better product judgement.",
    "Data and pricing;Negotiation;Planning work":
        "I want to get surer at data and pricing, negotiation, and planning work.",
    "Managing people;Coaching;Career moves":
        "I want to grow in managing people and coaching, and plan my career moves.",
    "Public speaking;Writing clearly;Running reviews":
        "I want to get better at public speaking, writing clearly and running reviews.",
    "Digital tools;Working across cultures;Finding your way here":
        "I want to learn the digital tools, working across cultures, and finding my way here.",
}
"""What people offer or want together, and how they say it: most find somebody who knows all of it, some do not."""


@dataclass(frozen=True)
class Part:
    """How many people a programme's roster draws, and what the file says of them. `places` are those of people who
    meet at once, and have hours in common."""

    program: str
    role: str
    number: int
    seniority: tuple[int, int]
    tenure_days: tuple[int, int]
    capacity: int = 1
    places: tuple[int, ...] = ()


ROSTER = (
    Part(LEADERS, "mentor", 16, (7, 8), (1400, 5200), 2),
    Part(LEADERS, "mentee", 30, (4, 5), (400, 1600)),
    Part(ONBOARDING, "mentor", 12, (4, 6), (700, 2600), 2),
    Part(ONBOARDING, "mentee", 20, (2, 4), (50, 75)),
    Part(REVERSE, "mentor", 14, (2, 3), (200, 900)),
    Part(REVERSE, "mentee", 16, (8, 10), (2600, 7300)),
    Part(CIRCLES, "facilitator", 1, (7, 8), (2000, 4000), places=NEAR),
    Part(CIRCLES, "mentee", 6, (4, 5), (600, 2400), places=NEAR),
)

NAMED: dict[tuple[str, str, int], tuple[str, str, str, int]] = {
    # The people of the guided tour: name, title and place.
    (LEADERS, "mentor", 0): ("Idris", "Brightwater", "Head of Product Operations", 1),
    (LEADERS, "mentor", 1): ("Ottoline", "Crane", "Director of Pricing", 3),
    (LEADERS, "mentor", 2): ("Juno", "Marchbank", "Head of Port Services", 2),
    (LEADERS, "mentor", 3): ("Caspian", "Dale", "Finance Director", 0),
    (LEADERS, "mentor", 4): ("Sefton", "Vale", "Fleet Director", 4),
    (LEADERS, "mentee", 0): ("Noor", "Saltmarsh", "Product analyst", 0),
    (LEADERS, "mentee", 1): ("Kofi", "Windrose", "Shift lead", 1),
}
TITLES = frozenset(title for _, _, title, _ in NAMED.values())
KEEN_FROM = 0.6
"""Whoever came to Harbourline's programmes came to them gladly."""
TOUR: dict[int, Row] = {
    # Idris offers what Kofi wanted and Noor wants, so that the guided tour shows strong matches.
    1: {"skills": "Leading stakeholders;Product judgement;Running reviews", "about": OFFERS[0]},
    17: {"goals": "Leading stakeholders;Product judgement;Running reviews",
         "goal_text": "I want to lead a product review from start to decision."},
    18: {"goals": "Running reviews;Product judgement;Leading stakeholders",
         "goal_text": "I want to run reviews that end with a decision."},
}


def people_file(today: date, programs: Collection[str]) -> bytes:
    """The staff of Harbourline and the people of some programmes as of `today`, UTF-8 CSV with a header."""
    return written([*_staff(today), *(row for row in _participants(today) if row["program"] in programs)])


def crowd(today: date, program: str) -> list[Somebody]:
    """How the people of a programme are, in the order of the roster."""
    return [_somebody(row) for row in _participants(today) if row["program"] == program]


def manager(today: date) -> Somebody:
    """Who runs the programmes."""
    return _somebody(next(row for row in _staff(today) if row["employee_id"] == address(MANAGER)))


def address(number: int) -> str:
    """The employee number that row `number` of the cast has."""
    return f"H{number:04d}"


def _staff(today: date) -> Iterator[Row]:
    """Who runs and who leads: six department heads and the programme's own people."""
    for number, department in enumerate(DEPARTMENTS):
        given, family = GIVEN[-1 - number], FAMILY[-1 - number]
        yield _row(900 + number, given, family, f"{department} lead", department, number, 9, 4000, today)
    yield _row(MANAGER, "Rui", "Palegrove", "Mentoring lead", "People", 0, 6, 2200, today)
    yield _row(ADMINISTRATOR, "Anselm", "Vey", "People systems", "People", 3, 6, 3100, today)


def _participants(today: date) -> Iterator[Row]:
    numbers = count(1)
    for part in ROSTER:
        for index in range(part.number):
            number = next(numbers)
            yield _participant(number, part, index, today)


def _participant(number: int, part: Part, index: int, today: date) -> Row:
    named = NAMED.get((part.program, part.role, index))
    given = named[0] if named else GIVEN[(number * 7) % len(GIVEN)]
    family = named[1] if named else FAMILY[(number * 11 + number // len(FAMILY)) % len(FAMILY)]
    department = DEPARTMENTS[(number * 3) % len(DEPARTMENTS)]
    title = named[2] if named else f"{department} {'head' if part.seniority[0] > 6 else 'specialist'}"
    near = part.places or range(len(PLACES))
    place = named[3] if named else near[(number * 5) % len(near)]
    seniority = part.seniority[0] + number % (part.seniority[1] - part.seniority[0] + 1)
    tenure = part.tenure_days[0] + (number * 97) % (part.tenure_days[1] - part.tenure_days[0])
    row = _row(number, given, family, title, department, place, seniority, tenure, today)
    return {**row, **_wishes(number, part), "program": part.program, "role": part.role, "capacity": str(part.capacity),
            "manager_employee_id": address(900 + DEPARTMENTS.index(department))}


def _somebody(row: Row) -> Somebody:
    number = int(row["employee_id"][1:])
    role = ParticipantRole(row["role"].upper()) if row["role"] else None
    usual = role is None or row["program"] == CIRCLES or row["title"] in TITLES
    keen = Random(f"{SEED}:{number}").uniform(KEEN_FROM, 1.0)  # noqa: S311  # guards nothing
    return Somebody(
        SEED, number, role, row["employee_id"], row["email"], row["given_name"], row["family_name"], row["time_zone"],
        row["language"], 1.0 if usual else keen, usual,
    )


def _wishes(number: int, part: Part) -> Row:
    if number in TOUR:
        return TOUR[number]
    bundles = list(BUNDLES.items())
    tags, goal_text = bundles[number % len(BUNDLES)]
    if part.role != "mentee":
        return {"skills": tags, "about": for_mentees(number)}
    # In a circle each knows what the next one wants.
    offered = {"skills": bundles[(number + 1) % len(BUNDLES)][0]} if part.program == CIRCLES else {}
    return {"goals": tags, "goal_text": goal_text, **offered}


def _row(
    number: int, given: str, family: str, title: str, department: str, place: int, seniority: int, tenure: int,
    today: date,
) -> Row:
    city, country, zone, languages = PLACES[place % len(PLACES)]
    hired = today - timedelta(days=tenure)
    return {
        "employee_id": address(number), "email": f"{given}.{family}.{number}@harbourline.example".lower(),
        "given_name": given, "family_name": family, "title": title, "department": department,
        "business_unit": "Harbourline", "company": "Harbourline", "location": city, "country": country,
        "seniority": str(seniority), "manager_employee_id": "", "hire_date": hired.isoformat(),
        "role_start_date": (hired + timedelta(days=tenure // 3)).isoformat(), "time_zone": zone,
        "language": "en-GB", "languages": languages, "skills": "", "goals": "", "goal_text": "", "about": "",
        "availability": "mornings;afternoons" if number % 3 else "lunchtimes;afternoons",
        "program": "", "role": "", "capacity": "",
    }
