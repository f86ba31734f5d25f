"""Writes that belong under ``torch.no_grad()``: which statements go there together, and whether that is meant.

A write gives a leaf its first value, or is the update of an optimizer written by hand; both are no part of what is
differentiated. Of any other write it is for the author to say whether its gradient is wanted.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.code.purpose import is_initial, is_no_grad_block
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.finding import Edit
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.spelling import Spelling


def under_no_grad(layout: Layout, spelling: Spelling, fault: Fault, *, certainly: bool = True) -> Fix | None:
    """Put the statement of a write under ``no_grad``, and with it the writes of the same purpose that follow.

    ``certainly``: the target is known to be a leaf, or a part of one. Where what is written may require grad, its
    gradient may be wanted, and an error must not become silence: then only updates and initialisations are moved.
    """
    at = fault.at
    statement = layout.statement(at)
    if not _is_only_write(statement, at):
        return None
    run = _run(layout, statement)
    mode = spelling.of("torch.no_grad", statement)
    edits = enclosed(layout, run, mode.text) if mode is not None else None
    if mode is None or edits is None:
        return None
    safe = certainly and (is_update(statement) or is_initialisation(layout, statement))
    if fault.mixed and not safe and not is_projection(layout, statement):
        return None
    applicability = Applicability.SAFE if safe else Applicability.UNSAFE
    return Fix(applicability, f"Put it under `{mode.text}()`", (*mode.edits, *edits))


def is_update(statement: ast.stmt) -> bool:
    """Whether a statement changes a tensor by its own gradient: ``w -= rate * w.grad``."""
    target = _target(statement)
    if target is None:
        return False
    own = ast.dump(_root(target))
    return any(
        isinstance(each, ast.Attribute) and each.attr == "grad" and ast.dump(_loaded(each.value)) == own
        for each in ast.walk(statement)
    )


def is_projection(layout: Layout, statement: ast.stmt) -> bool:
    """Whether a statement, outside of a ``forward``, changes a tensor by nothing but itself: ``w /= w.norm()``."""
    function = layout.function(statement)
    match statement:
        case ast.AugAssign(target=target, value=value):
            own = dotted(target)
        case _:
            return False
    if own is None or (function is not None and function.name == "forward"):
        return False
    inner = {part for each in ast.walk(value) if isinstance(each, ast.Attribute) for part in (each.value,)}
    names = [
        dotted(each) or ""
        for each in ast.walk(value)
        if isinstance(each, (ast.Name, ast.Attribute)) and each not in inner
    ]
    return bool(names) and all(each == own or each.startswith(f"{own}.") for each in names)


def is_initialisation(layout: Layout, statement: ast.stmt) -> bool:
    """Whether a statement stands in a function that gives weights their first values."""
    function = layout.function(statement)
    return function is not None and is_initial(function.name)


def _is_only_write(statement: ast.stmt, at: ast.AST) -> bool:
    """Whether a statement does nothing besides its write that would have to be recorded."""
    match statement:
        case ast.AugAssign():
            return statement is at
        case ast.Assign(targets=targets, value=value):
            if all(isinstance(each, ast.Subscript) for each in targets):
                return any(each is at for each in targets)
            return value is at and _is_inplace_call(value) and all(isinstance(each, ast.Name) for each in targets)
        case ast.Expr(value=ast.ListComp(elt=value)) | ast.Expr(value=value) | ast.Return(value=ast.Call() as value):
            while value is not at and _is_inplace_call(value):
                assert isinstance(value, ast.Call)
                assert isinstance(value.func, ast.Attribute)
                value = value.func.value
            return value is at and (isinstance(statement, ast.Expr) or _is_inplace_call(value))
    return False


def _is_inplace_call(node: ast.expr) -> bool:
    """Whether an expression is ``x.op_(...)``, whose value is ``x`` itself."""
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name.endswith("_") and not name.endswith("__")
    return False


def _target(statement: ast.stmt) -> ast.expr | None:
    """What a statement writes to, where it does nothing else."""
    match statement:
        case ast.AugAssign(target=target):
            return target
        case ast.Assign(targets=[ast.Subscript() as target]):
            return target
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=target)) as call) if _is_inplace_call(call):
            return target
    return None


def _root(target: ast.expr) -> ast.expr:
    """The tensor that a target is a part of, as an expression that reads it."""
    while True:
        match target:
            case ast.Subscript(value=inner):
                target = inner
            case ast.Call(func=ast.Attribute(value=inner)):
                target = inner
            case ast.Attribute(value=inner, attr="data"):
                target = inner
            case _:
                return _loaded(target)


def _loaded(node: ast.expr) -> ast.expr:
    match node:
        case ast.Name(id=name):
            return ast.Name(name, ast.Load())
        case ast.Attribute(value=value, attr=name):
            return ast.Attribute(_loaded(value), name, ast.Load())
    return node


_FILLS = frozenset("fill_ zero_ normal_ uniform_ exponential_ geometric_ bernoulli_ random_ eye_".split())


def _run(layout: Layout, first: ast.stmt) -> Sequence[ast.stmt]:
    """A statement and those right after it that do the same: updates by a gradient, or first values."""
    run = [first]
    while (following := layout.neighbour(run[-1], 1)) is not None:
        if not (is_update(first) and is_update(following)) and not (_is_fill(first) and _is_fill(following)):
            break
        lines, before = layout.lines(following), layout.lines(run[-1])
        if (
            lines is None
            or before is None
            or layout.source.cell_of_line(lines[0]) is not layout.source.cell_of_line(before[0])
        ):
            break
        run.append(following)
    return run


def _is_fill(statement: ast.stmt) -> bool:
    """Whether a statement fills a weight: ``self.bias.zero_()``."""
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Attribute(), attr=name), args=args)):
            return name in _FILLS and all(isinstance(each, (ast.Constant, ast.UnaryOp, ast.Name)) for each in args)
    return False


def enclosed(layout: Layout, run: Sequence[ast.stmt], mode: str) -> tuple[Edit, ...] | None:
    """A block of its own, or a place at the end of the block of that mode which stands right before."""
    header = f"with {mode}():"
    first, last, before = layout.lines(run[0]), layout.lines(run[-1]), layout.neighbour(run[0], -1)
    if first is None or last is None:
        return None
    if isinstance(before, ast.With) and layout.text(before).startswith(header) and is_no_grad_block(before):
        above, body = layout.lines(before), layout.lines(before.body[0])
        if above is not None and body is not None and above[-1] + 1 == first[0] and body[0] > above[0]:
            inner = layout.indent(before.body[0]).removeprefix(layout.indent(before))
            if layout.source.cell_of_line(first[0]) is layout.source.cell_of_line(above[0]):
                return (layout.hold(before), *layout.deeper(range(first[0], last[-1] + 1), inner))
    return layout.enclose(run[0], run[-1], header)
