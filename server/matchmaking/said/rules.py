"""Who may choose among the people of the other side, or among the other peers."""

from server.matches.rules import may_ask
from server.programs.models import Program
from server.programs.permissions.rules import may_browse
from server.programs.states import ParticipantRole


def may_wish(program: Program, role: ParticipantRole) -> bool:
    """Whether a programme lets people in this role name whom they would like to be matched with; the switch of mentees
    is that of peers."""
    if role in (ParticipantRole.MENTEE, ParticipantRole.PEER):
        return program.mentees_may_wish
    return role is ParticipantRole.MENTOR and program.mentors_may_wish


def may_choose(program: Program, role: ParticipantRole) -> bool:
    """Whether people in this role are shown anybody: to ask, to name, or to see who fits."""
    return may_ask(program, role) or may_wish(program, role) or may_browse(program, role)
