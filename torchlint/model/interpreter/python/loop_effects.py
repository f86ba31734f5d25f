"""What is not known any more behind a loop that was not run to its end: what it counts, and how much it collects."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.sizes import ANY
from torchlint.model.interpreter.open_containers import leave_open
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.values.classes import attributes_of
from torchlint.syntax.tree import walk
from torchlint.syntax.use_def import loop_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope
    from torchlint.syntax.use_def import Loop


class LoopEffects:
    """The numbers and containers that a loop mentions: those that its last iteration changed, further ones change."""

    def __init__(self, machine: Interpreter, scope: Scope, node: Loop, *, keeps: ast.expr | None = None) -> None:
        """``keeps`` is what is bound to the last item, which is known."""
        self._machine, self._scope = machine, scope
        use = loop_use(node)
        # Where there is a break, an iteration that is left out may be the last one.
        kept = set() if keeps is None or use.breaks else {each.id for each in walk(keeps) if isinstance(each, ast.Name)}
        self._calls, self._names, self._kept = use.calls, use.names - kept, kept
        self._bound, self._varied = use.bound, use.varied
        self._before: dict[object, object] = {}

    def measure(self) -> None:
        """An iteration begins."""
        self._before = {key: _size(value) for key, _, value in self._places()}

    def leave(self) -> None:
        """The loop was left before its end."""
        for name in self._bound:
            value = self._scope.find(name)  # an iteration that is left out may have bound something else
            if _is_plain(value):
                self._scope.bind(name, self._machine.unknown())
        for name in self._bound | self._varied:
            for tensor in tensors_in(self._scope.find(name), 0):
                tensor.sizes = ANY
        for key, owner, value in list(self._places()):
            size = _size(value)
            if size is None or self._before.get(key, size) == size:
                continue
            if tensors := tensors_in(value, 0):
                tensors[0].sizes = ANY
            elif isinstance(value, (list, dict, tuple)):
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
            attributes = attributes_of(value)
            yield from (((name, each), attributes, value) for each, value in attributes.items())
        if self._calls:  # a function may change what is global
            names = self._machine.module.names
            yield from ((("", name), names, value) for name, value in names.items() if name not in self._kept)


def _size(value: object) -> object:
    """A number, how many items a container has, or the sizes of a tensor."""
    if isinstance(value, (list, dict, tuple)):
        return "items", len(value)
    if isinstance(value, (int, float)):
        return value
    sizes = getattr(value, "sizes", None)  # asked of everything that a loop mentions
    return sizes[:2] if sizes is not None else None


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, (int, float, str))
