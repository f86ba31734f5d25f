"""A call as it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ast
    from collections.abc import Mapping


@dataclass(slots=True)
class Site:
    """One call as written: the node, what the user calls the callee, the arguments and the nodes that name them.

    ``is_open`` says that an argument list of unknown length was unpacked into it, ``is_cut`` one of which not all is
    known; ``receiver`` is something unknown of which this calls a method through which gradient may flow.
    """

    at: ast.AST
    label: str
    arguments: list[object]
    keywords: dict[str, object]
    texts: list[ast.AST] = field(default_factory=list)
    keyword_texts: Mapping[str, ast.AST] = field(default_factory=dict)
    owner: ast.AST | None = None
    is_open: bool = False
    is_cut: bool = False
    receiver: object = None

    def argument(self, position: int, name: str, default: object = None) -> object:
        """An argument by position or name."""
        if len(self.arguments) > position:
            return self.arguments[position]
        return self.keywords.get(name, default)

    def written(self, position: int, name: str) -> ast.AST:
        """How an argument by position or name is written; the whole call where it is not."""
        if len(self.texts) > position:
            return self.texts[position]
        return self.keyword_texts.get(name, self.at)
