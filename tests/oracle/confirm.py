"""Prove the runtime confirmation on random programs: observed, they do what they do plainly, and verdicts are true.

    python -m tests.oracle.confirm                        # 2,000 programs of both grammars, 50 through the command
    python -m tests.oracle.confirm --programs 300 --seed 7 --show 5

Every program runs in each of its worlds, plainly and observed, in forked workers that imported torch once: the events,
the errors and the gradients of every backward must be the same, bit for bit. Its findings are then judged by all that
was seen. A finding is true where its event is one of the program's required events, false where it is none at all.

Run it from the root of the repository.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import re
import subprocess
import sys
import tempfile
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from tests.oracle import grammar as scripts
from tests.oracle import truth
from tests.oracle.modules import grammar as modules
from tests.oracle.program import Labelled, Truth
from tests.oracle.score import PREDICTING, lint, predicted
from torchlint.confirm.judge import Judge
from torchlint.confirm.observe.lines import Lines
from torchlint.confirm.observe.observer import Observer
from torchlint.confirm.records import Records, read_records
from torchlint.confirm.sink import Sink
from torchlint.finding import Finding, VerdictKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.oracle.program import Event, Program

GRAMMARS = {"scripts": scripts.programs, "modules": modules.programs}


@dataclass
class Proof:
    """What a set of programs came to. ``different`` are programs that the observer changed."""

    programs: int = 0
    worlds: int = 0
    different: list[str] = field(default_factory=list)
    true: int = 0
    confirmed: int = 0
    false: int = 0
    false_confirmed: list[str] = field(default_factory=list)
    unconfirmed: list[str] = field(default_factory=list)
    missed: int = 0
    seen: int = 0
    problems: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)

    def add(self, other: Proof) -> None:
        for name in ("programs", "worlds", "true", "confirmed", "false", "missed", "seen"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.different += other.different
        self.false_confirmed += other.false_confirmed
        self.unconfirmed += other.unconfirmed
        self.problems.update(other.problems)
        self.verdicts.update(other.verdicts)

    @property
    def share_confirmed(self) -> float:
        return self.confirmed / self.true if self.true else 1.0

    def table(self) -> str:
        rows = [
            ("programs", f"{self.programs:,}"),
            ("runs, each plain and observed", f"{self.worlds:,}"),
            ("runs whose outcome or gradients differ", f"{len(self.different):,}"),
            ("true findings", f"{self.true:,}"),
            ("true findings confirmed at their lines", f"{self.confirmed:,} ({self.share_confirmed:.1%})"),
            ("false findings", f"{self.false:,}"),
            ("false findings confirmed", f"{len(self.false_confirmed):,}"),
            ("faults that no finding says", f"{self.missed:,}"),
            ("of these seen by the run", f"{self.seen:,}"),
        ]
        return "\n".join(f"{name:<42}{value:>18}" for name, value in rows)


def prove(labelled: list[Labelled]) -> Proof:
    """Run and judge programs in this process; to be called while ``truth.watching``."""
    proof = Proof()
    for each in labelled:
        _prove(each, proof)
    return proof


def _prove(labelled: Labelled, proof: Proof) -> None:
    program = labelled.program
    proof.programs += 1
    name = f"{program.number} {program.family}"
    records: list[bytes] = []
    for environment in worlds(program):
        proof.worlds += 1
        os.environ.update(environment)
        plain = truth._execute(truth._compiled(program), None)
        observed, written = _observed(program)
        records += written
        if not _same(plain, observed):
            proof.different.append(f"{name} in {environment}\n{program.text}")
    seen = read_records(records)
    proof.problems.update(seen.problems)
    _judge(labelled, seen, proof)


def worlds(program: Program) -> Iterator[dict[str, str]]:
    """The environments that a program can run in, those first in which it does what it does usually."""
    flags = [flag for flag in truth._FLAGS if flag in program.text]
    for steps in ("2", "3", "0", "1") if '"STEPS"' in program.text else ("2",):
        for values in itertools.product("01", repeat=len(flags)):
            yield {"STEPS": steps, **dict(zip(flags, values, strict=True))}


def _observed(program: Program) -> tuple[truth._Run, list[bytes]]:
    with tempfile.TemporaryFile() as file:
        sink = Sink(file.fileno())
        first = 1 if program.is_notebook else 0
        cells = {
            f"{truth._CELL}{number}>": (str(Path(program.path).absolute()), number or None)
            for number in range(first, first + len(program.cells))
        }
        observer = Observer(Lines(sink, cells=cells), sink)
        codes = truth._compiled(program)
        observer.start()
        try:
            run = truth._execute(codes, None)
        finally:
            observer.stop()
        file.seek(0)
        return run, file.readlines()


def _same(one: truth._Run, other: truth._Run) -> bool:
    """Whether two runs had the same events, errors and gradients, bit for bit."""
    if (one.events, one.ordinary, one.calls) != (other.events, other.ordinary, other.calls):
        return False
    if one.gradients.keys() != other.gradients.keys():
        return False
    return all(
        place == other.gradients[call][0] and _same_tensors(tensors, other.gradients[call][1])
        for call, (place, tensors) in one.gradients.items()
    )


def _same_tensors(ones: list[torch.Tensor | None], others: list[torch.Tensor | None]) -> bool:
    return len(ones) == len(others) and all(
        (one is None) == (other is None)
        and (one is None or other is None or torch.equal(one.nan_to_num(), other.nan_to_num()))
        for one, other in zip(ones, others, strict=True)
    )


def _judge(labelled: Labelled, seen: Records, proof: Proof) -> None:
    program = labelled.program
    judge = Judge(seen)
    findings = lint(program)
    for finding in findings:
        verdict = judge.judged(program.path, finding).verdict
        assert verdict is not None
        proof.verdicts[f"{finding.code} {finding.effect.kind.value} {verdict.kind.value}"] += 1
        _count(labelled, finding, verdict.kind is VerdictKind.CONFIRMED, str(verdict), proof)
    _count_missed(labelled, judge, findings, proof)


def _count(labelled: Labelled, finding: Finding, confirmed: bool, verdict: str, proof: Proof) -> None:
    program, known = labelled.program, labelled.truth
    events = predicted([finding])
    if finding.code not in PREDICTING or not events:
        return
    text = f"{program.number} {program.family}: {finding.code} line {finding.place.line}: {verdict}\n{program.text}"
    if events <= known.required:
        proof.true += 1
        proof.confirmed += confirmed
        if not confirmed:
            proof.unconfirmed.append(text)
    elif not events & known.optional:
        proof.false += 1
        if confirmed:
            proof.false_confirmed.append(text)


def _count_missed(labelled: Labelled, judge: Judge, findings: tuple[Finding, ...], proof: Proof) -> None:
    program = labelled.program
    missed = labelled.truth.required - predicted(findings)
    proof.missed += len(missed)
    if missed:
        pairs = [(program.path, each) for each in findings]
        extra = [each for _, each in judge.unpredicted(lambda line: line.path, pairs)]
        events: set[Event] = set()
        for each in extra:
            assert each.verdict is not None
            events |= {event for event in missed for step in each.verdict.seen
                       if (step.place.cell or 0, step.place.line) == (event.cell, event.line)}  # fmt: skip
        proof.seen += len(events)


def chunk(task: tuple[str, int, int, int]) -> Proof:
    """Programs ``first`` to ``first + count`` of a grammar and seed, in a worker."""
    name, seed, first, count = task
    torch.set_num_threads(1)
    some = itertools.islice(GRAMMARS[name](seed), first, first + count)
    proof = Proof()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        labelled = list(truth.labelled(some, Counter()))
        with truth.watching():
            proof.add(prove(labelled))
    return proof


def prove_many(programs: int, seed: int, processes: int = 2, size: int = 50) -> Proof:
    """Fresh programs, half of each grammar, in forked workers."""
    each = programs // len(GRAMMARS)
    tasks = [(name, seed, first, min(size, each - first)) for name in GRAMMARS for first in range(0, each, size)]
    proof = Proof()
    with multiprocessing.get_context("fork").Pool(processes, maxtasksperchild=4) as pool:
        for part in pool.imap_unordered(chunk, tasks):
            proof.add(part)
    return proof


def prove_by_command(programs: int, seed: int, folder: Path) -> Proof:
    """Scripts of both grammars through ``torchlint confirm`` itself, each beside a plain run."""
    proof = Proof()
    numbers = itertools.count(1_000_000 + seed)
    for name in itertools.islice(itertools.cycle(GRAMMARS), programs):
        while True:
            program = next(iter(itertools.islice(GRAMMARS[name](seed), next(numbers) % 1_000, None)))
            if not program.is_notebook and (found := _world_of(program)) is not None:
                break
        _prove_by_command(Labelled(program, found), folder, proof)
    return proof


def _world_of(program: Program) -> Truth | None:
    """What PyTorch does with a program in the world without flags, None where that tells nothing."""
    with truth.watching():
        try:
            events, doubtful = truth._world(truth._compiled(program), _PLAIN_WORLD, program.text, False)
        except truth.OrdinaryError:
            return None
    return Truth(frozenset(events[:1]), frozenset([*events[1:], *doubtful]))


def _prove_by_command(labelled: Labelled, folder: Path, proof: Proof) -> None:
    program = labelled.program
    proof.programs += 1
    proof.worlds += 1
    script, report = folder / f"program_{program.number}" / program.path, folder / "report.json"
    script.parent.mkdir()
    script.write_bytes(_IMPORT.sub(_seeded, program.as_bytes(), count=1))
    environment = {**os.environ, **_PLAIN_WORLD, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-m", "torchlint", "confirm", "--output-format", "json", "--output-file", str(report)]
    plain, observed = (
        subprocess.run([*each, program.path], cwd=script.parent, env=environment, capture_output=True, text=True)
        for each in ([sys.executable], command)
    )
    own = observed.stderr.partition("torchlint: The program ")[0]
    if (plain.returncode, plain.stdout, plain.stderr) != (observed.returncode, observed.stdout, own):
        proof.different.append(f"{program.number} {program.family}: {observed.returncode}\n{own}\n{program.text}")
    for value in json.loads(report.read_text()):
        if value["verdict"]["kind"] == VerdictKind.UNPREDICTED.value:
            continue
        (finding,) = (each for each in lint(program) if (each.code, each.place.line, each.place.column)
                      == (value["code"], value["line"], value["column"]))  # fmt: skip
        _count(labelled, finding, value["verdict"]["kind"] == VerdictKind.CONFIRMED.value, str(value["verdict"]), proof)


def _seeded(match: re.Match[bytes]) -> bytes:
    """The import of torch, on the same line with a seed: both runs print the same random numbers then."""
    return match[0] + b"; " + (match[1] or b"torch") + b".manual_seed(0)"


_IMPORT = re.compile(rb"^import torch(?: as (\w+))?\b(?!\.)", re.MULTILINE)
_PLAIN_WORLD = {"STEPS": "2", "FLAG_A": "0", "FLAG_B": "0"}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.oracle.confirm", description="Prove the runtime confirmation.")
    parser.add_argument("--programs", type=int, default=2_000, help="how many programs (default 2000)")
    parser.add_argument("--seed", type=int, default=1, help="which programs (default 1)")
    parser.add_argument(
        "--command", type=int, default=50, metavar="N", help="how many through the command (default 50)"
    )
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N programs of each sort of mistake")
    parser.add_argument("--processes", type=int, default=2, help="how many workers (default 2)")
    options = parser.parse_args(arguments)
    _print(prove_many(options.programs, options.seed, options.processes), options.show)
    if options.command:
        with tempfile.TemporaryDirectory() as folder:
            print("\nThrough the command:")
            _print(prove_by_command(options.command, options.seed, Path(folder)), options.show)
    return 0


def _print(proof: Proof, show: int) -> None:
    for name in ("different", "false_confirmed", "unconfirmed"):
        for text in sorted(getattr(proof, name), key=len)[:show]:
            print(f"== {name}: {text}\n")
    print(proof.table())
    for text, times in proof.problems.most_common(10):
        print(f"PROBLEM {times} x {text}")
    if show:
        for text, times in sorted(proof.verdicts.items()):
            print(f"  {times:>5} {text}")


if __name__ == "__main__":
    sys.exit(main())
