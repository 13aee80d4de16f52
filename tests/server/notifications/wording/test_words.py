"""Whatever words were accepted can be filled in for anybody, and nothing in them is read as anything but a name."""

from dataclasses import replace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from server.notifications.catalogue import CATALOGUE
from server.notifications.scene import Scene
from server.notifications.wording.names import MUST_SAY, OF_KIND, names_of
from server.notifications.wording.words import faults, fill, language_for, paragraphs
from server.programs.plans.telling import Wording

pieces = st.one_of(
    st.sampled_from(["{name}", "{other}", "{times}", "{answer_by}", "{matches}", "{colour}", "{", "}", "\n\n", " "]),
    st.text(max_size=12),
)
texts = st.lists(pieces, min_size=1, max_size=8).map("".join)


@settings(max_examples=50)
@given(st.sampled_from(["M03", "F04", "E01"]), texts, texts, st.data())
def test_any_accepted_words_can_be_filled_in(kind: str, subject: str, body: str, data: st.DataObject) -> None:
    wording = Wording(subject, body)
    if faults(kind, wording) or not body.strip():
        return
    said = {
        key: data.draw(st.text(min_size=1, max_size=9) if one.always else st.text(max_size=9))
        for key, one in names_of(kind).items()
    }
    names = {key: replace(one, value=lambda _scene, key=key: said[key]) for key, one in names_of(kind).items()}
    own = fill(wording, names, cast(Scene, None))
    left_out = len(paragraphs(body)) - len(own.paragraphs)
    assert own.paragraphs
    assert left_out == sum(
        any(f"{{{key}}}" in one and not said[key] for key in names if not names[key].always) for one in paragraphs(body)
    )
    needed = MUST_SAY.get(kind)
    assert needed is None or any(said[needed] in one for one in own.paragraphs)


def test_braces_in_somebodys_name_stay_what_they_are() -> None:
    names: dict[str, Any] = {
        key: replace(one, value=lambda _scene: "{other} {{ 7 * 7 }}") for key, one in names_of("F01").items()
    }
    own = fill(Wording("{name}", "{name} and {other}."), names, cast(Scene, None))
    assert own.subject == "{other} {{ 7 * 7 }}"
    assert own.paragraphs == ("{other} {{ 7 * 7 }} and {other} {{ 7 * 7 }}.",)


def test_a_reader_gets_their_language_or_one_of_its_kin_and_else_none() -> None:
    words = dict.fromkeys(("en", "pt-BR"), Wording("A", "B"))
    chosen = [language_for(tag, words) for tag in ("en-GB", "en", "pt", "pt-BR", "de", "e")]
    assert chosen == ["en", "en", "pt-BR", "pt-BR", None, None]


def test_every_name_belongs_to_a_kind_that_there_is() -> None:
    assert set(OF_KIND) | set(MUST_SAY) <= set(CATALOGUE)
    assert all(name in names_of(kind) for kind, name in MUST_SAY.items())
