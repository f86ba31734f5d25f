"""A time that is taken before the GPU has done the work.

What it does
    Finds differences of ``time.time()``, ``time.perf_counter()`` and their like around calls of a module that was moved
    to a GPU, where nothing in between waits for it.

Why
    A call of a module tells the GPU what to do, and comes back. Without ``torch.cuda.synchronize()`` before the clock
    is read, the time is that of the telling: a benchmark shows networks many times as fast as they are, and what stands
    behind it, and does wait, as slow.

Example
    ``start = time.time(); y = model(x); print(time.time() - start)``.

Fix safety
    ``torch.cuda.synchronize()`` is put before the clock is read: unsafe, as the program waits there.

What it misses
    Work in functions of the program, which may wait, and models that a function is given.

Source
    PyTorch's notes on CUDA, "Asynchronous execution" ("time measurements without synchronizations are not accurate").
    It cannot be shown by running without a GPU.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.code.timings import unsynchronized_timings
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.timings import Timing
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC805",
    slug="unsynchronized-timing",
    since="0.1.0",
    message="a time that is taken before the GPU has done the work",
    triggers=(Trigger(Sign.WORD, frozenset({"time", "perf_counter", "monotonic", "time_ns", "perf_counter_ns"})),),
    fix=Applicability.UNSAFE,
)

_SHORT = Effect(EffectKind.SILENT, "the time is that of telling the GPU what to do")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every clock that is read too early."""
    for each in unsynchronized_timings(facts):
        work, place = facts.story.text(each.work), facts.source.place(facts.layout.span(each.work))
        text = f"the GPU may not be done with `{work}` when the clock is read: nothing waits for it"
        related = (
            Related("start", "the time starts here", facts.source.place(facts.layout.span(each.start))),
            Related("work", "the GPU is told to do this", place),
        )
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _SHORT, related, _fix(facts, each))


def _fix(facts: Facts, timing: Timing) -> Fix | None:
    wait = facts.spelling.of("torch.cuda.synchronize", timing.at)
    edits = facts.layout.before(facts.layout.statement(timing.at), f"{wait.text}()") if wait else None
    return Fix(Applicability.UNSAFE, "Wait for the GPU", (*edits, *wait.edits)) if edits and wait else None


EXAMPLES = (
    Example(
        "one call",
        """
import time
import torch

model = torch.nn.Linear(4096, 4096).cuda()
x = torch.ones(4096, 4096, device="cuda")
start = time.perf_counter()
for _ in range(100):
    y = model(x)
elapsed = ⟦time.perf_counter()⟧ - start
""",
        Certainty.LIKELY,
        fixed="""
import time
import torch

model = torch.nn.Linear(4096, 4096).cuda()
x = torch.ones(4096, 4096, device="cuda")
start = time.perf_counter()
for _ in range(100):
    y = model(x)
torch.cuda.synchronize()
elapsed = time.perf_counter() - start
""",
    ),
    Example(
        "after a wait, or of the CPU",
        """
import time
import torch

model = torch.nn.Linear(4096, 4096).cuda()
x = torch.ones(4096, 4096, device="cuda")
start = time.perf_counter()
total = model(x).sum().item()
elapsed = time.perf_counter() - start

other = torch.nn.Linear(8, 8)
start = time.perf_counter()
y = other(torch.ones(8, 8))
elapsed = time.perf_counter() - start
""",
    ),
)
