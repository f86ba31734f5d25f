"""Evaluation under ``no_grad`` that could use ``inference_mode``.

What it does
    Finds ``with torch.no_grad():`` and ``@torch.no_grad()`` around code that only evaluates - by the name of its
    function, or after ``.eval()`` - and whose tensors do not leave it: what it returns or stores are numbers.

Why
    ``torch.inference_mode()`` (since PyTorch 1.9) does without version counters and the bookkeeping of views as well,
    which small operations notice. Its tensors cannot be used for training afterwards, so it fits where only numbers
    leave.

Example
    A loop over a test set that counts correct predictions with ``.item()``.

Fix safety
    ``inference_mode`` instead of ``no_grad`` gives the same values, but a module that keeps a tensor of its own during
    the forward (a cache) would keep an inference tensor, which a later training step refuses. Whether it does is not
    seen: unsafe. Off by default.

What it misses
    Blocks whose tensors are returned or read afterwards, and grad modes switched by ``set_grad_enabled``.

Source
    "Inference mode" in the notes of torch.autograd; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.fixes.replace_mode import INFERENCE, swapped
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC503",
    slug="prefer-inference-mode",
    since="0.1.0",
    message="evaluation under `no_grad` that could use `inference_mode`",
    triggers=(Trigger(Sign.WORD, frozenset({"no_grad"})),),
    default=False,
    fix=Applicability.UNSAFE,
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.PERFORMANCE}),
)

_SINCE = (1, 9)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every ``no_grad`` around an evaluation that only gives numbers."""
    if facts.target_version is not None and facts.target_version < _SINCE:
        return
    text = "only numbers leave this evaluation: `torch.inference_mode()` does with less bookkeeping than `no_grad`"
    for node in facts.evaluations:
        effect = Effect(EffectKind.SLOW, "version counters and views are tracked for nothing")
        edits = swapped(facts.layout, facts.spelling, node, INFERENCE)
        fix = Fix(Applicability.UNSAFE, "Use `inference_mode`", edits) if edits else None
        yield RULE.finding_at(facts.source, facts.story.span(node), text, Certainty.ADVICE, effect, (), fix)


EXAMPLES = (
    Example(
        "counting correct predictions",
        """
import torch

def evaluate(model, loader):
    model.eval()
    correct = total = 0
    with ⟦torch.no_grad()⟧:
        for x, y in loader:
            prediction = model(x).argmax(1)
            correct += (prediction == y).sum().item()
            total += y.size(0)
    return correct / total
""",
        Certainty.ADVICE,
        fixed="""
import torch

def evaluate(model, loader):
    model.eval()
    correct = total = 0
    with torch.inference_mode():
        for x, y in loader:
            prediction = model(x).argmax(1)
            correct += (prediction == y).sum().item()
            total += y.size(0)
    return correct / total
""",
        proof="""
from torch import nn

modes = []
model = nn.Linear(2, 2)
model.register_forward_hook(lambda *_: modes.append(torch.is_inference_mode_enabled()))
evaluate(model, [(torch.ones(1, 2), torch.ones(1))])
fault = modes == [False]
""",
    ),
    Example(
        "a decorator",
        """
import torch

@⟦torch.no_grad()⟧
def validate(model, loader):
    losses = []
    for x, y in loader:
        losses.append(torch.nn.functional.mse_loss(model(x), y).item())
    return {"loss": sum(losses) / len(losses)}
""",
        Certainty.ADVICE,
        fixed="""
import torch

@torch.inference_mode()
def validate(model, loader):
    losses = []
    for x, y in loader:
        losses.append(torch.nn.functional.mse_loss(model(x), y).item())
    return {"loss": sum(losses) / len(losses)}
""",
    ),
    Example(
        "tensors that leave, training, and what does not evaluate",
        """
import torch

@torch.no_grad()
def predict(model, x):
    return model(x)

def evaluate(model, loader):
    outputs = []
    with torch.no_grad():
        for x in loader:
            outputs.append(model(x))
    return torch.cat(outputs)

def train(model, loader, optimizer):
    for x in loader:
        with torch.no_grad():
            target = model(x)
        loss = (model(x) - target).sum()
        loss.backward()
        optimizer.step()
""",
        proof="fault = torch.is_inference(predict(torch.exp, torch.ones(1)))",
    ),
)
