"""The document of a programme: what is in force, what may be put in force, and how. Later parts join here."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from server.automation.building import weighed
from server.automation.telling import part as telling
from server.goals.levels.setup import GOAL_PRIVACY_PART
from server.goals.levels.setup import contradictions as levels_against
from server.kernel.actor import Actor
from server.kernel.db import Json, unit_of_work
from server.kernel.typed import check
from server.matchmaking.gather import rules_of
from server.matchmaking.weighing.actions import set_weights
from server.notifications.senders.queries import who_may_sign
from server.people.queries import competencies, framework
from server.programs.audience import rules as audience
from server.programs.audience.queries import known_values
from server.programs.branding.setup import BRANDING_PART
from server.programs.branding.setup import contradictions as branding_against
from server.programs.intake.entries import INTAKE_PART
from server.programs.models import Program
from server.programs.permissions.entries import PERMISSIONS_PART
from server.programs.plans import fields
from server.programs.plans.actions import set_part, set_up
from server.programs.plans.content import digest
from server.programs.plans.fields import Shape
from server.programs.plans.parts import Part
from server.programs.plans.setup import SETUP, contradictions, moved, setup_of
from server.programs.queries import cohorts
from server.programs.reporting.entries import REPORTS_PART
from server.programs.resources import setup as resources
from server.programs.resources.actions import adopt_files
from server.programs.resources.queries import kept_files
from server.programs.states import ProgramState, ProgramType
from server.programs.terms.setup import TERMS_PART
from server.programs.terms.setup import contradictions as terms_against
from server.programs.training.entries import TRAINING_PART
from server.programs.training.entries import contradictions as training_against
from server.programs.triggers.entries import TRIGGERS_PART
from server.programs.triggers.entries import contradictions as triggers_against
from server.surveys.forms.setup import SURVEYS_PART
from server.surveys.forms.setup import contradictions as surveys_against

PARTS: tuple[Part, ...] = (
    TRIGGERS_PART, telling.MESSAGES_PART, audience.AUDIENCE_PART, REPORTS_PART, SURVEYS_PART,
    GOAL_PRIVACY_PART, TERMS_PART, BRANDING_PART, resources.RESOURCES_PART,
    TRAINING_PART, INTAKE_PART, PERMISSIONS_PART,
)
"""What joins the document after its outline, weights and rules: a column each, set by one act."""


class Around(NamedTuple):
    """What a document is checked beside: what holds (None: nothing yet), the roles that there are, what the records
    know of people, who may sign letters (by employee numbers), the files that are kept, and whether people may be there
    already."""

    live: Json | None
    roles: frozenset[str]
    known: audience.Known
    may_sign: frozenset[str]
    files: Mapping[str, resources.Kept]
    settled: bool = False


async def content_of(actor: Actor, program: Program) -> Json:
    """What is in force in a programme, whole."""
    keys = {one.id: one.key for one in await framework(actor)}
    return {
        **setup_of(program, keys), **weighed.weighed(program),
        **{part.name: part.told(getattr(program, part.name)) for part in PARTS},
    }


def in_order(content: Mapping[str, Any]) -> Json:
    """A document that was stored, its settings in the order in which they are told: a database keeps none."""
    return fields.read({}, content, _shape(ProgramType(content["type"])))


async def around(actor: Actor, program: Program | None) -> Around:
    """What a document of a programme is checked beside; None: of one that is not there yet."""
    roles = frozenset(one.key for one in await competencies(actor))
    known, files = await known_values(actor), await kept_files(actor)
    signers = await who_may_sign(actor, program.id if program else None)
    may_sign = frozenset(one.employee_id for one in signers)
    if program is None:
        return Around(None, roles, known, may_sign, files)
    return Around(await content_of(actor, program), roles, known, may_sign, files, await is_settled(actor, program))


async def is_settled(actor: Actor, program: Program) -> bool:
    """Whether people may be there in roles already, so that type and cadence stay."""
    return program.state is not ProgramState.DRAFT or await cohorts(actor).filter(program_id=program.id).exists()


def checked(given: object, beside: Around) -> Json:
    """A document as it is kept: every setting there, in its order, as it was given or as its type usually has it.

    Raises:
        Invalid: something is unknown, missing, cannot be, contradicts itself or may not change; each by its path
            (`rules.same_team`, `goal_examples[2].want`), the problems of one kind all at once.
    """
    problems: fields.Problems = {}
    named = given.get("type") if isinstance(given, dict) else None
    kind = ProgramType(SETUP["type"].kind({}, "type", named))
    content = fields.read(problems, given, _shape(kind))
    check(problems)
    problems |= triggers_against(content, content["triggers"]) | telling.contradictions(content)
    problems |= audience.contradictions(kind, content["audience"])
    held = beside.live or {"audience": {}, "messages": {}}
    content["audience"] = audience.settled(problems, content["audience"], beside.known, held["audience"])
    problems |= telling.strangers(content["messages"], held["messages"], beside.may_sign)
    problems |= contradictions(content) | moved(
        content, beside.live or {**content, "target_role": ""}, roles=beside.roles, settled=beside.settled
    )
    problems |= surveys_against(content["surveys"]) | levels_against(content["goal_privacy"])
    problems |= terms_against(content["terminology"]) | branding_against(content["branding"])
    content["resources"] = resources.settled(problems, content["resources"], beside.files)
    problems |= resources.contradictions(content["resources"]) | training_against(content["training"])
    content |= weighed.settled(problems, kind, content)
    check(problems)
    return content


async def apply(actor: Actor, program: Program, content: Mapping[str, Any]) -> Program:
    """Put a document that was checked in force, all of it or nothing.

    Raises:
        Refused: the actor does not run the programme.
    """
    async with unit_of_work(actor):
        program = await set_up(actor, program.id, {name: content[name] for name in SETUP})
        program = await set_weights(actor, program.id, weighed.settings_from(content, rules_of(program)))
        await adopt_files(actor, program.id, resources.named_in(content))
        for part in PARTS:
            program = await set_part(actor, program.id, part, content[part.name])
        stands = await content_of(actor, program)
        assert digest(stands) == digest(content), "what was put in force is not what was looked at"
        return program


def _shape(kind: ProgramType) -> Shape:
    """Every part of a document of a type of programme."""
    return {**SETUP, **weighed.shape(kind), **{part.name: part.setting for part in PARTS}}
