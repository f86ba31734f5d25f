"""A tensor that is made on the CPU and moved to a device at once.

What it does
    Finds ``torch.zeros(...).to(device)`` and ``torch.randn(...).cuda()``, and the like of other factories.

Why
    The tensor is filled in the memory of the CPU, and the program waits until it is copied: with ``device=`` it is
    filled where it is needed.

Example
    ``mask = torch.ones(size, size).to(device)``.

Fix safety
    ``device=`` is given to the factory: safe where the values are the same; unsafe for random numbers, which each
    device draws from a generator of its own, and for sequences, which devices may round in another way.

What it misses
    Devices under other names, and tensors that are moved by another statement, or after an operation.

Source
    PyTorch's Performance Tuning Guide, "Create tensors directly on the target device"; the examples run and count the
    copies to another device.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Span
from torchlint.model.code.device_moves import device_moves
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.device_moves import DeviceMove
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC809",
    slug="create-then-move",
    since="0.1.0",
    message="a tensor that is made on the CPU and moved to a device at once",
    triggers=(Trigger(Sign.WORD, frozenset({"to", "cuda"})),),
    default=False,
    fix=Applicability.SAFE,
    topics=frozenset({Topic.PERFORMANCE}),
)

_COPIES = Effect(EffectKind.SLOW, "it is filled by the CPU, and copied while the program waits")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every tensor that could be made where it is moved to."""
    for each in device_moves(facts):
        device = facts.layout.text(each.device) if each.device is not None else '"cuda"'
        made = facts.story.text(each.factory.func)
        text = f"`{made}` fills memory of the CPU, to be copied: with `device={device}` it fills that of the device"
        span = facts.layout.span(each.at)
        fix = _fix(facts, each, f"device={device}")
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _COPIES, (), fix)


def _fix(facts: Facts, move: DeviceMove, keyword: str) -> Fix | None:
    made, moved = facts.layout.whole(move.factory), facts.layout.span(move.at)
    if b"#" in facts.source.data[made.end : moved.end] or made.start != moved.start:
        return None
    edits = facts.layout.add_keyword(move.factory, keyword), facts.layout.edit(Span(made.end, moved.end), "")
    applicability = Applicability.SAFE if move.is_exact else Applicability.UNSAFE
    return Fix(applicability, "Make it on the device", edits)


_COUNTED = """
from torch.utils._python_dispatch import TorchDispatchMode

class Copies(TorchDispatchMode):
    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        Copies.count += func is torch.ops.aten._to_copy.default
        return func(*args, **(kwargs or {}))

with Copies():
    made(3, torch.device("meta"))
fault = Copies.count > 0
"""

EXAMPLES = (
    Example(
        "a mask",
        """
import torch

def made(size, device):
    return ⟦torch.ones(size, size).to(device)⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch

def made(size, device):
    return torch.ones(size, size, device=device)
""",
        proof=_COUNTED,
    ),
    Example(
        "noise",
        """
import torch

def made(size, device):
    return torch.zeros(size, device=device) + ⟦torch.randn(size).to(device=device)⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch

def made(size, device):
    return torch.zeros(size, device=device) + torch.randn(size, device=device)
""",
        proof=_COUNTED,
    ),
    Example(
        "made there, or of another dtype only",
        """
import torch

def made(size, device):
    here = torch.ones(size).to("cpu") + torch.ones(size).to(torch.float64)
    return torch.ones(size, size, device=device)
""",
    ),
)
