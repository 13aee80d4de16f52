"""The questions about how somebody likes to work, in Join and in You: never needed, and folded until asked for."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from starlette.datastructures import FormData

from server.kernel.text import gettext as _
from server.people.states import STYLES, DepartmentWish, Style
from web import forms

QUESTIONS: tuple[Callable[[], str], ...] = (
    lambda: _("How you talk"), lambda: _("How a talk goes"), lambda: _("Feedback"), lambda: _("Between talks"),
    lambda: _("Something new"),
)
"""What is asked, in the order of STYLES."""
ANSWERS: dict[Style, Callable[[], str]] = {
    Style.OFTEN: lambda: _("Short and often"), Style.SELDOM: lambda: _("Long, now and then"),
    Style.PLANNED: lambda: _("With a plan"), Style.OPEN: lambda: _("As it comes"),
    Style.DIRECT: lambda: _("Direct"), Style.GENTLE: lambda: _("Gentle"),
    Style.WRITING: lambda: _("Write to each other"), Style.TALKING: lambda: _("Call each other"),
    Style.TRYING: lambda: _("Try it first"), Style.THINKING: lambda: _("Think it through first"),
}
WISHES: dict[DepartmentWish, Callable[[], str]] = {
    DepartmentWish.SAME: lambda: _("My own"), DepartmentWish.DIFFERENT: lambda: _("Another one"),
}


class Question(NamedTuple):
    """One question with its two answers; to leave it open is one too. `field` may be that of several."""

    id: str
    field: str
    name: str
    options: list[tuple[str, str]]
    chosen: str


def questions(styles: Collection[Style | str] | None, wish: DepartmentWish | None) -> list[Question]:
    """The five questions about working, and the one about the other's department."""
    asked = [
        Question(
            f"styles-{at}", "styles", name(), [(one.value, ANSWERS[one]()) for one in ways],
            next((one.value for one in ways if one in (styles or ())), ""),
        )
        for at, (name, ways) in enumerate(zip(QUESTIONS, STYLES, strict=True), 1)
    ]
    wishes = [(one.value, words()) for one, words in WISHES.items()]
    return [*asked, Question("pref_department", "pref_department", _("Their department"), wishes, wish or "")]


def styles_in(form: FormData) -> list[Style] | None:
    """The ways that were chosen; None where nobody asked."""
    return forms.choices(Style, form, "styles") if "styles" in form else None


def wish_in(form: FormData) -> DepartmentWish | None:
    """The department that was wished for; None where nobody asked."""
    return forms.choice(DepartmentWish, form, "pref_department") or DepartmentWish.ANY if "styles" in form else None
