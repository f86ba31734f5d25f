"""Where a file uses what PyTorch deprecated or removed: names, parameters, and methods of what surely is a tensor."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from torchlint.finding import Certainty
from torchlint.model.api import history_lookup
from torchlint.model.code.deliberate import is_deliberate, is_type, replaced
from torchlint.model.code.references import used_imports
from torchlint.syntax.tree import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torchlint.model.api.history_lookup import Change
    from torchlint.model.code.examined import Examined
    from torchlint.model.code.protocol import Places
    from torchlint.model.code.references import Reference, References

_SELDOM = frozenset(("resize", "rename", "rename_", "solve", "eig"))
"""Methods that images, tables and matrices of other packages have, too, and that tensors lost long ago."""

_ON_CLASS = "@class"
_DECORATED_CLASS = re.compile(r"^[ \t]*@[^\n]*\n(?:[ \t]*@[^\n]*\n)*[ \t]*class\b", re.MULTILINE)
_CONSTANT = re.compile(r"(?P<name>\w+)(?P<not>!?)=(?P<value>.+)")


@dataclass(frozen=True, slots=True)
class Use:
    """A use of what changed: ``node`` is the name, the keyword or the method's call. ``call`` is the call that it is a
    part of, ``certainty`` how sure it is that it means PyTorch's."""

    node: ast.expr | ast.alias | ast.keyword | ast.ImportFrom
    change: Change
    call: ast.Call | None
    reference: Reference | None = None
    certainty: Certainty = Certainty.CERTAIN


def uses(text: str, references: References, layout: Callable[[], Places], owners: Examined | None) -> Iterator[Use]:
    """Every use that code does not make of its own accord only for some versions."""
    found = [*_named(text, references, layout), *(_of_tensors(layout(), owners) if owners else ())]
    if not found:
        return
    own = replaced(layout().tree)
    for use in found:
        name = use.change.name.partition("(")[0].rpartition(".")[2]
        if name not in own and not is_deliberate(layout(), use.node) and not is_type(layout(), use.node):
            yield use


def _named(text: str, references: References, layout: Callable[[], Places]) -> Iterator[Use]:
    table = history_lookup.parts()
    written = table.keys() & references.written
    found = references.of({name for name in written if any(_may_show(text, each) for each in table[name])})
    used = used_imports(found)
    gone: set[ast.AST] = set()
    for reference in found:
        change = history_lookup.change(reference.name)
        if reference.node in gone:  # its module is, and that was told
            continue
        if change is not None and _counts(reference, change, reference.node in used):
            yield Use(reference.node, change, reference.call, reference)
            gone.update(reference.node.names if isinstance(reference.node, ast.ImportFrom) else ())
        if reference.call is not None:
            yield from _parameters(layout, reference, reference.call, table[reference.name] - {""})


def _may_show(text: str, parameter: str) -> bool:
    """Whether a text may have what the table says of a parameter, or ("") of the name itself."""
    if parameter == _ON_CLASS:
        return _DECORATED_CLASS.search(text) is not None
    found = _CONSTANT.fullmatch(parameter)
    name, wanted = (found["name"], found["value"].strip("'")) if found else (parameter, "")
    return not name.isidentifier() or (name in text and (wanted in text or (found is not None and found["not"] == "!")))


def _counts(reference: Reference, change: Change, is_used: bool) -> bool:
    """Whether what is wrong with a name is told here: at its import, where that fails or is all there is, else where
    it is used."""
    if isinstance(reference.node, ast.ImportFrom):
        return _fails_to_import(change)
    if isinstance(reference.node, ast.alias):
        return _fails_to_import(change) or not is_used
    return isinstance(reference.node, ast.Attribute) or not _fails_to_import(change)


def _parameters(
    layout: Callable[[], Places], reference: Reference, call: ast.Call, parameters: frozenset[str]
) -> Iterator[Use]:
    for parameter in sorted(parameters):
        change = history_lookup.change(f"{reference.name}({parameter})")
        assert change is not None
        if parameter == _ON_CLASS:
            owner = layout().parent(call)
            if isinstance(owner, ast.ClassDef) and call in owner.decorator_list:
                yield Use(reference.node, change, call, reference)
        elif parameter == ")" or (parameter.startswith("-") and _is_missing(call, parameter[1:])):
            yield Use(reference.node, change, call, reference)
        elif (keyword := _shown(call, parameter)) is not None:
            yield Use(keyword, change, call, reference)


def _is_missing(call: ast.Call, parameter: str) -> bool:
    return all(each.arg not in (parameter, None) for each in call.keywords)


def _shown(call: ast.Call, parameter: str) -> ast.keyword | None:
    """The argument of a parameter, if it is the constant, or another one, where the table says which."""
    found = _CONSTANT.fullmatch(parameter)
    keyword = next((each for each in call.keywords if each.arg == (found["name"] if found else parameter)), None)
    if keyword is None or found is None:
        return keyword
    if not isinstance(keyword.value, ast.Constant):
        return None
    return keyword if (repr(keyword.value.value) == found["value"]) is (not found["not"]) else None


def _fails_to_import(change: Change) -> bool:
    """Whether a name is missing where it was removed; others are there and raise when they are called."""
    return change.removed is not None and not change.words


@cache
def _pattern() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, history_lookup.methods() - _SELDOM)))
    return re.compile(rf"\.(?:{names})\(")


def calls_methods(text: str) -> bool:
    """Whether a text calls anything that may be a method which tensors had."""
    return _pattern().search(text) is not None


def called_methods(tree: ast.Module) -> Iterator[ast.Attribute]:
    """What is called like methods which tensors had."""
    names = history_lookup.methods() - _SELDOM
    for each in walk(tree):
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr in names:
            yield each.func


def _of_tensors(layout: Places, owners: Examined) -> Iterator[Use]:
    """The calls of methods of what is known to be a tensor."""
    from torchlint.model.code.evidence import Evidence  # start-up: 75 ms, as it imports the interpreter

    sure = {Evidence.TENSOR: Certainty.CERTAIN, Evidence.USUAL: Certainty.LIKELY}
    for method in called_methods(layout.tree):
        found, call = owners.of(layout.span(method.value)), layout.parent(method)
        change = history_lookup.change(f"torch.Tensor.{method.attr}")
        if found in sure and change is not None and isinstance(call, ast.Call):
            yield Use(method, change, call, None, sure[found])
