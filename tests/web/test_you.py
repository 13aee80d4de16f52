"""You on screen: each card saves on its own, typed words stay, a needed consent is explained before it counts."""

import re

import pytest

from server.access.actions import open_session
from server.access.models import RoleGrant, UserSession
from server.access.states import Role
from server.kernel import clock
from server.kernel.actor import system_actor
from server.notifications.states import MessageState
from server.people import actions as people
from server.people.models import Person, Profile
from server.people.queries import consents_of
from server.people.states import ConsentPurpose, Look
from server.programs.models import Program
from server.programs.states import ProgramType
from tests import factories
from tests.queries import queries_run
from tests.web.conftest import HTMX, booked
from tests.web.drawing import one, read, words
from web.dates import clock_time, moment
from web.you_words import device_name

MATCHING, RESULTS = ConsentPurpose.MATCHING, ConsentPurpose.RESULTS
SAVED = 303


@pytest.fixture
async def pair(db):
    """Idris mentors Noor, in an organisation with two wordings; Noor agreed to the needed one."""
    made = await factories.active_match()
    product = system_actor(made.organization.id)
    await people.publish_consent_text(product, MATCHING, "Use my profile", "Needed to take part.", required=True)
    await people.publish_consent_text(product, RESULTS, "Count my answers", "Never with your name.")
    await people.record_consents(made.mentee_actor, {MATCHING: True})
    return made


async def test_a_profile_is_edited_and_shown(pair, client_of):
    skill = await factories.competency(pair.organization, "Coaching")
    client = await client_of(pair.mentee)
    answer = await client.post("/you/profile", data={
        "preferred_name": "Nur", "about": "I like <b>maps</b>.", "languages": ["pt"], "wanted": [str(skill.id)],
        "styles": ["OFTEN", "", "GENTLE", "", ""], "pref_department": "DIFFERENT",
    })
    assert (answer.status_code, answer.headers["location"]) == (SAVED, "/you#profile")
    page = await client.get("/you")
    assert words(one(read(page.text), ".//h1")) == "Nur Saltmarsh"
    assert words(one(read(page.text), ".//dl")) == (
        "SpeaksPortugueseWantsCoachingLikesshort and frequent talks, gentle feedback"
    )
    assert "I like &lt;b&gt;maps&lt;/b&gt;." in page.text
    again = await client.get("/you/profile")
    assert "A sentence for mentees" not in again.text
    asked = {one.get("id"): one for one in read(again.text).iter("select")}
    picked = {at: [each.get("value") for each in one if each.get("selected") is not None] for at, one in asked.items()}
    assert picked == {
        "styles-1": ["OFTEN"], "styles-2": [], "styles-3": ["GENTLE"], "styles-4": [], "styles-5": [],
        "pref_department": ["DIFFERENT"],
    }
    assert "A sentence for mentees" in (await (await client_of(pair.mentor)).get("/you/profile")).text


async def test_a_profile_to_mend_comes_back_as_typed(pair, client_of):
    client = await client_of(pair.mentee)
    answer = await client.post("/you/profile", data={"about": "I like maps.", "another_wanted": "Juggling"})
    tree = read(answer.text)
    assert answer.status_code == 422
    assert one(tree, ".//textarea[@id='about']").text.strip() == "I like maps."
    assert one(tree, ".//input[@id='another_wanted']").get("value") == "Juggling"
    assert await Profile.filter(person=pair.mentee).count() == 0


async def test_times_are_saved_or_mended(pair, client_of):
    client = await client_of(pair.mentee)
    kept = await client.post("/you/times", data={"day_parts": ["EVENINGS"], "zone": "Africa/Nairobi"})
    assert kept.headers["location"] == "/you#times"
    assert (await Person.get(id=pair.mentee.id)).zone == "Africa/Nairobi"
    wrong = await client.post("/you/times", data={"zone": "Atlantis"})
    assert wrong.status_code == 422
    assert 'value="Atlantis"' in wrong.text
    assert [link.get("href") for link in one(read(wrong.text), ".//*[@id='error-summary']").iter("a")] == [
        "#day_parts", "#zone",
    ]


async def test_another_zone_says_what_becomes_of_what_is_booked_and_can_be_undone(pair, client_of):
    session, client = await booked(pair), await client_of(pair.mentee)
    parts = {"day_parts": ["EVENINGS"]}
    moved = await client.post("/you/times", data={**parts, "zone": "Africa/Nairobi"})
    assert moved.headers["location"] == "/you?was=Europe/Lisbon#times"
    page = read((await client.get(moved.headers["location"])).text)
    said = words(one(page, ".//*[@id='moved']"))
    for zone in ("Europe/Lisbon", "Africa/Nairobi"):
        assert moment(session.starts_at, zone) in said
    undo = one(page, ".//*[@id='toasts']//form")
    fields = {field.get("name"): field.get("value") for field in undo.iter("input")}
    await client.post(undo.get("action"), data=fields)
    assert (await Person.get(id=pair.mentee.id)).zone == "Europe/Lisbon"
    assert "Undone." in (await client.get("/you")).text


async def test_an_address_that_does_not_work_is_said_to_its_owner_and_to_who_runs_the_programme(pair, client_of):
    manager, stranger = await client_of(pair.manager), await client_of(pair.mentor)
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.manager, role=Role.PROGRAM_MANAGER, program_id=pair.program.id
    )
    client, there = await client_of(pair.mentee), f"/console/people/{pair.mentee.id}"
    for who, page, words_there in ((client, "/you", "Your address does not work."), (manager, there, "No mail goes")):
        await factories.dead_mailbox(pair.mentee)
        shown = (await who.get(page)).text
        assert words_there in shown
        assert "Your address does not work" in (await client.get("/")).text
        assert "nobody has this address" in shown
        assert (await stranger.post(f"{there}/mailbox")).status_code == 404
        assert (await who.post(f"{page}/mailbox")).status_code == SAVED
        assert words_there not in (await who.get(page)).text


async def test_what_one_was_told_is_listed_read_and_followed_by_its_reader_alone(pair, client_of):
    client, other = await client_of(pair.mentee), await client_of(pair.mentor)
    about = {"match_id": str(pair.match.id)}
    first, gone = await factories.told(pair.mentee, "M08", **about), await factories.told(pair.mentee, "F01", **about)
    held = await factories.told(pair.mentee, "F02", **about)
    for row, change in (
        (first, {"program_id": pair.program.id}), (gone, {"facts": {"match_id": str(pair.program.id)}}),
        (held, {"state": MessageState.SUPPRESSED, "reason": "a time is booked", "sent_at": None}),
    ):
        await row.update_from_dict(change).save()
    assert "2 new" in (await client.get("/you")).text
    listed = [words(row) for row in read((await client.get("/you/told")).text).iterfind(".//main//li")]
    assert "A first timenew" in listed[0]
    assert f"Match announcementIdris Brightwater, {pair.program.name}, new" in listed[1]
    opened = await client.get(f"/you/told/{first.id}")
    assert (opened.status_code, opened.headers["location"]) == (SAVED, "/")
    assert (await client.get(f"/you/told/{gone.id}")).headers["location"] == "/you/told"
    for nobody in (held.id, pair.match.id):
        assert (await client.get(f"/you/told/{nobody}")).status_code == 404
    assert (await other.get(f"/you/told/{first.id}")).status_code == 404
    await first.refresh_from_db()
    assert first.tapped_at is not None
    assert (await client.post("/you/told/read")).status_code == SAVED
    assert ", new" not in (await client.get("/you/told")).text
    assert "Nothing yet" in (await other.get("/you/told")).text


async def test_a_zone_with_the_same_clock_or_an_unknown_one_before_changes_nothing_to_see(pair, client_of):
    await booked(pair)
    client = await client_of(pair.mentee)
    for was in ("Atlantic/Madeira", "Atlantis", "Europe/Lisbon"):
        assert 'id="moved"' not in (await client.get("/you", params={"was": was})).text


async def test_a_card_is_swapped_alone_and_keeps_what_was_typed(pair, client_of):
    await booked(pair)
    client = await client_of(pair.mentee)
    wrong = await client.post("/you/times", data={"zone": "Atlantis"}, headers=HTMX)
    assert (wrong.status_code, "<html" in wrong.text, "id=\"reaches\"" in wrong.text) == (422, False, False)
    assert 'value="Atlantis"' in wrong.text
    assert "error-summary" in wrong.text
    kept = await client.post(
        "/you/times", data={"day_parts": ["EVENINGS"], "zone": "Africa/Nairobi"}, headers=HTMX
    )
    assert "<title>You - Ithaca" in kept.text
    assert "On your clock it is now" in kept.text
    told = await client.post("/you/messages", data={"push": ["words"]}, headers=HTMX)
    assert ticked(told.text) == {"push": ["words"], "mail": []}


async def test_what_may_be_switched_off_can_be_by_channel_and_the_rest_says_always(pair, client_of):
    client = await client_of(pair.mentee)
    page = await client.get("/you")
    everything = {"push": ["plans", "words", "nudges", "check-ins"], "mail": ["nudges", "check-ins"]}
    assert ticked(page.text) == everything
    rows = [[words(cell) for cell in row] for row in one(read(page.text), ".//tbody").iter("tr")]
    assert [(row[0].partition("What")[0], row[2]) for row in rows[:1]] == [("Matches, bookings", "Always")]
    assert rows[-1][1:] == ["Never", "Always"]
    await client.post("/you/messages", data={"push": ["words"], "mail": ["nudges", "check-ins"]})
    muted = (await Profile.get(person=pair.mentee)).muted_kinds
    assert muted == [
        "G03:push", "G06:push", "I05:push", "M02:push", "M03:push", "M08:push", "NUDGE:push", "R03:push", "S01:push",
        "S02-cancelled:push", "S02:push", "S04:push", "SURVEY:push", "X05:push",
    ]
    assert ticked((await client.get("/you")).text) == {"push": ["words"], "mail": ["nudges", "check-ins"]}
    await client.post("/you/messages", data=everything)
    assert (await Profile.get(person=pair.mentee)).muted_kinds == []


async def test_whoever_runs_programmes_has_a_row_for_their_reports(pair, client_of):
    await RoleGrant.create(
        organization_id=pair.organization.id, person=pair.mentor, role=Role.PROGRAM_MANAGER, program_id=pair.program.id
    )
    client = await client_of(pair.mentor)
    assert ticked((await client.get("/you")).text)["mail"] == ["nudges", "check-ins", "reports"]
    await client.post("/you/messages", data={"mail": ["check-ins"]})
    assert "REPORT:mail" in (await Profile.get(person=pair.mentor)).muted_kinds


def ticked(html: str) -> dict[str, list[str]]:
    """What is ticked in the table, by channel."""
    boxes = [box for box in read(html).iter("input") if box.get("checked") is not None]
    return {
        name: [box.get("value") for box in boxes if box.get("name") == name] for name in ("push", "mail")
    }


async def test_a_needed_consent_is_explained_before_it_counts(pair, client_of):
    client = await client_of(pair.mentee)
    asked = await client.post("/you/consents/matching", data={})
    assert (asked.status_code, await given(pair, MATCHING)) == (200, True)
    assert "Then nobody is suggested to you" in words(one(read(asked.text), ".//form[@id='at-stake']"))
    left = await client.post("/you/consents/matching", data={"given": "1"})
    assert (left.headers["location"], "ithaca_toast" in client.cookies) == ("/you#consents", False)
    sure = await client.post("/you/consents/matching", data={"sure": "1"})
    assert (sure.headers["location"], await given(pair, MATCHING)) == ("/you#consents", False)
    page = (await client.get("/you")).text
    history = words(one(read(page), ".//ol[@class='history']"))
    assert re.search(r"\d\d:\d\d No to “Use my profile”, text version 1\.", history)
    assert "Off since " in page
    assert 'action="/you/consents/matching"' in page.partition('id="toasts"')[2]   # the way back


async def test_an_optional_one_counts_at_once_and_can_be_undone(pair, client_of):
    client = await client_of(pair.mentee)
    answer = await client.post("/you/consents/results", data={"given": "1"})
    assert (answer.status_code, await given(pair, RESULTS)) == (SAVED, True)
    page = read((await client.get("/you")).text)
    undo = one(page, ".//*[@id='toasts']//form")
    fields = {field.get("name"): field.get("value") for field in undo.iter("input")}
    assert (await client.post(undo.get("action"), data=fields)).status_code == SAVED
    assert (await given(pair, RESULTS), await given(pair, MATCHING)) == (False, True)


async def test_a_switch_swaps_its_card_alone(pair, client_of):
    client = await client_of(pair.mentee)
    asked = await client.post("/you/consents/matching", data={}, headers=HTMX)
    assert "<html" not in asked.text
    card = read(asked.text)
    switched = {box.get("id"): box.get("checked") is not None for box in card.iter("input") if box.get("role")}
    assert switched == {"s-you-consents-matching": True, "s-you-consents-results": False}   # it counts still
    turned = await client.post("/you/consents/results", data={"given": "1"}, headers=HTMX)
    assert "Switched on: Count my answers" in words(one(read(turned.text), ".//*[@id='toasts']"))
    assert await given(pair, RESULTS)


async def test_nothing_can_be_agreed_to_without_a_wording(pair, client_of):
    client = await client_of(pair.mentee)
    assert (await client.post("/you/consents/anything", data={"given": "1"})).status_code == 404
    assert (await client.post("/you/consents/alumni", data={"given": "1"})).status_code == 404


async def test_talent_data_is_asked_about_where_it_may_count_and_taken_back_there(pair, client_of):
    product = system_actor(pair.organization.id)
    await people.publish_consent_text(product, ConsentPurpose.TALENT, "Let my rating count")
    client = await client_of(pair.mentee)
    assert "Let my rating count" not in (await client.get("/you")).text
    assert (await client.post("/you/consents/talent", data={"given": "1"})).status_code == 404
    await Program.filter(id=pair.program.id).update(type=ProgramType.HIGH_POTENTIAL)
    assert "Let my rating count" in (await client.get("/you")).text
    for yes in ("1", ""):
        await client.post("/you/consents/talent", data={"given": yes})
        assert await given(pair, ConsentPurpose.TALENT) is bool(yes)
    await Program.filter(id=pair.program.id).update(type=ProgramType.ONE_TO_ONE)
    assert "Let my rating count" in (await client.get("/you")).text, "whoever was asked sees what they said"


async def test_a_changed_wording_asks_anew(pair, client_of):
    await people.publish_consent_text(system_actor(pair.organization.id), MATCHING, "Use it all", required=True)
    client = await client_of(pair.mentee)
    page = (await client.get("/you")).text
    assert "The text has changed since you agreed." in page
    await client.post("/you/consents/matching", data={"given": "1"})
    assert "The text has changed" not in (await client.get("/you")).text


async def test_another_browser_is_signed_out_and_this_one_is_named(pair, client_of):
    client = await client_of(pair.mentee)
    await open_session(pair.mentee, "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) Safari/605")
    page = await client.get("/you")
    assert page.text.count("this one") == 1
    assert "Safari on iPhone" in page.text
    other = await UserSession.get(device__startswith="Mozilla")
    answer = await client.post(f"/you/device/{other.id}/sign-out")
    assert answer.headers["location"] == "/you#devices"
    assert (await UserSession.get(id=other.id)).revoked_at is not None
    assert (await client.get("/you")).status_code == 200


async def test_nobody_signs_somebody_elses_browser_out(pair, client_of):
    await open_session(pair.mentor)
    theirs = await UserSession.get(person=pair.mentor)
    client = await client_of(pair.mentee)
    assert (await client.post(f"/you/device/{theirs.id}/sign-out")).status_code == 404
    assert (await UserSession.get(id=theirs.id)).revoked_at is None


async def test_a_look_is_chosen(pair, client_of):
    client = await client_of(pair.mentee)
    await client.post("/you/look", data={"look": "DARK"})
    assert 'data-theme="dark"' in (await client.get("/you")).text
    await client.post("/you/look", data={"look": "PINK"})
    assert (await Profile.get(person=pair.mentee)).look is Look.SYSTEM


async def test_this_browser_keeps_the_look_for_the_way_in(pair, client_of):
    client = await client_of(pair.mentee)
    await client.post("/you/look", data={"look": "DARK"})
    await client.get("/you")
    client.cookies.delete("ithaca")
    assert 'data-theme="dark"' in (await client.get("/sign-in")).text
    stranger = await client_of(None)
    for made_up in ("hotpink", "system", '"><script>'):
        page = await stranger.get("/sign-in", headers={"Cookie": f"ithaca_look={made_up}"})
        assert '<html lang="en-GB" dir="ltr">' in page.text


async def test_a_language_is_chosen_for_words_and_dates(pair, client_of):
    client = await client_of(pair.mentee)
    await client.post("/you/look", data={"look": "SYSTEM", "language": "pt"})
    assert '<html lang="pt"' in (await client.get("/you")).text
    wrong = await client.post("/you/look", data={"look": "SYSTEM", "language": "not a language"})
    assert wrong.status_code == 422
    assert 'href="#language"' in wrong.text
    card = await client.post("/you/look", data={"look": "DARK", "language": "not a language"}, headers=HTMX)
    assert (card.status_code, "<html" in card.text, 'href="#language"' in card.text) == (422, False, True)
    assert one(read(card.text), ".//section[@id='look']//input[@value='DARK']").get("checked") is not None
    assert "Your times" not in card.text
    await client.post("/you/look", data={"look": "SYSTEM", "language": ""})
    assert '<html lang="en-GB"' in (await client.get("/you")).text


async def test_a_saved_look_loads_the_page_anew_where_htmx_asks_from_it(pair, client_of):
    client = await client_of(pair.mentee)
    for there, anew in (("/you?was=x#look", "true"), ("/", None)):
        headers = {**HTMX, "HX-Current-URL": f"http://127.0.0.1:8000{there}"}
        answer = await client.post("/you/look", data={"look": "DARK"}, headers=headers)
        assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/you#look")
        assert answer.headers.get("HX-Refresh") == anew


async def test_the_time_zone_says_what_time_it_is_there(pair, client_of):
    page = (await (await client_of(pair.mentee)).get("/you")).text
    assert f"Lisbon, now {clock_time(clock.now(), 'Europe/Lisbon')}" in page


@pytest.mark.parametrize(("agent", "name"), [
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
    ("Mozilla/5.0 (X11; Linux x86_64) Firefox/150", "Firefox on Linux"),
    ("Mozilla/5.0 (Linux; Android 16) Chrome/140 Safari/537", "Chrome on Android"),
    ("curl/8", "A browser"), ("", "A browser"),
])
def test_devices_have_names_that_people_use(agent, name):
    assert device_name(agent) == name


async def test_the_page_costs_the_same_for_one_and_for_thirty(pair, client_of):
    client = await client_of(pair.mentee)
    with queries_run() as few:
        await client.get("/you")
    for number in range(30):
        await factories.competency(pair.organization, f"Skill {number}")
        await people.record_consents(pair.mentee_actor, {RESULTS: bool(number % 2)})
        await open_session(pair.mentee)
    with queries_run() as many:
        await client.get("/you")
    assert len(few) == len(many) <= 22


async def given(pair, purpose: ConsentPurpose) -> bool | None:
    """The mentee's last answer about a purpose."""
    held = await consents_of(pair.mentee_actor, pair.mentee.id)
    return held[purpose].given if purpose in held else None
