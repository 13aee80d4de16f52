"""The words of a message, made when it is sent: one template for each kind, laid out as plain text and as HTML.

A template gives parts (subject, heading, words, moment, button, because), each rendered twice, so that the text and the
HTML of a letter can never say different things. A notification has the subject and one sentence, `pushed`. Where a
programme has words of its own, those are subject, heading, words and what is pushed; button and moment stay.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from server.access.letters.marks import code_of
from server.journey.reporting import words as team_words
from server.kernel import clock
from server.kernel.dates import day, day_and_year, hour, in_numbers, length, moment, place_of
from server.kernel.settings import settings
from server.kernel.text import clean, direction, gettext, language, ngettext, pgettext
from server.notifications.catalogue import Kind
from server.notifications.catalogue.kinds import own_of
from server.notifications.optout.links import stop_url
from server.notifications.scene import Scene
from server.notifications.told.links import from_message
from server.notifications.wording.words import filled
from server.programs.branding.colours import look_of
from server.programs.branding.setup import AS_USUAL, branding_of

TEMPLATES = Path(__file__).parent / "templates"
CUT = "\x1f"
PARTS = ("subject", "heading", "words", "moment", "button", "because", "pushed")


@dataclass(frozen=True, slots=True)
class Link:
    """A button of a letter: its words, and the whole address that it opens."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words: its subject line, and the same content as plain text and as HTML.

    `stop_url`: the address that ends such letters; "" for those that always go.
    """

    subject: str
    text: str
    html: str
    stop_url: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """A message as somebody would read it, before it is laid out: `moment` and `pushed` may be empty."""

    subject: str
    paragraphs: tuple[str, ...]
    moment: str
    button: str
    pushed: str
    language: str


def letter(kind: Kind, scene: Scene, taps: Sequence[Link] = (), also: Sequence[Link] = ()) -> Letter:
    """The letter for `scene` in the recipient's language and zone, its button leading to the exact screen.

    `taps`: what can be answered by one tap, before that button; `also`: what else waits, after it.
    """
    with scene.voice():
        values = {**_values(kind, scene), "taps": taps, "also": also}
        plain, marked = _parts(TEXT, kind, values, scene), _parts(HTML, kind, values, scene)
        return Letter(
            subject=one_line(plain["subject"]),
            text=_laid_out(TEXT, "layout.txt", values, plain),
            html=_laid_out(HTML, "layout.html", values, marked),
            stop_url=str(values["stop_url"]),
        )


def line(kind: Kind, scene: Scene) -> Link:
    """What a message asks for in one line of another one's letter, in the recipient's language."""
    with scene.voice():
        values = _values(kind, scene)
        return Link(one_line(_parts(TEXT, kind, values, scene)["subject"]), str(values["url"]))


def preview(kind: Kind, scene: Scene) -> Preview:
    """What somebody would read, in the recipient's language: for who prepares a programme."""
    with scene.voice():
        parts = _template_parts(TEXT, kind, _values(kind, scene), scene)
        said = {name: one_line(parts[name]) for name in ("subject", "moment", "button", "pushed")}
        return Preview(paragraphs=tuple(_paragraphs(parts["words"])), language=scene.language, **said)


def notification(kind: Kind, scene: Scene) -> tuple[str, str]:
    """The title and the one sentence with which a browser shows the message, in the recipient's language."""
    with scene.voice():
        plain = _parts(TEXT, kind, _values(kind, scene), scene)
        return one_line(plain["subject"]), one_line(plain["pushed"])


def one_line(text: str) -> str:
    """`text` without line breaks and control characters: a header can hold one line only."""
    return " ".join(clean(text).split())


def _values(kind: Kind, scene: Scene) -> dict[str, object]:
    zone = scene.person.zone
    brand = branding_of(scene.program.branding) if scene.cohort else AS_USUAL
    return {
        "brand": brand, "look": look_of(brand.accent) if brand.accent else None,
        "CUT": CUT, "own": own_of(scene), "scene": scene, "person": scene.person, "organization": scene.organization,
        "program": scene.program if scene.cohort else None, "cohort": scene.cohort,
        "partner": scene.partner if scene.match else None, "code": _spaced_code(scene),
        "url": settings().public_url + _link(kind, scene), "settings_url": settings().public_url + "/you",
        "stop_url": "" if scene.tester else stop_url(scene.person.id, kind.message_class),
        "today": clock.today(zone), "lang": language(), "direction": direction(language()),
        "day": partial(day, zone=zone), "hour": partial(hour, zone=zone), "when": partial(moment, zone=zone),
        "day_in": day, "hour_in": hour, "moment_in": moment, "place_of": place_of,
        "day_and_year": partial(day_and_year, zone=zone), "length_of": length,
        "numbers_of": partial(in_numbers, zone=zone), "team": team_words,
    }


def _link(kind: Kind, scene: Scene) -> str:
    """Where the button leads; a link that signs in stays as it is."""
    link = kind.link(scene)
    return link if scene.sign_in else from_message(link, scene.message.id)


def _spaced_code(scene: Scene) -> str:
    """The digits that sign in, in two groups that are easy to carry over; "" in any other letter."""
    code = code_of(scene.sign_in.id) if scene.sign_in else ""
    return f"{code[:3]} {code[3:]}".strip()


def _laid_out(env: Environment, layout: str, values: dict[str, object], parts: dict[str, str]) -> str:
    return env.get_template(layout).render({**values, **parts, "words": _paragraphs(parts["words"])})


def _parts(env: Environment, kind: Kind, values: dict[str, object], scene: Scene) -> dict[str, str]:
    parts = _template_parts(env, kind, values, scene)
    return _marked(parts, scene) if scene.tester else parts


def _template_parts(env: Environment, kind: Kind, values: dict[str, object], scene: Scene) -> dict[str, str]:
    """The rendered parts of a kind's template, with the programme's own words in their places; one that a template
    leaves out is empty."""
    rendered = env.get_template(f"{kind.template}.jinja").render(values)
    made = zip(PARTS, (part.strip() for part in rendered.split(CUT)), strict=True)
    parts = {name: Markup(part) if env is HTML else part for name, part in made}  # noqa: S704  # escaped by HTML
    return parts | {name: escape(part) if env is HTML else part for name, part in _own(kind, scene).items()}


def _own(kind: Kind, scene: Scene) -> dict[str, str]:
    """The parts that a programme has words of its own for. A notification shows the first paragraph."""
    own = filled(kind.key, scene)
    if own is None:
        return {}
    words = "\n\n".join(own.paragraphs)
    return {"subject": own.subject, "heading": own.subject, "words": words, "pushed": own.paragraphs[0]}


def _marked(parts: dict[str, str], scene: Scene) -> dict[str, str]:
    """A letter that is only tried says so twice: in its subject, and before anything else."""
    whole = type(parts["words"])
    note = gettext("This is a test. %(name)s would get it as follows.")
    words = whole("%s\n\n%s") % (whole(note) % {"name": scene.person.full_name}, parts["words"])
    return parts | {"subject": whole(gettext("Test: %s")) % parts["subject"], "words": words}


def _paragraphs(words: str) -> list[str]:
    """The paragraphs of a part: lines between empty lines, joined. Markup stays markup."""
    of = type(words)
    return [of(one_line(piece)) for piece in words.replace("\r", "").split("\n\n") if piece.strip()]


def _environment(*, autoescape: bool) -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, extensions=["jinja2.ext.i18n"], cache_size=-1,
        auto_reload=False,  # else each letter asks the disk whether any of its templates has changed
        autoescape=autoescape,  # noqa: S701  # the plain part is not HTML
    )
    cast(Any, env).install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext)
    return env


TEXT = _environment(autoescape=False)
HTML = _environment(autoescape=True)
