"""Tensors that a pending backward keeps, and what happens to them in between: kinds ``saved`` and ``silent``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle import operations
from tests.oracle.operations import ALIASES, BEHIND_THE_BACK, CHANGES, COPIES, ELEMENTWISE, KEEPS_INPUT, KEEPS_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.oracle.pen import Pen, Value


def kept_then_changed(pen: Pen) -> None:
    """An operation keeps a tensor (or not), it is changed in place (or not), and a backward follows."""
    _kept(pen, _way_to_change(pen))


def kept_then_data(pen: Pen) -> None:
    """The same with changes that PyTorch does not see."""
    _kept(pen, pen.pick(_UNSEEN))


def _way_to_change(pen: Pen) -> Callable[[Pen, Value], None]:
    return pen.pick(_SEEN if pen.chance(0.72) else _HARMLESS)


def _kept(pen: Pen, change: Callable[[Pen, Value], None]) -> None:
    x = pen.leaf(None, "x", "w", "weight", "inputs", "theta")
    pen.pause()
    held = x if pen.chance(0.12) else pen.grown(x)
    constant = pen.chance(0.2)
    if constant:
        held = pen.constant(x.shape, "scale", "mask_", "gain", "buf", "noise")
    pen.pause()
    pair = pen.pick(pen.keeping_pairs(x) if pen.chance(0.75) else pen.pairs(x))
    used = pen.let(pair, held, x) if constant or pen.chance(0.3) else pen.let(pen.pick(ELEMENTWISE), held)
    pen.pause()
    if pen.chance(0.3):
        held = used
    elif pen.chance(0.2):
        used = pen.let(pen.pick(operations.KEEPS_OUTPUT), used)
    if held.leaf and change not in _UNSEEN and change not in _HARMLESS:
        with pen.block("with torch.no_grad()"):
            change(pen, held)
    else:
        change(pen, held)
    pen.pause()
    result = pen.grown(used) if pen.chance(0.3) else used
    _finish(pen, result, [x.name], held)


def _finish(pen: Pen, result: Value, leaves: list[str], other: Value | None = None) -> None:
    loss = pen.number(result)
    if other is not None and pen.chance(0.3):
        pen.say(f"{loss} = {loss} + {other.name}.sum()")
    pen.pause(0.15)
    with pen.perhaps(0.06, "for _ in range(1)", "if torch.is_tensor(" + loss + ")"):
        pen.backward(loss, leaves)
    if pen.chance(0.2):
        pen.say(f"print({leaves[0]}.grad)")


# Changes that PyTorch sees. Each writes statements that change the value's memory.


def _direct(pen: Pen, held: Value) -> None:
    with pen.setting():
        pen.say(pen.pick(CHANGES).format(t=held.name))


def _through_alias(pen: Pen, held: Value) -> None:
    alias = pen.name("view", "row", "part", "flat", "alias", "tail", "ref")
    pen.say(f"{alias} = {pen.pick(ALIASES).format(t=held.name)}")
    pen.pause(0.2)
    if pen.chance(0.2):
        second = pen.name("again", "same", "piece")
        pen.say(f"{second} = {pen.one('{t}', '{t}.detach()', '{t}.view({t}.shape)', '{t}[...]').format(t=alias)}")
        alias = second
    with pen.setting():
        pen.say(pen.one("{t}.mul_(2)", "{t} += 1", "{t}.add_(0.5)", "{t}.zero_()", "{t}.fill_(0.2)", "{t} *= 3", "{t}[...] = 1.5", "{t}.clamp_(0.1, 0.2)", "{t} -= 4", "{t}.copy_(torch.ones_like({t}))").format(t=alias))


def _expression_alias(pen: Pen, held: Value) -> None:
    method = pen.one(".mul_(2)", ".add_(1)", ".zero_()", ".fill_(0.3)", ".neg_()", ".sub_(0.7)", ".div_(3)")
    with pen.setting():
        pen.say(pen.pick(ALIASES).format(t=held.name) + method)


def _in_container(pen: Pen, held: Value) -> None:
    box = pen.name("items", "pair", "cache", "outputs", "states")
    change = pen.one("{t} += 1", "{t}.mul_(2)", "{t} *= 0.5", "{t}.zero_()", "{t}[0] = 3.0", "{t}.tanh_()")
    way = pen.rng.randrange(6)
    if way == 0:
        pen.say(f"{box} = [{held.name}]")
        pen.pause(0.2)
        pen.say(change.format(t=f"{box}[{pen.one('0', '-1')}]"))
    elif way == 1:
        pen.say(f'{box} = {{"h": {held.name}, "k": {held.name}.clone()}}')
        pen.say(change.format(t=f'{box}["{pen.one("h", "h", "k")}"]'))
    elif way == 2:
        with pen.block(f"for each in ({held.name}.{pen.one('detach()', 'clone()', 'view(-1)')}, {held.name}.clone())"):
            pen.say(change.format(t="each"))
    elif way == 3:
        first, second = pen.name("first"), pen.name("second")
        pen.say(f"{first}, {second} = {held.name}, {held.name}.clone()", change.format(t=pen.one(first, first, second)))
    elif way == 4:
        pen.say(f"{box} = []", f"{box}.append({held.name})")
        with pen.block(f"for each in {box}"):
            pen.say(change.format(t="each"))
    else:
        pen.say(f"{box} = [each.{pen.one('add_(1)', 'mul_(2)', 'mul(2)', 'sigmoid_()')} for each in ({held.name}, torch.ones(2))]")


def _by_function(pen: Pen, held: Value) -> None:
    body = pen.one(
        "def {f}(t):\n    t.mul_(2)\n    return t",
        "def {f}(t, amount=1):\n    t += amount\n    return t",
        "def {f}(t):\n    t[0] = 0\n",
        "def {f}(t):\n    t = t * 2\n    return t",
        "def {f}(t):\n    t = t.clone()\n    t.add_(1)\n    return t",
        "@torch.no_grad()\ndef {f}(t):\n    t.clamp_(0.1, 0.3)\n",
        "def {f}(t, inplace=False):\n    if inplace:\n        return t.add_(1)\n    return t + 1",
        "def {f}(t):\n    return F.relu(t, inplace=True)",
        "def {f}(*tensors):\n    for t in tensors:\n        t.mul_(0.5)\n",
        "def {f}(t):\n    flat = t.view(-1)\n    flat[0] = 9.0\n    return t",
        "def {f}(t):\n    t.data.mul_(2)\n",
        "def {f}(t):\n    with torch.no_grad():\n        t.add_(1)\n    return t",
    )
    name = pen.function(body, pen.one("scale_", "update", "shift_", "touch", "tidy", "adjust"))
    call = f"{name}({held.name}{', inplace=' + pen.one('True', 'False') if 'inplace=False' in body else ''})"
    with pen.setting():
        pen.say(pen.one(call, f"_ = {call}"))


def _as_output(pen: Pen, held: Value) -> None:
    other = pen.constant(held.shape)
    call = pen.one("torch.exp({o}, out={t})", "torch.mul({o}, 2, out={t})", "torch.add({o}, {o}, out={t})", "torch.sin({o}, out={t})")
    if held.grad:
        with pen.block("with torch.no_grad()"):
            pen.say(call.format(o=other.name, t=held.name))
    else:
        pen.say(call.format(o=other.name, t=held.name))


def _without_grad_mode(pen: Pen, held: Value) -> None:
    with pen.block(pen.one("with torch.no_grad()", "with torch.set_grad_enabled(False)", "with torch.inference_mode()")):
        pen.say(pen.pick(CHANGES).format(t=held.name))


def _by_itself(pen: Pen, held: Value) -> None:
    pen.say(pen.one("{t} *= {t}", "{t} /= {t}.norm()", "{t} *= torch.sigmoid({t})", "{t} -= {t}.mean()", "{t} += {t} ** 2", "{t} /= {t}.sum()", "{t} -= {t} * 0.1", "{t}.mul_({t}.detach())", "{t}.div_({t}.exp())", "{t}.sub_({t}.max())", "{t}.mul_({t}.clone())").format(t=held.name))


def _swapped(pen: Pen, held: Value) -> None:
    """Only one of two branches changes it."""
    with pen.block(f"if {pen.condition()}"):
        pen.say(pen.pick(CHANGES).format(t=held.name))
    with pen.block("else"):
        pen.say(pen.one("{t} = {t} + 1", "pass", "{t} = {t}.clone()", "{t}.add_(1)", "print({t}.shape)").format(t=held.name))


def _while(pen: Pen, held: Value) -> None:
    count = pen.name("count", "left", "n")
    pen.say(f"{count} = {pen.one('0', '1', '2')}")
    with pen.block(f"while {count} < 2"):
        pen.say(pen.pick(CHANGES).format(t=held.name), f"{count} += 1")


# What changes nothing that is kept.


def _rebound(pen: Pen, held: Value) -> None:
    with pen.setting(0.2):
        pen.say(pen.one("{t} = {t} + 1", "{t} = {t} * 2", "{t} = torch.tanh({t})", "{t} = {t}.clone() * 0.5", "{t} = -{t}", "{t} = {t}.detach() + 1", "{t} = {t}.clamp(min=0.2)").format(t=held.name))


def _copy(pen: Pen, held: Value) -> None:
    copy = pen.name("copy", "spare", "saved", "snapshot", "rest")
    pen.say(f"{copy} = {pen.pick(COPIES).format(t=held.name)}")
    pen.pause(0.2)
    with pen.setting():
        pen.say(pen.one("{t} += 1", "{t}.mul_(2)", "{t}.zero_()", "{t} *= 0.5", "{t}.add_(1)", "{t}.exp_()", "{t}.data.add_(1)").format(t=copy))


def _copied_expression(pen: Pen, held: Value) -> None:
    with pen.setting():
        pen.say(pen.pick(COPIES).format(t=held.name).join("()") + pen.one(".mul_(2)", ".add_(1)", ".zero_()", ".tanh_()", ".neg_()"))


def _nothing(pen: Pen, held: Value) -> None:
    pen.say(pen.one("{t}.mul(2)", "_ = {t}.add(1)", "print({t}.detach().mean())", "{t}.requires_grad_()", "{t}.retain_grad()" if held.grad else "pass", "F.relu({t})").format(t=held.name))


def _restored_grad(pen: Pen, held: Value) -> None:
    """The grad of a leaf, not the leaf."""
    leaf = next((value for value in pen.values if value.leaf), None)
    if leaf is None:
        return _nothing(pen, held)
    with pen.block(f"if {leaf.name}.grad is not None"):
        pen.say(f"{leaf.name}.grad{pen.one('.zero_()', ' *= 0.5', '.clamp_(-1, 1)', ' = None')}")


# Changes behind PyTorch's back.


def _data(pen: Pen, held: Value) -> None:
    with pen.setting(0.25):
        pen.say(pen.pick(BEHIND_THE_BACK).format(t=held.name))


def _data_name(pen: Pen, held: Value) -> None:
    alias = pen.name("raw", "plain", "d", "inner")
    pen.say(f"{alias} = {held.name}.data{pen.one('', '', '.view(-1)', '[0]', '.clone()', '.detach()', '[...]')}")
    pen.pause(0.25)
    with pen.setting(0.2):
        pen.say(pen.one("{t} += 1", "{t}.mul_(2)", "{t} *= 3", "{t}.zero_()", "{t}.add_(0.7)", "{t}[0] = 4.0").format(t=alias) if True else "")


def _array(pen: Pen, held: Value) -> None:
    array = pen.name("array", "arr", "values")
    source = pen.one("{t}.detach().numpy()", "{t}.data.numpy()", "{t}.detach().cpu().numpy()", "{t}.detach().numpy().copy()", "np.asarray({t}.detach())", "np.array({t}.detach())", "{t}.detach().clone().numpy()", "{t}.numpy(force=True)")
    pen.say(f"{array} = {source.format(t=held.name)}")
    pen.pause(0.2)
    with pen.setting(0.2):
        pen.say(pen.one("{t} += 1", "{t}[0] = 2.5", "{t}[...] = 0.4", "{t} *= 3", "{t}.fill(1.1)", "{t} = {t} + 1", "{t}[:] = {t} * 2").format(t=array))


def _replaced(pen: Pen, held: Value) -> None:
    with pen.setting(0.2):
        pen.say(pen.one("{t}.data = torch.randn_like({t})", "{t}.data = {t}.data * 2", "{t}.data = torch.ones_like({t}) * 3", "{t}.data = {t}.data.clone() + 1", "{t}.data = {t}.detach() / 2", "{t}.data -= 0.1 * {t}.data").format(t=held.name))


def _data_loop(pen: Pen, held: Value) -> None:
    with pen.block(f"for each in ({held.name},)" if pen.chance(0.5) else f"for each in [{held.name}, torch.ones(2)]"):
        pen.say(pen.one("each.data.add_(1)", "each.data.mul_(0.3)", "each.data.clamp_(-0.1, 0.1)", "each.data.zero_()", "each.detach().clone().mul_(2)", "each.data = each.data + 1"))


def array_behind(pen: Pen) -> None:
    """A tensor over a numpy array that is written to while a backward is pending."""
    x = pen.leaf(pen.shape(1), "w", "x", "theta")
    array = pen.name("array", "arr", "table", "raw")
    pen.say(f"{array} = np.linspace({pen.one('0.5, 2.0', '0.1, 1.0', '1, 3')}, {x.shape[0]})")
    data = pen.name("data", "inputs", "features")
    pen.say(f"{data} = torch.{pen.one('from_numpy({a})', 'from_numpy({a})', 'as_tensor({a})', 'tensor({a})', 'from_numpy({a}.copy())').format(a=array)}")
    value = pen.know(data, x.shape)
    pen.pause()
    used = pen.let(pen.pick(operations.PAIR_KEEPS if pen.chance(0.8) else operations.PAIR_KEEPS_NOTHING), value, x)
    pen.pause()
    with pen.setting(0.2):
        pen.say(pen.one("{a}[0] = 5.0", "{a} += 1", "{a} *= 2", "{a}.fill(0.5)", "{a} = {a} + 1", "{a}[:] = 0", "np.multiply({a}, 3, out={a})", "{a}.sort()", "{a}[1:] -= 3").format(a=array))
    pen.pause()
    _finish(pen, used, [x.name])


def index_changed(pen: Pen) -> None:
    """An integer index or a boolean mask that was kept is changed."""
    x = pen.leaf(pen.one((4,), (5,), (3, 3), (4, 4)), "x", "table", "w")
    source = pen.grown(x) if pen.chance(0.4) else x
    name, out = pen.name("idx", "index", "mask", "keep", "where", "picked"), pen.name()
    with_mask = pen.chance(0.5)
    if with_mask:
        pen.say(f"{name} = {pen.one('{x}.detach() > 0', '{x} > 0.1', 'torch.rand({s}) > 0.3', 'torch.ones({s}, dtype=torch.bool)').format(x=x.name, s=', '.join(map(str, x.shape)))}")
        use = pen.one("{x}[{i}] ** 2", "{x}[{i}]", "{x}.masked_fill({i}, 0.0)", "torch.where({i}, {x}, 0.5)", "torch.where({i}, {x}, -{x})", "{x}.masked_select({i})", "{x} * {i}", "{x}[{i}.clone()]")
        ways = ("{i}.logical_not_()", "{i}.fill_(False)", "{i}[0] = False", "{i} &= False", "{i} = ~{i}", "{i}.data.logical_not_()", "{i}.data.fill_(False)", "{i}.clone().fill_(True)", "{i}.zero_()", "{i}.numpy()[0] = False")
    else:
        pen.say(f"{name} = torch.tensor([{pen.one('0, 2', '1, 2', '2, 1', '1, 1, 2')}])")
        use = pen.one("{x}[{i}]", "{x}[{i}] * 2", "{x}.index_select(0, {i})", "{x}.index_select(0, {i}.clone())", "torch.index_select({x}, 0, {i})", "{x}.flatten().gather(0, {i})", "{x}.flatten().take({i})", "{x}[{i}.tolist()]", "{x}.flatten()[{i}].exp()", "torch.zeros(4).index_add(0, {i}, {x}.flatten()[:len({i})])")
        ways = ("{i}.zero_()", "{i}[0] = 1", "{i} -= 1", "{i}.fill_(1)", "{i} = {i} + 1", "{i}.data.zero_()", "{i}.numpy()[0] = 0", "{i}.clone().zero_()", "{i}.copy_(torch.zeros_like({i}))", "{i}.data[0] = 1", "{i} //= 2", "{i}.clamp_(max=0)")
    pen.say(f"{out} = {use.format(x=source.name, i=name)}")
    pen.pause()
    with pen.setting(0.25):
        pen.say(pen.pick(ways).format(i=name))
    pen.pause()
    loss = pen.name("loss", "total")
    pen.say(f"{loss} = {out}.{pen.one('sum()', 'mean()', 'pow(2).sum()', 'exp().sum()')}")
    pen.backward(loss, [x.name])


def labels_changed(pen: Pen) -> None:
    """The target of a loss is changed before the backward."""
    x = pen.leaf(pen.one((3, 3), (4, 4), (2, 3)), "logits", "scores", "x")
    source = pen.grown(x) if pen.chance(0.5) else x
    target, loss = pen.name("target", "labels", "y", "goal"), pen.name("loss", "cost")
    if pen.chance(0.5):
        pen.say(f"{target} = torch.{pen.one('zeros', 'ones')}({x.shape[0]}, dtype=torch.long)")
        pen.say(f"{loss} = {pen.one('F.cross_entropy({x}, {y})', 'nn.CrossEntropyLoss()({x}, {y})', 'F.nll_loss({x}.log_softmax(-1), {y})', 'F.cross_entropy({x}, {y}.clone())', 'F.multi_margin_loss({x}, {y})').format(x=source.name, y=target)}")
        ways = ("{y}.zero_()", "{y}[0] = 1", "{y}.fill_(1)", "{y} += 1", "{y} = {y} + 1", "{y}.data.fill_(1)", "{y}.clone().zero_()", "{y}.data[0] = 1")
    else:
        pen.say(f"{target} = torch.rand{x.shape}")
        pen.say(f"{loss} = {pen.one('F.mse_loss({x}, {y})', 'nn.MSELoss()({x}, {y})', 'F.binary_cross_entropy_with_logits({x}, {y})', 'nn.L1Loss()({x}, {y})', 'F.kl_div({x}.log_softmax(-1), {y})', 'F.smooth_l1_loss({x}, {y})', 'F.huber_loss({x}, {y})', 'F.mse_loss({x}, {y}.clone())', '({x} - {y}).pow(2).mean()', '({x} - {y}).sum()').format(x=source.name, y=target)}")
        ways = ("{y}.zero_()", "{y}[0] = 0.5", "{y} *= 0.9", "{y}.clamp_(0.1, 0.3)", "{y} = {y} * 2", "{y}.data.mul_(3)", "{y}.data.zero_()", "{y}.numpy()[...] = 0.9", "{y}.clone().zero_()")
    pen.pause()
    with pen.setting(0.25):
        pen.say(pen.pick(ways).format(y=target))
    pen.pause()
    pen.backward(loss, [x.name])


def activation_in_place(pen: Pen) -> None:
    """In-place activations after layers and after each other."""
    x = pen.constant(pen.one((2, 3), (3, 3), (4, 4), (3, 2)), "x", "inputs", "batch")
    width = x.shape[1]
    value = pen.name("h", "out", "y")
    layers = [f"nn.Linear({width}, {width})", f"nn.BatchNorm1d({width})", f"nn.LayerNorm({width})", "nn.ReLU()", "nn.Sigmoid()", "nn.Tanh()", "nn.Softmax(dim=-1)", "nn.Identity()", "nn.Dropout(0.2)", "nn.ELU()", "nn.Softplus()"]
    after = ["nn.ReLU(inplace=True)", "nn.Dropout(0.3, inplace=True)", "nn.LeakyReLU(0.1, inplace=True)", "nn.ELU(inplace=True)", "nn.SiLU(inplace=True)", "nn.Hardtanh(inplace=True)", "nn.ReLU6(inplace=True)", "nn.CELU(inplace=True)", "nn.SELU(inplace=True)", "nn.Mish(inplace=True)", "nn.Hardswish(inplace=True)", "nn.ReLU(True)", "nn.ReLU()", "nn.Hardsigmoid(inplace=True)"]
    chain = [f"nn.Linear({width}, {width})", *(pen.pick(layers if pen.chance(0.4) else after) for _ in range(pen.one(1, 2, 2, 3)))]
    if pen.chance(0.35):
        net = pen.name("net", "model", "block")
        pen.say(f"{net} = nn.Sequential({', '.join(chain)})", f"{value} = {net}({x.name})")
    elif pen.chance(0.3):
        fields = [f"self.{letter} = {layer}" for letter, layer in zip("abcd", chain, strict=False)]
        steps = [f"x = self.{letter}(x)" for letter, _ in zip("abcd", chain, strict=False)]
        body = "\n        ".join(fields)
        forward = "\n        ".join(steps)
        net = pen.function(f"class {{f}}(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {body}\n\n    def forward(self, x):\n        {forward}\n        return x", pen.one("Net", "Block", "Head"))
        pen.say(f"{value} = {net}()({x.name})")
    else:
        for layer in chain:
            name = pen.name("layer", "act", "f")
            pen.say(f"{name} = {layer}", f"{value} = {name}({value if layer is not chain[0] else x.name})")
            pen.pause(0.1)
    if pen.chance(0.4):
        pen.say(pen.one("{t} += 1", "{t} /= 2", "F.relu({t}, inplace=True)", "{t} = {t} * 2", "{t}.mul_(3)", "{t} = {t} + {x}").format(t=value, x=x.name))
    pen.say(f"loss = {value}.{pen.one('sum()', 'mean()', 'pow(2).mean()')}", "loss.backward()")


def residual(pen: Pen) -> None:
    """A shortcut past an in-place operation."""
    x = pen.leaf(None, "x", "inputs", "w")
    h = pen.grown(x)
    short = pen.name("residual", "identity", "skip", "shortcut")
    pen.say(f"{short} = {pen.one('{t}', '{t}.clone()', '{t}.detach()', '{t} * 1').format(t=h.name)}")
    out = pen.let(pen.pick(KEEPS_INPUT + KEEPS_OUTPUT), h)
    pen.pause(0.2)
    target = pen.one(out.name, short, h.name)
    pen.say(pen.one("{o} += {s}", "{o}.add_({s})", "{o} = {o} + {s}", "{o} *= {s}", "{o} = {o} * {s}").format(o=out.name, s=short))
    if pen.chance(0.5):
        pen.say(pen.one("F.relu({t}, inplace=True)", "{t} = F.relu({t})", "{t}.mul_(2)", "{t} = {t} + 1").format(t=target))
    pen.say(f"loss = {out.name}.{pen.one('sum()', 'mean()', 'norm()')}", "loss.backward()")


def loop_buffer(pen: Pen) -> None:
    """A buffer is filled, an accumulator grows, a value is updated in a loop, and one backward follows."""
    x = pen.leaf(pen.shape(1), "x", "w", "weight")
    n = pen.one(2, 3, 3)
    sizes = x.shape[0]
    way = pen.rng.randrange(7)
    acc = pen.name("total", "acc", "out", "memory", "track")
    if way == 0:
        pen.say(f"{acc} = torch.zeros({n}, {sizes})")
        h = pen.grown(x)
        with pen.block(f"for i in range({n})"):
            if pen.chance(0.5):
                pen.say(f"{acc}[i] = {h.name}{pen.one('', ' * i', ' + i')}")
                pen.say(f"{h.name} = {pen.one('torch.tanh({a}[i] * {x})', '{h} * {x}', '{a}[i] + {x}', 'torch.sigmoid({h} + {x})', '{a}[i].clone() * {x}').format(a=acc, x=x.name, h=h.name)}")
            else:
                pen.say(f"{acc}[i] = {pen.one('{x} * i', '{h}', '{x} + i', '{h} * {x}', '{a}[i - 1] * {x}', '{a}[i - 1] + {x}').format(a=acc, x=x.name, h=h.name)}")
    elif way == 1:
        pen.say(f"{acc} = {pen.one('0', '0.0', 'torch.zeros(())', 'torch.tensor(0.0)')}")
        with pen.block(f"for i in {pen.times(n)}"):
            pen.say(f"{acc} {pen.one('+=', '= ' + acc + ' +')} ({x.name} * (i + 1)).{pen.one('sum()', 'norm()', 'pow(2).sum()')}")
    elif way == 2:
        pen.say(f"{acc} = {x.name} {pen.one('+ 0', '* 1', '* 2')}")
        with pen.block(f"for _ in {pen.times(n)}"):
            pen.say(f"{acc} {pen.one('*=', '+=', '-=', '/=')} {pen.one('2', x.name, acc, acc + '.detach()', x.name + '.detach()')}")
    elif way == 3:
        pen.say(f"{acc} = torch.ones({sizes})", "steps = []")
        with pen.block(f"for _ in {pen.times(n)}"):
            pen.say(f"steps.append({pen.one('{a} * {x}', '{a} + {x}', 'torch.tanh({a} * {x})', '({a} * {x}).clone()').format(a=acc, x=x.name)})")
            pen.say(pen.one("{a} += 1", "{a} = {a} + 1", "{a}.mul_(2)", "{a} = steps[-1]", "{a} = {a} * 2", "{a}.data.add_(1)", "{a}[0] = 2.0").format(a=acc))
        pen.say(f"{acc} = {pen.one('torch.stack(steps)', 'sum(steps)', 'torch.cat(steps)')}")
    elif way == 4:
        pen.say(f"{acc} = {x.name}.{pen.one('clone()', 'exp()', 'mul(2)', 'view(-1) + 0')}")
        with pen.block(f"for i in range({min(n, sizes)})"):
            pen.say(f"{acc}[i] = {pen.one('{a}[i] * 2', '{a}[i] ** 2', '{a}[i - 1] + 1', '{x}[i] * 3', '0', 'i', '{a}[i].exp()', '{a}.sum()', '{a}.norm()').format(a=acc, x=x.name)}")
    elif way == 5:
        count = pen.name("i", "n", "left")
        pen.say(f"{acc} = {x.name} + 1", f"{count} = 0")
        with pen.block(f"while {count} < {n}"):
            pen.say(f"{acc} = {pen.pick(ELEMENTWISE).format(x=acc)}", f"{count} += 1")
            with pen.block(f"if {count} == {pen.one(1, n)}"):
                pen.say(pen.one("{a} += 1", "{a} = {a} * 2", "{a}.mul_(2)").format(a=acc))
    else:
        pen.say(f"{acc} = torch.zeros({sizes})")
        with pen.block(f"for i, each in enumerate({x.name})"):
            pen.say(f"{acc}[i] = {pen.one('each * 2', 'each ** 2', 'each.exp() + i', 'each.detach()', 'each * ' + acc + '.sum()')}")
        pen.say(f"{acc} = {acc} + {x.name}")
    pen.pause()
    pen.backward(_total(pen, acc), [x.name])


def _total(pen: Pen, name: str) -> str:
    loss = pen.name("loss", "cost")
    pen.say(f"{loss} = {name}.{pen.one('sum()', 'sum()', 'mean()', 'pow(2).sum()', 'norm()')}")
    return loss


_UNSEEN = (_data, _data, _data, _data_name, _data_name, _array, _replaced, _data_loop)
_SEEN = (_direct,) * 6 + (_through_alias,) * 5 + (_expression_alias,) * 2 + (_in_container,) * 2 + (_by_function,) * 3 + (_as_output, _without_grad_mode, _by_itself, _swapped, _while)
_HARMLESS = (_rebound, _copy, _copy, _copied_expression, _nothing, _restored_grad)
