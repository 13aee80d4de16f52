"""Each component keeps its contract (design.md section 6): labels, ids, states in words, nothing unescaped."""

from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError
from jinja2.runtime import Macro

from tests.web.drawing import broken_references, draw, one, read, rendered, words
from tests.web.examples import LIST_ITEMS, SOURCES, values
from web.items import Measure, Step
from web.render import ENV

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
TYPED = "\"><script>alert(1)</script>'"


def example(name: str, text: str = "Idris") -> str:
    return rendered(SOURCES[name], **values(text, AT))


def inside(name: str) -> str:
    return "ul" if name in LIST_ITEMS else "div"


def test_every_component_has_an_example():
    macros = {name for name, value in ENV.globals.items() if isinstance(value, Macro)}
    assert macros == set(SOURCES)


@pytest.mark.parametrize("name", SOURCES)
def test_component_is_strict_html_whose_references_hold(name):
    tree = read(example(name), inside(name))
    assert broken_references(tree) == []


@pytest.mark.parametrize("name", SOURCES)
def test_typed_text_stays_text(name):
    tree = read(example(name, TYPED), inside(name))
    assert tree.findall(".//script") == []
    assert not [key for element in tree.iter() for key in element.attrib if key.startswith("on")]


@pytest.mark.parametrize("name", SOURCES)
def test_nothing_is_inline_and_htmx_only_on_links_and_forms(name):
    for element in read(example(name), inside(name)).iter():
        assert "style" not in element.attrib
        enhanced = [key for key in element.attrib if key.startswith("data-hx-") and key != "data-hx-swap-oob"]
        assert not enhanced or (element.tag == "form" and element.get("action")) or element.get("href")
        assert not [key for key in element.attrib if key.startswith("hx-")]
        assert element.get("tabindex") in (None, "0", "-1")
        assert element.tag != "button" or element.get("disabled") is None


@pytest.mark.parametrize("name", SOURCES)
def test_forms_post_with_a_key_and_without_the_browsers_own_bubbles(name):
    for form in read(example(name), inside(name)).findall(".//form"):
        assert (form.get("method"), form.get("novalidate")) == ("post", "")
        assert form.findall('.//input[@name="form_key"]')


@pytest.mark.parametrize("name", SOURCES)
def test_drawings_are_hidden_or_named(name):
    for drawing in read(example(name), inside(name)).iter():
        if str(drawing.tag).endswith("svg"):
            named = drawing.get("role") == "img" and (drawing.get("aria-label") or drawing.get("aria-labelledby"))
            assert drawing.get("aria-hidden") == "true" or named


@pytest.mark.parametrize("macro", ["text_field", "textarea", "date_field"])
def test_error_is_told_after_the_hint_and_begins_with_the_word(macro):
    tree = draw(f'{{{{ {macro}("why", "Why?", hint="A few words.", error="Say why.") }}}}')
    box = one(tree, './/*[@name="why"]')
    assert box.get("aria-describedby") == "why-hint why-error"
    assert box.get("aria-invalid") == "true"
    assert words(one(tree, './/*[@id="why-error"]')) == "Error: Say why."
    order = [element.get("id") for element in tree.iter() if element.get("id") in {"why", "why-hint", "why-error"}]
    assert order == ["why-hint", "why-error", "why"]


def test_field_without_error_is_not_invalid():
    box = one(draw('{{ text_field("why", "Why?") }}'), ".//input")
    assert box.get("aria-invalid") is None
    assert box.get("aria-describedby") is None


def test_label_is_visible_and_hidden_only_on_demand():
    assert one(draw('{{ text_field("a", "Name") }}'), './/label[@for="a"]').get("class") is None
    assert one(draw('{{ text_field("a", "Name", hide_label=true) }}'), ".//label").get("class") == "vh"


def test_textarea_keeps_a_first_empty_line():
    assert one(draw('{{ textarea("a", "Text", "\\nSecond") }}'), ".//textarea").text == "\nSecond"


def test_select_marks_the_value_whatever_its_type():
    tree = draw('{{ select("a", "A", [(1, "One"), (2, "Two")], "2") }}')
    assert [option.get("selected") for option in tree.iter("option")] == [None, ""]


@pytest.mark.parametrize("macro", ["choices", "chips", "segments"])
def test_group_carries_hint_and_error_and_takes_the_link_of_the_summary(macro):
    call = f'{macro}("by", "By", [("3", "March"), ("5", "May")], "5", hint="Soon.", error="Choose.")'
    tree = draw(f"{{{{ {call} }}}}")
    group = one(tree, ".//fieldset")
    assert (group.get("id"), group.get("aria-describedby")) == ("by", "by-hint by-error")
    assert group[0].tag == "legend"
    assert [(box.get("value"), box.get("checked")) for box in tree.iter("input")] == [("3", None), ("5", "")]
    assert [box.get("id") for box in tree.iter("input")] == ["by-1", "by-2"]


def test_several_boxes_may_be_chosen():
    tree = draw('{{ chips("t", "T", [("a", "A"), ("b", "B"), ("ab", "C")], ["a", "ab"]) }}')
    assert [box.get("checked") for box in tree.iter("input")] == ["", None, ""]


def test_chosen_word_is_not_searched_for_in_another():
    tree = draw('{{ chips("t", "T", [("a", "A"), ("ab", "B")], "ab", type="radio") }}')
    assert [box.get("checked") for box in tree.iter("input")] == [None, ""]


def test_scale_has_five_steps_with_words():
    tree = draw('{{ scale("s", "S", ["a", "b", "c", "d", "e"], "4") }}')
    assert [(box.get("value"), box.get("checked")) for box in tree.iter("input")] == [
        ("1", None), ("2", None), ("3", None), ("4", ""), ("5", None)]
    assert [words(label) for label in tree.iter("label")] == ["a", "b", "c", "d", "e"]


def test_the_drawing_of_lost_is_not_that_of_there():
    assert rendered("{{ rising_sun(1) }}") != rendered("{{ rising_sun(5) }}")


def test_slots_and_the_words_of_the_button_share_their_order():
    tree = draw('{{ slots("slot", "Pick", slots_given, "2") }}', **values("x", AT))
    assert [box.get("id") for box in tree.iter("input")] == ["slot-1", "slot-2"]
    assert [box.get("checked") for box in tree.iter("input")] == [None, ""]
    button = draw('{{ pick_button(["Yes, Tuesday", "Yes, Friday"]) }}')
    assert [(span.get("class"), span.text) for span in button.iter("span")] == [
        ("p1", "Yes, Tuesday"), ("p2", "Yes, Friday")]


def test_stepper_says_what_its_buttons_do():
    tree = draw('{{ stepper("places", "Places", 2, 1, 5) }}')
    assert [words(button) for button in tree.iter("button")] == ["Fewer: Places", "More: Places"]
    assert {button.get("type") for button in tree.iter("button")} == {"button"}


def test_switch_is_a_native_box():
    box = one(draw('{{ switch("push", "Push", checked=true) }}'), ".//input")
    assert (box.get("type"), box.get("role"), box.get("checked")) == ("checkbox", "switch", "")


def test_each_form_key_is_another():
    keys = [one(draw("{{ form_key() }}"), ".//input").get("value") for _turn in range(2)]
    assert keys[0] != keys[1]
    assert one(draw('{{ form_key("kept") }}'), ".//input").get("value") == "kept"


def test_unknown_icon_is_an_error():
    with pytest.raises(UndefinedError):
        rendered('{{ icon("unicorn") }}')


def test_arrows_turn_with_the_reading_direction_and_ticks_do_not():
    assert "flip" in rendered('{{ icon("back") }}')
    assert "flip" not in rendered('{{ icon("tick") }}')


def test_summary_links_to_fields_with_their_words_and_takes_the_focus():
    tree = draw('{{ error_summary({"by": "Choose a date.", "": "Try again."}, {"by": "by-1"}) }}')
    box = tree[0]
    assert (box.get("role"), box.get("tabindex"), box.get("autofocus")) == ("group", "-1", "")
    assert [(link.get("href"), link.text) for link in tree.iter("a")] == [("#by-1", "Choose a date.")]
    assert words(box).startswith("2 things to fix")


def test_no_error_no_summary():
    assert rendered("{{ error_summary({}) }}").strip() == ""


def test_milestones_say_their_state_in_words():
    steps = [Step("Watch", state="done"), Step("Lead", state="now"), Step("Two")]
    tree = draw("{{ milestones(steps) }}", steps=steps)
    assert [words(item) for item in tree.iter("li")] == ["Watch (done)", "Lead (now)", "Two"]


def test_tick_saves_itself_and_works_without_scripts():
    tree = draw('{{ milestones([step], target="m") }}', step=Step("Lead", "Soon", "now", "7", "/milestone/7/tick"))
    form, box = one(tree, ".//form"), one(tree, './/input[@type="checkbox"]')
    assert form.get("action") == form.get("data-hx-post") == "/milestone/7/tick"
    assert (form.get("data-hx-trigger"), form.get("data-hx-target")) == ("change", "#m")
    assert (box.get("name"), box.get("checked")) == ("done", None)
    assert words(one(tree, './/button[@type="submit"]')) == "Save Lead"


def test_gauge_and_voyage_say_their_figures():
    assert one(draw("{{ gauge(91) }}"), ".//*[@role]").get("aria-label") == "Fit 91 of 100"
    assert one(draw('{{ voyage_svg(5, 3, "Three of five") }}'), ".//*[@role]").get("aria-label") == "Three of five"


def test_voyage_draws_an_island_for_each_milestone_but_the_last():
    drawn = rendered('{{ voyage_svg(5, 3, "x") }}')
    assert (drawn.count('class="isle done"'), drawn.count('class="isle"'), drawn.count('class="tick"')) == (3, 1, 3)


def test_ledger_keeps_its_roles_and_labels_each_value():
    tree = draw('{{ ledger("People", ["Name", ("Pairs", "num")], [["Noor", 2]]) }}')
    assert one(tree, ".//tbody//th").get("role") == "rowheader"
    cell = one(tree, ".//td")
    assert (cell.get("role"), cell.get("class")) == ("cell", "num")
    assert cell[0].get("aria-hidden") == "true"
    assert words(cell) == "Pairs2"


def test_measure_without_a_figure_draws_no_point():
    tree = draw("{{ range_row(row) }}", row=Measure("A", "/", "-", "Target 40", "Too few", "", None, 40, 0, 20))
    assert "circle" not in [str(element.tag).rpartition("}")[2] for element in tree.iter()]


def test_current_place_is_marked_and_what_waits_is_said():
    tree = draw("{{ tabs(places, 'Main') }}", **values("Journey", AT))
    assert [link.get("aria-current") for link in tree.iter("a")] == ["page", None]
    assert one(tree, ".//nav").get("aria-label") == "Main"


def test_counted_bar_hides_the_figure_and_says_it():
    tree = draw("{{ tabs(places, 'Console', counted=true) }}", **values("Matches", AT))
    assert one(tree, './/span[@class="count"]').get("aria-hidden") == "true"


def test_own_message_says_you():
    tree = draw("{% call message('Noor', '17:05', mine=true) %}<p>Hi</p>{% endcall %}", "ul")
    assert words(tree).startswith("You: Hi")


def test_small_words_of_a_person():
    assert rendered('{{ "Noor van der Saltmarsh" | initials }}{{ "Noor" | initials }}{{ "" | initials }}') == "NSN"
    assert rendered('{{ "Noor" | tone }}') == rendered('{{ "Noor" | tone }}')
