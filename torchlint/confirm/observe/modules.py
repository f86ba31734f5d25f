"""What modules keep outside of their parameters, buffers and submodules, without moving any of them.

``module._apply`` is called with a function that returns its argument: no tensor is copied and no version changes, and
what a class brings along in an ``_apply`` of its own counts as brought along.
"""

from __future__ import annotations

import gc
import itertools
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.confirm.observe.state import State

_DEEPEST = 4
_MISSING = object()


@dataclass(frozen=True)
class Watched:
    """An assignment to ``self.attribute`` in a method of a module class, at 1-based lines ``first`` to ``last``."""

    path: str
    cell: int | None
    first: int
    last: int
    attribute: str


class Modules:
    """Looks at the instances of the classes that have watched assignments."""

    def __init__(self, state: State, watched: tuple[Watched, ...]) -> None:
        self._state = state
        self._watched = watched
        self._classes: dict[type, tuple[Watched, ...]] = {}
        self._of_code: dict[Any, tuple[Watched, ...]] = {}

    def look(self) -> None:
        """Say of each instance that is alive what its watched attributes are."""
        if not self._watched:
            return
        instances = [each for each in gc.get_objects() if torch.nn.Module in type(each).__mro__]
        for each in instances:
            for watched in self._watched_of(type(each)):
                self._state.guarded(self._look_at, each, watched)

    def compare(self, saved: torch.nn.Module, reloaded: torch.nn.Module) -> None:
        """Say which watched attributes have other values in a module into which the state of another was loaded."""
        pairs = dict(reloaded.named_modules())
        for name, module in saved.named_modules():
            for watched in self._watched_of(type(module)):
                ones = list(_tensors(vars(module).get(watched.attribute), _DEEPEST))
                others = list(_tensors(vars(pairs[name]).get(watched.attribute), _DEEPEST)) if name in pairs else []
                if len(ones) == len(others) and not all(map(_equal, ones, others)):
                    self._say(module, watched, "lost", _described(ones), ones[0])

    def _watched_of(self, kind: type) -> tuple[Watched, ...]:
        found = self._classes.get(kind)
        if found is None:
            methods = [
                value.__code__ for base in kind.__mro__ for value in vars(base).values() if hasattr(value, "__code__")
            ]
            found = self._classes[kind] = tuple(
                each for each in self._watched if any(self._contains(code, each) for code in methods)
            )
        return found

    def _contains(self, code: Any, watched: Watched) -> bool:
        lines = [line for _, _, line in code.co_lines() if line]
        if not lines or not min(lines) <= watched.first <= max(lines):
            return False
        return self._state.lines.file(code.co_filename) == (watched.path, watched.cell)

    def _look_at(self, module: torch.nn.Module, watched: Watched) -> None:
        value = vars(module).get(watched.attribute, _MISSING)
        if value is _MISSING:
            if _is_registered(module, watched.attribute):
                self._say(module, watched, "registered", "")
            return
        tensors = list(_tensors(value, _DEEPEST))
        modules = list(_modules(value, _DEEPEST))
        moved = _Moved(module)
        left = [each for each in tensors if id(each) not in moved.ids]
        if left:
            self._say(module, watched, "left", _described(left), left[0])
        elif tensors:
            self._say(module, watched, "handled", _described(tensors), tensors[0])
        elif modules:
            strange = [each for each in modules if each not in moved.modules]
            what = f"{len(modules)} module{'s' if len(modules) > 1 else ''}"
            self._say(module, watched, "left" if strange else "handled", what)
        else:
            self._say(module, watched, "absent", type(value).__name__)

    def _say(
        self, module: torch.nn.Module, watched: Watched, state: str, what: str, tensor: torch.Tensor | None = None
    ) -> None:
        own = next(itertools.chain(module.parameters(), module.buffers()), None)
        self._state.sink.write(
            t="module",
            at=(watched.path, watched.cell, watched.first),
            attribute=watched.attribute,
            state=state,
            what=what,
            device="" if tensor is None else str(tensor.device),
            module_device="" if own is None else str(own.device),
            requires_grad=tensor is not None and tensor.requires_grad,
        )


class _Moved:
    """What a move of a module would reach."""

    def __init__(self, module: torch.nn.Module) -> None:
        self._module = module

    @cached_property
    def ids(self) -> frozenset[int]:
        """The ids of all tensors that ``_apply`` hands to its function."""
        found: set[int] = set()

        def note(tensor: torch.Tensor) -> torch.Tensor:
            found.add(id(tensor))
            return tensor

        self._module._apply(note)
        return frozenset(found)

    @cached_property
    def modules(self) -> frozenset[torch.nn.Module]:
        return frozenset(self._module.modules())


def _is_registered(module: torch.nn.Module, name: str) -> bool:
    return any(name in vars(module).get(kind, ()) for kind in ("_parameters", "_buffers", "_modules"))


def _contained(value: Any) -> Iterator[Any]:
    if type(value) in (list, tuple, set, frozenset):
        yield from value
    elif type(value) is dict:
        yield from value.values()


def _tensors(value: Any, depth: int) -> Iterator[torch.Tensor]:
    """The tensors in a value, those of modules in plain containers included."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, torch.nn.Module):
        yield from value.parameters()
        yield from value.buffers()
    elif depth:
        for each in _contained(value):
            yield from _tensors(each, depth - 1)


def _modules(value: Any, depth: int) -> Iterator[torch.nn.Module]:
    if isinstance(value, torch.nn.Module):
        yield value
    elif depth:
        for each in _contained(value):
            yield from _modules(each, depth - 1)


def _equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and bool(torch.equal(one, other))


def _described(tensors: list[torch.Tensor]) -> str:
    if len(tensors) > 1:
        return f"{len(tensors)} tensors"
    kind = "parameter" if isinstance(tensors[0], torch.nn.Parameter) else "tensor"
    return f"a {kind} of shape {tuple(tensors[0].shape)}"
