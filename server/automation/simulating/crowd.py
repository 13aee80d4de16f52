"""The people of a simulation: who they are, as a people file says it, and how each of them is. Pure: one seed, one
crowd.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from random import Random

from server.automation.lives.records import Row, named, written
from server.automation.lives.somebody import Somebody
from server.programs.states import Circles, ParticipantRole, ProgramType

PLACES = (
    ("Lisbon", "PT", "Europe/Lisbon", "pt;en"), ("Nairobi", "KE", "Africa/Nairobi", "en;sw"),
    ("Rotterdam", "NL", "Europe/Amsterdam", "nl;en"), ("Halifax", "CA", "America/Halifax", "en;fr"),
    ("Chennai", "IN", "Asia/Kolkata", "en;ta"), ("Auckland", "NZ", "Pacific/Auckland", "en"),
)
LANGUAGES = ("en-GB", "en-GB", "de", "ar", "fr")
GIVEN = (
    "Noor", "Kofi", "Mei", "Idris", "Saffi", "Halden", "Orla", "Teodor", "Vesna", "Liora", "Bastian", "Anouk", "Wren",
)
FAMILY = ("Saltmarsh", "Windrose", "Tidewell", "Brightwater", "Dale", "Crane", "Vale", "Rowe", "Tern", "Quayle", "Ash")
DEPARTMENTS = ("Pricing", "Field Operations", "Product Operations", "Port Services", "People", "Finance")
SKILLS = (
    "Leading stakeholders", "Product judgement", "Running reviews", "Data and pricing", "Managing people",
    "Career moves", "Writing clearly", "Negotiation", "Public speaking", "Coaching",
)
MENTORS_OF_TEN, PLACES_EACH, CIRCLE = 4, 2, 7
"""Of ten people four mentor, two each; in a circle one of seven leads."""
RANKS: dict[ProgramType, tuple[int, int]] = {ProgramType.REVERSE: (3, 8), ProgramType.HIGH_POTENTIAL: (8, 5)}
USUAL_RANKS, NEW_FOR = (7, 4), 60
"""How senior who gives and who learns are at least; and since how many days, at most, who is new has been there."""
MANAGER = 0
"""Who runs the programme has this number, and takes no part."""


def crowd(seed: int, people: int, kind: ProgramType, circles: Circles) -> list[Somebody]:
    """So many people who take part, and first who runs the programme."""
    roles = [None, *(_role(number, kind, circles) for number in range(1, people + 1))]
    return [_somebody(seed, number, role) for number, role in enumerate(roles)]


def people_file(people: Iterable[Somebody], today: date, program: str, kind: ProgramType) -> bytes:
    """The employer's records of them as a file, with the role to which each is invited in a programme of a kind."""
    return written([_row(one, today, program, kind) for one in people])


def bundle(number: int) -> Sequence[str]:
    """Three skills that belong together: offered by some, wanted by others."""
    first = 3 * number % len(SKILLS)
    return [SKILLS[(first + step) % len(SKILLS)] for step in range(3)]


def _role(number: int, kind: ProgramType, circles: Circles) -> ParticipantRole:
    if kind is ProgramType.PEER:
        return ParticipantRole.PEER
    leads = number % CIRCLE == 1
    if kind is ProgramType.CIRCLE or (circles is not Circles.NONE and leads):
        return ParticipantRole.FACILITATOR if leads else ParticipantRole.MENTEE
    return ParticipantRole.MENTOR if number * MENTORS_OF_TEN % 10 < MENTORS_OF_TEN else ParticipantRole.MENTEE


def _somebody(seed: int, number: int, role: ParticipantRole | None) -> Somebody:
    lot = Random(f"{seed}:{number}")  # noqa: S311  # guards nothing
    place, key = lot.randrange(len(PLACES)), f"S{number:05d}"
    return Somebody(
        seed, number, role, key, f"{key}@simulated.example".lower(), lot.choice(GIVEN),
        f"{lot.choice(FAMILY)} {number}", PLACES[place][2], lot.choice(LANGUAGES),
        1.0 if number == MANAGER else lot.uniform(0.45, 1.0),
    )


def _row(one: Somebody, today: date, program: str, kind: ProgramType) -> Row:
    city, country, zone, languages = next(place for place in PLACES if place[2] == one.zone)
    offers = one.role in (ParticipantRole.MENTOR, ParticipantRole.PEER, ParticipantRole.FACILITATOR)
    wants = one.role in (ParticipantRole.MENTEE, ParticipantRole.PEER)
    gives, learns = RANKS.get(kind, USUAL_RANKS)
    rank = gives if offers else learns
    is_new = kind is ProgramType.ONBOARDING and not offers and one.role is not None
    tenure = timedelta(days=one.number % NEW_FOR if is_new else 800 + 97 * one.number % 4000)
    return {
        **named(one), "department": DEPARTMENTS[one.number % len(DEPARTMENTS)], "title": "Specialist",
        "business_unit": "Harbourline", "company": "Harbourline", "location": city, "country": country,
        "seniority": str(rank + one.number % 2),
        "hire_date": (today - tenure).isoformat(), "time_zone": zone, "language": one.language,
        "languages": languages, "availability": "mornings;lunchtimes;afternoons",
        "skills": ";".join(bundle(one.number)) if offers else "",
        "goals": ";".join(bundle(one.number + 1 if offers else one.number)) if wants else "",
        "goal_text": "I want to get better at what I do every day." if wants else "",
        "program": program if one.role else "", "role": one.role.value.lower() if one.role else "",
        "capacity": str(PLACES_EACH) if one.role is ParticipantRole.MENTOR else "",
    }
