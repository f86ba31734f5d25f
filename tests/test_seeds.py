"""Notebooks that teach autograd by its faults: exactly those are found, each at its cell and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from torchlint.engine.check import check_bytes
from torchlint.engine.settings import Settings

SEEDS = Path(__file__).parents[2] / "shared" / "seeds"

EXPECTED = {
    "004_inplace_graph_details.ipynb": [
        ("TLC201", 7, 2),
        ("TLC301", 9, 3),
        ("TLC202", 16, 4),
        ("TLC301", 20, 12),
        ("TLC202", 22, 12),
        ("TLC204", 24, 7),
    ],
    "05_In_Place_Operations.ipynb": [],
    "09_Requires_Grad_Mechanics.ipynb": [("TLC303", 6, 12), ("TLC404", 8, 18), ("TLC404", 8, 26)],
    "12_Retain_Graph_Trick.ipynb": [("TLC401", 4, 21), ("TLC402", 6, 17)],
    "22_Buffers_vs_Parameters.ipynb": [("TLC101", 4, 15)],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_findings(name: str) -> None:
    path = SEEDS / name
    if not path.exists():
        pytest.skip("the notebooks are not part of the repository")
    result = check_bytes(path.read_bytes(), name, Settings(path.parent))
    assert result.error is None
    themes = ("TLC1", "TLC2", "TLC3", "TLC4", "TLC5")
    found = [(each.code, each.place.cell, each.place.line) for each in result.findings if each.code.startswith(themes)]
    assert found == EXPECTED[name]
