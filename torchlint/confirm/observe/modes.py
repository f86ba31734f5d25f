"""The mode that sees what the program calls: who made nodes, who wrote to tensors, what was refused."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

import torch
from torch.overrides import TorchFunctionMode

from torchlint.confirm.kinds import kind_of
from torchlint.confirm.observe.abilities import next_number
from torchlint.confirm.observe.bytecode import is_dropped
from torchlint.confirm.observe.changes import storage_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchlint.confirm.observe.state import State

_DATA = torch._C.TensorBase.data
_SMALL = 1 << 20
"""Parameters of this many bytes are copied ahead of fused steps; larger ones after the first that spoils a gradient."""
_SET_DATA = _DATA.__set__
_FUNCTIONAL = torch.nn.functional.__file__
_WITHOUT_TWIN = frozenset(
    {"to", "float", "half", "double", "long", "reshape", "view", "permute", "flatten", "expand", "repeat", "softmax"}
)
"""Operations whose result alone is what they are called for, besides those that can be done in place."""
_QUIET = frozenset(
    getattr(torch.Tensor, name).__get__
    for name in (
        "shape", "device", "dtype", "layout", "is_leaf", "requires_grad", "ndim", "is_sparse", "is_quantized",
        "is_meta", "grad", "_version", "is_cuda", "is_cpu", "itemsize", "nbytes", "is_nested", "is_mkldnn",
        "retains_grad",
    )
) | frozenset(
    {
        torch.Tensor.dim, torch.Tensor.size, torch.Tensor.numel, torch.Tensor.stride, torch.Tensor.is_floating_point,
        torch.Tensor.is_complex, torch.Tensor.data_ptr, torch.Tensor.storage_offset, torch.Tensor.is_contiguous,
        torch._C._set_grad_enabled, torch.is_floating_point, torch.is_complex,
    }
)  # fmt: skip
"""What makes no node, writes nothing and cannot fail for a reason of autograd's."""


class Calls(TorchFunctionMode):  # type: ignore[misc]
    """Notes which line made which nodes and wrote to which tensors, and what PyTorch refuses at the statement itself.

    That something was written to is seen from its version. A mode below autograd would see it too, but some of
    autograd's formulas are others while there is one, and gradients differ in their last bits.
    """

    def __init__(self, state: State) -> None:
        super().__init__()
        self._state = state
        self._tape = state.tape_of_this_thread()
        self._special: dict[Any, Callable[..., None]] = _special()
        self._ways: dict[Any, _Way] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        state, tape = self._state, self._tape
        if state.made:
            state.guarded(state.look_at_made, sys._getframe(1))
        if func in _QUIET or func in state.backwards:
            return func(*args, **kwargs)
        line = state.lines.here(sys._getframe(1))
        start = next_number()
        if start > tape.last:
            tape.catch_up(state.changes.clock)
        if state.watchful:
            state.guarded(_before, state, line, args)
        versions = _versions(args, kwargs)
        way = self._ways.get(func)
        if way is None:
            way = self._ways[func] = _way_of(func)
        old = state.guarded(_ahead, state, line, args, kwargs, way) if way is not _Way.READS else None
        try:
            result = func(*args, **kwargs)
        except Exception as error:
            state.guarded(_refused, state, sys._getframe(1), error)
            raise
        for tensor, version in versions:
            if tensor._version != version:
                state.guarded(_note_write, state, line, tensor, old)
        if old and way is _Way.FUSED:
            state.guarded(_note_fused, state, line, args, old)
        if next_number() > start:
            tape.add(start, line, state.changes.clock)
            if state.foreign_threads:
                state.guarded(state.label, tape, start, result, args)
        special = self._special.get(func)
        if special is not None:
            state.guarded(special, state, line, args, result)
        if state.lines.new is not None:
            state.guarded(_note_discarded, state, sys._getframe(1), func, args, kwargs, result)
        return result


class _Way(Enum):
    """How a function treats its arguments, as far as its name says."""

    READS = 0
    WRITES = 1
    FUSED = 2
    REPLACES = 3


def _way_of(func: Any) -> _Way:
    name = getattr(func, "__name__", "").partition(".")[0]
    if func == _SET_DATA:
        return _Way.REPLACES
    if name.startswith("_fused_"):
        return _Way.FUSED
    writes = name == "__setitem__" or (name.endswith("_") and not name.endswith("__")) or name.startswith("__i")
    return _Way.WRITES if writes else _Way.READS


def _versions(args: Any, kwargs: Any) -> list[tuple[torch.Tensor, int]]:
    """The tensors among arguments with their versions; inference tensors have none."""
    found = []
    for each in (*args, *kwargs.values()) if kwargs else args:
        if isinstance(each, torch.Tensor):
            if not each.is_inference():
                found.append((each, each._version))
        elif type(each) is list or type(each) is tuple:
            found += [
                (item, item._version) for item in each if isinstance(item, torch.Tensor) and not item.is_inference()
            ]
    return found


@dataclass(slots=True)
class _Old:
    """What there was ahead of a write: contents by storage, and the versions of tensors under other names."""

    contents: dict[int, Any]
    originals: list[tuple[torch.Tensor, int, torch.Tensor]]


def _ahead(state: State, line: int, args: Any, kwargs: Any, way: _Way) -> _Old | None:
    """Ahead of a write: keep what it may take away without autograd's notice."""
    old = _Old({}, [])
    if way is _Way.REPLACES:
        _replace_data(state, line, args)
        return None
    if way is _Way.FUSED:
        for tensor in _in_lists(args):
            small = tensor.nbytes <= _SMALL or line in state.armed
            old.contents[storage_of(tensor)] = state.changes.copy_of(tensor) if small else None
        return old
    for tensor in args[:1]:
        if isinstance(tensor, torch.Tensor) and (aliases := state.changes.aliases.get(storage := storage_of(tensor))):
            old.contents[storage] = state.changes.copy_of(tensor)
            for each in aliases:
                original = each.original()
                if each.kind == "data" and original is not None and original is not tensor:
                    old.originals.append((original, original._version, tensor))
    return old


def _note_write(state: State, line: int, tensor: torch.Tensor, old: _Old | None) -> None:
    changes = state.changes
    storage = storage_of(tensor)
    if not tensor.requires_grad and any(
        original is not None and original is not tensor and original.requires_grad
        for original in (each.original() for each in changes.aliases.get(storage, ()))
    ):
        changes.spoiled[storage] = (line, True)
    if line in state.watched_changes:
        changes.spoiled[storage] = (line, False)
    changes.note(storage, line, before=old.contents.get(storage) if old else None)
    for original, version, alias in old.originals if old else ():
        if alias is tensor and original._version == version:
            state.say("hidden", at=line, requires_grad=original.requires_grad, how="in-place")


def _note_fused(state: State, line: int, args: Any, old: _Old) -> None:
    """Fused optimizers write to parameters and leave their versions as they are."""
    for storage, content in old.contents.items():
        state.changes.note(storage, line, before=content)


def _in_lists(args: Any) -> Iterator[torch.Tensor]:
    for each in args:
        if isinstance(each, (list, tuple)):
            yield from (item for item in each if isinstance(item, torch.Tensor))


def _before(state: State, line: int, args: Any) -> None:
    """Look at arrays, and at arguments whose content was changed under another name."""
    if state.arrays.shared:
        state.arrays.look(line)
    spoiled = state.changes.spoiled
    if not spoiled:
        return
    for each in args:
        for tensor in each if isinstance(each, (list, tuple)) else (each,):
            if not isinstance(tensor, torch.Tensor):
                continue
            storage = storage_of(tensor)
            entry = spoiled.get(storage)
            if entry is None or entry[0] == line:
                continue
            change, only_original = entry
            known = state.changes.aliases.get(storage, ())
            if only_original and not any(alias.original() is tensor for alias in known):
                continue
            state.say("read", change=change, at=line)


def _refused(state: State, frame: Any, error: Exception) -> None:
    kind = kind_of(str(error))
    if kind is not None:
        state.raised(kind, frame, error)
    else:
        state.raised_other(frame, error)


def _note_discarded(state: State, frame: Any, func: Any, args: Any, kwargs: Any, result: Any) -> None:
    """Say that a line does not take the result of an operation, the first time that it runs."""
    new, state.lines.new = state.lines.new, None
    if not args or not isinstance(args[0], torch.Tensor) or not isinstance(result, torch.Tensor) or "out" in kwargs:
        return
    if any(result is each for each in args) or kwargs.get("inplace"):
        return
    while frame is not None and frame.f_code.co_filename == _FUNCTIONAL:
        frame = frame.f_back
    name = getattr(func, "__name__", "")
    if new is None or frame is None or new != (frame.f_code, frame.f_lasti):
        return
    if (hasattr(torch.Tensor, f"{name}_") or name in _WITHOUT_TWIN) and is_dropped(*new):
        state.say("discarded", at=state.lines.here(frame), name=name)


# What is done after calls of some functions.


def _data_read(state: State, line: int, args: Any, result: Any) -> None:
    state.changes.alias(args[0], "data", line)


def _detached(state: State, line: int, args: Any, result: Any) -> None:
    if args[0].requires_grad:
        state.changes.alias(args[0], "detach", line)


def _to_array(state: State, line: int, args: Any, result: Any) -> None:
    state.arrays.note(result, args[0])


def _from_array(state: State, line: int, args: Any, result: Any) -> None:
    if isinstance(result, torch.Tensor) and args:
        state.arrays.note(args[0], result)


def _hooked(state: State, line: int, args: Any, result: Any) -> None:
    state.hooked = True


def _replace_data(state: State, line: int, args: Any) -> None:
    """Ahead of ``tensor.data = new``: who keeps the tensor itself will have the new content."""
    tensor, new = args
    if new is tensor:
        return
    state.changes.note(-id(tensor), line, "replaced", _DATA.__get__(tensor))
    state.say("hidden", at=line, requires_grad=tensor.requires_grad, how="replaced")


def _special() -> dict[Any, Callable[..., None]]:
    return {
        _DATA.__get__: _data_read,
        torch.Tensor.detach: _detached,
        torch.detach: _detached,
        torch.Tensor.numpy: _to_array,
        torch.Tensor.__array__: _to_array,
        torch.as_tensor: _from_array,
        torch.asarray: _from_array,
        torch.Tensor.register_hook: _hooked,
    }
