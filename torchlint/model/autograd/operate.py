"""What PyTorch does at an operation: legality, recording, keeping, views, writes."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from torchlint.model.api.operations import Answer, Kept, Operation, Output, Relation
from torchlint.model.autograd import faults
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.graph import Node, Saved
from torchlint.model.autograd.infer import describe
from torchlint.model.autograd.several import Several
from torchlint.model.autograd.values import (
    Activated,
    Change,
    Counter,
    Cut,
    CutKind,
    How,
    Name,
    Packed,
    Storage,
    Tensor,
    Unknown,
    ViewKind,
    either,
    tensors_in,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from torchlint.model.autograd.run import Run


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation: where, what the user calls it, its arguments by parameter, and what each is called."""

    at: ast.AST
    label: str
    name: str
    operation: Operation
    arguments: Mapping[str, object]
    texts: Mapping[str, ast.AST]
    state: Mapping[str, Tensor]
    how: How = How.INPLACE

    def value(self, name: str) -> object:
        """An argument, or a piece of the layer's state (``self.weight``)."""
        if name.startswith("self.") and self.state:
            return self.state.get(name[5:])
        return self.arguments.get(name)


def operate(run: Run, call: Call) -> object:
    """Do what PyTorch does. Raises: Raised where PyTorch does."""
    operation = call.operation
    inputs = _differentiable(call)
    needs = either([requires_grad(each) for each in inputs])
    if any(isinstance(call.value(name), Unknown) for name in operation.differentiable) and needs is Answer.NO:
        needs = Answer.MAYBE
    written = [tensor for name in operation.writes for tensor in tensors_in(call.value(name))]
    out = tensors_in(call.arguments.get("out"))
    if out:
        _check_out(run, call, [*inputs, *out])
    for tensor in written:
        if not any(tensor is each for each in call.state.values()):
            check_inplace(run, call.at, tensor, needs, _target(call, tensor), call.label, _name_of(call))
    recorded = run.grad and needs is Answer.YES
    if recorded:
        _check_inference(run, call)
    kept = _keep(call, before=True) if recorded else []
    for tensor in (*written, *out):
        how = How.DATA if tensor.alias_by == ".data" else call.how
        change(tensor, Change(call.at, _target(call, tensor), call.label, how, tensor, run.grad))
        _note_alias(run, call, tensor)
        if call.name in _ACTIVATIONS and len(tensor.names) > 1:
            _note_names(call, tensor)
    if out:
        return call.arguments["out"]
    results = [_result(run, call, output, needs) for output in operation.outputs]
    describe(call, results)
    if recorded:
        node = Node(
            call.label,
            call.name,
            call.at,
            run.next_order(),
            tuple(_edges(run, inputs)),
            kept,
            _keeps(call),
            run.iteration,
        )
        _attach(run, node, call, results)
    _note_cut(run, call, results)
    return _nested(call, results, run)


_ACTIVATIONS = frozenset(
    (
        "relu relu_ relu6 leaky_relu leaky_relu_ elu elu_ celu celu_ selu selu_ silu mish hardtanh hardtanh_ hardswish "
        "hardsigmoid threshold threshold_ rrelu rrelu_ dropout dropout_ alpha_dropout dropout1d dropout2d dropout3d "
        "ReLU ReLU6 LeakyReLU ELU CELU SELU SiLU Mish Hardtanh Hardswish Hardsigmoid Threshold RReLU Dropout Dropout1d "
        "Dropout2d Dropout3d AlphaDropout"
    ).split()
)
"""What is written as if it gave a new tensor, though it works in place."""
_WRITES_EXPANDED = frozenset(("fill_number", "zero_", "masked_fill_", "index_fill_", "index_put_"))
"""What PyTorch allows on a tensor whose elements share memory."""


_KEEPS_VIEWS = frozenset("Bilinear MultiheadAttention bilinear einsum tensordot RNN LSTM GRU".split())
"""What keeps a view of its argument, which `.data =` on the argument does not reach."""


def _name_of(call: Call) -> str:
    return "fill_number" if call.name == "fill_" and not tensors_in(call.arguments.get("value")) else call.name


def requires_grad(tensor: Tensor) -> Answer:
    """Whether a tensor requires grad now: a view does as soon as its base does."""
    if tensor.base is not None and tensor.epoch != tensor.base.epoch:
        return tensor.base.requires_grad
    return tensor.requires_grad


def edge(run: Run, tensor: Tensor) -> Node | Tensor | None:
    """Where the gradient of a tensor flows: its node, or itself if it is a leaf that requires grad.

    The node of a view whose base was changed in place since is made anew, as PyTorch does when it is asked for.
    """
    if requires_grad(tensor) is not Answer.YES:
        return None
    base = tensor.base
    if base is not None and tensor.epoch != base.epoch:
        source = edge(run, base)
        tensor.requires_grad = Answer.YES
        tensor.node = Node("view", "view", tensor.made, run.next_order(), (source,) if source else (), [], Answer.NO)
        tensor.epoch = base.epoch
    return tensor.node or tensor


def change(tensor: Tensor, how: Change) -> None:
    """Count a change of a tensor's content, in its counter and in its memory."""
    tensor.counter.changes.append(how)
    tensor.storage.changes.append(how)


def check_inplace(
    run: Run, at: ast.AST, tensor: Tensor, others: Answer, target: Name, operation: str, name: str
) -> None:
    """PyTorch's own legality check of an in-place change, in its order. Raises: Raised."""
    own = requires_grad(tensor)
    if tensor.view is not ViewKind.PLAIN and tensor.base is not None and own is Answer.NO:
        own = tensor.base.requires_grad
    if tensor.inference and not tensor.thawed and not run.inference:
        run.fail(Fault(Kind.INFERENCE, at, at, faults.INFERENCE_CHANGED, target, operation, made=tensor.made))
    if run.grad and Answer.YES in (own, others):
        message = _forbidden(tensor, own)
        if message:
            kind = Kind.LEAF if message == faults.LEAF else Kind.VIEW
            made = tensor.base.made if tensor.base is not None and message == faults.LEAF_VIEW else tensor.made
            run.fail(Fault(kind, at, at, message, target, operation, tensor=tensor, made=made))
    if tensor.expanded is Answer.YES and name not in _WRITES_EXPANDED:
        run.fail(
            Fault(Kind.VIEW, at, at, faults.EXPANDED, target, operation, tensor=tensor, made=tensor.made)
        )


def _target(call: Call, tensor: Tensor) -> Name:
    """What the user calls a tensor that a call changes."""
    for name, text in call.texts.items():
        if any(each is tensor for each in tensors_in(call.arguments.get(name))):
            return text
    return tensor.name


def _forbidden(tensor: Tensor, own: Answer) -> str:
    base = tensor.base
    if base is not None:
        if tensor.view is ViewKind.MULTI:
            return faults.MULTI_VIEW.format(tensor.made_by or "UnbindBackward0")
        if tensor.view is not ViewKind.PLAIN:
            return faults.MODE_VIEWS[tensor.view]
        if own is Answer.YES and base.node is None:
            return faults.LEAF_VIEW
    return faults.LEAF if own is Answer.YES and tensor.node is None else ""


def _check_out(run: Run, call: Call, given: Iterable[Tensor]) -> None:
    if run.grad:
        for tensor in given:
            if requires_grad(tensor) is Answer.YES:
                run.fail(Fault(Kind.OUT, call.at, call.at, faults.OUT, tensor.name, call.label, made=tensor.made))


def _check_inference(run: Run, call: Call) -> None:
    """Autograd refuses to keep a tensor that was made in inference mode."""
    for kept in call.operation.kept:
        if kept.what.startswith("result") or not _is_kept(call, kept):
            continue
        for tensor in tensors_in(call.value(kept.what)):
            if tensor.inference:
                run.fail(
                    Fault(
                        Kind.INFERENCE,
                        call.at,
                        call.at,
                        faults.INFERENCE_SAVED,
                        tensor.name,
                        call.label,
                        made=tensor.made,
                    )
                )


def _differentiable(call: Call) -> list[Tensor]:
    names = call.operation.differentiable
    return [tensor for name in names for tensor in tensors_in(call.value(name))]


def _edges(run: Run, inputs: Iterable[Tensor]) -> list[Node | Tensor]:
    return [found for tensor in inputs if (found := edge(run, tensor)) is not None]


def _is_kept(call: Call, kept: Kept) -> bool:
    if not kept.sure:
        return False
    if kept.when and not any(
        requires_grad(tensor) is Answer.YES for name in kept.when for tensor in tensors_in(call.value(name))
    ):
        return False
    return not kept.unless or _is_kept_as_it_is(call, kept)


def _is_kept_as_it_is(call: Call, kept: Kept) -> bool:
    """Whether a tensor itself is kept and not a copy of another layout or shape."""
    if call.name == "matmul" and _is_matrix(call, kept):
        return True
    given = tensors_in(call.value(kept.what))
    if "layout" in kept.unless and any(each.contiguous is not Answer.YES for each in given):
        return False
    if "broadcast" in kept.unless:
        shapes = {each.shape for name in call.operation.differentiable for each in tensors_in(call.value(name))}
        return len(shapes) == 1 and None not in shapes and call.name != "matmul"
    return True


def _is_matrix(call: Call, kept: Kept) -> bool:
    """Whether a product takes a factor as it is: the second if it is a matrix, the first if both are."""
    names = ("other",) if kept.what == "other" else ("self", "input", "other")
    tensors = [each for name in names for each in tensors_in(call.arguments.get(name))]
    return all(each.shape is not None and len(each.shape) == 2 for each in tensors)


def _keep(call: Call, *, before: bool) -> list[Saved]:
    """What a node keeps of its inputs, as they are before a write."""
    return [
        Saved.of(tensor, tensor.name, holds_tensor=_is_held(call, kept, tensor))
        for kept in call.operation.kept
        if not kept.what.startswith("result") and _is_kept(call, kept)
        for tensor in tensors_in(call.value(kept.what))
    ]


def _is_held(call: Call, kept: Kept, tensor: Tensor) -> bool:
    """Whether an operation keeps the tensor object itself; a linear layer transposes its weight and folds its input."""
    if call.name in ("Linear", "linear"):
        return "weight" not in kept.what and tensor.shape is not None and len(tensor.shape) == 2
    return call.name not in _KEEPS_VIEWS


def _keeps(call: Call) -> Answer:
    operation = call.operation
    if operation.keeps is not Answer.YES or not operation.keeps_when:
        return operation.keeps
    return either([requires_grad(each) for name in operation.keeps_when for each in tensors_in(call.value(name))])


def _result(run: Run, call: Call, output: Output, needs: Answer) -> Tensor:
    source = next(iter(tensors_in(call.value(output.of))), None) if output.of else None
    match output.relation:
        case Relation.SELF if source is not None:
            return source
        case Relation.DETACHED if source is not None:
            return detached(run, call.at, source, call.label)
        case Relation.VIEW | Relation.MULTI_VIEW if source is not None:
            found = view(run, call.at, source, multi=output.relation is Relation.MULTI_VIEW, label=call.label)
            if output.grad is Answer.MAYBE and found.requires_grad is Answer.YES:
                found.requires_grad = Answer.MAYBE
            return found
    if output.relation in (Relation.MAYBE_SELF, Relation.MAYBE_VIEW) and source is not None:
        tensor = Tensor(call.at, storage=Storage(), counter=Counter(), inference=run.inference)
    else:
        tensor = Tensor(call.at, inference=run.inference)
    if output.grad is not Answer.NO and run.grad:
        tensor.requires_grad = needs if output.grad is Answer.YES or needs is Answer.NO else Answer.MAYBE
    return tensor


def view(run: Run, at: ast.AST, source: Tensor, *, multi: bool = False, label: str = "") -> Tensor:
    """A view of a tensor: the same memory and counter, and a base whose graph an in-place change rewrites."""
    kind = source.view if source.base is not None else ViewKind.PLAIN
    if run.inference and not source.inference:
        kind = ViewKind.INFERENCE
    elif not run.grad:
        kind = ViewKind.NO_GRAD
    elif multi:
        kind = ViewKind.MULTI
    own = requires_grad(source)
    return Tensor(
        at,
        storage=source.storage,
        counter=source.counter,
        requires_grad=own if run.grad else Answer.NO,
        base=source.root,
        view=kind,
        epoch=source.root.epoch,
        inference=source.inference,
        expanded=Answer.MAYBE if source.expanded is Answer.YES else source.expanded,
        contiguous=Answer.MAYBE,
        dtype=source.dtype,
        alias_of=source.alias_of,
        alias_by=source.alias_by,
        cut=source.cut,
        made_by=label,
    )


def take_view(run: Run, at: ast.AST, source: Tensor, label: str) -> Tensor:
    """A view with its node, as an operation that only makes one gives it."""
    found = view(run, at, source, label=label)
    if found.requires_grad is Answer.YES:
        found.node = Node(
            label, "view", at, run.next_order(), tuple(_edges(run, [source])), [], Answer.NO, run.iteration
        )
    return found


def detached(run: Run, at: ast.AST, source: Tensor, label: str) -> Tensor:
    """The same memory and version counter outside the graph."""
    cut = Cut(CutKind.DETACH, at, label, source.name) if requires_grad(source) is Answer.YES else source.cut
    return Tensor(
        at,
        storage=source.storage,
        counter=source.counter,
        inference=source.inference,
        thawed=True,
        expanded=source.expanded,
        contiguous=source.contiguous,
        dtype=source.dtype,
        shape=source.shape,
        alias_of=source if source.alias_of is None else source.alias_of,
        alias_by=label,
        cut=cut,
    )


def _attach(run: Run, node: Node, call: Call, results: Sequence[object]) -> None:
    """Give the results their node; an in-place change of a view rewrites the graph of its base."""
    differentiable = [
        result
        for output, result in zip(call.operation.outputs, results, strict=True)
        if isinstance(result, Tensor) and output.grad is Answer.YES
    ]
    for tensor in differentiable:
        if any(tensor is each for name in call.operation.writes for each in tensors_in(call.value(name))):
            rebase(run, tensor, node)
        else:
            tensor.node = node
            tensor.requires_grad = Answer.YES
            if tensor.base is not None:
                tensor.epoch = tensor.base.epoch
    for kept in call.operation.kept:
        if kept.what.startswith("result") and _is_kept(call, kept):
            index = int(kept.what.partition(".")[2] or 0)
            for tensor in tensors_in(results[index]):
                node.kept.append(Saved.of(tensor, tensor.name, holds_tensor=False))


def rebase(run: Run, tensor: Tensor, node: Node) -> None:
    """The graph after an in-place change: ``node`` has taken the tensor's own as an input already."""
    base = tensor.base
    if base is not None:
        node.keeps = Answer.YES  # CopySlices keeps the function that it wraps
        old = edge(run, base)
        if old is not None and old not in node.inputs:
            node.inputs = (*node.inputs, old)
        base.node = node
        base.requires_grad = Answer.YES
        base.epoch += 1
        tensor.node = Node("view", "view", tensor.made, run.next_order(), (node,), [], Answer.NO)
        tensor.epoch = base.epoch
    else:
        tensor.node = node
        tensor.epoch += 1
    tensor.requires_grad = Answer.YES


def _note_alias(run: Run, call: Call, tensor: Tensor) -> None:
    """A change through ``.data`` or ``.detach()`` of a graph's tensor: the latter shows where that tensor is read."""
    source = tensor.alias_of
    if source is None or requires_grad(source) is not Answer.YES:
        return
    kind = Kind.DATA if tensor.alias_by == ".data" else Kind.ALIAS
    target = _target(call, tensor)
    fault = Fault(kind, call.at, None, "", target, call.label, made=tensor.made, source=source.name)
    if kind is Kind.DATA:
        run.report(fault)
    elif edge(run, source) is not source:
        run.watched.append((source, fault))


def _note_names(call: Call, tensor: Tensor) -> None:
    """An activation in place changes what the tensor's other names stand for."""
    target = _target(call, tensor)
    own = target.id if isinstance(target, ast.Name) else ""
    if own in tensor.names:
        tensor.activated = Activated(call.at, target, call.label, tensor.names - {own})


def _note_cut(run: Run, call: Call, results: Iterable[object]) -> None:
    """Results without a graph remember where the graph of what they were computed from ended."""
    bare = [each for each in results if isinstance(each, Tensor) and each.cut is None and each.alias_of is None]
    bare = [each for each in bare if requires_grad(each) is Answer.NO]
    if not bare:
        return
    given = [tensor for value in (*call.arguments.values(), *call.state.values()) for tensor in tensors_in(value)]
    source = next((each for each in given if requires_grad(each) is Answer.YES), None)
    if source is not None:
        cut: Cut | None = Cut(CutKind.INTEGER if run.grad else CutKind.NO_GRAD, call.at, call.label, source.name)
    else:
        cut = next((each.cut for each in given if each.cut is not None), None)
    for result in bare:
        result.cut = cut


def _nested(call: Call, results: Sequence[object], run: Run) -> object:
    """Pack outputs as the call does."""
    operation = call.operation
    if operation.nesting == "0":
        return results[0]
    if not results:
        return Unknown(("value", run.fresh()))
    if operation.nesting == "[0]":
        assert isinstance(results[0], Tensor)
        return Several(results[0])
    names = tuple(output.name for output in operation.outputs)
    if all(names) and "(" not in operation.nesting[1:]:
        return Packed(names, tuple(results))
    return _arranged(_shape(operation.nesting), results)


@cache
def _shape(nesting: str) -> object:
    return ast.literal_eval(nesting.replace("-", "None"))


def _arranged(shape: object, results: Sequence[object]) -> object:
    if isinstance(shape, tuple):
        return tuple(_arranged(each, results) for each in shape)
    return results[shape] if isinstance(shape, int) else None
