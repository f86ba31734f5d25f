"""Tensors that are made in the memory of the CPU and moved to a device at once."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.named_calls import calls_of, keywords_of, public_name
from torchlint.syntax.tree import last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_EXACT = frozenset(f"torch.{name}" for name in "zeros ones full empty eye".split())
"""What gives the same values on every device."""
_ROUNDED = frozenset(f"torch.{name}" for name in "rand randn randint randperm arange linspace logspace".split())
_DEVICE = re.compile(r"(?:.*_)?(?:device|dev|gpu)(?:_id)?")
_NAMED = re.compile(r"(?:cuda|mps|xpu|hpu|npu|meta)(?::\d+)?")


class DeviceMove(NamedTuple):
    """``at`` moves what ``factory`` made to ``device``, as that is written; ``is_exact``: made there, it has the same
    values."""

    at: ast.Call
    factory: ast.Call
    device: ast.expr | None
    is_exact: bool


def device_moves(facts: CodeFacts) -> Iterator[DeviceMove]:
    """Every new tensor that is moved to a device by the expression that makes it."""
    factories = dict(calls_of(facts, _EXACT | _ROUNDED))
    for node in walk(facts.tree()) if factories else ():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Call() as factory, attr="to" | "cuda" as method)) if (
                factory in factories
            ):
                if _is_plain(factory) and (method == "to" or not (node.args or node.keywords)):
                    device = _device(node, facts) if method == "to" else None
                    if method == "cuda" or device is not None:
                        yield DeviceMove(node, factory, device, factories[factory] in _EXACT)


def _is_plain(factory: ast.Call) -> bool:
    """Whether a tensor is made where nothing is said of its memory or its gradient."""
    keywords = keywords_of(factory)
    return keywords is not None and keywords.keys().isdisjoint(
        ("device", "pin_memory", "requires_grad", "generator", "out")
    )


def _device(move: ast.Call, facts: CodeFacts) -> ast.expr | None:
    """The only argument of ``to``, where it is a device that is not known to be the CPU."""
    given = [*move.args, *(each.value for each in move.keywords if each.arg == "device")]
    if len(given) != 1 or len(move.args) + len(move.keywords) != 1:
        return None
    match given[0]:
        case ast.Constant(value=str(name)):
            return given[0] if _NAMED.fullmatch(name) else None
        case ast.Call(func=func, args=[ast.Constant(value=str(name))]) if public_name(func, facts) == "torch.device":
            return given[0] if _NAMED.fullmatch(name) else None
        case ast.Name() | ast.Attribute() if _DEVICE.fullmatch(last_name(given[0]) or ""):
            return given[0]
    return None
