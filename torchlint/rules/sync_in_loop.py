"""A value that a training loop reads back from the device in each iteration.

What it does
    Finds ``.item()``, ``.cpu()``, ``.tolist()`` and ``.numpy()``, and ``print``, ``float`` and formatting of a loss,
    which every iteration of a training loop comes to, in programs that name another device than the CPU.

Why
    A GPU works on what it was told while the program goes on to tell it more. To read a value the program has to wait
    until everything before is done, and the GPU then waits for the program.

Example
    ``total += loss.item()`` for each batch.

Fix safety
    No fix: ``total += loss.detach()`` adds on the device, to be read once behind the loop; ``if step % 100 == 0:``
    reads seldom.

What it misses
    Conditions on tensors, reads in functions that the loop calls, and loops in which no backward is seen.

Source
    PyTorch's Performance Tuning Guide, "Avoid unnecessary CPU-GPU synchronization"; the examples run and count the
    reads, which each are a wait on a GPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.code.synchronizations import synchronizations
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC808",
    slug="sync-in-loop",
    since="0.1.0",
    message="a value that a training loop reads back from the device in each iteration",
    triggers=(Trigger(Sign.WORD, frozenset({"backward"})),),
    default=False,
    topics=frozenset({Topic.PERFORMANCE}),
)

_WAITS = Effect(EffectKind.SLOW, "the program waits for the device, and the device then for the program")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every read in an iteration of a training loop."""
    for each in synchronizations(facts):
        loop = facts.source.place(facts.layout.span(each.loop))
        text = f"`{facts.story.text(each.at)}` waits in each iteration until the device has computed it"
        related = (Related("loop", "the training loop", loop),)
        yield RULE.finding_at(facts.source, facts.layout.span(each.at), text, Certainty.LIKELY, _WAITS, related)


_COUNTED = """
from torch.utils._python_dispatch import TorchDispatchMode

class Reads(TorchDispatchMode):
    count = 0

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        Reads.count += func is torch.ops.aten._local_scalar_dense.default
        return func(*args, **(kwargs or {}))

model = torch.nn.Linear(2, 1)
batches = [torch.ones(4, 2)] * 10
with Reads():
    train(model, batches, torch.optim.SGD(model.parameters(), lr=0.1), "cpu")
fault = Reads.count >= 10
"""

EXAMPLES = (
    Example(
        "a sum of losses",
        """
import torch

def train(model, batches, optimizer, device):
    total = 0.0
    for x in batches:
        loss = model(x.to(device)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += ⟦loss.item()⟧
    return total
""",
        Certainty.LIKELY,
        proof=_COUNTED,
    ),
    Example(
        "each loss on the screen",
        """
import torch

def train(model, batches, optimizer, device):
    for step, x in enumerate(batches):
        loss = model(x.to(device)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        print(⟦f"{step}: {loss}"⟧)
""",
        Certainty.LIKELY,
        proof=_COUNTED,
    ),
    Example(
        "on the device, and seldom",
        """
import torch

def train(model, batches, optimizer, device):
    total = torch.zeros((), device=device)
    for step, x in enumerate(batches):
        loss = model(x.to(device)).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.detach()
        if step % 5 == 0:
            print(loss.item())
    return total.item()
""",
        proof=_COUNTED,
    ),
)
