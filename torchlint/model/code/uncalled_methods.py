"""Statements that only name a method of a model, an optimizer or a scaler."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.syntax.tree import Function, dotted, last_name, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from typing import TypeGuard

_COMMON = frozenset({"train", "update"})
"""Names that much else has, as the ``train`` of a configuration."""
_TELLING = frozenset({"eval", "parameters", "load_state_dict", "state_dict", "scale", "unscale_"})
"""What only models, optimizers and scalers are asked for."""
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})


def named_methods(
    tree: ast.Module,
    cells: Sequence[range],
    names: Collection[str],
    around: Callable[[ast.AST], Iterable[ast.AST]],
) -> Iterator[ast.Attribute]:
    """Every statement that only names a method of one of some names, those left out that may be there on purpose.

    ``around`` gives what a node stands in, innermost first.
    """
    nodes = list(walk(tree))
    asked = {dotted(each.func.value) for each in nodes if isinstance(each, ast.Call) and _is_telling(each.func)}
    properties = {each.name for each in nodes if isinstance(each, Function) and each.decorator_list}
    for node in nodes:
        match node:
            case ast.Expr(value=ast.Attribute(value=owner, attr=name) as named) if name in names:
                is_known = name not in _COMMON or (dotted(owner) or "") in asked
                if (
                    is_known
                    and name not in properties
                    and not (_is_tried(node, around(node)) or _is_shown(node, tree, cells))
                ):
                    yield named


def _is_telling(func: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(func, ast.Attribute) and func.attr in _TELLING


def _is_tried(node: ast.AST, around: Iterable[ast.AST]) -> bool:
    """Whether a statement is there to find out whether there is such a method."""
    for each in around:
        match each:
            case ast.Try(body=[only]) if only is node:
                return True
            case ast.Try(handlers=handlers) if any(_mentions(one.type, ("AttributeError",)) for one in handlers):
                return True
            case ast.With(items=items) if any(_mentions(one.context_expr, _EXPECTING) for one in items):
                return True
        node = each
    return False


def _is_shown(node: ast.stmt, tree: ast.Module, cells: Sequence[range]) -> bool:
    """Whether a statement ends a cell of a notebook, which shows its value."""
    cell = next((each for each in cells if node.lineno in each), None)
    return (
        cell is not None and node in tree.body and not any(node.lineno < each.lineno < cell.stop for each in tree.body)
    )


def _mentions(node: ast.expr | None, names: Collection[str]) -> bool:
    return node is not None and any(last_name(each) in names for each in walk(node) if isinstance(each, ast.expr))
