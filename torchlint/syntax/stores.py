"""What a class keeps on ``self``, as far as syntax alone can tell: never too strict, never sure.

An expression is summed up as the set of things that its value may be. Constants, arguments, strings, counters and
instances of classes are provably no tensors; the result of a call of anything else may be one.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.syntax.gate import Sign
from torchlint.syntax.tree import Function, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


Things = int
"""A set of what a value may be, as bits; an ``enum.Flag`` would be combined in Python, tens of thousands of times."""


class May:
    """What a value may be; NOTHING is a value that no rule about state cares for."""

    NOTHING = 0
    TENSOR = 1
    PARAMETER = 2
    INSTANCE = 4
    CONTAINER = 8


_KEPT = May.TENSOR | May.PARAMETER | May.INSTANCE
PARAMETERS = frozenset({"Parameter", "Buffer", "UninitializedParameter", "UninitializedBuffer"})
_TENSOR_CLASSES = frozenset({"Variable"})
_COLLECTIONS = frozenset({"list", "tuple", "dict", "set", "OrderedDict", "sorted", "reversed", "zip", "filter", "map"})
_ADDING = frozenset({"append", "extend", "insert", "add", "update", "setdefault", "appendleft"})
_ARITHMETIC = frozenset({"sum", "max", "min", "abs", "pow", "next"})
_GIVING_THEMSELVES = frozenset(
    {"to", "cuda", "cpu", "half", "float", "double", "train", "eval", "requires_grad_", "apply"}
)
"""Methods after which a module is still what it was."""
_USUAL = frozenset({"torch", "nn", "F", "optim"})


class Returned(NamedTuple):
    """What a function may return, and each item of it where that is a tuple written out, always of as many."""

    whole: Things = May.NOTHING
    parts: tuple[Things, ...] = ()
    is_known: bool = False

    def along(self, whole: Things, parts: tuple[Things, ...]) -> Returned:
        """Another way to return."""
        if self.is_known:
            same = len(parts) == len(self.parts)
            parts = tuple(one | other for one, other in zip(self.parts, parts, strict=True)) if same else ()
        return Returned(self.whole | whole, parts, is_known=True)


class Helpers:
    """What the functions of a file may return, and which names are PyTorch's."""

    def __init__(self, imports: Mapping[str, str], stars: bool, functions: Mapping[str, Function]) -> None:
        self._imports = imports
        self._stars = stars
        self._functions = functions
        self._returned: dict[Function, Returned] = {}

    def call(self, name: str) -> Things:
        """What a call of a bare name may return."""
        if function := self._functions.get(name):
            return self.returned(function, {}).whole
        if (imported := self._imports.get(name)) is not None:
            return May.TENSOR if imported.startswith("torch") else May.NOTHING
        return May.TENSOR if self._stars else May.NOTHING

    def is_torch(self, root: str) -> bool:
        """Whether a name may be a module of PyTorch."""
        imported = self._imports.get(root)
        return imported.startswith("torch") if imported is not None else root in _USUAL

    def parts(self, name: str) -> Sequence[Things]:
        """What the items of the tuple may be that a function of the file returns."""
        function = self._functions.get(name)
        return self.returned(function, {}).parts if function is not None else ()

    def returned(self, function: Function, methods: Mapping[str, Function]) -> Returned:
        """What a function may return. Recursion returns nothing new."""
        if function not in self._returned:
            self._returned[function] = Returned()
            reader = Stores(self, methods)
            reader.read(function)
            self._returned[function] = reader.returned
        return self._returned[function]


class Stores:
    """Reads the methods of one class in order and collects signs and the attributes that they are about."""

    def __init__(self, helpers: Helpers, methods: Mapping[str, Function]) -> None:
        self.signs: set[Sign] = set()
        self.attributes: set[str] = set()
        self.returned = Returned()
        self._helpers = helpers
        self._methods = methods
        self._held: dict[str, Things] = {}
        self._locals: dict[str, Things] = {}
        self._handed: dict[Function, dict[str, Things]] = {}
        self._constructed = True

    @classmethod
    def of(cls, node: ast.ClassDef, helpers: Helpers) -> Stores:
        """Read every method of a class; ``__init__`` first, because the others see what it keeps."""
        methods = {each.name: each for each in node.body if isinstance(each, Function)}
        stores = cls(helpers, methods)
        for method in sorted(methods.values(), key=lambda each: each.name != "__init__"):
            stores.read(method)
        for method, given in list(stores._handed.items()):
            stores.read(method, given)
        return stores

    def read(self, function: Function, given: Mapping[str, Things] | None = None) -> None:
        """Read the statements of a function or method; ``given`` are arguments that may be something."""
        self._locals = dict(given or {})
        self._constructed = function.name != "__init__"
        for statement in statements(function.body):
            self._statement(statement)

    def _statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._store(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._store(target, value)
            case ast.AugAssign(target=target, value=value):
                self._store(target, value)
            case ast.Return(value=ast.expr() as value):
                parts = map(self.may_be, value.elts) if isinstance(value, ast.Tuple) else ()
                self.returned = self.returned.along(self.may_be(value), tuple(parts))
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr="__init__"))):
                self._constructed = True
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr=name), args=[*_, added])) if (
                name in _ADDING
            ):
                self._add(target, self.may_be(added))
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self"))) as call):
                self._call(call)

    def _store(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for each, part in zip(target.elts, value.elts, strict=False):
                self._store(each, part)
        else:
            self._keep(target, self.may_be(value), self._parts(value))

    def _keep(self, target: ast.expr, may: Things, parts: Sequence[Things] = ()) -> None:
        """Something is stored; ``parts`` are what its items may be, where that is known."""
        if not may:
            return
        match target:
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                for each, part in zip(
                    targets, parts if len(parts) == len(targets) else [may] * len(targets), strict=True
                ):
                    self._keep(each, part)
            case ast.Name(id=name):
                self._locals[name] = self._locals.get(name, May.NOTHING) | may
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                self._held[name] = self._held.get(name, May.NOTHING) | may
                self._sign(name, may)
            case ast.Subscript(value=container):
                self._add(container, may)

    def _add(self, container: ast.expr, may: Things) -> None:
        """Something is put into a container, which may be kept now or later."""
        if not may & (_KEPT | May.CONTAINER):
            return
        match container:
            case ast.Name(id=name):
                self._locals[name] = self._locals.get(name, May.NOTHING) | May.CONTAINER
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if self._held.get(name) != May.INSTANCE:
                self._sign(name, May.CONTAINER)
            case ast.Subscript(value=inner):
                self._add(inner, may)

    def _sign(self, name: str, may: Things) -> None:
        if may & May.TENSOR:
            self.signs.add(Sign.TENSOR_STORE)
            self.attributes.add(name)
        if may & May.CONTAINER:
            self.signs.add(Sign.CONTAINER_STORE)
            self.attributes.add(name)
        if not self._constructed and may & (May.INSTANCE | May.PARAMETER):
            self.signs.add(Sign.EARLY_STORE)

    def may_be(self, node: ast.expr) -> Things:
        """What the value of an expression may be."""
        match node:
            case ast.Constant() | ast.JoinedStr() | ast.Lambda():
                return May.NOTHING
            case ast.Name(id=name):
                return self._locals.get(name, May.NOTHING)
            case ast.Call():
                return self._call(node)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                return self._held.get(name, May.NOTHING)
            case ast.Attribute(value=value) | ast.UnaryOp(operand=value) | ast.Subscript(value=value):
                return _computed(self.may_be(value))
            case ast.BinOp(left=left, right=right):
                both = self.may_be(left) | self.may_be(right)
                return _computed(both) | both & May.CONTAINER
            case ast.Compare(left=left, comparators=others):
                return _computed(self._any((left, *others)))
            case ast.IfExp(body=body, orelse=orelse):
                return self.may_be(body) | self.may_be(orelse)
            case ast.BoolOp(values=values):
                return self._any(values)
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return _contained(self._any(elements))
            case ast.Dict(values=values):
                return _contained(self._any(values))
            case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
                return _contained(self.may_be(element))
            case ast.DictComp(value=value):
                return _contained(self.may_be(value))
            case ast.Starred(value=value) | ast.NamedExpr(value=value) | ast.Await(value=value):
                return self.may_be(value)
        return May.NOTHING

    def _any(self, nodes: Iterator[ast.expr] | list[ast.expr] | tuple[ast.expr, ...]) -> Things:
        may = May.NOTHING
        for node in nodes:
            may |= self.may_be(node)
        return may

    def _call(self, node: ast.Call) -> Things:
        match node.func:
            case ast.Name(id=name):
                if name in _COLLECTIONS:
                    return self._any(node.args) & May.CONTAINER
                if name in _ARITHMETIC:
                    return _computed(self._any(node.args))
                return _constructed(name) or self._helpers.call(name)
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                method = self._methods.get(name)
                if method is None:
                    return May.NOTHING
                self._hand(method, node)
                return self._helpers.returned(method, self._methods).whole
            case ast.Attribute(value=value, attr=name):
                return _constructed(name) or self._result(value, name)
        return May.NOTHING

    def _parts(self, node: ast.expr) -> Sequence[Things]:
        """What the items of a tuple may be that a function of the file, or a method, returns."""
        match node:
            case ast.Call(func=ast.Name(id=name)) if name not in self._locals:
                return self._helpers.parts(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if name in self._methods:
                return self._helpers.returned(self._methods[name], self._methods).parts
        return ()

    def _hand(self, method: Function, call: ast.Call) -> None:
        """Remember what a method of the class is called with: it may store its arguments."""
        names = [each.arg for each in (*method.args.posonlyargs, *method.args.args)][1:]
        given = [*zip(names, call.args, strict=False), *((each.arg, each.value) for each in call.keywords)]
        for name, value in given:
            if name and (may := self.may_be(value)):
                handed = self._handed.setdefault(method, {})
                handed[name] = handed.get(name, May.NOTHING) | may

    def _result(self, node: ast.expr, method: str) -> Things:
        """What a method of a value may return, or a function of a module."""
        receiver = self.may_be(node)
        if may := _computed(receiver):
            return may
        if receiver & May.INSTANCE and method in _GIVING_THEMSELVES:
            return May.INSTANCE
        while isinstance(node, ast.Attribute):
            node = node.value
        if isinstance(node, ast.Name) and node.id not in self._locals and self._helpers.is_torch(node.id):
            return May.TENSOR
        return May.NOTHING


def _computed(may: Things) -> Things:
    """The result of an operation on a value: of a tensor or a parameter a tensor, of an instance nothing known."""
    return May.TENSOR if may & (May.TENSOR | May.PARAMETER) else May.NOTHING


def _contained(may: Things) -> Things:
    return May.CONTAINER if may else May.NOTHING


def _constructed(name: str) -> Things:
    """The result of calling a name that is by convention a class: a capitalised one."""
    if name in PARAMETERS:
        return May.PARAMETER
    if name in _TENSOR_CLASSES or name.endswith("Tensor"):
        return May.TENSOR
    return May.INSTANCE if name.lstrip("_")[:1].isupper() else May.NOTHING
