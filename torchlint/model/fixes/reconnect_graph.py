"""What left its graph before a backward, written so that it does not.

``.detach()``, ``.item()`` and their like are dropped together with the ``torch.tensor`` that made a tensor of the
number again, and a block or function under ``no_grad`` is let out of it. Of what no gradient can flow through, such as
indices, nothing tells what is meant.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix, Span
from torchlint.model.autograd.faults import INPUT_WITHOUT_GRAD, Kind
from torchlint.model.autograd.tensor import CutKind
from torchlint.model.code.no_grad_blocks import is_evaluation
from torchlint.model.fixes.editor import Function
from torchlint.model.fixes.retention import differentiate_again
from torchlint.syntax.tree import last_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from torchlint.finding import Edit
    from torchlint.model.autograd.faults import Fault
    from torchlint.model.autograd.tensor import Cut
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.spelling import Spelling
    from torchlint.model.fixes.verify import Outcome, Rehearsal

    Edits: TypeAlias = tuple[Edit, ...]

_MOST = 3
"""Cuts that one fix mends."""
_NUMBERS = frozenset("item tolist numpy".split())
_TENSORS = frozenset("tensor as_tensor from_numpy FloatTensor Tensor Parameter".split())
_OFF = frozenset(("no_grad", "inference_mode"))


class Reconnection:
    """Mends the cuts before the backwards of one file."""

    def __init__(self, layout: Layout, spelling: Spelling, rehearsal: Rehearsal) -> None:
        self._layout = layout
        self._spelling = spelling
        self._rehearsal = rehearsal

    def fix(self, fault: Fault, backward: ast.AST) -> Fix | None:
        """Let a backward reach what it was cut off from, where it then runs."""
        if not self._layout.owns(backward) or not self._layout.owns(fault.at):
            return None
        if fault.cut is None:
            return self._required(fault, backward)
        for message, edits in self._mended(fault.cut, backward):
            whole = self._completed(edits, fault, backward)
            if whole is not None:
                return Fix(Applicability.UNSAFE, message, whole)
        return None

    def _completed(self, edits: Edits, fault: Fault, backward: ast.AST, depth: int = 1) -> Edits | None:
        """Edits that mend one cut, and those that mend what is then cut behind it."""
        tried = self._rehearsal.outcome(edits)
        if tried is None:
            return None
        if tried.settles((fault.at, backward)) and tried.goes_backward(backward):
            return edits
        further = self._further(tried, edits, backward) if depth < _MOST else ()
        wholes = (self._completed(each, fault, backward, depth + 1) for each in further)
        return next((each for each in wholes if each is not None), None)

    def _further(self, tried: Outcome, edits: Edits, backward: ast.AST) -> Iterator[Edits]:
        """Edits together with those that mend another cut, which came to light when the first was mended."""
        for fault in tried.faults:
            cut = fault.cut if fault.kind in (Kind.NO_GRAD, Kind.REWRAPPED) else None
            at = tried.former(cut.at) if cut is not None else None
            if cut is None or at is None or not self._layout.owns(at):
                continue
            taken = [each.span for each in edits]
            for _, more in self._mended(cut, backward, at):
                if not any(_meets(each.span, span) for each in more for span in taken):
                    yield (*edits, *more)

    # Cuts.

    def _mended(self, cut: Cut, backward: ast.AST, at: ast.AST | None = None) -> Iterator[tuple[str, Edits]]:
        at = cut.at if at is None else at
        if not self._layout.owns(at):
            return
        if cut.kind is CutKind.DETACH:
            yield from self._attached(at)
        elif cut.kind is CutKind.NUMBER:
            yield from self._kept_as_tensor(at)
        elif cut.kind is CutKind.REWRAP:
            yield from self._unwrapped(at)
        elif cut.kind is CutKind.NO_GRAD:
            yield from self._recorded(at, backward)

    def _attached(self, at: ast.AST) -> Iterator[tuple[str, Edits]]:
        """``x.detach()`` and ``x.data`` -> ``x``."""
        match at:
            case ast.Call(func=ast.Attribute(value=inner, attr="detach" | "detach_" as name), args=[], keywords=[]):
                label = f".{name}()"
            case ast.Attribute(value=inner, attr="data", ctx=ast.Load()):
                label = ".data"
            case _:
                return
        assert isinstance(at, ast.expr)
        parent = self._layout.parent(at)
        if isinstance(parent, ast.Call) and self._makes_tensor(parent) and parent.args[:1] == [at]:
            at = parent
        yield from self._instead(at, inner, f"Drop `{label}`")

    def _kept_as_tensor(self, at: ast.AST) -> Iterator[tuple[str, Edits]]:
        """``x.item()`` and ``float(x)`` -> ``x``, and what makes a tensor of it again is dropped."""
        inner = _number_of(at)
        if inner is None:
            return
        assert isinstance(at, ast.Call)
        message = "Drop `float`" if isinstance(at.func, ast.Name) else f"Drop `.{last_name(at.func)}()`"
        parent = self._layout.parent(at)
        if isinstance(parent, ast.Call) and self._makes_tensor(parent) and parent.args[:1] == [at]:
            yield from self._instead(parent, inner, message)
            return
        listed = parent if isinstance(parent, (ast.ListComp, ast.List)) else None
        maker = self._layout.parent(listed) if listed is not None else None
        if not isinstance(maker, ast.Call) or not self._makes_tensor(maker) or maker.args[:1] != [listed]:
            yield from ((message, edits) for edits in self._replaced(at, inner))
            return
        numbers = listed.elts if isinstance(listed, ast.List) else [at]
        edits = [edit for each in numbers for edit in self._as_tensor(each)]
        stacked = self._stacked(maker)
        if stacked is not None and len(edits) == len(numbers):
            yield message, (*stacked, *edits)

    def _as_tensor(self, number: ast.expr) -> Edits:
        """The one edit that makes a number the tensor that it was taken from; none where it was not."""
        inner = _number_of(number)
        return next(self._replaced(number, inner), ()) if inner is not None else ()

    def _unwrapped(self, at: ast.AST) -> Iterator[tuple[str, Edits]]:
        """``torch.tensor(x)`` -> ``x`` or, where that is a list, ``torch.stack(x)``."""
        if not isinstance(at, ast.Call) or not self._makes_tensor(at) or not at.args:
            return
        if not isinstance(at.args[0], (ast.List, ast.ListComp)):
            yield from self._instead(at, at.args[0], "Use the tensor itself")
        stacked = self._stacked(at)
        if stacked is not None:
            yield "Stack the tensors", stacked

    def _makes_tensor(self, call: ast.Call) -> bool:
        """Whether a call makes a tensor of its one argument; what else it is told is its dtype, or to require grad."""
        known = all(each.arg in ("requires_grad", "dtype", "device") for each in call.keywords)
        return last_name(call.func) in _TENSORS and len(call.args) == 1 and known

    def _stacked(self, call: ast.Call) -> Edits | None:
        spelled = self._spelling.of("torch.stack", call)
        if spelled is None or "#" in self._layout.text(call):
            return None
        edits = [*spelled.edits, self._layout.replace(call.func, spelled.text)]
        if call.keywords:
            end = self._layout.whole(call.args[0]).end
            edits.append(self._layout.edit(Span(end, self._layout.span(call).end), ")"))
        return tuple(edits)

    # No gradients recorded.

    def _recorded(self, at: ast.AST, backward: ast.AST) -> Iterator[tuple[str, Edits]]:
        """Without the ``no_grad`` that a place is in; not where it belongs to a function that evaluates."""
        layout = self._layout
        around = list(layout.around(at))
        if any(isinstance(each, Function) and is_evaluation(each.name) for each in around):
            return
        yield from self._under_its_condition(around, backward)
        for each in around:
            if isinstance(each, Function):
                modes = [one for one in each.decorator_list if _is_off(one)]
                edits = self._without_decorator(modes[0]) if len(modes) == 1 else None
                if edits is not None:
                    yield f"Drop `@{layout.text(modes[0])}`", edits
                break
        blocks = [each for each in around if _is_block(each)]
        if not blocks:
            blocks = [each for each in ast.walk(layout.tree) if _is_block(each)]
        if len(blocks) == 1 and isinstance(blocks[0], ast.With):
            edits = layout.dissolve(blocks[0])
            if edits is not None:
                yield f"Do it outside of `{layout.text(blocks[0].items[0].context_expr)}`", edits
        switches = [each for each in ast.walk(layout.tree) if _is_switch(each)]
        if len(switches) == 1 and not any(_is_in_evaluation(layout, each) for each in switches):
            assert isinstance(switches[0], ast.stmt)
            edits = layout.remove(switches[0])
            if edits is not None:
                yield f"Drop `{layout.text(switches[0])}`", edits

    def _under_its_condition(self, around: list[ast.AST], backward: ast.AST) -> Iterator[tuple[str, Edits]]:
        """``set_grad_enabled(...)`` told the condition under which the backward comes, in the same loop."""
        layout = self._layout
        asked = next((each.test for each in layout.around(backward) if isinstance(each, ast.If)), None)
        flags = [flag for each in around if isinstance(each, ast.With) for flag in _grad_flags(each)]
        if isinstance(asked, ast.Compare) and len(flags) == 1 and layout.loop(asked) is layout.loop(flags[0]):
            text = layout.text(asked)
            if "\n" not in text and text != layout.text(flags[0]):
                yield f"Record gradients where `{text}`", (layout.replace(flags[0], text),)

    def _without_decorator(self, decorator: ast.expr) -> Edits | None:
        source, line = self._layout.source, decorator.lineno
        if decorator.end_lineno != line or source.line_text(line).strip() != f"@{self._layout.text(decorator)}":
            return None
        return (self._layout.edit(source.line_span(line), ""),)

    # Nothing that requires grad.

    def _required(self, fault: Fault, backward: ast.AST) -> Fix | None:
        """The input of ``autograd.grad`` told to require grad, or the gradient recorded that goes backward again."""
        is_input = fault.message == INPUT_WITHOUT_GRAD
        for fix in self._told(fault) if is_input else differentiate_again(self._layout):
            tried = self._rehearsal.outcome(fix.edits)
            if tried is not None and tried.settles((fault.at, backward)) and tried.goes_backward(backward):
                return fix
        return None

    def _told(self, fault: Fault) -> Iterator[Fix]:
        """``x.requires_grad_()`` right after ``x`` is made, in the function that asks for the gradient."""
        layout = self._layout
        name = fault.name if isinstance(fault.name, str) else ""
        scope = layout.scope(fault.at)
        made = [
            each
            for each in ast.walk(scope)
            if isinstance(each, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == name for target in each.targets)
        ]
        if len(made) == 1 and not isinstance(made[0].value, (ast.Name, ast.Attribute, ast.Subscript)):
            edits = layout.after(made[0], f"{name}.requires_grad_()")
            if edits is not None:
                yield Fix(Applicability.UNSAFE, f"Let `{name}` require grad", edits)

    # Text.

    def _instead(self, node: ast.expr, inner: ast.expr, message: str) -> Iterator[tuple[str, Edits]]:
        """An expression in the place of a larger one, and without the flag that was to make up for the cut."""
        layout, statement = self._layout, self._layout.statement(node)
        outer = layout.parent(node)
        call = layout.parent(outer) if outer is not None else None
        if isinstance(outer, ast.Attribute) and outer.attr == "requires_grad_" and isinstance(call, ast.Call):
            node = call
        flags = self._flags(statement)
        if (isinstance(statement, ast.Expr) and statement.value is node) or _is_same(statement, node, inner):
            for removed in self._removed(statement):
                yield message, (*removed, *flags)
        else:
            yield from ((message, (*edits, *flags)) for edits in self._replaced(node, inner))

    def _replaced(self, node: ast.expr, inner: ast.expr) -> Iterator[Edits]:
        layout = self._layout
        outer, kept = layout.span(node), layout.whole(inner)
        if "#" in layout.source.slice(Span(outer.start, kept.start)) + layout.source.slice(Span(kept.end, outer.end)):
            return
        text = layout.source.slice(kept)
        is_atom = isinstance(inner, (ast.Name, ast.Attribute, ast.Call, ast.Subscript)) or text.startswith("(")
        bare = layout.whole(node) != outer or isinstance(layout.parent(node), (ast.Assign, ast.Return, ast.keyword))
        yield (layout.edit(outer, text if is_atom or bare else f"({text})"),)

    def _removed(self, statement: ast.stmt) -> Iterator[Edits]:
        """Without a statement; a condition goes with all that it was for."""
        layout = self._layout
        parent = layout.parent(statement)
        if (
            isinstance(parent, ast.If)
            and parent.body == [statement]
            and not parent.orelse
            and _is_question(parent.test)
        ):
            statement = parent
        removed = layout.remove(statement)
        if removed is not None:
            yield removed

    def _flags(self, statement: ast.stmt) -> Edits:
        """Takes ``x.requires_grad_()`` away that follows in the same block, where the statement binds ``x``."""
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]):
                pass
            case _:
                return ()
        block = self._layout.block(statement)
        later = [each for each in block if each.lineno > statement.lineno and _is_flag(each, name)]
        removed = self._layout.remove(later[0]) if len(later) == 1 else None
        return removed or ()


def _number_of(node: ast.AST) -> ast.expr | None:
    """The tensor that an expression takes the number of."""
    match node:
        case ast.Call(func=ast.Attribute(value=inner, attr=name), args=[], keywords=[]) if name in _NUMBERS:
            return inner
        case ast.Call(func=ast.Name(id="float"), args=[inner], keywords=[]):
            return inner
    return None


def _meets(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _is_off(mode: ast.expr) -> bool:
    """Whether a decorator or the item of a ``with`` certainly switches gradients off."""
    match mode:
        case ast.Call(func=func, args=[], keywords=[]):
            return last_name(func) in _OFF
        case ast.Call(func=func, args=[ast.Constant(value=False)], keywords=[]):
            return last_name(func) == "set_grad_enabled"
    return last_name(mode) in _OFF


def _is_block(node: ast.AST) -> bool:
    match node:
        case ast.With(items=[ast.withitem(context_expr=mode, optional_vars=None)]):
            return isinstance(mode, ast.Call) and _is_off(mode)
    return False


def _grad_flags(block: ast.With) -> Iterator[ast.expr]:
    for item in block.items:
        match item.context_expr:
            case ast.Call(func=func, args=[flag], keywords=[]) if last_name(func) == "set_grad_enabled":
                yield flag


def _is_switch(node: ast.AST) -> bool:
    """Whether a statement switches gradients off for all that follows."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="set_grad_enabled"), args=[ast.Constant(value=False)])):
            return True
    return False


def _is_in_evaluation(layout: Layout, node: ast.AST) -> bool:
    return any(isinstance(each, Function) and is_evaluation(each.name) for each in layout.around(node))


def _is_same(statement: ast.stmt, node: ast.expr, inner: ast.expr) -> bool:
    """Whether a statement would bind a name to what it is bound to."""
    match statement, inner:
        case ast.Assign(targets=[ast.Name(id=one)], value=value), ast.Name(id=other):
            return value is node and one == other
    return False


def _is_flag(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="requires_grad_"))):
            return owner == name
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner), attr="requires_grad")]):
            return owner == name
    return False


def _is_question(test: ast.expr) -> bool:
    """Whether a condition only reads."""
    return not any(isinstance(each, (ast.Call, ast.NamedExpr, ast.Await, ast.Yield)) for each in ast.walk(test))
