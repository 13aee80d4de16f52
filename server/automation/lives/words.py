"""What made-up people write: plain, and about work."""

from collections.abc import Sequence

OFFERS = (
    "I learned to run reviews by running bad ones. Happy to save you a few.",
    "Ask me about the projects that failed.",
    "I listen first. Then we draw it on one page.",
    "I moved jobs four times here, and stayed.",
    "Bring me the hard conversation you put off.",
    "I like numbers that change a decision.",
)
"""What mentors say to those who might choose them."""
STEPS = ("Watch how my mentor does it", "Try it once with help", "Do it in a real project", "Show it to a colleague")
MEASURES = {
    "Leading stakeholders": "I have run two reviews and the group decided both times",
    "Data and pricing": "one contract is signed within the budget of 40,000",
    "Managing people": "all five colleagues come prepared to our monthly talks",
    "Public speaking": "I have presented two projects and got a decision",
    "Digital tools": "two offices plan their week in one place",
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


TO_ALL = (
    "Same room next time, and I bring the questions card.", "Thank you all. I said my hard sentence on Monday.",
    "Who tries the one-page rule with me this week?", "I wrote down what each of us asked. It helped me twice already.",
)
"""What somebody writes to their circle after a meeting."""


def to_all(number: int) -> str:
    """A word to a circle after a meeting by its number."""
    return TO_ALL[number % len(TO_ALL)]


def goal_for(skills: Sequence[str]) -> tuple[str, str]:
    """(what somebody wants, how they know it worked) for the skills they want, the first one first."""
    *others, last = [skill.lower() for skill in skills]
    named = f"{', '.join(others)} and {last}" if others else last
    return f"get good at {named}", MEASURES.get(skills[0], "two colleagues ask me for help with it")


def for_mentees(number: int) -> str:
    """The sentence of a mentor by their number."""
    return OFFERS[number % len(OFFERS)]


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
