"""Statements: assignments, branches, loops, ``with``, ``try`` and definitions."""

from __future__ import annotations

import ast
from contextlib import closing
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Raised
from torchlint.model.interpreter import loop_bounds
from torchlint.model.interpreter.identities import TRAINING
from torchlint.model.interpreter.loop_bounds import ENOUGH
from torchlint.model.interpreter.open_containers import leave_open
from torchlint.model.interpreter.protocol import Signal
from torchlint.model.interpreter.provenance import note_meant
from torchlint.model.interpreter.python import (
    annotated,
    functions,
    imports,
    managers,
    match,
    objects,
    operators,
)
from torchlint.model.interpreter.python.loop_effects import LoopEffects
from torchlint.model.interpreter.spent_graphs import note_sum
from torchlint.model.interpreter.values.classes import may_be_error
from torchlint.model.interpreter.values.symbolic import Symbol, identity
from torchlint.model.interpreter.values.value import as_value, note_replaced
from torchlint.syntax.tree import Function, last_name, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.values.value import Value


def execute(machine: Interpreter, scope: Scope, body: Sequence[ast.stmt]) -> Signal | None:
    """Run statements until one leaves the block."""
    for node in body:
        machine.run.budget.step()
        handler = _HANDLERS.get(type(node))
        if handler is None:
            _unseen(machine, scope, node)
            continue
        signal = handler(machine, scope, node)
        if signal is not None:
            return signal
    return None


def _unseen(machine: Interpreter, scope: Scope, node: ast.stmt) -> None:
    """A statement that is not followed: what it may bind is not known afterwards."""
    for child in ast.walk(node):
        if isinstance(child, ast.Name) and isinstance(child.ctx, ast.Store):
            scope.bind(child.id, machine.unknown())


def _expression(machine: Interpreter, scope: Scope, node: ast.Expr) -> None:
    machine.evaluate(scope, node.value)
    if isinstance(node.value, ast.Call):
        names = (each.id for each in node.value.args if isinstance(each, ast.Name))
        note_meant(machine.as_proven(scope.find(name)) for name in names)


def _assign(machine: Interpreter, scope: Scope, node: ast.Assign) -> None:
    value = machine.evaluate(scope, node.value)
    for target in node.targets:
        if isinstance(node.value, ast.BinOp) and isinstance(target, ast.Name) and _reads(node.value, target.id):
            note_sum(machine, node, node.value, scope.find(target.id), value)
        assign(machine, scope, target, value)


def _reads(value: ast.expr, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in walk(value))


def assign(machine: Interpreter, scope: Scope, target: ast.expr, value: object) -> None:
    """Assign a value to a name, an attribute, a subscript, or to several of them."""
    if isinstance(target, ast.Name):
        as_value(value).bind(target.id)
        note_replaced(machine, target, scope.names.get(target.id), value)
        scope.bind(target.id, value)
    elif isinstance(target, ast.Attribute):
        as_value(machine.evaluate(scope, target.value)).set_attribute(machine, target.attr, value, target)
        as_value(value).hold(target)
    elif isinstance(target, ast.Subscript):
        container = machine.evaluate(scope, target.value)
        as_value(container).set_item(machine, machine.evaluate(scope, target.slice), value, target)
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(machine, scope, target, value)
    elif isinstance(target, ast.Starred):
        assign(machine, scope, target.value, value)


def _unpack(machine: Interpreter, scope: Scope, target: ast.Tuple | ast.List, value: object) -> None:
    starred = next((index for index, each in enumerate(target.elts) if isinstance(each, ast.Starred)), None)
    values = as_value(value).unpacked(machine, target, len(target.elts), starred)
    for each, item in zip(target.elts, values, strict=True):
        assign(machine, scope, each, item)


def _annotated(machine: Interpreter, scope: Scope, node: ast.AnnAssign) -> None:
    if node.value is not None:
        value = machine.evaluate(scope, node.value)
        assign(machine, scope, node.target, annotated.heeded(machine, scope, node.annotation, value))


def _augmented(machine: Interpreter, scope: Scope, node: ast.AugAssign) -> None:
    """``target op= value``: in place for a tensor, and a subscript is read, changed and written back."""
    target = node.target
    if isinstance(target, ast.Name):
        owner = index = None
        current = machine.evaluate(scope, ast.copy_location(ast.Name(target.id, ast.Load()), target))
    else:
        owner = machine.evaluate(scope, target.value)
        index = machine.evaluate(scope, target.slice) if isinstance(target, ast.Subscript) else None
        if isinstance(target, ast.Subscript):
            current = as_value(owner).item(machine, index, target)
        else:
            current = as_value(owner).attribute(machine, target.attr, target)
    value = machine.evaluate(scope, node.value)
    note_sum(machine, node, node.value, current, value)
    operator = operators.OPERATORS[type(node.op)]
    result = as_value(current).augmented(machine, node, operator, value)
    if result is NotImplemented:
        result = operators.binary(machine, node, operator.kind, current, value)
    if isinstance(target, ast.Name):
        scope.bind(target.id, result)
    elif isinstance(target, ast.Subscript):
        as_value(owner).set_item(machine, index, result, target)
    else:
        as_value(owner).set_attribute(machine, target.attr, result, target)


def _if(machine: Interpreter, scope: Scope, node: ast.If) -> Signal | None:
    known = len(machine.run.path.met)
    test = machine.evaluate(scope, node.test)
    key, is_undecided = identity(test), as_value(test).is_undecided
    if is_undecided or len(machine.run.path.met) > known:
        for refused, other, way in ((node.body, node.orelse, False), (node.orelse, node.body, True)):
            if refused and isinstance(refused[-1], ast.Raise):  # a check, which whoever runs the code has passed
                machine.run.path.assume(key, known, holds=way)
                machine.learn(key, node.test, holds=way)
                return machine.execute(scope, other)
    ends = _ends_recursion(machine, node) if key is not None else None
    if ends is not None:
        machine.run.path.assume(key, known, holds=ends)
    quiet = machine.run.quiet
    if is_undecided and quiet is not None and quiet.is_quiet(node):
        return None
    if key is not None and not node.orelse and isinstance(node.body[-1], ast.Return):
        chosen = machine.run.path.branch(key, node.test, is_exit=key != TRAINING)
        machine.learn(key, node.test, holds=chosen)
    else:
        chosen = machine.truth(test, node.test)
    return machine.execute(scope, node.body if chosen else node.orelse)


def _ends_recursion(machine: Interpreter, node: ast.If) -> bool | None:
    """Which way a condition goes in a function that called itself so that it does not again; None where neither way,
    or both, do that: every recursion ends."""
    running = machine.calls.active[-1] if machine.calls.active else None
    if not isinstance(running, Function) or machine.calls.active.count(running) < 2:
        return None
    again, otherwise = (_calls(running.name, branch) for branch in (node.body, node.orelse))
    if again == otherwise:
        return True if not again and not node.orelse and isinstance(node.body[-1], ast.Return) else None
    return otherwise


def _calls(name: str, body: list[ast.stmt]) -> bool:
    return any(isinstance(each, ast.Call) and last_name(each.func) == name for part in body for each in walk(part))


def _for(machine: Interpreter, scope: Scope, node: ast.For | ast.AsyncFor) -> Signal | None:
    iterable = machine.evaluate(scope, node.iter)
    items = as_value(iterable).items(machine, node.iter)
    run = machine.run
    effects = None if items.is_all else LoopEffects(machine, scope, node, keeps=node.target if items.exact else None)
    outer, assumed = run.loops.iteration, run.log.assumed
    run.loops.cut += effects is not None
    try:
        with closing(loop_bounds.iterations(run, items)) as values:
            for number, value in enumerate(values):
                run.loops.iteration = (*outer, (id(node), number))
                if not items.exact and number and run.log.assumed is None:
                    run.log.assumed = "the loop runs more than once"
                if effects is not None:
                    if items.exact and number == len(items.values) - 1:
                        effects.leave()  # between this item and the one before, others were left out
                    effects.measure()
                assign(machine, scope, node.target, value)
                signal = machine.execute(scope, node.body)
                if signal is Signal.BREAK or signal is Signal.RETURN:
                    run.trace.generators.doubt(iterable)
                if signal is Signal.BREAK:
                    return None
                if signal is Signal.RETURN:
                    return signal
    finally:
        run.loops.iteration, run.log.assumed = outer, assumed
        run.loops.cut -= effects is not None
    if effects is not None:
        effects.leave()
    if isinstance(iterable, list) and len(iterable) != len(items.values):
        leave_open(run, iterable)  # it was changed meanwhile, which the loop would have heeded
    return machine.execute(scope, node.orelse)


def _while(machine: Interpreter, scope: Scope, node: ast.While) -> Signal | None:
    run, effects = machine.run, LoopEffects(machine, scope, node)
    outer, assumed = run.loops.iteration, run.log.assumed
    run.loops.cut += 1
    try:
        for number in range(ENOUGH + 1):
            condition = machine.evaluate(scope, node.test)
            key = identity(condition)
            known = key is None or (number > 0 and run.path.is_decided(key))
            if known and not machine.truth(condition, node.test):
                return machine.execute(scope, node.orelse)
            if not known and number == ENOUGH:
                break
            effects.measure()
            run.loops.iteration = (*outer, (id(node), number))
            if not known and number and run.log.assumed is None:
                run.log.assumed = "the loop runs more than once"
            signal = machine.execute(scope, node.body)
            if signal is Signal.BREAK:
                return None
            if signal is Signal.RETURN:
                return signal
    finally:
        run.loops.iteration, run.log.assumed = outer, assumed
        run.loops.cut -= 1
    effects.leave()
    return None


def _match(machine: Interpreter, scope: Scope, node: ast.Match) -> Signal | None:
    return machine.execute(scope, match.chosen(machine, scope, node))


def _try(machine: Interpreter, scope: Scope, node: ast.Try) -> Signal | None:
    try:
        signal = _handled(machine, scope, node)
    except Raised:
        final = machine.execute(scope, node.finalbody)
        if final is None:
            raise
        return final
    return machine.execute(scope, node.finalbody) or signal


def _handled(machine: Interpreter, scope: Scope, node: ast.Try) -> Signal | None:
    """The body, then the handler of its error, or ``else``, whose errors none of the handlers catches."""
    before = len(machine.run.trace.events)
    try:
        signal = machine.execute(scope, node.body)
        if any(_catches(machine, scope, each, None) for each in node.handlers):
            machine.run.trace.forgive(before)
    except Raised as error:
        handler = next((each for each in node.handlers if _catches(machine, scope, each, error.kind)), None)
        if handler is None:
            raise
        machine.run.trace.forgive(before)
        if handler.name is not None:
            scope.bind(handler.name, machine.unknown())
        return machine.execute(scope, handler.body)
    return signal or machine.execute(scope, node.orelse)


def _catches(machine: Interpreter, scope: Scope, handler: ast.ExceptHandler, kind: object) -> bool:
    """Whether a handler catches an error, PyTorch's RuntimeError where ``kind`` is None; what is not known is taken
    to."""
    if handler.type is None:
        return True
    wanted = machine.evaluate(scope, handler.type)
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    return any(may_be_error(kind or Symbol("builtins.RuntimeError"), each) for each in wanted)


def _return(machine: Interpreter, scope: Scope, node: ast.Return) -> Signal:
    value = machine.evaluate(scope, node.value) if node.value is not None else None
    if machine.calls.returned:
        machine.calls.returned[-1] = value
    return Signal.RETURN


def _function(machine: Interpreter, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    scope.bind(node.name, functions.define(machine, scope, node))


def _class(machine: Interpreter, scope: Scope, node: ast.ClassDef) -> None:
    scope.bind(node.name, objects.define(machine, scope, node))


def _delete(machine: Interpreter, scope: Scope, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            scope.unbind(target.id)
        elif isinstance(target, ast.Attribute):
            _delete_attribute(machine, target, as_value(machine.evaluate(scope, target.value)))
        elif isinstance(target, ast.Subscript):
            container = as_value(machine.evaluate(scope, target.value))
            container.delete_item(machine, machine.evaluate(scope, target.slice))


def _delete_attribute(machine: Interpreter, target: ast.Attribute, owner: Value) -> None:
    """``del owner.name``; in the place of a gradient PyTorch then has None."""
    if target.attr == "grad":
        owner.set_attribute(machine, "grad", None, target)
    else:
        owner.delete_attribute(machine, target.attr)


def _raise(machine: Interpreter, scope: Scope, node: ast.Raise) -> Signal:
    error = node.exc.func if isinstance(node.exc, ast.Call) else node.exc  # what an error is given raises nothing
    raise Raised(machine.unknown() if error is None else machine.evaluate(scope, error))


def _break(machine: Interpreter, scope: Scope, node: ast.Break) -> Signal:
    return Signal.BREAK


def _continue(machine: Interpreter, scope: Scope, node: ast.Continue) -> Signal:
    return Signal.CONTINUE


def _nothing(machine: Interpreter, scope: Scope, node: ast.stmt) -> None:
    return None


def _assert(machine: Interpreter, scope: Scope, node: ast.Assert) -> None:
    test = machine.evaluate(scope, node.test)
    if test is False:
        raise Raised(Symbol("builtins.AssertionError"))
    machine.learn(identity(test), node.test, holds=True)


_HANDLERS: Mapping[type[ast.stmt], Callable[..., Signal | None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.If: _if,
    ast.For: _for,
    ast.AsyncFor: _for,
    ast.While: _while,
    ast.Match: _match,
    ast.With: managers.execute,
    ast.AsyncWith: managers.execute,
    ast.Try: _try,
    ast.Return: _return,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: imports.bind,
    ast.ImportFrom: imports.bind_from,
    ast.Delete: _delete,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Pass: _nothing,
    ast.Global: _nothing,
    ast.Nonlocal: _nothing,
}
