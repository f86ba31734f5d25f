"""What is not known any more behind a loop that was not run to its end: what it counts, and how much it collects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.interpreter.open_containers import leave_open
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.values import attributes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope


class LoopEffects:
    """The numbers and containers that a loop mentions: those that its last iteration changed, further ones change."""

    def __init__(
        self, machine: Interpreter, scope: Scope, node: ast.For | ast.While, *, keeps: ast.expr | None = None
    ) -> None:
        """``keeps`` is what is bound to the last item, which is known."""
        self._machine, self._scope = machine, scope
        kept = {each.id for each in ast.walk(keeps) if isinstance(each, ast.Name)} if keeps is not None else set()
        walked = [each for statement in node.body for each in ast.walk(statement)]
        if not isinstance(node, ast.While):
            walked += ast.walk(node.target)
        names = {each.id for each in walked if isinstance(each, ast.Name)}
        self._names = sorted(names - kept)
        attributes = (each for each in walked if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name))
        self._attributes = sorted({(each.value.id, each.attr) for each in attributes})  # type: ignore[attr-defined]
        self._before: dict[object, object] = {}

    def measure(self) -> None:
        """An iteration begins."""
        self._before = {key: _size(value) for key, _, value in self._places()}

    def leave(self) -> None:
        """The loop was left before its end."""
        for key, owner, value in list(self._places()):
            size = _size(value)
            if size is None or self._before.get(key, size) == size:
                continue
            if isinstance(value, (list, dict)):
                leave_open(self._machine.run, value)
            elif owner is None:
                self._scope.bind(key[0], self._machine.unknown())
            else:
                owner[key[-1]] = self._machine.unknown()

    def _places(self) -> Iterator[tuple[tuple[str, ...], dict[str, object] | None, object]]:
        """What the loop mentions: the name, the attributes that it is one of, the value."""
        for name in self._names:
            value = self._scope.find(name)
            if value is not MISSING:
                yield (name,), None, value
        for name, attribute in self._attributes:
            owner = self._scope.find(name)
            attributes = attributes_of(owner)
            if attribute in attributes:
                yield (name, attribute), attributes, attributes[attribute]


def _size(value: object) -> object:
    """A number, or how many items a container has."""
    if isinstance(value, (list, dict)):
        return "items", len(value)
    return value if isinstance(value, (int, float)) else None
