"""Paths that somebody outside of a file names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.syntax.tree import dotted, walk

if TYPE_CHECKING:
    from torchlint.model.code.protocol import Places

_OUTSIDE = ("sys.argv", "os.environ", "os.getenv")


def outside_source(places: Places, path: ast.expr) -> str:
    """What outside of the file names a path, empty where that is not seen."""
    scope = places.scope(path)
    own = scope.args if isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) else None
    parameters = {each.arg for each in walk(own) if isinstance(each, ast.arg)} if own is not None else set()
    for each in walk(path):
        if isinstance(each, ast.Name) and each.id in parameters - {"self", "cls"}:
            return f"the parameter `{each.id}`"
        if isinstance(each, ast.Attribute) and (dotted(each) or "") in _OUTSIDE:
            return f"`{dotted(each)}`"
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "input":
            return "`input`"
    return ""
