"""A region of a source as a LibCST tree, parsed when it is first asked for, and the driver that walks such trees.

Positions cost more than everything else, so they are computed for a region only when one of its nodes is reported.
"""

from __future__ import annotations

import ast
import re
from functools import cache, cached_property
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

import libcst as cst

from torchlint.finding import Edit, Place, Span
from torchlint.syntax.extents import extents_in
from torchlint.syntax.outline import MAX_REGION, MAX_REGION_NODES, RegionKind
from torchlint.syntax.tree import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.syntax.extents import Extent
    from torchlint.syntax.outline import RegionOutline
    from torchlint.syntax.source import Source


_FORM_FEED = re.compile(r"^[ \t\f]*\f", re.MULTILINE)
"""Indentation starts anew after a form feed, which LibCST does not know."""
_CHAINED = re.compile(r"\b(?:and|or|not|lambda|else)\b")
"""What can nest expressions deeper than Python's own parser refuses."""
MAX_NESTING = 500
"""Expressions in one another, and operands of an ``and`` or ``or``, each of which LibCST nests in the one before: its
native parser takes memory that grows with the square, 0.5 GB at 1,400, and overflows the stack at some thousands."""
_INDENTATION = re.compile(r"[ \t]*")

Value = TypeVar("Value")


class Parsed:
    """The text of a region as LibCST sees it, wherever in a file it stands. ``assembled`` is its tree, if at hand."""

    def __init__(self, text: str, assembled: cst.Module | None = None) -> None:
        self._text = text
        self._assembled = assembled

    @cached_property
    def module(self) -> cst.Module:
        """Raises: cst.ParserSyntaxError where it is not readable."""
        return self._assembled or cst.parse_module(_FORM_FEED.sub("", self._text))

    @cached_property
    def is_readable(self) -> bool:
        """Whether LibCST can parse it; of what Python accepts it rejects a little, such as ``(x): int``."""
        if self.is_too_long:
            return False
        try:
            return self.module is not None
        except cst.ParserSyntaxError:
            return False

    @cached_property
    def is_too_long(self) -> bool:
        """Whether it would be too much for LibCST, which long strings and comments are not."""
        is_long = len(self._text) > MAX_REGION
        if not is_long and next(islice(_CHAINED.finditer(self._text), MAX_NESTING, None), None) is None:
            return False
        try:
            tree = parse_text(self._text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return True
        if is_long and next(islice(ast.walk(tree), MAX_REGION_NODES, None), None) is not None:
            return True
        return _is_nested_too_deeply(tree)

    @cached_property
    def _extents(self) -> Mapping[int, Extent]:
        return extents_in(self.module)

    def extent(self, node: cst.CSTNode) -> Extent:
        """Where a node is, in lines and columns of the parsed text."""
        return self._extents[id(node)]

    @cached_property
    def form_feeds(self) -> Mapping[int, int]:
        """How many characters are left out at the start of lines of the parsed text."""
        return {self._text.count("\n", 0, at.start()) + 1: len(at.group()) for at in _FORM_FEED.finditer(self._text)}


def _is_nested_too_deeply(tree: ast.Module) -> bool:
    waiting: list[tuple[ast.AST, int]] = [(tree, 0)]
    while waiting:
        node, depth = waiting.pop()
        if isinstance(node, ast.BoolOp):
            depth += len(node.values)
        if depth > MAX_NESTING:
            return True
        waiting += [(each, depth + 1 if isinstance(each, ast.expr) else 0) for each in ast.iter_child_nodes(node)]
    return False


class ParsedTexts:
    """The parsed regions of one file, version after version; two regions with the same text never share a tree."""

    def __init__(self) -> None:
        self._regions: _Taken[Parsed] = _Taken()
        self._members: _Taken[Sequence[cst.BaseStatement]] = _Taken()

    def of(self, parts: Sequence[str]) -> Parsed:
        """A region's text, parsed by the last version where that had it.

        A class comes in ``parts``, its header and its members, and only members that are new are parsed.
        """
        text = "".join(parts)
        known = self._regions.take(text)
        if known is None:
            known = Parsed(text)
            return self._regions.give(text, known if known.is_too_long else Parsed(text, self._assembled(parts)))
        for part in parts[1:]:
            self._members.take(part)
        return known

    def _assembled(self, parts: Sequence[str]) -> cst.Module | None:
        """The tree of a class from those of its members, None where it must be read as a whole."""
        if len(parts) == 1 or any("\f" in each for each in parts):
            return None
        blank = _INDENTATION.match(parts[1])
        try:
            module = cst.parse_module(f"{parts[0]}{blank[0] if blank else ''}pass\n")
            members = [each for part in parts[1:] for each in self._statements(part)]
        except cst.ParserSyntaxError:
            return None
        (statement,) = module.body
        if not isinstance(statement, cst.ClassDef) or not isinstance(statement.body, cst.IndentedBlock):
            return None
        above = statement.body.body[0].leading_lines  # type: ignore[attr-defined]  # `pass` is a line
        lines = [*above, *members[0].leading_lines]  # type: ignore[attr-defined]
        members[0] = members[0].with_changes(leading_lines=lines)
        body = statement.body.with_changes(body=members)
        return module.with_changes(body=[statement.with_changes(body=body)])

    def _statements(self, part: str) -> Sequence[cst.BaseStatement]:
        """The statements of a part of a class."""
        known = self._members.take(part)
        if known is not None:
            return known
        (statement,) = cst.parse_module(f"class _:\n{part}").body
        assert isinstance(statement, cst.ClassDef)
        return self._members.give(part, statement.body.body)  # type: ignore[arg-type]  # those of a block

    def next_version(self) -> None:
        """Another version of the file begins."""
        self._regions.next_version()
        self._members.next_version()


class _Taken(Generic[Value]):
    """Values by text, each of which serves one region of each version; what the last did not take is dropped."""

    def __init__(self) -> None:
        self._before: dict[str, list[Value]] = {}
        self._now: dict[str, list[Value]] = {}

    def take(self, text: str) -> Value | None:
        waiting = self._before.get(text)
        return self.give(text, waiting.pop()) if waiting else None

    def give(self, text: str, value: Value) -> Value:
        self._now.setdefault(text, []).append(value)
        return value

    def next_version(self) -> None:
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
        parts = [self.source.lines_text(first, last) for first, last in self.outline.lines]
        parts = [each.replace("\r\n", "\n").replace("\r", "\n") for each in parts]
        text = "".join(["if 1:\n", *parts] if self.outline.indented else parts)
        if self._earlier is None or len(text) > MAX_REGION:
            return Parsed(text)
        is_class = self.outline.kind is RegionKind.CLASS and not self.outline.indented
        return self._earlier.of(parts if is_class else [text])

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

    @property
    def is_too_long(self) -> bool:
        """Whether a rule asked for it, and it would be too much for LibCST, so that it is not readable."""
        return "_parsed" in vars(self) and self._parsed.is_too_long

    def span(self, node: cst.CSTNode) -> Span:
        """The byte range of a node; the parentheses around an expression are not part of it."""
        at = self._parsed.extent(node)
        return Span(self._offset(at.line, at.column), self._offset(at.end_line, at.end_column))

    def _offset(self, line: int, column: int) -> int:
        if line > len(self._line_map):  # the end of a block without a last newline
            return len(self.source.data)
        left_out = self._parsed.form_feeds.get(line, 0)
        return self.source.offset_of_code_points(self._line_map[line - 1], column + left_out)

    def line(self, node: cst.CSTNode) -> int:
        """The 1-based line of the source on which a node starts."""
        return self._line_map[self._parsed.extent(node).line - 1]

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
        for name in _code_fields(type(node)):  # as ``children``, without a generator for each node
            value = getattr(node, name)
            kind = type(value)
            if kind is list or kind is tuple:
                for each in value:
                    walk(each, visitor)
            elif kind not in _NO_NODES:
                walk(value, visitor)
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
