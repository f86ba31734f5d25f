"""Operators, and how their operands are written."""

from __future__ import annotations

import ast
from typing import NamedTuple


class Operator(NamedTuple):
    """A binary operator: its syntax, the operation of PyTorch that it stands for, and its sign."""

    kind: type[ast.operator]
    name: str
    sign: str


def operand_texts(at: ast.AST, *, reflected: bool = False) -> list[ast.AST]:
    """What is written as the operands of an operator, in the order of its arguments; ``reflected``: the right one
    first."""
    texts: list[ast.AST] = []
    if isinstance(at, ast.AugAssign):
        texts = [at.target, at.value]
    elif isinstance(at, ast.BinOp):
        texts = [at.left, at.right]
    elif isinstance(at, ast.UnaryOp):
        texts = [at.operand]
    elif isinstance(at, ast.Compare) and len(at.comparators) == 1:
        texts = [at.left, at.comparators[0]]
    return texts[::-1] if reflected else texts
