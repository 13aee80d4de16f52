"""What a circle is to one of its members, and a seat in one that stands: for any crowd, and in one example."""

from collections import Counter
from dataclasses import replace

from hypothesis import given

from server.matchmaking.engine import Pool, ReasonCode, RuleSet, weights_for
from server.matchmaking.engine.groups.circles import form_circles
from server.matchmaking.engine.groups.members.reasons import brought_by
from server.matchmaking.engine.groups.members.seats import Sitting, find_seats
from server.programs.states import ParticipantRole, ProgramType
from tests.server.matchmaking.engine import checker
from tests.server.matchmaking.engine.groups.crowds import HOURS, cannot_meet, crowd_rules, crowds, of, wrong_inside
from tests.server.matchmaking.engine.populations import FREE, many, mentee, mentor

WEIGHTS = weights_for(ProgramType.CIRCLE)


@many
@given(crowds(22), crowd_rules())
def test_a_seat_breaks_no_rule_with_anybody_inside_or_who_leads_and_no_circle_grows_past_eight(
    pool: Pool, rules: RuleSet
) -> None:
    formed = form_circles(pool, rules, WEIGHTS, size=4).circles
    standing = formed[: (len(formed) + 1) // 2]
    people, hosts = of(pool, ParticipantRole.MENTEE), of(pool, ParticipantRole.MENTOR)
    sitting = {one for circle in standing for one in circle.members}
    waiting = [name for name, one in people.items() if name not in sitting and one.capacity]
    circles = [Sitting(f"c{at}", one.members, one.host) for at, one in enumerate(standing)]
    seats = find_seats(pool, circles, waiting, rules, WEIGHTS)
    assert max(Counter(one.person for one in seats).values(), default=1) == 1
    assert {one.person for one in seats} <= set(waiting)
    for circle in circles:
        came = [one for one in seats if one.circle == circle.id]
        inside = [people[name] for name in (*circle.members, *(one.person for one in came))]
        assert len(inside) <= 8
        assert all(0 <= one.fit <= 100 for one in came)
        if came:
            assert wrong_inside(pool, rules, inside) == []
        if came and circle.host:
            host = hosts[circle.host]
            assert [code for one in inside for code in checker.broken(pool, rules, host, one)] == []
            assert cannot_meet(rules, [host, *inside]) == []


def test_a_full_circle_has_no_seat_and_one_with_room_has_exactly_so_many() -> None:
    names = [f"p{at}" for at in range(10)]
    pool = Pool((*(mentee(name, availability=HOURS[0]) for name in names), mentor("h", availability=HOURS[0])))
    seven, eight = Sitting("c", tuple(names[:7]), "h"), Sitting("c", tuple(names[:8]), "h")
    assert [one.person for one in find_seats(pool, [seven], names[8:], FREE, WEIGHTS)] == ["p8"]
    assert find_seats(pool, [eight], names[8:], FREE, WEIGHTS) == []
    elsewhere = replace(pool, conflicts=frozenset({("p8", "h")}))
    assert [one.person for one in find_seats(elsewhere, [seven], names[8:], FREE, WEIGHTS)] == ["p9"]


def test_reasons_name_whose_help_fits_which_goal_once_and_the_caution_what_nobody_offers() -> None:
    people = [
        mentee("ana", goal_tags=("Python", "Budgets", "Law")),
        mentee("bao", skill_tags=("Python",)),
        mentee("chidi", skill_tags=("Python", "Budgets")),
        mentee("dina", goal_tags=("Negotiation",), skill_tags=("Drawing",)),
    ]
    found = brought_by(people, FREE, WEIGHTS)
    assert set(found) == {"ana", "bao", "chidi", "dina"}
    goals = [one for one in found["ana"].reasons if one.reason.code is ReasonCode.GOAL_OFFERED]
    assert [(one.helper, one.reason.params["tags"]) for one in goals] == [("chidi", ["Python", "Budgets"])]
    caution = found["ana"].caution
    assert caution is not None
    assert (caution.helper, caution.reason.params) == (None, {"tags": ["Law"], "count": 1})
    assert found["bao"].caution is None, "who wants nothing misses nothing"
    assert all(len(one.reasons) <= 3 for one in found.values())
