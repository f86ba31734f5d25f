"""What a loop runs over, or unpacks, of which nothing is known; and the iterations of a comprehension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchlint.model.interpreter.gradient_flow import flows
from torchlint.model.interpreter.identities import Fresh, Single
from torchlint.model.interpreter.loop_bounds import ENOUGH, Items, of_any_number
from torchlint.model.interpreter.scope import MISSING
from torchlint.model.interpreter.speculation import note_item, note_part
from torchlint.model.interpreter.values.symbolic import Symbolic, identity
from torchlint.model.interpreter.values.value import as_value

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from torchlint.model.interpreter.protocol import Interpreter
    from torchlint.model.interpreter.scope import Scope


def over(machine: Interpreter, at: ast.AST, value: object) -> Items:
    """The items of an iterable."""
    return as_value(value).items(machine, at)


def unknown_items(machine: Interpreter, value: object) -> Items:
    """What a loop gives that runs over something of which nothing is known."""
    parts = [note_item(machine.run, each, value) for each in _parts(machine, value, ENOUGH)]
    return of_any_number(machine.run, parts, value)


def unknown_parts(machine: Interpreter, value: object, count: int) -> list[Symbolic]:
    """Parts of a value of which nothing is known."""
    return [note_part(machine.run, each, value) for each in _parts(machine, value, count)]


def _parts(machine: Interpreter, value: object, count: int) -> list[Symbolic]:
    flow = flows(machine.run, (value,), depth=0)
    return [Symbolic(Fresh(machine.run.fresh()), flow) for _ in range(count)]


def generators(
    machine: Interpreter, scope: Scope, parts: list[ast.comprehension], given: object = MISSING
) -> Iterator[bool]:
    """Bind the names of a comprehension once for each of its iterations; whether these are all. ``given`` is what the
    first part runs over, if it is known already."""
    if not parts:
        yield True
        return
    first, *rest = parts
    source = machine.evaluate(scope, first.iter) if given is MISSING else given
    found = as_value(source).items(machine, first.iter)
    for value in found.values:
        machine.run.budget.step()
        machine.assign(scope, first.target, value)
        if all(_is_kept(machine, scope, each) for each in first.ifs):
            yield from (is_all and found.is_all for is_all in generators(machine, scope, rest))


def _is_kept(machine: Interpreter, scope: Scope, test: ast.expr) -> bool:
    """Whether a comprehension keeps an item: what is not known goes the same way for all of them."""
    value = machine.evaluate(scope, test)
    return machine.truth(value if identity(value) is None else Symbolic(Single("filter", id(test))), test)
