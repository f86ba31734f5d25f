"""Functional dropout in a module that is not told whether the module is training.

What it does
    Finds ``F.dropout(x, p)`` and its relatives without ``training`` in the ``forward`` of a module, and in the methods
    of it that ``forward`` calls.

Why
    ``F.dropout`` knows of no module: without ``training`` it always drops, after ``model.eval()`` too, and each
    evaluation gives other numbers. ``F.alpha_dropout`` and ``F.feature_alpha_dropout`` have the other default: without
    ``training`` they never drop.

Example
    ``return F.dropout(self.layer(x), 0.5)`` in a ``forward``.

Fix safety
    ``training=self.training`` is added: unsafe, as what the module computes changes. ``training=True``, or a
    comment beside it or right above, says that it is meant to drop always, and is left alone.

What it misses
    Functions outside of modules that are no methods cut out of one, another name for ``torch.nn.functional`` than
    ``F``, and methods that ask for the mode in some other way.

Source
    torch.nn.functional.dropout and alpha_dropout (the defaults of ``training``); the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.always_dropout import unsaid
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_ALWAYS = frozenset({"dropout", "dropout1d", "dropout2d", "dropout3d"})
_NEVER = frozenset({"alpha_dropout", "feature_alpha_dropout"})
_SPELLINGS = frozenset(
    f"{space}{each}" for space in ("F.", "functional.", "functional import ") for each in _ALWAYS | _NEVER
)
"""How a file writes them; ``dropout`` alone is what most modules call a layer."""

RULE = Rule(
    code="TLC509",
    slug="functional-dropout",
    since="0.1.0",
    message="functional dropout that is not told whether the module is training",
    triggers=(Trigger(Sign.WORD, _SPELLINGS),),
    fix=Applicability.UNSAFE,
)

_DROPS = Effect(EffectKind.SILENT, "values are dropped in evaluation too")
_KEEPS = Effect(EffectKind.SILENT, "nothing is ever dropped")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every functional dropout in a module that is not told the mode."""
    if not any(each in facts.source.text for each in _SPELLINGS):
        return
    for call, name, module in unsaid(facts, _ALWAYS | _NEVER):
        code, said = facts.layout.text(call.func), f"training={module}.training"
        does, effect = ("drops after `eval()` too", _DROPS) if name in _ALWAYS else ("never drops", _KEEPS)
        text = f"`{code}` without `{said}` {does}: it does not know the mode of the module"
        fix = Fix(Applicability.UNSAFE, f"Add `{said}`", (facts.layout.add_keyword(call, said),))
        is_method = any(isinstance(each, ast.ClassDef) for each in facts.layout.around(call))
        certainty = Certainty.CERTAIN if is_method else Certainty.LIKELY
        yield RULE.finding_at(facts.source, facts.layout.span(call), text, certainty, effect, (), fix)


EXAMPLES = (
    Example(
        "in a forward",
        """
import torch.nn.functional as F
from torch import nn

class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 8)

    def forward(self, x):
        return ⟦F.dropout(self.layer(x), 0.5)⟧
""",
        fixed="""
import torch.nn.functional as F
from torch import nn

class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(8, 8)

    def forward(self, x):
        return F.dropout(self.layer(x), 0.5, training=self.training)
""",
        proof="""
import torch
head, x = Head().eval(), torch.ones(50, 8)
fault = not torch.equal(head(x), head(x))
""",
    ),
    Example(
        "alpha dropout in a method that forward calls",
        """
import torch.nn.functional as F
from torch import nn

class Head(nn.Module):
    def thinned(self, x):
        return ⟦F.alpha_dropout(x, p=0.5)⟧

    def forward(self, x):
        return self.thinned(x)
""",
        fixed="""
import torch.nn.functional as F
from torch import nn

class Head(nn.Module):
    def thinned(self, x):
        return F.alpha_dropout(x, p=0.5, training=self.training)

    def forward(self, x):
        return self.thinned(x)
""",
        proof="""
import torch
x = torch.ones(50, 8)
fault = torch.equal(Head().train()(x), x)
""",
    ),
    Example(
        "told the mode, or dropping always on purpose",
        """
import torch
import torch.nn.functional as F
from torch import nn

class Head(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.5, training=self.training)

class MonteCarlo(nn.Module):
    def forward(self, x):
        return F.dropout(x, 0.5, training=True)

class Guarded(nn.Module):
    def forward(self, x):
        if self.training:
            x = F.dropout(x, 0.5)
        return x

x = torch.ones(50, 8)
kept = [Head().eval()(x), Guarded().eval()(x)]
""",
        proof="fault = any(not torch.equal(each, x) for each in kept)",
    ),
)
