"""Circles in the console, from the button that forms them to the one that was changed by hand; and the answer."""

import csv
import io
from collections import Counter

from server.kernel import clock
from server.kernel.jobs import drain
from server.matches.models import Match, MatchMember, MatchOverride
from server.matches.queries import facilitator_of
from server.matches.states import Approval, MatchState, OverrideKind
from server.matches.steps import UNDO_ONE
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.web.conftest import ClientOf
from tests.web.console.circles import NAMES, formed, ring
from tests.web.console.test_building import matching_kept
from tests.web.drawing import read

HERE = "/console/matches"


async def test_circles_are_formed_changed_by_hand_proposed_and_answered(client_of: ClientOf, db: object) -> None:
    found = await ring()
    client = await client_of(found.manager)
    asked = await client.post(f"{HERE}/run", data={"group": str(found.cohort.id)})
    await drain()
    assert "2 circles, 8 people in them." in (await client.get(asked.headers["location"], follow_redirects=True)).text
    led, alone = await found.drafts()
    shown = (await client.get(f"{HERE}?pair={alone.id}")).text
    assert "A circle of 4" in shown
    assert "Nobody leads it" in shown
    refused = await client.post(f"{HERE}/{alone.id}/approval")
    assert refused.status_code == 409
    assert "Name somebody first" in refused.text

    mei = await factories.enrollment(found.cohort, found.late, ParticipantRole.FACILITATOR)
    no_reason = await client.post(f"{HERE}/{alone.id}/people", data={"comer": str(mei.id), "reason": ""})
    assert no_reason.status_code == 422
    both = await client.post(f"{HERE}/{alone.id}/people", data={"comer": "", "reason": "She offered"})
    fields = {one.get("name"): one.text for one in read(both.text).findall(".//textarea")}
    assert (fields["reason"], fields["why"] or "") == ("She offered", "")
    apart = await client.post(
        f"{HERE}/{alone.id}/people", data={"comer": str(found.members[0].id), "reason": "They asked"}
    )
    assert "They share too little time." in apart.text
    named = await client.post(f"{HERE}/{alone.id}/people", data={"comer": str(mei.id), "reason": "She offered"})
    assert named.status_code == 303
    kept = await MatchOverride.get(match_id=alone.id, kind=OverrideKind.PIN)
    assert kept.reason == "She offered"
    decided = await client.get(f"{HERE}/groups/{found.cohort.id}/decisions")
    assert decided.status_code == 200
    assert [name for name in NAMES if name in decided.text] == [], "of pairs alone: a circle shows its own"
    another = {"mentor": str(found.members[0].id), "reason": "Better"}
    assert (await client.post(f"{HERE}/{alone.id}/another", data=another)).status_code == 404

    assert "No rule broken" in (await client.get(f"{HERE}?pair={led.id}")).text
    one, other = [member.person_id for member in led.members if member.role is ParticipantRole.MENTEE][:2]
    await Person.filter(id=one).update(line_manager_id=other)
    shown = (await client.get(f"{HERE}?pair={led.id}")).text
    assert "No rule broken" not in shown, "somebody became another's manager since"
    assert "The two are in one reporting line." in shown
    await Person.filter(id=one).update(line_manager_id=None)

    before = await Match.get(id=led.id).values()
    assert (await client.post(f"{HERE}/{alone.id}/approval")).status_code == 303
    assert await Match.get(id=led.id).values() == before
    out = await client.post(f"{HERE}/{led.id}/people/out", data={"leaver": str(found.members[0].id), "why": "Away"})
    assert out.status_code == 303
    assert "It is small" in (await client.get(f"{HERE}?pair={led.id}")).text
    assert (await client.post(f"{HERE}/{led.id}/discard")).status_code == 303

    with clock.at(clock.now() + UNDO_ONE):
        await _answered(client_of, alone.id, found.members[4:], found.late)


async def _answered(client_of: ClientOf, circle: object, members: list[Enrollment], leads: Person) -> None:
    people = [(await one.person, "Yes, I join") for one in members] + [(leads, "Yes, I lead it")]
    first, _words = people[0]
    theirs = await client_of(first)
    assert (await theirs.get(f"/match/{circle}")).headers["location"] == f"/circle/{circle}"
    assert (await theirs.post(f"/circle/{circle}/refusal", data={"reason": "TIMES"})).status_code == 303
    assert (await theirs.get(f"/circle/{circle}")).status_code == 404
    for person, words in people[1:]:
        client = await client_of(person)
        page = (await client.get(f"/circle/{circle}")).text
        assert words in page
        assert "Free together" in page
        assert (await client.post(f"/circle/{circle}/answer")).status_code == 303
        assert words not in (await client.get(f"/circle/{circle}")).text
    assert (await Match.get(id=circle)).state is MatchState.ACTIVE
    said = [one.approval for one in await MatchMember.filter(match_id=circle)]
    assert sorted(said) == [Approval.ACCEPTED] * 4 + [Approval.DECLINED]


async def test_the_page_of_a_run_says_what_its_circles_came_to(client_of: ClientOf, db: object) -> None:
    found = await ring()
    await Person.filter(given_name="Idris").update(given_name="=Idris")
    led, _alone = await formed(found)
    assert facilitator_of(led) is not None
    client = await client_of(found.manager)
    page = (await client.get(f"{HERE}/runs/{led.run_id}")).text
    assert "8 of 8 people sit in a circle</h1>" in page
    assert "2 circles, 8 people in them." in page
    assert "Confidence" not in page
    assert "pairs.csv" not in page
    assert "With an hour in common" in page
    assert "Are the circles fair?" in page
    assert "Rules broken" in page
    table = (await client.get(f"{HERE}/runs/{led.run_id}/circles.csv")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    roles = Counter((row["circle"], row["role"]) for row in rows)
    assert sorted(roles.values()) == [1, 4, 4]
    assert {row["name"] for row in rows} == {f"{name} Saltmarsh" for name in NAMES} | {"'=Idris Brightwater"}
    first = led.run_id
    again = (await formed(found))[0].run_id
    alike = (await client.get(f"{HERE}/runs/{first}/against/{again}")).text
    assert "Both runs came to the same circles" in alike
    assert "8 people sit in circles that went on." in alike
    assert "Everybody sits in the same circle in both runs" in alike
    assert f"{HERE}/runs/{again}/against/{first}" in (page := (await client.get(f"{HERE}/runs/{again}")).text)
    assert "In the same circle" in page
    assert "8 of 8" in page
    await Enrollment.filter(id=found.members[0].id).update(state=EnrollmentState.PAUSED)
    await Enrollment.filter(id=found.leads.id).update(state=EnrollmentState.PAUSED)
    asked = await client.post(f"{HERE}/preview", data={"group": str(found.cohort.id), "seed": "7"})
    await drain()
    preview = (await client.get(asked.headers["location"])).headers["location"]
    shown = (await client.get(preview)).text
    assert "0, now 7" in shown, "another seed"
    for words in ("No circle was looked for in the later run.", "Leads no circle any more.", "Waits for a circle."):
        assert words in shown
    file = (await client.get(f"{preview}/changes.csv")).content.decode("utf-8-sig")
    assert {"LEFT", "LEADS", "WAITS"} == {row["why"] for row in csv.DictReader(io.StringIO(file))}
    assert (await client.get(HERE)).status_code == 200
    page = f"/console/programs/{found.program.id}/build/matching"
    for size, status in (("", 422), ("9", 422), ("5", 303)):
        assert (await matching_kept(client, page, found.program, circle_size=size)).status_code == status, size
    assert '<option value="5" selected>' in (await client.get(page)).text
