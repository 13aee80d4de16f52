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
    ("A question moves people further than an answer.", "Bring two questions to the review."),
    ("What I fear is rarely what they fear.", "Ask Oren what worries him."),
    ("Half of the paper can go.", "Cut it to one page and show it to nobody for a day."),
)
PROMISES = (
    "Send the one-pager", "Book the room", "Ask two colleagues for feedback", "Write the first sentence",
    "Say no to one thing",
)
FROM_MENTORS = (
    ("I read your one-pager. It is good. One question: who loses if you’re right?",
     "Finance, for a quarter. I’ll ask them before we meet."),
    ("I found the article we spoke about. Six minutes, ten years old and still right.",
     "Read it twice. I’ll try the second rule on Monday."),
    ("How did the first sentence go?", "Said it, and then it was easy. Thank you for making me practise."),
    ("You did more today than you think. Write down what you would do again.",
     "Done. It’s three lines, I’ll bring them next time."),
    ("Would you like to sit in on my review next week? You’d only have to listen.", "Very much. Send me the time."),
    ("One thought after today: ask for the decision, not for feedback.",
     "That changes my opening. I’ll rewrite it tonight."),
    ("I told a colleague about your numbers. She’d like to see them too.", "With pleasure. I’ll tidy them up first."),
    ("No hurry with the next step. Better one done well than two begun.", "Good to hear. I’ll drop the second one."),
)
"""(what a mentor writes after a session, what the mentee answers)"""
FROM_MENTEES = (
    ("I tried it at once. They decided in the room.", "Wonderful. Notice what you did in the first minute."),
    ("The meeting moved to Thursday, so I’ve one more day to prepare.", "Use it to cut, not to add."),
    ("Could we look at my second paper when we meet?", "Yes. Send it the evening before, and I’ll bring questions."),
    ("Two of them said no before I’d finished. What would you do?",
     "Ask each of them alone what they fear. Then begin with that."),
    ("My team noticed the difference. I did not expect that so soon.", "They notice before we do. Enjoy it for a day."),
    ("I’m stuck with the third step. It’s larger than it looked.", "Then it’s two steps. Which half is yours?"),
    ("Thank you for today. I left with one thing to do, not ten.", "Then it was a good hour for both of us."),
    ("I said no to the extra project, and nobody minded.", "The early no is the kind one. Well done."),
)
"""(what a mentee writes after a session, what the mentor answers)"""


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


def exchange(session: int, pair: int) -> tuple[bool, tuple[str, str]]:
    """(whether the mentor begins, a word and its answer) after a session; pairs begin at places of their own."""
    mentor_begins = bool(session % 2)
    words = FROM_MENTORS if mentor_begins else FROM_MENTEES
    return mentor_begins, words[(session // 2 + pair) % len(words)]
