"""Training with several players: adversaries, actors and critics, targets. Kinds ``twice``, ``saved``, ``silent``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.oracle.modules.writing import klass, lines, method, module, network, under
from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.oracle.pen import Pen


def adversaries(pen: Pen) -> None:
    """A generator and a discriminator: what is detached, which steps first, what is made anew."""
    w = pen.one(2, 3)
    fused = pen.one(0.0, 0.0, 0.9)
    made = [f"G = {network(pen, w, w)}", f"D = {network(pen, w, 1)}"]
    made += [f"opt_g = {optimizer(pen, 'G.parameters()', fused)}", f"opt_d = {optimizer(pen, 'D.parameters()', fused)}"]
    body = _rounds(pen, w)
    renamed = pen.pick(_PLAYERS)
    made, body = [_renamed(each, renamed) for each in made], [_renamed(each, renamed) for each in body]
    way = pen.rng.random()
    if way < 0.25:
        _in_class(pen, renamed, made, body, w)
        return
    with pen.main(0.15):
        pen.say(*made)
        if way < 0.5:
            given = ", ".join(renamed)
            name = pen.function(method(f"{{f}}({given}, real)", body), pen.one("train_step", "update", "train"))
            with pen.block(f"for step in {pen.times(2)}"):
                pen.say(f"{name}({given}, torch.randn(4, {w}))")
        else:
            with pen.block(f"for {pen.one('step', 'epoch', 'i')} in {pen.times(pen.one(2, 3))}"):
                pen.say(f"real = torch.randn(4, {w})", *body)


_PLAYERS = (
    ("G", "D", "opt_g", "opt_d"),
    ("gen", "disc", "gen_opt", "disc_opt"),
    ("netG", "netD", "optimizerG", "optimizerD"),
    ("generator", "critic", "g_optim", "c_optim"),
)


def _renamed(text: str, names: Sequence[str]) -> str:
    """The text with other names for the players."""
    for old, new in zip(_PLAYERS[0], names, strict=True):
        text = re.sub(rf"\b{old}\b", new, text)
    return text


def _rounds(pen: Pen, w: int) -> list[str]:
    """What the discriminator and then the generator do with a real batch."""
    seen = pen.one("fake.detach()", "fake.detach()", "fake.detach()", "fake", "fake.data", "fake.clone()")
    loss_d = pen.one("{d}.mean()", "{d}.mean()", "F.binary_cross_entropy_with_logits({d}, torch.zeros(4, 1))")
    early = pen.chance(0.35)
    loss_g = ["loss_g = " + pen.one("-D(fake).mean()", "F.softplus(-D(fake)).mean()", "((D(fake) - 1) ** 2).mean()")]
    body = [f"fake = G(torch.randn(4, {w}))", *loss_g * early]
    keep = pen.one("", "", "", "retain_graph=True")
    body += [f"loss_d = {loss_d.format(d=f'D({seen})')} - D(real).mean()", "opt_d.zero_grad()"]
    body += [f"loss_d.backward({keep})", "opt_d.step()"]
    body += lines(pen, "", "", "", "for p in D.parameters():\n    p.data.clamp_(-0.1, 0.1)")
    body += lines(pen, "", "", "", f"fake = G(torch.randn(4, {w}))")
    body += loss_g * (not early)
    body += ["opt_g.zero_grad()", "loss_g.backward()", "opt_g.step()"]
    return body + lines(pen, "", "", "", "print(loss_g.item())", "print(loss_d.item(), loss_g.item())")


def _in_class(pen: Pen, names: Sequence[str], made: list[str], body: list[str], w: int) -> None:
    """The players and their rounds in a class."""
    pattern = re.compile(rf"\b({'|'.join(names)})\b")
    init, steps = ([pattern.sub(r"self.\1", each) for each in some] for some in (made, body))
    name = klass(pen, "GAN Trainer", [method("__init__(self)", init), method("train_step(self, real)", steps)])
    with pen.main():
        pen.say(f"gan = {name}()")
        with pen.block(f"for _ in {pen.times(2)}"):
            pen.say(f"gan.train_step(torch.randn(4, {w}))")


def actor_critic(pen: Pen) -> None:
    """A shared trunk with two heads, and one optimizer or two."""
    w = pen.one(2, 3)
    init = [
        f"self.trunk = nn.Sequential(nn.Linear({w}, 4), nn.{pen.one('Tanh', 'ReLU')}())",
        "self.pi = nn.Linear(4, 2)",
        "self.v = nn.Linear(4, 1)",
    ]
    cut = pen.one("h", "h", "h.detach()")
    forward = ["h = self.trunk(x)", f"return self.pi(h).{pen.one('softmax', 'log_softmax')}(-1), self.v({cut})"]
    name = module(pen, "ActorCritic Policy Agent", init, forward)
    fused = pen.one(0.0, 0.0, 0.6)
    pen.say(f"net = {name}()")
    two = pen.chance(0.6)
    if two:
        pen.say(
            f"opt_p = {optimizer(pen, 'net.pi.parameters()', fused)}",
            f"opt_v = {optimizer(pen, 'net.v.parameters()', fused)}",
        )
    else:
        pen.say(f"opt = {optimizer(pen, 'net.parameters()', fused)}")
    advantage = pen.one("(r - value).detach()", "(r - value.detach())", "(r - value)", "(r - value).data")
    body = [
        "probs, value = net(x)",
        f"policy_loss = -(probs[:, :1] * {advantage}).mean()",
        "value_loss = (r - value).pow(2).mean()",
    ]
    keep = pen.one("", "", "retain_graph=True")
    if not two:
        body += pen.pick(
            (
                ["loss = policy_loss + 0.5 * value_loss", "opt.zero_grad()", "loss.backward()", "opt.step()"],
                ["opt.zero_grad()", f"policy_loss.backward({keep})", "value_loss.backward()", "opt.step()"],
                ["opt.zero_grad()", "torch.autograd.backward([policy_loss, value_loss])", "opt.step()"],
                ["opt.zero_grad()", f"value_loss.backward({keep})", "opt.step()", "policy_loss.backward()"],
            )
        )
    else:
        first = ["opt_p.zero_grad()", f"policy_loss.backward({keep})", "opt_p.step()"]
        second = ["opt_v.zero_grad()", "value_loss.backward()", "opt_v.step()"]
        body += pen.pick(
            (
                first + second,
                first[:2] + second[:2] + [first[2], second[2]],
                [second[0], f"value_loss.backward({keep})", second[2], "policy_loss.backward()", "opt_p.step()"],
            )
        )
    header = f"x, r = torch.randn(4, {w}), torch.randn(4, 1)"
    with pen.main(0.1), pen.block(f"for episode in {pen.times(2)}"):
        pen.say(header, *body)


def separate_critic(pen: Pen) -> None:
    """An actor that is judged by a critic with its own optimizer, in an agent."""
    w = pen.one(2, 3)
    fused = pen.one(0.0, 0.0, 0.9)
    init = [
        "self.actor, self.critic = actor, critic",
        f"self.opt_a = {optimizer(pen, 'actor.parameters()', fused)}",
        f"self.opt_c = {optimizer(pen, 'critic.parameters()', fused)}",
    ]
    early = pen.chance(0.45)
    actor_loss = f"loss_a = -self.critic({pen.one('self.actor(x)', 'self.actor(x)', 'x + self.actor(x)')}).mean()"
    critic_loss = pen.one(
        "loss_c = (self.critic(x) - 1).pow(2).mean()",
        "loss_c = self.critic(self.actor(x).detach()).pow(2).mean()",
        "with torch.no_grad():\n    target = self.critic(x) + 1\nloss_c = F.mse_loss(self.critic(x), target)",
    )
    critic = [critic_loss, "self.opt_c.zero_grad()", "loss_c.backward()", "self.opt_c.step()"]
    body = [
        *([actor_loss] if early else []),
        *critic,
        *([] if early else [actor_loss]),
        "self.opt_a.zero_grad()",
        "loss_a.backward()",
        "self.opt_a.step()",
    ]
    if pen.chance(0.2):
        body.insert(-3, pen.one("loss_a = loss_a.detach()", "loss_c.backward()", "loss_a = loss_a + loss_c.detach()"))
    name = klass(
        pen, "Agent DDPG Learner", [method("__init__(self, actor, critic)", init), method("update(self, x)", body)]
    )
    with pen.main(0.2):
        pen.say(f"agent = {name}({network(pen, w, w)}, {network(pen, w, 1)})")
        with pen.block(f"for _ in {pen.times(2)}"):
            pen.say(f"agent.update(torch.randn(4, {w}))")


def targets(pen: Pen) -> None:
    """A target network follows the one that is trained, before or after the backward."""
    w = pen.one(2, 3)
    pen.say(
        f"online = {network(pen, w, 2)}",
        pen.one("target = copy.deepcopy(online)", "target = copy.deepcopy(online).requires_grad_(False)"),
    )
    pen.say(f"opt = {optimizer(pen, 'online.parameters()', 0.15)}")
    pairs = "for p, t in zip(online.parameters(), target.parameters()):\n    "
    sync = pen.fill(
        (
            "target.load_state_dict(online.state_dict()) | {z}t.data.mul_(0.9).add_(p.data, alpha=0.1) | "
            "{z}t.data.copy_(p.data) | "
            "{z}with torch.no_grad():\n        t.copy_(0.9 * t + 0.1 * p) | "
            "{z}t.data = 0.9 * t.data + 0.1 * p.data | {z}p.data.copy_(t.data) | "
            "online.load_state_dict(target.state_dict()) | {z}t.mul_(0.9).add_(p * 0.1) | "
            "{z}p.data.lerp_(t.data, 0.1) | {z}t.data.mul_(0.9)"
        ),
        z=pairs,
    )
    goal = pen.one(
        "with torch.no_grad():\n    goal = target(y).max(1).values",
        "goal = target(y).max(1).values.detach()",
        "goal = target(y).max(1)[0]",
        "goal = target(y).mean(1)",
    )
    body = [goal, f"q = online(x){pen.one('[:, 0]', '.gather(1, a)[:, 0]', '.max(1)[0]')}"]
    body.append(f"loss = F.{pen.one('mse_loss', 'smooth_l1_loss')}(q, goal)")
    steps = ["opt.zero_grad()", "loss.backward()", "opt.step()"]
    at = pen.one(3, 3, 1, 0, 2)
    steps.insert(at, under(f"if step % {pen.one(1, 2)} == 0", sync) if pen.chance(0.3) else sync)
    with pen.block(f"for step in {pen.times(2)}"):
        pen.say(f"x, y, a = torch.randn(3, {w}), torch.randn(3, {w}), torch.tensor([[0], [1], [0]])", *body, *steps)


def averaged_weights(pen: Pen) -> None:
    """A class keeps an average of the weights, and swaps it in for evaluation."""
    w = pen.one(2, 3)
    update = pen.fill(
        "self.shadow[n].mul_(0.9).add_(p.data, alpha=0.1) | self.shadow[n] = 0.9 * self.shadow[n] + 0.1 * p.data | "
        "self.shadow[n] = 0.9 * self.shadow[n] + 0.1 * p | self.shadow[n].lerp_(p.detach(), 0.1) | "
        "self.shadow[n] = self.shadow[n] * 0.9"
    )
    keep = pen.one("p.data.clone()", "p.detach().clone()", "p.data", "p.clone()", "p.detach()")
    swap = pen.one(
        "p.data.copy_(self.shadow[n])",
        "p.data = self.shadow[n]",
        "with torch.no_grad():\n        p.copy_(self.shadow[n])",
        "p.copy_(self.shadow[n])",
    )
    loop = "for n, p in self.model.named_parameters():\n    "
    name = klass(
        pen,
        "EMA Averager",
        [
            method(
                "__init__(self, model)",
                ["self.model = model", f"self.shadow = {{n: {keep} for n, p in model.named_parameters()}}"],
            ),
            method("update(self)", [loop + update], pen.one("", "", "@torch.no_grad()")),
            method("apply(self)", [loop + swap]),
        ],
    )
    pen.say(
        f"model = {network(pen, w, 1)}", f"ema = {name}(model)", f"opt = {optimizer(pen, 'model.parameters()', 0.15)}"
    )
    steps = ["opt.zero_grad()", "loss.backward()", "opt.step()"]
    steps.insert(pen.one(1, 3, 3), pen.one("ema.update()", "ema.update()", "ema.apply()"))
    with pen.block(f"for step in {pen.times(2)}"):
        pen.say(f"loss = model(torch.randn(3, {w})).pow(2).mean()", *steps)
    if pen.chance(0.5):
        pen.say("ema.apply()")


def penalised(pen: Pen) -> None:
    """A penalty on the critic's gradient with respect to its input."""
    w = pen.one(2, 3)
    made = pen.one(
        f"torch.randn(4, {w}, requires_grad=True)",
        f"torch.randn(4, {w}).requires_grad_()",
        "x.detach().clone().requires_grad_()",
        f"torch.randn(4, {w})",
        "x.detach().requires_grad_(True)",
        "x * 0.5 + 1",
        "(x * 0.5).detach()",
    )
    keep = pen.one(
        "create_graph=True", "create_graph=True", "create_graph=True, retain_graph=True", "retain_graph=True", ""
    )
    body = [
        f"inter = {made}",
        "out = critic(inter)",
        f"grad{pen.one(',', '')} = torch.autograd.grad(out.sum(), inter{', ' * bool(keep)}{keep})",
    ]
    body[2] += "" if "grad," in body[2] else "[0]"
    body.append(
        pen.one(
            "return ((grad.norm(dim=1) - 1) ** 2).mean()",
            "return grad.pow(2).sum()",
            "grad *= 2\nreturn grad.norm()",
            "grad = grad.view(len(grad), -1)\nreturn (grad.norm(2, dim=1) - 1).pow(2).mean()",
        )
    )
    helper = pen.function(method("{f}(critic, x)", body), pen.one("gradient_penalty", "penalty", "compute_gp"))
    critic = pen.fill(
        (
            "nn.Sequential(nn.Linear({w}, 4), nn.Tanh(), nn.Linear(4, 1)) | nn.Linear({w}, 1) | "
            "nn.Sequential(nn.Linear({w}, 4), nn.ReLU(), nn.Linear(4, 1))"
        ),
        w=w,
    )
    pen.say(f"critic = {critic}", f"opt = {optimizer(pen, 'critic.parameters()', 0.1)}")
    with pen.block(f"for step in {pen.times(2)}"):
        pen.say(f"x = torch.randn(4, {w})", f"gp = {helper}(critic, x)")
        loss = pen.one("loss = critic(x).mean() + 10 * gp", "loss = gp", "loss = critic(x).mean() + gp.detach()")
        pen.say(loss, "opt.zero_grad()")
        pen.say(
            *pen.pick(
                (
                    ["loss.backward()"],
                    ["loss.backward()"],
                    ["gp.backward()", "loss.backward()"],
                    ["gp.backward(retain_graph=True)", "loss.backward()"],
                )
            )
        )
        pen.say("opt.step()")


def adapted(pen: Pen) -> None:
    """Weights are adapted to a task by a gradient step, and the adapted ones are judged on another batch."""
    w = pen.one(2, 3)
    pen.say(f"w = nn.Parameter(torch.randn({w}, 1))", "b = nn.Parameter(torch.zeros(1))")
    forward = pen.one("(x @ w + b).tanh()", "x @ w + b", "torch.sigmoid(x @ w) + b")
    model = pen.function(f"def {{f}}(x, w, b):\n    return {forward}", pen.one("predict", "forward", "apply"))
    pen.say(f"opt = {optimizer(pen, '[w, b]', 0.1)}")
    keep = pen.one(", create_graph=True", ", create_graph=True", "", ", retain_graph=True")
    step = pen.fill(
        "fast = [p - 0.1 * g for p, g in zip((w, b), grads)] | "
        "fast = [p.detach() - 0.1 * g for p, g in zip((w, b), grads)] | "
        "with torch.no_grad():\n    for p, g in zip((w, b), grads):\n        p -= 0.1 * g\nfast = [w, b] | "
        "for p, g in zip((w, b), grads):\n    p.data -= 0.1 * g\nfast = [w, b] | "
        "for p, g in zip((w, b), grads):\n    p -= 0.1 * g\nfast = [w, b] | "
        "fast = [p - 0.1 * g.detach() for p, g in zip((w, b), grads)] | "
        "fast = [(p - 0.1 * g).detach().requires_grad_() for p, g in zip((w, b), grads)]"
    )
    outer = f"outer = {model}(torch.randn(4, {w}), *fast).pow(2).mean()"
    with pen.main(0.15), pen.block(f"for task in {pen.times(2)}"):
        pen.say(f"inner = {model}(torch.randn(4, {w}), w, b).pow(2).mean()")
        pen.say(f"grads = torch.autograd.grad(inner, (w, b){keep})", step, outer)
        pen.say(
            "opt.zero_grad()",
            pen.one("outer.backward()", "outer.backward()", "(outer + inner).backward()"),
            "opt.step()",
        )
