"""The enums of the programs room (glossary sections 1, 2 and 5)."""

from enum import StrEnum


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


class Cadence(StrEnum):
    """Whether people enter together or at any time."""

    COHORT = "COHORT"
    ROLLING = "ROLLING"


class Approvals(StrEnum):
    """Whose yes a published match needs."""

    NONE = "NONE"
    MENTOR = "MENTOR"
    MENTEE = "MENTEE"
    BOTH = "BOTH"


class ParticipantRole(StrEnum):
    """What somebody is in a programme."""

    MENTOR = "MENTOR"
    MENTEE = "MENTEE"
    PEER = "PEER"
    FACILITATOR = "FACILITATOR"


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


GONE = frozenset({EnrollmentState.WITHDRAWN, EnrollmentState.REMOVED, EnrollmentState.DEPROVISIONED})
"""The states of somebody who stepped out, was taken out, or left the organisation."""

ENDED_FROM: dict[EnrollmentState, frozenset[EnrollmentState]] = {
    EnrollmentState.WITHDRAWN: OPEN_ENROLLMENTS - {EnrollmentState.INVITED, EnrollmentState.IN_PROGRESS},
    EnrollmentState.REMOVED: OPEN_ENROLLMENTS,
    EnrollmentState.DEPROVISIONED: frozenset(EnrollmentState) - {EnrollmentState.DEPROVISIONED},
}
"""From where each way out leads (glossary section 2). Who has not joined yet declines instead of withdrawing."""
