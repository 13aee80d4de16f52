"""Places of mentors in a group: what each skill is short of, and what a plan for more would come to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.context import Context, Info
from graphql_schema.ids import key_of
from graphql_schema.mutations import ById, Input, Payload, perform
from graphql_schema.people import CompetencyType
from graphql_schema.programs import EnrollmentPayload, EnrollmentType, enrollments_by_ids
from server.matches.steps import UNDO_ONE
from server.matchmaking.supply.actions import answer_for_place, ask_for_places, ask_past_mentors
from server.matchmaking.supply.queries import Places, places, usual_plan

if TYPE_CHECKING:
    from server.matchmaking.supply.planning import Plan, Planned
    from server.matchmaking.supply.skills import SkillAhead


@strawberry.input(
    name="PlacesPlanInput", description="Ways to close a gap, each a number from 0 to 500; circles hold 4 to 8."
)
class PlanInput:
    past: int = strawberry.field(default=0, description="Mentors of earlier groups who would be asked.")
    raised: int = strawberry.field(default=0, description="Mentors who take one more, the most useful first.")
    more: int = strawberry.field(default=0, description="More mentors like those there are, each in turn.")
    places: int = strawberry.field(default=0, description="Places that each mentor has at least, up to 20.")
    circles: int = strawberry.field(default=0, description="Circles, each led by a mentor.")
    size: int | None = strawberry.field(default=None, description="People in a circle; null: as the programme says.")
    people: int = strawberry.field(default=0, description="More people, among peers and in a programme of circles.")
    later: int = strawberry.field(default=0, description="So many of the last in line would begin later.")

    def over(self, usual: Plan) -> Plan:
        """As the planner takes it, over what is usual in the programme."""
        return replace(usual, **{name: value for name, value in vars(self).items() if value is not None})


@strawberry.type(description="Mentor places of a skill.")
class SkillPlaces:
    skill: CompetencyType
    wanted: int = strawberry.field(description="Mentees without a match who want it.")
    places: int
    taken: int
    short: int = strawberry.field(description="How many of those who want it find no free place.")
    likely: int | None = strawberry.field(
        description="How many will want it once those who may still come have answered; null where that is not known."
    )
    likely_least: int | None = strawberry.field(description="The same: at least, in 95 of 100 cases.")
    likely_most: int | None = strawberry.field(description="The same: at most.")

    @classmethod
    def of(cls, found: SkillAhead) -> Self:
        """One skill."""
        today, likely = found.supply, found.likely
        return cls(
            skill=CompetencyType.of(today.competency), wanted=today.wanted, places=today.places, taken=today.taken,
            short=today.short, likely=likely.middle if likely else None, likely_least=likely.low if likely else None,
            likely_most=likely.high if likely else None,
        )


@strawberry.type(description="What a plan comes to, by the matching itself.")
class PlacesOutcome:
    with_mentor: int
    in_circles: int
    starting_later: int
    waiting: int
    spare: int = strawberry.field(description="Places that nobody takes.")
    mean_fit: float | None
    groups: int = strawberry.field(description="Pairs of peers, or circles; 0 where people are mentors and mentees.")
    least: int = strawberry.field(
        description="Places to spare, below 0 missing, once who was invited has answered: at least, in 95 of 100 cases."
    )
    most: int = strawberry.field(description="The same: at most.")

    @classmethod
    def of(cls, found: Planned, ahead: tuple[int, int]) -> Self:
        """One outcome, and what it may come to once everybody who is invited has answered."""
        return cls(
            groups=found.groups, least=ahead[0], most=ahead[1],
            with_mentor=found.paired, in_circles=found.in_circles, starting_later=found.later,
            waiting=len(found.waiting), spare=found.spare, mean_fit=found.mean,
        )


@strawberry.type(description="Places as they are and as a plan would have them. Nothing is kept.")
class PlacesPlanned:
    skills: list[SkillPlaces] = strawberry.field(description="The shortest first; the twelve that matter most.")
    past_mentors: int = strawberry.field(description="Mentors of earlier groups who take no part in this one.")
    said_yes: int = strawberry.field(description="Of the mentors who were invited to this programme.")
    answered: int
    could_take_more: int = strawberry.field(description="Mentors with fewer places than the programme allows.")
    could_give: list[EnrollmentType] = strawberry.field(
        description="Mentors who can be asked for one more place: of whom the plan raises it, then who is full."
    )
    people: int = strawberry.field(description="How many people it was run on.")
    out_of: int
    now: PlacesOutcome
    planned: PlacesOutcome

    @classmethod
    def of(cls, found: Places) -> Self:
        """The places of a group."""
        return cls(
            skills=[SkillPlaces.of(one) for one in found.skills.rows],
            past_mentors=found.past, said_yes=found.asked.yes,
            answered=found.asked.answered, could_take_more=found.raisable, people=found.looked_at, out_of=found.of,
            could_give=[EnrollmentType.of(one) for one in found.could_give],
            now=PlacesOutcome.of(found.now, found.ahead),
            planned=PlacesOutcome.of(found.planned, found.with_plan),
        )


@strawberry.type
class PlanningQuery:
    @strawberry.field(
        description="What a plan for more mentor places would come to in a cohort, run now. Only for who runs it."
    )
    async def places_planned(
        self, info: Info, cohort_id: strawberry.ID, plan: PlanInput | None = None
    ) -> PlacesPlanned:
        actor, key = info.context.actor, key_of("Cohort", cohort_id)
        wanted = (plan or PlanInput()).over(await usual_plan(actor, key))
        return PlacesPlanned.of(await places(actor, key, wanted))


@strawberry.input(description="How many past mentors are asked, whoever mentored last first.")
class AskPastMentorsInput(Input):
    cohort_id: strawberry.ID
    count: int


@strawberry.type
class AskPastMentorsPayload(Payload):
    enrollments: list[EnrollmentType] | None = strawberry.field(default=None, description="Those who are invited now.")

    @classmethod
    async def of(cls, context: Context, keys: list[UUID]) -> Self:
        """The invitations as they stand now."""
        rows = await enrollments_by_ids(context.actor, keys)
        return cls(enrollments=[EnrollmentType.of(rows[key]) for key in keys if key in rows])


@strawberry.input(description="Which mentors are asked for one more place; null: everybody who is full.")
class AskForPlacesInput(Input):
    cohort_id: strawberry.ID
    enrollment_ids: list[strawberry.ID] | None = None


@strawberry.input(description="A mentor's answer for an enrolment of their own. A no after a yes takes the place back.")
class AnswerForPlaceInput(ById):
    gives: bool


@strawberry.type
class AskForPlacesPayload(AskPastMentorsPayload):
    enrollments: list[EnrollmentType] | None = strawberry.field(default=None, description="Those who are asked now.")


@strawberry.type
class PlanningMutation:
    @strawberry.mutation(
        description="Invite mentors of earlier groups. Nobody is asked twice for a cohort, nor within eight weeks."
    )
    async def ask_past_mentors(self, info: Info, input: AskPastMentorsInput) -> AskPastMentorsPayload:
        return await perform(
            info, AskPastMentorsPayload, input,
            lambda actor: ask_past_mentors(actor, key_of("Cohort", input.cohort_id), input.count),
        )

    @strawberry.mutation(
        description="Ask mentors whether they take one more. Nobody is asked twice within four weeks."
    )
    async def ask_for_places(self, info: Info, input: AskForPlacesInput) -> AskForPlacesPayload:
        chosen = input.enrollment_ids
        keys = None if chosen is None else [key_of("Enrollment", one) for one in chosen]
        return await perform(
            info, AskForPlacesPayload, input,
            lambda actor: ask_for_places(actor, key_of("Cohort", input.cohort_id), keys),
        )

    @strawberry.mutation(description="Answer whether you take one more mentee: a yes is one place more at once.")
    async def answer_for_place(self, info: Info, input: AnswerForPlaceInput) -> EnrollmentPayload:
        return await perform(
            info, EnrollmentPayload, input,
            lambda actor: answer_for_place(
                actor, key_of("Enrollment", input.id), input.gives, undo_within=UNDO_ONE
            ),
        )
