"""Expressions -> whether they certainly are tensors, from what is known of the names at one point of a function."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.api import torch_names
from torchlint.model.modules import tensors
from torchlint.syntax.names import dotted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchlint.model.code.scopes import Scope
    from torchlint.syntax.names import Names


class Sort(Enum):
    """What a value is.

    TENSOR: certainly a tensor, or a tuple of tensors. USUAL: what by PyTorch's own conventions is a tensor: ``weight``,
    ``grad``, an element of ``parameters()``. INPUT: an argument of a module's ``forward``, what a module gives, or what
    is a tensor on one branch only. NONE: the constant. A method of None raises, so that the method of a value which is
    a tensor or None is one of a tensor.
    """

    UNKNOWN = 0
    NONE = 1
    INPUT = 2
    USUAL = 3
    TENSOR = 4

    @property
    def may_be_tensor(self) -> bool:
        """Whether a method whose name only tensors have says that it is one."""
        return self in (Sort.INPUT, Sort.USUAL, Sort.TENSOR)


Known = dict[str, Sort]
PURE_FUNCTIONS = torch_names.TENSOR_FUNCTIONS
_MAKING = tensors.FACTORIES | torch_names.LIKE_FACTORIES | PURE_FUNCTIONS | torch_names.STATEFUL_FUNCTIONS
_MAKING_CLASSES = frozenset(
    {"torch.nn.Parameter", "torch.nn.Buffer", "torch.nn.UninitializedParameter", "torch.nn.UninitializedBuffer"}
)
_USUAL_ATTRIBUTES = frozenset({"weight", "bias", "grad"})
_TENSOR_ATTRIBUTES = torch_names.VIEW_PROPERTIES | {"grad"}
_RESULT_FIELDS = frozenset({"values", "indices"})
_SELF_METHODS = frozenset({"requires_grad_", "detach_", "share_memory_", "rename_", "retain_grad"})
_CHANGING = torch_names.INPLACE_METHODS | torch_names.INPLACE_VIEW_METHODS
_TENSOR_CLASSES = frozenset(
    f"torch.{kind}Tensor"
    for kind in ("", "Float", "Double", "Half", "BFloat16", "Long", "Int", "Short", "Byte", "Bool")
)


def joined(one: Sort, other: Sort) -> Sort:
    """What is known of a value that is one of two."""
    if one is other or other is Sort.NONE:
        return one
    if one is Sort.NONE:
        return other
    if Sort.TENSOR in (one, other):
        return Sort.USUAL if Sort.USUAL in (one, other) else Sort.INPUT
    return Sort(min(one.value, other.value))


def sort_of(node: cst.BaseExpression, known: Mapping[str, Sort], scope: Scope) -> Sort:
    """What the value of an expression is."""
    match node:
        case cst.Name(value="None"):
            return Sort.NONE
        case cst.Name(value=name):
            return known.get(name, Sort.UNKNOWN)
        case cst.Call():
            return _call(node, known, scope)
        case cst.Attribute(value=owner, attr=attribute):
            return _attribute(owner, attribute.value, known, scope)
        case cst.Subscript(value=inner) | cst.NamedExpr(value=inner):
            return sort_of(inner, known, scope)
        case cst.UnaryOperation(operator=operator, expression=inner):
            return Sort.UNKNOWN if isinstance(operator, cst.Not) else sort_of(inner, known, scope)
        case cst.BinaryOperation(left=left, right=right):
            return _computed(sort_of(left, known, scope), sort_of(right, known, scope))
        case cst.Comparison(left=left, comparisons=comparisons):
            if any(isinstance(each.operator, (cst.In, cst.NotIn, cst.Is, cst.IsNot)) for each in comparisons):
                return Sort.UNKNOWN
            return _computed(sort_of(left, known, scope), sort_of(comparisons[0].comparator, known, scope))
        case cst.IfExp(body=left, orelse=right) | cst.BooleanOperation(left=left, right=right):
            return joined(sort_of(left, known, scope), sort_of(right, known, scope))
    return Sort.UNKNOWN


def _computed(left: Sort, right: Sort) -> Sort:
    """The result of an operation: of a tensor and anything a tensor."""
    if Sort.TENSOR in (left, right):
        return Sort.TENSOR
    return max(left, right, key=lambda each: each.value) if left.may_be_tensor or right.may_be_tensor else Sort.UNKNOWN


def _attribute(owner: cst.BaseExpression, name: str, known: Mapping[str, Sort], scope: Scope) -> Sort:
    if name in _USUAL_ATTRIBUTES or _is_state(owner, name, scope):
        return Sort.USUAL
    inner = sort_of(owner, known, scope)
    if name in _TENSOR_ATTRIBUTES:
        return inner if inner.may_be_tensor else Sort.UNKNOWN
    return Sort.TENSOR if inner is Sort.TENSOR and name in _RESULT_FIELDS else Sort.UNKNOWN


def is_self(node: cst.BaseExpression) -> bool:
    return isinstance(node, cst.Name) and node.value == "self"


def _is_state(owner: cst.BaseExpression, name: str, scope: Scope) -> bool:
    """Whether an attribute of ``self`` is one that its class, a module, registers."""
    lineage = scope.lineage
    return is_self(owner) and lineage is not None and lineage.is_module and name in lineage.registered


def torch_name(node: cst.BaseExpression, names: Names) -> str | None:
    """The public name of the thing of PyTorch's that an expression names, None for anything else."""
    name = dotted(node)
    qualified = tensors.meaning(names.qualify(name)) if name else None
    return qualified if qualified is not None and qualified.startswith("torch.") else None


def _call(node: cst.Call, known: Mapping[str, Sort], scope: Scope) -> Sort:
    func = node.func
    root = dotted(func)
    qualified = torch_name(func, scope.names) if root else None
    if qualified is not None:
        return Sort.TENSOR if qualified in _MAKING or qualified in _MAKING_CLASSES else Sort.UNKNOWN
    if isinstance(func, cst.Name) and func.value in scope.modules:
        return Sort.INPUT
    if not isinstance(func, cst.Attribute) or (root and scope.names.qualify(root)):
        return Sort.UNKNOWN  # a function of another library
    return _method(func.attr.value, bool(node.args), sort_of(func.value, known, scope))


def _method(name: str, has_arguments: bool, receiver: Sort) -> Sort:
    """The result of a method; some names only tensors have."""
    if name in torch_names.DISTINCT_METHODS or name in _CHANGING:
        return Sort.TENSOR
    if not receiver.may_be_tensor or (name == "type" and not has_arguments):
        return Sort.UNKNOWN
    return receiver if name in torch_names.PURE_METHODS or name in _SELF_METHODS else Sort.UNKNOWN


def element_of(node: cst.BaseExpression, known: Mapping[str, Sort], scope: Scope) -> Sort:
    """What iterating over an expression gives."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        name = node.func.attr.value
        if name in ("parameters", "buffers") and not isinstance(node.func.value, cst.Call):
            return Sort.USUAL
    sort = sort_of(node, known, scope)
    return sort if sort in (Sort.TENSOR, Sort.USUAL) else Sort.UNKNOWN


def elements_of(node: cst.BaseExpression, known: Mapping[str, Sort], scope: Scope, count: int) -> list[Sort]:
    """What the ``count`` parts of each element are where a loop over an expression unpacks them."""
    if isinstance(node, cst.Call):
        name = (dotted(node.func) or "").rpartition(".")[2]
        arguments = [each.value for each in node.args if not each.star]
        if isinstance(node.func, cst.Attribute) and name in ("named_parameters", "named_buffers"):
            return [Sort.UNKNOWN, Sort.USUAL]
        if name == "zip":
            return [element_of(each, known, scope) for each in arguments]
        if name == "enumerate" and arguments:
            return [Sort.UNKNOWN, element_of(arguments[0], known, scope)]
    return [element_of(node, known, scope)] * count


def annotated(annotation: cst.Annotation | None, names: Names) -> Sort:
    """What an annotation says of a value; ``Tensor | None`` is a tensor wherever a method of it is called."""
    return _annotated(annotation.annotation, names) if annotation is not None else Sort.UNKNOWN


def _annotated(node: cst.BaseExpression, names: Names) -> Sort:
    match node:
        case cst.SimpleString():
            text = node.evaluated_value
            try:
                return _annotated(cst.parse_expression(text), names) if isinstance(text, str) else Sort.UNKNOWN
            except cst.ParserSyntaxError:
                return Sort.UNKNOWN
        case cst.Name(value="None"):
            return Sort.NONE
        case cst.BinaryOperation(left=left, operator=cst.BitOr(), right=right):
            return joined(_annotated(left, names), _annotated(right, names))
        case cst.Subscript(
            value=cst.Name(value="Optional"), slice=[cst.SubscriptElement(slice=cst.Index(value=inner))]
        ):
            return _annotated(inner, names)
    return Sort.TENSOR if torch_name(node, names) in _TENSOR_CLASSES else Sort.UNKNOWN


def narrowed(test: cst.BaseExpression, names: Names) -> tuple[str | None, str | None]:
    """The name that a test, where it holds, shows to be a tensor; and the one that it shows where it does not."""
    match test:
        case cst.UnaryOperation(operator=cst.Not(), expression=inner):
            return narrowed(inner, names)[::-1]
        case cst.Call(
            func=cst.Name(value="isinstance"), args=[cst.Arg(value=cst.Name(value=name)), cst.Arg(value=kind)]
        ):
            return (name, None) if torch_name(kind, names) in _TENSOR_CLASSES else (None, None)
        case cst.Call(func=func, args=[cst.Arg(value=cst.Name(value=name))]):
            return (name, None) if torch_name(func, names) == "torch.is_tensor" else (None, None)
    return None, None
