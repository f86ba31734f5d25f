"""The comparison with TorchFix's fixtures, on fixtures made up here in the same form."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tests.benchmarks.torchfix import expected, judged, table

if TYPE_CHECKING:
    from pathlib import Path

CODE = """\
import torch
from torch import qr
from torchvision.transforms import v2
q, r = qr(torch.ones(2, 2))
torch.nn.UpsamplingNearest2d()
y = torch.log(1 + q)
v2.ToTensor
torch.abs(q)
"""
EXPECTED = """\
2:1 TOR103 Import of deprecated function torch.qr
4:8 TOR101 Use of deprecated function torch.qr
5:1 TOR101 Use of deprecated function torch.nn.UpsamplingNearest2d
6:5 TOR106 Use `torch.log1p(x)` instead of `torch.log(1 + x)`.
6:5 TOR402 Nothing that is compared
7:1 TOR202 The transform `v2.ToTensor()` is deprecated.
8:1 TOR101 Use of deprecated function torch.abs
"""


def test_each_line_is_found_or_has_a_reason(tmp_path: Path) -> None:
    folder = tmp_path / "tests/fixtures/made_up/checker"
    folder.mkdir(parents=True)
    (folder / "qr.py").write_text(CODE, encoding="utf-8")
    (folder / "qr.txt").write_text(EXPECTED, encoding="utf-8")
    found = list(judged(list(expected(tmp_path))))
    outcomes = [(each.line.number, each.outcome) for each in found]
    told = [(2, "told once"), (4, "found"), (5, "refused"), (6, "refused"), (7, "found"), (8, "missed")]
    assert outcomes == told
    assert all(each.reason for each in found if each.outcome not in ("found", "missed"))
    assert table(found).splitlines()[-1] == "| all | 6 | 2 | 1 | 2 | 1 |"
    assert Counter(each.outcome for each in found)["missed"] == 1
