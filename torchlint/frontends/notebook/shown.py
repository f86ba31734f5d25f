"""What is shown below a cell: as HTML for notebooks, with the cards of the page, and as text for terminals."""

from __future__ import annotations

import io
import os
import re
import sys
from functools import cache
from itertools import count
from typing import TYPE_CHECKING

from torchlint.frontends import seams
from torchlint.frontends.formats.full import plain, write_findings
from torchlint.frontends.formats.report import Report
from torchlint.frontends.markup import element, prose, to_html
from torchlint.frontends.page.card import Cards
from torchlint.frontends.page.page import asset
from torchlint.frontends.why import in_words
from torchlint.syntax.source import CELLS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from torchlint.finding import Finding
    from torchlint.frontends.markup import Content
    from torchlint.frontends.snippet import Row
    from torchlint.why.diagnosis import Diagnosis

_SCHEMES = (
    ("light", '[data-jp-theme-light="true"] &, .vscode-light &'),
    ("dark", '[data-jp-theme-light="false"] &, .vscode-dark &'),
)
"""How notebooks say which colours they have; else those of the system count."""
_numbers = count(1)


def of_findings(findings: Sequence[Finding], data: bytes) -> dict[str, str]:
    """Findings in the cells of a notebook with these bytes, by the MIME types that IPython chooses from."""
    sources = seams.Sources({CELLS: data})
    out = io.StringIO()
    pairs = [(CELLS, each) for each in findings]
    write_findings(pairs, Report((), sources, color=_color(), explain=True), out)
    return {"text/plain": out.getvalue().rstrip("\n"), "text/html": _html(*_cards(findings, sources))}


def of_diagnosis(found: Diagnosis, data: bytes) -> dict[str, str]:
    """The same for a diagnosis of an error in such cells."""
    sources = seams.Sources({CELLS: data})
    out = io.StringIO()
    in_words.write(found, ".", _color(), out, sources)
    return {"text/plain": out.getvalue().rstrip("\n"), "text/html": _html(*_diagnosis(found, sources))}


def _color() -> str:
    return "always" if sys.stdout.isatty() and "NO_COLOR" not in os.environ else "never"


def _cards(findings: Sequence[Finding], sources: seams.Sources, path: str = CELLS) -> Iterator[Element]:
    cards = Cards(sources.get, with_rules=False)
    for each in findings:
        yield cards.card(next(_numbers), each, path, True)


def _diagnosis(found: Diagnosis, sources: seams.Sources) -> Iterator[Content]:
    """The rows of a diagnosis as headings and paragraphs, around the card of the first suspect."""
    words = in_words.Words(100_000)  # a row is a paragraph
    yield from _paragraphs(words.above(found))
    if found.suspects:
        first = found.suspects[0]
        if first.finding is not None:
            yield from _cards([first.finding], sources, first.of or first.path)
        else:
            yield element("pre", plain(in_words.snippet_of(first, sources, 100)))
        yield from _paragraphs([*words.others(found.suspects)])
    else:
        yield from _paragraphs([*words.nothing(found, ".")])
    yield from _paragraphs([*words.experiment(found)])


def _paragraphs(rows: list[Row]) -> Iterator[Element]:
    for row in filter(None, rows):
        text = "".join(text for text, _ in row)
        yield element("p" if row[0][1] == "" else "h4", *prose(text.strip()))


def _html(*content: Content) -> str:
    return to_html(element("div", element("style", _sheet()), *content, class_="torchlint"))


@cache
def _sheet() -> str:
    """The style of cards, for what is inside of the class ``torchlint`` alone."""
    colors = dict(zip(("light", "dark"), re.findall(r":root (\{.*?\})", asset("colors.css"), re.DOTALL), strict=True))
    rules = [f"& {colors['light']}", f"@media (prefers-color-scheme: dark) {{ & {colors['dark']} }}"]
    rules += [f"{selector} {{ color-scheme: {scheme}; & {colors[scheme]} }}" for scheme, selector in _SCHEMES]
    return ".torchlint {\n" + "\n".join([*rules, asset("card.css"), asset("cell.css")]) + "}\n"
