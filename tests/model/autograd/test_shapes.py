"""What is known of sizes is what PyTorch gives, and what is said to be refused PyTorch refuses, in its own words.

Each operation of the table is called with tensors of drawn shapes, some of whose sizes the interpreter is not told.
"""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.model.interpreter.reveal import observed, revealed

pytestmark = pytest.mark.torch

OPERATIONS = """
x + y | x * y | x - y | torch.maximum(x, y) | torch.where(x > 0, x, y) | x.add_(y) | x.clone().mul_(y) | x @ y
torch.matmul(x, y) | torch.mm(x, y) | torch.bmm(x, y) | torch.addmm(torch.zeros(1), x, y) | x.mv(y)
torch.einsum("ij,jk->ik", x, y) | torch.einsum("bij,bkj->bik", x, y) | torch.einsum("i,i->", x, y)
torch.cat([x, y], DIM) | torch.cat((x, y)) | torch.stack([x, y], DIM) | torch.cat([x, x, y], dim=DIM) | x.sum()
x.sum(DIM) | x.mean(DIM, keepdim=True) | x.max(DIM)[0] | x.argmax(DIM) | x.std(DIM) | x.sum((DIM, DIM2)) | x.amax(DIM)
torch.max(x, y) | x.norm(dim=DIM) | x.mean(dim=[DIM, DIM2], keepdim=True) | x.logsumexp(DIM) | x.view(SIZE, SIZE2)
x.view(-1, SIZE) | x.reshape(SIZE, -1) | x.reshape(-1) | x.view(x.size(0), -1) | x.flatten(1) | x.flatten()
x.flatten(DIM, DIM2) | torch.flatten(x, 1) | x.reshape(x.shape[0], SIZE, -1) | x.unflatten(DIM, (SIZE, -1))
x.view(len(x), SIZE) | x.reshape((SIZE, SIZE2)) | x.unsqueeze(DIM) | x.squeeze(DIM) | x.squeeze()
x.transpose(DIM, DIM2) | x.permute(1, 0) | x.permute(0, 2, 1) | x.t() | x.T * 1 | x[None].mT | x.select(DIM, 0)
x.narrow(DIM, 0, 1) | x.swapaxes(DIM, DIM2) | x[0] | x[:, 0] | x[..., 0] | x[:, None] | x[1:] | x[:, -1, :]
x[:, :SIZE] | x[..., :SIZE] | x[:, ::2] | x[None] | x.chunk(2, DIM)[0] | x.chunk(2, DIM)[-1] | x.split(SIZE, DIM)[0]
x.split([SIZE, SIZE2], DIM)[1] | x.unbind(DIM)[0] | x.expand(SIZE, -1) | x.expand(SIZE, SIZE2)
x.expand(-1, -1, SIZE) | x.repeat(SIZE, 2) | x.expand((SIZE, SIZE2, 2)) | x.softmax(DIM) | x.cumsum(DIM)
x.topk(1, DIM)[0] | x.sort(DIM)[0] | F.pad(x, (1, 2)) | F.pad(x, (1, 0, 2, 1)) | F.normalize(x, dim=DIM)
x.new_zeros(SIZE, 3) | torch.zeros_like(x) | x.type_as(y) | x.clamp(min=0) | x.masked_fill(x > 0, 1.0)
nn.Linear(SIZE, SIZE2)(x) | nn.Linear(SIZE, 2, bias=False)(x) | F.linear(x, y)
nn.Embedding(9, SIZE)(x.long().abs() % 9) | nn.Conv1d(SIZE, 4, 3, padding=1)(x) | nn.Conv2d(SIZE, SIZE2, 2)(x)
nn.Conv2d(SIZE, 4, (1, 3), stride=2, padding="valid")(x) | nn.Conv2d(SIZE, 2, 3, padding="same")(x)
nn.Conv2d(2 * SIZE, 4, 1, groups=2, dilation=2, padding=1)(x) | nn.Conv3d(SIZE, 2, 1)(x) | F.conv2d(x, y)
F.conv1d(x, y, padding=1) | nn.ConvTranspose2d(SIZE, SIZE2, 3, stride=2, padding=1, output_padding=1)(x)
nn.ConvTranspose1d(SIZE, 2, 2)(x) | nn.MaxPool2d(2)(x) | nn.AvgPool2d(2, 1, ceil_mode=True)(x)
nn.MaxPool1d(2, padding=1)(x) | F.max_pool2d(x, 2, 1) | F.avg_pool2d(x, (1, 2)) | nn.AdaptiveAvgPool2d((1, SIZE))(x)
F.adaptive_avg_pool2d(x, 1) | nn.AdaptiveAvgPool1d(SIZE)(x) | nn.AdaptiveAvgPool2d((None, 1))(x)
nn.MaxPool2d(3, 2, 1)(x) | nn.MaxPool2d(2, ceil_mode=True)(x) | nn.BatchNorm1d(SIZE)(x) | nn.BatchNorm2d(SIZE)(x)
nn.BatchNorm2d(SIZE, track_running_stats=False)(x) | nn.BatchNorm3d(SIZE)(x) | nn.LayerNorm(SIZE)(x)
nn.LayerNorm((SIZE, SIZE2))(x) | F.layer_norm(x, (SIZE,)) | nn.GroupNorm(1, SIZE)(x) | nn.GroupNorm(2, 2)(x)
nn.InstanceNorm2d(SIZE)(x) | nn.Flatten()(x) | nn.Flatten(0)(x) | nn.Unflatten(1, (SIZE, -1))(x) | nn.Dropout()(x)
nn.Identity()(x) | nn.LSTM(SIZE, 3)(x)[0] | nn.GRU(SIZE, 3, batch_first=True)(x)[1]
nn.RNN(SIZE, 2, bidirectional=True)(x)[0] | nn.LSTM(SIZE, 3, num_layers=2, proj_size=2)(x)[1][0]
nn.LSTM(SIZE, 3, proj_size=2)(x)[1][1] | nn.GRU(SIZE, SIZE2)(x, y)[0] | nn.LSTM(SIZE, 3, bidirectional=True)(x)[1][1]
nn.GRUCell(SIZE, 3)(x) | nn.LSTMCell(SIZE, 3)(x)[0] | nn.MultiheadAttention(SIZE, 1)(x, x, x)[0]
nn.TransformerEncoderLayer(SIZE, 1)(x) | F.scaled_dot_product_attention(x, x, y) | nn.Upsample(scale_factor=2)(x)
F.interpolate(x, size=3) | F.interpolate(x, scale_factor=2, mode="bilinear") | nn.PixelShuffle(2)(x)
nn.ZeroPad2d((1, 2, 0, 1))(x) | nn.ReflectionPad1d(1)(x) | F.pixel_shuffle(x, 1)
F.cross_entropy(x, y.abs().long() % x.size(1)) | F.cross_entropy(x, y)
F.nll_loss(x, torch.zeros(SIZE, dtype=torch.long)) | F.mse_loss(x, y) | F.l1_loss(x, y, reduction="none")
nn.SmoothL1Loss(reduction="sum")(x, y) | nn.BCEWithLogitsLoss()(x, y)
F.binary_cross_entropy(x.sigmoid(), y.sigmoid()) | F.one_hot(x.long().abs() % 2, 2) | torch.outer(x, y)
nn.Sequential(nn.Linear(SIZE, 3), nn.ReLU(), nn.Linear(SIZE2, 2))(x)
nn.Sequential(nn.Conv2d(SIZE, 3, 1), nn.BatchNorm2d(SIZE2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 2))(x)
(x @ y).relu().sum(-1) | torch.cat([x.unsqueeze(0), y.unsqueeze(0)]).mean(0) | (x.transpose(-1, -2) @ y)
"""
EXPRESSIONS = [each.strip() for line in OPERATIONS.strip().split("\n") for each in re.split(r" \| ", line)]
SILENT = ("Dimension out of range", "out of bounds", "too many indices", "index ", "select()", "Dimension specified as")
"""What depends on sizes and is not told: dimensions and indices that there are not."""

SIZES = st.lists(st.integers(1, 4), max_size=4)


@st.composite
def programs(draw: st.DrawFn) -> tuple[str, dict[str, object], bool]:
    """A program, the sizes that it is not told, and whether it is told all."""
    expression = draw(st.sampled_from(EXPRESSIONS))
    x = draw(SIZES)
    y = draw(st.one_of(SIZES, st.just(x), st.just([*x[:-2], *x[-1:], draw(st.integers(1, 4))])))
    hidden: dict[str, object] = {}
    written = {"x": _written("x", x, hidden, draw), "y": _written("y", y, hidden, draw)}
    close = [*x, 1, 2, 3]
    for name in ("SIZE2", "SIZE"):
        expression = expression.replace(name, str(draw(st.sampled_from(close))))
    for name in ("DIM2", "DIM"):
        expression = expression.replace(name, str(draw(st.integers(-3, 2))))
    lines = ["import torch", "import torch.nn.functional as F", "from torch import nn"]
    lines += [f"{name} = torch.rand({each})" for name, each in written.items()]
    return "\n".join([*lines, f"reveal({expression})"]), hidden, not hidden


def _written(name: str, sizes: list[int], hidden: dict[str, object], draw: st.DrawFn) -> str:
    if draw(st.integers(0, 9)) == 0:
        hidden[f"{name}s"] = tuple(sizes)
        return f"{name}s"
    texts = []
    for at, each in enumerate(sizes):
        if draw(st.integers(0, 5)) == 0:
            hidden[f"{name}{at}"] = each
            texts.append(f"{name}{at}")
        else:
            texts.append(str(each))
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(program=programs())
def test_sizes(program: tuple[str, dict[str, object], bool]) -> None:
    check(*program)


def check(code: str, hidden: dict[str, object], is_told: bool) -> None:
    pytest.importorskip("torch")
    known = revealed(code)
    ran = observed(code, known, hidden)
    assert [each for each in ran.problems if "its shape is" in each] == []
    if known.refused:
        assert ran.error is not None, f"{known.refused}, but it runs"
        # What is not told may be refused for another reason before.
        is_other = "more than 1 value per channel" in ran.error[1]  # of a batch of one, which comes first
        assert not is_told or is_other or any(each in ran.error[1] for each in known.refused), (
            f"{known.refused}, but {ran.error[1]}"
        )
