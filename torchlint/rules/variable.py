"""A tensor in a Variable.

What it does
    Finds calls of ``torch.autograd.Variable``.

Why
    Since PyTorch 0.4 a tensor is a variable. ``Variable(x)`` gives a tensor of the same memory that has left its graph,
    as ``x.detach()`` says in plain words.

Example
    ``Variable(torch.ones(3))``.

Fix safety
    The call is replaced by what it does: by its argument where that is a new tensor, else by ``.detach()``, and
    ``.requires_grad_()`` behind it for ``requires_grad=True``.

What it misses
    ``Variable`` in annotations and in ``isinstance``, which is the same as ``torch.Tensor``.

Source
    Each form was run, with tensors that have a graph and others.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.api import torch_names
from torchlint.model.fixes.imported_names import altogether
from torchlint.rule import Example, Mark, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Edit, Finding
    from torchlint.model.facts import Facts

_VARIABLE = "torch.autograd.Variable"
_SINCE = (0, 4)
_NEW = torch_names.TENSOR_FACTORIES | torch_names.RANDOM_FACTORIES
_PLAIN = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)
"""What a method can be called on without parentheses."""

RULE = Rule(
    code="TLC905",
    slug="variable",
    since="0.1.0",
    message="a tensor in a `Variable`",
    triggers=(Trigger(Sign.REFERENCE, frozenset({_VARIABLE})),),
    fix=Applicability.SAFE,
    highest=Certainty.ADVICE,
    mark=Mark.DEPRECATED,
    topics=frozenset({Topic.UPGRADE}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every call of ``Variable``."""
    found = facts.references.of({_VARIABLE})
    written: dict[ast.AST, Sequence[Edit] | None] = {
        each.node: _edits(facts, each.call) for each in found if each.call is not None
    }
    for reference in found:
        if reference.node in written:
            text = "`Variable` has been nothing but a tensor since PyTorch 0.4"
            effect = Effect(EffectKind.NONE, "it gives a tensor of the same memory, without a graph")
            edits = altogether(facts, reference, written)
            fix = Fix(Applicability.SAFE, "Say what it does", tuple(edits)) if edits else None
            span = facts.layout.span(reference.node)
            yield RULE.finding_at(facts.source, span, text, Certainty.ADVICE, effect, (), fix, release=_SINCE)


def _edits(facts: Facts, call: ast.Call) -> Sequence[Edit] | None:
    text = _plainly(facts, call)
    return (facts.layout.replace(call, text),) if text is not None and "#" not in facts.layout.text(call) else None


def _plainly(facts: Facts, call: ast.Call) -> str | None:
    """What a call of ``Variable`` does, as a tensor's own methods."""
    settings = {each.arg: each.value for each in call.keywords}
    if len(call.args) != 1 or isinstance(call.args[0], ast.Starred) or settings.keys() - {"requires_grad", "volatile"}:
        return None
    if not all(isinstance(each, ast.Constant) for each in settings.values()):
        return None
    given = call.args[0]
    text = facts.layout.text(given)
    if not isinstance(given, _PLAIN):
        text = f"({text})"
    if not (isinstance(given, ast.Call) and not given.keywords and _is_new(facts, given)):
        text += ".detach()"
    wanted = settings.get("requires_grad")
    return f"{text}.requires_grad_()" if isinstance(wanted, ast.Constant) and wanted.value else text


def _is_new(facts: Facts, call: ast.Call) -> bool:
    """Whether a call makes a tensor, which has no graph."""
    return any(each.call is call for each in facts.references.of(_NEW))


EXAMPLES = (
    Example(
        "a new tensor and another one",
        """
import torch
from torch.autograd import Variable

x = ⟦Variable⟧(torch.ones(3), requires_grad=True)
y = ⟦Variable⟧(x * 2)
""",
        Certainty.ADVICE,
        fixed="""
import torch

x = torch.ones(3).requires_grad_()
y = (x * 2).detach()
""",
    ),
    Example(
        "the class",
        """
import torch
from torch.autograd import Variable

x = torch.ones(3)
known = isinstance(x, Variable)
""",
        proof="fault = not known",
    ),
)
