"""What is gone back from, how often, and what is left of its graph: kinds ``twice`` and ``without-grad``."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, klass, lines, loader, method, module, network, trained
from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def two_losses(pen: Pen) -> None:
    """Two heads over one encoder: one backward or two."""
    w = pen.one(2, 3)
    init = [f"self.enc = {network(pen, w, 3)}", "self.a = nn.Linear(3, 1)", f"self.b = nn.Linear(3, {w})"]
    shared = pen.one("h", "h", "h.detach()", "self.enc(x)")
    outputs = pen.one(f"return self.a(h), self.b({shared})", f"return {{'a': self.a(h), 'b': self.b({shared})}}")
    name = module(pen, "MultiTask Net Model", init, ["h = self.enc(x)", outputs])
    get = ["a, b = model(x)"] if "{" not in outputs else ["out = model(x)", "a, b = out['a'], out['b']"]
    pen.say(f"model = {name}()", f"opt = {optimizer(pen, 'model.parameters()', 0.1)}")
    keep = pen.one("", "", "retain_graph=True")
    losses = ["loss_a = a.mean()", "loss_b = F.mse_loss(b, x)"]
    backs = pen.pick(
        (
            [f"loss_a.backward({keep})", "loss_b.backward()"],
            [f"loss_a.backward({keep})", "opt.step()", "loss_b.backward()"],
            ["loss = loss_a + 0.1 * loss_b", "loss.backward()"],
            ["(loss_a + loss_b).backward()"],
            [f"for loss in (loss_a, loss_b):\n    loss.backward({keep})"],
            [f"loss_a.backward({keep})", "total = loss_a + loss_b", "total.backward()"],
            [
                "loss_a.backward()",
                "b = model(x)['b']" if len(get) == 2 else "_, b = model(x)",
                "loss_b = b.mean()",
                "loss_b.backward()",
            ],
            ["torch.autograd.backward([loss_a, loss_b])"],
            ["sum([loss_a, loss_b]).backward()"],
        )
    )
    with pen.main(0.15), pen.block(f"for step in {pen.times(2)}"):
        pen.say(f"x = torch.randn(4, {w})", "opt.zero_grad()", *get, *losses, *backs, "opt.step()")


def inner_loop(pen: Pen) -> None:
    """What was computed once is gone back through in every iteration of an inner loop."""
    w = pen.one(2, 3)
    fused = pen.one(0.0, 0.6)
    pen.say(f"model = {network(pen, w, 1)}", f"opt = {optimizer(pen, 'model.parameters()', fused)}")
    outer = pen.chance(0.5)
    computed = [f"x = torch.randn(4, {w})", f"pred = model(x){pen.one('', '', '', '.detach()')}"]
    loss = [
        pen.one(
            "loss = pred.pow(2).mean()", "loss = F.mse_loss(pred, torch.zeros(4, 1))", "loss = (pred - 1).abs().mean()"
        )
    ]
    where = pen.rng.random()
    inside = [pen.one("pred = model(x)", "pred = model(x + 1)"), *loss] if where < 0.4 else loss if where < 0.65 else []
    keep = pen.one("", "", "", "retain_graph=True", "retain_graph=True")
    with pen.block("for epoch in range(1)") if outer else pen.main(0.2):
        pen.say(*computed, *([] if inside else loss))
        with pen.block(f"for {pen.one('k', '_', 'i')} in {pen.times(pen.one(2, 3))}"):
            pen.say(*inside, "opt.zero_grad()", f"loss.backward({keep})")
            with pen.perhaps(0.2, f"if {pen.condition()}", "if True"):
                pen.say("opt.step()")


def accumulated(pen: Pen) -> None:
    """Gradients over several batches, by many backwards or by one over a total."""
    w = pen.one(2, 3)
    pen.say(f"model = {network(pen, w, 1)}", f"opt = {optimizer(pen, 'model.parameters()', 0.1)}")
    x, header = loader(pen, f"torch.randn(4, {w})")
    total = pen.name("total", "running_loss", "epoch_loss")
    pen.say(f"{total} = {pen.one('0', '0.0', 'torch.zeros(())')}")
    with pen.block(header):
        pen.say(f"loss = model({x}).{pen.one('mean()', 'pow(2).mean()')}{pen.one('', ' / 2')}")
        way = pen.one("loss", "loss", "total", "both", "both")
        added = pen.one("loss.item()", "loss.detach()", "loss") if way == "loss" else "loss"
        adding, back = (
            f"{total} {pen.one('+=', f'= {total} +')} {added}",
            pen.one("loss.backward()", "loss.backward()", "loss.backward(retain_graph=True)"),
        )
        if way == "total":
            back = f"{total}.backward({pen.one('', 'retain_graph=True')})"
        if pen.chance(0.5):
            pen.say(adding, *([back] if way != "both" or pen.chance(0.5) else []))
        else:
            pen.say(*([back] if way != "total" else []), adding)
        if pen.chance(0.4):
            pen.say("opt.step()", "opt.zero_grad()")
    if way == "both" or pen.chance(0.1):
        with pen.block(f"if torch.is_tensor({total})") if pen.chance(0.4) else nullcontext():
            pen.say(f"{total}.backward()")
    pen.say("opt.step()")


def smoothed(pen: Pen) -> None:
    """A moving average of losses, a baseline, a list of losses; sometimes part of what is gone back from."""
    w = pen.one(2, 3)
    value = pen.one("loss", "loss", "loss.item()", "loss.detach()", "loss.data")
    init = [
        "self.model = model",
        f"self.opt = {optimizer(pen, 'model.parameters()', 0.1)}",
        f"self.ema = {pen.one('0.0', 'None', 'torch.zeros(())')}",
        "self.losses = []",
    ]
    ema = f"0.9 * self.ema + 0.1 * {value}"
    update = f"self.ema = {value} if self.ema is None else {ema}" if "None" in init[2] else f"self.ema = {ema}"
    goal = pen.fill(
        "loss | loss | loss - self.ema | self.ema | loss * self.ema | sum(self.losses) | "
        "self.losses[-1] | loss / (1 + self.ema)"
    )
    step = [f"loss = self.model(x).pow(2).{pen.one('mean()', 'sum()')}"]
    step += [update] if "ema" in goal or pen.chance(0.4) else []
    if "losses" in goal or pen.chance(0.4):
        step.append(f"self.losses.append({pen.one('loss', value)})")
    step += ["self.opt.zero_grad()", f"({goal}).backward()" if " " in goal else f"{goal}.backward()", "self.opt.step()"]
    step += lines(pen, "", "", "self.losses.clear()", "self.losses = []")
    if pen.chance(0.2):
        step.append("return self.ema")
    name = klass(
        pen, "Trainer Solver Runner", [method("__init__(self, model)", init), method("train_step(self, x)", step)]
    )
    with pen.main(0.3):
        pen.say(f"trainer = {name}({network(pen, w, 1)})")
        x, header = loader(pen, f"torch.randn(4, {w})")
        with pen.block(header):
            pen.say(f"trainer.train_step({x})")


def no_graph(pen: Pen) -> None:
    """The loss is made of what has no gradient: classes, numbers, detached outputs."""
    w = pen.one(2, 3)
    init = [f"self.net = {network(pen, w, 3)}"]
    out = pen.fill(
        "self.net(x) | self.net(x) | self.net(x).detach() | self.net(x).argmax(1).to(x.dtype) | self.net(x).data | "
        "torch.round(self.net(x)) | (self.net(x) > 0).to(x.dtype) | "
        "self.net(x).softmax(-1).max(1).values | self.net(x).topk(1).indices * 1.0 | "
        "self.net(x).clamp(0, 1) | F.one_hot(self.net(x).argmax(1), 3) * 1.0 | torch.sign(self.net(x).detach())"
    )
    forward = [f"return {out}"]
    if pen.chance(0.3):
        forward = [
            pen.one("", "", "with torch.no_grad():\n    ", "with torch.set_grad_enabled(self.training):\n    ")
            + forward[0]
        ]
    name = module(pen, "Classifier Quantizer Model", init, forward)
    loss = pen.fill(
        "{o}.mean() | {o}.sum() | torch.tensor({o}.mean().item(), requires_grad=True) | "
        "torch.tensor({o}.sum().item()) | {o}.detach().mean() | "
        "torch.as_tensor({o}.mean().item()) | {o}.mean() + list({m}.parameters())[-1].sum() | "
        "{o}.pow(2).mean().detach().requires_grad_() | "
        "torch.stack([each.mean() for each in {o}]).sum() | torch.tensor([each.sum().item() for each in {o}]).mean() | "
        "nn.Parameter({o}.mean().detach()) | {o}.mean() * {o}.sum().item()",
        o="{o}",
        m="{m}",
    )
    trained(pen, Job(f"{name}()", f"torch.randn(4, {w})", loss=loss, between=_guard(pen)))


def _guard(pen: Pen) -> str:
    """What is done to the loss at the last moment."""
    return pen.one(
        "",
        "",
        "",
        "",
        "print({l}.item())",
        "{l} = {l}.detach()",
        "if not {l}.requires_grad:\n    {l}.requires_grad_()",
        "print({l}.requires_grad)",
    )


def frozen(pen: Pen) -> None:
    """A backbone is frozen; the head is trained, or forgotten."""
    w = pen.one(2, 3)
    head = pen.fill(
        "Linear(3, 2) | Linear(3, 2) | Identity() | Softmax(dim=-1) | Sequential(nn.ReLU(), nn.Linear(3, 1))"
    )
    init = ["self.backbone = backbone", f"self.head = nn.{head}"]
    way = pen.rng.randrange(5)
    freeze = pen.fill(
        "for p in self.backbone.parameters():\n    p.requires_grad = False | "
        "self.backbone.requires_grad_(False) | "
        "for p in self.parameters():\n    p.requires_grad_(False) | self.backbone.eval() | "
        "for n, p in self.named_parameters():\n    p.requires_grad = 'head' in n | "
        "for n, p in self.named_parameters():\n    if 'backbone' in n:\n        p.requires_grad = False"
    )
    methods = []
    if way < 3:
        init.append(freeze)
    else:
        methods = [method("freeze(self)", [freeze, "return self"])]
    forward = [
        pen.one(
            "h = self.backbone(x)", "with torch.no_grad():\n    h = self.backbone(x)", "h = self.backbone(x).detach()"
        ),
        "return self.head(h)",
    ]
    name = module(pen, "FineTuner Transfer Probe", init, forward, made_with="backbone", methods=methods)
    make = f"{name}({network(pen, w, 3)})" + (".freeze()" if methods and pen.chance(0.7) else "")
    batch = f"torch.randn(4, {w}{', requires_grad=True' * pen.chance(0.1)})"
    if pen.chance(0.3):
        _head_only(pen, make, batch)
    else:
        trained(pen, Job(make, batch))


def _head_only(pen: Pen, make: str, batch: str) -> None:
    """Only what requires grad is given to the optimizer."""
    some = pen.one(
        "[p for p in model.parameters() if p.requires_grad]",
        "filter(lambda p: p.requires_grad, model.parameters())",
        "model.head.parameters()",
    )
    pen.say(f"model = {make}")
    with pen.block("if any(p.requires_grad for p in model.head.parameters())") if pen.chance(0.8) else nullcontext():
        pen.say(
            f"opt = torch.optim.SGD({some}, lr=0.1)", f"loss = model({batch}).mean()", "loss.backward()", "opt.step()"
        )


def reused(pen: Pen) -> None:
    """The same forward serves training and something else: logging, a second pass, a check."""
    w = pen.one(2, 3)
    job = Job(
        network(pen, w, 2),
        f"torch.randn(3, {w})",
        keywords=pen.one("", "", "retain_graph=True"),
        after=pen.one(
            "({l} * 2).backward()",
            "print({l}.item())",
            "grads = torch.autograd.grad({l}, {m}.parameters())",
            "{l}.backward()",
            "best = {l}.detach()",
            "{m}({x}).mean().backward()",
            "h = {m}({x}).sum()\nh.backward()",
            "check = {l} + 1\ncheck.backward()",
        ),
    )
    trained(pen, job)
