"""Notebooks that teach autograd by its faults: every finding is confirmed, with what was seen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.torch

ROOT = Path(__file__).parents[2]
SEEDS = ROOT.parent / "shared" / "seeds"


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


def confirmed(name: str, folder: Path) -> tuple[list[dict[str, Any]], str]:
    """The findings of a notebook with their verdicts, and what was said beside them."""
    path = SEEDS / name
    if not path.exists():
        pytest.skip("the notebooks are not part of the repository")
    copy = folder / name
    copy.write_bytes(path.read_bytes())
    report = folder / "report.json"
    command = [sys.executable, "-m", "torchlint", "confirm", "--output-format", "json", "--output-file", str(report)]
    run = subprocess.run([*command, str(copy)], cwd=ROOT, capture_output=True, text=True, timeout=280)
    assert run.returncode == (1 if " raised " in run.stderr else 0), run.stderr
    return json.loads(report.read_text()), run.stderr


def seen(finding: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(each["role"], each["place"]["cell"], each["place"]["line"]) for each in finding["verdict"]["seen"]]


def by_place(found: list[dict[str, Any]]) -> dict[tuple[str, int, int], dict[str, Any]]:
    assert {each["verdict"]["kind"] for each in found} <= {"confirmed"}
    return {(each["code"], each["cell"], each["line"]): each for each in found}


def test_in_place(tmp_path: Path) -> None:
    found, _ = confirmed("004_inplace_graph_details.ipynb", tmp_path)
    places = by_place(found)
    assert sorted(places) == [
        ("TLC201", 7, 2), ("TLC202", 16, 4), ("TLC202", 22, 12), ("TLC204", 24, 7), ("TLC301", 9, 3),
        ("TLC301", 20, 12),
    ]  # fmt: skip
    assert places["TLC301", 9, 3]["verdict"]["message"] == "the content changed, the version did not"
    assert seen(places["TLC202", 16, 4]) == [("saved", 16, 3), ("changed", 16, 4), ("raised", 16, 5)]
    silent = places["TLC301", 20, 12]["verdict"]
    assert silent["effect"] == "silent"
    assert silent["message"].startswith("the content changed, the version did not")
    assert silent["gradient"]["relative"] == pytest.approx(1.0)
    assert seen(places["TLC301", 20, 12]) == [("saved", 20, 3), ("changed", 20, 12), ("backward", 20, 17)]
    assert seen(places["TLC204", 24, 7]) == [("saved", 24, 6), ("changed", 24, 7), ("raised", 24, 10)]


def test_a_change_that_harms_nobody(tmp_path: Path) -> None:
    found, said = confirmed("05_In_Place_Operations.ipynb", tmp_path)
    assert found == []
    assert "Harmless: cell 8, line 16 changed a leaf whose graph was pending; the backward at cell 8, line 24" in said


def test_requires_grad(tmp_path: Path) -> None:
    found, _ = confirmed("09_Requires_Grad_Mechanics.ipynb", tmp_path)
    places = by_place(found)
    assert sorted(places) == [("TLC303", 6, 12), ("TLC404", 8, 18), ("TLC404", 8, 26)]
    assert places["TLC303", 6, 12]["verdict"]["message"] == "`y` changed as well, and was read"
    assert seen(places["TLC303", 6, 12]) == [("changed", 6, 12), ("read", 6, 13)]


def test_retain_graph(tmp_path: Path) -> None:
    found, _ = confirmed("12_Retain_Graph_Trick.ipynb", tmp_path)
    places = by_place(found)
    assert sorted(places) == [("TLC401", 4, 21), ("TLC402", 6, 17)]
    assert ("freed", 4, 16) in seen(places["TLC401", 4, 21])
    assert places["TLC402", 6, 17]["verdict"]["held"] > 0


def test_module_state(tmp_path: Path) -> None:
    found, _ = confirmed("22_Buffers_vs_Parameters.ipynb", tmp_path)
    places = by_place(found)
    assert sorted(places) == [("TLC101", 4, 15)]
    assert places["TLC101", 4, 15]["verdict"]["device"] == "cpu"
