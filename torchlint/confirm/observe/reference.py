"""How far a gradient is off that is computed from changed content.

The backward is tried twice in a forked copy of the process: with what is there, and with the old content put back.
The program itself sees nothing of it. Where a copy could do harm (hooks, other threads, CUDA, process groups) or the
old content is not at hand, the difference stays unknown and the reason is told.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.observe.changes import Change, OldBytes, storage_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.confirm.observe.graph import Kept, Look
    from torchlint.confirm.observe.state import State

_SECONDS = 20


def difference(
    state: State, roots: Sequence[torch.Tensor], gradients: Any, found: Look, stale: Sequence[Kept]
) -> tuple[dict[str, object] | None, str]:
    """The largest difference of any gradient, absolute and relative, or None and the reason."""
    why = _obstacle(state, found, stale)
    if why:
        return None, why
    try:
        result = _in_a_copy(lambda: _difference(roots, gradients, found.leaves, stale))
    except OSError as error:
        return None, f"the process could not be copied: {error.strerror}"
    if result is None:
        return None, "the copy of the process did not answer"
    return (None, str(result["why"])) if "why" in result else (result, "")


def _obstacle(state: State, found: Look, stale: Sequence[Kept]) -> str:
    old: dict[int, Change] = {}
    for each in stale:
        first = each.changes[0]
        if first.before is None:
            return "the old content was not kept"
        if old.setdefault(storage_of(each.tensor), first) is not first:
            return "the content was kept more than once, with changes in between"
    if not hasattr(os, "fork"):
        return "this system cannot copy a process"
    if threading.active_count() > 1:
        return "the program has several threads"
    if state.hooked or found.opaque or any(leaf._backward_hooks for leaf in found.leaves):
        return "the graph has hooks of the program's own"
    if torch.cuda.is_initialized():
        return "CUDA is in use"
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        return "a process group is in use"
    return ""


def _difference(
    roots: Sequence[torch.Tensor], gradients: Any, leaves: Sequence[torch.Tensor], stale: Sequence[Kept]
) -> dict[str, object]:
    def computed() -> Sequence[torch.Tensor | None]:
        given = list(gradients) if isinstance(gradients, (list, tuple)) else [gradients] * len(roots)
        found: Sequence[torch.Tensor | None] = torch.autograd.grad(
            list(roots), list(leaves), given, retain_graph=True, allow_unused=True
        )
        return found

    wrong = computed()
    for each in stale:
        _restore(each)
    right = computed()
    largest = relative = 0.0
    equal = True
    for one, other in zip(wrong, right, strict=True):
        if one is None or other is None or one.numel() == 0 or one.is_sparse:
            continue
        one, other = one.nan_to_num(), other.nan_to_num()
        equal = equal and torch.equal(one, other)
        distance = float((one - other).abs().max())
        largest = max(largest, distance)
        relative = max(relative, distance / max(float(other.abs().max()), 1e-30))
    return {"equal": equal, "absolute": largest, "relative": relative}


def _restore(kept: Kept) -> None:
    before = kept.changes[0].before
    if isinstance(before, torch.Tensor):
        torch._C.TensorBase.data.__set__(kept.tensor, before)
    elif isinstance(before, OldBytes):
        memory = torch.empty(0, dtype=torch.uint8).set_(kept.tensor.untyped_storage())
        start = before.address - memory.data_ptr()
        memory[start : start + len(before.content)].copy_(
            torch.frombuffer(bytearray(before.content), dtype=torch.uint8)
        )
    else:
        kept.tensor.untyped_storage().copy_(before)


def _in_a_copy(compute: Any) -> Any:
    """What a function gives in a forked copy of this process, None where it did not come back in time."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads; those of torch's own pool are not used in the copy
        process = os.fork()
    if process == 0:
        _answer(compute, writing)
    os.close(writing)
    try:
        return _read(reading)
    finally:
        os.close(reading)
        _end(process)


def _answer(compute: Any, writing: int) -> None:
    """Run in the copy, quietly, and never return."""
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(_SECONDS)
        nothing = os.open(os.devnull, os.O_RDWR)
        for each in (0, 1, 2):
            os.dup2(nothing, each)
        sys.settrace(None)
        torch.set_num_threads(1)
        try:
            answer = compute()
        except Exception as error:
            answer = {"why": f"the backward failed: {type(error).__name__}: {str(error)[:120]}"}
        os.write(writing, json.dumps(answer).encode())
    finally:
        os._exit(0)


def _read(reading: int) -> Any:
    data, until = b"", time.monotonic() + _SECONDS + 5
    while (left := until - time.monotonic()) > 0 and select.select([reading], [], [], left)[0]:
        piece = os.read(reading, 65536)
        if not piece:
            return json.loads(data) if data else None
        data += piece
    return None


def _end(process: int) -> None:
    if os.waitpid(process, os.WNOHANG)[0] == 0:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            if os.waitpid(process, os.WNOHANG)[0]:
                return
            time.sleep(0.005)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
