"""Where a file names something of PyTorch's packages: calls, bare references and imports, aliases resolved.

The text is looked at first, for what it imports and what it says behind those names; a tree is only walked where that
shows a name that somebody asks for.
"""

from __future__ import annotations

import ast
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from torchlint.syntax.outline import USUAL
from torchlint.syntax.tree import dotted, lines_of, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from torchlint.model.code.protocol import Places
    from torchlint.syntax.outline import Outline
    from torchlint.syntax.source import Source

_ROOTS = ("torch", "torchvision", "torchaudio", "functorch")
_LOCAL_IMPORT = re.compile(r"(?:import|from)[ \t]+(?:torch|functorch)\w*\b(?:[\w. \t]*\bimport[ \t]*\([^)]*|[^\n#;]*)")
_COMMENT = re.compile(r"#[^\n]*")
_IMPORTED = re.compile(r"\w+")
_SHORT = {
    "torch.nn.modules.loss": "torch.nn",
    "torch.nn.modules": "torch.nn",
    "torch.distributed.distributed_c10d": "torch.distributed",
    "torch.autograd.variable": "torch.autograd",
    "torch.cuda.amp.autocast_mode": "torch.cuda.amp",
    "torch.cuda.amp.grad_scaler": "torch.cuda.amp",
    "torch.nn.parallel.distributed": "torch.nn.parallel",
    "torch.utils.data.dataloader": "torch.utils.data",
    "torch.functional": "torch",
    "torch.serialization": "torch",
}
"""Modules whose names are better known by where they are taken to."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names something: an expression, what an ``import`` statement takes, or such a statement for the
    module that it takes from. ``call`` is the call of it."""

    node: ast.expr | ast.alias | ast.ImportFrom
    name: str
    call: ast.Call | None


class _Nodes(NamedTuple):
    """What a walk over code sees: names and attributes, imports, calls by what is called, and the names that may mean
    something else in a function."""

    named: list[ast.Attribute | ast.Name]
    imports: list[ast.Import | ast.ImportFrom]
    calls: dict[ast.AST, ast.Call]
    bound: set[str]


class References:
    """What a file names of PyTorch's packages."""

    def __init__(self, source: Source, tree: Callable[[], ast.Module], outline: Outline, layout: Callable[[], Places]):
        self._source = source
        self._parsed = tree
        self._outline = outline
        self._layout_of = layout

    def of(self, names: Collection[str]) -> Sequence[Reference]:
        """The references to any of some qualified names, in the order of the text."""
        wanted = self.written.intersection(names)
        if not wanted:
            return ()
        taken = {name for name, meaning in self._meanings if shortened(meaning) in wanted}
        nodes = self._near({part for each in wanted for part in each.split(".")[-1:]} | taken)
        found = [*self._expressions(wanted, nodes, taken), *self._imports(wanted, nodes)]
        return sorted(found, key=lambda each: (each.node.lineno, each.node.col_offset))

    def calls(self, name: str) -> Iterator[ast.Call]:
        """The calls of a qualified name."""
        return (each.call for each in self.of({name}) if each.call is not None)

    @cached_property
    def written(self) -> frozenset[str]:
        """Every qualified name that may be meant somewhere, and those that it begins with."""
        text = self._source.text
        found: set[str] = set()
        for alias, meaning in self._meanings:
            found.update(_beginnings(meaning))
            for rest in set(re.findall(re.escape(alias) + r"\.([\w.]+)", text)):
                found.update(_beginnings(f"{meaning}.{rest}"))
        return frozenset(found | {shortened(each) for each in found})

    @cached_property
    def _meanings(self) -> frozenset[tuple[str, str]]:
        """What names may mean somewhere in the file, imports in functions included."""
        imports = {(name, meaning) for name, meaning in self._outline.imports.items() if _is_known(meaning)}
        for statement in _LOCAL_IMPORT.findall(self._source.text):
            imports.update(_imports_in(_COMMENT.sub("", statement).strip()))
        if not imports:
            imports = set(USUAL.items())
        return frozenset(imports)

    def _near(self, words: Collection[str]) -> _Nodes:
        """What the statements and members of classes have that mention any of some words."""
        text = self._source.text
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(words)))})\b")
        lines, line, at = [], 1, 0
        for each in pattern.finditer(text):
            line, at = line + text.count("\n", at, each.start()), each.start()
            lines.append(line)
        nodes = _Nodes([], [], {}, set())
        for statement in _statements_at(self._parsed().body, lines):
            _collect(statement, nodes)
        return nodes

    def _expressions(self, wanted: Collection[str], nodes: _Nodes, taken: Collection[str]) -> Iterator[Reference]:
        last = {each.rpartition(".")[2] for each in wanted}
        for node in nodes.named:
            if (node.attr not in last) if isinstance(node, ast.Attribute) else (node.id not in taken):
                continue
            written = dotted(node) if isinstance(node.ctx, ast.Load) and not _has_subscript(node) else None
            root, dot, rest = (written or "").partition(".")
            meaning = self._meaning(root, node, nodes.bound) if root else None
            name = shortened(f"{meaning}{dot}{rest}")
            if meaning is not None and name in wanted:
                yield Reference(node, name, nodes.calls.get(node))

    def _imports(self, wanted: Collection[str], nodes: _Nodes) -> Iterator[Reference]:
        for node in nodes.imports:
            if isinstance(node, ast.Import):
                names = ((alias, alias.name) for alias in node.names)
            else:
                if node.module in wanted and not node.level:
                    yield Reference(node, node.module or "", None)
                module = "" if node.level else node.module
                names = ((alias, shortened(f"{module}.{alias.name}")) for alias in node.names)
            yield from (Reference(alias, name, None) for alias, name in names if name in wanted)

    def _meaning(self, name: str, node: ast.AST, bound_somewhere: Collection[str]) -> str | None:
        """What a name means where a node stands: an import around it, unless something else binds it."""
        for function in self._layout_of().around(node) if name in bound_somewhere else ():
            if isinstance(function, (*_FUNCTIONS, ast.Lambda)):
                bound = self._bound_in(function)
                if name in bound:
                    return bound[name]
        if name in self._outline.bound:
            return None
        meaning = self._outline.imports.get(name)
        if meaning is None and not self._outline.imports:
            meaning = USUAL.get(name)
        return meaning if meaning is not None and _is_known(meaning) else None

    def _bound_in(self, function: ast.AST) -> Mapping[str, str | None]:
        if function not in self._bindings:
            self._bindings[function] = _bindings(function)
        return self._bindings[function]

    @cached_property
    def _bindings(self) -> dict[ast.AST, Mapping[str, str | None]]:
        return {}


def used_imports(found: Iterable[Reference]) -> frozenset[ast.alias]:
    """The imports among references to some names that others of them use: by the name, or by what it is a part of."""
    references = list(found)
    names = {each.name for each in references if isinstance(each.node, ast.Name)}
    expressions = {each.name for each in references if isinstance(each.node, ast.expr)}
    return frozenset(
        each.node
        for each in references
        if isinstance(each.node, ast.alias) and each.name in (expressions if "." in each.node.name else names)
    )


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def _statements_at(body: Sequence[ast.stmt], lines: Sequence[int]) -> Iterator[ast.stmt]:
    """The statements of a block, of classes the members, that have any of some 1-based lines, which are in order."""
    for node in body:
        first, last = lines_of(node)
        if bisect_left(lines, first) < bisect_right(lines, last):
            if isinstance(node, ast.ClassDef) and not node.decorator_list:
                yield from (ast.Expr(each) for each in (*node.bases, *(each.value for each in node.keywords)))
                yield from _statements_at(node.body, lines)
            else:
                yield node


def _collect(code: ast.AST, nodes: _Nodes) -> None:
    for each in walk(code):
        match each:
            case ast.Name():
                nodes.named.append(each)
                if type(each.ctx) is ast.Store:
                    nodes.bound.add(each.id)
            case ast.Attribute():
                nodes.named.append(each)
            case ast.Call(func=func):
                nodes.calls[func] = each
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                nodes.bound.add(name)
            case ast.Import() | ast.ImportFrom():
                nodes.imports.append(each)
                if each.col_offset:
                    nodes.bound.update((alias.asname or alias.name).partition(".")[0] for alias in each.names)


def shortened(name: str) -> str:
    """A qualified name by the module that is known best for it."""
    module, _, last = name.rpartition(".")
    return f"{_SHORT[module]}.{last}" if module in _SHORT else name


def _is_known(name: str) -> bool:
    return name.partition(".")[0] in _ROOTS


def _beginnings(name: str) -> Iterator[str]:
    while name:
        yield name
        name = name.rpartition(".")[0]


def _imports_in(statement: str) -> Iterator[tuple[str, str]]:
    """What the text of an import statement binds, or more than that."""
    words = _IMPORTED.findall(statement)
    module, _, names = statement.removeprefix("from").strip().partition(" import ")
    if statement.startswith("import"):
        yield from ((words[-1], statement.split()[1]), (words[1], words[1]))
    else:
        for each in names.strip("() \\").split(","):
            name, _, alias = each.partition(" as ")
            if name.strip():
                yield (alias or name).strip(), f"{module.strip()}.{name.strip()}"


def _bindings(function: ast.AST) -> dict[str, str | None]:
    """The names that a function binds, each with what it imports, None for anything else."""
    found: dict[str, str | None] = {}
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                found[name] = None
            case ast.ImportFrom(module=module, level=0):
                found.update({each.asname or each.name: f"{module}.{each.name}" for each in node.names})
            case ast.Import():
                for each in node.names:
                    root = each.name.partition(".")[0]
                    found[each.asname or root] = each.name if each.asname else root
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = None
                continue
        if not isinstance(node, ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
    return {name: each if each is None or _is_known(each) else None for name, each in found.items()}


def _has_subscript(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return not isinstance(node, ast.Name)
