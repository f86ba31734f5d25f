"""What a module lists is read once: ``parameters()`` gives a generator, of which nothing is left afterwards."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.interpreter.identities import Listing
from torchlint.model.interpreter.values.symbolic import identity

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """A generator is read of which ``first`` has left nothing; ``is_refused``: PyTorch says so."""

    at: ast.AST
    first: ast.AST
    is_refused: bool


@dataclass(slots=True)
class _Generator:
    """A generator, and what has read it; ``is_sure``: to its end."""

    value: object
    read: ast.AST | None = None
    is_sure: bool = True


class ReadOnce:
    """The generators of one path. What is only read in part may have something left, and counts for nothing."""

    def __init__(self, note: Callable[[ReadAgain], None]) -> None:
        self._note = note
        self._known: list[_Generator] = []
        self._is_in_part = False

    def made(self, values: list[object]) -> list[object]:
        """A generator of these values was made."""
        self._known.append(_Generator(values))
        return values

    def read(self, at: ast.AST, value: object, *, is_refused: bool = False) -> None:
        """Something is read that may be a generator."""
        found = self._found(value)
        if found is None:
            return
        if found.read is not None and found.is_sure:
            self._note(ReadAgain(at, found.read, is_refused))
        found.read = found.read or at
        found.is_sure = found.is_sure and not self._is_in_part

    def doubt(self, value: object) -> None:
        """Reading something ended early."""
        found = self._found(value)
        if found is not None:
            found.is_sure = False

    @contextmanager
    def in_part(self) -> Iterator[None]:
        """What is read meanwhile may be read in part only."""
        before, self._is_in_part = self._is_in_part, True
        try:
            yield
        finally:
            self._is_in_part = before

    def let_go(self) -> None:
        """Hold no generator any more."""
        self._known.clear()

    def _found(self, value: object) -> _Generator | None:
        found = next((each for each in self._known if each.value is value), None)
        if found is None and isinstance(identity(value), Listing):
            found = _Generator(value)
            self._known.append(found)
        return found
