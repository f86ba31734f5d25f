"""Results written into a tensor that is given: kind ``out`` and its innocent neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.legality import caught, finish

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def written_out(pen: Pen) -> None:
    """``out=`` with and without arguments that require grad."""
    x = pen.leaf(pen.one((3,), (4,), (3, 3), (2, 2)), "x", "w", "inputs")
    other, out = pen.constant(x.shape, "other", "k", "scale"), pen.name("out", "result", "buf", "dest")
    pen.say(f"{out} = torch.{pen.one('empty', 'zeros')}{x.shape}".replace(",)", ")"))
    source = x
    if pen.chance(0.5):
        source = pen.grown(x)
    pen.pause(0.25)
    argument = pen.one(*[source.name] * 4, f"{source.name}.detach()", other.name)
    calls = [
        "torch.exp({x}, out={o})",
        "torch.mul({x}, {k}, out={o})",
        "torch.add({k}, {x}, out={o})",
        "torch.sin({x}, out={o})",
        "torch.sub({x}, 1, out={o})",
        "torch.tanh({x}, out={o})",
        "torch.div({x}, 2, out={o})",
        "torch.maximum({x}, {k}, out={o})",
        "torch.abs({x}, out={o})",
        "torch.cumsum({x}, 0, out={o})",
        "torch.clamp({x}, 0, 1, out={o})",
        "torch.cat([{x}[:1], {k}[1:]], out={o})",
        "torch.stack([{x}, {k}], out={o}_wide)",
        "torch.sqrt({x}, out={o})",
        "{o} = torch.exp({x})",
        "{o} = torch.mul({x}, {k})",
        "{o}.copy_({x})",
        "torch.neg({x}, out={o})",
        "torch.pow({x}, 2, out={o})",
    ]
    if len(x.shape) == 2:
        calls += ["torch.mm({x}, {k}, out={o})", "torch.matmul({k}, {x}, out={o})"] * 2
    call = pen.pick(calls)
    if "_wide" in call:
        pen.say(f"{out}_wide = torch.empty(2, {', '.join(map(str, x.shape))})")
    text = call.format(x=argument, k=other.name, o=out)
    way = pen.rng.randrange(8)
    if way == 0:
        with pen.block(
            pen.one(
                "with torch.no_grad()",
                "with torch.no_grad()",
                "with torch.inference_mode()",
                "with torch.enable_grad()",
            )
        ):
            pen.say(text)
    elif way == 1:
        if source is x:
            pen.say(f"{x.name}.requires_grad_(False)")
        pen.say(text)
    elif way == 2:
        caught(pen, text)
    elif way == 3:
        name = pen.function(
            "def {f}(a, b, dest):\n    torch."
            + pen.one("mul", "add", "sub", "maximum")
            + "(a, b, out=dest)\n    return dest",
            pen.one("combine", "store", "fuse"),
        )
        with pen.setting():
            pen.say(f"{name}({argument}, {other.name}, {out})")
    elif way == 4:
        pen.say(f"{out}.requires_grad_()" if pen.chance(0.4) else f"{out} = {out}.clone()")
        pen.say(call.format(x=other.name if pen.chance(0.5) else argument, k=other.name, o=out))
    else:
        with pen.setting():
            pen.say(text)
    pen.pause()
    finish(pen, out, x)


def written_in_loop(pen: Pen) -> None:
    """A total, or a row of a buffer, is written in every iteration."""
    w = pen.leaf(pen.shape(1), "w", "weight", "x")
    total, n = pen.name("total", "acc", "buf", "result"), pen.one(2, 3)
    rows = pen.chance(0.3)
    pen.say(f"{total} = torch.zeros({f'{n}, ' * rows}{w.shape[0]})")
    target = f"{total}[i]" if rows else total
    source = pen.one(w.name, w.name, w.name, f"{w.name}.detach()", f"({w.name} * i)", f"{w.name}.data")
    call = pen.fill(
        "torch.add({t}, {x}, out={t}) | torch.mul({x}, i, out={t}) | torch.exp({x}, out={t}) | {t}.add_({x}) | "
        "torch.sub({x}, {t}, out={t}) | torch.maximum({t}, {x}, out={t}) | {t}.copy_({x}) | "
        "torch.sigmoid({x}, out={t})",
        t=target,
        x=source,
    )
    guard = pen.one("", "", "", "", "with torch.no_grad()", f"if {pen.condition()}" if pen.chance(0.4) else "if i > 0")
    with pen.block(f"for i in {pen.times(n) if not rows else f'range({n})'}"):
        if guard:
            with pen.block(guard):
                pen.say(call)
        else:
            pen.say(call)
    pen.pause()
    finish(pen, total, w)


def written_by_layer(pen: Pen) -> None:
    """The output of a layer is written into a buffer, or into itself, perhaps inside a module."""
    width = pen.one(2, 3, 4)
    call = pen.fill(
        "torch.tanh({h}, out={h}) | torch.mul({h}, 2, out={b}) | torch.sigmoid({h}, out={b}) | "
        "torch.abs({h}, out={b}) | torch.mul({b}, 2, out={b}) | torch.matmul({b}, {b}.t(), out=torch.empty(2, 2)) | "
        "torch.add({h}, {b}, out={b}) | torch.exp({h}.detach(), out={b})",
        h="h",
        b="self.buf" if (inside := pen.chance(0.5)) else "buf",
    )
    if inside:
        pen.function(
            "class {f}(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            f"        self.fc = nn.Linear({width}, {width})\n"
            f"        self.register_buffer('buf', torch.zeros(2, {width}))\n\n"
            f"    def forward(self, x):\n        h = self.fc(x)\n        {call}\n        return h",
            "Net",
        )
        pen.say("net = Net()", f"x = torch.randn(2, {width})")
        with pen.perhaps(0.25, "with torch.no_grad()", f"with torch.set_grad_enabled({pen.condition()})"):
            pen.say("y = net(x)")
        pen.say("print(y.shape)")
        return
    pen.say(f"fc = nn.Linear({width}, {width})", f"x, buf = torch.randn(2, {width}), torch.zeros(2, {width})")
    if pen.chance(0.2):
        pen.say("fc.requires_grad_(False)")
    pen.say(f"h = fc(x){pen.one('', '', '.relu()', '.detach()')}")
    pen.pause(0.2)
    with pen.setting():
        pen.say(call)
