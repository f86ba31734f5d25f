"""What a fix would come to: the program with its edits, run again abstractly.

Edits only move what stands behind them, so that places and classes of the old text are found again in the new one.
"""

from __future__ import annotations

import ast
import itertools
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Kind
from torchlint.syntax.source import Source
from torchlint.syntax.tree import parse_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchlint.finding import Edit
    from torchlint.model.autograd.program import Modules
    from torchlint.model.layout import Layout

_HARMLESS = frozenset({Kind.DATA, Kind.ALIAS, Kind.RETAINED, Kind.CREATED})
_MANY = 12
"""How many rehearsals one file is worth."""


class Rehearsal:
    """Tries edits of one file out."""

    def __init__(self, layout: Layout, classes: Modules) -> None:
        self._layout = layout
        self._classes = classes
        self._left = _MANY

    def settles(self, edits: Sequence[Edit], *places: ast.AST | None) -> bool:
        """Whether nothing goes wrong any more at some places of the old text once edits are made."""
        return self._goes_wrong(edits, places) is False

    def harms(self, edits: Sequence[Edit], *places: ast.AST | None) -> bool:
        """Whether something goes wrong at some places of the old text once edits are made."""
        return self._goes_wrong(edits, places) is True

    def _goes_wrong(self, edits: Sequence[Edit], places: Iterable[ast.AST | None]) -> bool | None:
        """Whether something goes wrong at some places; None where that is too much to find out."""
        self._left -= 1
        if self._left < 0:
            return None
        try:
            source, tree = self._edited(edits)
        except (SyntaxError, ValueError):
            return None
        from torchlint.model.autograd.program import Modules, analyse

        lines = self._old_lines(tree)
        known = self._classes
        classes = Modules(
            lambda line: known.is_module(lines.get(line, line)),
            lambda line: known.has_parameters(lines.get(line, line)),
        )
        spans = [self._layout.span(each) for each in places if each is not None]
        starts = {self._moved(span.start, edits) for span in spans}
        firsts = [self._line(source, cell.first_line, edits) for cell in self._layout.source.cells]
        cells = [range(*each) for each in itertools.pairwise([*firsts, source.line_count + 1])]
        faults = [found.fault for found in analyse(tree, source.text, cells, classes)]
        nodes = [node for each in faults if each.kind not in _HARMLESS for node in (each.at, each.surfaces)]
        return any(
            source.offset_of_bytes(node.lineno, node.col_offset) in starts
            for node in nodes
            if isinstance(node, (ast.expr, ast.stmt))
        )

    def _edited(self, edits: Iterable[Edit]) -> tuple[Source, ast.Module]:
        """The text after edits. Raises: SyntaxError, ValueError."""
        data = self._layout.source.data
        parts, at = [], 0
        for edit in sorted(edits, key=lambda edit: edit.span):
            if edit.span.start < at:
                raise ValueError("edits overlap")
            parts += [data[at : edit.span.start], edit.text.encode("utf-8", "surrogatepass")]
            at = edit.span.end
        text = b"".join([*parts, data[at:]]).decode("utf-8", "surrogatepass")
        return Source(text, "rehearsal.py"), parse_text(text)

    def _old_lines(self, tree: ast.Module) -> dict[int, int]:
        """The line at which each class of the new text stood."""
        old, new = (
            [each.lineno for each in ast.walk(one) if isinstance(each, ast.ClassDef)]
            for one in (self._layout.tree, tree)
        )
        return dict(zip(new, old, strict=False))

    def _line(self, source: Source, line: int, edits: Iterable[Edit]) -> int:
        """Where a cell that began at a line begins now: what is put at its beginning belongs to it."""
        start = self._layout.source.line_span(line).start
        return source.position(self._moved(start, [each for each in edits if each.span.start < start]))[0]

    @staticmethod
    def _moved(offset: int, edits: Iterable[Edit]) -> int:
        """Where a byte of the old text is in the new one; one that is replaced is where its replacement begins."""
        result = offset
        for edit in edits:
            if edit.span.end <= offset:
                result += len(edit.text.encode("utf-8", "surrogatepass")) - (edit.span.end - edit.span.start)
            elif edit.span.start < offset:
                result -= offset - edit.span.start
        return result
