"""What is known of one error: its kind, what its message says, and where its frames are in the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.why.kinds import kind_of

if TYPE_CHECKING:
    from torchlint.why.details import Details
    from torchlint.why.files import Located, Project
    from torchlint.why.kind import Kind
    from torchlint.why.tracebacks import Traceback


@dataclass(frozen=True, slots=True)
class Case:
    """An error of a known kind. ``groups`` is what its pattern matched.

    ``frames`` are those in the project's files, the innermost last; ``forward`` those of the forward pass that anomaly
    mode printed, of the node ``node``.
    """

    traceback: Traceback
    kind: Kind
    groups: dict[str, str]
    details: Details
    project: Project
    frames: tuple[Located, ...]
    forward: tuple[Located, ...] = ()
    node: str = ""

    @property
    def raised(self) -> Located | None:
        """The project's innermost line when PyTorch raised."""
        return self.frames[-1] if self.frames else None

    def is_same(self, message: str) -> bool:
        """Whether a message is of this kind of error."""
        found = kind_of("", message)
        return found is not None and found[0] is self.kind

    def name(self, located: Located) -> str:
        """``line 4``, with the file where it is another one than that of the line that raised."""
        where = f"line {located.line}" if located.cell is None else f"cell {located.cell}, line {located.line}"
        return where if self.raised and located.path == self.raised.path else f"{where} of {located.path}"
