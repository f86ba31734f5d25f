"""Try hostile inputs on the whole of torchlint.

    python -m tests.fuzz --minutes 60                        # all families, a fresh seed
    python -m tests.fuzz --inputs 2000 --seed 7              # the same 2,000 inputs each time
    python -m tests.fuzz --minutes 5 --families big notebooks --keep FOLDER
    python -m tests.fuzz --minutes 30 --corpus FOLDER        # with real files to start from
    python -m tests.fuzz --again FOLDER/0001-hang            # an input that was kept

Run it from the root of the repository. What fails is made small and kept; the exit status is 1 where anything failed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fuzz.child import CPU_LIMIT, Child
from tests.fuzz.families import FAMILIES, Seeds, write
from tests.fuzz.inputs import KINDS, Input, Verdict, Way
from tests.fuzz.judge import judge
from tests.fuzz.minimise import minimised
from tests.pace import slowness

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAME = 3
"""Failures of one family and kind up to which each is made small; more are counted only."""
_HANG = frozenset({"hang"})
_TRIES = 3
"""What took too long is tried so many times again at the end, with a limit that the machine's pace just then allows:
whatever else it does only adds to a time."""


@dataclass(slots=True)
class Run:
    """One run: its inputs are numbered, and number and seed say what an input is, as long as nothing is learned."""

    seed: int
    families: Sequence[str]
    seeds: Seeds
    keep: Path
    end: float = float("inf")
    inputs: float = float("inf")
    tried: Counter[str] = field(default_factory=Counter)
    failed: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    slow: list[Input] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    number: int = 0

    def work(self) -> None:
        """Try one input after the other, in a process of its own."""
        with Child(judge) as child:
            while (given := self._next()) is not None:
                verdict = child.verdict(given)
                with self.lock:
                    self.tried[given.family] += 1
                    self.seeds.learn(given, verdict.traits)
                if verdict.kinds == _HANG:
                    self.slow.append(given)
                elif verdict.problems:
                    self._failed(given, verdict, child)

    def try_slow_again(self, limit: float) -> int:
        """Try what took too long again, alone; how many inputs did not take longer than a limit each time."""
        with Child(judge, limit) as child:
            for given in self.slow:
                verdicts = [child.verdict(given) for _ in range(_TRIES)]
                if all(each.problems for each in verdicts):
                    self._failed(given, verdicts[0], child)
        return len(self.slow) - sum(each["hang"] for each in self.failed.values())

    def _next(self) -> Input | None:
        with self.lock:
            if self.number >= self.inputs or time.monotonic() >= self.end:
                return None
            self.number += 1
            return write(self.families, self.seeds, random.Random(f"{self.seed} {self.number}"))

    def _failed(self, given: Input, verdict: Verdict, child: Child) -> None:
        kinds = sorted(verdict.kinds)
        with self.lock:
            number = self.failed.setdefault(given.family, Counter())
            number.update(kinds)
            if all(number[kind] > _SAME for kind in kinds):
                return
        kind = kinds[0]
        small = minimised(given, lambda each: kind in child.verdict(each).kinds)
        with self.lock:
            place = _keep(small, kind, child.verdict(small) if small != given else verdict, self.keep)
            print(f"{kind}: {given.family}: {place}", file=sys.stderr, flush=True)


def _keep(given: Input, kind: str, verdict: Verdict, folder: Path) -> Path:
    """Write an input and what is wrong with it into a new folder; the place."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{len(list(folder.iterdir())) + 1:04}-{kind}"
    place.mkdir()
    reason = "\n\n".join(f"{each.kind}: {each.detail}" for each in verdict.problems)
    (place / "reason.txt").write_text(f"{given.family}\n\n{reason}\n", encoding="utf-8", errors="backslashreplace")
    files = [(name, data.decode("latin-1")) for name, data in given.files]
    (place / "input.json").write_text(json.dumps({"family": given.family, "way": given.way.name, "files": files}))
    given.write(place / "files")
    return place


def _kept(place: Path) -> Input:
    """An input that was kept."""
    content = json.loads((place / "input.json").read_text())
    files = tuple((name, data.encode("latin-1")) for name, data in content["files"])
    return Input(content["family"], Way[content["way"]], files)


def table(run: Run) -> str:
    """What was tried and what failed, by family."""
    rows = [("family", "inputs", *KINDS)]
    for family in sorted(run.tried):
        failed = run.failed.get(family, Counter())
        rows.append((family, f"{run.tried[family]:,}", *(str(failed[kind] or "") for kind in KINDS)))
    total = sum(run.failed.values(), Counter[str]())
    rows.append(("all", f"{run.tried.total():,}", *(str(total[kind]) for kind in KINDS)))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    if options.again:
        with Child(judge, CPU_LIMIT * slowness()) as child:
            problems = child.verdict(_kept(options.again)).problems
        print("\n\n".join(f"{each.kind}: {each.detail}" for each in problems) or "nothing fails")
        return 1 if problems else 0
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    keep = options.keep or Path(tempfile.mkdtemp(prefix="torchlint-fuzz-"))
    corpus = sorted(options.corpus.rglob("*.py")) if options.corpus else ()
    run = Run(seed, options.families, Seeds(corpus), keep)
    if options.inputs is not None:
        run.inputs = options.inputs
    if options.minutes is not None or options.inputs is None:
        run.end = time.monotonic() + 60 * (1.0 if options.minutes is None else options.minutes)
    print(f"seed {seed}, failures in {keep}", file=sys.stderr, flush=True)
    with ThreadPoolExecutor(options.jobs) as pool:
        workers = [pool.submit(run.work) for _ in range(options.jobs)]
        try:
            for each in as_completed(workers):
                each.result()
        except KeyboardInterrupt:
            print("interrupted", file=sys.stderr)
        finally:
            run.inputs = 0
    pace = slowness() if run.slow else 1.0
    once = run.try_slow_again(CPU_LIMIT * pace)
    print(table(run))
    if run.slow:
        print(
            f"{once} took over {CPU_LIMIT:g} s once, and less than {CPU_LIMIT * pace:.1f} s when tried again alone, "
            f"on a machine {pace:.1f} times as slow as that of the benchmarks"
        )
    return 1 if any(run.failed.values()) else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m tests.fuzz", description="Try hostile inputs on the whole of torchlint."
    )
    parser.add_argument("--minutes", type=float, help="how long (default 1, where --inputs is not given)")
    parser.add_argument("--inputs", type=int, metavar="N", help="how many inputs")
    parser.add_argument("--seed", type=int, help="which inputs (default: other ones each time)")
    parser.add_argument(
        "--families", nargs="+", choices=FAMILIES, default=list(FAMILIES), metavar="FAMILY", help=", ".join(FAMILIES)
    )
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="processes; more than 1 is not repeatable")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="where failing inputs go (default: a temporary folder)"
    )
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="Python files to start from too")
    parser.add_argument("--again", type=Path, metavar="FOLDER", help="try an input that was kept, and nothing else")
    return parser


if __name__ == "__main__":
    sys.exit(main())
