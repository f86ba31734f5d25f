"""In-place changes written out of place: ``x = x + y`` instead of ``x += y``, and who would notice.

Nobody does where the tensor is the fresh result of an operation and only one local name leads to it. Where there may be
another way to it, through a second name, a container, a caller, the other one keeps the old content: that is not safe.
A part of another tensor is never changed out of place, as the whole would not change with it.
"""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from torchlint.finding import Applicability, Fix, Span
from torchlint.model.api import torch_names
from torchlint.model.api.operation import Answer
from torchlint.model.api.operations import layer, operations
from torchlint.model.autograd.tensor import Tensor
from torchlint.model.fixes.editor import own_nodes
from torchlint.model.fixes.name_index import NameIndex
from torchlint.syntax.tree import last_name

if TYPE_CHECKING:
    from torchlint.finding import Edit
    from torchlint.model.autograd.tensor import Change, Name
    from torchlint.model.fixes.editor import Layout
    from torchlint.model.fixes.spelling import Spelling

_SIGNS = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.Mod: "%",
    ast.FloorDiv: "//",
    ast.BitAnd: "&",
    ast.BitOr: "|",
    ast.BitXor: "^",
    ast.LShift: "<<",
    ast.RShift: ">>",
}
_ATOMS = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.ListComp)
_STRENGTH = {ast.BitOr: 1, ast.BitXor: 2, ast.BitAnd: 3, ast.LShift: 4, ast.RShift: 4, ast.Add: 5, ast.Sub: 5}
_PRODUCT, _POWER = 6, 8
_OTHER_RESULT = frozenset(
    "eq_ ne_ lt_ le_ gt_ ge_ greater_ greater_equal_ less_ less_equal_ not_equal_ logical_and_ logical_not_ "
    "logical_or_ logical_xor_ float_power_ bernoulli_".split()
)
"""Methods whose out-of-place form gives another dtype, or something else."""
_LIKE = {"zero_": "torch.zeros_like", "fill_": "torch.full_like"}
_DTYPES = re.compile(r"\b(?:half|bfloat16|float16|float64|double|autocast|amp|complex\w*|cfloat|dtype|numpy|np)\b")
_KEEPING = frozenset("append extend insert add put setdefault update appendleft".split())
_SHARING = torch_names.VIEW_METHODS | torch_names.MAYBE_VIEW_METHODS | torch_names.INPLACE_METHODS | {"numpy"}

MAX_BINDINGS = 100
"""How often a name may be bound in a scope whose changes are rewritten: each looks at all others."""


class OutOfPlace:
    """Rewrites the changes of one file."""

    def __init__(self, layout: Layout, spelling: Spelling) -> None:
        self._layout = layout
        self._spelling = spelling
        self._names = NameIndex()

    def fix(self, change: Change | None) -> Fix | None:
        """Write a change out of place. Where nothing is recorded, a new tensor would not belong to the graph."""
        if change is None or change.tensor is None:
            return None
        if not change.recorded and change.tensor.requires_grad is not Answer.NO:
            return None
        return self.fix_at(change.at, change.target, change.tensor)

    def through_data(self, change: Change | None) -> Fix | None:
        """``x.data.mul_(2)`` -> ``x = x.mul(2)`` and ``x.data += y`` -> ``x = x + y``."""
        source = change.tensor.alias_of if change is not None and change.tensor is not None else None
        if change is None or source is None or (not change.recorded and source.requires_grad is not Answer.NO):
            return None
        match change.at:
            case ast.AugAssign(target=ast.Attribute(value=ast.Name() as name, attr="data") as attribute) as node:
                grade, edits = self._grade(name, node, source), self._operator(node, self._layout.text(name))
            case (
                ast.Call(
                    func=ast.Attribute(value=ast.Attribute(value=ast.Name() as name, attr="data") as attribute)
                ) as node
            ):
                grade, edits = self._grade(name, self._layout.statement(node), source), self._renamed(node, name)
            case _:
                return None
        end = self._layout.span(attribute).end
        dropped = Span(end - len(".data"), end)
        if grade is None or edits is None or self._layout.source.slice(dropped) != ".data":
            return None
        edits = tuple(sorted([*edits, self._layout.edit(dropped, "")], key=lambda each: each.span))
        return Fix(Applicability.UNSAFE, f"Bind `{name.id}` to a new tensor", edits)

    def _renamed(self, call: ast.Call, name: ast.Name) -> tuple[Edit, ...] | None:
        layout, statement = self._layout, self._layout.statement(call)
        assert isinstance(call.func, ast.Attribute)
        method = call.func.attr
        if not isinstance(statement, ast.Expr) or statement.value is not call:
            return None
        if not _is_inplace_method(method) or method in _LIKE:
            return None
        end = layout.span(call.func).end
        return layout.insert(layout.span(call).start, f"{name.id} = "), layout.edit(Span(end - 1, end), "")

    def part(self, at: ast.AST, target: Name, tensor: Tensor) -> Fix | None:
        """Write the change of a view that cannot be changed out of place: what it is a view of stays as it is."""
        alone = replace(tensor, base=None, alias_of=None, name="?")
        fix = self.fix_at(at, target, alone)
        return Fix(Applicability.UNSAFE, fix.message, fix.edits) if fix is not None else None

    def fix_at(self, at: ast.AST, target: Name, tensor: Tensor) -> Fix | None:
        """Write the change of a tensor out of place; ``target`` is what names the tensor there."""
        if isinstance(at, ast.AugAssign):
            return self._augmented(at, tensor)
        if not isinstance(at, ast.Call):
            return None
        match at.func:
            case ast.Attribute(value=receiver, attr=name) if receiver is target:
                return self._method(at, receiver, name, tensor) if _is_inplace_method(name) else None
        return self._function(at, tensor)

    # x += y

    def _augmented(self, node: ast.AugAssign, tensor: Tensor) -> Fix | None:
        grade = self._grade(node.target, node, tensor)
        edits = self._operator(node, self._layout.text(node.target))
        if grade is None or edits is None:
            return None
        if not _is_number(node.value) and not self._has_one_dtype:
            grade = Applicability.UNSAFE
        name = self._layout.text(node.target)
        return Fix(grade, f"Bind `{name}` to a new tensor", edits)

    def _operator(self, node: ast.AugAssign, name: str) -> tuple[Edit, ...] | None:
        layout = self._layout
        sign = _SIGNS.get(type(node.op))
        if sign is None or not isinstance(node.target, (ast.Name, ast.Attribute, ast.Subscript)):
            return None
        target, end = layout.span(node.target), layout.span(node).end
        written = layout.source.data.find(f"{sign}=".encode(), target.end, end)
        value = layout.whole(node.value)
        if written < 0 or isinstance(node.value, (ast.Yield, ast.YieldFrom, ast.Starred)) or value.end != end:
            return None
        edits = [layout.edit(Span(written, written + len(sign) + 1), f"= {name} {sign}")]
        bare = value == layout.span(node.value)
        if isinstance(node.value, ast.Tuple) or (bare and not _binds_tighter(node.value, node.op)):
            if not bare:
                return None
            edits += [layout.insert(value.start, "("), layout.insert(value.end, ")")]
        return tuple(edits)

    # x.op_(...)

    def _method(self, call: ast.Call, receiver: ast.expr, name: str, tensor: Tensor) -> Fix | None:
        layout = self._layout
        statement = layout.statement(call)
        grade = self._grade(receiver, statement, tensor)
        assert isinstance(call.func, ast.Attribute)
        if grade is None or layout.whole(receiver) != layout.span(receiver):
            return None
        if isinstance(statement, ast.Expr) and statement.value is call:
            binding = f"{layout.text(receiver)} = "
        elif _rebinds(statement, receiver, call):
            binding = ""
        elif self._is_last_read(receiver, statement):
            binding, grade = "", grade
        else:
            return None
        if name in _LIKE:
            return self._like(call, receiver, name, binding, grade)
        if name in _OTHER_RESULT:
            grade = Applicability.UNSAFE
        if not all(map(_is_number, [*call.args, *(each.value for each in call.keywords)])) and not self._has_one_dtype:
            grade = Applicability.UNSAFE
        end = layout.span(call.func).end
        edits = [layout.edit(Span(end - 1, end), "")]
        if binding:
            edits.insert(0, layout.insert(layout.span(call).start, binding))
        return Fix(grade, _message(layout, receiver, binding, name), tuple(edits))

    def _like(self, call: ast.Call, receiver: ast.expr, name: str, binding: str, grade: Applicability) -> Fix | None:
        layout = self._layout
        spelled = self._spelling.of(_LIKE[name], call)
        if spelled is None or call.keywords or len(call.args) != (name == "fill_") or self._has_comment(call):
            return None
        if call.args and not _is_number(call.args[0]):
            return None
        arguments = ", ".join([layout.text(receiver), *(layout.source.slice(layout.whole(each)) for each in call.args)])
        edit = layout.edit(layout.span(call), f"{binding}{spelled.text}({arguments})")
        return Fix(grade, _message(layout, receiver, binding, name), (*spelled.edits, edit))

    def _has_comment(self, node: ast.AST) -> bool:
        return "#" in self._layout.text(node)

    # F.relu(x, inplace=True), nn.ReLU(inplace=True)(x), torch.relu_(x), torch.exp(y, out=x)

    def _function(self, call: ast.Call, tensor: Tensor) -> Fix | None:
        layout = self._layout
        out = next((each.value for each in call.keywords if each.arg == "out"), None)
        if out is not None:
            return self._without_out(call, out, tensor)
        if not call.args or isinstance(call.args[0], ast.Starred):
            return None
        given = call.args[0]
        edits = self._without_inplace(call)
        if edits is None:
            return None
        statement = layout.statement(call)
        if isinstance(statement, ast.Expr) and statement.value is call:
            grade = self._grade(given, statement, tensor)
            edits = (layout.insert(layout.span(call).start, f"{layout.text(given)} = "), *edits)
        elif _is_trained(tensor):
            grade = Applicability.UNSAFE
        elif isinstance(given, ast.Name):
            fresh = self._grade(given, statement, tensor)
            settled = _rebinds(statement, given, call) or self._is_last_read(given, statement)
            grade = fresh if fresh is not None and settled else Applicability.UNSAFE
        else:
            grade = Applicability.SAFE if isinstance(given, ast.Call) and tensor.base is None else Applicability.UNSAFE
        return Fix(grade, "Leave its argument as it is", edits) if grade is not None else None

    def _without_inplace(self, call: ast.Call) -> tuple[Edit, ...] | None:
        layout = self._layout
        said = _in_place(call)
        if said is not None:
            edit = (
                layout.edit(layout.span(said), "False") if said in call.args else layout.remove_keyword(call, "inplace")
            )
            return (edit,) if edit else None
        name = last_name(call.func) or ""
        if isinstance(call.func, (ast.Name, ast.Attribute)) and name in _INPLACE_FUNCTIONS:
            end = layout.span(call.func).end
            return (layout.edit(Span(end - 1, end), ""),) if isinstance(call.func, ast.Attribute) else None
        said = self._in_constructor(call.func)
        return (layout.edit(layout.span(said), "False"),) if said is not None else None

    def _in_constructor(self, func: ast.expr) -> ast.expr | None:
        """What says so in the one place that makes the module that is called."""
        if isinstance(func, ast.Call):
            return _in_place(func)
        made = [
            each.value
            for each in ast.walk(self._layout.tree)
            if isinstance(each, ast.Assign) and any(_is_same(target, func) for target in each.targets)
        ]
        if len(made) == 1 and isinstance(made[0], ast.Call):
            calls = (each for each in ast.walk(made[0]) if isinstance(each, ast.Call))
            inside = [said for each in calls if (said := _in_place(each)) is not None]
            return _in_place(made[0]) or (inside[0] if len(inside) == 1 else None)
        return None

    def without_inplace(self, at: ast.AST, tensor: Tensor) -> Fix | None:
        """``y = F.relu(x, inplace=True)`` -> ``y = F.relu(x)``, where the result is used."""
        is_used = isinstance(at, ast.Call) and not isinstance(self._layout.parent(at), ast.Expr)
        return self._function(at, tensor) if is_used and isinstance(at, ast.Call) else None

    def without_out(self, at: ast.AST) -> Fix | None:
        """``torch.exp(y, out=x)`` -> ``x = torch.exp(y)``, whatever ``x`` is."""
        if not isinstance(at, ast.Call):
            return None
        out = next((each.value for each in at.keywords if each.arg == "out"), None)
        return self._without_out(at, out, Tensor(at)) if isinstance(out, ast.Name) else None

    def _without_out(self, call: ast.Call, out: ast.expr, tensor: Tensor) -> Fix | None:
        """``torch.exp(y, out=x)`` -> ``x = torch.exp(y)``."""
        layout = self._layout
        statement = layout.statement(call)
        grade = self._grade(out, statement, tensor)
        edit = layout.remove_keyword(call, "out")
        if grade is None or edit is None or not isinstance(statement, ast.Expr) or statement.value is not call:
            return None
        name = layout.text(out)
        return Fix(
            Applicability.UNSAFE,
            f"Bind `{name}` to a new tensor",
            (layout.insert(layout.span(call).start, f"{name} = "), edit),
        )

    # Who would notice.

    def _grade(self, target: ast.expr, statement: ast.stmt, tensor: Tensor) -> Applicability | None:
        """Whether binding a name anew is the same to everybody, or may not be, or certainly is not."""
        if _is_part(tensor) or _is_trained(tensor):
            return None
        if isinstance(target, ast.Attribute):
            return (
                Applicability.UNSAFE
                if isinstance(target.value, ast.Name) and target.attr not in ("data", "grad")
                else None
            )
        if isinstance(target, ast.Subscript):
            return Applicability.UNSAFE if self._is_element(target) else None
        if not isinstance(target, ast.Name):
            return None
        scope = self._layout.scope(statement)
        if isinstance(scope, (ast.ClassDef, ast.Lambda)) or self._is_in_comprehension(target):
            return None
        stores = self._names.stores(scope).get(target.id, ())
        if len(stores) > MAX_BINDINGS:
            return None
        bound = [each for each in stores if each is not target]
        if not bound:
            return self._grade_of_argument(target.id, scope)
        if target.id in self._names.declared(scope):
            return Applicability.UNSAFE
        if any(not self._is_assigned(each) for each in bound):
            return None
        alone = tensor.names <= {target.id} and tensor.name in ("", target.id) and not self._is_shared(target.id, scope)
        alone = alone and not tensor.is_loose  # a module may give what it holds itself
        return Applicability.SAFE if alone and not _is_argument(target.id, scope) else Applicability.UNSAFE

    def _is_element(self, target: ast.Subscript) -> bool:
        """Whether a subscript certainly is of a list or a dict, which takes another tensor in its place."""
        if not isinstance(target.value, ast.Name) or not isinstance(target.slice, (ast.Constant, ast.Name)):
            return False
        name, scope = target.value.id, self._layout.scope(target)
        kinds = (ast.List, ast.ListComp, ast.Dict, ast.DictComp)
        made = [self._layout.parent(each) for each in self._names.stores(scope).get(name, ())[:MAX_BINDINGS]]
        return bool(made) and all(isinstance(each, ast.Assign) and isinstance(each.value, kinds) for each in made)

    def _grade_of_argument(self, name: str, scope: ast.AST) -> Applicability | None:
        """An argument is the caller's, who sees the change in place; one that is returned may be meant to be new."""
        returned = any(
            isinstance(each, ast.Return) and isinstance(each.value, ast.Name) and each.value.id == name
            for each in own_nodes(scope)
        )
        return Applicability.UNSAFE if _is_argument(name, scope) and returned else None

    def _is_in_comprehension(self, node: ast.AST) -> bool:
        kinds = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
        return any(isinstance(each, kinds) for each in self._layout.around(node))

    def _is_assigned(self, name: ast.Name) -> bool:
        """Whether a name is bound by an assignment, not by a loop, whose elements stay what they are."""
        parent = self._layout.parent(name)
        while isinstance(parent, (ast.Tuple, ast.List, ast.Starred)):
            parent = self._layout.parent(parent)
        return isinstance(parent, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.NamedExpr))

    def _is_shared(self, name: str, scope: ast.AST) -> bool:
        """Whether a tensor may be known by another name too, or be kept in a container."""
        reads = self._names.reads(scope).get(name, ())
        return len(reads) > MAX_BINDINGS or any(self._is_kept(each) for each in reads)

    def _is_kept(self, read: ast.expr) -> bool:
        """Whether what shares the memory of a tensor that is read here gets a name or a place of its own."""
        node: ast.AST = read
        for parent in self._layout.around(read):
            match parent:
                case ast.Attribute(value=inner, attr=attribute) if inner is node:
                    if attribute not in _SHARING and attribute not in torch_names.VIEW_PROPERTIES:
                        return False
                case ast.Call(func=func) if func is node:
                    pass
                case ast.Call(func=func):
                    return last_name(func) in _KEEPING
                case ast.Subscript(value=inner) if inner is node:
                    if isinstance(parent.ctx, ast.Store):
                        return False
                case ast.Assign(value=value) | ast.AnnAssign(value=value) | ast.NamedExpr(value=value):
                    return value is node or isinstance(node, (ast.Tuple, ast.List, ast.Dict, ast.Set, ast.IfExp))
                case ast.List() | ast.Tuple() | ast.Set() | ast.Dict() | ast.IfExp() | ast.Starred() | ast.BoolOp():
                    pass
                case ast.For(iter=iterated) | ast.comprehension(iter=iterated):
                    return iterated is node
                case ast.Yield() | ast.YieldFrom():
                    return True
                case _:
                    return False
            node = parent
        return False

    def is_read_after(self, at: ast.AST, target: Name) -> bool:
        """Whether what is changed at a node may be read later."""
        root = target
        while isinstance(root, (ast.Subscript, ast.Attribute, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        return not isinstance(root, ast.Name) or not self._is_last_read(root, self._layout.statement(at))

    def _is_last_read(self, target: ast.expr, statement: ast.stmt) -> bool:
        """Whether nothing reads a local name after a statement."""
        if not isinstance(target, ast.Name):
            return False
        loop = self._layout.loop(statement)
        if loop is not None and not (isinstance(loop, ast.For) and _names_in(loop.target, target.id)):
            return False
        scope = self._layout.scope(statement)
        line = statement.end_lineno or statement.lineno
        return not any(
            isinstance(each, ast.Name)
            and each.id == target.id
            and each is not target
            and each.lineno >= statement.lineno
            and (each.lineno > line or isinstance(each.ctx, ast.Load))
            for each in ast.walk(scope)
        )

    @property
    def _has_one_dtype(self) -> bool:
        """Whether the file mentions no dtype: then floating tensors are all of the default one."""
        return not _DTYPES.search(self._layout.source.text)


_INPLACE_FUNCTIONS = frozenset(
    "relu_ relu6_ elu_ celu_ selu_ leaky_relu_ rrelu_ hardtanh_ threshold_ sigmoid_ tanh_ exp_ sin_ cos_ sqrt_ rsqrt_ "
    "abs_ neg_ square_ dropout_ alpha_dropout_ feature_dropout_".split()
)


def _message(layout: Layout, receiver: ast.expr, binding: str, name: str) -> str:
    return (
        f"Bind `{layout.text(receiver)}` to a new tensor"
        if binding
        else f"Use `{name.removesuffix('_')}`, which leaves it as it is"
    )


def _is_inplace_method(name: str) -> bool:
    return name in torch_names.INPLACE_METHODS and (name[:-1] in torch_names.PURE_METHODS or name in _LIKE)


def _in_place(call: ast.Call) -> ast.expr | None:
    """The ``True`` that makes a function or layer work in place, by its name or at its position."""
    given = [each.value for each in call.keywords if each.arg == "inplace"]
    position = _position_of_inplace(last_name(call.func) or "")
    if position is not None and not any(isinstance(each, ast.Starred) for each in call.args):
        given += call.args[position : position + 1]
    return next((each for each in given if isinstance(each, ast.Constant) and each.value is True), None)


@cache
def _position_of_inplace(name: str) -> int | None:
    functions, made = operations(f"torch.nn.functional.{name}"), layer(f"torch.nn.{name}")
    parameters = functions[0].parameters if functions else made.constructor if made else ()
    return next((at for at, each in enumerate(parameters) if each.name == "inplace"), None)


def _is_part(tensor: Tensor) -> bool:
    """Whether a change of a tensor is meant to change another one."""
    return tensor.base is not None or tensor.alias_of is not None


def _is_trained(tensor: Tensor) -> bool:
    """Whether a tensor is a leaf that collects gradients, which no other tensor can take the place of."""
    return tensor.is_parameter or (tensor.requires_grad is Answer.YES and tensor.node is None)


def _is_number(node: ast.expr) -> bool:
    """Whether an expression is a real number written out: it changes no dtype."""
    while isinstance(node, ast.UnaryOp):
        node = node.operand
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


def _binds_tighter(value: ast.expr, operator: ast.operator) -> bool:
    """Whether ``x op value`` is what it says without parentheses around the value."""
    if isinstance(value, _ATOMS):
        return True
    strength = _POWER if isinstance(operator, ast.Pow) else _STRENGTH.get(type(operator), _PRODUCT)
    if isinstance(value, ast.BinOp):
        own = _POWER if isinstance(value.op, ast.Pow) else _STRENGTH.get(type(value.op), _PRODUCT)
        return own > strength
    return isinstance(value, ast.UnaryOp) and not isinstance(value.op, ast.Not)


def _is_same(target: ast.expr, other: ast.expr) -> bool:
    """Whether two expressions are the same name, written to or read."""
    match target, other:
        case ast.Name(id=one), ast.Name(id=two):
            return one == two
        case ast.Attribute(value=one_value, attr=one), ast.Attribute(value=two_value, attr=two):
            return one == two and _is_same(one_value, two_value)
    return False


def _rebinds(statement: ast.stmt, target: ast.expr, value: ast.expr) -> bool:
    """Whether a statement is ``x = ...`` of a value."""
    match statement:
        case ast.Assign(targets=[one], value=given):
            return given is value and _is_same(one, target)
    return False


def _names_in(target: ast.expr, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for each in ast.walk(target))


def _is_argument(name: str, scope: ast.AST) -> bool:
    if not isinstance(scope, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return False
    return any(isinstance(each, ast.arg) and each.arg == name for each in ast.walk(scope.args))
