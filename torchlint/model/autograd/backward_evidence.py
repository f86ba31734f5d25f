"""What a backward proves of a graph that is only guessed, and what it frees of it.

A backward that did not raise had a graph to go through; where only one thing can have brought it, that had one too.
What it freed, it freed whatever else is not known, so that a second backward through it raises.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.tensor import Node
from torchlint.model.autograd.views import requires_grad

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from torchlint.model.autograd.tensor import Cut, Tensor


def has_proofs(text: str) -> bool:
    """Whether a file has a backward, without which it is no use to guess."""
    return "backward(" in text


def ended(tensor: Tensor) -> Cut | None:
    """Where the graph of a tensor ended whose only other sources are data."""
    found, waiting = None, [tensor.node]
    while waiting:
        node = waiting.pop()
        if node is None or node.inputs or node.through is not None:
            return None
        found = found or next(iter(node.ended), None)
        for source, origin in node.possible:
            if origin is not None:
                waiting.append(origin)
            elif not source.is_data:
                return None
    return found


def settle(tensor: Tensor) -> None:
    """A backward from a tensor did not raise, so that it requires grad, and so does what alone can have brought it."""
    waiting = [tensor]
    while waiting:
        each = waiting.pop()
        node = each.node
        if node is None or requires_grad(each) is Answer.NO:
            continue
        each.requires_grad, node.sure = Answer.YES, True
        if not node.inputs and len(node.possible) == 1 and not node.through:
            source, origin = node.possible[0]
            if origin is not None:
                node.inputs, node.possible = (origin,), ()
                if source.node is origin:
                    waiting.append(source)


def beyond(starts: Iterable[Node | Tensor]) -> dict[Node, frozenset[object]]:
    """The nodes that a backward reaches if everything on the way requires grad, with the unknown modules that it must
    pass."""
    found: dict[Node, frozenset[object]] = {}
    waiting = deque((each, frozenset[object]()) for each in starts if isinstance(each, Node))
    while waiting:
        node, through = waiting.popleft()
        if node in found:
            continue
        found[node] = through
        passed = through if not node.through else through | {node.through}
        more = [(each, passed) for each in _sources(node) if isinstance(each, Node)]
        if passed is through:
            waiting.extendleft(more)
        else:
            waiting.extend(more)
    return found


def freed_again(proven: Iterable[Node], reached: Mapping[Node, frozenset[object]]) -> Node | None:
    """A node that an earlier backward freed and this one needs, whatever brought the graph of a node that is
    ``proven`` to have one; None where there need be none. ``reached`` are the nodes of this backward."""
    if not any(node.freed for node in reached):
        return None
    starts = list(proven)
    needed: dict[Node, Node | None] = {}
    for node in sorted(beyond(starts), key=lambda node: node.order):
        needed[node] = _needed(node, reached, needed)
    return next((found for node in starts if (found := needed[node]) is not None), None)


def _needed(node: Node, reached: Mapping[Node, frozenset[object]], needed: Mapping[Node, Node | None]) -> Node | None:
    """What this backward needs again if a node has a graph: itself, or something for each of its sources."""
    is_freed = node.freed is not None and reached.get(node) == node.passed
    if is_freed and node.keeps is Answer.YES:
        return node
    by_factor = node if is_freed and node.keeps is Answer.MAYBE else None
    ends = [needed.get(each) if isinstance(each, Node) else by_factor for each in _sources(node)]
    return ends[0] if ends and all(ends) else None


def _sources(node: Node) -> Iterator[Node | Tensor | None]:
    yield from node.inputs
    yield from (origin for _, origin in node.possible)
