"""What PyTorch refuses at the statement itself: kinds ``leaf``, ``view`` and ``flags``."""

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
SHORT_CHANGES = (
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
                "{x}.clone() | {x} + 0 | {x} | {x} * 1 | {x}.contiguous() | {x}.to({x}.dtype) | "
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
    change = pen.pick(CHANGES if pen.chance(0.6) else SHORT_CHANGES).format(t=target)
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
        caught(pen, change)
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
    finish(pen, target, x)


def caught(pen: Pen, *statements: str) -> None:
    """Statements inside ``try``."""
    with pen.block("try"):
        pen.say(*statements)
    with pen.block(pen.one("except RuntimeError", "except RuntimeError as error", "except Exception")):
        pen.say(pen.one("pass", "print('refused')"))


def finish(pen: Pen, target: str, x: Value) -> None:
    """A backward over the leaf, perhaps over what was changed as well."""
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
        change = pen.pick(SHORT_CHANGES).format(t=name)
        if pen.chance(0.12):
            with pen.block("with torch.no_grad()"):
                pen.say(change)
        elif pen.chance(0.1):
            caught(pen, change)
        else:
            with pen.setting():
                pen.say(change)
    pen.pause()
    finish(pen, source, x)


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
    finish(pen, source, x)


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
    change = pen.pick(SHORT_CHANGES).format(t=view)
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
    finish(pen, source, x)


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
                "{t} += 1 | {t}.mul_(2) | {t}.add_(1) | {t} *= 3 | {t}.sub_(0.5) | "
                "{t} = {t} + 1 | {t}.exp_() | {t}.clamp_(0, 1)",
                t=wide,
            )
        )
    pen.pause()
    finish(pen, wide, x)


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
