"""What is remembered of tensors for the story: aliases and names that were changed with them, and cut graphs."""

from __future__ import annotations

import ast
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.call import target_of
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Activated, Cut, CutKind, Tensor
from torchlint.model.autograd.views import edge, leave, requires_grad
from torchlint.model.interpreter.loss_terms import SCALED, SUMS
from torchlint.model.interpreter.speculation import can_have_graph, cut_of
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeGuard

    from torchlint.model.autograd.call import Call
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site
    from torchlint.model.interpreter.state import PathState

_ACTIVATIONS = frozenset(
    (
        "relu relu_ relu6 leaky_relu leaky_relu_ elu elu_ celu celu_ selu selu_ silu mish hardtanh hardtanh_ hardswish "
        "hardsigmoid threshold threshold_ rrelu rrelu_ dropout dropout_ alpha_dropout dropout1d dropout2d dropout3d "
        "ReLU ReLU6 LeakyReLU ELU CELU SELU SiLU Mish Hardtanh Hardswish Hardsigmoid Threshold RReLU Dropout Dropout1d "
        "Dropout2d Dropout3d AlphaDropout"
    ).split()
)
"""What is written as if it gave a new tensor, though it works in place."""


def note_alias(run: PathState, call: Call, tensor: Tensor) -> None:
    """A change through ``.data`` or ``.detach()`` of a graph's tensor: the latter shows where that tensor is read."""
    source = tensor.alias_of
    if source is None or requires_grad(source) is not Answer.YES:
        return
    kind = Kind.DATA if tensor.alias_by == ".data" else Kind.ALIAS
    target = target_of(call, tensor)
    is_first = source.is_parameter and not source.is_used
    fault = Fault(kind, call.at, None, "", target, call.label, made=tensor.made, source=source.name, is_first=is_first)
    if kind is Kind.DATA:
        run.log.report(fault)
    elif edge(run, source) is not source:
        run.log.watched.append((source, fault))


def note_names(call: Call, tensor: Tensor) -> None:
    """An activation in place changes what the tensor's other names stand for."""
    if call.name not in _ACTIVATIONS:
        return
    target = target_of(call, tensor)
    own = target.id if isinstance(target, ast.Name) else ""
    earlier = tensor.activated.names if tensor.activated is not None else frozenset[str]()
    names = tensor.names - {own} if own in tensor.names else earlier
    tensor.activated = Activated(call.at, target, call.label, names)


@contextmanager
def looking_inside(machine: Interpreter, site: Site) -> Iterator[None]:
    """Run a module: where it activates in place what it is given by a name, that name stands for something else."""
    given = [(value, text.id) for value, text in zip(site.arguments, site.texts, strict=False) if _is_name(text)]
    before = [tensor.activated for value, _ in given for tensor in tensors_in(value, 0)]
    yield
    within = machine.calls.active[-1] if machine.calls.active else None
    for value, name in given:
        for tensor in tensors_in(machine.as_proven(value), 0):
            if tensor.activated is not None and all(tensor.activated is not each for each in before):
                tensor.activated = replace(tensor.activated, given=name, within=within)


def _is_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def note_meant(values: Iterable[object]) -> None:
    """What a statement gave to a module whose result it does not take was meant to be changed."""
    for tensor in (tensor for each in values for tensor in tensors_in(each, 0)):
        if tensor.activated is not None:
            tensor.activated = replace(tensor.activated, given="")


def note_reading(run: PathState, call: Call) -> None:
    """An operation computes with a tensor by a name for which it was activated inside of a module."""
    if call.name in _ACTIVATIONS:
        return
    for name, text in call.texts.items():
        written = {each.id for each in getattr(text, "elts", [text]) if isinstance(each, ast.Name)}
        for tensor in tensors_in(call.arguments.get(name)):
            seen = tensor.activated
            if seen is not None and seen.given in written and _is_within(call.at, seen.within):
                fault = Fault(Kind.ALIASED, seen.at, call.at, "", seen.given, seen.operation, source=seen.given)
                run.log.report(fault)
                tensor.activated = None


def _is_within(node: ast.AST, function: ast.AST | None) -> bool:
    return function is None or any(node is each for each in walk(function))


def note_cut(run: PathState, call: Call, results: Iterable[Tensor]) -> None:
    """Results without a graph remember where the graph of what they were computed from ended."""
    bare = [each for each in results if each.cut is None and each.alias_of is None]
    bare = [each for each in bare if requires_grad(each) is Answer.NO]
    if not bare:
        return
    given = [tensor for value in (*call.arguments.values(), *call.state.values()) for tensor in tensors_in(value)]
    sources = [each for each in given if requires_grad(each) is not Answer.NO]
    if sources:
        source = next((each for each in sources if requires_grad(each) is Answer.YES), sources[0])
        kind = CutKind.INTEGER if run.mode.grad else CutKind.NO_GRAD
        cut = leave(run, kind, call.at, call.label, source)
    else:
        cut = next((each.cut for each in given if each.cut is not None), None) or _guessed_cut(run, call)
        if cut is not None and call.name.removesuffix("_") not in SUMS | SCALED:
            run.history.reach.computed.add(cut)
    frozen = next(
        (each if each.is_parameter else each.frozen for each in given if each.is_parameter or each.frozen), None
    )
    for result in bare:
        result.cut, result.frozen = cut, frozen


def _guessed_cut(run: PathState, call: Call) -> Cut | None:
    """Where the graph of something ended that is not known otherwise."""
    values = [call.value(name) for name in call.operation.differentiable]
    found = next((cut for each in values if (cut := cut_of(run, each)) is not None), None)
    if found is None and not run.mode.grad and any(can_have_graph(run, each) for each in values):
        return Cut(CutKind.NO_GRAD, call.at, call.label, "", is_sure=False)
    return found
