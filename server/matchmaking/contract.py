"""The file contract of `ithaca match`: people, past pairs, programme and decisions as the engine wants them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from server.kernel.text import gettext as _
from server.language.encoders import encoder
from server.language.meaning import Concept, framework_of
from server.language.spotting import spotter
from server.language.tags import Vocabulary, known_skills, normalise
from server.matchmaking.engine import (
    Participant,
    PastPair,
    Pool,
    RuleSet,
    Standing,
    Weights,
    held_to,
    rules_for,
    week_mask,
    weights_for,
)
from server.matchmaking.engine import with_vectors as with_all_vectors
from server.matchmaking.engine.groups.circles import USUAL_SIZE
from server.matchmaking.engine.groups.seating import LEAST, MOST
from server.matchmaking.engine.pool import DepartmentWish
from server.matchmaking.files import Notes, Row, Settings, is_whole, read_object, read_table
from server.matchmaking.meant.files import read_concepts
from server.matchmaking.meant.reading import with_meanings
from server.programs.states import ParticipantRole, ProgramType

PEOPLE = [
    "participant_id",
    "role",
    "capacity",
    "company",
    "business_unit",
    "department",
    "grade",
    "tenure_years",
    "role_years",
    "manager_id",
    "city",
    "utc_offset_min",
    "languages",
    "availability_utc",
    "goals",
    "goal_text",
    "skills",
    "skill_text",
    "life_stage",
    "pref_department",
    "prefers",
    "avoids",
    "response_rate",
    "noshow_rate",
    "sessions_prior",
    "enrolled_on",
    "waited_cycles",
    "audit_group",
]
HISTORY = ["mentor_id", "mentee_id", "cycle", "accepted", "sessions_held", "satisfaction", "goals_achieved"]
DECIDED_BY = ("engine", "manager", "self")
OVERRIDES = ["mentor_id", "mentee_id", "action"]
CURRENT = ["mentor_id", "mentee_id"]
TYPES = {
    "traditional": ProgramType.ONE_TO_ONE,
    "reverse": ProgramType.REVERSE,
    "peer": ProgramType.PEER,
    "circle": ProgramType.CIRCLE,
    "group": ProgramType.CIRCLE,
    "flash": ProgramType.FLASH,
    "onboarding": ProgramType.ONBOARDING,
    "succession": ProgramType.HIGH_POTENTIAL,
    "cross_company": ProgramType.CROSS_COMPANY,
}
Company = Literal["same", "different"]
COMPANIES: tuple[Company, ...] = ("same", "different")
WISHES: tuple[DepartmentWish, ...] = ("any", *COMPANIES)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BLOCK_HALF_HOURS, BLOCKS_A_WEEK, MOST_PAIRS = 8, 42, 1_000_000_000
MOST_PLACES, MOST_COUNT, MOST_YEARS, MOST_MINUTES = 1000, 1_000_000, 100, 14 * 60


@dataclass(frozen=True, slots=True)
class Paths:
    """Where the files are; what is None was left out."""

    participants: Path
    program: Path
    history: Path | None = None
    overrides: Path | None = None
    current: Path | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What the programme file says; members of a circle are counted without its host."""

    kind: ProgramType
    rules: RuleSet
    weights: Weights
    circle_size: int = USUAL_SIZE
    by_draw: bool = False
    concepts: tuple[Concept, ...] = ()

    @property
    def vocabulary(self) -> Vocabulary:
        """How tags are read: in the words of the framework that the file names, and those the product knows."""
        if not self.concepts:
            return known_skills()
        return spotter((one.name, one.aliases) for one in self.concepts).vocabulary


@dataclass(frozen=True, slots=True)
class Order:
    """Everything one run needs, and what the reader should be warned about."""

    pool: Pool
    terms: Terms
    standing: Standing
    warnings: tuple[str, ...]

    @property
    def is_one_sided(self) -> bool:
        """Whether anybody may be paired with anybody: a peer programme that knows no mentors beside mentees."""
        return _one_sided(self.terms, self.pool.participants)

    @property
    def rules(self) -> RuleSet:
        """The hard rules of the programme."""
        return self.terms.rules

    @property
    def weights(self) -> Weights:
        """The weights of its type."""
        return self.terms.weights


def read_order(paths: Paths) -> Order:
    """Read and check all files; texts become vectors only once everything is right.

    Raises:
        BadFiles: with every mistake found in any of the files.
    """
    notes = Notes()
    terms = _program(paths.program, notes)
    people = _people(paths.participants, terms, notes)
    history = _history(paths.history, notes)
    if terms.kind is ProgramType.CIRCLE:
        people = [_silent_where_empty(one) for one in people]
    standing = _standing(paths, people, terms, notes)
    notes.stop_if_wrong()
    pool = Pool(_understood(people, terms), history=history)
    return Order(pool, terms, standing, tuple(notes.warnings))


def _understood(people: list[Participant], terms: Terms) -> tuple[Participant, ...]:
    """Texts as vectors, and in the words of the framework where the programme file names one."""
    with_ = encoder()
    told = with_all_vectors(people, with_.embed)
    if not terms.concepts:
        return told
    framework = framework_of(terms.concepts, with_.embed, close_enough=with_.close_enough)
    return with_meanings(told, framework, with_.embed)


def _people(path: Path, terms: Terms, notes: Notes) -> list[Participant]:
    people: list[Participant] = []
    seen: set[tuple[str, str]] = set()
    rows, vocabulary = read_table(path, PEOPLE, notes, may_be_empty=False), terms.vocabulary
    roles = ("mentor", "mentee", "peer") if terms.kind is ProgramType.PEER else ("mentor", "mentee")
    for row in rows:
        one = _participant(row, roles, vocabulary)
        if one is not None:
            if (one.role, one.id) in seen:
                row.wrong("participant_id", _("This person is in the file twice in this role. Keep one row."))
            seen.add((one.role, one.id))
            people.append(one)
    _check_sides(rows, people, terms)
    return people


def _check_sides(rows: list[Row], people: list[Participant], terms: Terms) -> None:
    """Either everybody is a peer, or there are two sides; only peers can be drawn."""
    peers = [row for row in rows if row.cells["role"].strip().casefold() == "peer"]
    if peers and len(peers) < len(rows):
        peers[0].wrong("role", _("Write peer for everybody, or mentor or mentee for everybody."))
    elif rows and terms.by_draw and not _one_sided(terms, people):
        rows[0].wrong("role", _("Pairs are drawn only among peers: write peer for everybody."))


def _one_sided(terms: Terms, people: Sequence[Participant]) -> bool:
    return terms.kind is ProgramType.PEER and len({one.role for one in people}) < 2


def _participant(row: Row, roles: Sequence[str], vocabulary: Vocabulary) -> Participant | None:
    name, role = row.needed("participant_id"), row.one_of("role", roles)
    if role is None and not row.cells["role"].strip():
        row.needed("role")
    capacity, grade = row.whole("capacity", 0, MOST_PLACES), row.whole("grade", 1, 10)
    offset = row.whole("utc_offset_min", -MOST_MINUTES, MOST_MINUTES)
    rates = {column: row.number(column, 0, 1) for column in ("response_rate", "noshow_rate")}
    years = {column: row.number(column, 0, MOST_YEARS) for column in ("tenure_years", "role_years")}
    texts = {column: row.text(column) for column in ("company", "business_unit", "department", "city", "life_stage")}
    free = {column: row.text(column) for column in ("goal_text", "skill_text", "audit_group")}
    wish = row.one_of("pref_department", WISHES)
    sessions, waited = (row.whole(column, 0, MOST_COUNT) for column in ("sessions_prior", "waited_cycles"))
    common: dict[str, Any] = {**rates, **years, **texts, **free}
    return Participant(
        id=name,
        role=ParticipantRole.MENTOR if role == "mentor" else ParticipantRole.MENTEE,
        capacity=1 if capacity is None else capacity,
        manager=row.text("manager_id"),
        grade=grade,
        utc_offset_min=offset,
        languages=row.words("languages"),
        availability=_availability(row),
        goal_tags=_labels(row, "goals", vocabulary),
        skill_tags=_labels(row, "skills", vocabulary),
        pref_department=wish or "any",
        prefers=row.words("prefers"),
        avoids=row.words("avoids"),
        sessions_prior=sessions,
        enrolled_on=row.day("enrolled_on"),
        waited_cycles=waited or 0,
        **common,
    )


def _silent_where_empty(one: Participant) -> Participant:
    """Circles always need an hour and a language in common: an empty cell there says nothing, not "none"."""
    return replace(one, languages=one.languages or None, availability=one.availability or None)


def _labels(row: Row, column: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    return normalise(row.words(column), vocabulary).labels


def _availability(row: Row) -> int:
    """Blocks of four hours from any full hour of UTC: one from 21:00 on runs into the next day, as a morning in Sydney
    does, and one of Sunday night into Monday."""
    spans = []
    for block in row.words("availability_utc"):
        found = re.fullmatch(r"([A-Za-z]{3})-(\d{2})", block)
        if not found or found[1].casefold() not in DAYS or int(found[2]) > 23:
            row.wrong("availability_utc", _("Write blocks of four hours as Mon-08, from Mon-00 to Sun-23."))
            return 0
        spans.append((DAYS.index(found[1].casefold()) * 48 + int(found[2]) * 2, BLOCK_HALF_HOURS))
    return week_mask(spans)


def _history(path: Path | None, notes: Notes) -> tuple[PastPair, ...]:
    """Past pairs. Who chose them may be told in a column of its own; without it the engine did."""
    rows = read_table(path, HISTORY, notes, may_be_empty=True, optional=["decided_by"]) if path else []
    return tuple(
        PastPair(
            mentor=row.needed("mentor_id"),
            mentee=row.needed("mentee_id"),
            accepted=row.yes("accepted"),
            sessions_held=row.whole("sessions_held", 0, MOST_COUNT),
            satisfaction=row.number("satisfaction", 1, 5),
            goals_achieved=row.number("goals_achieved", 0, 1),
            cycle=row.text("cycle"),
            by_manager=row.one_of("decided_by", DECIDED_BY) == "manager",
        )
        for row in rows
    )


def _standing(paths: Paths, people: list[Participant], terms: Terms, notes: Notes) -> Standing:
    """Decisions taken already. Circles are formed anew each time: only who may not sit together can be decided."""
    known, circles = {(one.role, one.id) for one in people}, terms.kind is ProgramType.CIRCLE
    if _one_sided(terms, people):
        known = {(role, one.id) for one in people for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)}
    overrides = read_table(paths.overrides, OVERRIDES, notes, may_be_empty=True) if paths.overrides else []
    decided: dict[str, set[tuple[str, str]]] = {"pin": set(), "ban": set()}
    for row in overrides:
        pair, action = _known_pair(row, known), row.one_of("action", ("pin", "ban"))
        if circles and action == "pin":
            row.wrong("action", _("Circles are formed anew each time: only ban is possible here."))
        if action is None and not row.cells["action"].strip():
            row.needed("action")
        if action and pair:
            if pair in decided["ban" if action == "pin" else "pin"]:
                row.wrong("action", _("This pair is both pinned and banned. Keep one of the rows."))
            decided[action].add(pair)
    rows = read_table(paths.current, CURRENT, notes, may_be_empty=True) if paths.current else []
    current = {pair for row in rows if (pair := _known_pair(row, known))}
    if circles and rows:
        rows[0].wrong("mentor_id", _("Circles are formed anew each time: leave this file out."))
    return Standing(frozenset(decided["pin"]), frozenset(decided["ban"]), frozenset(current))


def _known_pair(row: Row, known: set[tuple[ParticipantRole, str]]) -> tuple[str, str] | None:
    mentor, mentee = row.needed("mentor_id"), row.needed("mentee_id")
    if mentor and (ParticipantRole.MENTOR, mentor) not in known:
        row.wrong("mentor_id", _("There is no mentor with this id among the participants."))
    elif mentee and (ParticipantRole.MENTEE, mentee) not in known:
        row.wrong("mentee_id", _("There is no mentee with this id among the participants."))
    else:
        return (mentor, mentee) if mentor and mentee else None
    return None


def _program(path: Path, notes: Notes) -> Terms:
    settings = Settings(path.name, read_object(path, notes), notes)
    kind = settings.values.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        settings.wrong("type", _("Write one of {words}.").format(words=", ".join(TYPES)))
        kind = "traditional"
    rules = _rules(TYPES[kind], settings)
    known = {"type", "grade_gap", "min_overlap_blocks", "company", "no_repeat", "exclude_direct_reports"}
    known |= {"framework"}
    known |= {"require_common_language", "circle_size" if TYPES[kind] is ProgramType.CIRCLE else "max_pairs"}
    known |= {"pairing"} if TYPES[kind] is ProgramType.PEER else set()
    for key in sorted(settings.values.keys() - known):
        notes.warnings.append(_("{file}: {key} is not known and was ignored.").format(file=path.name, key=key))
    return Terms(TYPES[kind], rules, weights_for(TYPES[kind]), _circle_size(settings), _by_draw(settings),
                 read_concepts(settings.values.get("framework"), path, notes))


def _rules(kind: ProgramType, settings: Settings) -> RuleSet:
    """What the file asks for: what it leaves out is no rule, save what the type cannot be without."""
    asked = replace(
        rules_for(kind),
        reporting_line=settings.yes("exclude_direct_reports", missing=True),
        same_team=False,
        repeat=settings.yes("no_repeat", missing=True),
        company=_company(settings),
        common_language=settings.yes("require_common_language", missing=False),
        min_overlap_half_hours=BLOCK_HALF_HOURS * (settings.whole("min_overlap_blocks", BLOCKS_A_WEEK) or 0),
        grade_gap=_grade_gap(settings),
        max_pairs=settings.whole("max_pairs", MOST_PAIRS),
    )
    if kind is ProgramType.CROSS_COMPANY and asked.company == "same":
        settings.wrong("company", _("Here companies meet: write different, or leave it out."))
    if kind is ProgramType.REVERSE and asked.grade_gap and asked.grade_gap[0] >= 0:
        settings.wrong("grade_gap", _("Here the mentor stands below the mentee: the least is -1 or lower."))
    return _held(kind, asked, settings)


def _held(kind: ProgramType, asked: RuleSet, settings: Settings) -> RuleSet:
    """The rules with what the type means; what the file says less of is told."""
    rules = held_to(kind, asked)
    for name, key in (("reporting_line", "exclude_direct_reports"), ("company", "company"), ("grade_gap", "grade_gap")):
        held = getattr(rules, name)
        if key in settings.values and getattr(asked, name) != held:
            settings.notes.warnings.append(_("{file}: {key} was taken as {value}, which this type is about.").format(
                file=settings.file, key=key, value=json.dumps(held)))
    return rules


def _by_draw(settings: Settings) -> bool:
    found = settings.values.get("pairing", "best")
    if found not in ("best", "random"):
        settings.wrong("pairing", _("Write one of {words}.").format(words="best, random"))
    return bool(found == "random")


def _circle_size(settings: Settings) -> int:
    found = settings.values.get("circle_size", USUAL_SIZE)
    if is_whole(found) and LEAST <= found <= MOST:
        return int(found)
    settings.wrong("circle_size", _("Write a whole number from {least} to {most}.").format(least=LEAST, most=MOST))
    return USUAL_SIZE


def _company(settings: Settings) -> Company | None:
    found = settings.values.get("company")
    asked = next((one for one in COMPANIES if one == found), None)
    if asked is None and found not in (None, "any", ""):
        settings.wrong("company", _("Write same or different, or leave it out."))
    return asked


def _grade_gap(settings: Settings) -> tuple[int, int] | None:
    found = settings.values.get("grade_gap")
    if found is None:
        return None
    if isinstance(found, list) and len(found) == 2 and all(map(is_whole, found)) and found[0] <= found[1]:
        return found[0], found[1]
    settings.wrong("grade_gap", _("Write the least and the most of mentor minus mentee, such as [1, 4]."))
    return None
