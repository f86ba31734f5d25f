"""The graph that operations record, and what PyTorch does with it at a backward."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.model.api.operations import Answer
from torchlint.model.autograd.values import Tensor

if TYPE_CHECKING:
    import ast
    from collections.abc import Collection, Iterable, Iterator

    from torchlint.model.autograd.values import Change, Counter, Cut, Name, Storage


@dataclass(frozen=True, slots=True)
class Saved:
    """A tensor that a node kept: its counter's version and its memory's at that time.

    ``holds_tensor``: the tensor object itself is kept, whose memory ``.data =`` can replace; not so for an output, or
    for what is kept as a view. ``written`` is the expression that gave it, None where that is more than the tensor.
    """

    tensor: Tensor
    counter: Counter
    version: int
    storage: Storage
    writes: int
    holds_tensor: bool
    name: Name
    written: ast.AST | None = None

    @classmethod
    def of(cls, tensor: Tensor, name: Name, *, holds_tensor: bool, written: ast.AST | None = None) -> Saved:
        counter, storage = tensor.counter, tensor.storage
        return cls(tensor, counter, counter.version, storage, storage.version, holds_tensor, name, written)

    def counted_change(self) -> Change | None:
        """The first change that the version counter saw."""
        changes = self.counter.changes
        return changes[self.version] if len(changes) > self.version else None

    def silent_change(self) -> Change | None:
        """The first change of the content that the version counter did not see."""
        changes = self.storage.changes
        if len(changes) > self.writes:
            return changes[self.writes]
        is_replaced = self.holds_tensor and self.tensor.storage is not self.storage
        return self.tensor.replaced if is_replaced else None


@dataclass(eq=False, slots=True)
class Node:
    """A recorded operation.

    ``operation`` is what the user calls it, ``name`` what PyTorch does. ``inputs`` are nodes, and leaves that
    accumulate. ``keeps``: whether it keeps anything at all, so that a second backward through it raises. ``iteration``
    are the loop iterations it was recorded in. ``freed`` is the backward that freed it. ``assumed`` names
    what was taken for granted to know the operation.

    Where it is not known what requires grad, ``possible`` are the further inputs that may, with their nodes, and
    ``sure`` says whether it is known by now that this node was recorded. ``through``: it stands for code that is not
    seen, for the unknown module of that key, () for other code. ``passed`` are those that the backward that freed it
    had to pass; ``ended`` is where the graph of another input was left. ``is_open``: it was also computed from
    something that is not seen and may have a graph.
    """

    operation: str
    name: str
    at: ast.AST
    order: int
    inputs: tuple[Node | Tensor, ...]
    kept: list[Saved] = field(default_factory=list)
    keeps: Answer = Answer.NO
    iteration: tuple[tuple[int, int], ...] = ()
    freed: ast.AST | None = None
    assumed: str = ""
    possible: tuple[tuple[Tensor, Node | None], ...] = ()
    sure: bool = True
    through: tuple[object, ...] | None = None
    passed: frozenset[object] = frozenset()
    ended: Cut | None = None
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """The first node that cannot run its backward, and why: freed before, or something that it kept has changed."""

    node: Node
    saved: Saved | None = None
    change: Change | None = None


@dataclass(slots=True)
class Pass:
    """What one backward did: nodes in the order they ran, leaves reached, silent faults, and the problem that ended
    it."""

    nodes: list[Node]
    leaves: list[Tensor]
    stale: list[Problem]
    problem: Problem | None = None


def run_backward(roots: Iterable[Node | Tensor], inputs: Collection[Tensor] | None) -> Pass:
    """Run every node that leads from ``roots`` to ``inputs`` (None: to any leaf), latest recorded first.

    Source: PyTorch's engine orders nodes by sequence number and frees each as it ran; here the caller frees.
    """
    nodes, leaves = reachable(roots)
    if inputs is not None:
        wanted = needed(nodes, inputs)
        nodes = [node for node in nodes if node in wanted]
        leaves = [leaf for leaf in leaves if leaf in inputs]
    done = Pass([], leaves, [])
    for node in sorted(nodes, key=lambda node: -node.order):
        problem = _problem(node)
        if problem is not None:
            done.problem = problem
            done.leaves = []
            break
        done.nodes.append(node)
        for saved in node.kept:
            change = saved.silent_change()
            if change is not None:
                done.stale.append(Problem(node, saved, change))
    return done


def spoiled(roots: Iterable[Node | Tensor]) -> Iterator[Problem]:
    """Every node that a backward from ``roots`` would reach and that kept something that has changed, latest first."""
    for node in sorted(reachable(roots)[0], key=lambda node: -node.order):
        problem = _problem(node)
        if problem is not None and problem.saved is not None:
            yield problem


def _problem(node: Node) -> Problem | None:
    if node.freed is not None and node.keeps is Answer.YES:
        return Problem(node)
    for saved in node.kept:
        change = saved.counted_change()
        if change is not None:
            return Problem(node, saved, change)
    return None


def reachable(roots: Iterable[Node | Tensor]) -> tuple[list[Node], list[Tensor]]:
    """The nodes and the leaves that a backward from ``roots`` would reach."""
    nodes: dict[Node, None] = {}
    leaves: dict[Tensor, None] = {}
    waiting = list(roots)
    while waiting:
        each = waiting.pop()
        if isinstance(each, Tensor):
            leaves[each] = None
        elif each not in nodes:
            nodes[each] = None
            waiting.extend(each.inputs)
    return list(nodes), list(leaves)


def needed(nodes: list[Node], inputs: Collection[Tensor]) -> set[Node]:
    """The nodes through which gradient must flow to reach ``inputs``; the node of a non-leaf input itself need not
    run."""
    targets: set[Node | Tensor] = {each.node or each for each in inputs}
    needed: set[Node] = set()
    for node in sorted(nodes, key=lambda node: node.order):
        if any(each in targets or each in needed for each in node.inputs):
            needed.add(node)
    return needed
