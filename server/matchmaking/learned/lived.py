"""What is handed to learning and what comes back, as plain values."""

from collections.abc import Mapping
from typing import NamedTuple

from server.kernel.db import Json
from server.matchmaking.engine.pool import PastPair


class Lived(NamedTuple):
    """A proposal: its features by name, what came of it, and for the check of fairness where its people work."""

    past: PastPair
    features: Mapping[str, float]
    mentor_group: str = ""
    mentee_group: str = ""


class Taught(NamedTuple):
    """What one learning leaves behind, as it is stored."""

    models: Json
    report: Json
    calibrated: bool
    based_on: int
