"""``nn.Module`` classes: what their methods keep on ``self``, and whether that is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property

import libcst as cst

from torchlint.finding import Edit, Span
from torchlint.model.classes import Lineage
from torchlint.model.evaluate import Evaluator, Frame, small_statements
from torchlint.model.uses import Use, Uses, reached_from
from torchlint.model.values import OTHER, UNKNOWN, Dims, Grad, Kind, Value, join
from torchlint.syntax.names import Names, parameters
from torchlint.syntax.region import Region

_INIT = "__init__"
_NUMBER_ANNOTATIONS = frozenset({"float", "int", "bool"})


@dataclass(frozen=True, slots=True)
class Store:
    """One assignment ``self.attribute = value``.

    ``early``: no ``__init__`` of a base has run by then. ``conditional``: it stands in a branch or loop. ``node`` is
    the statement, ``target`` the attribute.
    """

    attribute: str
    value: Value
    method: str
    node: cst.BaseSmallStatement
    target: cst.Attribute
    expression: cst.BaseExpression
    early: bool
    conditional: bool


class ModuleClass:
    """A class that certainly is an ``nn.Module``, read method by method; ``running`` are ``forward`` and what it calls."""

    def __init__(
        self,
        node: cst.ClassDef,
        region: Region,
        names: Names,
        lineage: Lineage,
        named: Callable[[str], Lineage],
        function: Callable[[str], cst.FunctionDef | None],
    ) -> None:
        self.node = node
        self.name = node.name.value
        self.region = region
        self.names = names
        self.lineage = lineage
        self.methods: Mapping[str, cst.FunctionDef] = {
            each.name.value: each for each in node.body.body if isinstance(each, cst.FunctionDef)
        }
        self.running = reached_from("forward", self.methods)
        self._reader = _Reader(self.methods, self.running, names, named, function)

    @cached_property
    def stores(self) -> Mapping[str, Sequence[Store]]:
        """Every assignment to an attribute of ``self`` by attribute, in the order in which the methods run."""
        self._reader.read_all()
        stores: dict[str, list[Store]] = {}
        for store in self._reader.stores:
            stores.setdefault(store.attribute, []).append(store)
        return stores

    @property
    def calls_init(self) -> bool:
        """Whether ``__init__`` reached a call of some other ``__init__``."""
        return bool(self.stores is not None and self._reader.initialised)

    def contents(self, value: Value) -> Sequence[Value]:
        """What a container kept on ``self`` certainly holds and nobody else takes care of."""
        return [each for each in self._reader.evaluator.contents(value) if not self._reader.evaluator.has_escaped(each)]

    def has_escaped(self, value: Value) -> bool:
        """Whether a value was handed to something that may register or move it."""
        return self._reader.evaluator.has_escaped(value)

    @property
    def _registered(self) -> frozenset[str]:
        """The names that this class or a seen ancestor registers, or declares as a property or method."""
        return self.lineage.registered | self.lineage.methods

    def is_registered(self, attribute: str) -> bool:
        """Whether an attribute is registered by name, or by any assignment of a Parameter, Buffer or Module."""
        if attribute in self._registered:
            return True
        registering = (Kind.PARAMETER, Kind.BUFFER, Kind.MODULE)
        return any(store.value.kind in registering for store in self.stores.get(attribute, ()))

    @cached_property
    def _uses(self) -> Uses:
        kinds = {name: kind for name in self.stores if (kind := self._kind(name)) is not None}
        kinds.update(dict.fromkeys(self.lineage.registered, "state"))
        return Uses(self.methods, self.names, kinds, frozenset(self.stores) - frozenset(kinds))

    def _kind(self, attribute: str) -> str | None:
        """What calling or reading an attribute gives, where it is registered: state or a module."""
        for store in self.stores[attribute]:
            value = store.value
            if value.kind in (Kind.PARAMETER, Kind.BUFFER):
                return "state"
            if value.kind is Kind.MODULE:
                return "torch module" if (value.qualified or "").startswith("torch.nn.") else "module"
        return None

    def uses(self, attribute: str) -> Sequence[Use]:
        """How the methods of the class read an attribute, constructors excluded."""
        return [use for use in self._uses.of(attribute) if use.method not in self.constructing]

    @cached_property
    def constructing(self) -> frozenset[str]:
        """``__init__`` and the methods that only run for it."""
        assert self.stores is not None
        return frozenset({_INIT, *self._reader.inlined_by_init}) - self.running

    def plain_tensor(self, attribute: str) -> Store | None:
        """The first assignment of a tensor to an attribute while constructing, where nothing registers or moves it."""
        if self.is_registered(attribute) or attribute in self.lineage.moved:
            return None
        for store in self.stores[attribute]:
            value = store.value
            if value.kind is Kind.TENSOR and store.method in self.constructing and not value.lost:
                return None if self.has_escaped(value) else store
        return None

    def trained(self, store: Store) -> Trained:
        """Whether the tensor that a store keeps ought to be trained, and is not."""
        if store.value.grad is Grad.GRAPH:
            return Trained.GRAPH
        if store.value.grad is not Grad.LEAF:
            return Trained.NO if store.value.grad is Grad.NO else Trained.UNKNOWN
        handled = any(not self.in_forward(use) for use in self.uses(store.attribute))
        return Trained.UNKNOWN if handled else Trained.NEVER

    def is_running_state(self, attribute: str) -> bool:
        """Whether ``forward`` changes an attribute starting from its old value."""
        changed = [store for store in self.stores[attribute] if isinstance(store.node, cst.AugAssign)]
        return any(store.method in self.running for store in changed) and not self.is_restored(attribute)

    def is_restored(self, attribute: str) -> bool:
        """Whether a method other than the constructor gives an attribute a value that is not made from its old one."""
        return any(
            store.method not in self.constructing and not isinstance(store.node, cst.AugAssign)
            for store in self.stores[attribute]
        )

    def in_forward(self, use: Use) -> bool:
        """Whether a use is in ``forward`` or in a method that ``forward`` calls."""
        return use.method in self.running


    def torch_nn(self) -> str | None:
        """How the file writes ``torch.nn``, None where it does not import it."""
        imports = self.names.outline.imports
        for name, meaning in imports.items():
            if meaning == "torch.nn" and self.names.qualify(name) == meaning:
                return name
        return "torch.nn" if self.names.qualify("torch") == "torch" and "torch" in imports else None

    def can_register(self, store: Store) -> bool:
        """Whether an assignment can become a registration: the only one of its attribute, a plain statement of
        ``__init__`` after that of the base class ran."""
        alone = len(self.stores[store.attribute]) == 1
        plain = isinstance(store.node, cst.Assign) and len(store.node.targets) == 1 and store.node.value is store.expression
        return alone and plain and not store.early and store.method == _INIT and "__slots__" not in self.stores

    def wrap(self, store: Store, before: str, after: str) -> tuple[Edit, ...]:
        """Edits that put a call around the value of an assignment, its target included in ``before``."""
        statement = self.region.span(store.node)
        value = self.region.span(store.expression.lpar[0] if store.expression.lpar else store.expression)
        return (
            self.region.edit(Span(statement.start, value.start), before),
            self.region.edit(Span(statement.end, statement.end), after),
        )


class Trained(Enum):
    """Whether a tensor ought to be trained: no; yes and no optimizer gets it; it is made from a parameter; not known."""

    NO = "no"
    NEVER = "never"
    GRAPH = "graph"
    UNKNOWN = "unknown"


class _Reader:
    """Runs the methods of a class abstractly, ``__init__`` first, and records what is stored on ``self``."""

    def __init__(
        self,
        methods: Mapping[str, cst.FunctionDef],
        running: frozenset[str],
        names: Names,
        named: Callable[[str], Lineage],
        function: Callable[[str], cst.FunctionDef | None],
    ) -> None:
        self.stores: list[Store] = []
        self.initialised = False
        self.inlined_by_init: set[str] = set()
        self.evaluator = Evaluator(named, function, methods, self._inline)
        self._methods = methods
        self._running = running
        self._names = names
        self._method = _INIT
        self._depth = 0
        self._active: list[cst.FunctionDef] = []
        self._returned: list[Value] = []
        self._read = False

    def read_all(self) -> None:
        """Read ``__init__``, then every other method that it did not call."""
        if self._read:
            return
        self._read = True
        if _INIT in self._methods:
            self._run(_INIT)
        self.inlined_by_init -= {_INIT}
        built = dict(self.evaluator.held)
        for name in self._methods:
            if name != _INIT and name not in self.inlined_by_init:
                self.evaluator.held = dict(built)
                self._run(name)
        self.evaluator.held = built

    def _run(self, name: str) -> None:
        self._method = name
        self.evaluator.constructing = name not in self._running
        method = self._methods[name]
        frame = Frame(self._names.within(method), _hinted(method))
        self._enter(method, frame)

    def _enter(self, function: cst.FunctionDef, frame: Frame) -> Value:
        self._active.append(function)
        outer, self._returned = self._returned, []
        self._body(function.body, frame)
        returned, self._returned = self._returned, outer
        self._active.pop()
        result = returned[0] if returned else OTHER
        for value in returned[1:]:
            result = join(result, value)
        return result

    def _inline(
        self, function: cst.FunctionDef, caller: Frame, positional: list[Value], named: Mapping[str, Value]
    ) -> Value:
        """Read a function or method at its call with the values that it is given."""
        if function in self._active:
            return UNKNOWN
        arguments = list(parameters(function))
        is_method = self._methods.get(function.name.value) is function
        if is_method:
            arguments = arguments[1:]
            if self._method == _INIT:
                self.inlined_by_init.add(function.name.value)
        bound = {**_hinted(function), **dict(zip(arguments, positional, strict=False)), **named}
        scope = Names(caller.names.outline, {}).within(function)
        return self._enter(function, Frame(scope, bound, caller.depth + 1))

    def _body(self, suite: cst.BaseSuite, frame: Frame) -> None:
        if isinstance(suite, cst.SimpleStatementSuite):
            self._line(suite, frame)
            return
        for statement in suite.body:
            self._statement(statement, frame)

    def _statement(self, node: cst.BaseStatement, frame: Frame) -> None:
        match node:
            case cst.SimpleStatementLine():
                self._line(node, frame)
            case cst.If(test=test, body=body, orelse=orelse):
                self.evaluator.value(test, frame)
                self._branches(body, orelse, frame)
            case cst.For(target=target, iter=iterated, body=body):
                self.evaluator.bind(target, self.evaluator.iterated(iterated, frame), frame)
                self._nested(body, frame)
            case cst.While(body=body):
                self._nested(body, frame)
            case cst.With(items=items, body=body):
                self._with(items, body, frame)
            case cst.Try(body=body, handlers=handlers, finalbody=final):
                self._nested(body, frame)
                for handler in handlers:
                    self._nested(handler.body, frame)
                if final is not None:
                    self._body(final.body, frame)
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                frame.local[name.value] = UNKNOWN

    def _branches(self, body: cst.BaseSuite, orelse: cst.If | cst.Else | None, frame: Frame) -> None:
        """Both branches are read; what they disagree on is joined."""
        local, held = dict(frame.local), dict(self.evaluator.held)
        self._nested(body, frame)
        after_local, after_held = frame.local, self.evaluator.held
        frame.local, self.evaluator.held = local, held
        if isinstance(orelse, cst.If):
            self._statement(orelse, frame)
        elif orelse is not None:
            self._nested(orelse.body, frame)
        frame.local = _joined(after_local, frame.local)
        self.evaluator.held = _joined(after_held, self.evaluator.held)

    def _nested(self, body: cst.BaseSuite, frame: Frame) -> None:
        self._depth += 1
        self._body(body, frame)
        self._depth -= 1

    def _with(self, items: Sequence[cst.WithItem], body: cst.BaseSuite, frame: Frame) -> None:
        enabled = self.evaluator.grad_enabled
        for item in items:
            if isinstance(item.item, cst.Call) and frame.names.of(item.item.func) in _GRAD_OFF:
                self.evaluator.grad_enabled = False
        self._body(body, frame)
        self.evaluator.grad_enabled = enabled

    def _line(self, line: cst.SimpleStatementLine | cst.SimpleStatementSuite, frame: Frame) -> None:
        for node in small_statements(line):
            match node:
                case cst.Assign(targets=targets, value=expression):
                    value = self.evaluator.value(expression, frame)
                    for target in targets:
                        self._assign(target.target, value, expression, node, frame)
                case cst.AnnAssign(target=target, value=cst.BaseExpression() as expression):
                    self._assign(target, self.evaluator.value(expression, frame), expression, node, frame)
                case cst.AugAssign(target=target, value=expression):
                    self._augment(target, expression, node, frame)
                case cst.Return(value=cst.BaseExpression() as expression):
                    self._returned.append(self.evaluator.value(expression, frame))
                case cst.Expr(value=expression):
                    self._expression(expression, frame)

    def _expression(self, node: cst.BaseExpression, frame: Frame) -> None:
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute) and node.func.attr.value == _INIT:
            self.initialised = self.initialised or self._method == _INIT
        result = self.evaluator.value(node, frame)
        match node:  # x.requires_grad_() and x.normal_() change what the name or attribute holds
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name))) if result.is_tensor and name in frame.local:
                frame.local[name] = result

    def _augment(self, target: cst.BaseExpression, expression: cst.BaseExpression, node: cst.AugAssign, frame: Frame) -> None:
        added = self.evaluator.value(expression, frame)
        held = self.evaluator.value(target, frame)
        if held.kind is Kind.CONTAINER and added.kind is Kind.CONTAINER:
            for each in self.evaluator.contents(added):
                self.evaluator.put(held, each)
        elif isinstance(target, cst.Attribute) and _is_self(target.value):
            self._record(target, held if held.is_tensor else UNKNOWN, expression, node)

    def _assign(
        self, target: cst.BaseExpression, value: Value, expression: cst.BaseExpression, node: cst.BaseSmallStatement, frame: Frame
    ) -> None:
        match target:
            case cst.Name(value=name):
                frame.local[name] = value
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                parts = expression.elements if isinstance(expression, (cst.Tuple, cst.List)) else ()
                values = [self.evaluator.value(each.value, frame) for each in parts]
                same = len(values) == len(elements)
                for index, element in enumerate(elements):
                    part = parts[index].value if same else expression
                    self._assign(element.value, values[index] if same else UNKNOWN, part, node, frame)
            case cst.Attribute(value=owner) if _is_self(owner):
                self._record(target, value, expression, node)
                self.evaluator.held[target.attr.value] = value
            case cst.Subscript(value=container):
                self.evaluator.put(self.evaluator.value(container, frame), value)
            case _:
                self.evaluator.escape(value)

    def _record(
        self, target: cst.Attribute, value: Value, expression: cst.BaseExpression, node: cst.BaseSmallStatement
    ) -> None:
        early = self._method == _INIT and not self.initialised
        name = target.attr.value
        self.stores.append(Store(name, value, self._method, node, target, expression, early, self._depth > 0))


_GRAD_OFF = frozenset({"torch.no_grad", "torch.inference_mode"})


def _is_self(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "self"


def _joined(one: Mapping[str, Value], other: Mapping[str, Value]) -> dict[str, Value]:
    return {name: join(one.get(name, UNKNOWN), other.get(name, UNKNOWN)) for name in {**one, **other}}


def _hinted(function: cst.FunctionDef) -> dict[str, Value]:
    """The parameters of a function as values: unknown, but a default or annotation can say that they are numbers."""
    hinted = {}
    for param in (*function.params.params, *function.params.kwonly_params):
        dims = _hint(param)
        if dims is not Dims.UNKNOWN:
            hinted[param.name.value] = replace(UNKNOWN, dims=dims, grad=Grad.NO)
    return hinted


def _hint(param: cst.Param) -> Dims:
    match param.annotation:
        case cst.Annotation(annotation=cst.Name(value=name)) if name in _NUMBER_ANNOTATIONS:
            return Dims.NONE
        case cst.Annotation(annotation=cst.Name(value="list" | "tuple" | "List" | "Tuple" | "Sequence")):
            return Dims.SOME
        case cst.Annotation(annotation=cst.Subscript(value=cst.Name(value="list" | "tuple" | "List" | "Tuple" | "Sequence"))):
            return Dims.SOME
    match param.default:
        case cst.BaseNumber() | cst.UnaryOperation(expression=cst.BaseNumber()):
            return Dims.NONE
        case cst.List() | cst.Tuple():
            return Dims.SOME
    return Dims.UNKNOWN
