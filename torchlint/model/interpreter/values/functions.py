"""Functions of the program, and what is called like one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.grad_mode import Mode
    from torchlint.model.interpreter.scope import Scope


@dataclass(frozen=True, slots=True)
class Partial:
    """``functools.partial``: what is called with which first arguments. ``assumed`` names what was taken for granted to
    know it (empty: nothing)."""

    function: object
    arguments: tuple[object, ...]
    keywords: tuple[tuple[str, object], ...]
    assumed: str = ""


@dataclass(frozen=True, slots=True)
class Bound:
    """A function of a class together with the instance that it was found on."""

    owner: object
    function: FunctionValue


@dataclass(eq=False, slots=True)
class FunctionValue:
    """A function of the program. ``modes`` are the grad modes that decorate it; None if something else does too."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    scope: Scope
    defaults: dict[str, object]
    modes: tuple[Mode, ...] | None = ()


@dataclass(frozen=True, slots=True)
class Method:
    """An attribute of a value that is about to be called."""

    owner: object
    name: str
