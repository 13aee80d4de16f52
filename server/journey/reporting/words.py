"""How a line manager reads a status: the words of the glossary, section 4."""

from server.journey.reporting.states import ReportStatus
from server.journey.reporting.team import TeamRow
from server.kernel.text import gettext as _
from server.programs.states import ParticipantRole

OTHERS = {
    ParticipantRole.MENTOR: lambda: _("Mentee"), ParticipantRole.MENTEE: lambda: _("Mentor"),
    ParticipantRole.PEER: lambda: _("Peer"), ParticipantRole.FACILITATOR: lambda: _("Circle"),
}


def status_words(row: TeamRow) -> str:
    """How one of somebody's people stands."""
    if row.lacking:
        return _("Match Request-Waiting %(num)s Approvals") % {"num": row.lacking}
    return {
        ReportStatus.NOT_REGISTERED: _("Not Registered"), ReportStatus.MATCHED_ACTIVE: _("Matched-Active"),
        ReportStatus.MATCHED_DURATION_COMPLETED: _("Matched-Duration Completed"),
        ReportStatus.WAITING_ADMIN_APPROVAL: _("Match Request-Waiting Admin Approval"),
        ReportStatus.WAITING_2_APPROVALS: _("Match Request-Waiting 2 Approvals"),
        ReportStatus.WAITING_MENTOR_APPROVAL: _("Match Request-Waiting Mentor Approval"),
        ReportStatus.WAITING_MENTEE_APPROVAL: _("Match Request-Waiting Mentee Approval"),
        ReportStatus.CONCLUDED: _("Concluded"), ReportStatus.UNMATCHED: _("Unmatched"),
    }[row.status]


def other_words(row: TeamRow) -> str:
    """As what the other takes part, who is never named."""
    return OTHERS[row.role]() if row.is_matched else _("Nobody yet")


def unit_of(row: TeamRow, organization: str) -> str:
    """Where somebody works."""
    return row.person.business_unit or row.person.company or organization
