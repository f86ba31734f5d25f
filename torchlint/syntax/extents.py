"""Where the nodes of a LibCST tree are, as LibCST's own provider of positions says, at half of its cost: nothing is put
together to a text, and no position is an object of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from libcst._nodes.internal import CodegenState

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst


class Extent(NamedTuple):
    """From where to where a node reaches: 1-based lines, 0-based columns in code points, the end not included."""

    line: int
    column: int
    end_line: int
    end_column: int


def extents_in(module: cst.Module) -> Mapping[int, Extent]:
    """The extents of all nodes by their ``id``; whitespace around a node and parentheses are not part of it."""
    state = _Extents(module.default_indent, module.default_newline)
    module._codegen(state)
    return state.found


class _Extents(CodegenState):
    """Counts lines and columns while LibCST writes the code of a tree."""

    def __init__(self, indent: str, newline: str) -> None:
        super().__init__(indent, newline, tokens=[""])  # a module without any would end in another newline
        self.found: dict[int, Extent] = {}
        self.line, self.column = 1, 0
        self._opened: list[tuple[int, int]] = []

    def add_indent_tokens(self) -> None:
        for each in self.indent_tokens:
            self.column += len(each)

    def add_token(self, value: str) -> None:
        lines = value.count("\n")
        if lines:
            self.line += lines
            self.column = len(value) - value.rfind("\n") - 1
        else:
            self.column += len(value)

    def before_codegen(self, node: cst.CSTNode) -> None:
        self._opened.append((self.line, self.column))

    def after_codegen(self, node: cst.CSTNode) -> None:
        start = self._opened.pop()
        if id(node) not in self.found:  # most nodes have said themselves what belongs to them
            self.found[id(node)] = Extent(*start, self.line, self.column)

    def record_syntactic_position(  # type: ignore[override]  # a generator's context costs more than what it does
        self, node: cst.CSTNode, *, start_node: cst.CSTNode | None = None, end_node: cst.CSTNode | None = None
    ) -> _Recording:
        return _Recording(self, node, start_node, end_node)


class _Recording:
    """The context in which LibCST writes what belongs to a node."""

    __slots__ = ("_end", "_node", "_opened", "_start", "_state")

    def __init__(self, state: _Extents, node: cst.CSTNode, start: cst.CSTNode | None, end: cst.CSTNode | None) -> None:
        self._state = state
        self._node = node
        self._start = start
        self._end = end

    def __enter__(self) -> None:
        self._opened = (self._state.line, self._state.column)

    def __exit__(self, *_: object) -> None:
        state, found = self._state, self._state.found
        start = self._opened if self._start is None else found[id(self._start)][:2]
        end = (state.line, state.column) if self._end is None else found[id(self._end)][2:]
        found[id(self._node)] = Extent(*start, *end)
