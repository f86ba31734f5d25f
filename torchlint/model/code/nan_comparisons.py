"""Comparisons with NaN by ``==`` and ``is``."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.syntax.tree import imported_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAMES = frozenset(("torch.nan", "math.nan", "numpy.nan", "numpy.NaN", "numpy.NAN"))
_SIGNS = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)


def nan_comparisons(tree: ast.Module, imports: Mapping[str, str]) -> Iterator[tuple[ast.Compare, ast.expr, ast.expr]]:
    """Each comparison of something with NaN, what is compared, and the NaN; who compares NaN with itself knows."""
    for node in walk(tree):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _SIGNS):
            is_new = isinstance(node.ops[0], (ast.Is, ast.IsNot))
            sides = (node.left, node.comparators[0])
            left, right = (_is_nan(each, imports, is_new=is_new) for each in sides)
            if left is not right:
                yield node, sides[left], sides[right]


def comes_of_numpy(nan: ast.expr, imports: Mapping[str, str]) -> ast.expr | None:
    """How NumPy is written where a NaN is an attribute of it, as arrays are compared then; None for another NaN."""
    match nan:
        case ast.Attribute(value=owner) if imported_name(owner, imports) == "numpy":
            return owner
    return None


def _is_nan(node: ast.expr, imports: Mapping[str, str], *, is_new: bool) -> bool:
    """Whether an expression is NaN; ``is_new``: one that is made there, as no other object is it."""
    match node:
        case ast.Call(func=ast.Name(id="float"), args=[ast.Constant(value=str() as text)], keywords=[]):
            return text.strip().lstrip("+-").lower() == "nan"
    return not is_new and imported_name(node, imports) in _NAMES
