"""One pass of the standard library's ``ast`` over a file: imports, classes, functions, and the regions that can matter.

The outline looks, LibCST sees: what is decided here only needs to be never too strict. A region is a class, a
function or the module's own statements in which some rule could find something; nothing else is parsed by LibCST.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from torchlint.syntax.gate import Gate, Sign
from torchlint.syntax.kept import Kept
from torchlint.syntax.stores import PARAMETERS, Helpers, Stores
from torchlint.syntax.tree import (
    NEWLINE,
    Function,
    blocks,
    dotted,
    is_indented,
    last_name,
    lines_of,
    split_lines,
    statements,
    walk,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

USUAL = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "optim": "torch.optim"}
"""What PyTorch code that imports nothing, a snippet or a cell, means by its names."""

_REGISTERING = frozenset({"register_buffer", "register_parameter", "register_module", "add_module"})
_BUFFERS = frozenset({"register_buffer", "Buffer", "UninitializedBuffer"})
_USUAL_METACLASSES = frozenset({"type", "ABCMeta"})
_MOVERS = frozenset({"_apply", "to", "cuda", "cpu"})


class RegionKind(Enum):
    CLASS = "class"
    FUNCTION = "function"
    MODULE = "module"


@dataclass(frozen=True, slots=True)
class RegionOutline:
    """A region worth a closer look: its 1-based line ranges, ends included, and what was seen in it.

    ``key`` is the 1-based line of its ``class`` or ``def`` statement, 0 for the module's own statements.
    """

    kind: RegionKind
    key: int
    lines: tuple[tuple[int, int], ...]
    indented: bool
    signs: frozenset[Sign]

    def has_any(self, numbers: Sequence[int]) -> bool:
        """Whether any of some lines, which are in order, is one of it."""
        return any(bisect_left(numbers, first) < bisect_right(numbers, last) for first, last in self.lines)


@dataclass(frozen=True, slots=True)
class ClassOutline:
    """What other classes and files need to know of a class.

    ``bases`` are dotted names as written, "" where a base is some other expression. ``registered`` are the attributes
    that it registers by name or as a Parameter or Buffer, ``buffers`` those of them that are buffers, ``moved`` those
    mentioned where it overrides ``_apply`` or ``to``, ``moved_inside`` those of them that belong to something else than
    ``self``, ``built`` the dotted names of what it calls to make what it keeps. ``prepares`` says that its metaclass or
    ``__new__`` may call an ``__init__`` before its own runs. ``plain`` are the attributes that may keep a tensor, or a
    container, unregistered.
    """

    name: str
    line: int
    bases: tuple[str, ...]
    methods: frozenset[str]
    registered: frozenset[str]
    buffers: frozenset[str]
    moved: frozenset[str]
    moved_inside: frozenset[str]
    built: frozenset[str]
    prepares: bool
    plain: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outline:
    """What one pass sees of a file.

    ``imports`` maps names to what they were imported as, relative imports with leading dots; ``stars`` are the modules
    imported by ``*``; ``bound`` are the other names bound at module level. ``classes`` are by 1-based line, the
    top-level ones also by name in ``class_lines``.
    """

    imports: Mapping[str, str]
    stars: tuple[str, ...]
    bound: frozenset[str]
    classes: Mapping[int, ClassOutline]
    class_lines: Mapping[str, int]
    regions: tuple[RegionOutline, ...]

    @property
    def meanings(self) -> Mapping[str, str]:
        """What names of the module were imported as; the usual ones mean PyTorch's modules where nothing binds them."""
        return {name: meaning for name, meaning in USUAL.items() if name not in self.bound} | dict(self.imports)

    @property
    def moved_inside(self) -> frozenset[str]:
        """The attributes of others that a class of the file moves in its ``_apply`` or ``to``."""
        return frozenset().union(*(each.moved_inside for each in self.classes.values()))

    def classes_in(self, region: RegionOutline) -> list[int]:
        """The lines of the classes in a region, in order."""
        lines = {line for first, last in region.lines for line in range(first, last + 1)}
        return sorted(lines & self.classes.keys())

    @classmethod
    def of(cls, tree: ast.Module, text: str, gate: Gate, earlier: ClassUnits | None = None) -> Outline:
        """Outline a parsed file; ``text`` is what ``tree`` was parsed from, ``earlier`` its last version's classes."""
        scope = _ModuleScope()
        scope.read(tree.body)
        helpers = Helpers(scope.imports, bool(scope.stars), scope.functions)
        scan = _Scan(gate, text, helpers, earlier)
        scan.around = gate, scope.imports, scope.stars, scope.functions
        scan.module(tree.body)
        return cls(
            scope.imports,
            tuple(scope.stars),
            frozenset(scope.bound),
            scan.classes,
            {node.name: node.lineno for node in scope.classes},
            tuple(scan.regions),
        )


class ClassUnit(NamedTuple):
    """What was seen of a class and of those inside it, in some surroundings, when it stood at a 1-based line."""

    around: tuple[object, ...]
    line: int
    regions: list[RegionOutline]
    classes: list[ClassOutline]

    def at(self, line: int) -> ClassUnit:
        """The same where it stands now."""
        down = line - self.line
        if not down:
            return self
        regions = [
            replace(each, key=each.key + down, lines=tuple((first + down, last + down) for first, last in each.lines))
            for each in self.regions
        ]
        return ClassUnit(self.around, line, regions, [replace(each, line=each.line + down) for each in self.classes])


ClassUnits = Kept[ast.ClassDef, ClassUnit]


class _ModuleScope:
    """The names bound by the module's own statements, those in ``if``, ``try`` and ``with`` included."""

    def __init__(self) -> None:
        self.imports: dict[str, str] = {}
        self.stars: list[str] = []
        self.bound: set[str] = set()
        self.functions: dict[str, Function] = {}
        self.classes: list[ast.ClassDef] = []

    def read(self, body: list[ast.stmt]) -> None:
        for node in statements(body):
            match node:
                case ast.Import() | ast.ImportFrom():
                    self._import(node)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    self.functions[node.name] = node
                    self.bound.add(node.name)
                case ast.ClassDef():
                    self.classes.append(node)
                    self.bound.add(node.name)
                case ast.Assign(value=ast.Constant()):
                    pass  # `torch = None` after a failed import is no other meaning of the name
                case ast.Assign(targets=targets):
                    self._bind(targets)
                case ast.AnnAssign(target=target) | ast.For(target=target):
                    self._bind([target])
                case ast.With(items=items):
                    self._bind([item.optional_vars for item in items if item.optional_vars])

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        prefix = "." * node.level + (node.module or "") if isinstance(node, ast.ImportFrom) else ""
        joint = "" if not prefix or prefix.endswith(".") else "."
        for alias in node.names:
            if alias.name == "*":
                self.stars.append(prefix)
            elif isinstance(node, ast.Import) and not alias.asname:
                root = alias.name.partition(".")[0]
                self.imports[root] = root
            else:
                self.imports[alias.asname or alias.name] = f"{prefix}{joint}{alias.name}"

    def _bind(self, targets: list[ast.expr]) -> None:
        for target in targets:
            if isinstance(target, ast.Name):
                self.bound.add(target.id)
                continue
            for node in ast.walk(target):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    self.bound.add(node.id)


MAX_REGION = 300_000
"""Characters of a region that LibCST is given whatever they are: 6,000 lines of code take it some seconds and half a
gigabyte."""
MAX_REGION_NODES = 50_000
"""Nodes of such a region; one that is longer for its strings and comments has fewer."""
_LONG_TABLE = 20_000
"""Characters of a table that is left out of what is parsed again."""
_OF_TABLES = (ast.Constant, ast.List, ast.Tuple, ast.Set, ast.Dict, ast.UnaryOp, ast.unaryop, ast.expr_context)


class _Scan:
    """Walks the statements once and collects regions and classes."""

    def __init__(self, gate: Gate, text: str, helpers: Helpers, earlier: ClassUnits | None) -> None:
        self.regions: list[RegionOutline] = []
        self.classes: dict[int, ClassOutline] = {}
        self.around: tuple[object, ...] = ()
        self._earlier = earlier
        self._gate = gate
        self._lines = split_lines(text)
        self._helpers = helpers
        self._words = _lines_with(gate.pattern, text) if gate.pattern else frozenset()
        self._discarded = set(gate.discarded)
        self._uncalled = set(gate.uncalled)

    def module(self, body: list[ast.stmt]) -> None:
        """Scan the module's body; its own statements are one region."""
        signs: set[Sign] = set()
        lines: list[tuple[int, int]] = []
        self._units(body, signs, lines)
        if lines and (signs or self._gate.everything):
            self._add(RegionKind.MODULE, 0, tuple(merged(lines)), False, signs)
        self.regions.sort(key=lambda region: region.key)

    def _units(self, body: list[ast.stmt], signs: set[Sign], lines: list[tuple[int, int]] | None) -> None:
        """Classes and functions become regions of their own; what is left, ``lines``, belongs to the module."""
        for node in body:
            if isinstance(node, ast.ClassDef):
                self._class_unit(node) if self._earlier is None else self._known_class_unit(node, self._earlier)
                continue
            if isinstance(node, Function):
                self._unit(RegionKind.FUNCTION, node, (lines_of(node),), self._signs(node))
                continue
            self._statement(node, signs)
            for inner in blocks(node):
                self._units(inner, signs, None)
            if lines is not None and not self._is_table(node):
                lines.append(lines_of(node))

    def _is_table(self, node: ast.stmt) -> bool:
        """Whether a statement is a long table of constants, in which no rule sees anything: LibCST takes a kilobyte for
        each of them."""
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            return False
        first, last = lines_of(node)
        if sum(map(len, self._lines[first - 1 : last])) < _LONG_TABLE:
            return False
        return all(isinstance(each, _OF_TABLES) for each in walk(node.value))

    def _known_class_unit(self, node: ast.ClassDef, earlier: ClassUnits) -> None:
        """A class that was seen before in the same surroundings is not looked at again."""
        words = len(self._discarded) + len(self._uncalled)
        around = (*self.around, frozenset(self._discarded), frozenset(self._uncalled))
        known = earlier.get(node)
        if known is None or known.around != around:
            outer = self.regions, self.classes
            self.regions, self.classes = [], {}
            self._class_unit(node)
            known = ClassUnit(around, node.lineno, self.regions, list(self.classes.values()))
            self.regions, self.classes = outer
        unit = known.at(node.lineno)
        if len(self._discarded) + len(self._uncalled) == words:  # else seeing it again has an effect
            earlier.put(node, unit)
        self.regions += unit.regions
        self.classes.update((each.line, each) for each in unit.classes)

    def _class_unit(self, node: ast.ClassDef) -> None:
        """Of a class only the header and the members that can matter are kept."""
        signs: set[Sign] = set()
        stores = self._class(node, signs)
        kept = self._methods_that_matter(node, stores) if signs else set()
        first, last = lines_of(node)
        lines = [(first, lines_of(node.body[0])[0] - 1)]
        for member in node.body:
            found = self._signs(member)
            compound = not isinstance(member, Function) and any(True for _ in blocks(member))
            if found or compound or member in kept or self._gate.everything:
                signs |= found
                lines.append(lines_of(member))
        lines = merged(lines) if len(lines) > 1 and lines[0][1] >= node.lineno else [(first, last)]
        self._unit(RegionKind.CLASS, node, tuple(lines), signs)

    def _methods_that_matter(self, node: ast.ClassDef, stores: Stores | None) -> set[ast.stmt]:
        """The methods that mention what is stored, those that they call, and those that lead from the entry points to
        them."""
        methods = {each.name: each for each in node.body if isinstance(each, Function)}
        texts = {name: self._method_text(method) for name, method in methods.items()}
        words = {name: frozenset(_WORDS.findall(text)) for name, text in texts.items()}
        attributes = stores.attributes if stores else set()
        wanted = {name for name, found in words.items() if not attributes.isdisjoint(found)}
        constructing = _closure({"__init__"} & methods.keys(), words, methods.keys())
        called = _closure(wanted, words, methods.keys())
        while True:
            leading = {name for name, found in words.items() if not wanted.isdisjoint(found)} - wanted
            if not leading:
                break
            wanted |= leading
        return {methods[name] for name in wanted | called | constructing | ({"forward"} & methods.keys())}

    def _method_text(self, method: Function) -> str:
        first, last = lines_of(method)
        return "\n".join(self._lines[first - 1 : last])

    def _unit(self, kind: RegionKind, node: ast.stmt, lines: tuple[tuple[int, int], ...], signs: set[Sign]) -> None:
        if signs or self._gate.everything:
            self._add(kind, node.lineno, lines, is_indented(self._lines[node.lineno - 1]), signs)

    def _add(
        self, kind: RegionKind, key: int, lines: tuple[tuple[int, int], ...], indented: bool, signs: set[Sign]
    ) -> None:
        if self._gate.everything:
            signs = set(_STATEMENT_SIGNS if kind is RegionKind.MODULE else Sign)
        self.regions.append(RegionOutline(kind, key, lines, indented, frozenset(signs)))

    def _signs(self, node: ast.stmt) -> set[Sign]:
        """The signs of a function or nested class and all that is in it."""
        signs: set[Sign] = set()
        self._statement(node, signs)
        for inner in blocks(node):
            self._body(inner, signs)
        if self._words and not self._words.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            signs.add(Sign.WORD)
        return signs

    def _body(self, body: list[ast.stmt], signs: set[Sign]) -> None:
        for node in body:
            self._statement(node, signs)
            for inner in blocks(node):
                self._body(inner, signs)

    def _statement(self, node: ast.stmt, signs: set[Sign]) -> None:
        match node:
            case ast.Expr(value=ast.Call(func=func, keywords=keywords)):
                if last_name(func) in self._discarded and not any(each.arg == "out" for each in keywords):
                    signs.add(Sign.DISCARDED_CALL)
            case ast.Expr(value=ast.Attribute(attr=name)):
                if name in self._gate.mentioned:
                    signs.add(Sign.MENTIONED)
            case ast.With(items=items) | ast.AsyncWith(items=items):
                if any(last_name(item.context_expr) in self._uncalled for item in items):
                    signs.add(Sign.UNCALLED)
            case ast.FunctionDef(decorator_list=decorators) | ast.AsyncFunctionDef(decorator_list=decorators):
                if any(last_name(each) in self._uncalled for each in decorators):
                    signs.add(Sign.UNCALLED)
            case ast.ImportFrom(names=aliases):
                self._rename(aliases)
            case ast.ClassDef():
                self._class(node, signs)
        if self._words and not self._words.isdisjoint(range(node.lineno, (node.end_lineno or node.lineno) + 1)):
            signs.add(Sign.WORD)

    def _rename(self, aliases: list[ast.alias]) -> None:
        """A word imported under another name is looked for under that name too."""
        for alias in aliases:
            if alias.asname is not None:
                for words in (self._discarded, self._uncalled):
                    if alias.name in words:
                        words.add(alias.asname)

    def _class(self, node: ast.ClassDef, signs: set[Sign]) -> Stores | None:
        self.classes[node.lineno] = _outline_class(node)
        if not node.bases or self._gate.signs.isdisjoint(_STORE_SIGNS):
            return None
        stores = Stores.of(node, self._helpers)
        signs |= stores.signs & self._gate.signs
        self.classes[node.lineno] = replace(self.classes[node.lineno], plain=frozenset(stores.attributes))
        return stores


_WORDS = re.compile(r"\b[A-Za-z_]\w*\b")


def _closure(start: set[str], mentioned: Mapping[str, frozenset[str]], names: Collection[str]) -> set[str]:
    """The names reached from ``start`` by mention."""
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting.extend(each for each in names if each in mentioned[name])
    return reached


def merged(lines: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Line ranges in order, those that overlap or share a line as one."""
    result: list[tuple[int, int]] = []
    for first, last in sorted(lines):
        if result and first <= result[-1][1]:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def _lines_with(pattern: re.Pattern[str], text: str) -> frozenset[int]:
    """The 1-based lines in which a pattern matches."""
    ends = [match.end() for match in NEWLINE.finditer(text)]
    return frozenset(bisect_right(ends, match.start()) + 1 for match in pattern.finditer(text))


_STORE_SIGNS = frozenset({Sign.TENSOR_STORE, Sign.CONTAINER_STORE, Sign.EARLY_STORE})
_STATEMENT_SIGNS = frozenset(Sign) - _STORE_SIGNS
"""What the module's own statements can show: a class among them is a region of its own."""


def _outline_class(node: ast.ClassDef) -> ClassOutline:
    buffers: set[str] = set()
    others: set[str] = set()
    moved: set[str] = set()
    inside: set[str] = set()
    built: set[str] = set()
    methods = [each for each in node.body if isinstance(each, Function)]
    for method in methods:
        if method.name in _MOVERS:
            attributes = [each for each in ast.walk(method) if isinstance(each, ast.Attribute)]
            moved.update(each.attr for each in attributes)
            inside.update(each.attr for each in attributes if dotted(each) != f"self.{each.attr}")
        for name, callee, registers in _kept(method.body):
            if registers:
                (buffers if last_name(callee) in _BUFFERS else others).add(name)
            else:
                built.add(dotted(callee) or "")
    return ClassOutline(
        node.name,
        node.lineno,
        tuple(dotted(base) or "" for base in node.bases),
        frozenset(method.name for method in methods),
        frozenset(buffers | others),
        frozenset(buffers - others),
        frozenset(moved),
        frozenset(inside),
        frozenset(built),
        _prepares(node, methods),
    )


def _prepares(node: ast.ClassDef, methods: list[Function]) -> bool:
    """Whether a metaclass of its own, or ``__new__``, may initialise an instance before ``__init__`` does."""
    metaclass = next((each.value for each in node.keywords if each.arg == "metaclass"), None)
    if metaclass is not None and last_name(metaclass) not in _USUAL_METACLASSES:
        return True
    return any(method.name == "__new__" and _calls_init(method) for method in methods)


def _calls_init(method: Function) -> bool:
    return any(
        isinstance(each, ast.Expr) and isinstance(each.value, ast.Call) and last_name(each.value.func) == "__init__"
        for each in statements(method.body)
    )


def _kept(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr, bool]]:
    """Names of the attributes that statements give something constructed to, with what is called, and whether that
    registers them."""
    for node in statements(body):
        match node:
            case ast.Expr(value=ast.Call(func=ast.Attribute() as func, args=[ast.Constant(value=str(name)), *_])):
                if func.attr in _REGISTERING:
                    yield name, func, True
            case ast.Assign(targets=targets, value=ast.Call(func=func)):
                yield from _constructed(targets, func)
            case ast.AnnAssign(target=target, value=ast.Call(func=func)):
                yield from _constructed([target], func)


def _constructed(targets: list[ast.expr], func: ast.expr) -> Iterator[tuple[str, ast.expr, bool]]:
    for target in targets:
        match target:
            case ast.Attribute(value=ast.Name(id="self"), attr=name):
                yield name, func, last_name(func) in PARAMETERS
