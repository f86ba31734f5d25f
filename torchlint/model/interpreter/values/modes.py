"""Grad modes, which are entered, and decorate functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.autograd.grad_mode import Mode
from torchlint.model.interpreter.values.value import Wrapped, as_value, wraps

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


@wraps(Mode)
class WrappedMode(Wrapped[Mode]):
    """What a grad mode does."""

    __slots__ = ()

    @property
    def mode(self) -> Mode | None:
        return self.of

    @property
    def decorating(self) -> tuple[Mode, ...] | None:
        return (self.of,)

    def call(self, vm: Interpreter, site: Site) -> object:
        """``torch.no_grad()(function)``."""
        return as_value(site.argument(0, "func")).decorated(self.of) or vm.unknown()
