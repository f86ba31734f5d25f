"""Runs the methods of a class abstractly, statement by statement, and records what they store on ``self``."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.modules.evaluate import Evaluator, Frame, only_uses, small_statements
from torchlint.model.modules.values import OTHER, UNKNOWN, Dims, Grad, Kind, Value, join
from torchlint.syntax.names import Names, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchlint.model.modules.classes import Classes


INIT = "__init__"
OUTSIDE = ""
_GRAD_OFF = frozenset({"torch.no_grad", "torch.inference_mode"})
_NUMBER_ANNOTATIONS = frozenset({"float", "int", "bool"})
_SEQUENCES = frozenset({"list", "tuple", "List", "Tuple", "Sequence"})


@dataclass(frozen=True, slots=True)
class Store:
    """One assignment ``self.attribute = value``.

    ``method`` is the one that runs it, OUTSIDE where a plain function that is given ``self`` does. ``early``: no
    ``__init__`` of a base has run by then. ``conditional``: it stands in a branch or loop. ``node`` is
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


class Reader:
    """Reads the methods of one class, ``__init__`` first, then those that it did not call."""

    def __init__(
        self,
        methods: Mapping[str, cst.FunctionDef],
        running: frozenset[str],
        names: Names,
        classes: Classes,
        function: Callable[[str], cst.FunctionDef | None],
    ) -> None:
        self.stores: list[Store] = []
        self.initialised = False
        self.inlined_by_init: set[str] = set()
        self.evaluator = Evaluator(classes, function, methods, self._inline)
        self._methods = methods
        self._running = running
        self._names = names
        self._method = INIT
        self._depth = 0
        self._active: list[cst.FunctionDef] = []
        self._returned: list[Value] = []

    def read_all(self) -> None:
        """Read ``__init__``, then every other method that it did not call."""
        if INIT in self._methods:
            self._run(INIT)
            self.initialised = self.evaluator.initialised
        self.inlined_by_init -= {INIT}
        built = dict(self.evaluator.held)
        for name in self._methods:
            if name != INIT and name not in self.inlined_by_init:
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
            if self._method == INIT:
                self.inlined_by_init.add(function.name.value)
        bound = {**_hinted(function), **dict(zip(arguments, positional, strict=False)), **named}
        scope = Names(caller.names.outline, {}).within(function)
        return self._enter(function, Frame(scope, bound, caller.depth + 1))

    def _body(self, suite: cst.BaseSuite, frame: Frame) -> None:
        if isinstance(suite, cst.SimpleStatementSuite):
            self._line(suite, frame)
            return
        for statement in suite.body:
            if isinstance(statement, cst.BaseStatement):
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
        constructing = self.evaluator.constructing
        self.evaluator.constructing = constructing and not only_uses(node)
        result = self.evaluator.value(node, frame)
        self.evaluator.constructing = constructing
        match node:  # x.requires_grad_() and x.normal_() change what the name or attribute holds
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name))) if result.is_tensor and name in frame.local:
                frame.local[name] = result

    def _augment(
        self, target: cst.BaseExpression, expression: cst.BaseExpression, node: cst.AugAssign, frame: Frame
    ) -> None:
        added = self.evaluator.value(expression, frame)
        held = self.evaluator.value(target, frame)
        if held.kind is Kind.CONTAINER and added.kind is Kind.CONTAINER:
            for each in self.evaluator.contents(added):
                self.evaluator.put(held, each)
        elif isinstance(target, cst.Attribute) and _is_self(target.value):
            self._record(target, held if held.is_tensor else UNKNOWN, expression, node)

    def _assign(
        self,
        target: cst.BaseExpression,
        value: Value,
        expression: cst.BaseExpression,
        node: cst.BaseSmallStatement,
        frame: Frame,
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
                self._record_each(target, value, expression, node)
                self.evaluator.held[target.attr.value] = value
                if value.kind in (Kind.MODULE, Kind.PARAMETER):
                    self.evaluator.escape(value)  # Module registers it
            case cst.Subscript(value=container):
                self.evaluator.put(self.evaluator.value(container, frame), value)
            case _:
                self.evaluator.escape(value)

    @property
    def _is_inside(self) -> bool:
        """Whether what is being read stands in the class."""
        function = self._active[-1]
        return self._methods.get(function.name.value) is function

    def _record_each(
        self, target: cst.Attribute, value: Value, expression: cst.BaseExpression, node: cst.BaseSmallStatement
    ) -> None:
        """Record what is assigned: of ``one if test else other`` each, as if there were two branches."""
        ways = self.evaluator.ways.get(expression, ()) if value.kind is Kind.UNKNOWN else ()
        self._depth += bool(ways)
        for each in ways or (value,):
            self._record(target, each, expression, node)
        self._depth -= bool(ways)

    def _record(
        self, target: cst.Attribute, value: Value, expression: cst.BaseExpression, node: cst.BaseSmallStatement
    ) -> None:
        method = self._method if self._is_inside else OUTSIDE
        early = method == INIT and not self.evaluator.initialised
        name = target.attr.value
        self.evaluator.initialised = self.evaluator.initialised or name == "__dict__"
        self.stores.append(Store(name, value, method, node, target, expression, early, self._depth > 0))


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
        case cst.Annotation(annotation=cst.Name(value=name)) if name in _SEQUENCES:
            return Dims.SOME
        case cst.Annotation(annotation=cst.Subscript(value=cst.Name(value=name))) if name in _SEQUENCES:
            return Dims.SOME
    match param.default:
        case cst.BaseNumber() | cst.UnaryOperation(expression=cst.BaseNumber()):
            return Dims.NONE
        case cst.List() | cst.Tuple():
            return Dims.SOME
    return Dims.UNKNOWN
