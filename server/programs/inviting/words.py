"""What becomes of a line, in words that say what to do about it. The language in force decides."""

import csv
import io
from collections.abc import Sequence

from server.kernel.text import gettext as _
from server.kernel.text import guarded
from server.programs.inviting.queries import Found, Sheet
from server.programs.inviting.states import Fate
from server.programs.rules import roles_in
from server.programs.states import ParticipantRole, suits


def fate_words() -> dict[Fate, str]:
    """What becomes of a line, in a few words."""
    return {
        Fate.INVITED: _("Invited"), Fate.HERE: _("There already"), Fate.BEFORE: _("Asked before"),
        Fate.NOT_MEANT: _("Not meant"), Fate.TWICE: _("There twice"), Fate.UNKNOWN: _("Unknown"),
        Fate.LEFT: _("Has left"), Fate.ADDRESS: _("No address"), Fate.ROLE: _("Wrong role"),
        Fate.GROUP: _("No such group"),
    }


def advice(one: Found, sheet: Sheet) -> str:
    """Why a line invites nobody, and what to do."""
    if one.fate is Fate.ROLE:
        return _role_advice(one, sheet)
    if one.fate is Fate.GROUP:
        return _("Write one of these groups: %s. Or leave it empty.") % ", ".join(row.name for row in sheet.groups)
    return {
        Fate.INVITED: _("Gets an invitation."),
        Fate.HERE: _("Takes part in this programme or is invited. Nothing to do."),
        Fate.BEFORE: _("Was asked into this group before. Ask again on their page, under People."),
        Fate.NOT_MEANT: _("The audience does not mean them in this role. Change the audience, or invite them anyway."),
        Fate.TWICE: _("Line %d names the same address. It counts; this one does not.") % one.beside,
        Fate.UNKNOWN: _("Nobody here has this address. Check its spelling, or add them under People first."),
        Fate.LEFT: _("Has left the organisation. Take the line out."),
        Fate.ADDRESS: _("Write a whole address, such as ada@harbour.example."),
    }[one.fate]


def left_out_csv(sheet: Sheet) -> bytes:
    """The lines that invite nobody as a file to mend and bring again; its last columns say why, and from which line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["address", "role", "group", "line", "problem", "what_to_do"])
    for one in sheet.left_out:
        told = (one.line.address, one.line.role, one.line.group)
        writer.writerow([
            *map(guarded, told), one.line.number, fate_words()[one.fate], guarded(advice(one, sheet))
        ])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def roles_there(sheet: Sheet) -> Sequence[ParticipantRole]:
    """In which roles people take part in the programme of a list, whoever learns last."""
    program = sheet.cohort.program
    usual = roles_in(program)
    return [*(role for role in ParticipantRole if suits(role, program.type, program.circles) and role not in usual),
            *usual]


def _role_advice(one: Found, sheet: Sheet) -> str:
    if not one.line.role:
        return _("Say in which role, behind the address or for the whole list.")
    names = ", ".join(role.value.lower() for role in roles_there(sheet))
    return _("Nobody takes part in this role here. Write one of these: %s.") % names
