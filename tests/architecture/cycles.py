"""Import cycles: what hangs together, and which imports hold it together. Imports for annotations count."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.architecture.ranks import VERSION
from tests.architecture.reading import When

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.architecture.reading import Import, Module

Edge = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Graph:
    """Which module imports which, and the imports that each edge stands for."""

    edges: dict[Edge, list[Import]] = field(default_factory=dict)

    @classmethod
    def of(cls, modules: Collection[Module], when: Collection[When] = tuple(When)) -> Graph:
        names = {each.name for each in modules}
        edges: dict[Edge, list[Import]] = {}
        for module in modules:
            for other, each in module.imported_modules(names):
                if each.when in when and each.name not in VERSION:
                    edges.setdefault((module.name, other), []).append(each)
        return cls(edges)

    def among(self, members: Collection[str]) -> Graph:
        """What is imported among some modules."""
        return Graph({edge: each for edge, each in self.edges.items() if edge[0] in members and edge[1] in members})

    def without(self, cut: Collection[Edge]) -> Graph:
        return Graph({edge: each for edge, each in self.edges.items() if edge not in cut})

    def cycles(self) -> list[list[str]]:
        """The strongly connected components of more than one module, the biggest first."""
        found = (sorted(each) for each in components(self.edges) if len(each) > 1)
        return sorted(found, key=lambda each: (-len(each), each))

    def biggest(self) -> int:
        """How many modules the biggest cycle has; 1 where there is none."""
        return max(map(len, components(self.edges)), default=1)


def components(edges: Iterable[Edge]) -> list[list[str]]:
    """Tarjan's strongly connected components, without recursion."""
    targets: dict[str, list[str]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
        targets.setdefault(target, [])
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found: list[list[str]] = []

    def enter(node: str) -> tuple[str, Iterator[str]]:
        index[node] = low[node] = len(index)
        stack.append(node)
        waiting.add(node)
        return node, iter(targets[node])

    for root in targets:
        path = [] if root in index else [enter(root)]
        while path:
            node, rest = path[-1]
            for target in rest:
                if target not in index:
                    path.append(enter(target))
                    break
                if target in waiting:
                    low[node] = min(low[node], index[target])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_popped(stack, node))
                    waiting.difference_update(found[-1])
    return found


def _popped(stack: list[str], node: str) -> list[str]:
    """What lies on a stack down to a node, taken off."""
    at = stack.index(node)
    taken = stack[at:]
    del stack[at:]
    return taken


def best_cuts(graph: Graph, number: int) -> list[tuple[Edge, int]]:
    """The single edges without which the biggest cycle would be smallest, each with the size that is left."""
    sizes = ((edge, graph.without([edge]).biggest()) for edge in graph.edges)
    return sorted(sizes, key=lambda each: (each[1], each[0]))[:number]


def best_modules(graph: Graph, number: int) -> list[tuple[str, list[Edge], int]]:
    """The modules that, imported by nobody else of the cycle, would leave the smallest one: a Protocol's place."""
    found = []
    for module in {target for _, target in graph.edges}:
        edges = [edge for edge in graph.edges if edge[1] == module]
        found.append((module, edges, graph.without(edges).biggest()))
    return sorted(found, key=lambda each: (each[2], len(each[1]), each[0]))[:number]


def back_edges(graph: Graph) -> list[Edge]:
    """Edges without which there is no cycle, few of them (Eades, Lin and Smyth 1993), sorted."""
    left = {name for edge in graph.edges for name in edge}
    first: list[str] = []
    last: list[str] = []
    while left:
        out = dict.fromkeys(left, 0)
        into = dict(out)
        for source, target in graph.among(left).edges:
            out[source] += 1
            into[target] += 1
        ends = sorted(name for name in left if not out[name])
        starts = sorted(name for name in left if not into[name])
        if ends:
            last = [*ends, *last]
        elif starts:
            first += starts
        else:
            first.append(max(sorted(left), key=lambda name: out[name] - into[name]))
        left -= {*first, *last}
    position = {name: number for number, name in enumerate([*first, *last])}
    return sorted(edge for edge in graph.edges if position[edge[0]] > position[edge[1]])
