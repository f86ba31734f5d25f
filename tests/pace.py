"""How fast this machine is at the moment; without that, a limit in seconds of CPU says little."""

from __future__ import annotations

import ast
import statistics
import time
from pathlib import Path

import torchlint

_USUAL = 6.2e-6
"""Seconds of CPU that ``ast.parse`` takes for a line on the machine of the benchmarks in the documentation."""
_TIMES = 5


def slowness() -> float:
    """How many times as much CPU as that machine this one takes for parsing torchlint itself, 1 where it takes less."""
    texts = [path.read_text(encoding="utf-8") for path in Path(torchlint.__file__).parent.rglob("*.py")]
    lines = sum(text.count("\n") for text in texts)
    return max(1.0, statistics.median(_seconds(texts) for _ in range(_TIMES)) / lines / _USUAL)


def _seconds(texts: list[str]) -> float:
    start = time.process_time()
    for text in texts:
        ast.parse(text)
    return time.process_time() - start
