"""Bytes to findings: what is said of a file that cannot be looked at."""

from __future__ import annotations

from pathlib import Path

from torchlint.engine.check import check_source
from torchlint.engine.settings import Settings
from torchlint.finding import EffectKind
from torchlint.syntax.source import Source


def test_a_file_that_is_no_python_raises_nothing_in_pytorch() -> None:
    result = check_source(Source("import torch\nx = (\n", "a.py"), Settings(Path()))
    assert [(each.code, each.effect.kind, each.effect.message) for each in result.findings] == [
        ("TLC001", EffectKind.NONE, "nothing in this file was checked")
    ]
