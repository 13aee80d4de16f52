"""From rows to the engine's pool: who can be matched in a cohort, and what is known about them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from server.goals.models import Goal
from server.goals.queries import told_goals
from server.goals.states import GoalState
from server.kernel import clock
from server.kernel.actor import Actor, system_actor
from server.language.meaning import Framework
from server.matches import queries as matches
from server.matches.conflicts.queries import conflicts_among
from server.matches.rules import main_kind
from server.matches.states import MatchKind, OverrideKind
from server.matchmaking.background.queries import ways_of
from server.matchmaking.engine.constraints import RuleSet, held_to, rules_for
from server.matchmaking.engine.pool import Background, Participant, PastPair, Pool, Standing, digest_of, week_mask
from server.matchmaking.engine.weights import Category, Weights, rescaled, weights_for
from server.matchmaking.gathering.behaviour import Behaviour, behaviour_of
from server.matchmaking.gathering.ways import department_wish, style_of
from server.matchmaking.learned.past import history_of, pairs_lived
from server.matchmaking.meant.keeping import Place, framework, readings
from server.matchmaking.meant.reading import Reading, meant
from server.matchmaking.said.queries import Said, said_by
from server.people import queries as people
from server.people.models import AvailabilityBlock, Competency, Consent, Person, Profile
from server.people.states import ConsentPurpose, SkillSide
from server.programs.models import Cohort, Enrollment, Program
from server.programs.queries import Taking, enrollments_in
from server.programs.rules import is_drawn, roles_in
from server.programs.states import EnrollmentState, ParticipantRole, ProgramType
from server.programs.training.queries import untrained

MENTOR, MENTEE = ParticipantRole.MENTOR, ParticipantRole.MENTEE
OPEN_GOALS = (GoalState.DRAFT, GoalState.ACTIVE)
HALF_HOUR, DAY_MINUTES, YEAR_DAYS = 30, 24 * 60, 365.25
MONTH = timedelta(days=YEAR_DAYS / 12)

SIDE = {ParticipantRole.PEER: MENTEE, ParticipantRole.FACILITATOR: MENTOR}
"""How the engine takes roles that are neither mentor nor mentee."""
IN_CIRCLES = (ParticipantRole.FACILITATOR, MENTEE)
OF_THE_RUN = frozenset({"pairing", "cycles_apart", "circle_size", "target_role"})
"""Rules of a programme that say how peers are paired, how large circles are and where it leads: none of the engine."""


@dataclass(frozen=True)
class Gathered:
    """Everything a run needs. Ids of participants are ids of enrolments; persons are ids of persons. `placed` have a
    match or a draft, and a place left besides."""

    pool: Pool
    standing: Standing
    digest: str
    placed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Known:
    skills: Mapping[UUID, list[Competency]]
    wants: Mapping[UUID, list[Competency]]
    profiles: Mapping[UUID, Profile]
    weeks: Mapping[UUID, list[AvailabilityBlock]]
    goals: Mapping[UUID, Goal]
    said: Mapping[UUID, Said]
    lived: Behaviour
    ways: Mapping[UUID, Background]


@dataclass(frozen=True)
class _Read:
    vectors: Mapping[Place, Reading]
    meant: Mapping[Place, tuple[str, ...]]

    def of(self, place: Place) -> dict[str, Any]:
        """The fields of a participant that come from one text."""
        aspect, reading = place.aspect, self.vectors.get(place)
        return {f"{aspect}_vector": reading.whole if reading else None, f"{aspect}_meant": self.meant.get(place, ())}


async def gather(
    actor: Actor, cohort: Cohort, *, around_drafts: bool = False,
    among: Callable[[Enrollment], bool] | None = None, kind: MatchKind | None = None,
) -> Gathered:
    """Who waits for a match in a cohort and who has a place, with past pairs, bans and wishes.

    People whose places are all taken, by open matches or by locked drafts, are left out, and so is whoever took back
    the consent to be matched. With `around_drafts` every draft has its place, and pairs that stand are not made again.
    `among` says whom to look at at all, and `kind` for what: what the programme brings together first, unless said.
    Past pairs come with what became of them, so that two people are judged alike wherever it is done. Where peers are
    drawn, the cycles since they met count alone.
    """
    seats = await _seats(actor, cohort, around_drafts, kind or main_kind(cohort.program))
    asked = [(row, free) for row, free in seats if among is None or among(row)]
    return await gather_seats(actor, cohort, asked, around_drafts=around_drafts)


async def gather_seats(
    actor: Actor, cohort: Cohort, seats: Iterable[tuple[Enrollment, int]], *, around_drafts: bool = False
) -> Gathered:
    """What is known about some people, each with so many places (those without any are left out), as for a run.

    The enrolments may be of another cohort; bans and pairs that were tried are those of `cohort`.
    """
    reader, open_seats = system_actor(actor.organization_id), [(row, free) for row, free in seats if free]
    active = [row for row, _free in open_seats]
    known = await _known(reader, active, cohort.program)
    read = await _read(reader, active, known)
    people_in = tuple(_participant(row, free, known, read) for row, free in open_seats)
    together = await _together(reader, cohort.id) if around_drafts else frozenset()
    ids = [row.person_id for row in active]
    past = await (_lately(reader, cohort) if is_drawn(cohort.program) else history_of(reader, ids))
    apart = together | await _conflicts(reader, active)
    pool, standing = Pool(people_in, await _managers(reader), past, apart), await _standing(reader, cohort)
    placed = frozenset(str(row.id) for row, free in open_seats if around_drafts and free < row.capacity)
    return Gathered(pool, standing, digest_of(pool, standing, past), placed)


async def gather_for_rules(actor: Actor, cohort: Cohort, rows: list[Enrollment]) -> Gathered:
    """What the hard rules look at of some people of a cohort, each with one place, and nothing of what they wrote: a
    dozen statements for any number of people, so that a unit may hold them. The enrolments come with their persons."""
    reader, ids = system_actor(actor.organization_id), [row.person_id for row in rows]
    by_hours = rules_of(cohort.program).min_overlap_half_hours > 0
    weeks = await people.availability_of(reader, ids) if by_hours else {}
    said = await said_by(reader, rows, cohort.program)
    known = _Known(skills={}, wants={}, profiles={}, weeks=weeks, goals={}, said=said, lived=Behaviour(), ways={})
    people_in = tuple(_participant(row, 1, known, _Read({}, {})) for row in rows)
    above = await people.managers_above(reader, ids)
    past = await (_lately(reader, cohort) if is_drawn(cohort.program) else pairs_lived(reader, ids))
    managers = {str(one): str(boss) for one, boss in above.items()}
    pool = Pool(people_in, managers, past, await _conflicts(reader, rows))
    return Gathered(pool, await _standing(reader, cohort), "")


async def sampled(actor: Actor, rows: list[Enrollment]) -> Pool:
    """Some enrolments, with person and programme, as a pool in which each has one place: for learning what would be
    tried where nobody did."""
    reader = system_actor(actor.organization_id)
    people_in: list[Participant] = []
    for program in {row.program_id: row.program for row in rows}.values():
        those = [row for row in rows if row.program_id == program.id]
        known = await _known(reader, those, program)
        read = await _read(reader, those, known)
        people_in += [_participant(row, 1, known, read) for row in those]
    return Pool(tuple(people_in))


async def places_left(
    actor: Actor, cohort: Cohort, *, around_drafts: bool = False, kind: MatchKind | None = None
) -> dict[UUID, int]:
    """For each active enrolment of a cohort the places that no open match and no locked draft takes; none that any
    draft takes with `around_drafts`."""
    kind = kind or main_kind(cohort.program)
    return {row.id: free for row, free in await _seats(actor, cohort, around_drafts, kind)}


def rules_of(program: Program) -> RuleSet:
    """A programme's hard rules: its own settings over those of its type."""
    return rules_from(program.type, program.rules)


def rules_from(kind: ProgramType, stored: Mapping[str, Any]) -> RuleSet:
    """The hard rules of a type with settings as they are stored over them; what the type itself means holds always."""
    own = {name: value for name, value in stored.items() if name not in OF_THE_RUN}
    if own.get("grade_gap"):
        own["grade_gap"] = tuple(own["grade_gap"])
    return held_to(kind, replace(rules_for(kind), **own))


def weights_of(program: Program) -> Weights:
    """A programme's own weights, or the factory setting of its type. A version that was set is named in them."""
    if not program.weights:
        factory = weights_for(program.type)
        return factory if program.weights_version is None else replace(factory, version=_version(program))
    return weights_from(program.type, program.weights, _version(program))


def weights_from(kind: ProgramType, stored: Mapping[str, float], version: str) -> Weights:
    """Weights as they are stored, with what a type looks for."""
    return rescaled({Category(name): amount for name, amount in stored.items()}, kind, version)


def _version(program: Program) -> str:
    """The name of the weights in force; of those from before versions were counted it is the programme's own."""
    return f"program:{program.weights_version or program.id.hex}"


async def _seats(
    actor: Actor, cohort: Cohort, around_drafts: bool, kind: MatchKind
) -> list[tuple[Enrollment, int]]:
    """The active people of a cohort with their free places: none for whoever does not want to be matched, had their
    time with somebody, or has training to finish first."""
    reader = system_actor(actor.organization_id)
    rows = [
        row
        for role in (IN_CIRCLES if kind is MatchKind.CIRCLE else roles_in(cohort.program))
        for row in await enrollments_in(actor, cohort.id, role=role, states=[EnrollmentState.ACTIVE])
    ]
    free, silent = await _free_seats(reader, cohort.id, rows, around_drafts, kind), await stopped(reader, rows)
    over = await had_their_time(reader, cohort.id) | await untrained(reader, cohort.program, rows)
    return [(row, 0 if row.person_id in silent or row.id in over else free[row.id]) for row in rows]


async def had_their_time(actor: Actor, cohort_id: UUID) -> set[UUID]:
    """The mentees of a cohort for whom nobody is sought any more."""
    found = matches.had_their_time(actor).filter(match__cohort_id=cohort_id)
    return {one.enrollment_id for one in await found}


async def _free_seats(
    actor: Actor, cohort_id: UUID, rows: Iterable[Enrollment], around_drafts: bool, kind: MatchKind
) -> dict[UUID, int]:
    if around_drafts:
        placed = await matches.placed_seats(actor, cohort_id, kind)
        return {row.id: max(0, matches.places_of(row, kind) - placed[row.id]) for row in rows}
    taken = Counter(await matches.seats_taken(actor, [row.id for row in rows], kind))
    taken.update(await matches.locked_seats(actor, cohort_id, kind))
    return {row.id: max(0, matches.places_of(row, kind) - taken[row.id]) for row in rows}


async def stopped(actor: Actor, rows: Iterable[Enrollment | Taking]) -> set[UUID]:
    """Whose last word about being matched is no; whoever was never asked said nothing (joining asks)."""
    answers = Consent.filter(
        organization_id=actor.organization_id, purpose=ConsentPurpose.MATCHING,
        person_id__in=[row.person_id for row in rows],
    )
    last = {answer.person_id: answer.given for answer in await answers.order_by("at", "id")}
    return {person_id for person_id, given in last.items() if not given}


async def _known(actor: Actor, rows: list[Enrollment], program: Program) -> _Known:
    ids = [row.person_id for row in rows]
    goals = await told_goals(actor).filter(enrollment_id__in=[row.id for row in rows], state__in=list(OPEN_GOALS))
    first = {goal.enrollment_id: goal for goal in reversed(goals)}
    wants = await people.skills_of(actor, ids, SkillSide.WANTED)
    profiles = await people.profiles_of(actor, ids)
    texts = {row.id: _goal_text(first.get(row.id), profiles.get(row.person_id)) for row in rows}
    offers = await people.skills_of(actor, ids, SkillSide.OFFERED)
    return _Known(
        skills=offers, wants=wants, profiles=profiles, goals=first,
        weeks=await people.availability_of(actor, ids),
        said=await said_by(actor, rows, program), lived=await behaviour_of(actor, ids),
        ways=await ways_of(actor, rows, program, wants, texts, offers),
    )


def _participant(row: Enrollment, seats: int, known: _Known, read: _Read) -> Participant:
    person, profile, said = row.person, known.profiles.get(row.person_id), known.said[row.id]
    goal, today = known.goals.get(row.id), clock.now().date()
    return Participant(
        id=str(row.id), role=SIDE.get(row.role, row.role), person=str(person.id),
        capacity=seats,
        company=person.company or None, business_unit=person.business_unit or None,
        department=person.department or None,
        team=str(person.line_manager_id) if person.line_manager_id else None,
        manager=str(person.line_manager_id) if person.line_manager_id else None,
        grade=person.seniority, tenure_years=_years(person.hire_date, today),
        role_years=_years(person.role_start_date, today), city=person.location or None,
        utc_offset_min=_offset(person), languages=tuple(person.languages) or _own_language(person),
        availability=_week(known.weeks.get(person.id, []), _offset(person)),
        goal_tags=_tags(row, known, "goal"), goal_text=_goal_text(goal, profile) or None,
        skill_tags=_tags(row, known, "skill"), skill_text=_skill_text(profile) or None,
        **read.of(Place(row.id, "goal")), **read.of(Place(row.id, "skill")),
        life_stage=(profile.life_stage or None) if profile else None,
        pref_department=department_wish(profile), style=style_of(profile), **known.lived.of(row),
        prefers=said.prefers, avoids=said.avoids, missed=said.missed,
        enrolled_on=row.invited_at.date().isoformat(), waited_cycles=row.waited_cycles,
        background=known.ways.get(row.id, Background()),
    )


def _goal_tags(goal: Goal | None, wants: Iterable[Competency]) -> tuple[str, ...]:
    names = [one.name for one in wants]
    built_on = next((one.name for one in wants if goal and one.id == goal.competency_id), None)
    return tuple(dict.fromkeys([built_on, *names] if built_on else names))


def _goal_text(goal: Goal | None, profile: Profile | None) -> str:
    return " ".join(filter(None, [goal.want, goal.measure] if goal else [profile.goal_text if profile else ""]))


def _skill_text(profile: Profile | None) -> str:
    return " ".join(filter(None, (profile.skill_text, profile.about, profile.words_for_mentees))) if profile else ""


def _own_language(person: Person) -> tuple[str, ...] | None:
    return (person.language.partition("-")[0],) if person.language else None


def _years(since: date | None, today: date) -> float | None:
    return None if since is None else max(0.0, (today - since).days / YEAR_DAYS)


def _offset(person: Person) -> int:
    """Minutes ahead of UTC, as of now."""
    ahead = clock.now().astimezone(ZoneInfo(person.zone)).utcoffset()
    return int(ahead.total_seconds() // 60) if ahead else 0


def _week(blocks: Iterable[AvailabilityBlock], offset: int) -> int | None:
    """The stated week as half hours of a UTC week; None when nothing was stated."""
    spans = [
        (-(-(block.weekday * DAY_MINUTES + block.start_minute - offset) // HALF_HOUR),
         (block.end_minute - block.start_minute) // HALF_HOUR)
        for block in blocks
    ]
    return week_mask(spans) if spans else None


async def _read(actor: Actor, rows: list[Enrollment], known: _Known) -> _Read:
    """What each free text means: as vectors, and in the words of the organisation's framework."""
    texts = {
        Place(row.id, aspect): text
        for row in rows
        for aspect, text in (
            ("goal", _goal_text(known.goals.get(row.id), known.profiles.get(row.person_id))),
            ("skill", _skill_text(known.profiles.get(row.person_id))),
        )
        if text
    }
    found, known_words = await readings(actor, texts), await framework(actor)
    if known_words is None:
        return _Read(found, {})
    chosen = {Place(row.id, aspect): _tags(row, known, aspect) for row in rows for aspect in ("goal", "skill")}
    return _Read(found, await asyncio.to_thread(_meant, texts, found, known_words, chosen))


def _meant(
    texts: Mapping[Place, str], found: Mapping[Place, Reading], known_words: Framework,
    chosen: Mapping[Place, tuple[str, ...]],
) -> dict[Place, tuple[str, ...]]:
    return {place: meant(text, found[place].parts, known_words, chosen[place]) for place, text in texts.items()}


def _tags(row: Enrollment, known: _Known, aspect: str) -> tuple[str, ...]:
    if aspect == "goal":
        return _goal_tags(known.goals.get(row.id), known.wants.get(row.person_id, []))
    return tuple(one.name for one in known.skills.get(row.person_id, []))


async def _managers(actor: Actor) -> dict[str, str]:
    return {str(one): str(boss) for one, boss in (await people.managers_of_all(actor)).items()}


async def _together(actor: Actor, cohort_id: UUID) -> frozenset[tuple[str, str]]:
    """The two people of every match and draft of a cohort that stands."""
    return frozenset((str(one), str(other)) for one, other in await matches.standing_pairs(actor, cohort_id))


async def _conflicts(actor: Actor, rows: list[Enrollment]) -> frozenset[tuple[str, str]]:
    """The persons of any two who have a conflict of interest."""
    found = await conflicts_among(actor, [row.person_id for row in rows])
    return frozenset((str(one), str(other)) for one, other in found)


async def _lately(actor: Actor, cohort: Cohort) -> tuple[PastPair, ...]:
    """Whom the draw leads together no more: pairs of the programme's last cycles, or of all where it names no number.

    A cycle is one run of the matching from which pairs came together.
    """
    ran = matches.matches(actor).filter(program_id=cohort.program_id, active_at__isnull=False, run_id__isnull=False)
    rows = await ran.order_by("-active_at", "-id").prefetch_related("members")
    cycles = list(dict.fromkeys(match.run_id for match in rows))
    within = set(cycles[: cohort.program.rules.get("cycles_apart") or len(cycles)])
    pairs = {
        (str(one.person_id), str(other.person_id))
        for match in rows if match.run_id in within for one, other in matches.pairs(match)
    }
    return tuple(PastPair(*pair) for pair in sorted(pairs))


async def _standing(actor: Actor, cohort: Cohort) -> Standing:
    """Pairs that were open or declined here are not made again; a manager's bans neither. Where pairs are drawn, those
    that came together are kept apart by the cycles since then alone.
    """
    cohort_id, again = cohort.id, is_drawn(cohort.program)
    banned = {
        (row.mentor_enrollment_id, row.mentee_enrollment_id)
        for row in await matches.overrides(actor, cohort_id, OverrideKind.BAN)
    }
    tried = await matches.tried_pairs(actor, cohort_id, but_ran=again)
    return Standing(bans=frozenset((str(mentor), str(mentee)) for mentor, mentee in banned | tried))
