"""`ithaca queue` in the terminal: the acts of the console, what it says, what a program reads, how it ends."""

from argparse import ArgumentParser
from datetime import timedelta
from uuid import UUID

import pytest

from server.cli import main
from server.journey.queue import command
from server.journey.queue.answers import Answer
from server.kernel import clock
from server.kernel.errors import Conflict, Invalid, NotFound
from server.kernel.facts import AuditEvent
from server.matches.models import Match
from server.matches.states import ClosureReason, MatchState
from server.matchmaking.models import MatchRun
from server.matchmaking.states import RunKind
from server.people.models import Person
from server.programs.models import Enrollment, Program
from server.programs.states import EnrollmentState, ParticipantRole
from tests import factories
from tests.web.console.market import Market, drafts_of, market


async def ask(found: Market, act: str, *words: str) -> Answer:
    parser = ArgumentParser()
    command.add_arguments(parser)
    return await command.answered(parser.parse_args(["--organization", found.organization.key, act, *words]))


def group(found: Market) -> tuple[str, ...]:
    return "--program", found.program.key, "--cohort", found.cohort.key


async def test_a_group_is_matched_newcomers_are_placed_and_a_gap_is_filled(db: object) -> None:
    found = await market(mentors=1, mentees=2, capacity=1)
    assert (await ask(found, "run", *group(found))).lines == ["One pair was found. One person waits. Seed 0."]
    assert (await ask(found, "newcomers", *group(found))).lines == ["0 pairs were found. One person waits. Seed 0."]
    await Enrollment.filter(id=found.mentors[0].id).update(capacity=2)
    placed = await ask(found, "newcomers", *group(found), "--seed", "7")
    assert placed.lines == ["One pair was found. 0 people wait. Seed 7."]
    over = await Match.all().first()
    assert over is not None
    await Match.filter(id=over.id).update(
        state=MatchState.CONCLUDED, ended_at=clock.now() - timedelta(hours=1), closure_reason=ClosureReason.NO_FAULT
    )
    assert (await ask(found, "gap", str(over.id))).lines == ["0 drafts were made."], "these two have met"
    mentor = await factories.person(found.organization)
    await factories.enrollment(found.cohort, mentor, ParticipantRole.MENTOR)
    assert (await ask(found, "gap", str(over.id))).lines == ["One draft was made."]


async def test_a_preview_says_what_would_change_and_is_used_by_its_id(db: object) -> None:
    found = await market(mentors=2, mentees=2, capacity=1)
    await ask(found, "run", *group(found))
    first = (await drafts_of(found))[0]
    pair = await Match.get(id=first.id).prefetch_related("members__person")
    mentor, mentee = sorted(pair.members, key=lambda one: one.role is not ParticipantRole.MENTOR)
    await Person.filter(id=mentee.person_id).update(line_manager_id=mentor.person_id)
    shown = await ask(found, "preview", *group(found))
    assert {one["name"] for one in shown.told["changes"]} >= {mentee.person.full_name}
    assert first.id in {one.id for one in await drafts_of(found)}, "nothing has moved"
    used = await ask(found, "use", shown.told["run"])
    assert (used.told["kind"], first.id in {one.id for one in await drafts_of(found)}) == (RunKind.FULL.value, False)
    acts = set(await AuditEvent.filter(action="matching.use").values_list("actor_kind", flat=True))
    assert acts == {"system"}, "who acts is the product, as in every command"


async def test_two_people_are_pinned_parted_and_let_together_again(db: object) -> None:
    found = await market(mentors=2, mentees=2, capacity=1)
    names = found.mentors[0].person.email, found.mentees[1].person.employee_id
    made = UUID((await ask(found, "pin", *group(found), *names)).told["match"])
    shown = (await ask(found, "list", *group(found))).told
    assert [(one["match"], one["locked"]) for one in shown["drafts"]] == [(str(made), True)]
    assert [one["name"] for one in shown["waiting"]] == [found.mentees[0].person.full_name]
    await ask(found, "unlock", str(made))
    await ask(found, "lock", str(made))
    await ask(found, "run", *group(found))
    assert made in {one.id for one in await drafts_of(found)}
    await ask(found, "ban", *group(found), *names, "--reason", "They asked.")
    told = await ask(found, "list", *group(found))
    assert told.told["kept_apart"] == [[found.mentors[0].person.full_name, found.mentees[1].person.full_name]]
    assert made not in {one.id for one in await drafts_of(found)}
    with pytest.raises(Conflict):
        await ask(found, "pin", *group(found), *names)
    await ask(found, "unban", *group(found), *names)
    assert (await ask(found, "list", *group(found))).told["kept_apart"] == []


async def test_a_plan_is_worked_out_and_keeps_nothing(db: object) -> None:
    found = await market(mentors=2, mentees=10, capacity=1)
    shown = await ask(found, "plan", *group(found), "--more", "1", "--places", "2")
    assert (shown.told["now"]["with_mentor"], shown.told["planned"]["with_mentor"]) == (2, 6)
    await Program.filter(id=found.program.id).update(rules={"circle_size": 8})
    for typed, seated in (((), 8), (("--size", "4"), 4)):
        shown = await ask(found, "plan", *group(found), "--circles", "1", *typed)
        assert shown.told["planned"]["in_circles"] == seated, "as large as the programme says, unless somebody does"
    assert await MatchRun.all().count() == 0
    with pytest.raises(Invalid):
        await ask(found, "plan", *group(found), "--size", "12")


async def test_mentors_are_asked_for_one_more_place_and_those_of_earlier_groups_to_come(db: object) -> None:
    found = await market(mentors=2, mentees=4, capacity=1)
    await ask(found, "run", *group(found))
    full = (await ask(found, "full", *group(found))).told["full"]
    assert {one["name"] for one in full} == {row.person.full_name for row in found.mentors}
    one = await ask(found, "ask-more", *group(found), found.mentors[1].person.email)
    assert one.lines == ["One mentor is asked for one more place.", f"  {found.mentors[1].person.full_name}"]
    assert (await ask(found, "ask-more", *group(found))).told["asked"][0]["name"] == found.mentors[0].person.full_name
    assert (await ask(found, "ask-more", *group(found))).lines == ["0 mentors are asked for one more place."]
    earlier = await factories.cohort(found.program)
    await factories.enrollment(earlier, found.stranger, ParticipantRole.MENTOR, state=EnrollmentState.COMPLETED)
    past = await ask(found, "ask-past", *group(found), "--count", "3")
    assert past.lines == ["One past mentor is invited.", f"  {found.stranger.full_name}"]


@pytest.mark.parametrize(("words", "told"), [
    (("run", "--program", "none", "--cohort", "none"), "There is no group none in a programme none."),
    (("pin", "nobody@example.test", "nobody"), "Nobody with the address or number nobody@example.test takes part"),
    (("unban",), "Nobody keeps these two apart."),
])
async def test_what_was_typed_and_names_nothing_is_said(db: object, words: tuple[str, ...], told: str) -> None:
    found = await market(mentors=1, mentees=1)
    here = () if "--program" in words else group(found)
    people = (found.mentors[0].person.email, found.mentees[0].person.email) if words == ("unban",) else ()
    with pytest.raises(NotFound) as refused:
        await ask(found, *words, *here, *people)
    assert told in refused.value.message


@pytest.mark.parametrize("words", [
    [], ["gap"], ["gap", "seven"], ["run", "--program", "a"],
    ["run", "--program", "a", "--cohort", "b", "--seed", "-1"],
    ["ban", "--program", "a", "--cohort", "b", "c", "d"], ["plan", "--program", "a", "--cohort", "b", "--more", "x"],
    ["list", "--program", "\x07", "--cohort", "b"], ["use", ""],
])
def test_a_line_that_cannot_be_ends_with_two_and_words(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["queue", "--organization", "harbourline", *words])
    assert end.value.code == command.MISUSED
    assert "error:" in capsys.readouterr().err
