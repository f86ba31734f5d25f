"""A collective of all processes that only some of them come to.

What it does
    Finds ``barrier``, ``all_reduce``, ``broadcast`` and other collectives of ``torch.distributed`` under a condition
    like ``if rank == 0:``, where the other processes have no such call.

Why
    A collective waits for all processes. Those that never come leave the others waiting until the timeout, or meet them
    in the next collective, with another tensor.

Example
    ``if rank == 0: dist.all_reduce(loss)``.

Fix safety
    No fix: the call belongs before the condition, or under the other branch as well.

What it misses
    Conditions of which it is not seen that they are about the process, and branches that leave their function.

Source
    torch.distributed, "Collective functions"; the examples run in two processes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.collectives import partial_collectives
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC806",
    slug="partial-collective",
    since="0.1.0",
    message="a collective of all processes that only some of them come to",
    triggers=(Trigger(Sign.WORD, frozenset({"distributed"})),),
)

_WAITS = Effect(EffectKind.RAISES, "the processes that call it wait for the others until the timeout")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every collective that waits for processes which never come."""
    for each in partial_collectives(facts):
        test = facts.story.text(each.test)
        text = f"`{each.name}` waits for all processes, and `{test}` lets only some come here"
        yield RULE.finding_at(facts.source, facts.layout.span(each.at), text, Certainty.LIKELY, _WAITS)


_PROOF = """
import multiprocessing
import os
import tempfile
from datetime import timedelta

def process(rank, path):
    dist.init_process_group("gloo", f"file://{path}", timedelta(seconds=20), 2, rank)
    try:
        average(torch.ones(1), rank)
    except RuntimeError:
        os._exit(1)
    os._exit(0)

with tempfile.TemporaryDirectory() as folder:
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=process, args=(rank, f"{folder}/store")) for rank in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
fault = any(each.exitcode for each in both)
"""

EXAMPLES = (
    Example(
        "a sum for the log",
        """
import torch
import torch.distributed as dist

def average(loss, rank):
    if rank == 0:
        ⟦dist.all_reduce(loss)⟧
        print(loss / 2)
""",
        Certainty.LIKELY,
        proof=_PROOF,
    ),
    Example(
        "all take part, or each has a call of its own",
        """
import torch
import torch.distributed as dist

def average(loss, rank):
    dist.all_reduce(loss)
    if rank != 0:
        dist.barrier()
    print(loss / 2)
    if rank == 0:
        dist.barrier()
""",
        proof=_PROOF,
    ),
)
