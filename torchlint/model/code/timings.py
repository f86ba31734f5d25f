"""Times that are taken of what a GPU was only told to do."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.named_calls import public_name
from torchlint.syntax.tree import Function, dotted, last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.model.code.protocol import CodeFacts

_CLOCKS = frozenset(f"time.{name}" for name in ("time", "perf_counter", "monotonic", "time_ns", "perf_counter_ns"))
_WAITING = frozenset(
    "synchronize item cpu numpy tolist wait elapsed_time barrier nonzero unique all_reduce block_until_ready".split()
)
"""What waits for the device, or for another process, whatever it is called on."""
_READING = frozenset(("print", "float", "int", "bool", "len", "str"))
_CUDA = re.compile(r"(?:cuda|xpu)(?::\d+)?")


class Timing(NamedTuple):
    """``at`` takes the time since ``start``, in which ``work`` calls a module on a GPU and nothing waits for it."""

    at: ast.expr
    start: ast.stmt
    work: ast.Call


def unsynchronized_timings(facts: CodeFacts) -> Iterator[Timing]:
    """Every difference of two times, taken in one block, around calls of what certainly is on a GPU."""
    source = facts.source.text
    if not ("cuda" in source or "xpu" in source) or not any(each.rpartition(".")[2] in source for each in _CLOCKS):
        return
    devices = _devices(facts.tree())
    anywhere = {name for name in _on_device(facts.tree(), devices) if "." in name}
    for scope in [facts.tree(), *(each for each in walk(facts.tree()) if isinstance(each, Function))]:
        moved = anywhere.union(_on_device(scope, devices))
        for block in _blocks(scope) if moved else ():
            yield from _in_block(block, moved, facts)


def _blocks(scope: Function | ast.Module) -> Iterator[list[ast.stmt]]:
    """The statement lists of a scope, those of functions and classes in it left out."""
    yield scope.body
    for part in scope.body:
        for node in walk(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            if not isinstance(node, (Function, ast.ClassDef, ast.Lambda, ast.IfExp)):
                for name in ("body", "orelse", "finalbody"):
                    if isinstance(block := getattr(node, name, None), list) and block:
                        yield block


def _devices(tree: ast.Module) -> set[str]:
    """The names that a file gives to a GPU, be it only where there is one."""
    assigned = [each for each in walk(tree) if isinstance(each, ast.Assign) and _names_gpu(each.value)]
    return {name for each in assigned for target in each.targets if (name := dotted(target))}


def _names_gpu(value: ast.expr) -> bool:
    """Whether an expression has the name of a GPU as a string, for ``torch.device`` or by itself."""
    match value:
        case ast.Constant(value=str(name)):
            return _CUDA.fullmatch(name) is not None
        case ast.Call(func=func, args=[given, *_]) if last_name(func) == "device":
            return _names_gpu(given)
        case ast.IfExp(body=one, orelse=other):
            return _names_gpu(one) or _names_gpu(other)
    return False


def _on_device(scope: Function | ast.Module, devices: set[str]) -> Iterator[str]:
    """The names of what a scope moves to a GPU."""
    for node in walk(scope):
        match node:
            case ast.Assign(targets=[target], value=ast.Call(func=ast.Attribute(attr="cuda" | "to")) as call):
                if _is_to_gpu(call, devices) and (name := dotted(target)):
                    yield name
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="cuda" | "to")) as call):
                if _is_to_gpu(call, devices) and (name := dotted(owner)):
                    yield name


def _is_to_gpu(call: ast.Call, devices: set[str]) -> bool:
    assert isinstance(call.func, ast.Attribute)
    given = [*call.args, *(each.value for each in call.keywords if each.arg == "device")]
    return call.func.attr == "cuda" or any(_names_gpu(each) or dotted(each) in devices for each in given)


def _in_block(block: Sequence[ast.stmt], moved: set[str], facts: CodeFacts) -> Iterator[Timing]:
    for index, start in enumerate(block):
        clock = _started(start, facts)
        if clock is None:
            continue
        for behind in range(index + 1, len(block)):
            taken = _taken(block[behind], clock, facts)
            if taken is not None:
                between = block[index + 1 : behind]
                work = _last_work(between, moved)
                if work is not None and not _waits(block[index + 1 : behind + 1], facts):
                    yield Timing(taken, start, work)
                break
            if _binds(block[behind], clock):
                break


def _started(statement: ast.stmt, facts: CodeFacts) -> str | None:
    match statement:
        case ast.Assign(targets=[target], value=ast.Call(func=func, args=[])) if public_name(func, facts) in _CLOCKS:
            return dotted(target)
    return None


def _taken(statement: ast.stmt, clock: str, facts: CodeFacts) -> ast.expr | None:
    """The time since a clock was read, as a statement takes it at once."""
    for node in walk(statement, (ast.For, ast.While, ast.If, ast.With, ast.FunctionDef)):
        match node:
            case ast.BinOp(left=ast.Call(func=func, args=[]) as now, op=ast.Sub(), right=right) if (
                dotted(right) == clock and public_name(func, facts) in _CLOCKS
            ):
                return now
            case ast.Assign(targets=[_], value=ast.Call(func=func, args=[]) as now) if (
                public_name(func, facts) in _CLOCKS
            ):
                return now
    return None


def _last_work(between: Sequence[ast.stmt], moved: set[str]) -> ast.Call | None:
    """The last call of something on the device."""
    calls = [
        each for part in between for each in walk(part) if isinstance(each, ast.Call) and dotted(each.func) in moved
    ]
    return max(calls, key=lambda each: (each.lineno, each.col_offset), default=None)


def _waits(statements: Sequence[ast.stmt], facts: CodeFacts) -> bool:
    """Whether anything in statements may wait for the device: a method that does, a condition, which may be a tensor's,
    a move of each batch, or a function that is not PyTorch's."""
    nodes = [each for part in statements for each in walk(part)]
    if any(isinstance(each, (ast.If, ast.While, ast.Assert, ast.Try)) for each in nodes):
        return True
    inner = [each for loop in nodes if isinstance(loop, (ast.For, ast.AsyncFor)) for each in walk(loop)]
    if any(isinstance(each, ast.Attribute) and each.attr in ("to", "cuda") for each in inner):
        return True
    own = {each.name for each in walk(facts.tree()) if isinstance(each, Function)}
    return any(isinstance(each, ast.Call) and _may_wait(each, own, facts) for each in nodes)


def _may_wait(call: ast.Call, own: set[str], facts: CodeFacts) -> bool:
    name = last_name(call.func) or ""
    if name in _WAITING or name in own or (isinstance(call.func, ast.Name) and name in _READING):
        return True
    known = public_name(call.func, facts)
    return bool(known) and not known.startswith(("torch.", "time."))


def _binds(statement: ast.stmt, clock: str) -> bool:
    """Whether a statement gives a clock's name another value."""
    given = [each for each in walk(statement) if isinstance(each, ast.Assign)]
    return any(dotted(target) == clock for each in given for target in each.targets)
