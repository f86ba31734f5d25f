"""What a loop carries from one iteration into the next, and where to cut its graph."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix
from torchlint.model.layout import Loop, own_nodes
from torchlint.syntax.tree import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from torchlint.finding import Edit
    from torchlint.model.layout import Layout
    from torchlint.model.rehearsal import Rehearsal

_MOST = 4
"""Names that one loop carries at most."""


def detach_carried(layout: Layout, rehearsal: Rehearsal, backward: ast.AST, *places: ast.AST) -> Fix | None:
    """Detach what leads from a backward into the iteration before: one name if that is enough, else all.

    Offered where nothing goes wrong any more at the backward, nor at other ``places``.
    """
    for name, cut in _candidates(layout):
        if rehearsal.settles(cut, backward, *places):
            return Fix(Applicability.UNSAFE, f"Detach `{name}`", cut)
    for loop in (each for each in layout.around(backward) if isinstance(each, Loop)):
        names = [name for name in _carried(layout, loop) if _may_be_tensor(layout, loop, name)][:_MOST]
        for chosen in [*([each] for each in names), *([names] if len(names) > 1 else [])]:
            for form in _FORMS:
                edits = _cut(layout, loop, chosen, form)
                if edits is not None and rehearsal.settles(edits, backward, *places):
                    whose = " and ".join(f"`{each}`" for each in chosen)
                    return Fix(Applicability.UNSAFE, f"Detach {whose} in each iteration", edits)
    return None


def _candidates(layout: Layout) -> Iterator[tuple[str, tuple[Edit, ...]]]:
    """What cuts a graph that no loop carries by a name of its own.

    A statement ``h.detach()``, whose result is thrown away, and the attributes that a method reads and then replaces.
    """
    for each in ast.walk(layout.tree):
        match each:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=owner, attr="detach"), args=[], keywords=[]) as call):
                name = _name(owner)
                if name and layout.whole(owner) == layout.span(owner):
                    yield name, (layout.insert(layout.span(call).start, f"{name} = "),)
    for kind in ast.walk(layout.tree):
        if isinstance(kind, ast.ClassDef):
            methods = [each for each in kind.body if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))]
            for method in methods:
                for name in _read_then_written(method):
                    edits = _cut_in_method(layout, methods, method, name)
                    if edits is not None:
                        yield name, edits


def _read_then_written(method: ast.FunctionDef | ast.AsyncFunctionDef) -> Sequence[str]:
    """The attributes of ``self`` that a method reads before it binds them, the first few."""
    names = [name for name in _carried_by(method.body, method) if name.startswith("self.")]
    return names[:_MOST] if method.name != "__init__" else ()


def _cut_in_method(
    layout: Layout,
    methods: Sequence[ast.FunctionDef | ast.AsyncFunctionDef],
    method: ast.FunctionDef | ast.AsyncFunctionDef,
    name: str,
) -> tuple[Edit, ...] | None:
    """Detach an attribute at the head of a method; not yet where it is still None."""
    begun = [
        each.value
        for other in methods
        if other is not method
        for each in ast.walk(other)
        if isinstance(each, ast.Assign) and any(_written(target) == name for target in each.targets)
    ]
    kinds = {_form(layout, each) for each in begun}
    head = next((each for each in method.body if not _is_text(each)), None)
    if len(kinds) != 1 or "" in kinds or head is None or head.lineno <= method.lineno:
        return None
    cut = kinds.pop().format(name)
    if any(isinstance(each, ast.Constant) and each.value is None for each in begun):
        return layout.before(head, f"if {name} is not None:", f"{layout.unit(head)}{cut}")
    return layout.before(head, cut) if not any(isinstance(each, ast.Constant) for each in begun) else None


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _name(node: ast.expr) -> str:
    name = dotted(node) if isinstance(node, (ast.Name, ast.Attribute)) else ""
    return name if name and name.count(".") <= 1 else ""


_TENSOR = "{0} = {0}.detach()"
_TUPLE = "{0} = tuple(each.detach() for each in {0})"
_FORMS = (_TENSOR, _TUPLE)


def _cut(layout: Layout, loop: Loop, names: Sequence[str], form: str) -> tuple[Edit, ...] | None:
    """At the head of the loop where each name is a tensor before it, else at its end."""
    lines = [form.format(name) for name in names]
    before = [_value_before(layout, loop, name) for name in names]
    kinds = {_form(layout, each) for each in before}
    if kinds != {form}:
        return None
    if not any(each is None or isinstance(each, ast.Constant) for each in before):
        first = loop.body[0]
        return layout.before(first, *lines) if first.lineno > loop.lineno else None
    if any(isinstance(each, ast.Continue) for each in ast.walk(loop)) or not _is_bound_at_end(loop, names):
        return None
    last = loop.body[-1]
    return layout.after(last, *lines) if last.lineno > loop.lineno else None


def _form(layout: Layout, value: ast.expr | None) -> str:
    """How what began as a value is detached: a recurrent layer decides where it begins as nothing."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return _TUPLE
    text = layout.source.text
    if "LSTM" not in text or _is_made(value):
        return _TENSOR
    if value is not None and not isinstance(value, ast.Constant):
        return ""
    return _TUPLE if not _TENSOR_STATES.search(text) else ""


def _is_made(value: ast.expr | None) -> bool:
    """Whether a value is the result of a function of torch."""
    return isinstance(value, ast.Call) and (dotted(value.func) or "").partition(".")[0] in ("torch", "th")


_TENSOR_STATES = re.compile(r"\b(?:GRU|RNN|GRUCell|RNNCell|LSTMCell)\(")


def _carried(layout: Layout, loop: Loop) -> Iterator[str]:
    """The names, and attributes of ``self``, that the loop's body binds and that it reads before it binds them."""
    yield from _carried_by(loop.body, loop)


def _carried_by(body: Sequence[ast.stmt], around: ast.AST) -> Iterator[str]:
    bound: set[str] = set()
    seen: set[str] = set()
    stored = {name for each in ast.walk(around) if (name := _written(each))}
    for node in _in_order(body):
        name = _read(node)
        if name in stored and name not in bound and name not in seen:
            seen.add(name)
            yield name
        written = _written(node)
        if written:
            bound.add(written)


def _in_order(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    """Nodes in the order in which they are evaluated, about: values before their targets."""
    for statement in body:
        yield from _evaluated(statement)


def _evaluated(node: ast.AST) -> Iterator[ast.AST]:
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Assign):
        children = [node.value, *node.targets]
    elif isinstance(node, (ast.AnnAssign, ast.NamedExpr)) and node.value is not None:
        children = [node.value, node.target]
    elif isinstance(node, ast.AugAssign):
        loaded = (
            ast.copy_location(ast.Name(node.target.id, ast.Load()), node.target)
            if isinstance(node.target, ast.Name)
            else node.target
        )
        children = [loaded, node.value, node.target]
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        return
    for each in children:
        yield from _evaluated(each)
    yield node


def _read(node: ast.AST) -> str:
    if isinstance(node, (ast.Name, ast.Attribute)) and (isinstance(node.ctx, ast.Load)):
        name = dotted(node) or ""
        return name if isinstance(node, ast.Name) or name.count(".") == 1 else ""
    return ""


def _written(node: ast.AST) -> str:
    if isinstance(node, (ast.Name, ast.Attribute)) and isinstance(node.ctx, ast.Store):
        name = dotted(node) or ""
        return name if isinstance(node, ast.Name) or name.count(".") == 1 else ""
    return ""


def _value_before(layout: Layout, loop: Loop, name: str) -> ast.expr | None:
    """What a name is bound to before a loop, by the last assignment above it; None where that is not seen."""
    found = None
    own = sorted(
        (each for each in own_nodes(layout.scope(loop)) if isinstance(each, ast.Assign)), key=lambda each: each.lineno
    )
    for each in own:
        if each.lineno < loop.lineno:
            for target in each.targets:
                if _written(target) == name:
                    found = each.value
                elif isinstance(target, (ast.Tuple, ast.List)) and any(_written(part) == name for part in target.elts):
                    found = _part_of(each.value, [_written(part) for part in target.elts].index(name))
    return found


def _part_of(value: ast.expr, index: int) -> ast.expr:
    """What one of several targets gets, where the values are written out; else all that is unpacked."""
    if isinstance(value, (ast.Tuple, ast.List)) and index < len(value.elts):
        return value.elts[index]
    return value


def _may_be_tensor(layout: Layout, loop: Loop, name: str) -> bool:
    """Whether a carried name is no counter: not everything that it is bound to in the loop is a number."""
    values = [
        each.value
        for each in ast.walk(loop)
        if (isinstance(each, ast.Assign) and any(_written(target) == name for target in each.targets))
        or (isinstance(each, ast.AugAssign) and _written(each.target) == name)
    ]
    return not values or not all(isinstance(each, ast.Constant) or _is_number(each) for each in values)


def _is_number(node: ast.expr) -> bool:
    match node:
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in ("item", "size", "numel", "dim")
        case ast.Call(func=ast.Name(id=name)):
            return name in ("len", "int", "float")
    return False


def _is_bound_at_end(loop: Loop, names: Sequence[str]) -> bool:
    """Whether the body's own statements bind each name, whichever way the loop goes."""
    return all(any(_written(node) == name for each in loop.body for node in _targets(each)) for name in names)


def _targets(statement: ast.stmt) -> Iterator[ast.AST]:
    if isinstance(statement, ast.Assign):
        for each in statement.targets:
            yield from ast.walk(each)
    elif isinstance(statement, ast.AugAssign):
        yield statement.target
