"""Expressions of a file of which somebody asks whether they are tensors.

The interpreter runs the module's code, then the functions that hold what was not reached, along ways that lead there.
Unlike where it looks for faults, the modules of the program are looked into.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from functools import cached_property, partial
from typing import TYPE_CHECKING

from torchlint.model.code.evidence import Evidence, Watch, Watched, Watching, joined
from torchlint.model.interpreter import paths
from torchlint.model.interpreter.entry import Entry
from torchlint.model.interpreter.entry_points import Surroundings, class_of, definitions, run_entry
from torchlint.model.interpreter.limits import MAX_FILE_WORK, MAX_PATHS, MAX_WORK
from torchlint.model.interpreter.program import run_module
from torchlint.model.interpreter.ways import way_to
from torchlint.syntax.tree import Function, lines_of, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from torchlint.finding import Span
    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.state import PathState
    from torchlint.syntax.source import Source

_ENTRY_STEPS = 4_000
"""Steps of one path of a function together with the modules that it calls."""


class Examined:
    """The expressions of a file that are ``asked`` about; nothing is run before the first answer is needed."""

    def __init__(
        self,
        source: Source,
        tree: Callable[[], ast.Module],
        modules: Modules,
        asked: Callable[[ast.Module], Iterable[ast.expr]],
    ) -> None:
        self._source = source
        self._parsed = tree
        self._modules = modules
        self._asked = asked

    def of(self, span: Span) -> Evidence:
        """What the expression of a byte range is; unknown where nobody asked about it."""
        return self._found.get((span.start, span.end), Evidence.UNKNOWN)

    def lines(self, kinds: Collection[Evidence]) -> frozenset[int]:
        """The 1-based lines at which expressions of some kinds begin."""
        return frozenset(node.lineno for node, found in self._judged.items() if found in kinds)

    @cached_property
    def _found(self) -> Mapping[tuple[int, int], Evidence]:
        return {self._place(node): found for node, found in self._judged.items()}

    @cached_property
    def _judged(self) -> Mapping[ast.expr, Evidence]:
        tree = self._parsed()
        watch = Watch(frozenset(self._asked(tree)), tree)
        if watch.asked:
            _Examination(self._source, tree, self._modules, watch).run()
        return {node: joined(found) for node, found in watch.found.items()}

    def _place(self, node: ast.expr) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        offset = self._source.offset_of_bytes
        return offset(node.lineno, node.col_offset), offset(node.end_lineno, node.end_col_offset)


class _Examination:
    """The runs of one file."""

    def __init__(self, source: Source, tree: ast.Module, modules: Modules, watch: Watch) -> None:
        self._source = source
        self._tree = tree
        self._modules = modules
        self._watch = watch
        self._around = dict(_around(tree, watch.asked))
        self._work = MAX_FILE_WORK

    def run(self) -> None:
        """Come to as many of the expressions as can be."""
        tree, watch = self._tree, self._watch
        called: set[ast.AST] = set()
        play: Callable[[PathState], str] = partial(
            run_module,
            tree=tree,
            cells=self._source.cell_ranges,
            called=called,
            classes=self._modules,
            interpreter=Watching,
        )
        if _can_reach(tree, watch.asked):
            paths.every(tree, partial(watch.see, play), partial(Watched, watch=watch))
        functions: defaultdict[ast.AST, list[ast.expr]] = defaultdict(list)
        for node, around in self._around.items():
            functions[next((each for each in around if isinstance(each, Function)), tree)].append(node)
        self._come_to(functions.pop(tree, ()), play)
        if watch.pending(each for nodes in functions.values() for each in nodes):
            scope = definitions(tree, self._modules.home, is_library=True)
            surroundings = Surroundings(scope)
            for nodes in functions.values():
                self._enter(nodes, scope, surroundings)
            scope.names.clear()  # functions refer to their scope: a circle that would keep the tree

    def _enter(self, nodes: Sequence[ast.expr], scope: Scope, surroundings: Surroundings) -> None:
        """Run the outermost function that holds some of the expressions, then on its own what in it was not come to:
        nested functions, and methods of what cannot be built."""
        match self._around[nodes[0]]:
            case [_, ast.ClassDef() as kind, ast.FunctionDef() | ast.AsyncFunctionDef() as function, *_]:
                owner = class_of(kind, scope)
                if owner is not None:
                    self._play(Entry(function, owner, self._modules.is_module(kind.lineno)), scope, nodes)
        for node in nodes:
            functions = [each for each in self._around[node] if isinstance(each, Function)]
            for index, each in enumerate(functions):
                self._play(Entry(each), surroundings.inside(functions[:index]), [node])

    def _play(self, entry: Entry, scope: Scope, nodes: Sequence[ast.expr]) -> None:
        if not self._watch.pending(nodes) or self._work < 0:
            return
        play = partial(_play, scope=scope, entry=entry, classes=self._modules)
        self._watch.inputs = frozenset(_inputs(entry))
        endings, _ = paths.extremes(partial(self._watch.see, play), partial(Watched, watch=self._watch))
        self._work -= sum(MAX_WORK - each.run.budget.work for each in endings)
        self._come_to(nodes, play)

    def _come_to(self, nodes: Collection[ast.expr], play: Callable[[PathState], str]) -> None:
        """Run paths on which the conditions around an expression go its way, all others hold or do not."""
        for node in self._watch.pending(nodes)[:MAX_PATHS]:
            wanted = way_to(self._around[node])
            for default in (True, False) if self._watch.pending([node]) else ():
                if self._work < 0:
                    return
                run = Watched({}, _ENTRY_STEPS, watch=self._watch, default=default, exits=False, wanted=wanted)
                self._watch.see(play, run)
                self._work -= MAX_WORK - run.budget.work


def _around(tree: ast.Module, asked: Collection[ast.expr]) -> Iterator[tuple[ast.expr, Sequence[ast.AST]]]:
    """Some expressions of a tree in their order, each with the nodes that it stands in, itself the last of them."""
    ordered = sorted(asked, key=lambda each: (each.lineno, each.col_offset))
    lines = [each.lineno for each in ordered]
    for statement in tree.body:
        first, last = lines_of(statement)
        near = ordered[bisect_left(lines, first) : bisect_right(lines, last)]
        parents = {child: node for node in walk(statement) for child in ast.iter_child_nodes(node)} if near else {}
        for node in near:
            around: list[ast.AST] = [node]
            while around[-1] in parents:
                around.append(parents[around[-1]])
            if around[-1] is statement:  # several may share a line
                yield node, [tree, *around[::-1]]


def _can_reach(tree: ast.Module, asked: Collection[ast.expr]) -> bool:
    """Whether the module's own code can come to some expressions: it holds one, or mentions a function or class of the
    module that does, or that mentions one."""
    defined = {each.name: each for each in tree.body if isinstance(each, (Function, ast.ClassDef))}
    waiting: list[ast.AST] = [each for each in tree.body if not isinstance(each, (Function, ast.ClassDef))]
    while waiting:
        for each in walk(waiting.pop()):
            if each in asked:
                return True
            if isinstance(each, ast.Name) and each.id in defined:
                waiting.append(defined.pop(each.id))
    return False


def _play(run: PathState, scope: Scope, entry: Entry, classes: Modules) -> str:
    run.budget.steps = _ENTRY_STEPS
    return run_entry(run, scope, entry, classes, {}, looks_inside=True, interpreter=Watching)


def _inputs(entry: Entry) -> Iterator[str]:
    """The arguments of a module's ``forward`` that most likely are tensors: nothing says what they are."""
    if entry.is_module and entry.function.name == "forward":
        parameters = entry.function.args
        named = [*parameters.posonlyargs, *parameters.args]
        yield from (each.arg for each in named[: len(named) - len(parameters.defaults)] if each.annotation is None)
