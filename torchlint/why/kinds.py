"""What PyTorch's errors mean, as data: words -> what happened, which rules tell of it, where to look, what to try.

To teach ``torchlint why`` another error, add a row to one of the two tables; the first whose words are in a message
counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.why.errors_of_autograd import AUTOGRAD
from torchlint.why.errors_of_data import DATA

if TYPE_CHECKING:
    import re

    from torchlint.why.kind import Kind

KINDS = (*AUTOGRAD, *DATA)


def kind_of(error: str, message: str) -> tuple[Kind, re.Match[str]] | None:
    """The kind of an error and what matched, None where it is none of PyTorch's that is known."""
    text = f"{error}: {message}"
    return next(((kind, found) for kind in KINDS if (found := kind.pattern.search(text))), None)
