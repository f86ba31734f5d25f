"""What observing costs: two training programs, plain and under ``torchlint confirm``, side by side.

    python -m tests.benchmarks.confirm              # tiny layers and layers of width 1024, medians of 5 pairs of runs
    python -m tests.benchmarks.confirm --pairs 3

Each run trains for some steps in a process that has imported torch; only the training is timed, in CPU seconds of
one thread, and what both print must be the same.

Run it from the root of the repository.
"""

from __future__ import annotations

import argparse
import os
import runpy
import statistics
import sys
import tempfile
import time
from pathlib import Path

PROGRAMS = Path(__file__).parent.parent / "confirm" / "programs"
CASES = (
    ("MNIST, tiny layers", "mnist.py", ("--steps", "200"), 3.5),
    ("GAN, tiny layers", "gan.py", ("--steps", "200"), 3.5),
    ("MNIST, width 1024", "mnist.py", ("--steps", "30", "--width", "1024", "--batch", "64"), 1.5),
    ("GAN, width 1024", "gan.py", ("--steps", "30", "--width", "1024", "--batch", "64"), 1.5),
)
"""Name, program, arguments, and how many times the plain run an observed one may take."""


def timed(program: str, arguments: tuple[str, ...], observed: bool) -> tuple[float, str]:
    """The CPU seconds of one run in a forked copy of this process, and what it printed."""
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as took:
        process = os.fork()
        if process == 0:
            status = 1
            try:
                os.dup2(output.fileno(), 1)
                seconds = _run(program, arguments, observed)
                sys.stdout.flush()
                took.write(str(seconds))
                took.flush()
                status = 0
            finally:
                os._exit(status)
        _, status = os.waitpid(process, 0)
        if status:
            raise RuntimeError(f"{program} failed")
        output.seek(0)
        took.seek(0)
        return float(took.read()), output.read()


def _run(program: str, arguments: tuple[str, ...], observed: bool) -> float:
    import torch

    torch.set_num_threads(1)
    sys.argv = [program, *arguments]
    with tempfile.TemporaryFile() as file:
        if observed:
            from torchlint.confirm.observe.lines import Lines
            from torchlint.confirm.observe.observer import Observer
            from torchlint.confirm.sink import Sink

            sink = Sink(file.fileno())
            Observer(Lines(sink), sink).start()
        start = time.process_time()
        runpy.run_path(str(PROGRAMS / program), run_name="__main__")
        return time.process_time() - start


def measure(pairs: int) -> list[tuple[str, float, float, float, bool]]:
    """For each case its name, plain and observed seconds, the allowed factor, and whether the output was the same."""
    rows = []
    for name, program, arguments, allowed in CASES:
        plain, observed = [], []
        same = True
        for _ in range(pairs):
            one, words = timed(program, arguments, observed=False)
            other, observed_words = timed(program, arguments, observed=True)
            same = same and words == observed_words and len(words) > 100
            plain.append(one)
            observed.append(other)
        rows.append((name, statistics.median(plain), statistics.median(observed), allowed, same))
    return rows


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.benchmarks.confirm", description="Measure what observing costs.")
    parser.add_argument("--pairs", type=int, default=5, help="how many pairs of runs (default 5)")
    options = parser.parse_args(arguments)
    import torch
    import torch.optim

    print(f"PyTorch {torch.__version__}, Python {sys.version.split()[0]}; medians of {options.pairs} pairs of runs")
    print("| | plain, CPU s | observed, CPU s | times | at most | same output |\n|---|---:|---:|---:|---:|---|")
    good = True
    for name, plain, observed, allowed, same in measure(options.pairs):
        factor = observed / plain
        good = good and same and factor <= allowed
        print(f"| {name} | {plain:.2f} | {observed:.2f} | {factor:.2f} | {allowed} | {'yes' if same else 'NO'} |")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
