"""A module class tried out without a script: built, looked at, moved, saved and reloaded, and run forward twice."""

from __future__ import annotations

import ast
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from torchlint.confirm.kinds import Kind, kind_of
from torchlint.confirm.observe import guesses

if TYPE_CHECKING:
    from collections.abc import Callable

    from torchlint.confirm.observe.observer import Observer
    from torchlint.confirm.plan import Plan


class Unusable(SystemExit):
    """There is no such class, or no way to do what was asked with it."""

    is_unusable = True


def probe(plan: Plan, observer: Observer) -> None:
    """Try the class that a plan names. Raises: SystemExit where it cannot be built."""
    kind = _class_of(plan.target, plan.arguments[0])
    device = _device(plan.device)
    build = _builder(kind, plan.options.get("arguments"), observer)
    if build is None:
        why = f"{kind.__name__} could not be built; give its arguments with --arguments"
        observer.state.sink.write(t="missing", what="modules", why=why)
        raise SystemExit(f"torchlint: {why}")
    module, reloaded = build(), build()
    observer.look_at_modules()
    _reload(module, reloaded, observer)
    failed = _run(module, plan.options.get("input"), observer)
    if device != "cpu":
        moved = build().to(device)
        observer.look_at_modules()
        if device != "meta":  # meta accepts tensors of other devices here and there, so that a run there proves nothing
            failed = _run(moved, plan.options.get("input"), observer) or failed
    if failed:
        raise SystemExit(1)


def _class_of(path: str, name: str) -> type[torch.nn.Module]:
    """The class of a name in a file, which is imported for it. Raises: Unusable where it is none."""
    stem = Path(path).stem
    spec = importlib.util.spec_from_file_location(stem, path)
    if spec is None or spec.loader is None:
        raise Unusable(f"torchlint: {path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[stem] = module
    spec.loader.exec_module(module)
    kinds = {
        each: value
        for each, value in vars(module).items()
        if isinstance(value, type) and issubclass(value, torch.nn.Module)
    }
    if name not in kinds:
        raise Unusable(f"torchlint: {path} has no module class {name}; it has {', '.join(kinds) or 'none'}")
    return kinds[name]


def _device(wanted: str) -> str:
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "meta"
    if wanted == "cuda" and not torch.cuda.is_available():
        raise Unusable("torchlint: --device cuda: this PyTorch sees no CUDA device")
    return wanted


def _builder(
    kind: type[torch.nn.Module], given: str | None, observer: Observer
) -> Callable[[], torch.nn.Module] | None:
    """What builds a module in the first way that works; None where none does."""
    ways = [_given(given)] if given is not None else guesses.arguments(kind)
    error: Exception | None = None
    for positional, keywords in ways:

        def build(positional: Any = positional, keywords: Any = keywords) -> torch.nn.Module:
            torch.manual_seed(torch.seed())
            return kind(*positional, **keywords)

        try:
            build()
        except Exception as failed:
            error = error or failed
            if given is not None or _is_fault(failed):
                observer.uncaught(failed)
            continue
        shown = ", ".join([*map(repr, positional), *(f"{name}={value!r}" for name, value in keywords.items())])
        print(f"built {kind.__name__}({shown})", flush=True)
        return build
    if error is not None:
        print(f"{kind.__name__}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    return None


def _given(text: str) -> tuple[list[Any], dict[str, Any]]:
    """The literals in the arguments of a call. Raises: Unusable where they are none."""
    try:
        call = ast.parse(f"f({text})", mode="eval").body
        assert isinstance(call, ast.Call)
        positional = [ast.literal_eval(each) for each in call.args]
        return positional, {each.arg or "": ast.literal_eval(each.value) for each in call.keywords}
    except (SyntaxError, ValueError) as error:
        raise Unusable(f"torchlint: --arguments {text!r}: not the literals of a call: {error}") from error


def _reload(module: torch.nn.Module, other: torch.nn.Module, observer: Observer) -> None:
    """Load what one instance saves into another, and say which values are not those that were saved."""
    try:
        other.load_state_dict(module.state_dict())
    except Exception as error:
        print(f"load_state_dict: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        observer.uncaught(error)
        return
    observer.compare_modules(module, other)


def _run(module: torch.nn.Module, shapes: str | None, observer: Observer) -> bool:
    """Forward and backward, twice, on inputs of the shapes that are given, or that the layers suggest.

    Returns whether the module is to blame for an error.
    """
    refused: list[Exception] = []
    for inputs in guesses.given_inputs(shapes, module) if shapes is not None else guesses.inputs(module):
        try:
            _step(module, inputs)
        except Exception as error:
            if shapes is None and not _is_fault(error):
                refused.append(error)
                continue  # it was no input for this module
            return _told("forward", error, observer)
        print(f"ran on {', '.join(str(tuple(each.shape)) for each in inputs)}", flush=True)
        try:
            _step(module, inputs)
        except Exception as error:
            return _told("the second time", error, observer)
        return False
    if refused and len({(type(each), str(each)) for each in refused}) == 1:  # whatever it was given
        return _told("forward", refused[0], observer)
    if refused:
        print("forward took none of the inputs that were tried; give the shapes with --input", file=sys.stderr)
    return False


def _is_fault(error: Exception) -> bool:
    """Whether an error is the module's fault, whatever it was given."""
    return kind_of(str(error)) not in (None, Kind.SHAPE)


def _told(when: str, error: Exception, observer: Observer) -> bool:
    observer.uncaught(error)
    print(f"{when}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
    return True


def _step(module: torch.nn.Module, inputs: list[torch.Tensor]) -> None:
    out = module(*inputs)
    tensors = [each for each in (out if isinstance(out, (list, tuple)) else [out]) if isinstance(each, torch.Tensor)]
    losses = [each.sum() for each in tensors if each.requires_grad]
    if losses:
        torch.stack(losses).sum().backward()
