"""People as columns: integer codes, bit masks, sparse tags and text vectors, in an order that rows cannot change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from server.language.tags import key
from server.matchmaking.engine.pool import HALF_HOURS_A_WEEK, Participant, PastPair, Pool
from server.programs.states import ParticipantRole

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]
Masks = NDArray[np.uint64]
TagLists = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Tags that somebody chose, that were read out of their words, and that courses taught."""
UNKNOWN = -1
MASK_WORDS = (HALF_HOURS_A_WEEK + 63) // 64
TEXT_DIMENSIONS = 256
"""Of the vectors that ship with the product: as wide are those of whom nothing is known, in a pool without any."""
MEANT_WORTH = 0.5
"""What a competency counts that was read out of somebody's words, beside 1 for one they chose: half of those found by
nearness are wrong or beside the point in real profiles (docs/matching.md). Our own choice."""
TAUGHT_WORTH = 0.4
"""What a competency counts that somebody learned in a course and says nothing of. Less than what they wrote of, so that
a course never takes anything from that (factor.py, `_wanted`)."""
NEUTRAL_RECORD, RECORD_PRIOR = 0.6, 3.0
"""A person without a past counts as 0.6 of a perfect one, and that opinion weighs as much as three past pairs."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the market. Codes are -1 and numbers NaN where nothing is known; a grade of 0 is not known."""

    people: tuple[Participant, ...]
    rows: dict[str, int]
    by_person: dict[str, int]
    person: Ints
    capacity: Ints
    grade: NDArray[np.int8]
    company: Ints
    business_unit: Ints
    department: Ints
    team: Ints
    city: Ints
    life_stage: Ints
    tenure: Floats
    role_years: Floats
    utc_hours: Floats
    response: Floats
    noshow: Floats
    sessions: Floats
    record: Floats
    department_wish: NDArray[np.int8]
    languages: Masks
    speaks: NDArray[np.bool_]
    availability: Masks
    has_times: NDArray[np.bool_]
    goals: csr_array
    skills: csr_array
    goal_vectors: Floats
    skill_vectors: Floats
    style: Floats
    waited: Ints
    ties: Floats

    def __len__(self) -> int:
        return len(self.people)

    @property
    def told_skills(self) -> NDArray[np.bool_]:
        """Who told what they know; a course alone adds to what is not known, and takes nothing from it."""
        silent = np.array([not (one.skill_tags or one.skill_meant) for one in self.people], np.bool_)
        told: NDArray[np.bool_] = self.skill_vectors.any(axis=1) | ((np.diff(self.skills.indptr) > 0) & ~silent)
        return told


class Codes(dict[str, int]):
    """Numbers for words, in the order first met."""

    def of(self, words: Iterable[str | None]) -> Ints:
        """One code for each word, -1 for none."""
        said = list(words)
        for word in filter(None, dict.fromkeys(said)):
            self.setdefault(word, len(self))
        return np.array([self.get(word or "", UNKNOWN) for word in said], np.int32)


@dataclass(frozen=True, slots=True)
class Columns:
    """Both sides, coded alike, and the pool they came from."""

    mentors: Side
    mentees: Side
    pool: Pool
    books: dict[str, Codes]

    @property
    def persons(self) -> dict[str, int]:
        """The code of each person of either side."""
        return self.books["person"]


def build(pool: Pool, seed: int = 0) -> Columns:
    """Columns of a pool. People stand in the order of a hash of seed and id, so the order given changes nothing."""
    ordered = sorted(pool.participants, key=lambda one: _hash(seed, one.id))
    sides = {
        role: [one for one in ordered if one.role is role] for role in (ParticipantRole.MENTOR, ParticipantRole.MENTEE)
    }
    books: dict[str, Codes] = {}
    records, width = _records(pool.history), _width(ordered)
    mentors, mentees = (_side(people, books, records[role], seed, ordered, width) for role, people in sides.items())
    return Columns(mentors, mentees, pool, books)


def beside(standing: Columns, newcomers: Sequence[Participant], pool: Pool, seed: int = 0) -> Columns:
    """The same mentors with other mentees, coded alike; `pool` holds both. Costs the newcomers' rows alone.

    A mentee whose answers about style are not as many as the mentors' counts as having given none.
    """
    books = {name: Codes(book) for name, book in standing.books.items()}
    mentors, items = standing.mentors, standing.mentors.style.shape[1]
    people = [one if len(one.style or ()) == items else replace(one, style=None) for one in newcomers]
    people.sort(key=lambda one: _hash(seed, one.id))
    books["language"].of(_languages(people))
    books["tag"].of(_names_of_tags(people))
    width = mentors.goal_vectors.shape[1]
    mentees = _side(people, books, _records(pool.history)[ParticipantRole.MENTEE], seed, people, width)
    answers = mentees.style if mentees.style.shape[1] == items else np.full((len(people), items), np.nan, np.float32)
    wide = {name: _widened(getattr(mentors, name), len(books["tag"])) for name in ("goals", "skills")}
    spoken = np.zeros((len(mentors), mentees.languages.shape[1]), np.uint64)
    spoken[:, : mentors.languages.shape[1]] = mentors.languages
    return Columns(replace(mentors, languages=spoken, **wide), replace(mentees, style=answers), pool, books)


def with_vectors(
    participants: Sequence[Participant], embed: Callable[[Sequence[str]], NDArray[np.float32]]
) -> tuple[Participant, ...]:
    """The same people with a vector for each text that has none yet; tags are read as part of the text.

    `embed` is `server.language.vectors.embed`; the stored vectors of a person should be made of `described` texts.
    """
    wanted = {described(one.goal_text, one.goal_tags) for one in participants if one.goal_vector is None}
    wanted |= {described(one.skill_text, one.skill_tags) for one in participants if one.skill_vector is None}
    texts = sorted(wanted - {""})
    vectors = dict(zip(texts, embed(texts), strict=True)) if texts else {}

    def filled(one: Participant) -> Participant:
        goal = vectors.get(described(one.goal_text, one.goal_tags)) if one.goal_vector is None else one.goal_vector
        skill = vectors.get(described(one.skill_text, one.skill_tags)) if one.skill_vector is None else one.skill_vector
        return replace(one, goal_vector=goal, skill_vector=skill)

    return tuple(map(filled, participants))


def described(text: str | None, tags: Sequence[str]) -> str:
    """Free text and tags as the one text that is embedded."""
    return ", ".join(filter(None, [(text or "").strip(), *tags]))


def _side(
    people: list[Participant],
    books: dict[str, Codes],
    records: dict[str, float],
    seed: int,
    everyone: list[Participant],
    width: int,
) -> Side:
    def codes(name: str) -> Ints:
        return books.setdefault(name, Codes()).of(getattr(one, name) for one in people)

    def numbers(name: str) -> Floats:
        return np.array([_or_nan(getattr(one, name)) for one in people], np.float32)

    return Side(
        people=tuple(people),
        rows={one.id: row for row, one in enumerate(people)},
        by_person={one.who: row for row, one in enumerate(people)},
        person=books.setdefault("person", Codes()).of(one.who for one in people),
        capacity=np.array([one.capacity for one in people], np.int32),
        grade=np.array([one.grade or 0 for one in people], np.int8),
        company=codes("company"),
        business_unit=codes("business_unit"),
        department=codes("department"),
        team=books.setdefault("team", Codes()).of(one.team or one.manager for one in people),
        city=codes("city"),
        life_stage=codes("life_stage"),
        tenure=numbers("tenure_years"),
        role_years=numbers("role_years"),
        utc_hours=numbers("utc_offset_min") / np.float32(60),
        response=numbers("response_rate"),
        noshow=numbers("noshow_rate"),
        sessions=numbers("sessions_prior"),
        record=np.array([records.get(one.who, NEUTRAL_RECORD) for one in people], np.float32),
        department_wish=np.array([_WISHES[one.pref_department] for one in people], np.int8),
        languages=_language_masks(people, books, everyone),
        speaks=np.array([one.languages is not None for one in people], np.bool_),
        availability=_week_masks(people),
        has_times=np.array([one.availability is not None for one in people], np.bool_),
        goals=_tags([(one.goal_tags, one.goal_meant, ()) for one in people], books, everyone),
        skills=_tags([(one.skill_tags, one.skill_meant, one.skills_taught) for one in people], books, everyone),
        goal_vectors=_vectors([one.goal_vector for one in people], width),
        skill_vectors=_vectors([one.skill_vector for one in people], width),
        style=_style(people, everyone),
        waited=np.array([one.waited_cycles for one in people], np.int32),
        ties=_angles(people, seed),
    )


_WISHES = {"any": 0, "same": 1, "different": -1}


def _hash(seed: int, name: str) -> bytes:
    return blake2b(f"{seed}:{name}".encode(), digest_size=8).digest()


def _angles(people: list[Participant], seed: int) -> Floats:
    """Two coordinates of a point on a circle, from the hash of each id: they order people who are otherwise equal."""
    turns = np.array([int.from_bytes(_hash(seed, one.id)) for one in people], np.float64) / 2**64 * 2 * np.pi
    return np.stack([np.cos(turns), np.sin(turns)], axis=1).astype(np.float32)


def _or_nan(value: float | None) -> float:
    return np.nan if value is None else value


def _width(people: Iterable[Participant]) -> int:
    """How many numbers a text has: those of one encoder stand in a pool."""
    known = (vector for one in people for vector in (one.goal_vector, one.skill_vector) if vector is not None)
    return next((len(vector) for vector in known), TEXT_DIMENSIONS)


def _vectors(vectors: list[NDArray[np.float32] | None], width: int) -> Floats:
    rows = np.zeros((len(vectors), width), np.float32)
    for row, vector in zip(rows, vectors, strict=True):
        if vector is not None:
            row[:] = vector
    return rows


def _week_masks(people: list[Participant]) -> Masks:
    raw = b"".join((one.availability or 0).to_bytes(MASK_WORDS * 8, "little") for one in people)
    return np.frombuffer(raw, "<u8").astype(np.uint64).reshape(len(people), MASK_WORDS)


def _language_masks(people: list[Participant], books: dict[str, Codes], everyone: list[Participant]) -> Masks:
    book = books.setdefault("language", Codes())
    if not book:
        book.of(_languages(everyone))
    octets = 8 * max(1, -(-len(book) // 64))
    spoken = {one.languages or () for one in people}
    masks = {words: sum(1 << book[name] for name in {word.casefold() for word in words}) for words in spoken}
    raw = b"".join(masks[one.languages or ()].to_bytes(octets, "little") for one in people)
    return np.frombuffer(raw, "<u8").astype(np.uint64).reshape(len(people), octets // 8)


def _languages(people: Sequence[Participant]) -> list[str]:
    return [word.casefold() for one in people for word in one.languages or ()]


def _names_of_tags(people: Sequence[Participant]) -> list[str]:
    return [key(tag) for one in people for tag in _all_tags(one)]


def _all_tags(one: Participant) -> tuple[str, ...]:
    return (*one.goal_tags, *one.goal_meant, *one.skill_tags, *one.skills_seen)


def _widened(table: csr_array, width: int) -> csr_array:
    """The same rows with room for tags that nobody in them holds."""
    return csr_array((table.data, table.indices, table.indptr), shape=(table.shape[0], max(1, width)))


def _tags(
    lists: list[TagLists], books: dict[str, Codes], everyone: list[Participant]
) -> csr_array:
    """Who holds which tag: 1 where it was chosen, less where it was read out of words or taught in a course. Two
    spellings that differ only in case or punctuation are one tag."""
    book = books.setdefault("tag", Codes())
    if not book:
        book.of(_names_of_tags(everyone))
    held = [_worths(tags, book) for tags in lists]
    starts = np.cumsum([0, *map(len, held)])
    columns = np.array([code for codes in held for code in codes], np.int32)
    worths = np.array([worth for codes in held for worth in codes.values()], np.float32)
    return csr_array((worths, columns, starts), shape=(len(lists), max(1, len(book))))


def _worths(lists: TagLists, book: Codes) -> dict[int, float]:
    """What each tag of one person counts, in the order of its code."""
    chosen, meant, taught = lists
    worths = {book[name]: TAUGHT_WORTH for tag in taught if (name := key(tag))}
    worths |= {book[name]: MEANT_WORTH for tag in meant if (name := key(tag))}
    worths |= {book[name]: 1.0 for tag in chosen if (name := key(tag))}
    return dict(sorted(worths.items()))


def _style(people: list[Participant], everyone: list[Participant]) -> Floats:
    """Answers 0 to 1, one column for each question; NaN where somebody gave none, and in the whole row of who was
    asked another number of questions."""
    items = max((len(one.style) for one in everyone if one.style), default=0)
    rows = np.full((len(people), items), np.nan, np.float32)
    for row, one in zip(rows, people, strict=True):
        if one.style and len(one.style) == items:
            row[:] = [_or_nan(answer) for answer in one.style]
    return rows


def _records(history: tuple[PastPair, ...]) -> dict[ParticipantRole, dict[str, float]]:
    """For each person in each role the mean of what their past pairs came to, drawn towards the neutral record."""
    found: dict[ParticipantRole, dict[str, list[float]]] = {ParticipantRole.MENTOR: {}, ParticipantRole.MENTEE: {}}
    for past in history:
        outcome = _outcome(past)
        if outcome is not None:
            found[ParticipantRole.MENTOR].setdefault(past.mentor, []).append(outcome)
            found[ParticipantRole.MENTEE].setdefault(past.mentee, []).append(outcome)
    return {
        role: {
            who: (RECORD_PRIOR * NEUTRAL_RECORD + sum(seen)) / (RECORD_PRIOR + len(seen)) for who, seen in by.items()
        }
        for role, by in found.items()
    }


def _outcome(past: PastPair) -> float | None:
    """What a past pair came to, 0 to 1; None when nothing is known. A refused request says little about a person."""
    if past.accepted is False:
        return NEUTRAL_RECORD / 2
    known = [
        None if past.satisfaction is None else (past.satisfaction - 1) / 4,
        past.goals_achieved,
        None if past.sessions_held is None else min(past.sessions_held, 4) / 4,
    ]
    values = [value for value in known if value is not None]
    return sum(values) / len(values) if values else None
