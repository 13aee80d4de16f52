"""Training on the first page: read and finished with one press, without scripts; and prepared in the builder."""

from server.programs.models import ProgramVersion
from tests import factories
from tests.trained import asks_for, step
from tests.web.conftest import ClientOf
from tests.web.console.test_building import seen_on
from tests.web.test_waiting import Waiting


async def test_a_step_is_read_and_finished_with_one_press(db: object, client_of: ClientOf) -> None:
    waiting = await Waiting().arrive()
    await asks_for(waiting.program, step("ask", link="https://learn.example/ask"), step("try", required=False))
    noor, theirs = await client_of(waiting.noor), f"/enrollment/{waiting.row.id}/training"
    shown = (await noor.get("/")).text
    assert "Read, 5 minutes" in shown
    assert "Nobody is matched before it is done." in shown
    assert "https://learn.example/ask" in shown
    assert "One thing needs you" in shown
    assert "looking for your mentor" not in shown
    assert "Your training comes first" in (await noor.get("/waiting/rising-leads")).text
    stranger = await client_of(await factories.person(waiting.organization))
    assert (await stranger.post(theirs, data={"step": "ask"})).status_code == 404
    assert (await noor.post(theirs, data={"step": "nothing"})).status_code == 404
    answer = await noor.post(theirs, data={"step": "ask"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    shown = (await noor.get("/")).text
    assert "Nothing waits for it." in shown
    assert "looking for your mentor" in shown
    assert "Ask first." in (await noor.get("/waiting/rising-leads")).text, "what is done can be read again"


async def test_the_builder_keeps_steps_and_gives_a_new_one_a_key(db: object, client_of: ClientOf) -> None:
    waiting = await Waiting().arrive()
    rui, page = await client_of(waiting.rui), here_of(waiting)
    at, more = "training[1].", {"training[2].minutes": "5", "training[2].to": "EVERYBODY"}
    given = {f"{at}title": "How to ask", f"{at}text": "Ask.", f"{at}minutes": "3", f"{at}to": "LEARNERS", **more}
    wrong = {**given, f"{at}minutes": "soon", f"{at}link": "learn", "seen": seen_on((await rui.get(page)).text)}
    refused = await rui.post(page, data=wrong)
    assert refused.status_code == 422
    assert "Write a whole number from 1 to 60." in refused.text
    assert "It begins with https://" in refused.text
    assert 'value="How to ask"' in refused.text
    kept = await rui.post(page, data={**given, "seen": seen_on(refused.text)})
    assert kept.status_code == 303
    draft = await ProgramVersion.get(program_id=waiting.program.id, state="DRAFT")
    assert [(one["key"], one["to"], one["required"]) for one in draft.content["training"]] == [
        ("how-to-ask", "LEARNERS", False)]
    assert "How to ask: 3 minutes, for mentees, peers and members, advised." in (await rui.get(page)).text


def here_of(waiting: Waiting) -> str:
    return f"/console/programs/{waiting.program.id}/build/training"
