"""The topics of a session: proposed by the product, then the members' own."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from server.goals.models import Goal
from server.goals.queries import goals_by_match, next_step
from server.goals.states import OPEN_GOALS, GoalPrivacy, GoalState
from server.kernel import clock
from server.kernel.actor import Actor, require
from server.kernel.db import Unit, unit_of_work
from server.kernel.errors import Conflict
from server.kernel.text import gettext as _
from server.kernel.text import use_language, use_terms
from server.kernel.typed import check, typed
from server.matches.queries import in_order, is_circle, learners
from server.programs.terms.setup import terms_of
from server.sessions import queries, rules, steps
from server.sessions.agenda import Facts, compose
from server.sessions.models import AgendaItem, Session
from server.sessions.states import TAKES_TIME

TOPICS_AT_MOST = 10
TOPIC_LETTERS = 200
MINUTES_AT_MOST = 120


async def prepare_agenda(actor: Actor, session_id: UUID, *, message: str = "") -> list[AgendaItem]:
    """Propose three topics for a session that has not begun, in the mentee's language, or in who leads a circle's.

    What the product proposed before is drawn again; topics of people stay. `message` is the last one between the two,
    if the caller may quote it.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member, nor the product.
        Conflict: it has begun, or was called off (`kind="over"`).
    """
    async with unit_of_work(actor) as unit:
        session = await queries.visible_session(actor, session_id, lock=True)
        require(rules.can_plan(actor, session), _("prepare this agenda"))
        _require_ahead(session)
        own = [item for item in await queries.agenda_items(session) if item.added_by_id or item.talked_about]
        await AgendaItem.filter(
            organization_id=actor.organization_id, session_id=session.id, added_by_id=None, talked_about=False
        ).delete()
        with use_language(_language_of(session)), use_terms(terms_of(session.match.program)):
            topics = compose(await _facts(actor, session, message), session.match.program.session_minutes)
        proposed = [
            await AgendaItem.create(
                organization_id=session.organization_id, session=session, position=place, topic=topic.text,
                question=topic.question, minutes=topic.minutes, source=topic.source.value,
            )
            for place, topic in enumerate(topics)
        ]
        await _order(proposed + own)
        await unit.audit("session.prepare_agenda", session, sources=[topic.source for topic in topics])
        return proposed + own


async def add_topic(
    actor: Actor, session_id: UUID, topic: str, *, question: str = "", minutes: int = 10
) -> AgendaItem:
    """Put a topic at the end of the agenda.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Invalid: no words, too many, or minutes outside 1 to MINUTES_AT_MOST.
        Conflict: it was called off, or the agenda is full (`kind="agenda_full"`).
    """
    async with unit_of_work(actor) as unit:
        session = await _own_session(actor, session_id)
        problems: dict[str, str] = {}
        text = typed(problems, "topic", topic, at_most=TOPIC_LETTERS, needed=_("Say what you want to talk about."))
        asked = typed(problems, "question", question, at_most=TOPIC_LETTERS)
        if not 1 <= minutes <= MINUTES_AT_MOST:
            problems["minutes"] = _("Choose from 1 to %(most)d minutes.") % {"most": MINUTES_AT_MOST}
        check(problems)
        items = await queries.agenda_items(session)
        if len(items) >= TOPICS_AT_MOST:
            raise Conflict(_("The agenda is full. Take a topic out first."), kind="agenda_full")
        item = await AgendaItem.create(
            organization_id=session.organization_id, session=session, topic=text, question=asked, minutes=minutes,
            position=len(items), added_by_id=actor.person_id,
        )
        await _order([*items, item])
        await _touched(unit, session, "session.add_topic", item)
        return item


async def move_topic(actor: Actor, item_id: UUID, places: int) -> list[AgendaItem]:
    """Move a topic `places` down, or up when negative, as far as there is room. Returns the agenda in its order.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: the session was called off.
    """
    async with unit_of_work(actor) as unit:
        session, items, item = await _own_topic(actor, item_id)
        place = items.index(item)
        target = min(max(place + places, 0), len(items) - 1)
        if target != place:
            items.insert(target, items.pop(place))
            await _order(items)
            await _touched(unit, session, "session.move_topic", item)
        return items


async def remove_topic(actor: Actor, item_id: UUID) -> list[AgendaItem]:
    """Take a topic out. Returns what is left.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: the session was called off.
    """
    async with unit_of_work(actor) as unit:
        session, items, item = await _own_topic(actor, item_id)
        items.remove(item)
        await _touched(unit, session, "session.remove_topic", item)
        await item.delete()
        await _order(items)
        return items


async def tick_topic(actor: Actor, item_id: UUID, done: bool) -> AgendaItem:
    """Say that a topic was talked about, or take that back. Twice is harmless.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: the session was called off.
    """
    async with unit_of_work(actor) as unit:
        session, _items, item = await _own_topic(actor, item_id)
        if item.talked_about != done:
            item.talked_about = done
            await item.save(update_fields=["talked_about"])
            await _touched(unit, session, "session.tick_topic", item)
        return item


async def set_talked_about(actor: Actor, session_id: UUID, item_ids: Collection[UUID]) -> list[AgendaItem]:
    """Say which topics were talked about: these and no others. Ids that are not on the agenda are passed over.

    Raises:
        NotFound: absent, or not the actor's to know of.
        Refused: the actor is no member.
        Conflict: the session was called off.
    """
    async with unit_of_work(actor) as unit:
        session = await _own_session(actor, session_id)
        items = await queries.agenda_items(session)
        for item in items:
            if item.talked_about != (item.id in item_ids):
                item.talked_about = item.id in item_ids
                await item.save(update_fields=["talked_about"])
                await _touched(unit, session, "session.tick_topic", item)
        return items


async def _own_session(actor: Actor, session_id: UUID) -> Session:
    session = await queries.visible_session(actor, session_id, lock=True)
    require(rules.is_member(actor, session), _("change this agenda"))
    if session.ended_at is not None:
        raise Conflict(_("This session was called off."), kind="over")
    return session


async def _own_topic(actor: Actor, item_id: UUID) -> tuple[Session, list[AgendaItem], AgendaItem]:
    session = await _own_session(actor, await queries.session_of_topic(actor, item_id))
    items = await queries.agenda_items(session)
    return session, items, next(item for item in items if item.id == item_id)


def _require_ahead(session: Session) -> None:
    if session.state not in TAKES_TIME or session.starts_at <= clock.now():
        raise Conflict(_("This session has begun or was called off."), kind="over")


async def _order(items: list[AgendaItem]) -> None:
    for place, item in enumerate(items):
        if item.position != place:
            item.position = place
            await item.save(update_fields=["position"])


async def _touched(unit: Unit, session: Session, act: str, item: AgendaItem) -> None:
    """An agenda that people changed is theirs: it is not drawn again."""
    await unit.audit(act, session, item_id=item.id)
    await unit.unschedule(session.id, "session.agenda", reason=steps.EDITED)


async def _facts(actor: Actor, session: Session, message: str) -> Facts:
    """What is known before a session. Of a circle no goal of anybody's own, but what several named."""
    heard = Facts(
        first=not await queries.have_met(session.match), promises=await queries.open_promises(session.match),
        note=await queries.last_shared_words(session.match), message=message,
    )
    if is_circle(session.match):
        shared = next(iter(session.match.explanation.get("circle", {}).get("goals", [])), {"name": ""})["name"]
        return replace(heard, in_circle=True, want=shared, goal_ready=bool(shared))
    goals = (await goals_by_match(actor, [session.match_id])).get(session.match_id, [])
    told = (goal for goal in goals if goal.privacy is not GoalPrivacy.PRIVATE)
    goal = next((goal for goal in told if goal.state in OPEN_GOALS), None)
    step = next_step(goal) if goal else None
    return replace(
        heard, want=goal.want if goal else "", measure=goal.measure if goal else "", goal_ready=_is_ready(goal),
        step=step.title if step else "", step_due_on=step.due_on if step else None,
    )


def _is_ready(goal: Goal | None) -> bool:
    return goal is not None and goal.state is GoalState.ACTIVE


def _language_of(session: Session) -> str:
    """The mentee's language; of a circle that of who leads it, or of the member who came first."""
    members = in_order(session.match)
    return (members if is_circle(session.match) else learners(session.match))[0].person.language
