"""A model of the hub from a branch that its owner can change.

What it does
    Finds ``torch.hub.load``, ``list`` and ``help`` of a repository on GitHub that name no commit.

Why
    They run the ``hubconf.py`` of that branch or tag. Whoever can push to the repository decides what it does when it
    is next downloaded.

Example
    ``torch.hub.load("pytorch/vision", "resnet50")``.

Fix safety
    There is no fix: the commit that was looked at is not known.

What it misses
    Names of repositories that are no plain strings. Local folders, and what is confirmed each time with
    ``trust_repo=False``, are left alone.

Source
    ``torch/hub.py``; a download cannot be shown by running an example.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.finding import Certainty, Effect, EffectKind
from torchlint.rule import Example, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_LOADS = frozenset(f"torch.hub.{name}" for name in ("load", "list", "help"))
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+(?::(?P<ref>.+))?")
_COMMIT = re.compile(r"[0-9a-f]{7,40}")

RULE = Rule(
    code="TLC909",
    slug="unpinned-hub",
    since="0.1.0",
    message="a model of the hub from a branch that its owner can change",
    triggers=(Trigger(Sign.REFERENCE, _LOADS),),
    highest=Certainty.ADVICE,
    topics=frozenset({Topic.SECURITY}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every load from the hub that names no commit."""
    for reference in facts.references.of(_LOADS):
        name = _repository(reference.call) if reference.call is not None else None
        if name is not None and reference.call is not None and not _is_safe(reference.call):
            text = f"`{name.value!s}` names no commit, so that its owner can change what `hubconf.py` does here"
            effect = Effect(EffectKind.INSECURE, "the code of the repository runs with the rights of this program")
            yield RULE.finding_at(facts.source, facts.layout.span(name), text, Certainty.ADVICE, effect)


def _repository(call: ast.Call) -> ast.Constant | None:
    """The name of a repository that is no commit of it."""
    named = (each.value for each in call.keywords if each.arg in ("repo_or_dir", "github"))
    given = call.args[0] if call.args else next(named, None)
    if not isinstance(given, ast.Constant) or not isinstance(given.value, str):
        return None
    found = _REPOSITORY.fullmatch(given.value)
    return given if found is not None and not _COMMIT.fullmatch(found["ref"] or "") else None


def _is_safe(call: ast.Call) -> bool:
    """Whether nothing is downloaded, or somebody is asked each time, or that is not seen."""
    for each in call.keywords:
        if each.arg is None or (each.arg == "source" and not _is(each.value, "github")):
            return True
        if each.arg == "trust_repo" and _is(each.value, False):
            return True
    return False


def _is(value: ast.expr, wanted: object) -> bool:
    return isinstance(value, ast.Constant) and value.value == wanted


EXAMPLES = (
    Example(
        "a branch",
        """
import torch

def build():
    newest = torch.hub.load(⟦"pytorch/vision:main"⟧, "resnet50", weights=None)
    return newest, torch.hub.load(⟦"pytorch/vision"⟧, model="resnet50", trust_repo=True)
""",
        Certainty.ADVICE,
    ),
    Example(
        "a commit, a folder, and a question",
        """
import torch

def build(repository):
    known = torch.hub.load("pytorch/vision:6db1569c89094cf23f3bc41f79275c45e9fcb3f3", "resnet50")
    local = torch.hub.load("models/vision", "resnet50", source="local")
    asked = torch.hub.load("pytorch/vision", "resnet50", trust_repo=False)
    return known, local, asked, torch.hub.load(repository, "resnet50")
""",
    ),
)
