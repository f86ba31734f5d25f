"""A story as a scene: who takes part, one lane for each, and what happens to them from moment to moment.

Time goes downward. A lane begins where its tensor or operation first plays a part, and shows what became of it.
Whoever draws needs nothing but the scene.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.finding import Effect, Role


class Line(Enum):
    """What a lane shows between two moments."""

    NONE = "none"
    """It has not begun."""
    WHOLE = "whole"
    CHANGED = "changed"
    """The content is another one, and the version counter says so."""
    UNSEEN = "unseen"
    """The content is another one, and autograd does not know."""
    GONE = "gone"
    """Freed, or cut off."""


class Sign(Enum):
    """What stands on a lane at a moment."""

    TENSOR = "tensor"
    OPERATION = "operation"
    CHANGE = "change"
    CUT = "cut"
    FREED = "freed"
    BACKWARD = "backward"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Lane:
    """A tensor or an operation; ``what`` says which, in words. ``is_old``: it was there before the story began."""

    name: str
    what: str
    is_tensor: bool
    is_old: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """From one lane to another, by their indices; ``fails`` where what is asked for is not there."""

    start: int
    end: int
    label: str
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One step: its code and what it means; the sign on each lane and the line that each lane goes on with.

    ``line`` is 1-based, None where the place is not seen; ``elsewhere`` names its file or cell where that is not the
    finding's own. ``version`` tells of the tensor's version counter. ``rises`` are the lane and the index of the
    earlier moment up to which a gradient flows back, None where none does. ``is_here`` marks the fault itself,
    ``is_end`` where it surfaces, ``focus`` the code points of ``code`` that it is about.
    """

    role: Role
    line: int | None
    elsewhere: str
    code: str
    message: str
    signs: tuple[Sign | None, ...]
    lines: tuple[Line, ...]
    version: str = ""
    arrow: Arrow | None = None
    rises: tuple[int, int] | None = None
    is_here: bool = False
    is_end: bool = False
    focus: tuple[int, int] = (0, 0)

    @property
    def where(self) -> str:
        """``line 5``, ``cell 3, line 5``, ``layers.py, line 5``, or ``later``."""
        line = f"line {self.line}" if self.line is not None else "later"
        return f"{self.elsewhere}, {line}" if self.elsewhere else line

    def excerpt(self, cut: Callable[[str], str], ellipsis: str) -> str:
        """The code, or what ``cut`` leaves of it: its beginning, unless what it is about comes later."""
        short = cut(self.code)
        start, end = self.focus
        if short == self.code or start == 0 or end <= len(short) - len(ellipsis):
            return short
        return cut(ellipsis + self.code[start:])


@dataclass(frozen=True, slots=True)
class Scene:
    """Lanes from left to right, moments from top to bottom, and what PyTorch does in the end."""

    lanes: tuple[Lane, ...]
    moments: tuple[Moment, ...]
    effect: Effect
