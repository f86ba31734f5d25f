"""The result of an out-of-place tensor operation thrown away.

What it does
    Finds statements that are nothing but an operation on a known tensor which changes no argument, such as
    ``mask.masked_fill(pad, 0)``, ``x.to(device)`` or ``F.relu(x)``.

Why
    Operations without a trailing underscore return a new tensor. Where nobody keeps it the statement does nothing: the
    padding stays unmasked, the tensor on its device, the graph uncut. PyTorch says nothing.

Example
    ``x.clamp(0, 1)`` as a statement leaves ``x`` as it was.

Fix safety
    ``x = x.op(...)`` is what is usually meant, and it changes what the program computes, so the fix is unsafe. It is
    offered where ``x`` is a plain name that is read afterwards and the statement stands on one line.

What it misses
    Values that nothing shows to be tensors, such as an argument without annotation that could move itself, calls that
    pass ``out=`` or ``inplace=`` through variables, and in-place variants that were meant for somebody else's tensor.
    Silent on purpose: what is timed, profiled, or tried out to see whether it raises, the last expression of a notebook
    cell, and operations on values that the function does not look at again.

Source
    The names of the operations are measured on PyTorch (``model/api/torch_names.py``); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Fix, Span
from torchlint.model.api.torch_names import PURE_METHODS, TENSOR_FUNCTIONS
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.discarded import Discarded
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC207",
    slug="discarded-result",
    since="0.1.0",
    message="the result of an out-of-place tensor operation thrown away",
    triggers=(Trigger(Sign.DISCARDED_CALL, PURE_METHODS | {name.rpartition(".")[2] for name in TENSOR_FUNCTIONS}),),
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every statement that computes a tensor and drops it."""
    if not any(Sign.DISCARDED_CALL in region.signs for region in facts.outline.regions):
        return
    from torchlint.model.code.discarded import discarded

    for found in discarded(facts, Sign.DISCARDED_CALL):
        yield _finding(found)


def _finding(found: Discarded) -> Finding:
    region = found.scope.region
    operation = region.code(found.call.func)
    if "\n" in operation or "(" in operation:  # a chain of calls
        operation = f"….{operation.rpartition('.')[2]}"
    text = f"`{operation}(...)` returns a new tensor, which is thrown away"
    if found.subject is not None:
        text += f": `{region.code(found.subject)}` stays as it was"
    effect = Effect(EffectKind.SILENT, "the operation changes nothing")
    return RULE.finding(region, found.call, text, Certainty.CERTAIN, effect, (), _fix(found))


def _fix(found: Discarded) -> Fix | None:
    """Keep the result under the name of the tensor."""
    region = found.scope.region
    place = region.place(found.call)
    alone = found.site.line is not None and len(found.site.line.body) == 1
    if found.rebinds is None or not alone or place.line != place.end_line:
        return None
    start = region.span(found.site.node).start
    edit = region.edit(Span(start, start), f"{found.rebinds} = ")
    return Fix(Applicability.UNSAFE, f"Assign the result to `{found.rebinds}`", (edit,))


EXAMPLES = (
    Example(
        "a mask that masks nothing",
        """
import torch

def masked(scores, padding):
    scores = torch.softmax(scores, dim=-1)
    ⟦scores.masked_fill(padding, 0.0)⟧
    return scores
""",
        fixed="""
import torch

def masked(scores, padding):
    scores = torch.softmax(scores, dim=-1)
    scores = scores.masked_fill(padding, 0.0)
    return scores
""",
        proof="fault = bool(masked(torch.ones(2), torch.tensor([True, False]))[0] != 0)",
    ),
    Example(
        "in a module's forward",
        """
import torch.nn.functional as F
from torch import nn

class Head(nn.Module):
    def forward(self, x):
        ⟦x.unsqueeze(0)⟧
        ⟦F.relu(x)⟧
        return x
""",
        fixed="""
import torch.nn.functional as F
from torch import nn

class Head(nn.Module):
    def forward(self, x):
        x = x.unsqueeze(0)
        x = F.relu(x)
        return x
""",
        proof="""
import torch
y = Head()(torch.tensor([-1.0]))
fault = y.dim() == 1 and bool(y.min() < 0)
""",
    ),
    Example(
        "a hidden state that stays in the graph",
        """
import torch

def run(steps: int, weight: torch.Tensor, state: torch.Tensor):
    for _ in range(steps):
        ⟦state.detach()⟧
        state = torch.tanh(state * weight)
        state.sum().backward()
""",
        fixed="""
import torch

def run(steps: int, weight: torch.Tensor, state: torch.Tensor):
    for _ in range(steps):
        state = state.detach()
        state = torch.tanh(state * weight)
        state.sum().backward()
""",
        proof="""
try:
    run(2, torch.ones(2, requires_grad=True), torch.ones(2))
    fault = False
except RuntimeError:
    fault = True
""",
    ),
    Example(
        "parameters that are never clipped",
        """
import torch
from torch import nn

def clip(model: nn.Module, limit: float):
    for parameter in model.parameters():
        ⟦parameter.clamp(-limit, limit)⟧
""",
        proof="""
layer = nn.Linear(1, 1)
nn.init.constant_(layer.weight, 3.0)
clip(layer, 1.0)
fault = layer.weight.item() == 3.0
""",
    ),
    Example(
        "in place, kept, given a place, or no tensor",
        """
import torch
import torch.nn.functional as F
from torch import nn

def step(x: torch.Tensor, out: torch.Tensor, model: nn.Module, names: set):
    x.clamp_(0, 1)
    F.relu(x, inplace=True)
    torch.add(x, 1, out=out)
    model.to(x.device)
    names.add("x")
    x = x.clamp(0, 1)
    return x
""",
        proof="""
out = torch.zeros(1)
fault = step(torch.tensor([3.0]), out, nn.Linear(1, 1), set()).item() != 1.0 or out.item() != 2.0
""",
    ),
    Example(
        "timed, or tried out",
        """
import time
import torch

def seconds(x: torch.Tensor) -> float:
    start = time.perf_counter()
    x.matmul(x)
    return time.perf_counter() - start

def fits(x: torch.Tensor, y: torch.Tensor) -> bool:
    try:
        x.matmul(y)
        return True
    except RuntimeError:
        return False
""",
        proof="fault = seconds(torch.ones(2, 2)) < 0 or fits(torch.ones(2), torch.ones(3))",
    ),
)
