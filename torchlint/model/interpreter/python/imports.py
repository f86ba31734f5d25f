"""Import statements: names of what other files define, of which ``resolve`` looks for those of the project."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.interpreter.resolve import MOST_STARS
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.values.symbolic import Symbol

if TYPE_CHECKING:
    import ast

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope


def bind(machine: Interpreter, scope: Scope, node: ast.Import) -> None:
    """``import a.b``, ``import a.b as c``."""
    home = scope.module.home
    for alias in node.names:
        if alias.asname:
            scope.bind(alias.asname, Symbol.imported(alias.name, home))
        else:
            root = alias.name.partition(".")[0]
            scope.bind(root, Symbol.imported(root, home))


def bind_from(machine: Interpreter, scope: Scope, node: ast.ImportFrom) -> None:
    """``from a import b``; what a star brings is looked for when it is asked for."""
    prefix = "." * node.level + (f"{node.module}." if node.module else "")
    for alias in node.names:
        if alias.name == "*":
            scope.module.stars.append(prefix)
        else:
            scope.bind(alias.asname or alias.name, Symbol.imported(f"{prefix}{alias.name}", scope.module.home))


def by_star(machine: Interpreter, scope: Scope, name: str) -> Symbol | None:
    """What a name means that a star import brings, None where no file of the project defines it. Where files are not
    looked into, the only star is taken to bring it."""
    module, imports = scope.module, machine.project.imports
    if imports is None:
        return Symbol.imported(f"{module.stars[0]}{name}", module.home) if len(module.stars) == 1 else None
    brought = (Symbol.imported(f"{star}{name}", module.home) for star in module.stars[: -MOST_STARS - 1 : -1])
    return next((each for each in brought if imports.find(each) is not MISSING), None)
