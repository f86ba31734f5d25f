"""Loops that fill buffers, grow totals and update values, with one backward at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.operations import ELEMENTWISE

if TYPE_CHECKING:
    from tests.oracle.pen import Pen, Value


def in_loop(pen: Pen) -> None:
    """One of many loops over a leaf, then a backward."""
    x = pen.leaf(pen.shape(1), "x", "w", "weight")
    result = pen.name("total", "acc", "out", "memory", "track")
    pen.pick(_LOOPS)(pen, x, result)
    pen.pause()
    loss = pen.name("loss", "cost")
    pen.say(f"{loss} = {result}.{pen.fill('sum() | sum() | mean() | pow(2).sum() | norm()')}")
    pen.backward(loss, [x.name])


def _filled(pen: Pen, x: Value, buffer: str) -> None:
    """Every row of a buffer is computed from the one before."""
    n = pen.one(2, 3)
    pen.say(f"{buffer} = torch.zeros({n}, {x.shape[0]})")
    h = pen.grown(x)
    names = {"a": buffer, "x": x.name, "h": h.name}
    with pen.block(f"for i in range({n})"):
        if pen.chance(0.5):
            pen.say(f"{buffer}[i] = {h.name}{pen.one('', ' * i', ' + i')}")
            following = (
                "torch.tanh({a}[i] * {x}) | {h} * {x} | {a}[i] + {x} | torch.sigmoid({h} + {x}) | {a}[i].clone() * {x}"
            )
            pen.say(f"{h.name} = " + pen.fill(following, **names))
        else:
            row = "{x} * i | {h} | {x} + i | {h} * {x} | {a}[i - 1] * {x} | {a}[i - 1] + {x}"
            pen.say(f"{buffer}[i] = " + pen.fill(row, **names))


def _accumulated(pen: Pen, x: Value, total: str) -> None:
    pen.say(f"{total} = {pen.one('torch.zeros(())', 'torch.zeros(())', 'torch.tensor(0.0)', f'{x.name}.sum()')}")
    with pen.block(f"for i in {pen.times(pen.one(2, 3))}"):
        reduced = pen.one("sum()", "norm()", "pow(2).sum()")
        pen.say(f"{total} {pen.one('+=', f'= {total} +')} ({x.name} * (i + 1)).{reduced}")


def _updated(pen: Pen, x: Value, value: str) -> None:
    pen.say(f"{value} = {x.name} {pen.one('+ 0', '* 1', '* 2')}")
    with pen.block(f"for _ in {pen.times(pen.one(2, 3))}"):
        other = pen.one("2", x.name, value, f"{value}.detach()", f"{x.name}.detach()")
        pen.say(f"{value} {pen.one('*=', '+=', '-=', '/=')} {other}")


def _collected(pen: Pen, x: Value, state: str) -> None:
    """Steps are kept in a list while the state goes on."""
    steps = pen.name("steps", "outputs", "trace")
    pen.say(f"{state} = torch.ones({x.shape[0]})", f"{steps} = []")
    step = pen.fill("{a} * {x} | {a} + {x} | torch.tanh({a} * {x}) | ({a} * {x}).clone()", a=state, x=x.name)
    with pen.block(f"for _ in {pen.times(pen.one(2, 3))}"):
        pen.say(f"{steps}.append({step})")
        pen.say(
            pen.fill(
                "{a} += 1 | {a} = {a} + 1 | {a}.mul_(2) | {a} = {s}[-1] | {a} = {a} * 2 | {a}.data.add_(1) | "
                "{a}[0] = 2.0",
                a=state,
                s=steps,
            )
        )
    pen.say(f"{state} = {pen.one(f'torch.stack({steps})', f'sum({steps})', f'torch.cat({steps})')}")


def _element_by_element(pen: Pen, x: Value, value: str) -> None:
    pen.say(f"{value} = {x.name}.{pen.one('clone()', 'exp()', 'mul(2)', 'view(-1) + 0')}")
    element = (
        "{a}[i] * 2 | {a}[i] ** 2 | {a}[i - 1] + 1 | {x}[i] * 3 | 0 | i | {a}[i].exp() | {a}.sum() | {a}.norm() | "
        "{a}[i] + 1"
    )
    with pen.block(f"for i in range({min(3, x.shape[0])})"):
        pen.say(f"{value}[i] = " + pen.fill(element, a=value, x=x.name))


def _counted(pen: Pen, x: Value, value: str) -> None:
    count, n = pen.name("i", "n", "left"), pen.one(2, 3)
    pen.say(f"{value} = {x.name} + 1", f"{count} = 0")
    with pen.block(f"while {count} < {n}"):
        pen.say(f"{value} = {pen.pick(ELEMENTWISE).format(x=value)}", f"{count} += 1")
        with pen.block(f"if {count} == {pen.one(1, n)}"):
            pen.say(pen.fill("{a} += 1 | {a} = {a} * 2 | {a}.mul_(2)", a=value))


def _enumerated(pen: Pen, x: Value, value: str) -> None:
    """A tensor is iterated over and another one written."""
    pen.say(f"{value} = torch.zeros({x.shape[0]})")
    with pen.block(f"for i, each in enumerate({x.name})"):
        element = "each * 2 | each ** 2 | each.exp() + i | each.detach() | each * {a}.sum() | each + {a}.sum()"
        pen.say(f"{value}[i] = " + pen.fill(element, a=value))
    pen.say(f"{value} = {value} + {x.name}")


_LOOPS = (_filled, _filled, _accumulated, _updated, _collected, _collected, _element_by_element, _counted, _enumerated)
