"""Shapes, dtypes and layouts of results, as far as they follow from the operands; the rest stays unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer, Relation, Takes
from torchlint.model.autograd.results import tensors_in
from torchlint.model.autograd.tensor import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.model.autograd.call import Call

_ELEMENTWISE = frozenset(
    (
        "AlphaDropout CELU Dropout ELU GELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish "
        "RReLU ReLU ReLU6 SELU SiLU Sigmoid Softplus Softshrink Softsign Tanh Tanhshrink Threshold abs acos add "
        "addcdiv addcmul asin atan ceil celu clamp clamp_max clamp_min clone cos cosh div dropout elu eq erf exp "
        "expm1 floor fmod ge gelu gt hardsigmoid hardswish hardtanh isfinite isnan le leaky_relu lerp log log10 "
        "log1p log2 logaddexp logical_and logical_not logical_or logsigmoid lt masked_fill maximum minimum mish mul "
        "ne neg pow reciprocal relu relu6 remainder round rrelu rsqrt rsub selu sigmoid sign silu sin sinh softplus "
        "softshrink softsign sqrt square sub tan tanh tanhshrink trunc where xlogy"
    ).split()
)
_SAME_SHAPE = frozenset(
    (
        "softmax log_softmax cumsum cumprod flip roll sort tril triu Softmax LogSoftmax LayerNorm RMSNorm GroupNorm "
        "BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d InstanceNorm2d InstanceNorm3d "
        "normalize gumbel_softmax softmin layer_norm group_norm instance_norm rms_norm"
    ).split()
)
_REDUCTIONS = frozenset("sum mean prod norm var std amax amin max min median logsumexp".split())
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
_FACTORIES = frozenset("new_empty new_full new_ones new_zeros".split())
_SAME_LAYOUT = frozenset("view view_as unsqueeze squeeze unflatten unfold".split())


_TURN_THEMSELVES = frozenset("as_strided_ resize_as_ squeeze_ swapaxes_ swapdims_ t_ transpose_ unsqueeze_".split())
"""What gives the tensor that it is called on another shape or layout."""


def describe(call: Call, results: Sequence[Tensor]) -> None:
    """Write down what is known of each new result."""
    tensors = [each for value in call.arguments.values() for each in tensors_in(value, 1)]
    for output, result in zip(call.operation.outputs, results, strict=True):
        if call.name in _TURN_THEMSELVES:
            result.shape, result.contiguous = None, Answer.MAYBE
        if output.relation is Relation.SELF or any(result is each for each in tensors):
            continue
        if output.relation in (Relation.VIEW, Relation.MULTI_VIEW):
            _describe_view(call, result)
        elif output.relation is Relation.FRESH:
            _describe_fresh(call, result, tensors, is_float=output.grad is Answer.YES)


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
    if call.name == "unsqueeze" and isinstance(dim, int) and -len(shape) - 1 <= dim <= len(shape):
        at = dim if dim >= 0 else dim + len(shape) + 1
        result.shape = (*shape[:at], 1, *shape[at:])
    elif call.name == "select" and isinstance(dim, int) and -len(shape) <= dim < len(shape):
        at = dim % len(shape)
        result.shape = (*shape[:at], *shape[at + 1 :])
        result.contiguous = source.contiguous if at == 0 else Answer.MAYBE
    elif call.name == "squeeze" and (dim is None or isinstance(dim, int)):
        dims = range(len(shape)) if dim is None else [dim % max(len(shape), 1)]
        result.shape = tuple(size for index, size in enumerate(shape) if size != 1 or index not in dims)
    elif call.name == "t":
        result.shape = shape[::-1]
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
    settled = settled or name in _OWN_LAYOUT
    result.contiguous = Answer.YES if settled else Answer.MAYBE
    if name in _ELEMENTWISE or (name in _SAME_SHAPE and len(tensors) == 1):
        result.shape = broadcast([each.shape for each in tensors]) if _are_known(call) else None
    elif name in _FACTORIES:
        result.shape, result.contiguous = known_shape(call.arguments.get("size")), Answer.YES
    elif name in _REDUCTIONS and len(call.arguments) == 1:
        result.shape = ()
    elif name == "Linear" and tensors and "weight" in call.state:
        weight, before = call.state["weight"].shape, tensors[0].shape
        result.shape = (*before[:-1], weight[0]) if weight and before else None
    elif name == "Embedding" and tensors and "weight" in call.state:
        weight, index = call.state["weight"].shape, tensors[0].shape
        result.shape = (*index, weight[-1]) if weight and index is not None else None
    elif name == "one_hot" and tensors and (before := tensors[0].shape) is not None:
        classes = call.arguments.get("num_classes")
        result.shape = (*before, classes) if isinstance(classes, int) and classes > 0 else None
    elif name in ("matmul", "mm"):
        result.shape = _product([each.shape for each in tensors])


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


def _are_known(call: Call) -> bool:
    """Whether all operands that must be tensors are known to be some."""
    names = {each.name for each in call.operation.parameters if each.takes in (Takes.TENSOR, Takes.TENSORS)}
    given = (call.arguments[name] for name in names if name in call.arguments)
    return all(each is None or tensors_in(each, 1) for each in given)


def known_shape(given: object) -> tuple[int, ...] | None:
    """The shape that a factory is given as its sizes, or as the only one, if all are numbers."""
    sizes = [given] if isinstance(given, int) else given
    if not isinstance(sizes, (list, tuple)) or not all(isinstance(each, int) for each in sizes):
        return None
    return tuple(sizes)


def broadcast(shapes: Sequence[tuple[int, ...] | None]) -> tuple[int, ...] | None:
    """The shape that operands of some shapes have together."""
    result: tuple[int, ...] = ()
    for shape in shapes:
        if shape is None:
            return None
        longer, shorter = (result, shape) if len(result) >= len(shape) else (shape, result)
        padded = (1,) * (len(longer) - len(shorter)) + shorter
        if any(1 not in (one, other) and one != other for one, other in zip(longer, padded, strict=True)):
            return None
        result = tuple(
            max(one, other) if 0 not in (one, other) else 0 for one, other in zip(longer, padded, strict=True)
        )
    return result


def _product(shapes: Sequence[tuple[int, ...] | None]) -> tuple[int, ...] | None:
    match shapes:
        case [(rows, _), (_, columns)]:
            return (rows, columns)
        case [(rows, _), (_,)]:
            return (rows,)
        case [(_,), (_,)]:
            return ()
    return None
