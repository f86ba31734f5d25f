"""Names -> what they mean: imports, aliases, local imports and shadowing. What is ambiguous means nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.syntax.outline import USUAL, Outline
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


def dotted(node: cst.CSTNode) -> str | None:
    """``a.b.c`` as text, or None for anything but names and attributes."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    parts.append(node.value)
    return ".".join(reversed(parts))


@dataclass(frozen=True, slots=True)
class Names:
    """The meaning of dotted names in one scope of a file.

    ``local`` are the names that enclosing functions bind, with what they import (None: something else).
    """

    outline: Outline
    local: Mapping[str, str | None]

    def within(self, function: cst.FunctionDef | cst.Lambda) -> Names:
        """The names as seen inside a function of this scope."""
        return Names(self.outline, {**self.local, **bindings(function)})

    def qualify(self, name: str) -> str | None:
        """The absolute dotted name that a dotted name means, or None. Relative imports keep their leading dots."""
        root, _, rest = name.partition(".")
        meaning = self._root(root)
        if meaning is None:
            return None
        return f"{meaning}.{rest}" if rest else meaning

    def _root(self, root: str) -> str | None:
        if root in self.local:
            return self.local[root]
        if root in self.outline.bound:
            return None
        return self.outline.imports.get(root) or USUAL.get(root)

    def of(self, node: cst.CSTNode) -> str | None:
        """What a name or attribute node means, or None."""
        name = dotted(node)
        return self.qualify(name) if name else None

    def is_free(self, root: str) -> bool:
        """Whether no scope that is seen binds a name, so that only a star import or a builtin can."""
        return root not in self.local and root not in self.outline.bound and root not in self.outline.imports


class _Bindings:
    """Collects the names that the statements of a function bind, those of nested functions excluded."""

    def __init__(self) -> None:
        self.names: dict[str, str | None] = {}

    def read(self, suite: cst.BaseSuite) -> None:
        for statement in suite.body:
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    self._small(small)
            elif isinstance(statement, cst.BaseSmallStatement):
                self._small(statement)
            else:
                self._compound(statement)

    def _small(self, node: cst.BaseSmallStatement) -> None:
        if isinstance(node, cst.Assign):
            for each in node.targets:
                self._targets(each.target)
        elif isinstance(node, (cst.AnnAssign, cst.AugAssign)):
            self._targets(node.target)
        elif isinstance(node, cst.ImportFrom):
            self._import_from(node)
        elif isinstance(node, cst.Import):
            for alias in node.names:
                module = alias.evaluated_name
                self._bind(_alias_name(alias), module if alias.asname else module.partition(".")[0])

    def _import_from(self, node: cst.ImportFrom) -> None:
        if isinstance(node.names, cst.ImportStar):
            return
        prefix = "." * len(node.relative) + (dotted(node.module) or "" if node.module else "")
        joint = "" if not prefix or prefix.endswith(".") else "."
        for alias in node.names:
            self._bind(_alias_name(alias), f"{prefix}{joint}{alias.evaluated_name}")

    def _compound(self, node: cst.BaseStatement) -> None:
        match node:
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                self._bind(name.value, None)
                return
            case cst.For(target=target):
                self._targets(target)
            case cst.With(items=items):
                for item in items:
                    if item.asname is not None:
                        self._targets(item.asname.name)
        for block in blocks(node):
            self.read(block)

    def _targets(self, node: cst.CSTNode) -> None:
        if isinstance(node, cst.Name):
            self._bind(node.value, None)
        elif isinstance(node, (cst.Tuple, cst.List)):
            for element in node.elements:
                self._targets(element.value)

    def _bind(self, name: str, meaning: str | None) -> None:
        self.names[name] = meaning if self.names.get(name, meaning) == meaning else None


def blocks(node: cst.BaseStatement) -> Iterator[cst.BaseSuite]:
    """The suites of a compound statement in order; those of its ``elif``, ``else``, handlers and cases included."""
    body = getattr(node, "body", None)
    if isinstance(body, cst.BaseSuite):
        yield body
    orelse = getattr(node, "orelse", None)
    if isinstance(orelse, cst.If):
        yield from blocks(orelse)
    elif orelse is not None:
        yield orelse.body
    for name in ("handlers", "cases"):
        for part in getattr(node, name, ()):
            yield part.body
    final = getattr(node, "finalbody", None)
    if final is not None:
        yield final.body


def bindings(function: cst.FunctionDef | cst.Lambda) -> Mapping[str, str | None]:
    """The names that a function binds, parameters included, each with what it imports or None.

    The targets of comprehensions and of ``:=`` are left out: nobody calls them ``torch``.
    """
    collected = _Bindings()
    for name in parameters(function):
        collected.names[name] = None
    if isinstance(function, cst.FunctionDef):
        collected.read(function.body)
    return collected.names


def parameters(function: cst.FunctionDef | cst.Lambda) -> Collection[str]:
    """The names of a function's parameters in order, ``*args`` and ``**kwargs`` included."""
    params = function.params
    every = [*params.posonly_params, *params.params, params.star_arg, *params.kwonly_params, params.star_kwarg]
    return [each.name.value for each in every if isinstance(each, cst.Param)]


def _alias_name(alias: cst.ImportAlias) -> str:
    return alias.evaluated_alias or alias.evaluated_name.partition(".")[0]


def classes_in(module: cst.Module, names: Names) -> Sequence[tuple[cst.ClassDef, Names]]:
    """Every class of a tree in source order, each with the meaning of names around it."""
    visitor = _ClassFinder(names)
    walk(module, visitor)
    return visitor.found


_BLOCKS = (
    cst.BaseCompoundStatement,
    cst.BaseSuite,
    cst.Module,
    cst.Else,
    cst.Finally,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.MatchCase,
)


class _ClassFinder(cst.CSTVisitor):
    def __init__(self, names: Names) -> None:
        self.found: list[tuple[cst.ClassDef, Names]] = []
        self._names = [names]

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.ClassDef):
            self.found.append((node, self._names[-1]))
        elif isinstance(node, cst.FunctionDef):
            self._names.append(self._names[-1].within(node))
        return isinstance(node, _BLOCKS)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef):
            self._names.pop()
