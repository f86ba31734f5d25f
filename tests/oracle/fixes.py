"""Prove torchlint's fixes by running the programs that they give.

    python -m tests.oracle.fixes                           # safe fixes of 600 faulty programs
    python -m tests.oracle.fixes --unsafe --show 5         # unsafe ones too, and the 5 shortest programs they fail on
    python -m tests.oracle.fixes --unsafe --display        # and those that torchlint only shows
    python -m tests.oracle.fixes --programs 2000 --seed 7

A fault is a finding that says rightly what PyTorch does. Its fix is made alone, and the program is run: the fault is
gone where nothing happens any more at its place. Then all fixes of a program are made together, to the fixed point;
those that are only shown are made alone.

The reference is the faulty program with whatever is kept for backward cloned, so that no change of it matters: where a
fix leaves it plain what was meant, every backward gives the gradients that it gives there.

Run it from the root of the repository.
"""

from __future__ import annotations

import argparse
import importlib
import itertools
import os
import sys
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle import truth
from tests.oracle.program import Event, Labelled, Program
from tests.oracle.score import PREDICTING, predicted
from torchlint.engine.check import check_bytes, check_source
from torchlint.engine.fix import apply_edits, fix_source
from torchlint.engine.settings import Overrides, Settings, load_settings
from torchlint.finding import Applicability, EffectKind
from torchlint.syntax.notebook import apply_to_notebook
from torchlint.syntax.read_source import read_source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torchlint.finding import Edit, Finding
    from torchlint.syntax.source import Source

GRAMMARS = {"scripts": "tests.oracle.grammar", "modules": "tests.oracle.modules.grammar"}
PLAIN = frozenset({"TLC202", "TLC204"})
"""The rules whose safe fixes leave what is computed, and its gradient, as it is meant."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One fault: its finding, the program with its fix (None: it has none), and what became of it.

    ``gone``: nothing happens at its place any more; ``broken`` is the ordinary error of the fixed program; ``equal``
    says whether gradients are those of the reference, None where that cannot be compared.
    """

    program: Program
    finding: Finding
    fixed: str | None = None
    gone: bool = False
    broken: str = ""
    equal: bool | None = None

    @property
    def is_safe(self) -> bool:
        return self.is_(Applicability.SAFE)

    def is_(self, applicability: Applicability) -> bool:
        """Whether it has a fix that was made and is that safe."""
        return (
            self.fixed is not None and self.finding.fix is not None and self.finding.fix.applicability is applicability
        )


@dataclass
class Proof:
    """The trials of a set of programs, and what all fixes of a program together came to."""

    trials: list[Trial] = field(default_factory=list)
    settled: int = 0
    clean: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def fixed(self) -> list[Trial]:
        return [each for each in self.trials if each.fixed is not None]

    @property
    def share_fixed(self) -> float:
        return len(self.fixed) / max(len(self.trials), 1)

    @property
    def share_applied(self) -> float:
        """The share that has a fix which torchlint makes, and does not only show."""
        return sum(not each.is_(Applicability.DISPLAY) for each in self.fixed) / max(len(self.trials), 1)

    @property
    def share_gone(self) -> float:
        return sum(each.gone for each in self.fixed) / max(len(self.fixed), 1)

    @property
    def compared(self) -> list[Trial]:
        return [each for each in self.fixed if each.equal is not None and each.is_safe and each.finding.code in PLAIN]

    @property
    def share_equal(self) -> float:
        return sum(each.equal is True for each in self.compared) / max(len(self.compared), 1)


def prove(labelled: Sequence[Labelled], wanted: Sequence[Applicability]) -> Proof:
    """Fix programs and run them. Needs torch."""
    proof = Proof()
    settings = load_settings(Path.cwd(), Overrides(isolated=True))
    with truth.watching():
        for each in labelled:
            _prove(each, settings, wanted, proof)
    return proof


def _prove(labelled: Labelled, settings: Settings, wanted: Sequence[Applicability], proof: Proof) -> None:
    program = labelled.program
    data = program.as_bytes()
    source = read_source(data, program.path)
    result = check_bytes(data, program.path, settings)
    if result.error:
        proof.problems.append(f"program {program.number}: {result.error}")
    happens = labelled.truth.required | labelled.truth.optional
    for finding in result.findings:
        if finding.code in PREDICTING and predicted([finding]) & happens:
            proof.trials.append(_tried(program, source, data, finding, wanted))
    _prove_together(labelled, source, data, settings, Applicability.UNSAFE in wanted, proof)


def _tried(program: Program, source: Source, data: bytes, finding: Finding, wanted: Sequence[Applicability]) -> Trial:
    fix = finding.fix
    if fix is None or fix.applicability not in wanted:
        return Trial(program, finding)
    try:
        fixed = _with_edits(program, source, data, fix.edits)
        events = _events(fixed, finding)
    except (SyntaxError, ValueError, truth.OrdinaryError) as error:
        return Trial(program, finding, fixed="", broken=f"{type(error).__name__}: {error}")
    places = {_moved(source, event, fix.edits)[1:] for event in predicted([finding])}
    still = {each for each in events if each[1:] in places}
    gone = not still or still <= _told_elsewhere(fixed, _moved(source, _place_of(finding), fix.edits))
    return Trial(program, finding, fixed.text, gone, equal=_has_reference_gradients(program, fixed))


def _told_elsewhere(fixed: Program, place: Event) -> set[Event]:
    """What happens to a fixed program by another place than that of the finding: another fault, found next."""
    findings = check_bytes(fixed.as_bytes(), fixed.path, load_settings(Path.cwd(), Overrides(isolated=True))).findings
    return predicted(each for each in findings if _place_of(each)[1:] != place[1:])


def _place_of(finding: Finding) -> Event:
    return Event("", finding.place.cell or 0, finding.place.line)


def _with_edits(program: Program, source: Source, data: bytes, edits: Sequence[Edit]) -> Program:
    if program.is_notebook:
        return _program(program, read_source(apply_to_notebook(data, source, list(edits)), source.path))
    return Program(program.number, program.family, (apply_edits(source, edits),))


def _program(program: Program, source: Source) -> Program:
    """A source as a program again."""
    if not source.cells:
        return Program(program.number, program.family, (source.text,))
    cells = [source.lines_text(cell.first_line, cell.first_line + cell.lines - 1) for cell in source.cells]
    return Program(program.number, program.family, tuple(cells))


def _events(program: Program, finding: Finding) -> frozenset[Event]:
    """What happens in a fixed program: a stale tensor counts, though gradients are equal, where that was the fault.

    Not beside BatchNorm, which changes what it keeps itself. Raises: OrdinaryError, SyntaxError.
    """
    if finding.effect.kind is not EffectKind.SILENT or "BatchNorm" in program.text:
        return truth.events_of(program)
    found = truth.truth_of(program)
    return found.required | found.optional


def _moved(source: Source, event: Event, edits: Sequence[Edit]) -> Event:
    """Where the line of an event is after edits; the first line of what was replaced stays where it was."""
    first = next((cell.first_line for cell in source.cells if cell.index == event.cell), 1)
    line = first + event.line - 1
    added = 0
    for edit in edits:
        start, end = source.position(edit.span.start)[0], source.position(edit.span.end)[0]
        in_cell = not source.cells or edit.place.cell == event.cell
        before = start < line or (start == line and edit.span.start == source.line_span(line).start)
        if in_cell and before:
            added += edit.text.count("\n") - (min(end, line) - start)
    return Event(event.kind, event.cell, event.line + added)


def _has_reference_gradients(program: Program, fixed: Program) -> bool | None:
    """Whether every backward adds what it adds in the reference, in all worlds; None where backwards differ."""
    equal = True
    for world in _worlds(program):
        os.environ.update(world)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            reference = truth.execute(program, cloning=True)
            real = truth.execute(fixed, cloning=False)
        if reference is None or real is None or len(reference) != len(real) or not real:
            return None
        equal = equal and all(truth.equal(one, other) for one, other in zip(reference, real, strict=True))
    return equal


def _worlds(program: Program) -> Iterator[dict[str, str]]:
    flags = [flag for flag in ("FLAG_A", "FLAG_B") if flag in program.text]
    for values in itertools.product("01", repeat=len(flags)):
        yield {"STEPS": "2", **dict(zip(flags, values, strict=True))}


def _prove_together(
    labelled: Labelled, source: Source, data: bytes, settings: Settings, unsafe: bool, proof: Proof
) -> None:
    """All fixes, to the fixed point: where no finding is left, nothing may happen any more."""
    program = labelled.program
    result = fix_source(source, lambda text: check_source(text, settings), unsafe, data)
    if result.left.error:
        proof.problems.append(f"program {program.number}: {result.left.error}")
    if not result.applied:
        if result.data != data:
            proof.problems.append(f"program {program.number} was changed though nothing was fixed")
        return
    if any(each.code in PREDICTING for each in result.left.findings):
        return
    proof.settled += 1
    try:
        events = truth.truth_of(_program(program, result.after)).required
    except (truth.OrdinaryError, SyntaxError) as error:
        proof.problems.append(f"program {program.number}, all fixed: {error}")
        return
    missed = labelled.truth.required - predicted(check_bytes(data, program.path, settings).findings)
    proof.clean += not events or bool(missed)


# The report.


def table(proof: Proof) -> str:
    """A line for every rule and one for all."""
    head = (
        f"{'rule':8}{'faults':>8}{'safe':>7}{'unsafe':>8}{'shown':>7}{'none':>7}{'fixed':>9}{'gone':>8}{'broken':>8}"
        f"{'equal':>12}"
    )
    codes = sorted({each.finding.code for each in proof.trials})
    rows = [_row(code, [each for each in proof.trials if each.finding.code == code]) for code in codes]
    together = (
        f"all fixes together: {proof.settled} programs have no finding left, {proof.clean} of them run without a fault"
    )
    plain = (
        f"safe fixes of {', '.join(sorted(PLAIN))}: {len(proof.compared)} compared, "
        f"{100 * proof.share_equal:.1f} % with the gradients of the reference"
    )
    applied = f"without those that are only shown, {100 * proof.share_applied:.1f} % of the faults are fixed"
    return "\n".join([head, *rows, _row("total", proof.trials), applied, plain, together, *proof.problems[:10]])


def _row(name: str, trials: Sequence[Trial]) -> str:
    fixed = [each for each in trials if each.fixed is not None]
    safe, unsafe, shown_only = (sum(each.is_(kind) for each in fixed) for kind in Applicability)
    gone, broken = sum(each.gone for each in fixed), sum(bool(each.broken) for each in fixed)
    compared = [each.equal for each in fixed if each.equal is not None]
    return (
        f"{name:8}{len(trials):8}{safe:7}{unsafe:8}{shown_only:7}{len(trials) - len(fixed):7}"
        f"{100 * len(fixed) / max(len(trials), 1):8.1f}%{100 * gone / max(len(fixed), 1):7.1f}%{broken:8}"
        f"{sum(compared):6} of {len(compared):<3}"
    )


def shown(trial: Trial) -> str:
    """A program before and after a fix that did not do what it should."""
    place = trial.finding.effect.place
    where = f"line {place.line}" if place else "nowhere"
    lines = [f"==== program {trial.program.number}, {trial.program.family}: {trial.finding.code} at {where}"]
    lines += [trial.program.text, f"---- {trial.broken or 'fixed'}", trial.fixed or ""]
    return "\n".join(lines)


def faulty_programs(grammar: str, count: int, seed: int) -> list[Labelled]:
    """The first so many faulty programs of a seed."""
    module = importlib.import_module(GRAMMARS[grammar])
    discarded: Counter[str] = Counter()
    every = truth.labelled(module.programs(seed), discarded)
    return list(itertools.islice((each for each in every if each.truth.required), count))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser("python -m tests.oracle.fixes", description="Prove torchlint's fixes.")
    parser.add_argument("--programs", type=int, default=600, help="how many faulty programs (default 600)")
    parser.add_argument("--seed", type=int, default=1, help="which programs (default 1)")
    parser.add_argument("--unsafe", action="store_true", help="make unsafe fixes too")
    parser.add_argument("--display", action="store_true", help="make the fixes too that torchlint only shows")
    parser.add_argument("--grammar", choices=sorted(GRAMMARS), default="scripts")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print the N shortest programs a fix fails on")
    parser.add_argument("--none", metavar="CODE", help="print them for what has no fix of this rule instead")
    options = parser.parse_args(arguments)
    wanted = [Applicability.SAFE]
    wanted += [Applicability.UNSAFE] if options.unsafe else []
    wanted += [Applicability.DISPLAY] if options.display else []
    proof = prove(faulty_programs(options.grammar, options.programs, options.seed), wanted)
    failed = [each for each in proof.fixed if not each.gone or (each in proof.compared and each.equal is False)]
    if options.none:
        failed = [each for each in proof.trials if each.fixed is None and each.finding.code == options.none]
    for each in sorted(failed, key=lambda each: len(each.program.text))[: options.show]:
        print(shown(each))
    print(table(proof))
    return 0


if __name__ == "__main__":
    sys.exit(main())
