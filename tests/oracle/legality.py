"""What PyTorch refuses at the statement itself: kinds ``leaf``, ``view``, ``out``, ``inference`` and ``flags``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.operations import CHANGES, ELEMENTWISE, TO_NUMBER

if TYPE_CHECKING:
    from tests.oracle.pen import Pen, Value

_VIEWS = (
    "{x}[0]",
    "{x}[:2]",
    "{x}[1:]",
    "{x}.view(-1)",
    "{x}.reshape(-1)",
    "{x}.t()",
    "{x}[..., 0]",
    "{x}.unsqueeze(0)",
    "{x}.transpose(0, -1)",
    "{x}.flatten()",
    "{x}.narrow(0, 0, 1)",
    "{x}[None]",
    "{x}.select(0, 1)",
    "{x}.view_as({x})",
    "{x}.squeeze()",
    "{x}.T",
    "{x}.contiguous()",
    "{x}.diagonal(0, 0, -1)",
    "{x}.movedim(0, -1)",
    "{x}.expand({x}.shape)",
)
_SHORT_CHANGES = (
    "{t} += 1",
    "{t}.mul_(2)",
    "{t}.add_(1)",
    "{t}.zero_()",
    "{t} *= 0.5",
    "{t}.fill_(0.1)",
    "{t}.clamp_(0, 1)",
    "F.relu({t}, inplace=True)",
    "{t}.copy_(torch.ones_like({t}))",
    "{t} -= 3",
    "{t}[...] = 0",
    "nn.init.zeros_({t})",
    "{t}.sub_(0.1)",
    "{t} /= 2",
    "{t}.exp_()",
    "{t}.tanh_()",
    "torch.relu_({t})",
    "{t}.normal_()",
)


_KEEP_IT = (
    "{w} * {m} | {m} * {w} | ({w} * 2 - {m}) * {m} | torch.maximum({w}, {m}) | F.mse_loss({w}, {m}) | {w} / {m} | "
    "nn.Linear({n}, 2)({m}) | torch.addcmul({w}, {w}, {m}) | {w} * {m}[:1] | F.smooth_l1_loss({w}, {m}) | "
    "torch.atan2({m}, {w}) | ({w} + 1) * {m}.detach() | {w} * {m}[...] | F.linear({m}, {w}.flatten()[:{n}]) | "
    "{w}.mul({m}) | {w}.lerp({w}, {m})"
)
"""What is done with a leaf and an inference tensor, outside the mode."""
_KEEP_IT_NOT = (
    "{w} + {m} | {w} - {m} | torch.cat([{w}, {m}]) | {m}.exp() + {w} | {w} * {m}.clone() | {m} ** 2 + {w} | "
    "{w} * float({m}.sum()) | torch.stack([{w}, {m}]) | F.linear({m}, torch.ones(2, {n})) + {w}.sum() | "
    "{w} * {m}.shape[0] | {w} * {m}.detach().clone() | {w} + {m} * 2 | {w} * {m}.max().item() | ({w} - {m}) ** 2 | "
    "{w} * torch.tensor({m}.tolist()) | {w}.masked_fill({m} > 0, 0.0) | {w} * {m}.abs() | {w} * {m}.mean() | "
    "{w}.exp() * {m}.sum() | torch.where({m} > 0, {w}, 0.0) | torch.hypot({w}, {m}) | F.l1_loss({w}, {m})"
)


def leaf_changed(pen: Pen) -> None:
    """A leaf, or what was a leaf, is changed in place."""
    x = pen.leaf(None, "x", "w", "weight", "bias", "theta")
    pen.pause()
    way = pen.rng.randrange(8)
    target = x.name
    if way == 0:
        target = pen.name("h", "y")
        pen.say(
            f"{target} = "
            + pen.fill(
                "{x}.clone() | {x} + 0 | {x} | {x} * 1 | {x}.contiguous() | {x}.to(torch.float64) | "
                "{x}.detach() | {x}.exp()",
                x=x.name,
            )
        )
    elif way == 1:
        pen.say(
            pen.fill(
                "{x}.requires_grad_(False) | {x}.requires_grad = False | {x} = {x} * 1 | "
                "{x} = {x}.detach() | {x}.requires_grad_() | {x} = {x}.detach().requires_grad_()",
                x=x.name,
            )
        )
    pen.pause(0.2)
    change = pen.pick(CHANGES if pen.chance(0.6) else _SHORT_CHANGES).format(t=target)
    if way == 2:
        with pen.block(
            pen.one(
                "with torch.no_grad()",
                "with torch.no_grad()",
                "with torch.enable_grad()",
                "with torch.set_grad_enabled(False)",
            )
        ):
            pen.say(change)
    elif way == 3:
        name = pen.function(
            pen.one(
                "def {f}(t):\n    t.mul_(2)\n    return t",
                "def {f}(t):\n    t += 1\n",
                "def {f}(t):\n    t = t + 1\n    t.mul_(2)\n    return t",
                "@torch.no_grad()\ndef {f}(t):\n    t.add_(1)\n    return t",
                "def {f}(t):\n    with torch.no_grad():\n        t.zero_()\n    return t",
            ),
            pen.one("init_", "change", "reset"),
        )
        with pen.setting():
            pen.say(f"{name}({target})")
    elif way == 4:
        _caught(pen, change)
    elif way == 5:
        with pen.block(
            "for each in "
            + pen.fill("[{x}] | ({x}, {x}.clone()) | [{x}.detach()] | ({x}.clone(),) | [{x} + 1]", x=target)
        ):
            pen.say(pen.one("each += 1", "each.mul_(2)", "each.zero_()"))
    else:
        with pen.setting():
            pen.say(change)
    pen.pause()
    _finish(pen, target, x)


def _caught(pen: Pen, *statements: str) -> None:
    with pen.block("try"):
        pen.say(*statements)
    with pen.block(pen.one("except RuntimeError", "except RuntimeError as error", "except Exception")):
        pen.say(pen.one("pass", "print('refused')"))


def _finish(pen: Pen, target: str, x: Value) -> None:
    if pen.chance(0.7):
        loss = pen.name("loss")
        pen.say(
            f"{loss} = ({pen.pick(ELEMENTWISE).format(x=x.name)}).sum()"
            + (f" + {target}.sum()" if pen.chance(0.4) else "")
        )
        with pen.perhaps(0.3, f"if {loss}.requires_grad"):
            pen.say(f"{loss}.backward()")
    else:
        pen.say(f"print({target}.shape)")


def parameter_changed(pen: Pen) -> None:
    """The parameters of a module are changed by hand."""
    width = pen.one(2, 3, 4)
    net = pen.name("net", "fc", "model", "layer")
    sequential = pen.chance(0.3)
    pen.say(
        f"{net} = nn.Sequential(nn.Linear({width}, {width}), nn.Tanh())"
        if sequential
        else f"{net} = nn.Linear({width}, {width})"
    )
    layer = f"{net}[0]" if sequential else net
    weight = pen.one(f"{layer}.weight", f"{layer}.weight", f"{layer}.bias")
    if pen.chance(0.2):
        pen.say(
            pen.one(
                f"{net}.requires_grad_(False)",
                f"{weight}.requires_grad = False",
                f"{weight}.requires_grad_(False)",
                f"{net}.eval()",
            )
        )
    pen.pause()
    change = pen.one(
        "{t} += 1",
        "{t}.mul_(0.5)",
        "{t}.fill_(0.1)",
        "nn.init.zeros_({t})",
        "nn.init.normal_({t})",
        "{t}.data.fill_(0.5)",
        "{t}[0] = 1.0",
        "{t}.data *= 2",
        "{t}.zero_()",
        "{t}.copy_(torch.ones_like({t}))",
        "{t}.data = torch.ones_like({t})",
        "{t}.detach().mul_(2)",
        "{t} -= 0.1",
        "{t}.data -= 0.1",
    )
    way = pen.rng.randrange(5)
    if way == 0:
        with pen.block("with torch.no_grad()"):
            pen.say(change.format(t=weight))
    elif way == 1:
        with pen.block(f"for p in {net}.parameters()"):
            pen.say(
                pen.fill(
                    "p.mul_(0.9) | p.data.mul_(0.9) | p.data.add_(1) | p.add_(1) | nn.init.constant_(p, 0.5) | p -= 0.1"
                )
            )
    elif way == 2:
        with pen.block("with torch.no_grad()"), pen.block(f"for p in {net}.parameters()"):
            pen.say(pen.one("p.mul_(0.9)", "p += 1", "p.copy_(torch.ones_like(p))"))
    else:
        with pen.setting():
            pen.say(change.format(t=weight))
    pen.pause()
    pen.say(f"out = {net}(torch.randn(2, {width}))")
    with pen.perhaps(0.3, "if out.requires_grad"):
        pen.say(f"out.{pen.one('sum()', 'mean()', 'tanh().sum()')}{pen.one('', '', '', '.backward()')}")


def view_of_leaf(pen: Pen) -> None:
    """A view of a leaf, or of something else, is changed in place."""
    x = pen.leaf(None, "x", "w", "weight", "table")
    source = x.name
    if pen.chance(0.3):
        source = pen.name("h", "base", "copy")
        pen.say(
            f"{source} = "
            + pen.fill(
                "{x}.clone() | {x} + 1 | {x} * 2 | {x}.detach().clone() | {x}.exp() | {x}.detach() | "
                "torch.zeros_like({x})",
                x=x.name,
            )
        )
    pen.pause(0.2)
    views = [
        each
        for each in _VIEWS
        if len(x.shape) == 2 or (".t()" not in each and ".T" not in each and "diagonal" not in each)
    ]
    view = pen.pick(views).format(x=source)
    if pen.chance(0.35):
        with pen.setting():
            pen.say(
                pen.fill(
                    "{x}[0] = 0 | {x}[..., 0] += 1 | {x}[1:] *= 2 | {x}[{x} > 0] = 0 | {x}[[0, 1]] = 1.0 | "
                    "{x}[-1] = {x}[0] * 2 | {x}[0] -= 1 | {v}.mul_(2) | {v}.add_(1) | {v}.zero_() | "
                    "{x}[:1].fill_(3)",
                    x=source,
                    v=view,
                )
            )
    else:
        name = pen.name("v", "row", "part", "flat", "head")
        guard = pen.one("", "", "", "", "with torch.no_grad()", "with torch.inference_mode()")
        if guard:
            with pen.block(guard):
                pen.say(f"{name} = {view}")
        else:
            pen.say(f"{name} = {view}")
        pen.pause(0.2)
        if pen.chance(0.15):
            pen.say(f"{name} = {name}.{pen.one('clone()', 'view(-1)', 'detach()', 'flatten()')}")
        change = pen.pick(_SHORT_CHANGES).format(t=name)
        if pen.chance(0.12):
            with pen.block("with torch.no_grad()"):
                pen.say(change)
        elif pen.chance(0.1):
            _caught(pen, change)
        else:
            with pen.setting():
                pen.say(change)
    pen.pause()
    _finish(pen, source, x)


def several_views(pen: Pen) -> None:
    """Results of unbind, chunk, split and iteration are changed."""
    x = pen.leaf(pen.one((3, 3), (4, 4), (4,), (2, 3), (2, 2)), "x", "w", "batch")
    source = x.name
    if pen.chance(0.75):
        source = pen.name("h", "rows", "out")
        pen.say(
            f"{source} = "
            + pen.fill(
                "{x} * 2 | {x} + 1 | {x}.exp() | {x}.clone() | {x}.detach().clone() | torch.zeros_like({x})", x=x.name
            )
        )
    pen.pause(0.2)
    change = pen.one(
        "{t} += 1",
        "{t}.mul_(2)",
        "{t} *= 0.5",
        "{t}.zero_()",
        "{t}.add_(1)",
        "{t} = {t} + 1",
        "{t} = {t} * 2",
        "{t}.fill_(1)",
    )
    way = pen.rng.randrange(6)
    if way == 0:
        with pen.block(f"for row in {source}"):
            pen.say(pen.one(change.format(t="row"), change.format(t="row"), "print(row.sum())"))
    elif way == 1:
        with pen.block(f"for i in range(len({source}))"):
            pen.say(
                change.format(t=f"{source}[i]")
                if pen.chance(0.7)
                else f"{pen.name('row')} = {source}[i].clone().mul_(2)"
            )
    elif way == 2:
        first, second = pen.name("first", "a"), pen.name("second", "b")
        n = x.shape[0]
        split = pen.one(
            f"{source}.chunk(2)",
            f"torch.chunk({source}, 2)",
            f"{source}.split({max(1, (n + 1) // 2)})",
            f"torch.split({source}, {max(1, (n + 1) // 2)})",
            f"({source}[:1], {source}[1:])",
            f"torch.tensor_split({source}, 2)",
        )
        pen.say(f"{first}, {second} = {split}")
        pen.pause(0.2)
        pen.say(change.format(t=pen.one(first, second)))
    elif way == 3:
        parts = pen.name("parts", "pieces", "rows_")
        pen.say(
            f"{parts} = "
            + pen.fill(
                "{x}.unbind() | torch.unbind({x}) | {x}.unbind(-1) | list({x}) | [each for each in {x}] | "
                "[{x}[i] for i in range(2)] | {x}.chunk(2) | tuple(each.clone() for each in {x})",
                x=source,
            )
        )
        pen.pause(0.2)
        with pen.setting(0.2):
            pen.say(
                change.format(t=f"{parts}[{pen.one('0', '1', '-1')}]")
                if " = " not in change
                else f"{parts}[0].{pen.one('mul_(2)', 'add_(1)')}"
            )
    elif way == 4:
        with pen.block(f"for i, row in enumerate({source})"):
            pen.say(change.format(t="row"))
    else:
        part = pen.name("top", "values")
        pen.say(
            f"{part} = "
            + pen.fill(
                "{x}.unbind()[0] | {x}.chunk(2)[0] | {x}.split(1)[1] | {x}[0] | {x}.topk(2, dim=0)[0] | "
                "{x}.max(dim=0).values | torch.sort({x}, dim=0)[0]",
                x=source,
            )
        )
        pen.say(change.format(t=part))
    pen.pause()
    _finish(pen, source, x)


def quiet_view(pen: Pen) -> None:
    """A view made in ``no_grad`` or inference mode is changed outside it, or inside."""
    x = pen.leaf(None, "x", "w")
    source = x.name
    if pen.chance(0.6):
        source = pen.name("h", "base")
        pen.say(
            f"{source} = {pen.fill('{x} * 2 | {x} + 1 | {x}.clone() | {x}.detach().clone() | {x}.tanh()', x=x.name)}"
        )
    view = pen.name("v", "row", "flat", "part")
    views = [
        each
        for each in _VIEWS
        if len(x.shape) == 2 or (".t()" not in each and ".T" not in each and "diagonal" not in each)
    ]
    inside = pen.chance(0.15)
    change = pen.pick(_SHORT_CHANGES).format(t=view)
    with pen.block(
        pen.fill(
            "with torch.no_grad() | with torch.no_grad() | with torch.no_grad() | "
            "with torch.enable_grad() | with torch.inference_mode() | "
            "with torch.set_grad_enabled(False)"
        )
    ):
        pen.say(
            f"{view} = {pen.pick(views).format(x=source)}{pen.one('', '', '', '', '.clone()', '.detach()', ' + 1')}"
        )
        if inside:
            pen.say(change)
    pen.pause(0.25)
    if not inside:
        if pen.chance(0.15):
            with pen.block("with torch.no_grad()"):
                pen.say(change)
        else:
            with pen.setting():
                pen.say(change)
    pen.pause()
    _finish(pen, source, x)


def expanded(pen: Pen) -> None:
    """An expanded tensor is written to."""
    x = pen.leaf(pen.shape(1), "x", "w", "bias")
    n = x.shape[0]
    wide = pen.name("wide", "grid", "tiled", "big")
    constant = pen.chance(0.3)
    source = f"torch.zeros({n})" if constant else pen.one(x.name, f"({x.name} * 2)", f"{x.name}.exp()")
    ways = (
        "expand(2, {n}) | expand(2, {n}) | unsqueeze(0).expand(3, {n}) | expand(2, {n}).clone() | repeat(2, 1) | "
        "unsqueeze(0).expand(1, {n}) | expand(2, {n}).contiguous() | expand(2, -1) | unsqueeze(1).expand({n}, 2) | "
        "expand({n})"
    )
    pen.say(f"{wide} = {source}.{pen.fill(ways, n=n)}")
    pen.pause(0.25)
    with pen.setting():
        pen.say(
            pen.fill(
                "{t} += 1 | {t}.mul_(2) | {t}.zero_() | {t}.add_(1) | {t} *= 3 | {t}.fill_(1) | "
                "{t} = {t} + 1 | {t}.exp_() | {t}.clamp_(0, 1)",
                t=wide,
            )
        )
    pen.pause()
    _finish(pen, wide, x)


def written_out(pen: Pen) -> None:
    """``out=`` with and without arguments that require grad."""
    x = pen.leaf(pen.one((3,), (4,), (3, 3), (2, 2)), "x", "w", "inputs")
    other, out = pen.constant(x.shape, "other", "k", "scale"), pen.name("out", "result", "buf", "dest")
    pen.say(f"{out} = torch.{pen.one('empty', 'zeros')}{x.shape}".replace(",)", ")"))
    source = x
    if pen.chance(0.5):
        source = pen.grown(x)
    pen.pause(0.25)
    argument = pen.one(*[source.name] * 4, f"{source.name}.detach()", other.name)
    calls = [
        "torch.exp({x}, out={o})",
        "torch.mul({x}, {k}, out={o})",
        "torch.add({k}, {x}, out={o})",
        "torch.sin({x}, out={o})",
        "torch.sub({x}, 1, out={o})",
        "torch.tanh({x}, out={o})",
        "torch.div({x}, 2, out={o})",
        "torch.maximum({x}, {k}, out={o})",
        "torch.abs({x}, out={o})",
        "torch.cumsum({x}, 0, out={o})",
        "torch.clamp({x}, 0, 1, out={o})",
        "torch.cat([{x}[:1], {k}[1:]], out={o})",
        "torch.stack([{x}, {k}], out={o}_wide)",
        "torch.sqrt({x}, out={o})",
        "{o} = torch.exp({x})",
        "{o} = torch.mul({x}, {k})",
        "{o}.copy_({x})",
        "torch.neg({x}, out={o})",
        "torch.pow({x}, 2, out={o})",
    ]
    if len(x.shape) == 2:
        calls += ["torch.mm({x}, {k}, out={o})", "torch.matmul({k}, {x}, out={o})"] * 2
    call = pen.pick(calls)
    if "_wide" in call:
        pen.say(f"{out}_wide = torch.empty(2, {', '.join(map(str, x.shape))})")
    text = call.format(x=argument, k=other.name, o=out)
    way = pen.rng.randrange(8)
    if way == 0:
        with pen.block(
            pen.one(
                "with torch.no_grad()",
                "with torch.no_grad()",
                "with torch.inference_mode()",
                "with torch.enable_grad()",
            )
        ):
            pen.say(text)
    elif way == 1:
        if source is x:
            pen.say(f"{x.name}.requires_grad_(False)")
        pen.say(text)
    elif way == 2:
        _caught(pen, text)
    elif way == 3:
        name = pen.function(
            "def {f}(a, b, dest):\n    torch."
            + pen.one("mul", "add", "sub", "maximum")
            + "(a, b, out=dest)\n    return dest",
            pen.one("combine", "store", "fuse"),
        )
        with pen.setting():
            pen.say(f"{name}({argument}, {other.name}, {out})")
    elif way == 4:
        pen.say(f"{out}.requires_grad_()" if pen.chance(0.4) else f"{out} = {out}.clone()")
        pen.say(call.format(x=other.name if pen.chance(0.5) else argument, k=other.name, o=out))
    else:
        with pen.setting():
            pen.say(text)
    pen.pause()
    _finish(pen, out, x)


def inference(pen: Pen) -> None:
    """A tensor made in inference mode is used outside it."""
    w = pen.leaf(None, "w", "weight", "x")
    made = pen.name("feats", "cached", "emb", "frozen")
    expression = pen.one(
        pen.fresh(w.shape),
        pen.fresh(w.shape),
        f"{w.name} * 2",
        f"{w.name}.exp()",
        f"torch.ones_like({w.name})",
        f"torch.randn_like({w.name})",
        f"{w.name} + 1",
        f"{w.name}.clone()",
        f"{w.name}.detach()",
        f"{w.name}.view({w.name}.shape)",
    )
    if pen.chance(0.25):
        name = pen.function(
            "@torch."
            + pen.one("inference_mode()", "inference_mode()", "no_grad()")
            + "\ndef {f}(t):\n    return "
            + pen.fill("t * 2 | t.tanh() | t + 1 | t.softmax(-1) | torch.randn_like(t)"),
            pen.one("encode", "extract", "embed"),
        )
        pen.say(f"{made} = {name}({w.name})")
    else:
        with pen.block(
            pen.one(
                *["with torch.inference_mode()"] * 6,
                "with torch.no_grad()",
                "with torch.inference_mode(True)",
                "with torch.inference_mode(False)",
            )
        ):
            pen.say(f"{made} = {expression}")
            if pen.chance(0.15):
                pen.say(f"{made}.add_(1)")
    pen.pause(0.25)
    if pen.chance(0.25):
        pen.say(
            f"{made} = {made}"
            + pen.one(
                ".clone()", " + 0", ".detach()", ".detach().clone()", "[...]", ".view(-1).view(" + made + ".shape)"
            )
        )
    way = pen.rng.randrange(8)
    if way == 0:
        with pen.setting():
            pen.say(pen.pick(_SHORT_CHANGES).format(t=made))
        pen.say(f"out = {w.name} + {made}")
    else:
        use = pen.fill(_KEEP_IT if pen.chance(0.72) else _KEEP_IT_NOT, w=w.name, m=made, n=w.shape[-1])
        with pen.block(f"if {pen.condition()}") if pen.chance(0.2) else pen.setting(0):
            if way == 1:
                with pen.block(
                    pen.one("with torch.no_grad()", "with torch.enable_grad()", "with torch.inference_mode()")
                ):
                    pen.say(f"out = {use}")
                pen.say("print(out.shape)")
                return
            pen.say(f"out = {use}")
            pen.say(pen.one("print(out.sum().item())", "out.sum().backward()"))


def flags_changed(pen: Pen) -> None:
    """``requires_grad`` of what is no leaf is set."""
    x = pen.leaf(None, "x", "w")
    h = pen.grown(x) if pen.chance(0.8) else x
    pen.pause()
    pen.say(
        pen.fill(
            "{h}.requires_grad_(False) | {h}.requires_grad = False | "
            "{h} = {h}.detach().requires_grad_(False) | {h}.requires_grad_() | {h}.requires_grad_(True)",
            h=h.name,
        )
    )
    loss = pen.number(h, templates=TO_NUMBER)
    if pen.chance(0.6):
        with pen.block(f"if {loss}.requires_grad"):
            pen.say(f"{loss}.backward()")
