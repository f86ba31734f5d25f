"""Training code: optimizers, modules with state, embeddings, weights that are loaded, clipped and averaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.operations import ELEMENTWISE, KEEPS_INPUT, PAIR_KEEPS, PAIR_KEEPS_NOTHING

if TYPE_CHECKING:
    from tests.oracle.pen import Pen

_OPTIMIZERS = (
    "SGD({p}, lr=0.1)",
    "SGD({p}, lr=0.05, momentum=0.9)",
    "Adam({p}, lr=0.01)",
    "AdamW({p}, lr=0.1)",
    "RMSprop({p}, lr=0.01)",
    "SGD({p}, lr=0.1, foreach=False)",
    "Adam({p}, foreach=False)",
    "Adagrad({p}, lr=0.1)",
    "SGD({p}, lr=0.2, weight_decay=0.01)",
)
_FUSED = (
    "SGD({p}, lr=0.1, fused=True)",
    "Adam({p}, lr=0.1, fused=True)",
    "AdamW({p}, lr=0.05, fused=True)",
    "SGD({p}, lr=0.3, momentum=0.9, fused=True)",
)


def optimizer(pen: Pen, parameters: str, fused: float) -> str:
    return "torch.optim." + pen.pick(_FUSED if pen.chance(fused) else _OPTIMIZERS).format(p=parameters)


def stepped_between(pen: Pen) -> None:
    """A step changes weights between a forward that used them and its backward."""
    _stepped(pen, 0.15)


def fused_step_between(pen: Pen) -> None:
    """The same with fused optimizers, which PyTorch's check does not see."""
    _stepped(pen, 0.85)


def _stepped(pen: Pen, fused: float) -> None:
    w = pen.leaf(pen.one((3,), (4,), (3, 3)), "w", "weight", "theta")
    opt = pen.name("opt", "optimizer", "sgd")
    pen.say(f"{opt} = {optimizer(pen, f'[{w.name}]', fused)}")
    if pen.chance(0.85):
        pen.say(f"({pen.pick(ELEMENTWISE).format(x=w.name)}).sum().backward()")
    pen.pause(0.2)
    x = pen.leaf(w.shape, "x", "inputs") if pen.chance(0.5) else pen.constant(w.shape, "x", "batch")
    keeps = pen.chance(0.8)
    if keeps and pen.chance(0.5):
        h = pen.let(pen.pick(KEEPS_INPUT), w)
    else:
        h = pen.let(pen.pick(PAIR_KEEPS if keeps else PAIR_KEEPS_NOTHING), x, w)
    loss = pen.number(h)
    pen.pause(0.2)
    order = pen.rng.random()
    step = pen.one(
        *[f"{opt}.step()"] * 5,
        f"{opt}.zero_grad()",
        f"with torch.no_grad():\n    {w.name}.mul_(0.9)",
        f"{w.name}.data.mul_(0.9)",
    )
    if order < 0.8:
        with pen.setting(0.25):
            pen.say(step)
        pen.pause(0.2)
        pen.say(f"{loss}.backward()")
    else:
        pen.say(f"{loss}.backward()", step)
    if pen.chance(0.3):
        pen.say(f"{opt}.step()", f"{opt}.zero_grad({pen.one('', 'set_to_none=True', 'set_to_none=False')})")


def players(pen: Pen) -> None:
    """Two networks and two optimizers: the order of step and backward decides."""
    width = pen.one(2, 3, 4)
    fused = 0.4 if pen.chance(0.6) else 0.0
    critic = pen.fill(
        "nn.Linear({w}, 1) | nn.Sequential(nn.Linear({w}, 4), nn.Tanh(), nn.Linear(4, 1)) | "
        "nn.Sequential(nn.Linear({w}, 1), nn.Sigmoid())",
        w=width,
    )
    pen.say(
        f"actor = nn.Linear({width}, {width})",
        f"critic = {critic}",
    )
    pen.say(
        f"opt_a = {optimizer(pen, 'actor.parameters()', fused)}",
        f"opt_c = {optimizer(pen, 'critic.parameters()', fused)}",
    )
    loop = pen.chance(0.35)
    with pen.block(f"for epoch in {pen.times(2)}") if loop else pen.setting(0):
        pen.say(f"x = torch.randn(4, {width})", "action = actor(x)")
        before = pen.chance(0.6)
        if before:
            pen.say(f"loss_a = -critic({pen.one('action', 'action', 'action + x')}).mean()")
        pen.say(
            "loss_c = "
            + pen.one(
                "critic(action.detach()).pow(2).mean()",
                "critic(x).mean()",
                "critic(action.detach()).mean()",
                "critic(x).sigmoid().mean()",
            )
        )
        pen.say(
            f"opt_c.zero_grad({pen.one('', 'set_to_none=False')})",
            "loss_c.backward()",
            pen.fill(
                "opt_c.step() | opt_c.step() | opt_c.step() | "
                "nn.utils.clip_grad_norm_(critic.parameters(), 1.0) | critic.zero_grad()"
            ),
        )
        if not before:
            pen.say("loss_a = -critic(action).mean()")
        pen.say("opt_a.zero_grad()")
        with pen.perhaps(0.12, f"if {pen.condition()}" if pen.chance(0.3) else "if True"):
            pen.say("loss_a.backward()")
        pen.say("opt_a.step()")


def loop(pen: Pen) -> None:
    """An ordinary training loop, with one thing about it that may be wrong."""
    width = pen.one(2, 3, 4)
    hidden = pen.one(3, 4)
    act = pen.fill("nn.ReLU() | nn.ReLU(inplace=True) | nn.Tanh() | nn.GELU() | nn.Sigmoid() | nn.Dropout(0.1)")
    pen.say(f"model = nn.Sequential(nn.Linear({width}, {hidden}), {act}, nn.Linear({hidden}, 1))")
    pen.say(f"opt = {optimizer(pen, 'model.parameters()', 0.25)}")
    criterion = pen.fill(
        "nn.MSELoss() | nn.L1Loss() | nn.SmoothL1Loss() | F.mse_loss | nn.HuberLoss() | nn.BCEWithLogitsLoss()"
    )
    pen.say(f"criterion = {criterion}")
    outside = pen.rng.random()
    pen.say(f"x = torch.randn(4, {width})", f"y = torch.{pen.one('rand', 'zeros', 'ones')}(4, 1)")
    if outside < 0.25:
        pen.say("pred = model(x)")
    pen.pause(0.2)
    with pen.block(f"for epoch in {pen.times(pen.one(2, 3))}"):
        if outside >= 0.25 or pen.chance(0.2):
            with pen.perhaps(
                0.12,
                "with torch.no_grad()",
                "with torch.inference_mode()",
                f"with torch.set_grad_enabled({pen.condition()})" if pen.chance(0.3) else "with torch.enable_grad()",
            ):
                pen.say("pred = model(x)")
        if pen.chance(0.15):
            pen.say(
                pen.fill(
                    "pred = pred.detach() | pred = pred.clamp(-1, 1) | pred *= 2 | pred = torch.round(pred) | "
                    "pred += 1 | x += 0.1 | y.mul_(0.9)"
                )
            )
        pen.say("loss = criterion(pred, y)")
        steps = ["opt.zero_grad()", f"loss.backward({pen.one('', '', '', '', 'retain_graph=True')})", "opt.step()"]
        if pen.chance(0.3):
            steps.insert(
                2,
                pen.one(
                    "nn.utils.clip_grad_norm_(model.parameters(), 1.0)",
                    "torch.nn.utils.clip_grad_value_(model.parameters(), 0.5)",
                    "for p in model.parameters():\n    p.grad.clamp_(-1, 1)",
                    "for p in model.parameters():\n    p.grad.mul_(0.5)",
                ),
            )
        if pen.chance(0.2):
            steps = [steps[0], steps[-1], *steps[1:-1]] if pen.chance(0.5) else [*steps[1:], steps[0]]
        if pen.chance(0.15):
            steps.insert(
                pen.rng.randrange(len(steps)),
                pen.one(
                    "for p in model.parameters():\n    p.data.clamp_(-0.5, 0.5)",
                    "with torch.no_grad():\n    for p in model.parameters():\n        p.mul_(0.9)",
                    "y = y * 0.5",
                    "x.add_(1)",
                    "print(loss.item())",
                    "model[0].weight.data.mul_(0.5)",
                    "pred.data.zero_()",
                    "loss = loss + 1",
                ),
            )
        pen.say(*steps)
        if pen.chance(0.25):
            pen.say(
                pen.one(
                    "print(loss.item())",
                    "history = loss.detach()",
                    "total = loss",
                    "best = min(1.0, float(loss.detach()))",
                )
            )


def weights_changed(pen: Pen) -> None:
    """Weights are loaded, initialised, clipped or averaged while a backward is pending."""
    width = pen.one(2, 3, 4)
    net = pen.name("net", "model", "fc")
    maker = pen.one(
        f"nn.Linear({width}, {width})",
        f"nn.Sequential(nn.Linear({width}, {width}), nn.Tanh(), nn.Linear({width}, {width}))",
        f"nn.Sequential(nn.Linear({width}, {width}), nn.ReLU(inplace=True), nn.LayerNorm({width}))",
    )
    pen.say(f"{net} = {maker}")
    other = pen.chance(0.4)
    if other:
        pen.say(f"target = {maker}")
    elif pen.chance(0.5):
        pen.say(f"saved = {pen.one(f'{net}.state_dict()', f'{{k: v.clone() for k, v in {net}.state_dict().items()}}')}")
    leaf = pen.chance(0.6)
    pen.say(f"x = torch.randn(2, {width}{', requires_grad=True' * leaf})")
    pen.pause(0.2)
    pen.say(f"loss = {net}(x).{pen.one('sum()', 'mean()', 'pow(2).mean()', 'tanh().sum()')}")
    pen.pause(0.2)
    ways = [
        "with torch.no_grad():\n    for p in {n}.parameters():\n        p.mul_(0.99)",
        "for p in {n}.parameters():\n    p.data.clamp_(-0.1, 0.1)",
        "for p in {n}.parameters():\n    nn.init.normal_(p)",
        "for p in {n}.parameters():\n    p.data.mul_(0.5)",
        "for p in {n}.parameters():\n    p.data = p.data * 0.5",
        "{n}.load_state_dict({n}.state_dict())",
        "{n}.load_state_dict({{k: v * 2 for k, v in {n}.state_dict().items()}})",
        "for p in {n}.parameters():\n    p.grad = None",
        "{n}.zero_grad()",
        "{n}.requires_grad_(False)",
        "weights = [p.detach().clone() for p in {n}.parameters()]",
        "for each in [p.detach().clone() for p in {n}.parameters()]:\n    each.mul_(2)",
        "{n}.eval()",
        "for p in {n}.parameters():\n    p.data = torch.randn_like(p)",
        "{n}.apply(lambda m: nn.init.ones_(m.weight) if isinstance(m, nn.Linear) else None)",
        "x.data.mul_(2)",
        "with torch.no_grad():\n    x.add_(1)",
    ]
    if other:
        ways = [
            "{n}.load_state_dict(target.state_dict())",
            "target.load_state_dict({n}.state_dict())",
            "for p, q in zip({n}.parameters(), target.parameters()):\n    q.data.mul_(0.9).add_(p.data, alpha=0.1)",
            "with torch.no_grad():\n    for p, q in zip({n}.parameters(), target.parameters()):\n"
            "        q.mul_(0.9).add_(p, alpha=0.1)",
            "with torch.no_grad():\n    for p, q in zip({n}.parameters(), target.parameters()):\n        p.copy_(q)",
            "for p, q in zip({n}.parameters(), target.parameters()):\n    p.data.copy_(q.data)",
            *ways[:4],
        ]
    way = pen.pick(ways).format(n=net)
    if "saved" in str(pen.cells()) and pen.chance(0.4):
        way = f"{net}.load_state_dict(saved)"
    with pen.setting(0.2):
        pen.say(way)
    pen.pause(0.2)
    pen.say("loss.backward()")


def embedding(pen: Pen) -> None:
    """An embedding that renormalises its weight, and what used the weight before."""
    rows, width = pen.one(4, 5), pen.one(2, 3)
    emb, idx = pen.name("emb", "table", "lookup"), pen.name("idx", "tokens", "ids")
    norm = pen.fill(
        "max_norm=0.5 | max_norm=1.0 | max_norm=1.0 | max_norm=2.0 | max_norm=0.7, norm_type=1 | padding_idx=0"
    )
    pen.say(
        f"{emb} = nn.Embedding({rows}, {width}, {norm})",
        f"{idx} = torch.tensor([{pen.one('0, 1', '1, 2, 3', '2', '0, 0, 3')}])",
    )
    use = pen.fill(
        "{e}.weight @ torch.ones({w}, 2) | {e}.weight ** 2 | "
        "{e}.weight.clone() @ torch.ones({w}, 2) | {e}.weight * 2 | {e}.weight.sum(0) | "
        "{e}.weight.tanh() | torch.randn(2, {w}) @ {e}.weight.t() | "
        "F.linear(torch.randn(2, {w}), {e}.weight) | {e}.weight * {e}.weight.detach() | "
        "F.linear(torch.randn(2, {w}, requires_grad=True), {e}.weight)",
        e=emb,
        w=width,
    )
    first, second = pen.name("scores", "logits", "a"), pen.name("vectors", "out", "b")
    order = pen.rng.random()
    if order < 0.6:
        pen.say(f"{first} = {use}")
        pen.pause(0.2)
        with pen.perhaps(0.1, "with torch.no_grad()"):
            pen.say(f"{second} = {emb}({idx})")
    elif order < 0.8:
        pen.say(f"{second} = {emb}({idx})", f"{first} = {use}")
    else:
        pen.say(f"{second} = {emb}({idx})", f"{first} = F.linear({second}, {emb}.weight)")
        if pen.chance(0.6):
            with pen.setting(0.3):
                pen.say(f"_ = {emb}({idx})")
    pen.pause(0.2)
    pen.say(
        "loss = "
        + pen.fill("{a}.sum() + {b}.sum() | {a}.sum() | {a}.mean() | {a}.pow(2).sum() + {b}.mean()", a=first, b=second),
        "loss.backward()",
    )


def state_in_module(pen: Pen) -> None:
    """A module that updates a buffer in its forward, called once or twice before the backward."""
    width = pen.one(2, 3)
    update = pen.one(
        "self.buf.mul_(0.9)",
        "self.buf = self.buf * 0.9",
        "self.buf += 1",
        "self.buf.copy_(x.detach().mean(0))",
        "self.buf.data.mul_(0.9)",
        "self.buf.data.add_(1)",
        "pass",
        "self.buf = self.buf.clone().add_(1)",
        "self.count += 1",
        "with torch.no_grad():\n            self.buf.lerp_(x.detach().mean(0), 0.1)",
    )
    use = pen.fill(
        "x * self.buf | x + self.buf | self.fc(x) * self.buf | self.fc(x) - self.buf | "
        "(x * self.buf.clone()) | self.fc(x * self.buf) | self.fc(x) / (self.buf + 2) | "
        "self.fc(x) * self.buf.clone()"
    )
    first = [update, f"y = {use}"]
    if pen.chance(0.5):
        first.reverse()
    body = "\n        ".join(first)
    name = pen.function(
        "class {f}(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.fc = nn.Linear({width}, {width})\n        self.count = 0\n"
        f"        self.register_buffer('buf', torch.ones({width}))\n\n"
        f"    def forward(self, x):\n        {body}\n        return y",
        pen.one("Block", "Tracker", "Scale", "Memory"),
    )
    pen.say(f"net = {name}()", f"x = torch.randn(2, {width}, requires_grad=True)")
    calls = pen.one(1, 2, 2)
    pen.say("a = net(x)")
    pen.pause(0.2)
    if calls == 2:
        with pen.perhaps(0.2, "with torch.no_grad()"):
            pen.say(f"b = net({pen.one('x', 'a', 'torch.randn(2, ' + str(width) + ')')})")
        pen.say(f"loss = {pen.one('a.sum() + b.sum()', '(a * b).sum()', 'a.sum()', 'F.mse_loss(a, b)')}")
    else:
        pen.say("loss = a.pow(2).sum()")
    pen.pause(0.2)
    pen.say("loss.backward()")


def batch_norm(pen: Pen) -> None:
    """BatchNorm called twice, its statistics reset while a backward is pending."""
    width = pen.one(2, 3)
    pen.say(
        f"bn = nn.BatchNorm1d({width}{pen.one('', ', momentum=0.5', ', affine=False')})",
        f"x = torch.randn(4, {width}, requires_grad=True)",
    )
    if pen.chance(0.3):
        pen.say("bn.eval()")
    pen.say("a = bn(x)")
    pen.pause(0.2)
    pen.say(
        pen.fill(
            "b = bn(x * 2) | b = bn(a) | bn.reset_running_stats() | bn.running_mean.zero_() | "
            "bn.running_var.fill_(1) | bn.eval() | b = bn(x.detach()) | "
            "bn.running_mean.data.fill_(2) | bn.running_var.data.fill_(2) | a = F.relu(a) | "
            "bn.running_var = torch.ones_like(bn.running_var) | F.relu(a, inplace=True) | a = a.relu_()"
        )
    )
    pen.say(f"loss = a.{pen.one('sum()', 'pow(2).mean()', 'exp().sum()')}", "loss.backward()")


def convolution(pen: Pen) -> None:
    """A small convolutional network."""
    two = pen.chance(0.5)
    size = "6, 6" if two else "6"
    d = 2 if two else 1
    pen.say(f"conv = nn.Conv{d}d(1, 2, 3)", f"image = torch.randn(2, 1, {size})", "h = conv(image)")
    pen.pause(0.2)
    pen.say(
        pen.one(
            "h = F.relu(h, inplace=True)",
            "h = F.relu(h)",
            "h = h.sigmoid()",
            "h = nn.ReLU(inplace=True)(h)",
            f"h = F.max_pool{d}d(h, 2)",
            f"h = nn.BatchNorm{d}d(2)(h)",
            f"h = F.avg_pool{d}d(h, 2)",
            "h = h.exp()",
            "h = h + 1",
        )
    )
    pen.pause(0.2)
    with pen.setting(0.25):
        pen.say(
            pen.one(
                "h += 1",
                "h = h + 1",
                "image.zero_()",
                "image *= 2",
                "image = image * 2",
                "h.mul_(2)",
                "image.data.mul_(3)",
                "image[0] = 0",
                "h = h * 2",
                "conv.weight.data.mul_(0.5)",
                "with torch.no_grad():\n    conv.weight.mul_(2)",
                "h /= 2",
                "h.data.zero_()",
                "conv.bias.data.zero_()",
                "h = F.dropout(h, 0.2, True, True)",
                "nn.init.zeros_(conv.weight)",
                "h.detach().zero_()",
            )
        )
    pen.say(f"loss = h.{pen.one('mean()', 'sum()', 'pow(2).sum()', 'flatten(1).norm()')}")
    pen.say("loss.backward()")


def penalty(pen: Pen) -> None:
    """A penalty on the gradient: a backward through a gradient."""
    x = pen.leaf(pen.shape(1), "x", "w")
    h = pen.let(pen.pick(ELEMENTWISE), x)
    loss = pen.number(h, templates=("{x}.pow(2).sum()", "({x} ** 3).sum()", "{x}.exp().sum()", "{x}.sin().sum()"))
    keep = pen.one(
        "create_graph=True", "create_graph=True", "retain_graph=True", "", "create_graph=True, retain_graph=True"
    )
    grad = pen.name("grad", "g")
    pen.say(f"{grad}{pen.one('', ',')} = torch.autograd.grad({loss}, {x.name}{', ' * bool(keep)}{keep})")
    pen.pause(0.2)
    change = pen.one(
        "", "", f"{h.name}.data.mul_(2)", f"with torch.no_grad():\n    {x.name}.add_(1)", f"{grad} = {grad} * 2"
    )
    if change and not change.startswith(grad):
        pen.say(change)
    squares = f"sum(each.pow(2).sum() for each in {grad})"
    pen.say(f"total = {pen.one(f'{loss} + {squares}', squares, f'{loss} * 1.0')}")
    pen.say("total.backward()")
