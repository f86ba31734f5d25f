"""Assignments to attributes of ``self``, as LibCST sees them, together with what the interpreter says they keep."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.modules.construction import INIT, Found, Target
from torchlint.model.modules.uses import reached_from
from torchlint.model.modules.values import UNKNOWN, Kept, join
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from torchlint.model.modules.construction import Construction


@dataclass(frozen=True, slots=True)
class Store:
    """One assignment ``self.attribute = value``.

    ``method`` is the one that runs it. ``early``: no ``__init__`` of a base has run by then. ``conditional``: it stands
    in a branch or loop, or not every path comes to it. ``node`` is the statement, ``target`` the attribute.
    """

    attribute: str
    value: Kept
    method: str
    node: cst.BaseSmallStatement
    target: cst.Attribute
    expression: cst.BaseExpression
    early: bool
    conditional: bool


@dataclass(frozen=True, slots=True)
class Site:
    """Where an attribute is assigned, as it is written."""

    attribute: str
    node: cst.BaseSmallStatement
    target: cst.Attribute
    expression: cst.BaseExpression
    conditional: bool


def sites_in(method: cst.FunctionDef) -> list[Site]:
    """The assignments of a method to attributes of ``self``, in source order; those of nested functions excluded."""
    visitor = _Sites()
    walk(method.body, visitor)
    return visitor.found


class _Sites(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: list[Site] = []
        self._depth = 0

    def on_visit(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.Assign(targets=targets, value=value):
                for each in targets:
                    self._target(each.target, value, node)
                return False
            case (
                cst.AnnAssign(target=target, value=cst.BaseExpression() as value)
                | cst.AugAssign(target=target, value=value)
            ):
                self._target(target, value, node)
                return False
            case cst.FunctionDef() | cst.ClassDef() | cst.BaseExpression():
                return False
        self._depth += type(node) in _BRANCHING
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        self._depth -= type(original_node) in _BRANCHING

    def _target(self, target: cst.BaseExpression, value: cst.BaseExpression, node: cst.BaseSmallStatement) -> None:
        match target:
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                parts = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
                for index, each in enumerate(elements):
                    self._target(each.value, parts[index].value if len(parts) == len(elements) else value, node)
            case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
                self.found.append(Site(name, node, target, value, self._depth > 0))


_BRANCHING = frozenset((cst.If, cst.For, cst.While, cst.Try, cst.TryStar, cst.Match))


class Stores:
    """The assignments of one class: its ``methods`` with the ``sites`` at which they are written, and the
    ``construction`` that runs them."""

    def __init__(
        self, methods: Mapping[str, cst.FunctionDef], sites: Mapping[str, Sequence[Site]], construction: Construction
    ) -> None:
        self._methods = methods
        self._construction = construction
        self._sites = sites
        self._known = {name: each for name, each in sites.items() if self._is_same(name, each)}

    def _is_same(self, method: str, sites: Sequence[Site]) -> bool:
        """Whether a method is that of the same name that the interpreter knows."""
        return [each.attribute for each in sites] == list(self._construction.attributes(method))

    @cached_property
    def built(self) -> Mapping[str, Sequence[Store]]:
        """What the constructor stores, by attribute."""
        return _by_attribute(store for _, store in self._built)

    @cached_property
    def _built(self) -> Sequence[tuple[Target, Store]]:
        return list(_stores(self._known, INIT, self._construction.stored))

    def grown(self, attribute: str) -> Sequence[Store]:
        """What the constructor stores as an attribute, once the methods have run that add to it."""
        stores = [(place, store) for place, store in self._built if store.attribute == attribute]
        for method in self._construction.adding.get(attribute, ()):
            _, found = self._construction.later(method)
            stores = [(place, _grown(store, found.get(place))) for place, store in stores]
        return [store for _, store in stores]

    @cached_property
    def all(self) -> Mapping[str, Sequence[Store]]:
        """What all methods store, by attribute, in the order in which they run: the constructor first. Of others it is
        only known what they may register."""
        constructing = {INIT, *self._construction.called}
        stores = [store for _, store in self._built]
        for name, sites in self._sites.items():
            if name not in constructing and any(_may_register(each.expression) for each in sites):
                found, _ = self._construction.later(name)
                stores += (store for _, store in _stores(self._known, name, found))
        told = {(store.method, store.target) for store in stores}
        for name in self._methods:
            method = INIT if name in constructing else name
            others = sorted(reached_from(name, self._methods) & constructing) if method == name else []
            unseen = (each for other in (name, *others) for each in self._sites[other])
            stores += [_unseen(each, method) for each in unseen if (method, each.target) not in told]
        return _by_attribute(stores)


def _unseen(site: Site, method: str) -> Store:
    """An assignment of which nothing is known but that a method runs it."""
    return Store(site.attribute, UNKNOWN, method, site.node, site.target, site.expression, False, True)


def _grown(store: Store, found: Found | None) -> Store:
    """What is kept once another method has run, which may have added something to a container."""
    if found is None or store.value.kind is not Kind.CONTAINER or found.joined.contents == store.value.contents:
        return store
    return replace(store, value=join(store.value, found.joined))


def _may_register(node: cst.BaseExpression) -> bool:
    """Whether what an expression gives may be a parameter or a module: it makes one, or another function may."""
    match node:
        case cst.Name(value=name):
            return name not in ("None", "True", "False")
        case cst.Call(func=cst.Name()) | cst.Call(func=cst.Attribute(value=cst.Name(value="self"))) | cst.IfExp():
            return True
        case cst.Call(func=cst.Attribute(value=value, attr=cst.Name(value=name))):
            return name.lstrip("_")[:1].isupper() or (isinstance(value, cst.Call) and _may_register(value))
        case cst.BooleanOperation(left=left, right=right):
            return _may_register(left) or _may_register(right)
    return isinstance(node, (cst.Tuple, cst.NamedExpr))


def _by_attribute(stores: Iterable[Store]) -> Mapping[str, Sequence[Store]]:
    found: dict[str, list[Store]] = {}
    for store in stores:
        found.setdefault(store.attribute, []).append(store)
    return found


def _stores(
    sites: Mapping[str, Sequence[Site]], method: str, found: Mapping[Target, Found]
) -> Iterator[tuple[Target, Store]]:
    """What a method stores, each value of ``one if test else other`` on its own."""
    for place, each in sorted(found.items(), key=lambda item: item[1].order):
        if place.method not in sites:
            continue
        site = sites[place.method][place.number]
        value = each.joined
        is_added = isinstance(site.node, cst.AugAssign)
        if is_added and value.kind is Kind.CONTAINER:
            continue
        conditional = site.conditional or (method == INIT and not each.always)
        values = [value if not is_added or value.kind is Kind.TENSOR else UNKNOWN]
        if value.kind is Kind.UNKNOWN and isinstance(site.expression, cst.IfExp):
            values, conditional = list(dict.fromkeys(each.kept)), True
        for one in values:
            yield (
                place,
                Store(
                    site.attribute,
                    one,
                    method,
                    site.node,
                    site.target,
                    site.expression,
                    each.early and method == INIT,
                    conditional,
                ),
            )
