"""Functions of the program."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchlint.model.autograd.grad_mode import Mode
    from torchlint.model.interpreter.scope import Scope


@dataclass(eq=False, slots=True)
class FunctionValue:
    """A function of the program. ``modes`` are the grad modes that decorate it; None if something else does too.
    ``is_manager``: its ``yield`` makes it a context manager."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, object]
    modes: tuple[Mode, ...] | None = ()
    is_manager: bool = False


def decorators(node: ast.AST) -> set[str]:
    """The last names of what decorates a function."""
    return {
        each.id if isinstance(each, ast.Name) else each.attr
        for each in getattr(node, "decorator_list", ())
        if isinstance(each, (ast.Name, ast.Attribute))
    }
