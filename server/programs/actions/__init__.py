"""What happens to programmes, groups and enrolments (glossary sections 2 and 5)."""

from server.programs.actions.aiming import set_target_role
from server.programs.actions.circling import set_circle_size, set_circles
from server.programs.actions.eligibility import (
    GRACE_DAYS,
    GRACE_DAYS_MAX,
    keep_eligible,
    lose_eligibility,
    undo_eligibility,
)
from server.programs.actions.ending import (
    PAUSE_MAX,
    check_pause,
    end_enrollment,
    end_waiting,
    follow_zones,
    move_to_front,
    pause_enrollment,
    resume_enrollment,
    wait_another_cycle,
)
from server.programs.actions.joining import (
    CAPACITY_MAX,
    REASON_LETTERS,
    approve_admission,
    begin,
    decline_invitation,
    expire_invitation,
    invite,
    invite_many,
    reinvite,
    reject_admission,
    self_join,
    submit,
)
from server.programs.actions.pairing import set_pairing
from server.programs.actions.settings import (
    advance_cohort,
    configure_program,
    create_program,
    move_cohort,
    move_program,
    open_cohort,
)
from server.programs.actions.undoing import TakenBack, move_back_in_line, undo_break, undo_decision

__all__ = [
    "CAPACITY_MAX",
    "GRACE_DAYS",
    "GRACE_DAYS_MAX",
    "PAUSE_MAX",
    "REASON_LETTERS",
    "TakenBack",
    "advance_cohort",
    "approve_admission",
    "begin",
    "check_pause",
    "configure_program",
    "create_program",
    "decline_invitation",
    "end_enrollment",
    "end_waiting",
    "expire_invitation",
    "follow_zones",
    "invite",
    "invite_many",
    "keep_eligible",
    "lose_eligibility",
    "move_back_in_line",
    "move_cohort",
    "move_program",
    "move_to_front",
    "open_cohort",
    "pause_enrollment",
    "reinvite",
    "reject_admission",
    "resume_enrollment",
    "self_join",
    "set_circle_size",
    "set_circles",
    "set_pairing",
    "set_target_role",
    "submit",
    "undo_break",
    "undo_decision",
    "undo_eligibility",
    "wait_another_cycle",
]
