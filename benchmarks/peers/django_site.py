"""The Journey page as Django's documentation would have it made: the peer of benchmarks/journey.py.

Its usual middlewares, sessions and users in the database, templates cached, related rows prefetched, asked in process
through its WSGI handler, which is its fastest. What ours does beside and this does not: translation of every word, a
nonce-free content policy, counting who may see what. Nothing of Django's is left out that its own start sets up.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command

HERE = Path(__file__).parent
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware", "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware", "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PROCESSORS = [
    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]


def begin(database: Path, person_id: str) -> Callable[[], bytes]:
    """Set Django up over the database of the product, sign `person_id` in; what asks for the page once."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"   # asked in the thread of our loop, which waits meanwhile
    _configure(database)
    call_command("migrate", verbosity=0, interactive=False)
    key, handler = _signed_in(person_id), WSGIHandler()
    return lambda: _ask(handler, key)


def _configure(database: Path) -> None:
    settings.configure(
        SECRET_KEY="a benchmark's", DEBUG_PROPAGATE_EXCEPTIONS=True,
        ALLOWED_HOSTS=["127.0.0.1"], ROOT_URLCONF="benchmarks.peers.django_views",
        INSTALLED_APPS=[
            "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
            "django.contrib.messages", "benchmarks.peers",
        ],
        MIDDLEWARE=MIDDLEWARE, USE_TZ=True, USE_I18N=False, DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(database), "CONN_MAX_AGE": None}},
        TEMPLATES=[{
            "BACKEND": "django.template.backends.django.DjangoTemplates", "DIRS": [HERE / "templates"],
            "OPTIONS": {"context_processors": PROCESSORS},
        }],
    )
    django.setup()


def _signed_in(person_id: str) -> str:
    """The key of a session in which that person is signed in."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: PLC0415  # after setup
    from django.contrib.auth.models import User  # noqa: PLC0415  # after setup
    from django.contrib.sessions.backends.db import SessionStore  # noqa: PLC0415  # after setup

    user, session = User.objects.create_user(person_id), SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(user.pk), user.get_session_auth_hash()
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()
    return str(session.session_key)


def _ask(handler: WSGIHandler, key: str) -> bytes:
    status: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": "", "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_COOKIE": f"sessionid={key}",
        "HTTP_HOST": "127.0.0.1:8000", "HTTP_ACCEPT_ENCODING": "gzip", "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(), "wsgi.url_scheme": "http", "wsgi.version": (1, 0), "wsgi.multithread": False,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }
    answer = handler(environ, lambda said, _headers: status.append(said))
    try:
        body = b"".join(answer)
    finally:
        answer.close()
    assert status == ["200 OK"], status
    return body
