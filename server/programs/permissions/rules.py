"""What a programme lets its people do by themselves, by role. The switch of mentees is that of peers and of members of
circles, who look for help too; that of mentors is that of who leads circles."""

from server.programs.audience.states import Side, side_of
from server.programs.models import Cohort, Enrollment, Program
from server.programs.permissions.entries import PERMISSIONS
from server.programs.rules import takes_people
from server.programs.states import TAKING_PART, ParticipantRole


def may_browse(program: Program, role: ParticipantRole) -> bool:
    """See who fits, without asking or naming anybody. Nobody chooses a circle: who leads one is shown nobody."""
    return role is not ParticipantRole.FACILITATOR and _allows(program, role, "browse")


def may_message(program: Program, role: ParticipantRole) -> bool:
    """Write to the others of a match."""
    return _allows(program, role, "message")


def may_invite(program: Program, role: ParticipantRole) -> bool:
    """Invite a colleague."""
    return _allows(program, role, "invite")


def can_invite_colleagues(program: Program, cohort: Cohort, own: Enrollment) -> bool:
    """Whether somebody may invite a colleague into their group now: they take part, and it takes people in."""
    return own.state in TAKING_PART and takes_people(program, cohort) and may_invite(program, own.role)


def _allows(program: Program, role: ParticipantRole, deed: str) -> bool:
    side = "mentors" if side_of(role) is Side.MENTORS else "mentees"
    name = f"{side}_may_{deed}"
    return bool(program.permissions.get(name, PERMISSIONS[name].usual))
