"""Calls of functional dropout in modules that do not say whether the module is training."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchlint.syntax.tree import Function, imported_name, last_name, walk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from torchlint.model.code.protocol import CodeFacts

_FUNCTIONAL = "torch.nn.functional."
_ON_PURPOSE = re.compile(r"#.*(?i:always|eval|infer|test|determin|random|stochastic|monte|uncertain)")
_MODES = frozenset({"training", "train", "eval", "is_training", "train_mode"})


def unsaid(facts: CodeFacts, names: Collection[str]) -> Iterator[tuple[ast.Call, str, str]]:
    """Calls of functions of some names that a module's ``forward`` reaches, with the name and what the method calls the
    module. A method that asks for the mode in any other way is passed over, and so is what it calls."""
    for node in walk(facts.tree()):
        if isinstance(node, ast.Module) or (
            isinstance(node, ast.ClassDef) and facts.classes.lineage(node.lineno).is_module
        ):
            for method in _reached(_methods(node), facts, names):
                for each in walk(method):
                    name = _name(each, facts, names)
                    if isinstance(each, ast.Call) and name and not (_says(each) or _is_explained(each, facts)):
                        yield each, name, method.args.args[0].arg


def _methods(owner: ast.ClassDef | ast.Module) -> dict[str, Function]:
    """The methods of a class by name, or those in a snippet that were cut out of one."""
    found = {each.name: each for each in owner.body if isinstance(each, Function)}
    if isinstance(owner, ast.ClassDef):
        return found
    return {name: each for name, each in found.items() if each.args.args and each.args.args[0].arg == "self"}


def _reached(methods: dict[str, Function], facts: CodeFacts, names: Collection[str]) -> Iterator[Function]:
    """Those of some methods that ``forward`` comes to whatever the mode is."""
    waiting = ["forward"]
    while waiting:
        method = methods.pop(waiting.pop(), None)
        if method is None or not method.args.args or _asks(method, facts, names):
            continue
        yield method
        me = method.args.args[0].arg
        for each in walk(method):
            match each:
                case ast.Attribute(value=ast.Name(id=name), attr=called) if name == me:
                    waiting.append(called)


def _asks(method: Function, facts: CodeFacts, names: Collection[str]) -> bool:
    """Whether a method asks for the mode otherwise than to tell a dropout."""
    told = {
        part
        for each in walk(method)
        if isinstance(each, ast.Call)
        for keyword in each.keywords
        if keyword.arg == "training"
        for part in walk(keyword.value)
    }
    return any(
        isinstance(each, (ast.Name, ast.Attribute)) and each not in told and last_name(each) in _MODES
        for each in walk(method)
    )


def _name(node: ast.AST, facts: CodeFacts, names: Collection[str]) -> str:
    """The name of the function that a call is of, empty for any other one."""
    if not isinstance(node, ast.Call) or last_name(node.func) is None:
        return ""
    name = imported_name(node.func, facts.outline.meanings) or ""
    return name.removeprefix(_FUNCTIONAL) if name.startswith(_FUNCTIONAL) and name[len(_FUNCTIONAL) :] in names else ""


def _is_explained(call: ast.Call, facts: CodeFacts) -> bool:
    """Whether a comment beside or right above a call says that it is to drop always."""
    lines = range(max(1, call.lineno - 1), (call.end_lineno or call.lineno) + 1)
    return any(_ON_PURPOSE.search(facts.source.line_text(each)) for each in lines)


def _says(call: ast.Call) -> bool:
    """Whether a call is given its mode, or may be; or drops nothing."""
    if len(call.args) > 2 or any(isinstance(each, ast.Starred) for each in call.args):
        return True
    given = {each.arg: each.value for each in call.keywords}
    share = given.get("p", call.args[1] if len(call.args) > 1 else None)
    return not given.keys().isdisjoint((None, "training")) or (isinstance(share, ast.Constant) and share.value == 0)
