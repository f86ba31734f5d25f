"""Recurrent training: a hidden state that is carried over batches, with and without a cut. Kind ``twice``."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tests.oracle.modules.writing import klass, method, module, under
from tests.oracle.training import optimizer

if TYPE_CHECKING:
    from tests.oracle.pen import Pen


class _Model(NamedTuple):
    """A recurrent model that gives output and state: ``pair``, if its state is one; ``step``, if it takes one step."""

    make: str
    pair: bool
    step: bool


def _model(pen: Pen, w: int) -> _Model:
    kind = pen.one("RNN", "GRU", "LSTM", "own")
    if kind == "own":
        init = [f"self.inp = nn.Linear({w}, 3)", "self.rec = nn.Linear(3, 3)", "self.out = nn.Linear(3, 1)"]
        new = pen.one(
            "torch.tanh(self.inp(x) + self.rec(h))", "self.rec(h).sigmoid() + self.inp(x)", "self.inp(x) + 0.5 * h"
        )
        name = module(pen, "Cell RNNModel CharRNN", init, [f"h = {new}", "return self.out(h), h"], takes="x, h")
        return _Model(f"{name}()", False, True)
    init = [f"self.rnn = nn.{kind}({w}, 3, batch_first=True)", "self.out = nn.Linear(3, 1)"]
    forward = ["y, h = self.rnn(x, h)", f"return self.out({pen.one('y', 'y[:, -1]')}), h"]
    name = module(pen, "LanguageModel CharRNN Forecaster", init, forward, takes="x, h=None")
    return _Model(f"{name}()", kind == "LSTM", False)


def _cut(pen: Pen, h: str, pair: bool) -> str:
    """A cut of the state, or something that only looks like one."""
    if pair:
        return pen.fill(
            (
                "{h} = tuple(s.detach() for s in {h}) | {h} = ({h}[0].detach(), {h}[1].detach()) | "
                "{h} = [s.data for s in {h}] | {h} = ({h}[0].detach(), {h}[1]) | "
                "for s in {h}:\n    s.detach_() | {h} = repackage({h})"
            ),
            h=h,
        )
    return pen.fill(
        (
            "{h} = {h}.detach() | {h} = {h}.data | {h}.detach_() | {h} = {h}.clone() | {h}.detach() | "
            "{h} = {h}.detach().clone() | {h} = repackage({h}) | {h} = {h} * 1.0"
        ),
        h=h,
    )


def _defined(pen: Pen, cut: str) -> str:
    """The cut, its helper defined where it needs one."""
    if "repackage" not in cut:
        return cut
    body = pen.one(
        "if isinstance(h, torch.Tensor):\n    return h.detach()\nreturn tuple({f}(v) for v in h)",
        "if isinstance(h, tuple):\n    return tuple(v.detach() for v in h)\nreturn h.detach()",
        "return h.detach() if torch.is_tensor(h) else [v.detach() for v in h]",
    )
    return cut.replace("repackage", pen.function(method("{f}(h)", [body]), pen.one("repackage_hidden", "detach_state")))


def carried(pen: Pen) -> None:
    """The state is handed from batch to batch."""
    w = pen.one(2, 3)
    make, pair, own = _model(pen, w)
    h = pen.one("h", "hidden", "state")
    start = "torch.zeros(2, 3)" if own else "None"
    where = pen.one("none", "before", "before", "after", "after")
    cut = _defined(pen, _cut(pen, h, pair))
    forward = f"out, {h} = model(x, {h})"
    steps = [
        forward,
        f"loss = out.{pen.one('mean()', 'pow(2).mean()')}",
        "opt.zero_grad()",
        f"loss.backward({pen.one('', '', '', '', 'retain_graph=True')})",
        "opt.step()",
    ]
    if where == "before":
        steps.insert(0, under(f"if {h} is not None", cut))
    elif where == "after":
        steps.append(under(f"if {pen.condition()}", cut) if pen.chance(0.12) else cut)
    inside = pen.chance(0.15)
    with pen.main():
        pen.say(f"model = {make}", f"opt = {optimizer(pen, 'model.parameters()', 0.05)}")
        if not inside:
            pen.say(f"{h} = {start}")
        with pen.block(f"for {pen.one('step', 't', 'i')} in {pen.times(pen.one(2, 3))}"):
            if inside:
                pen.say(f"{h} = {start}")
            pen.say(f"x = torch.randn(2, {w})" if own else f"x = torch.randn(2, 3, {w})", *steps)


def on_self(pen: Pen) -> None:
    """The state lives on the model or on the trainer, built at the start or at every batch."""
    w = pen.one(2, 3)
    kind = pen.one("RNN", "GRU", "LSTM")
    pair = kind == "LSTM"
    zeros = "torch.zeros(1, 2, 3)"
    start = f"({zeros}, {zeros})" if pair else zeros
    init = [
        f"self.rnn = nn.{kind}({w}, 3, batch_first=True)",
        "self.fc = nn.Linear(3, 1)",
        pen.one("self.hidden = self.init_hidden()", f"self.hidden = {start}"),
    ]
    fresh = method("init_hidden(self)", [f"return {start}"])
    forward = ["y, self.hidden = self.rnn(x, self.hidden)", "return self.fc(y[:, -1])"]
    cut = _defined(pen, _cut(pen, "self.hidden", pair))
    where = pen.one("forward", "forward", "end", "method", "method", "none")
    methods = [fresh]
    if where == "forward":
        forward.insert(0, cut)
    elif where == "end":
        forward.insert(1, cut)
    elif where == "method":
        methods.append(method("reset(self)", [pen.one(cut, "self.hidden = self.init_hidden()")]))
    name = module(pen, "Tagger LSTMTagger SeqModel", init, forward, methods=methods)
    with pen.main():
        pen.say(f"model = {name}()", f"opt = {optimizer(pen, 'model.parameters()', 0.05)}")
        with pen.block(f"for epoch in {pen.times(2)}"):
            if where == "method" and pen.chance(0.7):
                pen.say("model.reset()")
            pen.say(
                f"loss = model(torch.randn(2, 3, {w})).pow(2).mean()",
                "opt.zero_grad()",
                f"loss.backward({pen.one('', '', '', 'retain_graph=True')})",
                "opt.step()",
            )


def truncated(pen: Pen) -> None:
    """Backpropagation through time, cut every few steps."""
    w = pen.one(2, 3)
    init = [f"self.w = nn.Parameter(torch.randn({w}, {w}) * 0.1)", f"self.u = nn.Linear({w}, {w})"]
    new = pen.one("torch.tanh(x + h @ self.w)", "h + self.u(x)", "self.u(x) * h", "h @ self.w + x")
    name = module(pen, "Cell Dynamics Filter", init, [f"return {new}"], takes="x, h")
    cut = pen.one("h = h.detach()", "h = h.detach()", "h.detach_()", "h = h.clone()", "h.detach()", "h = h.data")
    keep = pen.one("", "", "retain_graph=True")
    with pen.main():
        pen.say(
            f"cell = {name}()",
            f"opt = {optimizer(pen, 'cell.parameters()', 0.05)}",
            f"h, loss = torch.{pen.one('zeros', 'ones')}(2, {w}), 0",
        )
        with pen.block(f"for t, x in enumerate(torch.randn(4, 2, {w}))"):
            pen.say("h = cell(x, h)", pen.one("loss = loss + h.pow(2).mean()", "loss += h.mean()"))
            with pen.block(f"if t % 2 == {pen.one('1', '1', '0')}"):
                steps = ["opt.zero_grad()", f"loss.backward({keep})", "opt.step()"]
                steps += [cut] * pen.chance(0.75)
                steps += ["loss = 0"] * pen.chance(0.8)
                pen.say(*steps)


def rolled_out(pen: Pen) -> None:
    """A policy is rolled out; the states of one episode feed the next, or are kept in a list."""
    w = pen.one(2, 3)
    init = [
        "self.policy = policy",
        f"self.opt = {optimizer(pen, 'policy.parameters()', 0.05)}",
        f"self.state = torch.zeros(1, {w})",
        "self.log_probs = []",
    ]
    move = pen.fill(
        "self.state = self.state + action | self.state = (self.state + action).detach() | "
        "self.state += action | self.state = torch.tanh(action) | self.state = action.detach() | "
        "self.state = self.state + 0.1 * action.data"
    )
    act = method(
        "act(self)",
        [
            "action = self.policy(self.state)",
            f"self.log_probs.append({pen.one('action.pow(2).mean()', 'action.mean()', 'action.detach().mean()')})",
            move,
        ],
    )
    clear = pen.one("self.log_probs = []", "self.log_probs.clear()", "del self.log_probs[:]", "")
    finish = [
        "loss = " + pen.one("torch.stack(self.log_probs).sum()", "sum(self.log_probs)", "self.log_probs[-1]"),
        "self.opt.zero_grad()",
        "loss.backward()",
        "self.opt.step()",
        *([clear] * bool(clear)),
    ]
    name = klass(
        pen, "Agent Reinforce Player", [method("__init__(self, policy)", init), act, method("finish(self)", finish)]
    )
    with pen.main(0.2):
        pen.say(f"agent = {name}(nn.Linear({w}, {w}))")
        with pen.block(f"for episode in {pen.times(2)}"):
            pen.say("for _ in range(2):\n    agent.act()", "agent.finish()")
