"""Whom a programme is for: its rules as prepared, whom they mean today, and rules that are only tried."""

from __future__ import annotations

from typing import Self

import strawberry

from graphql_schema.building import ProgramPlanPayload, SeenDraftInput, write_part
from graphql_schema.context import Info
from graphql_schema.ids import key_of
from server.automation.building.queries import Plan, plan_of
from server.kernel.actor import Actor
from server.kernel.db import Json
from server.kernel.typed import check
from server.notifications.reachable.queries import reach_of
from server.programs.audience.queries import known_values, meant, meant_today, today_of
from server.programs.audience.rules import Rule, looked_at, rules_of
from server.programs.audience.states import MOST, Fact, Fit, How, Side
from server.programs.audience.words import in_words
from server.programs.states import ProgramType

strawberry.enum(Fact, name="AudienceFact", description="What a rule asks about.")
strawberry.enum(How, name="AudienceTest", description="How a fact is compared.")
strawberry.enum(Fit, name="AudienceFit", description="Whether every rule must hold, or one of them.")
strawberry.enum(Side, name="AudienceSide", description="Whom rules are about: those it is for, or those who help them.")


@strawberry.type(description="One rule: department is Pricing or Sales.")
class AudienceRule:
    fact: Fact
    test: How
    values: list[str] = strawberry.field(description="Texts; or one number; or yes or no, for who manages people.")
    left: int = strawberry.field(description="How many people are left after it and those before it.")

    @classmethod
    def of(cls, rule: Rule, left: int) -> Self:
        """A rule with its head count."""
        return cls(fact=rule.fact, test=rule.how, values=_values(rule), left=left)


@strawberry.type(description="The rules of one side, and whom they mean today. Nobody is named.")
class AudienceRules:
    side: Side
    fit: Fit
    rules: list[AudienceRule]
    words: str = strawberry.field(description="All of them in a sentence.")
    count: int = strawberry.field(description="How many people they mean today.")
    everybody: int = strawberry.field(description="How many people work here.")
    unreached: int = strawberry.field(description="How many of those whom they mean have no address that works.")
    zone_assumed: int = strawberry.field(description="How many of them have no time zone in the records.")


@strawberry.type(description="Whom a programme is for.")
class ProgramAudience:
    seen: str = strawberry.field(description="The digest of the draft, or of what is in force: `setAudience` takes it.")
    sides: list[AudienceRules]


@strawberry.input
class AudienceRuleInput:
    fact: Fact
    test: How
    values: list[str]


@strawberry.input(description="The rules of both sides. Without rules a side means everybody.")
class AudienceInput:
    people: list[AudienceRuleInput] = strawberry.field(default_factory=list, description="Whom it is for.")
    people_fit: Fit = Fit.ALL
    mentors: list[AudienceRuleInput] = strawberry.field(default_factory=list, description="Who can be a mentor.")
    mentors_fit: Fit = Fit.ALL


@strawberry.input
class SetAudienceInput(SeenDraftInput):
    audience: AudienceInput


@strawberry.type
class AudienceQuery:
    @strawberry.field(
        description="Whom a programme is for, as it is prepared or else in force. With `instead`, whom other rules "
        "would mean; nothing is kept. Only for who runs it."
    )
    async def program_audience(
        self, info: Info, program_id: strawberry.ID, instead: AudienceInput | None = None
    ) -> ProgramAudience:
        actor = info.context.actor
        plan = await plan_of(actor, key_of("Program", program_id))
        rules = plan.content["audience"]
        if instead is not None:
            kind, known = ProgramType(plan.content["type"]), await known_values(actor)
            rules, wrong = looked_at(_document(instead), kind, known, plan.live["audience"])
            check(wrong)
        return await _shown(actor, plan, rules)


@strawberry.type
class AudienceMutation:
    @strawberry.mutation(description="Say in the draft whom a programme is for. Nobody notices before it is made live.")
    async def set_audience(self, info: Info, input: SetAudienceInput) -> ProgramPlanPayload:
        return await write_part(info, input, {"audience": _document(input.audience)})


async def _shown(actor: Actor, plan: Plan, audience: Json) -> ProgramAudience:
    known = await known_values(actor)
    sides = []
    for side in Side:
        rules = rules_of(audience, side)
        told = await meant_today(actor, rules)
        reach = await reach_of(actor, meant(actor, rules, await today_of(actor)))
        sides.append(AudienceRules(
            side=side, fit=rules.fit, words=in_words(rules, known), count=told.count, everybody=told.everybody,
            unreached=reach.unreached, zone_assumed=reach.zone_assumed,
            rules=[AudienceRule.of(rule, left) for rule, left in zip(rules.rules, told.left, strict=True)],
        ))
    return ProgramAudience(seen=plan.seen, sides=sides)


def _document(given: AudienceInput) -> Json:
    """The rules as a document holds them."""
    return {
        "people": [_rule(one) for one in given.people], "people_fit": given.people_fit.value,
        "mentors": [_rule(one) for one in given.mentors], "mentors_fit": given.mentors_fit.value,
    }


def _rule(one: AudienceRuleInput) -> Json:
    return {"fact": one.fact.value, "how": one.test.value, "value": _value(one.fact, one.values)}


def _value(fact: Fact, values: list[str]) -> object:
    if fact in MOST:
        first = values[0].strip() if len(values) == 1 else ""
        return int(first) if first.isdecimal() and len(first) <= len("36500") else first
    return values == ["yes"] if fact is Fact.MANAGES else values


def _values(rule: Rule) -> list[str]:
    if isinstance(rule.value, bool):
        return ["yes" if rule.value else "no"]
    return list(rule.texts) or [str(rule.value)]
