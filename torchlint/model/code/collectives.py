"""Calls of ``torch.distributed`` that all processes have to make, and those that somebody has to wait for."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.named_calls import calls_of, keywords_of, public_name
from torchlint.syntax.tree import Function, dotted, last_name, statements, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_ROOT = "torch.distributed."
_COLLECTIVES = dict.fromkeys(("barrier", "monitored_barrier"), 0)
_COLLECTIVES |= dict.fromkeys(("all_reduce", "broadcast", "broadcast_object_list", "all_gather", "all_to_all"), 2)
_COLLECTIVES |= dict.fromkeys(("all_gather_object", "all_gather_into_tensor"), 2)
_COLLECTIVES |= dict.fromkeys(("reduce", "gather", "gather_object", "scatter", "scatter_object_list"), 3)
_COLLECTIVES |= {"reduce_scatter": 3, "reduce_scatter_tensor": 3, "all_to_all_single": 4}
"""The collectives, with the number of their arguments before the group of processes."""
_TRANSFERS = ("isend", "irecv", "batch_isend_irecv")
_WAITING = frozenset({"wait", "barrier", "synchronize"})
_RANK = re.compile(r"(?:\w*_)?rank|get_rank|get_local_rank")
_FIRST = re.compile(r"(?:is_)?(?:main|master|chief|root|rank_?zero|rank0)(?:_process|_rank|_node)?|on_main_process")


class PartialCollective(NamedTuple):
    """``at`` is a collective that only the processes come to for which ``test`` holds (or does not)."""

    at: ast.Call
    name: str
    test: ast.expr


class UnwaitedTransfer(NamedTuple):
    """``at`` begins a transfer, and drops what tells when it is done."""

    at: ast.Call
    name: str


def partial_collectives(facts: CodeFacts) -> Iterator[PartialCollective]:
    """Every collective of all processes in a branch for one of them, of which the function has no counterpart."""
    calls = dict(calls_of(facts, {_ROOT + name for name in _COLLECTIVES}))
    if not calls:
        return
    for scope in [facts.tree(), *(each for each in walk(facts.tree()) if isinstance(each, Function))]:
        branches = [each for each in statements(scope.body) if isinstance(each, ast.If) and _mentions_rank(each.test)]
        found = {each: [*_inside(each.body, calls)] for each in branches}
        for branch, inside in found.items():
            others = [call for other in branches for call in (found[other] if other is not branch else ())]
            others += _inside(branch.orelse, calls)
            if _asks_rank(branch.test) and not others and not _leaves(branch):
                for call in inside:
                    name = calls[call].removeprefix(_ROOT)
                    if _is_of_all(call, name):
                        yield PartialCollective(call, name, branch.test)


def unwaited_transfers(facts: CodeFacts) -> Iterator[UnwaitedTransfer]:
    """Every transfer that is begun by a statement of its own, so that nobody can wait for it."""
    if not any(each in facts.source.text for each in ("isend", "irecv", "async_op")):
        return
    for scope in [facts.tree(), *(each for each in walk(facts.tree()) if isinstance(each, Function))]:
        if any(isinstance(each, ast.Attribute) and each.attr in _WAITING for each in walk(scope)):
            continue  # what waits may wait for this, too
        for node in statements(scope.body):
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                call, name = node.value, public_name(node.value.func, facts)
                bare = name.removeprefix(_ROOT)
                begins = bare in _TRANSFERS or (bare in _COLLECTIVES and _is_asynchronous(call))
                if begins and name.startswith(_ROOT):
                    yield UnwaitedTransfer(call, bare)


def _is_asynchronous(call: ast.Call) -> bool:
    keywords = keywords_of(call)
    flag = keywords.get("async_op") if keywords is not None else None
    return isinstance(flag, ast.Constant) and flag.value is True


def _mentions_rank(test: ast.expr) -> bool:
    """Whether a condition may be about the process."""
    names = [last_name(each) or "" for each in walk(test) if isinstance(each, ast.expr)]
    return any(_RANK.fullmatch(each) or _FIRST.fullmatch(each) for each in names)


def _asks_rank(test: ast.expr) -> bool:
    """Whether a condition holds for one process and not for another."""
    match test:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() | ast.Gt()], comparators=[ast.Constant(value=0)]):
            name = last_name(left.func if isinstance(left, ast.Call) else left)
            return name is not None and _RANK.fullmatch(name) is not None
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return _asks_rank(inner)
        case ast.Call(func=func, args=[], keywords=[]):
            return _FIRST.fullmatch(last_name(func) or "") is not None
        case ast.Name() | ast.Attribute():
            return _FIRST.fullmatch(last_name(test) or "") is not None
    return False


def _inside(body: list[ast.stmt], calls: dict[ast.Call, str]) -> Iterator[ast.Call]:
    """The collectives that statements make, those of functions in them aside."""
    for statement in statements(body):
        if not isinstance(statement, (Function, ast.ClassDef)):
            parts = [each for each in ast.iter_child_nodes(statement) if isinstance(each, (ast.expr, ast.withitem))]
            yield from (call for part in parts for call in walk(part) if call in calls)


def _leaves(branch: ast.If) -> bool:
    """Whether the branch ends its function, or the program: the others then have code of their own."""
    last = branch.body[-1]
    ends = isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and "exit" in (dotted(last.value.func) or "")
    return ends or isinstance(last, (ast.Return, ast.Raise, ast.Continue, ast.Break))


def _is_of_all(call: ast.Call, name: str) -> bool:
    """Whether a collective is of all processes, and not of a group of them."""
    keywords = keywords_of(call)
    return keywords is not None and "group" not in keywords and len(call.args) <= _COLLECTIVES[name]
