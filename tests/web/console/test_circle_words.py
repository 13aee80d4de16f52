"""Whoever runs a programme for circles reads of no mentor and no mentee: on no page, and in no toast."""

from datetime import timedelta

from server.kernel import clock
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.models import MatchRun
from server.programs.states import ParticipantRole
from tests import factories
from tests.web.conftest import ClientOf
from tests.web.console.circles import ring
from tests.web.console.reading import Reading

HERE = "/console/matches"


async def test_no_page_of_a_programme_for_circles_names_a_mentor(client_of: ClientOf, db: object) -> None:
    found = await ring()
    page = Reading(await client_of(found.manager))
    group, program = f"{HERE}?group={found.cohort.id}", f"/console/programs/{found.program.id}"
    for path in (group, program, f"{program}/build/matching", "/console/people/import"):
        await page.get(path)
    await page.post(f"{HERE}/run", group=str(found.cohort.id))
    await drain()
    led, alone = await found.drafts()
    first = f"{HERE}/runs/{led.run_id}"
    for path in (group, f"{HERE}?pair={led.id}", f"{HERE}?pair={alone.id}", first, f"{HERE}/learning?type=CIRCLE",
                 f"{HERE}/groups/{found.cohort.id}/decisions", f"{HERE}/groups/{found.cohort.id}/places"):
        await page.get(path)
    for act in ("lock", "hold"):
        await page.post(f"{HERE}/{led.id}/{act}", **({"held": "1"} if act == "hold" else {}))
    await page.post(f"{HERE}/{alone.id}/approval", 409)
    await page.post(f"{HERE}/{alone.id}/people", 422, comer="", reason="")
    mei = await factories.enrollment(found.cohort, found.late, ParticipantRole.FACILITATOR)
    await page.post(f"{HERE}/{alone.id}/people", comer=str(mei.id), reason="She offered")
    await page.post(f"{HERE}/{led.id}/discard")
    await page.get(group)
    await page.post(f"{HERE}/newcomers", group=str(found.cohort.id))
    await drain()
    await page.post(f"{HERE}/preview", group=str(found.cohort.id))
    await drain()
    for run in await MatchRun.exclude(id=led.run_id):
        await page.get(f"{HERE}/runs/{run.id}")
        await page.get(f"{HERE}/runs/{run.id}/against/{led.run_id}")
    await page.post(f"{HERE}/{alone.id}/approval")
    clock.move(timedelta(minutes=1))
    await drain()
    await page.get(f"{HERE}/{alone.id}")
    await Match.filter(id=alone.id).update(state=MatchState.ACTIVE, active_at=clock.now())
    for path in (f"{HERE}/{alone.id}", f"{HERE}?pair={alone.id}", "/console", group):
        await page.get(path)
    await Match.filter(id=alone.id).update(state=MatchState.DECLINED)
    await page.get(f"{HERE}/{alone.id}")
    for row in (found.members[0], found.leads, mei):
        await page.get(f"/console/people/{row.person_id}")
    assert not page.found, "\n".join(f"{path}: {said}" for path, said in page.found.items())
