"""An evaluation that keeps the graphs of its results, which no backward uses.

What it does
    Finds lists and sums to which a loop adds results of a module in evaluation mode together with their graphs, where
    no backward comes after.

Why
    ``model.eval()`` does not switch gradients off. Each result keeps its graph alive, and the graph what all layers
    have saved for backward: memory grows with each batch, until there is no more. A graph that nothing keeps only costs
    the time to build it.

Example
    ``model.eval()``, then ``total += criterion(model(x), y)`` for each batch, without ``torch.no_grad()``.

Fix safety
    No fix yet: the loop belongs under ``torch.no_grad()``, or the function that has it.

What it misses
    Graphs that are kept in any other way. In a function that nothing seen calls it is advice: the caller may have
    switched gradients off.

Source
    torch.nn.Module.eval; "Locally disabling gradient computation" in PyTorch's notes on autograd; the examples run.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.interpreter.events import Backward, Kept, ModeDoubt, ModeSwitch, ModuleCall
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

_EVAL = frozenset({"eval"})

RULE = Rule(
    code="TLC505",
    slug="eval-without-no-grad",
    since="0.1.0",
    message="an evaluation that keeps graphs which no backward uses",
    triggers=(Trigger(Sign.PROGRAM_CALL, _EVAL), Trigger(Sign.PROGRAM_RECORD, _EVAL)),
)

_GROWS = Effect(EffectKind.SILENT, "the graph of each iteration is kept: memory grows")


@dataclass(frozen=True, slots=True)
class _Held:
    """Something is kept with its graph, which comes from a ``call`` of a module in evaluation mode."""

    at: ast.AST
    written: ast.AST = field(compare=False)
    call: ast.AST = field(compare=False)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every sum or list of results of an evaluation with their graphs."""
    story = facts.story
    for found in story.seen(_held):
        if story.reads_gradients():
            return
        call = found.what.call
        made = f"`{story.text(call)}` at {story.line(call, found.what.at)} records, as `eval()` does not switch it off"
        text = f"`{story.text(found.what.written)}` is kept together with its graph, which {made}"
        related = Related("use", "the graph is recorded here", story.place(call))
        certainty = Certainty.ADVICE if found.is_entry else Certainty.LIKELY
        yield RULE.seeing(story, found, text, _GROWS, (related,), None, certainty)


def _held(events: Sequence[Event]) -> Iterator[_Held]:
    evaluating: set[int] = set()
    recorded: ast.AST | None = None
    held: set[_Held] = set()
    for event in events:
        match event:
            case ModeSwitch(trains=trains, modules=modules):
                evaluating = evaluating - modules if trains else evaluating | modules
            case ModeDoubt(modules=modules):
                evaluating = evaluating - modules if modules is not None else set()
            case ModuleCall(module=module, is_recorded=True) if module in evaluating:
                recorded = event.at
            case Kept() if recorded is not None:
                held.add(_Held(event.at, event.written, recorded))
            case Backward():
                recorded = None
                held.clear()
    yield from held


EXAMPLES = (
    Example(
        "a sum of losses",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2))
batches = [(torch.randn(4, 3), torch.randn(4, 2))] * 3
model.eval()
total = 0
for x, y in batches:
    ⟦total += F.mse_loss(model(x), y)⟧
print(total / len(batches))
""",
        Certainty.LIKELY,
        proof="fault = total.grad_fn is not None",
    ),
    Example(
        "a list, in a function",
        """
import torch
from torch import nn

def predict(model, batches):
    model.eval()
    outputs = []
    for x in batches:
        ⟦outputs.append(model(x))⟧
    return outputs

model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2))
outputs = predict(model, [torch.randn(4, 3)] * 3)
""",
        Certainty.LIKELY,
        proof="fault = outputs[0].grad_fn is not None",
    ),
    Example(
        "without gradients, numbers alone, or for a backward",
        """
import torch
import torch.nn.functional as F
from torch import nn

model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5), nn.Linear(4, 2))
batches = [(torch.randn(4, 3), torch.randn(4, 2))] * 3
model.eval()
total = penalty = 0
kept = []
with torch.no_grad():
    for x, y in batches:
        total += F.mse_loss(model(x), y)
for x, y in batches:
    total += F.mse_loss(model(x), y).item()
    kept.append(model(x).detach())
for x, y in batches:
    penalty += model(x).square().mean()
penalty.backward()
""",
        proof="fault = total.grad_fn is not None or kept[0].grad_fn is not None",
    ),
)
