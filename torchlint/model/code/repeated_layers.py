"""Lists that have one layer several times."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.built_modules import builds_parameters
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_REPEATED = re.compile(r"\)\s{0,99}\]\s{0,99}\*|\*\s{0,99}\[\s{0,99}[\w.]{1,99}\(")
"""A list that ends in a call, before ``*``, or one that begins so behind it."""
_ON_PURPOSE = re.compile(r"(?i:share|sharing|tied|tie\b|tying|same (?:layer|module|weights)|recurren|reuse|universal)")


class RepeatedLayer(NamedTuple):
    """``at`` is a list with the module that ``layer`` builds, ``times`` as often."""

    at: ast.BinOp
    layer: ast.expr
    times: ast.expr


def repeated_layers(facts: CodeFacts) -> Iterator[RepeatedLayer]:
    """Every list of one layer that is repeated, unless its line says that this is meant."""
    if not _REPEATED.search(facts.source.text):
        return
    for node in walk(facts.tree()):
        match node:
            case ast.BinOp(left=ast.List(elts=[built]), op=ast.Mult(), right=times):
                found = RepeatedLayer(node, built, times)
            case ast.BinOp(left=times, op=ast.Mult(), right=ast.List(elts=[built])):
                found = RepeatedLayer(node, built, times)
            case _:
                continue
        if not _is_one(times) and builds_parameters(built, facts) and not _is_meant(node, facts):
            yield found


def _is_one(times: ast.expr) -> bool:
    return isinstance(times, ast.Constant) and times.value in (0, 1)


def _is_meant(node: ast.BinOp, facts: CodeFacts) -> bool:
    lines = range(max(1, node.lineno - 1), (node.end_lineno or node.lineno) + 1)
    return any(_ON_PURPOSE.search(facts.source.line_text(each)) for each in lines)
