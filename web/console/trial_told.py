"""What a trial of one's own records came to, in words: the result, what past pairs taught, and what was missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server.journey.trying.matching import Shape
from server.journey.trying.meaning import Whose
from server.journey.trying.telling import Told, tell
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.circles.forming import CircleProof
from server.matchmaking.circles.forming import proof_of as circles_proof
from server.matchmaking.circles.telling import in_common
from server.matchmaking.engine import WaitCode
from server.matchmaking.runs.records import audit_of, circles_parity, measured_of, proof_of
from web import circle_words as of_circle
from web.console import audit_words, circle_words, learning_words, peer_words, quality_words
from web.console.learning_words import StageTold
from web.console.review_words import wait_words
from web.dates import upper_first
from web.waiting import ordinal

Document = Mapping[str, Any]
SHOWN, WAITING_SHOWN = 10, 100


@dataclass(frozen=True, slots=True)
class PairShown:
    """One pair of the result; `chance` is "" until confidence was found true."""

    title: str
    fit: str
    chance: str
    reasons: tuple[str, ...]
    caution: str


@dataclass(frozen=True, slots=True)
class CircleShown:
    """One circle of the result."""

    title: str
    fit: str
    led_by: str
    members: str
    common: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Confidence:
    """Whether confidence can be believed, and on what it rests."""

    calibrated: bool
    words: str
    stages: list[StageTold]
    limits: list[str]


def title(document: Document) -> str:
    """Who was placed, counted."""
    if circles := circles_proof(document):
        return circle_words.run_title(circles)
    counted = peer_words.title if document["shape"] == Shape.PEERS else audit_words.title
    return counted(document["looking"], document["waiting"])


def eyebrow(document: Document, names: Sequence[str]) -> str:
    """Whose records they are."""
    people = document["people"]
    said = ngettext(
        "Your own records, %(files)s, %(num)s person", "Your own records, %(files)s, %(num)s people", people
    )
    return said % {"files": ", ".join(names), "num": f"{people:,}"}


def briefing(document: Document) -> str:
    """How good the result is, and how long it took."""
    took = _("It took %(num)s seconds.") % {"num": f"{document['seconds']:.1f}"}
    if circles := circles_proof(document):
        return f"{circle_words.of_run(circles)} {took}"
    proof = proof_of(document)
    return f"{audit_words.best_words(proof)} {took}" if proof else took


def facts(document: Document) -> list[tuple[str, ...]]:
    """The result in figures."""
    if circles := circles_proof(document):
        return _of_circles(circles, _unchecked(document))
    audit, proof = audit_of(document), proof_of(document)
    if audit is None or proof is None:
        return []
    names = document["names"]
    lowest = [names.get(one, one) for one in reversed(audit.lowest)] if audit.lowest else []
    said = _("%(mentee)s and %(mentor)s") % dict(zip(("mentee", "mentor"), lowest, strict=True)) if lowest else ""
    *others, (name, broken, checks) = audit_words.facts(audit, proof, said)
    return [*others, (name, broken, checks + _unchecked(document))]


def fairness(document: Document) -> audit_words.Fairness | None:
    """Envy and parity; of circles parity alone."""
    audit = audit_of(document)
    if audit is None:
        return circle_words.fairness(circles_parity(document))
    if document["shape"] == Shape.PEERS:
        return peer_words.fairness(audit)
    return audit_words.fairness(audit, document["groups"])


def quality(document: Document) -> list[quality_words.Row]:
    """How good it is, in figures with what each should come to."""
    told = {
        Shape.PAIRS: quality_words.of_pairs, Shape.PEERS: quality_words.of_peers,
        Shape.CIRCLES: quality_words.of_circles,
    }[Shape(document["shape"])]
    return told(measured_of(document, document["learned"]))


def pairs(document: Document, page: int) -> list[PairShown]:
    """The pairs of one page, best first, pages counted from 1."""
    calibrated, start = is_calibrated(document), (page - 1) * SHOWN
    return [
        _pair(tell(one, document["names"]), calibrated=calibrated) for one in document["pairs"][start : start + SHOWN]
    ]


def circles(document: Document, page: int) -> list[CircleShown]:
    """The circles of one page, in their order."""
    start = (page - 1) * SHOWN
    groups = enumerate(_groups(document)[start : start + SHOWN], start + 1)
    return [_circle(one, number, document["names"]) for number, one in groups]


def pages(document: Document) -> int:
    """How many pages of pairs or circles there are."""
    return max(1, -(-max(len(document["pairs"]), len(_groups(document))) // SHOWN))


def waiting(document: Document) -> list[tuple[str, str, str]]:
    """Those who wait: name, place in line, why."""
    names, among = document["names"], document["shape"] != Shape.PAIRS
    return [
        (names.get(one["mentee"], one["mentee"]), upper_first(ordinal(one["position"])),
         wait_words(WaitCode(one["code"]), among_peers=among))
        for one in document["waitlist"][:WAITING_SHOWN]
    ]


def alone(document: Document) -> str:
    """What those who wait are without."""
    return {
        Shape.PAIRS: _("Without a mentor"), Shape.PEERS: _("Without a partner"), Shape.CIRCLES: _("Without a circle"),
    }[Shape(document["shape"])]


def is_calibrated(document: Document) -> bool:
    """Whether confidence was found true on past pairs that it had not seen."""
    learned = document["learned"]
    return bool(learned and learned["confidence"]["calibrated"])


def confidence(document: Document) -> Confidence:
    """Whether confidence can be believed, what it rests on, and where it cannot, what would do."""
    learned = document["learned"]
    if learned is None:
        return Confidence(False, _without_learning(document), [], [])
    told, stages = learned["confidence"], learning_words.stages_told(learned)
    based = ngettext("based on %(num)d pair", "based on %(num)d pairs", told["based_on"]) % {"num": told["based_on"]}
    if told["calibrated"]:
        words = _("Calibrated, %(based)s: on the %(held)d latest, of which it had seen nothing, it was off by "
                  "%(error)s beyond chance.")
        held = told["held_out"]
        said = words % {"based": based, "held": held["n"], "error": f"{held['calibration_error']:.0%}"}
    else:
        said = f"{_('Not yet calibrated, %(based)s.') % {'based': based}} {_needed(document)}"
    return Confidence(told["calibrated"], said, stages, learned["limits"])


def past(document: Document) -> list[tuple[str, str]]:
    """What the past pairs are, counted; nothing without any."""
    found, learned = document["past"], document["learned"]
    if not found["pairs"]:
        return []
    told = [(_("Past pairs"), f"{found['pairs']:,}"), (_("Both in the files"), f"{found['known']:,}"),
            (_("With an answer"), f"{found['answered']:,}")]
    if learned:
        told.append((_("Learned from"), f"{learned['data']['learned_from']:,}"))
        told.append((_("Cycles"), ", ".join(one["cycle"] or "–" for one in learned["data"]["cycles"]) or "–"))
    return told


def rules(document: Document) -> list[str]:
    """The hard rules that were held."""
    found, gap = document["rules"], document["rules"]["grade_gap"]
    in_circles = document["shape"] == Shape.CIRCLES
    hours = found["half_hours"] / 2
    told = [
        (found["reporting_line"], _as_far_as(_("Nobody in their own reporting line"), document, "known")),
        (found["same_team"], _as_far_as(_("Nobody under the same manager"), document, "told")),
        (found["repeat"], _("Nobody who was paired before")),
        (found["company"] == "same", _("Only within one company")),
        (found["company"] == "different", _("Never within one company")),
        (gap and gap[1] < 0, _("The one who teaches is below the one who learns")),
        (gap and gap[0] > 0, _("The mentor is above the mentee")),
        (found["common_language"] or in_circles, _("A language in common")),
        (in_circles and not hours, _("An hour in common each week")),
        (hours, ngettext("%(num)d hour in common each week", "%(num)d hours in common each week", int(hours))
         % {"num": hours}),
    ]
    return [words for holds, words in told if holds]


def _unchecked(document: Document) -> str:
    """How many people's reporting line could not be checked; "" where it need not be, or could for all."""
    people, known = _people_and(document, "known")
    unknown = people - known
    if not unknown or not document["rules"]["reporting_line"]:
        return ""
    return ngettext("; not checked: the reporting line of %(num)s person",
                    "; not checked: the reporting line of %(num)s people", unknown) % {"num": f"{unknown:,}"}


def _as_far_as(rule: str, document: Document, told: str) -> str:
    """A rule about managers with how many people it could be checked for: of how many a manager is `told` by any name,
    or `known` to be somebody in the files."""
    people, known = _people_and(document, told)
    if known == people:
        return rule
    if not known:
        return _("%(rule)s: not checked, no manager is known") % {"rule": rule}
    return _("%(rule)s: managers are known of %(known)s of %(people)s people") % {
        "rule": rule, "known": f"{known:,}", "people": f"{people:,}"}


def _people_and(document: Document, told: str) -> tuple[int, int]:
    """How many people there are, and of how many managers are known; all, in a trial from before that was counted."""
    managers = document.get("managers", {"people": 0, told: 0})
    return managers["people"], managers[told]


def meaning(document: Document) -> str:
    """In whose words texts were read; "" where there was nothing to read."""
    found = document["words"]
    if not found["terms"]:
        return ""
    said = _("Free text was read in the words of your competency framework (%(num)d).")
    if found["whose"] == Whose.FILES:
        said = _("Free text was read in the words that the files list (%(num)d).")
    return said % {"num": found["terms"]}


def _without_learning(document: Document) -> str:
    """Why nothing was learned: nothing was given, or nothing is learned of people who meet so."""
    if document["shape"] == Shape.PAIRS:
        return _("Not yet calibrated, based on 0 pairs: your files hold no outcomes. Fit says how well two people suit "
                 "each other on paper. It takes %(enough)d past pairs with an answer to learn from.") % {
                     "enough": document["takes"]["before"] + document["takes"]["later"]}
    if document["past"]["pairs"]:
        return _("Nothing is learned of peers and circles. Past pairs are not brought together again.")
    return _("Nothing is learned of peers and circles. Fit says how well people suit each other on paper.")


def _needed(document: Document) -> str:
    """What it would take to learn, or to call confidence calibrated."""
    learned, needs = document["learned"], document["takes"]
    found, held = learned["data"]["learned_from"], learned["confidence"]["held_out"]
    if found < needs["before"] + needs["later"]:
        words = ngettext("%(num)d of the past pairs can teach.", "%(num)d of the past pairs can teach.", found)
        takes = _("It takes %(before)d of earlier cycles and %(later)d of a later one to judge by; %(said)d checked "
                  "ones to call confidence calibrated.")
        return f"{words % {'num': found}} {takes % needs}"
    if len(learned["data"]["cycles"]) < 2:
        return _("They are all of one cycle, and a model is judged on a later cycle than it learned from.")
    if held and held["n"] < needs["said"]:
        return _("Confidence was checked on %(held)d later pairs; it takes %(said)d.") % {
            "held": held["n"], "said": needs["said"]}
    return _("On later pairs it was further off than 5 % allow, so it stays a guess.") if held else ""


def _of_circles(found: CircleProof, unchecked: str) -> list[tuple[str, ...]]:
    sizes = [_("%(count)d of %(size)d") % {"count": count, "size": size} for size, count in found.sizes.items()]
    return [
        (_("Circles"), str(found.circles), ", ".join(sizes)), (_("Waiting"), str(found.waiting)),
        (_("An hour in common"), f"{found.with_hour:.0%}", _("of the circles")),
        (_("Nobody leads"), str(found.without_host), _("of the circles")),
        (_("Rules broken"), str(found.violations), unchecked.removeprefix("; ")),
    ]


def _groups(document: Document) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = document.get("circles", {}).get("groups", [])
    return found


def _pair(told: Told, *, calibrated: bool) -> PairShown:
    names = {"mentee": told.mentee, "mentor": told.mentor}
    chance = _("Confidence %(chance)s") % {"chance": f"{told.confidence:.0%}"} if calibrated else ""
    return PairShown(_("%(mentee)s with %(mentor)s") % names, f"{told.fit:.0f}", chance, told.reasons, told.caution)


def _circle(one: Mapping[str, Any], number: int, names: Mapping[str, str]) -> CircleShown:
    members, host = [names.get(who, who) for who in one["members"]], one["host"]
    people = ngettext("%(num)d member", "%(num)d members", len(members)) % {"num": len(members)}
    return CircleShown(
        _("Circle %(number)d, %(people)s") % {"number": number, "people": people}, str(one["fit"]),
        _("Led by %(name)s") % {"name": names.get(host, host)} if host else _("Nobody leads it yet."),
        ", ".join(members), of_circle.in_common(in_common(one["explanation"])),
    )
