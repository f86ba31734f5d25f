"""Gradients that are tensors of a graph themselves: what ``create_graph=True`` records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.graph import needed
from torchlint.model.autograd.tensor import Node, Saved, Tensor
from torchlint.model.autograd.views import edge, requires_grad

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from torchlint.model.autograd.grad_state import GradState

_CURVED = frozenset(
    (
        "acos asin atan cos cosh digamma erf erfc log log10 log1p log2 reciprocal rsqrt sigmoid sin sinc sinh sqrt "
        "tan tanh softmax log_softmax logsumexp Tanh Sigmoid Softmax LogSoftmax"
    ).split()
)
"""Functions of one tensor whose backward is recorded as an operation that keeps it again."""
_PRODUCTS = frozenset("mul div matmul mm bmm mv dot addmm linear Linear exp expm1 pow square prod var std norm".split())
"""Functions through whose backward a second gradient flows into what they kept."""


def gradient(run: GradState, at: ast.AST, leaf: Tensor, nodes: Iterable[Node]) -> Tensor:
    """The gradient of ``leaf`` with a graph: it requires grad if some function on the way was not linear in what it
    kept."""
    path = needed(list(nodes), [leaf])
    found = Tensor(at, dtype=leaf.dtype, sizes=leaf.sizes)
    edges = [source for node in path for source in _sources(run, node)]
    kept = [
        Saved.of(saved.tensor, saved.name, holds_tensor=saved.holds_tensor)
        for node in path
        if node.name in _CURVED
        for saved in node.kept
        if requires_grad(saved.tensor) is Answer.YES and saved.counted_change() is None
    ]
    if edges:
        found.requires_grad = Answer.YES
        found.node = Node("autograd.grad", "", at, run.next_order(), tuple(edges), kept, Answer.MAYBE, run.iteration)
    elif not path or any(node.kept or node.keeps is not Answer.NO for node in path):  # the way there may not be seen
        found.requires_grad = Answer.MAYBE
    return found


def _sources(run: GradState, node: Node) -> list[Node | Tensor]:
    """Where a second gradient through a node flows: into the inputs that it kept, or through itself for an output."""
    if node.name not in _CURVED and node.name not in _PRODUCTS:
        return []
    own = [saved.tensor for saved in node.kept if requires_grad(saved.tensor) is Answer.YES]
    return [node if each.node is node else found for each in own if (found := edge(run, each)) is not None]
