"""How many of the faults that people make torchlint finds in whole programs.

    python -m tests.benchmarks.seeded                        # all programs, some minutes
    python -m tests.benchmarks.seeded --program gan --show-misses
    python -m tests.benchmarks.seeded --kind changed
    python -m tests.benchmarks.seeded --only-run             # prove the faults, lint nothing

Each program under ``programs`` has the shape of one that trains: ``faults.toml`` beside it lists edits that put one
fault into it, or that look like one and are harmless. Each edit is applied in a temporary folder, PyTorch runs the
program, which proves the fault, and torchlint lints the folder at default settings. A fault is found where a finding
that the program does not have without it names a line that the edit touched or at which the fault surfaces.

Ends with 2 where a run does not prove an edit. Run it from the root of the repository.
"""

from __future__ import annotations

import argparse
import sys

from tests.benchmarks.seeded import table
from tests.benchmarks.seeded.judging import judge, judge_original
from tests.benchmarks.seeded.programs import KINDS, problems, read_programs


def main(arguments: list[str] | None = None) -> int:
    """Judge the chosen faults and print what came of them."""
    parser = argparse.ArgumentParser(
        "python -m tests.benchmarks.seeded",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--program", action="append", metavar="NAME", help="this program only; may be repeated")
    parser.add_argument("--kind", action="append", choices=KINDS, help="this kind of faults only; may be repeated")
    parser.add_argument("--show-misses", action="store_true", help="print each fault that is not found, and its edit")
    parser.add_argument("--only-run", action="store_true", help="run the programs without linting them")
    parser.add_argument("--seconds", type=float, default=30, help="how long one run may take (default 30)")
    options = parser.parse_args(arguments)

    programs = [each for each in read_programs() if not options.program or each.name in options.program]
    if not programs:
        parser.error(f"no such program: {', '.join(options.program)}")
    originals, verdicts, errors = [], [], [each for program in programs for each in problems(program)]
    for program in [] if errors else programs:
        original = judge_original(program, options.seconds, not options.only_run)
        originals.append(original)
        errors += [f"{program.name}: {each}" for each in original.errors]
        for edit in program.edits:
            if not options.kind or edit.kind in options.kind:
                verdict = judge(original, edit, options.seconds, not options.only_run)
                verdicts.append(verdict)
                if verdict.error:
                    errors.append(f"{program.name}: {edit.name}: {verdict.error}")
                elif options.show_misses:
                    print("".join(f"{line}\n" for line in table.miss(verdict)), end="", flush=True)
    proved = [each for each in verdicts if not each.error]
    if not options.only_run:
        print("\n".join(table.rows(proved)), end="\n\n")
        print("\n".join(table.alarms(originals, proved)))
    for error in errors:
        print(f"error: {error}", file=sys.stderr)
    return 2 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
