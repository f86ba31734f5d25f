"""The sizes of what layers give, and those that they refuse, as modules and as functions. Rules raise ``Mismatch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.given import UNKNOWN
from torchlint.model.autograd.shapes_of_operations import same, widened
from torchlint.model.autograd.shapes_of_products import refuse_matrices
from torchlint.model.autograd.sizes import ANY, SCALAR, Sizes, broadcast, differ, listed, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.model.autograd.given import Given
    from torchlint.model.autograd.sizes import Size


def linear(given: Given) -> Sizes:
    """``Linear`` and ``linear``."""
    sizes, weight = given.sizes("input"), _weight(given)
    inputs, outputs = weight.at(1), weight.at(0)
    if weight.rank not in (None, 2):
        return ANY
    if differ(sizes.at(-1), inputs):
        text = f"takes {inputs} features, but is given {sizes.at(-1)}"
        turned = Sizes((inputs, outputs), weight.is_all, weight.source)
        refuse_matrices(text, sizes, turned)
    if sizes.rank == 0:
        words = "both arguments to linear need to be at least 1D"
        refuse("takes features, but is given a tensor without dimensions", words, sizes)
    return Sizes((*sizes.last[:-1], outputs), sizes.is_all, given.source)


def _weight(given: Given) -> Sizes:
    own = given.state("weight")
    return own if own is not None else given.sizes("weight")


def embedded(given: Given) -> Sizes:
    """``Embedding`` and ``embedding``."""
    index = given.sizes("input")
    return Sizes((*index.last, _weight(given).at(-1)), index.is_all, given.source)


# Convolutions and pooling. ``L`` is the size of a dimension, as in PyTorch's documentation.


def _dimensions(given: Given) -> int:
    return int(given.name[-2])


def convolved(given: Given) -> Sizes:
    """``Conv2d`` and ``conv2d``, and those of other dimensions."""
    count, sizes, weight = _dimensions(given), given.sizes("input"), _weight(given)
    groups = given.number("groups", 1)
    channels, wanted = sizes.at(-count - 1), weight.number(1)
    if weight.rank not in (None, count + 2):
        return ANY
    _check_rank(given, sizes, count)
    if wanted is not None and groups is not None and differ(channels, wanted * groups):
        words = (
            f"Given groups={groups}, weight of size {listed(weight)}, expected input{_batched(sizes, count)} to have"
        )
        text = f"takes {wanted * groups} channels, but is given {channels}"
        more = f"{words} {wanted * groups} channels, but got {channels} channels instead"
        refuse(
            text,
            more,
            sizes,
            weight,
            else_message=f"to have {wanted * groups} channels, but got {channels} channels instead",
        )
    kernel = tuple(weight.number(at - count) for at in range(count))
    spatial = _convolved(given, sizes, kernel)
    return _with_channels(given, sizes, count, weight.at(0), spatial)


def _batched(sizes: Sizes, count: int) -> str:
    """Sizes as the messages of convolutions have them, which add a batch of one."""
    return listed(Sizes((1, *sizes.last), True) if sizes.rank == count + 1 else sizes)


def _check_rank(given: Given, sizes: Sizes, count: int) -> None:
    if sizes.rank not in (None, count + 1, count + 2):
        kind = "conv_transpose" if "ranspose" in given.name else "conv"
        ranks = f"{count + 1}D (unbatched) or {count + 2}D (batched)"
        words = f"Expected {ranks} input to {kind}{count}d, but got input of size:"
        text = f"takes {count + 1} or {count + 2} dimensions, but is given the shape {sizes}"
        refuse(text, f"{words} {listed(sizes)}", sizes, else_message=words)


def _with_channels(given: Given, sizes: Sizes, count: int, channels: Size, spatial: tuple[Size, ...]) -> Sizes:
    lead = sizes.last[: -count - 1] if len(sizes.last) > count + 1 else ()
    return Sizes((*lead, channels, *spatial), sizes.is_all or bool(lead), given.source)


def _convolved(given: Given, sizes: Sizes, kernel: tuple[int | None, ...]) -> tuple[Size, ...]:
    count, padding = len(kernel), given.value("padding", 0)
    if padding == "same":
        return tuple(sizes.at(at - count) for at in range(count))
    pads = (0,) * count if padding == "valid" else given.each("padding", count, 0)
    strides, dilations = given.each("stride", count, 1), given.each("dilation", count, 1)
    found: list[int | None] = []
    for at in range(count):
        size = sizes.number(at - count)
        length = _length(size, kernel[at], strides[at], pads[at], dilations[at])
        if length is not None and length < 1:
            _refuse_kernel(given, sizes, kernel, pads)
        found.append(length)
    return tuple(found)


def _length(
    size: int | None, kernel: int | None, stride: int | None, pad: int | None, dilation: int | None, *, up: bool = False
) -> int | None:
    """How large a dimension is behind a window that slides over it; ``up``: a last part of a window counts."""
    if size is None or kernel is None or not stride or pad is None or dilation is None:
        return None
    room = size + 2 * pad - dilation * (kernel - 1) - 1
    if not up:
        return room // stride + 1
    length = -(-room // stride) + 1
    return length - 1 if (length - 1) * stride >= size + pad else length


def _refuse_kernel(given: Given, sizes: Sizes, kernel: tuple[int | None, ...], pads: tuple[int | None, ...]) -> None:
    count = len(kernel)
    text = f"has a kernel of {_times(kernel)}, but is given the shape {sizes}"
    words = "Kernel size can't be greater than actual input size"
    if given.value("padding_mode", "zeros") == "zeros" and None not in (*pads, *kernel):
        inner = [(sizes.number(at - count) or 0) + 2 * (pads[at] or 0) for at in range(count)]
        more = f"Calculated padded input size per channel: ({_times(inner)}). Kernel size: ({_times(kernel)}). {words}"
        refuse(text, more, sizes, else_message=words)


def _times(sizes: tuple[int | None, ...] | list[int]) -> str:
    return " x ".join(map(str, sizes))


def convolved_back(given: Given) -> Sizes:
    """``ConvTranspose2d`` and ``conv_transpose2d``, and those of other dimensions."""
    count, sizes, weight = _dimensions(given), given.sizes("input"), _weight(given)
    channels, wanted, groups = sizes.at(-count - 1), weight.at(0), given.number("groups", 1)
    if weight.rank not in (None, count + 2):
        return ANY
    _check_rank(given, sizes, count)
    if differ(channels, wanted):
        words = f"expected input{_batched(sizes, count)} to have {wanted} channels, but got {channels} channels instead"
        text = f"takes {wanted} channels, but is given {channels}"
        refuse(text, words, sizes, else_message=f"to have {wanted} channels, but got {channels} channels instead")
    strides, dilations = given.each("stride", count, 1), given.each("dilation", count, 1)
    pads, more = given.each("padding", count, 0), given.each("output_padding", count, 0)
    spatial: list[int | None] = []
    for at in range(count):
        size, kernel = sizes.number(at - count), weight.number(at - count)
        stride, pad, dilation, extra = strides[at], pads[at], dilations[at], more[at]
        if size is None or kernel is None or stride is None or pad is None or dilation is None or extra is None:
            spatial.append(None)
        else:
            spatial.append((size - 1) * stride - 2 * pad + dilation * (kernel - 1) + extra + 1)
    if given.has("output_size"):
        spatial = [None] * count
    outputs = weight.number(1)
    known = outputs * groups if outputs is not None and groups is not None else None
    return _with_channels(given, sizes, count, known, tuple(spatial))


def pooled(given: Given) -> Sizes | list[Sizes]:
    """``MaxPool2d``, ``avg_pool2d`` and the like."""
    count, sizes = _dimensions(given), given.first.at_least(_dimensions(given))
    if sizes.rank not in (None, count + 1, count + 2):
        return ANY
    kernel = given.each("kernel_size", count)
    strides = kernel if given.value("stride") in (None, ()) else given.each("stride", count)
    pads, dilations = given.each("padding", count, 0), given.each("dilation", count, 1)
    up = given.flag("ceil_mode")
    spatial = [
        None
        if up is None
        else _length(sizes.number(at - count), kernel[at], strides[at], pads[at], dilations[at], up=up)
        for at in range(count)
    ]
    if any(each is not None and each < 1 for each in spatial):
        text = f"has a window of {_times(kernel)}, but is given the shape {sizes}"
        refuse(text, "Output size is too small", sizes)
    found = Sizes((*sizes.last[:-count], *spatial), sizes.is_all, given.source)
    return found if given.flag("return_indices") is False else [found, found]


def pooled_to(given: Given) -> Sizes | list[Sizes]:
    """``AdaptiveAvgPool2d`` and the like."""
    count, sizes = _dimensions(given), given.first.at_least(_dimensions(given))
    wanted = given.value("output_size", UNKNOWN)
    every = wanted if isinstance(wanted, tuple) and len(wanted) == count else (wanted,) * count
    if sizes.rank is not None and sizes.rank < count:
        return ANY
    spatial = [
        each if isinstance(each, int) else sizes.at(at - count) if each is None else None
        for at, each in enumerate(every)
    ]
    found = Sizes((*sizes.last[:-count], *spatial), sizes.is_all, given.source)
    return found if given.flag("return_indices") is False else [found, found]


_FEW = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


def resized(given: Given) -> Sizes:
    """``interpolate`` and ``Upsample``: other sizes behind batch and channels."""
    sizes, scale, size = given.first, given.value("scale_factor"), given.value("size")
    default = {"UpsamplingBilinear2d": "bilinear"}.get(given.name, "nearest")
    count = sizes.rank - 2 if sizes.rank is not None else _FEW.get(str(given.value("mode", default)))
    if count is None or count < 1:
        return ANY
    sizes = sizes.at_least(count + 1)
    scales = scale if isinstance(scale, tuple) else (scale,) * count
    wanted = size if isinstance(size, tuple) else (size,) * count
    spatial: list[Size] = []
    for at in range(count):
        before, factor = sizes.number(at - count), scales[at] if len(scales) == count else UNKNOWN
        if size is not None:
            known = wanted[at] if len(wanted) == count else UNKNOWN
            spatial.append(known if isinstance(known, int) else None)
        else:
            spatial.append(int(before * factor) if before is not None and isinstance(factor, (int, float)) else None)
    lead = sizes.last[:-count] if sizes.is_all else (None, *sizes.last[-count - 1 : -count])
    return given.new(*lead, *spatial)


def shuffled(given: Given) -> Sizes:
    """``PixelShuffle``: channels become space."""
    sizes, factor = given.first.at_least(3), given.number("upscale_factor")
    channels = sizes.number(-3)
    if not factor or (sizes.rank is not None and sizes.rank < 3):
        return ANY
    if channels is not None and channels % factor**2:
        words = f"but input.size(-3)={channels} is not divisible by {factor**2}"
        refuse(f"makes {factor} x {factor} pixels of {channels} channels", words, sizes, else_message=words)
    spatial = (each * factor if isinstance(each, int) else None for each in sizes.last[-2:])
    last = (*sizes.last[:-3], channels // factor**2 if channels is not None else None, *spatial)
    return Sizes(last, sizes.is_all, given.source)


def padded_layer(given: Given) -> Sizes:
    """``ZeroPad2d`` and the like."""
    count = _dimensions(given)
    ends = given.each("padding", 2 * count)
    sizes = given.first.at_least(count)
    return widened(given, sizes, tuple(zip(ends[::2], ends[1::2], strict=True)))


# Normalisation.


def batch_normalised(given: Given) -> Sizes:
    """``BatchNorm2d`` and those of other dimensions."""
    count, sizes = _dimensions(given), given.first
    ranks = (2, 3) if count == 1 else (count + 2,)
    if sizes.rank is not None and sizes.rank not in ranks:
        words = f"expected {' or '.join(f'{each}D' for each in ranks)} input (got {sizes.rank}D input)"
        refuse(
            f"takes {' or '.join(map(str, ranks))} dimensions, but is given the shape {sizes}",
            words,
            sizes,
            else_message=words,
        )
    if not sizes.is_all and count > 1:
        sizes = Sizes(sizes.at_least(count + 2).last[-count - 2 :], True, sizes.source)
    running, weight = given.state("running_mean"), given.state("weight")
    name, own = ("running_mean", running) if running is not None else ("weight", weight)
    channels = sizes.at(1)
    if own is not None and differ(channels, own.at(0)):
        words = f"{name} should contain {channels} elements not {own.at(0)}"
        refuse(f"takes {own.at(0)} channels, but is given {channels}", words, sizes, else_message=words)
    return sizes


def group_normalised(given: Given) -> Sizes:
    """``GroupNorm``."""
    sizes, weight = given.first, given.state("weight")
    channels = sizes.at(1) if sizes.is_all or len(sizes.last) != 3 else sizes.at(-3)
    wanted = weight.at(0) if weight is not None else None
    if differ(channels, wanted):
        words = "Expected weight to be a vector of size equal to the number of channels in input"
        if isinstance(channels, int) and (groups := given.number("num_groups")) and channels % groups:
            words = "Expected number of channels in input to be divisible by num_groups"
        refuse(f"takes {wanted} channels, but is given {channels}", words, sizes)
    return sizes


def layer_normalised(given: Given) -> Sizes:
    """``LayerNorm`` and ``layer_norm``."""
    sizes, wanted = given.first, given.value("normalized_shape", UNKNOWN)
    shape = wanted if isinstance(wanted, tuple) else (wanted,)
    if not all(isinstance(each, int) for each in shape):
        return sizes
    short = sizes.is_all and len(sizes.last) < len(shape)
    if short or any(differ(sizes.at(at - len(shape)), each) for at, each in enumerate(shape) if isinstance(each, int)):
        text = f"normalises {_of(shape)} features, but is given the shape {sizes}"
        stars = ", ".join(map(str, shape))
        words = f"Given normalized_shape=[{stars}], expected input with shape [*, {stars}], but got input of size"
        refuse(text, f"{words}{listed(sizes)}", sizes, else_message=words)
    return sizes


def _of(shape: tuple[object, ...]) -> str:
    return " x ".join(map(str, shape))


# Recurrence and attention.


def recurrent(given: Given) -> list[Sizes]:
    """``LSTM``, ``GRU`` and ``RNN``."""
    sizes, hidden = given.sizes("input"), given.number("hidden_size")
    inputs, first = given.number("input_size"), given.flag("batch_first")
    if sizes.rank not in (None, 2, 3):
        words = f"{given.name}: Expected input to be 2D or 3D, got {sizes.rank}D"
        refuse(f"takes 2 or 3 dimensions, but is given the shape {sizes}", words, sizes, else_message=words)
    if given.name != "LSTM" and given.has("hx") and given.sizes("hx").rank not in (None, sizes.rank):
        return [ANY, ANY, ANY]  # PyTorch looks at the state first
    if differ(sizes.at(-1), inputs):
        words = f"input.size(-1) must be equal to input_size. Expected {inputs}, got {sizes.at(-1)}"
        refuse(f"takes {inputs} features, but is given {sizes.at(-1)}", words, sizes, else_message=words)
    both, projected = given.flag("bidirectional"), given.number("proj_size", 0)
    if projected:
        hidden = projected
    last = None if hidden is None or both is None or projected is None else hidden * (1 + both)
    out = Sizes((*sizes.last[:-1], last), sizes.is_all, given.source)
    layers = given.number("num_layers", 1)
    count = layers * (1 + both) if layers is not None and both is not None else None
    batch = sizes.at(0 if first else 1) if sizes.rank == 3 and first is not None else None
    states = given.new(count, batch, hidden) if sizes.rank == 3 else given.ending(hidden)
    _check_state(given, states)
    return [out, states, states.having(-1, given.number("hidden_size"), given.source)]


def _check_state(given: Given, states: Sizes) -> None:
    if given.name == "LSTM" or not given.has("hx"):
        return
    own = given.sizes("hx")
    pairs = list(zip(own.last[::-1], states.last[::-1], strict=False))
    if any(differ(one, other) for one, other in pairs) and states.rank == own.rank == 3:
        words = f"Expected hidden size {tuple(states.exact or ())}, got {listed(own)}"
        refuse(
            f"takes a state of shape {states}, but is given {own}",
            words,
            own,
            states,
            else_message="Expected hidden size",
        )


def recurrent_cell(given: Given) -> Sizes | list[Sizes]:
    """``LSTMCell``, ``GRUCell`` and ``RNNCell``."""
    sizes, inputs, hidden = given.sizes("input"), given.number("input_size"), given.number("hidden_size")
    if sizes.rank in (None, 1, 2) and differ(sizes.at(-1), inputs):
        words = f"input has inconsistent input_size: got {sizes.at(-1)} expected {inputs}"
        refuse(f"takes {inputs} features, but is given {sizes.at(-1)}", words, sizes, else_message=words)
    found = Sizes((*sizes.last[:-1], hidden), sizes.is_all, given.source)
    return [found, found] if given.name == "LSTMCell" else found


def attended(given: Given) -> list[Sizes]:
    """``MultiheadAttention``."""
    sizes, wanted = given.sizes("query"), given.number("embed_dim")
    _check_width(sizes, wanted)
    return [sizes, ANY]


def transformed(given: Given) -> Sizes:
    """A layer of a ``Transformer``."""
    sizes = given.sizes("src", "tgt")
    _check_width(sizes, given.number("d_model"))
    return sizes


def _check_width(sizes: Sizes, wanted: int | None) -> None:
    if sizes.rank in (None, 2, 3) and differ(sizes.at(-1), wanted):
        words = f"was expecting embedding dimension of {wanted}, but got {sizes.at(-1)}"
        refuse(f"takes {wanted} features, but is given {sizes.at(-1)}", words, sizes, else_message=words)


def dot_product_attention(given: Given) -> Sizes:
    """``scaled_dot_product_attention``."""
    ranks = {given.sizes(name).rank for name in ("query", "key", "value")}
    if len(ranks) > 1 or None in ranks:
        return ANY  # they are broadcast
    query, value = given.sizes("query"), given.sizes("value")
    return query.having(-1, value.at(-1), given.source) if query.last else given.ending(value.at(-1))


# Losses.


def classified(given: Given) -> Sizes:
    """``cross_entropy`` and ``nll_loss``."""
    sizes, target = given.sizes("input"), given.sizes("target")
    if (
        sizes.rank is not None
        and sizes.rank - 1 == target.rank
        and sizes.rank > 1
        and differ(sizes.at(0), target.at(0))
    ):
        words = f"Expected input batch_size ({sizes.at(0)}) to match target batch_size ({target.at(0)})."
        text = f"compares {sizes.at(0)} predictions with {target.at(0)} targets"
        refuse(text, words, sizes, target, else_message=words)
    if sizes.rank == 4 and target.rank == 3 and any(map(differ, sizes.last[2:], target.last[1:])):
        text = f"compares predictions of shape {sizes} with targets of shape {target}"
        refuse(text, "size mismatch (got input:", sizes, target)
    if sizes.rank == 2 and target.rank == 2 and _are_no_probabilities(given, sizes, target):
        words = "0D or 1D target tensor expected, multi-target not supported"
        refuse(
            f"takes one class for each prediction, but is given the shape {target}", words, target, else_message=words
        )
    return SCALAR if given.value("reduction", "mean") in ("mean", "sum") else ANY


def _are_no_probabilities(given: Given, sizes: Sizes, target: Sizes) -> bool:
    may_be = given.name in ("cross_entropy", "CrossEntropyLoss")
    return not may_be or differ(sizes.at(1), target.at(1)) or differ(sizes.at(0), target.at(0))


def compared(given: Given) -> Sizes:
    """``mse_loss`` and the like, whose tensors broadcast."""
    found = broadcast([given.sizes("input"), given.sizes("target")], given.source)
    reduction = given.value("reduction", "mean")
    return SCALAR if reduction in ("mean", "sum") else found if reduction == "none" else ANY


def compared_equals(given: Given) -> Sizes:
    """The binary cross-entropies, whose tensors have the same sizes."""
    sizes, target = given.sizes("input"), given.sizes("target")
    ranks = sizes.is_all and target.is_all and len(sizes.last) != len(target.last)
    if ranks or any(map(differ, sizes.last[::-1], target.last[::-1])):
        one, other = f"torch.Size({listed(sizes)})", f"torch.Size({listed(target)})"
        if "ogits" in given.name:
            words = f"Target size ({other}) must be the same as input size ({one})"
            part = "must be the same as input size"
        else:
            words = f"Using a target size ({other}) that is different to the input size ({one}) is deprecated."
            part = "that is different to the input size"
        refuse(f"compares shapes {sizes} and {target}", words, sizes, target, else_message=part)
    return compared(given)


_TRANSFORMERS = ("TransformerEncoderLayer", "TransformerDecoderLayer")
_BINARY = ("binary_cross_entropy", "binary_cross_entropy_with_logits", "BCELoss", "BCEWithLogitsLoss")
_COMPARED = "mse_loss l1_loss smooth_l1_loss huber_loss MSELoss L1Loss SmoothL1Loss HuberLoss".split()
_PADS = ("ZeroPad", "ReflectionPad", "ReplicationPad", "ConstantPad", "CircularPad")


def _named(*names: str) -> list[str]:
    return [f"{name}{count}d" for name in names for count in (1, 2, 3)]


LAYERS: Mapping[str, Callable[[Given], Sizes | list[Sizes]]] = {
    "Linear": linear,
    "linear": linear,
    "Embedding": embedded,
    "embedding": embedded,
    **dict.fromkeys(_named("Conv", "conv"), convolved),
    **dict.fromkeys(_named("ConvTranspose", "conv_transpose"), convolved_back),
    **dict.fromkeys(_named("MaxPool", "AvgPool", "max_pool", "avg_pool"), pooled),
    **dict.fromkeys(_named("AdaptiveAvgPool", "AdaptiveMaxPool", "adaptive_avg_pool", "adaptive_max_pool"), pooled_to),
    **dict.fromkeys(("interpolate", "Upsample", "UpsamplingNearest2d", "UpsamplingBilinear2d"), resized),
    **dict.fromkeys(("pixel_shuffle", "PixelShuffle"), shuffled),
    **dict.fromkeys(_named(*_PADS), padded_layer),
    **dict.fromkeys(_named("BatchNorm"), batch_normalised),
    **dict.fromkeys(_named("InstanceNorm"), same),
    **dict.fromkeys(("batch_norm", "instance_norm", "group_norm", "rms_norm", "RMSNorm"), same),
    "GroupNorm": group_normalised,
    **dict.fromkeys(("LayerNorm", "layer_norm"), layer_normalised),
    **dict.fromkeys(("LSTM", "GRU", "RNN"), recurrent),
    **dict.fromkeys(("LSTMCell", "GRUCell", "RNNCell"), recurrent_cell),
    "MultiheadAttention": attended,
    **dict.fromkeys(_TRANSFORMERS, transformed),
    "scaled_dot_product_attention": dot_product_attention,
    **dict.fromkeys(("cross_entropy", "nll_loss", "CrossEntropyLoss", "NLLLoss"), classified),
    **dict.fromkeys(_COMPARED, compared),
    **dict.fromkeys(_BINARY, compared_equals),
}
"""What is known of each layer, and of the function that does the same, by its last name."""
