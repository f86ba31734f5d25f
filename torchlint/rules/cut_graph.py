"""A graph that is left on the way to a backward.

What it does
    Finds backwards that reach nothing but a leaf made of a value which had left its graph before: by ``.item()``,
    ``.detach()``, ``.numpy()``, ``torch.tensor(...)`` or a conversion to integers. Also optimizer steps to whose
    parameters no backward of the program came, as their graph was left in between, and numbers that were taken out of a
    graph as terms of a loss, terms that were computed from what had left its graph though that is trained, and
    single parameters whose result is detached right before the loss.

Why
    ``requires_grad=True`` on the new tensor silences the error that PyTorch would raise; it does not bring the graph
    back. The backward runs, and no parameter gets a gradient: nothing is trained, without a word. A term that is a
    number changes the loss, but no gradient.

Example
    ``loss = torch.tensor(loss.item(), requires_grad=True); loss.backward()``,
    ``-critic(actor(state).detach()).mean().backward(); actor_optimizer.step()``, ``loss = first + second.item()``.

Fix safety
    What cuts is dropped, together with the ``torch.tensor`` around it and the ``requires_grad`` that hides the cut:
    unsafe, as more is trained then, and offered only where the backward then runs through the graph. No fix for
    integers and comparisons, which have no gradient.

What it misses
    Optimizers some of whose parameters get a gradient and others none, where a layer takes what was detached: features
    may be meant to stay as they are. A backward that raises because of the cut is TLC404, one whose forward ran under
    ``no_grad`` TLC504.

Source
    torch.Tensor.item, torch.tensor ("no autograd history"); the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.autograd.tensor import CutKind
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.autograd.tensor import Cut, Name
    from torchlint.model.facts import Facts
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.interpreter.outcome import Found
    from torchlint.model.report.story import Story

RULE = Rule(
    code="TLC304",
    slug="cut-graph",
    since="0.1.0",
    message="a backward that reaches nothing, as its graph was left before",
    triggers=GRADIENTS,
    fix=Applicability.UNSAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every backward from a leaf that was made of a value cut out of a graph."""
    story = facts.story
    for found in story.everywhere(Kind.REWRAPPED):
        fault, cut = found.fault, found.fault.cut
        if cut is None or cut.kind is CutKind.NO_GRAD or fault.surfaces is None:
            continue
        if story.is_told(fault.surfaces, Kind.NO_GRAD):
            continue
        backward = story.line(fault.surfaces, fault.at)
        text = f"{_leaving(story, cut)}: the backward at {backward} reaches nothing behind it"
        fix = facts.reconnection.fix(fault, fault.surfaces)
        yield RULE.telling(story, found, text, story.silent(fault, "no parameter gets a gradient"), fix=fix)
    for found in story.everywhere(Kind.TERM):
        yield from _term(facts, found)
    for found in story.everywhere(Kind.ASTRAY):
        yield from _astray(story, found)
    for found in story.everywhere(Kind.IDLE):
        yield from _idle(story, found)
    for found in story.everywhere(Kind.UNFED):
        yield from _unfed(story, found)


def _term(facts: Facts, found: Found) -> Iterator[Finding]:
    """A constant as a term of a loss."""
    story, fault = facts.story, found.fault
    if fault.cut is None or fault.surfaces is None:
        return
    is_number = fault.cut.kind in (CutKind.NUMBER, CutKind.REWRAP)
    if not is_number and _is_chosen(facts.layout, fault.cut.at):
        return
    backward = story.line(fault.surfaces, fault.at)
    text = f"{_leaving(story, fault.cut)}: to the backward at {backward} this term is a constant"
    fix = facts.reconnection.fix(fault, fault.surfaces)
    effect = story.silent(fault, "this term of the loss is not trained")
    is_sure = is_number and fault.cut.is_sure
    yield RULE.telling(story, found, text, effect, None if is_sure else Certainty.LIKELY, fix=fix)


def _astray(story: Story, found: Found) -> Iterator[Finding]:
    """A term that trains nothing that the step after it has."""
    fault = found.fault
    if fault.cut is None or fault.surfaces is None or fault.backward is None:
        return
    backward, step = (story.line(each, fault.at) for each in (fault.backward, fault.surfaces))
    text = f"{_leaving(story, fault.cut)}: this term of the backward at {backward} comes to nothing that the step at "
    text += f"{step} is to train"
    effect = story.silent(fault, "to the parameters of that optimizer this term is a constant")
    yield RULE.telling(story, found, text, effect, Certainty.LIKELY)


def _is_chosen(layout: Layout, at: ast.AST) -> bool:
    """Whether a condition chooses between a tensor and what it is without its graph, which then is meant:
    ``if warm_up: kl = kl.detach()``."""
    for node in layout.around(at):
        if isinstance(node, ast.IfExp):
            return True
        if isinstance(node, ast.stmt):
            value = getattr(getattr(at, "func", at), "value", None)
            targets = [ast.unparse(each) for each in getattr(node, "targets", ())]
            is_same = isinstance(value, ast.expr) and ast.unparse(value) in targets
            return is_same and isinstance(layout.parent(node), ast.If)
    return False


def _idle(story: Story, found: Found) -> Iterator[Finding]:
    """A step to whose parameters no backward came, though they were used with gradients recorded."""
    fault = found.fault
    if fault.cut is None or fault.cut.kind is CutKind.NO_GRAD or fault.surfaces is None:
        return
    step = story.line(fault.surfaces, fault.at)
    text = f"{_leaving(story, fault.cut)}: no backward comes to what the step at {step} is to train"
    effect = story.silent(fault, "no parameter of that optimizer gets a gradient")
    yield RULE.telling(story, found, text, effect, story.certainty_by_mode(found))


def _unfed(story: Story, found: Found) -> Iterator[Finding]:
    """A step to one of whose parameters no backward came."""
    fault = found.fault
    if fault.cut is None or fault.surfaces is None or fault.made is None:
        return
    step, made = story.line(fault.surfaces, fault.at), story.line(fault.made, fault.at)
    missed = f"the `{story.text(fault.name)}` made at {made}, which the step at {step} is to train"
    text = f"{_leaving(story, fault.cut)}: no backward comes to {missed}"
    yield RULE.telling(story, found, text, story.silent(fault, "that parameter gets no gradient"), Certainty.LIKELY)


def _leaving(story: Story, cut: Cut) -> str:
    name: Name = cut.source
    match cut.at.func if isinstance(cut.at, ast.Call) else cut.at:
        case ast.Attribute(value=(ast.Name() | ast.Attribute()) as written, attr=attribute):
            if attribute == cut.operation.strip(".()"):
                name = written
    source = f"`{story.text(name)}` leaves its graph" if name else "the graph ends"
    return f"{source} here, at `{cut.operation}`"


EXAMPLES = (
    Example(
        "a number made a tensor again",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss = torch.tensor(⟦loss.item()⟧, requires_grad=True)
loss.backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
    Example(
        "detached, and told to require grad",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = ⟦(w * w).sum().detach()⟧
loss.requires_grad_()
loss.backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
    Example(
        "a tensor around a tensor",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = ⟦torch.tensor((w * w).sum(), requires_grad=True)⟧
loss.backward()
""",
        fixed="""
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
loss.backward()
""",
        proof="fault = w.grad is None",
    ),
    Example(
        "numbers beside the graph, and a new leaf that is differentiated itself",
        """
import torch

w = torch.ones(3, requires_grad=True)
loss = (w * w).sum()
print(loss.item())
loss.backward()
x = (w * 2).detach().requires_grad_()
(x * x).sum().backward()
""",
        proof="fault = w.grad is None or x.grad is None",
    ),
)
