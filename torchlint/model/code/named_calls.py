"""Calls in a file's text by the public name of what is called."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.api.canonical import canonical
from torchlint.syntax.tree import imported_name, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torchlint.model.code.protocol import CodeFacts


def public_name(node: ast.expr, facts: CodeFacts) -> str:
    """The public name of what an expression names by what the file imports, empty for anything else."""
    return canonical(imported_name(node, facts.outline.imports) or "")


def calls_of(facts: CodeFacts, names: Collection[str]) -> Iterator[tuple[ast.Call, str]]:
    """Every call of something with one of some public names, with that name."""
    if any(name.rpartition(".")[2] in facts.source.text for name in names):
        for node in walk(facts.tree()):
            if isinstance(node, ast.Call) and (name := public_name(node.func, facts)) in names:
                yield node, name


def keywords_named(facts: CodeFacts, name: str) -> Iterator[tuple[ast.Call, ast.keyword]]:
    """Every keyword argument of a name, with its call, whatever that calls."""
    if name in facts.source.text:
        for node in walk(facts.tree()):
            if isinstance(node, ast.Call):
                yield from ((node, each) for each in node.keywords if each.arg == name)


def keywords_of(call: ast.Call) -> dict[str, ast.expr] | None:
    """The keyword arguments of a call by name; None where some are given by ``**``."""
    if any(each.arg is None for each in call.keywords):
        return None
    return {each.arg: each.value for each in call.keywords if each.arg is not None}
