"""What the pure operations that are statements of a file are done to, unless the file shows that it is no tensor."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.model.api import torch_names
from torchlint.model.api.answers import OF_MODULES
from torchlint.syntax.outline import USUAL
from torchlint.syntax.tree import Function, dotted, last_name, lines_of, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torchlint.syntax.source import Source

FUNCTIONS = frozenset(name.rpartition(".")[2] for name in torch_names.TENSOR_FUNCTIONS)
"""The last names of the functions whose result is all there is."""
_CALLED = re.compile(r"\b[\w.]+(?=\()")
_OF_NO_TENSOR = OF_MODULES | {"state_dict", "load_state_dict"}


def operands(source: Source, imports: Collection[str], tree: ast.Module) -> Iterator[ast.expr]:
    """The receivers of methods and the arguments of imported functions that may be tensors."""
    far: frozenset[str] | None = None
    for block in _blocks(tree):
        calls = [each.value for node in block for each in walk(node) if isinstance(each, ast.Expr)]
        found = [operand for each in calls if isinstance(each, ast.Call) for operand in _of(each, imports)]
        if found:
            far = _others(source.text, [tree]) if far is None else far
            text = "".join(source.lines_text(*lines_of(node)) for node in block)
            others = {"self", "cls", *(each for each in far if "." in each), *_others(text, block), *_shared(block)}
            yield from (each for each in found if _name(each) not in others)


def _blocks(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """The functions of a module, the methods of its classes, and all else together."""
    rest: list[ast.stmt] = []
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from ([each] for each in node.body)
        elif isinstance(node, Function):
            yield [node]
        else:
            rest.append(node)
    yield rest


def _of(call: ast.Call, imports: Collection[str]) -> Iterator[ast.expr]:
    name, root = last_name(call.func), (dotted(call.func) or "").partition(".")[0]
    if root in imports or root in USUAL:
        if name in FUNCTIONS:
            yield from (each for each in (*call.args, *(each.value for each in call.keywords)) if _may_be_tensor(each))
    elif isinstance(call.func, ast.Attribute) and name in torch_names.PURE_METHODS:
        yield call.func.value


def _may_be_tensor(node: ast.expr) -> bool:
    return isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript))


def _name(node: ast.expr) -> str | None:
    return dotted(node) if isinstance(node, (ast.Name, ast.Attribute)) else None


def _others(text: str, nodes: list[ast.stmt] | list[ast.Module]) -> frozenset[str]:
    """What is called, asked for what only modules have, or made as a container: none of it is a tensor."""
    called = set(_CALLED.findall(text))
    modules = (name.rpartition(".") for name in called)
    containers = (each for node in nodes for each in _containers(node))
    return frozenset((*called, *(owner for owner, _, last in modules if last in _OF_NO_TENSOR), *containers))


def _shared(nodes: list[ast.stmt]) -> Iterator[str]:
    """The names that other functions may bind as well."""
    for each in (each for node in nodes for each in walk(node) if isinstance(each, (ast.Global, ast.Nonlocal))):
        yield from each.names


def _containers(tree: ast.AST) -> Iterator[str]:
    for each in walk(tree):
        match each:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=value) if _is_made(
                value
            ):
                yield dotted(target) or ""


def _is_made(value: ast.expr | None) -> bool:
    """Whether an expression makes a container."""
    match value:
        case ast.Call(func=ast.Name(id="set" | "list" | "dict" | "defaultdict")):
            return True
    return isinstance(value, (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.SetComp, ast.DictComp))
