"""An instance of a class as one of its methods finds it: built by ``__init__``, and used by other methods since."""

from __future__ import annotations

import ast
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import reduce
from types import MappingProxyType
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.faults import Raised
from torchlint.model.autograd.results import tensors_in
from torchlint.model.interpreter.library import layer_subclass
from torchlint.model.interpreter.limits import MAX_BUILDING_STEPS, OutOfBudget
from torchlint.model.interpreter.python import objects
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values.callables import Bound, Partial
from torchlint.model.interpreter.values.classes import ClassValue, ObjectValue
from torchlint.model.interpreter.values.functions import FunctionValue, decorators
from torchlint.model.interpreter.values.symbolic import Symbol, identity, optional
from torchlint.model.interpreter.values.value import as_value
from torchlint.syntax.tree import Function, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchlint.model.interpreter.protocol import Interpreter

_SWITCHING = re.compile("grad|infer|eval|jit|script|compile|custom_")
"""What may switch the grad mode or replace the code that it decorates, by its name."""


@dataclass(frozen=True, slots=True)
class Uses:
    """What a method does to ``self``: the attributes that it binds, those that it may change (their methods are called,
    they are given away, a part of them is bound or run over), and the methods that it calls."""

    bound: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    called: frozenset[str] = frozenset()

    def __or__(self, other: Uses) -> Uses:
        return Uses(self.bound | other.bound, self.changed | other.changed, self.called | other.called)


_USING = (ast.Attribute, ast.Subscript, ast.For, ast.Call)
_USES: WeakKeyDictionary[ast.AST, Uses] = WeakKeyDictionary()


def uses(node: Function) -> Uses:
    """What a method does to its first parameter."""
    if node not in _USES:
        _USES[node] = _read(node)
    return _USES[node]


def _read(node: Function) -> Uses:
    parameters = [*node.args.posonlyargs, *node.args.args]
    own = parameters[0].arg if parameters else ""
    bound, changed, called = set[str](), set[str](), set[str]()
    for each in walk(node):
        if not isinstance(each, _USING):
            continue
        match each:
            case ast.Attribute(value=ast.Name(id=name), attr=attribute, ctx=ast.Store() | ast.Del()) if name == own:
                bound.add(attribute)
            case ast.Attribute(value=inner, ctx=ast.Store()) | ast.Subscript(value=inner, ctx=ast.Store() | ast.Del()):
                changed |= _held_in(inner, own)
            case ast.For(iter=inner):
                changed |= _held_in(inner, own)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)) if name == own:
                called.add(attribute)
                changed.update(*(_held_in(given, own) for given in each.args))
            case ast.Call(func=function):
                changed.update(*(_held_in(given, own) for given in (function, *each.args)))
    return Uses(frozenset(bound), frozenset(changed), frozenset(called))


def _held_in(node: ast.expr, own: str) -> set[str]:
    """The attribute of the instance that an expression is a part of, if any."""
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call, ast.Starred)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            return {node.attr} if node.value.id == own else set()
        node = node.func if isinstance(node, ast.Call) else node.value
    return set()


@dataclass(frozen=True, slots=True)
class Life:
    """What happens to an instance around one of its methods: what the methods that it does not call do to it, and
    whether one of them calls it, so that it need not be what a user calls."""

    others: Uses
    is_inner: bool


def life(owner: ClassValue, name: str) -> Life:
    """The life of an instance around a method."""
    methods = dict(_methods(owner))
    own, waiting = set[str](), [name]
    while waiting:
        each = waiting.pop()
        if each in methods and each not in own:
            own.add(each)
            waiting += uses(methods[each]).called
    rest = [uses(node) for each, node in methods.items() if each not in own and each != "__init__"]
    others = reduce(Uses.__or__, rest, Uses())
    return Life(others, name in others.called)


def _methods(owner: ClassValue) -> Iterator[tuple[str, Function]]:
    """The methods of a class, those of its bases first."""
    for name, each in owner.functions():
        if isinstance(each.node, Function):
            yield name, each.node


def build(machine: Interpreter, owner: ClassValue, at: ast.AST, *, is_module: bool) -> ObjectValue:
    """An instance right after its ``__init__``, which is called with unknown arguments.

    Raises: Raised, OutOfBudget where that of a module is not run to its end; a plain object is then taken as unknown.
    """
    is_open = owner.is_open
    made = ObjectValue(owner, {}, at, is_module, is_open, training=Answer.MAYBE, number=machine.run.fresh())
    prepare = owner.function("__init__")
    if prepare is not None:
        keywords = _defaults(machine, prepare) if machine.run.path.default else {}
        if is_module:
            call(machine, prepare, made, at, keywords)
        else:
            _prepare(machine, prepare, made, at, keywords)
    elif owner.base_layer is not None:
        layer_subclass.initialise(machine, Site(at, "", [], {}, is_open=True), made, owner.base_layer)
    return made


def _prepare(
    machine: Interpreter, prepare: FunctionValue, made: ObjectValue, at: ast.AST, keywords: Mapping[str, object]
) -> None:
    run = machine.run
    left, run.budget.steps = run.budget.steps, MAX_BUILDING_STEPS
    try:
        call(machine, prepare, made, at, keywords)
    except (Raised, OutOfBudget):
        made.attributes.clear()
        made.is_open = True
    finally:
        run.budget.steps = left


def _defaults(machine: Interpreter, function: FunctionValue) -> dict[str, object]:
    """The defaults that are classes, as one possible path: which layers a module is built of."""
    return {
        name: Partial(value, (), (), f"`{name}` is its default")
        for name, value in function.defaults.items()
        if isinstance(value, (ClassValue, Partial)) or (isinstance(value, Symbol) and _is_class(machine, value))
    }


def _is_class(machine: Interpreter, symbol: Symbol) -> bool:
    return symbol.name.startswith("torch.nn.") or objects.is_foreign_module(machine, symbol)


def call(
    machine: Interpreter,
    function: FunctionValue,
    instance: ObjectValue,
    at: ast.AST,
    keywords: Mapping[str, object] = MappingProxyType({}),
) -> object:
    """Call a method on an instance with unknown arguments; a decorator that its name tells nothing of is harmless."""
    site = Site(at, "", [], dict(keywords), is_open=True)
    if function.modes is None and not _SWITCHING.search(" ".join(decorators(function.node))):
        function = replace(function, modes=())
    return machine.call_site(site, Bound(instance, function))


def fill(machine: Interpreter, instance: ObjectValue) -> None:
    """Whoever uses an instance fills its empty containers: what is in them is not known."""
    for name, value in instance.attributes.items():
        if isinstance(value, (list, dict)) and not value:
            instance.attributes[name] = machine.unknown()


def rebind(machine: Interpreter, instance: ObjectValue, owner: ClassValue, method: str) -> None:
    """Other methods of a module may have run: what they bind is not known, unless it is a module or a parameter."""
    kept = [name for name, value in instance.attributes.items() if not _is_part(value)]
    if kept:
        for name in life(owner, method).others.bound.intersection(kept):
            found = machine.unknown()
            instance.attributes[name] = optional(found) if name in instance.buffers else found


def _is_part(value: object) -> bool:
    return as_value(value).is_lasting or any(each.is_parameter for each in tensors_in(value, 0))


def age(machine: Interpreter, instance: ObjectValue, others: Uses) -> None:
    """Other methods may have run: what they bind is not known, what they change may require grad by now."""
    for name, value in instance.attributes.items():
        is_kept = as_value(value).is_lasting or bool(tensors_in(value, 0))
        if name in others.bound or (name in others.changed and not is_kept):
            instance.attributes[name] = machine.unknown()
        elif name in others.changed:
            as_value(value).havoc(machine)


def run_twice(machine: Interpreter, method: FunctionValue, instance: ObjectValue, around: Life) -> object:
    """Call a method, and again where it left a graph on the instance that nothing else cuts; the first result."""
    run = machine.run
    before = {name: id(value) for name, value in instance.attributes.items()}
    node = method.node
    run.loops.iteration = ((id(node), 0),)
    result = call(machine, method, instance, node)
    left = [
        name
        for name, value in instance.attributes.items()
        if before.get(name) != id(value) and not as_value(value).is_lasting and _may_have_graph(value)
    ]
    if around.is_inner or not left:
        return result
    touched = around.others.bound | around.others.changed
    for name in touched.intersection(left):
        instance.attributes[name] = machine.unknown()
    if not touched.issuperset(left):
        run.loops.iteration, run.log.assumed = ((id(node), 1),), "the method runs more than once"
        with suppress(OutOfBudget):
            call(machine, method, instance, node)
    return result


def _may_have_graph(value: object) -> bool:
    return identity(value) is not None or any(each.node is not None for each in tensors_in(value))
