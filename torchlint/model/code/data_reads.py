"""Reads of a tensor's ``.data``: what each is used for, and that nothing is written through it.

Only what certainly is a tensor counts: many other things have a ``data`` attribute. A read whose value goes where it
may be changed, into a function that is not known or into a name that the scope changes in place, is not reported.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.api import torch_names
from torchlint.model.code.evidence import INPLACE, Evidence
from torchlint.model.code.examined import Examined
from torchlint.model.code.qualified import torch_name
from torchlint.model.code.scopes import Scope, Statement, scopes_in
from torchlint.model.interpreter.python.instances import uses
from torchlint.syntax.names import blocks
from torchlint.syntax.region import children
from torchlint.syntax.tree import Function, dotted, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchlint.model.code.protocol import CodeFacts
    from torchlint.model.interpreter.entry import Modules
    from torchlint.syntax.gate import Sign
    from torchlint.syntax.outline import Outline
    from torchlint.syntax.region import Region
    from torchlint.syntax.source import Source


class Purpose(Enum):
    """What a read is for.

    INIT: the argument of a function of ``nn.init``. METADATA: a size, a dtype, an empty tensor of the same kind.
    NUMBER: a Python number or list. ARRAY: a numpy array, or ``float(...)``, which warns without a detach. DETACHED:
    ``.detach()`` follows at once. VALUE: a tensor that is used further.
    """

    INIT = "init"
    METADATA = "metadata"
    NUMBER = "number"
    ARRAY = "array"
    DETACHED = "detached"
    VALUE = "value"


@dataclass(frozen=True, eq=False)
class DataRead:
    """``node`` is the attribute, ``x.data``."""

    region: Region
    node: cst.Attribute
    purpose: Purpose


_METADATA = frozenset(
    {"shape", "dtype", "device", "ndim", "layout", "is_cuda", "is_sparse", "names", "itemsize", "nbytes"}
)
_METADATA_METHODS = (
    torch_names.HOST_METHODS - {"item", "tolist", "numpy", "allclose", "equal", "storage", "untyped_storage"}
) | {
    "new",
    "new_empty",
    "new_full",
    "new_ones",
    "new_tensor",
    "new_zeros",
}
_NUMBER_METHODS = frozenset({"item", "tolist"})
_NUMBERS = frozenset({"int", "float", "bool", "len"})
_SHOWN = frozenset({"print", "str", "repr"})
_KEEPING = frozenset({"torch.nn.Parameter", "torch.autograd.Variable", "torch.tensor", "torch.as_tensor"})
_EVIDENT = (Evidence.TENSOR, Evidence.USUAL)
_SELVES = ("self", "cls")
_PASSING = (cst.BinaryOperation, cst.UnaryOperation, cst.Comparison, cst.ComparisonTarget)


def data_reads(facts: CodeFacts, sign: Sign) -> Iterator[DataRead]:
    """Every read of the data of a known tensor."""
    for region in facts.regions(sign, lines=sorted(lines_of_tensors(facts))):
        for scope in scopes_in(region, facts.outline, facts.classes):
            yield from _Reader(scope, facts.data_owners).read()


def lines_of_tensors(facts: CodeFacts) -> frozenset[int]:
    """The 1-based lines at which tensors begin whose ``.data`` is read or written."""
    return facts.data_owners.lines(_EVIDENT)


@dataclass(frozen=True)
class DataAttribute:
    """A ``.data`` in a statement of a ``scope``, with the nodes that it stands in, outermost first; ``owners`` tells
    what has it."""

    scope: Scope
    node: cst.Attribute
    around: tuple[cst.CSTNode, ...]
    owners: Examined

    @property
    def is_of_tensor(self) -> bool:
        """Whether it certainly is a tensor's."""
        owner = self.node.value
        if isinstance(owner, cst.Attribute) and owner.attr.value == "data":
            return False  # x.data.data: the inner one is reported
        return self.owners.of(self.scope.region.span(owner)) in _EVIDENT


def data_attributes(scope: Scope, owners: Examined) -> Iterator[DataAttribute]:
    """Every ``.data`` of a scope."""
    for site in scope.sites:
        for node, around in _attributes(site.node):
            found = DataAttribute(scope, node, around, owners)
            is_own = isinstance(node.value, cst.Name) and node.value.value in _SELVES
            if not is_own and (not _is_instance(node.value, scope) or found.is_of_tensor):
                yield found


def data_owners(source: Source, tree: Callable[[], ast.Module], modules: Modules, outline: Outline) -> Examined:
    """What has the ``.data`` of a file, to be asked."""

    def asked(tree: ast.Module) -> Iterator[ast.expr]:
        attributes = [each for each in walk(tree) if isinstance(each, ast.Attribute)]
        clear = set() if has_own_data(tree) else {each.value for each in attributes if each.attr in INPLACE}
        for each in attributes:
            name = dotted(each.value) or ""
            is_other = name in _SELVES or name.partition(".")[0] in outline.imports
            if each.attr == "data" and each not in clear and not is_other:
                yield each.value

    return Examined(source, tree, modules, asked)


def has_own_data(tree: ast.Module) -> bool:
    """Whether a class of the file calls something of its own ``data``: what is changed there need be no tensor."""
    classes = (each for each in walk(tree) if isinstance(each, ast.ClassDef))
    methods = (each for node in classes for each in node.body if isinstance(each, Function))
    return any("data" in uses(each).bound for each in methods)


def _is_instance(node: cst.BaseExpression, scope: Scope) -> bool:
    """Whether it is the object whose method runs: what it calls its data is its own affair."""
    function = scope.function if scope.lineage is not None else None
    parameters = [*function.params.posonly_params, *function.params.params] if function is not None else []
    return isinstance(node, cst.Name) and bool(parameters) and parameters[0].name.value == node.value


class _Reader:
    def __init__(self, scope: Scope, owners: Examined) -> None:
        self._scope = scope
        self._owners = owners

    def read(self) -> Iterator[DataRead]:
        for each in data_attributes(self._scope, self._owners):
            purpose = self._purpose(each)
            if purpose is not None and each.is_of_tensor:
                yield DataRead(self._scope.region, each.node, purpose)

    def _purpose(self, found: DataAttribute) -> Purpose | None:
        """Follow the value outward: what is done with it in the end. None where it may be changed."""
        node: cst.CSTNode = found.node
        chain = False
        for parent in reversed(found.around):
            match parent:
                case cst.Attribute(value=inner, attr=cst.Name(value=name)) if inner is node:
                    if name in _METADATA:
                        return Purpose.VALUE if chain else Purpose.METADATA
                    node = parent
                case cst.Call(func=func) if func is node:
                    assert isinstance(func, cst.Attribute)
                    purpose = _of_method(func.attr.value, chain)
                    if purpose is not Purpose.VALUE:
                        return purpose
                    node, chain = parent, True
                case cst.Subscript(value=inner) if inner is node:
                    node, chain = parent, True
                case cst.Arg():
                    node = parent
                case cst.Call() if isinstance(node, cst.Arg):
                    return self._of_argument(parent, node, chain)
                case cst.AssignTarget() | cst.Del() | cst.AugAssign(target=_) if _is_target(parent, node):
                    return None
                case cst.Assign(targets=targets):
                    return Purpose.VALUE if chain or self._is_only_read(targets) else None
                case cst.Return() | cst.Element() | cst.DictElement() | cst.Yield() | cst.For() | cst.CompFor() if (
                    not chain
                ):
                    return None  # a name that shares its memory goes where nobody looks
                case cst.IfExp(test=test) if test is not node:
                    node = parent
                case cst.If() | cst.While() | cst.Assert() | cst.IfExp() | cst.FormattedString():
                    return Purpose.VALUE
                case _ if isinstance(parent, _PASSING):
                    return Purpose.VALUE
                case cst.BaseSmallStatement() | cst.BaseCompoundStatement():
                    return Purpose.VALUE if chain else None
                case _:
                    node = parent
        return None

    def _of_argument(self, call: cst.Call, argument: cst.Arg, chain: bool) -> Purpose | None:
        """What a function does with an argument."""
        if argument.star or (argument.keyword is not None and argument.keyword.value == "out"):
            return None
        qualified = torch_name(call.func, self._scope.names) or ""
        name = call.func.value if isinstance(call.func, cst.Name) else ""
        if qualified.startswith("torch.nn.init."):
            return None if chain else Purpose.INIT
        if qualified in torch_names.LIKE_FACTORIES or qualified in (
            "torch.rand_like",
            "torch.randn_like",
            "torch.randint_like",
        ):
            return Purpose.VALUE if chain else Purpose.METADATA
        if name in _NUMBERS:
            return Purpose.ARRAY if name == "float" else Purpose.NUMBER
        if qualified in torch_names.TENSOR_FUNCTIONS or qualified in _KEEPING or name in _SHOWN:
            return Purpose.VALUE
        if isinstance(call.func, cst.Attribute) and call.func.attr.value in torch_names.PURE_METHODS:
            return Purpose.VALUE
        return Purpose.VALUE if chain and _is_append(call) else None

    def _is_only_read(self, targets: object) -> bool:
        """Whether a name that shares the memory is one that the scope never changes in place."""
        assert isinstance(targets, (list, tuple))
        if len(targets) != 1 or not isinstance(targets[0].target, cst.Name):
            return False
        return not _may_change(self._scope.body, targets[0].target.value)


def _of_method(name: str, chain: bool) -> Purpose | None:
    """What a method does with its receiver; ``chain``: a method of the data came before."""
    if name in _NUMBER_METHODS:
        return Purpose.NUMBER
    if name == "numpy":
        return Purpose.ARRAY
    if name == "detach" and not chain:
        return Purpose.DETACHED
    if name in _METADATA_METHODS:
        return Purpose.VALUE if chain else Purpose.METADATA
    return Purpose.VALUE if name in torch_names.PURE_METHODS or name == "clone" else None


def _is_append(call: cst.Call) -> bool:
    return isinstance(call.func, cst.Attribute) and call.func.attr.value == "append"


def _is_target(parent: cst.CSTNode, node: cst.CSTNode) -> bool:
    """Whether what was followed is what a statement changes, and no value that it reads."""
    return not isinstance(parent, cst.AugAssign) or parent.target is node


def _attributes(statement: Statement) -> Iterator[tuple[cst.Attribute, tuple[cst.CSTNode, ...]]]:
    """The ``.data`` of the expressions of a statement; statements inside a compound one are sites of their own."""
    inner = set() if isinstance(statement, cst.BaseSmallStatement) else set(map(id, blocks(statement)))

    def search(
        node: cst.CSTNode, around: tuple[cst.CSTNode, ...]
    ) -> Iterator[tuple[cst.Attribute, tuple[cst.CSTNode, ...]]]:
        if isinstance(node, cst.Attribute) and node.attr.value == "data":
            yield node, around
        if isinstance(node, (cst.Import, cst.ImportFrom, cst.Lambda, cst.Annotation)):
            return
        for child in children(node):
            if id(child) not in inner and not isinstance(child, (cst.BaseSuite, cst.Else, cst.Finally)):
                yield from search(child, (*around, node))

    if not isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
        yield from search(statement, ())


def _may_change(tree: cst.CSTNode, name: str) -> bool:
    """Whether a name is changed in place somewhere: stored into, or the receiver of a method with an underscore."""
    match tree:
        case cst.AugAssign(target=target) | cst.AssignTarget(target=target) if _starts_with(target, name):
            return isinstance(tree, cst.AugAssign) or not isinstance(target, cst.Name)
        case cst.Call(func=cst.Attribute(value=receiver, attr=cst.Name(value=method))):
            if method.endswith("_") and _starts_with(receiver, name):
                return True
        case cst.Arg(keyword=cst.Name(value="out"), value=value) if _starts_with(value, name):
            return True
    return any(_may_change(each, name) for each in children(tree))


def _starts_with(node: cst.CSTNode, name: str) -> bool:
    while isinstance(node, (cst.Attribute, cst.Subscript, cst.Call)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return isinstance(node, cst.Name) and node.value == name
