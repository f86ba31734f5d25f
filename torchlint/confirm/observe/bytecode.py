"""What compiled code says of itself: whether a result is taken, and which line assigns an attribute."""

from __future__ import annotations

import dis
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import CodeType


def is_dropped(code: CodeType, at: int) -> bool:
    """Whether what the instruction at an offset gives is thrown away by the next one."""
    following = False
    for each in dis.get_instructions(code):
        if following and each.opname not in ("NOP", "CACHE", "EXTENDED_ARG"):
            return each.opname == "POP_TOP"
        following = following or each.offset == at
    return False


def assigning_line(code: CodeType, attribute: str) -> int | None:
    """The 1-based line of the last assignment to an attribute of that name in a function, None where there is none."""
    found = line = None
    for each in dis.get_instructions(code):
        positions = getattr(each, "positions", None)
        if positions is not None:  # since Python 3.11
            line = positions.lineno
        elif isinstance(each.starts_line, int):
            line = each.starts_line
        if each.opname == "STORE_ATTR" and each.argval == attribute:
            found = line
    return found
