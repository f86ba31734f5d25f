"""A region of a source as a LibCST tree, parsed when it is first asked for, and the driver that walks such trees.

Positions cost more than everything else, so they are computed for a region only when one of its nodes is reported.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from typing import TYPE_CHECKING

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from torchlint.finding import Edit, Place, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchlint.syntax.outline import RegionOutline
    from torchlint.syntax.source import Source


_FORM_FEED = re.compile(r"^[ \t\f]*\f", re.MULTILINE)
"""Indentation starts anew after a form feed, which LibCST does not know."""


class Parsed:
    """The text of a region as LibCST sees it, wherever in a file it stands."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def module(self) -> cst.Module:
        """Raises: cst.ParserSyntaxError where it is not readable."""
        return cst.parse_module(_FORM_FEED.sub("", self._text))

    @cached_property
    def is_readable(self) -> bool:
        """Whether LibCST can parse it; of what Python accepts it rejects a little, such as ``(x): int``."""
        try:
            return self.module is not None
        except cst.ParserSyntaxError:
            return False

    @cached_property
    def positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        """Where the nodes are, in lines and columns of the parsed text."""
        return MetadataWrapper(self.module, unsafe_skip_copy=True).resolve(PositionProvider)

    @cached_property
    def form_feeds(self) -> Mapping[int, int]:
        """How many characters are left out at the start of lines of the parsed text."""
        return {self._text.count("\n", 0, at.start()) + 1: len(at.group()) for at in _FORM_FEED.finditer(self._text)}


class ParsedTexts:
    """The parsed regions of one file, version after version; two regions with the same text never share a tree."""

    def __init__(self) -> None:
        self._before: dict[str, list[Parsed]] = {}
        self._now: dict[str, list[Parsed]] = {}

    def of(self, text: str) -> Parsed:
        """A region's text, parsed by the last version where that had it."""
        waiting = self._before.get(text)
        parsed = waiting.pop() if waiting else Parsed(text)
        self._now.setdefault(text, []).append(parsed)
        return parsed

    def next_version(self) -> None:
        """Another version of the file begins."""
        self._before, self._now = self._now, {}


class Region:
    """A class, a function or the module's own statements; ``earlier`` has texts that were parsed before."""

    def __init__(self, source: Source, outline: RegionOutline, earlier: ParsedTexts | None = None) -> None:
        self.source = source
        self.outline = outline
        self._earlier = earlier

    @cached_property
    def _line_map(self) -> list[int]:
        """The 1-based source line of each line of the parsed text; 0 for the line that opens the block."""
        lines = [line for first, last in self.outline.lines for line in range(first, last + 1)]
        return [0, *lines] if self.outline.indented else lines

    @cached_property
    def _parsed(self) -> Parsed:
        text = "".join(self.source.lines_text(first, last) for first, last in self.outline.lines)
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        text = "if 1:\n" + text if self.outline.indented else text
        return Parsed(text) if self._earlier is None else self._earlier.of(text)

    @property
    def module(self) -> cst.Module:
        """The region's text as a LibCST module; an indented region stands in an ``if`` of its own.

        Raises: cst.ParserSyntaxError where it is not readable.
        """
        return self._parsed.module

    @property
    def is_readable(self) -> bool:
        """Whether LibCST can parse it."""
        return self._parsed.is_readable

    def span(self, node: cst.CSTNode) -> Span:
        """The byte range of a node; the parentheses around an expression are not part of it."""
        at = self._parsed.positions[node]
        return Span(self._offset(at.start.line, at.start.column), self._offset(at.end.line, at.end.column))

    def _offset(self, line: int, column: int) -> int:
        if line > len(self._line_map):  # the end of a block without a last newline
            return len(self.source.data)
        left_out = self._parsed.form_feeds.get(line, 0)
        return self.source.offset_of_code_points(self._line_map[line - 1], column + left_out)

    def line(self, node: cst.CSTNode) -> int:
        """The 1-based line of the source on which a node starts."""
        return self._line_map[self._parsed.positions[node].start.line - 1]

    def place(self, node: cst.CSTNode) -> Place:
        """The place of a node."""
        return self.source.place(self.span(node))

    def replace(self, node: cst.CSTNode, text: str) -> Edit:
        """An edit that puts ``text`` in the place of a node."""
        return self.edit(self.span(node), text)

    def edit(self, span: Span, text: str) -> Edit:
        """An edit of a byte range."""
        return Edit(span, self.source.place(span), text)

    def code(self, node: cst.CSTNode) -> str:
        """The source text of a node."""
        return self.source.slice(self.span(node))


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The child nodes that carry code, in source order; whitespace, punctuation and comments are passed over."""
    for name in _code_fields(type(node)):
        value = getattr(node, name)
        kind = type(value)  # asking for the exact type is several times faster than isinstance of an abstract class
        if kind is list or kind is tuple:
            yield from value
        elif kind not in _NO_NODES:
            yield value


def walk(node: cst.CSTNode, visitor: cst.CSTVisitor) -> None:
    """Drive a visitor over a tree read-only: its ``visit`` and ``leave`` methods run, nothing is rebuilt."""
    if visitor.on_visit(node):
        for child in children(node):
            walk(child, visitor)
    visitor.on_leave(node)


_NO_NODES = frozenset({str, bool, type(None), cst.MaybeSentinel})
_PUNCTUATION = frozenset({"lpar", "rpar", "lbracket", "rbracket", "lbrace", "rbrace", "comma", "semicolon", "equal"})
_LAYOUT = frozenset({"leading_lines", "lines_after_decorators", "header", "footer", "dot", "star", "asynchronous"})


@cache
def _code_fields(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """The fields of a node class that can hold code."""
    return tuple(
        name
        for name in kind.__dataclass_fields__
        if "whitespace" not in name and name not in _PUNCTUATION and name not in _LAYOUT and not name.startswith("_")
    )
