"""Places of mentors in words: the gap, each skill, the ways to close it, and what a plan comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from server.kernel import clock
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from server.matchmaking.circles.telling import InCommon
from server.matchmaking.supply.queries import has_places
from server.programs.rules import has_circles, is_of_circles
from web.circle_words import in_common
from web.console.matches import address
from web.dates import count_words, day_month, upper_first, zone

if TYPE_CHECKING:
    from server.matchmaking.supply.forecast import Coming, Likely
    from server.matchmaking.supply.planning import Plan, Planned
    from server.matchmaking.supply.queries import Places
    from server.matchmaking.supply.skills import SkillAhead
    from web.items import Kind

SKILLS_SHORT, NAMED, ASKED_AT_ONCE = 3, 3, 24


def eyebrow(shown: Places) -> str:
    """Programme and group."""
    return _("%(program)s, %(group)s") % {"program": shown.cohort.program.name, "group": shown.cohort.name}


def title(shown: Places) -> str:
    """How many places are missing, by when; or that there is enough, and until when that is sure."""
    short, until = len(shown.now.waiting), _until(shown)
    if not has_places(shown.cohort.program):
        return _of_partners(shown, short)
    if short:
        words = ngettext("%(count)s place short", "%(count)s places short", short) % {"count": count_words(short)}
        said = _("%(words)s by %(day)s") % {"words": words, "day": until} if until else words
        return upper_first(said)
    if until and shown.ahead[0] >= 0:
        return _("Nothing to do until %(day)s") % {"day": until}
    return _("Everybody who waits has a place")


def _of_partners(shown: Places, without: int) -> str:
    if not without:
        return _("Everybody finds somebody")
    said = ngettext("%(count)s person without a partner", "%(count)s people without a partner", without)
    if is_of_circles(shown.cohort.program):
        said = ngettext("%(count)s person without a circle", "%(count)s people without a circle", without)
    return upper_first(said % {"count": count_words(without)})


def _until(shown: Places) -> str:
    """The day on which the group begins, or the next one opens; "" when neither is ahead."""
    today = clock.today(zone())
    ahead = [day for day in (shown.cohort.starts_on, shown.cohort.next_opens_on) if day and day > today]
    return day_month(min(ahead)) if ahead else ""


def briefing(shown: Places) -> str:
    """Who waits, how many places there are, the narrowest skill, and what those who are invited may change."""
    return " ".join(filter(None, (_stands(shown), _ahead(shown))))


def _stands(shown: Places) -> str:
    if not has_places(shown.cohort.program):
        there = shown.now.paired + shown.now.in_circles + len(shown.now.waiting)
        looking = ngettext("%(num)d person looks for somebody", "%(num)d people look for somebody", there)
        return _("%(people)s: %(groups)s.") % {"people": looking % {"num": there}, "groups": _groups(shown, shown.now)}
    waits, found = shown.now.paired + len(shown.now.waiting), shown.now.paired + shown.now.spare
    people = ngettext("%(num)d person waits for a mentor", "%(num)d people wait for a mentor", waits) % {"num": waits}
    ready = ngettext("%(num)d place is free", "%(num)d places are free", found) % {"num": found}
    said = _("%(people)s, %(ready)s.") % {"people": people, "ready": ready}
    narrow = next(iter(shown.now.short), "")
    return _("%(said)s %(skill)s is the narrow spot.") % {"said": said, "skill": narrow} if narrow else said


def _ahead(shown: Places) -> str:
    """What those who may still come change, as a range; "" where nobody may."""
    who = _may_come(shown.coming)
    if not who:
        return ""
    told = {"who": who, "low": shown.coming.people.low, "high": shown.coming.people.high, "range": _range(*shown.ahead)}
    if not has_places(shown.cohort.program) and shown.coming.known:
        return _("%(who)s: by how others answered here, %(low)d to %(high)d of them join.") % told
    if not has_places(shown.cohort.program):
        return _("%(who)s: nobody answered here before, so how many of them join is not known yet.") % told
    if not shown.coming.known:
        return _("%(who)s: nobody answered here before, so what that makes is not known yet: %(range)s.") % told
    return _("%(who)s: by how others answered here, that makes it %(range)s.") % told


def _may_come(coming: Coming) -> str:
    """Who may still come, counted; "" for nobody."""
    said = [
        (coming.invited, ngettext(
            "%(num)d invited person has not answered", "%(num)d invited people have not answered", coming.invited)),
        (coming.hoping, ngettext(
            "%(num)d person asked to be told when it opens", "%(num)d people asked to be told when it opens",
            coming.hoping)),
        (coming.told, ngettext(
            "%(num)d person was told that it is open and has not come yet",
            "%(num)d people were told that it is open and have not come yet", coming.told)),
        (coming.let_in, ngettext(
            "%(num)d person said yes and waits to be let in", "%(num)d people said yes and wait to be let in",
            coming.let_in)),
    ]
    return ", ".join(words % {"num": count} for count, words in said if count)


def _range(low: int, high: int) -> str:
    """Places from `low` to `high`, below 0 missing."""
    if low == high:
        return _one_end(low)
    if high < 0:
        return _("%(least)d to %(most)d places short") % {"least": -high, "most": -low}
    if low >= 0:
        return _("%(least)d to %(most)d places to spare") % {"least": low, "most": high}
    return _("between %(low)s and %(high)s") % {"low": _one_end(low), "high": _one_end(high)}


def _one_end(places: int) -> str:
    if places < 0:
        return ngettext("%(num)d place short", "%(num)d places short", -places) % {"num": -places}
    return ngettext("%(num)d place to spare", "%(num)d places to spare", places) % {"num": places}


def _groups(shown: Places, found: Planned) -> str:
    if is_of_circles(shown.cohort.program):
        return ngettext("%(num)d circle", "%(num)d circles", found.groups) % {"num": found.groups}
    return ngettext("%(num)d pair", "%(num)d pairs", found.groups) % {"num": found.groups}


@dataclass(frozen=True, slots=True)
class SkillRow:
    """A skill with who wants it today, who is likely to with the range (both "" where nothing is foretold) and the
    places that are ready, which the bar shows as `percent` of those who are planned for; its state in words, with kind
    and icon."""

    name: str
    wanted: int
    likely: str
    between: str
    ready: int
    percent: int
    words: str
    kind: Kind
    mark: str


def skill_rows(shown: Places) -> list[SkillRow]:
    """Each skill, the shortest first."""
    return [
        SkillRow(one.supply.competency.name, one.supply.wanted, likely, between, one.ready,
                 100 if one.ready >= one.wanted else 100 * one.ready // one.wanted, *_state(one))
        for one in shown.skills.rows for likely, between in [_likely(one.likely)]
    ]


def _likely(found: Likely | None) -> tuple[str, str]:
    if found is None:
        return "", ""
    between = _("%(low)d to %(high)d") % vars(found) if found.low != found.high else ""
    return str(found.middle), between


def _state(one: SkillAhead) -> tuple[str, Kind, str]:
    if one.short:
        words = ngettext("%(num)d short", "%(num)d short", one.short) % {"num": one.short}
        return words, "rust" if 2 * one.short >= one.wanted else "sun", "warning"
    spare = one.ready - one.wanted
    return (_("%(num)d to spare") % {"num": spare} if spare else _("Enough")), "leaf", "tick"


def estimate(shown: Places) -> str:
    """How the figures of skills came about, and that what is to come is not known where it is not."""
    said, coming, joined = _("A mentor’s places count for each skill they offer."), shown.coming, shown.skills.joined
    if joined:
        told = {"yes": coming.answers.yes, "all": coming.answers.answered, "num": joined}
        likely = ngettext(
            "Likely is who waits today and those who may still come: as many as said yes here before (%(yes)s of "
            "%(all)s who answered), wanting what the %(num)d person who joined this programme wanted.",
            "Likely is who waits today and those who may still come: as many as said yes here before (%(yes)s of "
            "%(all)s who answered), wanting what the %(num)d people who joined this programme wanted.", joined,
        ) % told
        return f"{likely} {said}"
    if coming.people.high:
        unknown = _("Wanted is who waits today. What those want who may still come is not known yet: nobody joined "
                    "this programme before.")
        return f"{unknown} {said}"
    return f"{_('Wanted is who waits today; nobody else is on the way.')} {said}"


def ways(shown: Places) -> list[tuple[str, str, str, int, int]]:
    """Each way: field, name, what is known about it, least and most."""
    people = ("people", _("More people"), _("Like those there are"), 0, 500)
    size = ("size", _("People in a circle"), _("4 to 8"), 4, 8)
    if is_of_circles(shown.cohort.program):
        return [people, ("more", _("More people who lead"), _("Like those there are"), 0, 500), size]
    if not has_places(shown.cohort.program):
        return [people]
    most = shown.cohort.program.places_max
    return [
        ("past", _("Ask past mentors"), _past(shown), 0, shown.past),
        ("raised", _("One more place each"), ngettext(
            "%(num)d mentor has fewer places than this programme allows",
            "%(num)d mentors have fewer places than this programme allows", shown.raisable,
        ) % {"num": shown.raisable}, 0, shown.raisable),
        ("places", _("Places for each mentor, at least"), ngettext(
            "0: as they are. This programme allows %(num)d", "0: as they are. This programme allows %(num)d", most,
        ) % {"num": most}, 0, 20),
        ("more", _("More mentors"), _("Like those there are"), 0, 500),
        ("circles", _("Open circles"), _("Each led by a mentor"), 0, 100),
        size,
        ("later", _("Start some people later"), _("The last in line; they keep their place"), 0, 500),
    ]


def _past(shown: Places) -> str:
    people = ngettext("%(num)d from earlier groups", "%(num)d from earlier groups", shown.past) % {"num": shown.past}
    if not shown.asked.answered:
        return _("%(people)s. Nobody was ever asked here, so none is counted") % {"people": people}
    return _("%(people)s. %(yes)s of %(all)s who were asked here said yes") % {
        "people": people, "yes": shown.asked.yes, "all": shown.asked.answered}


def balance(shown: Places) -> tuple[str, str]:
    """The figure of the plan with its words."""
    number = shown.planned.balance
    if not has_places(shown.cohort.program):
        without = len(shown.planned.waiting)
        return str(without), ngettext("person without anybody", "people without anybody", without)
    if number < 0:
        return str(-number), ngettext("place short", "places short", -number)
    return f"{number:+d}" if number else "0", ngettext("place to spare", "places to spare", number)


def figures(shown: Places) -> list[tuple[str, str]]:
    """What the plan comes to, beside what is."""
    now, plan = shown.now, shown.planned
    if not has_places(shown.cohort.program):
        return _of_groups(shown)
    told = [
        (_("With a mentor"), _("%(after)s, was %(before)s") % {"after": plan.paired, "before": now.paired}),
        (_("In circles"), str(plan.in_circles)), (_("Start later"), str(plan.later)),
        (_("Still wait"), _("%(after)s, was %(before)s") % {"after": len(plan.waiting), "before": len(now.waiting)}),
        (_("Mean fit"), _("%(after)s, was %(before)s") % {"after": _fit(plan.mean), "before": _fit(now.mean)}),
    ]
    if shown.with_plan[0] != shown.with_plan[1]:
        told.append((_("Once all have answered"), _range(*shown.with_plan)))
    return [*told, *((skill, _("still %(num)d short") % {"num": short})
                     for skill, short in list(plan.short.items())[:SKILLS_SHORT])]


def _of_groups(shown: Places) -> list[tuple[str, str]]:
    """Who finds somebody with the plan, beside who does now."""
    now, plan = shown.now, shown.planned
    told = [
        (_("Together"), _("%(after)s, was %(before)s") % {
            "after": _groups(shown, plan), "before": _groups(shown, now)}),
        (_("Without anybody"), _("%(after)s, was %(before)s") % {
            "after": len(plan.waiting), "before": len(now.waiting)}),
        (_("Mean fit"), _("%(after)s, was %(before)s") % {"after": _fit(plan.mean), "before": _fit(now.mean)}),
    ]
    if is_of_circles(shown.cohort.program):
        told.append((_("Led by nobody yet"), str(plan.leaderless)))
    return told


def hint(shown: Places) -> str:
    """Which skill those who would still wait could meet about in a circle; "" for none."""
    if not shown.suits:
        return ""
    times = "".join(words for _label, words in in_common(InCommon(shown.suits.times, None, [], None)))
    told = {"skill": shown.suits.skill, "num": shown.suits.people, "times": times}
    if not told["times"]:
        return _("A circle suits %(skill)s: %(num)d people who wait want it.") % told
    return _("A circle suits %(skill)s: %(num)d people who wait want it, and all of them are free %(times)s.") % told


def raising(shown: Places) -> str:
    """Whose place more does most, and who of them is not asked; "" where the plan raises nobody's places."""
    if not shown.raise_first:
        return ""
    names = ", ".join(one.person.full_name for one in shown.raise_first[:NAMED])
    rest = len(shown.raise_first) - NAMED
    if rest > 0:
        told = {"names": names, "num": rest}
        names = ngettext("%(names)s and %(num)d more", "%(names)s and %(num)d more", rest) % told
    asked = {one.id for one in shown.could_give}
    said = _("One more place does most with %(names)s.") % {"names": names}
    if all(one.id in asked for one in shown.raise_first):
        return said
    lately = _("Whoever of them was asked in the last four weeks is not asked again.")
    return _("%(said)s %(why)s") % {"said": said, "why": lately}


def could_give(shown: Places) -> list[tuple[str, str, str]]:
    """The mentors who can be asked for one more place: value, name, and how many they have."""
    return [
        (str(one.id), one.person.full_name, ngettext("%(num)d place", "%(num)d places", one.capacity)
         % {"num": one.capacity})
        for one in shown.could_give[:ASKED_AT_ONCE]
    ]


def chosen(shown: Places) -> list[str]:
    """Who of them is ticked at first: of whom a place does most by the plan, or everybody."""
    most = {one.id for one in shown.raise_first}
    rows = shown.could_give[:ASKED_AT_ONCE]
    return [str(one.id) for one in rows if one.id in most] or [str(one.id) for one in rows]


def first_to_give(shown: Places) -> str:
    """What the letter is headed with that asks for one more place."""
    if not shown.could_give:
        return ""
    return _("The letter, as %(name)s would read it") % {"name": shown.could_give[0].person.full_name}


def of_asked_for_more(count: int) -> str:
    """How many mentors were asked for one more place."""
    if not count:
        return _("Nobody is left to ask just now.")
    return ngettext("One mentor is asked.", "%(num)d mentors are asked.", count) % {"num": count}


def limits(shown: Places, plan: Plan) -> str:
    """That a plan goes beyond what the programme allows; "" where it does not."""
    most = shown.cohort.program.places_max
    if plan.places <= most or not has_places(shown.cohort.program):
        return ""
    return ngettext(
        "This programme allows a mentor %(num)d place. More have to be allowed first.",
        "This programme allows a mentor %(num)d places. More have to be allowed first.", most,
    ) % {"num": most}


def first_asked(shown: Places) -> str:
    """What the invitation is headed with: for whom it is as it will read."""
    name = shown.first.person.full_name if shown.first else ""
    return _("The invitation, as %(name)s would read it") % {"name": name} if name else ""


def to_circles(shown: Places) -> tuple[str, str, str]:
    """What makes circles of a plan come about: words, the name of the link, and where it leads; "" without circles."""
    if not shown.planned.in_circles or not has_places(shown.cohort.program):
        return "", "", ""
    program = shown.cohort.program
    if has_circles(program):
        said = _("A run forms circles of those who wait, led by whoever joined to lead one. Their place in line stays.")
        return said, _("Run the matching"), address(shown.cohort.id)
    said = _("This programme has no circles yet. Once it has, a run forms them of those who wait.")
    return said, _("Let those who wait meet in circles"), f"/console/programs/{program.id}#who-in-circles"


def part(shown: Places) -> str:
    """That a part of a large group was looked at; "" for the whole."""
    if shown.looked_at == shown.of:
        return ""
    return _("Worked out on %(some)s of %(all)s people.") % {"some": shown.looked_at, "all": shown.of}


def of_asked(count: int) -> str:
    """What was done about it."""
    if not count:
        return _("Nobody is left to ask just now.")
    return ngettext("One past mentor is invited.", "%(num)d past mentors are invited.", count) % {"num": count}


def spoken(shown: Places) -> str:
    """What is said aloud when the plan was worked out anew."""
    return " ".join(balance(shown)) + "."


def _fit(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
