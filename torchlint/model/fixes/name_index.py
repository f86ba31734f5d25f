"""Where the scopes of a file bind and read each name, found once for each scope."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.fixes.editor import own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


class NameIndex:
    """The names of the scopes that were asked about."""

    def __init__(self) -> None:
        self._stores: dict[ast.AST, Mapping[str, Sequence[ast.Name]]] = {}
        self._reads: dict[ast.AST, Mapping[str, Sequence[ast.Name]]] = {}
        self._declared: dict[ast.AST, frozenset[str]] = {}

    def stores(self, scope: ast.AST) -> Mapping[str, Sequence[ast.Name]]:
        """Where a scope binds each name."""
        if scope not in self._stores:
            self._stores[scope] = _by_name(own_nodes(scope), stores=True)
        return self._stores[scope]

    def reads(self, scope: ast.AST) -> Mapping[str, Sequence[ast.Name]]:
        """Where a scope, or what is defined in it, reads each name."""
        if scope not in self._reads:
            self._reads[scope] = _by_name(ast.walk(scope), stores=False)
        return self._reads[scope]

    def declared(self, scope: ast.AST) -> frozenset[str]:
        """The names that a scope declares to be another's."""
        if scope not in self._declared:
            declared = (each for each in own_nodes(scope) if isinstance(each, (ast.Global, ast.Nonlocal)))
            self._declared[scope] = frozenset(name for each in declared for name in each.names)
        return self._declared[scope]


def _by_name(nodes: Iterable[ast.AST], *, stores: bool) -> Mapping[str, Sequence[ast.Name]]:
    found: dict[str, list[ast.Name]] = {}
    for each in nodes:
        if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load) is not stores:
            found.setdefault(each.id, []).append(each)
    return found
