"""A name of torch that begins with an underscore.

What it does
    Finds imports and uses of what begins with an underscore below ``torch``: ``torch._utils``,
    ``torch.nn.modules.utils._pair``, ``torch.utils.data._utils.collate.default_collate``.

Why
    PyTorch changes or removes what is private in any release, without a warning before: ``torch._six`` was gone in 2.0.

Example
    ``from torch.utils.data._utils.collate import default_collate``.

Fix safety
    ``default_collate`` and ``default_convert`` have public names since PyTorch 1.11: safe. For others there is no fix.

What it misses
    Private attributes of objects, and what the documents of PyTorch name all the same: ``torch._assert``,
    ``torch._logging``, ``torch._foreach_*`` and the snapshots of CUDA memory. An import that may fail is taken to know
    what it does.

Source
    The index of PyTorch's documents. What a release will change cannot be known before.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.api.history_lookup import Change
from torchlint.model.code.api_changes import Use
from torchlint.model.code.deliberate import is_deliberate
from torchlint.model.code.private_names import private_names
from torchlint.model.fixes.newer_api import renamed
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.code.references import Reference
    from torchlint.model.facts import Facts

_COLLATE = "torch.utils.data._utils.collate"
_PUBLIC = {f"{_COLLATE}.{name}": f"torch.utils.data.{name}" for name in ("default_collate", "default_convert")}

RULE = Rule(
    code="TLC904",
    slug="private-api",
    since="0.1.0",
    message="a name of torch that begins with an underscore",
    triggers=(Trigger(Sign.REFERENCE),),
    default=False,
    fix=Applicability.SAFE,
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.UPGRADE}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every private name that code does not expect to be missing."""
    known = [each for each in facts.references.of(_PUBLIC) if not isinstance(each.node, ast.Name)]
    public = [each for each in known if not is_deliberate(facts.layout, each.node)]
    spans = [facts.layout.span(each.node) for each in public]
    for reference in public:
        yield _finding(facts, reference, _PUBLIC[reference.name])
    for reference in private_names(facts.references):
        span = facts.layout.span(reference.node)
        told = any(each.start < span.end and span.start < each.end for each in spans)
        if not told and not is_deliberate(facts.layout, reference.node):
            yield _finding(facts, reference)


def _finding(facts: Facts, reference: Reference, public: str = "") -> Finding:
    instead = f": use `{public}`" if public else ""
    text = f"`{reference.name}` is private, so that any release of PyTorch may change it{instead}"
    effect = Effect(EffectKind.NONE, "PyTorch does not warn before")
    fix = None
    if public and facts.has(public):
        edits = renamed(facts, Use(reference.node, Change(reference.name, None, None, public, ""), None, reference))
        fix = Fix(Applicability.SAFE, f"Use `{public}`", edits) if edits else None
    return RULE.finding_at(facts.source, facts.layout.span(reference.node), text, Certainty.ADVICE, effect, (), fix)


EXAMPLES = (
    Example(
        "what has a public name",
        """
import torch

batch = ⟦torch.utils.data._utils.collate.default_collate⟧([torch.ones(2), torch.zeros(2)])
""",
        Certainty.ADVICE,
        fixed="""
import torch

batch = torch.utils.data.default_collate([torch.ones(2), torch.zeros(2)])
""",
    ),
    Example(
        "what has a public name, imported",
        """
import torch
from torch.utils.data._utils.collate import ⟦default_collate⟧

batch = default_collate([torch.ones(2), torch.zeros(2)])
""",
        Certainty.ADVICE,
        fixed="""
import torch
from torch.utils.data import default_collate

batch = default_collate([torch.ones(2), torch.zeros(2)])
""",
    ),
    Example(
        "what has none",
        """
import torch
from torch.nn.modules.utils import ⟦_pair⟧

sizes = _pair(3), ⟦torch._C⟧._get_tracing_state()
""",
        Certainty.ADVICE,
    ),
    Example(
        "what is documented, and what may be missing",
        """
import torch

torch._assert(True, "never")
try:
    from torch._six import inf
except ImportError:
    from torch import inf
version = torch.__version__
""",
    ),
)
