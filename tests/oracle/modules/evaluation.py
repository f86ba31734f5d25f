"""Evaluation beside training: grad modes, decorators, features computed beforehand. Kind ``without-grad``."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

from tests.oracle.modules.writing import Job, klass, method, module, network, trained
from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from tests.oracle.pen import Pen

_ABOVE = (
    "@torch.no_grad()",
    "@torch.no_grad()",
    "@torch.no_grad",
    "@torch.inference_mode()",
    "",
    "@torch.enable_grad()",
)


def evaluated(pen: Pen) -> None:
    """A function evaluates between epochs; its loss is printed, or gone back from, or its mode stays on."""
    w = pen.one(2, 3)
    body = [pen.one("model.eval()", "model.eval()", "torch.no_grad()"), "loss = model(x).pow(2).mean()"]
    if pen.chance(0.35):
        body = ["torch.set_grad_enabled(False)", *body] + ["torch.set_grad_enabled(True)"] * pen.chance(0.5)
    body += ["model.train()"] * pen.chance(0.6) + [pen.one("return loss", "return loss", "return loss.item()")]
    evaluate = pen.function(
        method("{f}(model, x)", body, pen.pick(_ABOVE)), pen.one("evaluate", "validate", "val_loss")
    )
    pen.say(f"model = {network(pen, w, 1)}", f"opt = {optimizer(pen, 'model.parameters()', 0.05)}")
    with pen.block(f"for epoch in {pen.times(2)}"):
        pen.say(f"x = torch.randn(4, {w})", "loss = model(x).mean()")
        value = f"val = {evaluate}(model, x)"
        tensor = body[-1] == "return loss"
        goal = pen.one("loss", "loss", "val", "(loss + val)", "val") if tensor else "loss"
        pen.say(*pen.pick(([value], [value], [value, "print(float(val))"])))
        pen.say("opt.zero_grad()", f"{goal}.backward()", "opt.step()")


def phases(pen: Pen) -> None:
    """One loop over phases: training and validation."""
    w = pen.one(2, 3)
    enabled = pen.one(
        "phase == 'train'", "phase == 'train'", "phase != 'val'", "phase == 'val'", "False", "True", "model.training"
    )
    guard = pen.one(
        "if phase == 'train'",
        "if phase == 'train'",
        "if phase == 'train'",
        "if model.training",
        "if loss.requires_grad",
        "if True",
    )
    pen.say(f"model = {network(pen, w, 1)}", f"opt = {optimizer(pen, 'model.parameters()', 0.05)}")
    with pen.main(0.3), pen.block(f"for phase in {pen.one(repr(['train', 'val']), repr(('train', 'val', 'train')))}"):
        pen.say(
            pen.one("model.train(phase == 'train')", "if phase == 'train':\n    model.train()\nelse:\n    model.eval()")
        )
        with pen.block(f"with torch.set_grad_enabled({enabled})"):
            pen.say(f"loss = model(torch.randn(4, {w})).pow(2).mean()")
        with pen.block(guard):
            pen.say("opt.zero_grad()", "loss.backward()", "opt.step()")


def encoded(pen: Pen) -> None:
    """A method that encodes runs without grad, or in inference mode; the rest of the model is trained on it."""
    w = pen.one(2, 3)
    init = [f"self.enc = nn.Linear({w}, {w})", f"self.dec = nn.Linear({w}, {w})"]
    encode = method("encode(self, x)", [f"return self.enc(x){pen.one('', '.relu()', '.tanh()')}"], pen.pick(_ABOVE))
    use = pen.fill(
        "self.dec(h) | h * 2 | h | self.dec(h) | h + self.dec(x) | h.clone() | self.dec(h.clone()) | "
        "h * self.dec.bias | h.sum() + self.dec.weight"
    )
    forward = ["h = self.encode(x)", f"return {use}"]
    if pen.chance(0.25):
        forward.insert(1, pen.one("h += 1", "h = h.clone()", "h.mul_(2)", "h = h + 1", "h.requires_grad_()"))
    trained(
        pen, Job(f"{module(pen, 'AutoEncoder Codec Model', init, forward, methods=[encode])}()", f"torch.randn(3, {w})")
    )


def features(pen: Pen) -> None:
    """Features are computed once for all batches, and a head is trained on them."""
    w = pen.one(2, 3)
    body = ["model.eval()"] * pen.chance(0.4) + [
        pen.one(
            "return [model(x) for x in batches]",
            "feats = []\nfor x in batches:\n    feats.append(model(x))\nreturn feats",
            "return [model(x).clone() for x in batches]",
            "return [model(x).detach() for x in batches]",
        )
    ]
    extract = pen.function(
        method("{f}(model, batches)", body, pen.pick(_ABOVE)), pen.one("extract", "compute_features", "encode_all")
    )
    head = pen.one(f"nn.Linear({w}, 1)", "nn.Softmax(dim=-1)", f"nn.Linear({w}, 2)")
    pen.say(f"backbone, head = nn.Linear({w}, {w}), {head}")
    pen.say(f"feats = {extract}(backbone, [torch.randn(2, {w}) for _ in range(2)])")
    loop = pen.chance(0.5)
    with pen.block(f"for epoch in {pen.times(2)}") if loop else nullcontext(), pen.block("for f in feats"):
        pen.say(f"loss = head({pen.one('f', 'f', 'f.clone()', 'f * 2', 'f.detach()')}).mean()", "loss.backward()")
    pen.say("print(loss.item())")


def metrics(pen: Pen) -> None:
    """A trainer returns a loss, a number or a metric; another method goes back from it."""
    w = pen.one(2, 3)
    init = ["self.model = model", f"self.opt = {optimizer(pen, 'model.parameters()', 0.05)}"]
    value = pen.fill(
        "loss | loss | loss.item() | loss.detach() | (out > 0).to(out.dtype).mean() | "
        "{'loss': loss, 'acc': (out > 0).to(out.dtype).mean()} | loss, (out > 0) * 1.0 | "
        "torch.tensor(float(loss))".replace("{", "{{").replace("}", "}}")
    )
    compute = method(
        "compute(self, x)",
        ["out = self.model(x)", "loss = out.pow(2).mean()", f"return {value}"],
        pen.one("", "", "", "@torch.no_grad()"),
    )
    get = "loss = self.compute(x)"
    if value.startswith("{"):
        get += pen.one("['loss']", "['loss']", "['acc']")
    elif value.startswith("loss,"):
        get = pen.one(
            "loss, _ = self.compute(x)", "loss, acc = self.compute(x)", "_, loss = self.compute(x)\nloss = loss.mean()"
        )
    elif "item" in value:
        get = pen.one(
            "loss = torch.tensor(self.compute(x), requires_grad=True)",
            "loss = torch.tensor(self.compute(x))",
            "print(self.compute(x))\nloss = self.model(x).mean()",
        )
    guard = pen.one("", "", "", "if loss.requires_grad:\n    ")
    step = method(
        "train_step(self, x)",
        [get, "self.opt.zero_grad()", f"{guard}loss.backward()", "self.opt.step()", "return loss.item()"],
    )
    name = klass(pen, "Trainer LitModel Engine", [method("__init__(self, model)", init), compute, step])
    with pen.main():
        pen.say(f"trainer = {name}({network(pen, w, 1)})")
        with pen.block(f"for _ in {pen.times(2)}"):
            pen.say(f"trainer.train_step(torch.randn(3, {w}))")
