"""The link that ends letters, as mail programs, scanners and people use it."""

import re

from server.kernel.facts import AuditEvent
from server.notifications.optout.links import stop_url
from server.notifications.states import MessageClass
from server.people.models import Profile
from server.people.states import PersonStatus
from tests import factories
from tests.web.drawing import read

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BY_MAIL = {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site", "Referer": "https://mail.example/inbox"}
OFF = ["NUDGE:mail"]


def link_to(person, message_class=MessageClass.NUDGE):
    return stop_url(person.id, message_class).removeprefix("http://127.0.0.1:8000")


async def off(person):
    found = await Profile.get_or_none(person=person)
    return found.muted_kinds if found else []


def form_of(html):
    """Where the page's form goes, and what it sends."""
    (form,) = [one for one in read(html).iter("form") if one.get("method") == "post"]
    return form.get("action"), {one.get("name"): one.get("value") for one in form.iter("input")}


async def test_a_mail_program_ends_it_at_once_with_nothing_but_the_link(db, client_of):
    pair, client = await factories.active_match(), await client_of(None)
    del client.headers["Origin"]
    for sent in (
        {"data": ONE_CLICK}, {"files": {"List-Unsubscribe": (None, "One-Click")}},
        {"data": ONE_CLICK, "headers": BY_MAIL},
    ):
        await Profile.filter(person=pair.mentee).update(muted_kinds=[])
        for _time in range(2):
            done = await client.post(link_to(pair.mentee), **sent)
            assert (done.status_code, await off(pair.mentee), await off(pair.mentor)) == (200, OFF, [])
    assert await AuditEvent.filter(action="mail.switch").count() == 3


async def test_a_scanner_changes_nothing_then_a_person_ends_it_and_takes_it_back(db, client_of):
    pair, client = await factories.active_match(), await client_of(None)
    link = link_to(pair.mentee)
    scanner = await client_of(None)
    scanner.event_hooks = {}   # a head has no page to look at
    assert (await scanner.head(link)).status_code == 200
    opened = await client.get(link)
    assert (opened.status_code, opened.headers["cache-control"], await off(pair.mentee)) == (200, "no-store", [])
    assert form_of(opened.text) == (link, ONE_CLICK)
    done = await client.post(link, data=ONE_CLICK)
    assert (await off(pair.mentee), 'href="/you#reaches"' in done.text) == (OFF, True)
    where, back = form_of(done.text)
    for page in (opened, done, await client.get(link)):
        for known in (pair.mentee.full_name, pair.mentee.email, pair.organization.name, str(pair.mentee.id)):
            assert known not in page.text
    assert (await client.post(where, data=back, headers=BY_MAIL)).status_code == 403
    assert await off(pair.mentee) == OFF
    undone = await client.post(where, data=back)
    assert ("Reminders come by e-mail again" in undone.text, await off(pair.mentee)) == (True, [])


async def test_nothing_else_passes_from_elsewhere(db, client_of):
    pair = await factories.active_match()
    client, link = await client_of(pair.mentee), link_to(pair.mentee)
    query = link.partition("?")[2]
    for method, address, body in (
        ("POST", link, {}), ("POST", link, {"List-Unsubscribe": "Maybe"}),
        ("POST", link, {"List-Unsubscribe": ["One-Click", "One-Click"]}), ("PUT", link, ONE_CLICK),
        ("DELETE", link, ONE_CLICK), ("POST", f"/unsubscribe/?{query}", ONE_CLICK),
        ("POST", f"/unsubscribe/undo?{query}", ONE_CLICK), ("POST", f"/unsubscribed?{query}", ONE_CLICK),
        *(("POST", path, ONE_CLICK) for path in ("/sign-out", "/answer", "/you/messages")),
    ):
        refused = await client.request(method, address, data=body, headers=BY_MAIL)
        assert refused.status_code == (422 if (method, address) == ("POST", link) else 403), address
    assert (await off(pair.mentee), await AuditEvent.filter(action="mail.switch").count()) == ([], 0)


async def test_whoever_is_signed_in_ends_the_letters_of_whom_it_was_written_to(db, client_of):
    pair = await factories.active_match()
    client = await client_of(pair.mentor)
    done = await client.post(link_to(pair.mentee, MessageClass.SURVEY), data=ONE_CLICK)
    assert (done.status_code, await off(pair.mentee), await off(pair.mentor)) == (200, ["SURVEY:mail"], [])


async def test_a_link_that_was_cut_short_is_told_so(db, client_of):
    client = await client_of(None)
    for key in ("", "unknown", "x" * 5_000, "\x00", "é", "AAAA", "=" * 48):
        shown = await client.get("/unsubscribe", params={"key": key})
        sent = await client.post("/unsubscribe", params={"key": key}, data=ONE_CLICK, headers=BY_MAIL)
        taken_back = await client.post("/unsubscribe/undo", data={"key": key})
        for page in (shown, sent, taken_back):
            assert (page.status_code, "This link does nothing any more" in page.text) == (404, True), key


async def test_somebody_who_left_looks_like_a_link_that_was_cut_short(db, client_of):
    pair = await factories.active_match()
    pair.mentee.status = PersonStatus.ENDED
    await pair.mentee.save()
    left, cut = [
        await (await client_of(None)).get(link) for link in (link_to(pair.mentee), "/unsubscribe?key=cut")
    ]
    assert (left.status_code, left.text) == (cut.status_code, cut.text)


async def test_it_speaks_the_language_of_the_letter(db, client_of):
    pair = await factories.active_match()
    pair.mentee.language = "ar"
    await pair.mentee.save()
    shown = await (await client_of(None)).get(link_to(pair.mentee, MessageClass.REPORT))
    assert re.search(r'<html lang="ar" dir="rtl"', shown.text)
