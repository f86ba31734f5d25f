"""What lines do that may have to do with an error, told from their syntax alone: for where the analysis is silent."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, NamedTuple

from torchlint.why.kind import Sign

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from torchlint.why.kind import Layer

_HARMLESS = frozenset(
    (
        "requires_grad_",
        "zero_grad_",
        "share_memory_",
        "retain_grad_",
        "clip_grad_norm_",
        "clip_grad_value_",
        "load_state_dict_",
    )
)
_CUTS = {
    "detach": "leaves the graph",
    "item": "takes a number out of the graph",
    "tolist": "takes numbers out of the graph",
    "numpy": "leaves the graph",
    "argmax": "has no gradient",
    "argmin": "has no gradient",
    "argsort": "has no gradient",
    "round": "has a gradient of zero",
    "from_numpy": "begins without a graph",
    "as_tensor": "may begin without a graph",
}
_MODES = frozenset(("no_grad", "inference_mode", "set_grad_enabled"))
_MAKERS = frozenset(
    ("zeros", "ones", "randn", "rand", "tensor", "arange", "linspace", "full", "eye", "empty", "from_numpy")
)
_KEEPING_NOTHING = frozenset(("to", "cuda", "cpu", "detach", "item", "numpy", "long", "max", "min"))
_COLLECTORS = frozenset(("append", "extend", "insert"))


class Seen(NamedTuple):
    """A statement with a sign: what it ``does``, as words, and the names that it does it to."""

    sign: Sign
    node: ast.stmt
    does: str
    names: frozenset[str]


def signs_in(tree: ast.AST, wanted: Collection[Sign]) -> Iterator[Seen]:
    """The statements below a node that have a sign which is wanted."""
    for statement in ast.walk(tree):
        if isinstance(statement, ast.stmt):
            for sign in wanted:
                if found := _LOOK[sign](statement):
                    yield Seen(sign, statement, *found)


def layers_in(tree: ast.AST, layer: Layer, first: str) -> Iterator[ast.Call]:
    """The constructions of layers with a number as their first argument."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and name_of(call.func) in layer.names:
            given = [*call.args[:1], *(each.value for each in call.keywords[:1] if not call.args)]
            if given and isinstance(given[0], ast.Constant) and str(given[0].value) == first:
                yield call


def name_of(node: ast.expr) -> str:
    """The last name of a dotted one."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def names_in(node: ast.AST) -> frozenset[str]:
    """The variables, and attributes of ``self``, that an expression or statement reads or writes."""
    found = set()
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            found.add(each.id)
        elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name) and each.value.id == "self":
            found.add(f"self.{each.attr}")
    return frozenset(found - {"self", "torch", "nn", "F"})


_Found = tuple[str, frozenset[str]] | None


def _own_calls(statement: ast.stmt) -> Iterator[ast.Call]:
    """The calls in a statement, those of the statements in its body left out."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call):
            yield node
        todo += (each for each in ast.iter_child_nodes(node) if not isinstance(each, ast.stmt))


def _change(statement: ast.stmt) -> _Found:
    if isinstance(statement, ast.AugAssign):
        is_counter = isinstance(statement.target, ast.Name) and _counts(statement)
        is_number = isinstance(statement.value, ast.Call) and name_of(statement.value.func) in ("item", "len", "float")
        if not (is_counter or is_number):
            return "changes it in place", names_in(_base(statement.target))
        return None
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Subscript) and not _is_text(target.slice):
                return "writes into a part of it", names_in(_base(target))
    for call in _own_calls(statement):
        name = name_of(call.func)
        if name.endswith("_") and not name.startswith("_") and not name.endswith("__") and name not in _HARMLESS:
            receiver = call.func.value if isinstance(call.func, ast.Attribute) else call
            given = names_in(receiver) or (names_in(call.args[0]) if call.args else frozenset())
            return f"`{name}` works in place", given
        if any(each.arg == "inplace" and _is_true(each.value) for each in call.keywords):
            return f"`{name}` works in place", names_in(call.args[0]) if call.args else frozenset()
    return None


def _counts(statement: ast.AugAssign) -> bool:
    """Whether a whole number, or text, is added: what changes is hardly a tensor."""
    value = statement.value
    is_text = isinstance(value, ast.JoinedStr) or (isinstance(value, ast.Constant) and isinstance(value.value, str))
    is_whole = isinstance(value, ast.Constant) and isinstance(value.value, int)
    return is_text or (is_whole and isinstance(statement.op, ast.Add | ast.Sub))


def _step(statement: ast.stmt) -> _Found:
    for call in _own_calls(statement):
        if name_of(call.func) == "step" and isinstance(call.func, ast.Attribute):
            owner = ast.unparse(call.func.value)
            if "sched" not in owner.lower() and "env" not in owner.lower():
                return f"`{owner}.step()` changes parameters", names_in(call.func.value)
    return None


def _backward(statement: ast.stmt) -> _Found:
    for call in _own_calls(statement):
        if name_of(call.func) in ("backward", "manual_backward") or ast.unparse(call.func).endswith("autograd.grad"):
            return "goes backward, and frees the graph", names_in(call)
    return None


def _cut(statement: ast.stmt) -> _Found:
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return None
    for call in _own_calls(statement):
        name = name_of(call.func)
        if name in _CUTS:
            return f"`{name}` {_CUTS[name]}", names_in(call)
        if name in ("tensor", "Tensor", "FloatTensor") and call.args and not _is_literal(call.args[0]):
            return f"`{name}` makes a tensor without a graph", names_in(call.args[0])
        if name == "requires_grad_" and call.args and not _is_true(call.args[0]):
            return "freezes it", names_in(call.func)
    if isinstance(statement, ast.Assign):
        if isinstance(_root(statement.value), ast.Compare):
            return "a comparison has no gradient", names_in(statement.value)
        for each in ast.walk(statement.value):
            if isinstance(each, ast.Attribute) and each.attr == "data":
                return "`.data` leaves the graph", names_in(each)
        if any(isinstance(each, ast.Attribute) and each.attr == "requires_grad" for each in statement.targets):
            return "changes what requires grad", names_in(statement)
    return None


def _no_grad(statement: ast.stmt) -> _Found:
    if isinstance(statement, ast.With | ast.AsyncWith):
        used = [each.context_expr for each in statement.items]
    elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
        used = statement.decorator_list
    elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        used = [statement.value]
    else:
        return None
    for each in used:
        name = name_of(each.func if isinstance(each, ast.Call) else each)
        if name in _MODES:
            return f"under `{name}` nothing is recorded", frozenset()
    return None


def _plain(statement: ast.stmt) -> _Found:
    if not isinstance(statement, ast.Assign) or not any(_is_of_self(each) for each in statement.targets):
        return None
    value = statement.value
    if isinstance(value, ast.List | ast.Tuple | ast.Dict | ast.ListComp | ast.DictComp) and any(_own_calls(statement)):
        return "keeps what it makes in a plain container, which registers nothing", names_in(statement)
    return None


def _unmoved(statement: ast.stmt) -> _Found:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        name = name_of(statement.value.func)
        if name in ("to", "cuda", "cpu", "double", "float", "half"):
            return f"the result of `{name}` is thrown away, unless it is a module's", names_in(statement.value.func)
    for call in _own_calls(statement):
        is_torch = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "torch"
        if is_torch and name_of(call.func) in _MAKERS and not any(each.arg == "device" for each in call.keywords):
            return f"`torch.{name_of(call.func)}` makes a tensor on the CPU, unless it is told otherwise", names_in(
                statement
            )
    return None


def _collected(statement: ast.stmt) -> _Found:
    if isinstance(statement, ast.AugAssign) and "loss" in ast.unparse(statement.value).lower():
        if not any(name_of(each.func) in ("item", "detach", "float") for each in _own_calls(statement)):
            return "adds up losses together with their graphs, unless they are numbers", names_in(statement)
        return None
    for call in _own_calls(statement):
        if name_of(call.func) in _COLLECTORS and call.args and isinstance(call.args[-1], ast.Name | ast.Attribute):
            return "keeps what may have a graph", names_in(call)
        if any(each.arg == "retain_graph" and _is_true(each.value) for each in call.keywords):
            return "keeps the graph after the backward", frozenset()
    return None


def _carried(statement: ast.stmt) -> _Found:
    """A variable that is computed from what it was before, in a loop from the iteration before."""
    if isinstance(statement, ast.AugAssign):
        names = names_in(statement.target) if any(_own_calls(statement)) or names_in(statement.value) else frozenset()
    elif isinstance(statement, ast.Assign):
        if isinstance(statement.value, ast.Call) and name_of(statement.value.func) in _KEEPING_NOTHING:
            return None
        names = frozenset().union(*map(names_in, statement.targets)) & names_in(statement.value)
    else:
        return None
    return ("may carry the graph of an iteration into the next", names) if names else None


_LOOK: dict[Sign, Callable[[ast.stmt], _Found]] = {
    Sign.CHANGE: _change,
    Sign.STEP: _step,
    Sign.BACKWARD: _backward,
    Sign.CARRIED: _carried,
    Sign.CUT: _cut,
    Sign.NO_GRAD: _no_grad,
    Sign.PLAIN: _plain,
    Sign.UNMOVED: _unmoved,
    Sign.COLLECTED: _collected,
}


def _base(target: ast.expr) -> ast.expr:
    """What is changed where a part of it is."""
    while isinstance(target, ast.Subscript):
        target = target.value
    return target


def _root(node: ast.expr) -> ast.expr:
    """What a chain of method calls begins with."""
    while isinstance(node, ast.Call | ast.Attribute):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _is_true(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and bool(node.value)


def _is_literal(node: ast.expr) -> bool:
    """Whether an expression has only numbers in it."""
    return not any(isinstance(each, ast.Name | ast.Call) for each in ast.walk(node))


def _is_of_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"
