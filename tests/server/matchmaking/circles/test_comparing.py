"""Why somebody sits in another circle, from stored records alone."""

from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from server.matchmaking.circles.comparing import Moved, compare_circles
from server.matchmaking.engine.waitlist import WaitCode

PEOPLE = {name: UUID(int=number) for number, name in enumerate("abcdefghklXY", 1)}
NAMES = {key: name for name, key in PEOPLE.items()}


def record(*circles: str, waiting: str = "") -> dict[str, Any]:
    """A run of circles such as "abcd" or, led by somebody, "abcdX"; lower letters are members."""
    return {"circles": {
        "groups": [
            {"members": [str(PEOPLE[one]) for one in circle if one.islower()], "fit": 70,
             "host": next((str(PEOPLE[one]) for one in circle if one.isupper()), None)}
            for circle in circles
        ],
        "waitlist": [
            {"enrollment_id": str(PEOPLE[one]), "position": 1, "code": WaitCode.NO_PARTNER.value} for one in waiting
        ],
    }}


def moved(earlier: dict[str, Any], later: dict[str, Any]) -> dict[str, Moved]:
    return {NAMES[one.person]: one.why for one in compare_circles(earlier, later).changes}


def test_who_sits_with_the_most_of_them_still_sits_in_their_circle() -> None:
    earlier, later = record("abcd", "efgh", waiting="k"), record("abce", "dfgh", waiting="k")
    found = compare_circles(earlier, later)
    assert (found.same, found.seated) == (6, 8)
    assert moved(earlier, later) == {"d": Moved.MOVED, "e": Moved.MOVED}
    (change,) = [one for one in found.changes if NAMES[one.person] == "d"]
    assert [[NAMES[one] for one in side[0].members] for side in (change.before, change.after)] == [[*"abcd"], [*"dfgh"]]


def test_the_first_reason_that_holds_is_told() -> None:
    assert moved(record("abcd", waiting="e"), record("abce", waiting="d")) == {"d": Moved.WAITS, "e": Moved.SEATED}
    assert moved(record("abcd"), record("abce")) == {"d": Moved.LEFT, "e": Moved.JOINED}
    assert moved(record("abcd", "efgh"), record("abcdefgh")) == dict.fromkeys("efgh", Moved.DISSOLVED)
    assert moved(record(waiting="a"), record()) == {"a": Moved.LEFT}


def test_who_leads_another_circle_is_told_after_the_others() -> None:
    earlier, later = record("abcdX", "efghY"), record("abcdY", "efghX")
    assert moved(earlier, later) == {"X": Moved.LEADS, "Y": Moved.LEADS}
    assert moved(earlier, record("abcdX", "efgh")) == {"Y": Moved.LEADS}
    assert moved(record("abcdX"), record("abcdX")) == {}


@settings(max_examples=60)
@given(dice=st.randoms(use_true_random=False))
def test_everybody_is_the_same_or_told_of_and_a_run_beside_itself_is_the_same(dice: Any) -> None:
    runs = []
    for _ in range(2):
        people = "".join(dice.sample("abcdefghkl", 10))
        runs.append(record(people[:4], people[4:8], waiting=people[8:]))
    found = compare_circles(*runs)
    told = {one.person for one in found.changes}
    seated = {member for circle in runs[1]["circles"]["groups"] for member in map(UUID, circle["members"])}
    assert found.same + len(told & seated) == found.seated == len(seated)
    again = compare_circles(runs[0], runs[0])
    assert (again.changes, again.same) == ((), again.seated)
