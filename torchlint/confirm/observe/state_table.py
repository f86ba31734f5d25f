"""For who watches the state of models: parameters that no optimizer steps, and buffers that no state dict has."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.observe.state import State

_OUTSIDE = "in no optimizer that took a step"
_UNSAVED = "in no state dict that was taken"
_NOT_PERSISTENT = "in no state dict: persistent=False"


class StateTable:
    """All parameters and buffers of the user's modules, until an optimizer or a state dict has them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._parameters: dict[int, tuple[str, str, str]] = {}
        self._buffers: dict[int, tuple[str, str, str, str]] = {}
        self._has_steps = False
        self._original: Callable[..., Any] = torch.nn.Module.state_dict

    def install(self) -> None:
        """Notice the state dicts that are taken."""
        original = self._original

        @functools.wraps(original)
        def state_dict(module: torch.nn.Module, *args: Any, **kwargs: Any) -> Any:
            taken = original(module, *args, **kwargs)
            self._state.guarded(self._saved, module)
            return taken

        torch.nn.Module.state_dict = state_dict

    def remove(self) -> None:
        """Notice none any more."""
        torch.nn.Module.state_dict = self._original

    def made(self, module: torch.nn.Module) -> None:
        """Take up what a module has; what is part of a larger one goes by its name there."""
        owner = type(module).__name__
        for name, parameter in module.named_parameters():
            if parameter.requires_grad:
                self._parameters[id(parameter)] = (owner, name, f"parameter {_shape(parameter)}")
        for prefix, each in module.named_modules():
            for name, buffer in each.named_buffers(recurse=False):
                why = _NOT_PERSISTENT if name in each._non_persistent_buffers_set else _UNSAVED
                path = f"{prefix}.{name}" if prefix else name
                self._buffers[id(buffer)] = (owner, path, f"buffer {_shape(buffer)}", why)

    def stepped(self, parameters: list[torch.Tensor]) -> None:
        """Strike out what an optimizer has."""
        self._has_steps = True
        for each in parameters:
            self._parameters.pop(id(each), None)

    def _saved(self, module: torch.nn.Module) -> None:
        for each in module.modules():
            for name, buffer in each.named_buffers(recurse=False):
                if name not in each._non_persistent_buffers_set:
                    self._buffers.pop(id(buffer), None)

    def tell(self) -> None:
        """Say what is left; parameters only where some optimizer took a step at all."""
        for owner, name, what in self._parameters.values() if self._has_steps else ():
            self._state.sink.write(t="unsaved", owner=owner, name=name, what=what, why=_OUTSIDE)
        for owner, name, what, why in self._buffers.values():
            self._state.sink.write(t="unsaved", owner=owner, name=name, what=what, why=why)


def _shape(tensor: torch.Tensor) -> str:
    return str(tuple(tensor.shape))
