"""The ``forward`` of a module that is called directly.

What it does
    Finds ``model.forward(x)`` where ``model`` is a module that the file builds.

Why
    Hooks run when the module itself is called, and not with its ``forward``: those of ``register_forward_hook``, of
    pruning, of spectral and weight normalisation, and of tools that count, quantise or shard a model.

Example
    ``self.encoder.forward(x)``.

Fix safety
    The module is called: unsafe, as hooks run then that did not run before.

What it misses
    Modules that are built elsewhere, as arguments of functions.

Source
    torch.nn.Module.__call__; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.forward_calls import forward_calls
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC107",
    slug="forward-called",
    since="0.1.0",
    message="the `forward` of a module that is called directly",
    triggers=(Trigger(Sign.PROGRAM_RECORD),),  # it reads the text alone: no region has to be parsed for it
    fix=Applicability.UNSAFE,
    highest=Certainty.ADVICE,
)

_NO_HOOKS = Effect(EffectKind.SILENT, "the hooks of the module do not run")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every call that goes past the hooks."""
    if ".forward(" not in facts.source.text:
        return
    for call, method in forward_calls(facts):
        module = facts.layout.text(method.value)
        text = f"`{module}.forward` goes past the hooks of `{module}`: call the module"
        fix = Fix(Applicability.UNSAFE, f"Call `{module}`", (facts.layout.replace(method, module),))
        span = facts.layout.span(call)
        yield RULE.finding_at(facts.source, span, text, Certainty.ADVICE, _NO_HOOKS, (), fix)


EXAMPLES = (
    Example(
        "a model with a hook",
        """
import torch
from torch import nn

seen = []
model = nn.Linear(3, 2)
model.register_forward_hook(lambda module, given, result: seen.append(result))
y = ⟦model.forward(torch.ones(1, 3))⟧
""",
        Certainty.ADVICE,
        fixed="""
import torch
from torch import nn

seen = []
model = nn.Linear(3, 2)
model.register_forward_hook(lambda module, given, result: seen.append(result))
y = model(torch.ones(1, 3))
""",
        proof="fault = not seen",
    ),
    Example(
        "a part of a module",
        """
import torch
from torch import nn

seen = []

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return ⟦self.layer.forward(x)⟧.relu()

net = Net()
net.layer.register_forward_hook(lambda module, given, result: seen.append(result))
net(torch.ones(1, 3))
""",
        Certainty.ADVICE,
        fixed="""
import torch
from torch import nn

seen = []

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return self.layer(x).relu()

net = Net()
net.layer.register_forward_hook(lambda module, given, result: seen.append(result))
net(torch.ones(1, 3))
""",
        proof="fault = not seen",
    ),
    Example(
        "of a base class, and of something else",
        """
import torch
from torch import nn

class Half(nn.Linear):
    def forward(self, x):
        return super().forward(x) / 2

class Email:
    def forward(self, to):
        return to

half, email = Half(3, 2), Email()
y = half(torch.ones(1, 3))
sent = email.forward("someone")
""",
        proof="fault = sent is None",
    ),
)
