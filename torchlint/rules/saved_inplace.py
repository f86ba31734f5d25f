"""A tensor changed in place after an operation kept it for backward.

What it does
    Finds tensors that some operation keeps to compute its gradient (``exp`` its result, ``*`` its factors), that are
    changed in place afterwards, and whose operation a backward then goes through. Views, ``detach()`` and whatever else
    shares the memory and its version counter count as the same tensor. What the ``forward`` of a
    ``torch.autograd.Function`` gives to ``save_for_backward`` and then changes is found as well, which PyTorch does not
    refuse: it takes what is saved when ``forward`` has returned.

Why
    The gradient would be computed from the new content. PyTorch counts changes and refuses: the backward raises, far
    from the statement that is to blame, and names only the operation.

Example
    ``y = torch.sigmoid(x); y *= mask; y.sum().backward()``.

Fix safety
    ``y = y * mask`` instead of ``y *= mask``, ``x = x.clamp(0)`` instead of ``x.clamp_(0)``, a call or a module without
    ``inplace=True``. Safe where the tensor is the fresh result of an operation, a local name is the only way to it, and
    no dtype can change; it costs the memory of one tensor. Unsafe where it has a second name, is an attribute, an
    element of a list, or an argument that the function returns: the other way to it then keeps the old content. Where
    that cannot be written (``y[0] = 0``, a view, an alias, a leaf), what keeps the tensor is given ``.clone()`` of it,
    or its own result gets ``.clone()``: values and gradients stay the same, it costs a copy, and is safe. No fix for
    the weights that a layer keeps.

What it misses
    Tensors that are not known to require grad, and operations of extensions. Changes through ``.data`` and NumPy are
    another rule's, as they are silent.

Source
    The operations that keep their inputs or outputs are measured by running PyTorch 2.13.0
    (``torchlint/model/api/operation_table.py``); the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Related, Role
from torchlint.model.autograd.faults import MODIFIED, Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.autograd.tensor import How
from torchlint.model.code.function_saves import changed_saves
from torchlint.model.fixes.clone_saved import kept_copy
from torchlint.model.report.story import is_by
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.code.function_saves import ChangedSave
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC202",
    slug="saved-inplace",
    since="0.1.0",
    message="an in-place change of a tensor that a pending backward needs",
    triggers=GRADIENTS,
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every change that makes a backward raise, apart from those of optimizers and embeddings."""
    story = facts.story
    for found in story.everywhere(Kind.SAVED):
        fault = found.fault
        if is_by(fault, How.STEP, How.RENORM):
            continue
        name, kept = story.tensor(fault), story.kept(fault)
        if name == kept:
            text = f"{name} is changed here, but {story.keeping(fault, 'it')}"
        else:
            text = f"changing {name} here changes {kept}, which {story.keeping(fault)}"
        yield RULE.telling(story, found, text, story.raises(fault), fix=_fix(facts, fault))
    yield from (_saved_by_hand(facts, each) for each in changed_saves(facts))


def _saved_by_hand(facts: Facts, found: ChangedSave) -> Finding:
    """What a ``torch.autograd.Function`` saves and then changes, which nobody refuses."""
    span, saved = facts.layout.span(found.at), facts.source.place(facts.layout.span(found.saved))
    text = f"`{found.name}` is changed here, but `save_for_backward` at line {saved.line} was given it before"
    effect = Effect(EffectKind.SILENT, "`backward` gets the changed content: what is saved is taken after `forward`")
    related = Related(Role.SAVED.value, f"`{found.name}` is given here", saved)
    return RULE.finding_at(facts.source, span, text, Certainty.LIKELY, effect, (related,))


def _fix(facts: Facts, fault: Fault) -> Fix | None:
    """The change out of place, else a copy of what is kept."""
    if not facts.layout.owns(fault.at):
        return None
    fix = facts.out_of_place.fix(fault.change)
    return fix if fix is not None else kept_copy(facts.layout, facts.rehearsal, fault, Applicability.SAFE)


EXAMPLES = (
    Example(
        "an output that its own operation keeps",
        """
import torch

x = torch.randn(3, requires_grad=True)
y = torch.sigmoid(x)
⟦y *= 2⟧
y.sum().backward()
""",
        fixed="""
import torch

x = torch.randn(3, requires_grad=True)
y = torch.sigmoid(x)
y = y * 2
y.sum().backward()
""",
        raises=MODIFIED,
    ),
    Example(
        "a factor, through an alias",
        """
import torch

w = torch.randn(3, requires_grad=True)
h = w + 1
y = h * w
⟦h.detach().mul_(2)⟧
y.sum().backward()
""",
        fixed="""
import torch

w = torch.randn(3, requires_grad=True)
h = w + 1
y = h.clone() * w
h.detach().mul_(2)
y.sum().backward()
""",
        raises=MODIFIED,
    ),
    Example(
        "an element of a buffer that the next step reads",
        """
import torch

w = torch.ones(2, requires_grad=True)
states = torch.zeros(3, 2)
states[0] = w
for step in range(1, 3):
    ⟦states[step]⟧ = states[step - 1] * w
states.sum().backward()
""",
        fixed="""
import torch

w = torch.ones(2, requires_grad=True)
states = torch.zeros(3, 2)
states[0] = w
for step in range(1, 3):
    states[step] = states[step - 1].clone() * w
states.sum().backward()
""",
        raises=MODIFIED,
    ),
    Example(
        "an inplace activation whose input another branch kept",
        """
import torch
import torch.nn.functional as F

w = torch.ones(3, requires_grad=True)
hidden = w * 3
gate = torch.exp(hidden)
scale = hidden * gate
⟦F.relu(hidden, inplace=True)⟧
(hidden + scale).sum().backward()
""",
        fixed="""
import torch
import torch.nn.functional as F

w = torch.ones(3, requires_grad=True)
hidden = w * 3
gate = torch.exp(hidden)
scale = hidden * gate
hidden = F.relu(hidden)
(hidden + scale).sum().backward()
""",
        raises=MODIFIED,
    ),
    Example(
        "a residual that nothing kept, a copy, and a name bound anew",
        """
import torch
from torch import nn

x = torch.randn(4, 3)
layer, norm = nn.Linear(3, 3), nn.LayerNorm(3)
out = norm(layer(x))
out += x
nn.functional.relu_(out)
copy = out.clone()
copy[:, 0] = 0
scaled = torch.exp(out)
scaled = scaled + 1
(scaled.sum() + copy.sum()).backward()
""",
        proof="fault = layer.weight.grad is None",
    ),
)
