"""Writes to a tensor through its ``.data``, wherever they stand and whatever they do to gradients.

Only what certainly is a tensor counts, by what the interpreter finds or because only tensors have such a method. The
latter shows nothing where a class of the file calls something of its own ``data``.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from torchlint.model.api import torch_names
from torchlint.model.code.data_reads import DataAttribute, data_attributes, has_own_data, lines_of_tensors
from torchlint.model.code.evidence import INPLACE
from torchlint.model.code.scopes import scopes_in
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts
    from torchlint.syntax.gate import Sign
    from torchlint.syntax.region import Region

_VIEWS = torch_names.VIEW_METHODS | torch_names.MAYBE_VIEW_METHODS


@dataclass(frozen=True, eq=False)
class DataWrite:
    """``node`` is what writes: a call, a target, or an augmented assignment; ``attribute`` is the ``x.data``."""

    region: Region
    node: cst.CSTNode
    attribute: cst.Attribute


def data_writes(facts: CodeFacts, sign: Sign) -> Iterator[DataWrite]:
    """Every write through the data of a tensor."""
    has_own = has_own_data(facts.tree())
    changed = {each.lineno for each in walk(facts.tree()) if isinstance(each, ast.Attribute) and each.attr in INPLACE}
    for region in facts.regions(sign, lines=sorted(changed | lines_of_tensors(facts))):
        for scope in scopes_in(region, facts.outline, facts.classes):
            for found in data_attributes(scope, facts.data_owners):
                node = _write(found)
                if node is not None and (not has_own or found.is_of_tensor):
                    yield DataWrite(region, node, found.node)


def _write(found: DataAttribute) -> cst.CSTNode | None:
    """What is written by a statement through ``x.data``: followed outward through views of it."""
    node: cst.CSTNode = found.node
    for parent in reversed(found.around):
        match parent:
            case cst.Subscript(value=inner) if inner is node:
                node = parent
            case cst.Attribute(value=inner, attr=cst.Name(value=name)) if inner is node:
                if name not in _VIEWS and name not in INPLACE:
                    return None
                node = parent
            case cst.Call(func=cst.Attribute(attr=cst.Name(value=name)) as func) if func is node:
                if name in INPLACE:
                    return parent
                node = parent
            case cst.AssignTarget() | cst.AugAssign(target=_):
                is_target = not isinstance(parent, cst.AugAssign) or parent.target is node
                written = parent if isinstance(parent, cst.AugAssign) else node
                return written if is_target and found.is_of_tensor else None
            case cst.Arg(keyword=cst.Name(value="out")):
                node = parent
            case cst.Call() if isinstance(node, cst.Arg):
                return parent if found.is_of_tensor else None
            case _:
                return None
    return None
