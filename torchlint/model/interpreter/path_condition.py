"""The decisions that make a path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.interpreter.identities import Comparison, Constant, Not, is_constant

if TYPE_CHECKING:
    import ast
    from collections.abc import Hashable, Mapping
    from typing import TypeGuard


@dataclass(slots=True)
class PathCondition:
    """Which way conditions went, and go.

    ``choices`` are the decisions that make this path; those that it met without an answer go the ``default`` way and
    are appended to ``met``; unless it ``exits`` where it can, none goes the way to an early return, and ``exited`` is
    whether there was one. ``conditions`` says of each key where it was asked first, and whether that asked for its
    opposite. ``wanted`` are conditions that go one way unless their key was decided before.
    """

    choices: dict[Hashable, bool]
    default: bool = True
    exits: bool = True
    wanted: Mapping[ast.AST, bool] = field(default_factory=dict)
    exited: bool = False
    met: list[Hashable] = field(default_factory=list)
    conditions: dict[Hashable, tuple[ast.AST, bool]] = field(default_factory=dict)

    def branch(self, key: Hashable, at: ast.AST, *, positive: bool = True, is_exit: bool = False) -> bool:
        """Which way a condition of this key goes on this path; ``positive``: ``at`` does not ask for its opposite.

        ``is_exit``: where it holds, the function returns early.
        """
        if isinstance(key, Not):
            return not self.branch(key.condition, at, positive=not positive, is_exit=is_exit)
        if key not in self.choices:
            asked = _asked_before(key, self.choices)
            if any(asked):
                return False  # it is another constant
            self.choices[key] = self._way(key, at, positive=positive, is_exit=is_exit, is_third=bool(asked))
            self.exited = self.exited or is_exit
            self.met.append(key)
            self.conditions[key] = at, positive
        return self.choices[key]

    def _way(self, key: Hashable, at: ast.AST, *, positive: bool, is_exit: bool, is_third: bool) -> bool:
        """Which way a condition goes of which nothing is decided."""
        if at in self.wanted:
            return self.wanted[at] is positive
        if self.wanted and _compares_with_constant(key):
            return False  # what is wanted asks for another constant
        if is_exit and not self.exits:
            return not positive
        return self.default or (is_third and _is_word(key))  # a third word is unlikely

    def is_decided(self, key: Hashable) -> bool:
        """Whether it was asked before which way a condition of this key goes."""
        while isinstance(key, Not):
            key = key.condition
        return key in self.choices

    def assume(self, key: Hashable, known: int, *, holds: bool) -> None:
        """A condition must go one way (key None: it is no single choice); what was chosen after the first ``known``
        choices is undone."""
        for each in self.met[known:]:
            del self.choices[each]
        del self.met[known:]
        while isinstance(key, Not):
            key, holds = key.condition, not holds
        if key is not None:
            self.choices.setdefault(key, holds)


def _asked_before(key: Hashable, choices: Mapping[Hashable, bool]) -> list[bool]:
    """Where a key asks if a value is some constant: whether it was other ones that were asked for before."""
    if not _compares_with_constant(key):
        return []
    return [value for other, value in choices.items() if _compares_with_constant(other) and other.left == key.left]


def _compares_with_constant(key: Hashable) -> TypeGuard[Comparison]:
    """Whether a key asks if a value is some constant."""
    return isinstance(key, Comparison) and key.name == "eq" and is_constant(key.right)


def _is_word(key: Hashable) -> bool:
    return isinstance(key, Comparison) and isinstance(key.right, Constant) and key.right.type == "str"
