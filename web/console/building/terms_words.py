"""What a programme calls people and things, in a sentence."""

from server.automation.building.queries import Plan
from server.kernel.terms import USUAL
from server.kernel.text import gettext as _
from server.kernel.text import ngettext
from web.console.building.part import Part
from web.dates import upper_first


def told(plan: Plan) -> str:
    """How many words are the programme's own, and whether its colour is."""
    own = [term for terms in plan.content["terminology"].values() for term in terms]
    words = _("Everything is called as usual.") if not own else (
        ngettext("%(num)d word of your own.", "%(num)d words of your own.", len(own)) % {"num": len(own)})
    return f"{words} {_('A colour of your own.')}" if plan.content["branding"]["accent"] else words


def rows(typed: dict[str, dict[str, dict[str, str]]]) -> list[tuple[str, str, list[tuple[str, str, str, str]]]]:
    """Each word of the product: its group's name, what it is as usual, and for each case its field, its label, the
    usual word and the own one. The usual words are said as they are, whatever the programme says by now."""
    return [
        (f"{tag}-{term}", upper_first(cases["one"]), [
            (f"terminology.{tag}.{term}.{case}", _case(case) if len(cases) > 1 else _("The word"), usual,
             typed.get(tag, {}).get(term, {}).get(case, "")) for case, usual in cases.items()
        ])
        for tag, terms in USUAL.items() for term, cases in terms.items()
    ]


def _case(case: str) -> str:
    return {"one": _("Of one"), "many": _("Of several")}[case]


def _title() -> str:
    return _("Words and look")


PART = Part("words", _title, told)
