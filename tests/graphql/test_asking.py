"""Whom one may ask, and asking, through GraphQL: the same as on the page."""

from __future__ import annotations

from server.matches.models import Match
from server.programs.models import Program
from tests import factories
from tests.graphql.ask import ask, gid, refusal
from tests.web.console.market import market

CHOICES = """query ($id: ID!) {
  matchChoices(enrollmentId: $id) { enrollmentId fit person { firstName } reasons { title } }
  choiceAdvice(enrollmentId: $id) { kind value opens words }
}"""
REQUEST = """mutation ($own: ID!, $other: ID!) {
  requestMatch(input: {enrollmentId: $own, partnerEnrollmentId: $other}) {
    match { state fit reasons { title } } errors { code kind }
  }
}"""


async def test_choices_are_read_and_one_is_asked_with_the_reasons(db: object) -> None:
    found = await market()
    mentee = found.mentees[0]
    me = factories.actor_of(mentee.person)
    assert (await ask(me, CHOICES, id=gid(mentee)))["matchChoices"] == []
    await Program.filter(id=found.program.id).update(mentees_may_ask=True)
    shown = await ask(me, CHOICES, id=gid(mentee))
    choices, (advice,) = shown["matchChoices"], shown["choiceAdvice"]
    assert advice["words"].startswith(f"If you would also like to learn “{advice['value']}”: ")
    assert {one["person"]["firstName"] for one in choices} == {"Idris", "Ottoline", "Juno"}
    assert all(len(one["reasons"]) == 3 for one in choices)
    for _twice in range(2):
        done = (await ask(me, REQUEST, own=gid(mentee), other=choices[0]["enrollmentId"]))["requestMatch"]
        assert (done["errors"], done["match"]["state"]) == ([], "AWAITING_MENTOR")
        assert [one["title"] for one in done["match"]["reasons"]] == [one["title"] for one in choices[0]["reasons"]]
    assert await Match.all().count() == 1


SAY = """mutation ($own: ID!, $first: ID!, $second: ID!) {
  nameWishes(input: {enrollmentId: $own, aboutEnrollmentIds: [$first, $second]}) { choices { wish } errors { code } }
  keepInMind(input: {enrollmentId: $own, aboutEnrollmentId: $first}) { choices { isFavourite } errors { code } }
  setAside(input: {enrollmentId: $own, aboutEnrollmentId: $second, reason: TIMES}) {
    choices { wish isFavourite person { firstName } } errors { code }
  }
}"""
CHOSEN = "{ chosenPeople { isAside person { firstName } enrollmentId aboutEnrollmentId } }"
BACK = """mutation ($own: ID!, $about: ID!) {
  takeBack(input: {enrollmentId: $own, aboutEnrollmentId: $about}) { choices { wish } errors { code } }
}"""


async def test_wishes_favourites_and_not_for_me_are_said_and_taken_back(db: object) -> None:
    found = await market()
    mentee, (first, second, _third) = found.mentees[0], found.mentors
    me = factories.actor_of(mentee.person)
    refused = await ask(me, SAY, own=gid(mentee), first=gid(first), second=gid(second))
    assert {one["errors"][0]["code"] for one in refused.values()} == {"FORBIDDEN"}
    await Program.filter(id=found.program.id).update(mentees_may_wish=True)
    said = await ask(me, SAY, own=gid(mentee), first=gid(first), second=gid(second))
    assert sorted(one["wish"] or 0 for one in said["nameWishes"]["choices"]) == [0, 1, 2]
    assert sum(one["isFavourite"] for one in said["keepInMind"]["choices"]) == 1
    assert {one["person"]["firstName"] for one in said["setAside"]["choices"]} == {"Idris", "Juno"}
    chosen = (await ask(me, CHOSEN))["chosenPeople"]
    assert {(one["person"]["firstName"], one["isAside"]) for one in chosen} == {("Idris", False), ("Ottoline", True)}
    back = (await ask(me, BACK, own=gid(mentee), about=gid(second)))["takeBack"]
    assert sorted(one["wish"] or 0 for one in back["choices"]) == [0, 1, 2]


async def test_somebody_elses_choices_are_not_there(db: object) -> None:
    found = await market()
    other = factories.actor_of(found.mentees[1].person)
    assert (await refusal(other, CHOICES, id=gid(found.mentees[0])))["extensions"]["code"] == "NOT_FOUND"
