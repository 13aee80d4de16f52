"""How simulated people answer the surveys of their programme: some in one tap, some with words, late, or never."""

from datetime import timedelta

from server.automation.lives.acts import Turn
from server.kernel import clock
from server.surveys.forms.actions import answer_form
from server.surveys.forms.form import Question, questions_of
from server.surveys.forms.queries import visible_form

ONE_TAP = 0.6


async def answer_survey(turn: Turn) -> None:
    """Answer what a mail asked: by a tap alone, or with a word or two."""
    actor = await turn.actor()
    asked = await visible_form(actor, turn.subject_id)
    questions = questions_of(asked.form.questions)
    numbers = [_chosen(turn, one, asked.occasion, place) for place, one in enumerate(questions)]
    tapped = turn.me.lot("one tap", asked.occasion) < ONE_TAP
    needed = any(one.is_words and one.required for one in questions)
    words = "" if tapped and not needed else f"It went well until {clock.now() - timedelta(days=1):%d %B}."
    await answer_form(actor, asked.id, numbers=numbers, words=words)


def _chosen(turn: Turn, question: Question, occasion: str, place: int) -> int | None:
    if question.is_words:
        return None
    return question.takes[int(turn.me.lot("survey", occasion, place) * len(question.takes))]
