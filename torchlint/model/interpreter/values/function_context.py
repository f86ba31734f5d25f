"""``ctx``, by which the forward of a custom Function hands to its backward."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.autograd.results import tensors_in
from torchlint.model.interpreter.values.value import Method, Value

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


@dataclass(eq=False, slots=True)
class FunctionContext(Value):
    """What a forward has saved, and its attributes; ``is_open``: it said that a result is special, or was handed on."""

    saved: list[Tensor] = field(default_factory=list)
    attributes: dict[str, object] = field(default_factory=dict)
    is_open: bool = False

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if name == "needs_input_grad":
            return vm.unknown()
        return self.attributes.get(name, Method(self, name))

    def set_attribute(self, vm: Interpreter, name: str, value: object, at: ast.AST) -> None:
        self.attributes[name] = value

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name == "save_for_backward" and not site.is_open:
            self.saved = tensors_in(site.arguments)
        elif name not in ("set_materialize_grads", "save_for_forward"):
            self.is_open = True
        return None

    def havoc(self, vm: Interpreter) -> int:
        self.is_open = True
        return 0
