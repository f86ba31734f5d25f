"""A file that may run code while it is loaded.

What it does
    Finds ``torch.load`` with ``weights_only=False``, and without ``weights_only`` where the project runs on a PyTorch
    before 2.6, by ``target-version`` or by what its own files ask for.

Why
    A checkpoint is a pickle: whoever wrote it decides what Python runs while it is loaded. ``weights_only=True`` only
    takes tensors and plain containers, and is the default since PyTorch 2.6.

Example
    ``torch.load(path)`` for PyTorch 2.1.

Fix safety
    There is none: a file with other objects in it would no longer be loaded with ``weights_only=True``.

What it misses
    Calls with ``**`` arguments, and other ways to unpickle. Whether a file can be trusted is not seen: what says
    ``weights_only=False`` is advice.

Source
    ``torch.load`` in the releases 1.13 to 2.14; the examples run.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.deliberate import is_deliberate
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_SAFE_BY_DEFAULT = (2, 6)
_NAME = "weights_only"

RULE = Rule(
    code="TLC903",
    slug="unsafe-load",
    since="0.1.0",
    message="a file that may run code while it is loaded",
    triggers=(Trigger(Sign.REFERENCE, frozenset({"torch.load"})),),
    highest=Certainty.LIKELY,
    topics=frozenset({Topic.SECURITY}),
)

_RUNS = Effect(EffectKind.INSECURE, "what is unpickled may run any code")


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every ``torch.load`` that unpickles whatever is there."""
    for reference in facts.references.of({"torch.load"}):
        call = reference.call
        if call is None or any(each.arg is None for each in call.keywords) or is_deliberate(facts.layout, call):
            continue
        given = next((each for each in call.keywords if each.arg == _NAME), None)
        span = facts.layout.span(reference.node)
        if given is None and facts.oldest_version is not None and facts.oldest_version < _SAFE_BY_DEFAULT:
            oldest = ".".join(map(str, facts.oldest_version))
            text = (
                f"`torch.load` without `{_NAME}` runs what a file says in PyTorch before 2.6, and {oldest} is supported"
            )
            yield RULE.finding_at(facts.source, span, text, Certainty.LIKELY, _RUNS)
        elif given is not None and isinstance(given.value, ast.Constant) and given.value.value is False:
            text = f"`{_NAME}=False` lets a file run what it says while it is loaded"
            yield RULE.finding_at(facts.source, span, text, Certainty.ADVICE, _RUNS)


EXAMPLES = (
    Example(
        "whatever is in it",
        """
import io
import torch

class Greeting:
    def __reduce__(self):
        return list, (("ran",),)

file = io.BytesIO()
torch.save(Greeting(), file)
file.seek(0)
loaded = ⟦torch.load⟧(file, weights_only=False)
""",
        Certainty.ADVICE,
        proof='fault = loaded == ["ran"]',
    ),
    Example(
        "tensors only",
        """
import io
import torch

file = io.BytesIO()
torch.save({"weight": torch.ones(2)}, file)
file.seek(0)
loaded = torch.load(file, weights_only=True)
file.seek(0)
again = torch.load(file)
""",
        proof='fault = not torch.equal(loaded["weight"], again["weight"])',
    ),
)
