"""Whether somebody can miss a change of a name's value: where a scope reads it, and where the value comes from."""

from __future__ import annotations

from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.syntax.names import parameters
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.model.code.scopes import Scope, Site


class Uses:
    """Where a scope reads and binds names; what its statements ``ignored`` read does not count."""

    def __init__(self, scope: Scope, ignored: frozenset[cst.CSTNode]) -> None:
        self._scope = scope
        self._ignored = ignored

    @cached_property
    def _reads(self) -> _Reads:
        reads = _Reads(self._ignored)
        walk(self._scope.body, reads)
        return reads

    @cached_property
    def _bindings(self) -> Mapping[str, Sequence[cst.CSTNode]]:
        """The assignments and loops that bind each name."""
        bindings: dict[str, list[cst.CSTNode]] = {}
        for site in self._scope.sites:
            for name in _bound(site.node):
                bindings.setdefault(name, []).append(site.node)
        return bindings

    def later(self, site: Site, name: str) -> bool:
        """Whether a name is read after a statement, or anywhere in a loop around it."""
        loop = next((each for each in site.parents if isinstance(each, (cst.For, cst.While))), None)
        return self._reads.after(site.node, name) or (loop is not None and self._reads.inside(loop, name))

    def matter(self, site: Site, name: str, only_here: bool) -> bool:
        """Whether somebody can miss a change of what a name means after a statement: it is read later, or the value is
        not this function's own, unless nobody would expect a change of that value (``only_here``: a move to a device, a
        function of it). An item of a container that is read later is read with it."""
        if self.later(site, name) or not (only_here or self._is_fresh(name)):
            return True
        return any(self._reads.behind(loop, each) for loop, each in self._containers(site, name))

    def _containers(self, site: Site, name: str) -> Iterator[tuple[cst.CSTNode, str]]:
        """The containers made in this scope over whose items a loop around a statement runs under a name."""
        for loop in site.parents:
            if isinstance(loop, cst.For) and name in names_in(loop.target):
                for each in names_in(loop.iter):
                    made = self._bindings.get(each, ())
                    if made and all(isinstance(one, cst.Assign) and _is_container(one.value) for one in made):
                        yield loop, each

    def _is_fresh(self, name: str) -> bool:
        """Whether every value of a name is made in this scope."""
        if self._scope.function is not None and name in parameters(self._scope.function):
            return False
        bindings = self._bindings.get(name, ())
        return all(isinstance(each, cst.Assign) and _is_computed(each.value) for each in bindings)


def _bound(node: cst.CSTNode) -> frozenset[str]:
    """The names in what an assignment or a loop binds."""
    match node:
        case cst.Assign(targets=targets):
            return frozenset(name for each in targets for name in names_in(each.target))
        case cst.For(target=target):
            return names_in(target)
    return frozenset()


def _is_computed(node: cst.BaseExpression) -> bool:
    """Whether an expression makes a value, and is no other name for one that is already there."""
    if isinstance(node, cst.IfExp):
        return _is_computed(node.body) and _is_computed(node.orelse)
    return isinstance(node, (cst.Call, cst.BinaryOperation, cst.UnaryOperation, cst.Comparison))


def _is_container(node: cst.BaseExpression) -> bool:
    """Whether an expression makes a container whose items stay what they are."""
    match node:
        case cst.Call(func=cst.Attribute(attr=cst.Name(value="state_dict"))):
            return True
    return isinstance(node, (cst.List, cst.ListComp, cst.Dict, cst.DictComp, cst.Tuple))


class _Reads(cst.CSTVisitor):
    """Where each name is read, counted in the order of the source."""

    def __init__(self, ignored: frozenset[cst.CSTNode]) -> None:
        self._ignored = ignored
        self._targets: set[cst.CSTNode] = set()
        self._at: dict[str, list[int]] = {}
        self._count = 0
        self._first: dict[cst.CSTNode, int] = {}
        self._last: dict[cst.CSTNode, int] = {}

    def after(self, node: cst.CSTNode, name: str) -> bool:
        """Whether a name is read in a statement or after it."""
        found = self._at.get(name)
        return found is not None and found[-1] >= self._first[node]

    def behind(self, loop: cst.CSTNode, name: str) -> bool:
        """Whether a name is read after a loop."""
        found = self._at.get(name)
        return found is not None and found[-1] >= self._last[loop]

    def inside(self, loop: cst.CSTNode, name: str) -> bool:
        """Whether a name is read in a loop."""
        found = self._at.get(name, [])
        at = bisect_left(found, self._first[loop])
        return at < len(found) and found[at] < self._last[loop]

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, (cst.BaseSmallStatement, cst.BaseCompoundStatement)):
            self._first[node] = self._count
        if node in self._ignored:
            return False
        if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Name):
            return False
        if isinstance(node, cst.For):
            self._targets.add(node.target)
        if isinstance(node, cst.Name) and node not in self._targets:
            self._at.setdefault(node.value, []).append(self._count)
            self._count += 1
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, (cst.For, cst.While)):
            self._last[original_node] = self._count


def names_in(node: cst.CSTNode) -> frozenset[str]:
    """Every name in a tree."""
    visitor = _Names()
    walk(node, visitor)
    return frozenset(visitor.names)


class _Names(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Name):
            self.names.add(node.value)
        return True
