"""Secrets at rest: any text comes back as it was, and nothing but its own place and key opens it."""

import base64
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tortoise.context import TortoiseContext

from server.kernel.secrets import MARK, SecretUnreadable, decrypt, encrypt, fingerprint, keyed_digest, token
from server.kernel.text import clean
from server.matches.models import Match, MatchNote
from server.people.models import Profile
from tests import factories
from tests.conftest import environment

PLACE = "profile.about"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def a_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(32)).decode()


@given(texts)
@example("")
@example(MARK)
@example("\x01v1.0.0")
def test_any_text_comes_back_from_its_own_place_alone(text: str) -> None:
    stored = encrypt(text, PLACE)
    assert decrypt(stored, PLACE) == text
    assert stored != encrypt(text, PLACE)  # the same words twice do not look alike
    with pytest.raises(SecretUnreadable):
        decrypt(stored, "session_note.body")


@given(texts, st.integers(0), st.sampled_from("AZaz09-_"))
def test_a_changed_letter_opens_nothing_else(text: str, where: int, letter: str) -> None:
    stored = encrypt(text, PLACE)
    at = len(MARK) + where % (len(stored) - len(MARK))
    changed = stored[:at] + letter + stored[at + 1:]
    try:
        assert decrypt(changed, PLACE) == text  # the last letter of base64 may hold bits that mean nothing
    except SecretUnreadable:
        assert changed != stored


@given(texts)
def test_whatever_lies_there_is_read_or_refused_in_one_way(text: str) -> None:
    for stored in (text, MARK + text, f"{encrypt('', PLACE).rpartition('.')[0]}.{text}"):
        with pytest.raises(SecretUnreadable):
            decrypt(stored, PLACE)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
@example(f"{MARK}0.0")
async def test_typed_words_come_back_from_the_database_as_they_were_cleaned(db: object, typed: str) -> None:
    org = await factories.organization()
    words = clean(typed)
    row = await Profile.create(organization_id=org.id, person=await factories.person(org), about=words)
    assert (await Profile.get(id=row.id)).about == words


async def test_no_words_are_stored_as_none_and_old_closed_ones_still_open(db: TortoiseContext) -> None:
    org = await factories.organization()
    row = await Match.create(
        organization_id=org.id, program=(of := await factories.program(org)), cohort=await factories.cohort(of)
    )
    note = await MatchNote.create(organization_id=org.id, match=row, written_by_id=row.id)
    connection = db.connections.get("default")

    async def stored() -> list[str]:
        return [one["words"] for one in await connection.execute_query_dict("SELECT words FROM match_note")]

    assert await stored() == [""]
    await connection.execute_query_dict(f"UPDATE match_note SET words = '{encrypt('', 'match_note.words')}'")
    assert [one.startswith(MARK) for one in await stored()] == [True]
    assert (await MatchNote.get(id=note.id)).words == ""


def test_another_installations_key_opens_nothing() -> None:
    with environment(ITHACA_SECRET_KEY=a_key()):
        stored = encrypt("Name one decider.", PLACE)
        assert decrypt(stored, PLACE) == "Name one decider."
    with environment(ITHACA_SECRET_KEY=a_key()), pytest.raises(SecretUnreadable):
        decrypt(stored, PLACE)


def test_a_key_of_another_length_is_refused_before_anything_is_closed_with_it() -> None:
    with environment(ITHACA_SECRET_KEY=base64.urlsafe_b64encode(b"short").decode()), pytest.raises(SecretUnreadable):
        encrypt("Name one decider.", PLACE)


def test_the_key_file_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    with environment(ITHACA_VAR_DIR=str(folder), ITHACA_SECRET_KEY=""):
        stored = encrypt("Name one decider.", PLACE)
        file = folder / "secret.key"
        assert file.stat().st_mode & 0o777 == 0o600
        kept = file.read_bytes()
    with environment(ITHACA_VAR_DIR=str(folder), ITHACA_SECRET_KEY=""):
        assert decrypt(stored, PLACE) == "Name one decider."
        assert file.read_bytes() == kept


def test_a_fresh_secret_is_long_and_its_fingerprint_is_not_it() -> None:
    one, other = token(), token()
    assert one != other
    assert len(base64.urlsafe_b64decode(one + "=")) == 32
    assert (len(fingerprint(one)), one in fingerprint(one)) == (64, False)
    assert fingerprint(one) == fingerprint(one) != fingerprint(other)


def test_a_keyed_digest_differs_by_text_by_place_and_by_installation() -> None:
    with environment(ITHACA_SECRET_KEY=a_key()):
        digest = keyed_digest("noor@example.test", PLACE)
        assert (len(digest), digest) == (32, keyed_digest("noor@example.test", PLACE))
        assert digest != keyed_digest("kofi@example.test", PLACE)
        assert digest != keyed_digest("noor@example.test", "another.place")
    with environment(ITHACA_SECRET_KEY=a_key()):
        assert digest != keyed_digest("noor@example.test", PLACE)
