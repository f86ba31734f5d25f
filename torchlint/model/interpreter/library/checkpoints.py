"""Activation checkpointing: the function runs again at backward, on the arguments as they are then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Counter, Node, Saved, Tensor
from torchlint.model.autograd.views import edge, requires_grad
from torchlint.model.interpreter import unknown_calls
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_NOT_PASSED_ON = ("use_reentrant", "preserve_rng_state", "context_fn", "determinism_check", "debug", "early_stop")


def call(machine: Interpreter, site: Site) -> object:
    """``checkpoint(function, *args)``: keeps its tensor arguments, and looks at what the function closes over again."""
    function, *arguments = site.arguments or [None]
    if function is None or isinstance(function, (Symbolic, Tensor)):
        return unknown_calls.call_unknown(machine, site, Symbol("torch.utils.checkpoint.checkpoint"))
    keywords = {name: value for name, value in site.keywords.items() if name not in _NOT_PASSED_ON}
    given = tensors_in(arguments)
    closed = list(as_value(function).closed_over())
    with machine.run.mode.within((Mode(ModeKind.GRAD, False),)):
        result = machine.call(site.at, function, arguments, keywords)
    return _record(machine, site, given, closed, result)


def _record(machine: Interpreter, site: Site, given: list[Tensor], closed: list[Tensor], result: object) -> object:
    run = machine.run
    inputs = [each for each in (*given, *closed) if requires_grad(each) is Answer.YES]
    if not run.mode.grad or not inputs or not isinstance(result, Tensor):
        return result
    edges = tuple(found for each in inputs if (found := edge(run, each)) is not None)
    kept = [Saved.of(each, each.name, holds_tensor=True) for each in given]
    kept += [replace(Saved.of(each, each.name, holds_tensor=True), counter=Counter(), version=0) for each in closed]
    node = Node("checkpoint", "checkpoint", site.at, run.next_order(), edges, kept, Answer.YES, run.loops.iteration)
    return Tensor(site.at, requires_grad=Answer.YES, node=node, dtype=result.dtype, sizes=result.sizes)
