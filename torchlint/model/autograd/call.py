"""One call of an operation, with what it is given by parameter."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import How

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping

    from torchlint.model.api.operation import Operation
    from torchlint.model.autograd.tensor import Change, Name, Tensor


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation: where, what the user calls it, its arguments by parameter, and what each is called.

    That of a layer has its ``state``, the arguments that it was built with as ``settings``, and where it was ``built``.
    """

    at: ast.AST
    label: str
    name: str
    operation: Operation
    arguments: Mapping[str, object]
    texts: Mapping[str, ast.AST]
    state: Mapping[str, Tensor]
    how: How = How.INPLACE
    settings: Mapping[str, object] = field(default_factory=dict)
    built: ast.AST | None = None

    def value(self, name: str) -> object:
        """An argument, or a piece of the layer's state (``self.weight``)."""
        if name.startswith("self.") and self.state:
            return self.state.get(name[5:])
        return self.arguments.get(name)


def target_of(call: Call, tensor: Tensor) -> Name:
    """What the user calls a tensor that a call changes."""
    for name, text in call.texts.items():
        if any(each is tensor for each in tensors_in(call.arguments.get(name))):
            return text
    return tensor.name


def change(tensor: Tensor, how: Change) -> None:
    """Count a change of a tensor's content, in its counter and in its memory."""
    tensor.counter.settle()
    tensor.counter.changes.append(how)
    tensor.storage.changes.append(how)
