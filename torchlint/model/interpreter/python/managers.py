"""``with``: grad modes, context managers of the program, whose code runs around the block, and what is not seen."""

from __future__ import annotations

import ast
from functools import partial
from typing import TYPE_CHECKING

from torchlint.model.autograd.faults import Raised
from torchlint.model.autograd.grad_mode import Mode, ModeKind
from torchlint.model.interpreter.values.value import as_value
from torchlint.syntax.tree import last_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torchlint.model.interpreter.protocol import Interpreter, Signal
    from torchlint.model.interpreter.scope import Scope
    from torchlint.model.interpreter.values.value import Value


_HARMLESS = frozenset(
    (
        "open catch_warnings nullcontext redirect_stdout redirect_stderr suppress raises warns profile "
        "record_function detect_anomaly set_detect_anomaly fork_rng stream device TemporaryDirectory "
        "NamedTemporaryFile tqdm trange Progress Timer timer Lock Pool ThreadPoolExecutor ProcessPoolExecutor "
        "SummaryWriter subTest assertRaises assertRaisesRegex assertWarns sdpa_kernel patch no_sync"
    ).split()
)
"""Context managers that leave the grad mode as it is, by last name."""
_DELIBERATE = ("raises", "assertRaises", "assertRaisesRegex", "suppress")
"""Those whose block is expected to raise."""


def execute(machine: Interpreter, scope: Scope, node: ast.With | ast.AsyncWith) -> Signal | None:
    """Run a ``with`` statement. Raises: Raised, OutOfBudget."""
    return _enter(machine, scope, node.items, node.body)


def _enter(
    machine: Interpreter, scope: Scope, items: Sequence[ast.withitem], body: Sequence[ast.stmt]
) -> Signal | None:
    """Enter the first of some items, and run what is left in it."""
    if not items:
        return machine.execute(scope, body)
    item = items[0]
    entered = as_value(machine.evaluate(scope, item.context_expr))

    def block(given: object) -> Signal | None:
        if item.optional_vars is not None:
            machine.assign(scope, item.optional_vars, given)
        return _enter(machine, scope, items[1:], body)

    manage = entered.managing(machine, item.context_expr)
    if manage is not None:
        return manage(block)
    run_block = partial(block, entered.entered(machine) if item.optional_vars is not None else None)
    return _in_mode(machine, entered, item.context_expr, run_block)


def _in_mode(
    machine: Interpreter, entered: Value, written: ast.expr, block: Callable[[], Signal | None]
) -> Signal | None:
    """Run a block in a mode, or in something that is not looked into."""
    mode = entered.mode
    if mode is None and isinstance(written, ast.Call) and last_name(written.func) == "autocast":
        mode = Mode(ModeKind.AUTOCAST, True)
    with machine.run.mode.within(() if mode is None else (mode,)):
        if mode is None and not _is_called(written, _HARMLESS):
            machine.run.mode.is_known = False
        return _expecting(machine, block) if _is_called(written, _DELIBERATE) else block()


def _expecting(machine: Interpreter, block: Callable[[], Signal | None]) -> Signal | None:
    """Run a block that is expected to raise: what goes wrong in it is meant."""
    before = machine.run.so_far()
    try:
        return block()
    except Raised:
        return None
    finally:
        machine.run.forgive(before)


def _is_called(node: ast.expr, names: Sequence[str] | frozenset[str]) -> bool:
    """Whether an expression is a call of something with one of some last names; a name may stand for anything."""
    return isinstance(node, ast.Call) and last_name(node.func) in names
