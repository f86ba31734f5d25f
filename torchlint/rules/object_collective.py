"""Any objects that processes send each other.

What it does
    Finds ``all_gather_object``, ``gather_object``, ``broadcast_object_list``, ``scatter_object_list``,
    ``send_object_list`` and ``recv_object_list`` of ``torch.distributed``.

Why
    What comes is unpickled, which runs code that the sender chooses. That is fine among one's own processes in a
    network that nobody else reaches, and nowhere else.

Example
    ``dist.all_gather_object(results, mine)``.

Fix safety
    There is no fix: tensors, which are not pickled, need sizes that are known on both sides.

What it misses
    Collectives through other packages, and remote calls, which run code by design.

Source
    The documents of ``torch.distributed``, which warn of this; the example runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_NAMES = "all_gather_object gather_object broadcast_object_list scatter_object_list send_object_list recv_object_list"
_COLLECTIVES = frozenset(f"torch.distributed.{name}" for name in _NAMES.split(" "))

RULE = Rule(
    code="TLC913",
    slug="object-collective",
    since="0.1.0",
    message="any objects that processes send each other",
    triggers=(Trigger(Sign.REFERENCE, _COLLECTIVES),),
    default=False,
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every collective of objects."""
    for reference in facts.references.of(_COLLECTIVES):
        if reference.call is not None:
            name = reference.name.rpartition(".")[2]
            text = f"`{name}` unpickles what comes from other processes, who thereby run code here"
            effect = Effect(EffectKind.INSECURE, "whoever reaches the process group may run any code")
            yield RULE.finding_at(facts.source, facts.layout.span(reference.node), text, Certainty.ADVICE, effect)


EXAMPLES = (
    Example(
        "code that comes along",
        """
import torch
import torch.distributed as dist

class Greeting:
    def __reduce__(self):
        return list, (("ran",),)

dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
received = [None]
⟦dist.all_gather_object⟧(received, Greeting())
dist.destroy_process_group()
""",
        Certainty.ADVICE,
        proof='fault = received == [["ran"]]',
    ),
    Example(
        "tensors",
        """
import torch
import torch.distributed as dist

dist.init_process_group("gloo", store=dist.HashStore(), rank=0, world_size=1)
received = [torch.zeros(2)]
dist.all_gather(received, torch.ones(2))
dist.destroy_process_group()
""",
        proof="fault = received[0].tolist() != [1, 1]",
    ),
)
