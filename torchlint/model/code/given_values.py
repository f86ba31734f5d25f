"""What a name is given in its own scope, as far as that is written there."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.code.protocol import Places
    from torchlint.model.code.references import References


def given_values(places: Places, name: ast.Name) -> Sequence[ast.AST]:
    """All that a scope gives to a name: values, or a node that binds it where that value is not seen."""
    scope = places.scope(name)
    values = [_given(each, name.id) for each in walk(scope) if each is not scope and places.scope(each) is scope]
    return [each for each in values if each is not None]


def parts_of(places: Places, value: ast.expr) -> Iterator[ast.expr]:
    """A value, or what is in it where it is a dictionary, list or tuple, written there or given to its name before."""
    if isinstance(value, ast.Name):
        found = given_values(places, value)
        value = found[0] if len(found) == 1 and isinstance(found[0], ast.Dict) else value
    match value:
        case ast.Dict(values=inside) | ast.List(elts=inside) | ast.Tuple(elts=inside):
            yield from inside
        case _:
            yield value


def saved_names(places: Places, references: References) -> Iterator[ast.Name]:
    """The names of what ``torch.save`` writes, in a dictionary, list or tuple or by themselves."""
    for call in references.calls("torch.save"):
        for saved in parts_of(places, call.args[0]) if call.args else ():
            if isinstance(saved, ast.Name):
                yield saved


def _given(node: ast.AST, name: str) -> ast.AST | None:
    """What a node gives to a name: a value, or the node itself where that is not seen."""
    match node:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            return value
        case ast.arg(arg=target) if target == name:
            return node
        case ast.For(target=ast.Name(id=target)) | ast.withitem(optional_vars=ast.Name(id=target)) if target == name:
            return node
        case ast.Tuple(ctx=ast.Store(), elts=parts) if any(isinstance(p, ast.Name) and p.id == name for p in parts):
            return node
    return None
