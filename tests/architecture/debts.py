"""What the code still owes the design: one line for each place and kind, which may go away and never come back.

The table is exact. A debt that is paid is taken out of it, so that nobody can borrow it again; one that is new, or
that grew, is refused. Where code is moved, its debts move along, and only the sums must not grow.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.architecture.cycles import Graph
from tests.architecture.ranks import place_in_model
from tests.architecture.reading import When, is_inside

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tests.architecture.reading import Import, Module

TABLE = Path(__file__).with_name("debts.tsv")

GENERATED = ("torchlint.model.api.torch_names", "torchlint.model.api.operation_table")
INTERPRETER = ("torchlint.model.autograd", "torchlint.model.interpreter")
VALUES = ("torchlint.model.autograd.values", "torchlint.model.interpreter.values")
"""The modules that define the kinds of values; those of today and of tomorrow."""

MAX_LINES = 500
MAX_ATTRIBUTES = 12
START_UP = re.compile(r"# start-up: \d+(\.\d+)? m?s\b")
"""What says of an import inside a function that it was measured: ``# start-up: 0.3 s, as it imports LibCST``."""

MUTABLE = {"dict", "list", "set", "defaultdict", "OrderedDict", "Counter", "deque"}


class Debt(NamedTuple):
    """How much of one kind is owed at one place."""

    kind: str
    place: str
    number: int


def debts(modules: Collection[Module]) -> list[Debt]:
    """All that is owed, sorted."""
    packages = frozenset(each.name for each in modules if each.is_package)
    kinds = _value_kinds(modules)
    found = [*_cycles(modules)]
    for module in modules:
        counted = {
            "late import": sum(map(_is_late, module.imports)),
            "lines": 0 if module.name in GENERATED else _excess(len(module.text.splitlines()), MAX_LINES),
            "loose module": _is_loose(module, packages),
            "no triggers": _without_triggers(module) if is_inside(module.name, ("torchlint.rules",)) else 0,
            "state by identity": len(set(state_by_identity(module.tree))),
            "tests of kinds": 0 if is_inside(module.name, VALUES) else kind_tests(module, kinds),
        }
        found += [Debt(kind, module.name, int(number)) for kind, number in counted.items() if number]
        if is_inside(module.name, INTERPRETER):
            for name, attributes in instance_attributes(module.tree).items():
                if len(attributes) > MAX_ATTRIBUTES:
                    found.append(Debt("attributes", f"{module.name}.{name}", len(attributes)))
    return sorted(found)


def _excess(number: int, limit: int) -> int:
    return number if number > limit else 0


def _cycles(modules: Collection[Module]) -> Iterator[Debt]:
    """Of each module in a cycle, how many others of the cycle it imports."""
    graph = Graph.of(modules)
    for cycle in graph.cycles():
        for module, number in sorted(Counter(source for source, _ in graph.among(cycle).edges).items()):
            yield Debt("cycle", module, number)


def _is_late(each: Import) -> bool:
    """Whether a function imports a module of torchlint without saying what that saves at start-up."""
    return each.when is When.LATE and is_inside(each.name, ("torchlint",)) and not START_UP.search(each.text)


def _is_loose(module: Module, packages: frozenset[str]) -> bool:
    """Whether it lies in the model, but in none of its parts."""
    return module.name.startswith("torchlint.model.") and place_in_model(module.name, packages) is None


def _without_triggers(module: Module) -> int:
    """How often ``triggers=()`` is given: such a rule is run where a list elsewhere says so, which it cannot know."""
    return sum(
        isinstance(node, ast.keyword)
        and node.arg == "triggers"
        and isinstance(node.value, (ast.Tuple, ast.List))
        and not node.value.elts
        for node in ast.walk(module.tree)
    )


def state_by_identity(tree: ast.Module) -> Iterator[str]:
    """The names of a module's own mutable state, or cached functions, whose keys are made with ``id``.

    An ``id`` is given again as soon as the object is gone, and what was remembered is then said of another one.
    """
    state = {name for node in tree.body for name in _mutable_names(node)}
    cached = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and any("cache" in ast.unparse(each) for each in node.decorator_list)
    }
    for function in ast.walk(tree):
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        keys = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and _calls_id(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(function):
            match node:
                case ast.Subscript(value=ast.Name(id=name), slice=key) if name in state and _has_id(key, keys):
                    yield name
                case ast.Compare(left=key, comparators=[ast.Name(id=name)]) if name in state and _has_id(key, keys):
                    yield name
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name)), args=[key, *_]):
                    if name in state and _has_id(key, keys):
                        yield name
                case ast.Call(func=ast.Name(id=name), args=arguments):
                    if name in cached and any(_has_id(each, keys) for each in arguments):
                        yield name


def _mutable_names(node: ast.stmt) -> list[str]:
    match node:
        case ast.Assign(targets=targets, value=value) if _is_mutable(value):
            return [each.id for each in targets if isinstance(each, ast.Name)]
        case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value) if _is_mutable(value):
            return [name]
    return []


def _is_mutable(value: ast.expr) -> bool:
    if isinstance(value, ast.Call):
        return ast.unparse(value.func).rpartition(".")[2] in MUTABLE
    return isinstance(value, (ast.Dict, ast.List, ast.Set, ast.DictComp, ast.ListComp, ast.SetComp))


def _calls_id(node: ast.AST) -> bool:
    return any(
        isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id == "id"
        for each in ast.walk(node)
    )


def _has_id(key: ast.expr, keys: set[str]) -> bool:
    return _calls_id(key) or any(isinstance(each, ast.Name) and each.id in keys for each in ast.walk(key))


def instance_attributes(tree: ast.Module) -> dict[str, set[str]]:
    """The attributes that the instances of each class have of their own: fields, and what is assigned to ``self``."""
    return {node.name: {*_fields(node), *_assigned(node)} for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}


def _fields(node: ast.ClassDef) -> Iterator[str]:
    for each in node.body:
        match each:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if "ClassVar" not in ast.unparse(kind):
                yield name


def _assigned(node: ast.ClassDef) -> Iterator[str]:
    for each in ast.walk(node):
        match each:
            case ast.Attribute(value=ast.Name(id="self"), attr=name, ctx=ast.Store()):
                yield name


def _value_kinds(modules: Collection[Module]) -> set[str]:
    """The qualified names of the classes of values, and of the groups that some module makes of them."""
    kinds = {
        f"{module.name}.{node.name}"
        for module in modules
        if is_inside(module.name, VALUES)
        for node in module.tree.body
        if isinstance(node, ast.ClassDef) and not any("Enum" in ast.unparse(base) for base in node.bases)
    }
    groups = set()
    for module in modules:
        for node in module.tree.body:
            match node:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Tuple() | ast.BinOp() as value):
                    if _kinds_in(value, module, kinds):
                        groups.add(f"{module.name}.{name}")
    return kinds | groups


def _kinds_in(node: ast.AST, module: Module, kinds: Collection[str]) -> bool:
    """Whether an expression of a module mentions a kind of value."""
    called = {each.called: each.name for each in module.imports}
    for each in ast.walk(node):
        if isinstance(each, (ast.Name, ast.Attribute)):
            first, dot, rest = ast.unparse(each).partition(".")
            if f"{called.get(first, f'{module.name}.{first}')}{dot}{rest}" in kinds:
                return True
    return False


def kind_tests(module: Module, kinds: Collection[str]) -> int:
    """How often a module asks which kind of value something is: ``isinstance``, ``type(x) is``, ``case Tensor()``, and
    tables by kind."""
    number = 0
    for node in ast.walk(module.tree):
        match node:
            case ast.Call(func=ast.Name(id="isinstance"), args=[_, classes]):
                number += _kinds_in(classes, module, kinds)
            case ast.MatchClass(cls=cls):
                number += _kinds_in(cls, module, kinds)
            case ast.Compare(left=ast.Call(func=ast.Name(id="type")), comparators=[classes]):
                number += _kinds_in(classes, module, kinds)
            case ast.Dict(keys=keys):
                number += sum(
                    _kinds_in(key, module, kinds) for key in keys if isinstance(key, (ast.Name, ast.Attribute))
                )
    return number


def read(path: Path = TABLE) -> list[Debt]:
    """The debts of a table. Raises: ValueError for a line that is none."""
    rows = []
    for line in path.read_text(encoding="utf-8").splitlines():
        kind, place, number = line.split("\t")
        rows.append(Debt(kind, place, int(number)))
    return rows


def write(found: Iterable[Debt], path: Path = TABLE) -> None:
    text = "".join(f"{each.kind}\t{each.place}\t{each.number}\n" for each in sorted(found))
    path.write_text(text, encoding="utf-8", newline="\n")


def sums(found: Iterable[Debt]) -> Counter[str]:
    """How much is owed of each kind."""
    total: Counter[str] = Counter()
    for each in found:
        total[each.kind] += each.number
    return total


def grown(known: Collection[Debt], found: Collection[Debt]) -> list[str]:
    """The kinds of which more is owed than before."""
    return sorted((sums(found) - sums(known)).keys())


def problems(known: Collection[Debt], found: Collection[Debt]) -> list[str]:
    """Where the code and the table of its debts differ, and what to do about it."""
    before = {(each.kind, each.place): each.number for each in known}
    after = {(each.kind, each.place): each.number for each in found}
    said = []
    for kind, place in sorted(before.keys() | after.keys()):
        old, new = before.get((kind, place), 0), after.get((kind, place), 0)
        if new != old:
            what = "more than the table allows" if new > old else "less: python -m tests.architecture --update"
            said.append(f"{kind}: {place}: {new}, {old} in the table; {what}")
    return said
