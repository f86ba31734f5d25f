"""Suppressing comments: ``noqa`` against flake8 itself, torchlint's own comments, and what is unused."""

from __future__ import annotations

import argparse
import subprocess
import sys

import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import given, settings
from hypothesis import strategies as st

from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Finding, Span
from torchlint.syntax.source import Cell, Source
from torchlint.syntax.suppress import Suppressions

KNOWN = {
    "TLC003": "unused-suppression",
    "TLC101": "unregistered-tensor",
    "TLC202": "saved-inplace",
    "TLC901": "removed-api",
    "TLC902": "deprecated-api",
    "TLC903": "unsafe-load",
}


def finding_at(source: Source, line: int, code: str) -> Finding:
    span = Span(source.line_span(line).start, source.line_span(line).start)
    effect = Effect(EffectKind.NONE, "none")
    return Finding(code, KNOWN[code], "message", Certainty.CERTAIN, span, source.place(span), effect)


def suppressed_lines(text: str, code: str = "TLC202", *, noqa: bool = True) -> list[int]:
    """The 1-based lines on which a finding of ``code`` is suppressed."""
    source = Source(text, "a.py")
    findings = [finding_at(source, line, code) for line in range(1, source.line_count + 1)]
    kept = {finding.place.line for finding in Suppressions.of(source, noqa=noqa).apply(findings)}
    return [line for line in range(1, source.line_count + 1) if line not in kept]


def unused(source: Source, used: dict[int, str], ran: set[str]) -> list[Finding]:
    suppressions = Suppressions.of(source)
    suppressions.apply(finding_at(source, line, code) for line, code in used.items())
    return suppressions.unused(ran, KNOWN)


def fixed(source: Source, findings: list[Finding]) -> str:
    """The text after the fixes, the last first; those that overlap one before them wait, as in the fix engine."""
    edits = sorted((edit.span, edit.text) for finding in findings if finding.fix for edit in finding.fix.edits)
    data, at = b"", 0
    for span, text in edits:
        if span.start >= at:
            data += source.data[at : span.start] + text.encode()
            at = span.end
    return (data + source.data[at:]).decode()


# flake8 decides what noqa means.

OPTIONS = argparse.Namespace(
    hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0, disable_noqa=False
)


def flake8_suppressed_lines(text: str, code: str) -> list[int]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    with_ends = [line + "\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
    processor = FileProcessor("no-such-file.py", OPTIONS, lines=list(with_ends))
    if processor.should_ignore_file():
        return list(range(1, len(lines) + 1))
    suppressed = []
    for line in range(1, len(lines) + 1):
        physical = processor.noqa_line_for(line)
        if physical is None:
            # flake8 then reads the line from the file on disk.
            physical = with_ends[line - 1] if line <= len(with_ends) else ""
        if Violation(code, "a.py", line, 1, "", physical).is_inline_ignored(False):
            suppressed.append(line)
    return suppressed


NOQA = {
    "bare": "x = 1  # noqa\ny = 2\n",
    "code": "x = 1  # noqa: TLC202\n",
    "other code": "x = 1  # noqa: E501\n",
    "several codes": "x = 1  # noqa: E501,TLC202\n",
    "codes apart by blanks": "x = 1  # noqa: E501 TLC202\n",
    "no blank after the colon": "x = 1  # noqa:TLC202\n",
    "two blanks after the colon": "x = 1  # noqa:  E501\n",
    "blank before the colon": "x = 1  # noqa : E501\n",
    "prefix": "x = 1  # noqa: TLC2\n",
    "prefix without digits is a bare one": "x = 1  # noqa: TLC\n",
    "longer code": "x = 1  # noqa: TLC2021\n",
    "glued codes": "x = 1  # noqa: E501TLC202\n",
    "lower case word": "x = 1  # NoQA: TLC202\n",
    "lower case code": "x = 1  # noqa: tlc202\n",
    "no blank after the hash": "x = 1  #noqa\n",
    "two blanks after the hash": "x = 1  #  noqa\n",
    "reason": "x = 1  # noqa: TLC202 because\n",
    "reason without code": "x = 1  # noqa because\n",
    "after another comment": "x = 1  # type: ignore # noqa: TLC202\n",
    "the first of two counts": "x = 1  # noqa: E501 # noqa: TLC202\n",
    "in a string": "x = '# noqa'\n",
    "multi-line string": 'x = """\na\nb\n"""  # noqa: TLC202\ny = 1\n',
    "inside a multi-line string": 'x = """\na # noqa\nb\n"""\n',
    "codes over two lines of a string": 'x = """ü # noqa: E501,\nTLC202"""\ny = 1\n',
    "brackets": "f(\n    1,\n    2,  # noqa\n)\n",
    "backslash": "x = 1 + \\\n    2  # noqa\n",
    "last line without end": "x = 1  # noqa",
    "file": "# flake8: noqa\nx = 1\n",
    "file, equals sign": "  # flake8=NOQA\nx = 1\n",
    "file with a code": "# flake8: noqa: E501\nx = 1\n",
    "file, after code": "x = 1  # flake8: noqa\ny = 1\n",
    "file, in a string": 'x = """\n# flake8: noqa\n"""\n',
    "CRLF": 'x = """\r\n"""  # noqa\r\ny = 1\r\n',
    "lone CR": "x = 1  # noqa\ry = 1\r",
    "form feed": "x = 1\n\x0cy = 1  # noqa\nz = 1\n",
    "unicode": "ü = '€'  # noqa: TLC202\n",
    "no tokens": "x = '''\ny = 1  # noqa\n",
    "no tokens: bad dedent": "if x:\n        y\n    z  # noqa\n",
    "NUL": "x = 1  # noqa\n\0\n",
    "comment on its own line": "# noqa\nx = 1\n",
    "decorated": "@f  # noqa\ndef g():  # noqa: TLC1\n    pass\n",
    "blank lines at the end": "x = 1  # noqa\n\n\n   \n",
}


@pytest.mark.parametrize("code", ["TLC202", "TLC101"])
@pytest.mark.parametrize("text", NOQA.values(), ids=NOQA)
def test_noqa_means_what_flake8_makes_of_it(text: str, code: str) -> None:
    assert suppressed_lines(text, code) == flake8_suppressed_lines(text, code)


PIECES = st.sampled_from(["x = 1", "if x:\n    ", "  # noqa", "# noqa: ", "# flake8: noqa\n", "TLC202", "TLC2", "E501"])
MARKS = st.sampled_from(["\n", "\r\n", "\\\n", "\x0c", ",", " ", ": ", "#", "'''", '"', "(", ")", "ü"])


@settings(deadline=None)
@given(st.lists(PIECES | MARKS, max_size=30).map("".join))
def test_noqa_means_what_flake8_makes_of_it_in_any_text(text: str) -> None:
    assert suppressed_lines(text) == flake8_suppressed_lines(text, "TLC202")


@pytest.mark.parametrize(
    ("comment", "code", "suppressed"),
    [
        pytest.param("TOR102", "TLC903", True, id="alias"),
        pytest.param("TOR102", "TLC901", False, id="another rule's alias"),
        pytest.param("TOR101", "TLC901", True, id="deprecated then, removed now"),
        pytest.param("E501, TOR10", "TLC902", True, id="prefix of an alias"),
        pytest.param("TOR106", "TLC902", False, id="no rule for it yet"),
    ],
)
def test_codes_of_torchfix_are_aliases(comment: str, code: str, suppressed: bool) -> None:
    assert suppressed_lines(f"x = 1  # noqa: {comment}\n", code) == ([1] if suppressed else [])


# torchlint's own comments.

OWN = {
    "slug": ("x = 1  # torchlint: ignore[saved-inplace]\ny = 1\n", [1]),
    "code": ("x = 1  # torchlint: ignore[TLC202]\n", [1]),
    "several": ("x = 1  # torchlint: ignore[unregistered-tensor, TLC202]\n", [1]),
    "reason": ("x = 1  # torchlint: ignore[saved-inplace] the graph is gone\n", [1]),
    "another rule": ("x = 1  # torchlint: ignore[unregistered-tensor]\n", []),
    "no rule": ("x = 1  # torchlint: ignore\ny = 1  # torchlint: ignore[]\n", []),
    "prefix": ("x = 1  # torchlint: ignore[TLC2]\n", []),
    "spacing": ("x = 1  #torchlint:ignore[ saved-inplace ]\n", [1]),
    "after another comment": ("x = 1  # type: ignore  # torchlint: ignore[saved-inplace]\n", [1]),
    "two comments in one": ("x = 1  # torchlint: ignore[TLC101] a # torchlint: ignore[TLC202] b\n", [1]),
    "in a string": ("x = '# torchlint: ignore[saved-inplace]'\n", []),
    "in a multi-line string": ('x = """\n# torchlint: skip-file\n"""\n', []),
    "any line of a statement": ("x = f(\n    1,  # torchlint: ignore[saved-inplace]\n    2,\n)\ny = 1\n", [1, 2, 3, 4]),
    "end of a multi-line string": ('x = """\na\n"""  # torchlint: ignore[TLC202]\n', [1, 2, 3]),
    "own line in brackets": ("x = f(\n    # torchlint: ignore[saved-inplace]\n    2,\n)\n", [1, 2, 3, 4]),
    "header of a compound statement": ("if f(\n    x\n):  # torchlint: ignore[TLC202]\n    y = 1\n", [1, 2, 3]),
    "body, not its header": ("if x:\n    y = 1  # torchlint: ignore[TLC202]\nz = 1\n", [2]),
    "line above": ("# torchlint: ignore[saved-inplace]\nx = 1\n", [1]),
    "comment after a dedent": ("if x:\n    y = 1\n# torchlint: ignore[TLC202]\nz = 1\n", [3]),
    "backslash": ("x = 1 + \\\n  2  # torchlint: ignore[TLC202]\n", [1, 2]),
    "skip": ("x = 1\n# torchlint: skip-file\n", [1, 2, 3]),
    "skip with a reason": ("# torchlint: skip-file generated\nx = 1", [1, 2]),
    "skip, indented": ("if x:\n    # torchlint: skip-file\n    y = 1", [1, 2, 3]),
    "skip after code": ("x = 1  # torchlint: skip-file\n", []),
    "skip, another word": ("# torchlint: skip-files\nx = 1", []),
    "no tokens": ("x = (  # torchlint: ignore[TLC202]\n", []),
    "CRLF": ("x = f(\r\n1)  # torchlint: ignore[TLC202]\r\ny = 1\r\n", [1, 2]),
    "surrogate": ("x = 1  # torchlint: ignore[TLC202]\n#\ud800", None),
}


@pytest.mark.parametrize(("text", "lines"), OWN.values(), ids=OWN)
def test_own_comments(text: str, lines: list[int] | None) -> None:
    suppressed = suppressed_lines(text)
    assert lines is None or suppressed == lines


def test_without_noqa_own_comments_stay() -> None:
    text = "# flake8: noqa\nx = 1  # noqa\ny = 1  # torchlint: ignore[TLC202]\n"
    assert suppressed_lines(text, noqa=False) == [3]


def test_cells_of_a_notebook_are_one_text() -> None:
    cells = (Cell(2, 1, 1, "x = 1"), Cell(5, 2, 1, "y = 1  # noqa: TLC202, TLC101"))
    source = Source("x = 1\ny = 1  # noqa: TLC202, TLC101", "a.ipynb", cells=cells)
    found = unused(source, {2: "TLC101"}, {"TLC202", "TLC101"})
    assert [(each.place.cell, each.place.line, each.place.column) for each in found] == [(5, 1, 16)]


# What is unused.

RAN = {"TLC101", "TLC202", "TLC901", "TLC903"}
UNUSED = {
    "used": ("x = 1  # noqa: TLC202\n", {1: "TLC202"}, [], None),
    "code": ("x = 1  # noqa: TLC202\n", {}, ["TLC202"], "x = 1\n"),
    "bare": ("x = 1  # noqa\n", {}, [], None),
    "another tool's code": ("x = 1  # noqa: E501\n", {}, [], None),
    "prefix": ("x = 1  # noqa: TLC2\n", {}, [], None),
    "lower case": ("x = 1  # noqa: tlc202\n", {}, [], None),
    "unknown code": ("x = 1  # noqa: TLC999\n", {}, [], None),
    "rule that did not run": ("x = 1  # noqa: TLC902\n", {}, [], None),
    "file": ("# flake8: noqa\nx = 1  # noqa: TLC202\n", {}, [], None),
    "skipped": ("# torchlint: skip-file\nx = 1  # noqa: TLC202\n", {}, [], None),
    "no tokens": ("x = (  # noqa: TLC202\n", {}, [], None),
    "first of two": ("x = 1  # noqa: TLC202, E501\n", {}, ["TLC202"], "x = 1  # noqa: E501\n"),
    "last of two": ("x = 1  # noqa: E501,TLC202\n", {}, ["TLC202"], "x = 1  # noqa: E501\n"),
    "one is used": ("x = 1  # noqa: TLC101 TLC202\n", {1: "TLC101"}, ["TLC202"], "x = 1  # noqa: TLC101\n"),
    "both: one now, one in the next round": (
        "x = 1  # noqa: TLC101, TLC202\n",
        {},
        ["TLC101", "TLC202"],
        "x = 1  # noqa: TLC202\n",
    ),
    "text after": ("x = 1  # noqa: TLC202 says who\n", {}, ["TLC202"], "x = 1  # says who\n"),
    "comment after": ("x = 1  # noqa: TLC202  # ü: b\n", {}, ["TLC202"], "x = 1  # ü: b\n"),
    "comment before": ("x = 'ü'  # type: ignore  # noqa: TLC202\n", {}, ["TLC202"], "x = 'ü'  # type: ignore\n"),
    "own line": ("f(\n    # noqa: TLC202\n    1)\n", {}, ["TLC202"], "f(\n    1)\n"),
    "own line at the end": ("x = 1\n# noqa: TLC202", {}, ["TLC202"], "x = 1\n"),
    "CRLF": ("x = 1  # noqa: TLC202\r\ny = 1\r\n", {}, ["TLC202"], "x = 1\r\ny = 1\r\n"),
    "in a string": ("x = '# noqa: TLC202'\n", {}, [], None),
    "on a line that flake8 does not look at": (
        "f(1,\n  2)  # noqa: TLC202\n",
        {1: "TLC202"},
        ["TLC202"],
        "f(1,\n  2)\n",
    ),
    "alias": ("x = 1  # noqa: TOR102\n", {}, ["TOR102"], "x = 1\n"),
    "used alias": ("x = 1  # noqa: TOR102\n", {1: "TLC903"}, [], None),
    "alias of a rule that did not run": ("x = 1  # noqa: TOR101\n", {}, [], None),
    "slug": ("x = 1  # torchlint: ignore[saved-inplace] old\n", {}, ["saved-inplace"], "x = 1\n"),
    "own code": ("x = 1  # torchlint: ignore[TLC202]\n", {}, ["TLC202"], "x = 1\n"),
    "used slug": ("f(\n1)  # torchlint: ignore[saved-inplace]\n", {1: "TLC202"}, [], None),
    "slug of a rule that did not run": ("x = 1  # torchlint: ignore[deprecated-api]\n", {}, [], None),
    "slug of two": (
        "x = 1  # torchlint: ignore[saved-inplace, TLC101] old\n",
        {1: "TLC101"},
        ["saved-inplace"],
        "x = 1  # torchlint: ignore[TLC101] old\n",
    ),
    "slug, reason, comment": (
        "x = 1  # torchlint: ignore[TLC202] old  # noqa\n",
        {},
        [],  # the bare noqa suppresses this as well
        None,
    ),
    "slug, reason, other comment": ("x = 1  # torchlint: ignore[TLC202] old  # b\n", {}, ["TLC202"], "x = 1  # b\n"),
    "alone behind a continued line": ("x = 1 \\\n  # noqa: TLC202\n", {}, ["TLC202"], "x = 1 \\\n  #\n"),
    "itself": ("x = 1  # noqa: TLC202, TLC003\n", {}, [], None),
    "itself alone": ("x = 1  # noqa: TLC003\n", {}, [], None),
    "misspelt slug": (
        "x = 1  # torchlint: ignore[save-inplace]\n",
        {},
        ["save-inplace"],
        "x = 1  # torchlint: ignore[saved-inplace]\n",
    ),
    "unknown slug": ("x = 1  # torchlint: ignore[zzz]\n", {}, ["zzz"], "x = 1\n"),
    "no names": ("x = 1  # torchlint: ignore\n", {}, ["# torchlint: ignore"], None),
    "comment after a statement's end": ("# torchlint: ignore[TLC202]\nx = 1\n", {2: "TLC202"}, ["TLC202"], "x = 1\n"),
}


@pytest.mark.parametrize(("text", "used", "names", "after"), UNUSED.values(), ids=UNUSED)
def test_unused(text: str, used: dict[int, str], names: list[str], after: str | None) -> None:
    source = Source(text, "a.py")
    found = unused(source, used, RAN)
    assert [source.slice(each.span) for each in found] == names
    assert {(each.code, each.rule) for each in found} <= {("TLC003", "unused-suppression")}
    assert fixed(source, found) == (text if after is None else after)


def test_unused_fixes_are_safe_and_a_guess_is_not() -> None:
    source = Source("x = 1  # noqa: TLC202\ny = 1  # torchlint: ignore[save-inplace]\n", "a.py")
    found = unused(source, {}, RAN)
    assert [each.fix.applicability for each in found if each.fix] == [Applicability.SAFE, Applicability.UNSAFE]
    assert "did you mean `saved-inplace`?" in found[1].message


@pytest.mark.parametrize(
    ("comment", "told", "after"),
    [
        ("x = 1  # torchlint: disable=TLC202", "ignore[saved-inplace]`", "x = 1  # torchlint: ignore[saved-inplace]"),
        ("x = 1  # torchlint: disable TLC202 ", "ignore[saved-inplace]`", "x = 1  # torchlint: ignore[saved-inplace] "),
        ("x = 1  # torchlint: noqa: saved-inplace", "ignore[", "x = 1  # torchlint: ignore[saved-inplace]"),
        ("x = 1  # torchlint: disable[TLC202, TLC101] # b", "ignore[saved-inplace, ", None),
        ("x = 1  # torchlint: disable", "ignore[slug]`", ""),
        ("x = 1  # torchlint: disable=zzz", "ignore[slug]`", ""),
        ("# torchlint: disable-next-line=TLC202", "ignore[saved-inplace]` at the end of the line", ""),
        ("# torchlint: off", "skip-file`", ""),
        ("x = 1  # torchlint: on purpose", None, ""),
        ("# torchlint: skip this when you read", None, ""),
        ("# torchlint: disabled for now", None, ""),
        ("x = '# torchlint: disable'", None, ""),
    ],
)
def test_comments_of_other_tools_are_told(comment: str, told: str | None, after: str | None) -> None:
    source = Source(f"{comment}\n", "a.py")
    found = unused(source, {}, RAN)
    assert [told in each.message for each in found] == ([True] if told else [])
    if after is not None:
        assert fixed(source, found) == f"{after or comment}\n"
    assert not any(each.fix and each.fix.applicability is not Applicability.UNSAFE for each in found)


def test_a_long_comment_is_read_in_linear_time() -> None:
    source = Source(f"# torchlint: disable={' ' * 200_000}!\n{'# torchlint: off' * 10_000}\n", "a.py")
    assert len(unused(source, {}, RAN)) == 10_001


@given(st.lists(st.sampled_from(["TLC101", "TLC202", "TOR102", "E501", "TLC2"]), min_size=1, max_size=6))
def test_fixing_what_is_unused_never_suppresses_more(names: list[str]) -> None:
    text = f"x = 1  # noqa: {', '.join(names)}\n"
    for _ in names:
        source = Source(text, "a.py")
        text = fixed(source, unused(source, {}, RAN))
        assert suppressed_lines(text, "TLC901") == []
    assert not any(name in text for name in ("TLC101", "TLC202", "TOR102"))


def test_nothing_is_tokenized_or_imported_without_such_comments() -> None:
    program = (
        "import sys; from torchlint.syntax import suppress; from torchlint.syntax.source import Source\n"
        "suppress._Layout.of = None\n"
        "suppressions = suppress.Suppressions.of(Source('x = 1  # a comment', 'a.py'))\n"
        "assert suppressions.apply([1]) == [1] and suppressions.unused((), {}) == []\n"
        "assert 'flake8' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
