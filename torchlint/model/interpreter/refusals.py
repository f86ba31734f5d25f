"""What PyTorch refuses to do with tensors of a graph: NumPy arrays, deep copies, optimizers, gradients of results.

In a function that nothing seen calls the caller may have switched gradients off. A backward that ran there shows that
nobody did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd import faults
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.views import edge, requires_grad

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable

    from torchlint.model.autograd.tensor import Tensor
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_MOVES = frozenset("to cpu cuda type type_as".split())
"""Operations that may give the tensor itself."""


def numpy(machine: Interpreter, site: Site, tensor: Tensor) -> None:
    """``tensor.numpy()``. Raises: Raised, where it requires grad."""
    if site.argument(0, "force", False) is False and _requires_grad(machine, tensor):
        machine.run.log.fail(_of(Kind.NUMPY, site.at, faults.NUMPY, tensor))


def deep_copy(machine: Interpreter, site: Site, tensors: Iterable[Tensor]) -> None:
    """``copy.deepcopy`` of what holds some tensors. Raises: Raised, where one of them is no leaf."""
    for each in tensors:
        if _is_result(machine, each) and not _may_be_itself(each):
            machine.run.log.fail(_of(Kind.COPIED, site.at, faults.DEEPCOPY, each))


def optimize(machine: Interpreter, site: Site, tensors: Iterable[Tensor]) -> None:
    """An optimizer over some tensors. Raises: Raised, where one of them is no leaf."""
    for each in tensors:
        if not _is_result(machine, each):
            continue
        fault = _of(Kind.OPTIMIZED, site.at, faults.NOT_A_LEAF, each)
        if not _may_be_itself(each):
            machine.run.log.fail(fault)
        machine.run.log.report(fault)


def note_gradient(machine: Interpreter, at: ast.AST, tensor: Tensor) -> None:
    """``tensor.grad`` of a result, which does not keep it."""
    if tensor.grad is None and _is_result(machine, tensor):
        machine.run.log.report(_of(Kind.UNKEPT, at, "", tensor))


def _is_result(machine: Interpreter, tensor: Tensor) -> bool:
    """Whether a tensor certainly is the result of an operation that was recorded."""
    return _requires_grad(machine, tensor) and edge(machine.run, tensor) is not tensor


def _requires_grad(machine: Interpreter, tensor: Tensor) -> bool:
    """Whether a tensor certainly requires grad, which only a backward shows of what comes from code that is not
    seen."""
    if requires_grad(tensor) is not Answer.YES or not machine.run.mode.is_sure:
        return False
    if tensor.is_loose or (tensor.node is not None and not tensor.node.sure):
        return tensor.node is not None and tensor.node.freed is not None
    return not machine.is_library or bool(machine.run.history.reach.begun)


def _may_be_itself(tensor: Tensor) -> bool:
    """Whether a tensor may be the leaf that it was made of: a move to where that already is gives the same."""
    node = tensor.node
    if node is None or node.operation not in _MOVES:
        return False
    return not any(_differ(getattr(each, "dtype", None), tensor.dtype) for each in node.inputs)


def _differ(one: str | None, other: str | None) -> bool:
    return one is not None and other is not None and one != other


def _of(kind: Kind, at: ast.AST, message: str, tensor: Tensor) -> Fault:
    operation = tensor.node.operation if tensor.node is not None else ""
    assumed = f"`{operation}` moves it" if _may_be_itself(tensor) else None
    return Fault(kind, at, at, message, tensor.name, operation, made=tensor.made, assumed=assumed)
