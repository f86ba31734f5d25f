"""Memory that a loop asks for again in each iteration: tensors that grow by copies, and a cache that is emptied."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.named_calls import calls_of, public_name
from torchlint.model.code.training_loops import each_iteration, inside, loops
from torchlint.syntax.tree import names_bound, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts
    from torchlint.model.code.training_loops import Loop

_JOINING = frozenset(
    f"torch.{name}" for name in ("cat", "concat", "concatenate", "vstack", "hstack", "dstack", "row_stack")
)
_EMPTYING = frozenset(("torch.cuda.empty_cache", "torch.mps.empty_cache", "torch.xpu.empty_cache"))
_FEW = 16
"""So many iterations copy little."""


class GrowingTensor(NamedTuple):
    """``at`` joins what ``name`` has with more of it, in iterations of ``loop``."""

    at: ast.Call
    name: str
    loop: Loop


class EmptiedCache(NamedTuple):
    """``at`` gives the memory that PyTorch keeps back to the driver, in each iteration of ``loop``."""

    at: ast.Call
    loop: Loop


def growing_tensors(facts: CodeFacts) -> Iterator[GrowingTensor]:
    """Every tensor that a loop only adds to, and reads for nothing else."""
    joins = {call for call, _ in calls_of(facts, _JOINING)}
    for loop in loops(facts) if joins else ():
        for each in inside(loop):
            match each:
                case ast.Assign(
                    targets=[ast.Name(id=name)], value=ast.Call(args=[ast.List() | ast.Tuple(), *_]) as call
                ):
                    if call in joins and not _is_short(loop) and _only_grows(name, each, loop):
                        yield GrowingTensor(call, name, loop)


def _only_grows(name: str, grows: ast.Assign, loop: Loop) -> bool:
    """Whether a statement joins a name's value with more, and a loop uses it for nothing but to begin with it."""
    assert isinstance(grows.value, ast.Call)
    joined = grows.value.args[0]
    if not isinstance(joined, (ast.List, ast.Tuple)) or len(joined.elts) != 2:
        return False
    if sum(isinstance(each, ast.Name) and each.id == name for each in joined.elts) != 1:
        return False
    branches = [each for part in loop.body for each in walk(part) if isinstance(each, ast.If)]
    around = [each for each in branches if grows in each.body or grows in each.orelse]
    begins = [
        part for each in around for part in (*each.body, *each.orelse) if part is not grows and _gives(part, name)
    ]
    asked = [each.test for each in around if _asks_for_none(each.test)]
    itself = [each for each in (*grows.targets, *joined.elts) if isinstance(each, ast.Name)]
    passed = {id(each) for part in (*itself, *begins, *asked) for each in walk(part)}
    uses = [each for part in loop.body for each in walk(part) if isinstance(each, ast.Name) and each.id == name]
    return all(id(each) in passed for each in uses)


def _gives(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)]):
            return target == name
    return False


def _asks_for_none(test: ast.expr) -> bool:
    match test:
        case ast.Compare(left=ast.Name(), ops=[ast.Is() | ast.IsNot()]):
            return True
    return False


def _is_short(loop: Loop) -> bool:
    """Whether a loop certainly has few iterations."""
    match loop:
        case ast.For(iter=ast.Call(func=ast.Name(id="range"), args=[*_, ast.Constant(value=int(count))])):
            return count <= _FEW
        case ast.For(iter=ast.List(elts=given) | ast.Tuple(elts=given)):
            return len(given) <= _FEW
    return False


def emptied_caches(facts: CodeFacts) -> Iterator[EmptiedCache]:
    """Every innermost loop that empties the cache in each iteration, those over epochs aside."""
    if "empty_cache" not in facts.source.text:
        return
    for loop in loops(facts):
        is_outer = any(isinstance(each, ast.For | ast.While) for part in loop.body for each in walk(part))
        if not is_outer and not (isinstance(loop, ast.For) and "epoch" in names_bound(loop.target)):
            for each in each_iteration(loop.body):
                if isinstance(each, ast.Call) and public_name(each.func, facts) in _EMPTYING:
                    yield EmptiedCache(each, loop)
