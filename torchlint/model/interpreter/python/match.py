"""``match``: the first case whose pattern and guard hold; what is not known of a pattern is decided by the path."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchlint.model.interpreter.open_containers import is_open
from torchlint.model.interpreter.python import operators
from torchlint.model.interpreter.values.constants import is_key
from torchlint.model.interpreter.values.containers import is_no_sequence, unpacked
from torchlint.model.interpreter.values.symbolic import Symbol
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope

_SELVES = frozenset(f"builtins.{name}" for name in "bool bytes dict float frozenset int list set str tuple".split())
"""Classes whose only positional pattern is for the value itself."""


def chosen(machine: Interpreter, scope: Scope, node: ast.Match) -> Sequence[ast.stmt]:
    """The body of the case that holds, its names bound."""
    subject = machine.evaluate(scope, node.subject)
    for case in node.cases:
        bound: dict[str, object] = {}
        if not _holds(machine, scope, case.pattern, subject, bound):
            continue
        for name, value in bound.items():
            machine.assign(scope, ast.copy_location(ast.Name(name, ast.Store()), case.pattern), value)
        if case.guard is None or machine.truth(machine.evaluate(scope, case.guard), case.guard):
            return case.body
    return ()


def _holds(machine: Interpreter, scope: Scope, pattern: ast.pattern, subject: object, bound: dict[str, object]) -> bool:
    """Whether a value has a pattern; ``bound`` takes what it gives names to."""
    return _HANDLERS[type(pattern)](machine, scope, pattern, subject, bound)


def _is_value(
    machine: Interpreter, scope: Scope, pattern: ast.MatchValue, subject: object, bound: dict[str, object]
) -> bool:
    value = machine.evaluate(scope, pattern.value)
    return machine.truth(operators.compared(machine, pattern.value, ast.Eq(), subject, value), pattern)


def _is_constant(
    machine: Interpreter, scope: Scope, pattern: ast.MatchSingleton, subject: object, bound: dict[str, object]
) -> bool:
    at = ast.copy_location(ast.Constant(pattern.value), pattern)
    return machine.truth(operators.compared(machine, at, ast.Is(), subject, pattern.value), pattern)


def _is_sequence(
    machine: Interpreter, scope: Scope, pattern: ast.MatchSequence, subject: object, bound: dict[str, object]
) -> bool:
    if is_no_sequence(subject):
        return False
    items = unpacked(subject)
    star = next((at for at, each in enumerate(pattern.patterns) if isinstance(each, ast.MatchStar)), None)
    if not isinstance(items, (list, tuple)) or is_open(machine.run, items):
        if not machine.truth(machine.unknown(), pattern):
            return False
        items = [machine.unknown() for _ in pattern.patterns]
        star = None
    count = len(pattern.patterns)
    if star is not None and len(items) >= count - 1:
        after = count - star - 1
        items = [*items[:star], list(items[star : len(items) - after]), *items[len(items) - after :]]
    return len(items) == count and all(
        _holds(machine, scope, each, item, bound) for each, item in zip(pattern.patterns, items, strict=True)
    )


def _is_mapping(
    machine: Interpreter, scope: Scope, pattern: ast.MatchMapping, subject: object, bound: dict[str, object]
) -> bool:
    keys = [machine.evaluate(scope, each) for each in pattern.keys]
    if isinstance(subject, dict) and not is_open(machine.run, subject):
        if not all(is_key(key) and key in subject for key in keys):
            return False
        values = [subject[key] for key in keys]
        rest: object = {key: value for key, value in subject.items() if key not in keys}
    else:
        is_other = not isinstance(subject, dict) and (is_no_sequence(subject) or isinstance(subject, (list, tuple)))
        if is_other or not machine.truth(machine.unknown(), pattern):
            return False
        values, rest = [machine.unknown() for _ in keys], machine.unknown()
    if pattern.rest is not None:
        bound[pattern.rest] = rest
    return all(_holds(machine, scope, each, value, bound) for each, value in zip(pattern.patterns, values, strict=True))


def _is_instance(
    machine: Interpreter, scope: Scope, pattern: ast.MatchClass, subject: object, bound: dict[str, object]
) -> bool:
    kind = machine.evaluate(scope, pattern.cls)
    if not machine.truth(machine.call(pattern.cls, Symbol("builtins.isinstance"), [subject, kind], {}), pattern):
        return False
    is_itself = getattr(kind, "name", "") in _SELVES
    parts = [subject if is_itself else machine.unknown() for _ in pattern.patterns]
    parts += [as_value(subject).attribute(machine, name, pattern.cls) for name in pattern.kwd_attrs]
    patterns = [*pattern.patterns, *pattern.kwd_patterns]
    return all(_holds(machine, scope, each, part, bound) for each, part in zip(patterns, parts, strict=True))


def _is_named(
    machine: Interpreter, scope: Scope, pattern: ast.MatchAs | ast.MatchStar, subject: object, bound: dict[str, object]
) -> bool:
    inner = pattern.pattern if isinstance(pattern, ast.MatchAs) else None
    if inner is not None and not _holds(machine, scope, inner, subject, bound):
        return False
    if pattern.name is not None:
        bound[pattern.name] = subject
    return True


def _is_one_of(
    machine: Interpreter, scope: Scope, pattern: ast.MatchOr, subject: object, bound: dict[str, object]
) -> bool:
    return any(_holds(machine, scope, each, subject, bound) for each in pattern.patterns)


_HANDLERS: Mapping[type[ast.pattern], Callable[..., bool]] = {
    ast.MatchValue: _is_value,
    ast.MatchSingleton: _is_constant,
    ast.MatchSequence: _is_sequence,
    ast.MatchMapping: _is_mapping,
    ast.MatchClass: _is_instance,
    ast.MatchStar: _is_named,
    ast.MatchAs: _is_named,
    ast.MatchOr: _is_one_of,
}
