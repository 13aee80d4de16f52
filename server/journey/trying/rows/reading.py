"""Rows of somebody's own files as people the engine can match. Forgiving: what cannot be read counts as not known.

Nothing is dropped in silence: every gap is kept as a code with its figures, to be said in words.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.journey.trying.rows import values
from server.journey.trying.rows.columns import ROLE_WORDS, Field
from server.journey.trying.rows.lines import Gap, GapCode, Line, Place, Unread, by_file, counted, lines
from server.journey.trying.rows.naming import Called, folded
from server.journey.trying.rows.past import read_past
from server.journey.trying.rows.plan import OF_EQUALS, File, Plan, Who
from server.journey.trying.rows.rules import rules_of
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.language.tags import Vocabulary, known_skills, normalise
from server.matchmaking.engine import Participant, PastPair, RuleCode, RuleSet
from server.matchmaking.engine.constraints import active_pair_rules
from server.programs.states import ParticipantRole, ProgramType

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
MOST_PEOPLE, MOST_PLACES = 5_000, 50
MANY_NUMBERS = 10


@dataclass(frozen=True, slots=True)
class Managers:
    """Of how many people a manager is `told`, and of how many it is `known` who in the files that is."""

    told: int = 0
    known: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """People with their names, the groups they are audited by (dimension -> person -> group), what was missing, past
    pairs, and how far reporting lines are known."""

    people: tuple[Participant, ...]
    names: Mapping[str, str]
    groups: Mapping[str, Mapping[str, str]]
    gaps: tuple[Gap, ...]
    past: tuple[PastPair, ...] = ()
    managers: Managers = Managers()


@dataclass(slots=True)
class _Notes:
    """What is collected while reading. By id: the first row of each person, and the cells that name their manager; by
    id and words: the column and place in which somebody names another."""

    plan: Plan
    vocabulary: Vocabulary
    people: list[Participant] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    called: Called = field(default_factory=Called)
    places: dict[str, Place] = field(default_factory=dict)
    managers: dict[str, list[str]] = field(default_factory=dict)
    mentions: dict[tuple[str, str], tuple[str, Place]] = field(default_factory=dict)
    groups: dict[str, dict[str, str]] = field(default_factory=dict)
    unread: Unread = field(default_factory=Unread)
    rows: dict[GapCode, list[Place]] = field(default_factory=lambda: {GapCode.TWICE: [], GapCode.NO_ROLE: []})
    seen: set[tuple[ParticipantRole, str]] = field(default_factory=set)
    mapped: Counter[tuple[ParticipantRole, Field]] = field(default_factory=Counter)


def read_files(files: Sequence[File], plan: Plan, vocabulary: Vocabulary | None = None) -> Read:
    """Everybody in the files. Pure, some 50 microseconds a row: call it off the loop. Skills are called as in the
    `vocabulary`; without one, as the product knows them.

    Raises:
        Invalid: a file is no table (field "file"), or there are no people to match: one side is empty, there are more
            than 5,000, nothing tells what they know or want, or who was paired before (field "who", "columns" or
            "past").
    """
    notes = _Notes(plan, vocabulary or known_skills())
    for number, file in enumerate(files):
        if plan.who[number] is not Who.PAST:
            _read(file, number, notes)
    _check(notes)
    past, managers = read_past(files, plan, notes.called), _managers(notes)
    return Read(
        tuple(_with_others(one, managers, notes.called) for one in notes.people), notes.names, _banded(notes.groups),
        (*_gaps(notes), *past.gaps), past.pairs,
        Managers(len(managers), sum(boss in notes.called.ids for boss in managers.values())),
    )


def _read(file: File, number: int, notes: _Notes) -> None:
    for line in lines(file.table(), notes.plan.columns[number], notes.unread):
        roles = _roles(line, notes.plan.sides[number])
        if not roles:
            notes.rows[GapCode.NO_ROLE].append(line.place)
        for role in roles:
            _add(line, role, notes, f"{number + 1}-{line.number}")


def _roles(line: Line, who: Who) -> tuple[ParticipantRole, ...]:
    if who is Who.COLUMN:
        found = {ROLE_WORDS.get(word.casefold()) for word in line.listed(Field.ROLE)} - {None}
        return tuple(role for role in (MENTOR, MENTEE) if role.value in found)
    return (MENTOR,) if who is Who.MENTORS else (MENTEE,)


def _add(line: Line, role: ParticipantRole, notes: _Notes, spare_id: str) -> None:
    who = line.first(Field.ID) or spare_id
    if (role, who) in notes.seen:
        notes.rows[GapCode.TWICE].append(line.place)
        return
    notes.seen.add((role, who))
    notes.names[who] = " ".join(line.every(Field.NAME)) or who
    notes.places.setdefault(who, line.place)
    notes.called.add(who, [*line.every(Field.ID)[1:], notes.names[who]])
    if managers := line.every(Field.MANAGER):
        notes.managers[who] = managers
    for one in (Field.PREFERS, Field.AVOIDS):
        notes.mentions.update({(who, word): (column, line.place) for column, cell in line.cells.get(one, ())
                               for word in values.split(cell)})
    for column, cell in line.cells.get(Field.GROUP, ()):
        notes.groups.setdefault(column, {})[who] = cell
    notes.mapped.update((role, one) for one in line.cells)
    notes.people.append(_participant(line, role, who, notes))


def _participant(line: Line, role: ParticipantRole, who: str, notes: _Notes) -> Participant:
    offset = line.read(Field.TIME_ZONE, values.offset)
    tenure = line.read(Field.TENURE, values.years)
    return Participant(
        id=who, role=role, capacity=_places(line, role, notes.plan),
        company=line.text(Field.COMPANY) or None, business_unit=line.text(Field.UNIT) or None,
        department=line.text(Field.DEPARTMENT) or None, city=line.text(Field.CITY) or None, utc_offset_min=offset,
        grade=line.read(Field.LEVEL, lambda cell: values.whole(cell, 1, 10)),
        tenure_years=line.read(Field.HIRED, values.years_since) if tenure is None else tenure,
        role_years=line.read(Field.ROLE_YEARS, values.years),
        languages=tuple(line.listed(Field.LANGUAGES)) or None,
        availability=line.read(Field.TIMES, lambda cell: values.week(cell, offset or 0)),
        goal_tags=_wishes(line, notes), goal_text=line.text(Field.GOAL_TEXT) or None,
        skill_tags=_labels(line, Field.SKILLS, notes), skill_text=line.text(Field.SKILL_TEXT) or None,
        life_stage=line.text(Field.LIFE_STAGE) or None,
        pref_department=line.read(Field.DEPARTMENT_WISH, values.wish) or "any",
        prefers=tuple(line.listed(Field.PREFERS)), avoids=tuple(line.listed(Field.AVOIDS)),
        response_rate=line.read(Field.RESPONSE_RATE, values.share),
        noshow_rate=line.read(Field.NOSHOW_RATE, values.share),
        sessions_prior=line.read(Field.SESSIONS_PRIOR, values.count),
        enrolled_on=line.read(Field.ENROLLED_ON, values.day), waited_cycles=line.read(Field.WAITED, values.count) or 0,
        audit_group=line.first(Field.GROUP) or None,
    )


def _managers(notes: _Notes) -> dict[str, str]:
    """Who leads whom, by id; a manager in no file, or of a name that several have, by what they are called. Of several
    cells the first that names one person counts."""
    return {
        who: next(filter(None, map(notes.called.one, cells)), folded(cells[0])) for who, cells in notes.managers.items()
    }


def _with_others(one: Participant, managers: Mapping[str, str], called: Called) -> Participant:
    """A person with the ids of those whom their row names."""
    prefers, avoids = (tuple(called.one(word) or word for word in words) for words in (one.prefers, one.avoids))
    return replace(one, manager=managers.get(one.id), prefers=prefers, avoids=avoids)


def _places(line: Line, role: ParticipantRole, plan: Plan) -> int:
    """How many people somebody takes. Who is no mentor looks for one person, and with 0 places for nobody."""
    told = line.read(Field.PLACES, lambda cell: values.whole(cell, 0, MOST_PLACES))
    if role is MENTOR:
        return plan.places if told is None else told
    return 1 if told is None else min(told, 1)


def _wishes(line: Line, notes: _Notes) -> tuple[str, ...]:
    """What somebody wants to learn. Lists of wishes often name what a person knows already and goes on using: where
    anything new is among them, that is what a mentor is looked for."""
    held = set(_labels(line, Field.SKILLS, notes))
    every = _labels(line, Field.WISHES, notes)
    return tuple(one for one in every if one not in held) or every


def _labels(line: Line, one: Field, notes: _Notes) -> tuple[str, ...]:
    return normalise(line.listed(one), notes.vocabulary).labels


def _check(notes: _Notes) -> None:
    sides = Counter(one.role for one in notes.people)
    if len(notes.people) > MOST_PEOPLE:
        text = _("The files hold %(num)s people; at most %(most)s can be tried. Take a part of them.")
        raise Invalid({"who": text % {"num": f"{len(notes.people):,}", "most": f"{MOST_PEOPLE:,}"}})
    if not notes.people:
        raise Invalid({"who": _("No row says whether it is a mentor or a mentee. Say who the rows are.")})
    if Who.EVERYBODY in notes.plan.who and notes.plan.kind not in OF_EQUALS:
        raise Invalid({"who": _("This kind of programme has two sides. Say who are mentors and who are mentees, or "
                                "choose peers or circles.")})
    if not _is_enough(sides, notes.plan.kind):
        raise Invalid({"who": _one_side(sides)})
    told = {one for _role, one in notes.mapped}
    if not told & {Field.SKILLS, Field.WISHES, Field.SKILL_TEXT, Field.GOAL_TEXT}:
        raise Invalid({"columns": _("Say which column holds what people know or want to learn. Without one there is "
                                    "nothing to match by.")})


def _is_enough(sides: Counter[ParticipantRole], kind: ProgramType) -> bool:
    """Whether everybody is there whom a kind of programme brings together: a circle needs members, peers anybody."""
    return kind is ProgramType.PEER or bool(sides[MENTEE] and (sides[MENTOR] or kind is ProgramType.CIRCLE))


def _one_side(sides: Counter[ParticipantRole]) -> str:
    if sides[MENTOR]:
        text = _("These %(num)s people are all mentors. A match needs both sides: choose the files again, with one of "
                 "mentees beside it, or name the column that says who is what.")
        return text % {"num": f"{sides[MENTOR]:,}"}
    text = _("These %(num)s people are all mentees. A match needs both sides: choose the files again, with one of "
             "mentors beside it, or name the column that says who is what.")
    return text % {"num": f"{sides[MENTEE]:,}"}


def _gaps(notes: _Notes) -> list[Gap]:
    """What is missing, the gravest first."""
    held, there = notes.mapped, {one.role for one in notes.people}
    helping = MENTOR if MENTOR in there else MENTEE
    blind = [code for code, one in _needed(rules_of(notes.plan.kind, notes.plan.chosen)) if not _is_told(notes, one)]
    asked = {
        GapCode.NO_WISHES: held[MENTEE, Field.WISHES] + held[MENTEE, Field.GOAL_TEXT],
        GapCode.NO_SKILLS: held[helping, Field.SKILLS] + held[helping, Field.SKILL_TEXT],
        GapCode.NO_MANAGERS: held[MENTOR, Field.MANAGER] + held[MENTEE, Field.MANAGER],
        GapCode.NO_TIMES: RuleCode.OVERLAP in blind or _is_told(notes, Field.TIMES),
        GapCode.NO_LEVELS: RuleCode.GRADE_GAP in blind or _is_told(notes, Field.LEVEL),
        GapCode.NO_LANGUAGES: RuleCode.LANGUAGE in blind or _is_told(notes, Field.LANGUAGES),
        GapCode.NO_GROUPS: sum(held[role, one] for role in there
                               for one in (Field.GROUP, Field.CITY, Field.DEPARTMENT)),
    }
    found = [Gap(GapCode.RULE_BLIND, column=code.value) for code in blind]
    found += [Gap(code) for code, count in asked.items() if not count]
    return [*found, *_unfound(notes), *notes.unread.gaps(), *counted(notes.rows)]


def _unfound(notes: _Notes) -> Iterator[Gap]:
    """People whose manager is not known, and cells that name others of whom it is not known who they are."""
    rows: dict[GapCode, list[Place]] = {
        code: [] for code in (GapCode.MANAGER_SHARED, GapCode.MANAGER_UNKNOWN, GapCode.MANAGER_BLANK)
    }
    for who, place in notes.places.items() if notes.managers else ():
        cells = notes.managers.get(who, [])
        if not cells:
            rows[GapCode.MANAGER_BLANK].append(place)
        elif not any(map(notes.called.one, cells)):
            rows[_why(notes.called, cells, GapCode.MANAGER_SHARED, GapCode.MANAGER_UNKNOWN)].append(place)
    yield from counted(rows)
    found: dict[tuple[GapCode, str], list[Place]] = {}
    for (_who, word), (column, place) in notes.mentions.items():
        if notes.called.one(word) is None:
            code = _why(notes.called, [word], GapCode.PERSON_SHARED, GapCode.PERSON_UNKNOWN)
            found.setdefault((code, column), []).append(place)
    for (code, column), places in found.items():
        yield from by_file(code, places, column)


def _why(called: Called, cells: Sequence[str], shared: GapCode, unknown: GapCode) -> GapCode:
    return shared if any(map(called.are_several, cells)) else unknown


def _needed(rules: RuleSet) -> Iterator[tuple[RuleCode, Field]]:
    """The rules in force that look at one column, with it."""
    columns = {RuleCode.COMPANY: Field.COMPANY, RuleCode.GRADE_GAP: Field.LEVEL, RuleCode.LANGUAGE: Field.LANGUAGES,
               RuleCode.OVERLAP: Field.TIMES}
    return ((code, columns[code]) for code in active_pair_rules(rules) if code in columns)


def _is_told(notes: _Notes, one: Field) -> bool:
    """Whether a column holds something on every side there is."""
    return all(notes.mapped[role, one] for role in {person.role for person in notes.people})


def _banded(groups: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Groups by dimension; where every group is a number, as with ages, they are put together by tens."""
    return {
        name: {who: _decade(cell) for who, cell in of.items()} if _are_numbers(set(of.values())) else dict(of)
        for name, of in groups.items()
    }


def _are_numbers(found: set[str]) -> bool:
    return len(found) > MANY_NUMBERS and all(cell.isascii() and cell.isdigit() for cell in found)


def _decade(cell: str) -> str:
    start = int(cell[:6]) // 10 * 10
    return f"{start}–{start + 9}"
