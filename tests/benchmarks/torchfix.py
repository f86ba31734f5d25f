"""What torchlint makes of each line that TorchFix's own fixtures expect something on.

    python -m tests.benchmarks.torchfix FOLDER     # a copy of TorchFix's repository: seconds
    python -m tests.benchmarks.torchfix FOLDER --show

FOLDER has ``tests/fixtures/*/checker/*.py``, each with a ``.txt`` of the lines and codes that are expected. They are
read and linted, and never run. A line counts as found where the rule that the page on other tools names for the code
says something on it, as told once where the same name is told at another line, and as refused where ``REFUSED`` has a
reason. Run it from the root of this repository.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torchlint
from torchlint.syntax.suppress import TORCHFIX_ALIASES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CODES = re.compile(r"TOR(?:001|003|004|1\d\d|2\d\d|9\d\d)")
"""The codes that are compared: the others are about typing errors and speed."""
_EXPECTED = re.compile(r"(?P<line>\d+):(?P<column>\d+) (?P<code>TOR\d+) (?P<words>.*)")
_BEFORE_WEIGHTS_ONLY = (2, 5)
"""``torch.load`` without ``weights_only`` is safe from the next release on, which TorchFix does not ask about."""

REFUSED = {
    "torch.nn.UpsamplingNearest2d": "no release of PyTorch warns about it: only its document calls it deprecated",
    "TOR106": "numerics: exact for every x that is not tiny, and no matter of releases",
    "TOR107": "numerics: exact for every x that is not tiny, and no matter of releases",
    "TOR108": "numerics: exact for every x that is not large, and no matter of releases",
    "TOR203": "style: both imports bind the same module",
    "TOR901": "for the tests of PyTorch itself",
}
"""What is not to be found, by TorchFix's code or by what its message names, with the reason."""
OUTCOMES = ("found", "told once", "refused", "missed")
ONCE = {
    "TOR004": "an import that does not fail is told where its name is used",
    "TOR103": "an import that does not fail is told where its name is used",
    "TOR104": "a private name that is imported is told at its import",
}
"""What is told at another line of the same file, and only there."""


class Line(NamedTuple):
    """A line on which TorchFix expects something."""

    path: Path
    number: int
    code: str
    words: str


class Judged(NamedTuple):
    """A line, and what torchlint makes of it, one of ``OUTCOMES``, with the reason where it is not found there."""

    line: Line
    outcome: str
    reason: str = ""


def expected(folder: Path) -> Iterator[Line]:
    """The lines of the fixtures below a folder, those of the codes that are compared."""
    for path in sorted(folder.glob("tests/fixtures/*/checker/*.txt")):
        for text in path.read_text(encoding="utf-8").splitlines():
            found = _EXPECTED.fullmatch(text)
            if found is not None and CODES.fullmatch(found["code"]):
                yield Line(path.with_suffix(".py"), int(found["line"]), found["code"], found["words"])


def judged(lines: Sequence[Line]) -> Iterator[Judged]:
    """What torchlint makes of each line."""
    for line in lines:
        rules = TORCHFIX_ALIASES.get(line.code, ())
        there = lines_found(line.path, line.code, rules) if rules else {}
        reason = next((why for what, why in REFUSED.items() if what == line.code or what in line.words), "")
        if line.number in there:
            yield Judged(line, "found")
        elif reason:
            yield Judged(line, "refused", reason)
        elif line.code in ONCE and any(_name(line) in words for words in there.values()):
            yield Judged(line, "told once", ONCE[line.code])
        else:
            yield Judged(line, "missed")


def lines_found(path: Path, code: str, rules: Sequence[str]) -> dict[int, str]:
    """What some rules say in a file, by each line of what they mark."""
    target = _BEFORE_WEIGHTS_ONLY if code == "TOR102" else None
    text = path.read_text(encoding="utf-8")
    findings = torchlint.lint_source(text, select=rules, certainty="advice", target_version=target)
    return {number: each.message for each in findings for number in each.place.lines}


def _name(line: Line) -> str:
    """The last part of what a message of TorchFix names first."""
    found = re.search(r"torch\.[\w.]*\b", line.words)
    return found[0].rpartition(".")[2] if found else line.words


def table(found: Sequence[Judged]) -> str:
    """The counts by code, as a Markdown table."""
    counts = Counter((each.line.code, each.outcome) for each in found)
    rows = [f"| code | lines | {' | '.join(OUTCOMES)} |", f"|---|{'---:|' * (1 + len(OUTCOMES))}"]
    for code in sorted({each.line.code for each in found}):
        numbers = [counts[code, outcome] for outcome in OUTCOMES]
        rows.append(f"| `{code}` | {sum(numbers)} | {' | '.join(map(str, numbers))} |")
    totals = [sum(1 for each in found if each.outcome == outcome) for outcome in OUTCOMES]
    rows.append(f"| all | {sum(totals)} | {' | '.join(map(str, totals))} |")
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare with what TorchFix's fixtures expect.")
    parser.add_argument("folder", type=Path, help="a copy of TorchFix's repository")
    parser.add_argument("--show", action="store_true", help="print each line that is not found")
    options = parser.parse_args()
    lines = list(expected(options.folder))
    if not lines:
        sys.stderr.write(f"error: {options.folder} has no tests/fixtures/*/checker/*.txt\n")
        return 2
    found = list(judged(lines))
    for each in found if options.show else ():
        if each.outcome != "found":
            where = f"{each.line.path.relative_to(options.folder)}:{each.line.number}"
            print(f"{where}: {each.line.code}: {each.outcome}: {each.reason or each.line.words}")
    print(table(found))
    return 1 if any(each.outcome == "missed" for each in found) else 0


if __name__ == "__main__":
    raise SystemExit(main())
