"""An operation left out where its call stands in another one."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.interpreter.trace import Argument, Operation


def unwrapped(layout: Layout, given: Argument, maker: Operation) -> Edit | None:
    """Give what the operation was given in the place of its result; None where it stands elsewhere."""
    inner = maker.arguments.get("input", maker.arguments.get("self"))
    if given.written is not maker.at or inner is None or not layout.owns(maker.at):
        return None
    if not isinstance(inner.written, ast.expr) or inner.written is maker.at:
        return None
    return layout.replace(maker.at, layout.source.slice(layout.whole(inner.written)))
