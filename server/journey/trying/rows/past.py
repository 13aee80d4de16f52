"""Rows of past pairs: who was paired, in which cycle, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.journey.trying.rows import values
from server.journey.trying.rows.columns import Field
from server.journey.trying.rows.lines import Gap, GapCode, Line, Place, Unread, counted, lines
from server.journey.trying.rows.naming import Called
from server.journey.trying.rows.plan import File, Plan, Who
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.matchmaking.engine import PastPair

MOST_PAST, MOST_SESSIONS = 20_000, 1_000
BY_HAND = frozenset({"manager", "admin", "administrator", "by hand", "hand", "manual"})


@dataclass(frozen=True, slots=True)
class Past:
    """Past pairs, and what their file does not say."""

    pairs: tuple[PastPair, ...] = ()
    gaps: tuple[Gap, ...] = ()


@dataclass(slots=True)
class _Notes:
    pairs: list[PastPair] = field(default_factory=list)
    rows: dict[GapCode, list[Place]] = field(
        default_factory=lambda: {GapCode.PAST_UNKNOWN: [], GapCode.PAST_HALF: []}
    )
    unread: Unread = field(default_factory=Unread)


def read_past(files: Iterable[File], plan: Plan, called: Called) -> Past:
    """The past pairs in the files that hold some; a pair may name its people as they are `called`.

    Raises:
        Invalid: nothing says who was paired, or there are more than 20,000 pairs (field "past").
    """
    notes = _Notes()
    held = [(file, mapping) for file, mapping, who in zip(files, plan.columns, plan.sides, strict=True)
            if who is Who.PAST]
    for file, mapping in held:
        if not {Field.PAST_MENTOR, Field.PAST_MENTEE} <= set(mapping.values()):
            raise Invalid({"past": _("Say which columns of %(file)s name the mentor and the mentee of each past pair.")
                           % {"file": file.name}})
        for line in lines(file.table(), mapping, notes.unread):
            _add(line, called, notes)
    if len(notes.pairs) > MOST_PAST:
        text = _("There are %(num)s past pairs; at most %(most)s can be tried. Take the latest.")
        raise Invalid({"past": text % {"num": f"{len(notes.pairs):,}", "most": f"{MOST_PAST:,}"}})
    return Past(tuple(notes.pairs), tuple(_gaps(notes)) if held else ())


def _add(line: Line, called: Called, notes: _Notes) -> None:
    cells = line.first(Field.PAST_MENTOR), line.first(Field.PAST_MENTEE)
    if not all(cells):
        notes.rows[GapCode.PAST_HALF].append(line.place)
        return
    mentor, mentee = (called.one(cell) for cell in cells)
    if mentor is None or mentee is None:
        notes.rows[GapCode.PAST_UNKNOWN].append(line.place)
    notes.pairs.append(PastPair(
        mentor=mentor or cells[0], mentee=mentee or cells[1], cycle=line.text(Field.CYCLE) or None,
        accepted=line.read(Field.ACCEPTED, values.yes),
        sessions_held=line.read(Field.SESSIONS, lambda cell: values.whole(cell, 0, MOST_SESSIONS)),
        satisfaction=line.read(Field.SATISFACTION, values.points),
        goals_achieved=line.read(Field.GOALS, values.share),
        by_manager=line.first(Field.CHOSEN_BY).casefold() in BY_HAND,
    ))


def _gaps(notes: _Notes) -> Iterable[Gap]:
    """What is missing, the gravest first."""
    if not any(one.accepted is not None for one in notes.pairs):
        yield Gap(GapCode.PAST_NO_ANSWERS)
    elif len({one.cycle for one in notes.pairs}) < 2:
        yield Gap(GapCode.PAST_NO_CYCLES)
    yield from counted(notes.rows)
    yield from notes.unread.gaps()
