"""What PyTorch does with a program: run in this process, once for every choice its flags leave open.

A world is one choice of ``FLAG_A``, ``FLAG_B`` and ``STEPS``. Each runs twice: for real, and as a reference in which
whatever is kept for backward is cloned. A backward whose gradients differ between the two is a ``silent`` event, and so
is one that starts at a leaf, for it reaches nothing else. The reference repeats the raises of the real run, because
hooks switch off the check that raises.

What a program catches is an event too: every handler is made to say what it caught. The line is that of the program's
innermost frame, in a function or method where it is one.

Required is the first event of every world. What comes later is optional, and so is a stale tensor that happened to give
equal gradients, a step without any gradient, a backward that would add something else if numbers kept the graphs that
they are taken out of, and whatever only a loop of no or one iteration does.
"""

from __future__ import annotations

import ast
import itertools
import math
import os
import random
import sys
import warnings
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.graph import saved_tensors_hooks
from torch.optim.optimizer import register_optimizer_step_pre_hook
from torch.utils._python_dispatch import TorchDispatchMode

from tests.oracle.kinds import SILENT, kind_of
from tests.oracle.program import Event, Labelled, Program, Truth

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable, Iterable, Iterator
    from types import CodeType, TracebackType

VERSION = torch.__version__.partition("+")[0]
_CELL = "<oracle cell "
_CAUGHT = "_oracle_caught"
_FLAGS = ("FLAG_A", "FLAG_B")
_UNSEEN = (".data", "numpy", "fused=True")
_NUMBERS = ("item()", "float(")
_TOLERANCE = 1e-9


class OrdinaryError(Exception):
    """A program that fails for a reason that has nothing to do with autograd: it tells nothing."""


@dataclass
class _Run:
    """What happened in one run; ``moment`` of an event is the number of backwards begun before it."""

    replay: _Run | None = None
    calls: int = 0
    inside: bool = False
    events: list[tuple[int, Event]] = field(default_factory=list)
    ordinary: str = ""
    raised: dict[int, Exception] = field(default_factory=dict)
    gradients: dict[int, tuple[Event, list[torch.Tensor | None]]] = field(default_factory=dict)
    stale: set[int] = field(default_factory=set)
    idle: list[Event] = field(default_factory=list)
    writes: dict[int, int] = field(default_factory=dict)
    clock: int = 0

    def wrote(self, tensor: torch.Tensor) -> None:
        """Note that the memory of a tensor was written to, or replaced."""
        self.clock += 1
        self.writes[_memory(tensor)] = self.clock

    def failed(self, error: BaseException) -> None:
        """Note an error of the program at the line where it surfaced."""
        kind = kind_of(str(error))
        place = _place(error.__traceback__)
        if kind is None or place is None:
            self.ordinary = self.ordinary or f"{type(error).__name__}: {error}"
        else:
            self.events.append((self.calls, Event(kind, *place)))


_run: _Run | None = None


# Watching backwards.


def _watched(original: Callable[..., Any], roots: Callable[..., Any]) -> Callable[..., Any]:
    """``Tensor.backward`` and its like, noting what they add to the gradients of the leaves."""

    def watched(*args: Any, **keywords: Any) -> Any:
        run = _run
        if run is None or run.inside:
            return original(*args, **keywords)
        call, place = run.calls, _calling_place()
        run.calls += 1
        if run.replay is not None and call in run.replay.raised:
            raise run.replay.raised[call]
        from_roots = [each for each in roots(*args, **keywords) if isinstance(each, torch.Tensor)]
        leaves = _leaves(from_roots)
        before = [None if leaf.grad is None else leaf.grad.detach().clone() for leaf in leaves]
        run.inside = True
        try:
            result = original(*args, **keywords)
        except RuntimeError as error:
            run.raised[call] = error
            raise
        finally:
            run.inside = False
        if result is None:
            added = [_difference(leaf.grad, old) for leaf, old in zip(leaves, before, strict=True)]
            if place and any(each.is_leaf for each in from_roots):
                run.events.append((run.calls, Event(SILENT, *place)))
        else:
            added = [None if each is None else each.detach().clone() for each in result]
        if place:
            run.gradients[call] = Event(SILENT, *place), added
        return result

    return watched


def _watch_step(optimizer: torch.optim.Optimizer, *_: object) -> None:
    """Note a step that changes nothing, though there was a backward: whether that is meant only its author knows."""
    run, place = _run, _calling_place()
    used = [each.grad for group in optimizer.param_groups for each in group["params"]]
    if run is not None and place is not None and run.calls and all(each is None for each in used):
        run.idle.append(Event(SILENT, *place))


def _leaves(roots: Iterable[torch.Tensor]) -> list[torch.Tensor]:
    """The leaves behind tensors, in the order of the graph."""
    found: list[torch.Tensor] = []
    seen: set[object] = set()
    waiting: list[Any] = []
    try:
        waiting += [root.grad_fn for root in roots]
    except RuntimeError:  # a view that has become illegal: the backward will say so
        return []
    while waiting:
        node = waiting.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            found.append(node.variable)
        waiting.extend(following for following, _ in node.next_functions)
    return found


def _difference(new: torch.Tensor | None, old: torch.Tensor | None) -> torch.Tensor | None:
    if new is None:
        return None
    return new.detach().clone() if old is None else new.detach() - old


def _calling_place() -> tuple[int, int] | None:
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code.co_filename.startswith(_CELL):
            return int(frame.f_code.co_filename[len(_CELL) : -1]), frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]
    return None


def _place(traceback: TracebackType | None) -> tuple[int, int] | None:
    """The cell and line of the program's innermost frame."""
    found = None
    while traceback is not None:
        name = traceback.tb_frame.f_code.co_filename
        if name.startswith(_CELL):
            found = int(name[len(_CELL) : -1]), traceback.tb_lineno
        traceback = traceback.tb_next
    return found


@contextmanager
def watching() -> Iterator[None]:
    """PyTorch set up to run programs; all of its state, and that of the process, is restored."""
    owners = ((torch.Tensor, "backward"), (torch.autograd, "backward"), (torch.autograd, "grad"))
    originals = [(owner, name, getattr(owner, name)) for owner, name in owners]
    environment = dict(os.environ)
    dtype, threads, state, grad = (
        torch.get_default_dtype(),
        torch.get_num_threads(),
        torch.get_rng_state(),
        torch.is_grad_enabled(),
    )
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    for owner, name, original in originals:
        setattr(owner, name, _watched(original, _roots))
    steps = register_optimizer_step_pre_hook(_watch_step)
    try:
        yield
    finally:
        steps.remove()
        for owner, name, original in originals:
            setattr(owner, name, original)
        torch.set_default_dtype(dtype)
        torch.set_num_threads(threads)
        torch.set_rng_state(state)
        torch.set_grad_enabled(grad)
        os.environ.clear()
        os.environ.update(environment)


def _roots(tensors: Any, *_: Any, **__: Any) -> Any:
    return [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)


# Running.


class _Catching(ast.NodeTransformer):
    """Lets every handler say what it caught."""

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.ExceptHandler:
        self.generic_visit(node)
        call = ast.Expr(ast.Call(ast.Name(_CAUGHT, ast.Load()), [], []))
        node.body.insert(0, ast.fix_missing_locations(ast.copy_location(call, node)))
        return node


def _compiled(program: Program) -> list[CodeType]:
    first = 1 if program.is_notebook else 0
    codes = []
    for number, cell in enumerate(program.cells, first):
        source = _Catching().visit(ast.parse(cell)) if "except" in cell else cell
        codes.append(compile(source, f"{_CELL}{number}>", "exec"))
    return codes


def _execute(codes: list[CodeType], replay: _Run | None, unseen: bool = False, *, keeps_graphs: bool = False) -> _Run:
    """Run a program; a cell of a notebook that raises does not keep the next from running. ``unseen``: note writes;
    ``keeps_graphs``: a number that is taken out of a graph is the tensor itself."""
    global _run
    run = _Run(replay)

    def caught() -> None:
        error = sys.exc_info()[1]
        if error is not None:
            run.failed(error)

    def quiet(*_: object, **__: object) -> None:
        return None

    torch.manual_seed(0)
    random.seed(0)
    torch.set_grad_enabled(True)
    namespace = {"__name__": "__main__", "print": quiet, _CAUGHT: caught}
    _run = run
    try:
        with (
            saved_tensors_hooks(_pack, _unpack) if replay is not None else nullcontext(),
            _Writes(run) if unseen else nullcontext(),
            _tensors_for_numbers(namespace) if keeps_graphs else nullcontext(),
        ):
            for code in codes:
                _execute_cell(code, namespace, run)
    finally:
        _run = None
    return run


def _execute_cell(code: CodeType, namespace: dict[str, object], run: _Run) -> None:
    try:
        exec(code, namespace)
    except Exception as error:
        run.failed(error)


@dataclass(eq=False, slots=True)
class _Kept:
    """What is kept for backward, as it was and as it has become; writes count from the time ``since`` on."""

    clone: torch.Tensor
    original: torch.Tensor
    since: float


def _pack(tensor: torch.Tensor) -> _Kept:
    return _Kept(tensor.clone(), tensor.detach(), _run.clock if _run is not None else 0)


def _unpack(kept: _Kept) -> torch.Tensor:
    """What was packed. It is stale where it was written to since, be it with equal numbers."""
    written = _run is not None and _run.writes.get(_memory(kept.original), -1) > kept.since
    if _run is not None and (written or not _same(kept.clone, kept.original)):
        _run.stale.add(_run.calls - 1)
    return kept.clone


def _memory(tensor: torch.Tensor) -> int:
    return int(tensor.untyped_storage().data_ptr())


class _Writes(TorchDispatchMode):  # type: ignore[misc]
    """Notes every operation that writes into a tensor, and every ``.data`` that is replaced."""

    def __init__(self, run: _Run) -> None:
        super().__init__()
        self._run = run

    def __enter__(self) -> _Writes:
        data: Any = torch._C.TensorBase.data

        def replace(tensor: torch.Tensor, new: torch.Tensor) -> None:
            self._run.wrote(tensor)
            own = getattr(tensor.grad_fn, "_raw_saved_result", None)
            if own is not None and isinstance(own.data, _Kept):  # a result is kept apart from its tensor
                own.data.since = math.inf
            data.__set__(tensor, new)

        torch.Tensor.data = property(data.__get__, replace)
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        del torch.Tensor.data

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        keywords = kwargs or {}
        for number, argument in enumerate(func._schema.arguments):
            if argument.alias_info is not None and argument.alias_info.is_write:
                value = args[number] if number < len(args) else keywords.get(argument.name)
                for each in value if isinstance(value, (list, tuple)) else (value,):
                    if isinstance(each, torch.Tensor):
                        self._run.wrote(each)
        return func(*args, **keywords)


@contextmanager
def _tensors_for_numbers(namespace: dict[str, object]) -> Iterator[None]:
    """``item()`` and ``float(...)`` give what they are asked of, where that has a graph."""
    item = torch.Tensor.item
    namespace["float"] = lambda given=0.0: given if _has_graph(given) else float(given)
    torch.Tensor.item = lambda tensor: tensor if _has_graph(tensor) else item(tensor)  # type: ignore[method-assign]
    try:
        yield
    finally:
        torch.Tensor.item = item  # type: ignore[method-assign]


def _has_graph(value: object) -> bool:
    return isinstance(value, torch.Tensor) and value.requires_grad and torch.is_grad_enabled()


def _same(one: torch.Tensor, other: torch.Tensor) -> bool:
    if torch.equal(one, other):
        return True
    if one.shape != other.shape or one.dtype != other.dtype or not one.is_floating_point():
        return False
    return bool(torch.allclose(one, other, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True))


# Worlds.


def _world(
    codes: list[CodeType], environment: dict[str, str], text: str, lenient: bool
) -> tuple[list[Event], list[Event]]:
    """The events of one world of a program in order, and those that may or may not be named.

    Where the program has no ways to change what is kept behind PyTorch's back, a stale tensor alone says nothing, for
    BatchNorm changes its own statistics. Raises: OrdinaryError, unless ``lenient``, where the program fails for another
    reason before anything happened.
    """
    os.environ.update(environment)
    unseen = any(word in text for word in _UNSEEN)
    real = _execute(codes, None)
    timeline = [((moment, 1, number), event) for number, (moment, event) in enumerate(real.events)]
    doubtful = list(real.idle)
    if real.calls:
        reference = _execute(codes, real, unseen)
        diverged = False
        for call, (event, gradients) in real.gradients.items():
            if call not in reference.gradients or reference.gradients[call][0] != event:
                break
            stale = unseen and call in reference.stale
            differs = not _equal(gradients, reference.gradients[call][1])
            if differs and (stale or not diverged):
                timeline.append(((call + 1, 0, 0), event))
            elif stale:
                doubtful.append(event)
            diverged = diverged or differs
        if any(word in text for word in _NUMBERS):
            doubtful += _lost(reference, _execute(codes, real, keeps_graphs=True))
    if real.ordinary and not timeline and not lenient:
        raise OrdinaryError(real.ordinary)
    return [event for _, event in sorted(timeline)], doubtful


def _lost(numbers: _Run, tensors: _Run) -> Iterator[Event]:
    """The backwards that add something else where numbers keep their graphs: which of it is meant only the author
    knows."""
    for call, (event, gradients) in numbers.gradients.items():
        if call in tensors.gradients and not _equal(gradients, tensors.gradients[call][1]):
            yield event


def _equal(ones: list[torch.Tensor | None], others: list[torch.Tensor | None]) -> bool:
    if len(ones) != len(others):
        return False
    return all(
        (one is None) == (other is None) and (one is None or other is None or _same(one, other))
        for one, other in zip(ones, others, strict=True)
    )


def truth_of(program: Program) -> Truth:
    """The events of all worlds of a program; to be called while ``watching``. Raises: OrdinaryError."""
    required: set[Event] = set()
    optional: set[Event] = set()
    for unusual, events, doubtful in _worlds(program):
        if not unusual:
            required.update(events[:1])
        optional.update(events)
        optional.update(doubtful)
    return Truth(frozenset(required), frozenset(optional - required))


def events_of(program: Program) -> frozenset[Event]:
    """What happens in some world, first or later; a stale tensor whose gradients are equal is nothing.

    To be called while ``watching``. Raises: OrdinaryError.
    """
    return frozenset(event for _, events, _ in _worlds(program) for event in events)


def _worlds(program: Program) -> Iterator[tuple[bool, list[Event], list[Event]]]:
    """Every world of a program: whether its loops are unusually short, its events, and those that are doubtful."""
    codes = _compiled(program)
    text = program.text
    flags = [flag for flag in _FLAGS if flag in text]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for steps in ("2", "3", "0", "1") if '"STEPS"' in text else ("2",):
            unusual = steps in "01"
            for values in itertools.product("01", repeat=len(flags)):
                environment = {"STEPS": steps, **dict(zip(flags, values, strict=True))}
                yield unusual, *_world(codes, environment, text, unusual)


def execute(program: Program, *, cloning: bool) -> list[list[torch.Tensor | None]] | None:
    """What each backward of a program adds, in order; ``cloning``: whatever is kept for backward is cloned.

    The world is that of the environment. None where the program raises.
    """
    run = _execute(_compiled(program), _Run() if cloning else None)
    if run.ordinary or any(event.kind != SILENT for _, event in run.events) or len(run.gradients) != run.calls:
        return None
    return [gradients for _, gradients in run.gradients.values()]


def equal(ones: list[torch.Tensor | None], others: list[torch.Tensor | None]) -> bool:
    """Whether two backwards add the same."""
    return _equal(ones, others)


def labelled(programs: Iterable[Program], discarded: Counter[str]) -> Iterator[Labelled]:
    """Programs with their truth; those that tell nothing are left out and counted by their first words."""
    with watching():
        for program in programs:
            truth = _truth_or_none(program, discarded)
            if truth is not None:
                yield Labelled(program, truth)


def _truth_or_none(program: Program, discarded: Counter[str]) -> Truth | None:
    try:
        return truth_of(program)
    except OrdinaryError as error:
        discarded[f"{program.family}: {str(error)[:90]}"] += 1
        return None
