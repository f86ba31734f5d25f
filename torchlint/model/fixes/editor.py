"""Where the statements of a file stand in its text, and how that text is changed without touching the rest.

Positions are those of ``ast``. Whatever cannot be rewritten exactly, such as statements that share a line, is not
rewritten at all: the answer is None.
"""

from __future__ import annotations

import ast
import re
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from torchlint.finding import Edit, Span
from torchlint.syntax.tree import last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.syntax.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_DECORATED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_REST_OF_LINE = re.compile(rb"[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r|\n|\Z)")
_SPACE = b" \t\f\r\n\\"
_BLANKS = b" \t\f"
_OVER_LINES = re.compile(r"'''|\"\"\"|\\\r?\n")
_INDENT = "    "
Node = TypeVar("Node", bound=ast.AST)


class Layout:
    """The statements of a file and the text that they stand in."""

    def __init__(self, source: Source, tree: ast.Module) -> None:
        self.source = source
        self.tree = tree

    @cached_property
    def _parents(self) -> Mapping[ast.AST, ast.AST]:
        return {child: node for node in walk(self.tree) for child in ast.iter_child_nodes(node)}

    # What stands where.

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that a node is a part of."""
        return self._parents.get(node)

    def owns(self, node: ast.AST) -> bool:
        """Whether a node stands in this file, and not in another one of the project."""
        return node is self.tree or node in self._parents

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, innermost first."""
        at = self._parents.get(node)
        while at is not None:
            yield at
            at = self._parents.get(at)

    def path_to(self, node: ast.AST) -> tuple[ast.AST, ...]:
        """What a node stands in, the module first, itself last."""
        return (*reversed([*self.around(node)]), node)

    def statement(self, node: ast.AST) -> ast.stmt:
        """The statement that a node belongs to: itself, or the innermost one around it."""
        if isinstance(node, ast.stmt):
            return node
        return next(each for each in self.around(node) if isinstance(each, ast.stmt))

    def function(self, node: ast.AST) -> Function | None:
        """The innermost function that a node stands in, None at module level and in the body of a class."""
        scope = next((each for each in self.around(node) if isinstance(each, _SCOPES)), None)
        return scope if isinstance(scope, Function) else None

    def scope(self, node: ast.AST) -> ast.AST:
        """The innermost function, class or module that a node stands in."""
        return next((each for each in self.around(node) if isinstance(each, _SCOPES)), self.tree)

    def loop(self, node: ast.AST) -> Loop | None:
        """The innermost loop that a node stands in, within its function."""
        for each in self.around(node):
            if isinstance(each, Loop):
                return each
            if isinstance(each, _SCOPES):
                return None
        return None

    def is_local(self, name: ast.Name) -> bool:
        """Whether the scope that a name stands in binds it, so that it may bind it once more."""
        scope = self.scope(name)
        if isinstance(scope, ast.Module):
            return True
        bound = (
            each for each in ast.walk(scope) if isinstance(each, (ast.Name, ast.arg)) and self.scope(each) is scope
        )
        return any(
            each.arg == name.id if isinstance(each, ast.arg) else each.id == name.id and isinstance(each.ctx, ast.Store)
            for each in bound
        )

    @property
    def backwards(self) -> Sequence[ast.Call]:
        """Every call that may go backward."""
        calls = [each for each in ast.walk(self.tree) if isinstance(each, ast.Call)]
        return [each for each in calls if last_name(each.func) in ("backward", "grad")]

    def block(self, statement: ast.stmt) -> Sequence[ast.stmt]:
        """The statements among which a statement stands, itself included."""
        block, _ = self._blocks.get(statement, ((statement,), 0))
        return block

    def neighbour(self, statement: ast.stmt, step: int) -> ast.stmt | None:
        """The statement so many places further on in the same block."""
        block, at = self._blocks[statement]
        return block[at + step] if 0 <= at + step < len(block) else None

    @cached_property
    def _blocks(self) -> Mapping[ast.stmt, tuple[Sequence[ast.stmt], int]]:
        """The block that each statement stands in, and at which place."""
        found = {}
        for node in walk(self.tree):
            for _, value in ast.iter_fields(node):
                if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                    found.update({each: (value, at) for at, each in enumerate(value)})
        return found

    def at(self, span: Span, kind: type[Node]) -> Node | None:
        """The node of a kind that has exactly this text."""
        line, _ = self.source.position(span.start)
        if line not in self._spans:
            nodes = self._by_line.get(line, ())
            self._spans[line] = {}
            for each in nodes:
                self._spans[line].setdefault(self.span(each), []).append(each)
        return next((each for each in self._spans[line].get(span, ()) if isinstance(each, kind)), None)

    @cached_property
    def _by_line(self) -> Mapping[int, Sequence[ast.AST]]:
        """The nodes that begin in each 1-based line."""
        found: dict[int, list[ast.AST]] = {}
        for each in ast.walk(self.tree):
            if isinstance(each, (ast.expr, ast.stmt, ast.keyword, ast.arg)):
                found.setdefault(each.lineno, []).append(each)
        return found

    @cached_property
    def _spans(self) -> dict[int, dict[Span, list[ast.AST]]]:
        """The nodes by their span, for each line that was asked about."""
        return {}

    # Text.

    def span(self, node: ast.AST) -> Span:
        """The byte range of a node, decorators included, parentheses around an expression not."""
        assert isinstance(node, (ast.expr, ast.stmt, ast.keyword, ast.arg, ast.alias))
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        start = self.source.offset_of_bytes(node.lineno, node.col_offset)
        if isinstance(node, _DECORATED) and node.decorator_list:
            start = self.source.data.rindex(b"@", 0, self.span(node.decorator_list[0]).start)
        return Span(start, self.source.offset_of_bytes(end_line, end_column))

    def text(self, node: ast.AST) -> str:
        """The text of a node."""
        return self.source.slice(self.span(node))

    def whole(self, node: ast.expr) -> Span:
        """The byte range of an expression, the parentheses around it included."""
        data, span = self.source.data, self.span(node)
        while True:
            start = len(data[: span.start].rstrip(_SPACE))
            end = len(data) - len(data[span.end :].lstrip(_SPACE))
            if data[start - 1 : start] != b"(" or data[end : end + 1] != b")" or self._opens(node, start - 1):
                return span
            span = Span(start - 1, end + 1)

    def _opens(self, node: ast.expr, offset: int) -> bool:
        """Whether a parenthesis before a node opens the arguments of a call, or the bases of a class."""
        parent = self._parents.get(node)
        if isinstance(parent, ast.ClassDef):
            return b"(" not in self.source.data[self.span(parent).start : offset]
        if not isinstance(parent, ast.Call) or parent.func is node:
            return False
        return not self.source.data[self.span(parent.func).end : offset].strip(_SPACE + b")")

    def edit(self, span: Span, text: str) -> Edit:
        """Put a text in the place of a byte range."""
        return Edit(span, self.source.place(span), text)

    def replace(self, node: ast.AST, text: str) -> Edit:
        """Put a text in the place of a node."""
        return self.edit(self.span(node), text)

    def insert(self, offset: int, text: str) -> Edit:
        """Put a text before a byte."""
        return self.edit(Span(offset, offset), text)

    def hold(self, statement: ast.stmt) -> Edit:
        """Change nothing of how a statement begins, so that no other fix of the same round does."""
        start = self.span(statement).start
        word = Span(start, start + 1)
        return self.edit(word, self.source.slice(word))

    # Lines.

    def lines(self, statement: ast.stmt) -> range | None:
        """The 1-based lines that a statement has for itself, comments at its end included; None where it shares one.

        None as well where a cell is indented and the statement is not: IPython would take a block's own indentation.
        """
        span = self.span(statement)
        first, _ = self.source.position(span.start)
        last, _ = self.source.position(span.end)
        before = self.source.data[self.source.line_span(first).start : span.start]
        if before.strip() or not _REST_OF_LINE.match(self.source.data, span.end):
            return None
        cell = self.source.cell_of_line(first)
        if cell is not None and not before.startswith(cell.indent.encode()):
            return None
        above = self.source.line_text(first - 1) if first > 1 else ""
        return None if above.endswith("\\") else range(first, last + 1)

    def indent(self, statement: ast.stmt) -> str:
        """The blanks before a statement on its line that indent it."""
        start = self.span(statement).start
        return self.source.slice(Span(self._margin(self.source.position(start)[0]), start))

    def _margin(self, line: int) -> int:
        """The byte offset at which the indentation of a 1-based line starts; a form feed takes it back to nothing."""
        span = self.source.line_span(line)
        text = self.source.data[span.start : span.end]
        blanks = text[: len(text) - len(text.lstrip(_BLANKS))]
        return span.start + blanks.rfind(b"\f") + 1

    def unit(self, statement: ast.stmt) -> str:
        """By how much the file indents a block at a statement."""
        if "\t" in self.indent(statement):
            return "\t"
        for each in ast.walk(self.tree):
            body = getattr(each, "body", None)
            if isinstance(each, ast.stmt) and isinstance(body, list) and self.lines(body[0]) is not None:
                inner = self.indent(body[0]).removeprefix(self.indent(each))
                if inner and body[0].lineno > each.lineno:
                    return inner
        return _INDENT

    def deeper(self, lines: range, unit: str) -> tuple[Edit, ...]:
        """Indent lines; empty ones stay, and so do those inside of strings."""
        return tuple(
            self.insert(self._margin(line), unit)
            for line in lines
            if line not in self._inside_strings and self.source.line_text(line).strip()
        )

    def enclose(self, first: ast.stmt, last: ast.stmt, header: str) -> tuple[Edit, ...] | None:
        """Put statements that follow each other into a block under ``header``."""
        one, other = self.lines(first), self.lines(last)
        if one is None or other is None or self._crosses_cells(one[0], other[-1]):
            return None
        indent, unit = self.indent(first), self.unit(first)
        opening, *rest = self.deeper(range(one[0], other[-1] + 1), unit)
        return (self.edit(opening.span, f"{indent}{header}\n{unit}"), *rest)

    def dissolve(self, block: ast.With) -> tuple[Edit, ...] | None:
        """Take the header of a block away and put its statements in its place; None where a comment would be lost."""
        own, first, last = self.lines(block), self.lines(block.body[0]), self.lines(block.body[-1])
        if own is None or first is None or last is None or block.lineno == block.body[0].lineno:
            return None
        header = Span(self.source.line_span(own[0]).start, self._margin(first[0]))
        indent, inner = self.indent(block), self.indent(block.body[0])
        lines = [each for each in range(first[0], last[-1] + 1) if each not in self._inside_strings]
        starts = [self._margin(each) for each in lines if self.source.line_text(each).strip()]
        if b"#" in self.source.data[header.start : header.end] or not inner.startswith(indent):
            return None
        if not all(self.source.data.startswith(inner.encode(), each) for each in starts):
            return None
        unit = len(inner) - len(indent)
        edits = [self.edit(Span(start, start + unit), "") for start in starts]
        return (self.edit(Span(header.start, header.end + unit), ""), *edits[1:])

    def before(self, statement: ast.stmt, *lines: str) -> tuple[Edit, ...] | None:
        """Put lines of their own before a statement, indented as it is."""
        own = self.lines(statement)
        if own is None:
            return None
        indent = self.indent(statement)
        return (self.insert(self.source.line_span(own[0]).start, "".join(f"{indent}{line}\n" for line in lines)),)

    def after(self, statement: ast.stmt, *lines: str) -> tuple[Edit, ...] | None:
        """Put lines of their own after a statement, indented as it is."""
        own = self.lines(statement)
        if own is None:
            return None
        indent = self.indent(statement)
        end = self.source.line_span(own[-1]).end
        text = "".join(f"{indent}{line}\n" for line in lines)
        if self._has_no_newline(own[-1]):
            text = "\n" + text.removesuffix("\n")
            end = len(self.source.data.rstrip(b"\r\n")) if not self.source.cells else end
        elif self._crosses_cells(own[-1], own[-1] + 1):
            text, end = "\n" + text.removesuffix("\n"), end - 1
        return (self.insert(end, text),)

    def remove(self, statement: ast.stmt) -> tuple[Edit, ...] | None:
        """Take a statement away together with its lines, unless its block would be empty or a comment lost."""
        own = self.lines(statement)
        if own is None or len(self.block(statement)) == 1:
            return None
        span = self.source.lines_span(own[0], own[-1])
        if self.source.data[self.span(statement).end : span.end].strip():
            return None
        return (self.edit(span, ""),)

    def _has_no_newline(self, line: int) -> bool:
        span = self.source.line_span(line)
        return not self.source.data[span.start : span.end].endswith((b"\n", b"\r"))

    def _crosses_cells(self, first: int, last: int) -> bool:
        return self.source.cell_of_line(first) is not self.source.cell_of_line(last)

    @cached_property
    def _inside_strings(self) -> frozenset[int]:
        """The lines that begin inside of a string."""
        found: set[int] = set()
        for node in ast.walk(self.tree):
            if not isinstance(node, (ast.Constant, ast.JoinedStr)) or node.end_lineno in (None, node.lineno):
                continue
            if _OVER_LINES.search(self.text(node)):
                found.update(range(node.lineno + 1, (node.end_lineno or node.lineno) + 1))
        return frozenset(found)

    # Calls.

    def add_keyword(self, call: ast.Call, text: str) -> Edit:
        """Add a keyword argument to a call, at its end."""
        span = self.span(call)
        end = span.end - 1
        given = _arguments(call)
        if not given:
            return self.insert(end, text)
        last = max(self._argument_span(each).end for each in given)
        tail = self.source.data[last:end]
        if b"," in re.sub(rb"#[^\r\n]*", b"", tail):  # a trailing comma: the new argument comes after it
            at = last + tail.index(b",") + 1
            closes_on_own_line = b"\n" in tail
            if closes_on_own_line:
                line, _ = self.source.position(min(self._argument_span(each).start for each in given))
                blank = re.match(r"[ \t]*", self.source.line_text(line))
                return self.insert(at, f"\n{blank.group() if blank else ''}{text},")
            return self.insert(at, f" {text}")
        return self.insert(last, f", {text}")

    def remove_keyword(self, call: ast.Call, name: str) -> Edit | None:
        """Take a keyword argument away together with its comma; None where a comment stands beside it."""
        given = _arguments(call)
        keyword = next((each for each in call.keywords if each.arg == name), None)
        if keyword is None or any(each.arg is None for each in call.keywords):
            return None
        at = next(index for index, each in enumerate(given) if each is keyword)
        own = self._argument_span(keyword)
        if at + 1 < len(given):
            span = Span(own.start, self._argument_span(given[at + 1]).start)
        elif at:
            span = Span(self._argument_span(given[at - 1]).end, own.end)
        else:
            match = _TRAILING_COMMA.match(self.source.data, own.end)
            span = Span(own.start, match.end() if match else own.end)
        return (
            None
            if b"#" in self.source.data[span.start : own.start] + self.source.data[own.end : span.end]
            else self.edit(span, "")
        )

    def replace_keyword(self, call: ast.Call, name: str, text: str) -> Edit | None:
        """Give a keyword argument another value."""
        keyword = next((each for each in call.keywords if each.arg == name), None)
        return self.edit(self.whole(keyword.value), text) if keyword is not None else None

    def _argument_span(self, node: ast.AST) -> Span:
        if isinstance(node, ast.keyword):
            return Span(self.span(node).start, max(self.span(node).end, self.whole(node.value).end))
        assert isinstance(node, ast.expr)
        return self.whole(node)


_TRAILING_COMMA = re.compile(rb"\s*,[ \t]*")


def _arguments(call: ast.AST) -> Sequence[ast.expr | ast.keyword]:
    """The arguments of a call in the order of the text."""
    given: list[ast.expr | ast.keyword] = []
    if isinstance(call, ast.Call):
        given = [*call.args, *call.keywords]
    elif isinstance(call, ast.ClassDef):
        given = [*call.bases, *call.keywords]
    return sorted(given, key=lambda each: (each.lineno, each.col_offset))


def own_nodes(scope: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of functions and classes inside it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting.extend(ast.iter_child_nodes(node))
