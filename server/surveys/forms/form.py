"""A form as the product handles it, and what an answer to it must be. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.kernel.text import gettext as _
from server.kernel.typed import typed
from server.programs.models import Program
from server.programs.plans.content import digest
from server.surveys.states import Audience, Moment, QuestionKind, SurveyKind

WORDS_LETTERS = 1_000
LIKELY = range(11)
SCALE = range(1, 6)
YES_NO = range(2)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `choices`: of a CHOICE, what may be chosen, by their numbers from 0."""

    kind: QuestionKind
    text: str
    choices: tuple[str, ...] = ()
    required: bool = True

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Question":
        """The question as a document has it."""
        return cls(QuestionKind(said["kind"]), said["text"], tuple(said["choices"]), said["required"])

    @property
    def takes(self) -> range:
        """The numbers that answer it; none for words."""
        ranges = {QuestionKind.SCALE: SCALE, QuestionKind.LIKELY: LIKELY, QuestionKind.YES_NO: YES_NO}
        return ranges.get(self.kind, range(len(self.choices)))

    @property
    def is_words(self) -> bool:
        """Whether it takes free words."""
        return self.kind is QuestionKind.WORDS


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a programme, as `setup.FORM` says what each part means."""

    key: str
    kind: SurveyKind
    name: str
    to: Audience
    when: Moment
    number: int
    again_days: int | None
    anonymous: bool
    open_days: int
    reminder_days: int | None
    questions: tuple[Question, ...]
    digest: str

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> "Form":
        """The form as a document has it."""
        asked = {"kind": said["kind"], "name": said["name"], "anonymous": said["anonymous"]}
        return cls(
            said["key"], SurveyKind(said["kind"]), said["name"], Audience(said["to"]), Moment(said["when"]),
            said["number"], said["again_days"], said["anonymous"], said["open_days"], said["reminder_days"],
            questions_of(said["questions"]), digest({**asked, "questions": said["questions"]}),
        )


def questions_of(said: Sequence[Mapping[str, Any]]) -> tuple[Question, ...]:
    """The questions of a form as it is stored."""
    return tuple(Question.of(one) for one in said)


def forms_of(program: Program) -> list[Form]:
    """What a programme asks, as it is in force."""
    return [Form.of(one) for one in program.surveys]


def one_question(questions: Sequence[Question]) -> Question | None:
    """The question of a form that asks no more than one, words besides; a link of its mail answers it."""
    asked = [one for one in questions if not one.is_words]
    return asked[0] if len(asked) == 1 else None


def one_tap(questions: Sequence[Question]) -> Question | None:
    """The question that one tap answers whole: alone, or with words that may be left out."""
    return None if any(one.is_words and one.required for one in questions) else one_question(questions)


def checked(
    problems: dict[str, str], questions: Sequence[Question], numbers: Sequence[int | None], words: str
) -> tuple[list[int | None], str]:
    """What is stored of an answer; what is wrong with it goes to `problems`, under `q1` and on, or `words`."""
    filled = zip(questions, _filled(numbers, questions), strict=True)
    given = [None if one.is_words else number for one, number in filled]
    for place, (one, number) in enumerate(zip(questions, given, strict=True), start=1):
        missing = number is None and one.required
        if not one.is_words and (missing or (number is not None and number not in one.takes)):
            problems[f"q{place}"] = _("Choose from 0 to 10.") if one.kind is QuestionKind.LIKELY else _("Choose one.")
    asked = next((one for one in questions if one.is_words), None)
    needed = _("Write a word or two.") if asked and asked.required else ""
    return given, typed(problems, "words", words if asked else "", at_most=WORDS_LETTERS, needed=needed)


def _filled(numbers: Sequence[int | None], questions: Sequence[Question]) -> list[int | None]:
    """As many as there are questions."""
    return [*numbers, *[None] * len(questions)][:len(questions)]
