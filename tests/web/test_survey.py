"""A survey on one page: signed in, or by the link of a mail that opens it with the choice filled in."""

from datetime import timedelta
from html import unescape

from server.access.actions import grant_role
from server.access.models import Ticket
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.kernel.facts import AuditEvent
from server.kernel.jobs import drain
from server.notifications.models import Message
from server.programs.models import Program
from server.surveys.actions import answer_check_in
from server.surveys.forms.actions import answer_form
from server.surveys.forms.presets import preset
from server.surveys.models import FormAnswer, FormBallot, FormInvitation
from server.surveys.states import SurveyKind
from tests import factories
from tests.forms import cast, link_to, sent_form
from tests.graphql.everything import open_check_in
from tests.web.conftest import ClientOf

LONG = "Because " * 200


async def test_a_named_answer_is_shown_and_may_be_changed(db: object, client_of: ClientOf) -> None:
    pair = await factories.active_match()
    path, client = f"/survey/{(await sent_form(pair, SurveyKind.POST_SESSION)).id}", await client_of(pair.mentee)
    asks = (await client.get(path)).text
    assert "1 June" in asks
    assert "sees this. Idris and your manager don’t." in asks
    wrong = await client.post(path, data={"words": LONG})
    assert (wrong.status_code, wrong.text.count(LONG.strip())) == (422, 1)
    assert "Choose one." in wrong.text
    for choice in ("2", "4"):
        assert (await client.post(path, data={"q1": choice, "words": "Good"})).status_code == 303
    assert (await FormAnswer.get(organization_id=pair.organization.id)).numbers == [4, None]
    again = (await client.get(path)).text
    assert "You have answered. Change it until" in again
    assert 'value="4" id="q1-4" checked' in again
    await FormInvitation.filter(match_id=pair.match.id).update(closes_at=clock.now())
    closed = await client.post(path, data={"q1": "1", "words": "What was typed late"})
    assert closed.status_code == 409
    assert "Mostly" in closed.text
    assert "What was typed late" in closed.text


async def test_an_anonymous_answer_says_so_and_is_shown_to_nobody(db: object, client_of: ClientOf) -> None:
    pair = await factories.active_match()
    path, client = f"/survey/{(await sent_form(pair, SurveyKind.NPS)).id}", await client_of(pair.mentee)
    assert "Nobody can tell whose answer this is" in (await client.get(path)).text
    assert (await client.post(path, data={"q1": "0", "words": "A secret word"})).status_code == 303
    told = await client.get(path)
    assert "Nobody can tell which one it is" in told.text
    assert "A secret word" not in told.text
    assert (await client.post(path, data={"q1": "9"})).status_code == 409
    assert (await FormBallot.get(organization_id=pair.organization.id)).numbers == [0, None]


async def test_a_form_with_a_link_is_opened_by_whom_it_asks(db: object, client_of: ClientOf) -> None:
    pair, other = await factories.active_match(), await factories.active_match()
    asked = {**preset(SurveyKind.PULSE), "key": "workshop", "when": "BY_LINK", "to": "LEARNERS", "reminder_days": None}
    await Program.filter(id=pair.program.id).update(surveys=[asked, {**asked, "key": "not-so", "when": "AT_END"}])
    path, client = f"/survey/of/{pair.program.id}/workshop", await client_of(pair.mentee)
    assert "Nobody can tell whose answer it is." in (await client.get(path)).text
    assert not await FormInvitation.exists(organization_id=pair.organization.id)
    opened = (await client.post(path)).headers["location"]
    assert (await client.post(path)).headers["location"] == (await client.get(path)).headers["location"] == opened
    assert (await client.post(opened, data={"q1": "4"})).status_code == 303
    assert "Nobody can tell which one it is" in (await client.get(path, follow_redirects=True)).text
    refused = [(pair.mentor, path), (pair.manager, path), (other.mentee, path), (pair.mentee, path[:-8] + "not-so")]
    for person, address in refused:
        client = await client_of(person)
        for answer in (await client.get(address), await client.post(address)):
            assert (answer.status_code, "not for you now" in answer.text) == (404, True)
    assert await FormInvitation.filter(organization_id=pair.organization.id).count() == 1
    await drain()
    assert not await Message.filter(organization_id=pair.organization.id, kind__in=["C01", "C02"]).count()


async def test_a_form_has_a_code_to_scan_and_is_seen_as_its_reader_does(db: object, client_of: ClientOf) -> None:
    pair = await factories.active_match()
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.PROGRAM_MANAGER, pair.program.id)
    usual = preset(SurveyKind.PULSE)
    forms = [{**usual, "key": key, "when": "BY_LINK"} for key in ("workshop", "other")]
    await Program.filter(id=pair.program.id).update(surveys=[*forms, usual])
    path, manager = f"/console/programs/{pair.program.id}/surveys", await client_of(pair.manager)
    codes = [await manager.get(f"{path}/{key}/code") for key in ("workshop", "workshop", "other")]
    assert codes[0].headers["content-type"] == "image/svg+xml"
    assert codes[0].content == codes[1].content != codes[2].content
    assert (await manager.get(f"{path}/pulse/code")).status_code == 404
    assert (await (await client_of(pair.mentee)).get(f"{path}/workshop/code")).status_code == 404
    await Program.filter(id=pair.program.id).update(surveys=[{**usual, "anonymous": False}, preset(SurveyKind.EXIT)])
    seen, mentee = path.replace("/surveys", "/build/surveys/{}/preview"), await client_of(pair.mentee)
    for key, words in (("exit", "Nobody can tell whose answer this is"), ("pulse", "your manager don’t.")):
        shown = unescape((await manager.get(seen.format(key))).text)
        assert (words in shown, "nothing is kept or sent" in shown, "<form" in shown) == (True, True, False)
        assert (await mentee.get(seen.format(key))).status_code == 404
    assert (await manager.get(seen.format("none"))).status_code == 404


async def test_the_link_of_a_mail_fills_the_choice_in_and_a_press_sends_it(db: object, client_of: ClientOf) -> None:
    pair, client = await factories.active_match(), await client_of(None)
    asked = await sent_form(pair, SurveyKind.POST_SESSION)
    secret = await link_to(asked.id, pair.mentee)
    for chosen in ("4", "4", "9", "x", "²"):
        opened = await client.get("/survey", params={"ticket": secret, "choice": chosen})
        assert ('id="q1-4" checked' in opened.text) is (chosen == "4")
    assert (await Ticket.get()).spent_at is None
    wrong = await client.post("/survey", data={"ticket": secret, "words": "Kept"})
    assert (wrong.status_code, "Kept</textarea>" in wrong.text) == (422, True)
    sent = await client.post("/survey", data={"ticket": secret, "q1": "4", "words": "Kept"})
    assert "Your answer is in." in sent.text
    assert (await FormAnswer.get(organization_id=pair.organization.id)).words == "Kept"
    for over in (await client.get("/survey", params={"ticket": secret}),
                 await client.post("/survey", data={"ticket": secret, "q1": "1"})):
        assert "This was answered already" in over.text
    other = await (await client_of(pair.mentor)).get("/survey", params={"ticket": secret})
    assert (other.status_code, "This link is for somebody else" in other.text) == (403, True)
    assert (await client.get("/survey", params={"ticket": "cut"})).status_code == 404


async def test_a_link_says_when_it_or_its_survey_is_over(db: object, client_of: ClientOf) -> None:
    pair, client = await factories.active_match(), await client_of(None)
    asked = await sent_form(pair, SurveyKind.POST_SESSION)
    secret = await link_to(asked.id, pair.mentee)
    for days, words in ((8, "This link is more than a week old"), (3, "This survey is closed")):
        clock.move(timedelta(days=days))
        assert words in (await client.get("/survey", params={"ticket": secret})).text
        assert (await client.post("/survey", data={"ticket": secret, "q1": "4"})).status_code == 409
    assert await FormAnswer.all().count() == 0


async def test_the_first_page_asks_one_question_for_one_tap_and_more_on_their_page(
    db: object, client_of: ClientOf
) -> None:
    pair = await factories.active_match()
    named, nobodys = await sent_form(pair, SurveyKind.POST_SESSION), await sent_form(pair, SurveyKind.NPS)
    several = await sent_form(pair, SurveyKind.CHECK_IN)
    client = await client_of(pair.mentee)
    assert "/survey/" not in (await (await client_of(pair.mentor)).get("/")).text, "asked of somebody else"
    first = (await client.get("/")).text
    assert '<button type="submit" name="q1" value="5">Very much</button>' in first
    assert first.count('type="radio" name="q1"') == 11
    assert f'href="/survey/{several.id}"' in first
    assert "Answer, two minutes" in first
    for asked, tap in ((named, "4"), (nobodys, "9")):
        assert (await client.post(f"/survey/{asked.id}", data={"q1": tap})).status_code == 303
    assert (await FormAnswer.get(organization_id=pair.organization.id)).numbers == [4, None]
    assert (await FormBallot.get(organization_id=pair.organization.id)).numbers == [9, None]
    after = (await client.get("/")).text
    assert ('name="q1"' in after, f'href="/survey/{several.id}"' in after) == (False, True)


async def test_ones_own_answers_are_read_taken_along_and_erased(db: object, client_of: ClientOf) -> None:
    pair = await factories.active_match()
    client, other = await client_of(pair.mentee), await client_of(pair.mentor)
    for kind, numbers in ((SurveyKind.CHECK_IN, [4, 1, None]), (SurveyKind.NPS, [9])):
        asked = await sent_form(pair, kind)
        await answer_form(pair.mentee_actor, asked.id, numbers=numbers, words="Say <more>")
    checked = await open_check_in(pair)
    await answer_check_in(pair.mentee_actor, checked.id, usefulness=2, goal_distance=3, words="Slow.")
    shown = (await client.get("/you/answers")).text
    assert [words in shown for words in ("Mostly", "Say &lt;more&gt;", "1 anonymous survey")] == [True] * 3
    (told,) = (taken := (await client.get("/you/answers/file")).json())["answers"]
    assert [one["answer"] for one in told["answers"]] == ["Mostly", "Yes", "Say <more>"]
    (check_in,) = taken["check_ins"]
    assert (check_in["words"], check_in["answers"][0]["answer"]) == ("Slow.", "A little")
    assert f'href="/checkin/{checked.id}"' in shown
    assert "nobody can show it, hand it out or erase it" in taken["anonymous"]
    assert (await other.get("/you/answers/file")).json() == {
        "answers": [], "check_ins": [], "anonymous": ""}
    assert (await client.post("/you/answers")).status_code == 422
    for sure in (other, client, client):
        assert (await sure.post("/you/answers", data={"sure": "1"})).status_code == 303
        assert await FormAnswer.all().count() == (1 if sure is other else 0)
    assert await FormBallot.all().count() == 1
    assert (await client.get("/you/answers/file")).json()["answers"] == []
    assert await AuditEvent.filter(action="form.erase").count() == 1


async def test_numbers_of_a_survey_are_a_file_without_words_or_names(db: object, client_of: ClientOf) -> None:
    pair = await factories.active_match()
    await grant_role(system_actor(pair.organization.id), pair.manager.id, Role.PROGRAM_MANAGER, pair.program.id)
    await cast(pair, SurveyKind.NPS, [10] * 7)
    client, page = await client_of(pair.manager), f"/console/programs/{pair.program.id}/surveys"
    for more, row in (([], ",,,,,,,"), ([0], ",,8,,,75,,")):
        await cast(pair, SurveyKind.NPS, more)
        told = (await client.get(f"{page}/nps/file")).text.splitlines()
        assert told[1].removeprefix("Would you recommend this programme to a colleague?") == row
        assert "Because" not in "".join(told)
    assert f"{page}/nps/file" in (await client.get(page)).text
    assert (await client.get(f"{page}/other/file")).status_code == 404
    assert (await (await client_of(pair.mentee)).get(f"{page}/nps/file")).status_code == 404
