"""Shapes, dtypes and layouts of results, as far as they follow from the operands; the rest stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Relation
from torchlint.model.autograd.given import Given
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.shapes_of_layers import LAYERS
from torchlint.model.autograd.shapes_of_operations import FACTORIES, OPERATIONS
from torchlint.model.autograd.shapes_of_products import PRODUCTS
from torchlint.model.autograd.sizes import ANY
from torchlint.model.autograd.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.model.autograd.call import Call
    from torchlint.model.autograd.sizes import Sizes

_ODD_LAYOUTS = frozenset(
    (
        "einsum tensordot cov corrcoef qr svd eig eigh cholesky inv inverse lstsq solve pinv lu LSTM GRU RNN "
        "MultiheadAttention Transformer TransformerEncoder TransformerEncoderLayer cdist cartesian_prod combinations"
    ).split()
)
"""What can give a tensor that is not contiguous though its operands are."""
_OWN_LAYOUT = frozenset("matmul mm bmm linear Linear embedding Embedding".split())
"""What gives a contiguous tensor whatever its operands are."""
FLOATING = frozenset(
    "default torch.float torch.float32 torch.float64 torch.double torch.float16 torch.half torch.bfloat16".split()
)
_SAME_LAYOUT = frozenset("view view_as unsqueeze squeeze unflatten unfold".split())


_TURN_THEMSELVES = frozenset("as_strided_ resize_as_ squeeze_ swapaxes_ swapdims_ t_ transpose_ unsqueeze_".split())
"""What gives the tensor that it is called on another shape or layout."""


_RULES = {**OPERATIONS, **PRODUCTS, **LAYERS}


def result_sizes(call: Call) -> Sequence[Sizes]:
    """The sizes of each result, as far as they are known. Raises: Mismatch, where PyTorch refuses those of operands."""
    rule = _RULES.get(call.name)
    if rule is None:
        return ()
    found = rule(Given(call))
    return found if isinstance(found, list) else (found,)


def describe(call: Call, results: Sequence[Tensor], sizes: Sequence[Sizes]) -> None:
    """Write down what is known of each new result."""
    tensors = [each for value in call.arguments.values() for each in tensors_in(value, 1)]
    for number, (output, result) in enumerate(zip(call.operation.outputs, results, strict=True)):
        if call.name in _TURN_THEMSELVES:
            result.sizes, result.contiguous = ANY, Answer.MAYBE
        if output.relation is Relation.SELF or any(result is each for each in tensors):
            continue
        if output.relation in (Relation.VIEW, Relation.MULTI_VIEW):
            _describe_view(call, result)
        elif output.relation is Relation.FRESH:
            _describe_fresh(call, result, tensors, is_float=output.grad is Answer.YES)
        if number < len(sizes) and output.relation is not Relation.DETACHED:
            result.sizes = sizes[number]


def _describe_view(call: Call, result: Tensor) -> None:
    source = call.arguments.get("self", call.arguments.get("input"))
    if not isinstance(source, Tensor):
        return
    if call.name in _SAME_LAYOUT:
        result.contiguous = source.contiguous
    if call.name == "view_as_complex" or "complex" in (result.dtype or ""):
        result.dtype = None  # the parts of a complex number are none
    shape, dim = source.shape, call.arguments.get("dim")
    if shape is None:
        return
    if call.name == "select" and isinstance(dim, int) and -len(shape) <= dim < len(shape):
        result.contiguous = source.contiguous if dim % len(shape) == 0 else Answer.MAYBE
    elif call.name == "t":
        result.contiguous = source.contiguous if len(shape) < 2 or 1 in shape else Answer.NO
    elif call.name == "transpose" and len(shape) > 1 and 1 not in shape:
        result.contiguous = Answer.MAYBE if call.arguments.get("dim0") == call.arguments.get("dim1") else Answer.NO


def _describe_fresh(call: Call, result: Tensor, tensors: Sequence[Tensor], *, is_float: bool) -> None:
    name = call.name
    if is_float:
        result.dtype = _common_dtype(call, tensors)
    elif name in _INDICES or name in _ANSWERS:
        result.dtype = "torch.int64" if name in _INDICES else "torch.bool"
    settled = name not in _ODD_LAYOUTS and all(each.contiguous is Answer.YES for each in tensors)
    settled = settled or name in _OWN_LAYOUT or name in FACTORIES
    result.contiguous = Answer.YES if settled else Answer.MAYBE


_INDICES = frozenset("argmax argmin argsort one_hot".split())
"""What gives int64 whatever its operands are."""
_ANSWERS = frozenset("eq ge gt isfinite isnan le logical_and logical_not logical_or lt ne".split())
"""What gives bool whatever its operands are."""
_KEEPS_INTEGERS = frozenset("add sub mul neg abs cat stack clone flip roll".split())
"""What gives integers for integers, as long as no other number takes part."""


def _common_dtype(call: Call, tensors: Sequence[Tensor]) -> str | None:
    """The dtype of a result that can require grad: that of all operands, unless it becomes another there."""
    if call.name in ("Embedding", "embedding"):
        tensors = tensors_in(call.state.get("weight", call.arguments.get("weight")))
    dtypes = {each.dtype for each in tensors}
    dtype = dtypes.pop() if len(dtypes) == 1 else None
    if dtype is None or dtype in FLOATING:
        return dtype
    is_whole = all(map(_is_whole, call.arguments.values()))
    return dtype if "int" in dtype and call.name in _KEEPS_INTEGERS and is_whole else None


def _is_whole(value: object) -> bool:
    """Whether an argument is known, and no number with a fraction."""
    if isinstance(value, (list, tuple)):
        return all(map(_is_whole, value))
    return value is None or isinstance(value, int) or bool(tensors_in(value, 0))
