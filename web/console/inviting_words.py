"""Inviting people in words: what became of each line, and whom a programme is meant for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.inviting.queries import Sheet
from server.programs.inviting.states import Fate
from server.programs.inviting.words import advice, fate_words
from server.programs.rules import is_of_circles
from server.programs.states import JOINING, ParticipantRole, suits
from web.items import Kind

if TYPE_CHECKING:
    from server.programs.audience.queries import ToAsk
    from server.programs.models import Program

SHOWN = 100
"""So many lines stand on the page; all of them are in the file."""
KINDS: dict[Fate, Kind] = {Fate.HERE: "", Fate.BEFORE: "", Fate.TWICE: "", Fate.NOT_MEANT: "sun"}


@dataclass(frozen=True, slots=True)
class Looked:
    """A list that was looked at: the head, how many lines of each fate, those left out, and what it is known by."""

    title: str
    told: str
    invites: int
    counts: list[tuple[str, str]]
    rows: list[tuple[str, str, str, Kind, str]]
    more: str
    seen: str


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom a programme means in a role: the head, what is to be known of it, and how many can be invited now."""

    role: str
    title: str
    told: str
    left: int
    is_nobody: bool


def looked_at(sheet: Sheet, *, is_done: bool) -> Looked:
    """What would become of a list, or what became of it."""
    count, out = len(sheet.invited), sheet.left_out
    title = invited(count) if is_done else ngettext(
        "%(num)d person gets an invitation", "%(num)d people get an invitation", count) % {"num": count}
    told = ngettext(
        "%(num)d line invites nobody. What to do stands beside it.",
        "%(num)d lines invite nobody. What to do stands beside each.", len(out)) % {"num": len(out)}
    return Looked(
        title, told if out else _("Every line invites somebody."), count,
        [(fate_words()[fate], str(sheet.counts[fate])) for fate in Fate if sheet.counts[fate]],
        [
            (str(one.line.number), one.line.address or "–", fate_words()[one.fate], KINDS.get(one.fate, "rust"),
             advice(one, sheet))
            for one in out[:SHOWN]
        ],
        _("The first %(most)d of %(all)d. All of them are in the file.") % {"most": SHOWN, "all": len(out)}
        if len(out) > SHOWN else "",
        sheet.seen,
    )


def invited(count: int) -> str:
    """How many were invited."""
    if not count:
        return _("Nobody was invited")
    return ngettext("%(num)d person is invited", "%(num)d people are invited", count) % {"num": count}


def meant(one: ToAsk, program: Program) -> Meant:
    """Whom a programme means in a role, and what to do where that is nobody."""
    return Meant(one.role.value, role_name(one.role, program), _told(one), one.left, not one.meant)


def roles(program: Program) -> list[tuple[str, str]]:
    """As what people can take part, as values and words; none is chosen for anybody."""
    return [
        (role.value, role_name(role, program)) for role in ParticipantRole
        if suits(role, program.type, program.circles)
    ]


def role_name(role: ParticipantRole, program: Program) -> str:
    """What several people in a role are called."""
    return {
        ParticipantRole.MENTOR: _("Mentors"), ParticipantRole.PEER: _("Peers"),
        ParticipantRole.MENTEE: _("Members") if is_of_circles(program) else _("Mentees"),
        ParticipantRole.FACILITATOR: _("Leading a circle"),
    }[role]


def waiting(program: Program) -> str:
    """What whoever is invited will find, where the programme takes nobody in yet."""
    return "" if program.state in JOINING else _("The programme takes nobody in yet. Open it first.")


def _told(one: ToAsk) -> str:
    if not one.meant:
        return _("The audience means nobody today. Loosen its rules, then come back.")
    if not one.left:
        return _("Everybody whom it means takes part, was asked already, or is on leave.")
    if not one.has_rules:
        return _("There are no rules, so it means everybody who works here.")
    return ngettext(
        "The audience means %(num)d person today.", "The audience means %(num)d people today.", one.meant
    ) % {"num": one.meant}
