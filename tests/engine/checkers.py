"""Functions that stand for ``check_bytes`` in tests; other processes import them from here."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

from torchlint.engine.check import FileResult
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Span

if TYPE_CHECKING:
    from torchlint.engine.settings import Settings


def finding(line: int = 1, path: str | None = None) -> Finding:
    """A finding at a line, whose effect is in another file where ``path`` names one."""
    place = Place(path, None, line, 1, line, 2)
    return Finding("TLC101", "unregistered-tensor", f"line {line}", Certainty.LIKELY, Span(0, 1),
                   Place(None, None, line, 1, line, 2), Effect(EffectKind.SILENT, "stays", place))  # fmt: skip


def count_lines(data: bytes, path: str, settings: Settings) -> FileResult:
    """One finding, on the last line; ``crash``, ``kill`` and ``raise`` in the file do what they say."""
    if b"crash" in data:
        os._exit(7)
    if b"kill" in data:
        os.kill(os.getpid(), signal.SIGKILL)
    if b"raise" in data:
        raise ValueError("no such rule")
    return FileResult(path, (finding(data.count(b"\n")),))


def log_calls(data: bytes, path: str, settings: Settings) -> FileResult:
    """Like ``count_lines``, and writes down that it was called; ``needs NAME`` makes a result depend on that file."""
    with (Path.cwd().parent / "log").open("a", encoding="utf-8") as log:
        log.write(f"{Path(path).name}\n")
    folder = Path(path).absolute().parent
    depends = tuple(str(folder / line[6:]) for line in data.decode().splitlines() if line.startswith("needs "))
    return FileResult(path, (finding(data.count(b"\n")),), depends=depends)


def sleep_long(data: bytes, path: str, settings: Settings) -> FileResult:
    """Writes down its process, then sleeps."""
    with (Path.cwd().parent / "log").open("a", encoding="utf-8") as log:
        log.write(f"{os.getpid()}\n")
    time.sleep(60)
    return FileResult(path, ())
