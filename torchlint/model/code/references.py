"""Where a file names something of PyTorch's packages: calls, bare references and imports, aliases resolved.

The text is looked at first, for what it imports and what it says behind those names; a tree is only walked where that
shows a name that somebody asks for.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.syntax.outline import USUAL
from torchlint.syntax.tree import Function, dotted, walk

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from torchlint.model.fixes.editor import Layout
    from torchlint.syntax.outline import Outline
    from torchlint.syntax.source import Source

_ROOTS = ("torch", "torchvision", "torchaudio", "functorch")
_LOCAL_IMPORT = re.compile(r"^[ \t]+(?:import|from)[ \t]+(?:torch|functorch)\w*\b[^\n]*", re.MULTILINE)
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
    """A place that names something: an expression, or what an ``import`` statement takes. ``call`` is the call of it."""

    node: ast.expr | ast.alias
    name: str
    call: ast.Call | None


class References:
    """What a file names of PyTorch's packages."""

    def __init__(self, source: Source, tree: Callable[[], ast.Module], outline: Outline, layout: Callable[[], Layout]):
        self._source = source
        self._parsed = tree
        self._outline = outline
        self._layout_of = layout

    def of(self, names: Collection[str]) -> Sequence[Reference]:
        """The references to any of some qualified names, in the order of the text."""
        if self.written.isdisjoint(names):
            return ()
        return [each for each in self._all if each.name in names]

    def calls(self, *names: str) -> Iterator[ast.Call]:
        """The calls of any of some qualified names."""
        return (each.call for each in self.of(names) if each.call is not None)

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
        for statement in _LOCAL_IMPORT.finditer(self._source.text):
            imports.update(_imports_in(statement.group().strip()))
        if not imports:
            imports = set(USUAL.items())
        return frozenset(imports)

    @cached_property
    def _all(self) -> Sequence[Reference]:
        found = [*self._expressions(), *self._imports()]
        return sorted(found, key=lambda each: (each.node.lineno, each.node.col_offset))

    def _expressions(self) -> Iterator[Reference]:
        names = {name.partition(".")[0] for name, _ in self._meanings}
        calls = {}
        inner: set[ast.AST] = set()
        nodes = [each for each in walk(self._parsed()) if isinstance(each, (ast.Attribute, ast.Name, ast.Call))]
        for each in nodes:
            if isinstance(each, ast.Call):
                calls[each.func] = each
            elif isinstance(each, ast.Attribute):
                inner.add(each.value)
        for node in nodes:
            if isinstance(node, ast.Call) or not isinstance(node.ctx, ast.Load):
                continue
            written = dotted(node) if not _has_subscript(node) else None
            root, dot, rest = (written or "").partition(".")
            if root not in names or (node in inner and isinstance(node, ast.Name)):
                continue
            meaning = self._meaning(root, node)
            if meaning is not None:
                yield Reference(node, shortened(f"{meaning}{dot}{rest}"), calls.get(node))

    def _imports(self) -> Iterator[Reference]:
        for node in walk(self._parsed()):
            if isinstance(node, ast.ImportFrom) and not node.level and _is_known(node.module or ""):
                yield Reference(node.names[0], node.module or "", None)
                for alias in node.names:
                    yield Reference(alias, shortened(f"{node.module}.{alias.name}"), None)
            elif isinstance(node, ast.Import):
                yield from (Reference(each, each.name, None) for each in node.names if _is_known(each.name))

    def _meaning(self, name: str, node: ast.AST) -> str | None:
        """What a name means where a node stands: an import around it, unless something else binds it."""
        for function in self._layout_of().around(node):
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


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


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
    """What a line that begins an import statement binds; more than it does where it goes on in another line."""
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
