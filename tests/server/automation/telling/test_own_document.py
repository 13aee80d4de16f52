"""A programme's messages of its own as part of its document: faults by their paths, and the same after a file."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.automation.building.document import around, checked, content_of
from server.automation.steps import TRIGGERS
from server.automation.telling.own import AFTER_ALL, KEY, KEY_LETTERS, MOST, WAITS_FOR
from server.kernel.actor import system_actor
from server.kernel.errors import Invalid
from server.notifications.conditions.choices import own_choices
from server.programs.plans.content import digest
from server.programs.plans.files import parsed, written
from server.programs.plans.telling import OWN, Reader, Trigger
from tests import factories
from tests.factories import active_match
from tests.server.automation.telling.test_own import message

WHOM = {"en": {"subject": "A", "body": "{who}"}}
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"x": message("MATCHED") | {"when": "RAIN"}}, "x.when"), ({"X!": message("MATCHED")}, "X!"),
    ({"x" * (KEY_LETTERS + 1): message("MATCHED")}, "x" * (KEY_LETTERS + 1)),
    ({"x": message("NOT_MET", days=0)}, "x.days"), ({"x": message("MATCHED", days=400)}, "x.days"),
    ({"x": message("MATCHED", days=200)}, "x.days"), ({"x": message("GOAL_SET", to="RUNS", words=WHOM)}, "x.to"),
    ({"x": message("NOT_MET", only_if="MET")}, "x.only_if"), ({"x": message("JOINED", only_if="MET")}, "x.only_if"),
    ({"x": message("NOT_MET", only_if="NOT_MET")}, "x.only_if"), ({"x": message("MATCHED", words={})}, "x.words"),
    ({"x": message("MATCHED", words=WHOM)}, "x.words.en.body"),
    ({"x": message("MATCHED", to="RUNS")}, "x.words.en.body"),
    ({"x": message("MATCHED", words={"en": {"subject": "", "body": "B"}})}, "x.words.en.subject"),
    ({f"x-{number}": message("MATCHED") for number in range(MOST + 1)}, ""), ({"x": {**message("MET"), "y": 1}}, "x.y"),
]


async def test_what_cannot_be_is_told_by_its_path_and_what_can_be_comes_back_the_same(db: object) -> None:
    pair = await active_match()
    beside = await around(pair.manager_actor, pair.program)
    content = await content_of(pair.manager_actor, pair.program)
    for own, path in WRONG:
        with pytest.raises(Invalid) as refused:
            checked({**content, "messages": {OWN: own}}, beside)
        assert list(refused.value.fields) == [f"messages.OWN.{path}".rstrip(".")], own
    for trigger, step in TRIGGERS.items():
        words = {"en": {"subject": "A", "body": "To {name}."}}
        readers = [to.value for to in step.readers if to is not Reader.RUNS]
        every = {f"to-{to.lower()}": message(trigger.value, to=to, words=words) for to in readers}
        assert checked({**content, "messages": {OWN: every}}, beside)["messages"] == {OWN: every}
        assert len(trigger) <= 16
    assert set(Trigger) > WAITS_FOR | AFTER_ALL


KEYS = st.from_regex(KEY, fullmatch=True).filter(lambda key: len(key) <= KEY_LETTERS)
LETTERS = st.characters(categories=("L", "N", "P", "S"), exclude_characters="{}")
TAGS = st.sampled_from(("en", "pt", "ar", "zh-Hant"))

@st.composite
def own_ones(draw: st.DrawFn) -> dict[str, Any]:
    """Any message of a programme's own that may be."""
    when = draw(st.sampled_from(Trigger))
    to = draw(st.sampled_from(sorted(TRIGGERS[when].readers)))
    said = st.text(LETTERS, min_size=1, max_size=60).map(lambda text: f"A {text}.")
    held = "{who} " if to is Reader.RUNS else draw(st.sampled_from(("", "{name} ", "{program} ")))
    words = {tag: {"subject": draw(said), "body": held + draw(said)} for tag in draw(st.sets(TAGS, min_size=1))}
    return message(
        when.value, name=draw(said), to=to.value, words=words, days=draw(st.integers(int(when in WAITS_FOR), 90)),
        only_if=draw(st.sampled_from([None, *(one.value for one in own_choices(when, to))])),
    )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(own=st.dictionaries(KEYS, own_ones(), max_size=MOST), as_json=st.booleans())
async def test_whatever_they_are_a_file_takes_them_along_and_they_come_back_the_same(
    db: object, own: dict[str, Any], as_json: bool
) -> None:
    program = await factories.program(await factories.organization())
    system = system_actor(program.organization_id)
    beside, content = await around(system, program), await content_of(system, program)
    there = checked({**content, "messages": {OWN: own}}, beside)
    text = written(there, as_json=as_json)
    again = checked(parsed(text, as_json=as_json), beside)
    assert (again, digest(again)) == (there, digest(there))
    assert as_json or [line for line in text.splitlines() if line.startswith("[messages.OWN.")] == [
        f"[messages.OWN.{key}]" for key in own]

