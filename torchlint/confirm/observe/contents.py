"""The tensors and modules in a value, plain containers gone through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator


def tensors_in(value: Any, depth: int) -> Iterator[torch.Tensor]:
    """The tensors in a value, those of modules in plain containers included, containers in containers to a depth."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, torch.nn.Module):
        yield from value.parameters()
        yield from value.buffers()
    elif depth:
        for each in _contained(value):
            yield from tensors_in(each, depth - 1)


def modules_in(value: Any, depth: int) -> Iterator[torch.nn.Module]:
    """The modules in a value, containers in containers to a depth."""
    if isinstance(value, torch.nn.Module):
        yield value
    elif depth:
        for each in _contained(value):
            yield from modules_in(each, depth - 1)


def _contained(value: Any) -> Iterator[Any]:
    if type(value) in (list, tuple, set, frozenset):
        yield from value
    elif type(value) is dict:
        yield from value.values()


def described(tensors: list[torch.Tensor]) -> str:
    """What some tensors are, in words."""
    if len(tensors) > 1:
        return f"{len(tensors)} tensors"
    kind = "parameter" if isinstance(tensors[0], torch.nn.Parameter) else "tensor"
    return f"a {kind} of shape {tuple(tensors[0].shape)}"
