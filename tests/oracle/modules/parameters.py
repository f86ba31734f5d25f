"""Parameters that are written to by hand: kinds ``leaf`` and ``view``, and the ways that are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, lines, method, module, network, trained, under
from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from tests.oracle.pen import Pen

_WHOLE = (
    "{p}.uniform_(-0.1, 0.1) | {p}.normal_(0, 0.02) | {p}.fill_(0.5) | {p}.zero_() | {p} *= 0.1 | {p}.mul_(0.5) | "
    "{p}.copy_(torch.ones_like({p})) | {p} += 1 | {p}.clamp_(-1, 1) | {p} -= 0.1 * torch.randn_like({p})"
)
_PART = (
    "{p}[0] = 0 | {p}[0].fill_(1) | {p}[:1] = torch.ones_like({p}[:1]) | {p}[0] += 1 | "
    "{p}[..., 0] = 0.5 | {p}.view(-1)[0] = 1 | "
    "{p}[1:].zero_() | {p}.t().copy_(torch.ones_like({p}.t())) | {p}[:, 0::2] = 0.1 | {p}.flatten()[:2].mul_(2)"
)
_ALLOWED = (
    "nn.init.uniform_({p}) | nn.init.normal_({p}, std=0.02) | nn.init.zeros_({p}) | "
    "{p}.data.fill_(0.1) | {p}.data[0] = 0 | "
    "{p}.data.copy_(torch.ones_like({p})) | nn.init.constant_({p}[0], 1.0) | "
    "{p}.requires_grad_(False) | {p}.detach()[0] = 1 | "
    "{p}.data *= 0.5 | {p}.detach().mul_(2) | nn.init.xavier_uniform_({p})"
)


def _write(pen: Pen, p: str, faulty: float = 0.62) -> str:
    """A write to a parameter with two dimensions, refused or allowed."""
    if not pen.chance(faulty):
        return pen.fill(_ALLOWED, p=p)
    text = pen.fill(_PART if pen.chance(0.4) else _WHOLE, p=p)
    text = under("with torch.no_grad()", text) if pen.chance(0.25) else text
    return under(f"if {pen.condition()}", text) if pen.chance(0.1) else text


def initialised(pen: Pen) -> None:
    """Weights are initialised in ``__init__``, ``reset_parameters`` or by ``apply``."""
    w, n = pen.one(2, 3), pen.one(3, 4)
    weight = pen.one("self.weight", "self.emb.weight", "self.fc.weight", "self.table")
    layer = {
        "self.weight": f"self.weight = nn.Parameter(torch.{pen.one('randn', 'zeros')}({n}, {w}))",
        "self.emb.weight": f"self.emb = nn.Embedding({n}, {w})",
        "self.fc.weight": f"self.fc = nn.Linear({w}, {n})",
        "self.table": f"self.{pen.one('table = torch.randn', 'table = nn.Parameter(torch.randn')}({n}, {w}",
    }[weight]
    if weight == "self.table":
        layer += "))" if "Parameter" in layer else ")"
    init, methods = [layer, f"self.out = nn.Linear({w}, 1)"], []
    write = _write(pen, weight)
    way = pen.rng.randrange(4)
    if way == 0:
        init.append(write)
    elif way == 1:
        name = pen.one("reset_parameters", "_init_weights", "init_weights")
        methods = [method(f"{name}(self)", [write], "@torch.no_grad()" if pen.chance(0.15) else "")]
        init.append(f"self.{name}()")
    elif way == 2:
        init.append(
            f"for p in {pen.one('self.parameters()', 'self.out.parameters()')}:\n    "
            + pen.fill(
                "p.data.uniform_(-1, 1) | nn.init.normal_(p) | p.fill_(0.1) | "
                "if p.dim() > 1:\n        p.normal_() | p.mul_(0.5)"
            )
        )
    else:
        test = f"isinstance(m, nn.{pen.one('Linear', 'Embedding')})"
        body = pen.fill(
            "m.weight.data.normal_(0, 0.1) | m.weight.normal_(0, 0.1) | nn.init.zeros_(m.weight) | "
            "m.weight[0] = 0 | m.weight.data[0] = 0"
        )
        methods = [method("_init_weights(self, m)", [f"if {test}:\n    {body}"])]
        init.append("self.apply(self._init_weights)")
    forward = [
        "return self.out(F.linear(x, self.fc.weight) @ self.fc.weight)"
        if weight == "self.fc.weight"
        else f"return self.out(x @ {weight}.t() @ {weight})"
    ]
    name = module(pen, "Table Scorer Model", init, forward, methods=methods)
    make = f"{name}()"
    if pen.chance(0.5):
        pen.say(f"model = {make}", f"loss = model(torch.randn(2, {w})).mean()", "loss.backward()")
    else:
        trained(pen, Job(make, f"torch.randn(2, {w})"))


def sinusoid(pen: Pen) -> None:
    """A table of positions is written into a new embedding, buffer or tensor."""
    d, n = 4, pen.one(3, 5)
    table = pen.one("self.pos.weight", "self.pos.weight", "pe", "pe", "self.pe", "self.pos.weight.data")
    init = {
        "pe": [f"pe = torch.zeros({n}, {d})"],
        "self.pe": [
            pen.one(
                f"self.pe = nn.Parameter(torch.zeros({n}, {d}))",
                f"self.register_buffer('pe', torch.zeros({n}, {d}))",
                f"self.pe = nn.Parameter(torch.zeros({n}, {d}), requires_grad=False)",
            )
        ],
    }.get(table, [f"self.pos = nn.Embedding({n}, {d})"])
    init = [
        *init,
        f"self.fc = nn.Linear({d}, {d})",
        f"t = torch.arange({n}).unsqueeze(1)",
        f"div = torch.exp(torch.arange(0, {d}, 2) * (-math.log(1e4) / {d}))",
    ]
    init += [f"{table}[:, 0::2] = torch.sin(t * div)", f"{table}[:, 1::2] = torch.cos(t * div)"]
    if table == "pe":
        init.append(
            pen.one("self.register_buffer('pe', pe.unsqueeze(0))", "self.pe = nn.Parameter(pe)", "self.pe = pe")
        )
    elif "weight" in table and pen.chance(0.3):
        init.append("self.pos.weight.requires_grad_(False)" if pen.chance(0.5) else "self.pos.weight.detach_()")
        if pen.chance(0.5):
            init = [*init[:1], init[-1], *init[1:-1]]
    used = "self.pos.weight" if "weight" in table else "self.pe"
    forward = [pen.fill("x = x + {u} | x += {u} | x = x + {u}.detach() | x = x * {u}", u=used), "return self.fc(x)"]
    trained(pen, Job(f"{module(pen, 'PositionalEncoding Encoder', init, forward)}()", f"torch.randn({n}, {d})"))


def in_forward(pen: Pen) -> None:
    """A parameter is written to in ``forward``."""
    w = pen.one(2, 3)
    init = [f"self.scale = nn.Parameter(torch.{pen.one('ones', 'randn')}({w}, {w}))", f"self.fc = nn.Linear({w}, {w})"]
    p = pen.one("self.scale", "self.scale", "self.fc.weight")
    forward = lines(pen, "", "", "h = self.fc(x)", f"p = {p}")
    target = "p" if forward and forward[0].startswith("p =") else p
    write = _write(pen, target)
    if pen.chance(0.3):
        write = pen.fill(
            "{p} = {p}.clone()\n{p}[0] = 0 | s = {p}.clone()\ns[0] = 0 | s = {p} * 2\ns += x.mean() | "
            "s = {p}\ns += 1 | s = {p}[0]\ns *= 2 | s = {p}.detach().clone()\ns.zero_() | "
            "s = F.relu({p}, inplace=True)",
            p="p" if target == "p" else "self.scale",
        )
        if write.startswith("self.scale ="):
            write = write.replace("self.scale", "s", 1).replace("self.scale[", "s[")
    if pen.chance(0.3):
        write = under("if self.training", write)
    forward.append(write)
    forward.append(pen.one(f"return x @ {p}", f"return self.fc(x) @ {p}", "return self.fc(x @ self.scale)"))
    trained(pen, Job(f"{module(pen, 'Scale Affine Gain', init, forward)}()", f"torch.randn(3, {w})"))


def prompt(pen: Pen) -> None:
    """Something is added to a prompt, a token or a mask that is learned."""
    w, n = pen.one(2, 3), 2
    init = [f"self.prompt = nn.Parameter(torch.zeros({n}, {w}))", f"self.fc = nn.Linear({w}, {w})"]
    start = pen.one(
        "p = self.prompt",
        "p = self.prompt",
        "p = self.prompt.clone()",
        "p = self.prompt * 1",
        "p = self.prompt[:1]",
        "p = self.prompt.unsqueeze(0)",
        "p = self.prompt.detach()",
        "p = self.prompt.expand(3, -1, -1)",
        "p = self.prompt.repeat(3, 1, 1)",
        "p = self.fc(self.prompt)",
        "p = self.prompt.unsqueeze(0).expand(3, -1, -1).clone()",
    )
    change = pen.one(
        "p += x.mean(0)",
        "p = p + x.mean(0)",
        "p.add_(x.mean(0))",
        "p *= 2",
        "p[..., 0] = 0",
        "p = p * 2",
        "p += self.fc(x).mean(0)",
        "p[..., 1:] += 1",
    )
    guard = pen.one("", "", "", "if self.training:\n    ", "with torch.no_grad():\n    ")
    forward = [
        start,
        guard + change,
        pen.one("return self.fc(p)", "return p.sum(0) + x", "return (p * 2).mean() + self.fc(x)"),
    ]
    name = module(pen, "PromptTuner VisionTokens", init, forward)
    between, batch = "", f"torch.randn({n}, {w})"
    trained(pen, Job(f"{name}()", batch, between=between))


def by_hand(pen: Pen) -> None:
    """Gradient descent without an optimizer."""
    w = pen.one(2, 3)
    with pen.main():
        pen.say(f"model = {network(pen, w, 1)}", "lr = 0.1")
        with pen.block(f"for step in {pen.times(pen.one(2, 3))}"):
            pen.say(f"loss = model(torch.randn(4, {w})).{pen.one('mean()', 'pow(2).mean()')}")
            pen.say(pen.one("model.zero_grad()", "for p in model.parameters():\n    p.grad = None"), "loss.backward()")
            update = pen.fill(
                "p -= lr * p.grad | p.data -= lr * p.grad | p.sub_(lr * p.grad) | p.add_(p.grad, alpha=-lr) | "
                "p.data.add_(p.grad, alpha=-lr) | "
                "p = p - lr * p.grad | p.copy_(p - lr * p.grad) | p.data = p.data - lr * p.grad | "
                "p.grad.clamp_(-1, 1) | p[0] -= lr * p.grad[0]"
            )
            header = f"for {pen.one('p in model.parameters()', 'name, p in model.named_parameters()')}"
            with (
                pen.perhaps(0.35, "with torch.no_grad()", "with torch.no_grad()", "with torch.enable_grad()"),
                pen.block(header),
                pen.perhaps(0.2, "if p.grad is not None", "if p.requires_grad"),
            ):
                pen.say(update)


def after_step(pen: Pen) -> None:
    """Weights are projected, tied down or looked at once the optimizer has stepped."""
    w = pen.one(2, 3)
    init = [f"self.emb = nn.Embedding(4, {w})", f"self.fc = nn.Linear({w}, {w})"]
    name = module(pen, "Ranker Model Recommender", init, ["return self.fc(self.emb(x))"])
    p = pen.one("{m}.emb.weight", "{m}.fc.weight")
    write = (
        _write(pen, p, 0.6)
        if pen.chance(0.7)
        else pen.fill(
            "{p} /= {p}.norm(dim=1, keepdim=True) | {p}.data /= {p}.data.norm() | {p}.div_({p}.norm()) | "
            "w = {p}.clone()\nw[0] = 0 | {p} = nn.Parameter({p} / 2) | w = {p}.detach().numpy()\nw[0] = 0",
            p=p,
        )
    )
    if pen.chance(0.25):
        write = under(f"if {pen.condition()}", write)
    trained(pen, Job(f"{name}()", "torch.randint(4, (3,))", after=write))


def perturbed(pen: Pen) -> None:
    """An input is learned: adversarial examples, universal perturbations, images made from noise."""
    w = pen.one(2, 3)
    x, start = pen.name("delta", "adv", "image", "noise"), pen.one("torch.zeros", "torch.randn")
    pen.say(f"model = {network(pen, w, 2)}", f"data = torch.randn(2, {w})")
    made = pen.fill(
        "{s}(2, {w}, requires_grad=True) | {s}(2, {w}).requires_grad_() | nn.Parameter({s}(2, {w}))", s=start, w=w
    )
    pen.say(f"{x} = {made}")
    update = pen.fill(
        "{x} += 0.1 * {x}.grad.sign() | {x}.data += 0.1 * {x}.grad.sign() | "
        "{x} = ({x} + 0.1 * {x}.grad.sign()).detach().requires_grad_() | "
        "{x}.data = {x}.data + {x}.grad | with torch.no_grad():\n    {x} += {x}.grad | {x}.add_({x}.grad, alpha=0.1) | "
        "{x}[:, 0] = 0 | {x}.clamp_(-1, 1) | {x}.data.clamp_(-1, 1) | with torch.no_grad():\n    {x}.clamp_(0, 1) | "
        "{x}.grad.zero_() | {x}[{x} > 1] = 1 | "
        "{x} = torch.clamp({x} + 0.1, 0, 1).detach().requires_grad_(True) | {x}[0].mul_(0.5)",
        x=x,
    )
    before = pen.chance(0.15)
    with pen.block(f"for step in {pen.times(2)}"):
        if pen.chance(0.2):
            pen.say(f"{x}.requires_grad_()")
        entropy = "F.cross_entropy(model({x} * 2), torch.tensor([0, 1]))"
        pen.say(
            "loss = "
            + pen.fill(f"model(data + {{x}}).mean() | {entropy} | ({{x}} ** 2).sum() + model({{x}}).sum()", x=x)
        )
        if before:
            pen.say(f"with torch.no_grad():\n    {x}.clamp_(-0.5, 0.5)")
        pen.say("loss.backward()")
        with pen.setting(0.25):
            pen.say(update)


def frozen_rows(pen: Pen) -> None:
    """Some weights are reset after an update, by a helper or by a method of the module."""
    w = pen.one(2, 3)
    write = _write(pen, "p", 0.6)
    above = pen.one("", "", "@torch.no_grad()")
    helper = pen.function(method("{f}(p)", [write, "return p"], above), pen.one("reset_row", "project", "init_"))
    with pen.main():
        pen.say(
            f"model = nn.Sequential(nn.Linear({w}, {w}), nn.Tanh())",
            f"opt = {optimizer(pen, 'model.parameters()', 0.05)}",
        )
        call = pen.one(
            f"{helper}(model[0].weight)", f"{helper}(model[0].weight.data)", f"{helper}(model[0].weight.clone())"
        )
        first = pen.chance(0.4)
        if first:
            pen.say(call)
        pen.say(f"model(torch.randn(2, {w})).mean().backward()", "opt.step()")
        if not first:
            with pen.perhaps(0.4, f"if {pen.condition()}", "for _ in range(2)", "with torch.no_grad()"):
                pen.say(call)
