"""Optimizers: which parameters they own, and what a step changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import optimizer
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Change, How, Tensor
from torchlint.model.interpreter.protocol import Value
from torchlint.model.interpreter.values import FunctionValue

if TYPE_CHECKING:
    from torchlint.model.autograd.history import Feeders
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


@dataclass(eq=False, slots=True)
class OptimizerValue(Value):
    """An optimizer over parameters. ``parameters`` is None where they are not known."""

    name: str
    parameters: list[Tensor] | None
    fused: Answer

    @property
    def is_lasting(self) -> bool:
        return True

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        match name:
            case "zero_grad":
                vm.run.history.clear_gradients(self.parameters or [], site.argument(0, "set_to_none", True))
            case "step":
                return self._step(vm, site)
            case "add_param_group":
                group = site.argument(0, "param_group")
                self.parameters = [*(self.parameters or []), *tensors_in(group)]
            case _:
                return vm.unknown()
        return None

    def _step(self, vm: Interpreter, site: Site) -> object:
        """Change the parameters, after the closure that gives them gradients."""
        closure = site.argument(0, "closure")
        if isinstance(closure, FunctionValue):
            known = optimizer(self.name)
            with vm.run.mode.within((Mode(ModeKind.GRAD, True),)):
                vm.call(site.at, closure, [], {})  # type: ignore[arg-type]
                if known is not None and known.needs_closure:  # it moves, and asks again
                    self.update(vm, site)
                    vm.call(site.at, closure, [], {})  # type: ignore[arg-type]
        elif closure is not None:
            return vm.unknown()
        self.update(vm, site)
        return None

    def update(self, vm: Interpreter, site: Site) -> None:
        """Change every parameter that has a gradient; a fused kernel does so behind the version counter's back."""
        fed: dict[Feeders, int] = {}
        vm.run.budget.spend(len(self.parameters or ()) // 4)
        for index, parameter in enumerate(self.parameters or []):
            if not isinstance(parameter.grad, Tensor):
                continue
            made = Change(site.at, parameter.name, "step", How.STEP)
            feeders = vm.run.history.feeders.get(parameter)
            if feeders is not None:
                fed[feeders] = fed.get(feeders, 0) | 1 << index
            if self.fused is Answer.NO:
                parameter.counter.changes.append(made)
            if self.fused is not Answer.MAYBE:
                parameter.storage.changes.append(made)
        vm.run.note_fates(vm.run.history.trained, fed, site.at)
