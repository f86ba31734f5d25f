"""What the methods of a file's statements are called on, asked of the interpreter.

It runs the module's code, then the functions with calls that were not reached. Unlike where it looks for faults, the
modules of the program are looked into.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from enum import Enum
from functools import cached_property, partial
from typing import TYPE_CHECKING

from torchlint.model.api import torch_names
from torchlint.model.api.answers import OF_MODULES
from torchlint.model.api.operation import Answer
from torchlint.model.interpreter import paths
from torchlint.model.interpreter.entry import Entry
from torchlint.model.interpreter.entry_points import class_of, definitions, run_entry
from torchlint.model.interpreter.limits import MAX_FILE_WORK, MAX_WORK
from torchlint.model.interpreter.program import run_module
from torchlint.model.interpreter.state import PathState
from torchlint.model.interpreter.values.symbolic import identity, is_tensor
from torchlint.syntax.tree import Function, dotted, lines_of, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable, Iterator, Mapping

    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.scope import Scope
    from torchlint.syntax.source import Source

_CALLED = re.compile(r"\b[\w.]+(?=\()")
_OF_NO_TENSOR = OF_MODULES | {"state_dict", "load_state_dict"}
_ENTRY_STEPS = 4_000
"""Steps of one path of a function together with the modules that it calls."""


class Receiver(Enum):
    """What a method is called on: certainly a tensor each time; most likely one, as a module gave it; something else at
    least once; or not known."""

    TENSOR = "tensor"
    LIKELY = "likely"
    OTHER = "other"
    UNKNOWN = "unknown"


class Receivers:
    """The receivers of those statements of a file that are calls of one of some ``methods``."""

    def __init__(
        self, source: Source, tree: Callable[[], ast.Module], modules: Modules, methods: Collection[str]
    ) -> None:
        self._source = source
        self._parsed = tree
        self._modules = modules
        self._methods = methods

    def of(self, offset: int) -> Receiver:
        """What the method of the call that starts at a byte of the file is called on."""
        return self._found.get(offset, Receiver.UNKNOWN)

    @cached_property
    def _tree(self) -> ast.Module:
        return self._parsed()

    @cached_property
    def _found(self) -> Mapping[int, Receiver]:
        watch = _Watch(frozenset(self._asked()))
        if watch.asked:
            self._run(watch)
        offset = self._source.offset_of_bytes
        return {offset(call.lineno, call.col_offset): _joined(found) for call, found in watch.found.items()}

    def _asked(self) -> Iterator[ast.Call]:
        calls = [each.value for each in walk(self._tree) if isinstance(each, ast.Expr)]
        asked = [each for each in calls if isinstance(each, ast.Call) and _name(each) in self._methods]
        if asked:
            others = {"self", "cls", *_modules(self._source.text), *_containers(self._tree)}
            yield from (each for each in asked if _receiver(each) not in others)

    def _run(self, watch: _Watch) -> None:
        tree, modules = self._tree, self._modules
        if _can_reach(tree, watch.asked):
            cells = self._source.cell_ranges
            play = partial(run_module, tree=tree, cells=cells, called=set(), classes=modules)
            paths.every(tree, partial(watch.see, play), partial(_Watched, watch=watch))
        scope: Scope | None = None
        work = MAX_FILE_WORK
        for node in tree.body:
            for function in _holding(node, watch.asked - watch.found.keys()):
                if work < 0:
                    break
                scope = scope or definitions(tree, modules.home, is_library=True)
                play = partial(_play, scope=scope, entry=_entry(node, function, scope, modules), classes=modules)
                endings, _ = paths.extremes(partial(watch.see, play), partial(_Watched, watch=watch))
                work -= sum(MAX_WORK - each.run.budget.work for each in endings)
        if scope is not None:
            scope.names.clear()  # functions refer to their scope: a circle that would keep the tree


def _can_reach(tree: ast.Module, asked: Collection[ast.Call]) -> bool:
    """Whether the module's own code can come to some calls: it holds one, or uses what the module defines."""
    defined = {each.name for each in tree.body if isinstance(each, (Function, ast.ClassDef))}
    own = (each for node in tree.body if not isinstance(node, (Function, ast.ClassDef)) for each in walk(node))
    return any(each in asked or (isinstance(each, ast.Name) and each.id in defined) for each in own)


def _play(run: PathState, scope: Scope, entry: Entry, classes: Modules) -> str:
    run.budget.steps = _ENTRY_STEPS
    return run_entry(run, scope, entry, classes, {}, looks_inside=True)


def _holding(node: ast.stmt, asked: Collection[ast.Call]) -> Iterator[Function]:
    """The functions of a statement of the module, methods included, that hold some of the calls."""
    functions = [node] if isinstance(node, Function) else node.body if isinstance(node, ast.ClassDef) else []
    for each in functions:
        if isinstance(each, Function):
            first, last = lines_of(each)
            if any(first <= call.lineno <= last for call in asked):
                yield each


def _entry(node: ast.stmt, function: Function, scope: Scope, modules: Modules) -> Entry:
    owner = class_of(node, scope)
    return Entry(function, owner, owner is not None and modules.is_module(node.lineno))


def _name(call: ast.Call) -> str | None:
    return call.func.attr if isinstance(call.func, ast.Attribute) else None


def _receiver(call: ast.Call) -> str | None:
    """The dotted name that a method is called on, None for another expression."""
    value = call.func.value if isinstance(call.func, ast.Attribute) else None
    return dotted(value) if isinstance(value, (ast.Name, ast.Attribute)) else None


def _modules(text: str) -> Iterator[str]:
    """What is called, or asked for what only modules have: none of it is a tensor."""
    for name in set(_CALLED.findall(text)):
        yield name
        owner, _, last = name.rpartition(".")
        if last in _OF_NO_TENSOR:
            yield owner


def _containers(tree: ast.AST) -> Iterator[str]:
    """The names of what is made as a container."""
    for each in walk(tree):
        match each:
            case ast.Assign(
                targets=[target],
                value=ast.List()
                | ast.Dict()
                | ast.Set()
                | ast.ListComp()
                | ast.Call(func=ast.Name(id="set" | "list" | "dict" | "defaultdict")),
            ):
                yield dotted(target) or ""


def _joined(found: Collection[Receiver]) -> Receiver:
    """What holds of every visit of a call."""
    for each in (Receiver.OTHER, Receiver.UNKNOWN, Receiver.LIKELY):
        if each in found:
            return each
    return Receiver.TENSOR


class _Watch:
    """What the paths of a program show of the calls ``asked`` about: what each was ``found`` to be made on."""

    def __init__(self, asked: frozenset[ast.Call]) -> None:
        self.asked = asked
        self.found: defaultdict[ast.Call, set[Receiver]] = defaultdict(set)

    def see(self, play: Callable[[PathState], str], run: PathState) -> str:
        """Run a path, and note what it shows, also if it raises later: calls on None do not come to anything."""
        limit = play(run)
        assert isinstance(run, _Watched)
        for call, value, proven in run.seen:
            if value is not None:
                self.found[call].add(_judged(proven(value), run.used))
        run.seen.clear()
        return limit


class _Watched(PathState):
    """A path that is watched: what the calls in question were made on, and the keys of what is used as only tensors
    are."""

    def __init__(self, choices: Mapping[Hashable, bool], budget: int, *, watch: _Watch, **options: bool) -> None:
        super().__init__(choices, budget, **options)  # type: ignore[arg-type]
        self.seen: list[tuple[ast.Call, object, Callable[[object], object]]] = []
        self.used: set[Hashable] = set()
        self._asked = watch.asked

    def note_receiver(self, call: ast.Call, value: object, proven: Callable[[object], object]) -> None:
        if call in self._asked:
            self.seen.append((call, value, proven))
        elif _is_of_tensors_only(call):
            self.used.add(identity(value))


def _judged(value: object, used: Collection[Hashable]) -> Receiver:
    """What a value is, if everything that is ``used`` as a tensor is one."""
    answer = is_tensor(value)
    if answer is None:
        return Receiver.TENSOR if identity(value) in used else Receiver.UNKNOWN
    return {Answer.YES: Receiver.TENSOR, Answer.MAYBE: Receiver.LIKELY, Answer.NO: Receiver.OTHER}[answer]


def _is_of_tensors_only(call: ast.Call) -> bool:
    """Whether nothing but a tensor has such a method, called like this: ``view`` of an array takes a dtype."""
    name = _name(call)
    return name in torch_names.DISTINCT_METHODS or (name == "view" and len(call.args) > 1)
