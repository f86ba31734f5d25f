"""What of torch the observer needs beyond its public interface, and what is lost where a version does not have it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

_AUTOGRAD: Any = torch._C._autograd


def _has(owner: Any, *names: str) -> bool:
    return all(hasattr(owner, name) for name in names)


def missing() -> dict[str, str]:
    """The observations that this torch does not allow, each with the reason."""
    version = f"PyTorch {torch.__version__}"
    found = {}
    if not _has(_AUTOGRAD, "_get_sequence_nr"):
        found["saves"] = f"{version} does not number the nodes of graphs"
    if not _has(getattr(_AUTOGRAD, "SavedTensor", None), "data", "unpack_hook"):
        found["silent"] = f"{version} does not show what its graphs keep"
    return found


next_number: Callable[[], int] = getattr(_AUTOGRAD, "_get_sequence_nr", lambda: 0)
"""The number that the next node made by this thread will have; always 0 where nodes have none."""
