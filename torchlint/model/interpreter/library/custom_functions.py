"""Functions of the program that say themselves how they are differentiated: ``torch.autograd.Function``.

Their forward runs without gradients, and one node stands for all of it. What it has saved is taken when it returns.
Source: PyTorch's notes, "Extending PyTorch"; as run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, either
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Node, Saved, Tensor
from torchlint.model.autograd.views import edge, requires_grad
from torchlint.model.interpreter import unknown_calls
from torchlint.model.interpreter.identities import Single
from torchlint.model.interpreter.speculation import can_have_graph
from torchlint.model.interpreter.values.function_context import FunctionContext
from torchlint.model.interpreter.values.symbolic import Symbolic
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.values.classes import ClassValue
    from torchlint.model.interpreter.values.functions import FunctionValue

_INTEGERS = frozenset(("torch.int64", "torch.int32", "torch.int16", "torch.int8", "torch.uint8", "torch.bool"))


def apply(machine: Interpreter, site: Site, kind: ClassValue) -> object:
    """``Function.apply(*args)``; not known where something unknown may bring a graph, or a result is special: one that
    is an argument or a view, changed in place, or has no gradient. What a list holds is no argument to PyTorch."""
    run = machine.run
    given = [tensor for each in site.arguments for tensor in tensors_in(each, 0)]
    needs = either([requires_grad(each) for each in given])
    forward, backward = kind.function("forward"), kind.function("backward")
    is_seen = needs is not Answer.MAYBE and not any(can_have_graph(run, each) for each in site.arguments)
    if forward is None or backward is None or site.keywords or site.is_open or not is_seen or not run.mode.is_known:
        return _unknown(machine, site, kind)
    context = FunctionContext()
    result = _forward(machine, site, kind, forward, context)
    results = tensors_in(result, 1)
    if context.is_open or not results or any(not _is_fresh(each, given) for each in results):
        return _unknown(machine, site, kind)
    if run.mode.grad and needs is Answer.YES:
        saved = context.saved if _reads_saved(backward) else []
        _record(machine, site, given, saved, results)
    return result


def _forward(
    machine: Interpreter, site: Site, kind: ClassValue, forward: FunctionValue, context: FunctionContext
) -> object:
    setup, arguments = kind.function("setup_context"), list(site.arguments)
    with machine.run.mode.within((Mode(ModeKind.GRAD, False),)):
        if setup is None:
            return machine.call(site.at, forward, [context, *arguments], {})
        result = machine.call(site.at, forward, arguments, {})
        machine.call(site.at, setup, [context, tuple(arguments), result], {})
    return result


def _record(
    machine: Interpreter, site: Site, given: Sequence[Tensor], saved: Sequence[Tensor], results: Sequence[Tensor]
) -> None:
    run = machine.run
    inputs = [each for each in given if requires_grad(each) is Answer.YES]
    edges = tuple(found for each in inputs if (found := edge(run, each)) is not None)
    kept = [Saved.of(each, each.name, holds_tensor=True) for each in saved]
    keeps = Answer.YES if kept else Answer.NO
    node = Node(site.label, "apply", site.at, run.next_order(), edges, kept, keeps, run.loops.iteration)
    for each in inputs:
        each.is_used = True
    for each in results:
        if each.dtype not in _INTEGERS:
            each.requires_grad, each.node, each.cut, each.made = Answer.YES, node, None, site.at


def _is_fresh(result: Tensor, given: Sequence[Tensor]) -> bool:
    is_shared = any(each.storage is result.storage for each in given)
    return not is_shared and not result.is_parameter and result.base is None and result.node is None


def _reads_saved(backward: FunctionValue) -> bool:
    """Whether a backward asks for what was saved, which PyTorch then checks."""
    return any(isinstance(each, ast.Attribute) and each.attr == "saved_tensors" for each in walk(backward.node))


def _unknown(machine: Interpreter, site: Site, kind: ClassValue) -> object:
    callee = Symbolic(Single("class", (kind.name, "apply", machine.run.fresh())))
    return unknown_calls.call_unknown(machine, site, callee)
