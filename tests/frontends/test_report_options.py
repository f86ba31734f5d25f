"""``--output-file``, ``--statistics`` and ``--exit-zero``, and options that do not go together."""

from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path

import places
import pytest
from commands import check, check_json

from torchlint.frontends import formats

CLEAN = "import torch\n"
SOME = ("größe.py", "compact.ipynb", "latin.py")
"""Enough of the ten files where each format is tried."""


@pytest.fixture(autouse=True)
def made_up_rules():
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    places.ten_files(tmp_path)
    Path("pyproject.toml").write_text("")
    return tmp_path


@pytest.mark.parametrize("output_format", formats.FORMATS)
def test_a_file_gets_what_the_screen_would(output_format):
    screen = check("--output-format", output_format, *SOME)
    ran = check("--output-format", output_format, "--output-file", "out.txt", *SOME)
    assert Path("out.txt").read_bytes().decode() == screen.out
    assert (ran.status, ran.err) == (1, screen.err)
    assert ran.out.startswith("Found ")
    assert ran.out.count("\n") == 1


def test_a_file_that_is_there_is_replaced(folder):
    Path("out.json").write_text("old")
    check("--output-format", "json", "--output-file", "out.json")
    assert json.loads(Path("out.json").read_text())
    assert [each.name for each in folder.iterdir() if each.name.startswith(".")] == []


def test_a_file_is_not_left_half_written(folder, monkeypatch):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    Path("out.json").write_text("old")
    monkeypatch.setattr(os, "fsync", fail)
    ran = check("--output-format", "json", "--output-file", "out.json")
    assert (ran.status, ran.err) == (2, "error: --output-file: out.json cannot be written: No space left on device\n")
    assert Path("out.json").read_text() == "old"


def test_a_file_without_a_folder_is_an_error():
    ran = check("--output-file", "missing/out.txt")
    assert (ran.status, ran.err) == (
        2,
        "error: --output-file: missing/out.txt cannot be written: No such file or directory\n",
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_a_file_too(folder):
    os.mkfifo("pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append(Path("pipe").read_text()))
    reader.start()
    check("--output-format", "json", "--output-file", "pipe")
    reader.join(10)
    assert json.loads(read[0])


def test_a_file_has_no_colours_unless_they_are_asked_for():
    check("--output-file", "out.txt")
    assert "\x1b" not in Path("out.txt").read_text()
    check("--output-file", "out.txt", "--color", "always")
    assert "\x1b" in Path("out.txt").read_text()


def test_statistics_count_by_rule():
    found = [code for *_, code in check_json().found]
    ran = check("--statistics", "--output-format", "concise")
    assert ran.status == 1
    rows = [line.split()[:2] for line in ran.out.splitlines()]
    assert {code: int(count) for count, code in rows} == {code: found.count(code) for code in found}
    assert rows == sorted(rows, key=lambda row: (-int(row[0]), row[1]))
    (row,) = (line for line in ran.out.splitlines() if "TLC502" in line)
    assert row == "    2  TLC502  uncalled-grad-mode      2 fixable with --fix"


def test_statistics_end_with_the_summary_in_full():
    assert check("--statistics").out.splitlines()[-1] == check().out.splitlines()[-1]
    Path("clean").mkdir()
    Path("clean/a.py").write_text(CLEAN)
    assert check("--statistics", "clean").out == check("clean").out


def test_statistics_as_json():
    said = json.loads(check_json("--statistics").out)
    assert sum(each["count"] for each in said) == len(check_json().found)
    (row,) = (each for each in said if each["code"] == "TLC502")
    assert row == {"code": "TLC502", "rule": "uncalled-grad-mode", "count": 2, "safe_fixes": 2, "unsafe_fixes": 0}


@pytest.mark.parametrize("output_format", formats.FORMATS)
def test_exit_zero(output_format):
    assert check("--exit-zero", "--output-format", output_format, *SOME).status == 0
    assert check("--exit-zero", "--output-format", output_format, "missing.py").status == 2


@pytest.mark.parametrize("output_format", formats.FORMATS)
def test_all_formats_with_fix(output_format):
    ran = check("--fix", "--output-format", output_format, *SOME)
    again = check("--output-format", output_format, *SOME)
    assert re.sub(r"Fixed \d+ faults. |^fixed  left\n(?: .*\n)+", "", ran.out, flags=re.MULTILINE) == again.out


def test_fix_with_several_processes():
    ran = check_json("--fix", "--jobs", "2")
    assert ran.found == check_json().found


@pytest.mark.parametrize("output_format", formats.FORMATS)
def test_all_formats_of_standard_input(output_format):
    text = Path("layers.py").read_bytes()
    said = check("--output-format", output_format, "layers.py").out
    assert check("--output-format", output_format, "--stdin-filename", "layers.py", "-", stdin=text).out == said
    fixed = check("--fix", "--output-format", output_format, "--stdin-filename", "layers.py", "-", stdin=text)
    assert fixed.out.startswith("import torch\n")
    assert "TLC102" in fixed.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param(["--diff", "--output-format", "sarif"], "--diff prints a diff and no sarif", id="format"),
        pytest.param(["--diff", "--output-file", "x"], "leave --output-file out", id="file"),
        pytest.param(["--diff", "--statistics"], "leave --statistics out", id="statistics"),
        pytest.param(["--diff", "--add-noqa"], "leave --add-noqa out", id="noqa"),
        pytest.param(["--statistics", "--output-format", "junit"], "full, concise, json", id="statistics format"),
    ],
)
def test_what_does_not_go_together(options, message):
    ran = check(*options)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('output-file = "x"', "output-file: is no setting; give --output-file on the command line"),
        ('diff-base = "main"', "diff-base: is no setting; give --diff-base on the command line"),
        ('basline = "x"', "unknown key; did you mean 'baseline'?"),
        ("baseline = 1", "baseline: must be a string, not 1"),
    ],
)
def test_settings(line, message):
    Path("pyproject.toml").write_text(f"[tool.torchlint]\n{line}\n")
    ran = check("train.py")
    assert ran.status == 2
    assert message in ran.err
