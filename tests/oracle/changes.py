"""Ways to change a tensor: that PyTorch sees, that it does not see, and that change something else.

Each writes statements that do it to one tensor of the program.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.operations import ALIASES, BEHIND_THE_BACK, CHANGES, COPIES

if TYPE_CHECKING:
    from tests.oracle.pen import Pen, Value

# Seen by PyTorch.


def _direct(pen: Pen, held: Value) -> None:
    turned = ("{t}.t_()", "{t}.transpose_(0, 1)", "{t}.T.add_(1)") * pen.is_square(held)
    with pen.setting():
        pen.say(pen.pick(turned if turned and pen.chance(0.1) else CHANGES).format(t=held.name))


def _through_alias(pen: Pen, held: Value) -> None:
    alias = pen.name("view", "row", "part", "flat", "alias", "tail", "ref")
    pen.say(f"{alias} = {pen.pick(ALIASES).format(t=held.name)}")
    pen.pause(0.2)
    if pen.chance(0.2):
        second = pen.name("again", "same", "piece")
        pen.say(f"{second} = {pen.fill('{t} | {t}.detach() | {t}.view({t}.shape) | {t}[...]', t=alias)}")
        alias = second
    with pen.setting():
        pen.say(
            pen.fill(
                "{t}.mul_(2) | {t} += 1 | {t}.add_(0.5) | {t}.zero_() | {t}.fill_(0.2) | {t} *= 3 | "
                "{t}[...] = 1.5 | {t}.clamp_(0.1, 0.2) | {t} -= 4 | {t}.copy_(torch.ones_like({t}))",
                t=alias,
            )
        )


def _expression_alias(pen: Pen, held: Value) -> None:
    method = pen.fill(".mul_(2) | .add_(1) | .zero_() | .fill_(0.3) | .neg_() | .sub_(0.7) | .div_(3)")
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
        method = pen.one("add_(1)", "mul_(2)", "mul(2)", "sigmoid_()")
        pen.say(f"{box} = [each.{method} for each in ({held.name}, torch.ones(2))]")


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
    name = pen.function(body, pen.fill("scale_ | update | shift_ | touch | tidy | adjust"))
    call = f"{name}({held.name}{', inplace=' + pen.one('True', 'False') if 'inplace=False' in body else ''})"
    with pen.setting():
        pen.say(pen.one(call, f"_ = {call}"))


def _as_output(pen: Pen, held: Value) -> None:
    other = pen.constant(held.shape)
    call = pen.one(
        "torch.exp({o}, out={t})",
        "torch.mul({o}, 2, out={t})",
        "torch.add({o}, {o}, out={t})",
        "torch.sin({o}, out={t})",
    )
    if held.grad:
        with pen.block("with torch.no_grad()"):
            pen.say(call.format(o=other.name, t=held.name))
    else:
        pen.say(call.format(o=other.name, t=held.name))


def _without_grad_mode(pen: Pen, held: Value) -> None:
    with pen.block(
        pen.one("with torch.no_grad()", "with torch.set_grad_enabled(False)", "with torch.inference_mode()")
    ):
        pen.say(pen.pick(CHANGES).format(t=held.name))


def _by_itself(pen: Pen, held: Value) -> None:
    pen.say(
        pen.fill(
            "{t} *= {t} | {t} /= {t}.norm() | {t} *= torch.sigmoid({t}) | {t} -= {t}.mean() | "
            "{t} += {t} ** 2 | {t} /= {t}.sum() | {t} -= {t} * 0.1 | {t}.mul_({t}.detach()) | "
            "{t}.div_({t}.exp()) | {t}.sub_({t}.max()) | {t}.mul_({t}.clone())",
            t=held.name,
        )
    )


def _swapped(pen: Pen, held: Value) -> None:
    """Only one of two branches changes it."""
    with pen.block(f"if {pen.condition()}"):
        pen.say(pen.pick(CHANGES).format(t=held.name))
    with pen.block("else"):
        pen.say(pen.fill("{t} = {t} + 1 | pass | {t} = {t}.clone() | {t}.add_(1) | print({t}.shape)", t=held.name))


def _while(pen: Pen, held: Value) -> None:
    count = pen.name("count", "left", "n")
    pen.say(f"{count} = {pen.one('0', '1', '2')}")
    with pen.block(f"while {count} < 2"):
        pen.say(pen.pick(CHANGES).format(t=held.name), f"{count} += 1")


# Harmless: something else is changed.


def _rebound(pen: Pen, held: Value) -> None:
    with pen.setting(0.2):
        pen.say(
            pen.fill(
                "{t} = {t} + 1 | {t} = {t} * 2 | {t} = torch.tanh({t}) | {t} = {t}.clone() * 0.5 | "
                "{t} = -{t} | {t} = {t}.detach() + 1 | {t} = {t}.clamp(min=0.2)",
                t=held.name,
            )
        )


def _copy(pen: Pen, held: Value) -> None:
    copy = pen.name("copy", "spare", "saved", "snapshot", "rest")
    pen.say(f"{copy} = {pen.pick(COPIES).format(t=held.name)}")
    pen.pause(0.2)
    with pen.setting():
        pen.say(
            pen.fill(
                "{t} += 1 | {t}.mul_(2) | {t}.zero_() | {t} *= 0.5 | {t}.add_(1) | {t}.exp_() | {t}.data.add_(1)",
                t=copy,
            )
        )


def _copied_expression(pen: Pen, held: Value) -> None:
    with pen.setting():
        pen.say(
            f"({pen.pick(COPIES).format(t=held.name)})"
            + pen.fill(".mul_(2) | .add_(1) | .zero_() | .tanh_() | .neg_()")
        )


def _nothing(pen: Pen, held: Value) -> None:
    pen.say(
        pen.one(
            "{t}.mul(2)",
            "_ = {t}.add(1)",
            "print({t}.detach().mean())",
            "{t}.requires_grad_()",
            "{t}.retain_grad()" if held.grad else "len({t})",
            "F.relu({t})",
        ).format(t=held.name)
    )


def _restored_grad(pen: Pen, held: Value) -> None:
    """The grad of a leaf, not the leaf."""
    leaf = next((value for value in pen.values if value.leaf), None)
    if leaf is None:
        return _nothing(pen, held)
    with pen.block(f"if {leaf.name}.grad is not None"):
        pen.say(f"{leaf.name}.grad{pen.one('.zero_()', ' *= 0.5', '.clamp_(-1, 1)', ' = None')}")


# Unseen.


def _data(pen: Pen, held: Value) -> None:
    with pen.setting(0.25):
        pen.say(pen.pick(BEHIND_THE_BACK).format(t=held.name))


def _data_name(pen: Pen, held: Value) -> None:
    alias = pen.name("raw", "plain", "d", "inner")
    pen.say(f"{alias} = {held.name}.data{pen.one('', '', '.view(-1)', '[0]', '.clone()', '.detach()', '[...]')}")
    pen.pause(0.25)
    with pen.setting(0.2):
        pen.say(pen.fill("{t} += 1 | {t}.mul_(2) | {t} *= 3 | {t}.zero_() | {t}.add_(0.7) | {t}[0] = 4.0", t=alias))


def _array(pen: Pen, held: Value) -> None:
    array = pen.name("array", "arr", "values")
    source = pen.one(
        "{t}.detach().numpy()",
        "{t}.data.numpy()",
        "{t}.detach().cpu().numpy()",
        "{t}.detach().numpy().copy()",
        "np.asarray({t}.detach())",
        "np.array({t}.detach())",
        "{t}.detach().clone().numpy()",
        "{t}.numpy(force=True)",
    )
    pen.say(f"{array} = {source.format(t=held.name)}")
    pen.pause(0.2)
    with pen.setting(0.2):
        pen.say(
            pen.fill(
                "{t} += 1 | {t}[0] = 2.5 | {t}[...] = 0.4 | {t} *= 3 | {t}.fill(1.1) | {t} = {t} + 1 | "
                "{t}[:] = {t} * 2",
                t=array,
            )
        )


def _replaced(pen: Pen, held: Value) -> None:
    with pen.setting(0.2):
        pen.say(
            pen.fill(
                "{t}.data = torch.randn_like({t}) | {t}.data = {t}.data * 2 | "
                "{t}.data = torch.ones_like({t}) * 3 | {t}.data = {t}.data.clone() + 1 | "
                "{t}.data = {t}.detach() / 2 | {t}.data -= 0.1 * {t}.data",
                t=held.name,
            )
        )


def _data_loop(pen: Pen, held: Value) -> None:
    with pen.block(f"for each in ({held.name},)" if pen.chance(0.5) else f"for each in [{held.name}, torch.ones(2)]"):
        pen.say(
            pen.fill(
                "each.data.add_(1) | each.data.mul_(0.3) | each.data.clamp_(-0.1, 0.1) | "
                "each.data.zero_() | each.detach().clone().mul_(2) | each.data = each.data + 1"
            )
        )


UNSEEN = (_data, _data, _data, _data_name, _data_name, _array, _replaced, _data_loop)
SEEN = (
    (_direct,) * 6
    + (_through_alias,) * 5
    + (_expression_alias,) * 2
    + (_in_container,) * 2
    + (_by_function,) * 3
    + (_as_output, _without_grad_mode, _by_itself, _swapped, _while)
)
HARMLESS = (_rebound, _copy, _copy, _copied_expression, _nothing, _restored_grad)
