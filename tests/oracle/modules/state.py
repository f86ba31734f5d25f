"""Modules that remember: buffers, caches, running means and queues, changed in place or bound anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, lines, module, trained, under

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def buffer_updated(pen: Pen) -> None:
    """A buffer is used and updated in every forward; some training calls the model twice."""
    w = pen.one(2, 3)
    made = pen.fill(
        "self.register_buffer('mean', torch.{f}({w})) | self.mean = torch.{f}({w})", f=pen.one("zeros", "ones"), w=w
    )
    init = [f"self.fc = nn.Linear({w}, {w})", made]
    update = pen.fill(
        "self.mean.mul_(0.9).add_(h.detach().mean(0), alpha=0.1) | self.mean.copy_(h.detach().mean(0)) | "
        "self.mean = 0.9 * self.mean + 0.1 * h.detach().mean(0) | self.mean += 0.1 * h.mean(0).detach() | "
        "with torch.no_grad():\n    self.mean.lerp_(h.mean(0), 0.1) | "
        "with torch.no_grad():\n    self.mean += h.mean(0) | "
        "self.mean.data.mul_(0.9).add_(h.data.mean(0)) | self.mean.data.copy_(h.detach().mean(0)) | "
        "self.mean = self.mean * 0.9 + h.mean(0) | self.mean = self.mean.lerp(h.detach().mean(0), 0.5) | "
        "self.mean.data = self.mean.data * 0.9 + 1"
    )
    if pen.chance(0.3):
        update = under("if self.training", update)
    use = pen.fill(
        "h = h - self.mean | h = h * (self.mean + 1) | h = h * self.mean | h = (h - self.mean) ** 2 | "
        "h = h * self.mean.clone() | h = h / (self.mean + 2)"
    )
    forward = ["h = self.fc(x)", *([update, use] if pen.chance(0.5) else [use, update]), "return h"]
    _called_again(pen, f"{module(pen, 'Norm Tracker Center', init, forward)}()", w)


def _called_again(pen: Pen, make: str, w: int) -> None:
    """Train a model that is called once or twice before its backward."""
    call = pen.one(
        "{m}({x})", "{m}({x})", "{m}({x}) + {m}({x} * 2)", "{m}({m}({x}))", "torch.cat([{m}({x}), {m}({x} + 1)])"
    )
    between = pen.one("", "", "", "{m}({x})", "with torch.no_grad():\n    {m}({x})", "{m}.eval()")
    trained(pen, Job(make, f"torch.randn(4, {w})", call=call, between=between))


def running_graph(pen: Pen) -> None:
    """A running value keeps the graph of the last step, or is detached from it."""
    w = pen.one(2, 3)
    state = pen.one("self.state", "self.h", "self.memory", "self.ema")
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.mix = nn.Linear({w}, {w})", f"{state} = torch.zeros({w})"]
    cut = pen.fill(
        " |  | h = {s}.detach() | {s}.detach_() | {s} = {s}.detach() | {s} = {s}.data | {s}.detach() | "
        "{s} = {s}.clone()",
        s=state,
    )
    step = pen.fill(
        "{s} = torch.tanh(self.fc(x) + self.mix({h})) | {s} = 0.9 * {h} + 0.1 * self.fc(x).mean(0) | "
        "{s} = {h} + self.fc(x).mean(0) | "
        "{s} = self.mix({h}) + x | {s} = torch.sigmoid(self.fc(x)) * {h} | {s} = self.fc(x)",
        s=state,
        h="h" if cut.startswith("h =") else state,
    )
    after = pen.chance(0.4) and not cut.startswith("h =")
    forward = [*([cut] * bool(cut) * (not after)), step, f"out = {state}", *([cut] * bool(cut) * after), "return out"]
    name = module(pen, "Recurrent Agent Cell", init, forward, methods=_reset(pen, state, w))
    between = "" if pen.chance(0.8) else "{m}.reset()"
    trained(
        pen, Job(f"{name}()", f"torch.randn(2, {w})", between=between, after=pen.one("", "", "", "", "{m}.reset()"))
    )


def _reset(pen: Pen, state: str, w: int) -> list[str]:
    """A method that starts anew."""
    return [f"def reset(self):\n    {state} = torch.zeros({w})"]


def cached(pen: Pen) -> None:
    """Something computed from parameters is kept on ``self`` for the next call."""
    w = pen.one(2, 3)
    init = [f"self.weight = nn.Parameter(torch.randn({w}, {w}))", "self.cache = None"]
    value = pen.fill(
        "self.weight @ self.weight.t() | torch.tanh(self.weight) | self.weight * 2 | self.weight + 1 | "
        "self.weight.detach().exp() | self.weight.softmax(-1)"
    )
    forward = [
        pen.fill(
            "if self.cache is None:\n    self.cache = {v} | "
            "if self.cache is None:\n    with torch.no_grad():\n        self.cache = {v} | "
            "self.cache = {v} | if self.cache is None or self.training:\n    self.cache = {v} | "
            "if self.cache is None:\n    self.cache = ({v}).detach() | "
            "if not self.training or self.cache is None:\n    self.cache = {v}",
            v=value,
        )
    ]
    forward += [
        pen.one(
            "return x @ self.cache",
            "return F.linear(x, self.cache)",
            "return x @ self.weight + self.cache.sum()",
            "return x @ (self.cache + self.weight)",
        )
    ]
    name = module(pen, "Kernel Cached Mixer", init, forward)
    after = pen.one("", "", "", "{m}.cache = None", "{m}.eval()")
    trained(pen, Job(f"{name}()", f"torch.randn(3, {w})", after=after))


def queue(pen: Pen) -> None:
    """Keys of former batches are compared with, and the new ones written over them."""
    w, n = pen.one(2, 3), 4
    init = [f"self.enc = nn.Linear({w}, {w})", f"self.register_buffer('queue', torch.randn({n}, {w}))", "self.ptr = 0"]
    keys = pen.one("k.detach()", "k.detach()", "k.data", "k")
    write = pen.fill(
        "self.queue[self.ptr] = {k}[0] | self.queue[:2] = {k}[:2] | self.queue.data[0] = {k}[0] | "
        "self.queue = torch.cat([{k}, self.queue])[:4] | self.queue[0].copy_({k}[0]) | "
        "self.queue = self.queue.roll(1, 0)",
        k=keys,
    )
    enqueue = f"def enqueue(self, k):\n    {write}\n    self.ptr = (self.ptr + 1) % 4"
    if pen.chance(0.5):
        enqueue = f"@torch.no_grad()\n{enqueue}"
    logits = pen.one(
        "q @ self.queue.t()",
        "q @ self.queue.clone().detach().t()",
        "q @ self.queue.T",
        "torch.mm(q, self.queue.detach().t())",
        "torch.cdist(q, self.queue.clone())",
    )
    body = ["q = self.enc(x)", pen.one("k = self.enc(x)", "with torch.no_grad():\n    k = self.enc(x)")]
    rest = [f"logits = {logits}", "self.enqueue(k)"]
    name = module(
        pen,
        "MoCo Contrast",
        init,
        [*body, *(rest if pen.chance(0.7) else rest[::-1]), "return logits"],
        methods=[enqueue],
    )
    trained(pen, Job(f"{name}()", f"torch.randn(2, {w})"))


def codebook(pen: Pen) -> None:
    """Vectors are quantised; the codebook is moved towards them while the loss still needs it."""
    w, n = 2, pen.one(3, 4)
    init = [f"self.enc = nn.Linear({w}, {w})"]
    init.append(
        pen.one(
            f"self.register_buffer('codes', torch.randn({n}, {w}))",
            f"self.codes = nn.Parameter(torch.randn({n}, {w}))",
            f"self.emb = nn.Embedding({n}, {w})",
        )
    )
    codes = "self.emb.weight" if "emb" in init[1] else "self.codes"
    forward = ["z = self.enc(x)", f"index = torch.cdist(z.detach(), {codes}.detach()).argmin(1)", f"q = {codes}[index]"]
    forward.append(
        pen.fill(
            "commit = F.mse_loss(z, q) | commit = (z - q.detach()).pow(2).mean() | "
            "commit = (z * q).mean() | commit = F.mse_loss(z, {c}[index].detach()) | "
            "commit = ({c} * z[0]).mean()",
            c=codes,
        )
    )
    forward.append(
        pen.fill(
            "{c}.data[index] = z.data | {c}.data.mul_(0.9) | with torch.no_grad():\n    {c}.mul_(0.9) | "
            "{c}.data.copy_({c}.data * 2) | "
            "with torch.no_grad():\n    {c}[index] = z | with torch.no_grad():\n    {c}[index] += z * 0.1 | "
            "{c}.data.add_(1) | pass | {c}.data = {c}.data * 0.9",
            c=codes,
        )
    )
    if pen.chance(0.3):
        forward[-1] = under("if self.training", forward[-1])
    forward.append(pen.one("return commit", "q = z + (q - z).detach()\nreturn q.mean() + commit"))
    trained(
        pen,
        Job(f"{module(pen, 'VQ Quantizer Codebook', init, forward)}()", f"torch.randn(3, {w})", loss="{o} | {o} * 2"),
    )


def weights_constrained(pen: Pen) -> None:
    """Weights are normalised, clamped or masked in the forward that uses them; a second call hits the first."""
    w = pen.one(2, 3)
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.register_buffer('mask', torch.rand({w}, {w}).round())"]
    weight = pen.one("self.fc.weight", "self.fc.weight", "self.fc.bias")
    change = pen.fill(
        "{p}.data.clamp_(-0.1, 0.1) | {p}.data *= 0.5 | {p}.data /= {p}.data.norm() | "
        "with torch.no_grad():\n    {p}.mul_(0.9) | "
        "with torch.no_grad():\n    {p}.div_({p}.norm()) | {p}.data = {p}.data * 0.9 | {p}.mul_(0.9) | "
        "{p}.data.mul_(0.8) | {p}.clamp_(-1, 1)",
        p=weight,
    )
    if weight.endswith("weight") and pen.chance(0.3):
        change = pen.one("self.fc.weight.data *= self.mask", "weight = self.fc.weight * self.mask")
    use = "h = F.linear(x, weight)" if change.startswith("weight") else "h = self.fc(x)"
    forward = [
        *([change, use] if pen.chance(0.6) or change.startswith("weight") else [use, change]),
        pen.one("return h", "return h.tanh()"),
    ]
    _called_again(pen, f"{module(pen, 'Masked WeightNorm Lipschitz', init, forward)}()", w)


def shared_table(pen: Pen) -> None:
    """An embedding with ``max_norm``, and an output layer that shares its weight."""
    w, n = pen.one(2, 3), pen.one(4, 5)
    init = [
        f"self.emb = nn.Embedding({n}, {w}{pen.one(', max_norm=1.0', ', max_norm=0.5', '')})",
        f"self.out = nn.Linear({w}, {n}, bias=False)",
    ]
    init += lines(pen, "self.out.weight = self.emb.weight", "self.out.weight = self.emb.weight", "")
    weight = pen.fill("self.emb.weight | self.emb.weight | self.emb.weight.clone() | self.out.weight")
    forward = pen.pick(
        (
            [f"scale = {weight}.pow(2).mean()", "h = self.emb(x)", "return self.out(h) * scale"],
            ["h = self.emb(x)", "return self.out(h)"],
            ["h = self.emb(x)", "y = self.out(h)", "h2 = self.emb(x)", "return y + h2.sum()"],
            ["h = self.emb(x[:, :1])", f"y = h @ {weight}.t()", "z = self.emb(x)", "return y + z.mean()"],
            [f"h = self.emb(x) @ {weight}.t()", "return h.softmax(-1)"],
        )
    )
    between = pen.one("", "", "", "", "{m}.emb({x})", "print({m}.emb.weight.norm().item())")
    name = module(pen, "LanguageModel Tagger", init, forward)
    trained(pen, Job(f"{name}()", f"torch.randint({n}, (2, 3))", between=between))
