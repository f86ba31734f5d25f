"""Tensors made in inference mode and used outside it: kind ``inference`` and its innocent neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.oracle.legality import SHORT_CHANGES

if TYPE_CHECKING:
    from tests.oracle.pen import Pen

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
            pen.say(pen.pick(SHORT_CHANGES).format(t=made))
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


def cached_features(pen: Pen) -> None:
    """Features are computed once, in inference mode or without grad, and a head is trained on them."""
    width = pen.one(2, 3, 4)
    backbone = pen.fill(
        "nn.Linear({w}, {w}) | nn.Sequential(nn.Linear({w}, {w}), nn.ReLU()) | nn.LayerNorm({w})", w=width
    )
    pen.say(f"backbone = {backbone}", f"head = nn.Linear({width}, 1)")
    feats, x = pen.name("feats", "cached", "codes"), pen.name("x", "data")
    pen.say(f"{x} = torch.randn(4, {width})")
    guard = pen.one(
        *["with torch.inference_mode()"] * 4, "with torch.no_grad()", "with torch.inference_mode(mode=True)"
    )
    collected = pen.chance(0.35)
    if collected:
        pen.say(f"{feats} = []")
    with pen.block(guard):
        if collected:
            with pen.block("for _ in range(2)"):
                pen.say(f"{feats}.append(backbone({x}))")
        else:
            pen.say(f"{feats} = backbone({x}){pen.one('', '', '.relu()', '.mean(0)')}")
    pen.pause(0.25)
    batches = "{f}[0] | {f}[-1] | torch.stack({f}) | torch.cat({f}) | {f}[0].clone() | sum({f})"
    batch = pen.fill(
        batches if collected else "{f} | {f} | {f} | {f}.clone() | ({f} + 0) | {f}.detach() | {f}[:2]", f=feats
    )
    if not collected and pen.chance(0.15):
        pen.say(pen.fill("{f}.mul_(2) | {f} /= {f}.norm() | {f} = {f} / 2 | {f}.clamp_(0, 1)", f=feats))
    use = pen.fill(
        "head({b}) | head({b}) | {b} * head.weight | {b} @ head.weight.t() | {b} + head.weight | "
        "F.linear({b}, head.weight, head.bias) | {b}.mean() * head.weight | "
        "F.mse_loss(head.weight.expand_as({b}), {b})",
        b=batch,
    )
    with pen.block("for epoch in range(2)") if pen.chance(0.5) else pen.setting(0.25):
        pen.say(f"loss = ({use}).{pen.one('mean()', 'pow(2).sum()', 'abs().mean()')}", "loss.backward()")
