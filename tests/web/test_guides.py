"""Guides where they are needed, with no word of them in a page that did not ask."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx2

from server.access.models import RoleGrant
from server.access.states import Role
from server.kernel import clock
from server.matches.models import Match
from server.programs.audience.states import Side
from server.programs.models import GuideUse
from server.programs.states import Guide, ParticipantRole
from server.sessions.models import Session
from tests import factories
from tests.web.conftest import HTMX, ClientOf, booked
from web.guide_words import points, title

LINK = re.compile(r'href="/match/[^"]+/guide\?of=([a-z-]+)"')
SENTENCE = re.compile(r"[.?!](?:”)?(?:\s|$)")
NOW = Guide.FIRST_SESSION
"""What helps while nobody has met."""


def test_guides_are_short_and_plain() -> None:
    for guide in Guide:
        for side in Side:
            said = points(guide, side)
            assert len(said) == 5, (guide, side)
            sentences = [one for _what, how in said for one in SENTENCE.split(how) if one.strip()]
            assert max(len(one.split()) for one in sentences) <= 14
            assert "!" not in "".join(how for _what, how in said)


async def test_each_stage_has_its_guide_on_the_first_page_and_on_the_session(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    session = await booked(pair)
    client = await client_of(pair.mentee)
    assert await _linked(client, "/", f"/session/{session.id}") == [["first-session"], ["first-session"]]
    held = {"state": "HELD", "starts_at": clock.now() - timedelta(days=9), "ends_at": clock.now() - timedelta(days=9)}
    await Session.filter(id=session.id).update(**held)
    second = await booked(pair)
    await Session.filter(id=second.id).update(number=2)
    assert await _linked(client, "/", f"/session/{second.id}") == [["feedback"], ["feedback"]]
    assert await _linked(client, f"/session/{session.id}") == [[]], "it is over"
    await Match.filter(id=pair.match.id).update(ends_on=factories.in_days(14))
    ending = f"/match/{pair.match.id}/ending"
    assert await _linked(client, "/", f"/session/{second.id}", ending) == [["closing"]] * 3


async def test_a_guide_opens_for_its_side_and_comes_with_the_others(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    at = f"/match/{pair.match.id}/guide"
    for person, side in ((pair.mentor, Side.MENTORS), (pair.mentee, Side.PEOPLE)):
        client = await client_of(person)
        for asked, guide in (("", NOW), ("?of=no-such", NOW), ("?of=closing", Guide.CLOSING)):
            answer = await client.get(at + asked)
            assert f"<title>{title(guide)}" in answer.text
            for what, how in points(guide, side):
                assert what in answer.text
                assert how in answer.text
        assert sorted(LINK.findall(answer.text)) == ["feedback", "first-session"]
    assert (await (await client_of(pair.stranger)).get(at)).status_code == 404


async def test_no_page_carries_a_guide_but_what_is_kept_for_the_way(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    session = await booked(pair)
    client = await client_of(pair.mentee)
    how = points(Guide.FIRST_SESSION, Side.PEOPLE)[0][1]
    for path in ("/", f"/session/{session.id}", f"/match/{pair.match.id}/ending"):
        assert how not in (await client.get(path)).text
    assert how in (await client.get("/you/kept", headers=HTMX)).text
    assert not await GuideUse.exists(), "what is kept was not opened"


async def test_who_runs_the_programme_reads_how_often_in_steps_of_eight(client_of: ClientOf) -> None:
    pair = await factories.active_match()
    grant = {"organization_id": pair.organization.id, "program_id": pair.program.id}
    await RoleGrant.create(**grant, person=pair.manager, role=Role.PROGRAM_MANAGER)
    for _number in range(7):
        person = await factories.person(pair.organization)
        learner = await factories.enrollment(pair.cohort, person, ParticipantRole.MENTEE)
        await factories.match(pair.mentor_enrollment, learner)
    await GuideUse.create(**grant, guide=Guide.FEEDBACK, side=Side.PEOPLE, opened=19)
    words = (await (await client_of(pair.manager)).get(f"/console/programs/{pair.program.id}")).text
    assert "<dt>Feedback that helps, for mentees</dt><dd>At least 16 times</dd>" in words
    assert "<dt>Ending well, for mentees</dt><dd>Fewer than 8 times</dd>" in words
    assert "<dt>Feedback that helps, for mentors</dt><dd>Hidden: fewer than 8 people</dd>" in words


async def _linked(client: httpx2.AsyncClient, *paths: str) -> list[list[str]]:
    return [LINK.findall((await client.get(path)).text) for path in paths]
