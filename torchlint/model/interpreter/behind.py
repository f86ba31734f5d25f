"""What lies behind a value: what a backward from there would come to, and what it would have come to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.graph import reachable
from torchlint.model.autograd.results import tensors_in
from torchlint.model.interpreter.loss_terms import adds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from torchlint.model.autograd.history import Reach
    from torchlint.model.autograd.tensor import Cut, Node, Tensor


class Behind:
    """What a backward would come to if all that may require grad did: nodes, leaves, modules that are not looked
    into, and where graphs were left on the way."""

    def __init__(self, reach: Reach, starts: Iterable[Node | Tensor]) -> None:
        self._reach = reach
        self._cut: dict[Cut, Behind] = {}
        nodes, leaves = reachable(starts, _sources)
        self.leaves = frozenset(leaves)
        self.ends = self.leaves.union(nodes)
        self.modules = {reach.modules[each] for each in nodes if each in reach.modules}
        self.modules.update(each.through for each in nodes if each.through)
        self.takers: dict[Cut, list[Node]] = {each.cut: [] for each in leaves if each.cut is not None}
        for node in nodes:
            for cut in node.ended:
                self.takers.setdefault(cut, []).append(node)

    def cut_off(self, cut: Cut) -> Behind:
        """What lies behind a place where a graph was left."""
        if cut not in self._cut:
            self._cut[cut] = Behind(self._reach, self._reach.left[cut])
        return self._cut[cut]

    def is_term(self, cut: Cut) -> bool:
        """Whether what was cut is added to something with a graph: a whole term of a loss."""
        return any(map(adds, self.takers[cut]))

    def feeds_layer(self, cut: Cut) -> bool:
        """Whether something with parameters takes what was cut, or anything that is not looked into."""
        return any(each.through is not None or _has_parameters(each) for each in self.takers[cut])

    def trains(self, cut: Cut) -> bool:
        """Whether something that lies behind a place where a graph was left gets gradients all the same."""
        behind = self.cut_off(cut)
        return not (self.leaves.isdisjoint(behind.leaves) and self.modules.isdisjoint(behind.modules))

    def meets(self, parameters: Iterable[Tensor], modules: Iterable[object]) -> bool:
        """Whether some parameters are there, or some of modules that are not looked into."""
        return not (self.leaves.isdisjoint(parameters) and self.modules.isdisjoint(modules))


def _has_parameters(node: Node) -> bool:
    return any(tensor.is_parameter for each in node.inputs for tensor in tensors_in(each, 0))


def _sources(node: Node) -> Iterator[Node | Tensor]:
    yield from node.inputs
    for source, origin in node.possible:
        yield from source.flow if origin is None else (origin,)
