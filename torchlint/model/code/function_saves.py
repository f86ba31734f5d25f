"""What a ``torch.autograd.Function`` saves in its ``forward``, and then changes there in place.

PyTorch takes what is saved when ``forward`` has returned, so that no version counter notices. Source: as run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.api.torch_names import INPLACE_METHODS
from torchlint.syntax.tree import Function, dotted, imported_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.code.protocol import CodeFacts

_FUNCTION = ("torch.autograd.Function", "torch.autograd.function.Function")


@dataclass(frozen=True, slots=True)
class ChangedSave:
    """``at`` changes the tensor of a ``name`` that the call ``saved`` was given."""

    at: ast.expr | ast.stmt
    name: str
    saved: ast.Call


def changed_saves(facts: CodeFacts) -> Iterator[ChangedSave]:
    """The first change of each tensor that the ``forward`` of a Function of the file has saved before."""
    if "save_for_backward" not in facts.source.text:
        return
    for node in functions_of(facts):
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name == "forward" and method.args.args:
                yield from _in_forward(method, method.args.args[0].arg)


def functions_of(facts: CodeFacts) -> Iterator[ast.ClassDef]:
    """The classes of the file that are a ``torch.autograd.Function``."""
    for node in facts.tree().body:
        if isinstance(node, ast.ClassDef) and any(
            imported_name(base, facts.outline.imports) in _FUNCTION for base in node.bases
        ):
            yield node


def _in_forward(method: ast.FunctionDef, context: str) -> Iterator[ChangedSave]:
    for index, statement in enumerate(method.body):
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and dotted(call.func) == f"{context}.save_for_backward":
            for name in dict.fromkeys(each.id for each in call.args if isinstance(each, ast.Name)):
                at = _changed(method.body[index + 1 :], name)
                if at is not None:
                    yield ChangedSave(at, name, call)


def _changed(body: Sequence[ast.stmt], name: str) -> ast.expr | ast.stmt | None:
    """The first change in place of what a name holds, None where it is bound anew before that."""
    for statement in body:
        nodes = sorted(walk(statement), key=lambda each: (getattr(each, "lineno", 0), getattr(each, "col_offset", 0)))
        for each in nodes:
            if isinstance(each, (ast.expr, ast.stmt)) and _changes(each, name):
                return each
        if any(isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store) for each in nodes):
            return None
        if any(isinstance(each, Function) for each in nodes):
            return None
    return None


def _changes(node: ast.expr | ast.stmt, name: str) -> bool:
    match node:
        case ast.AugAssign(target=ast.Name(id=found) | ast.Subscript(value=ast.Name(id=found))):
            return found == name
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=found))]):
            return found == name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr=method)) if found == name:
            return method in INPLACE_METHODS
    return False
