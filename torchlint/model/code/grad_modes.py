"""Where grad modes (``torch.no_grad`` and the like) are named but not called, or called and not entered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.code.qualified import torch_name
from torchlint.model.code.scopes import Scope, Site, scopes_in
from torchlint.syntax.outline import RegionKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts
    from torchlint.syntax.gate import Sign
    from torchlint.syntax.region import Region

GRAD_MODES = frozenset({"no_grad", "enable_grad", "inference_mode", "set_grad_enabled"})
_EXPECTING = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})


@dataclass(frozen=True, eq=False)
class GradMode:
    """A grad mode at ``node``; ``name`` is one of ``GRAD_MODES``. ``is_async``: in an ``async with``."""

    region: Region
    node: cst.BaseExpression
    name: str
    is_async: bool = False


def uncalled_items(facts: CodeFacts, sign: Sign) -> Iterator[GradMode]:
    """Grad modes that a ``with`` enters without a call."""
    for scope, site in _sites(facts, sign):
        if isinstance(site.node, cst.With):
            for item in site.node.items:
                if name := _mode(item.item, scope):
                    yield GradMode(scope.region, item.item, name, site.node.asynchronous is not None)


def uncalled_decorators(facts: CodeFacts, sign: Sign) -> Iterator[GradMode]:
    """Grad modes that decorate a function without a call."""
    for scope, site in _sites(facts, sign):
        is_own = scope.region.outline.kind is RegionKind.MODULE and scope.outer is None
        if isinstance(site.node, cst.FunctionDef) and not is_own:
            for decorator in site.node.decorators:
                if name := _mode(decorator.decorator, scope):
                    yield GradMode(scope.region, decorator.decorator, name)


def bare_calls(facts: CodeFacts, sign: Sign) -> Iterator[GradMode]:
    """Calls of grad modes as statements, which make a context manager and drop it; ``set_grad_enabled`` acts."""
    for scope, site in _sites(facts, sign):
        match site.node:
            case cst.Expr(value=cst.Call(func=func, args=args) as call):
                name = _mode(func, scope)
                if name and name != "set_grad_enabled" and not _decorates(name, args):
                    yield GradMode(scope.region, call, name)


def _sites(facts: CodeFacts, sign: Sign) -> Iterator[tuple[Scope, Site]]:
    """The statements of the regions in which a sign was seen, those that are expected to raise left out."""
    for region in facts.regions(sign):
        for scope in scopes_in(region, facts.outline, facts.classes):
            for site in scope.sites:
                if not any(_expects_error(parent) for parent in site.parents):
                    yield scope, site


def _mode(node: cst.BaseExpression, scope: Scope) -> str | None:
    if not isinstance(node, (cst.Name, cst.Attribute)):
        return None
    space, _, name = (torch_name(node, scope.names) or "").rpartition(".")
    return name if space == "torch" and name in GRAD_MODES else None


def _decorates(name: str, args: object) -> bool:
    """Whether a call wraps a function: only ``inference_mode`` takes anything else."""
    return bool(args) and name != "inference_mode"


def _expects_error(node: cst.BaseCompoundStatement) -> bool:
    """Whether a ``with`` waits for what is inside to raise."""
    if not isinstance(node, cst.With):
        return False
    called = [item.item.func for item in node.items if isinstance(item.item, cst.Call)]
    names = {func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", None) for func in called}
    return not _EXPECTING.isdisjoint(names)
