"""What a piece of code is for, as told by the names and blocks around it."""

from __future__ import annotations

import ast

import pytest

from torchlint.model.code.purpose import Purpose, purpose_of, words_in
from torchlint.model.fixes.editor import Layout
from torchlint.syntax.source import Source

CASES = {
    "script": ("p.data.zero_()", Purpose.SCRIPT),
    "script-in-a-loop": ("for p in ps:\n    p.data.zero_()", Purpose.SCRIPT),
    "no-grad": ("with torch.no_grad():\n    p.data.zero_()", Purpose.NO_GRAD),
    "no-grad-decorator": ("@torch.no_grad()\ndef train():\n    p.data.zero_()", Purpose.NO_GRAD),
    "init": ("def _init_weights(m):\n    p.data.zero_()", Purpose.INITIAL),
    "constructor": ("class A:\n    def __init__(self):\n        p.data.zero_()", Purpose.INITIAL),
    "own-gradient": ("for p in ps:\n    p.data.zero_(p.grad)", Purpose.UPDATE),
    "two-tensors": ("p.data.zero_(q.data)", Purpose.UPDATE),
    "target": ("target_net.w.data.zero_()", Purpose.UPDATE),
    "optimizer": ("class A(Optimizer):\n    def step(self):\n        p.data.zero_()", Purpose.UPDATE),
    "training-by-name": ("def train_one_epoch():\n    p.data.zero_()", Purpose.TRAINING),
    "training-by-backward": ("def run():\n    loss.backward()\n    p.data.zero_()", Purpose.TRAINING),
    "other": ("def run():\n    p.data.zero_()", Purpose.OTHER),
}


@pytest.mark.parametrize(("code", "purpose"), CASES.values(), ids=CASES)
def test_purpose(code: str, purpose: Purpose) -> None:
    tree = ast.parse(code)
    write = next(each for each in ast.walk(tree) if "zero_" in getattr(getattr(each, "func", None), "attr", ""))
    assert purpose_of(Layout(Source(code, "a.py"), tree).path_to(write)) is purpose


def test_words() -> None:
    assert words_in("EMATeacher_update2") == {"ema", "teacher", "update"}
