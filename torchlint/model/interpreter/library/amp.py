"""Mixed precision: ``autocast`` and ``GradScaler``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.api.operation import Answer
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.interpreter.values.scaler import ScalerValue

if TYPE_CHECKING:
    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.site import Site


def autocast(machine: Interpreter, site: Site) -> object:
    """``autocast(device_type, dtype, enabled)``: what is not known to be disabled may be enabled."""
    return Mode(ModeKind.AUTOCAST, site.argument(2, "enabled", True) is not False)


def autocast_of_device(machine: Interpreter, site: Site) -> object:
    """``torch.cuda.amp.autocast(enabled)``."""
    return Mode(ModeKind.AUTOCAST, site.argument(0, "enabled", True) is not False)


def scaler(machine: Interpreter, site: Site) -> object:
    """``GradScaler(...)``."""
    enabled = site.keywords.get("enabled", True)
    if isinstance(enabled, bool):
        return ScalerValue(Answer.YES if enabled else Answer.NO)
    return ScalerValue(Answer.MAYBE)
