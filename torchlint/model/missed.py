"""Whether somebody can miss a change of a name's value: where a scope reads it, and where the value comes from."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.syntax.names import parameters
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from torchlint.model.scopes import Scope, Site


class Uses:
    """Where a scope reads and binds names, seen from one statement of it."""

    def __init__(self, scope: Scope, site: Site, ignored: frozenset[cst.CSTNode]) -> None:
        self._scope = scope
        self._site = site
        self._ignored = ignored

    @cached_property
    def _later(self) -> frozenset[str]:
        """The names that are read after the statement, or anywhere in a loop around it."""
        reads = _Reads(self._ignored)
        loops = [each for each in self._site.parents if isinstance(each, (cst.For, cst.While))]
        if loops:
            walk(loops[0], reads)
        reads.after = self._site.node
        walk(self._scope.body, reads)
        return frozenset(reads.names)

    def later(self, name: str) -> bool:
        """Whether a name is read after the statement."""
        return name in self._later

    def matter(self, name: str, only_here: bool) -> bool:
        """Whether somebody can miss a change of what a name means: it is read later, or the value is not this
        function's own, unless nobody would expect a change of that value (``only_here``: a move to a device, a function
        of it)."""
        return self.later(name) or not (only_here or self._is_fresh(name))

    def _is_fresh(self, name: str) -> bool:
        """Whether every value of a name is made in this scope."""
        if self._scope.function is not None and name in parameters(self._scope.function):
            return False
        bindings = [each.node for each in self._scope.sites if _binds(each.node, name)]
        return all(isinstance(each, cst.Assign) and _is_computed(each.value) for each in bindings)


def _binds(node: cst.CSTNode, name: str) -> bool:
    """Whether an assignment or a loop binds a name."""
    match node:
        case cst.Assign(targets=targets):
            return any(name in names_in(each.target) for each in targets)
        case cst.For(target=target):
            return name in names_in(target)
    return False


def _is_computed(node: cst.BaseExpression) -> bool:
    """Whether an expression makes a value, and is no other name for one that is already there."""
    if isinstance(node, cst.IfExp):
        return _is_computed(node.body) and _is_computed(node.orelse)
    return isinstance(node, (cst.Call, cst.BinaryOperation, cst.UnaryOperation, cst.Comparison))


class _Reads(cst.CSTVisitor):
    """Collects the names that are read, from the statement ``after`` on if there is one."""

    def __init__(self, ignored: frozenset[cst.CSTNode]) -> None:
        self.names: set[str] = set()
        self.after: cst.CSTNode | None = None
        self._ignored = ignored
        self._targets: set[cst.CSTNode] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if node is self.after:
            self.after = None
        if node in self._ignored:
            return False
        if isinstance(node, cst.AssignTarget) and isinstance(node.target, cst.Name):
            return False
        if isinstance(node, cst.For):
            self._targets.add(node.target)
        if isinstance(node, cst.Name) and self.after is None and node not in self._targets:
            self.names.add(node.value)
        return True


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
