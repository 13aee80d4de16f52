"""Text vectors that ship with the product and need no network: a mean of word pieces, 256 numbers for a text.

The weights are those of the wordllama wheel, read as plain files: its own loader looks for the tokenizer in another
folder and then asks the network. Why this model, and what it can and cannot do: docs/decisions/0003-text-vectors.md.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from server.language.tags import known_skills

if TYPE_CHECKING:
    from tokenizers import Tokenizer

DIMENSIONS = 256
TEXTS_AT_A_TIME = 500
"""Texts worked on at a time: the parts of all texts of a large firm would take hundreds of megabytes."""
MODEL_NAME = "wordllama-l2-supercat-256"
MODEL_VERSION = f"{version('wordllama')}+bank.1"
"""Stored with every vector: the version of the wheel and of the background bank. Vectors of two versions never meet."""


class Model(NamedTuple):
    """Word-piece vectors, in half precision as they are shipped, and the tokenizer that belongs to them."""

    pieces: NDArray[np.float16]
    tokenizer: "Tokenizer"


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """One row of 256 numbers for each text: unit length, centred on the background bank.

    A text without a word has the zero vector, whose similarity to anything is 0. About 20,000 short texts a second.

    Raises:
        FileNotFoundError: the wordllama wheel is not installed, or holds other files than expected.
    """
    rows = np.zeros((len(texts), DIMENSIONS), np.float32)
    for at in range(0, len(texts), TEXTS_AT_A_TIME):
        some = texts[at : at + TEXTS_AT_A_TIME]
        rows[at : at + TEXTS_AT_A_TIME] = _unit(_means(some) - _background()) * _has_words(some)
    return rows


@lru_cache(maxsize=1)
def load_model() -> Model:
    """Read the weights (16 MB, about 0.2 s) once for each process.

    Raises:
        FileNotFoundError: as `embed`.
    """
    from safetensors.numpy import load_file  # noqa: PLC0415  # heavy: not for whoever only asks for MODEL_NAME
    from tokenizers import Tokenizer  # noqa: PLC0415  # heavy too

    folder = _wheel()
    pieces = load_file(folder / "weights" / "l2_supercat_256.safetensors")["embedding.weight"]
    tokenizer = Tokenizer.from_file(str(folder / "tokenizers" / "l2_supercat_tokenizer_config.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    # It would keep each whole text as a word it may meet again: 80 MB, and a third of its time, for nothing.
    tokenizer.model._resize_cache(0)
    return Model(pieces, tokenizer)


def _wheel() -> Path:
    """The folder of the installed wheel, found without importing it."""
    found = find_spec("wordllama")
    if found is None or found.origin is None:
        raise FileNotFoundError("The package wordllama is not installed: text vectors need its weights.")
    return Path(found.origin).parent


def _means(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit-length means of the word pieces, not yet centred; zero for a text without a word."""
    model = load_model()
    told = model.tokenizer.encode_batch_fast([text.strip() for text in texts], add_special_tokens=False)
    held = [one.ids for one in told]
    ids, at = np.unique(np.array([number for some in held for number in some], np.intp), return_inverse=True)
    pieces, stops = model.pieces[ids].astype(np.float32), np.cumsum([len(some) for some in held])
    rows = np.zeros((len(texts), DIMENSIONS), np.float32)
    for row, (some, stop) in enumerate(zip(held, stops, strict=True)):
        if some:
            rows[row] = pieces[at[stop - len(some) : stop]].mean(axis=0)
    return _unit(rows)


@lru_cache(maxsize=1)
def _background() -> NDArray[np.float32]:
    """What all skills have in common: the mean over the labels the product knows."""
    centre: NDArray[np.float32] = _means(known_skills().labels).mean(axis=0)
    return centre


def _has_words(texts: Sequence[str]) -> NDArray[np.float32]:
    return np.array([[bool(text.strip())] for text in texts], np.float32).reshape(len(texts), 1)


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = rows / np.maximum(lengths, np.float32(1e-9))
    return scaled
