"""Calls: who is called, with what, and which part of the interpreter answers."""

from __future__ import annotations

import ast
from contextlib import nullcontext
from typing import TYPE_CHECKING

from torchlint.model.api.operation import Takes
from torchlint.model.api.operations import operations
from torchlint.model.autograd.call import Call
from torchlint.model.interpreter import binding, unknown_calls
from torchlint.model.interpreter.gradient_flow import is_differentiable
from torchlint.model.interpreter.library import builtin_functions, torch_functions
from torchlint.model.interpreter.open_containers import is_open
from torchlint.model.interpreter.operate import operate
from torchlint.model.interpreter.python import functions, objects
from torchlint.model.interpreter.site import Site
from torchlint.model.interpreter.values.containers import gathered, is_stream, listed
from torchlint.model.interpreter.values.operator import operand_texts
from torchlint.model.interpreter.values.symbolic import Symbol, Symbolic
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope


_NEXT = Symbol("builtins.next")
_READING = frozenset(f"builtins.{name}" for name in "dict frozenset list max min set sorted sum tuple".split())
"""What reads an iterator to its end."""


def evaluate_call(machine: Interpreter, scope: Scope, node: ast.Call) -> object:
    """The value of a call expression."""
    func = node.func
    owner_node: ast.AST | None = None
    receiver: object = None
    if isinstance(func, ast.Attribute):
        owner = machine.evaluate(scope, func.value)
        callee = as_value(owner).method(machine, func.attr, func)
        owner_node, label = func.value, func.attr
        receiver = owner if isinstance(owner, Symbolic) and owner.flow and is_differentiable(label) else None
    else:
        callee = machine.evaluate(scope, func)
        label = func.id if isinstance(func, ast.Name) else ""
    site = Site(node, label, [], {}, [], {}, owner_node, receiver=receiver)
    _evaluate_arguments(machine, scope, node, site)
    known = as_value(callee)
    if not known.is_of_program and callee != _NEXT:  # what is not seen may read an iterator
        _read_streams(machine, site, known.imported_name in _READING)
    return known.call(machine, site)


def _read_streams(machine: Interpreter, site: Site, is_whole: bool) -> None:
    """Read the iterators that something is given, which may leave some of them unless it needs the whole."""
    if not any(map(is_stream, (*site.arguments, *site.keywords.values()))):
        return
    with nullcontext() if is_whole else machine.run.trace.generators.in_part():
        _list_streams(site)


def _list_streams(site: Site) -> None:
    site.arguments = list(map(listed, site.arguments))
    for name, each in site.keywords.items():
        site.keywords[name] = listed(each)


def _evaluate_arguments(machine: Interpreter, scope: Scope, node: ast.Call, site: Site) -> None:
    for each in node.args:
        if isinstance(each, ast.Starred):
            value = listed(machine.evaluate(scope, each.value))
            if isinstance(value, (list, tuple)):
                site.is_cut = site.is_cut or is_open(machine.run, value)
                site.arguments += value
                site.texts += [each.value] * len(value)
            else:
                site.is_open = True
        else:
            site.arguments.append(machine.evaluate(scope, each))
            site.texts.append(each)
    if node.keywords:
        texts: dict[str, ast.AST] = {}
        for keyword in node.keywords:
            value = machine.evaluate(scope, keyword.value)
            if keyword.arg is not None:
                site.keywords[keyword.arg] = value
                texts[keyword.arg] = keyword.value
            elif isinstance(value, dict):
                site.keywords.update({name: each for name, each in value.items() if isinstance(name, str)})
            else:
                site.is_open = True
        site.keyword_texts = texts


def call(machine: Interpreter, site: Site, callee: object) -> object:
    """Call a value."""
    return as_value(callee).call(machine, site)


def call_named(machine: Interpreter, site: Site, callee: Symbol) -> object:
    """Call something imported, or a builtin."""
    if callee.name.startswith("torch."):
        return torch_functions.call(machine, site, callee.name)
    found = machine.imported(callee)
    if found is not callee:
        return call(machine, site, found)
    if objects.is_foreign_module(machine, callee):
        return objects.import_opaque(machine, site, callee)
    return builtin_functions.call(machine, site, callee.name)


def tensor_operation(
    machine: Interpreter, at: ast.AST, name: str, label: str, receiver: Tensor, arguments: list[object]
) -> object:
    """A method of a tensor that an iteration or a subscript stands for."""
    return operation(machine, Site(at, label, [receiver, *arguments], {}, operand_texts(at)), f"torch.Tensor.{name}")


def operation(machine: Interpreter, site: Site, qualified: str) -> object:
    """Call an operation of PyTorch by its qualified name; an unknown one gives an unknown value."""
    name = qualified.rpartition(".")[2]
    known = operations(qualified)
    takes = [each.takes for one in known for each in one.parameters if each.variadic]
    if site.is_open and Takes.OTHER not in takes:
        return unknown_calls.call_unknown(machine, site, Symbol(qualified))
    site.arguments = [gathered(machine, each, site.at) for each in site.arguments]
    site.keywords = {each: gathered(machine, value, site.at) for each, value in site.keywords.items()}
    bound = binding.bind(machine, site, known)
    if bound is None:
        return machine.unknown()
    found, arguments, texts = bound
    return operate(machine.run, Call(site.at, site.label, name, found, arguments, texts, {}))


def defaults(machine: Interpreter, scope: Scope, arguments: ast.arguments) -> dict[str, object]:
    """The values of a function's defaults by parameter, evaluated where it is defined."""
    return functions.defaults(machine, scope, arguments)
