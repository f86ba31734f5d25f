"""What a fix would come to: the program with its edits, run again abstractly.

Edits only move what stands behind them, so that places and classes of the old text are found again in the new one.
"""

from __future__ import annotations

import ast
import itertools
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Kind
from torchlint.model.interpreter.limits import MAX_REHEARSAL_WORK
from torchlint.model.interpreter.program_gate import AUTOGRAD, ProgramGate
from torchlint.model.interpreter.resolve import origin
from torchlint.syntax.source import Source
from torchlint.syntax.tree import parse_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from torchlint.finding import Edit
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.outcome import Found

_HARMLESS = frozenset({Kind.DATA, Kind.ALIAS, Kind.RETAINED, Kind.CREATED})
Fates = dict[tuple[int | None, int | None], int]
"""What became of gradients, as in ``GraphHistory``, by offsets."""
_MANY = 24
"""How many rehearsals one file is worth."""


class Rehearsal:
    """Tries edits of one file out; ``found`` tells what goes wrong in it as it is."""

    def __init__(
        self, layout: Layout, classes: Modules, found: Callable[[], Iterable[Found]], gate: ProgramGate = AUTOGRAD
    ) -> None:
        self._layout = layout
        self._classes = classes
        self._found = found
        self._gate = gate
        self._left = _MANY
        self._work = MAX_REHEARSAL_WORK

    def settles(self, edits: Sequence[Edit], *places: ast.AST | None) -> bool:
        """Whether nothing goes wrong any more at some places of the old text once edits are made, nor anything new
        where they are made, nor a backward is left without a graph."""
        tried = self.outcome(edits)
        return tried is not None and tried.settles(places)

    def harms(self, edits: Sequence[Edit], *places: ast.AST | None) -> bool:
        """Whether something goes wrong at some places of the old text once edits are made."""
        tried = self.outcome(edits)
        return tried is not None and tried.goes_wrong(places)

    def outcome(self, edits: Sequence[Edit]) -> Outcome | None:
        """What the program comes to once edits are made; None where they make no program, or it is too much to find
        out."""
        self._left -= 1
        if self._left < 0 or self._work <= 0:
            return None
        try:
            source, tree = self._edited(edits)
        except (SyntaxError, ValueError):
            return None
        from torchlint.model.interpreter.program import explore  # start-up: 75 ms

        firsts = [self._line(source, cell.first_line, edits) for cell in self._layout.source.cells]
        cells = [range(*each) for each in itertools.pairwise([*firsts, source.line_count + 1])]
        done = explore(tree, source.text, cells, self._classes_of(tree), gate=self._gate, limit=self._work)
        self._work -= done.work
        if done.cut_offs:
            return None
        runs = [ending.run for ending in done.endings]
        passed = {_start(source, each) for run in runs for each in run.history.passed}
        trained = _placed(source, (run.history.trained for run in runs))
        mixed = _placed(source, (run.history.mixed for run in runs))
        return Outcome(self, source, tuple(edits), [each.fault for each in done.found], passed, trained, mixed)

    @property
    def tree(self) -> ast.Module:
        """The old text."""
        return self._layout.tree

    def _classes_of(self, tree: ast.Module) -> Modules:
        """What is known of the classes of the new text: each stood at some line of the old one."""
        known, old = self._classes, self._old_lines(tree)
        return replace(
            known,
            is_module=lambda line: known.is_module(old.get(line, line)),
            has_parameters=lambda line: known.has_parameters(old.get(line, line)),
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
        return source.position(moved(start, [each for each in edits if each.span.start < start]))[0]

    def offset(self, node: ast.AST) -> int | None:
        """Where a node of the old text begins, in bytes; None where it stands in another file."""
        return _start(self._layout.source, node)

    def begins_a_line(self, offset: int) -> bool:
        """Whether a byte of the old text is the first of its line."""
        return self._layout.source.position(offset)[1] == 1

    @cached_property
    def old_faults(self) -> frozenset[tuple[Kind, int | None]]:
        """The kinds of what goes wrong in the old text, each with its place."""
        return frozenset((each.fault.kind, self.offset(each.fault.at)) for each in self._found())


@dataclass(frozen=True)
class Outcome:
    """What a program came to after edits.

    Its ``faults``; where each backward stands that ran; which backward was ``trained`` for by which step, and which was
    ``mixed`` with a later one, as in ``GraphHistory``. Offsets are bytes of the new text.
    """

    rehearsal: Rehearsal
    source: Source
    edits: tuple[Edit, ...]
    faults: Sequence[Fault]
    passed: set[int | None]
    trained: Fates
    mixed: Fates

    def goes_wrong(self, places: Iterable[ast.AST | None]) -> bool:
        """Whether something goes wrong at some places of the old text."""
        starts = {self.now(each) for each in places if each is not None}
        return any(
            _start(self.source, node) in starts
            for each in self.faults
            if each.kind not in _HARMLESS
            for node in (each.at, each.surfaces)
            if node is not None
        )

    def faults_at(self, place: ast.AST) -> list[Fault]:
        """What goes wrong at a place of the old text, wherever it surfaces."""
        start = self.now(place)
        return [each for each in self.faults if _start(self.source, each.at) == start]

    def settles(self, places: Iterable[ast.AST | None]) -> bool:
        """Whether nothing goes wrong at some places of the old text, nor anything new that harms."""
        return not self.goes_wrong(places) and not self.does_harm

    def goes_backward(self, backward: ast.AST) -> bool:
        """Whether a backward of the old text runs in some path."""
        return self.now(backward) in self.passed

    @property
    def does_harm(self) -> bool:
        """Whether something goes wrong which was in order before: on a line that was edited, or a backward anywhere
        that is left without a graph."""
        lines = set(self._edited_lines())
        before: set[tuple[Kind, int | None]] = {
            (kind, moved(at, self.edits)) for kind, at in self.rehearsal.old_faults if at is not None
        }
        places = {(each.kind, _start(self.source, each.at)) for each in self.faults if each.kind not in _HARMLESS}
        return any(
            at is not None and (kind is Kind.NO_GRAD or self.source.position(at)[0] in lines)
            for kind, at in places - before
        )

    def former(self, node: ast.AST) -> ast.expr | None:
        """The expression of the old text that an expression of the new one is, None where it was edited."""
        if not isinstance(node, ast.expr) or origin(node) is not None:
            return None
        start, form = _start(self.source, node), ast.dump(node)
        old = (each for each in ast.walk(self.rehearsal.tree) if type(each) is type(node))
        return next((each for each in old if self.now(each) == start and ast.dump(each) == form), None)

    def now(self, node: ast.AST) -> int | None:
        """Where a node of the old text begins now."""
        offset = self.rehearsal.offset(node)
        return None if offset is None else self.of(offset)

    def of(self, offset: int) -> int:
        """Where a byte of the old text is now."""
        return moved(offset, self.edits)

    def _edited_lines(self) -> Iterator[int]:
        """The lines of the new text that edits wrote something on, or took their beginning from: a statement that was
        moved out of a block counts, one that follows a line that is gone does not."""
        for edit in self.edits:
            if edit.text or not self.rehearsal.begins_a_line(edit.span.end):
                start = moved(edit.span.start, [each for each in self.edits if each is not edit])
                end = start + len(edit.text.encode("utf-8", "surrogatepass"))
                yield from range(self.source.position(start)[0], self.source.position(end)[0] + 1)


def _placed(source: Source, runs: Iterable[Mapping[tuple[ast.AST, ast.AST], int]]) -> Fates:
    """Where what runs note of two places stands."""
    found: Fates = {}
    for run in runs:
        for (one, other), indices in run.items():
            places = _start(source, one), _start(source, other)
            found[places] = found.get(places, 0) | indices
    return found


def _start(source: Source, node: ast.AST) -> int | None:
    """Where a node begins, in bytes; None where it stands in another file."""
    if origin(node) is not None or not isinstance(node, (ast.expr, ast.stmt)):
        return None
    return source.offset_of_bytes(node.lineno, node.col_offset)


def moved(offset: int, edits: Iterable[Edit]) -> int:
    """Where a byte of the old text is in the new one; one that is replaced is where its replacement begins."""
    result = offset
    for edit in edits:
        if edit.span.end <= offset:
            result += len(edit.text.encode("utf-8", "surrogatepass")) - (edit.span.end - edit.span.start)
        elif edit.span.start < offset:
            result -= offset - edit.span.start
    return result
