"""Where a file names something of torch that begins with an underscore, and that no document of PyTorch's names."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.references import Reference, References

_DOCUMENTED = (
    *("torch._assert", "torch._foreach_", "torch._logging", "torch.cuda.jiterator._create_"),
    *("torch.cuda.memory._dump_snapshot", "torch.cuda.memory._record_memory_history", "torch.cuda.memory._snapshot"),
)
"""What the index of PyTorch's documents has all the same."""


def private_names(references: References) -> Iterator[Reference]:
    """The references to private names: an import once, and what is read behind a public module, but nothing twice."""
    names = {each for each in references.written if each.startswith("torch.") and is_private(each)}
    found = references.of(names) if names else ()
    imported = {each.name for each in found if isinstance(each.node, ast.alias)}
    for reference in found:
        match reference.node:
            case ast.Attribute() if _begins_private(reference.name) and reference.name not in imported:
                yield reference
            case ast.ImportFrom():
                yield reference
            case ast.alias(name=name) if "." in name or _begins_private(reference.name):
                yield reference


def is_private(name: str) -> bool:
    """Whether a qualified name leads through something private, whose name is not documented."""
    return any(_is_marked(each) for each in name.split(".")) and not name.startswith(_DOCUMENTED)


def _begins_private(name: str) -> bool:
    """Whether the last part of a name is the first one that is private."""
    module, _, last = name.rpartition(".")
    return _is_marked(last) and not is_private(module)


def _is_marked(part: str) -> bool:
    return part.startswith("_") and not part.endswith("__")
