"""Helper functions: defaults, closures, decorators, partials, results in tuples and dicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, klass, lines, method, module, network, trained

if TYPE_CHECKING:
    from tests.oracle.pen import Pen

_BODIES = (
    "def {f}(t, amount=1.0, inplace=False):\n    if inplace:\n        return t.add_(amount)\n    return t + amount",
    "def {f}(t, dim=-1):\n    t /= t.norm(dim=dim, keepdim=True)\n    return t",
    "def {f}(t, dim=-1):\n    return t / t.norm(dim=dim, keepdim=True)",
    "def {f}(t):\n    t -= t.mean()\n    return t",
    "def {f}(t, p=0.5):\n    return F.dropout(t, p, training=True, inplace=True)",
    "def {f}(t):\n    t = t.clone()\n    t[t < 0] = 0\n    return t",
    "def {f}(t):\n    t[t < 0] = 0\n    return t",
    "@torch.no_grad()\ndef {f}(t):\n    t.clamp_(-1, 1)\n    return t",
    "@torch.no_grad()\ndef {f}(t):\n    return t.clamp(-1, 1)",
    "def {f}(t):\n    e = t.exp()\n    e /= e.sum()\n    return e",
    "def {f}(t):\n    e = t.exp()\n    return e / e.sum()",
    "def {f}(t):\n    out = torch.zeros_like(t)\n    out[0] = t[0] * 2\n    out[1:] += t[1:]\n    return out",
    "def {f}(t, scale=2):\n    t *= scale\n    return t",
    "{f} = lambda t: t.mul_(2)",
    "{f} = lambda t: t * 2",
    "def _scale(t, k):\n    return t.mul_(k)\n\n{f} = partial(_scale, k=2)",
    (
        "def _scale(t, k, inplace=True):\n    return t.mul_(k) if inplace else t * k\n\n"
        "{f} = partial(_scale, k=2, inplace=False)"
    ),
    "def _make(k):\n    def inner(t):\n        t += k\n        return t\n    return inner\n\n{f} = _make(1)",
    "def _make(k):\n    def inner(t):\n        return t + k\n    return inner\n\n{f} = _make(3)",
)


def called(pen: Pen) -> None:
    """A helper is called on what a layer gave, in ``forward``."""
    w = pen.one(2, 3)
    body = pen.pick(_BODIES)
    helper = pen.function(body, pen.one("normalize", "squash", "shift", "adjust"))
    argument = "h" + (pen.one("", ", inplace=True", ", 0.5, True", ", amount=2") if "amount" in body else "")
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.out = nn.Linear({w}, {w})"]
    source = pen.fill("self.fc(x) | self.fc(x).tanh() | F.relu(self.fc(x)) | self.fc(x).sigmoid() | x")
    call = f"{helper}({argument})"
    forward = [
        f"h = {source}",
        *pen.pick(([f"h = {call}"], ["y = self.out(h)", call], ["y = self.out(h)", f"h = {call}"], [f"y = {call}"])),
    ]
    forward.append(
        "return y + h" if any(each.startswith("y =") for each in forward) else pen.one("return h", "return self.out(h)")
    )
    trained(pen, Job(f"{module(pen, 'Model Encoder Head', init, forward)}()", f"torch.randn(3, {w})"))


def inherited(pen: Pen) -> None:
    """A subclass overrides a method of the base, and may call it."""
    w = pen.one(2, 3)
    init = [f"self.fc = nn.Linear({w}, {w})", f"self.out = nn.Linear({w}, {w})"]
    changes = ("mul_(2)", "relu_()", "mul(2)", "add_(1)", "clamp(min=0)", "clone().add_(1)", "sigmoid()", "detach()")
    base_way, way = f"h.{pen.pick(changes)}", f"h.{pen.pick(changes)}"
    forward = ["h = self.fc(x)", pen.one("y = self.out(h)", "y = h ** 2", "y = h.exp()"), "return y + self.change(h)"]
    own = method("change(self, h)", [f"return {base_way}"])
    base = module(pen, "Base BaseModel Backbone", init, forward, methods=[own])
    again = ("return super().change(h) * 2", f"h = super().change(h)\nreturn {way}")
    override = pen.one(f"return {way}", f"return {way}", *again)
    parts = [method("change(self, h)", [override], pen.one("", "", "", "@torch.no_grad()"))]
    if pen.chance(0.3):
        after = pen.one("y += x", "y = y * 2", "y.mul_(2)", "y = y.tanh()")
        parts.append(method("forward(self, x)", ["y = super().forward(x)", after, "return y"]))
    name = klass(pen, "Model Derived Custom", parts, f"({base})")
    trained(pen, Job(f"{name if pen.chance(0.8) else base}()", f"torch.randn(3, {w})"))


def attached(pen: Pen) -> None:
    """A static method, a property or a class attribute takes part."""
    w = pen.one(2, 3)
    init = [
        f"self.fc = nn.Linear({w}, {w})",
        f"self.out = nn.Linear({w}, {w})",
        f"self.raw = nn.Parameter(torch.ones({w}))",
    ]
    body = pen.fill(
        "h /= h.norm()\nreturn h | return h / h.norm() | h -= h.mean()\nreturn h | "
        "return h.clamp_(-1, 1) | return h.detach()"
    )
    static = method(pen.one("squash(h)", "squash(h, eps=1e-6)"), [body], "@staticmethod")
    value = pen.one("self.raw.exp()", "self.raw", "self.raw.detach()", "self.raw.softmax(0)")
    methods = [static, method("scale(self)", [f"return {value}"], "@property")]
    forward = [pen.one("h = self.fc(x)", "h = self.fc(x).relu()", "h = self.fc(x).tanh()"), "s = self.scale"]
    forward += pen.pick((["y = self.out(h)", "h = self.squash(h)"], ["h = self.squash(h)", "y = self.out(h)"]))
    forward.append(pen.one("y = y * s", "y *= s", "s *= 2\ny = y * s", "s = s * 2\ny = y * s", "y = y * s\ns += 1"))
    forward.append(pen.one("return y", "return y + h"))
    trained(pen, Job(f"{module(pen, 'Scaled Model Layer', init, forward, methods=methods)}()", f"torch.randn(3, {w})"))


def hooked(pen: Pen) -> None:
    """A hook keeps or changes what a layer gives."""
    w = pen.one(2, 3)
    act = pen.one("nn.Tanh()", "nn.ReLU()", "nn.ReLU(inplace=True)", "nn.Sigmoid()")
    body = pen.fill(
        "feats.append(out) | feats.append(out.detach()) | out.mul_(2) | return out * 2 | "
        "out.data.mul_(2) | feats.append(out.clone()) | "
        "out += 1 | return out.detach()"
    )
    pen.say("feats = []", method("hook(layer, args, out)", [body]))
    pen.say(f"model = nn.Sequential(nn.Linear({w}, 3), {act}, nn.Linear(3, 1))")
    pen.say(f"{pen.one('', 'handle = ')}model[{pen.one(0, 1, 1)}].register_forward_hook(hook)")
    pen.say(f"loss = model(torch.randn(4, {w})).{pen.one('mean()', 'pow(2).mean()')}")
    if "feats" in body:
        pen.say(
            *lines(pen, "", "", "loss = loss + feats[0].abs().mean()", "feats[0].mul_(2)", "feats[-1].data.zero_()")
        )
    pen.say("loss.backward()")
    if "feats" in body and pen.chance(0.3):
        pen.say(pen.one("feats[0].sum().backward()", "print(feats[0].mean().item())", "feats[0].zero_()"))


def returned(pen: Pen) -> None:
    """A helper computes loss and more; the caller goes back from one or from several of them."""
    w = pen.one(2, 3)
    pair = pen.chance(0.5)
    second = pen.one("out", "out.detach()", "reg", "loss.detach()", "loss.item()")
    result = f"return loss, {second}" if pair else f"return {{'loss': loss, 'extra': {second}}}"
    body = [
        "out = model(x)",
        "loss = out.pow(2).mean()",
        "reg = sum(p.pow(2).sum() for p in model.parameters())",
        result,
    ]
    helper = pen.function(
        "def {f}(model, x):\n    " + "\n    ".join(body), pen.one("compute_loss", "forward_pass", "losses")
    )
    one, two = ("loss", "extra") if pair else ("res['loss']", "res['extra']")
    get = f"loss, extra = {helper}(model, x)" if pair else f"res = {helper}(model, x)"
    pen.say(f"model = {network(pen, w, 1)}", f"x = torch.randn(4, {w})", get)
    number = "item" in second
    total = {"out": f"{two}.mean()", "out.detach()": f"{two}.mean()"}.get(second, two)
    keep = pen.one("", "", "retain_graph=True")
    ways = [
        [f"{one}.backward()"],
        [f"({one} + {two}).backward()" if not second.startswith("out") else f"({one} + {total}).backward()"],
        [f"{one}.backward({keep})", f"({one} * 2).backward()"],
    ]
    if not number:
        ways += [
            [f"{one}.backward({keep})", f"{total}.backward()"],
            [f"{total}.backward()"],
            [f"{one}.backward({keep})", f"({total} + {one}).backward()"],
        ]
    pen.say(*pen.pick(ways))


def closures(pen: Pen) -> None:
    """A closure computes the loss: for LBFGS, or to be called twice."""
    w = pen.one(2, 3)
    pen.say(f"model = {network(pen, w, 1)}", f"x = torch.randn(4, {w})")
    lbfgs = pen.chance(0.4)
    pen.say(
        f"opt = torch.optim.{'LBFGS(model.parameters(), max_iter=2)' if lbfgs else 'SGD(model.parameters(), lr=0.1)'}"
    )
    outside = pen.chance(0.4)
    if outside:
        pen.say("pred = model(x)")
    inside = [] if outside else ["pred = model(x)"]
    body = ["opt.zero_grad()", *inside, f"loss = pred.{pen.one('pow(2).mean()', 'mean()', 'sum()')}"]
    if pen.chance(0.15):
        body.append("loss = loss.detach()")
    with pen.block("def closure()"):
        pen.say(*body, f"loss.backward({pen.one('', '', '', 'retain_graph=True')})", "return loss")
    if lbfgs or pen.chance(0.4):
        with pen.perhaps(0.3, f"for _ in {pen.times(2)}"):
            pen.say("opt.step(closure)")
    else:
        pen.say(
            "closure()",
            *(["opt.step()"] if pen.chance(0.5) else []),
            pen.one("closure()", "closure()", "print(closure().item())", "closure().backward()"),
        )


def composed(pen: Pen) -> None:
    """Losses are weighted, collected in a dict, and summed by a helper."""
    w = pen.one(2, 3)
    value = pen.one(
        "sum(losses.values())",
        "losses['a'] + losses['b']",
        "torch.stack(list(losses.values())).sum()",
        "sum(v for v in losses.values() if v.requires_grad)",
        "sum(float(v) for v in losses.values())",
        "torch.stack([v.detach() for v in losses.values()]).sum()",
    )
    helper = pen.function(
        f"def {{f}}(losses, scale=1.0):\n    total = {value}\n    return scale * total",
        pen.one("combine", "total_loss", "weighted"),
    )
    pen.say(f"model = {network(pen, w, 2)}", f"x = torch.randn(3, {w})", "out = model(x)")
    pen.say(
        f"losses = {{'a': out.mean(), 'b': {pen.one('out.pow(2).mean()', 'out.detach().mean()', 'model(x).sum()')}}}"
    )
    before = pen.one(
        "",
        "",
        "",
        "losses['a'].backward()",
        "losses['a'].backward(retain_graph=True)",
        "losses['b'] = losses['b'].detach()",
        "losses = {k: v.detach() for k, v in losses.items()}",
        "losses['a'] *= 2",
        "losses['b'] += 1",
    )
    pen.say(*[before] * bool(before), f"total = {helper}(losses{pen.one('', ', scale=0.5', ', 2.0')})")
    pen.say(*(["total = torch.as_tensor(total)"] if "float(" in value else []), "total.backward()")
    if pen.chance(0.3):
        pen.say(
            pen.one(
                "print(float(total))", "losses['b'].sum().backward()", "history = [v.item() for v in losses.values()]"
            )
        )
