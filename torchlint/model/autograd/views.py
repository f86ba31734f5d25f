"""Tensors that share memory: views, whose base's graph an in-place change rewrites, and detached aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, either
from torchlint.model.autograd.tensor import Cut, CutKind, Node, Tensor, ViewKind

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from torchlint.model.autograd.grad_state import GradState


def requires_grad(tensor: Tensor) -> Answer:
    """Whether a tensor requires grad now: a view does as soon as its base does, also one made without gradients."""
    base = tensor.base
    if base is None:
        return tensor.requires_grad
    return base.requires_grad if tensor.epoch != base.epoch else either([tensor.requires_grad, base.requires_grad])


def edge(run: GradState, tensor: Tensor) -> Node | Tensor | None:
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


def edges(run: GradState, inputs: Iterable[Tensor]) -> list[Node | Tensor]:
    """Where the gradients of some tensors flow."""
    return [found for tensor in inputs if (found := edge(run, tensor)) is not None]


def view(run: GradState, at: ast.AST, source: Tensor, *, multi: bool = False, label: str = "") -> Tensor:
    """A view of a tensor: the same memory and counter, and a base whose graph an in-place change rewrites."""
    kind = source.view if source.base is not None else ViewKind.PLAIN
    if run.mode.inference and not source.inference:
        kind = ViewKind.INFERENCE
    elif not run.mode.grad:
        kind = ViewKind.NO_GRAD
    elif multi:
        kind = ViewKind.MULTI
    own = requires_grad(source)
    return Tensor(
        at,
        storage=source.storage,
        counter=source.counter,
        requires_grad=own if run.mode.grad else Answer.NO,
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
        flow=source.flow,
    )


def take_view(run: GradState, at: ast.AST, source: Tensor, label: str) -> Tensor:
    """A view with its node, as an operation that only makes one gives it."""
    found = view(run, at, source, label=label)
    if found.requires_grad is Answer.YES and not run.mode.is_known:
        found.requires_grad = Answer.MAYBE
    elif found.requires_grad is Answer.MAYBE and run.speculates:
        found.node = Node(label, "view", at, run.next_order(), (), [], Answer.NO, run.iteration)
        found.node.possible, found.node.sure = ((source, source.node),), False
    elif found.requires_grad is Answer.YES:
        found.node = Node(
            label, "view", at, run.next_order(), tuple(edges(run, [source])), [], Answer.NO, run.iteration
        )
    return found


def leave(run: GradState, kind: CutKind, at: ast.AST, operation: str, source: Tensor) -> Cut | None:
    """The cut where the graph of a tensor is left, else the one that lies behind it."""
    needs = requires_grad(source)
    if needs is Answer.NO:
        return source.cut
    cut = Cut(kind, at, operation, source.name, needs is Answer.YES)
    run.history.reach.leave(cut, edge(run, source) or source.node)
    return cut


def detached(run: GradState, at: ast.AST, source: Tensor, label: str) -> Tensor:
    """The same memory and version counter outside the graph."""
    return Tensor(
        at,
        storage=source.storage,
        counter=source.counter,
        inference=source.inference,
        thawed=True,
        expanded=source.expanded,
        contiguous=source.contiguous,
        dtype=source.dtype,
        sizes=source.sizes,
        alias_of=source if source.alias_of is None else source.alias_of,
        alias_by=label,
        cut=leave(run, CutKind.DETACH, at, label, source),
    )


def rebase(run: GradState, tensor: Tensor, node: Node) -> None:
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
