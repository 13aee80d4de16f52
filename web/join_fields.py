"""The fields of Join: what stands in them at first, what was sent, and what the domain is told."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from starlette.datastructures import FormData

from server.goals.states import GoalPrivacy
from server.goals.wording import Wording
from server.journey.join.actions import JoinForm
from server.journey.join.queries import JoinPage, due_choices
from server.kernel import clock
from server.people.queries import day_parts_of
from server.people.states import ConsentPurpose, DayPart, DepartmentWish, Style
from web import forms, ways
from web.forms import Errors

OTHER_DAY = "other"
"""The value of the chip "Another date"."""


@dataclass(slots=True)
class Fields:
    """What is known already, or what was typed."""

    preferred_name: str = ""
    zone: str = ""
    languages: list[str] = field(default_factory=list)
    day_parts: list[DayPart] = field(default_factory=list)
    want: str = ""
    measure: str = ""
    competency_id: UUID | None = None
    by: str = ""
    privacy: GoalPrivacy | None = None
    other_day: date | None = None
    skills: list[UUID] = field(default_factory=list)
    another_skill: str = ""
    places: int = 1
    words: str = ""
    styles: list[Style] | None = None
    pref_department: DepartmentWish | None = None
    agreed: list[ConsentPurpose] = field(default_factory=list)

    @property
    def due_on(self) -> date | None:
        """The day that was chosen: a proposed one, or another."""
        if self.by and self.by != OTHER_DAY:
            return _day(self.by)
        return self.other_day


def known(seen: JoinPage) -> Fields:
    """The fields as they begin: from the record system, and from one's own draft. No consent is ever ticked."""
    goal, person, enrollment = seen.goal, seen.person, seen.place.enrollment
    due_on = goal.due_on if goal else None
    return Fields(
        preferred_name=person.preferred_name, zone=person.zone, languages=list(person.languages),
        day_parts=sorted(day_parts_of(seen.blocks)), want=seen.want, measure=goal.measure if goal else "",
        competency_id=seen.builds_on.id if seen.builds_on else None, by=_chip_of(due_on, proposed(seen)),
        other_day=due_on, privacy=goal.privacy if goal else None,
        skills=[one.id for one in seen.offered], words=seen.profile.words_for_mentees,
        places=enrollment.capacity if enrollment else 1, styles=[Style(way) for way in seen.profile.styles],
        pref_department=seen.profile.pref_department,
    )


def sent(form: FormData, errors: Errors) -> Fields:
    """The fields as they were sent. The domain judges them; only what is no date at all is named here."""
    return Fields(
        preferred_name=forms.text(form, "preferred_name", 120), zone=forms.text(form, "zone", 64),
        languages=forms.values(form, "languages"), day_parts=forms.choices(DayPart, form, "day_parts"),
        want=forms.text(form, "want", 300), measure=forms.text(form, "measure", 300),
        competency_id=forms.one_id(form, "competency_id"), by=forms.text(form, "by", 10),
        privacy=forms.choice(GoalPrivacy, form, "privacy"),
        other_day=forms.day(form, "due_on", errors), skills=forms.ids(form, "skills"),
        another_skill=forms.text(form, "another_skill", 120), places=forms.integer(form, "places") or 1,
        words=forms.text(form, "words_for_mentees", 300), agreed=forms.choices(ConsentPurpose, form, "agreed"),
        styles=ways.styles_in(form), pref_department=ways.wish_in(form),
    )


def with_example(seen: JoinPage, said: Fields, form: FormData) -> Fields:
    """The fields with one of the examples as the goal's wording; as they are if there is no such example."""
    number, examples = forms.integer(form, "example") or 0, seen.examples()
    if 1 <= number <= len(examples):
        said.want, said.measure = examples[number - 1].want, examples[number - 1].measure
    return said


def told(seen: JoinPage, said: Fields) -> JoinForm:
    """What the domain is told."""
    return JoinForm(
        role=seen.place.role, day_parts=said.day_parts, agreed=said.agreed, preferred_name=said.preferred_name,
        zone=said.zone or None, languages=said.languages or None,
        goal=Wording(said.want, said.measure, said.competency_id, said.due_on),
        goal_privacy=said.privacy,
        skills=said.skills, another_skill=said.another_skill, words_for_mentees=said.words, places=said.places,
        styles=said.styles, pref_department=said.pref_department,
    )


def proposed(seen: JoinPage) -> list[date]:
    """The days proposed for the goal."""
    return due_choices(seen.place.program, clock.today(seen.person.zone))


def _chip_of(day: date | None, chips: list[date]) -> str:
    if day is None:
        return ""
    return day.isoformat() if day in chips else OTHER_DAY


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
