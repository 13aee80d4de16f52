"""The web face: every screen's routes, what stands before them, and what becomes of a refusal.

A new screen exports `routes` and adds its module to SCREENS, where people must be signed in, or to DOORS.
"""

import logging
from types import ModuleType

from starlette.middleware import Middleware
from starlette.middleware.gzip import DEFAULT_EXCLUDED_CONTENT_TYPES, GZipMiddleware
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.kernel.log import note
from web import (
    answer,
    asking,
    attending,
    brand,
    checkin,
    circle,
    colleague,
    consents,
    demo,
    extending,
    goals,
    guides,
    happened,
    join,
    journey,
    kept,
    leaving,
    letter,
    look,
    mailbox,
    match,
    messages,
    offers,
    offline,
    one_more,
    program_file,
    push_key,
    reaching,
    session,
    sign_in,
    survey,
    survey_answers,
    survey_link,
    survey_open,
    tap,
    team,
    times,
    told,
    training,
    unsubscribe,
    waiting,
    you,
)
from web.assets import serve_asset
from web.console import (
    beginning,
    by_hand,
    comparing,
    conflicts,
    decisions,
    delivery,
    eligibility,
    hiring,
    imports,
    inviting,
    learning,
    more,
    pairs,
    people,
    programs,
    runs,
    supply,
    surveys,
    today,
    trial,
    wordings,
)
from web.console import circles as console_circles
from web.console import matches as console_matches
from web.console.building import audience as build_audience
from web.console.building import dates as build_dates
from web.console.building import files as build_files
from web.console.building import joining as build_joining
from web.console.building import launch as build_launch
from web.console.building import matching as build_matching
from web.console.building import messages as build_messages
from web.console.building import own as build_own
from web.console.building import resources as build_resources
from web.console.building import surveys as build_surveys
from web.console.building import terms as build_terms
from web.console.building import training as build_training
from web.errors import MACHINES, refusal
from web.limits import Limits
from web.security import SameOrigin, SecurityHeaders
from web.sign_in import SignIn, signed_in_only

DOORS: tuple[ModuleType, ...] = (
    brand, sign_in, letter, demo, mailbox, offline, push_key, tap, answer, survey_link, unsubscribe,
)
"""Screens that anybody may see."""
BUILDER: tuple[ModuleType, ...] = (
    build_dates,
    build_joining,
    build_surveys,
    build_training,
    build_audience,
    build_launch,
    build_matching,
    build_messages,
    build_own,
    build_resources,
    build_files,
    build_terms,
)
"""The parts of the builder, one in a line; their order in its list is that of web/console/building/outline.py."""
SCREENS: tuple[ModuleType, ...] = (
    asking, attending, beginning, by_hand, checkin, circle, colleague, comparing, conflicts, consents, console_circles,
    console_matches, decisions, delivery, eligibility, extending, goals, guides, happened, hiring, imports, inviting,
    join, journey, kept, learning, leaving, look, match, messages, more, offers, one_more, pairs, people, program_file,
    programs, reaching, runs, session, supply, survey, survey_answers, survey_open, surveys, team, times, today, told,
    training, trial, waiting, wordings, you, *BUILDER,
)
"""Screens of signed-in people."""
NOT_PACKED = (*DEFAULT_EXCLUDED_CONTENT_TYPES, "application/*")
"""Answers that leave as they are: files, streams and data for machines. Static files come packed already.

Packing pages tells an attacker nothing (BREACH): no page repeats a lasting secret - the session's is in its cookie
alone, a form key is new on each page - and SameSite keeps the cookie out of what another site asks for in bulk.
"""
BY_MAIL = ("/unsubscribe",)
"""Where a mail program posts, from no page of ours (RFC 8058): the link's own key says for whom, and what it does."""
NOBODY = (
    "/healthz", "/readyz", "/static", "/brand", "/offline", "/sw.js", "/manifest.webmanifest", "/icon", "/favicon.ico",
    "/apple-touch-icon.png",
)
"""Prefixes of what is the same for everybody: nobody is asked for, so nobody's name can stand in it.

It costs next to nothing, and so it is answered whatever the crowd.
"""


class Surprises:
    """An error nobody expected becomes a page with every header; its place in the code goes to the log, no value."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = False

        async def send_noted(message: Message) -> None:
            nonlocal began
            began = began or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        except Exception as error:
            if began or scope["type"] != "http":
                raise
            note("web.surprise", level=logging.ERROR, caught=error, method=scope["method"])
            await refusal(Request(scope, receive), error)(scope, receive, send)


routes: list[BaseRoute] = [
    Mount("/static", serve_asset, name="static"),
    *(route for screen in DOORS for route in screen.routes),
    *signed_in_only(route for screen in SCREENS for route in screen.routes),
]
FILES = tuple(
    (route.path_regex, most) for screen in SCREENS for route in screen.routes
    if (most := getattr(route.app, "max_body_size", None))
)
"""Addresses that take files, each with the bytes it takes: what a route names as its own `max_body_size`."""
middleware = [
    Middleware(SecurityHeaders),
    Middleware(Limits, free=NOBODY, files=FILES),
    Middleware(GZipMiddleware, minimum_size=1024, compresslevel=6, exclude_content_types=NOT_PACKED),
    Middleware(Surprises),
    Middleware(SignIn, without=NOBODY, frameless=MACHINES),
    Middleware(SameOrigin, open_paths=BY_MAIL),
]
