"""Code that takes care of several versions of a package by itself: what it names is meant to be there or not."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.syntax.tree import last_name, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import Places

_VERSION = re.compile(
    r"version|hasattr|getattr|torch_?\d|_(?:ge|gt|le|lt)_|(?:^|\W)_?has_\w|is_\w+_(?:available|usable|greater|less)"
    r"|_(?:major|minor)\b|TORCH_|TYPE_CHECKING",
    re.IGNORECASE,
)
_MISSING = frozenset("ImportError ModuleNotFoundError AttributeError NameError".split())
_BROAD = frozenset("TypeError RuntimeError Exception BaseException".split())
"""Errors that are about a missing name only where little else is tried."""
_MAX_TRIED = 3
_ENDING = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_EXPECTING = frozenset(("raises", "warns", "assertRaises", "assertWarns", "assertRaisesRegex", "deprecated_call"))


def is_deliberate(layout: Places, node: ast.AST) -> bool:
    """Whether code asks about versions, attributes or errors before it comes to a node, or behind an earlier one."""
    before: ast.AST = node
    for each in layout.around(node):
        if isinstance(each, (ast.If, ast.IfExp, ast.While)) and before is not each.test and _asks(layout, each.test):
            return True
        if isinstance(each, ast.BoolOp) and any(_asks(layout, value) for value in each.values if value is not before):
            return True
        if isinstance(each, ast.Try) and _handles(each):
            return True
        if isinstance(each, (ast.With, ast.AsyncWith)) and any(map(_expects, each.items)):
            return True
        if isinstance(before, ast.stmt) and _follows_a_check(layout, before, each):
            return True
        before = each
    return False


def is_type(layout: Places, node: ast.AST) -> bool:
    """Whether a class is only named to say what something is: in an annotation, or for ``isinstance``."""
    before: ast.AST = node
    for each in layout.around(node):
        match each:
            case ast.arg():
                return True
            case ast.AnnAssign(annotation=found) if found is before:
                return True
            case ast.FunctionDef(returns=found) | ast.AsyncFunctionDef(returns=found) if found is before:
                return True
            case ast.Call(func=ast.Name(id="isinstance" | "issubclass")):
                return True
        if isinstance(each, ast.stmt):
            return False
        before = each
    return False


def replaced(tree: ast.Module) -> frozenset[str]:
    """The last names of the attributes that a file assigns to: where it puts something of its own in their place."""
    stores = (each for each in walk(tree) if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store))
    return frozenset(each.attr for each in stores)


def _asks(layout: Places, test: ast.expr) -> bool:
    return _VERSION.search(layout.text(test)) is not None


def _handles(node: ast.Try) -> bool:
    """Whether something is tried that may be missing."""
    caught = _MISSING | _BROAD if len(node.body) <= _MAX_TRIED else _MISSING
    for handler in node.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(last_name(each) in caught if each else len(node.body) <= _MAX_TRIED for each in kinds):
            return True
    return False


def _expects(item: ast.withitem) -> bool:
    call = item.context_expr
    return isinstance(call, ast.Call) and last_name(call.func) in _EXPECTING


def _follows_a_check(layout: Places, statement: ast.stmt, parent: ast.AST) -> bool:
    """Whether a statement before this one of the same block leaves it for other versions, or an assertion does."""
    for earlier in _earlier(statement, parent):
        if isinstance(earlier, ast.Assert) and _asks(layout, earlier.test):
            return True
        if isinstance(earlier, ast.If) and isinstance(earlier.body[-1], _ENDING) and _asks(layout, earlier.test):
            return True
    return False


def _earlier(statement: ast.stmt, parent: ast.AST) -> Iterator[ast.stmt]:
    for name in ("body", "orelse", "finalbody"):
        block = getattr(parent, name, None)
        if isinstance(block, list) and statement in block:
            yield from block[: block.index(statement)]
