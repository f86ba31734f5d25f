"""A view that may not be changed in place.

What it does
    Finds in-place operations on a view of a leaf that requires grad (``w[0] = 1``), on one of several views that an
    operation gave at once (``unbind``, ``chunk``, ``split``, iterating over a tensor), on a view that was made under
    ``no_grad`` or ``inference_mode`` but is changed outside, and on an expanded tensor.

Why
    A change of a view is a change of its base, whose graph PyTorch then rewrites. For these views it cannot: a leaf has
    no graph, several views cannot each rewrite it, a view without a history has none, and the elements of an expanded
    tensor are one. The statement raises.

Example
    ``for row in rows: row += 1`` where ``rows`` requires grad.

Fix safety
    A write to a part of a leaf is put under ``torch.no_grad()``: safe for updates and first values, unsafe elsewhere,
    as for TLC201. One of several views, or an expanded tensor, is computed out of place, ``row = row + 1``, or
    ``.clone()``d first: unsafe, for what it was a view of does not change with it. Rows that a loop goes over are taken
    one at a time, so that each may be changed: unsafe. A view made without gradients is changed without them, unless it
    is read afterwards, which PyTorch then refuses too: unsafe.

What it misses
    Views of tensors that are not known to require grad, and shapes of which it is not known whether ``expand`` repeats
    anything.

Source
    check_inplace and handle_view_on_rebase in torch/csrc/autograd; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability
from torchlint.model.api.operation import Answer
from torchlint.model.autograd import faults
from torchlint.model.autograd.faults import Kind
from torchlint.model.autograd.signs import GRADIENTS
from torchlint.model.fixes.clone_view import one_at_a_time, own_memory
from torchlint.model.fixes.no_grad import under_no_grad
from torchlint.rule import Example, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding, Fix
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.facts import Facts
    from torchlint.model.interpreter.outcome import Found
    from torchlint.model.report.story import Story

RULE = Rule(
    code="TLC203",
    slug="view-inplace",
    since="0.1.0",
    message="an in-place operation on a view that may not be changed",
    triggers=GRADIENTS,
    fix=Applicability.SAFE,
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every change of a view that PyTorch refuses."""
    for found in facts.story.everywhere(Kind.VIEW):
        yield _finding(facts, facts.story, found)


def _finding(facts: Facts, story: Story, found: Found) -> Finding:
    fault = found.fault
    certainty = story.certainty(found) if fault.message == faults.EXPANDED else story.certainty_by_mode(found)
    return RULE.telling(story, found, _text(story, fault), story.raises(fault), certainty, _fix(facts, fault))


def _fix(facts: Facts, fault: Fault) -> Fix | None:
    """What writes to a leaf belongs under ``no_grad``; a view of its own is computed anew, or copied."""
    if not facts.layout.owns(fault.at):
        return None
    is_expanded = fault.tensor is not None and fault.tensor.expanded is not Answer.NO
    fix = None
    if not is_expanded or fault.message == faults.EXPANDED:  # what is expanded cannot be changed under `no_grad` either
        fix = _in_its_place(facts, fault)
    if fix is not None:
        return fix
    layout, rehearsal = facts.layout, facts.rehearsal
    rewrites = (one_at_a_time, own_memory)
    return next((fix for each in rewrites if (fix := each(layout, rehearsal, fault)) is not None), None)


def _in_its_place(facts: Facts, fault: Fault) -> Fix | None:
    """The change itself under ``no_grad``, or out of place."""
    if fault.message == faults.LEAF_VIEW:
        return under_no_grad(facts.layout, facts.spelling, fault)
    if isinstance(fault.at, ast.AugAssign) and isinstance(fault.at.target, ast.Subscript) and _is_one_of_many(fault):
        return None  # a tuple takes no other element, whatever becomes of the one that it has
    is_final = not facts.out_of_place.is_read_after(fault.at, fault.name)
    if fault.message in faults.MODE_VIEWS.values() and is_final:
        return under_no_grad(facts.layout, facts.spelling, fault, certainly=False)
    fix = facts.out_of_place.part(fault.at, fault.name, fault.tensor) if fault.tensor is not None else None
    if fix is None and fault.message != faults.EXPANDED and _is_of_leaf(fault) and is_final:
        return under_no_grad(facts.layout, facts.spelling, fault, certainly=False)
    return fix


def _is_one_of_many(fault: Fault) -> bool:
    return fault.message.startswith(faults.MULTI_VIEW.partition("{")[0])


def _is_of_leaf(fault: Fault) -> bool:
    base = fault.tensor.base if fault.tensor is not None else None
    return base is not None and base.node is None


def _text(story: Story, fault: Fault) -> str:
    name = story.tensor(fault)
    if fault.message == faults.LEAF_VIEW:
        if fault.operation.startswith("["):
            return f"this assigns to a part of {name}, a leaf that requires grad"
        return f"{name} is a view of a leaf that requires grad, and `{fault.operation}` changes it in place"
    if fault.message == faults.EXPANDED:
        return f"{name} was expanded, so that several of its elements are one: `{fault.operation}` cannot change them"
    if _is_one_of_many(fault):
        return f"{name} is one of several views that one operation made: `{fault.operation}` may not change it in place"
    mode = "inference_mode" if "inference" in fault.message else "no_grad"
    return f"{name} is a view made under `{mode}`: `{fault.operation}` may not change it where gradients are recorded"


EXAMPLES = (
    Example(
        "an element of a parameter",
        """
import torch

w = torch.randn(3, requires_grad=True)
⟦w[0]⟧ = 1.0
""",
        fixed="""
import torch

w = torch.randn(3, requires_grad=True)
with torch.no_grad():
    w[0] = 1.0
""",
        raises=faults.LEAF_VIEW,
    ),
    Example(
        "one of several views",
        """
import torch

w = torch.randn(4, 2, requires_grad=True)
first, second = (w * 2).chunk(2)
⟦first += 1⟧
""",
        fixed="""
import torch

w = torch.randn(4, 2, requires_grad=True)
first, second = (w * 2).chunk(2)
first = first + 1
""",
        raises="is a view and is being modified inplace",
    ),
    Example(
        "made under no_grad",
        """
import torch

w = torch.randn(4, 2, requires_grad=True)
with torch.no_grad():
    row = w[0]
⟦row.zero_()⟧
""",
        fixed="""
import torch

w = torch.randn(4, 2, requires_grad=True)
with torch.no_grad():
    row = w[0]
    row.zero_()
""",
        raises="A view was created in no_grad mode",
    ),
    Example(
        "expanded",
        """
import torch

mask = torch.zeros(3, 1).expand(3, 4)
⟦mask += 1⟧
""",
        fixed="""
import torch

mask = torch.zeros(3, 1).expand(3, 4)
mask = mask + 1
""",
        raises=faults.EXPANDED,
    ),
    Example(
        "views of what was computed, and writes that are not recorded",
        """
import torch

w = torch.randn(4, 2, requires_grad=True)
with torch.no_grad():
    w[0] = 1
h = w * 2
h[0] = 1
h.t().mul_(2)
for i in range(4):
    h[i] += 1
mask = torch.zeros(3, 1).expand(3, 4).clone()
mask += 1
h.sum().backward()
""",
        proof="fault = w.grad is None",
    ),
)
