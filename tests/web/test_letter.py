"""Signing in by mail on screen: the address, the code, the link, and the same answer for everybody."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from server.access.actions import open_session
from server.access.letters.actions import AT_THE_DOOR, write_letters
from server.access.letters.marks import code_of, link_key_of
from server.access.models import SignInLetter, SignInRequest, UserSession
from server.access.queries import session_actor
from server.kernel import clock
from server.kernel.ids import new_id
from server.kernel.jobs import drain
from server.kernel.settings import settings
from server.notifications import sink
from server.notifications.channels import gate
from server.notifications.told.links import from_message, with_its_place
from server.people.states import PersonStatus
from tests import factories
from tests.conftest import environment
from tests.web.conftest import HOME, HTMX, _web_face
from tests.web.drawing import read

ADDRESS = "noor@example.test"


@pytest.fixture
def mailing():
    """An installation with a mail server, which nothing is sent to here."""
    with environment(ITHACA_SMTP_HOST="mail.example.test", ITHACA_BASE_URL=HOME):
        yield


@pytest.fixture
async def noor(db, mailing):
    return await factories.person(await factories.organization(), email=ADDRESS)


async def asked(client, address=ADDRESS, onward=""):
    """The letters that follow an address typed in this browser."""
    answer = await client.post("/sign-in", data={"email": address, "next": onward})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code")
    request = (await SignInRequest.all().order_by("-created_at", "-id"))[0]
    await write_letters(AT_THE_DOOR, request.id)
    return await SignInLetter.filter(request_id=request.id).order_by("id")


def wrong(letters):
    right = {code_of(letter.id) for letter in letters}
    return next(code for code in ("000000", "000001", "000002") if code not in right)


async def test_the_door_asks_for_an_address_and_no_password(client_of, mailing):
    tree = read((await (await client_of(None)).get("/sign-in?next=/you")).text)
    fields = {box.get("name"): box for box in tree.iter("input")}
    assert set(fields) == {"email", "next"}
    assert (fields["email"].get("type"), fields["email"].get("autocomplete")) == ("email", "username")
    assert fields["next"].get("value") == "/you"


async def test_the_code_field_is_one_that_phones_fill_in_and_takes_pasted_spaces(client_of, noor):
    client = await client_of(None)
    (letter,) = await asked(client)
    page = await client.get("/sign-in/code")
    box = next(box for box in read(page.text).iter("input") if box.get("name") == "code")
    assert (box.get("autocomplete"), box.get("inputmode"), box.get("maxlength")) == ("one-time-code", "numeric", None)
    code = code_of(letter.id)
    answer = await client.post("/sign-in/code", data={"code": f" {code[:3]} {code[3:]} "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "ithaca_code" not in client.cookies
    held = [line for line in answer.headers.get_list("set-cookie") if line.startswith("ithaca=")]
    assert "HttpOnly" in held[0]
    assert (await session_actor(client.cookies["ithaca"]))[1].id == noor.id


@pytest.mark.parametrize("onward", ["/you", "//evil.test", "/sign-in", ""])
async def test_one_goes_on_where_one_was_going_within_the_product(client_of, noor, onward):
    client = await client_of(None)
    (letter,) = await asked(client, onward=onward)
    answer = await client.post("/sign-in/code", data={"code": code_of(letter.id)})
    assert answer.headers["location"] == ("/you" if onward == "/you" else "/")


@pytest.mark.parametrize("link", ["/#next-01", "/messages/00000000-0000-7000-8000-000000000000#latest", "/you"])
async def test_who_signs_in_from_a_letter_comes_to_the_place_on_the_page_that_it_leads_to(client_of, noor, link):
    """A browser tells no server what follows the sharp."""
    whole = from_message(link, new_id())
    path = whole.partition("#")[0]
    client = await client_of(None)
    turned_away = (await client.get(path)).headers["location"]
    (letter,) = await asked(client, onward=parse_qs(urlsplit(turned_away).query)["next"][0])
    answer = await client.post("/sign-in/code", data={"code": code_of(letter.id)})
    assert answer.headers["location"] == whole
    again = await client.get(turned_away)
    assert again.headers["location"] == whole, "who is in already goes on as well"


def test_a_place_that_is_none_leads_to_the_page():
    for given in ("/", "/?at=", "/?at=A%20b", "/?at=%22%3E", "/?at=x%0Ay", "/?told=1"):
        assert with_its_place(given) == given


async def test_every_address_is_answered_with_the_same_page(client_of, noor):
    organization = await factories.organization()
    await factories.person(organization, email="left@example.test", status=PersonStatus.ENDED)
    await factories.person(organization, email=ADDRESS)
    pages = set()
    for address in (ADDRESS, "left@example.test", "nobody@example.test"):
        client = await client_of(None)
        letters = await asked(client, address)
        for answer in (await client.get("/sign-in/code"), await client.post("/sign-in/code", data={
            "code": wrong(letters)
        })):
            pages.add((answer.status_code, answer.text.replace(address, "ADDRESS")))
    assert len(pages) == 2


async def test_a_wrong_code_says_how_many_tries_are_left_and_the_last_one_ends_it(client_of, noor):
    client = await client_of(None)
    letters = await asked(client, onward="/you")
    answer = await client.post("/sign-in/code", data={"code": wrong(letters)})
    assert answer.status_code == 422
    assert "<title>Fix one thing: Type your code - Ithaca</title>" in answer.text
    assert "fit. 4 tries left." in answer.text
    for _try in range(4):
        answer = await client.post("/sign-in/code", data={"code": wrong(letters)})
    assert answer.status_code == 409
    for page in (answer, await client.get("/sign-in/code")):
        fields = {box.get("name"): box.get("value") for box in read(page.text).iter("input")}
        assert fields == {"email": ADDRESS, "next": "/you"}
        assert "That was the last try" in page.text
    right = await client.post("/sign-in/code", data={"code": code_of(letters[0].id)})
    assert right.status_code == 409
    assert "ithaca" not in client.cookies


async def test_an_old_and_a_used_code_are_named(client_of, noor):
    client = await client_of(None)
    (letter,) = await asked(client)
    held = client.cookies["ithaca_code"]
    await client.post("/sign-in/code", data={"code": code_of(letter.id)})
    client.cookies.set("ithaca_code", held)
    assert "That code was used" in (await client.post("/sign-in/code", data={"code": code_of(letter.id)})).text
    (letter,) = await asked(client)
    clock.move(timedelta(minutes=15))
    answer = await client.post("/sign-in/code", data={"code": code_of(letter.id)})
    assert (answer.status_code, "That code is old" in answer.text) == (409, True)


async def test_whoever_asked_for_nothing_is_sent_to_the_door(client_of, mailing):
    client = await client_of(None)
    assert (await client.get("/sign-in/code")).headers["location"] == "/sign-in"
    assert (await client.post("/sign-in/code", data={"code": "123456"})).headers["location"] == "/sign-in"


async def test_what_is_no_address_is_given_back_with_its_error(client_of, mailing):
    answer = await (await client_of(None)).post("/sign-in", data={"email": "noor", "next": "/you"})
    assert answer.status_code == 422
    assert 'value="noor"' in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'name="next" value="/you"' in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX])
async def test_too_many_mails_are_refused_with_words_and_a_time(client_of, noor, headers):
    client = await client_of(None)
    for _time in range(5):
        await client.post("/sign-in", data={"email": ADDRESS})
    answer = await client.post("/sign-in", data={"email": ADDRESS}, headers=headers)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= 901
    assert "Enough mails are on their way." in answer.text


async def test_a_link_needs_a_persons_press(client_of, noor):
    (letter,) = await asked(await client_of(None), onward="/you")
    path, key = f"/sign-in/link/{letter.id}", link_key_of(letter.id)
    reader = await client_of(None)
    for _time in range(3):
        page = await reader.get(f"{path}?key={key}")
        assert "Sign in as Noor Saltmarsh" in page.text
    scanner = httpx2.AsyncClient(transport=httpx2.ASGITransport(_web_face(breaks=True)), base_url=HOME)
    assert (await scanner.head(f"{path}?key={key}")).status_code == 200
    assert await UserSession.all().count() == 0
    answer = await reader.post(path, data={"key": key})
    assert (answer.status_code, answer.headers["location"]) == (303, "/you")
    assert (await session_actor(reader.cookies["ithaca"]))[1].id == noor.id
    again = await reader.post(path, data={"key": key})
    assert (again.status_code, "This link was used, or is old" in again.text) == (409, True)
    assert "This link was used, or is old" in (await reader.get(f"{path}?key={key}")).text


async def test_a_link_with_another_key_is_not_found_and_names_nobody(client_of, noor):
    (letter,) = await asked(await client_of(None))
    client = await client_of(None)
    for key in ("", "x", "é", "x" * 500):
        page = await client.get(f"/sign-in/link/{letter.id}", params={"key": key})
        assert (page.status_code, "Noor" in page.text) == (404, False)
        assert (await client.post(f"/sign-in/link/{letter.id}", data={"key": key})).status_code == 404


async def test_the_session_is_a_new_one_and_the_one_before_it_ends(client_of, noor):
    client = await client_of(noor)
    before = client.cookies["ithaca"]
    (letter,) = await asked(client)
    answer = await client.post(f"/sign-in/link/{letter.id}", data={"key": link_key_of(letter.id)})
    after = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("ithaca="))
    assert before not in after
    assert await session_actor(before) is None


async def test_a_planted_session_is_not_taken_over(client_of, noor):
    """Session fixation: what the browser held before it signed in signs nobody in afterwards."""
    client = await client_of(None)
    client.cookies.set("ithaca", "planted")
    (letter,) = await asked(client)
    await client.post("/sign-in/code", data={"code": code_of(letter.id)})
    assert await session_actor("planted") is None


async def test_on_https_the_waiting_browser_is_bound_to_the_host(client_of, noor):
    client = await client_of(None)
    answer = await client.post(
        "https://127.0.0.1:8000/sign-in", data={"email": ADDRESS}, headers={"Origin": "https://127.0.0.1:8000"}
    )
    held = next(line for line in answer.headers.get_list("set-cookie") if "code" in line)
    assert held.startswith("__Host-ithaca-code=")
    assert "Secure" in held
    assert "Path=/" in held


async def test_another_sites_form_asks_for_nothing(client_of, noor):
    client = await client_of(None)
    answer = await client.post("/sign-in", data={"email": ADDRESS}, headers={"Origin": "https://evil.test"})
    assert answer.status_code == 403
    assert await SignInRequest.all().count() == 0


async def test_a_signed_out_persons_page_leads_back_after_the_mail(client_of, noor):
    client = await client_of(None)
    where = (await client.get("/you")).headers["location"]
    assert 'name="next" value="/you"' in (await client.get(where)).text


async def test_in_a_demonstration_the_mail_lies_in_its_mailbox_with_a_link_that_works(client_of, db):
    gate.SMTP_GATE.passed()
    with environment(ITHACA_DEMO="true", ITHACA_SMTP_HOST="", ITHACA_BASE_URL=HOME):
        async with sink.running(settings()):
            pair = await factories.active_match(await factories.organization(is_demo=True))
            client = await client_of(None)
            door = (await client.get("/sign-in")).text
            assert 'href="/demo"' in door
            assert 'name="email"' in door
            await client.post("/sign-in", data={"email": pair.mentee.email})
            await drain()
            letter = (await SignInLetter.all())[0]
            box = (await client.get("/demo/mailbox")).text
            code = code_of(letter.id)
            assert f"{code[:3]} {code[3:]}" in box
            link = f"/sign-in/link/{letter.id}?key={link_key_of(letter.id)}"
            assert f'href="{link}"' in box
            assert "Sign in as Noor Saltmarsh" in (await client.get(link)).text


async def test_a_signed_in_person_may_still_use_a_link(client_of, noor):
    other = await factories.person(await factories.organization(), given_name="Kofi")
    client = await client_of(None)
    client.cookies.set("ithaca", await open_session(other))
    (letter,) = await asked(await client_of(None))
    await client.post(f"/sign-in/link/{letter.id}", data={"key": link_key_of(letter.id)})
    assert (await UserSession.get(person_id=other.id)).revoked_at is not None
