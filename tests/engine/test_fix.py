"""Fixing, with a made-up checker: it finds words and replaces them, whatever they mean."""

from __future__ import annotations

import ast
import itertools
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torchlint.engine import fix
from torchlint.engine.check import FileResult
from torchlint.engine.fix import apply_edits, choose, diff, fix_source
from torchlint.finding import Applicability, Certainty, Edit, Effect, EffectKind, Finding, Fix, Span
from torchlint.syntax.read_source import read_source
from torchlint.syntax.source import Source

NOTHING = Effect(EffectKind.NONE, "")


def edit(source: Source, start: int, end: int, text: str) -> Edit:
    span = Span(start, end)
    return Edit(span, source.place(span), text)


def finding(
    source: Source, *edits: Edit, code: str = "TLC901", applicability: Applicability = Applicability.SAFE
) -> Finding:
    span = edits[0].span
    place = source.place(span)
    given_fix = Fix(applicability, "replace it", edits)
    return Finding(code, "made-up", "found", Certainty.CERTAIN, span, place, NOTHING, fix=given_fix)


class Replacing:
    """Finds each match of the patterns, with a fix that puts the text there. Counts how often it was asked."""

    def __init__(self, *rules: tuple[str, str], applicability: Applicability = Applicability.SAFE) -> None:
        self.rules = rules
        self.applicability = applicability
        self.asked = 0

    def __call__(self, source: Source) -> FileResult:
        self.asked += 1
        found = []
        for number, (pattern, text) in enumerate(self.rules, 901):
            for match in re.finditer(pattern.encode(), source.data):
                at = edit(source, match.start(), match.end(), text)
                found.append(finding(source, at, code=f"TLC{number}", applicability=self.applicability))
        return FileResult(source.path, tuple(sorted(found, key=lambda each: each.sort_key)))


def fixed(data: bytes, check: Replacing, *, unsafe: bool = False, path: str = "a.py") -> fix.FixResult:
    return fix_source(read_source(data, path), check, unsafe, data)


# Choosing.


SOURCE = Source("aaa bbb ccc\n", "a.py")


@pytest.mark.parametrize(
    ("spans", "chosen", "waiting"),
    [
        pytest.param([(0, 3), (4, 7)], [(0, 3), (4, 7)], 0, id="apart"),
        pytest.param([(4, 7), (0, 3)], [(0, 3), (4, 7)], 0, id="in-order-of-position"),
        pytest.param([(0, 5), (4, 7)], [(0, 5)], 1, id="overlap"),
        pytest.param([(0, 4), (4, 7)], [(0, 4)], 1, id="touch"),
        pytest.param([(0, 7), (2, 3)], [(0, 7)], 1, id="inside"),
        pytest.param([(3, 3), (3, 3)], [(3, 3)], 0, id="same-insertion"),
        pytest.param([(3, 3), (3, 5)], [(3, 3)], 1, id="insertion-at-an-edge"),
        pytest.param([(0, 5), (4, 7), (8, 11)], [(0, 5), (8, 11)], 1, id="the-rest-goes-on"),
    ],
)
def test_choose(spans: list[tuple[int, int]], chosen: list[tuple[int, int]], waiting: int) -> None:
    found = [finding(SOURCE, edit(SOURCE, *span, "x")) for span in spans]
    edits, deferred = choose(found, unsafe=False)
    assert [(each.span.start, each.span.end) for each in edits] == chosen
    assert deferred == waiting


def test_the_same_edit_of_two_fixes_is_taken_once() -> None:
    shared = edit(SOURCE, 0, 0, "import torch\n")
    one = finding(SOURCE, shared, edit(SOURCE, 4, 7, "x"))
    two = finding(SOURCE, shared, edit(SOURCE, 8, 11, "y"))
    edits, deferred = choose([one, two], unsafe=False)
    assert apply_edits(SOURCE, edits) == "import torch\naaa x y\n"
    assert deferred == 0


def test_a_fix_is_taken_whole_or_not_at_all() -> None:
    one = finding(SOURCE, edit(SOURCE, 4, 7, "x"))
    two = finding(SOURCE, edit(SOURCE, 8, 9, "y"), edit(SOURCE, 5, 6, "z"))
    edits, deferred = choose([one, two], unsafe=False)
    assert apply_edits(SOURCE, edits) == "aaa x ccc\n"
    assert deferred == 1


@pytest.mark.parametrize(
    ("applicability", "unsafe", "taken"),
    [
        (Applicability.SAFE, False, True),
        (Applicability.SAFE, True, True),
        (Applicability.UNSAFE, False, False),
        (Applicability.UNSAFE, True, True),
        (Applicability.DISPLAY, False, False),
        (Applicability.DISPLAY, True, False),
    ],
    ids=str,
)
def test_applicability(applicability: Applicability, unsafe: bool, taken: bool) -> None:
    found = finding(SOURCE, edit(SOURCE, 0, 3, "x"), applicability=applicability)
    assert bool(choose([found], unsafe)[0]) is taken


# Applying.


@pytest.mark.parametrize(
    ("text", "spans", "result"),
    [
        pytest.param("a = 1", [(4, 5, "2")], "a = 2", id="no-trailing-newline"),
        pytest.param("a = 1\r\nb = 2\r\n", [(0, 5, "x\ny")], "x\r\ny\r\nb = 2\r\n", id="crlf"),
        pytest.param("a = 1\rb = 2\r", [(0, 5, "x\ny")], "x\ry\rb = 2\r", id="cr"),
        pytest.param("a = 1\r\nb = 2\r\n", [(0, 5, "x\r\ny")], "x\r\ny\r\nb = 2\r\n", id="crlf-copied-into-an-edit"),
        pytest.param("é = 'ü'; b = 1\n", [(11, 12, "c")], "é = 'ü'; c = 1\n", id="non-ascii-before"),
        pytest.param("s = '😀'\nb = 1\n", [(11, 12, "ä")], "s = '😀'\nä = 1\n", id="astral-before"),
        pytest.param("abc", [(0, 0, "<"), (3, 3, ">")], "<abc>", id="insert-at-both-ends"),
        pytest.param("abc", [(1, 2, "")], "ac", id="delete"),
        pytest.param("abc", [(0, 1, "x"), (1, 2, "y")], "xyc", id="touching"),
        pytest.param("abc", [], "abc", id="none"),
        pytest.param("", [(0, 0, "a\n")], "a\n", id="empty-file"),
    ],
)
def test_apply_edits(text: str, spans: list[tuple[int, int, str]], result: str) -> None:
    source = Source(text, "a.py")
    assert apply_edits(source, [edit(source, *each) for each in spans]) == result


def test_overlapping_edits_are_an_error() -> None:
    with pytest.raises(ValueError, match="overlap at byte 2"):
        apply_edits(SOURCE, [edit(SOURCE, 0, 3, "x"), edit(SOURCE, 2, 5, "y")])


@pytest.mark.parametrize(
    ("data", "result"),
    [
        pytest.param(b"x = old\n", b"x = new\n", id="plain"),
        pytest.param(b"x = old\r\ny = 1\r\n", b"x = new\r\ny = 1\r\n", id="crlf"),
        pytest.param(b"\xef\xbb\xbfx = old", b"\xef\xbb\xbfx = new", id="bom"),
        pytest.param(
            b"# coding: latin-1\ns = '\xe9'; x = old\n", b"# coding: latin-1\ns = '\xe9'; x = new\n", id="latin-1"
        ),
        pytest.param("s = 'é'; x = old\n".encode(), "s = 'é'; x = new\n".encode(), id="utf-8"),
        pytest.param(b"x = 1\n\x0c\nx = old\n", b"x = 1\n\x0c\nx = new\n", id="form-feed"),
        pytest.param(b"x = old\ny = 1\r\n", b"x = new\ny = 1\r\n", id="mixed-newlines"),
    ],
)
def test_a_file_keeps_its_encoding_and_newlines(data: bytes, result: bytes) -> None:
    assert fixed(data, Replacing(("old", "new"))).data == result


# Rounds.


def test_rounds_go_on_until_nothing_is_left() -> None:
    check = Replacing((r"\ba\b", "b"), (r"\bb\b", "c"))
    result = fixed(b"x = a\ny = b\n", check)
    assert (result.data, result.applied, result.left.findings) == (b"x = c\ny = c\n", 3, ())
    assert check.asked == 3


def test_touching_fixes_are_applied_one_round_later() -> None:
    result = fixed(b"x = [a,b]\n", Replacing(("a,", "A, "), ("b", "B")))
    assert (result.data, result.applied) == (b"x = [A, B]\n", 2)


def test_nothing_to_fix_changes_nothing() -> None:
    check = Replacing(("absent", "x"))
    result = fixed(b"x = 1\n", check)
    assert (result.data, result.applied, check.asked) == (b"x = 1\n", 0, 1)
    assert result.after is result.before


def test_unsafe_fixes_stay_findings() -> None:
    check = Replacing(("old", "new"), applicability=Applicability.UNSAFE)
    assert len(fixed(b"x = old\n", check).left.findings) == 1
    assert fixed(b"x = old\n", check, unsafe=True).data == b"x = new\n"


def test_fixes_that_undo_each_other_stop() -> None:
    check = Replacing((r"\ba\b", "b"), (r"\bb\b", "a"))
    result = fixed(b"x = a\n", check)
    assert result.left.error == "the fixes of TLC902 undo each other; please report this"
    assert check.asked == 2


class OneAtATime(Replacing):
    """Finds the first match only: each fault is hidden behind the one before it."""

    def __call__(self, source: Source) -> FileResult:
        result = super().__call__(source)
        return FileResult(result.path, result.findings[:1])


@pytest.mark.parametrize("faults", [12, 250])
def test_rounds_go_on_as_long_as_they_make_progress(faults: int) -> None:
    result = fixed(b"x = old\n" * faults, OneAtATime(("old", "new")))
    assert (result.data, result.applied, result.left.error) == (b"x = new\n" * faults, faults, None)


def test_the_rounds_of_a_long_file_are_paused_and_the_next_run_goes_on() -> None:
    check = OneAtATime(("old", "new"))
    data = b"x = old\n" * 16 + b"y = 1\n" * 10_000
    first = fixed(data, check)
    assert first.applied == fix.MIN_ROUNDS_OF_LONG
    assert first.left.error == "fixes were paused after 10 rounds, as the file is long: fix it again for what is left"
    second = fixed(first.data, check)
    assert (second.data, second.left.error) == (data.replace(b"old", b"new"), None)


@pytest.mark.parametrize(("lines", "rounds"), [(1, fix.MIN_ROUNDS), (150, 152)])
def test_fixes_that_never_settle_stop(lines: int, rounds: int) -> None:
    result = fixed(b"x = 1\n" * lines + b"x = a\n", Replacing((r"a(?=\n)", "aa")))
    assert result.applied == rounds
    assert f"have not settled after {rounds} rounds" in (result.left.error or "")


def test_a_cycle_of_many_rounds_stops() -> None:
    check = Replacing(*((rf"\b{at}\b", str((at + 1) % 30)) for at in range(30)))
    result = fixed(b"0\n", check)
    assert "undo each other" in (result.left.error or "")
    assert check.asked == 30


def test_a_fix_that_changes_nothing_stops() -> None:
    check = Replacing(("a", "a"))
    result = fixed(b"x = a\n", check)
    assert (result.data, result.applied, result.left.error, check.asked) == (b"x = a\n", 0, None, 1)


def test_a_fix_whose_result_does_not_parse_is_refused_and_named() -> None:
    result = fixed(b"x = old\ny = bad\n", Replacing(("old", "new"), ("bad", "((")))
    assert result.data == b"x = new\ny = bad\n"
    assert result.applied == 1
    assert result.left.error is not None
    assert result.left.error.startswith("the fix of TLC902 (made-up) was refused: its result is not valid Python")
    assert result.left.error.count("refused") == 1
    assert [each.code for each in result.left.findings] == ["TLC902"]


def test_few_that_do_harm_among_many_are_found_quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = []
    parse_text = fix.parse_text
    monkeypatch.setattr(fix, "parse_text", lambda text: (parsed.append(text), parse_text(text)))
    lines = [b"y = bad\n" if number in (100, 700) else b"x = old\n" for number in range(1000)]
    check = Replacing(("old", "new"), ("bad", "(("))
    result = fixed(b"".join(lines), check)
    assert result.data == b"".join(lines).replace(b"old", b"new")
    assert "the fix of TLC902 (made-up) was refused" in (result.left.error or "")
    assert len(parsed) < 100


def test_a_fix_with_overlapping_edits_is_refused() -> None:
    def check(source: Source) -> FileResult:
        if b"aaa" not in source.data:
            return FileResult(source.path, ())
        found = finding(source, edit(source, 0, 3, "x"), edit(source, 2, 4, "y"))
        return FileResult(source.path, (found,))

    result = fix_source(SOURCE, check, unsafe=False)
    assert result.after.text == SOURCE.text
    assert "edits overlap" in (result.left.error or "")


def test_a_fix_that_the_encoding_lacks_is_refused() -> None:
    data = b"# coding: latin-1\nx = old\ny = older\n"
    result = fixed(data, Replacing((r"\bold\b", "'→'"), ("older", "1")))
    assert result.data == b"# coding: latin-1\nx = old\ny = 1\n"
    assert "does not fit the file's encoding" in (result.left.error or "")


def test_an_error_of_the_check_is_kept() -> None:
    result = fix_source(SOURCE, lambda source: FileResult(source.path, (), error="broken"), unsafe=False)
    assert result.left.error == "broken"


# Notebooks.


def notebook(*cells: str, **extra: object) -> bytes:
    code = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell, **extra} for cell in cells]
    return json.dumps({"cells": code, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1).encode()


def sources(data: bytes) -> list[str]:
    return [cell["source"] for cell in json.loads(data)["cells"]]


def test_notebook_cells_are_fixed_in_place() -> None:
    data = notebook("%matplotlib inline\nx = old", "y = 'é'", "z = old", execution_count=3)
    result = fixed(data, Replacing(("old", "new")), path="a.ipynb")
    assert sources(result.data) == ["%matplotlib inline\nx = new", "y = 'é'", "z = new"]
    assert result.data == data.replace(b"old", b"new")


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("    x = old\n    y = 1", id="all of it"),
        pytest.param("  # why\n\n    x = old\n    y = '''\n  a\n'''", id="after-a-comment"),
        pytest.param("\tif x:\n\t\tx = old\n\n\ty = 1\n", id="tabs"),
        pytest.param("    %matplotlib inline\n    x = old", id="after-a-magic"),
        pytest.param("    x = [\n1, old]\n", id="with-brackets"),
    ],
)
def test_an_indented_cell_is_fixed(cell: str) -> None:
    data = notebook("z = old", cell, "z = old")
    result = fixed(data, Replacing(("old", "new"), ("bad", "((")), path="a.ipynb")
    assert result.left.error is None
    assert result.data == data.replace(b"old", b"new")


def test_a_fix_that_breaks_an_indented_cell_is_refused() -> None:
    result = fixed(notebook("    x = old", "    y = bad"), Replacing(("old", "new"), ("bad", "((")), path="a.ipynb")
    assert sources(result.data) == ["    x = new", "    y = bad"]
    assert "TLC902" in (result.left.error or "")


def test_a_fix_whose_result_only_ipython_understands_is_refused() -> None:
    result = fixed(notebook("x = old", "old"), Replacing((r"\bold\b", "!ls")), path="a.ipynb")
    assert sources(result.data) == ["x = old", "old"]
    assert "refused" in (result.left.error or "")


def test_a_cell_that_would_not_parse_alone_is_refused() -> None:
    data = notebook("x = old", "y = bad")
    result = fixed(data, Replacing(("old", "new"), ("bad", "((")), path="a.ipynb")
    assert sources(result.data) == ["x = new", "y = bad"]
    assert "TLC902" in (result.left.error or "")


def test_a_notebook_needs_its_bytes() -> None:
    with pytest.raises(ValueError, match="bytes it was read from"):
        fix_source(read_source(notebook("x = 1"), "a.ipynb"), Replacing(("old", "new")), unsafe=False)


# Properties.

NAMES = st.sampled_from(["old", "older", "new", "'é'", "'😀'", "1"])
LINES = st.lists(st.builds("{} = {}".format, st.sampled_from(["x", "y", "z"]), NAMES), min_size=1, max_size=8)
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])
PREFIXES = st.sampled_from([b"", b"\xef\xbb\xbf"])


@given(LINES, NEWLINES, PREFIXES, st.booleans())
def test_fixing_is_idempotent_and_leaves_other_lines_alone(
    lines: list[str], newline: str, bom: bytes, trailing: bool
) -> None:
    data = bom + (newline.join(lines) + newline * trailing).encode()
    check = Replacing((r"\bold\b", "new"), (r"\bolder\b", "(\n    new\n)"))
    once = fixed(data, check)
    assert fixed(once.data, check).data == once.data
    ast.parse(once.after.text)
    own = newline if len(lines) > 1 or trailing else "\n"
    replaced = [re.sub("old$", "new", line).replace("older", f"({own}    new{own})") for line in lines]
    assert once.data == bom + (newline.join(replaced) + newline * trailing).encode()


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(["", "x", "é\n"])), max_size=6),
)
def test_chosen_edits_never_overlap_and_keep_the_rest(text: str, spans: list[tuple[int, int, str]]) -> None:
    source = Source(text, "a.py")
    bounds = [len(text[:at].encode()) for at in range(len(text) + 1)]
    found = []
    for one, other, new in spans:
        start, end = sorted((bounds[min(one, len(text))], bounds[min(other, len(text))]))
        found.append(finding(source, edit(source, start, end, new)))
    edits, waiting = choose(found, unsafe=False)
    assert all(one.span.end < other.span.start for one, other in itertools.pairwise(edits))
    result = apply_edits(source, edits).encode()
    at = 0
    for each, following in zip([None, *edits], [*edits, None], strict=True):
        start = each.span.end if each else 0
        kept = source.data[start : following.span.start if following else len(source.data)]
        assert result[at : at + len(kept)] == kept
        at += len(kept) + (len(following.text.encode()) if following else 0)
    assert at == len(result)
    assert len(dict.fromkeys(each.fix for each in found)) >= len(edits)
    assert waiting <= len(found)


# Showing.


def test_diff_of_a_file() -> None:
    lines = list(diff(Source("a\nb\x0cc\nd", "p/a.py"), Source("a\nb\x0cX\nd", "p/a.py")))
    assert "".join(lines) == (
        "--- a/p/a.py\n+++ b/p/a.py\n@@ -1,3 +1,3 @@\n a\n-b\x0cc\n+b\x0cX\n d\n\\ No newline at end of file\n"
    )


def test_diff_of_the_same_text_is_empty() -> None:
    assert list(diff(Source("a\n", "a.py"), Source("a\n", "a.py"))) == []


def test_diff_of_a_notebook_shows_the_changed_cells() -> None:
    before = read_source(notebook("%pip list\nx = old", "y = 1", "z = old"), "a.ipynb")
    after = read_source(notebook("%pip list\nx = new", "y = 1", "z = new"), "a.ipynb")
    assert "".join(diff(before, after)) == (
        "--- a/a.ipynb: cell 1\n+++ b/a.ipynb: cell 1\n@@ -1,2 +1,2 @@\n %pip list\n-x = old\n+x = new\n"
        "--- a/a.ipynb: cell 3\n+++ b/a.ipynb: cell 3\n@@ -1 +1 @@\n-z = old\n+z = new\n"
    )
