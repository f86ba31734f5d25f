"""Nothing that is matched against what a folder holds takes more than linear time in it."""

from __future__ import annotations

import json
import re
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from torchlint import fix_source
from torchlint.engine.check import _MENTIONS_TORCH, check_bytes
from torchlint.engine.fingerprint import fingerprint
from torchlint.engine.fix import apply_to_file
from torchlint.engine.ignore import IgnorePatterns
from torchlint.engine.settings import Settings
from torchlint.finding import Edit, Span
from torchlint.frontends.page.highlight import Highlighter
from torchlint.model.api.bases import kind_of
from torchlint.model.interpreter.program_gate import AUTOGRAD
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source
from torchlint.syntax.suppress import Suppressions
from torchlint.syntax.versions import split_lines

if TYPE_CHECKING:
    from collections.abc import Callable

TIMES = 8
"""How much larger the larger input is; what grows with the square takes 64 times as long."""
MOST = 24
SMALLEST = 0.01
"""Seconds of processor time below which a measurement says nothing."""


def assert_linear(act: Callable[[str], object], text: Callable[[int], str], size: int) -> None:
    small, large = text(size), text(size * TIMES)
    act(text(1))  # what is imported and compiled once
    assert seconds(act, large) < MOST * max(seconds(act, small), SMALLEST)


def seconds(act: Callable[[str], object], text: str) -> float:
    """The least of three measurements: other programs can only make one larger."""
    found = []
    for _ in range(3):
        start = time.process_time()
        act(text)
        found.append(time.process_time() - start)
    return min(found)


def checked(text: str) -> object:
    return check_bytes(text.encode(), "a.py", Settings(Path.cwd()))


def checked_cell(cell: str) -> object:
    return check_bytes(notebook(cell), "a.ipynb", Settings(Path.cwd()))


def notebook(cell: str) -> bytes:
    cells = [{"cell_type": "code", "metadata": {}, "source": cell}]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


# Globs.


@pytest.mark.parametrize(
    ("glob", "path"),
    [
        pytest.param("*a" * 11 + "*b", "a" * 200 + ".py", id="many stars"),
        pytest.param("**/" * 20 + "b", "a/" * 25 + "a.py", id="many folders"),
        pytest.param("**/a/" * 20 + "b", "a/" * 400 + "a.py", id="folders by name"),
        pytest.param("**/a*a*a*a/*a*a*a/" * 5 + "**/*b", "aaaaaaaa/" * 100 + "a.py", id="both"),
        pytest.param("*?" * 12 + "b", "a" * 200 + ".py", id="any character"),
        pytest.param("*[!b]" * 12 + "b", "a" * 200 + ".py", id="brackets"),
        pytest.param("a*/" * 12 + "b", "aaaa/" * 60 + "a.py", id="anchored"),
    ],
)
@pytest.mark.parametrize("place", ["gitignore", "extend-exclude", "per-file-ignores"])
def test_a_glob_that_does_not_match_says_so_at_once(glob: str, path: str, place: str) -> None:
    def matches() -> bool | None:
        if place == "per-file-ignores":
            return bool(Settings(Path("/base"), per_file_ignores={glob: ("TLC1",)}).ignored_in(f"/base/{path}"))
        patterns = IgnorePatterns.of("/base", [glob])
        assert patterns is not None
        return patterns.covers(f"/base/{path}") if place == "extend-exclude" else patterns.verdict(f"/base/{path}")

    start = time.process_time()
    assert not matches()
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("unit", "size"),
    [
        pytest.param("*a", 1_000, id="stars"),
        pytest.param("*", 20_000, id="one star"),
        pytest.param("**/a/", 1_000, id="folders"),
        pytest.param("[", 20_000, id="open brackets"),
        pytest.param("[ab]", 1_000, id="brackets"),
        pytest.param("[[:alpha:]", 2_000, id="open classes"),
        pytest.param("{", 10_000, id="braces"),
        pytest.param("\\a", 10_000, id="backslashes"),
        pytest.param("!", 10_000, id="negations"),
        pytest.param("a*b.py\n", 200, id="lines"),
    ],
)
def test_long_patterns(unit: str, size: int) -> None:
    def match(text: str) -> None:
        patterns = IgnorePatterns.of("/base", text.split("\n"))
        assert patterns is None or patterns.verdict("/base/" + "a" * 250 + "/c.py") in (None, True)

    assert_linear(match, lambda size: unit * size, size)


@pytest.mark.parametrize("glob", ["[[:alpha:]", "[[:alpha:]].py", "[[]", "[a--b]", "[a||b]", "[&&]", "[~~]", "[a&&b]*"])
def test_no_warning_of_the_standard_library_leaks(glob: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        re.purge()
        Settings(Path("/base"), per_file_ignores={glob: ("TLC1",)}).ignored_in("/base/a.py")


# Comments.


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param(lambda n: "# noqa " * n, 2_000, id="noqa"),
        pytest.param(lambda n: "# torchlint: ignore[" * n, 500, id="open lists"),
        pytest.param(lambda n: "# torchlint: ignore[x] " * n, 500, id="lists"),
        pytest.param(lambda n: "# torchlint: ignore[TLC101] " * n, 500, id="lists of a known rule"),
        pytest.param(
            lambda n: f"# torchlint: ignore[{','.join(map('no-{}'.format, range(n)))}]", 800, id="wrong names"
        ),
        pytest.param(lambda n: f"# torchlint: ignore[{','.join(map('ö-{}'.format, range(n)))}]", 800, id="not ASCII"),
        pytest.param(lambda n: f"# torchlint: ignore[{'TLC101,' * n}]", 800, id="one name again and again"),
        pytest.param(lambda n: f"# noqa: {'TLC101,' * n}", 800, id="codes"),
        pytest.param(lambda n: f"# noqa: {'A' * n}TLC101", 4_000, id="no code"),
        pytest.param(lambda n: "# torchlint: ignore" + "# " * n, 4_000, id="hashes"),
        pytest.param(lambda n: "# noqa: TLC101\nx = 1 " * n, 100, id="lines"),
        pytest.param(lambda n: "# torchlint: ignore[TLC101]\nx = 1 " * n, 100, id="own lines"),
        pytest.param(lambda n: "+ [ # noqa\n" + "1, # torchlint: ignore[a]\n" * n + "]", 100, id="one statement"),
    ],
)
def test_comments(text: Callable[[int], str], size: int) -> None:
    assert_linear(checked, lambda size: f"import torch\ny = torch.ones(3)\nx = 1 {text(size)}\n", size)


def test_sixty_thousand_comments_in_one_line() -> None:
    checked("import torch\nx = 1  # noqa\n")
    assert seconds(checked, "import torch\nx = 1  " + "# noqa " * 60_000 + "\n") < 0.3


def test_wrong_names_beyond_the_first_hundred_are_told_without_a_guess() -> None:
    names = ",".join(f"unregistered-tensr{number}" for number in range(150))
    result = check_bytes(f"x = 1  # torchlint: ignore[{names}]  TLC1\n".encode(), "a.py", Settings(Path.cwd()))
    guessed = [finding for finding in result.findings if "did you mean" in finding.message]
    assert (len(result.findings), len(guessed)) == (150, 100)
    assert all(finding.fix is None for finding in result.findings if finding not in guessed)


def test_adding_comments() -> None:
    def add(cell: str) -> None:
        data = notebook(cell)
        findings = check_bytes(data, "a.ipynb", Settings(Path.cwd())).findings
        assert Suppressions.of(read_source(data, "a.ipynb")).additions(findings)

    assert_linear(add, lambda size: "x = 1  # torchlint: ignore[TLC101]\n" * size, 1_500)


def test_fixing_comments() -> None:
    def fix(text: str) -> None:
        assert fix_source(text, select=["TLC101", "TLC003"]).count("#") == 0

    assert_linear(fix, lambda size: "x = 1  # torchlint: ignore[TLC101]\n" * size, 1_000)


@pytest.mark.parametrize("act", ["fingerprint", "digest"])
def test_findings_that_share_a_line(act: str) -> None:
    def mark(text: str) -> None:
        source = Source(text, "a.py")
        (finding,) = check_bytes(text.encode(), "a.py", Settings(Path.cwd())).findings
        for number in range(len(text) // 10):
            found = fingerprint("a.py", finding, source)
            assert act == "fingerprint" or found.digest(number)

    assert_linear(mark, lambda size: f"x = 1  # torchlint: ignore[TLC101] {'a b' * size}\n", 5_000)


# Notebooks.


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param(lambda n: 'x = """' + '\\"""\n' * n + "\\", 1_000, id="backslash at the end of a string"),
        pytest.param(lambda n: "x = '''" + "\\'''\n" * n + "\\", 1_000, id="the same with the other quotes"),
        pytest.param(lambda n: "x = '''a" * n, 2_000, id="triple quotes"),
        pytest.param(lambda n: "x = 'a\n" * n, 2_000, id="open strings"),
        pytest.param(lambda n: "\"'" * n, 4_000, id="quotes in quotes"),
        pytest.param(lambda n: "(" * n, 4_000, id="brackets"),
        pytest.param(lambda n: "x = (\n" * n, 2_000, id="open brackets"),
        pytest.param(lambda n: "%time x\n" * n, 200, id="magics"),
        pytest.param(lambda n: "%time " * n + "x", 2_000, id="magics of magics"),
        pytest.param(lambda n: "%timeit" + " -n" * n, 2_000, id="options"),
        pytest.param(lambda n: "%timeit -n" + " " * n + "-n", 2_000, id="blanks between options"),
        pytest.param(lambda n: "%prun" + " -ll" * n + " -", 2_000, id="options of prun"),
        pytest.param(lambda n: "!ls " + "\\\n" * n, 4_000, id="lines of a command"),
        pytest.param(lambda n: "!ls\n" * n, 1_000, id="commands"),
        pytest.param(lambda n: "a = " * n + " !ls", 2_000, id="targets"),
        pytest.param(lambda n: "(ab)[cd]" * n, 1_000, id="brackets of a target"),
        pytest.param(lambda n: "x" + ("?" + " " * 50) * n + "x", 500, id="help"),
        pytest.param(lambda n: "# a\n" * n + "%%foo", 2_000, id="comments before a cell magic"),
        pytest.param(lambda n: " \n" * n + " " * n + "%foo", 2_000, id="blanks before no cell magic"),
    ],
)
def test_cells(text: Callable[[int], str], size: int) -> None:
    assert_linear(checked_cell, lambda size: "import torch\n!ls\n" + text(size), size)


def test_edits_of_one_cell() -> None:
    def edit(cell: str) -> None:
        data = notebook(cell)
        source = read_source(data, "a.ipynb")
        starts = [match.start() for match in re.finditer(b"a", source.data)]
        spans = [Span(start, start + 1) for start in starts]
        apply_to_file(source, data, [Edit(span, source.place(span), "b") for span in spans])

    assert_linear(edit, lambda size: "a = 1\n" * size, 300)


# What is looked for in the text of a file.


@pytest.mark.parametrize(
    ("text", "size"),
    [
        pytest.param(lambda n: "backward" * n, 2_000, id="backward"),
        pytest.param(lambda n: "backward " + " " * n, 10_000, id="blanks"),
        pytest.param(lambda n: "(\n" * n + ", out", 10_000, id="out"),
        pytest.param(lambda n: "relu(" * n + "True)\nrelu(", 5_000, id="in place"),
        pytest.param(lambda n: "relu(" * n + ", " * n + "\nTrue)", 1_000, id="in place, commas"),
        pytest.param(lambda n: ".weight[" * n, 2_000, id="weights"),
        pytest.param(lambda n: ".bias[" * n + "]", 2_000, id="biases"),
        pytest.param(lambda n: "Parameter(" + "+= " * n, 4_000, id="augmented"),
        pytest.param(lambda n: "Parameter(" + "." + "a_" * n, 4_000, id="methods"),
        pytest.param(lambda n: "Parameter(" + "a[" + "] " * n + "] == b", 4_000, id="items"),
        pytest.param(lambda n: "Parameter(" + "a[" + " " * n + "] = " + "a['" * n, 4_000, id="items of strings"),
    ],
)
def test_signs_of_a_fault(text: Callable[[int], str], size: int) -> None:
    assert_linear(AUTOGRAD.opens, text, size)


def test_statements_that_share_a_line() -> None:
    assert_linear(checked, lambda size: f"import torch\n{'x = 1; ' * size}\n", 1_000)


@pytest.mark.parametrize(
    ("act", "text", "size"),
    [
        pytest.param(
            lambda text: _MENTIONS_TORCH.search(text.encode()), lambda n: "nn" * n + "a." * n, 10_000, id="torch"
        ),
        pytest.param(lambda text: split_lines(text), lambda n: "a" * n + "\r\r\n" * n, 10_000, id="lines"),
        pytest.param(lambda text: kind_of(f"transformers.{text}"), lambda n: "ForA" * n + "Output", 1_000, id="bases"),
        pytest.param(
            lambda text: Highlighter(text.split("\n")),
            lambda n: 'x = """' + '\\"""\n' * n + "\\",
            1_000,
            id="highlight",
        ),
        pytest.param(checked, lambda n: "#" + " " * n + "coding\nimport torch\n", 10_000, id="blank encoding"),
        pytest.param(checked, lambda n: "#" + "coding" * n + "\nimport torch\n", 4_000, id="no encoding"),
        pytest.param(checked, lambda n: "import torch\n" + "\f" * n + "x = 1\n", 10_000, id="form feeds"),
        pytest.param(checked, lambda n: "import torch\r" + "x=1\r" * n, 200, id="returns"),
        pytest.param(checked, lambda n: "import torch\nx = " + "\\\n" * n + "1\n", 2_000, id="continued lines"),
    ],
)
def test_texts(act: Callable[[str], object], text: Callable[[int], str], size: int) -> None:
    assert_linear(act, text, size)


def test_columns_of_one_long_line() -> None:
    def ask(text: str) -> None:
        source = Source(text, "a.py")
        for offset in range(0, len(source.data), 4):
            line, column = source.position(offset)
            assert source.offset_of_code_points(line, column - 1) == offset

    assert_linear(ask, lambda size: "ää" * size, 2_000)
