"""Each form at its moment, to whom it is for; one reminder; nothing that is needless by then."""

from datetime import date, timedelta
from typing import Any

import pytest

from server.automation.surveys.planning import ASKED, NOT_ASKED, RESTS, RULE, plan_forms
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.kernel.db import unit_of_work
from server.kernel.facts import ActionState, ScheduledAction
from server.kernel.jobs import drain
from server.matches.models import Match
from server.matches.states import MatchState
from server.notifications.models import Message
from server.programs.models import Program
from server.programs.plans.actions import set_part
from server.sessions.models import Session
from server.sessions.states import SessionState
from server.surveys.forms.actions import answer_form
from server.surveys.forms.form import questions_of
from server.surveys.forms.presets import preset
from server.surveys.forms.queries import results_of
from server.surveys.forms.setup import SURVEYS_PART
from server.surveys.models import FormInvitation
from server.surveys.states import InvitationState, SurveyKind
from tests.factories import Pair, active_match, actor_of, person
from tests.forms import sent_form
from tests.server.automation.conftest import MONDAY

pytestmark = pytest.mark.usefixtures("monday")
DURATION = {"ends_on": date(2026, 8, 31)}


def form(kind: SurveyKind, key: str, **changed: Any) -> dict[str, Any]:
    return {**preset(kind), "key": key, **changed}


FORMS = [
    form(SurveyKind.CHECK_IN, "early", to="LEARNERS"),
    form(SurveyKind.PULSE, "pulse", to="LEADERS", number=14, again_days=35),
    form(SurveyKind.MID_PROGRAM, "middle"),
    form(SurveyKind.POST_SESSION, "session", to="LEARNERS", number=1),
    form(SurveyKind.POST_SESSION, "every-second", to="LEARNERS", number=2),
    form(SurveyKind.CLOSING, "closing", to="LEARNERS"),
    form(SurveyKind.EXIT, "exit", to="LEARNERS"),
    form(SurveyKind.CUSTOM, "later", number=180), form(SurveyKind.CUSTOM, "linked", when="BY_LINK"),
]
"""Of a match from 1 June to 31 August. The mentor lives in Nairobi, the mentee in Lisbon."""
BEGINS = {
    "early mentee": ["2026-07-01 08:00", "2026-08-30 08:00"],
    "pulse mentor": ["2026-06-15 06:00", "2026-07-20 06:00", "2026-08-24 06:00"],
    "middle mentee": ["2026-07-16 08:00"], "middle mentor": ["2026-07-16 06:00"],
}
DUE: dict[str, dict[str, list[str]]] = {
    "match.activated": BEGINS,
    "session.held": {"session mentee": ["2026-06-02 09:45"]},
    "match.duration_completed": {
        "closing mentee": ["2026-09-01 08:00"], "later mentee": ["2027-02-27 09:00"],
    },
    "match.ended": {"exit mentee": ["2026-06-01 10:00"]},
}
"""What is planned after each fact, in UTC."""


async def with_forms(*forms: dict[str, Any]) -> Pair:
    pair = await active_match(**DURATION)
    await Program.filter(id=pair.program.id).update(surveys=list(forms))
    return pair


async def planned(pair: Pair) -> dict[str, list[str]]:
    names = {pair.mentee.id: "mentee", pair.mentor.id: "mentor", None: "nobody"}
    found: dict[str, list[str]] = {}
    for one in await ScheduledAction.filter(rule=RULE, state=ActionState.PLANNED).order_by("due_at"):
        key = f"{one.payload['form']} {names[one.recipient_id]}"
        found.setdefault(key, []).append(f"{one.due_at:%Y-%m-%d %H:%M}")
    return found


async def test_each_form_is_planned_for_its_moments(db: object) -> None:
    pair = await with_forms(*FORMS)
    system = system_actor(pair.organization.id)
    await Session.create(
        organization_id=pair.organization.id, match=pair.match, state=SessionState.HELD,
        starts_at=MONDAY - timedelta(hours=1), ends_at=MONDAY - timedelta(minutes=15),
    )
    states: dict[str, dict[str, Any]] = {
        "match.duration_completed": {"state": MatchState.DURATION_COMPLETED},
        "match.ended": {"state": MatchState.CONCLUDED, "ended_at": MONDAY},
    }
    for fact, due in DUE.items():
        if fact in states:
            await Match.filter(id=pair.match.id).update(**states[fact])
        await plan_forms(system, pair.match.id, MONDAY, fact)
        await plan_forms(system, pair.match.id, MONDAY, fact)
        assert await planned(pair) == due, fact
        await ScheduledAction.filter(rule=RULE).delete()


async def test_a_form_is_sent_reminded_once_and_closed(db: object) -> None:
    pair = await with_forms(form(SurveyKind.CHECK_IN, "early"))
    async with unit_of_work(system_actor(pair.organization.id)) as unit:
        await unit.publish("match.activated", match_id=pair.match.id, program_id=pair.program.id)
    for days in (0, 31, 4, 8):      # planned; the day of the form, of its reminder, and after it is closed
        clock.move(timedelta(days=days))
        await drain(strict=False)
        answered = await FormInvitation.filter(person_id=pair.mentor.id).first()
        if answered and answered.state is InvitationState.OPEN:
            await answer_form(pair.mentor_actor, answered.id, numbers=[4, 1, None])
    told = {(one.kind, one.recipient_id) for one in await Message.filter(kind__in=["C01", "C02", "C03-form"])}
    assert told == {("C01", pair.mentee.id), ("C01", pair.mentor.id), ("C03-form", pair.mentee.id)}
    states = {one.person_id: one.state for one in await FormInvitation.all()}
    assert states == {pair.mentee.id: InvitationState.EXPIRED, pair.mentor.id: InvitationState.ANSWERED}
    assert (await ScheduledAction.get(rule="form.remind", reason="answered or closed")).state is ActionState.SKIPPED


async def test_what_a_programme_asks_by_now_counts(db: object) -> None:
    """Kept anew, the matches that run are planned; taken out or at rest, nobody is asked."""
    pair = await active_match(**DURATION)
    forms = [form(SurveyKind.CHECK_IN, "early", to="LEARNERS"), form(SurveyKind.PULSE, "pulse", to="LEARNERS")]
    await set_part(pair.manager_actor, pair.program.id, SURVEYS_PART, forms)
    clock.move(timedelta(minutes=1))
    await drain(strict=False)
    assert await planned(pair) == {
        "early mentee": ["2026-07-01 08:00", "2026-08-30 08:00"],
        "pulse mentee": ["2026-06-29 08:00", "2026-07-27 08:00", "2026-08-24 08:00"],
    }
    await set_part(pair.manager_actor, pair.program.id, SURVEYS_PART, forms[1:])
    await Match.filter(id=pair.match.id).update(state=MatchState.PAUSED)
    clock.move(timedelta(days=31))
    await drain(strict=False)
    reasons = await ScheduledAction.filter(rule=RULE, state=ActionState.SKIPPED).values_list("reason", flat=True)
    assert sorted(map(str, reasons)) == [RESTS, NOT_ASKED]
    assert await FormInvitation.all().count() == 0


async def test_who_meets_twice_in_a_day_is_asked_once_and_the_next_day_again(db: object) -> None:
    pair = await with_forms(form(SurveyKind.POST_SESSION, "session", to="LEARNERS", number=1))
    system = system_actor(pair.organization.id)
    for hours in (2, 3, 20):    # of the mentee's Monday the first two, of their Tuesday the last
        at = MONDAY + timedelta(hours=hours)
        await Session.create(
            organization_id=pair.organization.id, match=pair.match, state=SessionState.HELD,
            starts_at=at - timedelta(hours=1), ends_at=at, held_at=at,
        )
    clock.move(timedelta(hours=4))
    await plan_forms(system, pair.match.id, clock.now(), "session.held")
    for _day in range(3):
        clock.move(timedelta(days=1))
        await drain(strict=False)
    rows = await ScheduledAction.filter(rule=RULE).order_by("due_at")
    assert [one.reason for one in rows] == ["", ASKED, ""]
    assert await FormInvitation.filter(person_id=pair.mentee.id).count() == 2


CAME_AS = {
    SurveyKind.PULSE: "C01", SurveyKind.POST_SESSION: "S07", SurveyKind.CHECK_IN: "C01", SurveyKind.MID_PROGRAM: "C01",
    SurveyKind.CLOSING: "C01", SurveyKind.EXIT: "C01", SurveyKind.NPS: "C01", SurveyKind.CUSTOM: "Z10",
}
LIFE: list[tuple[str, int, dict[str, Any]]] = [
    ("match.activated", 0, {}), ("session.held", 2, {}), ("", 27, {}), ("", 16, {}), ("", 18, {}),
    ("match.duration_completed", 30, {"state": MatchState.DURATION_COMPLETED}), ("", 180, {}),
    ("match.ended", 1, {"state": MatchState.CONCLUDED, "ended_at": MONDAY}),
]
"""A fact, then days that pass, and how the match stands by then."""


async def test_every_kind_of_survey_goes_from_its_plan_to_what_came_of_it(db: object) -> None:
    """Each usual form: planned, sent with its message, answered, and told from eight answers on and not before."""
    pair = await with_forms(*map(preset, SurveyKind))
    system = system_actor(pair.organization.id)
    for number in (2, 1):
        await Session.create(
            organization_id=pair.organization.id, match=pair.match, state=SessionState.HELD,
            starts_at=MONDAY - timedelta(hours=number), ends_at=MONDAY - timedelta(hours=number - 0.75),
        )
    came: dict[SurveyKind, set[str]] = {}
    for fact, days, stands in LIFE:
        await Match.filter(id=pair.match.id).update(**stands)
        if fact:
            await plan_forms(system, pair.match.id, clock.now(), fact)
        clock.move(timedelta(days=days))
        await drain(strict=False)
        for asked in await FormInvitation.filter(state=InvitationState.OPEN).select_related("form"):
            kinds = await Message.filter(subject_id=asked.id).values_list("kind", flat=True)
            came.setdefault(asked.form.kind, set()).update(map(str, kinds))
            await answer_by(pair.mentee_actor if asked.person_id == pair.mentee.id else pair.mentor_actor, asked)
    assert {kind: one & {CAME_AS[kind]} for kind, one in came.items()} == {kind: {one} for kind, one in CAME_AS.items()}
    for least in (False, True):
        told = {one.form.kind: one.lines[0].count for one in await results_of(pair.manager_actor, pair.program.id)}
        assert {kind for kind, count in told.items() if count is not None and count >= 8} == (
            set(SurveyKind) if least else set()), told
        for kind in () if least else SurveyKind:
            for one in [await person(pair.organization) for _ in range(7)]:
                await answer_by(actor_of(one), await sent_form(pair, kind, one))


async def answer_by(actor: Actor, asked: FormInvitation) -> None:
    """The first answer to each question."""
    numbers = [next(iter(one.takes), None) for one in questions_of(asked.form.questions)]
    await answer_form(actor, asked.id, numbers=numbers)
