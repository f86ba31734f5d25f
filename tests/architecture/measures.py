"""What one module has too much of: tests of kinds, attributes, state by identity."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.architecture.reading import is_inside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from tests.architecture.reading import Module

VALUES = ("torchlint.model.interpreter.values",)
"""The modules that define the kinds of values ..."""
OTHER_VALUES = frozenset(
    f"torchlint.model.autograd.{name}"
    for name in ("grad_mode.Mode", "results.Packed", "tensor.Tensor", "tensor_list.Several")
)
"""... and those that PyTorch's semantics need."""

MUTABLE = {"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque"}


def without_triggers(module: Module) -> int:
    """How often ``triggers=()`` is given: such a rule is run where a list elsewhere says so, which it cannot know."""
    return sum(
        isinstance(node, ast.keyword)
        and node.arg == "triggers"
        and isinstance(node.value, (ast.Tuple, ast.List))
        and not node.value.elts
        for node in ast.walk(module.tree)
    )


def state_by_identity(tree: ast.Module) -> Iterator[str]:
    """The names of a module's own mutable state, or cached functions, whose keys are made with ``id``.

    An ``id`` is given again as soon as the object is gone, and what was remembered is then said of another one.
    """
    state = {name for node in tree.body for name in (*_mutable_names(node), *_cached_name(node))}
    for function in ast.walk(tree):
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            identities = set(_identities(function))
            for node in ast.walk(function):
                name, keys = _looked_up(node)
                if name in state and any(_has_id(key, identities) for key in keys):
                    yield name


def _looked_up(node: ast.AST) -> tuple[str, list[ast.expr]]:
    """What is looked into, changed or called, and with which keys."""
    match node:
        case ast.Subscript(value=ast.Name(id=name), slice=key) | ast.Compare(left=key, comparators=[ast.Name(id=name)]):
            return name, [key]
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(value=ast.Name(id=name)), args=keys):
            return name, keys
    return "", []


def _identities(function: ast.AST) -> Iterator[str]:
    """The names in a function that stand for something made with ``id``."""
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if _has_id(value):
                yield name


def _cached_name(node: ast.stmt) -> list[str]:
    match node:
        case ast.FunctionDef(name=name, decorator_list=[_, *_] as decorators):
            return [name] if any("cache" in ast.unparse(each) for each in decorators) else []
    return []


def _mutable_names(node: ast.stmt) -> list[str]:
    match node:
        case ast.Assign(targets=targets, value=value) if _is_mutable(value):
            return [each.id for each in targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if _is_mutable(value):
            return [name]
    return []


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).rpartition(".")[2] in MUTABLE
    return isinstance(value, (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp))


def _has_id(key: ast.expr, identities: Collection[str] = ()) -> bool:
    """Whether an expression calls ``id``, or uses a name that stands for what it gave."""
    for node in ast.walk(key):
        match node:
            case ast.Call(func=ast.Name(id="id")):
                return True
            case ast.Name(id=name) if name in identities:
                return True
    return False


def instance_attributes(tree: ast.Module) -> dict[str, set[str]]:
    """The attributes that the instances of each class have of their own: fields, and what is assigned to ``self``."""
    return {node.name: {*_fields(node), *_assigned(node)} for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if "ClassVar" not in ast.unparse(kind):
                yield name


def _assigned(node: ast.ClassDef) -> Iterator[str]:
    for each in ast.walk(node):
        match each:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def value_kinds(modules: Collection[Module]) -> set[str]:
    """The qualified names of the classes of values, and of the groups that some module makes of them."""
    kinds = OTHER_VALUES | {
        f"{module.name}.{node.name}"
        for module in modules
        if is_inside(module.name, VALUES)
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and not any("Enum" in ast.unparse(base) for base in node.bases)
    }
    groups = set()
    for module in modules:
        for node in module.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple() | ast.BinOp() as value):
                    if _kinds_in(value, module, kinds):
                        groups.add(f"{module.name}.{name}")
    return kinds | groups


def _kinds_in(node: ast.AST, module: Module, kinds: Collection[str]) -> bool:
    """Whether an expression of a module mentions a kind of value."""
    called = {each.called: each.name for each in module.imports}
    for each in ast.walk(node):
        if isinstance(each, (ast.Name, ast.Attribute)):
            first, dot, rest = ast.unparse(each).partition(".")
            if f"{called.get(first, f'{module.name}.{first}')}{dot}{rest}" in kinds:
                return True
    return False


def kind_tests(module: Module, kinds: Collection[str]) -> int:
    """How often a module asks which kind of value something is: ``isinstance``, ``type(x) is``, ``case Tensor()``, and
    tables by kind."""
    number = 0
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, classes]):
                number += _kinds_in(classes, module, kinds)
            case ast.MatchClass(cls=cls):
                number += _kinds_in(cls, module, kinds)
            case ast.Compare(left=ast.Call(func=ast.Name(id="type")), comparators=[classes]):
                number += _kinds_in(classes, module, kinds)
            case ast.Dict(keys=keys):
                names = [key for key in keys if isinstance(key, (ast.Name, ast.Attribute))]
                number += sum(_kinds_in(key, module, kinds) for key in names)
    return number
