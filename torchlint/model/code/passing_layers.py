"""Layers and parameters that a module's ``forward`` builds, uses and drops."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.built_modules import builds_parameters
from torchlint.model.code.named_calls import public_name
from torchlint.model.code.purpose import words_in
from torchlint.syntax.tree import Function, last_name, statements, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import TypeAlias

    from torchlint.model.code.protocol import CodeFacts

    Use: TypeAlias = Callable[[ast.expr, Mapping[ast.AST, ast.AST]], bool]

_DROPOUTS = frozenset(f"torch.nn.{name}" for name in ("Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout"))
_PARAMETER = "torch.nn.Parameter"
_MOVERS = frozenset({"to", "cuda", "cpu", "float", "double", "half"})
_MODES = frozenset({"training", "train", "eval"})
_BUILDING = frozenset("init build create make setup reset initialize add register get".split())
"""Words in the names of methods that may build something to keep."""


class PassingLayer(NamedTuple):
    """``at`` builds something that is dropped after its use. ``is_dropout``: it has no parameters, but a mode."""

    at: ast.Call
    is_dropout: bool


def passing_layers(facts: CodeFacts) -> Iterator[PassingLayer]:
    """What the ``forward`` of each module of the file, or a method that it leads to, builds for one use."""
    for node in statements(facts.tree().body):
        if isinstance(node, ast.ClassDef) and facts.classes.lineage(node.lineno).is_module:
            for method, nodes in _reached(node):
                built = [each for each in nodes if isinstance(each, ast.Call) and _may_build(each)]
                if built:
                    yield from _in_method(method, nodes, built, facts)


def _may_build(call: ast.Call) -> bool:
    """Whether what is called has the name of a class."""
    return (last_name(call.func) or "")[:1].isupper()


def _in_method(
    method: Function, nodes: Sequence[ast.AST], built: Sequence[ast.Call], facts: CodeFacts
) -> Iterator[PassingLayer]:
    parents = {child: parent for parent in nodes for child in ast.iter_child_nodes(parent)}
    is_told = any(isinstance(each, ast.expr) and last_name(each) in _MODES for each in nodes)
    for each in built:
        if not _is_inside_function(each, parents, method):
            found = _passing(each, parents, method, facts)
            if found is not None and not (found.is_dropout and is_told):
                yield found


def _passing(
    call: ast.Call, parents: Mapping[ast.AST, ast.AST], method: Function, facts: CodeFacts
) -> PassingLayer | None:
    name = public_name(call.func, facts)
    if name == _PARAMETER:
        used = _is_operand(call, parents) or _uses(call, parents, method, _is_operand)
        return PassingLayer(call, is_dropout=False) if used else None
    is_dropout = name in _DROPOUTS
    if not is_dropout and not builds_parameters(call, facts):
        return None
    moved = _moved(call, parents)
    used = _is_called(moved, parents) or _uses(moved, parents, method, _is_called)
    return PassingLayer(call, is_dropout) if used else None


def _moved(call: ast.Call, parents: Mapping[ast.AST, ast.AST]) -> ast.expr:
    """``nn.Linear(2, 3).to(device)`` of ``nn.Linear(2, 3)``."""
    node: ast.expr = call
    while True:
        attribute = parents.get(node)
        called = parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(attribute, ast.Attribute) or attribute.attr not in _MOVERS:
            return node
        if not isinstance(called, ast.Call) or called.func is not attribute:
            return node
        node = called


def _is_called(node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> bool:
    parent = parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node


def _is_operand(node: ast.expr, parents: Mapping[ast.AST, ast.AST]) -> bool:
    return isinstance(parents.get(node), ast.BinOp)


def _uses(call: ast.expr, parents: Mapping[ast.AST, ast.AST], method: Function, is_use: Use) -> bool:
    """Whether a value gets a name of its own that is used in one way only."""
    statement = parents.get(call)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call:
            names = [each for each in walk(method) if isinstance(each, ast.Name) and each.id == name]
            reads = [each for each in names if isinstance(each.ctx, ast.Load)]
            return bool(reads) and len(names) == len(reads) + 1 and all(is_use(each, parents) for each in reads)
    return False


def _is_inside_function(node: ast.AST, parents: Mapping[ast.AST, ast.AST], method: Function) -> bool:
    """Whether a node stands in a function or class inside of the method, which may be run once."""
    while (parent := parents.get(node)) is not None and parent is not method:
        if isinstance(parent, (Function, ast.ClassDef, ast.Lambda)):
            return True
        node = parent
    return False


def _reached(owner: ast.ClassDef) -> Iterator[tuple[Function, Sequence[ast.AST]]]:
    """``forward`` and the methods that it leads to with all their nodes, those left out whose name says that they build
    something."""
    methods = {each.name: each for each in owner.body if isinstance(each, Function)}
    waiting = ["forward"]
    while waiting:
        name = waiting.pop()
        method = methods.pop(name, None)
        if method is None or words_in(name) & _BUILDING:
            continue
        nodes = list(walk(method))
        yield method, nodes
        for each in nodes:
            match each:
                case ast.Attribute(value=ast.Name(id="self"), attr=called):
                    waiting.append(called)
