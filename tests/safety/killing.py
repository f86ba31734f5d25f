"""``--fix`` under fire: killed, run twice at once, on a full disk, beside an editor that saves.

``python -m tests.safety.killing --times 300`` prints how often each was tried, how often it came in between, and what
was torn, lost or left behind, which must be nothing.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import signal
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FAULT = """\
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.mask = torch.ones(3, dtype=torch.bool)

    def forward(self, x):
        return x.masked_fill(self.mask, 0)
"""
FIXED = FAULT.replace(
    "self.mask = torch.ones(3, dtype=torch.bool)",
    'self.register_buffer("mask", torch.ones(3, dtype=torch.bool), persistent=False)',
)
FILES = 12
PADDING = "#" + "x" * 20_000 + "\n"
"""Makes a file large enough to be torn, and too large for a disk that is full."""
OLD, NEW = FAULT + PADDING, FIXED + PADDING


@dataclass(slots=True)
class Figures:
    """How often something was tried, how often it came in between, and the harm that it did."""

    tried: int = 0
    in_between: int = 0
    torn: int = 0
    lost: int = 0
    left_behind: int = 0

    @property
    def harm(self) -> int:
        """How much went wrong, of whatever kind."""
        return self.torn + self.lost + self.left_behind


def killed(times: int, folder: Path, chance: random.Random) -> Figures:
    """Runs that are killed at any moment; each file is the old or the new one, and the next run clears up."""
    figures, whole = Figures(), _duration(folder)
    for _ in range(times):
        files = _fresh(folder)
        child = _start(folder)
        time.sleep(chance.uniform(0, whole))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        texts = [each.read_text() for each in files]
        figures.tried += 1
        figures.in_between += OLD in texts and NEW in texts
        figures.torn += sum(each not in (OLD, NEW) for each in texts)
        for each in files:
            each.write_text(OLD)
        whole = _undisturbed(folder)
        figures.left_behind += len(list(folder.iterdir())) - FILES
    return figures


def two_at_once(times: int, folder: Path, chance: random.Random) -> Figures:
    """Two runs over the same files: at the end all are fixed."""
    figures, whole = Figures(), _duration(folder)
    for _ in range(times):
        files = _fresh(folder)
        first = _start(folder)
        time.sleep(chance.uniform(0, whole))
        second = _start(folder)
        figures.in_between += NEW in [each.read_text() for each in files]
        _end(first)
        _end(second)
        figures.tried += 1
        figures.torn += sum(each.read_text() != NEW for each in files)
        figures.left_behind += len(list(folder.iterdir())) - FILES
    return figures


def on_a_full_disk(times: int, folder: Path, chance: random.Random) -> Figures:
    """Runs that cannot write a whole file: nothing has changed."""
    figures = Figures()
    for _ in range(times):
        files = _fresh(folder)
        status = _end(_start(folder, most_bytes=chance.randrange(len(NEW))))
        figures.tried += 1
        figures.in_between += status == 2
        figures.torn += sum(each.read_text() != OLD for each in files)
        figures.left_behind += len(list(folder.iterdir())) - FILES
    return figures


def beside_an_editor(times: int, folder: Path, chance: random.Random) -> Figures:
    """An editor saves a file, in place or by replacing it, at any moment: what it saved is still there."""
    figures, whole = Figures(), _duration(folder)
    for number in range(times):
        files = _fresh(folder)
        child = _start(folder)
        time.sleep(chance.uniform(0, whole))
        path = chance.choice(files)
        figures.in_between += path.read_text() == OLD
        mine = f"# saved {number}\n"
        _save(path, path.read_text() + mine, by_replacing=chance.random() < 0.5)
        _end(child)
        text = path.read_text()
        figures.tried += 1
        figures.lost += not text.endswith(mine)
        figures.torn += text.removesuffix(mine) not in (OLD, NEW)
        figures.left_behind += len(list(folder.iterdir())) - FILES
    return figures


TRIALS: dict[str, Callable[[int, Path, random.Random], Figures]] = {
    "killed": killed,
    "two at once": two_at_once,
    "on a full disk": on_a_full_disk,
    "beside an editor": beside_an_editor,
}


def _fresh(folder: Path) -> list[Path]:
    files = [folder / f"f{number:02}.py" for number in range(FILES)]
    for each in files:
        each.write_text(OLD)
    return files


def _save(path: Path, text: str, *, by_replacing: bool) -> None:
    if by_replacing:
        other = path.with_suffix(".saved")
        other.write_text(text)
        other.replace(path)
    else:
        path.write_text(text)


def _start(folder: Path, most_bytes: int | None = None) -> int:
    """``torchlint check --fix`` of a folder in a forked process, which has everything imported already."""
    from torchlint.frontends import cli
    from torchlint.rule import all_rules

    all_rules()
    child = os.fork()
    if child:
        return child
    status = 3
    try:
        os.chdir(folder)
        with _silence():
            if most_bytes is not None:
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
            status = cli.main(["check", "--fix", "--allow-dirty", "--no-cache", "--jobs", "1", "--isolated", "."])
    finally:
        os._exit(status)


@contextmanager
def _silence() -> Iterator[None]:
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    with open(os.devnull, "w") as sys.stdout, open(os.devnull, "w") as sys.stderr:  # noqa: PTH123
        yield


def _end(child: int) -> int:
    """The exit status of a process, once it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _duration(folder: Path) -> float:
    """How many seconds a run takes that nothing disturbs, the second time."""
    for _ in range(2):
        _fresh(folder)
        whole = _undisturbed(folder)
    return whole


def _undisturbed(folder: Path) -> float:
    """Have a folder fixed; how many seconds that took."""
    since = time.monotonic()
    _end(_start(folder))
    return time.monotonic() - since


def main() -> int:
    """Try everything, print the figures, and return 1 where there was harm."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261129)
    options = parser.parse_args()
    harm = 0
    print("| `--fix` | tried | in between | torn | lost | left behind |\n|---|---:|---:|---:|---:|---:|")
    for name, trial in TRIALS.items():
        with tempfile.TemporaryDirectory(prefix="killing-") as folder:
            found = trial(options.times, Path(folder), random.Random(options.seed))
        harm += found.harm
        cells = (name, found.tried, found.in_between, found.torn, found.lost, found.left_behind)
        print(f"| {' | '.join(map(str, cells))} |", flush=True)
    return int(harm > 0)


if __name__ == "__main__":
    raise SystemExit(main())
