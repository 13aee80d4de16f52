"""The words of forms where a face and a letter say the same: what each answer is called."""

from collections.abc import Sequence

from server.kernel.text import gettext as _
from server.surveys.forms.form import Question
from server.surveys.states import QuestionKind


def answers(questions: Sequence[Question], numbers: Sequence[int | None], words: str) -> list[tuple[str, str]]:
    """What somebody answered: each question with its answer in words; what was left out is left out."""
    given = [
        words if one.is_words else dict(labels(one)).get(number, "") if number is not None else ""
        for one, number in zip(questions, numbers, strict=True)
    ]
    return [(one.text, said) for one, said in zip(questions, given, strict=True) if said]


def labels(question: Question) -> list[tuple[int, str]]:
    """What a question takes, each number with its word, in the language in force; none of free words."""
    if question.kind is QuestionKind.CHOICE:
        return list(enumerate(question.choices))
    named = {
        QuestionKind.SCALE: [_("Not at all"), _("A little"), _("Partly"), _("Mostly"), _("Very much")],
        QuestionKind.YES_NO: [_("No"), _("Yes")],
        QuestionKind.LIKELY: [str(step) for step in question.takes],
        QuestionKind.WORDS: [],
    }[question.kind]
    return list(zip(question.takes, named, strict=True))
