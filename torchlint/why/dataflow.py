"""What a variable is computed from in one function, by the names in its statements alone."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.why.signs import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_ROUNDS = 20


def sources_of(names: Iterable[str], body: ast.AST) -> tuple[frozenset[str], frozenset[ast.stmt]]:
    """The names that some names are computed from, themselves included, and the statements that do it."""
    known, used = set(names), set[ast.stmt]()
    assignments = [each for each in ast.walk(body) if isinstance(each, ast.Assign | ast.AugAssign | ast.AnnAssign)]
    for _ in range(MAX_ROUNDS):
        new = [each for each in assignments if each not in used and _targets(each) & known]
        if not new:
            break
        used.update(new)
        known.update(*(names_in(each.value) for each in new if each.value is not None))
    return frozenset(known), frozenset(used)


def _targets(node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> frozenset[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return frozenset().union(*map(names_in, targets))
