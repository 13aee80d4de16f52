"""What the matching learned, by the API: asked for, watched, and read as a report."""

from server.kernel.jobs import drain
from tests import factories
from tests.graphql.ask import ask
from tests.web.console.learned import a_learning

SEEN = "number state calibrated basedOn stages { stage inForce outcomes trials { verdict } }"
START = f"""mutation {{ startLearning(input: {{programType: ONE_TO_ONE}}) {{
  learning {{ id {SEEN} }} errors {{ code }} }} }}"""


async def test_a_manager_starts_a_learning_and_reads_what_came_of_it(db: object) -> None:
    pair = await factories.active_match()
    asked = (await ask(pair.manager_actor, START))["startLearning"]["learning"]
    assert (asked["number"], asked["state"], asked["stages"]) == (1, "RUNNING", [])
    await drain()
    read = f"query ($id: ID!) {{ learning(id: $id) {{ {SEEN} }} }}"
    done = (await ask(pair.manager_actor, read, id=asked["id"]))["learning"]
    assert (done["state"], done["calibrated"], done["basedOn"]) == ("DONE", False, 0)
    assert [one["inForce"] for one in done["stages"]] == ["prior"] * 4
    refused = await ask(pair.mentee_actor, START)
    assert refused["startLearning"] == {"learning": None, "errors": [{"code": "FORBIDDEN"}]}


async def test_figures_come_with_their_intervals_the_latest_learning_first(db: object) -> None:
    pair = await factories.active_match()
    for number in (1, 2):
        await a_learning(pair.organization, number=number)
    read = """{ learnings(programType: ONE_TO_ONE) { number stages { stage latest { logLoss logLossError auc aucError
      bins { n foretold happened low high } } } } }"""
    first, second = (await ask(pair.manager_actor, read))["learnings"]
    assert (first["number"], second["number"]) == (2, 1)
    latest = first["stages"][0]["latest"]
    assert (latest["logLoss"], latest["logLossError"], latest["aucError"]) == (0.612, 0.02, 0.031)
    assert latest["bins"][0] == {"n": 150, "foretold": 0.31, "happened": 0.32, "low": 0.27, "high": 0.38}
    assert (await ask(pair.mentee_actor, read))["learnings"] == []
