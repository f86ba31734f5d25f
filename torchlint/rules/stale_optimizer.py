"""An optimizer that was made for parameters which the program replaces afterwards.

What it does
    Finds attributes, items and names of modules and parameters that are given new ones after an optimizer was made of
    the old ones, where a backward comes to the new ones, that optimizer steps, and no optimizer has them.

Why
    An optimizer keeps the very parameters that it was given. A layer that is put in the place of another one gets
    gradients in each backward and is never changed: the head of a model that is fine-tuned stays random, and nothing
    says so.

Example
    ``model.fc = nn.Linear(512, 10)`` after ``optimizer = torch.optim.SGD(model.parameters(), lr=0.1)``.

Fix safety
    No fix: the optimizer is to be made after all that changes the model, which may be far away.

What it misses
    Parameters of modules that come from code which is not seen, optimizers and models that such code is given, and
    programs that use gradients themselves. ``model.to(device)`` is no replacement: its parameters stay the same.

Source
    torch.optim ("Constructing it": an iterable of the parameters to optimize); the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind, Related
from torchlint.model.report.stale_optimizers import told_stale
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC601",
    slug="stale-optimizer",
    since="0.1.0",
    message="an optimizer that was made for parameters which are replaced afterwards",
    triggers=(Trigger(Sign.PROGRAM_CALL, frozenset({"backward"})),),
)

_FROZEN = Effect(EffectKind.SILENT, "the new parameters get gradients and never change")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Everything that comes too late for the optimizer of what stood there before."""
    story = facts.story
    for found in told_stale(story):
        what = found.what
        name = "what comes here" if isinstance(what.at, ast.Call) else f"`{story.text(what.at)}`, which comes later"
        text = (
            f"the optimizer made at {story.line(what.made, what.at)} does not have {name}: "
            f"the step at {story.line(what.step, what.at)} does not train it"
        )
        related = (
            Related("made", "the optimizer was made of what there was then", story.place(what.made)),
            Related("step", "changes only what it was given", story.place(what.step)),
        )
        yield RULE.seeing(story, found, text, _FROZEN, related, certainty=None if what.is_seen else Certainty.LIKELY)


EXAMPLES = (
    Example(
        "a head that comes after the optimizer",
        """
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
⟦model[2]⟧ = nn.Linear(3, 5)
start = model[2].weight.detach().clone()
for step in range(3):
    optimizer.zero_grad()
    model(torch.ones(2, 4)).pow(2).mean().backward()
    optimizer.step()
""",
        proof="fault = torch.equal(model[2].weight, start)",
    ),
    Example(
        "a model that is made anew in each fold",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)

    def forward(self, x):
        return self.layer(x)

model = Net()
optimizer = torch.optim.Adam(model.parameters())
for fold in range(2):
    ⟦model⟧ = Net()
    start = model.layer.weight.detach().clone()
    optimizer.zero_grad()
    loss = model(torch.ones(2, 4)).pow(2).mean()
    loss.backward()
    optimizer.step()
""",
        proof="fault = torch.equal(model.layer.weight, start)",
    ),
    Example(
        "an optimizer for the new head, a model that is moved, and one that is given more",
        """
import torch
from torch import nn

model = nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
model = model.to("cpu").double()
model[2] = nn.Linear(3, 5).double()
head = torch.optim.SGD(model[2].parameters(), lr=0.1)
model.append(nn.Linear(5, 5).double())
model[3] = nn.Linear(5, 1).double()
optimizer.add_param_group({"params": model[3].parameters()})
start = [each.detach().clone() for each in model.parameters()]
for each in (optimizer, head):
    each.zero_grad()
    model(torch.ones(2, 4).double()).pow(2).mean().backward()
    each.step()
""",
        proof="fault = torch.equal(model[3].bias, start[-1]) or torch.equal(model[2].bias, start[3])",
    ),
)
