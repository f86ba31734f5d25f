"""Modules that a constructor binds to a local name, which other methods then read in vain."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.api.operations import layer
from torchlint.syntax.tree import Function, dotted, imported_name, statements, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchlint.model.code.protocol import CodeFacts


@dataclass(frozen=True, slots=True)
class LocalModule:
    """A module that is bound to a local ``name``, and where the ``method`` reads a name that nothing gives it."""

    name: ast.Name
    method: str
    read: ast.Name


def local_modules(facts: CodeFacts) -> Iterator[LocalModule]:
    """The modules of ``torch.nn`` and of the file that the constructors of module classes lose like this."""
    if facts.outline.stars:
        return  # which may bind any name
    for node in facts.tree().body:
        if isinstance(node, ast.ClassDef):
            methods = {each.name: each for each in node.body if isinstance(each, Function)}
            made = dict(_made(methods.pop("__init__", None), facts))
            if made and facts.classes.lineage(node.lineno).is_module:
                yield from _read_in_vain(made, methods)


def _made(constructor: Function | None, facts: CodeFacts) -> Iterator[tuple[str, ast.Name]]:
    """The local names that a constructor binds to modules, and never reads."""
    if constructor is None:
        return
    bound = {
        statement.targets[0].id: statement.targets[0]
        for statement in statements(constructor.body)
        if isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Call)
        and _is_module(statement.value.func, facts)
    }
    if bound:
        names = (each for each in walk(constructor) if isinstance(each, ast.Name))
        read = {each.id for each in names if not isinstance(each.ctx, ast.Store)}
        yield from ((name, at) for name, at in bound.items() if name not in read and not _is_global(name, facts))


def _is_module(node: ast.expr, facts: CodeFacts) -> bool:
    """Whether calling what an expression means makes a module."""
    name = imported_name(node, facts.outline.imports)
    if name is not None:
        return layer(name) is not None
    line = facts.outline.class_lines.get(dotted(node) or "")
    return line is not None and facts.classes.lineage(line).is_module


def _is_global(name: str, facts: CodeFacts) -> bool:
    return name in facts.outline.bound or name in facts.outline.imports


def _read_in_vain(made: Mapping[str, ast.Name], methods: Mapping[str, Function]) -> Iterator[LocalModule]:
    for name, at in made.items():
        for method, node in methods.items():
            named = [each for each in walk(node) if isinstance(each, ast.Name) and each.id == name]
            bound = any(not isinstance(each.ctx, ast.Load) for each in named) or _declares(node, name)
            if named and not bound:
                yield LocalModule(at, method, min(named, key=lambda each: (each.lineno, each.col_offset)))
                break


def _declares(node: Function, name: str) -> bool:
    """Whether a function has a parameter of a name, or declares, defines, imports or catches one."""
    for each in walk(node):
        match each:
            case ast.arg(arg=found) | ast.FunctionDef(name=found) | ast.ClassDef(name=found):
                names = {found}
            case ast.Global(names=declared) | ast.Nonlocal(names=declared):
                names = set(declared)
            case ast.alias(name=imported, asname=given):
                names = {given or imported}
            case ast.ExceptHandler(name=str(found)) | ast.MatchAs(name=str(found)) | ast.MatchStar(name=str(found)):
                names = {found}
            case _:
                continue
        if name in names:
            return True
    return False
