"""What is done with a value, seen from its mention up through the expression that it is part of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.modules import tensors
from torchlint.model.modules.module_data import Data, own_method
from torchlint.model.modules.values import UseKind
from torchlint.syntax.names import dotted

if TYPE_CHECKING:
    from collections.abc import Mapping

METADATA = frozenset({"shape", "dtype", "ndim", "requires_grad", "is_cuda", "layout", "itemsize", "nbytes", "is_leaf"})
_NUMBER_CALLS = frozenset(
    {"int", "float", "len", "bool", "str", "range", "print", "isinstance", "type", "hasattr", "repr"}
)
_ITERATING_CALLS = frozenset({"list", "tuple", "enumerate", "zip", "reversed", "iter", "sorted"})
_TRANSPARENT = (cst.Arg, cst.Element, cst.StarredElement, cst.Index, cst.UnaryOperation, cst.IfExp, cst.NamedExpr)


@dataclass(frozen=True, slots=True)
class Climb:
    """Follows a value from its mention up through the expression that it is part of."""

    data: Data
    methods: Mapping[str, cst.FunctionDef]

    def judge(self, node: cst.CSTNode, ancestors: tuple[cst.CSTNode, ...]) -> tuple[UseKind, cst.CSTNode]:
        """What is done with a value, and the operation that does it."""
        current = node
        for index in range(len(ancestors) - 1, -1, -1):
            parent = ancestors[index]
            above = ancestors[index - 1] if index else None
            kind = self._step(current, parent, above)
            if kind is UseKind.PASSED and isinstance(above, cst.Expr) and _only_uses(parent):
                kind = UseKind.READ
            if kind is not None:
                return kind, above if isinstance(parent, cst.Attribute) and above is not None else parent
            current = parent
        return UseKind.READ, node

    def _step(self, current: cst.CSTNode, parent: cst.CSTNode, above: cst.CSTNode | None) -> UseKind | None:
        """The kind of use that ``parent`` makes of ``current``, or None where its result is still the value."""
        match parent:
            case cst.Attribute(attr=cst.Name(value=name)):
                return self._attribute(parent, name, above)
            case cst.Call(func=func):
                return None if func is current else self._call(parent, current)
            case cst.BinaryOperation(left=left, right=right):
                other = right if left is current else left
                return UseKind.MIXED if self.data.holds(other) else None
            case cst.Comparison() | cst.ComparisonTarget():
                return self._comparison(parent, current)
            case cst.SubscriptElement():
                return UseKind.INDEX
            case cst.Subscript() | cst.List() | cst.Tuple():
                return None
            case cst.UnaryOperation(operator=cst.Not()) | cst.BooleanOperation():
                return UseKind.NUMBER
            case cst.IfExp(test=test) if test is current:
                return UseKind.NUMBER
            case cst.AugAssign(target=target):
                if target is current:
                    return UseKind.CHANGED
                return UseKind.MIXED if self.data.holds(target) else UseKind.READ
            case cst.AssignTarget():
                return UseKind.CHANGED
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Subscript()), *_]):
                return UseKind.INDEX
            case cst.For() | cst.CompFor():
                return UseKind.ITERATED
            case cst.If() | cst.While() | cst.Assert():
                return UseKind.NUMBER
        return None if isinstance(parent, _TRANSPARENT) else UseKind.READ

    def _attribute(self, parent: cst.Attribute, name: str, above: cst.CSTNode | None) -> UseKind | None:
        if isinstance(above, cst.Call) and above.func is parent:
            if name in tensors.MOVING_METHODS:
                return UseKind.MOVED
            if name in tensors.HOST_METHODS:
                return UseKind.NUMBER
            if name.endswith("_"):
                return UseKind.CHANGED
            if name in tensors.VIEW_METHODS or name in tensors.DTYPE_METHODS:
                return None
            return UseKind.MIXED if any(self.data.holds(each.value) for each in above.args) else None
        if name == "device":
            return UseKind.MOVED
        return UseKind.NUMBER if name in METADATA else None

    def _call(self, call: cst.Call, argument: cst.CSTNode) -> UseKind | None:
        name = dotted(call.func)
        if name in _NUMBER_CALLS:
            return UseKind.NUMBER
        if name in _ITERATING_CALLS:
            return UseKind.ITERATED
        qualified = tensors.meaning(self.data.names.qualify(name)) if name else None
        others = [each.value for each in call.args if each is not argument]
        if qualified in tensors.FUNCTIONS:
            together = [*others, argument.value] if isinstance(argument, cst.Arg) else others
            return UseKind.MIXED if any(self.data.holds(each) for each in together) else None
        if qualified in tensors.FACTORIES:
            return UseKind.NUMBER
        if isinstance(call.func, cst.Attribute):
            if self.data.holds(call.func.value) and call.func.attr.value not in ("copy_", "fill_"):
                return UseKind.INDEX if call.func.attr.value in tensors.MOVING_METHODS else UseKind.MIXED
            if (owner := own_method(call)) and self.data.kinds.get(owner) == "torch module":
                return UseKind.MIXED
        return UseKind.PASSED

    def _comparison(self, parent: cst.CSTNode, current: cst.CSTNode) -> UseKind | None:
        if isinstance(parent, cst.ComparisonTarget):
            return UseKind.NUMBER if isinstance(parent.operator, (cst.Is, cst.IsNot, cst.In, cst.NotIn)) else None
        assert isinstance(parent, cst.Comparison)
        if any(isinstance(each.operator, (cst.Is, cst.IsNot, cst.In, cst.NotIn)) for each in parent.comparisons):
            return UseKind.NUMBER
        sides = [parent.left, *(each.comparator for each in parent.comparisons)]
        inner = current.comparator if isinstance(current, cst.ComparisonTarget) else current
        return UseKind.MIXED if any(self.data.holds(each) for each in sides if each is not inner) else None


def _only_uses(node: cst.CSTNode) -> bool:
    if not isinstance(node, cst.Call):
        return False
    gives_self = any(isinstance(each.value, cst.Name) and each.value.value == "self" for each in node.args)
    return registers_nothing(dotted(node.func), gives_self=gives_self)


def registers_nothing(name: str | None, *, gives_self: bool) -> bool:
    """Whether a call whose result is thrown away can register nothing on ``self``: a plain function's, without it."""
    root, _, last = (name or "self").rpartition(".")
    return (
        not gives_self and last[:1].islower() and name != "setattr" and root in ("", "nn.init", "init", "torch.nn.init")
    )
