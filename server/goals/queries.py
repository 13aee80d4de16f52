"""Reading goals. Their owner reads them always; the partner of a pair while they share it, and who runs the programme,
only as far as the goal's own level says (`GoalPrivacy`). Nobody else ever: a circle is told none."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from server.goals.models import Goal, GoalVersion, Milestone
from server.goals.states import OPEN_GOALS, GoalPrivacy, GoalState, MilestoneState
from server.kernel import clock
from server.kernel.actor import Actor, ActorKind, Permission
from server.kernel.errors import NotFound
from server.matches.company import members_now
from server.matches.models import MatchMember
from server.matches.queries import is_circle, visible_match
from server.matches.states import OPEN_MATCHES, RUNNING, MatchKind, MatchState
from server.people.models import Person
from server.programs.models import Enrollment
from server.programs.states import OPEN_ENROLLMENTS

SHARED = OPEN_MATCHES | {MatchState.DURATION_COMPLETED}
"""While a pair stands here, both read each other's goals; from the request on, because it says why."""


def goals(actor: Actor) -> QuerySet[Goal]:
    """The goals the actor may read: where every query about goals starts.

    Those that they live with, and those whose owners let who runs the programme read them. The product itself reads all
    of the organisation, to know that there is a goal.
    """
    found = Goal.filter(organization_id=actor.organization_id)
    if actor.kind is ActorKind.SYSTEM:
        return found
    return found.filter(_lived(actor) | _told_to_managers(actor))


async def lives_with(actor: Actor, goal: Goal) -> bool:
    """Whether a goal is the actor's own or their partner's, which who runs a programme reads without."""
    return await Goal.filter(_lived(actor), organization_id=actor.organization_id, id=goal.id).exists()


def told_goals(actor: Actor) -> QuerySet[Goal]:
    """Those that somebody else may hear of: what matching weighs and explains, and what is proposed to both."""
    return goals(actor).exclude(privacy=GoalPrivacy.PRIVATE)


async def goals_of(actor: Actor, enrollment_id: UUID) -> list[Goal]:
    """The goals of an enrolment, the one in focus first, then oldest first, with competency, steps and history."""
    return await _whole(goals(actor).filter(enrollment_id=enrollment_id))


async def goals_by_match(actor: Actor, match_ids: Collection[UUID]) -> dict[UUID, list[Goal]]:
    """The goals of some matches, the actor's own first, then in the order of `goals_of`. Matches without a readable
    goal are left out.

    A match has the goals that were worked on in it and, while it is open, the open ones of its members.
    """
    members = await MatchMember.filter(
        organization_id=actor.organization_id, match_id__in=list(match_ids)
    ).select_related("match")
    sharing = [member for member in members if member.match.state in SHARED]
    of_members = Q(enrollment_id__in=[member.enrollment_id for member in sharing], state__in=list(OPEN_GOALS))
    found: dict[UUID, list[Goal]] = {}
    readable = await _whole(goals(actor).filter(of_members | Q(match_id__in=list(match_ids))))
    for goal in sorted(readable, key=lambda goal: goal.person_id != actor.person_id):
        for match_id in _matches_of(goal, sharing) | ({goal.match_id} & set(match_ids)):
            if match_id:
                found.setdefault(match_id, []).append(goal)
    return found


async def draft_in(actor: Actor, enrollment_id: UUID) -> Goal | None:
    """The draft that the next wording is written on, in an enrolment of the actor's own; None without one.

    Raises:
        NotFound: not the actor's enrolment, or it is over.
    """
    own = Enrollment.filter(organization_id=actor.organization_id, id=enrollment_id, person_id=actor.person_id)
    if not await own.filter(state__in=list(OPEN_ENROLLMENTS)).exists():
        raise NotFound
    drafts = goals(actor).filter(enrollment_id=enrollment_id, state=GoalState.DRAFT)
    return await drafts.order_by("created_at", "id").first()


async def visible_goal(actor: Actor, goal_id: UUID, *, lock: bool = False) -> Goal:
    """A goal with competency, steps and history.

    Raises:
        NotFound: absent, of another organisation, or not the actor's to read.
    """
    found = goals(actor).filter(id=goal_id)
    goal = await (found.select_for_update(no_key=True) if lock else found).first()
    if goal is None:
        raise NotFound
    await goal.fetch_related("competency", "milestones", "versions")
    return goal


async def visible_milestone(actor: Actor, milestone_id: UUID, *, lock: bool = False) -> tuple[Goal, Milestone]:
    """A step and its goal; with `lock` the goal is locked.

    Raises:
        NotFound: absent, of another organisation, or not the actor's to read.
    """
    found = await Milestone.filter(organization_id=actor.organization_id, id=milestone_id).first()
    if found is None:
        raise NotFound
    goal = await visible_goal(actor, found.goal_id, lock=lock)
    return goal, next(step for step in goal.milestones if step.id == milestone_id)


async def milestone_with_owner(actor: Actor, milestone_id: UUID) -> Milestone:
    """A step with its goal, the enrolment it belongs to and whose that is: for the product, which brings it to mind.

    Raises:
        NotFound: as `visible_milestone`.
    """
    readable = Subquery(goals(actor).values("id"))
    found = Milestone.filter(organization_id=actor.organization_id, id=milestone_id, goal_id__in=readable)
    step = await found.select_related("goal__enrollment__person").first()
    if step is None:
        raise NotFound
    return step


async def goal_with_owner(actor: Actor, goal_id: UUID) -> Goal:
    """A goal with its steps, the enrolment it belongs to and whose that is: for the product, as `milestone_with_owner`.

    Raises:
        NotFound: as `visible_goal`.
    """
    found = goals(actor).filter(id=goal_id).select_related("enrollment__person").prefetch_related("milestones")
    goal = await found.first()
    if goal is None:
        raise NotFound
    return goal


async def shared_with(actor: Actor, goal: Goal) -> list[Person]:
    """Who reads a goal because they are in a running pair with its owner: nobody in a circle, nor a private one."""
    if goal.privacy is GoalPrivacy.PRIVATE:
        return []
    match = await visible_match(actor, goal.match_id) if goal.match_id else None
    if match is None or is_circle(match) or match.state not in RUNNING:
        return []
    return [one.person for one in members_now(match) if one.person_id != goal.person_id]


async def running_match_of(actor: Actor, enrollment_id: UUID) -> UUID | None:
    """The running match of an enrolment, for a goal that is worded after the match began: a pair before a circle."""
    member = await MatchMember.filter(
        organization_id=actor.organization_id, enrollment_id=enrollment_id, match__state__in=list(RUNNING),
        match__published_at__lte=clock.now(), left_at=None,
    ).order_by("-match__kind", "-match__active_at").first()
    return member.match_id if member else None


def touched_at(goal: Goal) -> datetime:
    """When a fetched goal was last worded, or a step of it done (aware)."""
    return max([goal.updated_at, *(step.done_at for step in goal.milestones if step.done_at)])


async def has_active_goal(actor: Actor, enrollment_id: UUID) -> bool:
    """Whether an enrolment has a goal with measure and date that is worked on, of those the actor may read."""
    return await goals(actor).filter(enrollment_id=enrollment_id, state=GoalState.ACTIVE).exists()


async def milestones_by_goal(actor: Actor, goal_ids: Iterable[UUID]) -> dict[UUID, list[Milestone]]:
    """The steps of some goals in their order, dropped ones left out."""
    readable = goals(actor).filter(id__in=list(goal_ids))
    found: dict[UUID, list[Milestone]] = {}
    rows = Milestone.filter(organization_id=actor.organization_id, goal_id__in=Subquery(readable.values("id")))
    for step in await rows.exclude(state=MilestoneState.DROPPED).order_by("position", "id"):
        found.setdefault(step.goal_id, []).append(step)
    return found


def worked_on(found: Iterable[Goal], person_id: UUID | None, *, mentors: bool) -> list[Goal]:
    """The goals of a match that somebody works on in it: their own, or who mentors the mentee's."""
    return [goal for goal in found if mentors or goal.person_id == person_id]


def steps_of(goal: Goal) -> list[Milestone]:
    """The steps of a fetched goal in their order, dropped ones left out."""
    kept = (step for step in goal.milestones if step.state is not MilestoneState.DROPPED)
    return sorted(kept, key=lambda step: (step.position, step.id))


def next_step(goal: Goal) -> Milestone | None:
    """The first step of a fetched goal that is still to do."""
    return next((step for step in steps_of(goal) if step.state is MilestoneState.TODO), None)


def history_of(goal: Goal) -> list[GoalVersion]:
    """The earlier wordings of a fetched goal, newest change first."""
    return sorted(goal.versions, key=lambda version: version.version, reverse=True)


async def _whole(found: QuerySet[Goal]) -> list[Goal]:
    ordered = found.order_by("-in_focus", "created_at", "id").select_related("competency")
    return await ordered.prefetch_related("milestones", "versions")


def _lived(actor: Actor) -> Q:
    """Own ones; of the partners of a shared match the open ones, and what was settled in that match."""
    shared = Subquery(_shared_matches(actor).values("match_id"))
    beside_me = MatchMember.filter(organization_id=actor.organization_id, match_id__in=shared)
    theirs = Q(enrollment_id__in=Subquery(beside_me.values("enrollment_id")), state__in=list(OPEN_GOALS))
    return Q(person_id=actor.person_id) | (
        Q(theirs | Q(match_id__in=shared)) & Q(privacy__not=GoalPrivacy.PRIVATE)
    )


def _told_to_managers(actor: Actor) -> Q:
    """Those of the programmes that the actor runs, where their owners chose it."""
    run = Enrollment.filter(organization_id=actor.organization_id)
    scope = actor.programs_with(Permission.PROGRAM_MATCHES_READ)
    if scope is not None:
        run = run.filter(program_id__in=scope)
    return Q(privacy=GoalPrivacy.MANAGERS, enrollment_id__in=Subquery(run.values("id")))


def _shared_matches(actor: Actor) -> QuerySet[MatchMember]:
    """The actor's memberships of announced pairs in which goals are shared. In a circle what one wants is one's own."""
    return MatchMember.filter(
        organization_id=actor.organization_id, person_id=actor.person_id, match__state__in=list(SHARED),
        match__published_at__lte=clock.now(), match__kind=MatchKind.PAIR,
    )


def _matches_of(goal: Goal, sharing: Iterable[MatchMember]) -> set[UUID | None]:
    if goal.state not in OPEN_GOALS:
        return set()
    return {member.match_id for member in sharing if member.enrollment_id == goal.enrollment_id}
