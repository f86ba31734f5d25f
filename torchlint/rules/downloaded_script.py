"""A TorchScript program that was just downloaded.

What it does
    Finds ``torch.jit.load`` of a file that the same function, or the module, downloads: by ``torch.hub``, ``urllib``,
    ``huggingface_hub``, ``wget`` or ``gdown``.

Why
    A TorchScript file is a program, not weights: it computes what its author wrote, with all operations of PyTorch,
    those that read and write files included.

Example
    ``torch.jit.load(hf_hub_download("owner/model", "model.pt"))``.

Fix safety
    There is no fix: weights alone need the class of the model.

What it misses
    Files that other functions download.

Source
    The security policy of PyTorch, which calls models programs; a download cannot be shown by running an example.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.downloads import is_downloaded
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC915",
    slug="downloaded-script",
    since="0.1.0",
    message="a TorchScript program that was just downloaded",
    triggers=(Trigger(Sign.REFERENCE, frozenset({"torch.jit.load"})),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every script whose download is seen."""
    for call in facts.references.calls("torch.jit.load"):
        if call.args and is_downloaded(facts, facts.layout, call.args[0]):
            text = "this was downloaded just before, and a TorchScript file is a program"
            effect = Effect(EffectKind.INSECURE, "it may do whatever operations of PyTorch can do")
            yield RULE.finding_at(facts.source, facts.layout.span(call.args[0]), text, Certainty.ADVICE, effect)


EXAMPLES = (
    Example(
        "two downloads",
        """
import torch
from huggingface_hub import hf_hub_download

def build(url, path):
    torch.hub.download_url_to_file(url, path)
    one = torch.jit.load(⟦path⟧)
    return one, torch.jit.load(⟦hf_hub_download("owner/model", "model.pt")⟧)
""",
        Certainty.ADVICE,
    ),
    Example(
        "a file",
        """
import torch

def build(path):
    return torch.jit.load(path), torch.jit.load("model.pt")
""",
    ),
)
