"""Names and the values that they hold."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MISSING = object()


@dataclass(eq=False, slots=True)
class Scope:
    """The names of a function, or of the module (``parent`` None). ``shared`` are those declared global or
    nonlocal, ``home`` the file of a module's scope, ``stars`` the prefixes of the names that it imports all at once.
    ``is_comprehension``: a walrus there binds outside of it."""

    parent: Scope | None = None
    names: dict[str, object] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()
    home: Path | None = None
    stars: list[str] = field(default_factory=list)
    is_comprehension: bool = False

    def find(self, name: str) -> object:
        """The value of a name, MISSING where no scope binds it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return MISSING

    def bind(self, name: str, value: object, *, binds_outside: bool = False) -> None:
        """Assign a name where Python would: here, or where it was declared to live; outside of a comprehension, if it
        ``binds_outside``."""
        scope = self
        while scope.is_comprehension and scope.parent is not None and binds_outside:
            scope = scope.parent
        if name in scope.shared and scope.parent is not None:
            owner: Scope | None = scope.parent
            while owner is not None:
                if name in owner.names or owner.parent is None:
                    owner.names[name] = value
                    return
                owner = owner.parent
        scope.names[name] = value

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        """What is bound here meanwhile, as ``global`` does, is forgotten afterwards."""
        names = dict(self.names)
        try:
            yield
        finally:
            self.names.clear()
            self.names.update(names)

    def unbind(self, name: str) -> None:
        """Forget a name."""
        self.names.pop(name, None)

    @property
    def module(self) -> Scope:
        """The module's own scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope
