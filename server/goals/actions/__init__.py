"""What happens to a goal (glossary section 5): worded (`sentence`), taken in steps (`steps`), closed (`settling`)."""

from server.goals.actions.sentence import agree_revision, attach_goals, revise_goal, save_goal
from server.goals.actions.settling import focus_goal, settle_as_said, settle_goal, undo_settle_goal
from server.goals.actions.steps import (
    add_milestone,
    change_milestone,
    drop_milestone,
    tick_milestone,
    undo_drop_milestone,
)

__all__ = [
    "add_milestone", "agree_revision", "attach_goals", "change_milestone", "drop_milestone", "focus_goal",
    "revise_goal", "save_goal", "settle_as_said", "settle_goal", "tick_milestone", "undo_drop_milestone",
    "undo_settle_goal",
]
