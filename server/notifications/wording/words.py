"""Own words checked while they are written, and filled in when a letter leaves. Whatever was accepted can be filled in.

Names stand in braces, and nothing else does: no expressions, so words can ask for nothing that has no name.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from server.kernel.text import gettext as _
from server.notifications.catalogue.kinds import own_of
from server.notifications.scene import Scene
from server.notifications.wording.names import MUST_SAY, Name, names_of, names_of_own
from server.programs.plans.telling import Wording, own

SUBJECT_LETTERS, BODY_LETTERS = 120, 1500
BRACES = re.compile(r"\{([^{}]*)\}")
GAP = re.compile(r"\n\s*\n")


@dataclass(frozen=True, slots=True)
class Filled:
    """Own words for one reader: a subject, and paragraphs, at least one."""

    subject: str
    paragraphs: tuple[str, ...]


def faults(kind: str, wording: Wording) -> dict[str, str]:
    """What cannot be in words for a kind, by "subject" and "body", and what to do about it."""
    return faults_beside(names_of(kind), wording, MUST_SAY.get(kind, ""))


def faults_beside(names: Mapping[str, Name], wording: Wording, needed: str = "") -> dict[str, str]:
    """The same of words that may hold some names; `needed`: the one without which nobody knows what they are about."""
    found = dict[str, str]()
    for field, text in (("subject", wording.subject), ("body", wording.body)):
        if problem := _unreadable(text, names):
            found[field] = problem
    if found:
        return found
    if unsure := [name for name in _named(wording.subject) if not names[name].always]:
        found["subject"] = _("{%s} has nothing to say to some people. Put it into the text.") % unsure[0]
    if not any(_is_sure(paragraph, names) for paragraph in paragraphs(wording.body)):
        found["body"] = _(
            "A paragraph is left out where one of its names has nothing to say. Add one that everybody gets."
        )
    if needed and not any(needed in _named(one) for one in paragraphs(wording.body) if _is_sure(one, names)):
        found["body"] = _("Nobody knows what this is about without {%(name)s}, %(means)s. Put it in.") % {
            "name": needed, "means": _(names[needed].means)}
    return found


def filled(kind: str, scene: Scene) -> Filled | None:
    """The programme's own words for a message in its reader's language; None where the catalogue's go."""
    if scene.cohort is None:
        return None
    words = own(scene.program.messages, kind, scene.message.own_key).words
    tag = language_for(scene.language, words)
    if its_own := own_of(scene):    # Ithaca has no words for it in any language
        return fill(words[tag or next(iter(words))], names_of_own(its_own.when, its_own.to), scene)
    return fill(words[tag], names_of(kind), scene) if tag else None


def fill(wording: Wording, names: Mapping[str, Name], scene: Scene) -> Filled:
    """Words with everything that their names stand for, in the language in force; each name is read once, so that
    braces in somebody's name stay what they are."""
    values = {key: one.value(scene) for key, one in names.items() if f"{{{key}}}" in wording.subject + wording.body}
    said = [
        one for one in paragraphs(wording.body) if all(names[name].always or values[name] for name in _named(one))
    ]
    return Filled(_put(wording.subject, values), tuple(_put(one, values) for one in said))


def language_for(language: str, words: Mapping[str, Wording]) -> str | None:
    """Which of the languages of own words a reader of a language gets: that one, or one of its kin; else none."""
    kin = (tag for tag in words if tag.partition("-")[0] == language.partition("-")[0])
    return language if language in words else next(kin, None)


def paragraphs(body: str) -> list[str]:
    """The paragraphs of a text: what stands between empty lines."""
    return [one.strip() for one in GAP.split(body) if one.strip()]


def _put(text: str, values: Mapping[str, str]) -> str:
    return BRACES.sub(lambda found: values[found[1]], text)


def _named(text: str) -> list[str]:
    return BRACES.findall(text)


def _is_sure(paragraph: str, names: Mapping[str, Name]) -> bool:
    return all(names[name].always for name in _named(paragraph))


def _unreadable(text: str, names: Mapping[str, Name]) -> str:
    if set("{}") & set(BRACES.sub("", text)):
        return _("Write braces only around one of the names, as in {name}.")
    unknown = next((name for name in _named(text) if name not in names), None)
    if unknown is None:
        return ""
    offered = ", ".join(f"{{{name}}}" for name in names)
    near = get_close_matches(unknown, names, n=1)
    if near:
        return _("There is no {%(name)s} here. Do you mean {%(near)s}? There are: %(offered)s.") % {
            "name": unknown, "near": near[0], "offered": offered}
    return _("There is no {%(name)s} here. There are: %(offered)s.") % {"name": unknown, "offered": offered}
