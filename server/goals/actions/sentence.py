"""A goal is worded, made ready, revised with its history, and brought into a match."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from server.goals import queries, rules
from server.goals.levels.setup import levels_of
from server.goals.models import Goal, GoalVersion
from server.goals.own import own_goal, owner_of
from server.goals.states import OPEN_GOALS, GoalPrivacy, GoalState
from server.goals.wording import Wording, checked, wording_of
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict, NotFound
from server.kernel.text import gettext as _
from server.kernel.typed import check, typed
from server.matches.company import members_now
from server.matches.models import Match
from server.matches.queries import is_circle, visible_match
from server.matches.states import RUNNING, MatchKind
from server.programs.models import Enrollment
from server.programs.states import OPEN_ENROLLMENTS

WHY_LETTERS = 500


async def save_goal(
    actor: Actor, enrollment_id: UUID, *, want: str, measure: str = "", competency_id: UUID | None = None,
    due_on: date | None = None, privacy: GoalPrivacy | None = None,
) -> Goal:
    """Save the sentence of the actor's own enrolment, with whatever is there; with measure and date it is active.

    `privacy` is who may read it; None: as it is, and of a new one as the programme usually has it. The enrolment's
    draft is written on if there is one. The wording of an active goal again changes nothing.

    Raises:
        NotFound: not the actor's own enrolment, or it is over.
        Invalid: nothing was said, a text is too long, the date is past, the skill is not of the framework, or the
            programme does not offer who may read it.
        Conflict: three goals are open already (`kind="goals_full"`).
    """
    async with unit_of_work(actor) as unit:
        enrollment = await _own_enrollment(actor, enrollment_id)
        wording = await checked(actor, enrollment.person, Wording(want, measure, competency_id, due_on))
        levels = levels_of(enrollment.program.goal_privacy)
        goals = await Goal.filter(
            organization_id=actor.organization_id, enrollment_id=enrollment.id, state__in=list(OPEN_GOALS)
        ).order_by("created_at", "id")
        for goal in goals:
            if goal.state is GoalState.DRAFT or wording_of(goal) == wording:
                return await _write(unit, goal, wording, levels.chosen(privacy, goal.privacy))
        level = levels.chosen(privacy)
        if len(goals) >= rules.OPEN_AT_MOST:
            raise Conflict(_("Three goals are enough for now. Finish one of them first."), kind="goals_full")
        goal = await Goal.create(
            organization_id=actor.organization_id, enrollment=enrollment, person_id=enrollment.person_id,
            match_id=await queries.running_match_of(actor, enrollment.id), in_focus=not goals, privacy=level,
        )
        return await _write(unit, goal, wording, level)


async def revise_goal(
    actor: Actor, goal_id: UUID, *, want: str, measure: str, competency_id: UUID | None, due_on: date | None,
    why: str = "", privacy: GoalPrivacy | None = None,
) -> Goal:
    """Change an open goal. An active one keeps its former wording with who, when and why; its steps stay as they are.

    `privacy` is who may read it from now on, earlier wordings included; None: as it is. The partner
    is offered a nod and never asked for leave. An unchanged wording changes nothing.

    Raises:
        NotFound: not the actor's to read.
        Refused: the partner's goal.
        Invalid: as `save_goal`, or an active goal would lose its measure or date.
        Conflict: the goal is settled.
    """
    async with unit_of_work(actor) as unit:
        goal = await own_goal(actor, goal_id)
        said = Wording(want, measure, competency_id, due_on)
        wording = await checked(actor, await owner_of(actor, goal), said, before=goal)
        reason = _checked_reason(why)
        if goal.state is GoalState.ACTIVE and wording != wording_of(goal):
            await _keep_version(actor, goal, reason)
            goal.version += 1
            await goal.save(update_fields=["version"])
            await unit.publish("goal.revised", subject_id=goal.id, goal_id=goal.id, match_id=goal.match_id)
        await goal.fetch_related("enrollment__program")
        level = levels_of(goal.enrollment.program.goal_privacy).chosen(privacy, goal.privacy)
        return await _write(unit, goal, wording, level)


async def agree_revision(actor: Actor, goal_id: UUID) -> Goal:
    """The partner's nod to the latest change. Twice is harmless.

    Raises:
        NotFound: not the actor's to read.
        Refused: the actor's own goal, or they only run the programme.
        Conflict: nothing was changed yet.
    """
    async with unit_of_work(actor) as unit:
        goal = await queries.visible_goal(actor, goal_id, lock=True)
        may = rules.can_agree(actor, goal) and await queries.lives_with(actor, goal)
        require(may, _("agree to your own change"))
        latest = next(iter(queries.history_of(goal)), None)
        if latest is None:
            raise Conflict(_("This goal was not changed yet."))
        if latest.partner_agreed_at is None:
            latest.partner_agreed_at = clock.now()
            await latest.save(update_fields=["partner_agreed_at"])
            await unit.audit("goal.agree", goal, version=latest.version)
            await unit.publish("goal.agreed", subject_id=goal.id, goal_id=goal.id, match_id=goal.match_id)
        return goal


async def attach_goals(actor: Actor, match_id: UUID) -> list[Goal]:
    """Bring the open goals of a match's members into the match, once it has become active, or once somebody joined a
    circle that runs. A goal that is worked on in a pair stays there beside a circle. Twice is harmless.

    Raises:
        NotFound: no such match.
    """
    async with unit_of_work(actor) as unit:
        match = await visible_match(actor, match_id)
        if match.active_at is None:     # somebody's yes, and others are still asked
            return []
        goals = await queries.goals(actor).filter(
            enrollment_id__in=[member.enrollment_id for member in members_now(match)], state__in=list(OPEN_GOALS)
        )
        kept = await _running_pairs(actor, [goal.match_id for goal in goals]) if is_circle(match) else set()
        moved = [goal for goal in goals if goal.match_id not in kept | {match_id}]
        for goal in moved:
            goal.match_id = match_id
            await goal.save(update_fields=["match_id"])
            await unit.audit("goal.attach", goal, match_id=match_id)
        return moved


async def _running_pairs(actor: Actor, match_ids: Iterable[UUID | None]) -> set[UUID]:
    """The running pairs among some matches."""
    found = Match.filter(
        organization_id=actor.organization_id, id__in=list(filter(None, match_ids)), kind=MatchKind.PAIR,
        state__in=list(RUNNING),
    )
    return {match.id for match in await found}


async def _own_enrollment(actor: Actor, enrollment_id: UUID) -> Enrollment:
    """The actor's enrolment, locked: two drafts saved at once become one."""
    own = Enrollment.filter(
        organization_id=actor.organization_id, id=enrollment_id, person_id=actor.person_id,
        state__in=list(OPEN_ENROLLMENTS),
    )
    enrollment = await own.select_for_update(no_key=True).first()
    if enrollment is None:
        raise NotFound
    await enrollment.fetch_related("person", "program")
    return enrollment


def _checked_reason(why: str) -> str:
    problems: dict[str, str] = {}
    reason = typed(problems, "why", why, at_most=WHY_LETTERS)
    check(problems)
    return reason


async def _write(unit: Unit, goal: Goal, wording: Wording, privacy: GoalPrivacy) -> Goal:
    """Store a wording and who may read it; a draft that has become ready is active from now on."""
    begins = goal.state is GoalState.DRAFT and wording.is_ready
    if wording == wording_of(goal) and goal.privacy is privacy and not begins:
        return goal
    goal.want, goal.measure, goal.privacy = wording.want, wording.measure, privacy
    goal.competency_id, goal.due_on = wording.competency_id, wording.due_on
    goal.state, goal.updated_at = GoalState.ACTIVE if begins else goal.state, clock.now()
    await goal.save(update_fields=["want", "measure", "privacy", "competency_id", "due_on", "state", "updated_at"])
    await unit.audit(
        "goal.save", goal, state=goal.state, version=goal.version, due_on=goal.due_on, privacy=privacy
    )
    if begins:
        await unit.publish("goal.activated", subject_id=goal.id, goal_id=goal.id, match_id=goal.match_id)
    return goal


async def _keep_version(actor: Actor, goal: Goal, why: str) -> None:
    await GoalVersion.create(
        organization_id=actor.organization_id, goal=goal, version=goal.version, want=goal.want, measure=goal.measure,
        competency_id=goal.competency_id, due_on=goal.due_on, why=why, changed_by_id=goal.person_id,
    )
