"""The shipped training script and notebook show the faults that they are there to show, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from torchlint.rule import all_rules

ROOT = Path(__file__).parents[1]
SCRIPT, NOTEBOOK = "tests/examples/train.py", "tests/examples/lesson.ipynb"
EXPECTED = [
    (NOTEBOOK, 4, 4, "TLC101", "self.frequencies = scale * torch.randn(inputs, features)"),
    (NOTEBOOK, 6, 5, "TLC101", "self.mean = torch.zeros(size)"),
    (NOTEBOOK, 8, 6, "TLC102", "self.layers = []"),
    (NOTEBOOK, 8, 9, "TLC103", "self.temperature = nn.Parameter(torch.ones(1)) * 0.5"),
    (NOTEBOOK, 10, 7, "TLC207", "noisy.clamp(-1, 1)"),
    (NOTEBOOK, 10, 10, "TLC401", "loss.backward()"),
    (NOTEBOOK, 12, 2, "TLC502", "with torch.no_grad:"),
    (SCRIPT, None, 27, "TLC101", "self.mask = torch.tril(torch.ones(context, context)).bool()"),
    (SCRIPT, None, 49, "TLC103", "self.gain = nn.Parameter(torch.full((width,), 0.1)).to(device)"),
    (SCRIPT, None, 63, "TLC102", "self.blocks = [Block(width, 4, CONTEXT, device) for _ in range(depth)]"),
    (SCRIPT, None, 78, "TLC104", "self.cross_entropy = nn.CrossEntropyLoss(label_smoothing=smoothing)"),
    (SCRIPT, None, 95, "TLC502", "with torch.no_grad:"),
    (SCRIPT, None, 115, "TLC207", "tokens.to(device)"),
]
"""Path, cell, line and code of each default finding, and the line itself."""


def line_of(path: str, cell: int | None, line: int) -> str:
    text = (ROOT / path).read_text(encoding="utf-8")
    if cell is not None:
        text = "".join(json.loads(text)["cells"][cell - 1]["source"])
    return text.splitlines()[line - 1].strip()


def test_exactly_the_expected_findings() -> None:
    command = [sys.executable, "-m", "torchlint", "check", "--output-format", "json", "--no-cache", "tests/examples"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    found = [(each["path"], each["cell"], each["line"], each["code"]) for each in json.loads(ran.stdout)]
    assert found == [each[:4] for each in EXPECTED if each[3] in all_rules()]


@pytest.mark.parametrize("expected", EXPECTED, ids=[f"{code}-{Path(path).name}" for path, _, _, code, _ in EXPECTED])
def test_expected_lines(expected: tuple[str, int | None, int, str, str]) -> None:
    path, cell, line, _, text = expected
    assert line_of(path, cell, line) == text


@pytest.mark.torch
def test_the_script_trains() -> None:
    pytest.importorskip("torch")
    command = [sys.executable, SCRIPT, "--steps", "3"]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("after 3 steps: loss ")


@pytest.mark.torch
@pytest.mark.parametrize(
    ("options", "error"),
    [
        pytest.param(("--smoothing", "0.1"), "cannot assign module before Module.__init__() call", id="super-init"),
        pytest.param(("--evaluate-every", "1"), "with torch.no_grad:", id="no-grad"),
    ],
)
def test_what_the_script_hides(options: tuple[str, ...], error: str) -> None:
    pytest.importorskip("torch")
    command = [sys.executable, SCRIPT, "--steps", "1", *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert error in ran.stderr
