"""How often ``torchlint why`` names the right line of programs that crash, from nothing but their logs.

    python -m tests.benchmarks.why                 # a minute
    python -m tests.benchmarks.why --show-misses
    python -m tests.benchmarks.why --seeded        # the faults of tests.benchmarks.seeded that raise: some minutes

The programs are the examples of the rules that raise, and the lines to blame are those that they mark. Each is run by
PyTorch in a copy of this process, and its error is printed as Python does, and in one more way: as pytest does, in
colour in a box, by two ranks at once, by anomaly mode, by another machine, or with a program that was edited since.
In whole programs, the lines to blame are those that the edit touched which put the fault there.
Nothing else is told to ``torchlint why``. Run it from the root of the repository.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import traceback
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.benchmarks.seeded.programs import applied, read_programs, touched
from torchlint.rule import all_rules
from torchlint.why.diagnosis import diagnose
from torchlint.why.suspects import Sure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.benchmarks.seeded.programs import Edit
    from tests.benchmarks.seeded.programs import Program as Seeded
    from torchlint.rule import Example
    from torchlint.why.suspects import Suspect

MARKS = re.compile("[⟦⟧]")
MODULE = "program"


class Program(NamedTuple):
    """A program that raises, and the lines that are to blame."""

    name: str
    text: str
    lines: frozenset[int]

    @classmethod
    def of(cls, slug: str, example: Example) -> Program:
        code = example.code.lstrip("\n")
        lines = {code.count("\n", 0, found.start()) + 1 for found in MARKS.finditer(code)}
        plain = MARKS.sub("", code)
        return cls(f"{slug}: {example.name}", f"{plain}\n{example.proof}\n", frozenset(lines))


class Outcome(NamedTuple):
    """At which place the right line came, None where it was not named; ``sure`` is what was said of the first.
    ``named`` are the first lines that were named instead, in words."""

    program: Program
    form: str
    place: int | None
    sure: Sure | None
    log: str
    named: tuple[str, ...]


def programs() -> list[Program]:
    """The examples that raise."""
    return [
        Program.of(rule.rule.slug, each)
        for rule in all_rules().values()
        for each in rule.examples
        if each.raises and MARKS.search(each.code)
    ]


def captured(run: Callable[[], None]) -> str:
    """What a function prints in a forked copy of this process."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        process = os.fork()
        if process == 0:
            try:
                os.dup2(output.fileno(), 1)
                os.dup2(output.fileno(), 2)
                run()
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(0)
        os.waitpid(process, 0)
        output.seek(0)
        return output.read()


def error_of(path: Path) -> BaseException:
    """The error that a program raises, with frames of the program alone."""
    try:
        exec(compile(path.read_text(encoding="utf-8"), path, "exec"), {"__name__": "__main__"})
    except Exception as error:
        return error.with_traceback(error.__traceback__.tb_next if error.__traceback__ else None)
    raise RuntimeError("it does not raise")


def plain(path: Path) -> str:
    return captured(lambda: traceback.print_exception(error_of(path)))


def pytest_form(path: Path) -> str:
    import pytest

    test = path.with_name("test_program.py")
    test.write_text(f"def test_program():\n    import {MODULE}\n", encoding="utf-8")
    options = ["-p", "no:cacheprovider", "-p", "no:torchlint", "-W", "ignore", "--rootdir", str(path.parent)]

    def run() -> None:
        os.chdir(path.parent)
        pytest.main([*options, "-c", os.devnull, "--import-mode=prepend", test.name])

    return captured(run)


def in_colour(path: Path) -> str:
    def run() -> None:
        from rich.console import Console
        from rich.traceback import Traceback

        error = error_of(path)
        shown = Traceback.from_exception(type(error), error, error.__traceback__, width=140)
        Console(force_terminal=True, width=140, color_system="standard").print(shown)

    return captured(run)


def by_ranks(path: Path) -> str:
    """Two ranks, line by line."""
    lines = plain(path).splitlines()
    return "\n".join(f"[rank{rank}]: {line}" for line in lines for rank in (0, 1))


def by_anomaly(path: Path) -> str:
    import torch

    def run() -> None:
        torch.autograd.set_detect_anomaly(True)
        traceback.print_exception(error_of(path))

    return captured(run)


def elsewhere(path: Path) -> str:
    """Paths of another machine."""
    return plain(path).replace(str(path.parent), "/home/somebody/project/src")


FORMS: dict[str, Callable[[Path], str]] = {
    "pytest": pytest_form,
    "in colour": in_colour,
    "two ranks": by_ranks,
    "anomaly mode": by_anomaly,
    "another machine": elsewhere,
    "edited since": plain,
}


def edited(program: Program) -> Program:
    """A program with a line more at its start, and one before the first that is to blame."""
    lines = program.text.split("\n")
    first = min(program.lines)
    indent = re.match(r"\s*", lines[first - 1])
    lines[first - 1 : first - 1] = [f"{indent[0] if indent else ''}# was added here"]
    moved = frozenset(each + 2 for each in program.lines)
    return program._replace(text="\n".join(["# was added above", *lines]), lines=moved)


def lines_of(suspect: Suspect) -> set[int]:
    """The lines that are named: where the cause is, and where the finding is that tells of it."""
    found = suspect.finding.place.lines if suspect.finding else ()
    return {*range(suspect.line, suspect.end_line + 1), *found}


def in_words(suspects: Sequence[Suspect]) -> tuple[str, ...]:
    """The first suspects, a line each."""
    found = []
    for each in suspects[:3]:
        code = f"{each.finding.code} " if each.finding else ""
        found.append(f"{Path(each.path).name}:{each.line}: {each.sure.value}: {code}{each.says}")
    return tuple(found)


def judged(program: Program, form: str) -> Outcome:
    """What ``torchlint why`` makes of a program's log in one form."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder).resolve() / f"{MODULE}.py"
        path.write_text(program.text, encoding="utf-8")
        log = FORMS.get(form, plain)(path)
        if form == "edited since":
            program = edited(program)
            path.write_text(program.text, encoding="utf-8")
        found = diagnose(log, path.parent)
    suspects = found.suspects if found else ()
    named = (number for number, each in enumerate(suspects, 1) if program.lines & lines_of(each))
    sure = suspects[0].sure if suspects else None
    return Outcome(program, form, next(named, None), sure, log, in_words(suspects))


def outcomes() -> Iterator[Outcome]:
    """Each program, plain and in one more form."""
    forms = list(FORMS)
    for number, program in enumerate(programs()):
        yield judged(program, "plain")
        yield judged(program, forms[number % len(forms)])


def seeded() -> Iterator[Outcome]:
    """The faults that raise, in whole programs."""
    for program in read_programs():
        for edit in program.edits:
            if edit.raises and not program.main.endswith(".ipynb"):
                yield _seeded(program, edit)


def _seeded(program: Seeded, edit: Edit) -> Outcome:
    texts = program.texts()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        for path, text in applied(texts, edit).items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8")
        log = captured(lambda: _run(folder, program.main))
        found = diagnose(log, folder)
        suspects = found.suspects if found else ()
        wanted = {(str(folder / each.file), each.line) for each in touched(texts, edit)}
        named = (
            number
            for number, each in enumerate(suspects, 1)
            if wanted & {(each.path, line) for line in range(each.line, each.end_line + 1)}
        )
        text = Program(f"{program.name}: {edit.name}", "", frozenset(line for _, line in wanted))
        sure = suspects[0].sure if suspects else None
        return Outcome(text, "whole programs", next(named, None), sure, log, in_words(suspects))


def _run(folder: Path, main: str) -> None:
    os.chdir(folder)
    sys.argv = [main]
    sys.path.insert(0, str(folder))
    try:
        error = error_of(folder / main)
    except RuntimeError:
        return
    traceback.print_exception(error)


def rows(found: list[Outcome]) -> Iterator[str]:
    """A table by form."""
    yield "| form of the log | logs | first | first three | wrong, and called certain |"
    yield "|---|---:|---:|---:|---:|"
    forms = Counter(each.form for each in found)
    for form in [*forms, "all"]:
        these = [each for each in found if form in ("all", each.form)]
        first = sum(each.place == 1 for each in these)
        three = sum(each.place in (1, 2, 3) for each in these)
        wrong = sum(each.place != 1 and each.sure is Sure.CERTAIN for each in these)
        yield f"| {form} | {len(these)} | {first} | {three} | {wrong} |"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.why", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--show-misses", action="store_true", help="print each log whose line did not come first")
    parser.add_argument("--seeded", action="store_true", help="faults that were put into whole programs instead")
    options = parser.parse_args(arguments)
    import torch

    print(f"PyTorch {torch.__version__}, Python {sys.version.split()[0]}")
    found = list(seeded() if options.seeded else outcomes())
    for each in found if options.show_misses else ():
        if each.place != 1:
            lines = ", ".join(map(str, sorted(each.program.lines)))
            print(f"\n{each.program.name}, {each.form}: line {lines} came at {each.place}\n{each.log}")
            print("".join(f"  named: {line}\n" for line in each.named), end="")
    print("\n".join(rows(found)))
    first = sum(each.place == 1 for each in found) / len(found)
    three = sum(each.place in (1, 2, 3) for each in found) / len(found)
    if options.seeded:
        print(f"\nfirst: {first:.0%}, among the first three: {three:.0%}")
        return 0
    print(f"\nfirst: {first:.0%} (at least 80 %), among the first three: {three:.0%} (at least 92 %)")
    return 0 if first >= 0.8 and three >= 0.92 else 1


if __name__ == "__main__":
    sys.exit(main())
