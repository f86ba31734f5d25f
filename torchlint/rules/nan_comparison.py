"""A comparison with NaN, which is equal to nothing.

What it does
    Finds ``==`` and ``!=`` with ``torch.nan``, ``float("nan")``, ``math.nan`` or ``numpy.nan``, and ``is`` with a
    ``float("nan")`` that is made for it.

Why
    NaN is not equal to anything, itself included: ``x == torch.nan`` is False for every element, and ``!=`` True,
    whatever ``x`` holds. A mask of the missing values is empty, and a loss that went astray is not noticed.

Example
    ``if (loss == torch.nan).any(): break``.

Fix safety
    Shown only: ``torch.isnan`` takes tensors alone, and what is compared may be a number, which ``math.isnan`` takes.
    Where the NaN is NumPy's, ``numpy.isnan`` is shown, which takes arrays and numbers.

What it misses
    NaN under another name, and in a container: ``x in (torch.nan,)``.

Source
    torch.isnan; IEEE 754; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.nan_comparisons import comes_of_numpy, nan_comparisons
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC719",
    slug="nan-comparison",
    since="0.1.0",
    message="a comparison with NaN, which is equal to nothing",
    triggers=(Trigger(Sign.WORD, frozenset({"nan", "NaN", "NAN"})),),
    fix=Applicability.DISPLAY,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every comparison with NaN."""
    if not any(Sign.WORD in region.signs for region in facts.outline.regions):
        return
    for node, other, nan in nan_comparisons(facts.tree(), facts.outline.imports):
        numpy = comes_of_numpy(nan, facts.outline.imports)
        yield _finding(facts, node, other, facts.layout.text(numpy) if numpy is not None else "torch")


def _finding(facts: Facts, node: ast.Compare, other: ast.expr, library: str) -> Finding:
    differs = isinstance(node.ops[0], (ast.NotEq, ast.IsNot))
    always = "always true" if differs else "never true"
    code = " ".join(facts.layout.text(node).split())
    asked = f"{'~' if differs else ''}{library}.isnan({facts.layout.text(other)})"
    fix = Fix(Applicability.DISPLAY, f"Ask `{asked}`", (facts.layout.replace(node, asked),))
    text = f"`{code}` is {always}: NaN is equal to nothing, itself included"
    effect = Effect(EffectKind.SILENT, f"the comparison is {always}")
    return RULE.finding_at(facts.source, facts.layout.span(node), text, Certainty.CERTAIN, effect, (), fix)


EXAMPLES = (
    Example(
        "a loss that is watched",
        """
import torch

loss = torch.tensor([1.0, float("nan")]).log()
if (⟦loss == torch.nan⟧).any() or ⟦loss.sum().item() is float("nan")⟧:
    raise ValueError("diverged")
finite = loss[⟦loss != float("nan")⟧]
""",
        proof="fault = bool(finite.isnan().any())",
    ),
    Example(
        "an array, which NumPy is asked about",
        """
import numpy as np
import torch

losses = torch.tensor([1.0, torch.nan]).numpy()
missing = ⟦losses == np.nan⟧
""",
        proof="fault = not missing.any()",
    ),
    Example(
        "asked as it is meant, and a default that is the same object",
        """
import torch

def mean(x, missing=torch.nan):
    return x.nanmean() if missing is torch.nan else x[x != missing].mean()

x = torch.tensor([1.0, torch.nan])
known = x[~torch.isnan(x)]
same = x[x == x]
""",
        proof="fault = mean(x).isnan().item() or not torch.equal(known, same)",
    ),
)
