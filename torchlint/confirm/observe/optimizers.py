"""Steps of optimizers: which parameters had a gradient at one, and which never had."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

from torch.optim.optimizer import register_optimizer_step_pre_hook

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

    from torchlint.confirm.observe.state import State


class _Steps:
    """What was seen of one optimizer: the line of its first step, and the ids of parameters without a gradient yet."""

    def __init__(self, line: int) -> None:
        self.line = line
        self.idle: set[int] = set()
        self.known: set[int] = set()


class Optimizers:
    """The hook on every optimizer's step; ``stepped`` is told of the parameters of each."""

    def __init__(self, state: State, stepped: Callable[[list[torch.Tensor]], None]) -> None:
        self._state = state
        self._stepped = stepped
        self._seen: weakref.WeakKeyDictionary[Any, _Steps] = weakref.WeakKeyDictionary()
        self._gone: list[_Steps] = []
        self._handle: Any = None

    def install(self) -> None:
        """Put the hook in place."""
        self._handle = register_optimizer_step_pre_hook(self._hook)

    def remove(self) -> None:
        """Take the hook away."""
        self._handle.remove()

    def _hook(self, optimizer: Any, args: Any, kwargs: Any) -> None:
        closures = [*args[1:], *kwargs.values()]
        if not any(map(callable, closures)):  # a closure computes the gradients only inside of the step
            self._state.guarded(self._note, optimizer, sys._getframe(1))

    def _note(self, optimizer: Any, frame: Any) -> None:
        parameters = [each for group in optimizer.param_groups for each in group["params"] if each.requires_grad]
        line = self._state.lines.here(frame)
        if not parameters or not line:
            return
        steps = self._seen.get(optimizer)
        if steps is None:
            steps = self._seen[optimizer] = _Steps(line)
            self._gone.append(steps)
        idle = [each for each in parameters if each.grad is None]
        new = {id(each) for each in parameters} - steps.known
        if new:
            steps.known |= new
            steps.idle |= new
            self._stepped(parameters)
        if steps.idle:
            steps.idle &= {id(each) for each in idle}
        self._state.say_once("step", at=line, idle=len(idle) == len(parameters))

    def tell(self) -> None:
        """Say of each optimizer how many parameters never had a gradient."""
        for each in self._gone:
            if each.idle:
                self._state.say("optimizer", at=each.line, idle=len(each.idle), parameters=len(each.known))
