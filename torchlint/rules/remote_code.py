"""Code of a model's repository that runs as it is loaded.

What it does
    Finds ``trust_remote_code=True`` in a call that names no commit by ``revision`` or ``code_revision``.

Why
    Libraries such as transformers then download Python files beside the weights and import them. Whoever can write to
    that repository decides what runs here.

Example
    ``AutoModel.from_pretrained(name, trust_remote_code=True)``.

Fix safety
    There is no fix: which commit was looked at is not known.

What it misses
    Values that are no plain ``True``, and files that do not mention torch.

Source
    The documents of transformers. It cannot be shown by running without a download.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.model.code.named_calls import keywords_named
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_TRUST = "trust_remote_code"
_COMMIT = re.compile(r"[0-9a-f]{7,40}")

RULE = Rule(
    code="TLC910",
    slug="remote-code",
    since="0.1.0",
    message="code of a model's repository that runs as it is loaded",
    triggers=(Trigger(Sign.REFERENCE),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every call that trusts what it downloads."""
    for call, keyword in keywords_named(facts, _TRUST):
        is_trusted = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
        if is_trusted and not any(map(_is_commit, call.keywords)):
            text = f"`{_TRUST}=True` without a commit in `revision` runs whatever its repository has then"
            effect = Effect(EffectKind.INSECURE, "the code that is downloaded may do anything")
            yield RULE.finding_at(facts.source, facts.layout.span(keyword), text, Certainty.ADVICE, effect)


def _is_commit(keyword: ast.keyword) -> bool:
    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
    return keyword.arg in ("revision", "code_revision") and isinstance(value, str) and bool(_COMMIT.fullmatch(value))


EXAMPLES = (
    Example(
        "whatever is there",
        """
import torch
from transformers import AutoModel

def build(name):
    return AutoModel.from_pretrained(name, torch_dtype=torch.float16, ⟦trust_remote_code=True⟧, revision="main")
""",
        Certainty.ADVICE,
    ),
    Example(
        "what was looked at",
        """
import torch
from transformers import AutoModel

def build(name, trusted):
    known = AutoModel.from_pretrained(name, trust_remote_code=True, revision="8a2f3c41d9e07b6655f1e2d3c4b5a69788f0e1d2")
    return known, AutoModel.from_pretrained(name, trust_remote_code=trusted), AutoModel.from_pretrained(name)
""",
    ),
)
