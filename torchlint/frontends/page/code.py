"""Source lines as HTML: lightly highlighted, the spans of a finding marked, labels below them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from torchlint.frontends.markup import add, element, prose
from torchlint.frontends.page.highlight import Highlighter
from torchlint.frontends.snippet import Lines, arrange
from torchlint.frontends.visible import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from xml.etree.ElementTree import Element

    from torchlint.frontends.page.highlight import Tokens
    from torchlint.frontends.snippet import Mark

_LONGEST = 200
"""Code points of a line that are shown; of a longer one the part around its first mark."""
_LEAD = 60


def snippet(marks: Sequence[Mark], lines: Lines, tokens: Callable[[int], Tokens]) -> Element | None:
    """The lines of ``marks`` with a little around them; ``tokens`` gives those of a 1-based line."""
    shown, numbers = arrange(list(marks), lines)
    if not numbers:
        return None
    block = element("div", class_="lines", tabindex="0", role="group", aria_label="code")
    inner = add(block, element("div", class_="inner"))[0]
    last = numbers[0] - 1
    for number in numbers:
        if number > last + 1:
            add(inner, _gap())
        last = number
        add(inner, *_line(number, shown, lines, tokens))
    return block


class _Stretch(NamedTuple):
    """A marked part of one line, in 0-based code points."""

    start: int
    end: int
    look: str
    label: str


def _line(number: int, marks: Sequence[Mark], lines: Lines, tokens: Callable[[int], Tokens]) -> Iterator[Element]:
    text = lines.text(number)
    stretches = [each for mark in marks if (each := _stretch(mark, number, text)) is not None]
    low = max(0, min((each.start for each in stretches), default=0) - _LEAD) if len(text) > _LONGEST else 0
    high = low + _LONGEST
    is_primary = any(each.look == "primary" for each in stretches)
    row = element("div", element("span", str(number), class_="number"), class_="line primary" if is_primary else "line")
    code = element("code", "\u2026" if low else None, dir="ltr")
    for kind, piece, look in _pieces(tokens(number), stretches, low, high):
        inner: Element | str = element("span", piece, class_=kind) if kind else piece
        add(code, element("mark", inner, class_=look) if look else inner)
    add(code, "\u2026" if high < len(text) else None)
    yield add(row, code)
    for each in stretches:
        if each.label:
            indent = min(each.start - low, 60)
            yield element("div", *prose(each.label), class_=f"label {each.look}", style=f"--indent:{indent}")


def _stretch(mark: Mark, number: int, text: str) -> _Stretch | None:
    if not mark.line <= number <= mark.end_line or (number > mark.line and not mark.primary):
        return None
    start = mark.column - 1 if number == mark.line else len(text) - len(text.lstrip())
    end = mark.end_column - 1 if number == mark.end_line else len(text.rstrip())
    return _Stretch(
        start,
        max(end, start + 1),
        "primary" if mark.primary else "secondary",
        mark.label if number == mark.line else "",
    )


def _pieces(tokens: Tokens, stretches: Sequence[_Stretch], low: int, high: int) -> Iterator[tuple[str, str, str]]:
    """The tokens between two code points, cut where marks begin and end: class, text, and the mark's look."""
    at = 0
    for kind, text in tokens:
        end = at + len(text)
        cuts = sorted({at, end, low, high, *(edge for each in stretches for edge in (each.start, each.end))})
        inside = [cut for cut in cuts if at <= cut <= end and low <= cut <= high]
        for start, stop in pairwise(inside):
            looks = [each.look for each in stretches if each.start <= start and stop <= each.end]
            piece = "\t".join(visible(part) for part in text[start - at : stop - at].split("\t"))
            yield kind, piece, min(looks, default="")
        at = end


def change(groups: Iterable[tuple[int, Sequence[str], Sequence[str]]]) -> Element:
    """A diff: for each group the 1-based number of its first line, the lines taken away, and those put there."""
    block = element("div", class_="lines diff", tabindex="0", role="group", aria_label="the change")
    inner = add(block, element("div", class_="inner"))[0]
    for first, old, new in groups:
        if len(inner):
            add(inner, _gap())
        for sign, look, texts in (("\u2212", "removed", old), ("+", "added", new)):
            highlighter = Highlighter(texts)
            for index in range(len(texts)):
                add(inner, _changed(first + index, sign, look, highlighter.line(index + 1)))
    return block


def _changed(number: int, sign: str, look: str, tokens: Tokens) -> Element:
    code = element("code", element("span", f"{sign} ", class_="sign"), dir="ltr")
    for kind, piece, _ in _pieces(tokens, (), 0, _LONGEST):
        add(code, element("span", piece, class_=kind) if kind else piece)
    add(code, "\u2026" if sum(len(text) for _, text in tokens) > _LONGEST else None)
    return element("div", element("span", str(number), class_="number"), code, class_=f"line {look}")


def _gap() -> Element:
    return element("div", "\u22ef", class_="gap", aria_hidden="true")
