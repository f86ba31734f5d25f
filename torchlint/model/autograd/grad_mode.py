"""Whether gradients are recorded: what ``torch`` keeps globally."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class ModeKind(Enum):
    GRAD = "grad"
    INFERENCE = "inference"
    AUTOCAST = "autocast"


@dataclass(frozen=True, slots=True)
class Mode:
    """A mode that can be entered: ``no_grad()``, ``set_grad_enabled(x)``, ``inference_mode()``, ``autocast()``.

    ``enabled`` is whether gradients are recorded inside or, by ``autocast``, operations may be given copies of another
    precision. ``before`` is what ``set_grad_enabled``, which acts as soon as it is called, restores at the end of a
    ``with``.
    """

    kind: ModeKind
    enabled: bool
    before: bool | None = None


@dataclass(slots=True)
class GradMode:
    """The modes of this moment: whether gradients are recorded, whether in inference mode, and whether operations may
    be given copies of another precision (``casts``).

    ``is_known``: code that is not seen may have switched them. ``is_chosen``: a condition decided.
    """

    grad: bool = True
    inference: bool = False
    is_known: bool = True
    is_chosen: bool = False
    casts: bool = False

    @property
    def is_sure(self) -> bool:
        """Whether it is known whether gradients are recorded, and no condition decided it."""
        return self.is_known and not self.is_chosen

    @contextmanager
    def within(self, modes: tuple[Mode, ...]) -> Iterator[None]:
        """Run a block in grad modes, as their ``with`` does."""
        grad, inference, known, casts = self.grad, self.inference, self.is_known, self.casts
        for mode in modes:
            self.enter(mode)
        try:
            yield
        finally:
            self.grad, self.inference, self.is_known, self.casts = grad, inference, known, casts
            for mode in modes:
                if mode.before is not None:
                    self.grad = mode.before

    def enter(self, mode: Mode) -> None:
        """Switch a mode: inference mode also records nothing."""
        if mode.kind is ModeKind.AUTOCAST:
            self.casts = mode.enabled
            return
        self.grad = mode.enabled
        self.is_known = True
        if mode.kind is ModeKind.INFERENCE:
            self.inference = not mode.enabled
