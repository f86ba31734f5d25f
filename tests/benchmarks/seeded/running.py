"""Runs a program as ``__main__`` and says how it ended and what its main module then shows."""

from __future__ import annotations

import functools
import os
import sys
import traceback
import types
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
import torch._dynamo  # what an optimizer imports when it is made, which takes two seconds

from tests.benchmarks.seeded.forked import LateError, forked
from tests.benchmarks.seeded.programs import Spot, cells

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS = 10
"""How long an expression may take."""

_CELL = "#cell"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: ``error`` is empty, or the exception in words, raised at ``spot``.

    ``values`` has what each expression came to, None where it could not be evaluated.
    """

    error: str = ""
    spot: Spot | None = None
    values: dict[str, object] = field(default_factory=dict)


def run(folder: Path, main: str, expressions: Sequence[str], seconds: float) -> Outcome:
    """Run a program in a process of its own."""
    try:
        return forked(lambda: _run(folder, main, expressions), seconds)
    except LateError:
        return Outcome(f"not done after {seconds:.0f} s")
    except RuntimeError as error:
        return Outcome(str(error))


def _run(folder: Path, main: str, expressions: Sequence[str]) -> Outcome:
    torch.set_num_threads(1)
    os.chdir(folder)
    sys.argv = [main]
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    module = types.ModuleType("__main__")
    module.__file__ = str(folder / main)
    sys.modules["__main__"] = module
    namespace = module.__dict__
    try:
        for cell, code in cells(main, (folder / main).read_text("utf-8")):
            name = str(folder / main) + ("" if cell is None else f"{_CELL}{cell}")
            exec(compile(code, name, "exec", dont_inherit=True), namespace)
    except SystemExit as end:
        if end.code:
            return Outcome(f"SystemExit: {end.code}")
    except BaseException as error:
        return Outcome(f"{type(error).__name__}: {error}", _spot(error, folder))
    namespace.setdefault("torch", torch)
    torch.set_grad_enabled(True)
    # One may change what the next would see, as ``.to("meta")`` does.
    return Outcome(values={each: forked(functools.partial(_value, each, namespace), SECONDS) for each in expressions})


def _spot(error: BaseException, folder: Path) -> Spot | None:
    """The innermost line of the program that was running."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        name, _, cell = frame.filename.partition(_CELL)
        if Path(name).is_relative_to(folder):
            return Spot(Path(name).relative_to(folder).as_posix(), int(cell) if cell else None, frame.lineno or 0)
    return None


def _value(expression: str, namespace: dict[str, Any]) -> object:
    try:
        return _plain(eval(expression, {**namespace, "kept": kept}))
    except Exception:
        return None


def kept(result: torch.Tensor) -> bool:
    """Whether the graph of a result still has a tensor for a backward; expressions may call this."""
    nodes, seen = [result.grad_fn], set()
    while nodes:
        node = nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        for name in dir(node):
            if name.startswith("_saved_"):
                try:
                    if isinstance(getattr(node, name), torch.Tensor):
                        return True
                except RuntimeError as error:
                    if "have already been freed" not in str(error):
                        return True
        nodes += [each for each, _ in node.next_functions]
    return False


def _plain(value: object) -> object:
    """A value without anything of torch in it."""
    if isinstance(value, torch.nn.Module):
        return _plain(value.state_dict())
    if isinstance(value, torch.Tensor):
        return value.tolist()
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value if isinstance(value, (bool, int, float, str)) else repr(type(value))
