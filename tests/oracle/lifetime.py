"""How long a graph lives: two backwards, carried state, shared parts. Kind ``twice`` and its innocent neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.operations import ELEMENTWISE, KEEPS_INPUT, KEEPS_OUTPUT, SUMS, TO_NUMBER

if TYPE_CHECKING:
    from tests.oracle.pen import Pen, Value

_KEEPERS = KEEPS_INPUT + KEEPS_OUTPUT
_FREE = (
    "{x} + 1",
    "{x} - 0.5",
    "-{x}",
    "{x} + {x}",
    "{x}.flip(0)",
    "{x}.clone()",
    "{x}.cumsum(0)",
    "{x}.view({x}.shape)",
)


def _kept_alive(pen: Pen, share: float) -> str:
    """Keywords of a backward, perhaps with what keeps the graph."""
    if pen.chance(share):
        return pen.one("retain_graph=True", "retain_graph=True", "create_graph=True", "retain_graph=not False")
    return pen.one("", "", "", "retain_graph=False")


def _back(pen: Pen, loss: str, share: float, leaves: list[str] | None = None) -> None:
    pen.backward(loss, leaves or (), _kept_alive(pen, share))


def same_loss_twice(pen: Pen) -> None:
    """The same number, or a number computed from it, backward twice or three times."""
    x = pen.leaf(None, "x", "w", "weight", "theta")
    value = pen.let(pen.pick(_FREE if pen.chance(0.35) else _KEEPERS), x)
    loss = pen.number(value, templates=SUMS if pen.chance(0.4) else TO_NUMBER)
    pen.pause()
    for _ in range(pen.one(2, 2, 3)):
        with pen.setting(0.2):
            _back(pen, loss, 0.45, [x.name])
        pen.pause()
        if pen.chance(0.15):
            pen.say(f"{loss} = {loss} * {pen.one('2', '1.0', '0.5')}")


def shared_part(pen: Pen) -> None:
    """Two losses over one intermediate result, or only over the leaves."""
    x = pen.leaf(None, "x", "w", "inputs")
    shared = x
    for _ in range(pen.one(0, 1, 1, 1, 2)):
        shared = pen.let(pen.pick(_FREE if pen.chance(0.35) else _KEEPERS), shared)
    if pen.chance(0.15):
        pen.say(f"{shared.name} = {shared.name}.detach(){pen.one('', '.requires_grad_()')}")
    pen.pause()
    first = pen.let(pen.pick(ELEMENTWISE), shared)
    second = pen.let(pen.pick(ELEMENTWISE), pen.one(shared, shared, shared, first, x))
    one, two = pen.number(first, stem="loss"), pen.number(second, stem="loss")
    if pen.chance(0.15):
        pen.say(pen.one(f"({one} + {two}).backward()", f"torch.autograd.backward([{one}, {two}])"))
        return
    if pen.chance(0.15):
        with pen.block(f"for each in ({one}, {two})"):
            pen.say(f"each.backward({_kept_alive(pen, 0.4)})")
        return
    if pen.chance(0.3):
        one, two = two, one
    _back(pen, one, 0.35, [x.name])
    pen.pause()
    with pen.setting(0.25):
        _back(pen, two, 0.2, [x.name])


def gradient_then_backward(pen: Pen) -> None:
    """``autograd.grad`` over a part of the graph, then a backward over the rest or the same."""
    x, w = pen.leaf(pen.shape(1), "x", "data"), pen.leaf(pen.shape(1), "w", "b")
    h = pen.let(pen.pick(_KEEPERS), x)
    k = pen.let(pen.pick(_KEEPERS), w)
    one, two = pen.number(h, stem="first"), pen.number(k, stem="second")
    loss, grad = pen.name("loss"), pen.name("grad", "g")
    pen.say(f"{loss} = {one} + {two}")
    what = pen.one(x.name, w.name, h.name)
    keep = pen.one("", "", ", retain_graph=True", ", create_graph=True")
    source = pen.one(loss, loss, one if what != w.name else two)
    pen.say(f"{grad}{pen.one(',', '')} = torch.autograd.grad({source}, {what}{keep})")
    pen.pause()
    if pen.chance(0.3) and "create" in keep:
        pen.say(f"{grad} = {grad}[0] if isinstance({grad}, tuple) else {grad}")
        pen.say(f"({grad} ** 2).sum().backward()")
        return
    pen.say(f"{pen.one(loss, one, two)}.backward()")


def before_the_loop(pen: Pen) -> None:
    """Part of the graph is made once, and every iteration goes back through it."""
    w = pen.leaf(None, "w", "weight", "theta")
    made = pen.name("scaled", "prepared", "base", "kernel")
    pen.say(f"{made} = {pen.pick(_FREE if pen.chance(0.35) else _KEEPERS).format(x=w.name)}")
    if pen.chance(0.15):
        pen.say(f"{made} = {made}.detach()")
    inner = pen.name("out", "pred")
    with pen.block(f"for step in {pen.times(pen.one(2, 2, 3))}"):
        if pen.chance(0.25):
            pen.say(
                f"{made} = " + pen.fill("{w} * 2 | {m}.detach() + {w} | torch.tanh({w}) | {m} + 1", m=made, w=w.name)
            )
        pen.say(
            f"{inner} = "
            + pen.fill(
                "{m} * step | {m} * {w} | {m} + step | {m} * 2 | {m}.exp() | {w} * {m}.detach()", m=made, w=w.name
            )
        )
        pen.say(f"loss = {inner}.{pen.one('sum()', 'mean()', 'pow(2).sum()')}")
        with pen.perhaps(0.12, f"if {pen.condition()}" if pen.chance(0.5) else "if step > 0", "if step < 1"):
            pen.say(f"loss.backward({pen.one('', '', '', 'retain_graph=True', 'retain_graph=step == 0')})")
        if pen.chance(0.3):
            pen.say(f"{w.name}.grad = None")


def carried(pen: Pen) -> None:
    """State is carried into the next iteration, with or without a detach."""
    w = pen.leaf(pen.shape(1), "w", "weight", "gate_w")
    state = pen.name("state", "hidden", "memory", "h", "prev", "carry")
    pen.say(f"{state} = torch.{pen.one('zeros', 'ones', 'randn')}({w.shape[0]})")
    step = pen.fill(
        "{s} = torch.tanh({s} * {w}) | {s} = torch.tanh({s} + {w}) | {s} = {s} * 0.9 + {w} | "
        "{s} = {s} + {w} | {s} = torch.sigmoid({w} * x + {s}) | {s} = 0.5 * {s} + 0.5 * {w} * x | "
        "{s} = {w} * x | {s} = {s}.detach() + {w} * x | {s} = {s} - {w}",
        s=state,
        w=w.name,
    )
    detach = pen.fill(
        " |  |  | {s} = {s}.detach() | {s} = {s}.data | {s}.detach_() | {s} = {s}.clone() | "
        "{s} = {s}.detach().clone() | {s} = torch.tensor({s}.tolist()) | {s}.detach() | "
        "{s} = {s}[:]",
        s=state,
    )
    early = pen.chance(0.4)
    with pen.block(f"for {pen.one('step', 'i', 't')} in {pen.times(pen.one(2, 2, 3))}"):
        pen.say(f"x = torch.randn({w.shape[0]})")
        if detach and early:
            with pen.perhaps(0.2, f"if {pen.condition()}"):
                pen.say(detach)
        pen.say(step)
        loss = pen.one(
            "{s}.sum()",
            "({s} * x).sum()",
            "{s}.pow(2).mean()",
            "({s} * {w}).sum()",
            "({s} - x).abs().mean()",
            "F.mse_loss({s}, x)",
        )
        pen.say(f"loss = {loss.format(s=state, w=w.name)}")
        with pen.perhaps(0.1, f"if {pen.condition()}" if pen.chance(0.4) else "if True"):
            pen.say(f"loss.backward({pen.one('', '', '', '', '', 'retain_graph=True')})")
        if detach and not early:
            with pen.perhaps(0.2, f"if {pen.condition()}"):
                pen.say(detach)


def recurrent_layer(pen: Pen) -> None:
    """A recurrent layer's hidden state over several batches."""
    kind = pen.one("RNN", "LSTM", "GRU")
    cell = pen.chance(0.4)
    net, hidden = pen.name("rnn", "cell", "net", "encoder"), pen.name("hidden", "state", "h")
    pair = kind == "LSTM"
    pen.say(f"{net} = nn.{kind}{'Cell' * cell}(2, 3)")
    size = "2, 3" if cell else "1, 2, 3"
    zeros = f"torch.zeros({size})"
    start = "None" if pen.chance(0.4) else f"({zeros}, {zeros})" if pair else zeros
    pen.say(f"{hidden} = {start}")
    optimizer = pen.chance(0.4)
    if optimizer:
        pen.say(f"opt = torch.optim.SGD({net}.parameters(), lr=0.1)")
    detach = pen.one("", "", "after", "before")
    with pen.block(f"for step in {pen.times(pen.one(2, 2, 3))}"):
        pen.say(f"x = torch.randn({'2, 2' if cell else '3, 2, 2'})")
        if detach == "before":
            with pen.block(f"if {hidden} is not None"):
                pen.say(_detached(pen, hidden, pair))
        if cell:
            pen.say(f"{hidden} = {net}(x, {hidden})", f"out = {hidden}{'[0]' * pair}")
        else:
            pen.say(f"out, {hidden} = {net}(x, {hidden})")
        if detach == "after" and pen.chance(0.5):
            pen.say(_detached(pen, hidden, pair))
            detach = ""
        if optimizer:
            pen.say("opt.zero_grad()")
        pen.say(f"loss = out.{pen.one('sum()', 'mean()', 'pow(2).mean()')}")
        pen.say(f"loss.backward({pen.one('', '', '', '', 'retain_graph=True')})")
        if optimizer:
            pen.say("opt.step()")
        if detach == "after":
            pen.say(_detached(pen, hidden, pair))


def _detached(pen: Pen, hidden: str, pair: bool) -> str:
    if pair:
        return pen.one(
            f"{hidden} = tuple(each.detach() for each in {hidden})",
            f"{hidden} = ({hidden}[0].detach(), {hidden}[1].detach())",
            f"{hidden} = [each.detach() for each in {hidden}]",
            f"{hidden} = ({hidden}[0].detach(), {hidden}[1])",
        )
    return pen.one(
        f"{hidden} = {hidden}.detach()",
        f"{hidden} = {hidden}.data",
        f"{hidden} = {hidden}.clone().detach()",
        f"{hidden} = {hidden} * 1.0",
    )


def growing_total(pen: Pen) -> None:
    """A running total over an epoch that is gone back from, inside or after the loop."""
    w = pen.leaf(None, "w", "weight", "theta")
    total = pen.name("total", "running", "epoch_loss", "acc")
    pen.say(f"{total} = {pen.one('0', '0.0', 'torch.zeros(())')}")
    with pen.block(f"for i in {pen.times(pen.one(2, 3))}"):
        pen.say(
            "loss = "
            + pen.fill(
                "({w} * i).sum() | {w}.exp().sum() | ({w} ** 2).mean() | ({w} + i).sum() | {w}.sum() * i", w=w.name
            )
        )
        added = pen.fill("loss | loss | loss | loss.detach() | loss.item()")
        pen.say(f"{total} {pen.one('+=', f'= {total} +')} {added}")
        if pen.chance(0.6):
            with pen.perhaps(0.2, f"if {pen.condition()}"):
                which = pen.one("loss", total) if added == "loss" else "loss"
                pen.say(f"{which}.backward({pen.one('', '', '', 'retain_graph=True')})")
    if pen.chance(0.4) and added == "loss":
        pen.say(f"{total}.backward()")


def two_networks(pen: Pen) -> None:
    """A generator and a critic that share what was generated."""
    width = pen.one(2, 3, 4)
    gen, critic, fake = (
        pen.name("gen", "generator", "actor"),
        pen.name("critic", "disc", "judge"),
        pen.name("fake", "sample", "made"),
    )
    pen.say(f"{gen} = nn.Linear({width}, {width})", f"{critic} = nn.Linear({width}, 1)")
    pen.say(f"{fake} = {gen}(torch.randn(4, {width}))")
    seen = pen.one(fake, fake, f"{fake}.detach()")
    pen.say(f"loss_d = {critic}({seen}).{pen.one('mean()', 'pow(2).mean()', 'sigmoid().mean()')}")
    order = pen.chance(0.3)
    if order:
        pen.say(f"loss_g = -{critic}({fake}).{pen.one('mean()', 'sigmoid().mean()')}")
    pen.say(f"loss_d.backward({pen.one('', '', '', 'retain_graph=True')})")
    pen.pause()
    if pen.chance(0.3):
        pen.say(f"{gen}.zero_grad()")
    if not order:
        if pen.chance(0.2):
            pen.say(f"{fake} = {gen}(torch.randn(4, {width}))")
        pen.say(f"loss_g = -{critic}({fake}).mean()")
    with pen.setting(0.2):
        pen.say("loss_g.backward()")


def caught(pen: Pen) -> None:
    """A second backward inside ``try``."""
    x = pen.leaf(None, "x", "w")
    value = pen.grown(x)
    loss = pen.number(value)
    _back(pen, loss, 0.3)
    pen.pause()
    with pen.block("try"):
        pen.say(
            pen.one(f"{loss}.backward()", f"torch.autograd.grad({loss}, {x.name})", f"{value.name}.sum().backward()")
        )
    with pen.block(pen.one("except RuntimeError", "except RuntimeError as error", "except Exception")):
        pen.say(pen.one("pass", "print('again')", f"{loss} = {x.name}.sum()"))
    pen.pause()
    if pen.chance(0.5):
        pen.say(f"{x.name}.{pen.one('exp()', 'mul(2)')}.sum().backward()")


def by_functions(pen: Pen) -> None:
    """The forward and the backward are each in a function."""
    w = pen.leaf(pen.shape(1), "w", "weight")
    compute = pen.function(
        f"def {{f}}(t):\n    return {pen.pick(ELEMENTWISE).format(x='t')}", pen.one("forward", "compute", "model")
    )
    train = pen.function(
        pen.one(
            "def {f}(t):\n    t.sum().backward()\n",
            "def {f}(t, keep=False):\n    loss = t.mean()\n    loss.backward(retain_graph=keep)\n    return loss",
            "def {f}(t):\n    loss = (t * 2).sum()\n    loss.backward()\n    return loss.item()",
            "def {f}(t):\n    t.detach().requires_grad_().sum().backward()\n",
        ),
        pen.one("train", "update", "optimize"),
    )
    h = pen.name("h", "out")
    pen.say(f"{h} = {compute}({w.name})")
    pen.say(f"{train}({h})")
    pen.pause()
    if pen.chance(0.35):
        pen.say(f"{h} = {compute}({w.name})")
    elif pen.chance(0.3):
        pen.say(f"{h} = {pen.one(f'{h} + 1', f'{h}.exp()', f'{h}.detach() * {w.name}')}")
    with pen.setting(0.25):
        pen.say(f"{train}({h})")


def buffer_written(pen: Pen) -> None:
    """A buffer that is written in every iteration keeps the graph of the last one."""
    w = pen.leaf(pen.shape(1), "w", "weight")
    n, size = pen.one(2, 3), w.shape[0]
    memory = pen.name("memory", "bank", "buffer", "queue")
    pen.say(f"{memory} = torch.zeros({n}, {size})")
    with pen.block(f"for i in range({n})"):
        if pen.chance(0.25):
            pen.say(
                pen.fill(
                    "{m} = {m}.detach() | {m}.detach_() | {m} = torch.zeros_like({m}) | {m} = {m}.clone()", m=memory
                )
            )
        pen.say(f"feature = {pen.fill('{w} * i | {w}.exp() | {w} + i | torch.tanh({w})', w=w.name)}")
        pen.say(f"{memory}[i] = {pen.one('feature', 'feature', 'feature.detach()', 'feature.data')}")
        pen.say(
            "loss = "
            + pen.fill(
                "{m}.sum() | ({m} * {w}).sum() | {m}[i].sum() | (feature * {m}.mean(0)).sum()", m=memory, w=w.name
            )
        )
        with pen.perhaps(0.15, "if loss.requires_grad", "if i > 0"):
            pen.say(f"loss.backward({pen.one('', '', '', '', 'retain_graph=True')})")


def deep_share(pen: Pen) -> None:
    """A few layers, of which the branches share only some."""
    x = pen.leaf(None, "x", "w")
    chain: list[Value] = [x]
    for _ in range(pen.one(2, 3, 3)):
        chain.append(pen.let(pen.pick(_FREE if pen.chance(0.5) else ELEMENTWISE), chain[-1]))
    heads = [pen.number(pen.let(pen.pick(ELEMENTWISE), pen.pick(chain)), templates=SUMS) for _ in range(2)]
    for head in heads:
        _back(pen, head, 0.25, [x.name])
        pen.pause()
