"""State dicts that a program keeps: they hold the parameters themselves, which change as the training goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.interpreter.values.symbolic import identity

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator


@dataclass(frozen=True, slots=True)
class StateRead:
    """The ``state`` of a module was read, by its number, which changes with the ``leaves``."""

    at: ast.AST
    state: int
    leaves: frozenset[int]


@dataclass(frozen=True, slots=True)
class StateUsed:
    """A state that was read before was saved, or loaded into the very module that it is of."""

    at: ast.AST
    state: int
    is_loaded: bool


class KeptStates:
    """The state dicts of one path, each with the module that it is of."""

    def __init__(
        self, note: Callable[[StateRead | StateUsed], None], numbered: Callable[[Iterable[object]], frozenset[int]]
    ) -> None:
        self._note = note
        self._numbered = numbered
        self._states: list[tuple[object, object]] = []

    def read(self, at: ast.AST, state: object, owner: object, holders: Iterable[object]) -> None:
        """``owner.state_dict()`` gave a state; ``holders`` have the parameters in it."""
        self._note(StateRead(at, len(self._states), self._numbered(holders)))
        self._states.append((state, owner))

    def load(self, at: ast.AST, state: object, owner: object) -> None:
        """``owner.load_state_dict(state)``."""
        for number in self._found(state):
            if _is_same(self._states[number][1], owner):
                self._note(StateUsed(at, number, True))

    def save(self, at: ast.AST, given: object) -> None:
        """``torch.save`` of a state, or of a dict that has some."""
        for each in (given, *(given.values() if isinstance(given, dict) else ())):
            for number in self._found(each):
                self._note(StateUsed(at, number, False))

    def has(self, value: object) -> bool:
        """Whether a value is a state that was read."""
        return any(True for _ in self._found(value))

    def change(self, state: object) -> None:
        """Something else is put into what may be a state."""
        self._states = [(None, None) if _is_same(each[0], state) else each for each in self._states]

    def let_go(self) -> None:
        """Hold no state any more."""
        self._states.clear()

    def _found(self, value: object) -> Iterator[int]:
        return (number for number, (state, _) in enumerate(self._states) if _is_same(state, value))


def _is_same(one: object, other: object) -> bool:
    """Whether two values are the same object; None is no state."""
    key = identity(one)
    return one is not None and (one is other or (key is not None and key == identity(other)))
