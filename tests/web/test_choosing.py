"""Choosing on screen: who may ask, by four switches and through both faces; wishes, favourites, "not for me"."""

from itertools import product as every

import pytest

from server.kernel.ids import new_id
from server.matches.models import Match
from server.matches.states import MatchState
from server.matchmaking.models import Preference
from server.matchmaking.states import PreferenceKind
from server.programs.models import Enrollment, Program
from tests import factories
from tests.graphql.ask import gid, send
from tests.web.conftest import ClientOf
from tests.web.console.market import Market, market

REQUEST = """mutation ($own: ID!, $other: ID!) {
  requestMatch(input: {enrollmentId: $own, partnerEnrollmentId: $other}) { match { state } errors { code } }
}"""


@pytest.fixture
async def found(db: object) -> Market:
    return await market()


def at(row: Enrollment, act: str = "asking") -> str:
    return f"/enrollment/{row.id}/{act}"


@pytest.mark.parametrize(("mentees", "mentors"), list(every((False, True), repeat=2)))
async def test_four_switches_four_behaviours(
    found: Market, client_of: ClientOf, mentees: bool, mentors: bool
) -> None:
    await Program.filter(id=found.program.id).update(mentees_may_ask=mentees, mentors_may_ask=mentors)
    sides = (
        (found.mentees[0], found.mentors[0], mentees, "AWAITING_MENTOR"),
        (found.mentors[1], found.mentees[1], mentors, "AWAITING_MENTEE"),
    )
    for own, other, may_ask, state in sides:
        client = await client_of(own.person)
        shown = (await client.get(at(own))).text
        assert (f">Ask {other.person.first_name}<" in shown, "Here you are matched" in shown) == (may_ask, not may_ask)
        asked = await client.post(at(own), data={"partner": str(other.id), "form_key": str(new_id())})
        assert asked.status_code == (303 if may_ask else 403)
        made = Match.filter(members__enrollment_id=own.id)
        assert await made.values_list("state", flat=True) == ([state] if may_ask else [])
        answer = (await send(factories.actor_of(own.person), REQUEST, own=gid(own), other=gid(other))).json()
        told = answer["data"]["requestMatch"]
        assert ([one["code"] for one in told["errors"]], told["match"]) == (
            ([], {"state": state}) if may_ask else (["FORBIDDEN"], None)
        ), "both faces behave alike, and asking again asks nobody twice"
        assert await made.count() == may_ask


async def test_wishes_are_named_in_order_kept_and_changed(found: Market, client_of: ClientOf) -> None:
    mentee, (first, second, _third) = found.mentees[0], found.mentors
    await Program.filter(id=found.program.id).update(mentees_may_wish=True)
    client = await client_of(mentee.person)
    assert "name up to three" in (await client.get(f"/waiting/{found.program.key}")).text
    shown = (await client.get(at(mentee))).text
    assert "Nobody is told" in shown
    assert ">Ask " not in shown, "here one names, and asks nobody"
    kept = await client.post(at(mentee, "wishes"), data={"wish-1": str(second.id), "wish-2": str(first.id)})
    assert kept.headers["location"] == at(mentee)
    said = await Preference.filter(enrollment_id=mentee.id).order_by("rank").values_list("about_enrollment_id", "rank")
    assert list(said) == [(second.id, 1), (first.id, 2)]
    assert f'value="{second.id}" selected' in (await client.get(at(mentee))).text.rpartition("Second wish")[0]
    twice = await client.post(at(mentee, "wishes"), data={"wish-1": str(first.id), "wish-2": str(first.id)})
    assert (twice.status_code, "You named somebody twice." in twice.text) == (422, True)
    assert (await client.post(at(mentee, "wishes"), data={"wish-1": str(found.mentees[1].id)})).status_code == 404
    await client.post(at(mentee, "wishes"), data={})
    assert await Preference.all().count() == 0
    mentor = await client_of(first.person)
    assert (await mentor.post(at(first, "wishes"), data={"wish-1": str(mentee.id)})).status_code == 403
    assert (await mentor.post(at(mentee, "wishes"), data={})).status_code == 404


async def test_not_for_me_is_undone_at_once_or_later_under_you(found: Market, client_of: ClientOf) -> None:
    mentee, mentor = found.mentees[0], found.mentors[0]
    await Program.filter(id=found.program.id).update(mentees_may_ask=True, mentors_may_ask=True)
    client = await client_of(mentee.person)
    assert "/you/people" not in (await client.get("/you")).text
    about = {"partner": str(mentor.id)}
    await client.post(at(mentee, "aside"), data={**about, "reason": "TIMES"})
    after = (await client.get(at(mentee))).text
    assert f'action="{at(mentee, "aside/undo")}"' in after.partition("</main>")[2], "the toast has its Undo"
    assert (">Ask Idris<" in after, ">Ask Juno<" in after, "/you/people" in after) == (False, True, True)
    theirs = await client_of(mentor.person)
    assert ">Ask Noor<" not in (await theirs.get(at(mentor))).text, "neither meets the other"
    late = await theirs.post(at(mentor), data={"partner": str(mentee.id), "form_key": str(new_id())})
    assert (late.status_code, await Match.all().count()) == (409, 0)
    assert "set" not in late.text.partition('id="choices"')[0].partition("error-summary")[2], "and nobody learns why"
    assert "/you/people" in (await client.get("/you")).text
    assert "Idris Crane0" in (await client.get("/you/people")).text
    back = await client.post(at(mentee, "aside/undo"), data={**about, "from": "you"})
    assert back.headers["location"] == "/you/people"
    assert ">Ask Idris<" in (await client.get(at(mentee))).text
    for act in ("aside", "aside/undo", "favourites"):
        assert (await client.post(at(mentee, act), data={})).status_code == 404
        assert (await theirs.post(at(mentee, act), data=about)).status_code == 404


async def test_somebody_is_kept_in_mind_and_let_go(found: Market, client_of: ClientOf) -> None:
    mentee, mentor = found.mentees[0], found.mentors[2]
    await Program.filter(id=found.program.id).update(mentees_may_ask=True)
    client = await client_of(mentee.person)
    about = {"partner": str(mentor.id)}
    for _twice in range(2):
        await client.post(at(mentee, "favourites"), data={**about, "on": "1"})
    assert "Kept in mind. Let go" in (await client.get(at(mentee))).text
    assert [one.kind for one in await Preference.all()] == [PreferenceKind.FAVOURITE]
    await client.post(at(mentee, "favourites"), data={**about, "from": "you"})
    assert await Preference.all().count() == 0
    await client.post(at(mentee, "aside"), data=about)
    assert (await client.post(at(mentee, "favourites"), data={**about, "on": "1"})).status_code == 409
    match = await factories.match(found.mentors[0], mentee, state=MatchState.AWAITING_MENTOR)
    refused = await client.post(at(mentee, "aside"), data={"partner": str(found.mentors[0].id)})
    assert (refused.status_code, match.state) == (409, MatchState.AWAITING_MENTOR)
