"""Results that are views, changed in place: chunks, tokens that are expanded, rows, slices. Kind ``view``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, lines, method, module, trained

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


def halves(pen: Pen) -> None:
    """A layer's output is cut into mean and variance, or into queries, keys and values, and a piece is changed."""
    w = pen.one(2, 3)
    names = pen.one(("mu", "logvar"), ("a", "b"), ("scale", "shift"))
    init = [f"self.fc = nn.Linear({w}, {2 * w})", f"self.out = nn.Linear({w}, {w})"]
    source = pen.one("self.fc(x)", "self.fc(x)", "self.fc(x).relu()", "self.fc(x).tanh()", "self.fc(x).detach()")
    cut = pen.fill(
        "{h}.chunk(2, dim=-1) | torch.chunk({h}, 2, -1) | {h}.split({w}, dim=-1) | "
        "h = {h}\n{n} = h[:, :{w}], h[:, {w}:] | "
        "[each.clone() for each in {h}.chunk(2, -1)] | {h}.view(-1, 2, {w}).unbind(1) | torch.tensor_split({h}, 2, -1)",
        h=source,
        w=w,
        n=", ".join(names),
    )
    forward = [cut if cut.startswith("h =") else f"{', '.join(names)} = {cut}"]
    piece = pen.pick(names)
    change = pen.fill(
        "{p}.clamp_(-5, 5) | {p} += 1 | {p} *= 0.5 | {p} = {p}.clamp(-5, 5) | {p} = {p} * 0.5 | "
        "{p}.mul_({w} ** -0.5) | {p} += x | {p}.exp_() | F.relu({p}, inplace=True) | {p}[:, 0] = 0",
        p=piece,
        w=w,
    )
    forward += [pen.one("", "", "if self.training:\n    ", "with torch.no_grad():\n    ") + change]
    one, two = names
    forward.append(
        pen.fill(
            "return self.out({a}) + {b} | return {a} + {b}.exp() | "
            "z = {a} + torch.randn_like({a}) * {b}\nreturn self.out(z) | return {a} * {b}",
            a=one,
            b=two,
        )
    )
    trained(pen, Job(f"{module(pen, 'VAE FiLM GLU', init, forward)}()", f"torch.randn(3, {w})"))


def token(pen: Pen) -> None:
    """A learned token is expanded over the batch and written to."""
    w = pen.one(2, 3)
    init = [
        f"self.cls = nn.Parameter(torch.{pen.one('zeros', 'randn')}(1, 1, {w}))",
        f"self.pos = nn.Parameter(torch.randn(1, 4, {w}))",
        f"self.fc = nn.Linear({w}, {w})",
    ]
    expand = pen.one(
        "self.cls.expand(len(x), -1, -1)",
        "self.cls.expand(x.shape[0], 1, -1)",
        "self.cls.repeat(len(x), 1, 1)",
        "self.cls.expand(len(x), -1, -1).clone()",
        "(self.cls * 1).expand(len(x), -1, -1)",
        "self.fc(self.cls).expand(len(x), -1, -1)",
    )
    forward = [f"cls = {expand}"]
    forward += lines(
        pen,
        "cls += self.pos[:, :1]",
        "cls = cls + self.pos[:, :1]",
        "cls += x.mean(1, keepdim=True)",
        "cls *= 2",
        "",
        "cls[:, 0] = 1",
        "cls.add_(x[:, :1])",
        "cls = self.fc(cls)",
    )
    forward.append("x = torch.cat([cls, x], dim=1)")
    forward += lines(
        pen,
        "x += self.pos",
        "x = x + self.pos",
        "x[:, 0] += 1",
        "x = self.fc(x)\nx[:, 0] = 0",
        "x *= self.pos",
        "x += self.pos\nx[:, 1:] *= 2",
    )
    forward.append(pen.one("return x[:, 0]", "return self.fc(x)", "return x.mean(1)"))
    trained(pen, Job(f"{module(pen, 'ViT Tokens Embed', init, forward)}()", f"torch.randn(2, 3, {w})"))


def rows(pen: Pen) -> None:
    """Rows of a result are taken by iteration or by index, and changed."""
    w = pen.one(2, 3)
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.w = nn.Parameter(torch.randn(2, {w}))"]
    source = pen.one("self.fc(x)", "self.fc(x)", "self.w", "self.w * 2", "x", "self.fc(x).clone()")
    forward = [f"h = {source}"]
    change = pen.one(
        "{r} += 1", "{r} *= 2", "{r}.mul_(0.5)", "{r}.zero_()", "{r} = {r} * 2", "{r} += self.w[0]", "{r} = {r} + 1"
    )
    loop = pen.one(
        "for row in h:\n    " + change.format(r="row"),
        "for i in range(len(h)):\n    " + change.format(r="h[i]"),
        "for i, row in enumerate(h.unbind(0)):\n    " + change.format(r="row"),
        "first, second = h[0], h[1]\n" + change.format(r="first"),
        "parts = h.split(1)\n" + change.format(r="part").replace("part", "parts[0]")
        if " = " not in change
        else "parts = [row * 2 for row in h]",
        "first, *rest = h\n" + change.format(r="first"),
        "for row in h.detach():\n    " + change.format(r="row"),
        "a, b = h\n" + change.format(r="b"),
        "for row in list(h):\n    " + change.format(r="row"),
    )
    if "h[i] =" in loop and source in ("x", "self.w"):
        loop = "h = torch.stack([row * 2 for row in h])"
    forward += [loop, pen.one("return h", "return self.fc(h)", "return h.sum() + self.fc(x)", "return self.fc(x * h)")]
    trained(pen, Job(f"{module(pen, 'Rows Slots Heads', init, forward)}()", f"torch.randn(2, {w})"))


def looked_at(pen: Pen) -> None:
    """A view of a weight is made under ``no_grad`` or not, and changed later."""
    w = pen.one(2, 3)
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.scale = nn.Parameter(torch.ones({w}, {w}))"]
    p = pen.one("self.fc.weight", "self.scale")
    view = pen.fill(
        "{p}[0] | {p}.view(-1) | {p}.t() | {p}[:, :1] | {p}.data[0] | {p}.detach() | {p}.clone() | "
        "{p}.unsqueeze(0) | {p}.flatten()",
        p=p,
    )
    made = f"return {view}"
    helper = f"def top(self):\n    {made}"
    guard = pen.one(
        "", "@torch.no_grad()\n", "@torch.no_grad()\n", "@torch.inference_mode()\n" if pen.chance(0.3) else ""
    )
    change = pen.fill("v.mul_(0.5) | v += 1 | v.zero_() | v = v * 2 | v.clamp_(-1, 1) | v[0] = 1 | v.fill_(0.5)")
    inside = pen.chance(0.5)
    forward = ["v = self.top()", change] * inside + ["return self.fc(x) @ self.scale"]
    name = module(pen, "Linear2 Probe Layer", init, forward, methods=[guard + helper])
    after = "" if inside else "v = {m}.top()\n" + pen.one("", "", "with torch.no_grad():\n    ") + change
    trained(pen, Job(f"{name}()", f"torch.randn(2, {w})", after=after))


def given_rows(pen: Pen) -> None:
    """A helper writes into part of what it is given, or into a copy of it."""
    w = pen.one(2, 3)
    body = pen.fill(
        "t[:, 0] = 0\nreturn t | t = t.clone()\nt[:, 0] = 0\nreturn t | t[0].add_(1)\nreturn t | "
        "t.view(-1)[0] = 1\nreturn t | "
        "out = t\nout[:1] *= 2\nreturn out | t = t + 0\nt[0] = 1\nreturn t | "
        "return t.index_fill(0, torch.tensor([0]), 0.0) | "
        "for row in t:\n    row.mul_(2)\nreturn t | a, b = t.split(1)\na += b\nreturn t | "
        "a, b = t.chunk(2)\na = a + b\nreturn a"
    )
    helper = pen.function(method("{f}(t)", [body]), pen.one("edit", "mask_first", "augment"))
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.table = nn.Parameter(torch.randn(2, {w}))"]
    given = pen.one(
        "self.table", "self.fc(x)", "self.fc(x)", "x", "self.table * 2", "self.table.clone()", "torch.relu(self.fc(x))"
    )
    forward = [
        f"h = {helper}({given})",
        pen.one("return self.fc(h)", "return h * 2", "return self.fc(x + h)", "return h.sum() + self.fc(x)"),
    ]
    trained(pen, Job(f"{module(pen, 'Editor Augment Model', init, forward)}()", f"torch.randn(2, {w})"))
