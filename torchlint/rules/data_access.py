"""``.data`` read where ``.detach()``, or nothing, is meant.

What it does
    Finds reads of the ``.data`` of a known tensor: in arguments of ``nn.init``, for a size, a dtype or an empty tensor
    of the same kind, for a number or an array, and as a value that is computed with. Writes through ``.data`` belong to
    another rule.

Why
    ``.data`` is what ``.detach()`` was before PyTorch 0.4: both cut the graph, but changes through ``.data`` are hidden
    from autograd, which then computes wrong gradients instead of raising. Where only a size is read, or the function
    records no gradients itself, neither is needed.

Example
    ``nn.init.zeros_(layer.bias.data)`` and ``loss.data.item()`` are the same without ``.data``.

Fix safety
    Dropping ``.data`` from arguments of ``nn.init``, from sizes and from ``.item()``, and ``.detach()`` before an
    array or in ``float(...)``, give the same values: safe. In a computation ``.detach()`` gives the same value too, but
    whether the graph ought to be cut there is a question for the author: unsafe.

What it misses
    Arguments of which nothing shows that they are tensors, those of a ``forward`` and results of modules that are not
    seen included: too many other things have a ``data`` attribute. Values that are handed to a function that is not
    known, which may change them.

Source
    pytorch/pytorch issue 33629 ("remove .data"); torch.Tensor.detach; the examples run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Fix, Span
from torchlint.rule import Example, Mark, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.data_reads import DataRead
    from torchlint.model.facts import Facts

RULE = Rule(
    code="TLC302",
    slug="data-access",
    since="0.1.0",
    message="`.data` read where `.detach()`, or nothing, is meant",
    triggers=(Trigger(Sign.WORD, frozenset({"data"})),),
    fix=Applicability.SAFE,
    highest=Certainty.ADVICE,
    mark=Mark.DEPRECATED,
    topics=frozenset({Topic.UPGRADE}),
)

# By purpose: what to say, what to put in the place of `.data`, and whether that is safe.
_ADVICE = {
    "init": ("is needless: functions of `nn.init` record no gradients", "", Applicability.SAFE),
    "metadata": ("is needless: the tensor itself says the same", "", Applicability.SAFE),
    "number": ("is needless: a Python number has no graph", "", Applicability.SAFE),
    "detached": ("is needless before `.detach()`", "", Applicability.SAFE),
    "array": ("is an old way to write `.detach()`", ".detach()", Applicability.SAFE),
    "value": ("hides later changes from autograd, `.detach()` does not", ".detach()", Applicability.UNSAFE),
}


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every read of the data of a known tensor."""
    if not any(Sign.WORD in region.signs for region in facts.outline.regions):
        return
    from torchlint.model.code.data_reads import data_reads

    for read in data_reads(facts, Sign.WORD):
        text, _, _ = _ADVICE[read.purpose.value]
        message = f"`{read.region.code(read.node)}` {text}"
        yield RULE.finding(
            read.region, read.node, message, Certainty.ADVICE, Effect(EffectKind.NONE, ""), (), _fix(read)
        )


def _fix(read: DataRead) -> Fix | None:
    """Put ``.detach()`` or nothing in the place of ``.data``, where the dot stands right before it."""
    _, text, applicability = _ADVICE[read.purpose.value]
    attribute = read.region.span(read.node.attr)
    span = Span(attribute.start - 1, attribute.end)
    if read.region.source.slice(span) != ".data":
        return None
    message = f"Use `{text}`" if text else "Drop `.data`"
    return Fix(applicability, message, (read.region.edit(span, text),))


EXAMPLES = (
    Example(
        "initialisation",
        """
from torch import nn

def initialise(model: nn.Module):
    for name, parameter in model.named_parameters():
        if ⟦parameter.data⟧.dim() > 1:
            nn.init.ones_(⟦parameter.data⟧)

layer = nn.Linear(2, 2)
nn.init.zeros_(⟦layer.bias.data⟧)
""",
        Certainty.ADVICE,
        fixed="""
from torch import nn

def initialise(model: nn.Module):
    for name, parameter in model.named_parameters():
        if parameter.dim() > 1:
            nn.init.ones_(parameter)

layer = nn.Linear(2, 2)
nn.init.zeros_(layer.bias)
""",
    ),
    Example(
        "numbers and arrays",
        """
import torch

def report(weight: torch.Tensor):
    loss = torch.sum(weight * 2)
    total = ⟦loss.data⟧.item()
    return total, ⟦weight.data⟧.cpu().numpy()
""",
        Certainty.ADVICE,
        fixed="""
import torch

def report(weight: torch.Tensor):
    loss = torch.sum(weight * 2)
    total = loss.item()
    return total, weight.detach().cpu().numpy()
""",
    ),
    Example(
        "a value in a computation",
        """
import torch

def distance(teacher: torch.Tensor, student: torch.Tensor):
    return (⟦teacher.data⟧ - student).abs().mean()
""",
        Certainty.ADVICE,
        fixed="""
import torch

def distance(teacher: torch.Tensor, student: torch.Tensor):
    return (teacher.detach() - student).abs().mean()
""",
    ),
    Example(
        "a tensor of the same kind",
        """
import torch

def buffers(model):
    return [torch.zeros_like(p) for p in model.parameters()]

class Momentum:
    def __init__(self, parameters):
        self.state = {}

    def start(self, layer):
        self.state["weight"] = torch.zeros_like(⟦layer.weight.data⟧)
""",
        Certainty.ADVICE,
        fixed="""
import torch

def buffers(model):
    return [torch.zeros_like(p) for p in model.parameters()]

class Momentum:
    def __init__(self, parameters):
        self.state = {}

    def start(self, layer):
        self.state["weight"] = torch.zeros_like(layer.weight)
""",
    ),
    Example(
        "writes, and other things with data",
        """
import torch.utils.data
from torch.nn.utils.rnn import PackedSequence

def update(layer, packed: PackedSequence, dataset, rate: float):
    layer.weight.data.mul_(0.5)
    layer.weight.data = layer.weight * rate
    layer.weight.data[0] = 0
    weight = layer.weight.data
    weight += 1
    return packed.data.sum() + dataset.data.mean()
""",
    ),
)
