"""What the constructor of a class, and the methods that run later, give an instance to keep: the interpreter runs them
with unknown arguments, in the paths in which all conditions hold, or none does, and in those that lead to what these
did not come to."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.autograd.faults import Raised
from torchlint.model.interpreter import paths
from torchlint.model.interpreter.limits import MAX_PATHS, MAX_WORK, TOO_DEEP, Budget, OutOfBudget
from torchlint.model.interpreter.machine import Machine
from torchlint.model.interpreter.protocol import Project
from torchlint.model.interpreter.python import instances, objects
from torchlint.model.interpreter.state import PathState
from torchlint.model.interpreter.values.classes import as_class, method_of
from torchlint.model.interpreter.values.functions import decorators
from torchlint.model.interpreter.values.kept import Kind
from torchlint.model.interpreter.ways import way_to
from torchlint.model.modules.climb import registers_nothing
from torchlint.model.modules.values import Kept, join
from torchlint.model.modules.watching import Known, Stored, Watching
from torchlint.syntax.tree import Function, blocks, dotted, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.values.classes import ClassValue

INIT = "__init__"
_STEPS = 4_000
"""Steps of one path through a constructor and a method."""
_ADDING = frozenset({"append", "add", "insert", "appendleft", "setdefault", "extend", "update"})
_NUMBERS = frozenset({"float", "int", "bool"})


class Target(NamedTuple):
    """Where an attribute is stored: the how-manieth such target of a method of the class."""

    method: str
    number: int


@dataclass(slots=True)
class Found:
    """What was stored at one place by one method: ``kept`` on some ``paths``, ``early`` on all of them; ``order`` is
    when it was stored first. ``always``: on every path."""

    order: int
    kept: list[Kept] = field(default_factory=list)
    paths: set[int] = field(default_factory=set)
    early: bool = True
    always: bool = True

    @property
    def joined(self) -> Kept:
        """What holds on all paths."""
        found = self.kept[0]
        for each in self.kept[1:]:
            found = join(found, each)
        return found


@dataclass(slots=True)
class _Path:
    """What one path came to."""

    stored: list[tuple[Stored, Kept]]
    final: dict[str, Kind]
    called: Collection[ast.AST]
    initialised: bool


def targets(function: Function) -> Sequence[ast.Attribute]:
    """The attributes of ``self`` that the assignments of a function store, in source order."""
    return sorted(_targets(function), key=lambda each: (each.lineno, each.col_offset))


def _targets(function: Function) -> Iterator[ast.Attribute]:
    for node in _statements(function.body):
        match node:
            case ast.Assign(targets=found):
                for each in found:
                    yield from _attributes(each)
            case ast.AnnAssign(target=target, value=ast.expr()) | ast.AugAssign(target=target):
                yield from _attributes(target)


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if not isinstance(node, (Function, ast.ClassDef)):
            for block in blocks(node):
                yield from _statements(block)


def _attributes(target: ast.expr) -> Iterator[ast.Attribute]:
    if isinstance(target, (ast.Tuple, ast.List)):
        for each in target.elts:
            yield from _attributes(each)
    elif isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
        yield target


class Construction:
    """The runs of one class: ``node`` is its statement, ``scope`` what it stands in. ``running`` are the methods of
    a forward pass, ``budget`` has the work that is left for the file."""

    def __init__(
        self,
        node: ast.ClassDef,
        scope: Scope,
        modules: Modules,
        state_of: Callable[[ClassValue], bool | None],
        is_module: Callable[[str], bool],
        running: Collection[str],
        budget: Budget,
    ) -> None:
        self._node = node
        self._scope = scope
        self._modules = modules
        self._state_of = state_of
        self._is_module = is_module
        self._running = running
        self._budget = budget
        self._visited: set[ast.AST] = set()
        self._later: dict[str, tuple[Mapping[Target, Found], Mapping[Target, Found]]] = {}
        self.methods = {each.name: each for each in node.body if isinstance(each, Function)}
        self._places: Mapping[ast.AST, Target] = {
            each: Target(name, number)
            for name, method in self.methods.items()
            for number, each in enumerate(targets(method))
        }
        self._names = {node: name for name, node in self.methods.items()}

    def attributes(self, method: str) -> Sequence[str]:
        """The attributes that a method stores, target by target."""
        return [each.attr for each in targets(self.methods[method])] if method in self.methods else ()

    # The constructor.

    @cached_property
    def _built(self) -> Sequence[_Path]:
        """The paths through the constructor that came to its end."""
        if INIT not in self.methods or self._owner is None or self._budget.work < 0:
            return ()
        found = self._run_extremes(self._owner, INIT)
        self._run_missed(self._owner, INIT, found, only_stores=True)
        if any(_matters(kept) for path in found for _, kept in path.stored):
            self._run_missed(self._owner, INIT, found)
        return found

    @cached_property
    def stored(self) -> Mapping[Target, Found]:
        """What the constructor stores."""
        return self._gathered(self._built)

    @cached_property
    def called(self) -> frozenset[str]:
        """The other methods of the class that the constructor runs."""
        called = {self._names[each] for path in self._built for each in path.called if each in self._names}
        return frozenset(called - {INIT})

    @property
    def initialised(self) -> bool:
        """Whether the constructor came to a call of another one."""
        return any(path.initialised for path in self._built)

    @cached_property
    def final(self) -> Mapping[str, frozenset[Kind]]:
        """What each attribute is when the constructor has run, on some path."""
        found: defaultdict[str, set[Kind]] = defaultdict(set)
        for path in self._built:
            for name, kind in path.final.items():
                found[name].add(kind)
        return {name: frozenset(kinds) for name, kinds in found.items()}

    # What runs later.

    def later(self, method: str) -> tuple[Mapping[Target, Found], Mapping[Target, Found]]:
        """What a method stores that runs after the constructor, and what the constructor had stored by then."""
        if method not in self._later:
            owner = self._owner if self._budget.work >= 0 else None
            found = self._run_extremes(owner, method) if owner is not None else []
            self._later[method] = self._gathered(found, later=True), self._gathered(found, later=False)
        return self._later[method]

    @cached_property
    def adding(self) -> Mapping[str, Sequence[str]]:
        """The methods that may run later and add to an attribute, by attribute."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name, method in self.methods.items():
            if name != INIT:
                for attribute in filter(None, map(_added, walk(method))):
                    found[attribute].add(name)
        return {attribute: sorted(methods - self.called) for attribute, methods in found.items()}

    # Paths.

    def _run_extremes(self, owner: ClassValue, method: str) -> list[_Path]:
        """Run the paths that differ most."""
        found: list[_Path] = []
        endings, _ = paths.extremes(partial(self._play, owner, method, found), PathState)
        self._budget.work -= sum(MAX_WORK - each.run.budget.work for each in endings)
        return found

    def _run_missed(self, owner: ClassValue, method: str, found: list[_Path], *, only_stores: bool = False) -> None:
        """Run paths to the blocks that no path came to, or to those in which something is stored."""
        functions = dict.fromkeys([self.methods[method], *(each for path in found for each in path.called)])
        for around in self._missed(functions, only_stores=only_stores):
            for default in (True, False) if around[-1] not in self._visited else ():
                if self._budget.work >= 0:
                    run = PathState({}, _STEPS, default=default, exits=False, wanted=way_to(around))
                    self._play(owner, method, found, run)
                    self._budget.work -= MAX_WORK - run.budget.work

    def _missed(self, functions: Collection[ast.AST], *, only_stores: bool) -> Sequence[Sequence[ast.AST]]:
        """The blocks of some functions that no path came to, each as its first statement and all that this stands in;
        ``only_stores``: those of the class's own methods in which something is stored."""
        missed = [
            around
            for function in functions
            if function in self._names or (not only_stores and isinstance(function, Function))
            for around in _blocks(function, [function])
            if around[-1] not in self._visited and (not only_stores or self._has_targets(around))
        ]
        return missed[:MAX_PATHS]

    def _has_targets(self, around: Sequence[ast.AST]) -> bool:
        """Whether something is stored in the block of a first statement."""
        block = next(each for each in blocks(around[-2]) if each[0] is around[-1])  # type: ignore[arg-type]
        return any(each in self._places for statement in block for each in walk(statement))

    @cached_property
    def _owner(self) -> ClassValue | None:
        """The class itself, also where a metaclass or a decorator hides it from others."""
        machine = Machine(PathState({}, _STEPS), is_library=True)
        node = copy.copy(self._node)
        node.keywords, node.decorator_list = [], []
        try:
            return as_class(objects.define(machine, self._scope, node))
        except (Raised, OutOfBudget, RecursionError):
            return None

    def _play(self, owner: ClassValue, method: str, found: list[_Path], run: PathState) -> str:
        run.budget.steps = _STEPS
        machine = Watching(run, self._known)
        machine.project = Project(
            self._modules.imports,
            self._modules.has_parameters,
            self._modules.is_module,
            self._modules.foreign,
            {},
            registered=self._modules.registered,
        )
        machine.module.home = self._modules.home
        try:
            with self._scope.module.undisturbed():
                self._run(machine, owner, method)
                machine.finish()
            called = sorted(machine.calls.called, key=lambda each: getattr(each, "lineno", 0))
            found.append(_Path(list(machine.described()), machine.final(), called, machine.initialised))
        except Raised:
            return ""
        except OutOfBudget as error:
            return error.limit
        except RecursionError:
            return TOO_DEEP
        finally:
            self._visited |= machine.reached
            run.let_go()
        return ""

    def _run(self, machine: Watching, owner: ClassValue, method: str) -> None:
        instance = instances.build(machine, owner, self._node, is_module=True)
        if method == INIT:
            return
        machine.instance, machine.constructed = instance, True
        function = method_of(owner, method)
        if function is None or decorators(function.node) & {"staticmethod", "classmethod"}:
            return
        machine.is_handing = method not in self._running
        machine.calls.called.clear()
        instances.rebind(machine, instance, owner, method)
        instances.call(machine, function, instance, function.node)

    @cached_property
    def _known(self) -> Known:
        ignored = {
            each.value
            for each in walk(self._node)
            if isinstance(each, ast.Expr) and isinstance(each.value, ast.Call) and _only_uses(each.value)
        }
        init = self.methods.get(INIT)
        return Known(self._state_of, self._is_module, frozenset(_numbers(init)) if init else frozenset(), ignored)

    def _gathered(self, found: Sequence[_Path], *, later: bool = False) -> Mapping[Target, Found]:
        """What some paths store, by place."""
        gathered: dict[Target, Found] = {}
        for index, path in enumerate(found):
            for number, (each, kept) in enumerate(path.stored):
                place = self._places.get(each.at)
                if place is not None and each.later is later:
                    known = gathered.setdefault(place, Found(number))
                    known.kept.append(kept)
                    known.paths.add(index)
                    known.early = known.early and each.early
        for known in gathered.values():
            known.always = len(known.paths) == len(found)
        return gathered


def _blocks(node: ast.AST, around: list[ast.AST]) -> Iterator[list[ast.AST]]:
    """The first statements of all blocks inside a node, each with what it stands in, ``around`` first."""
    if isinstance(node, ast.stmt):
        for block in blocks(node):
            parts = [each for name in ("handlers", "cases") for each in getattr(node, name, ()) if each.body is block]
            yield [*around, *parts, block[0]]
            for each in block:
                if not isinstance(each, (Function, ast.ClassDef)):
                    yield from _blocks(each, [*around, *parts, each])


def _matters(kept: Kept) -> bool:
    """Whether a value may be one that ought to be registered."""
    return kept.kind is Kind.TENSOR or any(each.kind in _OF_INTEREST or _matters(each) for each in kept.contents)


_OF_INTEREST = (Kind.TENSOR, Kind.PARAMETER, Kind.MODULE)


def _added(node: ast.AST) -> str:
    """The attribute to which something is added, "" where nothing is."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Attribute(attr=attribute), attr=name)) if name in _ADDING:
            return attribute
        case ast.Subscript(value=ast.Attribute(attr=attribute), ctx=ast.Store()):
            return attribute
        case ast.AugAssign(target=ast.Attribute(attr=attribute)):
            return attribute
    return ""


def _only_uses(node: ast.Call) -> bool:
    gives_self = any(isinstance(each, ast.Name) and each.id == "self" for each in node.args)
    return registers_nothing(dotted(node.func), gives_self=gives_self)


def _numbers(function: Function) -> Iterator[str]:
    """The parameters that most likely are numbers, by their annotations and defaults."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args]
    defaults = dict(zip(reversed(named), reversed(arguments.defaults), strict=False))
    defaults |= {each: value for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value}
    for each in (*named, *arguments.kwonlyargs):
        default = defaults.get(each)
        if isinstance(default, ast.UnaryOp):
            default = default.operand
        is_number = isinstance(default, ast.Constant) and type(default.value) in (int, float)
        if is_number or (isinstance(each.annotation, ast.Name) and each.annotation.id in _NUMBERS):
            yield each.arg
