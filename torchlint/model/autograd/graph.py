"""The graph that operations record, and what PyTorch does with it at a backward."""

from __future__ import annotations

import math
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.tensor import Node, Saved, Tensor

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from torchlint.model.autograd.tensor import Change


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


def reachable(
    roots: Iterable[Node | Tensor],
    sources: Callable[[Node], Iterable[Node | Tensor]] = attrgetter("inputs"),
    most: float = math.inf,
) -> tuple[list[Node], list[Tensor]]:
    """The nodes and the leaves that a backward from ``roots`` would reach, by what each node leads to; not many more
    than ``most``, the last inputs first."""
    nodes: dict[Node, None] = {}
    leaves: dict[Tensor, None] = {}
    waiting = list(roots)
    while waiting and len(nodes) < most:
        each = waiting.pop()
        if isinstance(each, Tensor):
            leaves[each] = None
        elif each not in nodes:
            nodes[each] = None
            waiting.extend(sources(each))
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
