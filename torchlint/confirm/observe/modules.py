"""What modules keep outside of their parameters, buffers and submodules, without moving any of them.

``module._apply`` is called with a function that returns its argument: no tensor is copied and no version changes, and
what a class brings along in an ``_apply`` of its own counts as brought along.
"""

from __future__ import annotations

import gc
import itertools
import sys
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.observe.contents import described, modules_in, tensors_in
from torchlint.confirm.observe.plain import plain_state

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType

    from torchlint.confirm.observe.state import State

_DEEPEST = 4
_MOST_LOOKS = 8
"""How often a module is looked at because of one assignment, besides when it is made and at the end."""
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
    """Looks at modules when their watched attributes are assigned, when they are made, and at the end.

    ``made`` is told of each instance of a class of the user's.
    """

    def __init__(
        self, state: State, watched: tuple[Watched, ...], made: Callable[[torch.nn.Module], None] | None = None
    ) -> None:
        self._state = state
        self._watched = watched
        self._told_of = made
        self._users: dict[type, bool] = {}
        self._names: dict[type, frozenset[str]] = {}
        self._looks: dict[Watched, int] = {}
        self._volunteered: set[type] = set()
        self._classes: dict[type, tuple[Watched, ...]] = {}
        self._of_code: dict[Any, tuple[Watched, ...]] = {}

    def look(self) -> None:
        """Say of each instance that is alive what its watched attributes are."""
        if self._state.made:
            self.look_at_made(sys._getframe(1))
        if not self._watched:
            return
        instances = [each for each in gc.get_objects() if torch.nn.Module in type(each).__mro__]
        for each in instances:
            for watched in self._watched_of(type(each)):
                self._state.guarded(self._look_at, each, watched)

    def matters(self, kind: type) -> bool:
        """Whether a class, or one that it comes from, is the user's."""
        found = self._users.get(kind)
        if found is None:
            found = self._users[kind] = any(self._state.lines.is_users(each.co_filename) for each in _methods(kind))
        return found

    def look_at_made(self, frame: Any) -> None:
        """Look at the modules whose construction is over, with ``frame`` the one that runs."""
        state = self._state
        references, state.made = state.made, []
        building = _under_construction(frame)
        for reference, kind in references:
            module = reference()
            if module is None:
                for each in self._watched_of(kind):
                    state.sink.write(t="made", at=(each.path, each.cell, each.first))
            elif id(module) in building:
                state.made.append((reference, kind))
            else:
                self._look_at_new(module)

    def _look_at_new(self, module: torch.nn.Module) -> None:
        kind = type(module)
        for each in self._watched_of(kind):
            self._state.guarded(self._look_at, module, each)
        if kind not in self._volunteered:
            self._volunteered.add(kind)
            for record in plain_state(module, self._state.lines):
                self._state.sink.write(t="plain", **record)
        if self._told_of is not None:
            self._told_of(module)

    def may_watch(self, kind: type, name: str) -> bool:
        """Whether assignments to an attribute are watched in a class."""
        if not self._watched:
            return False
        names = self._names.get(kind)
        if names is None:
            found = self._state.guarded(self._watched_of, kind) or ()
            names = self._names[kind] = frozenset(each.attribute for each in found)
        return name in names

    def assigned(self, module: torch.nn.Module, name: str) -> None:
        """Look at an attribute that has just been assigned, the first few times."""
        if type(module)._apply is not torch.nn.Module._apply:
            return  # it may need what the construction has yet to bring: it is looked at afterwards
        for each in self._watched_of(type(module)):
            if each.attribute == name and self._looks.get(each, 0) < _MOST_LOOKS:
                self._looks[each] = self._looks.get(each, 0) + 1
                self._look_at(module, each)

    def compare(self, saved: torch.nn.Module, reloaded: torch.nn.Module) -> None:
        """Say which watched attributes have other values in a module into which the state of another was loaded."""
        pairs = dict(reloaded.named_modules())
        for name, module in saved.named_modules():
            for watched in self._watched_of(type(module)):
                ones = list(tensors_in(vars(module).get(watched.attribute), _DEEPEST))
                others = list(tensors_in(vars(pairs[name]).get(watched.attribute), _DEEPEST)) if name in pairs else []
                if len(ones) == len(others) and not all(map(_equal, ones, others)):
                    self._say(module, watched, "lost", described(ones), ones[0])

    def _watched_of(self, kind: type) -> tuple[Watched, ...]:
        found = self._classes.get(kind)
        if found is None:
            found = self._classes[kind] = tuple(
                each for each in self._watched if any(self._contains(code, each) for code in _methods(kind))
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
        tensors = list(tensors_in(value, _DEEPEST))
        modules = list(modules_in(value, _DEEPEST))
        moved = _Moved(module)
        left = [each for each in tensors if id(each) not in moved.ids]
        if left:
            self._say(module, watched, "left", described(left), left[0])
        elif tensors:
            self._say(module, watched, "handled", described(tensors), tensors[0])
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


def _methods(kind: type) -> list[CodeType]:
    """The code of the functions of a class and of those that it comes from."""
    return [value.__code__ for base in kind.__mro__ for value in vars(base).values() if hasattr(value, "__code__")]


def _is_registered(module: torch.nn.Module, name: str) -> bool:
    return any(name in vars(module).get(kind, ()) for kind in ("_parameters", "_buffers", "_modules"))


def _equal(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.shape == other.shape and bool(torch.equal(one, other))


def _under_construction(frame: Any) -> set[int]:
    """The ids of the objects whose ``__init__`` runs in a frame or its callers."""
    found = set()
    while frame is not None:
        code = frame.f_code
        if code.co_name == "__init__" and code.co_argcount:
            found.add(id(frame.f_locals.get(code.co_varnames[0])))
        frame = frame.f_back
    return found
