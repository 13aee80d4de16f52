"""Text vectors without a network."""

import socket
from importlib import metadata

import numpy as np
import pytest

from server.language import vectors
from server.language.tags import known_skills
from server.language.vectors import DIMENSIONS, MODEL_NAME, MODEL_VERSION, embed


def test_rows_have_unit_length_and_texts_without_a_word_are_zero() -> None:
    rows = embed(["Leading product reviews", "", "  ", "…"])
    assert rows.shape == (4, DIMENSIONS)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-6)


def test_no_text_at_all_gives_no_row() -> None:
    assert embed([]).shape == (0, DIMENSIONS)


def test_the_same_text_is_the_same_whoever_stands_beside_it() -> None:
    alone = embed(["I want to lead stakeholders"])
    among = embed(["a", "I want to lead stakeholders", "a much longer text about gardens and boats on a lake"])
    assert np.array_equal(alone[0], among[1])


def test_like_meaning_is_nearer_than_unlike() -> None:
    goal, near, far = embed(
        ["I want to speak with confidence in front of people", "public speaking and presenting", "database indexes"]
    )
    assert goal @ near > goal @ far + 0.2


def test_labels_have_nothing_in_common_on_average() -> None:
    rows = embed(known_skills().labels)
    likeness = rows @ rows.T
    others = likeness[~np.eye(len(rows), dtype=bool)]
    assert abs(others.mean()) < 0.02, "the background bank takes out what all skills share"


def test_it_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise AssertionError("a text vector asked the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    vectors.load_model.cache_clear()
    assert embed(["coaching"]).any()


def test_the_version_names_the_wheel_that_holds_the_weights() -> None:
    assert MODEL_NAME == "wordllama-l2-supercat-256"
    assert MODEL_VERSION.startswith(metadata.version("wordllama") + "+")


def test_a_missing_wheel_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vectors, "find_spec", lambda _name: None)
    vectors.load_model.cache_clear()
    with pytest.raises(FileNotFoundError, match="wordllama is not installed"):
        embed(["coaching"])
    vectors.load_model.cache_clear()
