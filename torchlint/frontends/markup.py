"""HTML and SVG as trees: whatever text goes in, it cannot become markup."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, tostring

if TYPE_CHECKING:
    from collections.abc import Iterator

Content = Element | str | None

_CODE = re.compile(r"`([^`]+)`")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def element(tag: str, *content: Content, **attributes: str | float | bool | None) -> Element:
    """An element. Attributes are named as in Python: ``class_``, ``data_rule``; True is an empty one, None is none."""
    made = Element(tag)
    for name, value in attributes.items():
        if value is not None and value is not False:
            text = "" if value is True else f"{value:g}" if isinstance(value, float) else str(value)
            made.set(name.rstrip("_").replace("_", "-"), _clean(text))
    return add(made, *content)


def add(parent: Element, *content: Content) -> Element:
    """Append elements and text to ``parent``, and give it back."""
    for each in content:
        if isinstance(each, Element):
            parent.append(each)
        elif each and len(parent):
            parent[-1].tail = (parent[-1].tail or "") + _clean(each)
        elif each:
            parent.text = (parent.text or "") + _clean(each)
    return parent


def prose(text: str) -> Iterator[Content]:
    """A message: what stands between backticks is code."""
    for number, part in enumerate(_CODE.split(text)):
        yield element("code", part, dir="ltr") if number % 2 else part


def to_html(tree: Element) -> str:
    """A tree as HTML, in ASCII alone: no encoding can spoil it."""
    html: bytes = tostring(tree, encoding="us-ascii", method="html")
    return html.decode("ascii")


def _clean(text: str) -> str:
    """Text without what no HTML document may contain, and without what turns the direction of writing."""
    return _FORBIDDEN.sub("\ufffd", text)
