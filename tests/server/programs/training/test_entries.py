"""The part `training` of a document: what it may say, and for whom each step is."""

import pytest

from server.kernel.db import Json
from server.programs.plans.fields import Problems
from server.programs.states import ParticipantRole
from server.programs.training.entries import TRAINING_PART, contradictions, slug, steps_for
from tests.trained import step

MENTOR, MENTEE, PEER, FACILITATOR = (
    ParticipantRole.MENTOR, ParticipantRole.MENTEE, ParticipantRole.PEER, ParticipantRole.FACILITATOR,
)


@pytest.mark.parametrize(("given", "path"), [
    ([{**step("a"), "link": "http://a.example"}], "training[1].link"),
    ([step("a"), {**step("b"), "minutes": 0}], "training[2].minutes"),
    ([{**step("a"), "title": ""}], "training[1].title"),
    ([{**step("a"), "to": "MENTORS"}], "training[1].to"),
    ([step("Not A Key")], "training[1].key"),
    ([step("a"), step("a")], "training[1].key"),
    ([step(str(number)) for number in range(13)], "training"),
    ([{**step("a"), "quiz": "?"}], "training[1].quiz"),
])
def test_what_cannot_be_is_told_by_its_place(given: list[Json], path: str) -> None:
    problems = Problems()
    read = TRAINING_PART.kind(problems, "training", given)
    assert path in problems | contradictions(read)


@pytest.mark.parametrize(("to", "roles"), [
    ("EVERYBODY", {MENTOR, MENTEE, PEER, FACILITATOR}), ("LEADERS", {MENTOR, FACILITATOR}),
    ("LEARNERS", {MENTEE, PEER}),
])
def test_a_step_is_for_some_roles(to: str, roles: set[ParticipantRole]) -> None:
    assert {role for role in ParticipantRole if steps_for([step("a", to=to)], role)} == roles


def test_a_title_becomes_a_key() -> None:
    assert slug("your first conversation, as a mentor") == "your-first-conversation-as"
    assert slug("؟") == "step"
