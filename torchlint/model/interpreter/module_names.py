"""The names of a module, which note what an entry asks of them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.interpreter.values.classes import ClassValue
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from _collections_abc import dict_items
    from collections.abc import Iterable, Iterator

Definers = tuple[ast.stmt, ...]

USES = "*"
"""Looked up by who goes through all members of a class, to see what its methods do to an instance."""


class Names(dict[str, object]):
    """The names of a module, which note what is asked for, which statements define them, and what is looked up in the
    classes that are opened."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()
        self.opened: dict[ast.stmt, set[str]] = {}
        self.has_changed = False
        self._definers: dict[str, Definers] = {}
        self._asked_by: dict[ast.stmt, set[str]] = {}
        self._defining: ast.stmt | None = None

    def __contains__(self, name: object) -> bool:
        self.asked.add(str(name))
        return super().__contains__(name)

    def __setitem__(self, name: str, value: object) -> None:
        if self._defining is not None:
            self._definers[name] = (*self._definers.get(name, ()), self._defining)
            if isinstance(value, ClassValue) and not isinstance(value.names, _Content):
                value.names = _Content(value.names, self, self._defining)
        super().__setitem__(name, value)

    def define(self, statement: ast.stmt | None) -> None:
        """What follows belongs to a statement that defines something; None: to no such statement any more."""
        self._defining = statement
        self.opened = {}
        self.asked = set() if statement is None else self._asked_by.setdefault(statement, set())

    def definers(self, name: str) -> Definers:
        """The statements that define a name, in order."""
        return self._definers.get(name, ())

    def behind(self, names: Iterable[str]) -> dict[str, Definers]:
        """The definers of some names, and of all that these asked for in their turn."""
        found: dict[str, Definers] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = self.definers(name)
                waiting += [each for statement in found[name] for each in self._asked_by[statement]]
        return found

    def contents(self) -> list[object]:
        """What is in the containers that the module, its classes and defaults hold, which an entry could change."""
        return [id(each) for value in self.values() for inner in as_value(value).leads_to() for each in _flat(inner)]

    def holds_state(self, names: Iterable[str]) -> bool:
        """Whether any of some names leads to a value that has a state of its own."""
        inner = (each for name in names for value in as_value(self.get(name)).leads_to() for each in _flat(value))
        return any(as_value(each).has_state for each in inner)


class _Content(dict[str, object]):
    """What the body of a class defines, which notes what is looked up.

    Who goes through its values asks whether some function that was looked up is among them.
    """

    def __init__(self, names: dict[str, object], module: Names, statement: ast.stmt) -> None:
        super().__init__(names)
        self._module = module
        self._statement = statement

    def __contains__(self, name: object) -> bool:
        self._note(str(name))
        return super().__contains__(name)

    def get(self, name: str, default: object = None) -> object:
        self._note(name)
        return super().get(name, default)

    def items(self) -> dict_items[str, object]:
        self._note(USES)
        return super().items()

    def __setitem__(self, name: str, value: object) -> None:
        self._module.has_changed = True
        super().__setitem__(name, value)

    def _note(self, name: str) -> None:
        self._module.opened.setdefault(self._statement, set()).add(name)


def _flat(value: object) -> Iterator[object]:
    yield value
    if isinstance(value, (list, tuple, set)):
        for each in value:
            yield from _flat(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _flat(each)
