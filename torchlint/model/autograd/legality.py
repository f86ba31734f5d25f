"""What PyTorch refuses to do: its checks of in-place changes, ``out=`` and inference tensors, in its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd import faults
from torchlint.model.autograd.call import target_of
from torchlint.model.autograd.faults import Fault, Kind
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.saved import is_kept
from torchlint.model.autograd.tensor import Tensor, ViewKind
from torchlint.model.autograd.views import requires_grad

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torchlint.model.autograd.call import Call
    from torchlint.model.autograd.grad_state import GradState


_WRITES_EXPANDED = frozenset(("fill_number", "zero_", "masked_fill_", "index_fill_", "index_put_"))
"""What PyTorch allows on a tensor whose elements share memory."""


def written_as(call: Call) -> str:
    """An operation's name; filling with a number is another operation than with a tensor."""
    return "fill_number" if call.name == "fill_" and not tensors_in(call.arguments.get("value")) else call.name


def check_inplace(run: GradState, call: Call, tensor: Tensor, others: Answer, *, mixed: bool) -> None:
    """PyTorch's own legality check of an in-place change, in its order. Raises: Raised."""
    at, target, operation, name = call.at, target_of(call, tensor), call.label, written_as(call)
    own = requires_grad(tensor)
    if tensor.view is not ViewKind.PLAIN and tensor.base is not None and own is Answer.NO:
        own = tensor.base.requires_grad
    if tensor.inference and not tensor.thawed and not run.mode.inference:
        run.log.fail(Fault(Kind.INFERENCE, at, at, faults.INFERENCE_CHANGED, target, operation, made=tensor.made))
    if run.mode.grad and run.mode.is_known and Answer.YES in (own, others):
        message = _forbidden(tensor, own)
        if message:
            kind = Kind.LEAF if message == faults.LEAF else Kind.VIEW
            made = tensor.base.made if tensor.base is not None and message == faults.LEAF_VIEW else tensor.made
            run.log.fail(Fault(kind, at, at, message, target, operation, tensor=tensor, mixed=mixed, made=made))
    if tensor.expanded is Answer.YES and name not in _WRITES_EXPANDED:
        run.log.fail(Fault(Kind.VIEW, at, at, faults.EXPANDED, target, operation, tensor=tensor, made=tensor.made))


def _forbidden(tensor: Tensor, own: Answer) -> str:
    base = tensor.base
    if base is not None:
        if tensor.view is ViewKind.MULTI:
            return faults.MULTI_VIEW.format(tensor.made_by or "UnbindBackward0")
        if tensor.view is not ViewKind.PLAIN:
            return faults.MODE_VIEWS[tensor.view]
        if own is Answer.YES and base.node is None:
            return faults.LEAF_VIEW
    return faults.LEAF if own is Answer.YES and tensor.node is None else ""


def check_out(run: GradState, call: Call, given: Iterable[Tensor]) -> None:
    """An ``out=`` knows no gradients. Raises: Raised."""
    if run.mode.grad and run.mode.is_known:
        for tensor in given:
            if requires_grad(tensor) is Answer.YES:
                run.log.fail(Fault(Kind.OUT, call.at, call.at, faults.OUT, tensor.name, call.label, made=tensor.made))


def check_inference(run: GradState, call: Call) -> None:
    """Autograd refuses to keep a tensor that was made in inference mode."""
    for kept in call.operation.kept:
        if kept.what.startswith("result") or not is_kept(call, kept):
            continue
        for tensor in tensors_in(call.value(kept.what)):
            if tensor.inference:
                run.log.fail(
                    Fault(
                        Kind.INFERENCE,
                        call.at,
                        call.at,
                        faults.INFERENCE_SAVED,
                        tensor.name,
                        call.label,
                        made=tensor.made,
                    )
                )
