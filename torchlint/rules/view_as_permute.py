"""A view that is to swap dimensions, and mixes the elements.

What it does
    Finds ``x.view(...)`` and ``x.reshape(...)`` whose sizes are those of the dimensions of ``x`` in another order, as
    ``b, c, h, w = x.shape`` named them, some of them multiplied or left to -1 as they may be.

Why
    A view lays out the same elements in another shape, one after the other: nothing is moved. ``x.view(b, h, w, c)``
    has the shape of ``x.permute(0, 2, 3, 1)``, and pixels of several channels and places where that has the channels of
    one pixel. The program runs and learns from noise.

Example
    ``tokens = x.view(b, -1, c)`` of a ``x`` whose shape is ``b, c, h, w``.

Fix safety
    ``permute`` takes the place of a view that joins no dimensions: unsafe, as the values change. For the others, the
    dimensions have to be moved before they are joined.

What it misses
    Sizes that are numbers, or read one by one under names, and tensors under other names than the one whose shape was
    read. A view of which a part is taken, to be viewed again, shifts rows on purpose.

Source
    torch.Tensor.view and torch.permute; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Related
from torchlint.model.code.swapped_views import swapped_views
from torchlint.rule import Example, Rule
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.swapped_views import SwappedView
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC707",
    slug="view-as-permute",
    since="0.1.0",
    message="a view that is to swap dimensions, and mixes the elements",
    triggers=(Trigger(Sign.WORD, frozenset({"view", "reshape"})),),
    fix=Applicability.UNSAFE,
)

_MIXED = Effect(EffectKind.SILENT, "elements of different places come to stand together")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every view in which dimensions change places."""
    for each in swapped_views(facts):
        code, tensor = facts.story.text(each.at), facts.layout.text(each.tensor)
        words = ", ".join(" and ".join(map(str, group)) for group in each.order)
        text = f"`{code}` moves nothing: it cuts `{tensor}` anew, though its sizes are those of dimensions {words}"
        span, fix, related = facts.layout.span(each.at), _fix(facts, each), []
        if each.read is not None:
            related.append(Related("read", "the sizes are read here", facts.source.place(facts.layout.span(each.read))))
        yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _MIXED, related, fix)


def _fix(facts: Facts, view: SwappedView) -> Fix | None:
    if view.permutation is None:
        return None
    moved = f"{facts.layout.text(view.tensor)}.permute({', '.join(map(str, view.permutation))})"
    return Fix(Applicability.UNSAFE, f"Write `{moved}`", (facts.layout.replace(view.at, moved),))


_PROOF = """
x = torch.arange(24.0).view(1, 2, 3, 4)
fault = not torch.equal(moved(x).flatten(), x.permute(0, 2, 3, 1).flatten())
"""

EXAMPLES = (
    Example(
        "channels to the end",
        """
import torch

def moved(x):
    b, c, h, w = x.shape
    return ⟦x.view(b, h, w, c)⟧
""",
        Certainty.LIKELY,
        fixed="""
import torch

def moved(x):
    b, c, h, w = x.shape
    return x.permute(0, 2, 3, 1)
""",
        proof=_PROOF,
    ),
    Example(
        "pixels as tokens",
        """
import torch

def moved(x):
    b, c, h, w = x.size()
    return ⟦x.reshape(b, -1, c)⟧
""",
        Certainty.LIKELY,
        proof=_PROOF,
    ),
    Example(
        "in their order",
        """
import torch

def moved(x):
    b, c, h, w = x.shape
    x = x.permute(0, 2, 3, 1)
    x = x.reshape(b, h * w, c)
    return x.view(b, h, w, c)
""",
        proof=_PROOF,
    ),
)
