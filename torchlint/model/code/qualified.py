"""Expressions -> the public names of the things of PyTorch's that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.modules import tensors
from torchlint.syntax.names import dotted

if TYPE_CHECKING:
    import libcst as cst

    from torchlint.syntax.names import Names


def torch_name(node: cst.BaseExpression, names: Names) -> str | None:
    """The public name of the thing of PyTorch's that an expression names, None for anything else."""
    name = dotted(node)
    qualified = tensors.meaning(names.qualify(name)) if name else None
    return qualified if qualified is not None and qualified.startswith("torch.") else None
