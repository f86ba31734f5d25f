"""Branches that only tell: they print, log, save or draw, so that it does not matter which way their condition goes."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.model.interpreter.resolve import origin
from torchlint.syntax.tree import Function, last_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_TELLING = frozenset(
    (
        "print pprint info debug warning warn error critical exception log log_metrics write writelines writerow flush "
        "add_scalar add_scalars add_image add_images add_histogram add_figure add_text add_graph add_embedding "
        "set_postfix set_postfix_str set_description set_description_str "
        "save save_image savefig makedirs mkdir dump savez imwrite imsave "
        "show plot scatter hist imshow title suptitle legend xlabel ylabel xlim ylim axis colorbar close figure subplot"
    ).split()
)
_ASKING = frozenset(
    (
        "item sum mean format join str int float len round time perf_counter now ctime strftime numel size state_dict "
        "cpu numpy tolist detach exists basename dirname get_lr get_last_lr zip enumerate range items keys values "
        "replace split strip upper lower isoformat timedelta"
    ).split()
)
_COUNTING = frozenset("item len int float str time perf_counter numel".split())
_NUMBERS = ("np", "numpy", "math")
_PLAIN = (ast.Pass, ast.Import, ast.ImportFrom, ast.Global)


class Quiet:
    """What is quiet in one module: a name that it defines itself may do anything."""

    def __init__(self, tree: ast.Module) -> None:
        self._tree = tree
        self._known: dict[ast.If, bool] = {}

    def is_quiet(self, node: ast.If) -> bool:
        """Whether neither branch of a statement changes anything that is looked at elsewhere."""
        if node not in self._known:
            body = [*node.body, *node.orelse]
            self._known[node] = self._are_quiet(body) and self._keeps_names(node) and origin(node) is None
        return self._known[node]

    def _are_quiet(self, body: Iterable[ast.stmt]) -> bool:
        return all(map(self._is_quiet, body))

    def _is_quiet(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(value=value) | ast.Assign(value=value, targets=[ast.Name()]):
                return self._only_asks(value)
            case ast.If(test=test, body=body, orelse=orelse) | ast.While(test=test, body=body, orelse=orelse):
                return self._only_asks(test) and self._are_quiet([*body, *orelse])
            case ast.For(iter=test, body=body, orelse=orelse):
                return self._only_asks(test) and self._are_quiet([*body, *orelse])
            case ast.With(items=items, body=body):
                return all(self._only_asks(each.context_expr, "open") for each in items) and self._are_quiet(body)
        return isinstance(node, _PLAIN)

    def _only_asks(self, value: ast.expr, *more: str) -> bool:
        return all(self._is_harmless(each, more) for each in ast.walk(value))

    def _is_harmless(self, node: ast.AST, more: tuple[str, ...]) -> bool:
        match node:
            case ast.Call(func=function, keywords=keywords):
                name = last_name(function)
                known = _is_of_numbers(function) or name in _TELLING | _ASKING | set(more)
                return known and name not in self._defined and all(each.arg != "out" for each in keywords)
            case ast.BinOp():
                return not _may_compute(node)
        return not isinstance(node, (ast.NamedExpr, ast.Await, ast.Yield, ast.YieldFrom))

    def _keeps_names(self, node: ast.If) -> bool:
        """Whether the names that it binds are read nowhere else."""
        inside = Counter(_names(node, ast.Load))
        return all(inside[name] == self._loads[name] for name in set(_names(node, ast.Store)))

    @cached_property
    def _loads(self) -> Counter[str]:
        return Counter(_names(self._tree, ast.Load))

    @cached_property
    def _defined(self) -> frozenset[str]:
        return frozenset(each.name for each in ast.walk(self._tree) if isinstance(each, Function))


def _is_of_numbers(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and last_name(function.value) in _NUMBERS


def _may_compute(node: ast.BinOp) -> bool:
    """Whether both operands may be tensors."""
    return not any(map(_is_no_tensor, (node.left, node.right)))


def _is_no_tensor(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return _is_of_numbers(node.func) or last_name(node.func) in _COUNTING
    return isinstance(node, (ast.Constant, ast.JoinedStr))


def _names(node: ast.AST, context: type[ast.expr_context]) -> Iterator[str]:
    return (each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, context))
