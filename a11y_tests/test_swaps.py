"""Swaps are found in templates as they are written, and known again by what the element said when it asked."""

from a11y_tests import swaps
from a11y_tests.swaps import Swap

WRITTEN = """{# a comment with data-hx-get="/no" #}
<form method="post" action="/goal/{{ goal.id }}/step"{% if a > b %} data-hx-post="/goal/{{ goal.id }}/step"
  data-hx-target="#{{ target }}"{% endif %}><button>{{ _("Say \\"yes\\" > no") }}</button></form>
<span id="lit" data-hx-swap-oob="true">{{ lit }}</span><a href="/plain">Plain</a>"""


def test_elements_that_ask_and_parts_that_come_along_are_found() -> None:
    asking, along = swaps.swaps_in("goal.html", WRITTEN)
    assert asking.name == "goal.html post #…"
    assert along.name == "goal.html out of band #lit"


def test_an_element_is_known_by_all_that_it_says() -> None:
    asking, along = swaps.swaps_in("goal.html", WRITTEN)
    assert asking.is_made_by({"post": "/goal/7/step", "target": "#journey"})
    assert not asking.is_made_by({"post": "/goal/7/step", "target": "#journey", "swap": "none"})
    assert not asking.is_made_by({"post": "/match/7/step", "target": "#journey"})
    assert along.is_made_by({"oob": "lit"})


def test_no_two_swaps_of_the_product_share_a_name() -> None:
    names = [swap.name for swap in swaps.askable()]
    assert len(names) == len(set(names))
    assert Swap("checkin/checkin.html", ()).template in {swap.template for swap in swaps.askable()}


def test_blocks_of_layouts_are_no_parts() -> None:
    assert "journey/home.html block journey" in swaps.blocks()
    assert not {name for name in swaps.blocks() if name.endswith((" main", " title"))}
