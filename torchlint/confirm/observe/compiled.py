"""``torch.compile``: what the program compiles is compiled as it is without an observer.

Dynamo would trace into the mode that sees calls. So the mode is taken away while compiled code runs, and its lines are
not seen one by one; what it writes to still is.
"""

from __future__ import annotations

import functools
import sys
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.observe.overrides import Together
    from torchlint.confirm.observe.state import State


def step_aside(state: State, is_ours: Callable[[Any], bool], overrides: Together) -> None:
    """See to it that the observer is away wherever Dynamo is at work; call it once Dynamo is imported."""
    context: Any = sys.modules["torch._dynamo.eval_frame"]._TorchDynamoContext
    original = context.__init__

    def away() -> Callable[[], None]:
        state.say("compiled")
        state.tape_of_this_thread().catch_up(state.changes.clock)
        taken = []
        count: int = torch._C._len_torch_function_stack()
        if count and is_ours(torch._C._get_function_stack_at(count - 1)):
            taken.append(torch._C._pop_torch_function_stack())
            overrides.remove()

        def back() -> None:
            for each in taken:
                torch._C._push_on_torch_function_stack(each)
                overrides.install()

        return back

    @functools.wraps(original)
    def init(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        hooks = getattr(self, "enter_exit_hooks", None)
        if isinstance(hooks, list):
            hooks.append(away)

    context.__init__ = init
