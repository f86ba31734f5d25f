"""Optimizers: which parameters they own, and what a step changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import optimizer
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.history import Idle
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Change, How, Tensor
from torchlint.model.interpreter.values.functions import FunctionValue
from torchlint.model.interpreter.values.value import Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Sequence

    from torchlint.model.autograd.history import Feeders
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


@dataclass(eq=False, slots=True)
class ParameterGroup(Value):
    """One of ``optimizer.param_groups``: its parameters, as far as these are known."""

    parameters: list[Tensor]

    def item(self, vm: Interpreter, index: object, at: ast.AST) -> object:
        if index == "params":
            vm.run.trace.open_group(at)
        return list(self.parameters) if index == "params" and self.parameters else vm.unknown()

    def set_item(self, vm: Interpreter, index: object, value: object, at: ast.AST) -> None:
        if index == "params":
            vm.run.trace.open_group(at)
            self.parameters = tensors_in(value)


@dataclass(eq=False, slots=True)
class OptimizerValue(Value):
    """An optimizer: its groups of parameters, whether its kernel is fused, and the hooks of its steps.
    ``hidden`` are the modules that have all those parameters of which nothing is known, None where there may be
    others."""

    name: str
    groups: list[ParameterGroup]
    fused: Answer
    hidden: tuple[object, ...] | None = None
    before: list[object] = field(default_factory=list)
    after: list[object] = field(default_factory=list)

    @property
    def parameters(self) -> list[Tensor]:
        """The parameters of all groups."""
        return [each for group in self.groups for each in group.parameters]

    @property
    def is_lasting(self) -> bool:
        return True

    def attribute(self, vm: Interpreter, name: str, at: ast.AST) -> object:
        if name != "param_groups":
            return Value.attribute(self, vm, name, at)
        return list(self.groups) if self.parameters else vm.unknown()

    def call_method(self, vm: Interpreter, site: Site, name: str) -> object:
        match name:
            case "zero_grad":
                vm.run.trace.clear_known(site.at, vm.run.history.fed_of(self.parameters), self)
                vm.run.history.clear_gradients(self.parameters, site.argument(0, "set_to_none", True))
            case "step":
                return self._step(vm, site)
            case "register_step_pre_hook" | "register_step_post_hook":
                (self.before if "pre" in name else self.after).append(site.argument(0, "hook"))
                return vm.unknown()
            case "add_param_group":
                self.groups.append(ParameterGroup(tensors_in(site.argument(0, "param_group"))))
                self.hidden = None
                self.own(vm, site.at, self.groups[-1].parameters, None)
            case _:
                return vm.unknown()
        return None

    def own(
        self, vm: Interpreter, at: ast.AST, parameters: Sequence[Tensor], modules: tuple[object, ...] | None
    ) -> None:
        """It is given parameters; those that are not seen, ``modules`` have (None: not known)."""
        vm.run.trace.own(at, self, parameters, modules)
        vm.run.history.reach.ownership.own(at, self, parameters, modules)

    def _step(self, vm: Interpreter, site: Site) -> object:
        """Change the parameters, after the closure that gives them gradients."""
        self._call_hooks(vm, site, self.before)
        closure = site.argument(0, "closure")
        if isinstance(closure, FunctionValue):
            known = optimizer(self.name)
            with vm.run.mode.within((Mode(ModeKind.GRAD, True),)):
                vm.call(site.at, closure, [], {})
                if known is not None and known.needs_closure:  # it moves, and asks again
                    self.update(vm, site)
                    vm.call(site.at, closure, [], {})
        elif closure is not None:
            return vm.unknown()
        self.update(vm, site)
        self._call_hooks(vm, site, self.after)
        return None

    def _call_hooks(self, vm: Interpreter, site: Site, hooks: list[object]) -> None:
        """Call what was registered to be called before or after each step."""
        for hook in hooks:
            vm.call(site.at, hook, [self, tuple(site.arguments), dict(site.keywords)], {})

    def update(self, vm: Interpreter, site: Site) -> None:
        """Change every parameter that has a gradient; a fused kernel does so behind the version counter's back."""
        fed: dict[Feeders, int] = {}
        used: list[Tensor] = []
        parameters = self.parameters
        vm.run.budget.spend(len(parameters) // 4)
        for index, parameter in enumerate(parameters):
            if not isinstance(parameter.grad, Tensor):
                continue
            made = Change(site.at, parameter.name, "step", How.STEP)
            feeders = vm.run.history.feeders.get(parameter)
            if feeders is not None:
                used.append(parameter)
                fed[feeders] = fed.get(feeders, 0) | 1 << index
            if self.fused is Answer.NO:
                parameter.counter.changes.append(made)
            if self.fused is not Answer.MAYBE:
                parameter.storage.changes.append(made)
        reach = vm.run.history.reach
        if reach.begun:
            reach.ownership.step(site.at, self, reach.begun[-1], vm.run.log.entered)
        self._note_idle(vm, site, parameters)
        vm.run.note_fates(vm.run.history.trained, fed, site.at)
        vm.run.trace.step(site.at, self, used)

    def _note_idle(self, vm: Interpreter, site: Site, parameters: list[Tensor]) -> None:
        """Note a step that has no gradient to use, or not one for each parameter, as far as that is seen."""
        reach = vm.run.history.reach
        if self.hidden is None or not reach.begun or not (parameters or self.hidden):
            return
        bare = {each: len(each.storage.changes) for each in parameters if each.grad is None}
        found = Idle(site.at, reach.begun[-1].at, bare, self.hidden, vm.run.log.entered)
        if len(bare) == len(parameters):
            reach.idle.append(found)
        elif bare and not vm.is_library:  # another method may keep the rest up to date
            reach.partial.setdefault(site.at, found)
