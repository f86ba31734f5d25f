"""The sizes of what operations on tensors give, and the sizes that they refuse. Rules raise ``Mismatch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.given import UNKNOWN
from torchlint.model.autograd.sizes import (
    ANY,
    SCALAR,
    Sizes,
    broadcast,
    differ,
    either_size,
    listed,
    product,
    refuse,
)

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Mapping, Sequence

    from torchlint.model.autograd.given import Given
    from torchlint.model.autograd.sizes import Size


def same(given: Given) -> Sizes:
    """As large as its operand."""
    return given.first


def elementwise(given: Given) -> Sizes:
    """As large as its operands together; of a condition alone, ``where`` gives indices."""
    if given.name == "where" and given.is_alone:
        return ANY
    return broadcast(given.operands(), given.source)


def in_place(given: Given) -> Sizes:
    """An operand may not be larger than what is changed."""
    operands = given.operands()
    together = broadcast(operands, given.source)
    own = operands[0] if operands else ANY
    if own.is_all and len(together.last) > len(own.last) and own.exact is not None:
        words = f"output with shape {listed(own)} doesn't match the broadcast shape"
        text = f"changes a tensor of shape {own} by one that would make it {together}"
        refuse(text, f"{words} {listed(together)}", own, together, else_message=words)
    return own


def reduced(given: Given) -> Sizes:
    """Without some dimensions, or with one of them for all."""
    if given.value("dim") is None:
        return SCALAR if given.is_alone else ANY  # of another argument nobody may know that it is a dimension
    return _without(given, given.first, given.dims(), given.flag("keepdim"))


def reduced_twice(given: Given) -> Sizes | list[Sizes]:
    """``max`` and its kin: of all, of two tensors, or along a dimension with the indices."""
    if given.has("other"):
        return elementwise(given) if given.is_tensor("other") else ANY
    found = reduced(given)
    return found if given.value("dim") is None else [found, found]


def _without(given: Given, sizes: Sizes, dims: Sequence[int] | None, keeps: bool | None) -> Sizes:
    if dims is None or keeps is None:
        return ANY
    indices = {sizes.place(each) for each in dims}
    if None in indices:
        return ANY
    if keeps:
        return Sizes(
            tuple(1 if at in indices else each for at, each in enumerate(sizes.last)), sizes.is_all, sizes.source
        )
    return Sizes(tuple(each for at, each in enumerate(sizes.last) if at not in indices), sizes.is_all, sizes.source)


# Several tensors.


def joined(given: Given) -> Sizes:
    """``cat``: as large as its operands in all dimensions but one."""
    dim, operands = given.number("dim", 0), given.list_of("tensors")
    if dim is None or not operands or any(each.rank == 0 for each in operands):
        return ANY
    operands = [each for each in operands if each.exact != (0,)] or operands
    ranked = next((each for each in operands if each.is_all), None)
    if ranked is not None:
        return _joined(given, operands, ranked, dim)
    if dim == 1 and all(len(each.last) == 3 for each in operands):  # images, of a batch as in ``flat``
        dim = -3
    elif dim > 0 and any(differ(operands[0].at(-1), each.at(-1)) for each in operands):
        dim = -1  # they differ in the last dimension, so that is the one, or PyTorch raises
    if dim >= 0 or not all(each.last for each in operands):
        return ANY
    shortest = min(len(each.last) for each in operands)
    return _merged(given, [Sizes(each.last[-shortest:], False, each.source) for each in operands], dim)


def _joined(given: Given, operands: Sequence[Sizes], ranked: Sizes, dim: int) -> Sizes:
    rank = len(ranked.last)
    if not -rank <= dim < rank:
        return ANY
    for each in operands:
        if each.rank not in (None, rank):
            words = f"Tensors must have same number of dimensions: got {rank} and {each.rank}"
            refuse(f"joins shapes {ranked} and {each}", words, ranked, each, else_message=words)
    return _merged(given, [Sizes(each.at_least(rank).last[-rank:], True, each.source) for each in operands], dim % rank)


def _merged(given: Given, operands: Sequence[Sizes], dim: int) -> Sizes:
    first, joint = operands[0], operands[0].place(dim)
    sizes: list[Size] = []
    for at in range(len(first.last)):
        together: Size = None
        for number, each in enumerate(operands):
            if at != joint and differ(together, each.last[at]):
                _refuse_joined(first, each, number, dim, (together, each.last[at]))
            together = either_size(together, each.last[at])
        sizes.append(together if at != joint else _sum([each.last[at] for each in operands]))
    return Sizes(tuple(sizes), first.is_all, given.source)


def _refuse_joined(first: Sizes, other: Sizes, number: int, dim: int, sizes: tuple[Size, Size]) -> None:
    words = "Sizes of tensors must match except in dimension"
    if first.is_all:
        words = (
            f"{words} {dim}. Expected size {sizes[0]} but got size {sizes[1]} for tensor number {number} in the list."
        )
    text = f"joins shapes {first} and {other}, which differ beside dimension {dim}"
    refuse(text, words, first, other, else_message=words)


def _sum(sizes: Sequence[Size]) -> int | None:
    known = [each for each in sizes if isinstance(each, int)]
    return sum(known) if len(known) == len(sizes) else None


def stacked(given: Given) -> Sizes:
    """``stack``: all of the same sizes, in a new dimension."""
    dim, operands = given.number("dim", 0), given.list_of("tensors")
    if dim is None or not operands:
        return ANY
    first = next((each for each in operands if each.is_all), operands[0])
    if not -len(first.last) - 1 <= dim <= len(first.last):
        return ANY
    for number, each in enumerate(operands):
        if _cannot_be_same(first, each):
            words = "stack expects each tensor to be equal size, but got"
            more = f"{words} {listed(operands[0])} at entry 0 and {listed(each)} at entry {number}"
            refuse(f"stacks shapes {first} and {each}", more, first, each, else_message=words)
    rank = first.rank
    if rank is None:
        return ANY
    at = dim % (rank + 1)
    return given.new(*first.last[:at], len(operands), *first.last[at:])


def _cannot_be_same(one: Sizes, other: Sizes) -> bool:
    if one.is_all and other.is_all and len(one.last) != len(other.last):
        return True
    return any(map(differ, one.last[::-1], other.last[::-1]))


def chunks(given: Given) -> list[Sizes]:
    """``chunk``: as many parts, the last of which may be smaller."""
    sizes, dim, count = given.first, given.number("dim", 0), given.number("chunks")
    if dim is None or not count or (whole := sizes.number(dim)) is None:
        return [sizes.having(dim, None, None) if dim is not None else ANY]
    return _parts(given, sizes, dim, whole, -(-whole // count))


def splits(given: Given) -> list[Sizes]:
    """``split``: parts of a size, or of several."""
    sizes, dim = given.first, given.number("dim", 0)
    wanted = given.value("split_size", given.value("split_sizes", given.value("split_size_or_sections", UNKNOWN)))
    if dim is None or wanted is UNKNOWN:
        return [sizes.having(dim, None, None) if dim is not None else ANY]
    whole = sizes.number(dim)
    if isinstance(wanted, tuple):
        parts = [each if isinstance(each, int) else None for each in wanted]
        if whole is not None and (total := _sum(parts)) is not None and total != whole:
            words = f"split_with_sizes expects split_sizes to sum exactly to {whole}"
            refuse(f"splits {whole} into {parts}, together {total}", words, sizes, else_message=words)
        return [sizes.having(dim, each, given.source) for each in parts]
    if not isinstance(wanted, int) or whole is None or wanted <= 0:
        return [sizes.having(dim, None, None)]
    return _parts(given, sizes, dim, whole, wanted)


def _parts(given: Given, sizes: Sizes, dim: int, whole: int, part: int) -> list[Sizes]:
    if not part or whole // part > _MOST_PARTS:
        return [sizes.having(dim, None, None)]
    return [sizes.having(dim, min(part, whole - start), given.source) for start in range(0, whole, part)]


_MOST_PARTS = 64


def unbound(given: Given) -> Sizes:
    """``unbind`` and ``select``: without a dimension."""
    return _without(given, given.first, given.dims() if given.value("dim", 0) != 0 else (0,), keeps=False)


# Views.


def transposed(given: Given) -> Sizes:
    """Two dimensions change places."""
    sizes, one, other = given.first, given.number("dim0"), given.number("dim1")
    if one is None:
        one, other = given.number("axis0"), given.number("axis1")
    if one is None or other is None:
        return Sizes((None,) * len(sizes.last), sizes.is_all)
    return swapped(sizes, one, other)


def swapped(sizes: Sizes, one: int, other: int) -> Sizes:
    """Two dimensions have changed places."""
    if one < 0 and other < 0:
        sizes = sizes.at_least(-min(one, other))
    left, right = sizes.place(one), sizes.place(other)
    if left is None or right is None:
        return Sizes((None,) * len(sizes.last), sizes.is_all)
    last = list(sizes.last)
    last[left], last[right] = last[right], last[left]
    return Sizes(tuple(last), sizes.is_all, sizes.source)


def permuted(given: Given) -> Sizes:
    """All dimensions change places."""
    sizes, dims = given.first, given.dims("dims")
    if dims is None:
        return ANY
    if sizes.rank not in (None, len(dims)):
        words = (
            "number of dimensions in the tensor input does not match the length of the desired ordering of dimensions"
        )
        refuse(f"orders {len(dims)} dimensions of a tensor of shape {sizes}", words, sizes)
    rank = len(dims)
    ranked = Sizes(sizes.at_least(rank).last[-rank:] if rank else (), True)
    return Sizes(tuple(ranked.at(each) for each in dims), True, sizes.source)


def turned(given: Given) -> Sizes:
    """``t``."""
    sizes = given.first
    if sizes.is_all and len(sizes.last) > 2:
        words = f"t() expects a tensor with <= 2 dimensions, but self is {sizes.rank}D"
        refuse(f"takes a matrix, but is given the shape {sizes}", words, sizes, else_message=words)
    return Sizes(sizes.last[::-1], True, sizes.source) if sizes.is_all else ANY


def with_one_more(given: Given) -> Sizes:
    """``unsqueeze``."""
    sizes, dim = given.first, given.number("dim")
    at = None if dim is None else dim if dim >= 0 and sizes.is_all else len(sizes.last) + dim + 1 if dim < 0 else None
    if at is None or not 0 <= at <= len(sizes.last):
        rank = sizes.rank
        return Sizes((None,) * (rank + 1), True) if rank is not None else ANY
    return Sizes((*sizes.last[:at], 1, *sizes.last[at:]), sizes.is_all, sizes.source)


def squeezed(given: Given) -> Sizes:
    """``squeeze``: without what has the size 1, as far as asked."""
    sizes, asked = given.first, given.value("dim")
    dims = range(len(sizes.last)) if asked is None and sizes.is_all else given.dims()
    if dims is None:
        return ANY
    indices = [sizes.place(each) for each in dims]
    if None in indices or any(not isinstance(sizes.last[each], int) for each in indices if each is not None):
        return ANY
    last = tuple(size for at, size in enumerate(sizes.last) if size != 1 or at not in indices)
    return sizes if len(last) == len(sizes.last) else Sizes(last, sizes.is_all, sizes.source)


def narrowed(given: Given) -> Sizes:
    """``narrow``."""
    dim = given.number("dim")
    return ANY if dim is None else given.first.having(dim, given.number("length"), given.source)


def unflattened(given: Given) -> Sizes:
    """``unflatten``: one dimension becomes several."""
    sizes, dim = given.first, given.number("dim")
    asked = given.value("sizes", given.value("unflattened_size", UNKNOWN))
    at = sizes.place(dim) if dim is not None else None
    if at is None or not isinstance(asked, tuple) or not all(isinstance(each, int) for each in asked):
        return ANY
    whole, wanted = sizes.last[at], [each for each in asked if isinstance(each, int)]
    if isinstance(whole, int):
        rest = product(each for each in wanted if each != -1) or 0
        if (whole != rest) if -1 not in wanted else (not rest or whole % rest):
            words = f"unflatten: Provided sizes {wanted} don't multiply up to the size of dim {dim} ({whole})"
            refuse(f"makes {wanted} of a dimension of {whole}", words, sizes, else_message=words)
        wanted = [each if each != -1 else whole // rest for each in wanted]
    parts: list[Size] = [each if each != -1 else None for each in wanted]
    return Sizes((*sizes.last[:at], *parts, *sizes.last[at + 1 :]), sizes.is_all, given.source)


def flattened(given: Given) -> Sizes:
    """``flatten``: several dimensions become one."""
    start = 1 if given.name == "Flatten" else 0
    first, last = given.number("start_dim", start), given.number("end_dim", -1)
    return ANY if first is None or last is None else flat(given.first, first, last, given.source)


def flat(sizes: Sizes, start: int, end: int, source: ast.AST) -> Sizes:
    """Sizes with some dimensions as one."""
    if not sizes.is_all and start == 1 and end == -1:  # images of a batch, then, and not one by itself
        return Sizes((None, product(sizes.last) if len(sizes.last) > 2 else None), True, source)
    if sizes.rank == 1:
        return sizes
    if start == 0 and end == -1:
        return Sizes((product(sizes.last) if sizes.is_all else None,), True, source)
    first, last = sizes.place(start), sizes.place(end)
    if first is None or last is None or first > last:
        return ANY
    whole = product(sizes.last[first : last + 1])
    if first == last:
        return sizes
    return Sizes((*sizes.last[:first], whole, *sizes.last[last + 1 :]), sizes.is_all, source)


# Others.


def repeated(given: Given) -> Sizes:
    """``repeat``."""
    sizes, times = given.first, given.dims("repeats")
    if times is None or sizes.rank is None:
        return ANY
    if len(times) < sizes.rank:
        words = "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor"
        refuse(f"repeats {len(times)} dimensions of a tensor of shape {sizes}", words, sizes, else_message=words)
    padded = (1,) * (len(times) - sizes.rank) + sizes.last
    counts = zip(padded, times, strict=True)
    return given.new(*(size * each if isinstance(size, int) else size if each == 1 else None for size, each in counts))


def like_index(given: Given) -> Sizes:
    """``gather``."""
    return given.sizes("index")


def index_selected(given: Given) -> Sizes:
    """``index_select``."""
    dim = given.number("dim")
    return ANY if dim is None else given.first.having(dim, given.sizes("index").at(0), given.source)


def top(given: Given) -> list[Sizes]:
    """``topk``."""
    dim = given.number("dim", -1)
    found = ANY if dim is None else given.first.having(dim, given.number("k"), given.source)
    return [found, found]


def twice(given: Given) -> list[Sizes]:
    """``sort``."""
    return [given.first, given.first]


def hot(given: Given) -> Sizes:
    """``one_hot``."""
    sizes, classes = given.first, given.number("num_classes", -1)
    return Sizes((*sizes.last, classes if classes and classes > 0 else None), sizes.is_all, given.source)


def made_new(given: Given) -> Sizes:
    """``new_zeros`` and its kin."""
    wanted = given.value("size", UNKNOWN)
    if isinstance(wanted, tuple):
        return given.new(*(each if isinstance(each, int) else None for each in wanted))
    return given.new(wanted) if isinstance(wanted, int) else ANY


def padded(given: Given) -> Sizes:
    """``pad``: more at both ends of the last dimensions."""
    sizes, pad = given.first, given.dims("pad")
    if pad is None or len(pad) % 2:
        return ANY
    return widened(given, sizes, tuple(zip(pad[::2], pad[1::2], strict=True)))


def widened(given: Given, sizes: Sizes, ends: Sequence[tuple[int | None, int | None]]) -> Sizes:
    """More at both ends of the last dimensions, of the very last one first."""
    for number, (before, after) in enumerate(ends, 1):
        size = sizes.number(-number)
        known = size is not None and before is not None and after is not None
        if (before, after) != (0, 0):
            more = size + before + after if known else None  # type: ignore[operator]
            sizes = sizes.having(-number, more, given.source)
    return sizes


_ELEMENTWISE = (
    "AlphaDropout CELU Dropout ELU GELU Hardshrink Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish "
    "RReLU ReLU ReLU6 SELU SiLU Sigmoid Softplus Softshrink Softsign Tanh Tanhshrink Threshold Dropout1d Dropout2d "
    "Dropout3d abs acos add addcdiv addcmul asin atan ceil celu clamp clamp_max clamp_min clone cos cosh div dropout "
    "elu eq erf exp expm1 floor fmod ge gelu gt hardsigmoid hardswish hardtanh isfinite isnan le leaky_relu lerp log "
    "log10 log1p log2 logaddexp logical_and logical_not logical_or logsigmoid lt masked_fill maximum minimum mish mul "
    "ne neg pow reciprocal relu relu6 remainder round rrelu rsqrt rsub selu sigmoid sign silu sin sinh softplus "
    "softshrink softsign sqrt square sub subtract multiply divide true_divide tan tanh tanhshrink trunc where xlogy "
    "atan2 bitwise_and bitwise_or bitwise_not nan_to_num contiguous"
)
_SAME = (
    "softmax log_softmax cumsum cumprod flip roll tril triu Softmax LogSoftmax Softmin Softmax2d normalize "
    "gumbel_softmax softmin dropout1d dropout2d dropout3d Identity"
)
_IN_PLACE = "add_ sub_ mul_ div_ copy_ addcmul_ addcdiv_ masked_fill_"
_REDUCTIONS = "sum mean prod norm var std amax amin logsumexp nansum nanmean any all argmax argmin count_nonzero"

FACTORIES = frozenset("new_empty new_full new_ones new_zeros".split())
"""Methods that make a tensor of other sizes."""
OPERATIONS: Mapping[str, Callable[[Given], Sizes | list[Sizes]]] = {
    **dict.fromkeys(_ELEMENTWISE.split(), elementwise),
    **dict.fromkeys(_SAME.split(), same),
    **dict.fromkeys(_IN_PLACE.split(), in_place),
    **dict.fromkeys(_REDUCTIONS.split(), reduced),
    **dict.fromkeys(("max", "min", "median"), reduced_twice),
    **dict.fromkeys(("cat", "concat", "concatenate"), joined),
    "stack": stacked,
    "chunk": chunks,
    "split": splits,
    "unbind": unbound,
    "select": unbound,
    **dict.fromkeys(("transpose", "swapaxes", "swapdims"), transposed),
    "permute": permuted,
    "t": turned,
    "unsqueeze": with_one_more,
    "squeeze": squeezed,
    "narrow": narrowed,
    **dict.fromkeys(("unflatten", "Unflatten"), unflattened),
    **dict.fromkeys(("flatten", "Flatten"), flattened),
    "repeat": repeated,
    "gather": like_index,
    "index_select": index_selected,
    "topk": top,
    "sort": twice,
    "argsort": same,
    "one_hot": hot,
    "pad": padded,
    **dict.fromkeys(FACTORIES, made_new),
}
"""What is known of each operation, by its last name."""
