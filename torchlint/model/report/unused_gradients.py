"""Gradients that no step of an optimizer uses, or that are changed when it has used them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.interpreter.events import Backward, Cleared, Clip, Handed, Owned, Step

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.model.interpreter.events import Event


@dataclass(frozen=True, slots=True)
class Wasted:
    """A ``backward`` whose gradients ``clear`` takes away before a ``step`` uses them. ``at`` is what stands in the
    wrong place: the clearing, or a step that comes before any backward."""

    at: ast.AST
    backward: ast.AST
    clear: ast.AST
    step: ast.AST


@dataclass(frozen=True, slots=True)
class Useful:
    """A step that has gradients to use, on some path."""

    at: ast.AST


@dataclass(frozen=True, slots=True)
class Late:
    """Gradients are clipped that a ``step`` has used."""

    at: ast.AST
    step: ast.AST


@dataclass(frozen=True, slots=True)
class Discarded:
    """Gradients of a ``backward`` that the clearing ``at`` some place throws away when it comes there again, though a
    ``step`` waits for them."""

    at: ast.AST
    backward: ast.AST
    step: ast.AST


@dataclass(slots=True)
class _Gradients:
    """What became of the gradients of leaves: by which backward they have some, what has cleared those since, and which
    are ``bare`` as they were cleared before any backward.
    ``is_open``: any may have some by code that is not seen; ``backward`` and ``clear`` are the last ones."""

    fed: dict[int, ast.AST] = field(default_factory=dict)
    cleared: dict[int, tuple[ast.AST, ast.AST]] = field(default_factory=dict)
    bare: set[int] = field(default_factory=set)
    is_open: bool = False
    backward: ast.AST | None = None
    clear: ast.AST | None = None

    def note(self, event: Event) -> None:
        """What an event does to them."""
        match event:
            case Backward():
                self.cleared.clear()
                self.bare.clear()
                self.fed.update(dict.fromkeys(event.fresh | event.again, event.at))
                self.is_open = self.is_open or not event.is_seen
                self.backward = event.at
            case Cleared(at=at, leaves=leaves):
                self.is_open, self.clear = False, at
                if self.backward is None:
                    self.bare |= leaves
                else:
                    self.cleared.update({each: (at, self.fed.pop(each, self.backward)) for each in leaves})
            case Handed(at=at):
                if at is not self.clear:  # else it is a clearing that may have come to others as well
                    self.fed.clear()
                    self.cleared.clear()
                    self.bare.clear()
                self.is_open = True

    def has_some(self, step: Step) -> bool:
        """Whether a step may have gradients to use."""
        if step.is_seen:
            return self.is_open or bool(step.uses)
        return step.uses.isdisjoint(self.bare) and step.uses.isdisjoint(self.cleared)


def wasted(events: Sequence[Event]) -> Iterator[Wasted]:
    """Every step that never has gradients to use, as they were cleared right before."""
    gradients = _Gradients()
    owned: dict[int, frozenset[int]] = {}
    early: set[ast.AST] = set()
    found: dict[ast.AST, Wasted] = {}
    useful = {each.at for each in steps_in_use(events)}
    for event in events:
        gradients.note(event)
        match event:
            case Owned(optimizer=optimizer):
                owned[optimizer] = owned.get(optimizer, frozenset()) | event.leaves
            case Step(at=at) if at not in useful:
                if not gradients.fed and not gradients.cleared:
                    early.add(at)
                leaves = owned.get(event.optimizer, frozenset()) if event.is_seen else event.uses
                for clear, backward in (gradients.cleared[leaf] for leaf in leaves & gradients.cleared.keys()):
                    found.setdefault(at, Wasted(at if at in early else clear, backward, clear, at))
    yield from found.values()


def steps_in_use(events: Sequence[Event]) -> Iterator[Useful]:
    """Every step that may have gradients to use, once."""
    gradients = _Gradients()
    for event in events:
        gradients.note(event)
        if isinstance(event, Step) and gradients.has_some(event):
            yield Useful(event.at)


def discarded(events: Sequence[Event]) -> Iterator[Discarded]:
    """Every clearing that comes again before a step has used what a backward computed since."""
    found: list[tuple[Cleared, ast.AST]] = []
    steps: dict[ast.AST, frozenset[int]] = {}
    cleared: Cleared | None = None
    backward: ast.AST | None = None
    for event in events:
        match event:
            case Cleared():
                if cleared is not None and cleared.at is event.at and backward is not None:
                    found.append((event, backward))
                cleared, backward = event, None
            case Backward(at=at):
                backward = at
            case Step(at=at, uses=uses):
                steps[at] = steps.get(at, frozenset()) | uses
                cleared = None
            case Handed(at=at) if cleared is None or at is not cleared.at:
                cleared = None
    for clear, at in found:
        yield from (Discarded(clear.at, at, step) for step, uses in steps.items() if uses & clear.leaves)


def late(events: Sequence[Event]) -> Iterator[Late]:
    """Every clipping that only ever comes to gradients which a step has used."""
    used: dict[int, ast.AST] = {}
    found: dict[ast.AST, Late] = {}
    in_time: set[ast.AST] = set()
    for event in events:
        match event:
            case Backward() | Cleared() | Handed():
                used.clear()
            case Step(at=at, uses=uses):
                used.update(dict.fromkeys(uses, at))
            case Clip(at=at, leaves=leaves) if leaves and used.keys() >= leaves:
                found.setdefault(at, Late(at, used[min(leaves)]))
            case Clip(at=at):
                in_time.add(at)
    yield from (each for at, each in found.items() if at not in in_time)
