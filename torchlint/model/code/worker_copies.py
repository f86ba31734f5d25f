"""What each worker of a loader has a copy of: generators of random numbers, and streams that are not shared out.

PyTorch seeds ``random``, NumPy and its own generator anew in each worker; what a dataset keeps is copied as it is.
Source: as run with 2.13.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from torchlint.model.code.loaders import (
    DATASET,
    ITERABLE,
    LoaderCall,
    built_as,
    datasets,
    loader_calls,
    loops_forever,
    methods_of,
)
from torchlint.model.code.named_calls import public_name
from torchlint.syntax.tree import dotted, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.model.code.protocol import CodeFacts

_GENERATORS = frozenset(
    ("numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator", "random.Random")
)
_SHARING = re.compile(r"get_worker_info|worker_init|worker_id|num_workers\b(?!\s*=)|rank\b|shard|islice")
"""What code that shares its data out between workers mentions."""


class Copied(NamedTuple):
    """``at`` uses or gives, in a dataset of a class, what each worker of ``loader`` has a copy of."""

    at: ast.stmt | ast.expr
    owner: str
    name: str
    loader: LoaderCall


def copied_generators(facts: CodeFacts) -> Iterator[Copied]:
    """Each generator that a dataset makes once and draws from for its items."""
    loaders = _with_workers(facts)
    for node in datasets(facts, DATASET) if loaders else ():
        loader = loaders.get(node.name)
        methods = methods_of(node)
        made = methods.get("__init__")
        if loader is None or made is None or _mentions_workers(node, facts):
            continue
        for name, at in _generators(made, facts):
            draws = [each for each in walk(node) if isinstance(each, ast.Attribute) and dotted(each) == f"self.{name}"]
            stores = [each for each in draws if isinstance(each.ctx, ast.Store)]
            if len(stores) == 1 and _is_drawn_from("__getitem__", name, methods):
                yield Copied(at, node.name, name, loader)


def unshared_streams(facts: CodeFacts) -> Iterator[Copied]:
    """Each stream that every worker of a loader gives from its beginning to its end."""
    loaders = _with_workers(facts)
    for node in datasets(facts, ITERABLE) if loaders else ():
        loader, stream = loaders.get(node.name), methods_of(node).get("__iter__")
        if loader is None or stream is None or _mentions_workers(node, facts) or loops_forever(stream.body):
            continue
        if _is_of_all(stream):
            yield Copied(stream.body[-1], node.name, "__iter__", loader)


def _with_workers(facts: CodeFacts) -> dict[str, LoaderCall]:
    """The loaders with several workers that are told nothing of them, by the class of their dataset."""
    found = {}
    for loader in loader_calls(facts):
        if loader.has_workers and "worker_init_fn" not in loader.arguments:
            dataset = built_as(loader.arguments.get("dataset"), loader, facts)
            if dataset is not None:
                found[dotted(dataset.func) or ""] = loader
    return found


def _mentions_workers(node: ast.ClassDef, facts: CodeFacts) -> bool:
    lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
    return any(_SHARING.search(facts.source.line_text(each)) for each in lines)


def _generators(made: ast.FunctionDef, facts: CodeFacts) -> Iterator[tuple[str, ast.Assign]]:
    """The generators that a constructor keeps as attributes."""
    for each in made.body:
        match each:
            case ast.Assign(
                targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)], value=ast.Call(func=func)
            ) if public_name(func, facts) in _GENERATORS:
                yield name, each


def _is_drawn_from(start: str, name: str, methods: dict[str, ast.FunctionDef]) -> bool:
    """Whether a method, or one that it calls, calls a method of an attribute."""
    waiting, seen = [start], set[str]()
    while waiting:
        method = methods.get(waiting.pop())
        if method is None or method.name in seen:
            continue
        seen.add(method.name)
        for each in walk(method):
            match each:
                case ast.Call(func=ast.Attribute(value=owner)) if dotted(owner) == f"self.{name}":
                    return True
                case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=called)):
                    waiting.append(called)
    return False


def _is_of_all(stream: ast.FunctionDef) -> bool:
    """Whether a stream gives all that its dataset has: it returns an iterator over it, or goes through it."""
    for each in stream.body:
        match each:
            case ast.Return(value=ast.Call(func=ast.Name(id="iter"), args=[given])) if _is_own(given):
                return True
            case ast.For(iter=given) if _is_own(given) and any(isinstance(part, ast.Yield) for part in walk(each)):
                return True
            case ast.Expr(value=ast.YieldFrom(value=given)) if _is_own(given):
                return True
    return False


def _is_own(given: ast.expr) -> bool:
    """Whether something is an attribute of ``self``, a range, or one of both that is counted."""
    match given:
        case ast.Call(func=ast.Name(id="enumerate" | "range"), args=arguments):
            return all(isinstance(each, ast.Constant) or _is_own(each) or _is_length(each) for each in arguments)
        case ast.Attribute(value=ast.Name(id="self")):
            return True
    return False


def _is_length(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and dotted(node.func) == "len" and all(map(_is_own, node.args))
