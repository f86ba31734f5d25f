"""A name that an import statement takes: written anew wherever the file uses it, so that the import can go."""

from __future__ import annotations

import ast
from itertools import pairwise
from typing import TYPE_CHECKING

from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torchlint.finding import Edit
    from torchlint.model.code.references import Reference
    from torchlint.model.fixes.protocol import FileFacts


def altogether(
    facts: FileFacts, reference: Reference, written: Mapping[ast.AST, Sequence[Edit] | None]
) -> Sequence[Edit] | None:
    """The edits of one use; if what it begins with is taken from a module, and every use of that is ``written`` anew,
    those of all of them, and without the import."""
    own, root = written[reference.node], root_of(reference.node)
    if own is None or root is None:
        return own
    by_root = {root_of(node): edits for node, edits in written.items()}
    uses = [each for each in walk(facts.layout.tree) if isinstance(each, ast.Name) and each.id == root.id]
    edits = [by_root.get(each) for each in uses]
    qualified = reference.name if root is reference.node else facts.outline.imports.get(root.id, "")
    dropped = _without_import(facts, root.id, qualified) if "." in qualified and all(edits) else None
    if dropped is None:
        return own
    every = [edit for each in edits for edit in each or ()]
    return [*dict.fromkeys(every), *dropped] if _are_apart(every) else own


def root_of(node: ast.AST) -> ast.Name | None:
    """The name that an expression of attributes begins with."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node if isinstance(node, ast.Name) else None


def is_exported(facts: FileFacts, name: str) -> bool:
    """Whether other files may take a name from this one."""
    if facts.source.path.replace("\\", "/").endswith("__init__.py"):
        return True
    return any(isinstance(each, ast.Constant) and each.value == name for each in walk(facts.layout.tree))


def _without_import(facts: FileFacts, name: str, qualified: str) -> Sequence[Edit] | None:
    """What takes the only import of a name away, None where it cannot be taken away."""
    nodes = [each.node for each in facts.references.of({qualified})]
    aliases = [each for each in nodes if isinstance(each, ast.alias) and (each.asname or each.name) == name]
    statement = facts.layout.parent(aliases[0]) if len(aliases) == 1 else None
    if not isinstance(statement, ast.ImportFrom) or is_exported(facts, name) or "#" in facts.layout.text(statement):
        return None
    if len(statement.names) == 1:
        return facts.layout.remove(statement)
    kept = ", ".join(facts.layout.text(each) for each in statement.names if each is not aliases[0])
    return (facts.layout.replace(statement, f"from {statement.module} import {kept}"),)


def _are_apart(edits: Sequence[Edit]) -> bool:
    spans = sorted({each.span for each in edits})
    return all(one.end <= other.start for one, other in pairwise(spans))
