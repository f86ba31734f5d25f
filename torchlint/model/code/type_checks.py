"""Branches that code only runs for values of some type."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.syntax.tree import last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

_CHECKS = frozenset({"isinstance", "type", "is_tensor", "hasattr"})


def is_asked_for(value: ast.AST, around: Iterable[ast.AST]) -> bool:
    """Whether one of the conditions around a place asks for the type of what is written so: an annotation that says
    otherwise is no proof."""
    written = ast.dump(value)
    tests = (each.test for each in around if isinstance(each, (ast.If, ast.IfExp)))
    calls = (each for test in tests for each in walk(test) if isinstance(each, ast.Call))
    return any(last_name(each.func) in _CHECKS and ast.dump(each.args[0]) == written for each in calls if each.args)
