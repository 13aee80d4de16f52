"""Draw a component and read it back strictly, so that tests speak of elements and not of strings."""

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from html5lib import treebuilders

from web.render import ENV


def rendered(source: str, **values: object) -> str:
    """A piece of template, with every component at hand, as in a screen."""
    return ENV.from_string(source).render(**values)


def read(html: str, inside: str = "div") -> Element:
    """The elements of `html`; a ParseError for anything a browser would have to repair."""
    parser = html5lib.HTMLParser(treebuilders.getTreeBuilder("etree"), strict=True, namespaceHTMLElements=False)
    tree: Any = parser.parse(html) if html.lstrip().startswith("<!doctype") else parser.parseFragment(html, inside)
    return tree


def draw(source: str, inside: str = "div", **values: object) -> Element:
    """`rendered` and `read`."""
    return read(rendered(source, **values), inside)


def one(tree: Element, path: str) -> Element:
    """The only element at `path` (ElementTree's XPath)."""
    found = tree.findall(path)
    assert len(found) == 1, f"{len(found)} elements at {path}"
    return found[0]


def words(element: Element) -> str:
    """The text of an element and all in it, blanks collapsed."""
    return " ".join("".join(element.itertext()).split())


def broken_references(tree: Element) -> list[str]:
    """Ids used twice, and labels, descriptions and targets that point to nothing."""
    ids = [element.get("id", "") for element in tree.iter() if element.get("id")]
    twice = [f"twice: {name}" for name in set(ids) if ids.count(name) > 1]
    pointing = ("for", "aria-describedby", "aria-labelledby", "list", "form", "data-for")
    wanted = {
        name for element in tree.iter() for attribute in pointing for name in (element.get(attribute) or "").split()
    }
    return twice + [f"nothing has the id {name}" for name in sorted(wanted - set(ids))]
