"""A meeting point of processes at an address that everybody can reach.

What it does
    Finds ``tcp://`` addresses of ``init_process_group`` and of remote calls, hosts of ``TCPStore``, and a
    ``MASTER_ADDR`` of the environment, that are public or all addresses of the machine (``0.0.0.0``).

Why
    Nothing there is encrypted, nobody has to say who he is, and remote calls and collectives of objects run code:
    PyTorch is made for networks that nobody else reaches.

Example
    ``dist.init_process_group("nccl", init_method="tcp://0.0.0.0:23456", ...)``.

Fix safety
    There is no fix: which address is the right one is not known.

What it misses
    Names of hosts, and addresses that are no plain strings.

Source
    The security policy of PyTorch; who reaches an address cannot be shown by running.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.open_addresses import open_addresses
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts


RULE = Rule(
    code="TLC914",
    slug="open-rendezvous",
    since="0.1.0",
    message="a meeting point of processes at an address that everybody can reach",
    triggers=(Trigger(Sign.REFERENCE, frozenset({"torch.distributed"})),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every constant address that is open."""
    for given, host in open_addresses(facts, facts.references):
        text = f"whoever reaches {host} can join these processes, and unpickled objects run code"
        effect = Effect(EffectKind.INSECURE, "PyTorch neither encrypts nor asks who is there")
        yield RULE.finding_at(facts.source, facts.layout.span(given), text, Certainty.ADVICE, effect)


EXAMPLES = (
    Example(
        "all addresses of the machine",
        """
import os
import torch.distributed as dist
import torch.distributed.rpc as rpc

def begin(rank, size):
    os.environ["MASTER_ADDR"] = ⟦"0.0.0.0"⟧
    dist.init_process_group("gloo", ⟦"tcp://0.0.0.0:23456"⟧, rank=rank, world_size=size)
    options = rpc.TensorPipeRpcBackendOptions(init_method=⟦"tcp://8.8.8.8:29500"⟧)
    return options, dist.TCPStore(⟦"0.0.0.0"⟧, 29500, size, rank == 0)
""",
        Certainty.ADVICE,
    ),
    Example(
        "its own, and private ones",
        """
import os
import torch.distributed as dist

def begin(rank, size, master):
    os.environ["MASTER_ADDR"] = "127.0.0.1"
    dist.init_process_group("gloo", "tcp://10.1.1.20:23456", rank=rank, world_size=size)
    dist.init_process_group("gloo", f"tcp://{master}:23456", rank=rank, world_size=size)
    return dist.TCPStore("localhost", 29500, size, rank == 0)
""",
    ),
)
