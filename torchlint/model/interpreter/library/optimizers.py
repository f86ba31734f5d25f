"""Optimizers: which parameters they own, and what a step changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import optimizer
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Change, How, Tensor
from torchlint.model.interpreter import speculation, unknown_calls
from torchlint.model.interpreter.values import FunctionValue, OptimizerValue, Symbol

if TYPE_CHECKING:
    from torchlint.model.autograd.history import Feeders
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState


_ANY = frozenset(("torch.optim.Optimizer", "torch.optim.optimizer.Optimizer"))


def build(machine: Interpreter, site: Site, name: str) -> object:
    """``torch.optim.SGD(parameters, ...)``; schedulers and the like are unknown."""
    if optimizer(name) is None:
        return unknown_calls.call_unknown(machine, site, Symbol(name))
    given = site.argument(0, "params")
    speculation.optimize(machine.run, given)
    groups = given if isinstance(given, (list, tuple)) else []
    parameters = [
        tensor
        for each in groups
        for tensor in tensors_in(each["params"] if isinstance(each, dict) and "params" in each else each)
    ]
    fused = site.keywords.get("fused", False)
    known = Answer.MAYBE
    if fused is None or isinstance(fused, bool):
        known = Answer.YES if fused else Answer.NO
    made = OptimizerValue(name, parameters or None, known)
    if not parameters:
        machine.run.trace.own(made)
    return made


def annotated(machine: Interpreter, name: str) -> OptimizerValue | None:
    """The optimizer that an argument must be whose annotation has a qualified name; None if it says of no optimizer."""
    if name not in _ANY and optimizer(name) is None:
        return None
    made = OptimizerValue(name, None, Answer.MAYBE)
    machine.run.trace.own(made)
    return made


def call_method(machine: Interpreter, site: Site, owner: OptimizerValue, name: str) -> object:
    """``step``, ``zero_grad`` and what else an optimizer has."""
    if name == "zero_grad":
        machine.run.trace.clear(owner)
        clear(machine.run, owner.parameters or [], site.argument(0, "set_to_none", True))
        return None
    if name == "step":
        _call_hooks(machine, site, owner, owner.before)
        closure = site.argument(0, "closure")
        if isinstance(closure, FunctionValue):
            known = optimizer(owner.name)
            with machine.run.mode.within((Mode(ModeKind.GRAD, True),)):
                machine.call(site.at, closure, [], {})  # type: ignore[arg-type]
                if known is not None and known.needs_closure:  # it moves, and asks again
                    step(machine, site, owner)
                    machine.call(site.at, closure, [], {})  # type: ignore[arg-type]
        elif closure is not None:
            return machine.unknown()
        step(machine, site, owner)
        _call_hooks(machine, site, owner, owner.after)
        return None
    if name in ("register_step_pre_hook", "register_step_post_hook"):
        (owner.before if "pre" in name else owner.after).append(site.argument(0, "hook"))
        return machine.unknown()
    if name == "add_param_group":
        group = site.argument(0, "param_group")
        owner.parameters = [*(owner.parameters or []), *tensors_in(group)]
        return None
    return machine.unknown()


def _call_hooks(machine: Interpreter, site: Site, owner: OptimizerValue, hooks: list[object]) -> None:
    """Call what was registered to be called before or after each step."""
    for hook in hooks:
        machine.call(site.at, hook, [owner, tuple(site.arguments), dict(site.keywords)], {})  # type: ignore[arg-type]


def step(machine: Interpreter, site: Site, owner: OptimizerValue) -> None:
    """Change every parameter that has a gradient; a fused kernel does so behind the version counter's back."""
    fed: dict[Feeders, int] = {}
    used: list[Tensor] = []
    machine.run.budget.spend(len(owner.parameters or ()) // 4)
    for index, parameter in enumerate(owner.parameters or []):
        if not isinstance(parameter.grad, Tensor):
            continue
        made = Change(site.at, parameter.name, "step", How.STEP)
        feeders = machine.run.history.feeders.get(parameter)
        if feeders is not None:
            used.append(parameter)
            fed[feeders] = fed.get(feeders, 0) | 1 << index
        if owner.fused is Answer.NO:
            parameter.counter.changes.append(made)
        if owner.fused is not Answer.MAYBE:
            parameter.storage.changes.append(made)
    machine.run.note_fates(machine.run.history.trained, fed, site.at)
    machine.run.trace.step(site.at, owner, used)


def clear(run: PathState, parameters: list[Tensor], to_none: object) -> None:
    """``zero_grad``: by default the gradients are gone until the next backward."""
    for parameter in parameters:
        run.history.feeders.pop(parameter, None)
        if to_none is True:
            parameter.grad = None
