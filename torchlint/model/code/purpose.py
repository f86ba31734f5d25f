"""What a piece of code is for, by the names and blocks that it stands in."""

from __future__ import annotations

import ast
import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef


class Purpose(Enum):
    """SCRIPT: the module's own statements. TRAINING: a function that trains, by its name or because it goes backward.
    NO_GRAD: inside ``no_grad`` or ``inference_mode``. INITIAL: gives weights their first values. UPDATE: what an
    optimizer does, a moving average, a target network. OTHER: anything else."""

    SCRIPT = "script"
    TRAINING = "training"
    NO_GRAD = "no_grad"
    INITIAL = "initial"
    UPDATE = "update"
    OTHER = "other"


_INITIAL = frozenset("init initialize initialise initialization initialized reset".split())
_UPDATE = frozenset(
    "optim optimizer optimiser sgd adam adamw rmsprop lookahead ema momentum polyak target teacher shadow average "
    "averaged averaging update sync copy swap load merge fuse prune quantize clip".split()
)
_TRAINING = frozenset("train training fit epoch".split())
EVALUATING = frozenset(
    "acc accuracy correct eval evaluate evaluation infer inference metric metrics pred predict predicted prediction "
    "predictions preds score scores test testing val valid validate validation".split()
)
"""Words of code that evaluates a model, or predicts with it."""
REPEATING = frozenset("mc monte bayesian uncertainty stochastic ensemble samples".split())
"""Words of code that wants another result of a model each time."""
_NO_GRAD = frozenset(("no_grad", "inference_mode"))
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def purpose_of(path: Sequence[ast.AST]) -> Purpose:
    """What the last node of a path from the module downward is for."""
    if any(is_no_grad_block(each) for each in path):
        return Purpose.NO_GRAD
    units = [each for each in path if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))]
    words = {word for each in units for word in words_in(each.name)}
    statement = next((each for each in reversed(path) if isinstance(each, ast.stmt)), None)
    if statement is not None and _updates(statement):
        return Purpose.UPDATE
    if words & _INITIAL:
        return Purpose.INITIAL
    if words & _UPDATE or any(isinstance(each, ast.ClassDef) and _is_optimizer(each) for each in units):
        return Purpose.UPDATE
    functions = [each for each in units if not isinstance(each, ast.ClassDef)]
    if not functions:
        return Purpose.SCRIPT
    trains = words & _TRAINING or any(_goes_backward(each) for each in functions)
    return Purpose.TRAINING if trains else Purpose.OTHER


def is_initial(name: str) -> bool:
    """Whether a function of that name gives weights their first values."""
    return bool(words_in(name) & _INITIAL)


def words_in(name: str) -> set[str]:
    """The words of an identifier in small letters: ``EMATeacher_update`` has ema, teacher and update."""
    return {word.lower() for word in _WORDS.findall(name)}


def is_no_grad_block(node: ast.AST) -> bool:
    """A ``with`` or a function in which no gradients are recorded."""
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return any(_last_name(item.context_expr) in _NO_GRAD for item in node.items)
    return isinstance(node, Function) and any(_last_name(each) in _NO_GRAD for each in node.decorator_list)


def _last_name(node: ast.expr) -> str:
    called = node.func if isinstance(node, ast.Call) else node
    return called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""


def _updates(statement: ast.stmt) -> bool:
    """Whether a statement reads a gradient, or mixes the data of two tensors, or says whose copy it changes."""
    receivers = set()
    for each in _own_nodes(statement):
        if isinstance(each, ast.Attribute) and each.attr == "grad":
            return True
        if isinstance(each, ast.Attribute) and each.attr == "data":
            receivers.add(ast.dump(each.value))
            if len(receivers) > 1:
                return True
            if any(isinstance(part, ast.Name) and words_in(part.id) & _UPDATE for part in ast.walk(each.value)):
                return True
    return False


def _own_nodes(statement: ast.stmt) -> Iterator[ast.AST]:
    """The nodes of a statement, those of the statements inside it left out."""
    yield statement
    waiting = [each for each in ast.iter_child_nodes(statement) if isinstance(each, ast.expr)]
    for each in waiting:
        yield from ast.walk(each)


def _is_optimizer(node: ast.ClassDef) -> bool:
    return any("Optimizer" in _last_name(base) for base in node.bases)


def _goes_backward(function: Function) -> bool:
    return any(isinstance(each, ast.Attribute) and each.attr == "backward" for each in ast.walk(function))
