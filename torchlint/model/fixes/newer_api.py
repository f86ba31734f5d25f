"""What replaces a use of something deprecated or removed, where it computes the same.

A name that an ``import`` statement takes is renamed there and wherever the file uses it, all at once.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.api.history_lookup import Status, text_of
from torchlint.model.fixes import newer_arguments
from torchlint.model.fixes.imported_names import altogether, is_exported, root_of
from torchlint.model.fixes.newer_calls import CALLS
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.finding import Edit
    from torchlint.model.api.history_lookup import Change
    from torchlint.model.code.api_changes import Use
    from torchlint.model.code.references import Reference
    from torchlint.model.fixes.protocol import FileFacts

_BEFORE = (1, 12)
_INIT = (
    "uniform normal constant eye dirac orthogonal sparse xavier_uniform xavier_normal kaiming_uniform kaiming_normal"
)
_TRANSFORMS = "vmap grad grad_and_value vjp jvp jacrev jacfwd hessian functionalize"
_RENAMED = frozenset(
    (
        *(f"torch.nn.init.{name}" for name in _INIT.split()),
        *(f"functorch.{name}" for name in _TRANSFORMS.split()),
        "torch.cuda.memory_cached",
        "torch.cuda.max_memory_cached",
        "torch.nn.NLLLoss2d",
        "torch.nn.parallel.DistributedDataParallelCPU",
        "torch.nn.functional.upsample",
        "torch.nn.utils.clip_grad_norm",
        "torch.testing.assert_allclose",
        "torch.library.impl_abstract",
        "torch.distributed.all_gather_into_tensor",
        "torch.distributed.reduce_scatter_tensor",
        "torch.utils._pytree._register_pytree_node",
    )
)
"""What only has another name now."""
_UNSAFE = frozenset({"torch.testing.assert_allclose"})
"""What is nearly the same."""


def told(facts: FileFacts, use: Use, status: Status) -> str:
    """What a finding says: what is used, since when it is what it is, and what to use instead."""
    change = use.change
    function, bracket, parameter = change.name.partition("(")
    name = function.rpartition(".")[2] if isinstance(use.node, ast.Name) else function
    if isinstance(use.node, ast.Attribute):
        name = facts.layout.text(use.node)
    subject = f"`{' '.join(name.split())}`"
    if bracket and parameter.startswith("-"):
        subject += f" without `{parameter[1:-1]}`"
    elif parameter.startswith("@"):
        subject += f" on a {parameter[1:-1]}"
    elif len(parameter) > 1:
        subject = f"`{parameter[:-1].partition('!')[0]}` of `{function.rpartition('.')[2]}`"
    instead = f": use `{change.replacement}`" if change.replacement else ""
    return f"{subject} {_when(change, status)}{instead}"


def _when(change: Change, status: Status) -> str:
    removed = change.removed and text_of(change.removed)
    if status is Status.REMOVED:
        return "was removed before PyTorch 1.13" if change.removed == _BEFORE else f"was removed in PyTorch {removed}"
    later = f" and is removed in {removed}" if removed else ""
    if change.deprecated == _BEFORE:
        return f"was deprecated before PyTorch 1.13{later}"
    return f"has been deprecated since PyTorch {text_of(change.deprecated or _BEFORE)}{later}"


def rewritten(facts: FileFacts, use: Use) -> Fix | None:
    """The fix of a use, None where there is none that computes the same."""
    change = use.change
    if "(" in change.name:
        return newer_arguments.rewritten(facts, use)
    if change.name in CALLS:
        edits = _called(facts, use)
        return Fix(Applicability.SAFE, f"Use `{change.replacement}`", tuple(edits)) if edits else None
    if change.name not in _RENAMED or not facts.has(change.replacement):
        return None
    edits = renamed(facts, use)
    kind = Applicability.UNSAFE if change.name in _UNSAFE else Applicability.SAFE
    return Fix(kind, f"Use `{change.replacement}`", edits) if edits else None


def _called(facts: FileFacts, use: Use) -> Sequence[Edit] | None:
    """Another call in the place of this one, and of all others by the same imported name."""
    root = root_of(use.node)
    if use.reference is None or root is None or "." not in facts.outline.imports.get(root.id, ""):
        return CALLS[use.change.name](facts, use)
    same = [each for each in facts.api_uses if each.reference is not None and each.change.name in CALLS]
    near = [each for each in same if (other := root_of(each.node)) is not None and other.id == root.id]
    return altogether(facts, use.reference, {each.node: CALLS[each.change.name](facts, each) for each in near})


def renamed(facts: FileFacts, use: Use) -> tuple[Edit, ...] | None:
    """Write the new name for the old one."""
    new = use.change.replacement
    if isinstance(use.node, ast.Attribute):
        spelled = facts.spelling.of(new, use.node)
        return (*spelled.edits, facts.layout.replace(use.node, spelled.text)) if spelled else None
    return _renamed_import(facts, use.change.name, new)


def _renamed_import(facts: FileFacts, old: str, new: str) -> tuple[Edit, ...] | None:
    """Take the new name where the old one was taken, and write it wherever that was used."""
    found = [each for each in facts.references.of({old}) if not isinstance(each.node, ast.Attribute)]
    aliases = [each.node for each in found if isinstance(each.node, ast.alias)]
    if len(aliases) != 1:
        return None
    alias, last = aliases[0], new.rpartition(".")[2]
    edits = _imported(facts, alias, new)
    if edits is None or is_exported(facts, alias.asname or alias.name):
        return None
    if alias.asname or alias.name == last:
        return edits
    if _binds(facts.layout.tree, last) or not _all_seen(facts, alias.name, found):
        return None
    return (*edits, *(facts.layout.replace(each.node, last) for each in found if isinstance(each.node, ast.Name)))


def _imported(facts: FileFacts, alias: ast.alias, new: str) -> tuple[Edit, ...] | None:
    """Take another name in an import statement, one of its own where that takes others, too."""
    statement = facts.layout.parent(alias)
    module, _, last = new.rpartition(".")
    if not isinstance(statement, ast.ImportFrom):
        return None
    text = f"{last} as {alias.asname}" if alias.asname else last
    if statement.module == module:
        return (facts.layout.replace(alias, text),)
    line = f"from {module} import {text}"
    if len(statement.names) == 1:
        return (facts.layout.replace(statement, line),)
    return _without(facts, statement, alias, line)


def _without(facts: FileFacts, statement: ast.ImportFrom, alias: ast.alias, line: str) -> tuple[Edit, ...] | None:
    """Take a name out of an import statement, and put another statement behind it."""
    if "#" in facts.layout.text(statement):
        return None
    kept = [facts.layout.text(each) for each in statement.names if each is not alias]
    own = facts.layout.lines(statement)
    if own is None:
        return None
    joint = facts.layout.indent(statement)
    text = f"from {statement.module} import {', '.join(kept)}\n{joint}{line}"
    return (facts.layout.replace(statement, text),)


def _binds(tree: ast.Module, name: str) -> bool:
    """Whether a name means anything in a file."""
    return any(
        (isinstance(each, ast.Name) and each.id == name)
        or (isinstance(each, ast.alias) and (each.asname or each.name) == name)
        or (isinstance(each, ast.arg) and each.arg == name)
        or (isinstance(each, (ast.FunctionDef, ast.ClassDef)) and each.name == name)
        for each in walk(tree)
    )


def _all_seen(facts: FileFacts, name: str, found: Sequence[Reference]) -> bool:
    """Whether every mention of an imported name is known to mean it."""
    seen = {each.node for each in found}
    return all(each in seen for each in walk(facts.layout.tree) if isinstance(each, ast.Name) and each.id == name)
