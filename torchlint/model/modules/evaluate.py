"""Expressions of a class's methods -> values: what each assignment to ``self`` keeps.

Only what certainly holds is claimed. A value that is handed to something unknown, or to something that registers it,
has *escaped*: somebody else may take care of it, and no rule reports it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import libcst as cst

from torchlint.model.modules import tensors
from torchlint.model.modules.classes import Ancestry, Classes
from torchlint.model.modules.values import OTHER, UNKNOWN, Dims, DType, Grad, Kind, Value, computed, join
from torchlint.syntax.names import Names, dotted

_COLLECTIONS = frozenset({"list", "tuple", "dict", "set", "OrderedDict", "reversed", "sorted"})
_READING = frozenset(
    {"len", "print", "isinstance", "range", "enumerate", "zip", "type", "id", "str", "repr", "hasattr", "iter", "next"}
)
_NUMBERS = frozenset({"int", "float", "bool", "len", "round"})
_ADDING = frozenset({"append", "add", "insert", "appendleft", "setdefault"})
_EXTENDING = frozenset({"extend", "update"})
_CONTAINER_READS = frozenset({"items", "keys", "values", "copy", "index", "count", "get"})
_PARAMETERS = frozenset({"torch.nn.Parameter", "torch.nn.UninitializedParameter"})
_BUFFERS = frozenset({"torch.nn.Buffer", "torch.nn.UninitializedBuffer"})
_VARIABLES = frozenset({"torch.autograd.Variable"})
_STATE_METHODS = frozenset({"parameters", "named_parameters", "state_dict", "modules", "children"})
"""Methods whose result stands for the module itself: an optimizer that is given it takes care of the module."""
_DEPTH = 3

Inline = Callable[[cst.FunctionDef, "Frame", "list[Value]", "Mapping[str, Value]"], Value]


@dataclass(slots=True)
class Frame:
    """One function being read: the meaning of its names and the values of its locals."""

    names: Names
    local: dict[str, Value] = field(default_factory=dict)
    depth: int = 0


class Evaluator:
    """Evaluates expressions; knows the attributes of ``self``, the contents of containers, and what escaped. ``ways``
    are the two values of each conditional expression."""

    def __init__(
        self,
        classes: Classes,
        function: Callable[[str], cst.FunctionDef | None],
        methods: Mapping[str, cst.FunctionDef],
        inline: Inline,
    ) -> None:
        self.held: dict[str, Value] = {}
        self.ways: dict[cst.BaseExpression, tuple[Value, Value]] = {}
        self.grad_enabled = True
        self.constructing = True
        self.initialised = False
        self._contents: dict[int, list[Value]] = {}
        self._escaped: set[int] = set()
        self._classes = classes
        self._function = function
        self._methods = methods
        self._inline = inline

    def contents(self, container: Value) -> list[Value]:
        """What a container certainly holds."""
        return self._contents.setdefault(id(container.origin), [])

    def escape(self, value: Value) -> None:
        """A value, and all that it holds, may be taken care of elsewhere; ``forward`` only uses what it passes on."""
        if self.constructing and value.origin is not None and id(value.origin) not in self._escaped:
            self._escaped.add(id(value.origin))
            for element in self._contents.get(id(value.origin), ()):
                self.escape(element)

    def has_escaped(self, value: Value) -> bool:
        return id(value.origin) in self._escaped

    def put(self, container: Value, value: Value) -> None:
        """Put a value into a container; into one that is not known it escapes."""
        if container.kind is not Kind.CONTAINER or self.has_escaped(container):
            self.escape(value)
        else:
            self.contents(container).append(value)

    def value(self, node: cst.BaseExpression, frame: Frame) -> Value:
        """The value of an expression."""
        match node:
            case cst.Name(value=name):
                return frame.local.get(name, OTHER if name in ("None", "True", "False") else UNKNOWN)
            case cst.Call():
                return self._call(node, frame)
            case cst.Attribute():
                return self._attribute(node, frame)
            case cst.Subscript():
                return self._subscript(node, frame)
            case cst.BinaryOperation():
                return self._binary(node, frame)
            case cst.UnaryOperation(operator=cst.Not()) | cst.SimpleString() | cst.ConcatenatedString():
                return OTHER
            case cst.BaseNumber() | cst.FormattedString() | cst.Lambda():
                return OTHER
            case cst.UnaryOperation(expression=inner):
                return computed((self.value(inner, frame),), node)
            case cst.Comparison():
                parts = (node.left, *(each.comparator for each in node.comparisons))
                result = computed(tuple(self.value(each, frame) for each in parts), node)
                return replace(result, dtype=DType.BOOL, grad=Grad.NO) if result.is_tensor else OTHER
            case cst.IfExp(body=body, orelse=orelse):
                self.ways[node] = self.value(body, frame), self.value(orelse, frame)
                return self._join(*self.ways[node])
            case cst.BooleanOperation(left=left, right=right):
                return self._join(self.value(left, frame), self.value(right, frame))
            case cst.NamedExpr(target=cst.Name(value=name), value=inner):
                frame.local[name] = self.value(inner, frame)
                return frame.local[name]
            case cst.List() | cst.Tuple() | cst.Set() | cst.Dict():
                return self._display(node, frame)
            case cst.ListComp() | cst.SetComp() | cst.GeneratorExp() | cst.DictComp():
                return self._comprehension(node, frame)
        return UNKNOWN

    def _join(self, one: Value, other: Value) -> Value:
        result = join(one, other)
        if result.kind is Kind.CONTAINER and one.kind is other.kind is Kind.CONTAINER:
            self._contents[id(result.origin)] = [*self.contents(one), *self.contents(other)]
        return result

    def _attribute(self, node: cst.Attribute, frame: Frame) -> Value:
        name = node.attr.value
        if isinstance(node.value, cst.Name) and node.value.value == "self":
            self.initialised = self.initialised or name == "__dict__"  # which may be filled from another module's
            return self.held.get(name, UNKNOWN)
        inner = self.value(node.value, frame)
        if not inner.is_tensor:
            return UNKNOWN
        if name == "data":
            return replace(inner, kind=Kind.TENSOR, grad=Grad.NO, origin=node)
        if name in tensors.VIEW_ATTRIBUTES:
            return computed((inner,), node)
        return OTHER

    def _subscript(self, node: cst.Subscript, frame: Frame) -> Value:
        inner = self.value(node.value, frame)
        if inner.is_tensor:
            indices = [each.slice for each in node.slice]
            keeps = any(not isinstance(each, cst.Index) or _is_none(each.value) for each in indices)
            return replace(computed((inner,), node), dims=Dims.SOME if keeps else Dims.UNKNOWN, rank=0)
        if inner.kind is Kind.CONTAINER:
            return self.element(inner)
        return UNKNOWN

    def element(self, container: Value) -> Value:
        """Some element of a container: unknown, but if it escapes, so does all that the container holds."""
        return Value(Kind.UNKNOWN, container.origin)

    def _binary(self, node: cst.BinaryOperation, frame: Frame) -> Value:
        left, right = self.value(node.left, frame), self.value(node.right, frame)
        for value, other in ((left, right), (right, left)):
            if value.kind is Kind.CONTAINER:
                if other.kind is Kind.CONTAINER and other is not value:
                    self.contents(value).extend(self.contents(other))
                return value
        result = self._lost(computed((left, right), node, keeps=tensors.keeps_operands(node)), left, right)
        if result.is_tensor and isinstance(node.operator, cst.Power) and not left.is_tensor:
            return replace(result, delicate=True, dtype=DType.UNKNOWN)
        if result.is_tensor and isinstance(node.operator, cst.Divide):
            return replace(result, dtype=DType.FLOAT if result.dtype is DType.INT else result.dtype)
        if left.kind is Kind.OTHER and right.kind is Kind.OTHER:
            return OTHER
        return result

    def _lost(self, result: Value, *operands: Value) -> Value:
        """The result of an operation on a parameter that no attribute keeps: the parameter itself is lost."""
        kept = {id(value.origin) for value in self.held.values()}
        if result.kind is not Kind.TENSOR or result.grad not in (Grad.GRAPH, Grad.SPENT) or not self.grad_enabled:
            return result
        fresh = any(value.kind is Kind.PARAMETER and id(value.origin) not in kept for value in operands)
        return replace(result, lost=fresh)

    def _display(self, node: cst.List | cst.Tuple | cst.Set | cst.Dict, frame: Frame) -> Value:
        container = Value(Kind.CONTAINER, node)
        for element in node.elements:
            inner = element.value
            value = self.value(inner, frame)
            if isinstance(element, (cst.StarredElement, cst.StarredDictElement)):
                self.contents(container).extend(self.contents(value) if value.kind is Kind.CONTAINER else ())
            else:
                self.contents(container).append(value)
        return container

    def _comprehension(self, node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp, frame: Frame) -> Value:
        container = Value(Kind.CONTAINER, node)
        shadowed = dict(frame.local)
        loop: cst.CompFor | None = node.for_in
        while loop is not None:
            self.bind(loop.target, self.iterated(loop.iter, frame), frame)
            loop = loop.inner_for_in
        element = node.value if isinstance(node, cst.DictComp) else node.elt
        self.contents(container).append(self.value(element, frame))
        frame.local.clear()
        frame.local.update(shadowed)
        return container

    def iterated(self, node: cst.BaseExpression, frame: Frame) -> Value:
        """What a loop over an expression binds its target to."""
        if isinstance(node, cst.Call):
            name = dotted(node.func) or ""
            if name in _READING or name in _COLLECTIONS:
                values = [self.value(each.value, frame) for each in node.args]
                return next((self.element(each) for each in values if each.kind is Kind.CONTAINER), UNKNOWN)
            if isinstance(node.func, cst.Attribute) and node.func.attr.value in _CONTAINER_READS:
                return self.element(self.value(node.func.value, frame))
        value = self.value(node, frame)
        return self.element(value) if value.kind is Kind.CONTAINER else UNKNOWN

    def bind(self, target: cst.BaseExpression, value: Value, frame: Frame) -> None:
        """Bind a loop target; of a tuple every name may be the value."""
        match target:
            case cst.Name(value=name):
                frame.local[name] = value
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                for element in elements:
                    self.bind(element.value, value, frame)

    def _call(self, node: cst.Call, frame: Frame) -> Value:
        func = node.func
        name = dotted(func)
        if isinstance(func, cst.Attribute) and func.attr.value == "__init__":
            self.initialised = True
        if name in _COLLECTIONS and frame.names.is_free(name):
            values = [self.value(each.value, frame) for each in node.args]
            return values[0] if values and values[0].kind is Kind.CONTAINER else Value(Kind.CONTAINER, node)
        if name in _READING or name in _NUMBERS:
            for each in node.args:
                self.value(each.value, frame)
            return OTHER
        qualified = tensors.meaning(frame.names.qualify(name)) if name else None
        if qualified is None and name and frame.names.is_free(name):
            qualified = tensors.star_imported(name, frame.names.outline.stars)
        if qualified is not None and qualified.startswith("torch."):
            return self._torch(node, qualified, frame)
        if name and (known := self._class(node, name, frame)):
            return known
        if isinstance(func, cst.Attribute):
            return self._method(node, func, frame)
        if isinstance(func, cst.Name) and func.value not in frame.local and (function := self._function(func.value)):
            return self._inlined(function, node, frame)
        self._arguments(node, frame)
        return UNKNOWN

    def _class(self, node: cst.Call, name: str, frame: Frame) -> Value | None:
        """An instance of a class that is seen to be a module."""
        root = name.partition(".")[0]
        if root in frame.local or root in frame.names.local or not name.rpartition(".")[2].lstrip("_")[:1].isupper():
            return None
        lineage = self._classes.named(name)
        self._arguments(node, frame)
        if lineage.ancestry is not Ancestry.MODULE:
            return UNKNOWN
        return Value(Kind.MODULE, node, qualified=name, stateful=self._classes.has_state(lineage))

    def _arguments(self, node: cst.Call, frame: Frame) -> list[Value]:
        """The arguments of a call of something unknown: whatever is passed to it escapes."""
        values = [self.value(each.value, frame) for each in node.args]
        for value in values:
            self.escape(value)
        return values

    def _torch(self, node: cst.Call, qualified: str, frame: Frame) -> Value:
        """A call of something of PyTorch's by its qualified name."""
        if qualified in tensors.FACTORIES or tensors.is_legacy_constructor(qualified):
            return tensors.made(node, qualified, self._values(node, frame))
        if qualified in tensors.FUNCTIONS:
            return tensors.applied(node, qualified.rpartition(".")[2], self._values(node, frame), self.grad_enabled)
        if qualified in _VARIABLES:
            values = self._values(node, frame)
            return tensors.wrapped(node, values[0]) if values else UNKNOWN
        if qualified.startswith("torch.nn.init.") and qualified.endswith("_"):
            values = self._values(node, frame)
            return tensors.initialised(values[0], qualified) if values and values[0].is_tensor else UNKNOWN
        given = self._arguments(node, frame)
        if qualified in _PARAMETERS or qualified in _BUFFERS:
            device = given[0].device if given else ""
            if qualified in _BUFFERS:
                return Value(Kind.BUFFER, node, grad=Grad.NO, device=device)
            frozen = tensors.keyword(node, "requires_grad") == "False"
            return Value(Kind.PARAMETER, node, grad=Grad.NO if frozen else Grad.LEAF, device=device)
        if qualified in tensors.MODULES:
            return tensors.module(node, qualified)
        return UNKNOWN

    def _values(self, node: cst.Call, frame: Frame) -> tuple[Value, ...]:
        """The values of a call's arguments, and what those of them hold that are containers."""
        values = [self.value(each.value, frame) for each in node.args]
        held = [each for value in values if value.kind is Kind.CONTAINER for each in self.contents(value)]
        return (*values, *held)

    def _method(self, node: cst.Call, func: cst.Attribute, frame: Frame) -> Value:
        name = func.attr.value
        if isinstance(func.value, cst.Name) and func.value.value == "self":
            method = self._methods.get(name)
            if method is not None:
                return self._inlined(method, node, frame)
            self._arguments(node, frame)
            return UNKNOWN
        receiver = self.value(func.value, frame)
        if receiver.is_tensor:
            result = tensors.method_result(node, name, receiver, self._values(node, frame), self.grad_enabled)
            return self._lost(result, receiver)
        if receiver.kind is Kind.CONTAINER:
            return self._container_method(node, name, receiver, frame)
        self._arguments(node, frame)
        if receiver.kind is Kind.MODULE and name in tensors.MODULE_SELF_METHODS:
            return receiver
        return Value(Kind.UNKNOWN, receiver.origin) if name in _STATE_METHODS else UNKNOWN

    def _container_method(self, node: cst.Call, name: str, receiver: Value, frame: Frame) -> Value:
        if name in _ADDING and node.args:
            self.put(receiver, self.value(node.args[-1].value, frame))
        elif name in _EXTENDING and node.args:
            added = self.value(node.args[0].value, frame)
            if added.kind is Kind.CONTAINER:
                for each in self.contents(added):
                    self.put(receiver, each)
        elif name not in _CONTAINER_READS:
            self._arguments(node, frame)
        return self.element(receiver) if name in ("pop", "get", "values", "items") else UNKNOWN

    def _inlined(self, function: cst.FunctionDef, node: cst.Call, frame: Frame) -> Value:
        """The result of a function or method that is seen, read with the values it is given."""
        if frame.depth >= _DEPTH or any(each.star for each in node.args):
            self._arguments(node, frame)
            return UNKNOWN
        positional = [self.value(each.value, frame) for each in node.args if each.keyword is None]
        named = {each.keyword.value: self.value(each.value, frame) for each in node.args if each.keyword is not None}
        return self._inline(function, frame, positional, named)


def only_uses(node: cst.CSTNode) -> bool:
    """Whether a call whose result is thrown away can register nothing on ``self``: a plain function's, without it."""
    if not isinstance(node, cst.Call):
        return False
    name = dotted(node.func) or "self"
    root, _, last = name.rpartition(".")
    given = any(isinstance(each.value, cst.Name) and each.value.value == "self" for each in node.args)
    return not given and last[:1].islower() and name != "setattr" and root in ("", "nn.init", "init", "torch.nn.init")


def _is_none(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "None"


def small_statements(node: cst.BaseStatement | cst.BaseSuite) -> Iterator[cst.BaseSmallStatement]:
    """The small statements of a line or one-line suite."""
    if isinstance(node, (cst.SimpleStatementLine, cst.SimpleStatementSuite)):
        yield from node.body
