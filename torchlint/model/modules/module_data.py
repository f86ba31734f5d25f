"""Which expressions of a module's methods hold data that moves with the module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.modules import tensors
from torchlint.syntax.names import Names, dotted
from torchlint.syntax.region import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence


_STATE = frozenset({"weight", "bias"})


class Data:
    """Which expressions of a method certainly hold data that moves with the module: ``inputs`` of the method, the
    module's parameters and buffers, what its submodules return, and what is computed from those. ``gives`` says of a
    method of the class whether it returns such data, if it is called with some."""

    def __init__(
        self,
        method: cst.FunctionDef,
        names: Names,
        kinds: Mapping[str, str],
        inputs: frozenset[str],
        gives: Callable[[str], bool] = lambda name: False,
    ) -> None:
        self.names = names
        self.kinds = kinds
        self._gives = gives
        self._held = inputs
        assignments = _Assignments()
        walk(method.body, assignments)
        assigned = [
            each for each in assignments.found if each not in assignments.parts or each[0] in assignments.owners
        ]
        growing = True
        while growing:
            growing = False
            for name, value in assigned:
                if name not in self._held and self.holds(value):
                    self._held |= {name}
                    growing = True

    def holds(self, node: cst.CSTNode) -> bool:
        """Whether the value of an expression is such data."""
        match node:
            case cst.Name(value=name):
                return name in self._held
            case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
                return self.kinds.get(name) == "state"
            case cst.Attribute(value=value, attr=cst.Name(value=name)):
                if name in _STATE and self.kinds.get(own_attribute(value) or "") in ("module", "torch module"):
                    return True
                return (name == "grad" or name in tensors.VIEW_ATTRIBUTES) and self.holds(value)
            case cst.Subscript(value=value) | cst.UnaryOperation(expression=value):
                return self.holds(value)
            case cst.BinaryOperation(left=left, right=right):
                return self.holds(left) or self.holds(right)
            case cst.Comparison(left=left, comparisons=comparisons):
                return self.holds(left) or any(self.holds(each.comparator) for each in comparisons)
            case cst.Call():
                return self._call(node)
            case cst.IfExp(body=body, orelse=orelse):
                return self.holds(body) and self.holds(orelse)
            case cst.Tuple(elements=elements) | cst.List(elements=elements):
                return any(self.holds(each.value) for each in elements)
        return False

    def _call(self, node: cst.Call) -> bool:
        arguments = [each.value for each in node.args]
        called = node.func
        while isinstance(called, cst.Subscript):  # a layer of a registered container
            called = called.value
        if (owner := own_attribute(called)) is not None:
            if owner == "forward" or self.kinds.get(owner) in ("module", "torch module"):
                return True
            return any(self.holds(each) for each in arguments) and self._gives(owner)
        if isinstance(called, cst.Name) and called.value == "self":
            return True
        name = dotted(node.func)
        qualified = tensors.meaning(self.names.qualify(name)) if name else None
        if qualified in tensors.FUNCTIONS:
            return any(self.holds(each) for each in arguments)
        if isinstance(node.func, cst.Attribute) and qualified is None:
            method = node.func.attr.value
            if method == "to":
                return self._brings(node) or (tensors.keeps_device(node) and self.holds(node.func.value))
            leaves = method in tensors.HOST_METHODS or method in ("cpu", "detach_")
            return not leaves and self.holds(node.func.value)
        return False

    def _brings(self, node: cst.Call) -> bool:
        """Whether ``to`` brings a tensor to where such data is: ``to(x)``, ``to(x.device)``."""
        target = node.args[0].value if node.args else None
        if isinstance(target, cst.Attribute) and target.attr.value == "device":
            target = target.value
        return target is not None and self.holds(target)


def returned(method: cst.FunctionDef) -> Sequence[cst.BaseExpression]:
    """What a method returns, None apart."""
    visitor = _Returns()
    walk(method.body, visitor)
    return visitor.found


class _Returns(cst.CSTVisitor):
    def __init__(self) -> None:
        self.found: list[cst.BaseExpression] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Return) and node.value is not None:
            self.found.append(node.value)
        return not isinstance(node, (cst.FunctionDef, cst.Lambda))


class _Assignments(cst.CSTVisitor):
    """Collects the assignments to local names; in ``parts`` those that unpack a name, whose items may be sizes, and in
    ``owners`` the names that are asked for attributes."""

    def __init__(self) -> None:
        self.found: list[tuple[str, cst.BaseExpression]] = []
        self.parts: list[tuple[str, cst.BaseExpression]] = []
        self.owners: set[str] = set()

    def on_visit(self, node: cst.CSTNode) -> bool:
        if type(node) is cst.Assign:
            for target in node.targets:
                self._target(target.target, node.value)
        elif type(node) is cst.AugAssign and isinstance(node.target, cst.Name):
            self.found.append((node.target.value, node.value))
        elif type(node) is cst.Attribute and isinstance(node.value, cst.Name):
            self.owners.add(node.value.value)
        return True

    def _target(self, target: cst.BaseExpression, value: cst.BaseExpression) -> None:
        match target:
            case cst.Name(value=name):
                self.found.append((name, value))
            case cst.Tuple(elements=elements) if isinstance(value, (cst.Call, cst.Name)):
                for element in elements:
                    self._target(element.value, value)
                    if isinstance(value, cst.Name) and isinstance(element.value, cst.Name):
                        self.parts.append((element.value.value, value))


def own_attribute(node: cst.CSTNode) -> str | None:
    """The name in ``self.name``."""
    match node:
        case cst.Attribute(value=cst.Name(value="self"), attr=cst.Name(value=name)):
            return name
    return None


def own_method(call: cst.Call) -> str | None:
    """The name that ``self.name(...)`` calls."""
    return own_attribute(call.func)


_NOT_DATA = frozenset({"int", "float", "bool", "str"})


def inputs_of(method: cst.FunctionDef) -> Iterator[str]:
    """The parameters that can be tensors: without a default, and not annotated as a number or text."""
    for param in method.params.params:
        annotation = param.annotation.annotation if param.annotation else None
        plain = isinstance(annotation, cst.Name) and annotation.value in _NOT_DATA
        if param.name.value != "self" and param.default is None and not plain:
            yield param.name.value
