"""Statements that have nothing to do with what a program is about, and that are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle import operations

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def noise(pen: Pen) -> None:
    """Write one such statement, or a few that belong together."""
    pen.pick(_WAYS)(pen)


def _reading(pen: Pen) -> None:
    if not pen.values:
        return _number(pen)
    x = pen.pick(pen.values).name
    pen.say(
        pen.one(
            f"print({x}.shape)",
            f"print(float({x}.detach().sum()))",
            f"{pen.name('n', 'size', 'total')} = {x}.numel()",
            f"{pen.name('top', 'peak')} = {x}.max().item()",
            f"assert {x}.dim() > 0",
            f"{pen.name('rows')} = len({x})",
            f"{pen.name('copy', 'backup')} = {x}.detach().clone()",
            f"{pen.name('values')} = {x}.tolist()",
            f"{pen.name('kind')} = {x}.dtype",
            f"{pen.name('best')} = {x}.argmax()",
            f"{pen.name('positive')} = {x} > 0",
        )
    )


def _number(pen: Pen) -> None:
    name = pen.name("count", "lr", "rate", "size", "epoch", "best", "names", "history", "settings")
    pen.say(f"{name} = {pen.one('0', '0.1', '[]', '{}', 'None', '[1, 2, 3]', '3 * 2', repr('run'))}")


def _branch(pen: Pen) -> None:
    with pen.block(f"if {pen.condition()}"):
        _number(pen)


def _unrelated_tensor(pen: Pen) -> None:
    """A constant of its own, which may be changed at will."""
    x = pen.constant(None, "buf", "aux", "stats", "work", "spare")
    pen.values.pop()
    if pen.chance(0.8):
        with pen.setting(0.2):
            pen.say(pen.pick(operations.CHANGES).format(t=x.name))


def _computed(pen: Pen) -> None:
    if not pen.values:
        return _number(pen)
    pen.let(pen.pick(operations.ELEMENTWISE), pen.pick(pen.values))


def _function(pen: Pen) -> None:
    """A function that is called with a constant."""
    body = pen.one(
        "def {f}(t):\n    return t * 2 + 1",
        "def {f}(t, k=3):\n    for _ in range(k):\n        t = t / 2\n    return t",
        "def {f}(t):\n    s = t.clone()\n    s.add_(1)\n    return s",
        "@torch.no_grad()\ndef {f}(t):\n    t.mul_(0.9)\n    return t.mean()",
        "def {f}(t):\n    with torch.no_grad():\n        return t.abs().max()",
    )
    name = pen.function(body, pen.one("report", "measure", "track", "peek"))
    pen.say(f"{pen.name('seen', 'info')} = {name}({pen.fresh((3,))})")


def _alone(pen: Pen) -> None:
    """A whole gradient of its own."""
    x = pen.leaf(None, "extra", "side", "probe")
    pen.values.pop()
    loss = pen.name("penalty", "check")
    pen.say(f"{loss} = {pen.pick(operations.TO_NUMBER).format(x=x.name)}")
    if pen.chance(0.7):
        pen.say(f"{loss}.backward()")


_WAYS = (_reading,) * 6 + (_number,) * 3 + (_computed,) * 4 + (_unrelated_tensor,) * 3 + (_branch, _function, _alone)
