"""Which paths of a program are run: an undecided condition makes two, and only so many can be looked at.

The two that differ most come first, then those in which a condition goes the other way that did not yet, conditions
whose branches show something that matters to a gradient before others.
"""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.interpreter.limits import MAX_ENTRY_STEPS, MAX_PATHS, MAX_PATHS_WORK, MAX_STEPS, MAX_WORK
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from torchlint.model.interpreter.state import PathState

_FEW = 4
"""Undecided conditions of which every combination can be looked at."""
_SOME = 8
"""Undecided conditions of which the first one may make a difference by itself."""
_MATTERS = frozenset(
    "backward grad detach detach_ data item no_grad requires_grad requires_grad_ step zero_grad clone".split()
)


@dataclass(frozen=True, slots=True)
class Ending:
    """One path after its run: its choices, its faults, and the limit that it ran into (empty: none)."""

    choices: Mapping[Hashable, bool]
    run: PathState
    limit: str

    @property
    def complete(self) -> bool:
        """Whether it ran to its end."""
        return not self.limit

    @property
    def conditions(self) -> Mapping[Hashable, tuple[ast.AST, bool]]:
        """Where each choice was asked for first, and whether that asked for its opposite."""
        return self.run.path.conditions


@dataclass(frozen=True, slots=True)
class _Flip:
    """A path in which a choice of an ``earlier`` one goes the other way: the last of those that it met up to a number;
    ``at`` is the condition."""

    earlier: PathState | None = None
    number: int = 0
    given: Mapping[Hashable, bool] = field(default_factory=dict)
    at: ast.AST | None = None
    default: bool = True

    def choices(self) -> dict[Hashable, bool]:
        """The choices that make it, put together only where it is run, as most paths never are."""
        found = dict(self.given)
        if self.earlier is not None:
            met = self.earlier.path.met[: self.number]
            found.update((key, self.earlier.path.choices[key]) for key in met)
            found[met[-1]] = not found[met[-1]]
        return found


def every(
    tree: ast.Module, play: Callable[[PathState], str], start: Callable[..., PathState]
) -> tuple[list[Ending], bool]:
    """Run every path, and whether these are all: each choice that a run met is taken the other way in another.

    ``play`` runs one, and gives the limit that it ran into, empty where it came to its end.
    """
    endings: list[Ending] = []
    waiting, steps, work = [_Flip()], MAX_STEPS, MAX_PATHS_WORK
    order = _Order(tree)
    while waiting and len(endings) < MAX_PATHS and steps > 0 and work > 0:
        flip = waiting.pop(order.next(waiting))
        choices = flip.choices()
        run = start(choices, steps, default=flip.default)
        limit = play(run)
        steps = min(run.budget.steps, steps)
        work -= MAX_WORK - run.budget.work
        endings.append(Ending(run.path.choices, run, limit))
        if not flip.default:
            continue
        for number, key in enumerate(run.path.met, 1):
            waiting.append(_Flip(run, number, choices, run.path.conditions[key][0]))
        if len(endings) == 1 and len(run.path.met) > _FEW:
            waiting.append(_Flip(default=False))
    return endings, not waiting and all(each.complete for each in endings)


class _Order:
    """In which order paths are run."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._seen: Counter[ast.AST] = Counter()
        self._matters: dict[ast.AST, bool] = {}

    def next(self, waiting: list[_Flip]) -> int:
        """The index of the path to run next."""
        if len(waiting) <= _FEW:
            return 0
        if not waiting[-1].default:
            return len(waiting) - 1
        if not self._matters:
            self._look()
        found = min(range(len(waiting)), key=lambda index: self._rank(waiting[index]))
        at = waiting[found].at
        if at is not None:
            self._seen[at] += 1
        return found

    def _rank(self, flip: _Flip) -> tuple[int, bool]:
        assert flip.at is not None
        return self._seen[flip.at], not self._matters.get(flip.at, False)

    def _look(self) -> None:
        """Whether what depends on a condition shows something that matters."""
        for node in walk(self._tree):
            if isinstance(node, (ast.If, ast.IfExp, ast.While)):
                body = node.body if isinstance(node.body, list) else [node.body]
                orelse = node.orelse if isinstance(node.orelse, list) else [node.orelse]
                matters = any(_matters(each) for each in (*body, *orelse))
                self._matters.update(dict.fromkeys(walk(node.test), matters))


def _matters(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.AugAssign)
        or (isinstance(each, ast.Attribute) and (each.attr in _MATTERS or each.attr.endswith("_")))
        for each in walk(node)
    )


def extremes(play: Callable[[PathState], str], start: Callable[..., PathState]) -> tuple[list[Ending], bool]:
    """Run the paths in which every undecided condition holds, none does, and, if they are few, all but the first do,
    without early returns; or, where there are some, with them instead of the third; and whether these are all that
    there are."""
    endings: list[Ending] = []
    starts: list[tuple[dict[Hashable, bool], bool, bool]] = [({}, True, False), ({}, False, False)]
    work = MAX_PATHS_WORK
    for choices, default, exits in starts:
        if work <= 0:
            return endings, False
        run = start(choices, MAX_ENTRY_STEPS, default=default, exits=exits)
        limit = play(run)
        work -= MAX_WORK - run.budget.work
        endings.append(Ending(run.path.choices, run, limit))
        if not run.path.met:
            break
        if len(endings) == 1 and run.path.exited:
            starts.append(({}, True, True))
        elif len(endings) == 1 and 1 < len(run.path.met) <= _SOME:
            starts.append(({run.path.met[0]: False}, True, False))
    return endings, len(endings[0].run.path.met) < 2 and all(each.complete for each in endings)
