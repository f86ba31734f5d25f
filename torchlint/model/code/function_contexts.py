"""What the ``forward`` of a ``torch.autograd.Function`` leaves on its context, and does not tell it.

PyTorch notices changes of what ``save_for_backward`` was given, and of what ``mark_dirty`` was told. Source: as run.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.api.torch_names import INPLACE_METHODS
from torchlint.model.code.function_saves import functions_of
from torchlint.syntax.tree import last_name, names_bound, statements, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_OF_TENSORS = frozenset("dtype device clone detach contiguous size dim numel new_zeros new_empty requires_grad".split())
"""What is asked of an input that is a tensor."""


@dataclass(frozen=True, slots=True)
class KeptTensor:
    """``at`` keeps what ``name`` holds, an input or an output of ``forward``, as an attribute of the context."""

    at: ast.Assign
    name: str
    is_output: bool


@dataclass(frozen=True, slots=True)
class UnmarkedChange:
    """``at`` changes an input in place that ``forward`` returns; ``context`` is what it calls its context."""

    at: ast.stmt
    name: str
    context: str


def kept_tensors(facts: CodeFacts) -> Iterator[KeptTensor]:
    """The inputs and outputs that each ``forward`` of the file's Functions keeps as attributes."""
    for _, method in _forwards(facts):
        context, *inputs = [each.arg for each in method.args.args]
        outputs = _returned(method) - set(inputs)
        tensors = {each for each in inputs if _is_tensor(each, method)}
        for node in statements(method.body):
            match node:
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner))], value=ast.Name(id=name)):
                    if owner == context and (name in outputs or name in tensors):
                        yield KeptTensor(node, name, name in outputs)


def unmarked_changes(facts: CodeFacts) -> Iterator[UnmarkedChange]:
    """The first change of each input that a ``forward`` changes in place, returns and does not mark."""
    for owner, method in _forwards(facts):
        if any(isinstance(each, ast.Attribute) and each.attr == "mark_dirty" for each in walk(owner)):
            continue
        context, *inputs = [each.arg for each in method.args.args]
        candidates = _returned(method).intersection(inputs) - _bound_anew(method)
        for name in sorted(candidates):
            change = next((each for each in statements(method.body) if _changes(each, name)), None)
            if change is not None:
                yield UnmarkedChange(change, name, context)


def _forwards(facts: CodeFacts) -> Iterator[tuple[ast.ClassDef, ast.FunctionDef]]:
    """The ``forward`` methods that are given a context, which none has beside a ``setup_context``."""
    for node in functions_of(facts):
        methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        forward = methods.get("forward")
        if forward is not None and forward.args.args and "setup_context" not in methods:
            yield node, forward


def _returned(method: ast.FunctionDef) -> set[str]:
    """The names that a method returns, alone or in a tuple."""
    values = [each.value for each in statements(method.body) if isinstance(each, ast.Return)]
    parts = [part for value in values for part in (value.elts if isinstance(value, ast.Tuple) else (value,))]
    return {each.id for each in parts if isinstance(each, ast.Name)}


def _bound_anew(method: ast.FunctionDef) -> set[str]:
    """The names that a method binds, augmented assignments aside, which change a tensor in place."""
    targets = [each.target for each in walk(method) if isinstance(each, ast.AugAssign)]
    augmented = {each.id for each in targets if isinstance(each, ast.Name)}
    counts = [each.id for each in walk(method) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)]
    return {each for each in names_bound(method) if each not in augmented or counts.count(each) > 1}


def _is_tensor(name: str, method: ast.FunctionDef) -> bool:
    """Whether an input that is never bound anew is a tensor: by its annotation, or by what it is asked for."""
    given = next(each for each in method.args.args if each.arg == name)
    if name in names_bound(method):
        return False
    if given.annotation is not None:
        return last_name(given.annotation) == "Tensor"
    return any(
        isinstance(each, ast.Attribute)
        and each.attr in _OF_TENSORS
        and isinstance(each.value, ast.Name)
        and each.value.id == name
        for each in walk(method)
    )


def _changes(node: ast.stmt, name: str) -> bool:
    match node:
        case ast.AugAssign(target=ast.Name(id=found)):
            return found == name
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr=method))) if found == name:
            return method in INPLACE_METHODS
        case ast.Assign(targets=[ast.Subscript(value=ast.Name(id=found))]):
            return found == name
    return False
