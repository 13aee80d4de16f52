"""Who is there: cookies, the guard, the way back, and what a page knows of its reader."""

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from server.access.actions import end_sessions, open_session
from server.access.models import UserSession
from server.kernel import clock
from server.kernel.errors import Unavailable
from server.kernel.text import language, use_language
from server.matches.states import MatchState
from server.messaging.actions import send_message
from server.people.actions import set_look
from server.people.states import Look
from tests import factories
from tests.conftest import environment
from tests.queries import queries_run
from tests.web.conftest import HOME, HTMX, browser
from web.sign_in import SignIn, own_path, signed_in_only, viewer_for

OWN = ["/", "/join/rising-leads", "/match/7?slot=2", "/console/matches"]
FOREIGN = [
    "", "//evil.test", "https://evil.test/", "/\\evil.test", "\\\\evil.test", "javascript:alert(1)", "/a\nb", "join",
    "/sign-in", "/sign-out", "/demo", "/" + "x" * 600,
]


@pytest.mark.parametrize("path", OWN)
def test_a_path_of_ours_is_where_one_goes_on(path):
    assert own_path(path) == path


@pytest.mark.parametrize("path", FOREIGN)
def test_no_other_path_is(path):
    assert own_path(path) == ""


async def test_the_middleware_puts_actor_person_and_viewer_on_the_request(db):
    pair = await factories.active_match()
    told = await told_by(await open_session(pair.mentor), "/page")
    assert told == {
        "actor": str(pair.mentor.id), "person": "Idris Brightwater", "viewer": "Idris Brightwater",
    }


async def test_nobody_is_there_without_a_session(db):
    nobody = {"actor": None, "person": None, "viewer": None}
    assert await told_by("", "/page") == nobody
    assert await told_by("not-a-secret", "/page") == nobody


async def test_machines_get_an_actor_but_no_viewer_and_files_nothing(db):
    pair = await factories.active_match()
    secret = await open_session(pair.mentor)
    assert (await told_by(secret, "/graphql"))["viewer"] is None
    assert (await told_by(secret, "/graphql"))["actor"] == str(pair.mentor.id)
    with queries_run() as ran:
        assert (await told_by(secret, "/static/app.js"))["actor"] is None
    assert ran == []


async def test_on_https_only_the_host_bound_cookie_counts(db):
    pair = await factories.active_match()
    secret = await open_session(pair.mentor)
    assert (await told_by(secret, "/page", base="https://ithaca.test"))["actor"] is None
    found = await told_by(secret, "/page", base="https://ithaca.test", cookie="__Host-ithaca")
    assert found["actor"] == str(pair.mentor.id)


async def test_the_viewer_says_where_one_takes_part(db):
    pair = await factories.active_match()
    await set_look(pair.mentor_actor, Look.DARK)
    viewer = await viewer_for(pair.mentor_actor, pair.mentor, "/")
    assert (viewer.organization_name, viewer.program_name) == ("Harbourline", "Rising Leads")
    assert (viewer.roles, viewer.theme, viewer.zone) == (frozenset({"mentor"}), "dark", "Africa/Nairobi")


async def test_the_console_counts_what_waits_for_a_word(db):
    pair = await factories.active_match(state=MatchState.DRAFT)
    assert (await viewer_for(pair.manager_actor, pair.manager, "/console")).waiting == 1
    assert (await viewer_for(pair.manager_actor, pair.manager, "/")).waiting == 0
    assert (await viewer_for(pair.mentor_actor, pair.mentor, "/console")).waiting == 0


async def test_words_that_were_not_read_are_counted(db):
    pair = await factories.active_match()
    await send_message(pair.mentee_actor, pair.match.id, "Thursday still works for me.")
    assert (await viewer_for(pair.mentor_actor, pair.mentor, "/")).unread == 1
    assert (await viewer_for(pair.mentee_actor, pair.mentee, "/")).unread == 0


async def test_the_frame_costs_the_same_however_much_one_takes_part(db):
    pair = await factories.active_match()
    with queries_run() as few:
        await viewer_for(pair.mentor_actor, pair.mentor, "/")
    for _number in range(30):
        run = await factories.cohort(await factories.program(pair.organization))
        await factories.enrollment(run, pair.mentor, pair.mentor_enrollment.role)
    with queries_run() as many:
        await viewer_for(pair.mentor_actor, pair.mentor, "/")
    assert len(few) == len(many) == 4


async def test_a_signed_out_person_is_shown_the_door_and_the_way_back(guarded):
    answer = await guarded.get("/secret?tab=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/secret%3Ftab%3D2")


async def test_htmx_goes_to_the_door_with_the_page_that_is_seen(guarded):
    answer = await guarded.get("/secret", headers={**HTMX, "HX-Current-URL": f"{HOME}/journey"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (204, "/sign-in?next=/journey")


async def test_what_a_signed_out_person_sends_is_not_taken_and_they_are_told(guarded):
    answer = await guarded.post("/secret", data={"words": "typed"}, headers={"Referer": f"{HOME}/secret"})
    assert answer.status_code == 401
    assert "You are signed out, so nothing was saved." in answer.text
    assert "/demo?next=" not in answer.text


async def test_the_door_gives_back_what_a_signed_out_person_typed(guarded):
    answer = await guarded.post("/secret", data={"body": "It went well, <thank you>."})
    assert "It went well, &lt;thank you&gt;." in answer.text
    assert "<textarea" not in (await guarded.post("/secret", files={"file": b"a b"}, data={"body": "a b"})).text
    assert "<textarea" not in (await guarded.get("/sign-in")).text


async def test_htmx_keeps_what_was_typed_and_says_so(guarded):
    answer = await guarded.post("/secret", data={"words": "typed"}, headers=HTMX)
    assert answer.status_code == 401
    assert answer.headers["x-message"].startswith("You%20are%20signed%20out")


async def test_what_was_typed_comes_back_when_the_database_goes_away_after_it_said_who_it_is(db, monkeypatch):
    async def away(*_given):
        raise Unavailable("We are away for a moment.")

    pair = await factories.active_match()
    monkeypatch.setattr("web.sign_in.unread_count", away)
    async with browser({"ithaca": await open_session(pair.mentor)}, breaks=False) as client:
        answer = await client.post(f"/messages/{pair.match.id}", data={"body": "It went well, thank you."})
    assert (answer.status_code, "It went well, thank you." in answer.text) == (503, True)


async def test_the_door_is_honest_where_no_mail_can_leave(client_of):
    client = await client_of(None)
    answer = await client.get("/sign-in")
    assert "Nobody can sign in." in answer.text
    assert "/demo" not in answer.text


async def test_in_a_demonstration_the_door_leads_to_its_people(client_of):
    with environment(ITHACA_DEMO="true"):
        client = await client_of(None)
        assert 'href="/demo?next=%2Fjourney"' in (await client.get("/sign-in?next=/journey")).text
        assert "next" not in (await client.get("/sign-in?next=//evil.test")).text


async def test_whoever_is_in_goes_on(client_of):
    pair = await factories.active_match()
    client = await client_of(pair.mentor)
    assert (await client.get("/sign-in?next=/you")).headers["location"] == "/you"
    assert (await client.get("/sign-in?next=//evil.test")).headers["location"] == "/"


async def test_signing_out_ends_the_session_and_takes_the_cookie(client_of):
    pair = await factories.active_match()
    client = await client_of(pair.mentor)
    answer = await client.post("/sign-out")
    assert answer.headers["location"] == "/sign-in"
    assert 'ithaca=""; HttpOnly; Max-Age=0' in answer.headers["set-cookie"]
    assert (await UserSession.get(person=pair.mentor)).revoked_at is not None
    assert (await client.get("/sign-out")).status_code == 405


@pytest.fixture
async def guarded(db):
    """A browser of a screen that needs somebody."""

    async def show(request: Request) -> JSONResponse:
        return JSONResponse("shown")

    screen = signed_in_only([Route("/secret", show, methods=["GET", "POST"])])
    app = Starlette(routes=screen, middleware=[Middleware(SignIn)])
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=HOME) as client:
        yield client


async def told_by(secret: str, path: str, base: str = HOME, cookie: str = "ithaca") -> dict[str, str | None]:
    """What the request knows, behind the middleware."""

    async def tell(request: Request) -> JSONResponse:
        state = request.state
        return JSONResponse({
            "actor": state.actor and state.actor.id, "person": state.person and state.person.full_name,
            "viewer": state.viewer and state.viewer.person_name,
        })

    app = Starlette(
        routes=[Route("/{rest:path}", tell)],
        middleware=[Middleware(SignIn, without=("/static",), frameless=("/graphql",))],
    )
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=base, cookies={cookie: secret}) as client:
        return (await client.get(path)).json()


async def test_what_an_action_refuses_is_said_in_the_persons_language(db):
    async def speak(request: Request) -> JSONResponse:
        return JSONResponse(language())

    noor = await factories.person(await factories.organization(), language="ar")
    app = Starlette(routes=[Route("/", speak)], middleware=[Middleware(SignIn)])
    cookies = {"ithaca": await open_session(noor)}
    with use_language("en-GB"):
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=HOME, cookies=cookies) as client:
            assert (await client.get("/")).json() == "ar"


async def test_a_browser_signed_out_from_elsewhere_is_told_to_forget(db, client_of):
    pair = await factories.active_match()
    for method, headers in (("GET", {}), ("POST", {}), ("POST", HTMX)):
        client = await client_of(pair.mentee)
        await end_sessions(pair.mentee_actor, pair.mentee.id)
        answer = await client.request(method, f"/messages/{pair.match.id}", headers=headers)
        assert answer.headers["clear-site-data"] == '"storage"', (method, headers)
        assert [one.partition("=")[0] for one in answer.headers.get_list("set-cookie") if '=""' in one] == [
            "ithaca", "ithaca_who",
        ]


async def test_one_whose_session_ran_out_forgets_nothing(db, client_of):
    pair = await factories.active_match()
    client = await client_of(pair.mentee)
    await UserSession.filter(person_id=pair.mentee.id).update(expires_at=clock.now())
    answer = await client.post(f"/messages/{pair.match.id}", headers=HTMX)
    assert (answer.status_code, "clear-site-data" in answer.headers) == (401, False)
