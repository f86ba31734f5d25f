"""What one version of a file leaves to the next, so that only what changed is looked at again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.model.interpreter.incremental import Entries
from torchlint.syntax.kept import Kept
from torchlint.syntax.outline import ClassUnits, Outline
from torchlint.syntax.versions import Versions

if TYPE_CHECKING:
    import ast

    from torchlint.syntax.gate import Gate
    from torchlint.syntax.region import ParsedTexts


class Memory:
    """The memory of one file that is being edited: its syntax, its classes and regions, and what its entries came to.

    Each is remembered with all that it depends on, so findings are the same with and without a memory.
    """

    def __init__(self) -> None:
        self.entries = Entries()
        self._versions = Versions()
        self._classes: ClassUnits = Kept()

    @cached_property
    def regions(self) -> ParsedTexts:
        """The regions that LibCST parsed."""
        from torchlint.syntax.region import ParsedTexts  # start-up: 100 ms, as it imports LibCST

        return ParsedTexts()

    def parse(self, text: str) -> ast.Module:
        """The ``ast`` of the next version; that of the one before it ends here. Raises: what ``parse_text`` does."""
        tree = self._versions.parse(text)
        self.entries.next_version(tree, text)
        self._classes.next_version()
        self.regions.next_version()
        return tree

    def outline(self, tree: ast.Module, text: str, gate: Gate) -> Outline:
        """The outline of this version."""
        return Outline.of(tree, text, gate, self._classes)
