"""Functions of the program: called with what is known of their arguments."""

from __future__ import annotations

import ast
import re
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

from torchlint.model.interpreter import unknown_calls
from torchlint.model.interpreter.identities import Argument
from torchlint.model.interpreter.library import optimizers
from torchlint.model.interpreter.limits import MAX_CALL_DEPTH
from torchlint.model.interpreter.python import annotated
from torchlint.model.interpreter.resolve import origin
from torchlint.model.interpreter.scope import Scope
from torchlint.model.interpreter.values.callables import Managed
from torchlint.model.interpreter.values.containers import Stream
from torchlint.model.interpreter.values.functions import FunctionValue
from torchlint.model.interpreter.values.symbolic import Symbolic
from torchlint.model.interpreter.values.value import as_value
from torchlint.syntax.use_def import function_use

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchlint.model.autograd.grad_mode import Mode
    from torchlint.model.interpreter.protocol import Block, Interpreter, Signal
    from torchlint.model.interpreter.site import Site

_SAME_FUNCTION = 3
_MANAGER = "contextlib.contextmanager"
_INFERRING = re.compile("infer(?:_|$|ence)")
"""What library code most likely calls where no gradient is wanted, by its name."""


def call(machine: Interpreter, site: Site, function: FunctionValue) -> object:
    """Run a function's body in a scope of its own; what cannot be followed gives an unknown value."""
    run = machine.run
    if (
        function.modes is None
        or run.loops.depth >= MAX_CALL_DEPTH
        or machine.calls.active.count(function.node) >= _SAME_FUNCTION
    ):
        return unknown_calls.call_unknown(machine, site, function)
    if isinstance(function.node, ast.AsyncFunctionDef):
        return unknown_calls.call_unknown(machine, site, function)
    scope = Scope(function.scope, shared=function_use(function.node).shared)
    _bind_parameters(machine, scope, site, function)
    if function.is_manager:
        run_around = partial(_manage, machine, scope, site, function)
        return Managed(run_around, (*site.arguments, *site.keywords.values()))
    if function_use(function.node).is_generator:
        return Stream(lambda: _run(machine, scope, site, function))
    return _run(machine, scope, site, function)


def _manage(machine: Interpreter, scope: Scope, site: Site, function: FunctionValue, block: Block) -> Signal | None:
    """Run a ``with`` block where the function that manages it yields."""
    ended: list[Signal | None] = []
    entered = machine.run.log.entered

    def at_yield(given: object) -> None:
        if not ended:
            with _outside(machine, entered):
                ended.append(block(given))

    _run(machine, scope, site, function, at_yield)
    return ended[0] if ended else block(machine.unknown())


@contextmanager
def _outside(machine: Interpreter, entered: ast.AST | None) -> Iterator[None]:
    """For as long as this lasts, leave the function that runs, as a generator does that yields."""
    run, calls, inner = machine.run, machine.calls, machine.run.log.entered
    stacks: tuple[list[Any], ...] = (calls.active, calls.sites, calls.returned, calls.yielded, calls.blocks)
    frame = [each.pop() for each in stacks]
    run.loops.depth -= 1
    run.log.entered = entered
    try:
        yield
    finally:
        run.log.entered = inner
        run.loops.depth += 1
        for stack, each in zip(stacks, frame, strict=True):
            stack.append(each)


def _run(
    machine: Interpreter,
    scope: Scope,
    site: Site,
    function: FunctionValue,
    block: Callable[[object], None] | None = None,
) -> object:
    run, entered = machine.run, machine.run.log.entered
    if entered is None and origin(function.node) is not None and origin(site.at) is None:
        run.log.entered = site.at
    run.loops.depth += 1
    machine.calls.sites.append(site)
    machine.calls.active.append(function.node)
    machine.calls.called.add(function.node)
    if machine.is_library and site.argument(0, "") is not None and _is_left_open(function.node):
        run.trace.hand(site.at)
    try:
        infers = machine.is_library and _INFERRING.search(getattr(function.node, "name", "")) is not None
        with run.mode.within(function.modes or ()) if function.modes or infers else nullcontext():
            run.mode.is_known = run.mode.is_known and not infers
            return run_body(machine, scope, function.node, block)
    finally:
        run.log.entered = entered
        run.loops.depth -= 1
        machine.calls.active.pop()
        machine.calls.sites.pop()


def _is_left_open(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> bool:
    """Whether a body does nothing at all, for classes that are not seen to fill in."""
    return isinstance(node, ast.FunctionDef) and all(
        isinstance(each, ast.Pass) or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in node.body
    )


def run_body(
    machine: Interpreter,
    scope: Scope,
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
    block: Callable[[object], None] | None = None,
) -> object:
    """What a function returns; of a generator, which shows by its first ``yield``, all that it yields. ``block`` is
    run where it does, if it manages one."""
    if isinstance(node, ast.Lambda):
        return machine.evaluate(scope, node.body)
    machine.calls.returned.append(None)
    machine.calls.yielded.append(None)
    machine.calls.blocks.append(block)
    try:
        machine.execute(scope, node.body)
        yielded = machine.calls.yielded[-1]
        return machine.calls.returned[-1] if yielded is None else yielded
    finally:
        machine.calls.returned.pop()
        machine.calls.yielded.pop()
        machine.calls.blocks.pop()


def _bind_parameters(machine: Interpreter, scope: Scope, site: Site, function: FunctionValue) -> None:
    parameters = function.node.args
    named = [*parameters.posonlyargs, *parameters.args]
    for index, each in enumerate(named):
        keyword = each.arg if index >= len(parameters.posonlyargs) else None
        scope.names[each.arg] = _given(machine, site, function, each, index, keyword)
    for each in parameters.kwonlyargs:
        scope.names[each.arg] = _given(machine, site, function, each, None, each.arg)
    if parameters.vararg is not None:
        rest = tuple(site.arguments[len(named) :])
        scope.names[parameters.vararg.arg] = machine.unknown() if site.is_open else rest
    if parameters.kwarg is not None:
        names = {each.arg for each in (*parameters.args, *parameters.kwonlyargs)}
        extra: dict[object, object] = {name: value for name, value in site.keywords.items() if name not in names}
        scope.names[parameters.kwarg.arg] = machine.unknown() if site.is_open else extra


def _given(
    machine: Interpreter,
    site: Site,
    function: FunctionValue,
    parameter: ast.arg,
    index: int | None,
    keyword: str | None,
) -> object:
    """What a parameter is given by its position or by ``keyword``, else its default."""
    name = parameter.arg
    if index is not None and index < len(site.arguments):
        return _heeded(machine, function, parameter, site.arguments[index])
    if keyword in site.keywords:
        return _heeded(machine, function, parameter, site.keywords[keyword])
    if site.is_open or name not in function.defaults:
        return _unseen_argument(machine, function, parameter, Symbolic(Argument(name, machine.run.fresh())))
    return function.defaults[name]


def defaults(machine: Interpreter, scope: Scope, parameters: ast.arguments) -> dict[str, object]:
    """The values of a function's defaults by parameter, evaluated where it is defined."""
    named = [*parameters.posonlyargs, *parameters.args]
    values: dict[str, object] = {}
    for each, node in zip(named[len(named) - len(parameters.defaults) :], parameters.defaults, strict=True):
        values[each.arg] = machine.evaluate(scope, node)
    for each, keyword_node in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        if keyword_node is not None:
            values[each.arg] = machine.evaluate(scope, keyword_node)
    return values


def define(machine: Interpreter, scope: Scope, node: ast.FunctionDef | ast.AsyncFunctionDef) -> FunctionValue:
    """The value of a ``def`` statement: its decorators may be grad modes; others hide what a call does."""
    modes: tuple[Mode, ...] | None = ()
    is_manager = False
    for each in reversed(node.decorator_list):
        decorator = as_value(machine.evaluate(scope, each))
        if decorator.imported_name == _MANAGER and function_use(node).is_generator and modes == ():
            is_manager = True
            continue
        found = decorator.decorating
        modes = None if found is None or modes is None else (*found, *modes)
    if is_manager and modes:
        modes = None  # they are left again before the block runs
    return FunctionValue(node, scope, defaults(machine, scope, node.args), modes, is_manager)


def entry_arguments(machine: Interpreter, function: FunctionValue) -> dict[str, object]:
    """Symbolic values for the parameters of a function that nothing seen calls, optimizers where they must be some."""
    node, parameters = function.node, function.node.args
    every = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs, parameters.vararg, parameters.kwarg]
    return {
        each.arg: _unseen_argument(machine, function, each, Symbolic(Argument(each.arg, -node.lineno)))
        for each in every
        if each is not None
    }


def _heeded(machine: Interpreter, function: FunctionValue, parameter: ast.arg, given: object) -> object:
    """An argument as its annotation says that it is, unless it is the default."""
    if parameter.annotation is None:
        return given
    may_be_left_out = parameter.arg in function.defaults
    return annotated.heeded(machine, function.scope, parameter.annotation, given, is_optional=may_be_left_out)


def _unseen_argument(machine: Interpreter, function: FunctionValue, parameter: ast.arg, given: Symbolic) -> object:
    """What an argument is that is not seen, by its annotation; one with a default may be left out."""
    if parameter.annotation is None or parameter in (function.node.args.vararg, function.node.args.kwarg):
        return given
    if parameter.arg not in function.defaults and isinstance(parameter.annotation, (ast.Name, ast.Attribute)):
        optimizer = optimizers.annotated(
            machine, parameter.annotation, machine.evaluate(function.scope, parameter.annotation)
        )
        if optimizer is not None:
            return optimizer
    return _heeded(machine, function, parameter, given)
