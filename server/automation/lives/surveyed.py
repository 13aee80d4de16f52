"""How simulated people answer the surveys of their programme: some in one tap, some with words, late, or never.

Where a mail holds the question, some answer by its link; everybody else signs in and answers on the page.
"""

import re
from datetime import timedelta

from server.automation.lives.acts import Turn
from server.journey.form.actions import answer_by_link
from server.journey.form.queries import look
from server.kernel import clock
from server.surveys.forms.actions import answer_form
from server.surveys.forms.form import Question, questions_of
from server.surveys.forms.queries import visible_form

ONE_TAP, BY_LINK = 0.6, 0.6
LINK = re.compile(r"/survey\?ticket=([\w-]+)&choice=(\d+)")
"""An answer of the one question of a form, as the text of a mail has it."""


async def answer_survey(turn: Turn) -> None:
    """Answer what a mail asked: by a tap alone, or with a word or two."""
    actor = await turn.actor()
    asked = await visible_form(actor, turn.subject_id)
    questions = questions_of(asked.form.questions)
    numbers = [_chosen(turn, one, asked.occasion, place) for place, one in enumerate(questions)]
    tapped = turn.me.lot("one tap", asked.occasion) < ONE_TAP
    needed = any(one.is_words and one.required for one in questions)
    words = "" if tapped and not needed else f"It went well until {clock.now() - timedelta(days=1):%d %B}."
    link = await _link(turn, asked.occasion)
    if link is None:
        await answer_form(actor, asked.id, numbers=numbers, words=words)
        return
    secret, choice = link
    await answer_by_link(secret, numbers=[None if one.is_words else choice for one in questions], words=words)


async def _link(turn: Turn, occasion: str) -> tuple[str, int] | None:
    """(secret, choice) of the link that they tap; None where the mail has none, it does nothing any more, or they do
    not care for links."""
    text = turn.mail.get_body(("plain",)) if turn.mail else None
    links = LINK.findall(text.get_content()) if text else []
    if not links or turn.me.lot("by link", occasion) >= BY_LINK:
        return None
    secret, choice = links[int(turn.me.lot("survey", occasion, "link") * len(links))]
    held = await look(secret)
    return None if held.is_spent or held.shown.is_answered else (secret, int(choice))


def _chosen(turn: Turn, question: Question, occasion: str, place: int) -> int | None:
    if question.is_words:
        return None
    return question.takes[int(turn.me.lot("survey", occasion, place) * len(question.takes))]
