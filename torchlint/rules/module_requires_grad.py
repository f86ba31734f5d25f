"""``requires_grad`` assigned to a module, which does not freeze it.

What it does
    Finds ``module.requires_grad = False`` (and ``= True``) where ``module`` is an ``nn.Module``.

Why
    A module has no attribute ``requires_grad``; Python makes one that nobody reads. All parameters stay as they were: a
    layer that was to be frozen goes on training.

Example
    ``model.backbone.requires_grad = False``.

Fix safety
    ``module.requires_grad_(False)`` reaches every parameter: unsafe, as other parameters are trained afterwards.

What it misses
    Modules that are not known to be some, and classes that have an attribute of that name for a use of their own.

Source
    torch.nn.Module.requires_grad_; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Effect, EffectKind, Fix
from torchlint.model.interpreter.events import ModuleFlag
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.events import Event

RULE = Rule(
    code="TLC510",
    slug="module-requires-grad",
    since="0.1.0",
    message="`requires_grad` assigned to a module, which does not reach its parameters",
    triggers=(Trigger(Sign.PROGRAM, frozenset({"requires_grad"})),),
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every flag that no parameter hears of."""
    story = facts.story
    for found in story.seen(_flags):
        flag = found.what
        if not isinstance(flag.at, ast.Attribute):
            continue
        module = story.text(flag.at.value)
        text = f"`{module}` is a module, and has no `requires_grad`: its parameters stay as they are"
        effect = Effect(EffectKind.SILENT, f"the parameters are {'not ' if flag.value else 'still '}trained")
        yield RULE.seeing(story, found, text, effect, (), _fix(facts, flag, flag.at))


def _flags(events: Sequence[Event]) -> Iterator[ModuleFlag]:
    return (each for each in events if isinstance(each, ModuleFlag))


def _fix(facts: Facts, flag: ModuleFlag, target: ast.Attribute) -> Fix | None:
    statement = facts.layout.statement(target) if facts.layout.owns(target) else None
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1 or statement.targets[0] is not target:
        return None
    call = f"{facts.source.slice(facts.layout.whole(target.value))}.requires_grad_({flag.value})"
    return Fix(Applicability.UNSAFE, "Tell its parameters", (facts.layout.replace(statement, call),))


EXAMPLES = (
    Example(
        "a part of a network",
        """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.body(x))

net = Net()
⟦net.body.requires_grad⟧ = False
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
net(torch.ones(2, 3)).sum().backward()
optimizer.step()
""",
        fixed="""
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(3, 4), nn.ReLU())
        self.head = nn.Linear(4, 2)

    def forward(self, x):
        return self.head(self.body(x))

net = Net()
net.body.requires_grad_(False)
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
net(torch.ones(2, 3)).sum().backward()
optimizer.step()
""",
        proof="fault = net.body[0].weight.requires_grad",
    ),
    Example(
        "each layer in a loop",
        """
from torch import nn

layers = [nn.Linear(3, 4), nn.Linear(4, 2)]
for layer in layers:
    ⟦layer.requires_grad⟧ = False
""",
        fixed="""
from torch import nn

layers = [nn.Linear(3, 4), nn.Linear(4, 2)]
for layer in layers:
    layer.requires_grad_(False)
""",
        proof="fault = layers[0].weight.requires_grad",
    ),
    Example(
        "parameters, and an attribute for a use of its own",
        """
import torch
from torch import nn

class Features(nn.Module):
    def __init__(self, requires_grad=False):
        super().__init__()
        self.layer = nn.Linear(3, 4)
        self.requires_grad = requires_grad

    def forward(self, x):
        return self.layer(x) if self.requires_grad else self.layer(x).detach()

features = Features()
features.requires_grad = True
for each in features.layer.parameters():
    each.requires_grad = False
features.layer.weight.requires_grad = False
""",
        proof="fault = features.layer.weight.requires_grad",
    ),
)
