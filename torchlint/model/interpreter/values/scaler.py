"""Gradient scalers, which scale a loss before its backward and step an optimizer after it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Operation
from torchlint.model.autograd.call import Call
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.interpreter.identities import Attribute, Single
from torchlint.model.interpreter.values.symbolic import Symbolic, identity
from torchlint.model.interpreter.values.value import Value

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_METHODS = frozenset(("scale", "unscale_", "step", "update"))
_SCALE = Operation((), differentiable=frozenset(("outputs",)))
"""One that is disabled gives the loss itself, so that the node is not known to keep anything."""


@dataclass(eq=False, slots=True)
class ScalerValue(Value):
    """A ``GradScaler``; whether it is ``enabled``, as far as that is known."""

    enabled: Answer

    @property
    def is_lasting(self) -> bool:
        return True

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        if name in _METHODS and self.enabled is not Answer.NO:
            vm.run.trace.scaling(site.at, name, self, _optimizer(site, name), is_sure=self.enabled is Answer.YES)
        match name:
            case "scale":
                return self._scaled(vm, site, site.argument(0, "outputs"))
            case "step" if site.arguments:
                return self._step(vm, site, site.arguments[0])
            case "unscale_" | "update":
                return None
        return vm.unknown()

    def _scaled(self, vm: Interpreter, site: Site, value: object) -> object:
        if isinstance(value, (list, tuple)):
            return type(value)(self._scaled(vm, site, each) for each in value)
        if isinstance(value, Tensor):
            return vm.compute(Call(site.at, site.label, "scale", _SCALE, {"outputs": value}, {}, {}))
        return vm.call_site(
            replace(site, arguments=[value], keywords={}), Symbolic(Attribute(Single("scaler"), "scale"))
        )

    def _step(self, vm: Interpreter, site: Site, optimizer: object) -> object:
        """Step the optimizer, which it does unless a gradient is infinite."""
        inner = replace(site, arguments=site.arguments[1:], texts=site.texts[1:])
        if isinstance(optimizer, Value):
            return optimizer.call_method(vm, inner, "step")
        vm.forget(optimizer, inner)
        return vm.unknown()


def _optimizer(site: Site, method: str) -> object:
    """The optimizer that a method is given, or the identity of one that is not known."""
    if method not in ("step", "unscale_"):
        return None
    given = site.argument(0, "optimizer")
    return given if isinstance(given, Value) else identity(given)
