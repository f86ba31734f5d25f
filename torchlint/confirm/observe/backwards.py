"""``Tensor.backward``, ``autograd.backward`` and ``autograd.grad``: a look at the graph before and after."""

from __future__ import annotations

import functools
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.kinds import Kind, kind_of
from torchlint.confirm.observe import reference
from torchlint.confirm.observe.abilities import next_number
from torchlint.confirm.observe.graph import Look, look, refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.observe.state import State


@dataclass(slots=True)
class _Call:
    """One call of a backward: its roots and options, and what its graph was like."""

    line: int
    roots: list[torch.Tensor]
    gradients: Any
    retain: bool
    create: bool
    found: Look | None = None
    start: int = 0


class Backwards:
    """The patches, and what they do; ``install`` and ``remove`` must be called in this order, once."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._inside = threading.local()
        self._told: set[tuple[Any, ...]] = set()
        self._originals: list[tuple[Any, str, Any]] = []

    def install(self) -> None:
        """Put the patches in place."""
        for owner, name, roots in (
            (torch.Tensor, "backward", _of_method),
            (torch.autograd, "backward", _of_backward),
            (torch.autograd, "grad", _of_grad),
        ):
            original = getattr(owner, name)
            self._originals.append((owner, name, original))
            setattr(owner, name, self._watched(original, roots))
        watched = {getattr(owner, name) for owner, name, _ in self._originals}
        self._state.backwards = frozenset(watched | {original for *_, original in self._originals})

    def remove(self) -> None:
        """Put the originals back."""
        for owner, name, original in self._originals:
            setattr(owner, name, original)

    def _watched(self, original: Callable[..., Any], roots: Callable[..., _Call]) -> Callable[..., Any]:
        state, inside = self._state, self._inside

        @functools.wraps(original)
        def watched(*args: Any, **kwargs: Any) -> Any:
            if getattr(inside, "now", False):
                return original(*args, **kwargs)
            frame = sys._getframe(1)
            inside.now = True
            try:
                call = state.guarded(self._begin, frame, roots, args, kwargs)
                try:
                    result = original(*args, **kwargs)
                except Exception as error:
                    state.guarded(self._failed, call, frame, error)
                    raise
                state.guarded(self._done, call)
                return result
            finally:
                inside.now = False

        return watched

    def _begin(self, frame: Any, roots: Callable[..., _Call], args: Any, kwargs: Any) -> _Call:
        state = self._state
        call = roots(*args, **kwargs)
        call.line = state.lines.here(frame)
        state.tape_of_this_thread().catch_up(state.changes.clock)
        if state.arrays.shared:
            state.arrays.look(call.line)
        first = ("retained", call.line) not in self._told
        call.found = look(call.roots, state.changes, state.find, measure=call.retain and first)
        self._stale(call, call.found)
        self._reused(call, call.found)
        call.start = next_number()
        return call

    def _stale(self, call: _Call, found: Look) -> None:
        """Say what the backward will compute with that is not what was kept, unseen by autograd."""
        state = self._state
        new = []
        for each in found.changed:
            if each.intact and (key := ("stale", each.line, each.changes[0].line, call.line)) not in self._told:
                self._told.add(key)
                new.append(each)
        if not new:
            return
        difference, why = reference.difference(state, call.roots, call.gradients, found, new)
        for each in new:
            state.armed.update(change.line for change in each.changes)
            state.say(
                "stale",
                save=each.line,
                changes=[change.line for change in each.changes],
                how=each.changes[0].how,
                backward=call.line,
                node=each.node.name(),
                difference=difference,
                why=why,
            )

    def _reused(self, call: _Call, found: Look) -> None:
        """Say which graph that an earlier backward kept, or made, is needed again."""
        for (tape, index), keeps in found.operations.items():
            retained = tape.retained[index]
            if retained and keeps:
                self._say_once("reused", retained=retained, backward=call.line)
            if tape.created[index]:
                self._say_once("second-order", created=tape.lines[index], backward=call.line)

    def _failed(self, call: _Call | None, frame: Any, error: Exception) -> None:
        kind = kind_of(str(error))
        if kind is None:
            return
        state = self._state
        if call is None or call.found is None:
            state.raised(kind, frame, error)
        elif kind is Kind.SAVED:
            changed = [each for each in call.found.changed if not each.intact]
            for each in changed:
                changes = [change.line for change in each.changes]
                state.raised(kind, frame, error, save=each.line, changes=changes, node=each.node.name())
            if not changed:  # by something that was not seen
                node, line = next(refused(call.roots, state.find), (None, 0))
                state.raised(kind, frame, error, save=line, node=node.name() if node is not None else "")
        elif kind is Kind.TWICE:
            freed = [tape.freed[index] for (tape, index), keeps in call.found.operations.items() if keeps]
            state.raised(kind, frame, error, freed=sorted({each for each in freed if each}))
        else:
            state.raised(kind, frame, error)

    def _done(self, call: _Call | None) -> None:
        if call is None or call.found is None:
            return
        state, found = self._state, call.found
        if state.at_first_backward is not None:
            look_around, state.at_first_backward = state.at_first_backward, None
            look_around()
        if call.create:
            state.tape_of_this_thread().add(call.start, call.line, state.changes.clock, created=True)
        for written in found.spared.values():
            self._say_once("harmless", change=written[0].line, backward=call.line)
        keep = call.retain or call.create
        for tape, index in found.operations:
            if not keep:
                tape.freed[index] = call.line
            elif call.retain and not call.create:
                tape.retained[index] = call.line
        if call.roots and all(root.grad_fn is None for root in call.roots):
            self._say_once("rewrapped", at=call.line)
        self._say_once("backward", at=call.line, retain=call.retain, create=call.create)
        if call.retain and ("retained", call.line) not in self._told:
            self._told.add(("retained", call.line))
            devices = sorted({str(leaf.device) for leaf in found.leaves})
            state.say("retained", at=call.line, bytes=found.kept_bytes, devices=devices)

    def _say_once(self, record: str, **values: Any) -> None:
        key = (record, *values.values())
        if key not in self._told:
            self._told.add(key)
            self._state.say(record, **values)


def _listed(tensors: Any) -> list[torch.Tensor]:
    given = [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)
    return [each for each in given if isinstance(each, torch.Tensor)]


def _of_method(
    tensor: torch.Tensor, gradient: Any = None, retain_graph: Any = None, create_graph: bool = False, inputs: Any = None
) -> _Call:
    retain = create_graph if retain_graph is None else retain_graph
    return _Call(0, [tensor], gradient, bool(retain), bool(create_graph))


def _of_backward(
    tensors: Any, grad_tensors: Any = None, retain_graph: Any = None, create_graph: bool = False, *_: Any, **__: Any
) -> _Call:
    retain = create_graph if retain_graph is None else retain_graph
    return _Call(0, _listed(tensors), grad_tensors, bool(retain), bool(create_graph))


def _of_grad(
    outputs: Any,
    inputs: Any = None,
    grad_outputs: Any = None,
    retain_graph: Any = None,
    create_graph: bool = False,
    *_: Any,
    **__: Any,
) -> _Call:
    retain = create_graph if retain_graph is None else retain_graph
    return _Call(0, _listed(outputs), grad_outputs, bool(retain), bool(create_graph))
