"""Score torchlint against PyTorch on random programs.

    python -m tests.oracle                          # 5,000 fresh programs, run under PyTorch, linted, scored
    python -m tests.oracle --seed 7 --save FOLDER   # the same, kept with their truth
    python -m tests.oracle --load FOLDER --show 20  # score them again without torch, with the 20 shortest mistakes
    python -m tests.oracle --stored --kind twice --show 5 --timing
    python -m tests.oracle --store                  # write the stored set anew
    python -m tests.oracle --grammar modules --stored   # the same for classes, helpers and training code

Run it from the root of the repository.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.oracle import grammar as scripts
from tests.oracle import report
from tests.oracle.kinds import KINDS, RARE
from tests.oracle.modules import grammar as modules
from tests.oracle.program import load, store
from tests.oracle.quotas import MODULES, SCRIPTS, Quotas, chosen, problems
from tests.oracle.score import score

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.oracle.program import Labelled, Program


@dataclass(frozen=True, slots=True)
class _Grammar:
    """Where programs come from, how many are stored and from which seed; ``large`` is a set that meets the quotas."""

    programs: Callable[[int], Iterator[Program]]
    quotas: Quotas
    stored: int
    seed: int
    large: int


_GRAMMARS = {
    "scripts": _Grammar(scripts.programs, SCRIPTS, 2_700, 2_600_000, 5_000),
    "modules": _Grammar(modules.programs, MODULES, 1_640, 2_600_000, 1_640),
}


def main(arguments: list[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    grammar = _GRAMMARS[options.grammar]
    if options.store:
        _save(_fresh(grammar, grammar.stored, grammar.seed, 1.0), grammar.quotas.stored)
        return 0
    if options.stored or options.load:
        labelled = load(options.load or grammar.quotas.stored)
    else:
        labelled = _fresh(grammar, options.programs, options.seed, options.programs / grammar.large)
    if options.save:
        _save(labelled, options.save)
    if options.number:
        labelled = [each for each in labelled if each.program.number in options.number]
    result = score(labelled)
    if options.number:
        print("\n".join(map(report.shown, result.results)))
    for text in report.worst(result, options.show, options.kind):
        print(text)
    print(report.table(result))
    if options.timing:
        print(report.timing(result))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.oracle", description="Score torchlint against PyTorch.")
    parser.add_argument(
        "--grammar", choices=_GRAMMARS, default="scripts", help="what programs are like (default scripts)"
    )
    parser.add_argument("--programs", type=int, default=5_000, help="how many fresh programs (default 5000)")
    parser.add_argument("--seed", type=int, default=1, help="which fresh programs (default 1)")
    parser.add_argument(
        "--show", type=int, default=0, metavar="N", help="print the N shortest programs it is wrong about"
    )
    parser.add_argument("--kind", choices=(*KINDS, *RARE), help="show only mistakes about this kind")
    parser.add_argument("--number", type=int, action="append", help="score and print only the program of this number")
    parser.add_argument(
        "--stored", action="store_true", help="the stored programs instead of fresh ones; needs no torch"
    )
    parser.add_argument("--load", type=Path, metavar="FOLDER", help="programs that --save wrote; needs no torch")
    parser.add_argument("--save", type=Path, metavar="FOLDER", help="keep the programs and their truth")
    parser.add_argument("--store", action="store_true", help="write the stored set anew and do nothing else")
    parser.add_argument("--timing", action="store_true", help="how many programs are linted in a second of CPU time")
    return parser


def _fresh(grammar: _Grammar, count: int, seed: int, share: float) -> list[Labelled]:
    """Programs with their truth; ``share`` is that of the quotas which they must meet."""
    from tests.oracle.truth import labelled

    discarded: Counter[str] = Counter()
    kept = chosen(labelled(grammar.programs(seed), discarded), count, min(share, 1.0), grammar.quotas)
    print(f"{len(kept)} programs, {discarded.total()} discarded", file=sys.stderr)
    for words, times in discarded.most_common(5):
        print(f"  {times} x {words}", file=sys.stderr)
    for problem in problems(kept, min(share, 1.0), grammar.quotas):
        print(f"QUOTA: {problem}", file=sys.stderr)
    return kept


def _save(labelled: list[Labelled], folder: Path) -> None:
    from tests.oracle.truth import VERSION

    store(labelled, folder, VERSION)


if __name__ == "__main__":
    sys.exit(main())
