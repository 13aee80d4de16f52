"""What must be true of every page, whoever asks for it: checked on each answer that the test client gets."""

from functools import lru_cache
from xml.etree.ElementTree import Element

from tests.web.drawing import broken_references, read, words

HIDING = {
    "action", "after", "append", "children", "classList", "closest", "contains", "dataset", "elements", "id", "matches",
    "method", "parentElement", "querySelector", "remove", "reset", "submit", "tagName", "target",
}
"""A field of such a name hides from scripts what a form is asked by it: htmx stops at `form.matches`."""


@lru_cache(maxsize=200)
def faults_of(html: str, status: int) -> list[str]:
    """What is wrong with a page or a fragment of one, in words; an empty list for a good one.

    Raises:
        html5lib.html5parser.ParseError: a browser would have to repair it.
    """
    tree = read(html)
    whole = html.lstrip().startswith("<!doctype")
    forms, found = [*_forms(tree), *_hidden(tree)], [*broken_references(tree), *_inline(tree), *_enhanced(tree)]
    return forms + found + _title(tree, status) + (_landmarks(tree) if whole else [])


def _forms(tree: Element) -> list[str]:
    return [
        f"form {form.get('action')!r} lacks {name}"
        for form in tree.iter("form")
        for name in (*(("action", "method") if form.get("method") != "get" else ("action",)), "novalidate")
        if form.get(name) is None
    ]


def _hidden(tree: Element) -> list[str]:
    return [
        f"the field {field.get('name')} hides what scripts ask the form {form.get('action')!r}"
        for form in tree.iter("form") for field in form.iter() if field.get("name") in HIDING
    ]


def _inline(tree: Element) -> list[str]:
    scripts = ["a script stands inline" for script in tree.iter("script") if script.get("src") is None]
    styles = [style for element in tree.iter() if element.tag != "head" for style in element.findall("style")]
    handlers = [
        f"{element.tag} carries {name}" for element in tree.iter() for name in element.attrib
        if name == "style" or name.startswith("on")
    ]
    return scripts + handlers + ["a style stands in the body" for _style in styles]


def _enhanced(tree: Element) -> list[str]:
    """Everything htmx does is also a link or a form."""
    return [
        f"{element.tag} is enhanced, but neither a link nor in a form"
        for parents, element in _with_parents(tree, ())
        if (element.get("data-hx-get") or element.get("data-hx-post"))
        and not (element.get("href") or element.tag == "form" or "form" in parents)
    ]


def _with_parents(element: Element, parents: tuple[str, ...]) -> list[tuple[tuple[str, ...], Element]]:
    below = (*parents, str(element.tag))
    return [(parents, element), *(pair for child in element for pair in _with_parents(child, below))]


def _title(tree: Element, status: int) -> list[str]:
    titles = [words(title) for title in tree.iter("title") if title.get("id") is None]
    if not titles or not titles[0].endswith(" - Ithaca") or titles[0] == "- Ithaca":
        return [f"the title is {titles[:1]}"]
    mending = status == 422 and any(element.get("id") == "error-summary" for element in tree.iter())
    if mending and not titles[0].startswith("Fix "):
        return ["a page with errors has a title that does not say so"]
    return []


def _landmarks(tree: Element) -> list[str]:
    heads = len(tree.findall(".//h1"))
    return [] if heads == 1 else [f"{heads} h1"]
