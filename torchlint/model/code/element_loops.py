"""Loops that write a tensor element by element, where one operation would write all of it."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.named_calls import public_name
from torchlint.syntax.tree import Function, names_bound, statements, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.code.protocol import CodeFacts

_MAKERS = frozenset(f"torch.{name}{like}" for name in ("zeros", "ones", "empty", "full") for like in ("", "_like"))
_FUNCTIONS = frozenset(
    "abs acos acosh asin asinh atan atan2 atanh ceil cos cosh erf exp expm1 floor fmod hypot isfinite isinf isnan log "
    "log10 log1p log2 maximum minimum pow round sigmoid sign sin sinh sqrt square tan tanh trunc".split()
)
"""What ``torch`` and ``math`` compute of each element by itself."""
_BUILTIN = frozenset(("abs", "float", "int", "max", "min"))
_FEW = 16


class ElementLoop(NamedTuple):
    """``at`` gives each element of ``name`` its value, computed from those of the same index alone."""

    at: ast.For
    name: str


def element_loops(facts: CodeFacts) -> Iterator[ElementLoop]:
    """Every outermost loop over a range that does nothing else."""
    for scope in [facts.tree(), *(each for each in walk(facts.tree()) if isinstance(each, Function))]:
        made = _made(scope, facts)
        inner: set[ast.AST] = set()
        for loop in statements(scope.body) if made else ():
            if isinstance(loop, ast.For) and loop not in inner:
                written = _written(loop, facts)
                if written in made and written is not None:
                    inner.update(each for each in walk(loop) if isinstance(each, ast.For))
                    yield ElementLoop(loop, written)


def _made(scope: Function | ast.Module, facts: CodeFacts) -> set[str]:
    """The names that a scope binds once, to a new tensor."""
    found: dict[str, int] = {}
    tensors = set()
    for statement in statements(scope.body):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func)):
                found[name] = found.get(name, 0) + 1
                if public_name(func, facts) in _MAKERS:
                    tensors.add(name)
            case ast.For():
                found.update(dict.fromkeys(names_bound(statement.target), 2))
            case ast.Assign() | ast.AnnAssign() | ast.With() | ast.AsyncFor():
                found.update(dict.fromkeys(names_bound(statement), 2))
    return {name for name in tensors if found[name] == 1}


def _written(loop: ast.For, facts: CodeFacts, outer: Sequence[str] = ()) -> str | None:
    """The name of the tensor that a loop over ranges writes, None where it does anything else."""
    match loop:
        case ast.For(
            target=ast.Name(id=index),
            iter=ast.Call(func=ast.Name(id="range"), args=[*_, count]),
            body=[body],
            orelse=[],
        ) if not (isinstance(count, ast.Constant) and isinstance(count.value, int) and count.value <= _FEW):
            indices = [*outer, index]
            if isinstance(body, ast.For):
                return _written(body, facts, indices)
            return _target(body, indices, facts)
    return None


def _target(statement: ast.stmt, indices: Sequence[str], facts: CodeFacts) -> str | None:
    """The tensor whose element at some indices a statement writes, by nothing but elements of others."""
    match statement:
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=name)) as target], value=value):
            if _indices(target.slice) == list(indices) and _is_by_element(value, name, indices, facts):
                return name
    return None


def _indices(node: ast.expr) -> list[str]:
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return [each.id if isinstance(each, ast.Name) else "" for each in parts]


def _is_by_element(value: ast.expr, written: str, indices: Sequence[str], facts: CodeFacts) -> bool:
    """Whether a value is computed of elements at these very indices, numbers and names that are no index."""

    def of_all(*nodes: ast.expr) -> bool:
        return all(_is_by_element(each, written, indices, facts) for each in nodes)

    match value:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name != written and name not in indices
        case ast.Subscript(value=ast.Name(id=name)):
            return name != written and bool(found := _indices(value.slice)) and set(found) <= set(indices)
        case ast.BinOp(left=left, right=right):
            return of_all(left, right)
        case ast.UnaryOp(operand=operand):
            return of_all(operand)
        case ast.Call(func=ast.Attribute(value=owner, attr="item"), args=[], keywords=[]):
            return of_all(owner)
        case ast.Call(func=func, args=given, keywords=[]) if given:
            root, _, name = public_name(func, facts).rpartition(".")
            is_known = (root in ("torch", "math") and name in _FUNCTIONS) or (
                isinstance(func, ast.Name) and func.id in _BUILTIN
            )
            return is_known and of_all(*given)
    return False
