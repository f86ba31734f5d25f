"""The faults of a file's autograd as rules tell them: places, names and the steps that led there."""

from __future__ import annotations

import ast
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Place, Related, Span
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.values import How

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchlint.model.autograd.program import Found
    from torchlint.model.autograd.values import Name
    from torchlint.syntax.source import Source

class Story:
    """What goes wrong in a file when its code runs, found once for all rules."""

    def __init__(self, source: Source, tree: Callable[[], ast.Module]) -> None:
        self.source = source
        self._tree = tree

    def of(self, *kinds: Kind) -> list[Found]:
        """The faults of some kinds."""
        return [found for found in self._found if found.fault.kind in kinds]

    @cached_property
    def _found(self) -> Sequence[Found]:
        from torchlint.model.autograd.program import analyse

        cells = [range(cell.first_line, cell.first_line + cell.lines) for cell in self.source.cells]
        return analyse(self._tree(), self.source.text, cells)

    def span(self, node: ast.AST) -> Span:
        """The byte range of a node."""
        assert isinstance(node, (ast.expr, ast.stmt))
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        return Span(
            self.source.offset_of_bytes(node.lineno, node.col_offset), self.source.offset_of_bytes(end_line, end_column)
        )

    def place(self, node: ast.AST) -> Place:
        """The place of a node."""
        return self.source.place(self.span(node))

    def text(self, name: Name) -> str:
        """What the user calls a value, on one line."""
        text = name if isinstance(name, str) else self.source.slice(self.span(name))
        return " ".join(text.split())

    def line(self, node: ast.AST) -> str:
        """Where a node stands, in words."""
        place = self.place(node)
        return f"line {place.line}" if place.cell is None else f"cell {place.cell}, line {place.line}"


def certainty(found: Found) -> Certainty:
    """Certain in every world, likely in some."""
    return Certainty.CERTAIN if found.is_certain else Certainty.LIKELY


def provided(story: Story, found: Found) -> str:
    """The condition under which a fault happens, as the end of a message."""
    if found.condition is not None:
        text = story.text(found.condition)
        return f" (if `{text}` is {'true' if found.holds else 'false'})"
    return f" (if {found.fault.assumed})" if found.fault.assumed else ""


def effect(story: Story, fault: Fault) -> Effect:
    """What PyTorch does about a fault, and where."""
    place = story.place(fault.surfaces) if fault.surfaces is not None else None
    if fault.message:
        return Effect(EffectKind.RAISES, fault.message, place)
    return Effect(EffectKind.SILENT, "the gradient is computed from the changed content", place)


def steps(story: Story, fault: Fault) -> list[Related]:
    """The places of a story in the order in which they matter: created, saved, freed, cut, changed, backward."""
    found: list[Related] = []
    name = story.text(fault.name)
    if fault.kind in (Kind.SAVED, Kind.STALE) and fault.node_at is not None:
        kept = story.text(fault.saved.name) if fault.saved else name
        found.append(_step(story, "saved", f"`{fault.node_operation}` keeps `{kept}` for backward", fault.node_at))
    elif fault.made is not None and fault.made is not fault.at:
        found.append(_step(story, "created", f"`{name}` is made here", fault.made))
    if fault.freed is not None and fault.node_at is not None:
        found.append(_step(story, "recorded", f"`{fault.node_operation}` is recorded here", fault.node_at))
        found.append(_step(story, "freed", "this backward frees the graph", fault.freed))
    if fault.cut is not None:
        found.append(_step(story, "cut", f"`{fault.cut.operation}` leaves the graph", fault.cut.at))
    if fault.surfaces is not None and fault.surfaces is not fault.at:
        found.append(_step(story, "backward", "this backward needs it", fault.surfaces))
    return found


def _step(story: Story, role: str, message: str, node: ast.AST) -> Related:
    return Related(role, message, story.place(node))


def is_by(fault: Fault, *ways: How) -> bool:
    """Whether the content was changed by one of some means."""
    return fault.change is not None and fault.change.how in ways
