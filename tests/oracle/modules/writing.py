"""What the families write with: classes, methods, and the training around a model."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.oracle.pen import Pen

ACTIVATIONS = (
    "nn.ReLU() | nn.ReLU(inplace=True) | nn.Sigmoid() | nn.Tanh() | nn.GELU() | nn.ELU(inplace=True) | "
    "nn.SiLU() | nn.LeakyReLU(0.1) | nn.ReLU(True) | nn.Softplus()"
)
LOSSES = "{o}.mean() | {o}.sum() | {o}.pow(2).mean() | F.mse_loss({o}, torch.zeros_like({o})) | ({o} ** 2).sum()"
MODELS = (
    "nn.Sequential(nn.Linear({i}, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, {o})) | "
    "nn.Linear({i}, {o}) | nn.Sequential(nn.Linear({i}, 4), nn.Tanh(), nn.Linear(4, {o})) | "
    "nn.Sequential(nn.Linear({i}, 3), nn.ReLU(inplace=True), nn.Linear(3, {o}))"
)


def method(header: str, lines: Sequence[str], above: str = "") -> str:
    """A function or method; ``above`` is its decorator."""
    body = textwrap.indent("\n".join(lines or ["pass"]), "    ")
    return f"{above}\n" * bool(above) + f"def {header}:\n{body}"


def under(header: str, text: str) -> str:
    """A compound statement around some text; ``header`` without its colon."""
    return f"{header}:\n{textwrap.indent(text, '    ')}"


def module(
    pen: Pen,
    stems: str,
    init: Sequence[str],
    forward: Sequence[str],
    *,
    takes: str = "x",
    made_with: str = "",
    methods: Sequence[str] = (),
) -> str:
    """Define a subclass of ``nn.Module`` in front of everything, and return its name."""
    start = pen.one("super().__init__()", "super().__init__()", "super({f}, self).__init__()")
    parts = [
        method(f"__init__(self{', ' * bool(made_with)}{made_with})", [start, *init]),
        *methods,
        method(_annotated(f"forward(self, {takes})") if pen.chance(0.1) else f"forward(self, {takes})", forward),
    ]
    return klass(pen, stems, parts, "(nn.Module)")


def _annotated(header: str) -> str:
    """The header of ``forward`` with the types that it takes and gives."""
    return header.replace("x", "x: torch.Tensor", 1) + (" -> torch.Tensor" if header.endswith("x)") else "")


def klass(pen: Pen, stems: str, methods: Sequence[str], bases: str = "") -> str:
    """Define a class in front of everything, and return its name."""
    body = textwrap.indent("\n\n".join(methods), "    ")
    return pen.function(f"class {{f}}{bases}:\n{body}", pen.pick(stems.split()))


def lines(pen: Pen, *options: str) -> list[str]:
    """One of the options, those that are empty left out."""
    chosen = pen.pick(options)
    return [chosen] if chosen else []


def network(pen: Pen, width: int, out: int) -> str:
    """An expression for a small network from ``width`` to ``out``, perhaps of a class of its own."""
    if pen.chance(0.2):
        act = pen.fill("torch.relu(h) | h.tanh() | F.relu(h, inplace=True) | self.drop(h) | F.gelu(h)")
        init = ["self.fc1 = nn.Linear(n, hidden)", "self.fc2 = nn.Linear(hidden, m)"]
        init += ["self.drop = nn.Dropout(0.1)"] * ("drop" in act)
        forward = ["h = self.fc1(x)", f"return self.fc2({act})"]
        return f"{module(pen, 'MLP Mlp FeedForward', init, forward, made_with='n, m, hidden=3')}({width}, {out})"
    return pen.fill(MODELS, i=width, o=out)


@dataclass(frozen=True)
class Job:
    """How a model is trained: ``{m}``, ``{x}``, ``{o}`` and ``{l}`` are model, batch, output and loss.

    ``between`` stands between the loss and its backward, ``after`` behind the step.
    """

    make: str
    batch: str
    call: str = "{m}({x})"
    loss: str = LOSSES
    between: str = ""
    after: str = ""
    fused: float = 0.08
    keywords: str = ""


def trained(pen: Pen, job: Job) -> None:
    """Build a model and go back through it: once, in a loop, in a function, in a class."""
    way = pen.pick(
        (_once, _once, _once, _in_a_loop, _in_a_loop, _in_a_loop, _in_a_function, _in_a_function, _in_a_class)
    )
    way(pen, job)


def _forward(pen: Pen, job: Job, m: str, x: str) -> tuple[list[str], str]:
    """The lines up to the loss and what stands before its backward; the name of the loss."""
    o, loss = pen.one("out", "pred", "y"), "loss"
    names = {"m": m, "x": x, "o": o, "l": loss}
    call, reduce = job.call.format(**names), pen.pick(job.loss.split(" | "))
    if pen.chance(0.15) and reduce.count("{o}") == 1:
        written = [f"{loss} = {reduce.format(**{**names, 'o': call if ' ' not in call else f'({call})'})}"]
    else:
        written = [f"{o} = {call}", f"{loss} = {reduce.format(**names)}"]
    if job.between:
        written.append(_sometimes(pen, job.between.format(**names)))
    return written, loss


def _step(pen: Pen, job: Job, m: str, x: str, opt: str, leave: str) -> list[str]:
    """The lines of one step of training; ``leave`` is how it is given up."""
    written, loss = _forward(pen, job, m, x)
    if pen.chance(0.06):
        bad = pen.one("torch.isnan(loss)", "not torch.isfinite(loss)", "loss.item() > 1e6")
        written.append(under(f"if {bad}", leave))
    zero = f"{opt}.zero_grad({pen.one('', '', 'set_to_none=True')})"
    written = [zero, *written] if pen.chance(0.5) else [*written, zero]
    written.append(f"{loss}.backward({job.keywords})")
    if pen.chance(0.2):
        clip = f"nn.utils.clip_grad_norm_({m}.parameters(), 1.0)"
        written.append(pen.one(clip, "print(loss.item())", "print(f'loss {loss.item():.3f}')"))
    written.append(f"{opt}.step()")
    if job.after:
        written.append(_sometimes(pen, job.after.format(m=m, x=x, l=loss)))
    return written


def _sometimes(pen: Pen, text: str) -> str:
    """Some text, perhaps under a condition."""
    return under(f"if {pen.condition()}", text) if pen.chance(0.2) else text


def _built(pen: Pen, m: str, make: str) -> str:
    """Build the model, by a function or on a device perhaps; what moves a batch there as well."""
    way = pen.rng.random()
    if way < 0.1:
        make = (
            pen.function(f"def {{f}}():\n    return {make}", pen.one("build_model", "make_model", "get_model")) + "()"
        )
    elif way < 0.2:
        pen.say("device = torch.device('cpu')", f"{m} = {make}.to(device)")
        return ".to(device)"
    pen.say(f"{m} = {make}")
    return ""


def _once(pen: Pen, job: Job) -> None:
    m, x = pen.name("model", "net"), pen.name("x", "batch", "inputs")
    with pen.main(0.15):
        move = _built(pen, m, job.make)
        if pen.chance(0.15):
            pen.say(f"{m}.train()")
        pen.cell()
        pen.say(f"{x} = {job.batch}{move}")
        written, loss = _forward(pen, job, m, x)
        pen.say(*written)
        pen.cell()
        pen.say(f"{loss}.backward({job.keywords})")
        if job.after:
            pen.say(_sometimes(pen, job.after.format(m=m, x=x, l=loss)))


def _in_a_loop(pen: Pen, job: Job) -> None:
    m, opt = pen.name("model", "net"), pen.name("opt", "optimizer")
    with pen.main():
        move = _built(pen, m, job.make)
        pen.say(f"{opt} = {optimizer(pen, f'{m}.parameters()', job.fused)}")
        scheduled = pen.chance(0.1)
        kept = pen.name("history", "losses") if pen.chance(0.2) else ""
        pen.say(*[f"{kept} = []"] * bool(kept))
        if scheduled:
            pen.say(f"scheduler = torch.optim.lr_scheduler.StepLR({opt}, 1)")
        pen.cell()
        x = loop_header = ""
        if pen.chance(0.5):
            x, loop_header = loader(pen, job.batch)
        counted = not x and pen.chance(0.15)
        if counted:
            pen.say("step = 0")
            loop_header = pen.one("while step < 2", "while step != 3", "while True")
        with pen.block(loop_header or f"for {pen.one('step', 'epoch', '_')} in {pen.times(pen.one(2, 3))}"):
            if counted:
                pen.say("step += 1", *["if step > 2:\n    break"] * (loop_header == "while True"))
            if not x:
                x = pen.one("x", "batch", "inputs")
                pen.say(f"{x} = {job.batch}{move}")
            elif move:
                pen.say(f"{x} = {x}{move}")
            pen.say(*_step(pen, job, m, x, opt, "continue"))
            if scheduled:
                pen.say("scheduler.step()")
            if kept:
                pen.say(f"{kept}.append({pen.one('loss', 'loss.item()', 'loss.detach()')})")
        if kept:
            pen.say(pen.fill("print(sum({k}) / max(1, len({k}))) | average = sum({k}) | print({k}[-1:])", k=kept))


def loader(pen: Pen, batch: str) -> tuple[str, str]:
    """Something that gives batches, written; the name of a batch and the header of a loop over it."""
    name, x = pen.name("batches", "loader", "data"), pen.one("x", "batch", "inputs")
    way = pen.rng.random()
    if way < 0.3 and re.fullmatch(r"torch\.randn\([\d, ]+\)", batch):
        rows, rest = batch.removeprefix("torch.randn(").split(",", 1)
        pen.say(f"{name} = DataLoader(TensorDataset(torch.randn({2 * int(rows)},{rest}), batch_size={rows})")
        return x, pen.one(f"for ({x},) in {name}", f"for {x}, in {name}")
    if way < 0.4:
        pen.say(f"{name} = [{{'x': {batch}, 'id': i}} for i in range(2)]")
        return "item['x']", f"for item in {name}"
    if way < 0.5:
        pen.say(f"{name} = [({batch}, i) for i in range(2)]")
        return x, pen.one(f"for {x}, label in {name}", f"for {x}, _ in {name}")
    if way < 0.65:
        made = pen.function(f"def {{f}}(n=2):\n    for _ in range(n):\n        yield {batch}", "batches_of")
        return x, pen.one(f"for {x} in {made}()", f"for {x} in {made}(n=2)")
    pen.say(f"{name} = [{batch} for _ in range(2)]")
    return pen.one((x, f"for {x} in {name}"), (x, f"for i, {x} in enumerate({name})"))


def _in_a_function(pen: Pen, job: Job) -> None:
    m, opt, x = pen.one("model", "net"), pen.one("opt", "optimizer"), pen.one("x", "batch", "inputs")
    body = _step(pen, job, m, x, opt, "return None")
    body += lines(pen, "return loss.item()", "return loss.detach()", "")
    train = pen.function(method(f"{{f}}({m}, {opt}, {x})", body), pen.one("train", "train_step", "update"))
    model, chosen = pen.name("model", "net"), pen.name("opt", "optimizer")
    with pen.main():
        move = _built(pen, model, job.make)
        pen.say(f"{chosen} = {optimizer(pen, f'{model}.parameters()', job.fused)}")
        with pen.perhaps(0.6, f"for _ in {pen.times(2)}", "for epoch in range(2)"):
            batch = f"{job.batch}{move}"
            call = pen.fill("{t}({m}, {o}, {b}) | {t}({m}, {o}, {x}={b})", t=train, m=model, o=chosen, x=x, b=batch)
            pen.say(pen.one(call, f"value = {call}"))


def _in_a_class(pen: Pen, job: Job) -> None:
    body = _step(pen, job, "self.model", "x", "self.opt", "return None")
    body += lines(pen, "return loss.item()", "self.history.append(loss.item())", "self.history.append(loss.detach())")
    header = pen.fill("train_step(self, x) | update(self, x) | step(self, x)")
    init = ["self.model = model", f"self.opt = {optimizer(pen, 'model.parameters()', job.fused)}", "self.history = []"]
    fit = method("fit(self, batches)", [f"for x in batches:\n    self.{header.partition('(')[0]}(x)"])
    name = klass(pen, "Trainer Learner Agent", [method("__init__(self, model)", init), method(header, body), fit])
    with pen.main():
        pen.say(f"trainer = {name}({job.make})", f"trainer.fit([{job.batch} for _ in range(2)])")
