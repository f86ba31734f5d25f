"""The report formats: their exact text, their alignment, and that nothing in a source can break them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import time
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import finding, place_of
from rich.cells import cell_len

from torchlint.engine.check import FileResult
from torchlint.finding import Applicability, Certainty, Effect, EffectKind, Fix, Place, Related
from torchlint.frontends import formats
from torchlint.frontends.formats import statistics
from torchlint.frontends.formats.full import Full, plain
from torchlint.frontends.formats.report import Report, in_order
from torchlint.frontends.formats.summary import summary
from torchlint.frontends.snippet import Lines, Mark, draw
from torchlint.frontends.visible import visible
from torchlint.syntax.source import Cell, Source

MODULE = Source(
    """\
class Normalise(nn.Module):
    def __init__(self):
        self.mean = torch.tensor(0.5)
        self.layers = [
            nn.Linear(3, 4),
        ]

    def forward(self, image):
        return image - self.mean
""",
    "src/model.py",
)
NOTEBOOK = Source(
    "import torch\n\nx = 1\nx.data.add_(1)",
    "nb.ipynb",
    cells=(Cell(2, 1, 2, "import torch\n"), Cell(4, 3, 2, "x = 1\nx.data.add_(1)")),
)
USE = place_of(MODULE, "image - self.mean")[1]
STORY = finding(
    MODULE,
    "self.mean = torch.tensor(0.5)",
    message="`self.mean` is no buffer",
    effect=Effect(EffectKind.RAISES, "Expected all tensors to be on the same device", USE),
    related=(Related("used", "subtracted", place_of(MODULE, "self.mean", 1)[1]),),
    fix=(Applicability.SAFE, 'self.register_buffer("mean", torch.tensor(0.5))'),
)
LAYERS = finding(
    MODULE,
    "self.layers = [\n            nn.Linear(3, 4),\n        ]",
    code="TLC102",
    certainty=Certainty.LIKELY,
    effect=Effect(EffectKind.SILENT, "never trained"),
    fix=(Applicability.UNSAFE, "self.layers = nn.ModuleList([nn.Linear(3, 4)])"),
)
CELL = finding(NOTEBOOK, "x.data.add_(1)", code="TLC301", message="changed\nthrough .data", certainty=Certainty.ADVICE,
               related=(Related("imported", "", place_of(NOTEBOOK, "import torch")[1]),))  # fmt: skip
SOURCES = {each.path: each for each in (MODULE, NOTEBOOK)}
RESULTS = [FileResult("src/model.py", (LAYERS, STORY)), FileResult("nb.ipynb", (CELL,))]


def written(output_format, results=RESULTS, **options):
    out = io.StringIO()
    formats.write(output_format, Report(tuple(results), SOURCES, **options), out)
    return out.getvalue()


def full(found, path="src/model.py", **options):
    return plain(Full(SOURCES.get, **options).rows(found, path))


def test_full_tells_the_story():
    assert full(STORY) == (
        """\
TLC101 unregistered-tensor (certain): `self.mean` is no buffer
 --> src/model.py:3:9
  |
2 |     def __init__(self):
3 |         self.mean = torch.tensor(0.5)
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
4 |         self.layers = [
...
9 |         return image - self.mean
  |                ----------------- raises here
  |                        --------- used: subtracted
  |
  = PyTorch raises: Expected all tensors to be on the same device
  = fix: write it anew (safe, --fix applies it)
3 -         self.mean = torch.tensor(0.5)
3 +         self.register_buffer("mean", torch.tensor(0.5))"""
    )


def test_full_brackets_several_lines():
    assert full(LAYERS) == (
        """\
TLC102 a-slug (likely): wrong
 --> src/model.py:4:9
  |
3 |           self.mean = torch.tensor(0.5)
4 | /         self.layers = [
5 | |             nn.Linear(3, 4),
6 | |         ]
  | |_________^
  |
  = no error, but: never trained
  = fix: write it anew (unsafe, --fix --unsafe-fixes applies it)
4 -         self.layers = [
5 -             nn.Linear(3, 4),
6 -         ]
4 +         self.layers = nn.ModuleList([nn.Linear(3, 4)])"""
    )


def test_full_names_cells():
    assert full(CELL, "nb.ipynb") == (
        """\
TLC301 a-slug (advice): changed through .data
 --> nb.ipynb: cell 4, line 2, column 1
  |
1 | x = 1
2 | x.data.add_(1)
  | ^^^^^^^^^^^^^^
 ::: nb.ipynb: cell 2, line 1, column 1
  |
1 | import torch
  | ------------ imported"""
    )


def test_full_shows_cells_as_their_author_wrote_them():
    cell = Cell(1, 1, 2, "%matplotlib inline\nx = 1")
    source = Source("pass\nx = 1", "nb.ipynb", cells=(cell,))
    rows = Full({source.path: source}.get).rows(finding(source, "x = 1"), source.path)
    assert "1 | %matplotlib inline\n2 | x = 1\n" in plain(rows)


def test_full_without_the_source():
    assert plain(Full(lambda path: None).rows(STORY, "gone.py")).splitlines()[:3] == [
        "TLC101 unregistered-tensor (certain): `self.mean` is no buffer",
        " --> gone.py:3:9",
        "  |",
    ]


def test_full_goes_through_other_files():
    other = Related("base", "defined here", Place("nb.ipynb", 4, 1, 1, 1, 6))
    lines = full(finding(MODULE, "nn.Module", related=(other,))).splitlines()
    assert lines[-4:] == [" ::: nb.ipynb: cell 4, line 1, column 1", "  |", "1 | x = 1", "  | ----- base: defined here"]


def test_notes_are_folded_on_a_terminal():
    lines = full(STORY, width=40, fold=True).splitlines()
    note = lines.index("  = PyTorch raises: Expected all tensors")
    assert lines[note + 1] == "      to be on the same device"


def test_headers_and_statistics_break_between_words_on_a_terminal(monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "dumb")
    header, second, *_ = full(STORY, width=40, fold=True).splitlines()
    assert (header, second) == ("TLC101 unregistered-tensor (certain):", "  `self.mean` is no buffer")
    out = Terminal()
    statistics.write("full", Report(tuple(RESULTS), SOURCES), out)
    assert max(map(len, out.getvalue().splitlines())) <= 40
    assert out.getvalue().splitlines()[:2] == ["    1  TLC101  unregistered-tensor  1", "       fixable with --fix"]


def snippet(text, *marks, width=60):
    lines = text.split("\n")
    return plain(draw(list(marks), Lines(lambda number: lines[number - 1], len(lines)), width)).splitlines()[1:]


def mark(line, column, end_column, label="", primary=True, end_line=0):
    return Mark(line, column, end_line or line, end_column, label, primary)


@pytest.mark.parametrize(
    ("text", "marks", "expected"),
    [
        pytest.param("中文 = x.data", [mark(1, 6, 12)], ["1 | 中文 = x.data", "  |        ^^^^^^"], id="wide before"),
        pytest.param("x = '中文'", [mark(1, 5, 9)], ["1 | x = '中文'", "  |     ^^^^^^"], id="wide inside"),
        pytest.param("🎉 = x", [mark(1, 5, 6)], ["1 | 🎉 = x", "  |      ^"], id="emoji"),
        pytest.param("e\u0301 = x", [mark(1, 6, 7)], ["1 | e\u0301 = x", "  |     ^"], id="combining"),
        pytest.param("\tx = 1", [mark(1, 2, 3)], ["1 |     x = 1", "  |     ^"], id="tab"),
        pytest.param("a\tx", [mark(1, 2, 3)], ["1 | a   x", "  |  ^^^"], id="tab marked"),
        pytest.param("\x0cx\x1b[31m", [mark(1, 2, 3)], ["1 | ␌x␛[31m", "  |  ^"], id="control"),
        pytest.param("a\u202eb", [mark(1, 3, 4)], ["1 | a\ufffdb", "  |   ^"], id="bidi"),
        pytest.param("x", [mark(1, 2, 2)], ["1 | x", "  |  ^"], id="empty span at the end"),
        pytest.param("", [mark(1, 1, 1)], ["1 |", "  | ^"], id="empty line"),
        pytest.param("x", [mark(1, 9, 99)], ["1 | x", "  |  ^"], id="outside of the line"),
        pytest.param("x = 1\ny", [mark(1, 1, 1, end_line=2)], ["1 | x = 1", "  | ^^^^^", "2 | y"], id="with newline"),
        pytest.param("x", [mark(7, 1, 2)], [], id="outside of the file"),
        pytest.param("f(x)", [mark(1, 1, 5, "a"), mark(1, 1, 5, "b", False)], ["1 | f(x)", "  | ^^^^ a; b"], id="same"),
        pytest.param(
            "a\nb\nc\n\n\nf", [mark(1, 1, 2), mark(3, 1, 2, "", False), mark(6, 1, 2, "", False)],
            ["1 | a", "  | ^", "2 | b", "3 | c", "  | -", "...", "6 | f", "  | -"], id="gaps",
        ),
        pytest.param(
            "x = f(\n  1)", [mark(1, 5, 5, "here", end_line=2)],
            ["1 |   x = f(", "  |  _____^", "2 | |   1)", "  | |____^ here"], id="bracket inside a line",
        ),
        pytest.param(
            "f(\n" + "1,\n" * 20 + ")", [mark(1, 1, 2, end_line=22)],
            ["1 | / f(", *(f" {n} | | 1," for n in (2, 3, 4, 5)), "...  |", "21 | | 1,", "22 | | )", "  | |_^"],
            id="long",
        ),
    ],
)  # fmt: skip
def test_snippets(text, marks, expected):
    assert [line.strip() for line in snippet(text, *marks)] == [line.strip() for line in expected]


def test_long_lines_are_cropped_around_the_span():
    text = "x = [" + "1, " * 100 + "HERE" + ", 2" * 100 + "]"
    line, under = snippet(text, mark(1, text.index("HERE") + 1, text.index("HERE") + 5, "a label"), width=60)
    assert len(line) <= 60
    assert line[under.index("^") : under.rindex("^") + 1] == "HERE"
    assert line.startswith("1 | …")
    assert line.endswith("…")


def test_a_label_without_room_goes_below():
    lines = snippet("x" * 50 + " + y", mark(1, 54, 55, "a label of some length"), width=60)
    assert lines[1:] == ["  | " + " " * 53 + "^", "  | " + " " * 34 + "a label of some length"]


def test_a_line_of_ten_megabytes_is_no_work():
    text = "x = '" + "中" * 10_000_000 + "'"
    start = time.process_time()
    snippet(text, mark(1, 5_000_000, 5_000_003))
    assert time.process_time() - start < 5


@given(
    st.text(st.characters(exclude_characters="\r\n"), max_size=80), st.integers(0, 90), st.integers(0, 90),
    st.integers(20, 90)
)  # fmt: skip
def test_the_underline_is_as_wide_as_its_span(text, start, length, width):
    rows = draw([mark(1, start + 1, start + length + 1)], Lines(lambda number: text, 1), width)
    gutter, shown = rows[1][0][0], rows[1][-1][0]
    pad, under = rows[2][-2][0], rows[2][-1][0]
    assert cell_len(gutter + shown) <= width
    assert set(pad) <= {" "}
    assert set(under) == {"^"}
    assert all(each.isprintable() or each == "\u3000" or ord(each) > 127 for each in shown)
    if "\t" not in text and len(shown.rstrip()) == len(text):
        assert cell_len(pad) == cell_len(visible(text[:start]))
        assert cell_len(under) == max(1, cell_len(visible(text[: start + length])) - cell_len(pad))


PLACE = {"path": "src/model.py", "cell": None, "line": 3, "column": 9, "end_line": 3, "end_column": 38}


def test_json_is_the_contract():
    cell, story, layers = json.loads(written("json"))
    effect_place = {"path": "src/model.py", "cell": None, "line": 9, "column": 16, "end_line": 9, "end_column": 33}
    used = {"path": "src/model.py", "cell": None, "line": 9, "column": 24, "end_line": 9, "end_column": 33}
    expected = {
        "code": "TLC101",
        "rule": "unregistered-tensor",
        "message": "`self.mean` is no buffer",
        "certainty": "certain",
        **PLACE,
        "effect": {
            "kind": "raises",
            "message": "Expected all tensors to be on the same device",
            "place": effect_place,
        },
        "related": [{"role": "used", "message": "subtracted", "place": used}],
        "fix": {
            "applicability": "safe",
            "message": "write it anew",
            "edits": [{"place": PLACE, "text": 'self.register_buffer("mean", torch.tensor(0.5))'}],
        },
    }
    assert json.dumps(story) == json.dumps(expected), "the order of keys counts"
    assert (cell["path"], cell["cell"], cell["line"], cell["fix"]) == ("nb.ipynb", 4, 2, None)
    assert layers["effect"]["place"] is None


def test_json_of_nothing_is_an_empty_array():
    assert written("json", []) == "[]\n"


def test_concise():
    assert written("concise").splitlines() == [
        "nb.ipynb:cell 4:2:1: TLC301 changed through .data (advice)",
        "src/model.py:3:9: TLC101 `self.mean` is no buffer (certain) [*]",
        "src/model.py:4:9: TLC102 wrong (likely)",
        "Found 3 findings (1 certain, 1 likely, 1 advice) in 2 files; 1 fixable with --fix, 1 more with --fix "
        "--unsafe-fixes.",
    ]


def test_grouped():
    assert written("grouped", quiet=True).splitlines() == [
        "nb.ipynb: cell 4:",
        "  2:1  TLC301  changed through .data (advice)",
        "",
        "src/model.py:",
        "  3:9  TLC101  `self.mean` is no buffer (certain) [*]",
        "  4:9  TLC102  wrong (likely)",
        "",
    ]


def test_pylint_is_one_line_each():
    assert written("pylint", [each for each in RESULTS if each.path.endswith(".py")]).splitlines() == [
        "src/model.py:3: [TLC101] `self.mean` is no buffer (certain)",
        "src/model.py:4: [TLC102] wrong (likely)",
    ]


def test_json_lines_are_the_objects_of_json():
    assert [json.loads(line) for line in written("json-lines").splitlines()] == json.loads(written("json"))


def test_the_order_is_by_path_cell_line_column_code():
    places = [(None, 1, 1), (None, 2, 1), (None, 2, 3), (2, 1, 1), (10, 1, 1)]
    made = [Place(None, cell, line, column, line, column + 1) for cell, line, column in places]
    findings = [_moved(STORY, place, code) for place in made for code in ("TLC101", "TLC302")]
    results = [FileResult(path, tuple(reversed(findings))) for path in ("b.py", "a.py")]
    assert in_order(results) == [(path, each) for path in ("a.py", "b.py") for each in findings]


def _moved(found, place, code):
    from dataclasses import replace

    return replace(found, place=place, code=code)


SHOWN = Fix(Applicability.DISPLAY, "look", STORY.fix.edits)


@pytest.mark.parametrize(
    ("results", "fixed", "expected"),
    [
        pytest.param(
            RESULTS, 0,
            "Found 3 findings (1 certain, 1 likely, 1 advice) in 2 files; 1 fixable with --fix, 1 more with --fix "
            "--unsafe-fixes.", id="all",
        ),
        pytest.param([FileResult("a.py", (CELL,))], 0, "Found 1 finding (1 advice) in 1 file.", id="one"),
        pytest.param(
            [FileResult("a.py", (LAYERS,))], 2,
            "Fixed 2 faults. Found 1 finding (1 likely) in 1 file; 1 fixable with --fix --unsafe-fixes.", id="unsafe",
        ),
        pytest.param([FileResult("a.py", ())], 0, "Nothing found in 1 file, 1 of which uses PyTorch.", id="clean"),
        pytest.param(
            [FileResult("a.py", (), saw_torch=False)] * 2, 0, "Nothing found: none of 2 files uses PyTorch.",
            id="no torch"
        ),
        pytest.param([FileResult("a.py", (), "gone")], 0, "Nothing was checked.", id="error"),
    ],
)  # fmt: skip
def test_summary(results, fixed, expected):
    assert summary(Report(tuple(results), SOURCES, fixed)) == expected


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


@pytest.mark.parametrize(
    ("color", "out", "environment", "colored"),
    [
        pytest.param("auto", io.StringIO, {}, False, id="auto, no terminal"),
        pytest.param("auto", Terminal, {}, True, id="auto, terminal"),
        pytest.param("auto", Terminal, {"NO_COLOR": "1"}, False, id="NO_COLOR"),
        pytest.param("auto", Terminal, {"TERM": "dumb"}, False, id="dumb"),
        pytest.param("always", io.StringIO, {"NO_COLOR": "1"}, True, id="always"),
        pytest.param("never", Terminal, {}, False, id="never"),
    ],
)
def test_colour_is_for_terminals(monkeypatch, color, out, environment, colored):
    for name in ("NO_COLOR", "FORCE_COLOR", "TERM", "COLORTERM", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"TERM": "xterm"} | environment).items():
        monkeypatch.setenv(name, value)
    stream = out()
    formats.write("full", Report(tuple(RESULTS), SOURCES, color=color), stream)
    assert ("\x1b[" in stream.getvalue()) == colored
    assert "self.register_buffer" in stream.getvalue()


def test_each_format_is_a_module_of_its_name():
    assert all(
        callable(import_module(f"{formats.__name__}.{name.replace('-', '_')}").write) for name in formats.FORMATS
    )


def test_rich_is_imported_only_for_the_full_format():
    code = (
        "import io, sys; from torchlint.frontends import formats; from torchlint.engine.check import FileResult\n"
        "from torchlint.frontends.formats.report import Report\n"
        "report = Report((FileResult('a.py', ()),), None)\n"
        "formats.write('full', report, io.StringIO()); formats.write('json', report, io.StringIO())\n"
        "print(*({'rich', 'libcst'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
