"""Optimizers and their schedulers are built: with which groups of parameters, and whether by a fused kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import optimizer
from torchlint.model.autograd.results import tensors_in
from torchlint.model.interpreter import refusals, speculation, unknown_calls
from torchlint.model.interpreter.values.optimizer import OptimizerValue, ParameterGroup
from torchlint.model.interpreter.values.scheduler import SchedulerValue
from torchlint.model.interpreter.values.symbolic import Symbol

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


_ANY = frozenset(("torch.optim.Optimizer", "torch.optim.optimizer.Optimizer"))


def build(machine: Interpreter, site: Site, name: str) -> object:
    """``torch.optim.SGD(parameters, ...)``, or a scheduler; others are unknown."""
    if name.startswith("torch.optim.lr_scheduler."):
        return SchedulerValue(name.rpartition(".")[2], site.argument(0, "optimizer"), site.at)
    if optimizer(name) is None:
        return unknown_calls.call_unknown(machine, site, Symbol(name))
    given = site.argument(0, "params")
    machine.run.trace.generators.read(site.at, given, is_refused=True)
    speculation.optimize(machine.run, given)
    listed = given if isinstance(given, (list, tuple)) else []
    for each in listed:
        if isinstance(each, dict):
            machine.run.trace.generators.read(site.at, each.get("params"))
    groups = [ParameterGroup(tensors_in(each.get("params"))) for each in listed if isinstance(each, dict)]
    fused = site.keywords.get("fused", False)
    known = Answer.MAYBE
    if fused is None or isinstance(fused, bool):
        known = Answer.YES if fused else Answer.NO
    groups = groups or [ParameterGroup(tensors_in(listed))]
    parameters = list(_flat(given))
    others = [each for each in parameters if not tensors_in(each)]
    made = OptimizerValue(name, groups, known, speculation.hidden(machine.run, others))
    refusals.optimize(machine, site, made.parameters)
    speculation.note_leaves(machine.run, parameters)
    made.own(machine, site.at, made.parameters, made.hidden)
    return made


def _flat(given: object) -> Iterator[object]:
    """The parameters in what an optimizer is given, groups included."""
    if isinstance(given, (list, tuple)):
        for each in given:
            yield from _flat(each)
    elif isinstance(given, dict):
        yield from _flat(given.get("params"))
    else:
        yield given


def annotated(machine: Interpreter, at: ast.AST, kind: object) -> OptimizerValue | None:
    """The optimizer that an argument must be which is annotated with ``kind``; None where that is no class of one."""
    name = getattr(kind, "name", "")
    if name not in _ANY and optimizer(name) is None:
        return None
    made = OptimizerValue(name, [], Answer.MAYBE)
    made.own(machine, at, (), made.hidden)
    return made
