"""Loaders whose batches a program moves to a GPU out of memory that is not pinned."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.loaders import loader_calls, loops_over
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_CUDA = re.compile(r"\bcuda\b")


class UnpinnedLoader(NamedTuple):
    """``at`` builds a loader of whose batches ``move`` moves a part."""

    at: ast.Call
    move: ast.Call


def unpinned_loaders(facts: CodeFacts) -> Iterator[UnpinnedLoader]:
    """Every loader that is told nothing of pinned memory, in a file that names CUDA and moves its batches."""
    if not _CUDA.search(facts.source.text):
        return
    for loader in loader_calls(facts):
        moves = (_moved(each) for each in loops_over(loader, facts)) if "pin_memory" not in loader.arguments else ()
        if (move := next((each for each in moves if each is not None), None)) is not None:
            yield UnpinnedLoader(loader.at, move)


def _moved(loop: ast.For) -> ast.Call | None:
    """The call that moves what a loop goes through, or a part of it, to a device."""
    names = {each.id for each in walk(loop.target) if isinstance(each, ast.Name)}
    for each in (node for part in loop.body for node in walk(part)):
        match each:
            case ast.Call(func=ast.Attribute(value=owner, attr="to" | "cuda")) if _root(owner) in names:
                return each
    return None


def _root(node: ast.expr) -> str | None:
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None
