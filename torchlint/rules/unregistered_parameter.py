"""Parameters in a plain container, or an attribute that is the result of an operation on a parameter.

What it does
    Finds ``nn.Parameter``s that a module keeps in a plain list, tuple or dict, and attributes such as
    ``nn.Parameter(...).cuda()`` or ``nn.Parameter(...) * 0.1``, whose value is no parameter any more.

Why
    Only an attribute that *is* a Parameter is registered. An operation on one gives an ordinary tensor that is no leaf:
    it is in no parameter list, so it is never trained and never saved. ``.to(device)`` is the treacherous case: on the
    CPU it returns the parameter itself, so tests pass there, and on a GPU the parameter is gone. Where a class gives
    what is in its list to an optimizer by a ``parameters()`` of its own, that is trained, but neither saved nor moved.

Example
    A scale that is made smaller after it was wrapped, instead of before.

Fix safety
    ``nn.Parameter(value.to(device))`` and ``nn.ParameterList([...])`` are what was meant. They change what is trained
    and what a checkpoint holds: unsafe.

What it misses
    Parameters that come from functions of other files, and containers that are handed to something that is not seen.

Source
    torch.nn.Module.__setattr__, torch.nn.Parameter; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Fix, Related
from torchlint.model.interpreter.values.kept import Kind
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.facts import Facts
    from torchlint.model.modules.module_class import ModuleClass
    from torchlint.model.modules.stores import Store

RULE = Rule(
    code="TLC103",
    slug="unregistered-parameter",
    since="0.1.0",
    message="a parameter that its module does not register",
    triggers=(Trigger(Sign.TENSOR_STORE), Trigger(Sign.CONTAINER_STORE)),
    fix=Applicability.UNSAFE,
)

_EFFECT = Effect(EffectKind.SILENT, "parameters() and state_dict() leave it out: it is never trained and never saved")
_UNSAVED = Effect(EffectKind.SILENT, "state_dict() leaves them out, and to() leaves them where they are")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Judge lost parameters, then plain containers of parameters."""
    for module in facts.module_classes(Sign.TENSOR_STORE, Sign.CONTAINER_STORE):
        for attribute in module.attributes:
            lost = module.lost_parameter(attribute)
            if lost is not None:
                yield from _lost(module, lost)
            store = module.plain_container(attribute, Kind.PARAMETER)
            if store is not None and not any(True for _ in facts.mentions(attribute, module)):
                yield from _contained(module, store)


def _lost(module: ModuleClass, store: Store) -> Iterator[Finding]:
    use = module.first_use(store.attribute)
    if use is None:
        return
    certainty = module.certainty(store, store.value.copied)
    cause = "" if store.value.copied else " on another device"
    message = f"`self.{store.attribute}` is the result of an operation on a parameter{cause}, so it is not registered"
    related = Related("used", f"in `{use.method}`", module.region.place(use.node))
    yield RULE.finding(module.region, store.target, message, certainty, _EFFECT, (related,), _inside(module, store))


def _inside(module: ModuleClass, store: Store) -> Fix | None:
    """Move the operation inside: ``nn.Parameter(x).op()`` -> ``nn.Parameter(x.op())``."""
    edits = module.rewrites.move_inside(store)
    if edits is None:
        return None
    return Fix(Applicability.UNSAFE, "Do it before the tensor becomes a parameter", edits)


def _contained(module: ModuleClass, store: Store) -> Iterator[Finding]:
    use = module.first_use(store.attribute)
    if use is None:
        return
    handed_out = module.is_handed_out(store.attribute)
    certainty = Certainty.ADVICE if module.rewrites.is_single(store) else module.certainty(store, not handed_out)
    container = "dict" if module.rewrites.is_mapping(store) else "list"
    message = f"`self.{store.attribute}` keeps parameters in a plain {container}, so they are not registered"
    related = Related("used", f"in `{use.method}`", module.region.place(use.node))
    fix = module.rewrites.registering_container(store, Kind.PARAMETER)
    effect = _UNSAVED if handed_out else _EFFECT
    yield RULE.finding(module.region, store.target, message, certainty, effect, (related,), fix)


EXAMPLES = (
    Example(
        "an operation on a parameter",
        """
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        ⟦self.weight⟧ = nn.Parameter(torch.ones(size)) * 0.1

    def forward(self, x):
        return x * self.weight
""",
        fixed="""
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size) * 0.1)

    def forward(self, x):
        return x * self.weight
""",
        proof="fault = not list(Scale(3).parameters())",
    ),
    Example(
        "moved after it was wrapped",
        """
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size, device):
        super().__init__()
        ⟦self.weight⟧ = nn.Parameter(torch.ones(size)).to(device)

    def forward(self, x):
        return x * self.weight
""",
        Certainty.LIKELY,
        fixed="""
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size, device):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size).to(device))

    def forward(self, x):
        return x * self.weight
""",
        proof='fault = not list(Scale(3, "meta").parameters())',
    ),
    Example(
        "parameters in a list",
        """
import torch
from torch import nn

class Mix(nn.Module):
    def __init__(self, count):
        super().__init__()
        ⟦self.weights⟧ = [nn.Parameter(torch.ones(4)) for _ in range(count)]

    def forward(self, x):
        for weight in self.weights:
            x = x * weight
        return x
""",
        fixed="""
import torch
from torch import nn

class Mix(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.weights = nn.ParameterList([nn.Parameter(torch.ones(4)) for _ in range(count)])

    def forward(self, x):
        for weight in self.weights:
            x = x * weight
        return x
""",
        proof="fault = not list(Mix(2).parameters())",
    ),
    Example(
        "a parameter in its first form",
        """
import torch
from torch import nn

class Scale(nn.Module):
    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size) * 0.1).requires_grad_()

    def forward(self, x):
        return x * self.weight
""",
        proof="fault = not list(Scale(3).parameters())",
    ),
)
