"""Methods of tensors: those that the operation table describes, and those that do something of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.call import change
from torchlint.model.autograd.shapes import FLOATING
from torchlint.model.autograd.sizes import ANY
from torchlint.model.autograd.tensor import Change, CutKind, How, Tensor
from torchlint.model.autograd.views import detached, leave, requires_grad, take_view
from torchlint.model.interpreter import refusals
from torchlint.model.interpreter.identities import DEVICE, Count, Fresh, Single
from torchlint.model.interpreter.library import backward
from torchlint.model.interpreter.library.reshaping import expanded, reshaped
from torchlint.model.interpreter.values.numbers import Array
from torchlint.model.interpreter.values.symbolic import Symbolic
from torchlint.model.interpreter.values.tensor import set_requires_grad
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site

_DTYPES = {
    "float": "torch.float32",
    "double": "torch.float64",
    "half": "torch.float16",
    "bfloat16": "torch.bfloat16",
    "long": "torch.int64",
    "int": "torch.int32",
    "short": "torch.int16",
    "bool": "torch.bool",
}
_TYPES = {
    "FloatTensor": "torch.float32",
    "DoubleTensor": "torch.float64",
    "HalfTensor": "torch.float16",
    "BFloat16Tensor": "torch.bfloat16",
    "LongTensor": "torch.int64",
    "IntTensor": "torch.int32",
    "BoolTensor": "torch.bool",
}
"""What ``type`` also takes for a dtype."""
_QUESTIONS = frozenset(
    (
        "stride dim ndimension numel nelement element_size data_ptr is_contiguous is_floating_point is_complex "
        "get_device storage untyped_storage storage_offset is_shared is_pinned is_inference is_set_to is_same_size "
        "equal"
    ).split()
)


def call(machine: Interpreter, site: Site, tensor: Tensor, name: str) -> object:
    """Call a method of a tensor."""
    handler = _OWN.get(name)
    if handler is not None:
        return handler(machine, site, tensor)
    if name in _QUESTIONS:
        known = _answer(machine, tensor, name)
        return (
            known
            if known is not None
            else Symbolic((Count if name in ("dim", "numel", "nelement") else Fresh)(machine.run.fresh()))
        )
    site.arguments.insert(0, tensor)
    site.texts.insert(0, site.owner or site.at)
    return machine.operation(site, f"torch.Tensor.{name}")


def _answer(machine: Interpreter, tensor: Tensor, name: str) -> bool | int | None:
    """What a tensor answers to a question, None where that is not known."""
    match name:
        case "is_inference" if not tensor.is_loose and machine.run.mode.is_known:
            return tensor.inference
        case "is_floating_point" if tensor.dtype is not None:
            return tensor.dtype in FLOATING
        case "dim" | "ndimension":
            return tensor.sizes.rank
        case "numel" | "nelement":
            return tensor.sizes.elements
    return None


def _size(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    dim = site.argument(0, "dim")
    if dim is None:
        return machine.run.shape_value(tensor)
    return machine.run.size_of(tensor, dim) if isinstance(dim, int) else machine.unknown()


def _detach(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    found = detached(machine.run, site.at, tensor, ".detach()")
    found.name = tensor.name
    return found


def _detach_in_place(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    if requires_grad(tensor) is Answer.YES:
        tensor.cut = leave(machine.run, CutKind.DETACH, site.at, ".detach_()", tensor)
    tensor.node, tensor.base, tensor.requires_grad = None, None, Answer.NO
    return tensor


def _requires_grad(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    set_requires_grad(machine, site.at, tensor, site.argument(0, "requires_grad", True))
    return tensor


def _array(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    if site.label == "numpy":
        refusals.numpy(machine, site, tensor)
    cut = leave(machine.run, CutKind.NUMBER, site.at, site.label, tensor)
    return Array(tensor.storage, tensor.name, tensor.sizes, tensor.dtype, cut)


def _same(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    return tensor


def _contiguous(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    if tensor.contiguous is Answer.YES:
        return tensor
    return _copy(machine, site, tensor)


def _copy(machine: Interpreter, site: Site, tensor: Tensor) -> Tensor:
    """A copy that is differentiable and keeps nothing."""
    found = machine.tensor_operation(site.at, "clone", site.label, tensor, [])
    assert isinstance(found, Tensor)
    found.dtype, found.sizes = tensor.dtype, tensor.sizes
    return found


def _convert(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    """``to`` and its kin: the tensor itself where nothing changes, else a copy; an integer one ends the graph."""
    if site.label == "cuda":
        machine.has_moved = True
    wanted = _DTYPES.get(site.label) or _dtype_in(site)
    if site.keywords.get("copy") is True:
        wanted = wanted or tensor.dtype
    elif _is_unchanged(site, tensor, wanted):
        return tensor
    machine.has_moved = machine.has_moved or wanted is None
    found = _copy(machine, site, tensor)
    if isinstance(wanted, str):
        found.dtype = wanted
        if wanted not in FLOATING and "complex" not in wanted:
            _end_graph(machine, site, tensor, found)
    elif tensor.dtype not in FLOATING and not _only_moves(site):
        found.dtype = None
    return found


def _only_moves(site: Site) -> bool:
    """Whether a conversion without a known dtype keeps the one that there is."""
    if site.label in ("cpu", "cuda"):
        return True
    places = (
        isinstance(first := site.argument(0, "device"), str) or first == Symbolic(DEVICE) or "device" in site.keywords
    )
    return site.label == "to" and places and len(site.arguments) < 2 and "dtype" not in site.keywords


def _dtype_in(site: Site) -> str | None:
    for value in (*site.arguments, site.keywords.get("dtype"), site.keywords.get("other")):
        known = as_value(value)
        if known.imported_name is not None and known.imported_name.startswith("torch."):
            return _TYPES.get(known.imported_name.rpartition(".")[2], known.imported_name)
        if isinstance(value, Tensor):
            return value.dtype
    return None


def _is_unchanged(site: Site, tensor: Tensor, wanted: str | None) -> bool:
    """Whether a conversion certainly gives the tensor itself."""
    if Symbolic(Single("dtype", id(tensor.counter))) in site.arguments:
        return True
    if wanted is None:
        first = site.argument(0, "device", site.keywords.get("device"))
        return site.label == "cpu" or first == "cpu" or first == Symbolic(DEVICE)
    return tensor.dtype is not None and _canonical(wanted) == _canonical(tensor.dtype)


def _canonical(dtype: str) -> str:
    return {
        "default": "torch.float32",
        "torch.float": "torch.float32",
        "torch.double": "torch.float64",
        "torch.long": "torch.int64",
    }.get(dtype, dtype)


def _end_graph(machine: Interpreter, site: Site, tensor: Tensor, found: Tensor) -> None:
    if requires_grad(tensor) is Answer.YES:
        found.cut = leave(machine.run, CutKind.INTEGER, site.at, site.label, tensor)
    found.node, found.requires_grad = None, Answer.NO


def _reshape(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    """A view of a contiguous tensor; of another it may be a copy. A flat one is its own flattening."""
    sizes, is_flat = reshaped(machine, site, tensor), site.label in ("flatten", "ravel")
    if is_flat and sizes is tensor.sizes and sizes.is_all:
        return tensor
    if tensor.contiguous is not Answer.YES or (is_flat and not tensor.sizes.is_all):
        found = _copy(machine, site, tensor)
    else:
        found = take_view(machine.run, site.at, tensor, site.label)
        found.contiguous = Answer.YES
    found.sizes = sizes
    return found


def _view(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    """A view of another shape, or of another dtype."""
    found = take_view(machine.run, site.at, tensor, site.label)
    found.contiguous = tensor.contiguous
    found.sizes = reshaped(machine, site, tensor)
    if as_value(site.argument(0, "dtype")).imported_name is not None:
        found.node, found.requires_grad, found.dtype = None, Answer.NO, None
    return found


def _expand(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    found = take_view(machine.run, site.at, tensor, site.label)
    found.expanded, found.sizes = expanded(machine, site, tensor)
    if found.expanded is Answer.NO and found.sizes.last == tensor.sizes.last:
        found.contiguous = tensor.contiguous
    return found


def _item(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    return as_value(tensor).as_number(machine, site)


def _backward(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    return backward.method(machine, site, tensor)


def _hook(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    return machine.unknown()


def _retain_grad(machine: Interpreter, site: Site, tensor: Tensor) -> None:
    """A result keeps its gradient, too."""
    if tensor.node is not None:
        tensor.grad = machine.unknown()


def _new(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    """``new(sizes)``: a tensor of its own, of the same dtype."""
    return Tensor(site.at, dtype=tensor.dtype, inference=machine.run.mode.inference)


def _set_data(machine: Interpreter, site: Site, tensor: Tensor) -> object:
    """``set_`` and ``resize_``: a change that the version counter sees."""
    change(tensor, Change(site.at, site.owner or site.at, site.label, How.INPLACE, tensor))
    tensor.sizes = ANY
    return tensor


_OWN: Mapping[str, Callable[[Interpreter, Site, Tensor], object]] = {
    "backward": _backward,
    "detach": _detach,
    "detach_": _detach_in_place,
    "requires_grad_": _requires_grad,
    "item": _item,
    "tolist": _item,
    "__float__": _item,
    "numpy": _array,
    "__array__": _array,
    "contiguous": _contiguous,
    "to": _convert,
    "type": _convert,
    "type_as": _convert,
    "cpu": _convert,
    "cuda": _convert,
    "float": _convert,
    "double": _convert,
    "half": _convert,
    "bfloat16": _convert,
    "long": _convert,
    "int": _convert,
    "size": _size,
    "short": _convert,
    "bool": _convert,
    "reshape": _reshape,
    "reshape_as": _reshape,
    "flatten": _reshape,
    "ravel": _reshape,
    "view": _view,
    "expand": _expand,
    "register_hook": _hook,
    "register_post_accumulate_grad_hook": _hook,
    "retain_grad": _retain_grad,
    "share_memory_": _same,
    "new": _new,
    "resize_": _set_data,
    "set_": _set_data,
}
