"""Programmes side by side: each row counts its own pairs; of fewer than eight nothing is told."""

from datetime import timedelta

from lxml import html

from server.access.queries import actor_for
from server.goals.models import Goal
from server.goals.states import GoalState
from server.kernel import clock
from server.matches.models import Match, MatchMember
from server.people.models import Person
from server.programs.models import Program
from server.programs.states import ParticipantRole
from tests import factories
from tests.graphql.ask import ask
from tests.web.conftest import ClientOf
from tests.web.console.market import manager_of, market

HERE = "/console/compare"


async def pairs(program: Program, name: str, count: int, department: str) -> list[Match]:
    """A group of pairs of thirty days, whose mentees are of a department; nobody met."""
    cohort, made = await factories.cohort(program, key=name.lower(), name=name), []
    for _ in range(count):
        mentor, mentee = [await factories.person(program.organization, department=department) for _ in range(2)]
        made.append(await factories.match(
            await factories.enrollment(cohort, mentor, ParticipantRole.MENTOR),
            await factories.enrollment(cohort, mentee, ParticipantRole.MENTEE),
            active_at=clock.now() - timedelta(days=30),
        ))
    return made


async def rows(client_of: ClientOf, person: Person, by: str = "") -> dict[str, list[str]]:
    answer = await (await client_of(person)).get(f"{HERE}?by={by}")
    table = html.fromstring(answer.text).find(".//table")
    if table is None:
        return {}
    said = [[cell.text_content().strip() for cell in row.xpath("./th|./td/span[@class='val-c']")]
            for row in table.xpath("./tbody/tr")]
    return {first: rest for first, *rest in said}


async def test_each_row_counts_its_own(db: object, client_of: ClientOf) -> None:
    found = await market(0, 0)
    assert await rows(client_of, found.manager) == {}
    other = await factories.program(found.organization, key="peers", name="Peers of Porto")
    spring = await pairs(found.program, "Spring", 9, "Pricing")
    await pairs(found.program, "Autumn", 3, "Docks")
    await pairs(other, "Winter", 8, "Docks")
    for match in spring[:3]:
        mentee = await MatchMember.get(match_id=match.id, role=ParticipantRole.MENTEE)
        await Goal.create(
            organization_id=match.organization_id, match_id=match.id, person_id=mentee.person_id,
            enrollment_id=mentee.enrollment_id, state=GoalState.ACTIVE, want="To lead",
        )
    few = ["too few"] * 5
    assert await rows(client_of, found.manager) == {
        found.program.name: ["12", "100% of 12", "0% of 24", "100% of 12", "0% of 12", "25% of 12"],
    }
    assert (await rows(client_of, found.manager, "GROUP"))[f"Autumn, {found.program.name}"][0] == "3"
    assert (await rows(client_of, found.manager, "DEPARTMENT"))["Docks"] == ["3", *few]
    whole = await rows(client_of, found.admin, "DEPARTMENT")
    assert [*whole] == ["Docks", "Pricing"]
    assert whole["Docks"][0] == "11"
    assert whole["Pricing"][-1] == "33% of 9"
    assert [*await rows(client_of, found.admin, "PROGRAM")] == [found.program.name, "Peers of Porto"]
    assert [*await rows(client_of, found.admin, "TYPE")] == ["One-to-one"]
    stranger = await (await client_of(found.stranger)).get(HERE)
    assert stranger.status_code == 404
    elsewhere = await manager_of(await factories.organization(), None)
    assert await rows(client_of, elsewhere) == {}
    document = "{ comparison(by: DEPARTMENT) { name matches measures { measure part whole percent } } }"
    docks, pricing = (await ask(await actor_for(found.admin), document))["comparison"]
    assert (docks["name"], docks["matches"], pricing["matches"]) == ("Docks", 11, 9)
