"""Training: short steps to read on the first page, each finished with one press."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.programs.training.actions import finish_step
from server.programs.training.entries import KEY_LETTERS
from server.programs.training.queries import training_of
from web.forms import read_form, text
from web.render import go_to
from web.toast import Toast

if TYPE_CHECKING:
    from server.journey.today.queries import Home
    from server.programs.models import Enrollment
    from server.programs.training.entries import TrainingStep
    from server.programs.training.queries import Lesson


@dataclass(frozen=True, slots=True)
class Card:
    """What an enrolment has to read: the step that comes next, the others that are open, and those that are done."""

    enrollment_id: UUID
    program: str
    next: TrainingStep | None
    paragraphs: list[str]
    length: str
    why: str
    later: list[tuple[str, str]]
    done: list[Lesson]


async def finish(request: Request) -> Response:
    """Say that a step is done; the next one stands in its place."""
    actor, enrollment_id = request.state.actor, request.path_params["id"]
    try:
        await finish_step(actor, enrollment_id, text(await read_form(request), "step", KEY_LETTERS))
    except Conflict as refusal:
        return go_to(request, "/", toast=Toast(refusal.message))
    left = [one for one in await training_of(actor, enrollment_id) if one.done_at is None]
    words = _("Done. The next one is below.") if left else _("Done. Thank you for reading.")
    return go_to(request, "/", toast=Toast(words))


def training_cards(shown: Home) -> list[Card]:
    """What is open, enrolment by enrolment, the latest first."""
    return [card for row, steps in shown.training if (card := _card(row, steps, []))]


def training_card(row: Enrollment, found: Sequence[Lesson]) -> Card | None:
    """What one enrolment was asked to read; None where it was asked for nothing."""
    return _card(row, [one.step for one in found if one.done_at is None], [one for one in found if one.done_at])


def _card(row: Enrollment, steps: Sequence[TrainingStep], done: list[Lesson]) -> Card | None:
    if not steps and not done:
        return None
    first = next(iter(steps), None)
    return Card(
        row.id, row.program.name, first,
        [part for part in first.text.split("\n\n") if part.strip()] if first else [],
        _length(first) if first else "", _why(first) if first else "",
        [(one.title, _length(one)) for one in steps[1:]], done,
    )


def _length(step: TrainingStep) -> str:
    return ngettext("Read, %(num)d minute", "Read, %(num)d minutes", step.minutes) % {"num": step.minutes}


def _why(step: TrainingStep) -> str:
    if step.required:
        return _("Nobody is matched before it is done.")
    return _("Worth reading. Nothing waits for it.")


routes = [Route("/enrollment/{id:uuid}/training", finish, methods=["POST"], name="training-finish")]
