"""A transfer between processes that nobody waits for.

What it does
    Finds ``isend``, ``irecv`` and collectives with ``async_op=True`` whose result is thrown away.

Why
    They return at once, and what they return tells when they are done. Until then the tensor holds what it held before,
    or part of both, and one that is sent must not be changed.

Example
    ``dist.irecv(tensor, src=1)`` as a statement.

Fix safety
    ``.wait()`` behind the call: unsafe, as the processes may have to do something else before.

What it misses
    Results that are kept and not waited for, and functions that wait for something else.

Source
    torch.distributed, "Point-to-point communication"; the examples run in two processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.collectives import unwaited_transfers
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.collectives import UnwaitedTransfer
    from torchlint.model.facts import Facts

_WORDS = frozenset({"isend", "irecv", "batch_isend_irecv", "async_op"})

RULE = Rule(
    code="TLC807",
    slug="unwaited-transfer",
    since="0.1.0",
    message="a transfer between processes that nobody waits for",
    triggers=(Trigger(Sign.WORD, _WORDS),),
    fix=Applicability.UNSAFE,
)

_EARLY = Effect(EffectKind.SILENT, "the tensor may not have arrived, or may be changed before it is sent")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every transfer whose end nobody hears of."""
    for each in unwaited_transfers(facts):
        text = f"`{each.name}` returns before it is done, and nothing waits for what it returns"
        span = facts.layout.span(each.at)
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _EARLY, (), _fix(facts, each))


def _fix(facts: Facts, transfer: UnwaitedTransfer) -> Fix | None:
    if transfer.name.startswith("batch"):
        return None
    edit = facts.layout.insert(facts.layout.whole(transfer.at).end, ".wait()")
    return Fix(Applicability.UNSAFE, "Wait for it", (edit,))


_PROOF = """
import multiprocessing
import os
import tempfile
import time

def process(rank, path):
    dist.init_process_group("gloo", f"file://{path}", None, 2, rank)
    tensor = torch.zeros(1)
    if rank == 0:
        receive(tensor)
        os._exit(int(tensor.item() == 0))
    time.sleep(0.5)
    try:
        dist.send(tensor + 1, 0)
    finally:
        os._exit(0)

with tempfile.TemporaryDirectory() as folder:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=process, args=(rank, f"{folder}/store")) for rank in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
fault = both[0].exitcode == 1
"""

EXAMPLES = (
    Example(
        "read at once",
        """
import torch
import torch.distributed as dist

def receive(tensor):
    ⟦dist.irecv(tensor, src=1)⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch
import torch.distributed as dist

def receive(tensor):
    dist.irecv(tensor, src=1).wait()
""",
        proof=_PROOF,
    ),
    Example(
        "waited for",
        """
import torch
import torch.distributed as dist

def receive(tensor):
    request = dist.irecv(tensor, src=1)
    request.wait()
""",
        proof=_PROOF,
    ),
)
