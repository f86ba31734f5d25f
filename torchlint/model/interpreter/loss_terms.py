"""The terms of a loss: what a backward starts from, taken apart into what was added up."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.tensor import CutKind, Node

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from torchlint.model.autograd.history import Reach
    from torchlint.model.autograd.tensor import Cut, Tensor

SUMS = frozenset("add sub rsub sum mean neg clone to double float squeeze view reshape stack cat".split())
"""Operations whose result is a sum of parts of what they are given."""
SCALED = frozenset("mul div".split())
"""Those, where only one operand has a graph."""
_EXTREMES = frozenset("max min amax amin aminmax".split())


def parts(starts: Iterable[Node | Tensor]) -> frozenset[Node | Tensor]:
    """Everything that is added up, or scaled, on the way to where some backwards start."""
    nodes, leaves = reachable(starts, addends)
    return frozenset(nodes).union(leaves)


def terms(starts: Iterable[Node | Tensor]) -> list[Node]:
    """What is added up, apart from what is a sum itself."""
    return [node for node in reachable(starts, addends)[0] if not addends(node)]


def constants(starts: Iterable[Node | Tensor], reach: Reach, trained: Collection[Node | Tensor]) -> Iterator[Cut]:
    """Where the graph of a whole term was left, so that it is a constant to the backward. Parts of losses that are
    ``trained`` themselves may be terms of others, and what only shifts another term by a part of that one, as a
    straight-through estimator does, is none."""
    for node in reachable(starts, addends)[0]:
        if adds(node) or (_scales(node) and not addends(node)):
            for cut in node.ended:
                if cut in reach.left and _is_taken_off(cut, reach) and not _shifts(reach.left[cut], trained):
                    yield cut


def _is_taken_off(cut: Cut, reach: Reach) -> bool:
    """Whether a graph was left though one was recorded. A leaf has none, and who detaches a whole term means it as a
    constant; where something is computed from what was detached, the rest of that was to be trained."""
    if cut.kind is CutKind.DETACH:
        return cut in reach.computed and all(isinstance(each, Node) for each in reach.left[cut])
    return cut.kind is not CutKind.NO_GRAD


def addends(node: Node) -> list[Node | Tensor]:
    """What is added up, or the one thing that is scaled, as far as it has a graph or may have one."""
    found = [*node.inputs, *(origin for _, origin in node.possible if origin is not None)]
    return found if adds(node) or (_scales(node) and len(found) == 1) else []


def adds(node: Node) -> bool:
    """Whether an operation gives a sum of what it is given."""
    return node.name.removesuffix("_") in SUMS


def _scales(node: Node) -> bool:
    return node.name.removesuffix("_") in SCALED


def _shifts(behind: Iterable[Node | Tensor], trained: Collection[Node | Tensor]) -> bool:
    """Whether what lies behind a place where a graph was left is trained as a part of a loss, or made of one right
    away; or an extreme, which is taken off before an exponential and added again."""
    nodes = [each for each in behind if isinstance(each, Node)]
    made_of = chain(behind, *(each.inputs for each in nodes))
    return any(each.name in _EXTREMES for each in nodes) or any(each in trained for each in made_of)
