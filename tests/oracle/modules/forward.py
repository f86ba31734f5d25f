"""Modules whose ``forward`` works in place on what a layer gave, or on what it was given: kind ``saved``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.modules.writing import ACTIVATIONS, Job, lines, module, trained, under

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def residual(pen: Pen) -> None:
    """A block with a shortcut, alone, in a row, or in a ModuleList."""
    image, w = pen.chance(0.4), pen.one(2, 3, 4)
    layer = f"nn.Conv2d({w}, {w}, 3, padding=1)" if image else f"nn.Linear({w}, {w})"
    norm = f"nn.BatchNorm2d({w})" if image else pen.one(f"nn.BatchNorm1d({w})", f"nn.LayerNorm({w})")
    init = [f"self.conv1 = {layer}", f"self.conv2 = {layer}", f"self.act = {pen.fill(ACTIVATIONS)}"]
    normed = pen.chance(0.6)
    if normed:
        init.append(f"self.norm = {norm}")
    forward = lines(pen, "", "", "x = self.act(x)", "x = F.relu(x, inplace=True)", "x = torch.relu(x)")
    forward += lines(pen, "identity = x", "identity = x", "identity = x.clone()", "identity = self.conv2(x)")
    forward += [pen.one("out = self.act(self.conv1(x))", "out = self.conv1(x)\nout = self.act(out)")]
    forward += lines(pen, "out = self.conv2(out)", "out = self.conv2(out)", "")
    if normed:
        forward.append("out = self.norm(out)")
    forward += lines(pen, "", "", "", "out = self.act(out)", "out = F.relu(out)", "out = torch.sigmoid(out)")
    forward.append(
        pen.fill(
            "out += identity | out += identity | out.add_(identity) | out = out + identity | identity += out | "
            "out *= 0.5\nout += identity | out = identity.add_(out) | out.add_(identity, alpha=0.1)"
        )
    )
    forward.append(
        pen.fill("return self.act(out) | return F.relu(out, inplace=True) | return out | return torch.relu_(out)")
    )
    block = module(pen, "Block ResBlock BasicBlock", init, forward)
    trained(pen, Job(_stack(pen, block, w), f"torch.randn(2, {w}, 4, 4)" if image else f"torch.randn(4, {w})"))


def _stack(pen: Pen, block: str, w: int) -> str:
    """Blocks one after the other."""
    way = pen.rng.randrange(4)
    if way == 0:
        return f"{block}()"
    if way == 1:
        return pen.fill("nn.Sequential({b}(), {b}()) | nn.Sequential(*[{b}() for _ in range(2)])", b=block)
    init = [f"self.blocks = nn.ModuleList([{block}() for _ in range({pen.one(1, 2)})])"]
    forward = ["for block in self.blocks:\n    x = block(x)", "return x"]
    if way == 3:
        init = [f"self.first = {block}()", "self.second = " + pen.one("self.first", f"{block}()")]
        forward = ["return self.second(self.first(x))"]
    return f"{module(pen, 'Net ResNet Stack', init, forward)}()"


def gate(pen: Pen) -> None:
    """One branch is multiplied by the other, in place or not."""
    w = pen.one(2, 3, 4)
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.gate = nn.Linear({w}, {w})"]
    squash = pen.fill(
        "torch.sigmoid({g}) | {g}.sigmoid() | F.softmax({g}, dim=-1) | {g} | torch.tanh({g})", g="self.gate(x)"
    )
    forward = [
        f"g = {squash}",
        pen.fill("h = self.fc(x) | h = F.relu(self.fc(x)) | h = x | h = x * 2 | h = self.fc(x).tanh()"),
    ]
    forward.append(
        pen.fill(
            "h *= g | h = h * g | g *= h | h.mul_(g) | h += g | h -= g\nh *= 2 | g += 1\nh = h * g | "
            "h = h * g\ng += 1 | "
            "h = h * g\nh += 1 | g /= g.sum(-1, keepdim=True)\nh = h * g | "
            "g = g / g.sum(-1, keepdim=True)\nh = h * g | "
            "h = torch.lerp(x, h, g)\nx += h | x *= g\nh = h + x"
        )
    )
    forward.append(pen.one("return h", "return h + x", "return self.fc(h)"))
    name = module(pen, "Gate SEBlock Highway", init, forward)
    trained(pen, Job(_stack(pen, name, w), f"torch.randn(3, {w})"))


def attention(pen: Pen) -> None:
    """Scores are masked, divided or dropped in place, before or after the softmax."""
    w = pen.one(2, 3, 4)
    init = [f"self.{each} = nn.Linear({w}, {w})" for each in "qkv"]
    forward = ["q, k, v = self.q(x), self.k(x), self.v(x)"]
    forward += lines(pen, "", "", f"q *= {w} ** -0.5", "q = q / 2", "q.mul_(0.5)", "k += 1")
    forward.append(pen.one("scores = q @ k.transpose(-2, -1)", "scores = torch.matmul(q, k.transpose(1, 2))"))
    forward += lines(
        pen,
        "",
        "scores /= 2",
        "scores.masked_fill_(scores > 1, -9.0)",
        "q *= 2",
        "scores = scores / 2",
        "scores[:, 0] = 0",
    )
    forward.append(
        pen.one("att = scores.softmax(-1)", "att = F.softmax(scores, dim=-1)", "att = torch.softmax(scores, -1)")
    )
    forward += lines(
        pen,
        "",
        "",
        "att[:, :, 0] = 0",
        "att /= att.sum(-1, keepdim=True)",
        "att = att / att.sum(-1, keepdim=True)",
        "scores += 1",
        "att = att.masked_fill(att < 0.1, 0.0)",
        "att.masked_fill_(att < 0.1, 0.0)",
        "F.dropout(att, 0.1, self.training, inplace=True)",
        "att = F.dropout(att, 0.1, self.training)",
    )
    forward.append("out = att @ v")
    forward += lines(
        pen,
        "",
        "",
        "out += x",
        "v += 1",
        "att *= 2",
        "out *= 0.5",
        "x += out",
        "out = out + x",
        "self.last = att.detach()",
    )
    forward.append("return out")
    name = module(pen, "Attention SelfAttention", init, forward)
    trained(pen, Job(_stack(pen, name, w), f"torch.randn(2, 3, {w})"))


def router(pen: Pen) -> None:
    """Weights of experts: softmax, the best of them, and a division in place."""
    w, n = pen.one(2, 3), pen.one(3, 4)
    init = [
        f"self.gate = nn.Linear({w}, {n}, bias=False)",
        f"self.experts = nn.ModuleList([nn.Linear({w}, {w}) for _ in range({n})])",
    ]
    forward = [
        pen.one("weights = F.softmax(self.gate(x), dim=-1)", "logits = self.gate(x)\nweights = logits.softmax(-1)")
    ]
    top = pen.chance(0.6)
    if top:
        forward.append(
            pen.one("weights, chosen = torch.topk(weights, 2, dim=-1)", "weights, chosen = weights.topk(2, -1)")
        )
    forward.append(
        pen.fill(
            "weights /= weights.sum(dim=-1, keepdim=True) | weights /= weights.sum(dim=-1, keepdim=True) | "
            "weights = weights / weights.sum(-1, keepdim=True) | weights *= 2 | weights.div_(2) | weights += 1e-6 | "
            "weights.clamp_(min=0.1)"
        )
    )
    forward += lines(pen, "out = torch.zeros_like(x)", "out = x * 0")
    index = f"for i in range({2 if top else n}):\n    "
    forward.append(
        index
        + pen.one(
            "out += weights[:, i : i + 1] * self.experts[i](x)",
            "out = out + weights[:, i, None] * self.experts[i](x)",
            "out[:, 0] += weights[:, i] * self.experts[i](x).sum(-1)",
            "h = self.experts[i](x)\n    h *= weights[:, i : i + 1]\n    out += h",
        )
    )
    forward.append("return out")
    trained(pen, Job(f"{module(pen, 'MoE Router SparseBlock', init, forward)}()", f"torch.randn(3, {w})"))


def pyramid(pen: Pen) -> None:
    """Levels in a list, each added to from the one above, in place or not."""
    w = pen.one(2, 3)
    layer = pen.one(f"nn.Linear({w}, {w})", f"nn.Sequential(nn.Linear({w}, {w}), {pen.fill(ACTIVATIONS)})")
    init = [f"self.lateral = nn.ModuleList([{layer} for _ in range(3)])", f"self.out = nn.Linear({w}, {w})"]
    forward = [
        pen.one(
            "laterals = [layer(x) for layer in self.lateral]",
            "laterals = []\nfor layer in self.lateral:\n    laterals.append(layer(x))",
        )
    ]
    early = pen.chance(0.3)
    if early:
        forward.append("outs = [self.out(each) for each in laterals]")
    up = pen.one("laterals[i]", "laterals[i]", "laterals[i].exp()", "self.out(laterals[i])", "laterals[i].detach()")
    change = pen.fill(
        "laterals[i - 1] += {u} | laterals[i - 1] = laterals[i - 1] + {u} | laterals[i - 1].add_({u}) | "
        "laterals[i - 1] = laterals[i - 1].add({u})",
        u=up,
    )
    forward.append(f"for i in {pen.one('range(2, 0, -1)', 'range(1, 3)', '(2, 1)')}:\n    {change}")
    if not early:
        forward.append("outs = [self.out(each) for each in laterals]")
    forward.append(
        pen.one("return sum(outs)", "return torch.cat(outs)", "return torch.stack(outs).sum(0) + laterals[0]")
    )
    trained(pen, Job(f"{module(pen, 'FPN Neck Pyramid', init, forward)}()", f"torch.randn(2, {w})"))


def unrolled(pen: Pen) -> None:
    """A recurrence whose states are written into a tensor made before."""
    w, n = pen.one(2, 3), pen.one(2, 3)
    init = [f"self.cell = nn.Linear({w}, {w})", f"self.inp = nn.Linear({w}, {w})"]
    forward = [
        pen.one(
            f"out = torch.zeros(x.shape[0], {n}, {w})",
            f"out = x.new_zeros(len(x), {n}, {w})",
            "out = torch.zeros_like(x)",
        ),
        pen.one("h = torch.zeros_like(x[:, 0])", "h = self.inp(x[:, 0])", f"h = torch.zeros(len(x), {w})"),
    ]
    body = pen.fill(
        "h = torch.tanh(self.inp(x[:, t]) + self.cell(h))\n    out[:, t] = h | "
        "out[:, t] = self.cell(h)\n    h = out[:, t].tanh() | "
        "out[:, t] = self.inp(x[:, t]) + self.cell(out[:, t - 1]) | "
        "out[:, t] = self.inp(x[:, t]) + out[:, t - 1] | "
        "out[:, t] = torch.tanh(self.cell(out[:, t - 1].clone())) | "
        "out[:, t] = self.inp(x[:, t]) | "
        "h = self.cell(h)\n    h += self.inp(x[:, t])\n    out[:, t] = h | "
        "h += self.inp(x[:, t])\n    out[:, t] = self.cell(h) | "
        "h = h + self.inp(x[:, t])\n    out[:, t] = self.cell(h) | "
        "h = torch.sigmoid(self.cell(h))\n    out[:, t] = h\n    h *= 0.5 | "
        "out[:, t] = h\n    h = torch.tanh(out[:, t] * x[:, t])"
    )
    forward += [f"for t in range({n}):\n    {body}", pen.one("return out", "return out[:, -1]", "return out.mean(1)")]
    trained(pen, Job(f"{module(pen, 'Decoder RNN Unrolled', init, forward)}()", f"torch.randn(2, {n}, {w})"))


def masked(pen: Pen) -> None:
    """Entries of a result are overwritten by index, mask or slice."""
    w = pen.one(3, 4)
    layers = "self.fc(x) | F.relu(self.fc(x)) | self.fc(x).sigmoid() | self.act(self.fc(x)) | "
    layers += "self.fc(x) * 2 | self.norm(self.fc(x))"
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.act = {pen.fill(ACTIVATIONS)}", f"self.norm = nn.LayerNorm({w})"]
    forward = [f"h = {pen.fill(layers)}"]
    forward += lines(pen, "", "", "y = self.fc(h)", "y = h ** 2", "y = h + 1", "y = h.exp()")
    forward.append(
        pen.fill(
            "h[:, 0] = 0 | h[h > 0] = 0.5 | h.masked_fill_(x > 0, 0.0) | h = h.masked_fill(x > 0, 0.0) | "
            "h[:, 1:] *= 2 | "
            "h = torch.where(x > 0, h, 0.0) | h[0] = x[0] | h = h.clone()\nh[:, 0] = 1 | h[..., -1].zero_() | "
            "mask = x > 0\nh[mask] += 1 | h.clamp_(min=0) | h = h.clamp(0, 1) | h[:, [0, 1]] = 2.0 | h[:1].fill_(3)"
        )
    )
    forward.append("return h + y" if forward[1].startswith("y") else pen.one("return h", "return self.fc(h)"))
    trained(pen, Job(_stack(pen, module(pen, "Head Masked Filter", init, forward), w), f"torch.randn(3, {w})"))


def positions(pen: Pen) -> None:
    """Positions are added to embedded tokens, in place or not."""
    w, n = pen.one(2, 4), 3
    init = [f"self.emb = nn.Embedding(5, {w})", f"self.proj = nn.Linear({w}, {w})"]
    init.append(
        pen.one(
            f"self.pos = nn.Parameter(torch.randn({n}, {w}))",
            f"self.register_buffer('pos', torch.randn({n}, {w}))",
            f"self.pos = torch.randn({n}, {w})",
        )
    )
    forward = ["h = self.emb(x)"]
    forward += lines(
        pen,
        "",
        "",
        "h *= math.sqrt(4)",
        "h = h * 2.0",
        "h = self.proj(h)",
        "q = self.proj(h)",
        "h = h.relu()",
        "h = h.tanh()",
    )
    forward.append(
        pen.fill(
            "h += self.pos | h = h + self.pos | h.add_(self.pos) | h += self.pos[: h.shape[1]] | "
            "self.pos += h.mean(0) | h *= self.pos"
        )
    )
    forward += lines(
        pen,
        "",
        "h = self.proj(h)",
        "h[:, 0] = 0",
        "h = F.dropout(h, 0.1, self.training, True)",
        "h -= h.mean()",
        "h /= h.norm()",
    )
    forward.append("return h + q" if any(each.startswith("q =") for each in forward) else "return h")
    trained(pen, Job(f"{module(pen, 'Encoder Embedder', init, forward)}()", f"torch.randint(5, (2, {n}))"))


def by_mode(pen: Pen) -> None:
    """What is done in place depends on ``self.training``, or on an argument of the constructor."""
    w = pen.one(2, 3, 4)
    option = pen.chance(0.4)
    act = pen.one("nn.ReLU", "nn.SiLU", "nn.ELU", "nn.LeakyReLU")
    init = [
        f"self.fc = nn.Linear({w}, {w})",
        f"self.act = {act}({'inplace=inplace' if option else pen.one('', 'inplace=True')})",
    ]
    if option:
        init.append("self.inplace = inplace")
    start = pen.fill("h = torch.sigmoid(self.fc(x)) | h = self.fc(x) | h = self.fc(x).exp() | h = self.act(self.fc(x))")
    condition = pen.one("self.inplace", "not self.inplace") if option else pen.one("self.training", "not self.training")
    forward = [
        start,
        f"if {condition}:\n    "
        + pen.fill("h += torch.randn_like(h) | h.mul_(0.5) | h = h + 1 | h[:, 0] = 0 | h = self.act(h) | h.log1p_()"),
    ]
    if pen.chance(0.4):
        forward[1] += "\nelse:\n    " + pen.one("h = h * 2", "h += 1", "h = self.act(h)", "h = h.clone()")
    forward.append(pen.one("return h", "return self.act(h)", "return self.fc(h)"))
    name = module(
        pen, "Noisy Layer Head", init, forward, made_with="inplace=" + pen.one("True", "False") if option else ""
    )
    make = f"{name}({pen.one('', 'inplace=True', 'inplace=False', 'True') if option else ''})"
    trained(pen, Job(make + ("" if option or pen.chance(0.6) else ".eval()"), f"torch.randn(3, {w})"))


def rows_written(pen: Pen) -> None:
    """Several results of modules in a ModuleDict go into one tensor."""
    w = pen.one(2, 3)
    init = [f"self.heads = nn.ModuleDict({{k: nn.Linear({w}, {w}) for k in ('a', 'b')}})"]
    forward = [pen.one("out = torch.zeros(2, *x.shape)", "out = x.new_zeros(2, *x.shape)")]
    body = pen.fill(
        "out[i] = self.heads[k](x) | out[i] = self.heads[k](x).relu() | out[i] = self.heads[k](out[i - 1]) | "
        "h = self.heads[k](x).exp()\n    out[i] = h\n    h += 1 | x = self.heads[k](x)\n    out[i] = x | "
        "x = self.heads[k](x)\n    out[i] = x\n    x *= 2 | out[i] = x\n    x = self.heads[k](out[i])"
    )
    forward += [
        f"for i, k in enumerate(self.heads):\n    {body}",
        pen.one("return out.sum(0)", "return out[1] * out[0]", "return out"),
    ]
    trained(pen, Job(f"{module(pen, 'MultiHead Heads', init, forward)}()", f"torch.randn(3, {w})"))


def skips(pen: Pen) -> None:
    """Results on the way down are kept in a list and used on the way up; some are changed before that."""
    w = pen.one(2, 3)
    act = pen.one("F.relu(x)", "F.relu(x, inplace=True)", "self.act(x)", "x", "x.tanh()")
    init = [
        f"self.down = nn.ModuleList([nn.Linear({w}, {w}) for _ in range(2)])",
        f"self.up = nn.ModuleList([nn.Linear({2 * w}, {w}) for _ in range(2)])",
        f"self.act = {pen.fill(ACTIVATIONS)}",
    ]
    keep = pen.one("x", "x", "x.clone()", "x.detach()")
    change = pen.one("", "", "x *= 0.5", "x = x * 0.5", "x += 1", "x[:, 0] = 0", "x = self.act(x)", "x.mul_(2)")
    down = ["x = layer(x)", *[f"x = {act}"] * (act != "x"), f"kept.append({keep})", *[change] * bool(change)]
    merged = pen.one("x = torch.cat([x, kept.pop()], dim=1)", "skip = kept.pop()\nx = torch.cat((x, skip), -1)")
    up = [merged, *lines(pen, "", "", "x += 1", "x = self.act(x)"), "x = layer(x)", *lines(pen, "", "", f"x = {act}")]
    forward = ["kept = []", *_loop("for layer in self.down", down), *_loop("for layer in self.up", up), "return x"]
    trained(pen, Job(f"{module(pen, 'UNet HourGlass', init, forward)}()", f"torch.randn(3, {w})"))


def _loop(header: str, body: list[str]) -> list[str]:
    """A loop over some lines."""
    return [under(header, "\n".join(body))]


def gates(pen: Pen) -> None:
    """A recurrent cell by hand: its memory is scaled and added to, in place or not."""
    w, n = pen.one(2, 3), pen.one(2, 3)
    init = [f"self.x2h = nn.Linear({w}, {4 * w})", f"self.h2h = nn.Linear({w}, {4 * w})"]
    cut = pen.fill("gates.chunk(4, 1) | gates.split({w}, dim=1) | torch.chunk(gates, 4, dim=1)", w=w)
    memory = pen.fill(
        "c = f.sigmoid() * c + i.sigmoid() * g.tanh() | c *= f.sigmoid()\nc += i.sigmoid() * g.tanh() | "
        "c = c * f.sigmoid()\nc += i.sigmoid() * g.tanh() | c += i.sigmoid() * g.tanh() | "
        "c = torch.addcmul(c * f.sigmoid(), i.sigmoid(), g.tanh()) | c.mul_(f.sigmoid()).add_(g.tanh()) | "
        "f.sigmoid_()\nc = c * f + i.sigmoid() * g | i = i.sigmoid()\ni *= g.tanh()\nc = c + i"
    )
    body = ["gates = self.x2h(x[:, t]) + self.h2h(h)", f"i, f, g, o = {cut}", memory]
    body.append(pen.one("h = o.sigmoid() * c.tanh()", "h = o.sigmoid() * torch.tanh(c)", "h = o.sigmoid() * c"))
    body += lines(pen, "", "", "h *= 0.5", "outputs.append(h)", "h = F.dropout(h, 0.1, self.training)")
    kept = "outputs.append(h)" in body
    start = pen.one(f"h = c = torch.zeros(len(x), {w})", f"h, c = torch.zeros(len(x), {w}), torch.zeros(len(x), {w})")
    forward = [start, *["outputs = []"] * kept, *_loop(f"for t in range({n})", body)]
    forward.append(pen.one("return torch.stack(outputs, 1)", "return sum(outputs)") if kept else "return h")
    trained(pen, Job(f"{module(pen, 'LSTMCell Gated MyLSTM', init, forward)}()", f"torch.randn(2, {n}, {w})"))
