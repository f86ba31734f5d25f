"""How a file writes the names of PyTorch, and the import that it needs where it has no name for them."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.syntax.outline import USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout
    from torchlint.syntax.outline import Outline


@dataclass(frozen=True, slots=True)
class Spelled:
    """A name as it is written at one place, and the edits that make it mean that."""

    text: str
    edits: tuple[Edit, ...] = ()


class Spelling:
    """The names under which a file knows PyTorch."""

    def __init__(self, layout: Layout, outline: Outline) -> None:
        self._layout = layout
        self._outline = outline

    def of(self, qualified: str, at: ast.AST) -> Spelled | None:
        """How ``torch.no_grad`` and its like are written at a node; None where it cannot be said."""
        for text in self._candidates(qualified):
            if self._is_known(text.partition(".")[0], at):
                return Spelled(text)
        return self._in_function(qualified, at) or self._importing(qualified, at)

    def _in_function(self, qualified: str, at: ast.AST) -> Spelled | None:
        """By what a function around the node imports itself, above it."""
        line = self._layout.statement(at).lineno
        for function in self._layout.around(at):
            if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            for statement in function.body:
                if isinstance(statement, ast.Import) and statement.lineno < line:
                    for alias in statement.names:
                        if alias.name == "torch":
                            return Spelled(f"{alias.asname or alias.name}{qualified.removeprefix('torch')}")
        return None

    def _candidates(self, qualified: str) -> Iterator[str]:
        """From the longest name that is imported to ``torch`` itself."""
        root = qualified
        while root:
            rest = qualified[len(root) :]
            for name, meaning in self._outline.imports.items():
                if meaning == root:
                    yield f"{name}{rest}"
            root = root.rpartition(".")[0]
        if not any(meaning.partition(".")[0] == "torch" for meaning in self._outline.imports.values()):
            for name, meaning in sorted(USUAL.items(), key=lambda each: -len(each[1])):
                if qualified.startswith(f"{meaning}."):
                    yield f"{name}{qualified[len(meaning) :]}"

    def _is_known(self, name: str, at: ast.AST) -> bool:
        """Whether a name of the module has the same meaning at a node: no function around it binds it."""
        if name in self._outline.bound or name in self._unreal:
            return False
        for each in self._layout.around(at):
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)) and _binds(each, name):
                return False
        return True

    @cached_property
    def _unreal(self) -> frozenset[str]:
        """The names that are imported for type checkers only."""
        checked: set[str] = set()
        real: set[str] = set()
        for each in ast.walk(self._layout.tree):
            if isinstance(each, (ast.Import, ast.ImportFrom)):
                names = {alias.asname or alias.name.partition(".")[0] for alias in each.names}
                around = [parent for parent in self._layout.around(each) if isinstance(parent, ast.If)]
                checks = any("TYPE_CHECKING" in self._layout.text(parent.test) for parent in around)
                (checked if checks else real).update(names)
        return frozenset(checked - real)

    def _importing(self, qualified: str, at: ast.AST) -> Spelled | None:
        """``import torch`` before the file's first import of something of torch."""
        if "torch" in self._outline.imports or self._outline.stars or not self._is_known("torch", at):
            return None
        for statement in self._layout.tree.body:
            modules = [each.name for each in statement.names] if isinstance(statement, ast.Import) else []
            if isinstance(statement, ast.ImportFrom) and not statement.level:
                modules = [statement.module or ""]
            if any(each.partition(".")[0] == "torch" for each in modules):
                edits = self._layout.before(statement, "import torch")
                return Spelled(qualified, edits) if edits else None
        return None


def _binds(function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda, name: str) -> bool:
    """Whether a function binds a name, also where it only may."""
    return any(
        (isinstance(each, ast.Name) and each.id == name and not isinstance(each.ctx, ast.Load))
        or (isinstance(each, ast.arg) and each.arg == name)
        or (isinstance(each, ast.alias) and (each.asname or each.name.partition(".")[0]) == name)
        or (isinstance(each, (ast.FunctionDef, ast.ClassDef)) and each is not function and each.name == name)
        for each in ast.walk(function)
    )
