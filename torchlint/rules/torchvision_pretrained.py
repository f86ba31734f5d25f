"""A model of torchvision that is asked for weights by an old argument.

What it does
    Finds ``pretrained=`` and ``pretrained_backbone=`` of the models of torchvision.

Why
    They have been deprecated since torchvision 0.13 and may be removed: ``weights=`` says which weights are meant.

Example
    ``torchvision.models.resnet18(pretrained=True)``.

Fix safety
    ``weights=None`` for ``False``, and for ``True`` the weights that it stands for, ``"IMAGENET1K_V1"``, where a model
    that classifies images has them: safe. Other values are left alone.

What it misses
    The argument given by its position, and in a dictionary. Its warning cannot be shown by running, as torchvision need
    not be there.

Source
    ``handle_legacy_interface`` in ``models/_utils.py`` of torchvision 0.15 and 0.20, and its uses.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.code.deliberate import is_deliberate
from torchlint.rule import Example, Mark, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding
    from torchlint.model.facts import Facts

_MODELS = "torchvision.models."
_NEW = {"pretrained": "weights", "pretrained_backbone": "weights_backbone"}
_FIRST = '"IMAGENET1K_V1"'
_SINCE = (1, 12)

RULE = Rule(
    code="TLC906",
    slug="torchvision-pretrained",
    since="0.1.0",
    message="a model of torchvision that is asked for weights by an old argument",
    triggers=(Trigger(Sign.REFERENCE, frozenset({"torchvision.models"})),),
    fix=Applicability.SAFE,
    mark=Mark.DEPRECATED,
    topics=frozenset({Topic.UPGRADE}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every such argument of a model of torchvision."""
    names = {each for each in facts.references.written if each.startswith(_MODELS)}
    if not names or facts.newest_version < _SINCE:
        return
    for reference in facts.references.of(names):
        for keyword in reference.call.keywords if reference.call is not None else ():
            if keyword.arg in _NEW and not is_deliberate(facts.layout, keyword):
                new = _NEW[keyword.arg]
                text = f"`{keyword.arg}` has been deprecated since torchvision 0.13: use `{new}`"
                effect = Effect(EffectKind.NONE, "torchvision warns: it may be removed in the future")
                span, fix = facts.layout.span(keyword), _fix(facts, reference.name, keyword)
                yield RULE.finding_at(facts.source, span, text, Certainty.CERTAIN, effect, (), fix, release=_SINCE)


def _fix(facts: Facts, name: str, keyword: ast.keyword) -> Fix | None:
    value = keyword.value.value if isinstance(keyword.value, ast.Constant) else ...
    classifies = "." not in name.removeprefix(_MODELS)
    if value is False:
        text = f"{_NEW[keyword.arg or '']}=None"
    elif value is True and keyword.arg == "pretrained" and classifies:
        text = f"weights={_FIRST}"
    else:
        return None
    return Fix(Applicability.SAFE, f"Use `{text}`", (facts.layout.replace(keyword, text),))


EXAMPLES = (
    Example(
        "with and without weights",
        """
from torchvision import models
import torchvision.models.segmentation as segmentation

def build():
    one = models.resnet18(⟦pretrained=True⟧)
    return one, segmentation.fcn_resnet50(⟦pretrained=False⟧)
""",
        fixed="""
from torchvision import models
import torchvision.models.segmentation as segmentation

def build():
    one = models.resnet18(weights="IMAGENET1K_V1")
    return one, segmentation.fcn_resnet50(weights=None)
""",
    ),
    Example(
        "whatever is said",
        """
from torchvision import models

def build(wanted):
    return models.vgg16(⟦pretrained=wanted()⟧)
""",
    ),
    Example(
        "by its new name",
        """
from torchvision import models

def build():
    return models.resnet18(weights="IMAGENET1K_V1")
""",
    ),
)
