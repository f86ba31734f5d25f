"""Writes through ``.data`` written as what they mean: a function of ``nn.init``, or a change under ``no_grad``."""

from __future__ import annotations

import ast
from collections import deque
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix, Span
from torchlint.model.code.purpose import is_no_grad_block
from torchlint.model.fixes.no_grad import enclosed, is_initialisation
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torchlint.finding import Edit
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.spelling import Spelling

# Methods with a twin in `torch.nn.init` that draws the same values, and how many arguments both take alike.
_INITIALISERS = {
    "normal_": ("normal_", 2),
    "uniform_": ("uniform_", 2),
    "zero_": ("zeros_", 0),
    "fill_": ("constant_", 1),
}

MAX_TOGETHER = 200
"""Writes that one fix covers: each of them has the whole fix, so their number counts twice."""


class DataRewrites:
    """Rewrites the writes of one file; ``attributes`` are the ``x.data`` that are certainly written through."""

    def __init__(self, layout: Layout, spelling: Spelling, attributes: Iterable[ast.Attribute]) -> None:
        self._layout = layout
        self._spelling = spelling
        self._by_statement = {layout.statement(each): each for each in attributes}
        self._together: dict[ast.stmt, Fix | None] = {}

    def fix(self, attribute: ast.Attribute) -> Fix | None:
        """Do without ``.data``: safe where a weight gets its first values, for nothing was computed with it yet."""
        statement = self._layout.statement(attribute)
        if (fix := self._initialised(statement, attribute)) is not None:
            return fix
        if statement not in self._together:
            run = self._run(statement)
            fix = self._unrecorded(statement, run) if len(run) <= MAX_TOGETHER else None
            self._together.update(dict.fromkeys(run, fix))
        return self._together[statement]

    def _initialised(self, statement: ast.stmt, attribute: ast.Attribute) -> Fix | None:
        """``w.data.normal_(0, 1)`` -> ``nn.init.normal_(w, 0, 1)``."""
        layout = self._layout
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=receiver, attr=name)) as call) if (
                receiver is attribute
            ):
                twin, most = _INITIALISERS.get(name, ("", 0))
            case _:
                return None
        named = all(each.arg in ("mean", "std") for each in call.keywords) and (name == "normal_" or not call.keywords)
        if not twin or not named or len(call.args) + len(call.keywords) > most or "#" in layout.text(call.func):
            return None
        if any(isinstance(each, ast.Starred) for each in call.args) or (name == "fill_" and len(call.args) != 1):
            return None
        spelled = self._spelling.of(f"torch.nn.init.{twin}", statement)
        tensor = layout.source.slice(layout.whole(attribute.value))
        if spelled is None or layout.whole(call.func) != layout.span(call.func):
            return None
        opening = layout.source.data.index(b"(", layout.span(call.func).end) + 1
        comma = ", " if call.args or call.keywords else ""
        start = layout.span(call).start
        edits = (*spelled.edits, layout.edit(Span(start, opening), f"{spelled.text}({tensor}{comma}"))
        return Fix(self._grade(statement), f"Use `{spelled.text}`", edits)

    def _grade(self, statement: ast.stmt) -> Applicability:
        return Applicability.SAFE if is_initialisation(self._layout, statement) else Applicability.UNSAFE

    def _unrecorded(self, statement: ast.stmt, run: Sequence[ast.stmt]) -> Fix | None:
        """All such writes that stand together, under one ``no_grad``; the fix of each of them is the same."""
        dropped = [self._dropped(each) for each in run]
        edits: list[Edit] = []
        for each in dropped:
            if each is None:
                return None
            edits += each
        if any(is_no_grad_block(each) for each in self._layout.around(statement)):
            return Fix(self._grade(statement), "Drop `.data`", tuple(edits))
        mode = self._spelling.of("torch.no_grad", statement)
        block = enclosed(self._layout, run, mode.text) if mode is not None else None
        if mode is None or block is None:
            return None
        ordered = sorted([*block, *edits], key=lambda each: each.span)
        return Fix(self._grade(statement), f"Change it under `{mode.text}()`", (*mode.edits, *ordered))

    def _run(self, statement: ast.stmt) -> Sequence[ast.stmt]:
        """The writes that stand together with one, in order."""
        run = deque([statement])
        for step, at in ((-1, 0), (1, -1)):
            while (following := self._layout.neighbour(run[at], step)) is not None and self._belongs(
                following, run[at]
            ):
                run.appendleft(following) if step < 0 else run.append(following)
        return run

    def _belongs(self, statement: ast.stmt, neighbour: ast.stmt) -> bool:
        attribute = self._by_statement.get(statement)
        if attribute is None or self._initialised(statement, attribute) is not None or self._dropped(statement) is None:
            return False
        layout = self._layout
        one, other = layout.lines(statement), layout.lines(neighbour)
        if one is None or other is None:
            return False
        return layout.source.cell_of_line(one[0]) is layout.source.cell_of_line(other[0])

    def _dropped(self, statement: ast.stmt) -> tuple[Edit, ...] | None:
        """The statement without the ``.data`` that it writes through."""
        attribute = self._by_statement.get(statement)
        match statement:
            case ast.Expr() | ast.AugAssign():
                pass
            case ast.Assign(targets=[ast.Subscript()]):
                pass
            case _:
                return None
        if attribute is None or not _is_written(statement, attribute):
            return None
        name = attribute.value
        augments = isinstance(statement, ast.AugAssign) and statement.target is attribute
        if augments and isinstance(name, ast.Name) and not self._layout.is_local(name):
            return None  # without `.data` it would become a local name
        end = self._layout.span(attribute).end
        span = Span(end - len(".data"), end)
        return (self._layout.edit(span, ""),) if self._layout.source.slice(span) == ".data" else None


_MOVES = frozenset("to cuda cpu half float double bfloat16 type".split())


def remedy(layout: Layout, attribute: ast.Attribute | None) -> str:
    """What is to be done instead of a write through ``x.data``, as the end of a message."""
    statement = layout.statement(attribute) if attribute is not None else None
    if attribute is None or statement is None:
        return _NOTICED
    match statement:
        case ast.Assign(targets=targets, value=value) if attribute in targets:
            match value:
                case ast.Call(func=ast.Attribute(attr=name)) if name in _MOVES:
                    return f"`{name}` of its module moves it together with all others"
            return "`copy_` under `torch.no_grad()` would be noticed"
    if is_initialised(layout, attribute):
        return "functions of `nn.init` record no gradients, so that `.data` is needless"
    if any(is_no_grad_block(each) for each in layout.around(statement)):
        return "`.data` is needless where no gradients are recorded, and without it the change would be noticed"
    return _NOTICED


def is_initialised(layout: Layout, attribute: ast.Attribute) -> bool:
    """Whether ``x.data`` is given to a function of ``nn.init``."""
    parent = layout.parent(attribute)
    return isinstance(parent, ast.Call) and "init" in (dotted(parent.func) or "").split(".")


_NOTICED = "under `torch.no_grad()` it would be noticed"


def _is_written(statement: ast.stmt, attribute: ast.Attribute) -> bool:
    """Whether a statement does nothing but write through an attribute, or a part of it."""
    match statement:
        case ast.Expr(value=node):
            if not isinstance(node, ast.Call):
                return False
        case ast.AugAssign(target=node):
            if node is attribute and not isinstance(attribute.value, (ast.Name, ast.Attribute)):
                return False
        case ast.Assign(targets=[node]):
            pass
        case _:
            return False
    while node is not attribute:
        match node:
            case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner)):
                node = inner
            case _:
                return False
    return True


def attribute_of(node: ast.AST) -> ast.Attribute | None:
    """The ``x.data`` that an expression or statement writes through."""
    match node:
        case ast.AugAssign(target=inner) | ast.Expr(value=inner):
            return attribute_of(inner)
        case ast.Attribute(attr="data"):
            return node
        case ast.Call(args=[ast.Attribute(attr="data") as argument, *_]):
            return argument
        case ast.Subscript(value=inner) | ast.Call(func=ast.Attribute(value=inner)):
            return attribute_of(inner)
    return None
