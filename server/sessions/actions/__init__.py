"""What happens to sessions: planned (`booking`), prepared (`agenda`), held (`happened`), written down (`outcome`)."""

from server.sessions.actions.agenda import (
    add_topic,
    move_topic,
    prepare_agenda,
    remove_topic,
    set_talked_about,
    tick_topic,
)
from server.sessions.actions.attending import set_attendance
from server.sessions.actions.booking import (
    book_session,
    cancel_session,
    clear_calendar,
    confirm_hold,
    hold_slot,
    move_session,
    release_hold,
    undo_booking,
)
from server.sessions.actions.happened import (
    confirm_session,
    log_session,
    mark_held,
    move_missed,
    report_no_show,
    undo_move_missed,
    undo_no_show,
)
from server.sessions.actions.outcome import keep_promise, promise, read_notes, write_note
from server.sessions.actions.placing import place_session
from server.sessions.actions.series import book_series, cancel_following, move_following, undo_series
from server.sessions.actions.undoing import restore_hold, undo_first_time, undo_session_change
from server.sessions.steps import SlotTaken

__all__ = [
    "SlotTaken", "add_topic", "book_series", "book_session", "cancel_following", "cancel_session", "clear_calendar",
    "confirm_hold", "confirm_session", "hold_slot", "keep_promise", "log_session", "mark_held", "move_following",
    "move_missed", "move_session", "move_topic", "place_session", "prepare_agenda", "promise", "read_notes",
    "release_hold", "remove_topic", "report_no_show", "restore_hold", "set_attendance", "set_talked_about",
    "tick_topic", "undo_booking", "undo_first_time", "undo_move_missed", "undo_no_show", "undo_series",
    "undo_session_change", "write_note",
]
