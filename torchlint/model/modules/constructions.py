"""The constructors of a file's classes, as far as somebody asks what they make."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.model.interpreter.entry_points import Surroundings, definitions
from torchlint.model.interpreter.limits import MAX_FILE_WORK, TOO_MUCH_IN_FILE, Budget, CutOff
from torchlint.model.modules.classes import Ancestry
from torchlint.model.modules.construction import Construction
from torchlint.syntax.tree import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from torchlint.model.interpreter.entry import Modules
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.values.classes import ClassValue
    from torchlint.model.interpreter.values.symbolic import Symbol
    from torchlint.model.modules.classes import Classes


class Constructions:
    """Runs the classes of one file; ``modules`` is what the interpreter is told of them elsewhere."""

    def __init__(self, tree: Callable[[], ast.Module], classes: Classes, modules: Modules) -> None:
        self.cut_offs: list[CutOff] = []
        self._budget = Budget(0, MAX_FILE_WORK)
        self._tree = tree
        self._classes = classes
        self._modules = replace(modules, is_module=self._is_module, foreign=self._foreign)

    def of(self, line: int, running: Collection[str]) -> Construction:
        """The class at a 1-based line, whose methods ``running`` a forward pass may run."""
        node, around = self._nodes[line]
        scope = self._surroundings.inside(around)
        if self._budget.work < 0:
            self.cut_offs.append(CutOff(node.name, line, TOO_MUCH_IN_FILE))
        return Construction(node, scope, self._modules, self._state_of, self._is_named_module, running, self._budget)

    def close(self) -> None:
        """Forget the names of the module: functions refer to their scope, a circle that would keep the tree."""
        if "_scope" in vars(self):
            self._scope.names.clear()

    @cached_property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self._scope)

    @cached_property
    def _nodes(self) -> Mapping[int, tuple[ast.ClassDef, Sequence[Function]]]:
        """The classes of the file by their 1-based lines, each with the functions that it stands in; of several on one
        line the first."""
        found: dict[int, tuple[ast.ClassDef, Sequence[Function]]] = {}
        for node, around in _classes(self._tree(), ()):
            found.setdefault(node.lineno, (node, around))
        return found

    @cached_property
    def _scope(self) -> Scope:
        return definitions(self._tree(), self._modules.home, is_library=True)

    def _is_module(self, line: int) -> bool:
        return self._classes.lineage(line).ancestry is Ancestry.MODULE

    def _is_named_module(self, name: str) -> bool:
        """Whether what the file calls by a capitalised name certainly is a module."""
        is_class = name.rpartition(".")[2].lstrip("_")[:1].isupper()
        return is_class and self._classes.named(name).ancestry is Ancestry.MODULE

    def _foreign(self, symbol: Symbol) -> bool | None:
        assert symbol.home is not None
        lineage = self._classes.imported(symbol.home, symbol.name)
        is_module = lineage.classes and lineage.ancestry is Ancestry.MODULE
        return self._classes.has_parameters(lineage) if is_module else None

    def _state_of(self, kind: ClassValue) -> bool | None:
        """Whether the instances of a class hold parameters or buffers, None where that is not known."""
        if kind.imported is not None and kind.imported.home is not None:
            return self._classes.has_state(self._classes.imported(kind.imported.home, kind.imported.name))
        is_here = kind.home == self._modules.home
        return self._classes.has_state(self._classes.lineage(kind.line)) if is_here else None


def _classes(node: ast.AST, around: tuple[Function, ...]) -> Iterator[tuple[ast.ClassDef, tuple[Function, ...]]]:
    """The classes inside a node, each with the functions that it stands in."""
    for each in ast.iter_child_nodes(node):
        if isinstance(each, ast.ClassDef):
            yield each, around
        if isinstance(each, (ast.stmt, ast.ExceptHandler, ast.match_case)):
            yield from _classes(each, (*around, each) if isinstance(each, Function) else around)
