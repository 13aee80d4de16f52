"""What happens to a match (glossary section 3): drafted, published, answered, run."""

from server.matches.actions.answering import accept_match, decline_match, expire_match, send_back
from server.matches.actions.banning import ban_pair, lift_ban, undo_ban
from server.matches.actions.drafting import (
    Draft,
    discard_drafts,
    discard_match,
    hold_back,
    lock_pair,
    replace_drafts,
    suggest_match,
    suggest_matches,
    unlock_pair,
)
from server.matches.actions.extending import (
    agree_extension,
    extend_circle,
    propose_extension,
    withdraw_extension,
)
from server.matches.actions.following import (
    complete_matches,
    pause_matches,
    release_matches,
    resume_matches,
    withdraw_waiting,
)
from server.matches.actions.noting import write_note
from server.matches.actions.publishing import approve_match, cancel_match, publish_match, publish_matches, undo_publish
from server.matches.actions.requesting import request_match
from server.matches.actions.running import (
    announce_quiet_end,
    close_match,
    end_match,
    follow_zones,
    keep_match,
    pause_match,
    reach_closing_end,
    reach_end_date,
    reach_pause_end,
    resume_match,
)
from server.matches.actions.undoing import restore_matches, undo_approve, undo_change
from server.matches.circles.actions import CircleDraft, put_in, suggest_circles, take_out

__all__ = [
    "CircleDraft",
    "Draft",
    "accept_match",
    "agree_extension",
    "announce_quiet_end",
    "approve_match",
    "ban_pair",
    "cancel_match",
    "close_match",
    "complete_matches",
    "decline_match",
    "discard_drafts",
    "discard_match",
    "end_match",
    "expire_match",
    "extend_circle",
    "follow_zones",
    "hold_back",
    "keep_match",
    "lift_ban",
    "lock_pair",
    "pause_match",
    "pause_matches",
    "propose_extension",
    "publish_match",
    "publish_matches",
    "put_in",
    "reach_closing_end",
    "reach_end_date",
    "reach_pause_end",
    "release_matches",
    "replace_drafts",
    "request_match",
    "restore_matches",
    "resume_match",
    "resume_matches",
    "send_back",
    "suggest_circles",
    "suggest_match",
    "suggest_matches",
    "take_out",
    "undo_approve",
    "undo_ban",
    "undo_change",
    "undo_publish",
    "unlock_pair",
    "withdraw_extension",
    "withdraw_waiting",
    "write_note",
]
