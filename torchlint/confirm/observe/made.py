"""Modules as they are made: which there are, and what they refuse before ``Module.__init__`` has run.

A model that only a function has is gone when the program ends, so each is noted as its construction begins.
"""

from __future__ import annotations

import functools
import sys
import weakref
from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.observe.modules import Modules
    from torchlint.confirm.observe.state import State

_REFUSING = ("register_parameter", "register_buffer", "add_module", "register_module")
_USING = ("train", "requires_grad_", "state_dict", "load_state_dict", "named_parameters")
"""What is done with modules that no operation comes with."""


class Made:
    """The patches of ``nn.Module``."""

    def __init__(self, state: State, modules: Modules) -> None:
        self._state = state
        self._modules = modules
        module: Any = torch.nn.Module
        self._originals = {name: getattr(module, name) for name in ("__init__", "__setattr__", *_REFUSING, *_USING)}
        self._patched = {name: self._watched(self._originals[name]) for name in _REFUSING}
        self._patched.update({name: self._looking(self._originals[name]) for name in _USING})
        self._patched["__setattr__"] = self._assigning(self._originals["__setattr__"])
        self._patched["__init__"] = self._noting(self._originals["__init__"])

    def install(self) -> None:
        """Put the patches in place."""
        self._set(self._patched)

    def remove(self) -> None:
        """Put the originals back."""
        self._set(self._originals)

    @staticmethod
    def _set(functions: dict[str, Any]) -> None:
        for name, function in functions.items():
            setattr(torch.nn.Module, name, function)

    def _noting(self, original: Callable[..., None]) -> Callable[..., None]:
        state, matters = self._state, self._modules.matters

        @functools.wraps(original)
        def init(self: torch.nn.Module, *args: Any, **kwargs: Any) -> None:
            original(self, *args, **kwargs)
            if state.guarded(matters, type(self)):
                state.made.append((weakref.ref(self), type(self)))

        return init

    def _assigning(self, original: Callable[..., None]) -> Callable[..., None]:
        state, modules = self._state, self._modules

        @functools.wraps(original)
        def setattr_(self: torch.nn.Module, name: str, value: Any) -> None:
            try:
                original(self, name, value)
            except Exception as error:
                state.guarded(_refused, state, sys._getframe(1), error)
                raise
            if modules.may_watch(type(self), name):
                state.guarded(modules.assigned, self, name)

        return setattr_

    def _looking(self, original: Callable[..., Any]) -> Callable[..., Any]:
        state, modules = self._state, self._modules

        @functools.wraps(original)
        def using(*args: Any, **kwargs: Any) -> Any:
            if state.made:
                state.guarded(modules.look_at_made, sys._getframe(1))
            return original(*args, **kwargs)

        return using

    def _watched(self, original: Callable[..., Any]) -> Callable[..., Any]:
        state = self._state

        @functools.wraps(original)
        def watched(*args: Any, **kwargs: Any) -> Any:
            try:
                return original(*args, **kwargs)
            except Exception as error:
                state.guarded(_refused, state, sys._getframe(1), error)
                raise

        return watched


def _refused(state: State, frame: Any, error: Exception) -> None:
    kind = kind_of(str(error))
    if kind is not None:
        state.raised(kind, frame, error)
