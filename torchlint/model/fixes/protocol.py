"""What rewrites ask of a file's facts, which are put together from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torchlint.model.code.api_changes import Use
    from torchlint.model.code.references import References
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.spelling import Spelling
    from torchlint.syntax.outline import Outline
    from torchlint.syntax.source import Source


class FileFacts(Protocol):
    """The text of a file, and what it names."""

    source: Source
    outline: Outline

    @property
    def layout(self) -> Layout:
        """Where the file's statements stand."""

    @property
    def spelling(self) -> Spelling:
        """How the file writes the names of PyTorch."""

    @property
    def references(self) -> References:
        """What the file names of PyTorch's packages."""

    @property
    def api_uses(self) -> Sequence[Use]:
        """Where the file uses what was deprecated or removed."""

    def has(self, name: str) -> bool:
        """Whether a name is there in every release that the file must run on."""
