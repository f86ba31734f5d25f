"""A file that is being edited: the tree of its next version shares the top-level statements that did not change.

What is remembered about a shared statement, by the node itself, stays true for the next version.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from torchlint.syntax.tree import lines_of, parse_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")


class Versions:
    """The last version of one file that Python could parse. A tree that it gave ends with the next one."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._tree = ast.Module([], [])
        self._located: dict[ast.stmt, list[ast.stmt]] = {}

    def parse(self, text: str) -> ast.Module:
        """The ``ast`` of the next version, equal to what ``parse_text`` gives.

        Raises: what ``parse_text`` does; the version before it then stays the last one.
        """
        lines = split_lines(text)
        tree = self._from_last(lines)
        if tree is None:
            tree = parse_text(text)
        self._lines, self._tree = lines, tree
        kept = set(tree.body)
        self._located = {node: located for node, located in self._located.items() if node in kept}
        return tree

    def _from_last(self, lines: list[str]) -> ast.Module | None:
        """The tree with only the statements around the change parsed, None where that cannot be done."""
        body = self._tree.body
        before, after = unchanged(self._lines, lines)
        spans = [lines_of(node) for node in body]
        starts = [first for first, _ in spans]
        low = max(0, bisect_right(starts, before) - 1)
        while low and not _stands_apart(self._lines, spans, low):
            low -= 1
        high = bisect_left(starts, len(self._lines) - after + 1, lo=low)
        moved = len(lines) - len(self._lines)
        while high < len(body) and not (_stands_apart(self._lines, spans, high) and _ends(lines, starts[high] + moved)):
            high += 1
        first = starts[low] if low else 1
        last = starts[high] + moved if high < len(body) else len(lines) + 1
        if last < first or high - low == len(body):
            return None
        try:
            middle = parse_text("\n" * (first - 1) + "".join(lines[first - 1 : last - 1]))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None  # what is wrong with the whole, and where, is for the whole to say
        if moved:
            for node in body[high:]:
                self._move(node, moved)
        return ast.Module([*body[:low], *middle.body, *body[high:]], [])

    def _move(self, statement: ast.stmt, lines: int) -> None:
        located = self._located.get(statement)
        if located is None:
            located = self._located[statement] = _located(statement)
        for node in located:
            node.lineno += lines
            node.end_lineno += lines  # type: ignore[operator]  # the parser always gives it


def _located(statement: ast.stmt) -> list[ast.stmt]:
    """The nodes of a statement that have a position; several times faster than ``ast.walk``."""
    found = []
    waiting: list[object] = [statement]
    while waiting:
        each = waiting.pop()
        if type(each) is list:
            waiting += each
        elif isinstance(each, ast.AST):
            if each._attributes:
                found.append(each)
            waiting += [getattr(each, name, None) for name in each._fields]
    return found  # type: ignore[return-value]  # whatever has attributes has these


def split_lines(text: str) -> list[str]:
    """The lines of a text with their ends, which are those that Python knows."""
    return _LINE.findall(text)


def unchanged(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """How many lines at the start and at the end of two texts are the same; no line is counted twice."""
    most = min(len(old), len(new))
    before = next((at for at in range(most) if old[at] != new[at]), most)
    most -= before
    after = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    return before, after


def _stands_apart(lines: Sequence[str], spans: Sequence[tuple[int, int]], at: int) -> bool:
    """Whether a statement shares no line with the one before it."""
    return (not at or spans[at - 1][1] < spans[at][0]) and _ends(lines, spans[at][0])


def _ends(lines: Sequence[str], line: int) -> bool:
    """Whether nothing goes on from the line before into a 1-based line."""
    return line < 2 or not lines[line - 2].rstrip("\r\n").endswith("\\")
