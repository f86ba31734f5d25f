"""One release of PyTorch, read from its Python files: its public names, and which of them warn or only raise.

Nothing is imported or run. A name is public where no part of it begins with an underscore and its module defines it,
lists it in ``__all__``, or is a package that takes it from elsewhere in PyTorch.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from torchlint.syntax.tree import Function, last_name, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

SPACES = tuple(
    (
        "torch torch.amp torch.autograd torch.autograd.function torch.autograd.functional "
        "torch.autograd.gradcheck torch.autograd.profiler torch.backends.cuda torch.backends.cudnn "
        "torch.backends.mps torch.cpu torch.cpu.amp torch.cuda torch.cuda.amp torch.cuda.amp.autocast_mode "
        "torch.cuda.amp.grad_scaler torch.cuda.memory torch.cuda.nvtx torch.cuda.profiler torch.distributed "
        "torch.distributed.algorithms.join torch.distributed.checkpoint torch.distributed.fsdp "
        "torch.distributed.fsdp.wrap torch.distributed.launch torch.distributed.optim "
        "torch.distributed.pipeline.sync torch.distributed.rpc torch.distributed.tensor.parallel "
        "torch.distributed.distributed_c10d torch.distributions torch.distributions.utils torch.export "
        "torch.fft torch.func torch.functional torch.futures torch.fx torch.hub torch.jit torch.library "
        "torch.linalg torch.masked torch.multiprocessing torch.nested torch.nn torch.nn.functional "
        "torch.nn.init torch.nn.modules torch.nn.modules.loss torch.nn.parallel torch.nn.parallel.distributed "
        "torch.nn.parameter torch.nn.utils torch.nn.utils.clip_grad torch.nn.utils.parametrizations "
        "torch.nn.utils.parametrize torch.nn.utils.prune torch.nn.utils.rnn torch.nn.utils.stateless "
        "torch.nn.utils.weight_norm torch.onnx torch.onnx.utils torch.optim torch.optim.lr_scheduler "
        "torch.optim.swa_utils torch.overrides torch.package torch.profiler torch.quantization torch.random "
        "torch.serialization torch.sparse torch.special torch.storage torch.testing torch.utils "
        "torch.utils.checkpoint torch.utils.cpp_extension torch.utils.data "
        "torch.utils.data.backward_compatibility torch.utils.data.datapipes torch.utils.data.dataset "
        "torch.utils.data.distributed torch.utils.dlpack torch.utils.mobile_optimizer torch.utils.model_dump "
        "torch.utils.model_zoo torch.utils.tensorboard torch.onnx.symbolic_helper torch.ao.quantization "
        "torch.ao.nn torch.distributed.nn"
    ).split()
)
"""The modules that PyTorch documents for its users."""
_TELLS = re.compile(r"deprecat|renamed|removed", re.IGNORECASE)
_WARNING_KINDS = frozenset(("FutureWarning", "DeprecationWarning", "UserWarning"))
_STUBS = {
    "torch": ("torch/_C/_VariableFunctions.pyi", None),
    "torch.Tensor": ("torch/_C/__init__.pyi", ("TensorBase", "_TensorBase")),
}
"""What is defined in C++ and has stubs."""


@dataclass
class Module:
    """The names that a module binds: a definition, or where it is taken from."""

    name: str
    is_package: bool
    definitions: dict[str, ast.stmt] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    public: frozenset[str] | None = None
    constants: dict[str, ast.expr] = field(default_factory=dict)


@dataclass(frozen=True)
class Definition:
    """Where a public name is defined."""

    module: Module
    node: ast.stmt


class Release:
    """The Python files of a release under ``root``, the folder that has ``torch``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._modules: dict[str, Module | None] = {}

    @cached_property
    def version(self) -> tuple[int, int]:
        """Its major and minor number."""
        text = (self._root / "torch/version.py").read_text(encoding="utf-8")
        found = re.search(r"__version__ = '(\d+)\.(\d+)", text)
        assert found is not None, "no version"
        return int(found[1]), int(found[2])

    @cached_property
    def names(self) -> Mapping[str, Definition | None]:
        """Every public name, None where it is a module or no Python defines it."""
        found: dict[str, Definition | None] = {}
        for name in SPACES:
            if self._module(name) is None:
                continue
            found[name] = None
            for each, definition in self._exports(name).items():
                if not each.startswith("_"):
                    is_module = self._module(f"{name}.{each}") is not None  # which hides what has its name
                    found.setdefault(f"{name}.{each}", None if is_module else definition)
                    found.update(_methods(f"{name}.{each}", definition))
        for name, (path_of_stub, classes) in _STUBS.items():
            found.update({f"{name}.{each}": found.get(f"{name}.{each}") for each in self._stubs(path_of_stub, classes)})
        return found

    @cached_property
    def warning(self) -> Mapping[str, str]:
        """The public names that warn whenever they are used, with their words."""
        return {name: words for name, found in self.names.items() if found and (words := _warns(found))}

    @cached_property
    def raising(self) -> Mapping[str, str]:
        """The public functions that are only there to say that they are gone, with their words."""
        return {name: words for name, found in self.names.items() if found and (words := _only_raises(found))}

    @cached_property
    def parameters(self) -> Mapping[str, Mapping[str, str | None]]:
        """The parameters of public functions and classes with the text of their defaults; none where more are taken."""
        found = ((name, _constructor(definition.node)) for name, definition in self.names.items() if definition)
        return {name: _defaults(function) for name, function in found if function and not function.args.kwarg}

    def _module(self, name: str) -> Module | None:
        if name not in self._modules:
            base = self._root.joinpath(*name.split("."))
            paths = (base / "__init__.py", base.with_name(base.name + ".py"))
            path = next((each for each in paths if each.is_file()), None)
            self._modules[name] = _read(name, path) if path else None
        return self._modules[name]

    def _exports(self, name: str, seen: frozenset[str] = frozenset()) -> Mapping[str, Definition | None]:
        module = self._module(name)
        if module is None or name in seen:
            return {}
        found: dict[str, Definition | None] = {
            each: Definition(module, node) for each, node in module.definitions.items()
        }
        for star in module.stars:
            found.update(self._exports(star, seen | {name}))
        for each, (home, original) in module.imported.items():
            if module.is_package or (module.public and each in module.public):
                found[each] = self._find(home, original, seen | {name})
        if module.public is not None:
            missing = dict.fromkeys(module.public - found.keys())
            kept = module.public if not module.is_package else found.keys()
            found = {**missing, **{each: node for each, node in found.items() if each in kept}}
        return found

    def _find(self, home: str, name: str, seen: frozenset[str]) -> Definition | None:
        module = self._module(home)
        if module is None or home in seen:
            return None
        if name in module.definitions:
            return Definition(module, module.definitions[name])
        if name in module.imported:
            return self._find(*module.imported[name], seen | {home})
        found = (self._exports(star, seen | {home}).get(name) for star in module.stars)
        return next((each for each in found if each), None)

    def _stubs(self, path: str, classes: tuple[str, ...] | None) -> Iterator[str]:
        file = self._root / path
        body = ast.parse(file.read_text(encoding="utf-8")).body if file.is_file() else []
        if classes is not None:
            body = [
                each for node in body if isinstance(node, ast.ClassDef) and node.name in classes for each in node.body
            ]
        for node in body:
            if isinstance(node, Function) and not node.name.startswith("_"):
                yield node.name
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id


def _read(name: str, path: Path) -> Module:
    module = Module(name, path.name == "__init__.py")
    for node in statements(ast.parse(path.read_text(encoding="utf-8")).body):
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                module.definitions[node.name] = node
            case ast.ImportFrom() if (home := _home(module, node)).partition(".")[0] == "torch":
                module.stars += [home for alias in node.names if alias.name == "*"]
                module.imported.update({a.asname or a.name: (home, a.name) for a in node.names if a.name != "*"})
            case ast.Assign(targets=[ast.Name(id="__all__")], value=ast.List() | ast.Tuple() as value):
                names = [each.value for each in value.elts if isinstance(each, ast.Constant)]
                module.public = frozenset(map(str, names))
            case ast.Assign(targets=[ast.Name(id=target)], value=value):
                module.constants[target] = value
                module.definitions[target] = node
            case ast.AnnAssign(target=ast.Name(id=target), value=value):
                module.definitions[target] = node
    return module


def _home(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
    return ".".join([*kept, *([node.module] if node.module else [])])


def _methods(name: str, found: Definition | None) -> Iterator[tuple[str, Definition]]:
    if found and isinstance(found.node, ast.ClassDef) and (found.node.name != "Tensor" or name == "torch.Tensor"):
        for each in found.node.body:
            if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
                yield f"{name}.{each.name}", Definition(found.module, each)


# What a definition says of itself.


def _warns(found: Definition) -> str:
    """The words with which something warns on every use, empty where it does not."""
    node = found.node
    if isinstance(node, ast.Assign):
        return _renamed(node)
    function = _constructor(node)
    for decorator in (*getattr(node, "decorator_list", ()), *(function.decorator_list if function else ())):
        if isinstance(decorator, ast.Call) and last_name(decorator.func) == "deprecated" and decorator.args:
            return _words(decorator.args[0], found.module)
    for statement in function.body if function else ():
        words = _warning_in(statement, found.module)
        if words:
            return words
    return ""


def _warning_in(statement: ast.stmt, module: Module) -> str:
    match statement:
        case ast.Expr(value=ast.Call(func=func, args=[message, *_]) as call) if last_name(func) == "warn":
            words = _words(message, module)
            kinds = {last_name(each) for each in (*call.args[1:], *(each.value for each in call.keywords))}
            return words if _TELLS.search(words) and (kinds & _WARNING_KINDS or len(call.args) == 1) else ""
        case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=ast.Call()), body=[inner]):
            return _warning_in(inner, module)  # unless it is compiled
        case ast.If(body=[first], orelse=[last]):  # in other words for other versions of Python
            return _warning_in(first, module) and _warning_in(last, module)
    return ""


def _renamed(node: ast.Assign) -> str:
    """``xavier_uniform = _make_deprecate(xavier_uniform_)``."""
    match node:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=func, args=[ast.Name(id=new)])):
            if "deprecat" in (last_name(func) or ""):
                return f"`{name}` is now deprecated in favor of `{new}`."
    return ""


def _only_raises(found: Definition) -> str:
    function = found.node
    if not isinstance(function, ast.FunctionDef):
        return ""
    match [each for each in function.body if not isinstance(each, (ast.Expr, ast.Assign))]:
        case [ast.Raise(exc=ast.Call(func=ast.Name(id="RuntimeError"), args=[message]))]:
            words = _words(message, found.module)
            return words if _TELLS.search(words) else ""
    return ""


def _words(node: ast.expr, module: Module) -> str:
    """A message as far as its parts are constant."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_words(each, module) for each in parts)
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            return _words(left, module) + _words(right, module)
        case ast.Name(id=name) if name in module.constants:
            return _words(module.constants[name], module)
        case ast.FormattedValue(value=value):
            return _words(value, module) or "..."
    return ""


def _constructor(node: ast.stmt) -> ast.FunctionDef | None:
    if isinstance(node, ast.ClassDef):
        methods = {each.name: each for each in node.body if isinstance(each, ast.FunctionDef)}
        return methods.get("__init__") or methods.get("__new__")
    return node if isinstance(node, ast.FunctionDef) else None


def _defaults(function: ast.FunctionDef) -> dict[str, str | None]:
    """Each parameter by name with the text of its default; those of no name are left out."""
    given = function.args
    named = [*given.posonlyargs, *given.args]
    texts: dict[str, str | None] = {each.arg: None for each in (*named, *given.kwonlyargs)}
    pairs = [*zip(named[len(named) - len(given.defaults) :], given.defaults, strict=True)]
    pairs += [(each, value) for each, value in zip(given.kwonlyargs, given.kw_defaults, strict=True) if value]
    texts.update({each.arg: ast.unparse(value) for each, value in pairs})
    return {name: text for name, text in texts.items() if name not in ("self", "cls")}
