"""What the guides say: five points for each side, short enough to read on the way to the call.

They speak to both of a pair, to peers and to circles alike, so nobody is named in them.
"""

from collections.abc import Callable, Mapping

from server.kernel.text import gettext as _
from server.programs.audience.states import Side
from server.programs.states import Guide

Points = list[tuple[str, str]]
"""What to do, and how."""


def title(guide: Guide) -> str:
    """What a guide is called."""
    return {
        Guide.FIRST_SESSION: _("Your first session"), Guide.FEEDBACK: _("Feedback that helps"),
        Guide.CLOSING: _("Ending well"),
    }[guide]


def for_whom(side: Side, *, in_circle: bool) -> str:
    """What stands beside its title."""
    if side is Side.PEOPLE:
        return _("A guide, one minute")
    return _("A guide for who leads, one minute") if in_circle else _("A guide for mentors, one minute")


def points(guide: Guide, side: Side) -> Points:
    """What a guide says to one side."""
    return POINTS[guide, side]()


def _to_lead_the_first_session() -> Points:
    return [
        (_("Before it"), _("Read the goal, if there is one. Think of one question about it.")),
        (_("Begin as people"), _("Tell in five minutes how you came to your work. Then ask the same.")),
        (_("Agree on how you work"), _("How often you meet, how you reach each other, what stays between you.")),
        (_("Ask before you advise"), _("“What have you tried?” often helps more than an answer.")),
        (_("End with one small step"), _("Ask what happens before you meet again. Choose that day together.")),
    ]


def _to_come_to_the_first_session() -> Points:
    return [
        (_("Before it"), _("Write down one thing that would make this hour worth it.")),
        (_("Say where you stand"), _("What you do, what you want to reach, and what makes it hard.")),
        (_("Agree on how you work"), _("How often you meet, how you reach each other, what stays between you.")),
        (_("Say what helps you"), _("Advice, questions, or somebody who listens: say which you need today.")),
        (_("End with one small step"), _("Say what you do before you meet again. Choose that day together.")),
    ]


def _to_give_feedback() -> Points:
    return [
        (_("Ask first"), _("“Would you like to hear what I noticed?” A no is fine.")),
        (_("Say what you saw"), _("One thing that was done, and when. Not what somebody is like.")),
        (_("Say what it did"), _("“When you named the risk first, everybody listened.”")),
        (_("Leave the next step open"), _("Ask what to keep and what to try. Wait for the answer.")),
        (_("Ask for some yourself"), _("“What should I do more of here, and what less?”")),
    ]


def _to_ask_for_feedback() -> Points:
    return [
        (_("Ask about one thing"), _("“How did I open that meeting?” brings more than “How am I doing?”")),
        (_("Listen to the end"), _("Write it down. You need not agree, and you need not explain.")),
        (_("Ask for an example"), _("When did it show, and what did it do?")),
        (_("Choose what you try"), _("One thing until you meet again. Then say how it went.")),
        (_("Give some back"), _("Say what helps you here, and what you would change.")),
    ]


def _to_lead_the_end() -> Points:
    return [
        (_("Say it early"), _("Name the last day two sessions before it comes.")),
        (_("Look back at the goal"), _("Where did it begin, and what is different? Listen first.")),
        (_("Say what you saw"), _("Name two strengths, and when you noticed them.")),
        (_("Look ahead"), _("Ask what comes next, and who can help with it.")),
        (_("Agree on what stays"), _("May you still write to each other? Say yes or no, kindly and clearly.")),
    ]


def _to_come_to_the_end() -> Points:
    return [
        (_("Look back at your goal"), _("Where did you begin, and what is different now? Bring one example.")),
        (_("Say what helped"), _("Name one thing that you will keep doing.")),
        (_("Plan what comes next"), _("Who asks you from now on how it is going?")),
        (_("Agree on what stays"), _("May you still write to each other? Say yes or no, kindly and clearly.")),
        (_("Say thank you"), _("Two sentences are enough. There is room for them where you finish.")),
    ]


POINTS: Mapping[tuple[Guide, Side], Callable[[], Points]] = {
    (Guide.FIRST_SESSION, Side.MENTORS): _to_lead_the_first_session,
    (Guide.FIRST_SESSION, Side.PEOPLE): _to_come_to_the_first_session,
    (Guide.FEEDBACK, Side.MENTORS): _to_give_feedback,
    (Guide.FEEDBACK, Side.PEOPLE): _to_ask_for_feedback,
    (Guide.CLOSING, Side.MENTORS): _to_lead_the_end,
    (Guide.CLOSING, Side.PEOPLE): _to_come_to_the_end,
}
