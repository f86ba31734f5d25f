"""A name or argument of torchvision that another one replaced.

What it does
    Finds ``pretrained=`` and ``pretrained_backbone=`` of the models of torchvision, also ``True`` in their place, their
    ``model_urls``, ``v2.ToTensor`` and functions beside it, and what reads and writes videos and images.

Why
    The arguments have been deprecated since torchvision 0.13 and may be removed: ``weights=`` says which weights are
    meant. ``model_urls`` are gone since 0.15, videos since 0.26.

Example
    ``torchvision.models.resnet18(pretrained=True)``.

Fix safety
    ``weights=None`` for ``False``, and for ``True`` the weights that it stands for, ``"IMAGENET1K_V1"``, where a model
    that classifies images has them: safe. Other values and names are left alone.

What it misses
    The argument in a dictionary. What torchvision says cannot be shown by running, as torchvision need not be there.

Source
    ``handle_legacy_interface`` in ``models/_utils.py`` of torchvision 0.13 to 0.29, its uses, and the files that have
    the other names.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix
from torchlint.model.api.torchvision_names import MODEL_URLS, REPLACED
from torchlint.model.code.deliberate import is_deliberate
from torchlint.model.code.references import used_imports
from torchlint.rule import Example, Mark, Rule, Topic
from torchlint.syntax.gate import Sign, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from torchlint.finding import Finding
    from torchlint.model.api.torchvision_names import Replaced
    from torchlint.model.facts import Facts

_MODELS = "torchvision.models."
_NEW = {"pretrained": "weights", "pretrained_backbone": "weights_backbone"}
_FIRST = '"IMAGENET1K_V1"'
_SINCE = (1, 12)
_GONE = "cannot import name"

RULE = Rule(
    code="TLC906",
    slug="torchvision-pretrained",
    since="0.1.0",
    message="a name or argument of torchvision that another one replaced",
    triggers=(Trigger(Sign.REFERENCE, frozenset({"torchvision"})),),
    fix=Applicability.SAFE,
    mark=Mark.DEPRECATED,
    topics=frozenset({Topic.UPGRADE}),
)


def check(facts: Facts, options: object) -> Iterator[Finding]:
    """Every such name, and every such argument of a model of torchvision."""
    written = {each for each in facts.references.written if each.startswith("torchvision.")}
    names = {each: row for each in written if (row := _row(each)) is not None}
    yield from _replaced(facts, names)
    models = {each for each in written if each.startswith(_MODELS)}
    for reference in facts.references.of(models) if models and facts.newest_version >= _SINCE else ():
        for old, node, value in _old_arguments(reference.name, reference.call):
            if not is_deliberate(facts.layout, node):
                text = f"`{old}` has been deprecated since torchvision 0.13: use `{_NEW[old]}`"
                effect = Effect(EffectKind.NONE, "torchvision warns: it may be removed in the future")
                span, fix = facts.layout.span(node), _fix(facts, reference.name, old, node, value)
                yield RULE.finding_at(facts.source, span, text, Certainty.CERTAIN, effect, (), fix, release=_SINCE)


def _row(name: str) -> Replaced | None:
    is_urls = name.startswith(_MODELS) and name.endswith(".model_urls")
    return MODEL_URLS if is_urls else REPLACED.get(name)


def _replaced(facts: Facts, names: Mapping[str, Replaced]) -> Iterator[Finding]:
    """Every name that warns or is gone: at its import where that fails or is all there is, else where it is used."""
    found = facts.references.of(names) if names else ()
    used = used_imports(found)
    for reference in found:
        row, newest = names[reference.name], facts.newest_version
        is_gone = row.removed is not None and row.removed[1] <= newest
        is_import = isinstance(reference.node, ast.alias)
        is_told = is_gone == is_import or isinstance(reference.node, ast.Attribute)
        if not (is_told or (is_import and reference.node not in used)) or is_deliberate(facts.layout, reference.node):
            continue
        since = row.removed if is_gone else row.deprecated
        if since is not None and since[1] <= newest:
            does = "was removed in" if is_gone else "has been deprecated since"
            text = f"`{reference.name.rpartition('.')[2]}` {does} torchvision {since[0]}: use {row.instead}"
            effect = Effect(
                EffectKind.RAISES if is_gone else EffectKind.NONE, _GONE if is_gone else "torchvision warns"
            )
            span = facts.layout.span(reference.node)
            yield RULE.finding_at(facts.source, span, text, Certainty.CERTAIN, effect, release=since[1])


def _old_arguments(name: str, call: ast.Call | None) -> Iterator[tuple[str, ast.AST, ast.expr]]:
    """The old name, the place and the value of each old argument of a call."""
    if call is None:
        return
    for keyword in call.keywords:
        if keyword.arg in _NEW:
            yield keyword.arg, keyword, keyword.value
    is_function = name.rpartition(".")[2].islower()
    if is_function and call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, bool):
        yield "pretrained", call.args[0], call.args[0]


def _fix(facts: Facts, name: str, old: str, node: ast.AST, given: ast.expr) -> Fix | None:
    value = given.value if isinstance(given, ast.Constant) else ...
    classifies = "." not in name.removeprefix(_MODELS)
    if isinstance(node, ast.Constant) and not _is_alone(facts, node):
        return None
    if value is False:
        text = f"{_NEW[old]}=None"
    elif value is True and old == "pretrained" and classifies:
        text = f"weights={_FIRST}"
    else:
        return None
    return Fix(Applicability.SAFE, f"Use `{text}`", (facts.layout.replace(node, text),))


def _is_alone(facts: Facts, node: ast.AST) -> bool:
    """Whether no argument without a name comes behind one."""
    call = facts.layout.parent(node)
    return isinstance(call, ast.Call) and len(call.args) == 1


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
        "what has another name, and what is gone",
        """
from torchvision import models
from torchvision.models.resnet import ⟦model_urls⟧
from torchvision.transforms import v2

def build():
    steps = v2.Compose([v2.Resize(256), ⟦v2.ToTensor⟧()])
    return models.resnet18(weights=None), steps, model_urls["resnet18"]
""",
    ),
    Example(
        "by its position",
        """
from torchvision import models

def build():
    return models.resnet18(⟦True⟧, progress=False), models.vgg16(⟦False⟧)
""",
        fixed="""
from torchvision import models

def build():
    return models.resnet18(weights="IMAGENET1K_V1", progress=False), models.vgg16(weights=None)
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
