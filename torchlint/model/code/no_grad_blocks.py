"""Evaluation code under ``no_grad`` whose results leave it as numbers only."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.code.purpose import words_in
from torchlint.model.code.results import Results
from torchlint.syntax.tree import imported_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_EVALUATING = frozenset(
    "eval evaluate evaluation validate validation valid val test predict prediction inference infer".split()
)
_NO_GRAD = "torch.no_grad"


def evaluations(tree: ast.Module, imports: Mapping[str, str]) -> Iterator[ast.expr]:
    """Every call of ``no_grad`` around code that only evaluates, in a ``with`` or as a decorator."""
    yield from _in_body(tree.body, "", imports)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield from _in_function(node, imports)


def _in_function(node: ast.FunctionDef | ast.AsyncFunctionDef, imports: Mapping[str, str]) -> Iterator[ast.expr]:
    decorator = next((each for each in node.decorator_list if _is_no_grad(each, imports)), None)
    if decorator is None:
        yield from _in_body(node.body, node.name, imports)
    elif is_evaluation(node.name) and Results(node.body).leave_as_numbers():
        yield decorator


def _in_body(body: Sequence[ast.stmt], name: str, imports: Mapping[str, str]) -> Iterator[ast.expr]:
    blocks = list(_blocks(body, imports))
    if not blocks:
        return
    results = Results(body)
    for block, item in blocks:
        evaluates = is_evaluation(name) or _is_after_eval(body, block)
        made = results.bound_in(block)
        if evaluates and made and not made & results.reads_outside(block) and results.leave_as_numbers():
            yield item


def _blocks(body: Sequence[ast.stmt], imports: Mapping[str, str]) -> Iterator[tuple[ast.With, ast.expr]]:
    """The ``with`` statements of a body that enter ``no_grad``, not those of functions in it."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            continue
        if isinstance(node, ast.With):
            item = next((each.context_expr for each in node.items if _is_no_grad(each.context_expr, imports)), None)
            if item is not None:
                yield node, item
                continue
        for _, value in ast.iter_fields(node):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from _blocks(value, imports)


def _is_no_grad(node: ast.expr, imports: Mapping[str, str]) -> bool:
    match node:
        case ast.Call(func=func, args=[], keywords=[]):
            return imported_name(func, imports) == _NO_GRAD
    return False


def is_evaluation(name: str) -> bool:
    return bool(words_in(name) & _EVALUATING)


def _is_after_eval(body: Sequence[ast.stmt], block: ast.With) -> bool:
    """Whether the last of ``eval()`` and ``train()`` that a body calls before a block is ``eval()``."""
    switches = [
        (each.lineno, each.func.attr)
        for statement in body
        for each in ast.walk(statement)
        if isinstance(each, ast.Call)
        and isinstance(each.func, ast.Attribute)
        and each.func.attr in ("eval", "train")
        and each.lineno <= block.lineno
    ]
    return bool(switches) and max(switches)[1] == "eval"
