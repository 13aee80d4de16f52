"""What a programme may set of its messages: read, refused by path in words, and told apart from what is usual."""

from typing import Any

import pytest

from server.automation.telling.part import contradictions, read_messages, strangers, unsigned
from server.notifications.catalogue import CATALOGUE
from server.programs.plans.content import digest, over

PLAN: dict[str, Any] = {"duration_days": 182, "answer_within_days": 7, "invitation_days": 30}
WORDS = {"subject": "A time with {other}?", "body": "Hello {name}.\n\nHalf an hour is enough."}


def told(**messages: Any) -> tuple[dict[str, Any], dict[str, str]]:
    """What is kept of messages, and what is wrong with them."""
    problems: dict[str, str] = {}
    read = read_messages(problems, "messages", messages)
    return read, problems or contradictions({**PLAN, "messages": read})


def worded(**words: str) -> dict[str, Any]:
    return {"words": {"en": {**WORDS, **words}}}


def test_only_what_differs_is_kept() -> None:
    words = {"en": WORDS}
    given = {
        "I01": {"on": True, "moments": [14]}, "L02": {"moments": [5]}, "G01": {"words": words, "on": False},
        "F02": {"on": True}, "F03": {},
    }
    kept, problems = told(**given)
    expected = {"L02": {"moments": [5]}, "G01": {"on": False, "words": words}, "I01": {"moments": [14]}}
    assert (kept, problems) == (expected, {})
    assert (told(**kept), list(kept)) == ((kept, {}), ["L02", "I01", "G01"])


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"F09": {}}, "messages.F09", "Do you mean"),
    ({"F01": 3}, "messages.F01", "a table of settings"),
    ({"F01": {"day": 3}}, "messages.F01.day", "no such setting"),
    ({"F01": {"moments": [0]}}, "messages.F01.moments[1]", "from 1 to 366"),
    ({"F01": {"moments": [2, 3]}}, "messages.F01.moments", "a list of 1 to 1"),
    ({"E05": {"moments": [4, 1]}}, "messages.E05.moments", "later than the one before"),
    ({"Z01": {"moments": [200]}}, "messages.Z01.moments", "lasts 182 days"),
    ({"M04": {"moments": [2, 9]}}, "messages.M04.moments", "open for 7 days"),
    ({"F02": {"moments": [1]}}, "messages.F02.moments", "“A first time, second word” has to come after"),
    ({"Z02": {"moments": [30]}}, "messages.Z02.moments", "has to come after"),
    ({"M10": {"moments": [3]}}, "messages.M10.moments", "Its day is fixed"),
    ({"M08": {"moments": [3]}}, "messages.M08.moments", "goes when it happens"),
    ({"M08": {"on": False}}, "messages.M08.on", "somebody did something"),
    ({"C04": {"on": False}}, "messages.C04.on", "asks for help"),
    ({"Y01": worded()}, "messages.Y01.words", "belongs to no programme"),
    ({"X04": worded(subject="Bye", body="Bye.")}, "messages.X04.words", "other things to the person"),
    ({"F02": {"on": False}}, "messages.F02.on", "says that this was sent"),
    ({"S04": {"moments": [48]}}, "messages.S04.moments", "Its day is fixed"),
    ({"F01": worded(body="{colour}")}, "messages.F01.words.en.body", "There are: {name}, {program}"),
    ({"F01": worded(body="{time} fits.")}, "messages.F01.words.en.body", "Do you mean {times}?"),
    ({"F01": worded(body="{{ scene.person }}")}, "messages.F01.words.en.body", "only around one of the names"),
    ({"F01": worded(subject="{times}?")}, "messages.F01.words.en.subject", "Put it into the text"),
    ({"F01": worded(body="{times} fits.")}, "messages.F01.words.en.body", "Add one that everybody gets"),
    ({"F01": worded(body="")}, "messages.F01.words.en.body", "Write something here"),
    ({"F01": worded(subject="A" * 121)}, "messages.F01.words.en.subject", "Shorten this by 1"),
    ({"G05": worded(subject="Step", body="{goal}")}, "messages.G05.words.en.body", "There is no {goal} here"),
    ({"F04": worded(subject="Look", body="Look.")}, "messages.F04.words.en.body", "without {matches}"),
    ({"F01": {"words": {"nowhere": WORDS}}}, "messages.F01.words.nowhere", "tag of a language"),
    ({"F01": {"words": {"en": {"subject": "A"}}}}, "messages.F01.words.en.body", "missing"),
    ({"F01": {"only_if": "MET"}, "F04": {"on": False}}, "messages.F01.only_if", "never go: they have not met"),
    ({"S08": {"only_if": "NOT_MET"}}, "messages.S08.only_if", "never go: they have met"),
    ({"S03": {"only_if": "NOTHING_BOOKED"}}, "messages.S03.only_if", "never go: a session is booked"),
    ({"G01": {"only_if": "NO_GOAL"}}, "messages.G01.only_if", "only then anyway"),
    ({"E03": {"only_if": "MET"}}, "messages.E03.only_if", "one of these: NEW_HERE"),
    ({"I01": {"only_if": 3}}, "messages.I01.only_if", "one of these: NOTHING_BOOKED, NOT_MET"),
    ({"M08": {"only_if": "FIRST_MATCH"}}, "messages.M08.only_if", "somebody did something"),
    ({"I05": {"on": True, "only_if": "MET"}}, "messages.I05.only_if", "Everybody in it has to hear"),
    ({"F04": {"only_if": "MET"}}, "messages.F04.only_if", "tells who runs the programme"),
    ({"C01": {"only_if": "MET"}}, "messages.C01.only_if", "the part Surveys"),
    ({"F02": {"only_if": "FIRST_MATCH"}}, "messages.F02.only_if", "says that this was sent"),
    ({"F03": {"channel": "PUSH_FIRST"}}, "messages.F03.channel", "no notification of it"),
    ({"M08": {"channel": "MAIL_ONLY"}}, "messages.M08.channel", "people have to hear of it"),
    ({"I03": {"channel": "PUSH_FIRST"}}, "messages.I03.channel", "It goes by mail"),
    ({"G01": {"channel": "PIGEON"}}, "messages.G01.channel", "one of these: MAIL_ONLY, PUSH_FIRST"),
    ({"S01": {"sender": "1042"}}, "messages.S01.sender", "calendar entry"),
    ({"I03": {"sender": "1042"}}, "messages.I03.sender", "tells who runs the programme"),
    ({"Y01": {"sender": "1042"}}, "messages.Y01.sender", "belongs to no programme"),
]


@pytest.mark.parametrize(("given", "path", "words"), WRONG, ids=[path for _given, path, _words in WRONG])
def test_what_cannot_be_is_told_by_its_path(given: dict[str, Any], path: str, words: str) -> None:
    problems = told(**given)[1]
    assert list(problems) == [path]
    assert words in problems[path]


@pytest.mark.parametrize("given", [
    {"F01": {"on": False}, "F04": {"on": False}},
    {"F02": {"on": False}, "F04": worded(subject="Look", body="Not begun: {matches}.")},
    {"F01": {"moments": [4]}, "F02": {"moments": [6]}},
    {"F01": {"moments": [7]}, "F02": {"on": False}, "F04": {"on": False}},
    {"Z01": {"moments": [21]}, "S06": {"moments": [24]}, "S10": {"moments": [2]}, "E05": {"moments": [2]}},
    {"F02": {"only_if": "NO_GOAL", "channel": "MAIL_ONLY"}, "F04": {"on": False}, "E01": {"sender": "1042"}},
    {"M08": worded(), "A02": worded(subject="{author} wrote", body="Read it.")} | {"M08": worded(body="{other}")},
], ids=str)
def test_what_can_be_is_taken(given: dict[str, Any]) -> None:
    assert told(**given)[1] == {}


def test_each_kind_that_may_have_words_takes_plain_ones_or_says_what_it_needs() -> None:
    for kind in CATALOGUE.keys() - {"OWN"}:
        problems = told(**{kind: worded(subject="Hello", body="Hello from {program}.")})[1]
        assert all("without {" in words or path.endswith(".words") for path, words in problems.items()), kind


def test_only_who_runs_the_programme_signs_and_who_did_so_already_blocks_nobody() -> None:
    messages = {"E01": {"sender": "1042"}, "F01": {"sender": "7", "moments": [3]}, "G01": {"on": False}}
    assert strangers(messages, {}, {"1042", "7"}) == {}
    assert list(strangers(messages, {}, {"7"})) == ["messages.E01.sender"]
    assert strangers(messages, {"E01": {"sender": "1042"}}, {"7"}) == {}, "it was so before they left"
    assert list(strangers(messages, {"E01": {"sender": "9"}}, {"7"})) == ["messages.E01.sender"]
    assert unsigned(messages) == {"E01": {}, "F01": {"moments": [3]}, "G01": {"on": False}}
    assert unsigned(messages, but_by={"7"}) == {**messages, "E01": {}}


def test_a_part_that_says_nothing_changes_no_digest_and_settings_of_a_table_come_and_go() -> None:
    plain = digest({"name": "A"})
    assert plain == digest({"name": "A", "messages": {}}) != digest({"name": "A", "messages": {"F01": 1}})
    base, mine, theirs = {"m": {"a": {"x": 1}, "b": 1}}, {"m": {"a": {"x": 1, "y": 2}}}, {"m": {"b": 1, "c": {"z": 1}}}
    assert over(base, mine, theirs) == {"m": {"c": {"z": 1}, "a": {"x": 1, "y": 2}}}
    assert over({}, {"n": 1}, {"n": 1, "later": {}}) == {"n": 1, "later": {}}
