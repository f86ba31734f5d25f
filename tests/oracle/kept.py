"""Tensors that a pending backward keeps, and what happens to them in between: kinds ``saved`` and ``silent``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle import operations
from tests.oracle.changes import HARMLESS, SEEN, UNSEEN
from tests.oracle.operations import ELEMENTWISE, KEEPS_INPUT, KEEPS_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.pen import Pen, Value


def kept_then_changed(pen: Pen) -> None:
    """An operation keeps a tensor (or not), it is changed in place (or not), and a backward follows."""
    _kept(pen, _way_to_change(pen))


def kept_then_data(pen: Pen) -> None:
    """The same with changes that PyTorch does not see."""
    _kept(pen, pen.pick(UNSEEN))


def _way_to_change(pen: Pen) -> Callable[[Pen, Value], None]:
    return pen.pick(SEEN if pen.chance(0.78) else HARMLESS)


def _kept(pen: Pen, change: Callable[[Pen, Value], None]) -> None:
    x = pen.leaf(None, "x", "w", "weight", "inputs", "theta")
    pen.pause()
    held = x if pen.chance(0.12) else pen.grown(x)
    constant = pen.chance(0.2)
    if constant:
        held = pen.constant(x.shape, "scale", "mask_", "gain", "buf", "noise")
    pen.pause()
    pair = pen.pick(pen.keeping_pairs(x) if pen.chance(0.8) else pen.pairs(x))
    used = (
        pen.let(pair, held, x)
        if constant or pen.chance(0.3)
        else pen.let(pen.pick(KEEPS_INPUT if pen.chance(0.45) else ELEMENTWISE), held)
    )
    pen.pause()
    if pen.chance(0.3):
        held = used
    elif pen.chance(0.2):
        used = pen.let(pen.pick(operations.KEEPS_OUTPUT), used)
    if held.leaf and change not in UNSEEN and change not in HARMLESS:
        with pen.block("with torch.no_grad()"):
            change(pen, held)
    else:
        change(pen, held)
    pen.pause()
    result = pen.grown(used) if pen.chance(0.3) else used
    _finish(pen, result, [x.name], held)


def _finish(pen: Pen, result: Value, leaves: list[str], other: Value | None = None) -> None:
    loss = pen.number(result)
    if other is not None and pen.chance(0.3):
        pen.say(f"{loss} = {loss} + {other.name}.sum()")
    pen.pause(0.15)
    with pen.perhaps(0.06, "for _ in range(1)", "if torch.is_tensor(" + loss + ")"):
        pen.backward(loss, leaves)
    if pen.chance(0.2):
        pen.say(f"print({leaves[0]}.grad)")


def array_behind(pen: Pen) -> None:
    """A tensor over a numpy array that is written to while a backward is pending."""
    x = pen.leaf(pen.shape(1), "w", "x", "theta")
    array = pen.name("array", "arr", "table", "raw")
    pen.say(f"{array} = np.linspace({pen.one('0.5, 2.0', '0.1, 1.0', '1, 3')}, {x.shape[0]})")
    data = pen.name("data", "inputs", "features")
    pen.say(
        f"{data} = torch."
        + pen.fill("from_numpy({a}) | from_numpy({a}) | as_tensor({a}) | tensor({a}) | from_numpy({a}.copy())", a=array)
    )
    value = pen.know(data, x.shape)
    pen.pause()
    pairs = [each for each in operations.PAIR_KEEPS if "lerp" not in each]  # it wants one dtype, numpy has its own
    used = pen.let(pen.pick(pairs if pen.chance(0.8) else operations.PAIR_KEEPS_NOTHING), value, x)
    pen.pause()
    with pen.setting(0.2):
        pen.say(
            pen.fill(
                "{a}[0] = 5.0 | {a} += 1 | {a} *= 2 | {a}.fill(0.5) | {a} = {a} + 1 | {a}[:] = 0 | "
                "np.multiply({a}, 3, out={a}) | {a}[::-1].sort() | {a}[1:] -= 3",
                a=array,
            )
        )
    pen.pause()
    _finish(pen, used, [x.name])


@dataclass(frozen=True)
class _Selector:
    """How a tensor that selects is made (``{x}``: what it selects from), used and changed."""

    made: str
    used: str
    changed: str


_MASK = _Selector(
    "{x}.detach() > 0 | {x} > 0.1 | torch.rand({s}) > 0.3 | torch.ones({s}, dtype=torch.bool)",
    "{x}[{i}] ** 2 | {x}[{i}] | {x}.masked_fill({i}, 0.0) | torch.where({i}, {x}, 0.5) | torch.where({i}, {x}, -{x}) | "
    "{x}.masked_select({i}) | {x} * {i} | {x}[{i}.clone()]",
    "{i}.logical_not_() | {i}.fill_(False) | {i}[0] = False | {i} &= False | {i} = ~{i} | {i}.data.logical_not_() | "
    "{i}.data.fill_(False) | {i}.clone().fill_(True) | {i}.zero_() | {i}.numpy()[...] ^= True",
)
_INDEX = _Selector(
    "torch.tensor([0, 2]) | torch.tensor([1, 2]) | torch.tensor([2, 1]) | torch.tensor([1, 1, 2])",
    "{x}[{i}] | {x}[{i}] * 2 | {x}.index_select(0, {i}) | {x}.index_select(0, {i}.clone()) | {x}[{i}.tolist()] | "
    "torch.index_select({x}, 0, {i}) | {x}.flatten().gather(0, {i}) | {x}.flatten().take({i}) | "
    "{x}.flatten()[{i}].exp() | torch.zeros(4).index_add(0, {i}, {x}.flatten()[:len({i})])",
    "{i}.zero_() | {i}[0] = 1 | {i} -= 1 | {i}.fill_(1) | {i} = {i} + 1 | {i}.data.zero_() | {i}.numpy()[-1] = 0 | "
    "{i}.clone().zero_() | {i}.copy_(torch.zeros_like({i})) | {i}.data[-1] = 0 | {i} //= 2 | {i}.clamp_(max=0)",
)
_CLASSES = _Selector(
    "torch.zeros({n}, dtype=torch.long) | torch.full(({n},), 2)",
    "F.cross_entropy({x}, {i}) | nn.CrossEntropyLoss()({x}, {i}) | F.nll_loss({x}.log_softmax(-1), {i}) | "
    "F.cross_entropy({x}, {i}.clone()) | F.multi_margin_loss({x}, {i})",
    "{i}.zero_() | {i}[0] = 1 | {i}.fill_(1) | {i} += 1 | {i} = {i} + 1 | {i}.data.fill_(1) | {i}.clone().zero_() | "
    "{i}.data[0] = 1",
)
_GOALS = _Selector(
    "torch.rand({s}) | torch.rand({s}).clamp(0.1)",
    "F.mse_loss({x}, {i}) | nn.MSELoss()({x}, {i}) | F.binary_cross_entropy_with_logits({x}, {i}) | "
    "nn.L1Loss()({x}, {i}) | F.kl_div({x}.log_softmax(-1), {i}) | F.smooth_l1_loss({x}, {i}) | "
    "F.huber_loss({x}, {i}) | F.mse_loss({x}, {i}.clone()) | ({x} - {i}).pow(2).mean() | ({x} - {i}).sum()",
    "{i}.zero_() | {i}[0] = 0.5 | {i} *= 0.9 | {i}.clamp_(0.1, 0.3) | {i} = {i} * 2 | {i}.data.mul_(3) | "
    "{i}.data.zero_() | {i}.numpy()[...] = 0.9 | {i}.clone().zero_()",
)


def index_changed(pen: Pen) -> None:
    """An integer index or a boolean mask that was kept is changed."""
    x = pen.leaf(pen.one((4,), (5,), (3, 3), (4, 4)), "x", "table", "w")
    _selector_changed(pen, x, pen.one(_MASK, _INDEX), pen.name("idx", "index", "mask", "keep", "where", "picked"))


def labels_changed(pen: Pen) -> None:
    """The target of a loss is changed before the backward."""
    x = pen.leaf(pen.one((3, 3), (4, 4), (2, 3)), "logits", "scores", "x")
    _selector_changed(pen, x, pen.one(_CLASSES, _GOALS), pen.name("target", "labels", "y", "goal"))


def _selector_changed(pen: Pen, x: Value, selector: _Selector, name: str) -> None:
    source = pen.grown(x) if pen.chance(0.4) else x
    out, loss = pen.name("out", "picked", "term", "part"), pen.name("loss", "total", "cost")
    pen.say(f"{name} = " + pen.fill(selector.made, x=x.name, s=", ".join(map(str, x.shape)), n=x.shape[0]))
    pen.pause(0.2)
    pen.say(f"{out} = " + pen.fill(selector.used, x=source.name, i=name))
    pen.pause()
    with pen.setting(0.25):
        pen.say(pen.fill(selector.changed, i=name))
    pen.pause()
    pen.say(f"{loss} = {out}.{pen.one('sum()', 'mean()', 'pow(2).sum()', 'exp().sum()')}")
    pen.backward(loss, [x.name])


def activation_in_place(pen: Pen) -> None:
    """In-place activations after layers and after each other."""
    x = pen.constant(pen.one((2, 3), (3, 3), (4, 4), (3, 2)), "x", "inputs", "batch")
    width = x.shape[1]
    value = pen.name("h", "out", "y")
    layers = [
        f"nn.Linear({width}, {width})",
        f"nn.BatchNorm1d({width})",
        f"nn.LayerNorm({width})",
        "nn.ReLU()",
        "nn.Sigmoid()",
        "nn.Tanh()",
        "nn.Softmax(dim=-1)",
        "nn.Identity()",
        "nn.Dropout(0.2)",
        "nn.ELU()",
        "nn.Softplus()",
    ]
    after = [
        "nn.ReLU(inplace=True)",
        "nn.Dropout(0.3, inplace=True)",
        "nn.LeakyReLU(0.1, inplace=True)",
        "nn.ELU(inplace=True)",
        "nn.SiLU(inplace=True)",
        "nn.Hardtanh(inplace=True)",
        "nn.ReLU6(inplace=True)",
        "nn.CELU(inplace=True)",
        "nn.SELU(inplace=True)",
        "nn.Mish(inplace=True)",
        "nn.Hardswish(inplace=True)",
        "nn.ReLU(True)",
        "nn.ReLU()",
        "nn.Hardsigmoid(inplace=True)",
    ]
    chain = [
        f"nn.Linear({width}, {width})",
        *(pen.pick(layers if pen.chance(0.4) else after) for _ in range(pen.one(1, 2, 2, 3))),
    ]
    if pen.chance(0.35):
        net = pen.name("net", "model", "block")
        pen.say(f"{net} = nn.Sequential({', '.join(chain)})", f"{value} = {net}({x.name})")
    elif pen.chance(0.3):
        fields = [f"self.{letter} = {layer}" for letter, layer in zip("abcd", chain, strict=False)]
        steps = [f"x = self.{letter}(x)" for letter, _ in zip("abcd", chain, strict=False)]
        body = "\n        ".join(fields)
        forward = "\n        ".join(steps)
        net = pen.function(
            "class {f}(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
            f"        {body}\n\n    def forward(self, x):\n        {forward}\n        return x",
            pen.one("Net", "Block", "Head"),
        )
        pen.say(f"{value} = {net}()({x.name})")
    else:
        for layer in chain:
            name = pen.name("layer", "act", "f")
            pen.say(f"{name} = {layer}", f"{value} = {name}({value if layer is not chain[0] else x.name})")
            pen.pause(0.1)
    if pen.chance(0.4):
        pen.say(
            pen.fill(
                "{t} += 1 | {t} /= 2 | F.relu({t}, inplace=True) | {t} = {t} * 2 | {t}.mul_(3) | {t} = {t} + {x}",
                t=value,
                x=x.name,
            )
        )
    pen.say(f"loss = {value}.{pen.one('sum()', 'mean()', 'pow(2).mean()')}", "loss.backward()")


def residual(pen: Pen) -> None:
    """A shortcut past an in-place operation."""
    x = pen.leaf(None, "x", "inputs", "w")
    h = pen.grown(x)
    short = pen.name("residual", "identity", "skip", "shortcut")
    pen.say(f"{short} = {pen.fill('{t} | {t}.clone() | {t}.detach() | {t} * 1', t=h.name)}")
    out = pen.let(pen.pick(KEEPS_INPUT + KEEPS_OUTPUT), h)
    pen.pause(0.2)
    target = pen.one(out.name, short, h.name)
    pen.say(
        pen.fill("{o} += {s} | {o}.add_({s}) | {o} = {o} + {s} | {o} *= {s} | {o} = {o} * {s}", o=out.name, s=short)
    )
    if pen.chance(0.5):
        pen.say(pen.fill("F.relu({t}, inplace=True) | {t} = F.relu({t}) | {t}.mul_(2) | {t} = {t} + 1", t=target))
    pen.say(f"loss = {out.name}.{pen.one('sum()', 'mean()', 'norm()')}", "loss.backward()")


def correlated(pen: Pen) -> None:
    """What protects, what changes and what goes back each depend on a flag, perhaps on the same one."""
    x = pen.leaf(None, "x", "w", "weight")
    h = pen.let(pen.pick(ELEMENTWISE), x)
    used = pen.let(pen.pick(KEEPS_INPUT), h) if pen.chance(0.7) else h
    if used is h:
        used = pen.let(pen.pick(pen.keeping_pairs(x)), h, x)
    pen.pause(0.2)
    if pen.chance(0.6):
        with pen.block(f"if {pen.condition()}"):
            pen.say(
                pen.fill("{h} = {h}.clone() | {u} = {h} + 1 | {h} = {h} * 2 | {u} = {h}.clone()", h=h.name, u=used.name)
            )
    with pen.block(f"if {pen.condition()}"):
        pen.pick(SEEN if pen.chance(0.75) else UNSEEN)(pen, h)
    if pen.chance(0.25):
        with pen.block("else"):
            pen.pick(SEEN)(pen, h if pen.chance(0.6) else used)
    pen.pause(0.2)
    loss = pen.number(used)
    if pen.chance(0.5):
        with pen.block(f"if {pen.condition()}"):
            pen.say(f"{loss}.backward()")
        if pen.chance(0.7):
            with pen.block("else"):
                pen.say(pen.one(f"({loss} * 2).backward()", f"print({loss}.item())", *[f"{loss}.backward()"] * 3))
    else:
        pen.say(f"{loss}.backward()")
