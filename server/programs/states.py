"""The enums of the programs room (glossary sections 1, 2 and 5)."""

from enum import StrEnum
from itertools import pairwise


class ProgramType(StrEnum):
    """What kind of mentoring a programme offers."""

    ONE_TO_ONE = "ONE_TO_ONE"
    REVERSE = "REVERSE"
    PEER = "PEER"
    CIRCLE = "CIRCLE"
    FLASH = "FLASH"
    ONBOARDING = "ONBOARDING"
    HIGH_POTENTIAL = "HIGH_POTENTIAL"
    CROSS_COMPANY = "CROSS_COMPANY"


class ProgramState(StrEnum):
    """Where a programme or a cohort stands."""

    DRAFT = "DRAFT"
    ENROLLING = "ENROLLING"
    MATCHING = "MATCHING"
    RUNNING = "RUNNING"
    CLOSING = "CLOSING"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"


PHASES = tuple(ProgramState)
"""The states of a programme and of a group, in their order."""
JOINING = frozenset({ProgramState.ENROLLING, ProgramState.MATCHING, ProgramState.RUNNING})
"""While they take people in."""
OVER_PROGRAMS = frozenset({ProgramState.CLOSED, ProgramState.ARCHIVED})


class PlanState(StrEnum):
    """Where a version of a programme's configuration stands. One at most is a draft or in review, one is live."""

    DRAFT = "DRAFT"
    REVIEW = "REVIEW"
    LIVE = "LIVE"
    PAST = "PAST"


class Cadence(StrEnum):
    """Whether people enter together or at any time."""

    COHORT = "COHORT"
    ROLLING = "ROLLING"


def phase_after(state: ProgramState, cadence: Cadence) -> ProgramState | None:
    """The state that follows; what is always on goes from DRAFT to RUNNING at once. None after the last one."""
    if state is ProgramState.DRAFT and cadence is Cadence.ROLLING:
        return ProgramState.RUNNING
    return dict(pairwise(PHASES)).get(state)


class Approvals(StrEnum):
    """Whose yes a published match needs."""

    NONE = "NONE"
    MENTOR = "MENTOR"
    MENTEE = "MENTEE"
    BOTH = "BOTH"


class AskedFirst(StrEnum):
    """Which of two who must say yes is asked before the other."""

    TOGETHER = "TOGETHER"
    MENTOR = "MENTOR"
    MENTEE = "MENTEE"


class Pairing(StrEnum):
    """How a run puts peers together."""

    BEST = "best"
    RANDOM = "random"


class Circles(StrEnum):
    """Whether a programme of pairs brings people together in circles too."""

    NONE = "NONE"
    WAITING = "WAITING"
    """Who waits for a mentor is offered a circle."""
    EVERYBODY = "EVERYBODY"
    """A mentor each, and a circle besides."""


CIRCLE_LEAST, CIRCLE_MOST, CIRCLE_USUAL = 4, 8, 6
"""Members of a circle, besides who leads it (glossary section 1), and how many a programme wants unless it says so."""


class ParticipantRole(StrEnum):
    """What somebody is in a programme."""

    MENTOR = "MENTOR"
    MENTEE = "MENTEE"
    PEER = "PEER"
    FACILITATOR = "FACILITATOR"


LEADING = frozenset({ParticipantRole.MENTOR, ParticipantRole.FACILITATOR})
"""The roles of those who help others."""
READS_TALENT = frozenset({ProgramType.HIGH_POTENTIAL})
"""Types whose matching may count the employer's rating of those who agreed to it (consent TALENT), and follows the
competency framework beyond what somebody wants by name."""


def suits(role: ParticipantRole, kind: ProgramType, circles: Circles = Circles.NONE) -> bool:
    """Whether somebody can take part in a kind of programme in a role.

    Peers among peers only, and nobody else there; who leads a circle where there are circles; no mentors where there
    is nothing else.
    """
    if role is ParticipantRole.FACILITATOR:
        return kind is ProgramType.CIRCLE or (circles is not Circles.NONE and kind is not ProgramType.PEER)
    if kind is ProgramType.CIRCLE:
        return role is ParticipantRole.MENTEE
    return (role is ParticipantRole.PEER) == (kind is ProgramType.PEER)


class EnrollmentState(StrEnum):
    """The life of an enrolment."""

    INVITED = "INVITED"
    IN_PROGRESS = "IN_PROGRESS"
    PENDING_APPROVAL = "PENDING_APPROVAL"
    WAITLISTED = "WAITLISTED"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    DECLINED = "DECLINED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    REMOVED = "REMOVED"
    DEPROVISIONED = "DEPROVISIONED"


OPEN_ENROLLMENTS = frozenset(
    {
        EnrollmentState.INVITED,
        EnrollmentState.IN_PROGRESS,
        EnrollmentState.PENDING_APPROVAL,
        EnrollmentState.WAITLISTED,
        EnrollmentState.ACTIVE,
        EnrollmentState.PAUSED,
    }
)


MAY_SUBMIT = frozenset({EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS})
"""The states of somebody who was asked, or came by themselves, and may still join."""
MAY_BE_ASKED_AGAIN = frozenset({EnrollmentState.EXPIRED, EnrollmentState.DECLINED})
TAKING_PART = frozenset({EnrollmentState.ACTIVE, EnrollmentState.PAUSED})
"""The states of somebody who was admitted and has a place."""
GONE = frozenset({EnrollmentState.WITHDRAWN, EnrollmentState.REMOVED, EnrollmentState.DEPROVISIONED})
"""The states of somebody who stepped out, was taken out, or left the organisation."""

ENDED_FROM: dict[EnrollmentState, frozenset[EnrollmentState]] = {
    EnrollmentState.WITHDRAWN: OPEN_ENROLLMENTS - {EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS},
    EnrollmentState.REMOVED: OPEN_ENROLLMENTS,
    EnrollmentState.COMPLETED: TAKING_PART,
    EnrollmentState.DEPROVISIONED: frozenset(EnrollmentState) - {EnrollmentState.DEPROVISIONED},
}
"""From where each way out leads (glossary section 2). Who has not joined yet declines instead of withdrawing."""


class FileKind(StrEnum):
    """What a file is, by its content; the value is the ending of its name."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpg"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    ODS = "ods"
    ODP = "odp"


class Guide(StrEnum):
    """A short guide of the product, by what it helps with."""

    FIRST_SESSION = "FIRST_SESSION"
    FEEDBACK = "FEEDBACK"
    CLOSING = "CLOSING"
