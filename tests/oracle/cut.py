"""Graphs that were cut before the backward: kind ``without-grad``, and backwards that silently reach nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.operations import ELEMENTWISE, TO_NUMBER

if TYPE_CHECKING:
    from tests.oracle.pen import Pen

_CUTS = (
    "{h}.detach()",
    "{h}.detach()",
    "{h}.data",
    "{h}.argmax(-1).double()",
    "{h} > 0",
    "({h} > 0).double()",
    "{h}.long().double()",
    "torch.tensor({h}.tolist())",
    "torch.from_numpy({h}.detach().numpy())",
    "torch.round({h}.detach())",
    "{h}.detach().clone()",
    "{h}.sign().detach()",
    "({h} == {h}.max()).to({h}.dtype)",
    "torch.zeros_like({h})",
    "torch.ones_like({h}) * 2",
    "{h}.topk(2, dim=0).indices.double()",
    "{h}.argsort(0).double()",
    "torch.as_tensor({h}.detach().numpy())",
    "{h}.int().double()",
    "torch.randn_like({h})",
    "torch.full_like({h}, 0.3)",
    "{h}.ge(0).double()",
    "F.one_hot({h}.argmax(-1), 8).double()",
    "{h}.detach() * 2",
)
_NO_CUTS = (
    "{h}.clone()",
    "{h}.half()",
    "{h}.to({h}.dtype)",
    "{h}.contiguous()",
    "{h} * 1",
    "torch.clone({h})",
    "{h}.round()",
    "{h}.max(dim=0).values",
    "{h}.topk(2, dim=0)[0]",
    "{h}.sign()",
    "torch.where({h} > 0, {h}, 0.0)",
    "{h}.requires_grad_()",
    "{h} + {h}.detach()",
    "{h}.view({h}.shape)",
    "{h} - {h}.data",
    "torch.stack([{h}, {h}])",
    "{h}.masked_fill({h} > 0, 0.0)",
    "{h}.floor()",
)


def cut_before(pen: Pen) -> None:
    """Something between the leaf and the loss cuts the graph, or seems to."""
    x = pen.leaf(None, "x", "w", "weight", "inputs")
    h = x
    for _ in range(pen.one(0, 1, 1, 2)):
        h = pen.let(pen.pick(ELEMENTWISE), h)
    pen.pause()
    cut = pen.pick(_CUTS if pen.chance(0.6) else _NO_CUTS).format(h=h.name)
    name = pen.name("pred", "out", "target", "score", "result") if pen.chance(0.6) else h.name
    if pen.chance(0.25):
        if name != h.name:
            pen.say(f"{name} = {h.name}")
        with pen.block(f"if {pen.condition()}"):
            pen.say(f"{name} = {cut}")
    else:
        pen.say(f"{name} = {cut}")
    pen.pause()
    loss = pen.name("loss", "cost")
    pen.say(
        f"{loss} = "
        + pen.fill(
            "{n}.double().sum() | {n}.double().mean() | ({n} * 2.0).sum() | {n}.double().pow(2).sum() | "
            "{n}.double().sum() * 0.5 | ({n} * 1.0).norm()",
            n=name,
        )
    )
    if pen.chance(0.2):
        pen.say(f"{loss} = {loss} + {pen.one(x.name + '.sum()', x.name + '.detach().sum()', '1.0', 'torch.zeros(())')}")
    pen.pause(0.2)
    _back(pen, loss, x.name)


def _back(pen: Pen, loss: str, leaf: str) -> None:
    way = pen.rng.random()
    guard = 0.12
    if way < 0.15:
        with pen.perhaps(guard, f"if {loss}.requires_grad"):
            pen.say(
                f"{pen.name('grad', 'g')} = torch.autograd.grad({loss}, {leaf}{pen.one('', ', allow_unused=True')})"
            )
    elif way < 0.3:
        with pen.block("try"):
            pen.say(f"{loss}.backward()")
        with pen.block("except RuntimeError"):
            pen.say("print('no graph')")
    else:
        with pen.perhaps(guard, f"if {loss}.requires_grad", f"if {loss}.grad_fn is not None"):
            pen.say(
                pen.one(
                    f"{loss}.backward()",
                    f"{loss}.backward()",
                    f"torch.autograd.backward({loss})",
                    f"({loss} * 2).backward()",
                )
            )


def under_no_grad(pen: Pen) -> None:
    """The forward, or a part of it, runs without grad mode."""
    x = pen.leaf(None, "x", "w", "weight")
    out, loss = pen.name("out", "pred", "h"), pen.name("loss")
    guard = pen.one(
        "with torch.no_grad()",
        "with torch.no_grad()",
        "with torch.set_grad_enabled(False)",
        "with torch.inference_mode()",
        "with torch.enable_grad()",
        "with torch.set_grad_enabled(True)",
        "with torch.no_grad(), torch.enable_grad()",
        f"with torch.set_grad_enabled({pen.condition()})" if pen.chance(0.5) else "with torch.no_grad()",
    )
    mixed = pen.chance(0.3)
    part = pen.name("part", "feats")
    expression = pen.pick(ELEMENTWISE).format(x=x.name)
    if mixed:
        pen.say(f"{part} = {pen.pick(ELEMENTWISE).format(x=x.name)}")
        expression = f"{expression} + {part}"
    if pen.chance(0.2):
        switch = pen.one(
            "torch.set_grad_enabled(False)",
            "torch.set_grad_enabled(False)",
            "torch.set_grad_enabled(True)",
            "torch.no_grad()",
        )
        pen.say(switch, f"{out} = {expression}")
        if pen.chance(0.7):
            pen.say("torch.set_grad_enabled(True)")
    else:
        with pen.block(guard):
            pen.say(f"{out} = {expression}")
            if pen.chance(0.4):
                pen.say(f"{loss} = {out}.sum()")
    pen.pause(0.25)
    if pen.chance(0.25):
        rest = pen.one(f"+ {x.name}", "* 2", f"- {x.name}.detach()", f"+ {part}" if mixed else "+ 1")
        pen.say(f"{out} = {out} {rest}")
    if pen.chance(0.15):
        pen.say(f"{out}.requires_grad_()")
    pen.say(f"{loss} = {pen.pick(TO_NUMBER).format(x=out)}")
    _back(pen, loss, x.name)


_FUNCTIONS = (
    "@torch.no_grad()\ndef {f}(t):\n    return t * 2",
    "@torch.no_grad()\ndef {f}(t):\n    with torch.enable_grad():\n        return t * 2",
    "@torch.inference_mode()\ndef {f}(t):\n    return t.tanh()",
    "def {f}(t):\n    return t.detach() * 2",
    "def {f}(t):\n    with torch.no_grad():\n        y = t.exp()\n    return y",
    "def {f}(t):\n    with torch.no_grad():\n        scale = t.max()\n    return t / scale",
    "def {f}(t, train=True):\n    with torch.set_grad_enabled(train):\n        return t.sin()",
    "def {f}(t):\n    return torch.tensor(t.sum().item())",
    "@torch.enable_grad()\ndef {f}(t):\n    return t.clone()",
    "def {f}(t):\n    y = t * 3\n    return y, y.detach()",
    "def {f}(t):\n    if t.requires_grad:\n        t = t.detach()\n    return t + 1",
    "def {f}(t):\n    return t.exp() if t.requires_grad else t + 1",
)


def by_function(pen: Pen) -> None:
    """A decorated function, or one that detaches."""
    x = pen.leaf(None, "x", "w", "inputs")
    body = pen.pick(_FUNCTIONS)
    name = pen.function(body, pen.one("encode", "predict", "compute", "evaluate"))
    out, loss = pen.name("out", "pred"), pen.name("loss")
    argument = pen.one(x.name, x.name, f"{x.name}.clone()", f"{x.name} * 2")
    if "train=True" in body and pen.chance(0.5):
        argument += pen.one(", train=False", ", False", f", {pen.condition()}")
    if ", y.detach()" in body:
        other = pen.name("fixed", "other")
        pen.say(f"{out}, {other} = {name}({argument})" if pen.chance(0.5) else f"{other}, {out} = {name}({argument})")
    else:
        pen.say(f"{out} = {name}({argument})")
    pen.pause(0.25)
    if pen.chance(0.25):
        pen.say(f"{out} = {out} * {pen.one(x.name, '2', x.name + '.detach()')}")
    pen.say(f"{loss} = {pen.fill('{o}.sum() | {o}.mean() | ({o} ** 2).sum()', o=out)}")
    with pen.perhaps(0.1, f"if {loss}.requires_grad"):
        pen.say(f"{loss}.backward()")


def frozen(pen: Pen) -> None:
    """Everything that could require grad was frozen, or one thing was not."""
    width = pen.one(2, 3, 4)
    net, x = pen.name("net", "model", "backbone"), pen.name("x", "batch", "inputs")
    layers = "nn.Linear({w}, {w}) | nn.Sequential(nn.Linear({w}, 4), nn.ReLU(), nn.Linear(4, {w})) | nn.LayerNorm({w})"
    pen.say(f"{net} = {pen.fill(layers, w=width)}")
    way = pen.rng.randrange(6)
    if way == 0:
        pen.say(f"{net}.requires_grad_(False)")
    elif way == 1:
        with pen.block(f"for p in {net}.parameters()"):
            pen.say(pen.one("p.requires_grad = False", "p.requires_grad_(False)"))
    elif way == 2:
        with pen.block(f"if {pen.condition()}"):
            pen.say(f"{net}.requires_grad_(False)")
    elif way == 3:
        test = f"if {pen.one('name.endswith', 'name.startswith')}('{pen.one('weight', 'bias', '0')}')"
        with pen.block(f"for name, p in {net}.named_parameters()"), pen.block(test):
            pen.say("p.requires_grad = False")
    elif way == 4:
        pen.say(f"{net}.eval()")
    pen.pause(0.25)
    pen.say(f"{x} = torch.randn(2, {width}{pen.one('', '', '', ', requires_grad=True')})")
    out = pen.name("out", "feats")
    pen.say(f"{out} = {net}({x})")
    if pen.chance(0.3):
        pen.say(
            f"head = nn.{pen.one('Tanh()', 'ReLU()', 'Linear(' + str(width) + ', 1)', 'Softmax(-1)')}",
            f"{out} = {out}.{pen.one('exp()', 'tanh()')}",
        )
    pen.say(f"loss = {out}.{pen.one('sum()', 'mean()', 'pow(2).sum()')}")
    if pen.chance(0.2):
        pen.say(
            pen.one(
                "loss = loss.detach()",
                "loss = loss + 1",
                f"{net}.requires_grad_(True)",
                "loss = torch.tensor(loss.item())",
            )
        )
    _back(pen, "loss", f"list({net}.parameters())") if pen.chance(0.15) else pen.say("loss.backward()")


def wrapped_again(pen: Pen) -> None:
    """A number is taken out of the graph and wrapped again."""
    x = pen.leaf(None, "x", "w", "weight")
    h = pen.grown(x)
    loss = pen.number(h)
    new = pen.name("loss", "total", "value", "objective")
    pen.pause(0.25)
    pen.say(
        pen.fill(
            "{n} = torch.tensor({l}.item(), requires_grad=True) | "
            "{n} = torch.tensor({l}.item(), requires_grad=True) | "
            "{n} = torch.tensor(float({l}), requires_grad=True) | "
            "{n} = {l}.detach().requires_grad_() | {n} = {l}.detach().clone().requires_grad_(True) | "
            "{n} = torch.tensor({l}.item()) | {n} = torch.as_tensor({l}.item()) | "
            "{n} = torch.tensor([{l}.item(), 1.0]).sum() | {n} = {l}.data.requires_grad_() | "
            "{n} = torch.from_numpy({l}.detach().numpy()).requires_grad_() | "
            "{n} = nn.Parameter({l}.detach()) | {n} = {l} * 1.0 | "
            "{n} = torch.stack([{l}, {l}]).mean() | {n} = {l}.item() * {x}.sum() | "
            "{n} = torch.tensor({l}.item()) * {x}.mean() | {n} = {l} / {l}.item() | "
            "{n} = {l} + torch.tensor({l}.item())",
            n=new,
            l=loss,
            x=x.name,
        )
    )
    pen.pause(0.25)
    with pen.setting(0.25):
        pen.say(f"{new}.backward()")
    if pen.chance(0.3):
        pen.say(f"print({x.name}.grad)")


def averaged(pen: Pen) -> None:
    """Losses of several batches are collected as tensors or as numbers."""
    w = pen.leaf(None, "w", "weight")
    losses = pen.name("losses", "values", "history")
    pen.say(f"{losses} = []")
    with pen.block(f"for i in {pen.times(pen.one(2, 3))}"):
        pen.say(
            f"loss = ({pen.pick(ELEMENTWISE).format(x=w.name)}).sum()"
            if pen.chance(0.3)
            else f"loss = ({w.name} * (i + 1)).sum()"
        )
        pen.say(f"{losses}.append({pen.fill('loss | loss | loss.item() | loss.detach() | loss.data | float(loss)')})")
    total = pen.name("total", "mean_loss")
    pen.say(
        f"{total} = "
        + pen.fill(
            "torch.stack([torch.as_tensor(each) for each in {l}]).mean() | sum({l}) | sum({l}) / len({l}) | "
            "torch.tensor({l}).sum()",
            l=losses,
        )
    )
    with pen.block(f"if torch.is_tensor({total})"):
        pen.say(f"{total}.backward()")


def one_of_two(pen: Pen) -> None:
    """``autograd.grad`` with respect to something that does not require grad, or does."""
    x, k = pen.leaf(pen.shape(1), "x", "w"), pen.constant(pen.shape(1), "k", "data", "target")
    h = pen.grown(x)
    loss = pen.name("loss")
    pen.say(f"{loss} = {h.name}.sum() + ({k.name} * 2).sum()")
    inputs = pen.one(k.name, f"[{x.name}, {k.name}]", x.name, h.name, f"{x.name}.detach()", f"({k.name},)")
    pen.say(f"{pen.name('grad', 'g')} = torch.autograd.grad({loss}, {inputs}, allow_unused=True)")
