"""Calls of the ``forward`` of a module that the file builds."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.code.built_modules import builds_module
from torchlint.syntax.tree import dotted, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts


def forward_calls(facts: CodeFacts) -> Iterator[tuple[ast.Call, ast.Attribute]]:
    """Every call of ``x.forward``, where all that the file ever assigns to ``x`` are modules that it builds there."""
    nodes = list(walk(facts.tree()))
    calls = [(each, each.func) for each in nodes if isinstance(each, ast.Call)]
    found = [(call, func) for call, func in calls if isinstance(func, ast.Attribute) and func.attr == "forward"]
    if not found:
        return
    assigned: dict[str, bool] = {}
    for each in nodes:
        match each:
            case ast.Assign(targets=targets, value=value):
                for name in filter(None, map(dotted, targets)):
                    assigned[name] = assigned.get(name, True) and builds_module(value, facts)
            case ast.arg(arg=name):
                assigned[name] = False
            case ast.For(target=target) | ast.comprehension(target=target):
                assigned.update((part.id, False) for part in walk(target) if isinstance(part, ast.Name))
    yield from ((call, func) for call, func in found if assigned.get(dotted(func.value) or ""))
