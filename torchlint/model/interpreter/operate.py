"""What PyTorch does at an operation: check, keep, write, record."""

from __future__ import annotations

import ast
from functools import cache
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Output, Relation, either
from torchlint.model.autograd.call import Call, change, target_of
from torchlint.model.autograd.legality import check_inference, check_inplace, check_out
from torchlint.model.autograd.results import Packed, tensors_in
from torchlint.model.autograd.saved import is_kept, keeps_anything, kept_inputs
from torchlint.model.autograd.shapes import describe, result_sizes
from torchlint.model.autograd.sizes import ANY, Mismatch
from torchlint.model.autograd.tensor import Change, Cut, CutKind, How, Node, Saved, Tensor
from torchlint.model.autograd.tensor_list import Several
from torchlint.model.autograd.views import detached, rebase, requires_grad, view
from torchlint.model.interpreter.gradient_flow import flows, passed
from torchlint.model.interpreter.identities import Fresh
from torchlint.model.interpreter.limits import OPERATION_WORK
from torchlint.model.interpreter.open_containers import is_open
from torchlint.model.interpreter.provenance import note_alias, note_cut, note_names, note_reading
from torchlint.model.interpreter.speculation import can_have_graph, link, proven_in
from torchlint.model.interpreter.spent_graphs import note_change
from torchlint.model.interpreter.values.symbolic import Symbolic

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchlint.model.autograd.sizes import Sizes
    from torchlint.model.interpreter.state import PathState


_WITHOUT_DERIVATIVE = frozenset("binomial floor_divide geqrf heaviside histogram unique unique_consecutive".split())
"""What gives a result that requires grad, though a backward through it is not implemented. Source: as measured."""


def operate(run: PathState, call: Call) -> object:
    """Do what PyTorch does. Raises: Raised where PyTorch does."""
    operation = call.operation
    inputs = _differentiable(run, call)
    if any(tensor.activated is not None for tensor in inputs):
        note_reading(run, call)
    run.budget.spend(OPERATION_WORK + len(inputs))
    needs = _needs(run, call, inputs)
    written = [tensor for name in operation.writes for tensor in tensors_in(call.value(name))]
    out = tensors_in(call.arguments.get("out"))
    _check(run, call, inputs, written, out, needs)
    recorded = run.mode.grad and needs is Answer.YES
    _note_use(run, call, inputs, recorded=recorded)
    kept = kept_inputs(call, casts=run.mode.casts) if recorded else []
    _change(run, call, (*written, *out))
    if out:
        return call.arguments["out"]
    results = [_result(run, call, output, needs) for output in operation.outputs]
    sizes = _sizes(run, call)
    describe(call, results, sizes)
    if recorded:
        _record(run, call, kept, results)
    elif needs is Answer.MAYBE and run.mode.grad and operation.differentiable:
        _doubt(written)
        _lead_back(run, call, results)
        if run.speculates:
            _suspect(run, call, results)
    note_cut(run, call, results)
    run.trace.operation(call, results)
    return _nested(call, results, run, sizes)


def _needs(run: PathState, call: Call, inputs: Iterable[Tensor]) -> Answer:
    """Whether the results require grad where gradients are recorded."""
    needs = either([requires_grad(each) for each in inputs])
    if needs is Answer.NO and any(can_have_graph(run, call.value(name)) for name in call.operation.differentiable):
        return Answer.MAYBE
    return Answer.MAYBE if needs is Answer.YES and not run.mode.is_known else needs


def _check(
    run: PathState,
    call: Call,
    inputs: Sequence[Tensor],
    written: Sequence[Tensor],
    out: Sequence[Tensor],
    needs: Answer,
) -> None:
    """Raises: Raised where PyTorch refuses what is to be written."""
    if out:
        check_out(run, call, [*inputs, *out])
    for tensor in written:
        if not any(tensor is each for each in call.state.values()):
            check_inplace(run, call, tensor, needs, mixed=_is_mixed(run, call, inputs, tensor))
    if run.mode.grad and needs is Answer.YES:
        check_inference(run, call)


def _note_use(run: PathState, call: Call, inputs: Iterable[Tensor], *, recorded: bool) -> None:
    """Note what a graph is made of, and parameters that are used while none is."""
    if recorded:
        for tensor in inputs:
            tensor.is_used = True
    elif not run.mode.grad and run.mode.is_sure:
        for tensor in inputs:
            if tensor.is_parameter:
                run.history.reach.unrecorded.setdefault(tensor, Cut(CutKind.NO_GRAD, call.at, call.label, tensor.name))


def _change(run: PathState, call: Call, written: Iterable[Tensor]) -> None:
    """Change what is written in place."""
    for tensor in written:
        how = How.DATA if tensor.alias_by == ".data" else call.how
        change(tensor, Change(call.at, target_of(call, tensor), call.label, how, tensor, run.mode.grad))
        note_alias(run, call, tensor)
        note_names(call, tensor)


def _record(run: PathState, call: Call, kept: list[Saved], results: Sequence[Tensor]) -> None:
    """Make the node of an operation, and give it its results."""
    node = Node(
        call.label,
        call.name,
        call.at,
        run.next_order(),
        flows(run, (call.value(name) for name in call.operation.differentiable)),
        kept,
        keeps_anything(call),
        run.loops.iteration,
    )
    link(run, call, node)
    _attach(run, node, call, results)


def _sizes(run: PathState, call: Call) -> Sequence[Sizes]:
    """The sizes of the results; those of operands that PyTorch refuses are noted."""
    if run.loops.open and any(is_open(run, each) for each in call.arguments.values()):
        return ()
    try:
        return result_sizes(call)
    except Mismatch as mismatch:
        run.trace.refuse(call, mismatch)
        return (ANY,) * len(call.operation.outputs)


def _differentiable(run: PathState, call: Call) -> list[Tensor]:
    values = [call.value(name) for name in call.operation.differentiable]
    return [tensor for value in values for tensor in (*tensors_in(value), *proven_in(run, value))]


def _is_mixed(run: PathState, call: Call, inputs: Iterable[Tensor], tensor: Tensor) -> bool:
    """Whether something else than the written tensor may bring a gradient with it."""
    if any(can_have_graph(run, call.value(name)) for name in call.operation.differentiable):
        return True
    return any(each is not tensor and requires_grad(each) is not Answer.NO for each in inputs)


def _doubt(written: Iterable[Tensor]) -> None:
    """What something unknown was written into may belong to its graph now."""
    for tensor in written:
        for each in (tensor, tensor.root):
            if each.requires_grad is Answer.NO:
                each.requires_grad = Answer.MAYBE


def _lead_back(run: PathState, call: Call, results: Sequence[Tensor]) -> None:
    """Results that may require grad remember where their gradient would flow."""
    found = passed(run, call.at, (call.value(name) for name in call.operation.differentiable))
    for output, result in zip(call.operation.outputs, results, strict=True):
        if found and output.grad is not Answer.NO:
            result.flow = found
            if output.relation is Relation.SELF:
                result.root.flow = found


def _suspect(run: PathState, call: Call, results: Sequence[Tensor]) -> None:
    """Results that may require grad lead back to what may have brought it, unless they were there before."""
    kept = kept_inputs(call, casts=run.mode.casts)
    node = Node(call.label, call.name, call.at, run.next_order(), (), kept, keeps_anything(call))
    node.iteration, node.sure = run.loops.iteration, False
    link(run, call, node)
    for output, result in zip(call.operation.outputs, results, strict=True):
        if requires_grad(result) is Answer.MAYBE:
            result.node = node if output.relation is not Relation.SELF else None
    _keep_results(node, call, results)


def _result(run: PathState, call: Call, output: Output, needs: Answer) -> Tensor:
    source = next(iter(tensors_in(call.value(output.of))), None) if output.of else None
    match output.relation:
        case Relation.SELF if source is not None and not _is_part(call, source):
            return source
        case Relation.DETACHED if source is not None:
            return detached(run, call.at, source, call.label)
        case Relation.SELF | Relation.VIEW | Relation.MULTI_VIEW if source is not None:
            found = view(run, call.at, source, multi=output.relation is Relation.MULTI_VIEW, label=call.label)
            if output.grad is Answer.MAYBE and found.requires_grad is Answer.YES:
                found.requires_grad = Answer.MAYBE
            return found
    # What may be the source is not known to share anything with it.
    tensor = Tensor(call.at, inference=run.mode.inference)
    if output.grad is not Answer.NO and run.mode.grad:
        tensor.requires_grad = needs if output.grad is Answer.YES or needs is Answer.NO else Answer.MAYBE
    elif call.name in _WITHOUT_DERIVATIVE and run.mode.grad:
        given = [each for value in call.arguments.values() for each in tensors_in(value)]
        tensor.requires_grad = Answer.NO if either(list(map(requires_grad, given))) is Answer.NO else Answer.MAYBE
    return tensor


def _is_part(call: Call, source: Tensor) -> bool:
    """Whether a call gives a view of a complex tensor that would give a real one back as it is."""
    return call.name in ("conj", "real") and "complex" in (source.dtype or "")


def _attach(run: PathState, node: Node, call: Call, results: Sequence[Tensor]) -> None:
    """Give the new results their node; an in-place change of a view rewrites the graph of its base."""
    written = [tensor for name in call.operation.writes for tensor in tensors_in(call.value(name))]
    for output, tensor in zip(call.operation.outputs, results, strict=True):
        if output.grad is not Answer.YES:
            continue
        if any(tensor is each for each in written):
            note_change(run, tensor)
            rebase(run, tensor, node)
        elif not any(tensor is each for value in call.arguments.values() for each in tensors_in(value, 1)):
            tensor.node = node
            tensor.requires_grad = Answer.YES
            if tensor.base is not None:
                tensor.epoch = tensor.base.epoch
    _keep_results(node, call, results)


def _keep_results(node: Node, call: Call, results: Sequence[Tensor]) -> None:
    for kept in call.operation.kept:
        if kept.what.startswith("result") and is_kept(call, kept):
            index = int(kept.what.partition(".")[2] or 0)
            for tensor in tensors_in(results[index]):
                written = call.at if call.operation.nesting == "0" and not call.operation.writes else None
                node.kept.append(Saved.of(tensor, tensor.name, holds_tensor=False, written=written))


def _nested(call: Call, results: Sequence[Tensor], run: PathState, sizes: Sequence[Sizes]) -> object:
    """Pack outputs as the call does."""
    operation = call.operation
    if operation.nesting == "0":
        return results[0]
    if not results:
        return Symbolic(Fresh(run.fresh()))
    if operation.nesting == "[0]":
        return Several(results[0], parts=sizes if len(sizes) > 1 else ())
    names = tuple(output.name for output in operation.outputs)
    if all(names) and "(" not in operation.nesting[1:]:
        return Packed(names, tuple(results))
    return _arranged(_shape(operation.nesting), results)


@cache
def _shape(nesting: str) -> object:
    return ast.literal_eval(nesting.replace("-", "None"))


def _arranged(shape: object, results: Sequence[Tensor]) -> object:
    if isinstance(shape, tuple):
        return tuple(_arranged(each, results) for each in shape)
    return results[shape] if isinstance(shape, int) else None
