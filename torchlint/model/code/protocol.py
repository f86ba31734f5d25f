"""What those who look for patterns ask of a file's facts, which are put together from what they find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator, Sequence

    from torchlint.finding import Span
    from torchlint.model.code.examined import Examined
    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.modules.classes import Classes
    from torchlint.syntax.gate import Sign
    from torchlint.syntax.outline import Outline
    from torchlint.syntax.region import Region
    from torchlint.syntax.source import Source


class Places(Protocol):
    """Where the nodes of a file's tree stand, and their text."""

    tree: ast.Module

    def parent(self, node: ast.AST) -> ast.AST | None:
        """The node that a node is a part of."""

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What a node stands in, innermost first."""

    def scope(self, node: ast.AST) -> ast.AST:
        """The innermost function, class or module that a node stands in."""

    def text(self, node: ast.AST) -> str:
        """The text of a node."""

    def span(self, node: ast.AST) -> Span:
        """The byte range of a node."""


class CodeFacts(Protocol):
    """The text of a file, as far as something may be found in it."""

    source: Source
    outline: Outline
    classes: Classes
    tree: Callable[[], ast.Module]

    @property
    def modules_known(self) -> Modules:
        """What the interpreter is told of the file's classes."""

    @property
    def data_owners(self) -> Examined:
        """What has the ``.data`` of the file."""

    def regions(self, *signs: Sign, lines: Sequence[int] | None = None) -> Iterator[Region]:
        """The readable regions in which any of some signs was seen, with any of some lines."""
