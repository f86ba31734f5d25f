"""What torchlint makes of each program that torch-preflight's own examples and tests expect something on.

    python -m tests.benchmarks.preflight FOLDER     # its unpacked source distribution: seconds
    python -m tests.benchmarks.preflight FOLDER --show

FOLDER has ``examples/*.py``, whose comments name the codes that are expected, and ``tests/test_*.py``, whose assertions
say of programs in strings which codes are found and which are not. They are read and linted at default settings, and
never run; programs that the tests put together are left out. A code counts as found where a rule that
``tests/peers/rules.tsv`` names for it says something on the same program (in an example: in the same function or class).
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import textwrap
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tests.peers.__main__ import rows

import torchlint

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

PEER = "torch-preflight"
OUTCOMES = ("found", "refused", "missed", "silent", "false")
_EXPECTED = re.compile(r"#.*?(TG\d{3}):|\"\"\"(TG\d{3}):")
_CODE = re.compile(r"TG\d{3}")


class Program(NamedTuple):
    """A program, where it comes from, and the codes that torch-preflight finds in it and those that it does not."""

    name: str
    text: str
    found: frozenset[str]
    quiet: frozenset[str]


class Judged(NamedTuple):
    """What torchlint makes of a code on a program: one of ``OUTCOMES``."""

    program: Program
    code: str
    outcome: str
    reason: str = ""


def programs(folder: Path) -> Iterator[Program]:
    """The programs of the examples and tests below a folder."""
    for path in sorted(folder.glob("examples/*.py")):
        yield from _parts(path.stem, path.read_text(encoding="utf-8"))
    for path in sorted(folder.glob("tests/test_*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield from _asserted(node)


def _parts(name: str, text: str) -> Iterator[Program]:
    """An example once for each function or class of it that is expected to have something, the others blanked out of
    what is expected, not of the program."""
    lines = text.splitlines()
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            here = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            found = frozenset(one or other for one, other in _EXPECTED.findall(here))
            yield Program(f"{name}:{node.name}:{node.lineno}:{node.end_lineno}", text, found, _all() - found)


def _all() -> frozenset[str]:
    return frozenset(row.rule for row in rows() if row.peer == PEER)


def _asserted(function: ast.FunctionDef) -> Iterator[Program]:
    """What a test asserts of programs that it has as whole strings."""
    names = {
        target.id: node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare):
            text = _program(node.test, names)
            codes = frozenset(_CODE.findall(ast.unparse(node.test.left if text else node.test)))
            if text is not None:
                found, quiet = _claim(node.test)
                yield Program(f"{function.name}:{node.lineno}", text, found, quiet)
            del codes


def _program(test: ast.Compare, names: Mapping[str, ast.expr]) -> str | None:
    """The program that a comparison is about, if it is written out as a string."""
    for node in ast.walk(test):
        given = names.get(node.id) if isinstance(node, ast.Name) else node
        if isinstance(given, ast.Call) and isinstance(given.func, ast.Name) and given.func.id in ("analyze", "codes"):
            text = given.args[0]
            text = names.get(text.id, text) if isinstance(text, ast.Name) else text
            if isinstance(text, ast.Constant) and isinstance(text.value, str) and len(given.args) == 1:
                return textwrap.dedent(text.value).lstrip("\n")
    return None


def _claim(test: ast.Compare) -> tuple[frozenset[str], frozenset[str]]:
    """The codes that a comparison says are found, and those that it says are not."""
    ((operator, right),) = zip(test.ops, test.comparators, strict=True)
    nothing = frozenset[str]()
    left = frozenset(_CODE.findall(ast.unparse(test.left))) if isinstance(test.left, ast.Constant) else nothing
    match operator:
        case ast.In():
            return left, nothing
        case ast.NotIn():
            return nothing, left
        case ast.Eq() if isinstance(right, ast.List):
            listed = frozenset(_CODE.findall(ast.unparse(right)))
            return listed, _all() - listed
    return nothing, nothing


def judged(found: Sequence[Program]) -> Iterator[Judged]:
    """What torchlint makes of each code on each program."""
    here = {row.rule: row for row in rows() if row.peer == PEER}
    for program in found:
        said = _said(program)
        for code in sorted(program.found):
            row = here[code]
            told = said & set(row.here)
            outcome = "found" if told else "missed" if row.is_found else "refused"
            yield Judged(program, code, outcome, ", ".join(sorted(said)) or row.note)
        for code in sorted(program.quiet):
            told = said & set(here[code].here)
            yield Judged(program, code, "false" if told else "silent", ", ".join(sorted(told)))


def _said(program: Program) -> set[str]:
    first, last = 1, len(program.text)
    if program.name.count(":") == 3:
        first, last = map(int, program.name.split(":")[2:])
    return {each.code for each in torchlint.lint_source(program.text) if first <= each.place.line <= last}
def main() -> int:
    out = list(judged(list(programs(Path(sys.argv[1])))))
    print(Counter((e.code,e.outcome) for e in out if e.outcome!="silent"))
    for e in out:
        if e.outcome in ("missed","false"): print(e.outcome, e.code, e.program.name, e.reason)
if __name__ == "__main__":
    raise SystemExit(main())
