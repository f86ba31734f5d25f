"""Loaders as a file's text builds them, and the datasets that they are given."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torchlint.model.code.named_calls import calls_of, keywords_of, public_name
from torchlint.syntax.tree import Function, dotted, last_name, statements, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from torchlint.model.code.protocol import CodeFacts

LOADER = "torch.utils.data.DataLoader"
ITERABLE = "torch.utils.data.IterableDataset"
DATASET = "torch.utils.data.Dataset"
_PARAMETERS = (
    *("dataset", "batch_size", "shuffle", "sampler", "batch_sampler", "num_workers", "collate_fn", "pin_memory"),
    *("drop_last", "timeout", "worker_init_fn", "multiprocessing_context", "generator"),
)

_WRAPPERS = frozenset({"enumerate", "tqdm", "tqdm.tqdm", "zip", "iter"})
"""What goes through the loader that it is given."""


@dataclass(frozen=True, slots=True)
class LoaderCall:
    """A loader that is built with some arguments, in a function (None: by the module's own statements)."""

    at: ast.Call
    arguments: Mapping[str, ast.expr]
    function: Function | None

    def constant(self, name: str) -> object:
        """What an argument is where it is written as a constant, else None."""
        value = self.arguments.get(name)
        return value.value if isinstance(value, ast.Constant) else None

    @property
    def has_no_workers(self) -> bool:
        """Whether everything is loaded by the process itself."""
        return "num_workers" not in self.arguments or self._workers == 0

    @property
    def has_workers(self) -> bool:
        """Whether other processes certainly load, several of them."""
        workers = self._workers
        return isinstance(workers, int) and workers > 1

    @property
    def _workers(self) -> object:
        return self.constant("num_workers")


def loader_calls(facts: CodeFacts) -> Iterator[LoaderCall]:
    """The loaders that a file builds, where all that they are given can be read."""
    found = [call for call, _ in calls_of(facts, (LOADER,))]
    functions = _functions(facts) if found else {}
    for call in found:
        keywords = keywords_of(call)
        if keywords is None or any(isinstance(each, ast.Starred) for each in call.args):
            continue
        arguments = {**dict(zip(_PARAMETERS, call.args, strict=False)), **keywords}
        yield LoaderCall(call, arguments, functions.get(call))


def _functions(facts: CodeFacts) -> dict[ast.AST, Function]:
    """The innermost function that each call stands in."""
    found: dict[ast.AST, Function] = {}
    for node in walk(facts.tree()):  # outer functions come first
        if isinstance(node, Function):
            found.update({each: node for each in walk(node) if isinstance(each, ast.Call)})
    return found


def built_as(value: ast.expr | None, loader: LoaderCall, facts: CodeFacts) -> ast.Call | None:
    """The call of a class that certainly gave an argument, written there or assigned to its name in the same body."""
    if isinstance(value, ast.Name):
        value = _only_value(value.id, loader.function or facts.tree())
    if isinstance(value, ast.Call) and (last_name(value.func) or "")[:1].isupper():
        return value
    return None


def _only_value(name: str, scope: Function | ast.Module) -> ast.expr | None:
    """What a name is bound to by the only statement that binds it, which always runs."""
    if isinstance(scope, Function) and any(isinstance(each, ast.arg) and each.arg == name for each in walk(scope.args)):
        return None
    bound = [each for each in walk(scope) if isinstance(each, ast.Name) and each.id == name and _is_stored(each)]
    for statement in scope.body if len(bound) == 1 else ():
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                return value
    return None


def _is_stored(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)


def datasets(facts: CodeFacts, *kinds: str) -> Iterator[ast.ClassDef]:
    """The classes of a file that are derived from a kind of dataset, by its public name."""
    classes = [each for each in walk(facts.tree()) if isinstance(each, ast.ClassDef)]
    known: set[str] = set()
    for node in classes:
        bases = {public_name(base, facts) for base in node.bases} | {f"own {dotted(base)}" for base in node.bases}
        if not bases.isdisjoint({*kinds, *known}):
            known.add(f"own {node.name}")
            yield node


def methods_of(owner: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    """The methods of a class by name."""
    return {each.name: each for each in owner.body if isinstance(each, ast.FunctionDef)}


def loops_forever(body: Sequence[ast.stmt]) -> bool:
    """Whether code has a loop without an end of its own, as an endless stream has."""
    return any(isinstance(each, ast.While) and isinstance(each.test, ast.Constant) for each in statements(list(body)))


def gone_through(given: ast.expr) -> str | None:
    """The dotted name of what a loop goes through, counted or shown as it may be."""
    while isinstance(given, ast.Call) and dotted(given.func) in _WRAPPERS and given.args:
        given = given.args[0]
    return dotted(given)


def loops_over(loader: LoaderCall, facts: CodeFacts) -> Iterator[ast.For]:
    """The loops over what a loader is kept as: over a name in the same body, over an attribute anywhere."""
    nodes = list(walk(facts.tree()))
    kept = [each for each in nodes if isinstance(each, ast.Assign) and each.value is loader.at]
    name = dotted(kept[0].targets[0]) if kept else None
    if name is not None:
        body = nodes if "." in name else _own(loader.function or facts.tree())
        yield from (each for each in body if isinstance(each, ast.For) and gone_through(each.iter) == name)


def _own(scope: Function | ast.Module) -> Iterator[ast.AST]:
    """The nodes of a scope, those of functions and classes in it left out."""
    return (each for part in scope.body for each in walk(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)))
