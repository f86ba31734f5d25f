"""The modules of torchlint, and what each imports: when, and what for."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "torchlint"


class When(Enum):
    """When an import runs: with its module, when a function is called, or never, as it is only for annotations."""

    FIRST = "first"
    LATE = "late"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Import:
    """An import of ``name``, a module or something in one: what it is called here, and the text of the statement."""

    name: str
    line: int
    when: When
    called: str
    text: str


@dataclass(frozen=True, slots=True)
class Module:
    """A module by its dotted name; ``is_package``: it is the ``__init__`` of a package."""

    name: str
    is_package: bool
    text: str
    tree: ast.Module
    imports: tuple[Import, ...]

    @classmethod
    def of(cls, name: str, text: str, *, is_package: bool = False) -> Module:
        tree = ast.parse(text)
        package = name if is_package else name.rpartition(".")[0]
        return cls(name, is_package, text, tree, tuple(_imports(tree, package, text.splitlines())))

    def imported_modules(self, names: set[str]) -> Iterator[tuple[str, Import]]:
        """The modules among ``names`` that it imports, each with the import."""
        for each in self.imports:
            module = each.name
            while module and module not in names:
                module = module.rpartition(".")[0]
            if module and module != self.name:
                yield module, each


def read_modules() -> tuple[Module, ...]:
    """All modules of torchlint, sorted by path."""
    made = []
    for path in sorted(PACKAGE.rglob("*.py")):
        is_package = path.name == "__init__.py"
        parts = path.relative_to(ROOT).with_suffix("").parts
        name = ".".join(parts[:-1] if is_package else parts)
        made.append(Module.of(name, path.read_text(encoding="utf-8"), is_package=is_package))
    return tuple(made)


def is_inside(name: str, packages: tuple[str, ...]) -> bool:
    """Whether a module is one of ``packages`` or in one."""
    return any(name == each or name.startswith(f"{each}.") for each in packages)


def _imports(tree: ast.Module, package: str, lines: list[str]) -> Iterator[Import]:
    def visit(node: ast.AST, when: When) -> Iterator[Import]:
        match node:
            case ast.Import() | ast.ImportFrom():
                text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
                base = f"{_origin(node, package)}." if isinstance(node, ast.ImportFrom) else ""
                for alias in node.names:
                    called = alias.asname or alias.name
                    yield Import(f"{base}{alias.name}", node.lineno, when, called, text)
            case ast.If() if ast.unparse(node.test).endswith("TYPE_CHECKING"):
                for statement in node.body:
                    yield from visit(statement, When.NEVER)
                for statement in node.orelse:
                    yield from visit(statement, when)
            case _:
                if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and when is When.FIRST:
                    when = When.LATE
                for child in ast.iter_child_nodes(node):
                    yield from visit(child, when)

    return visit(tree, When.FIRST)


def _origin(node: ast.ImportFrom, package: str) -> str:
    """What an import is from, the dots before it resolved."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    return ".".join([*parts[: len(parts) - node.level + 1], *([node.module] if node.module else [])])
