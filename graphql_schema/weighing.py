"""What a good match is in a programme: weights and hard rules, their versions, and what others would come to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Self
from uuid import UUID

import strawberry

from graphql_schema.building import ProgramPlanPayload, SeenDraftInput, on_plan
from graphql_schema.context import Info
from graphql_schema.ids import global_id, key_of
from graphql_schema.matchmaking import Weight
from server.automation.building import weighed
from server.automation.building.actions import change_part
from server.automation.building.queries import plan_of, prepared
from server.kernel.actor import Actor
from server.kernel.errors import Invalid
from server.kernel.text import gettext as _
from server.matchmaking.engine import Category, RuleCode, RuleSet
from server.matchmaking.weighing import queries
from server.matchmaking.weighing.settings import Settings, checked, contradictions, fixed, settings_of, with_rules
from server.programs.rules import target_role

if TYPE_CHECKING:
    from server.matchmaking.weighing.queries import Past, Preview, Version
    from server.matchmaking.weighing.trying import Outcome, Together
    from server.programs.models import Program
    from server.programs.states import ProgramType

_CODES = {
    "reporting_line": RuleCode.REPORTING_LINE, "same_team": RuleCode.SAME_TEAM, "company": RuleCode.COMPANY,
    "grade_gap": RuleCode.GRADE_GAP,
}
"""The rules that a type may fix, by their columns."""


@strawberry.input(name="WeightInput", description="How much a part counts, on any scale; all are brought to 100.")
class WeightInput:
    category: Category
    amount: int


@strawberry.input(description="The hard rules whole: what is left out is off.")
class MatchRulesInput:
    reporting_line: bool = False
    reporting_depth: int | None = strawberry.field(default=None, description="Levels of management; null: any depth.")
    same_team: bool = strawberry.field(default=False, description="Nobody with one line manager.")
    repeat: bool = strawberry.field(default=False, description="Nobody who was paired before.")
    repeat_months: int | None = strawberry.field(default=None, description="In the last so many; null: ever.")
    common_language: bool = False
    shared_half_hours: int = strawberry.field(default=0, description="Each week, at least.")
    least_grade_gap: int | None = strawberry.field(default=None, description="The mentor's level minus the mentee's.")
    most_grade_gap: int | None = None
    same_company: bool | None = strawberry.field(default=None, description="Only the same, never the same, or any.")
    max_pairs: int | None = strawberry.field(default=None, description="Pairs of a group at most; null: any number.")
    least_fit: int = strawberry.field(default=0, description="Out of 100: below it nobody is proposed.")
    points_for_waiting: int = strawberry.field(
        default=2, description="Points of fit for each time somebody was left over, 0 to 5; five times count at most."
    )
    held_back_percent: int = strawberry.field(
        default=0, description="Of mentors with a place, 0 to 20: one place of each is held back for newcomers."
    )

    def rules(self) -> RuleSet:
        """As the engine takes them.

        Raises:
            Invalid: one end of the gap of levels was given without the other.
        """
        gap = self.least_grade_gap, self.most_grade_gap
        if (gap[0] is None) != (gap[1] is None):
            raise Invalid({"grade_gap": _("Say both the least and the most.")})
        return RuleSet(
            reporting_line=self.reporting_line, reporting_depth=self.reporting_depth, same_team=self.same_team,
            repeat=self.repeat, repeat_months=self.repeat_months, common_language=self.common_language,
            min_overlap_half_hours=self.shared_half_hours,
            grade_gap=(gap[0], gap[1]) if gap[0] is not None and gap[1] is not None else None,
            company=None if self.same_company is None else "same" if self.same_company else "different",
            max_pairs=self.max_pairs, min_fit=self.least_fit, wait_bonus=self.points_for_waiting / 100,
            reserve=self.held_back_percent / 100,
        )


@strawberry.type(description="A rule that nobody turns off in this type of programme.")
class FixedRule:
    rule: RuleCode
    why: str


@strawberry.type(description="The hard rules of a programme.")
class MatchRules:
    reporting_line: bool
    reporting_depth: int | None
    same_team: bool
    repeat: bool
    repeat_months: float | None
    common_language: bool
    shared_half_hours: int
    least_grade_gap: int | None
    most_grade_gap: int | None
    same_company: bool | None
    max_pairs: int | None
    least_fit: float
    points_for_waiting: float
    held_back_percent: float
    fixed: list[FixedRule] = strawberry.field(description="What the type of programme cannot be without.")

    @classmethod
    def of(cls, rules: RuleSet, kind: ProgramType) -> Self:
        """The rules in force."""
        gap = rules.grade_gap or (None, None)
        return cls(
            reporting_line=rules.reporting_line, reporting_depth=rules.reporting_depth, same_team=rules.same_team,
            repeat=rules.repeat, repeat_months=rules.repeat_months, common_language=rules.common_language,
            shared_half_hours=rules.min_overlap_half_hours, least_grade_gap=gap[0], most_grade_gap=gap[1],
            same_company=None if rules.company is None else rules.company == "same", max_pairs=rules.max_pairs,
            least_fit=rules.min_fit, points_for_waiting=round(100 * rules.wait_bonus, 2),
            held_back_percent=round(100 * rules.reserve, 2),
            fixed=[FixedRule(rule=_CODES[name], why=why) for name, why in fixed(kind).items() if name in _CODES],
        )


@strawberry.type(description="A version of the weights and rules of a programme. Versions are never changed.")
class WeightsVersion:
    number: int
    weights: list[Weight]
    set_at: datetime
    set_by_id: strawberry.ID | None = strawberry.field(description="Null for a machine, and for what stood before.")
    based_on: int | None = strawberry.field(description="The version that was in force; null: the factory setting.")
    restores: int | None = strawberry.field(description="The version it puts back; 0 is the factory setting.")

    @classmethod
    def of(cls, found: Version) -> Self:
        """One version."""
        row = found.row
        return cls(
            number=row.number, set_at=row.set_at, based_on=row.based_on, restores=row.restores,
            set_by_id=global_id("Person", found.by.id) if found.by else None,
            weights=[Weight(category=Category(name), share=share) for name, share in row.weights.items()],
        )


@strawberry.type(description="What a good match is in a programme.")
class MatchSettings:
    program_id: strawberry.ID
    version: int = strawberry.field(description="0 is the factory setting of the type.")
    weights: list[Weight]
    rules: MatchRules
    versions: list[WeightsVersion] = strawberry.field(description="The latest 20, the newest first.")
    target_role_id: strawberry.ID | None = strawberry.field(
        description="The competency under which everything stands that the programme leads to."
    )

    @classmethod
    def of(cls, program: Program, versions: list[Version]) -> Self:
        """What is in force, and what was."""
        settings, role = settings_of(program), target_role(program.rules)
        return cls(
            target_role_id=global_id("Competency", role) if role else None,
            program_id=global_id("Program", program.id), version=program.weights_version or queries.FACTORY,
            weights=[Weight(category=name, share=amount / 100) for name, amount in settings.amounts.items()],
            rules=MatchRules.of(settings.rules, program.type), versions=[WeightsVersion.of(one) for one in versions],
        )


@strawberry.type(description="People who would be together: a mentee with a mentor, two peers, or a circle.")
class PreviewPair:
    enrollment_ids: list[strawberry.ID] = strawberry.field(description="The mentee first.")
    fit: float

    @classmethod
    def of(cls, one: Together) -> Self:
        """Those together."""
        return cls(enrollment_ids=[global_id("Enrollment", UUID(key)) for key in one.who], fit=one.fit)


@strawberry.type(description="What settings come to on some people of a programme.")
class PreviewOutcome:
    placed: int
    mean_fit: float | None
    lowest_fit: float | None
    best: list[PreviewPair]
    weakest: list[PreviewPair]
    past_pairs: int = strawberry.field(description="Past pairs that the weights call a good fit.")
    said_yes: float | None = strawberry.field(description="The share of them that began; null for fewer than 8.")

    @classmethod
    def of(cls, found: Outcome, past: Past) -> Self:
        """One of the two outcomes."""
        return cls(
            placed=found.placed, mean_fit=found.mean, lowest_fit=found.lowest, past_pairs=past.good,
            said_yes=past.share, best=[PreviewPair.of(one) for one in found.best],
            weakest=[PreviewPair.of(one) for one in found.weakest],
        )


@strawberry.type(description="How many mentees a rule keeps from somebody, and how many from everybody.")
class RuleTouch:
    rule: RuleCode
    people: int
    alone: int


@strawberry.type(name="MatchPreview", description="Settings tried on some people of the newest group. Nothing is kept.")
class PreviewType:
    people: int = strawberry.field(description="How many people it was run on.")
    out_of: int
    untrained: int = strawberry.field(description="How many of them have training to finish: a run leaves them out.")
    now: PreviewOutcome
    was: PreviewOutcome = strawberry.field(description="With what is in force.")
    moved: int = strawberry.field(description="Pairs that are not made with what is in force.")
    rules: list[RuleTouch]
    warnings: list[str] = strawberry.field(description="What stands against itself, or against pairs that stand.")

    @classmethod
    def of(cls, found: Preview, warnings: list[str]) -> Self | None:
        """The preview; None while nobody takes part."""
        if found.trial is None or found.sample is None:
            return None
        return cls(
            people=len(found.sample.rows), out_of=found.sample.of, moved=found.trial.moved,
            untrained=len(found.sample.untrained),
            now=PreviewOutcome.of(found.trial.now, found.now), was=PreviewOutcome.of(found.trial.was, found.was),
            rules=[RuleTouch(rule=code, people=one.some, alone=one.alone) for code, one in found.trial.touched.items()],
            warnings=warnings,
        )


@strawberry.type
class WeighingQuery:
    @strawberry.field(description="What a good match is in a programme. Only for who may change it.")
    async def match_settings(self, info: Info, program_id: strawberry.ID) -> MatchSettings:
        actor = info.context.actor
        program = await queries.weighed_program(actor, key_of("Program", program_id))
        return MatchSettings.of(program, await queries.versions(actor, program))

    @strawberry.field(description="What other weights and rules would come to, run now on some people of the group.")
    async def match_preview(
        self, info: Info, program_id: strawberry.ID, weights: list[WeightInput], rules: MatchRulesInput
    ) -> PreviewType | None:
        actor = info.context.actor
        program = await queries.weighed_program(actor, key_of("Program", program_id))
        settings = with_rules(_settings(weights, rules), program.type, program.rules)
        found = await queries.preview(actor, program, settings)
        return PreviewType.of(found, [*contradictions(program.type, settings.rules, found.standing)])


@strawberry.input
class SetMatchSettingsInput(SeenDraftInput):
    weights: list[WeightInput]
    rules: MatchRulesInput


@strawberry.input
class RestoreMatchSettingsInput(SeenDraftInput):
    version: int = strawberry.field(description="0 is the factory setting.")


@strawberry.type
class WeighingMutation:
    @strawberry.mutation(description="Set weights and rules in a programme's draft. No run goes by them yet.")
    async def set_match_settings(self, info: Info, input: SetMatchSettingsInput) -> ProgramPlanPayload:
        async def given(_actor: Actor, program: Program) -> Settings:
            return checked(_settings(input.weights, input.rules), program.type)

        return await _prepare(info, input, given)

    @strawberry.mutation(description="Put the weights and rules of an earlier version into a programme's draft.")
    async def restore_match_settings(self, info: Info, input: RestoreMatchSettingsInput) -> ProgramPlanPayload:
        async def given(actor: Actor, program: Program) -> Settings:
            return await queries.settings_at(actor, program, input.version)

        return await _prepare(info, input, given)


async def _prepare(
    info: Info, input: SeenDraftInput, given: Callable[[Actor, Program], Awaitable[Settings]]
) -> ProgramPlanPayload:
    """Write weights and rules into the draft."""
    async def done(actor: Actor, program_id: UUID) -> object:
        settings = await given(actor, prepared(await plan_of(actor, program_id)).program)
        return await change_part(actor, program_id, weighed.weighed_as(settings), seen=input.seen)

    return await on_plan(info, input, done)


def _settings(weights: list[WeightInput], rules: MatchRulesInput) -> Settings:
    return Settings({one.category: one.amount for one in weights}, rules.rules())
