"""Calls of the classes of ``torch.autograd.Function``, which ``apply`` is meant for, and of their instances."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.code.function_saves import functions_of
from torchlint.syntax.tree import Function, dotted, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torchlint.model.code.protocol import CodeFacts


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call of a Function of the file, by its ``name``, or of an instance of it, which PyTorch refuses; ``built`` is
    how that was made."""

    at: ast.Call
    name: str
    built: ast.Call | None


def function_calls(facts: CodeFacts) -> Iterator[FunctionCall]:
    """Every call of an instance of a Function, and every Function built with inputs that it does not take."""
    functions = {each.name: each for each in functions_of(facts)}
    if not functions:
        return
    nodes = list(walk(facts.tree()))
    calls = [each for each in nodes if isinstance(each, ast.Call)]
    kept = _kept_instances(nodes, functions)
    inner = {each.func for each in calls}
    for call in calls:
        built = call.func if isinstance(call.func, ast.Call) else kept.get(dotted(call.func) or "")
        if built is not None and (name := dotted(built.func)) in functions and name is not None:
            yield FunctionCall(call, name, built)
        elif call.args and call not in inner and (name := dotted(call.func)) is not None:
            own = functions.get(name)
            if own is not None and not _has_constructor(own):
                yield FunctionCall(call, name, None)


def _has_constructor(owner: ast.ClassDef) -> bool:
    return len(owner.bases) > 1 or any(isinstance(each, Function) and each.name == "__init__" for each in owner.body)


def _kept_instances(nodes: list[ast.AST], functions: Collection[str]) -> dict[str, ast.Call]:
    """The names and attributes that only ever are given an instance of a Function."""
    kept: dict[str, list[ast.Call | None]] = {}
    for each in nodes:
        match each:
            case ast.Assign(targets=[target], value=value):
                is_one = isinstance(value, ast.Call) and dotted(value.func) in functions
                kept.setdefault(dotted(target) or "", []).append(value if is_one else None)  # type: ignore[arg-type]
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                kept.setdefault(name, [])
    return {name: found[0] for name, found in kept.items() if name and len(found) == 1 and found[0] is not None}
