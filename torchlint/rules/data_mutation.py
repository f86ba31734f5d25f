"""A tensor changed through ``.data``, which autograd does not notice.

What it does
    Finds in-place operations on the ``.data`` of a tensor, assignments to its elements, ``x.data = ...``, and writes
    through a NumPy array that shares its memory. It is **certain** where a backward that is seen needs the tensor as it
    was: the gradient is wrong then. It is **likely** at module level and in training code on a tensor that requires
    grad, where such a backward is one change away. Everywhere else (a parameter from which nothing was computed yet,
    initialisation, ``no_grad``, optimizers, moving averages, target networks) it is advice.

Why
    ``.data`` has the memory of its tensor but another version counter. A change through it is hidden from the check
    that makes a backward raise, so the gradient is silently computed from the new content.

Example
    ``y = x.sigmoid(); y.data.zero_(); y.sum().backward()`` gives the gradient of a sigmoid that was zero everywhere.

Fix safety
    First values (in ``__init__``, ``reset_parameters``, ``init_weights`` or the like) are given by ``nn.init`` where it
    has the same function, else under ``torch.no_grad()`` without ``.data``: safe, the values are the same. Elsewhere it
    is unsafe: PyTorch then counts the change, and raises where a gradient would be wrong. Where a backward that is
    seen is wrong, the alias becomes a copy, the name is bound to a new tensor, or what keeps the tensor is given
    ``.clone()`` of it: unsafe, for the gradient becomes another. Weights that a layer kept are shown the way: the loss
    computed after the change. No fix for ``x.data = y``, which can replace a dtype, a shape or a device.

What it misses
    What a function that is not seen does with an alias. Outside of what the program's story shows, only attributes that
    certainly belong to tensors count: many other things have a ``data`` attribute.

Source
    pytorch/pytorch issue 33629 ("remove .data"); torch.Tensor.detach; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.autograd.tensor import How
from torchlint.model.code.purpose import Purpose, purpose_of
from torchlint.model.code.spans import Spans
from torchlint.model.fixes.aliases import copied
from torchlint.model.fixes.clone_saved import kept_copy
from torchlint.model.fixes.data_rewrites import DataRewrites, attribute_of, is_initialised, remedy
from torchlint.model.fixes.reorder_step import reordered
from torchlint.model.report.story import is_by
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.outcome import Found

RULE = Rule(
    code="TLC301",
    slug="data-mutation",
    since="0.1.0",
    message="a tensor changed through `.data`, behind autograd's back",
    triggers=GRADIENTS,
    fix=Applicability.SAFE,
    advice_triggers=(Trigger(Sign.WORD, frozenset({"data"})),),
)

_WRONG = "the gradient is computed from the changed content"
_HIDDEN = Effect(EffectKind.NONE, "a backward that needs the tensor as it was would not notice")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Changes that a backward would have to notice, and those of tensors that require grad."""
    story = facts.story
    for found in story.everywhere(Kind.STALE):
        fault = found.fault
        if is_by(fault, How.STEP, How.RENORM):
            continue
        name, kept = story.tensor(fault), story.kept(fault)
        way = f"`{fault.operation}`" if name == kept else name
        text = f"{kept} is changed through {way}, unseen by autograd, but {story.keeping(fault, 'it')}"
        yield RULE.telling(story, found, text, story.silent(fault, _WRONG), fix=_copying(facts, fault))
    told = [found for found in story.of(Kind.DATA) if not story.is_told(found.fault.at, Kind.STALE)]
    attributes = {found.fault.at: attribute_of(found.fault.at) for found in told}
    first: dict[ast.AST, Found] = {}
    for found in told:
        first.setdefault(attributes[found.fault.at] or found.fault.at, found)
    rewrites = DataRewrites(facts.layout, facts.spelling, filter(None, attributes.values()))
    for found in first.values():  # of a chain of changes the first
        fault = found.fault
        attribute = attributes[fault.at]
        named = attribute.value if attribute is not None else fault.source
        source = f"`{story.text(named)}`" if named else "a tensor that requires grad"
        text = f"this changes {source} behind autograd's back; {remedy(facts.layout, attribute)}"
        fix = rewrites.fix(attribute) if attribute is not None else None
        shown = not fault.is_first and purpose_of(facts.layout.path_to(fault.at)) in (Purpose.SCRIPT, Purpose.TRAINING)
        if attribute is not None and is_initialised(facts.layout, attribute) and not shown:
            continue  # needless, which is TLC302's to say
        yield RULE.telling(story, found, text, _HIDDEN, Certainty.LIKELY if shown else Certainty.ADVICE, fix)


def _copying(facts: Facts, fault: Fault) -> Fix | None:
    """What backward needs stays as it is: the alias becomes a copy, the name is bound to a new tensor, a copy is kept;
    else what the backward goes through is computed after the change."""
    if not facts.layout.owns(fault.at):
        return None
    for fix in (copied(facts.layout, fault.at), facts.out_of_place.through_data(fault.change)):
        if fix is not None and facts.rehearsal.settles(fix.edits, fault.surfaces):
            return fix
    layout, rehearsal = facts.layout, facts.rehearsal
    if isinstance(fault.at, ast.Attribute):
        return None  # `x.data = y` is to be noticed in any case
    fix = kept_copy(layout, rehearsal, fault, Applicability.UNSAFE)
    is_weight = fault.saved is not None and fault.saved.tensor.is_parameter
    return fix or (reordered(layout, rehearsal, fault) if is_weight else None)


def advise(facts: Facts, options: object) -> Iterator[Finding]:
    """Every other write through the data of what certainly is a tensor."""
    from torchlint.model.code.data_writes import data_writes

    told = Spans(facts.story.span(found.fault.at) for found in facts.story.of(Kind.STALE, Kind.DATA))
    writes = [
        (write, facts.layout.at(write.region.span(write.attribute), ast.Attribute))
        for write in data_writes(facts, Sign.WORD)
    ]
    rewrites = DataRewrites(
        facts.layout, facts.spelling, [attribute for _, attribute in writes if attribute is not None]
    )
    for write, attribute in writes:
        span = write.region.span(write.node)
        if not told.meets(span):
            name = write.region.code(write.attribute.value)
            text = f"this changes `{name}` behind autograd's back; {remedy(facts.layout, attribute)}"
            fix = rewrites.fix(attribute) if attribute is not None else None
            yield RULE.finding_at(facts.source, span, text, Certainty.ADVICE, _HIDDEN, (), fix)


EXAMPLES = (
    Example(
        "a result that backward needs",
        """
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.sigmoid()
alias = y.data
⟦alias.zero_()⟧
y.sum().backward()
""",
        fixed="""
import torch

x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x.sigmoid()
alias = y.detach().clone()
alias.zero_()
y.sum().backward()
""",
        proof="fault = bool((x.grad == 0).all())",
    ),
    Example(
        "an input that backward needs, replaced or written through NumPy",
        """
import torch

w = torch.ones(3, requires_grad=True)
h = w * 2
y = h * h
⟦h.detach().numpy()[0]⟧ = 7.0
y.sum().backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
h = w * 2
y = h.clone() * h.clone()
h.detach().numpy()[0] = 7.0
y.sum().backward()
""",
        proof="fault = not torch.equal(w.grad, torch.full((3,), 8.0))",
    ),
    Example(
        "a weight, with no backward in sight",
        """
import torch

w = torch.ones(3, requires_grad=True)
⟦w.data.normal_()⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
torch.nn.init.normal_(w)
""",
        proof="fault = w._version == 0",
    ),
    Example(
        "initialisation and updates",
        """
from torch import nn

head = nn.Linear(2, 1)
⟦head.weight.data.fill_(0.1)⟧

def init_weights(module: nn.Module):
    for parameter in module.parameters():
        ⟦parameter.data.normal_(0, 0.02)⟧

def soft_update(target: nn.Linear, source: nn.Linear, rate: float):
    ⟦target.weight.data.mul_(1 - rate)⟧
    ⟦target.weight.data[0]⟧ = 1.0
""",
        Certainty.ADVICE,
        fixed="""
import torch
from torch import nn

head = nn.Linear(2, 1)
nn.init.constant_(head.weight, 0.1)

def init_weights(module: nn.Module):
    for parameter in module.parameters():
        nn.init.normal_(parameter, 0, 0.02)

def soft_update(target: nn.Linear, source: nn.Linear, rate: float):
    with torch.no_grad():
        target.weight.mul_(1 - rate)
        target.weight[0] = 1.0
""",
    ),
    Example(
        "noticed by autograd, reads, and other things with data",
        """
import torch

w = torch.ones(3, requires_grad=True)
with torch.no_grad():
    w.mul_(2)
w.detach().add_(1)
copy = w.data.clone()
copy.zero_()

def run(dataset, batch):
    dataset.data[0] = batch
    batch.data = dataset
    return w.data.sum()
""",
        proof="fault = w._version != 2",
    ),
)
