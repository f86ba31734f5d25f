"""What entries came to in the last version of a file, for as long as all that they looked at is the same.

An entry sees of its file what names of the module mean. Those that it asks for lead to the statements that define
them, and what these asked for to others. As long as they all are the very same nodes - of a class only its head, what
is no method, and the methods that were looked up - and what it asked of classes and other files is answered alike, it
comes to the same.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.autograd.backward_evidence import has_proofs
from torchlint.model.interpreter.module_names import USES, Definers, Names
from torchlint.model.interpreter.python.instances import Uses, uses
from torchlint.model.interpreter.resolve import MOST_PASSES, Imports
from torchlint.model.interpreter.side_effects import Quiet
from torchlint.syntax.kept import Kept
from torchlint.syntax.tree import Function

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from torchlint.model.interpreter.entry import Entry, Modules
    from torchlint.model.interpreter.outcome import Outcome
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.summary import Summary
    from torchlint.model.interpreter.values.symbolic import Symbol

    RunEntry = Callable[[Modules, dict[Hashable, Summary]], tuple[Outcome, object]]


class _Asking:
    """What an entry asks of the file's classes and of other files, answered and noted."""

    def __init__(self, classes: Modules) -> None:
        self._classes = classes
        self.by_line: dict[tuple[str, int], bool] = {}
        self.foreign: dict[Symbol, bool | None] = {}
        self.found: dict[Symbol, object] = {}

    def modules(self) -> Modules:
        """The classes, as the entry sees them."""
        imports = self._classes.imports
        return replace(
            self._classes,
            is_module=self._noted("is_module"),
            has_parameters=self._noted("has_parameters"),
            foreign=self._noted_foreign,
            imports=_NotedImports(imports.library, imports.looked_at, imports.define, self.found) if imports else None,
        )

    def _noted(self, question: str) -> Callable[[int], bool]:
        answer: Callable[[int], bool] = getattr(self._classes, question)

        def ask(line: int) -> bool:
            self.by_line[question, line] = answer(line)
            return self.by_line[question, line]

        return ask

    def _noted_foreign(self, symbol: Symbol) -> bool | None:
        self.foreign[symbol] = self._classes.foreign(symbol)
        return self.foreign[symbol]


@dataclass(frozen=True, slots=True)
class _NotedImports(Imports):
    """Imports that note what they find."""

    found: dict[Symbol, object]

    def find(self, symbol: Symbol, passes: int = MOST_PASSES) -> object:
        self.found[symbol] = Imports.find(self, symbol, passes)
        return self.found[symbol]


class _NotedQuiet(Quiet):
    """Says what is quiet in a version, and notes what was asked."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__(tree)
        self.asked: dict[ast.If, bool] = {}

    def is_quiet(self, node: ast.If) -> bool:
        """Whether neither branch of a statement changes anything that is looked at elsewhere."""
        self.asked[node] = super().is_quiet(node)
        return self.asked[node]


class _Earlier(NamedTuple):
    """What an entry came to, with what it depends on.

    ``names`` has the definers of all names behind it, ``opened`` what it looked up in those that are classes, ``lines``
    where all that stood. ``by_line`` has what it asked of classes: the question, a statement, how many lines
    below its first the class stands, and the answer. ``foreign`` and ``found`` are what it asked of other files,
    and ``quiet`` what it asked of branches.
    """

    is_method: bool
    names: Mapping[str, Definers]
    opened: Mapping[ast.stmt, set[str]]
    lines: Mapping[ast.stmt, int]
    by_line: tuple[tuple[str, ast.stmt, int, bool], ...]
    foreign: Mapping[Symbol, bool | None]
    found: Mapping[Symbol, object]
    quiet: Mapping[ast.If, bool]
    came_to: Outcome


class Entries:
    """The outcomes of the entries of one file, version after version."""

    def __init__(self) -> None:
        self._known: Kept[ast.AST, _Earlier] = Kept()
        self._body: list[ast.stmt] = []
        self._imported: dict[Symbol, object] = {}
        self._bases: dict[Symbol, object] = {}
        self.names = Names()
        self.quiet = _NotedQuiet(ast.Module([], []))
        self._guesses = False

    def next_version(self, tree: ast.Module, text: str) -> None:
        """Another version of the file begins; statements that it shares with the last are the same nodes."""
        self._known.next_version()
        if has_proofs(text) is not self._guesses:
            self._guesses = has_proofs(text)
            self._known = Kept()
        self.quiet = _NotedQuiet(tree)
        self._body = tree.body
        self._imported = {}
        self.names = Names()

    def link(self, scope: Scope, classes: Modules) -> None:
        """Give the classes of this version the bases that it imports; where those are others, nothing is known any
        more."""
        asking = _Asking(classes)
        imports = asking.modules().imports
        if imports is not None:
            imports.link(scope)
        if asking.found != self._bases:
            self._bases = asking.found
            self._known = Kept()

    def outcome(self, entry: Entry, classes: Modules, run: RunEntry) -> Outcome:
        """What an entry comes to; ``run`` finds out where that is not known any more."""
        known = self._known.get(entry.function)
        if known is not None and not self.names.has_changed and self._holds(known, entry, classes):
            return known.came_to
        names, asking = self.names, _Asking(classes)
        names.define(None)
        self.quiet.asked = {}
        before = names.contents()
        came_to, _ = run(asking.modules(), {})
        names.has_changed = names.has_changed or names.contents() != before
        behind = names.behind({*names.asked, *([entry.owner.name] if entry.owner else ())})
        if not names.has_changed and not names.holds_state(behind):
            by_line = tuple((question, *self._below(line), each) for (question, line), each in asking.by_line.items())
            asked = by_line, asking.foreign, asking.found, self.quiet.asked
            known = _Earlier(bool(entry.owner), behind, names.opened, _lines(behind, names.opened), *asked, came_to)
            self._known.put(entry.function, known)
        return came_to

    def _holds(self, known: _Earlier, entry: Entry, classes: Modules) -> bool:
        if known.is_method is not bool(entry.owner):
            return False
        now = self._as_now(known)
        is_placed = known.came_to.found or known.came_to.cut_offs
        if now is None or (is_placed and any(each.lineno != line for each, line in known.lines.items())):
            return False  # a fault can be at a node that only the interpreter made, which has not moved with the text
        for question, statement, below, answer in known.by_line:
            same = now.get(statement)
            if same is None or (same is not statement and below):
                return False
            if getattr(classes, question)(same.lineno + below) is not answer:
                return False
        if any(self.quiet.is_quiet(node) is not answer for node, answer in known.quiet.items()):
            return False
        if any(classes.foreign(symbol) is not answer for symbol, answer in known.foreign.items()):
            return False
        return all(self._find(symbol, classes.imports) is each for symbol, each in known.found.items())

    def _as_now(self, known: _Earlier) -> dict[ast.stmt, ast.stmt] | None:
        """Which statements stand for those behind an outcome now, None where one has changed."""
        now: dict[ast.stmt, ast.stmt] = {}
        for name, old in known.names.items():
            new = self.names.definers(name)
            if len(new) != len(old):
                return None
            for one, other in zip(old, new, strict=True):
                if one is not other and not _are_alike(one, other, known.opened.get(one, set())):
                    return None
                now[one] = other
        return now

    def _find(self, symbol: Symbol, imports: Imports | None) -> object:
        """What a symbol means in another file, looked for once for all entries."""
        if symbol not in self._imported and imports is not None:
            self._imported[symbol] = imports.find(symbol)
        return self._imported.get(symbol)

    def _below(self, line: int) -> tuple[ast.stmt, int]:
        """The statement that a line is in, and how many lines below its first."""
        statement = self._body[bisect_right(self._body, line, key=lambda each: each.lineno) - 1]
        return statement, line - statement.lineno


def _are_alike(one: ast.stmt, other: ast.stmt, looked_up: set[str]) -> bool:
    """Whether two statements are classes that only differ in methods that nobody looked up."""
    if not isinstance(one, ast.ClassDef) or not isinstance(other, ast.ClassDef) or one.name != other.name:
        return False
    kept = [[each for each in node.body if _matters(each, looked_up)] for node in (one, other)]
    heads = [[*node.bases, *node.keywords, *node.decorator_list] for node in (one, other)]
    alike = kept[0] == kept[1] and [*map(ast.dump, heads[0])] == [*map(ast.dump, heads[1])]
    return alike and (USES not in looked_up or _uses(one) == _uses(other))


def _matters(member: ast.stmt, looked_up: set[str]) -> bool:
    return not isinstance(member, Function) or member.name in looked_up


def _uses(node: ast.ClassDef) -> list[tuple[str, Uses]]:
    """What each method does to an instance."""
    return [(each.name, uses(each)) for each in node.body if isinstance(each, Function)]


def _lines(names: Mapping[str, Definers], opened: Mapping[ast.stmt, set[str]]) -> dict[ast.stmt, int]:
    """Where the statements stand whose code may have run: functions, and methods that were looked up."""
    statements = [each for definers in names.values() for each in definers if not isinstance(each, ast.ClassDef)]
    for node, looked_up in opened.items():
        if isinstance(node, ast.ClassDef):
            statements += [each for each in node.body if _matters(each, looked_up)]
    return {each: each.lineno for each in statements}
