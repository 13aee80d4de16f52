"""What the people of Harbourline write: made up, plain, and about work."""

from server.demo.cast import WORDS
from server.people.models import Person

STEPS = ("Watch two of them with my mentor", "Prepare one together", "Lead one with help", "Lead one alone")
GOALS = {
    "Leading stakeholders": ("lead a product review from start to decision",
                             "I have run two reviews and the group decided both times"),
    "Managing people": ("hold monthly talks that my team looks forward to", "all five colleagues come prepared twice"),
    "Public speaking": ("speak to the leadership team without notes",
                        "I have presented two projects and got a decision"),
    "Negotiation": ("agree a supplier contract on my own", "one contract is signed within the budget of 40,000"),
    "Writing clearly": ("write decision papers that fit on one page", "three papers were decided in the first meeting"),
}
NOTES = (
    ("The group needs one named decider before the meeting.", "Ask Mei to be the decider."),
    ("Numbers first, opinions second.", "Send the one-pager two days ahead."),
    ("A hard talk gets easier after the first sentence.", "Say the first sentence on Monday."),
    ("Saying no early is kinder.", "Drop the second project."),
)
PROMISES = ("Send the one-pager", "Book the room", "Ask two colleagues for feedback", "Write the first sentence")
MESSAGES = (
    "The one-pager is good. One question: who loses if you’re right?",
    "Thank you for today. I tried it at once and it worked.",
    "I have found the article we talked about. It is short.",
    "Could we look at the second paper on Thursday?",
)


def goal_for(skill: str) -> tuple[str, str]:
    """(what somebody wants, how they know it worked) for a skill."""
    plain = (f"use {skill.lower()} in a project of my own", "two colleagues use what I made")
    return GOALS.get(skill, plain)


def word_for_mentees(person: Person) -> str:
    """The sentence of a mentor, always the same for one person."""
    return WORDS[sum(person.employee_id.encode()) % len(WORDS)]


def notes(number: int) -> dict[int, str]:
    """The two notes of a session by its number."""
    return dict(enumerate(NOTES[number % len(NOTES)]))


def promise(number: int) -> str:
    """What somebody promised in a session."""
    return PROMISES[number % len(PROMISES)]


def message(number: int) -> str:
    """A word between two sessions."""
    return MESSAGES[number % len(MESSAGES)]
