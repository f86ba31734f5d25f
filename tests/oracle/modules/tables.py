"""Tables, windows and schedules: in-place work without any gradient, which looks like work with one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, lines, method, module, network, trained
from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def schedule(pen: Pen) -> None:
    """A noise schedule is rescaled in place, and a denoiser is trained with it."""
    w, n = pen.one(2, 3), 4
    start = pen.one(
        f"torch.linspace(0.1, 0.2, {n})",
        f"nn.Parameter(torch.linspace(0.1, 0.2, {n}))",
        f"torch.linspace(0.1, 0.2, {n})",
    )
    init = [f"self.net = {network(pen, w, w)}", f"betas = {start}", "bars = (1 - betas).cumprod(0).sqrt()"]
    init += lines(
        pen,
        "bars -= bars[-1].clone()",
        "bars = bars - bars[-1]",
        "bars *= bars[0].clone()",
        "bars /= bars[0].clone()",
        "bars[0] = 1",
    )
    init.append(
        pen.one(
            "self.bars = bars",
            "self.register_buffer('bars', bars)",
            "self.bars = bars.detach()",
            "self.bars = bars.clone()",
        )
    )
    forward = [
        f"a = self.bars[{pen.one('1', '2', '[0, 1, 2]')}]".replace(
            "[[0, 1, 2]]", "[torch.tensor([0, 1, 2])].view(-1, 1)"
        )
    ]
    forward += lines(
        pen,
        "noise = torch.randn_like(x)\nx = a * x + noise",
        "x = x * a\nx += torch.randn_like(x)",
        "x *= a",
        "x = x.clone().mul_(a)",
    )
    forward.append("return self.net(x)")
    trained(pen, Job(f"{module(pen, 'Diffusion Denoiser Scheduler', init, forward)}()", f"torch.randn(3, {w})"))


def window(pen: Pen) -> None:
    """A kernel or a mask is built in a helper, normalised in place, and applied."""
    n = pen.one(3, 5)
    body = pen.fill(
        (
            "g = torch.exp(-torch.arange({n}) ** 2 / s)\ng /= g.sum()\nreturn g | "
            "g = torch.ones({n})\ng[0] = 0\nreturn g * s | "
            "g = torch.zeros({n})\nfor i in range({n}):\n    g[i] = i * s\nreturn g | "
            "g = torch.softmax(torch.arange({n}) / s, 0)\ng /= g.max()\nreturn g | "
            "g = torch.arange({n}) * s\ng = g.exp()\ng = g / g.sum()\nreturn g"
        ),
        n=n,
    )
    helper = pen.function(method("{f}(s=1.5)", [body]), pen.one("gaussian", "make_window", "kernel"))
    sigma = pen.one("1.5", "2.0", "self.sigma", "self.sigma", "self.sigma.detach()", "self.sigma.item()")
    init = [f"self.fc = nn.Linear({n}, 1)"] + ["self.sigma = nn.Parameter(torch.tensor(1.5))"] * ("self" in sigma)
    forward = []
    if "self" in sigma or pen.chance(0.5):
        forward.append(f"k = {helper}({sigma})")
    else:
        init.append(f"self.register_buffer('k', {helper}())")
        forward.append("k = self.k")
    forward += lines(pen, "", "k *= 2", "k = k * 2", "k.clamp_(0, 1)")
    forward.append(pen.one("return self.fc(x * k)", "return self.fc(x) * k.sum()", "return (x * k).sum() + self.fc(x)"))
    trained(pen, Job(f"{module(pen, 'SSIM Blur Smooth', init, forward)}()", f"torch.randn(2, {n})"))


def statistics(pen: Pen) -> None:
    """Statistics of the data are gathered in place; they are constants, or else they are not."""
    w = pen.one(2, 3)
    source = pen.one("x", "x", "model(x).detach()", "model(x)", "model(x).data")
    gather = pen.fill(
        (
            "mean += {s}.mean(0) | mean = mean + {s}.mean(0) | total[i] = {s}.mean() | "
            "mean.mul_(0.9).add_({s}.mean(0)) | with torch.no_grad():\n    mean += {s}.mean(0)"
        ),
        s=source,
    )
    pen.say(f"model = nn.Linear({w}, {w})", f"opt = {optimizer(pen, 'model.parameters()', 0.1)}")
    pen.say(f"mean, total = torch.zeros({w}), torch.zeros(2)", f"std = torch.rand({w})", "std[std < 0.5] = 1")
    with pen.block("for i in range(2)"):
        pen.say(f"x = torch.randn(4, {w})", gather)
        use = pen.one(
            "(model(x) / std).mean()",
            "((model(x) - mean) / std).pow(2).mean()",
            "model((x - mean) / std).mean()",
            "(model(x) * mean).sum() + total.sum()",
        )
        pen.say(f"loss = {use}", "opt.zero_grad()", "loss.backward()", "opt.step()")


def inference_only(pen: Pen) -> None:
    """Generation and prediction, in place wherever it is convenient, beside training that is right."""
    w = pen.one(2, 3)
    init = [f"self.fc = nn.Linear({w}, {w})"]
    body = pen.pick(
        (
            ["h = self.fc(x).softmax(-1)", "h /= h.sum(-1, keepdim=True)", "return h"],
            [
                "out = torch.zeros_like(x)",
                "for i in range(len(x)):\n    out[i] = self.fc(out[i - 1]).relu_()",
                "return out",
            ],
            ["h = self.fc(x).exp()", "h[h > 1] = 1", "return h.argmax(-1)"],
            ["x += self.fc(x)", "return x"],
            ["self.fc.weight.mul_(0.99)", "return self.fc(x)"],
        )
    )
    above = pen.one("@torch.no_grad()", "@torch.no_grad()", "@torch.inference_mode()", "")
    name = module(
        pen, "Generator Predictor Model", init, ["return self.fc(x)"], methods=[method("predict(self, x)", body, above)]
    )
    call = pen.one(
        "y = {m}.predict({x})",
        "{m}.predict({x}.clone())",
        "with torch.no_grad():\n    {m}.predict({x})",
        "print({m}.predict({x}).shape)",
    )
    job = (
        Job(f"{name}()", f"torch.randn(3, {w})", after=call)
        if pen.chance(0.5)
        else Job(f"{name}()", f"torch.randn(3, {w})", between=call)
    )
    trained(pen, job)


def ordinary(pen: Pen) -> None:
    """A model that is trained as it should be."""
    w = pen.one(2, 3, 4)
    act = pen.one(
        "F.relu(h)",
        "self.act(h)",
        "F.gelu(h)",
        "torch.tanh(h)",
        "F.dropout(h, 0.1, self.training)",
        "h.sigmoid()",
        "F.relu(h, inplace=True)",
    )
    init = [
        f"self.fc1 = nn.Linear({w}, 4)",
        "self.fc2 = nn.Linear(4, 2)",
        f"self.act = nn.{pen.one('ReLU', 'ELU', 'SiLU')}({pen.one('', 'inplace=True')})",
    ]
    if pen.chance(0.4):
        init.append(
            pen.fill(
                "nn.init.xavier_uniform_(self.fc1.weight) | self.fc1.weight.data.normal_(0, 0.02) | "
                "with torch.no_grad():\n    self.fc2.bias.zero_() | self.steps = 0"
            )
        )
    forward = [
        "h = self.fc1(x)",
        f"h = {act}",
        *lines(pen, "", "h = self.act(self.fc1(x))", "h = h + 1", "h = h * 2"),
        "return self.fc2(h)",
    ]
    loss = (
        "F.cross_entropy({o}, torch.zeros(4, dtype=torch.long)) | F.mse_loss({o}, torch.zeros(4, 2)) | "
        "{o}.logsumexp(-1).mean()"
    )
    after = pen.one(
        "",
        "",
        "print({l}.item())",
        "history = [{l}.detach()]",
        "{m}.eval()",
        "best = copy.deepcopy({m}.state_dict())",
        "{m}.load_state_dict({m}.state_dict())",
        "for p in {m}.parameters():\n    p.data.mul_(0.99)",
        "with torch.no_grad():\n    for p in {m}.parameters():\n        p.clamp_(-1, 1)",
    )
    trained(
        pen, Job(f"{module(pen, 'Net MLP Model', init, forward)}()", f"torch.randn(4, {w})", loss=loss, after=after)
    )
