"""The functions, class bodies and module statements of a region, and where in them each statement stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import libcst as cst

from torchlint.model.api.answers import OF_MODULES
from torchlint.syntax.names import Names, blocks
from torchlint.syntax.outline import RegionKind
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.modules.classes import Classes, Lineage
    from torchlint.syntax.outline import Outline
    from torchlint.syntax.region import Region

Statement = cst.BaseSmallStatement | cst.BaseCompoundStatement


class Site(NamedTuple):
    """A statement with the compound statements of its scope that it stands in, outermost first.

    ``line`` is the line of a small statement, None for a compound one.
    """

    node: Statement
    line: cst.SimpleStatementLine | cst.SimpleStatementSuite | None
    parents: tuple[cst.BaseCompoundStatement, ...]


@dataclass(eq=False)
class Scope:
    """What runs as one: a function, the body of a class, or the module's own statements.

    ``body`` is the tree that holds its statements, ``outer`` the scope around it. ``lineage`` is that of the class
    whose method it is, if any.
    """

    region: Region
    body: cst.BaseSuite | cst.Module
    function: cst.FunctionDef | None
    outer: Scope | None
    lineage: Lineage | None
    outline: Outline
    sites: list[Site] = field(default_factory=list)

    @cached_property
    def names(self) -> Names:
        """The meaning of names here; what a class body binds means nothing to its methods."""
        around = self.outer.names if self.outer else Names(self.outline, {})
        return around.within(self.function) if self.function else around

    @cached_property
    def modules(self) -> frozenset[str]:
        """The names that are asked here for what only modules have, or annotated as one."""
        found = _Modules()
        walk(self.body, found)
        params = self.function.params if self.function is not None else cst.Parameters()
        said = [each for each in (*params.posonly_params, *params.params, *params.kwonly_params) if each.annotation]
        found.names |= {each.name.value for each in said if self._is_module(each.annotation)}
        return frozenset(found.names)

    def _is_module(self, annotation: cst.Annotation | None) -> bool:
        return annotation is not None and self.names.of(annotation.annotation) == "torch.nn.Module"

    @property
    def whole(self) -> cst.CSTNode:
        """The outermost function that this scope stands in, or what is seen of the module."""
        scope = self
        while scope.outer is not None and scope.outer.function is not None:
            scope = scope.outer
        return scope.function or scope.body


class _Modules(cst.CSTVisitor):
    def __init__(self) -> None:
        self.names: set[str] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        match node:
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value=method))) if (
                method in OF_MODULES
            ):
                self.names.add(name)
        return True


def scopes_in(region: Region, outline: Outline, classes: Classes) -> Iterator[Scope]:
    """Every scope of a region, each with its statements in source order."""
    finder = _Finder(region, outline, classes)
    finder.start()
    yield from finder.found


class _Finder:
    """Walks the statements of a region; expressions are not looked into."""

    def __init__(self, region: Region, outline: Outline, classes: Classes) -> None:
        self.found: list[Scope] = []
        self._region = region
        self._outline = outline
        self._lineages = [classes.lineage(line) for line in outline.classes_in(region.outline)]
        self._class_count = 0

    def start(self) -> None:
        module = self._region.module
        self._scope(Scope(self._region, module, None, None, None, self._outline))

    def _scope(self, scope: Scope) -> None:
        self.found.append(scope)
        self._suite(scope.body, scope, ())

    def _suite(
        self, suite: cst.BaseSuite | cst.Module, scope: Scope, parents: tuple[cst.BaseCompoundStatement, ...]
    ) -> None:
        if isinstance(suite, cst.SimpleStatementSuite):
            scope.sites.extend(Site(each, suite, parents) for each in suite.body)
            return
        for node in suite.body:
            if isinstance(node, cst.SimpleStatementLine):
                scope.sites.extend(Site(each, node, parents) for each in node.body)
            elif isinstance(node, cst.BaseCompoundStatement):
                self._compound(node, scope, parents)

    def _compound(
        self, node: cst.BaseCompoundStatement, scope: Scope, parents: tuple[cst.BaseCompoundStatement, ...]
    ) -> None:
        scope.sites.append(Site(node, None, parents))
        unit = isinstance(node, (cst.FunctionDef, cst.ClassDef))
        if unit and self._region.outline.kind is RegionKind.MODULE:
            return  # a region of its own
        if isinstance(node, cst.FunctionDef):
            lineage = scope.lineage if scope.function is None else None
            self._scope(Scope(self._region, node.body, node, scope, lineage, self._outline))
        elif isinstance(node, cst.ClassDef):
            self._scope(Scope(self._region, node.body, None, scope, self._next_lineage(), self._outline))
        else:
            for block in blocks(node):
                self._suite(block, scope, (*parents, node))

    def _next_lineage(self) -> Lineage | None:
        at, self._class_count = self._class_count, self._class_count + 1
        return self._lineages[at] if at < len(self._lineages) else None
