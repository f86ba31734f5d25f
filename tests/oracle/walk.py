"""A random walk: statements of every sort one after the other, and backwards wherever they fall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.operations import ALIASES, BEHIND_THE_BACK, CHANGES, COPIES, TO_NUMBER

if TYPE_CHECKING:
    from tests.oracle.pen import Pen, Value


def walk(pen: Pen) -> None:
    """All values have one shape, so that everything fits everything."""
    shape = pen.shape()
    leaves = [pen.leaf(shape) for _ in range(pen.one(1, 2, 2))]
    if pen.chance(0.6):
        pen.constant(shape)
    pen.values[:] = [value for value in pen.values if value.shape == shape]
    steps = pen.rng.randint(4, 10)
    for _ in range(steps):
        pen.cell() if pen.chance(0.25) else None
        _step(pen, shape)
    last = pen.pick(pen.values[-3:])
    loss = pen.number(last)
    pen.backward(loss, [pen.pick(leaves).name] if pen.chance(0.5) else ())


def _step(pen: Pen, shape: tuple[int, ...]) -> None:
    value = pen.pick(pen.values[-4:] if pen.chance(0.7) else pen.values)
    way = pen.rng.random()
    if way < 0.5:
        _compute(pen, value)
    elif way < 0.66:
        _change(pen, value)
    elif way < 0.76:
        name = pen.name("view", "alias", "part")
        pen.say(f"{name} = {pen.pick(ALIASES if pen.chance(0.6) else COPIES).format(t=value.name)}")
        if pen.chance(0.5):
            with pen.setting():
                pen.say(f"{name}{pen.one('.mul_(2)', ' += 1', '.zero_()', '.add_(0.5)', ' = ' + name + ' + 1')}")
    elif way < 0.8:
        with pen.setting(0.2):
            pen.say(pen.pick(BEHIND_THE_BACK).format(t=value.name))
    elif way < 0.86:
        pen.noise()
    elif way < 0.92:
        loss = pen.number(value)
        with pen.block(f"if {loss}.requires_grad"):
            pen.say(f"{loss}.backward({pen.one('', '', 'retain_graph=True')})")
    elif way < 0.96:
        with pen.block(f"for _ in range({pen.one(1, 2, 2)})"):
            _rebind(pen, value)
            if pen.chance(0.4):
                _change(pen, value)
    else:
        with pen.block(f"if {pen.condition()}"):
            _rebind(pen, value) if pen.chance(0.5) else _change(pen, value)


def _compute(pen: Pen, value: Value) -> None:
    pen.grown(value)
    pen.values[:] = [each for each in pen.values if each.shape == value.shape]


def _rebind(pen: Pen, value: Value) -> None:
    pen.say(
        f"{value.name} = "
        + pen.fill(
            "{x} * 2 | {x} + 1 | torch.tanh({x}) | {x}.exp() | {x} * {y} | {x} + {y} | {x}.clone() | {x}.sin()",
            x=value.name,
            y=pen.pick(pen.values).name,
        )
    )


def _change(pen: Pen, value: Value) -> None:
    change = pen.pick(CHANGES).format(t=value.name)
    if value.leaf and pen.chance(0.8):
        with pen.block("with torch.no_grad()"):
            pen.say(change)
    else:
        with pen.setting(0.2):
            pen.say(change)


def innocent(pen: Pen) -> None:
    """A walk without anything in place, over leaves and layers: nothing should be found."""
    shape = pen.shape()
    leaf = pen.leaf(shape)
    for _ in range(pen.rng.randint(3, 8)):
        pen.pause()
        value = pen.pick(pen.values)
        if value.shape != shape:
            continue
        if pen.chance(0.12):
            copy = pen.name("copy", "work")
            pen.say(f"{copy} = {value.name}.{pen.one('clone()', 'detach().clone()')}", pen.pick(CHANGES).format(t=copy))
        else:
            pen.grown(value)
    target = pen.pick([value for value in pen.values if value.shape == shape and value.grad] or [leaf])
    loss = pen.number(target, templates=TO_NUMBER)
    pen.backward(loss)
    if pen.chance(0.3):
        with pen.block("with torch.no_grad()"):
            pen.say(f"{leaf.name}.mul_(0.9)")
