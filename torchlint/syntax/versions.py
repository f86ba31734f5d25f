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
    from collections.abc import Iterable, Sequence

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
        body = self._from_last(_Change(self._lines, lines))
        tree = parse_text(text) if body is None else ast.Module(body, [])
        self._lines, self._tree = lines, tree
        kept = {each for node in tree.body for each in (node, *_members(node))}
        self._located = {node: located for node, located in self._located.items() if node in kept}
        return tree

    def _from_last(self, change: _Change) -> list[ast.stmt] | None:
        """The statements with only those around the change parsed, None where that cannot be done."""
        body = self._tree.body
        low, high = change.touched(body)
        if high - low == len(body) != 1:
            return None
        end = lines_of(body[high])[0] if high < len(body) else len(change.old) + 1
        inside = self._inside_class(body[low], end, change) if high - low == 1 else None
        if inside is None:
            first = lines_of(body[low])[0] if low else 1
            middle = change.parsed(first, end, "")
            inside = middle.body if middle is not None else None
        if inside is None:
            return None
        self._move(body[high:], change.down)
        return [*body[:low], *inside, *body[high:]]

    def _inside_class(self, node: ast.stmt, end: int, change: _Change) -> list[ast.stmt] | None:
        """A class of which only the members around the change were parsed; ``end`` is the line behind it."""
        members = _members(node)
        if not members or lines_of(members[0])[0] > change.before or not change.starts_line(members[0]):
            return None
        low, high = change.touched(members)
        first = lines_of(members[low])[0]
        end = lines_of(members[high])[0] if high < len(members) else end
        parsed = change.parsed(first, end, "class _:\n")
        if parsed is None or len(parsed.body) != 1:
            return None
        new = _members(parsed.body[0])
        if {change.indentation(each) for each in new} != {change.indentation(members[0], is_old=True)}:
            return None
        self._move(members[high:], change.down)
        made = ast.ClassDef(**{name: getattr(node, name) for name in (*node._fields, *node._attributes)})
        made.body = [*members[:low], *new, *members[high:]]
        made.end_lineno, made.end_col_offset = made.body[-1].end_lineno, made.body[-1].end_col_offset
        return [made]

    def _move(self, statements: Iterable[ast.stmt], down: int) -> None:
        for statement in statements if down else ():
            for node in self._all_located(statement):
                node.lineno += down
                node.end_lineno += down  # type: ignore[operator]  # the parser always gives it

    def _all_located(self, statement: ast.stmt) -> list[ast.stmt]:
        located = self._located.get(statement)
        if located is None:
            inner = [node for each in _members(statement) for node in self._all_located(each)]
            located = self._located[statement] = [*_located(statement, _members(statement)), *inner]
        return located


class _Change:
    """The lines that changed from one text to another: all but ``before`` at the start and ``after`` at the end."""

    def __init__(self, old: Sequence[str], new: Sequence[str]) -> None:
        self.old = old
        self.new = new
        self.before, self.after = unchanged(old, new)
        self.down = len(new) - len(old)

    def touched(self, body: Sequence[ast.stmt]) -> tuple[int, int]:
        """From which to before which of some statements of the old text the change may reach."""
        spans = [lines_of(node) for node in body]
        starts = [first for first, _ in spans]
        low = max(0, bisect_right(starts, self.before) - 1)
        while low and not (spans[low - 1][1] < starts[low] and _ends(self.old, starts[low])):
            low -= 1
        high = bisect_left(starts, len(self.old) - self.after + 1, lo=low)
        while high < len(body) and not (
            (not high or spans[high - 1][1] < starts[high]) and _ends(self.new, starts[high] + self.down)
        ):
            high += 1
        return low, high

    def parsed(self, first: int, end: int, head: str) -> ast.Module | None:
        """The new text's statements from the old line ``first`` to before ``end``, in place, behind a ``head``; None
        where they are none by themselves: what is wrong with the whole, and where, is for the whole to say."""
        lines = self.new[first - 1 : end - 1 + self.down]
        if not lines:
            return None
        try:
            return parse_text("\n" * (first - 1 - head.count("\n")) + head + "".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None

    def indentation(self, node: ast.stmt, *, is_old: bool = False) -> str:
        """What stands before a statement on its first line."""
        return (self.old if is_old else self.new)[lines_of(node)[0] - 1][: node.col_offset]

    def starts_line(self, node: ast.stmt) -> bool:
        """Whether nothing but blanks stands before a statement of the old text, and nothing goes on into its line."""
        return self.indentation(node, is_old=True).isspace() and _ends(self.old, lines_of(node)[0])


def _members(statement: ast.stmt) -> list[ast.stmt]:
    """The statements in the body of a class."""
    return statement.body if isinstance(statement, ast.ClassDef) else []


def _located(statement: ast.stmt, without: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The nodes of a statement that have a position; several times faster than ``ast.walk``."""
    found = []
    left_out = set(without)
    waiting: list[object] = [statement]
    while waiting:
        each = waiting.pop()
        if type(each) is list:
            waiting += each
        elif isinstance(each, ast.AST) and each not in left_out:
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


def _ends(lines: Sequence[str], line: int) -> bool:
    """Whether nothing goes on from the line before into a 1-based line."""
    return line < 2 or not lines[line - 2].rstrip("\r\n").endswith("\\")
