"""Data that is written to while a graph still needs it: arrays, replay buffers. Kinds ``silent`` and ``saved``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, klass, method, module, network, trained, under
from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def replay(pen: Pen) -> None:
    """A buffer of transitions, of numpy or of torch, that is pushed to between forward and backward."""
    w, array = pen.one(2, 3), pen.chance(0.65)
    made = f"self.data = np.{pen.one('zeros', 'ones')}((4, {w}))" if array else f"self.data = torch.zeros(4, {w})"
    push = method(
        "push(self, x)",
        [
            pen.fill(
                "self.data[self.n % 4] = {v} | self.data[:] = {v} | self.data[self.n % 2] += {v}",
                v="x + 1" if array else "x",
            ),
            "self.n += 1",
        ],
    )
    batch = pen.fill(
        (
            "torch.from_numpy(self.data) | torch.from_numpy(self.data[:2]) | "
            "torch.from_numpy(self.data.copy()) | torch.tensor(self.data) | torch.as_tensor(self.data) | "
            "torch.from_numpy(self.data[[0, 1]])"
        )
        if array
        else (
            "self.data | self.data[:2] | self.data.clone() | self.data[[0, 1]] | "
            "self.data[torch.tensor([0, 1])] | self.data[1:]"
        )
    )
    name = klass(
        pen,
        "Replay Memory Buffer",
        [method("__init__(self)", [made, "self.n = 0"]), push, method("sample(self)", [f"return {batch}"])],
    )
    pen.say(
        f"memory = {name}()",
        f"model = {_of_dtype(network(pen, w, 1), array)}",
        f"opt = {optimizer(pen, 'model.parameters()', 0.05)}",
    )
    value = f"np.random.RandomState(step).rand({w})" if array else f"torch.randn({w})"
    steps = [
        "x = memory.sample()",
        pen.one("loss = model(x).mean()", "loss = (model(x) * 2).sum()", "loss = model(x).pow(2).mean()"),
        f"memory.push({value})",
        "loss.backward()",
        "opt.step()",
    ]
    if pen.chance(0.4):
        steps.insert(0, steps.pop(2))
    steps.insert(0, "opt.zero_grad()")
    with pen.block(f"for step in {pen.times(2)}"):
        pen.say(*steps)


def _of_dtype(make: str, double: bool) -> str:
    """The model in the dtype of numpy's floats where it is to be."""
    return f"{make}.double()" if double else make


def normalised(pen: Pen) -> None:
    """A data set normalises or augments its items in place, before or after the model has seen them."""
    w = pen.one(2, 3)
    body = pen.fill(
        "x -= x.mean(0)\nreturn x | x.mul_(0.5)\nreturn x | return (x - x.mean(0)) / 2 | "
        "x.data.add_(1)\nreturn x | x = x.clone()\nx += 1\nreturn x | "
        "x[:, 0] = 0\nreturn x | x.detach().numpy()[:, 0] += 3.0\nreturn x | "
        "noise = torch.randn_like(x)\nx += noise\nreturn x | x.data *= 2\nreturn x | "
        "x.numpy()[:] = x.numpy() * 2\nreturn x"
    )
    helper = pen.function(method("{f}(x)", [body]), pen.one("normalize", "augment", "jitter"))
    grad = pen.chance(0.1)
    batch = f"torch.randn(4, {w}{', requires_grad=True' * grad})"
    after = pen.chance(0.65)
    call = "{m}({x})" if after else f"{{m}}({helper}({{x}}))"
    between = pen.one(f"{helper}({{x}})", f"{{x}} = {helper}({{x}})", f"print({helper}({{x}}).shape)") if after else ""
    trained(pen, Job(network(pen, w, 2), batch, call=call, between=between))


def written_after(pen: Pen) -> None:
    """An output, a target or a weight is written to behind PyTorch's back before the backward."""
    w = pen.one(2, 3)
    init = [f"self.a = nn.Linear({w}, {w})", f"self.b = nn.Linear({w}, {w})"]
    keep = pen.one("h", "h", "h.detach()", "h.clone()", "h.data")
    forward = [
        f"h = {pen.fill('self.a(x) | self.a(x).tanh() | F.relu(self.a(x)) | self.a(x).exp()')}",
        f"self.last = {keep}",
        pen.one("return self.b(h)", "return self.b(h) + h", "return h * self.b(x)"),
    ]
    name = module(pen, "Hooked Model Net", init, forward)
    target = pen.one("{m}.last", "{m}.last", "{m}.a.weight", "{m}.b.weight", "{x}")
    change = pen.fill(
        "{t}.data.mul_(2) | {t}.data += 1 | {t}.detach().numpy()[0] = 2.0 | {t}.data[0] = 3.0 | "
        "{t}.data.clamp_(-0.1, 0.1) | {t}.data.zero_() | "
        "{t}.detach().clone().mul_(2) | {t}.data.copy_(torch.randn_like({t})) | "
        "v = {t}.data.clone()\nv *= 2 | {t}.detach().numpy().copy()[0] = 1 | {t}.data = {t}.data * 3 | "
        "{t}.detach().mul_(2)",
        t=target,
    )
    if pen.chance(0.3):
        change = under(f"if {pen.condition()}", change)
    job = (
        Job(f"{name}()", f"torch.randn(3, {w})", between=change)
        if pen.chance(0.8)
        else Job(f"{name}()", f"torch.randn(3, {w})", after=change)
    )
    trained(pen, job)


def fused(pen: Pen) -> None:
    """An optimizer that changes weights behind PyTorch's back steps between a forward and its backward."""
    w = pen.one(2, 3)
    which = pen.fill(
        "SGD(model.parameters(), lr=0.5, fused=True) | Adam(model.parameters(), lr=0.1, fused=True) | "
        "AdamW(model.parameters(), lr=0.1, fused=True) | SGD(model.parameters(), lr=0.5, fused=False)"
    )
    pen.say(
        f"model = nn.Sequential(nn.Linear({w}, 4), nn.{pen.one('Tanh', 'Sigmoid', 'GELU')}(), nn.Linear(4, 1))",
        f"opt = torch.optim.{which}",
    )
    order = pen.rng.random()
    one, two = f"a = model(torch.randn(4, {w})).pow(2).mean()", f"b = model(torch.randn(4, {w})).exp().mean()"
    back = ["opt.zero_grad()", "a.backward()", "opt.step()"]
    last = ["opt.zero_grad()", "b.backward()", "opt.step()"]
    steps = [one, two, *back, *last] if order < 0.7 else [one, *back, two, *last]
    if pen.chance(0.35):
        body = ["for p in model.parameters():\n    p.data -= 0.1 * p.grad"]
        helper = pen.function(method("{f}(model)", body), pen.one("sgd_step", "update_weights"))
        steps = [f"{helper}(model)" if each == "opt.step()" else each for each in steps]
    with pen.block(f"for step in {pen.times(2)}") if pen.chance(0.5) else pen.main(0.3):
        pen.say(*steps)
