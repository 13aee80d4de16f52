"""A trial as files to keep: pairs and queue as tables, everything with its proof as JSON."""

from collections.abc import Mapping
from typing import Any

from server.journey.trying.telling import REASONS, tell
from server.kernel.text import csv_bytes
from server.matchmaking.engine import CATEGORIES
from server.matchmaking.learned.quality import dump_measured
from server.matchmaking.runs.export import json_bytes
from server.matchmaking.runs.records import measured_of

PAIRS = ("mentor_id", "mentor", "mentee_id", "mentee", "fit", "confidence", "place_for_mentee")
TOLD = (*(f"reason_{number}" for number in range(1, REASONS + 1)), "caution")
CIRCLES = ("circle", "fit", "person_id", "person", "part", "shared_goals")
WAITING = ("mentee_id", "mentee", "position", "code")


def pairs_csv(document: Mapping[str, Any]) -> bytes:
    """Every pair with its reasons, and the fit (0 to 100) of each of the nine parts."""
    parts = [f"fit_{name.value.lower()}" for name in CATEGORIES]
    return csv_bytes((*PAIRS, *TOLD, *parts), [_row(pair, document["names"]) for pair in document["pairs"]])


def circles_csv(document: Mapping[str, Any]) -> bytes:
    """One line for each person in a circle: which one, its fit, whether they lead it, and what its goals are."""
    names = document["names"]
    return csv_bytes(CIRCLES, [
        (number, one["fit"], who, names.get(who, who), "host" if who == one["host"] else "member", goals)
        for number, one in enumerate(document.get("circles", {}).get("groups", []), 1)
        for goals in ["; ".join(goal["name"] for goal in one["explanation"]["circle"]["goals"])]
        for who in (*([one["host"]] if one["host"] else []), *one["members"])
    ])


def waiting_csv(document: Mapping[str, Any]) -> bytes:
    """Everybody who waits, by place in line, with the code of the reason."""
    names = document["names"]
    return csv_bytes(WAITING, [
        (one["mentee"], names.get(one["mentee"], one["mentee"]), one["position"] or "", one["code"])
        for one in document["waitlist"]
    ])


def trial_json(document: Mapping[str, Any]) -> bytes:
    """The whole result: what it was given, proof, audit, figures, pairs with reasons as codes, queue and gaps."""
    return json_bytes({**document, "quality": dump_measured(measured_of(document, document["learned"]))})


def _row(pair: Mapping[str, Any], names: Mapping[str, str]) -> list[object]:
    told = tell(pair, names)
    reasons = (*told.reasons, *[""] * (REASONS - len(told.reasons)))
    return [pair["mentor"], told.mentor, pair["mentee"], told.mentee, pair["fit"], pair["confidence"], pair["place"],
            *reasons, told.caution, *pair["fits"]]
