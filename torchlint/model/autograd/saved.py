"""What an operation keeps for its backward, and whether it keeps the tensor itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Kept, either
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Saved, Tensor
from torchlint.model.autograd.views import requires_grad

if TYPE_CHECKING:
    import ast

    from torchlint.model.autograd.call import Call


_KEEPS_VIEWS = frozenset("Bilinear MultiheadAttention bilinear einsum tensordot RNN LSTM GRU".split())
"""What keeps a view of its argument, which `.data =` on the argument does not reach."""


def is_kept(call: Call, kept: Kept) -> bool:
    """Whether a call certainly keeps what an entry of the table says."""
    if not kept.sure:
        return False
    if kept.when and not any(
        requires_grad(tensor) is Answer.YES for name in kept.when for tensor in tensors_in(call.value(name))
    ):
        return False
    return not kept.unless or _is_kept_as_it_is(call, kept)


def _is_kept_as_it_is(call: Call, kept: Kept) -> bool:
    """Whether a tensor itself is kept and not a copy of another layout or shape."""
    if call.name == "matmul" and _is_matrix(call, kept):
        return True
    if call.name in ("Linear", "linear") and _has_two_dimensions(call.arguments.get("input")):
        return True
    given = tensors_in(call.value(kept.what))
    if "layout" in kept.unless and any(each.contiguous is not Answer.YES for each in given):
        return False
    if "broadcast" in kept.unless:
        shapes = {each.shape for name in call.operation.differentiable for each in tensors_in(call.value(name))}
        return len(shapes) == 1 and None not in shapes and call.name != "matmul"
    return True


def _is_matrix(call: Call, kept: Kept) -> bool:
    """Whether a product takes a factor as it is: the second if it is a matrix, the first if both are."""
    names = ("other",) if kept.what == "other" else ("self", "input", "other")
    tensors = [each for name in names for each in tensors_in(call.arguments.get(name))]
    return all(map(_has_two_dimensions, tensors))


def _has_two_dimensions(value: object) -> bool:
    return isinstance(value, Tensor) and value.shape is not None and len(value.shape) == 2


_NEVER_CAST = frozenset(
    (
        "abs add batch_norm celu clamp clip cos div dropout elu gelu hardsigmoid hardswish hardtanh hypot leaky_relu "
        "lerp masked_fill maximum minimum mish mul multiply neg relu relu6 selu sigmoid silu sin sqrt sub tanh "
        "threshold where BatchNorm1d BatchNorm2d BatchNorm3d CELU Dropout ELU GELU Hardsigmoid Hardswish Hardtanh "
        "LeakyReLU Mish ReLU ReLU6 SELU SiLU Sigmoid Tanh Threshold"
    ).split()
)
"""What takes its arguments as they are under ``autocast``, too. Source: PyTorch's documentation, "Autocast Op
Reference", for all devices."""


def kept_inputs(call: Call, *, casts: bool = False) -> list[Saved]:
    """What a node keeps of its inputs, as they are before a write; where ``casts``, it may have been given copies."""
    if casts and call.name.rstrip("_") not in _NEVER_CAST:
        return []
    return [
        Saved.of(tensor, tensor.name, holds_tensor=_is_held(call, kept, tensor), written=_written(call, kept, tensor))
        for kept in call.operation.kept
        if not kept.what.startswith("result") and is_kept(call, kept)
        for tensor in tensors_in(call.value(kept.what))
    ]


def _written(call: Call, kept: Kept, tensor: Tensor) -> ast.AST | None:
    """The argument that is a tensor, and not a list of such, nor what the call changes."""
    is_read = call.value(kept.what) is tensor and kept.what not in call.operation.writes
    return call.texts.get(kept.what) if is_read else None


def _is_held(call: Call, kept: Kept, tensor: Tensor) -> bool:
    """Whether an operation keeps the tensor object itself; a linear layer transposes its weight and folds its input."""
    if call.name in ("Linear", "linear"):
        return "weight" not in kept.what and tensor.shape is not None and len(tensor.shape) == 2
    return call.name not in _KEEPS_VIEWS


def keeps_anything(call: Call) -> Answer:
    """Whether the node of a call keeps anything at all."""
    operation = call.operation
    if operation.keeps is not Answer.YES or not operation.keeps_when:
        return operation.keeps
    return either([requires_grad(each) for name in operation.keeps_when for each in tensors_in(call.value(name))])
