"""An embedding with ``max_norm`` that is called while a backward still needs its weight.

What it does
    Finds ``nn.Embedding(..., max_norm=...)`` and ``nn.EmbeddingBag(..., max_norm=...)`` whose weight was used by an
    operation that keeps it, and that are called before the backward of that operation.

Why
    With ``max_norm`` each call first renormalises the rows that it looks up, in place, in the weight itself. PyTorch
    counts that as a change even if no row was too long: the backward raises.

Example
    An output layer tied to the embedding: ``embedding.weight @ h`` first, ``embedding(ids)`` after it.

Fix safety
    ``embedding.weight.clone()`` in the operation that kept the weight: safe, for values and gradients are the same; it
    costs a copy. Of a tied ``nn.Linear``, ``F.linear(h, layer.weight.clone(), layer.bias)`` in the place of its call:
    unsafe, as hooks of the layer do not run then.

What it misses
    Embeddings whose ``max_norm`` is not known to be set, and weights that another name ties to a layer.

Source
    torch.nn.functional.embedding ("modifies the weight tensor in-place"); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.model.autograd.faults import MODIFIED, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.autograd.tensor import How
from torchlint.model.fixes.clone_saved import kept_copy, kept_weight
from torchlint.model.report.story import is_by
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC204",
    slug="max-norm-embedding",
    since="0.1.0",
    message="an embedding renormalises its weight, which a pending backward needs",
    triggers=GRADIENTS,
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every call of an embedding that makes a backward raise."""
    story = facts.story
    for found in story.everywhere(Kind.SAVED):
        fault = found.fault
        if is_by(fault, How.RENORM):
            text = f"this call renormalises {story.kept(fault)} in place (`max_norm`), which {story.keeping(fault)}"
            yield RULE.telling(story, found, text, story.raises(fault), fix=_fix(facts, fault))


def _fix(facts: Facts, fault: Fault) -> Fix | None:
    """A copy of what is kept, else of the weight."""
    if not facts.layout.owns(fault.at):
        return None
    fix = kept_copy(facts.layout, facts.rehearsal, fault, Applicability.SAFE)
    return fix if fix is not None else kept_weight(facts.layout, facts.spelling, facts.rehearsal, fault)


EXAMPLES = (
    Example(
        "the weight is used first",
        """
import torch
from torch import nn

embedding = nn.Embedding(5, 3, max_norm=1.0)
other = torch.randn(2, 3, requires_grad=True)
ids = torch.tensor([1, 2])
scores = embedding.weight @ other.t()
vectors = ⟦embedding(ids)⟧
(scores.sum() + vectors.sum()).backward()
""",
        fixed="""
import torch
from torch import nn

embedding = nn.Embedding(5, 3, max_norm=1.0)
other = torch.randn(2, 3, requires_grad=True)
ids = torch.tensor([1, 2])
scores = embedding.weight.clone() @ other.t()
vectors = embedding(ids)
(scores.sum() + vectors.sum()).backward()
""",
        raises=MODIFIED,
    ),
    Example(
        "called first, or a copy of the weight",
        """
import torch
from torch import nn

embedding = nn.Embedding(5, 3, max_norm=1.0)
other = torch.randn(2, 3, requires_grad=True)
ids = torch.tensor([1, 2])
vectors = embedding(ids)
scores = embedding.weight.clone() @ other.t()
again = embedding(ids)
(scores.sum() + vectors.sum() + again.sum()).backward()
""",
        proof="fault = embedding.weight.grad is None",
    ),
)
