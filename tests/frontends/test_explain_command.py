"""``torchlint explain FILE:LINE``."""

from __future__ import annotations

import json

import pytest

from torchlint.errors import ConfigError
from torchlint.frontends.cli import main
from torchlint.frontends.explain_command import Target, read_target

CODE = """\
import torch
x = torch.randn(3, requires_grad=True)
y = torch.sigmoid(x)
y *= 2
d = x.data
y.sum().backward()
"""
FIRST, SECOND = CODE[: CODE.index("y *=")], CODE[CODE.index("y *=") :]


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """These tests take the real rules."""


@pytest.fixture(autouse=True)
def files(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.py").write_text(CODE, encoding="utf-8")
    (tmp_path / "plain.py").write_text("print(1)\n", encoding="utf-8")
    cells = [
        {"cell_type": kind, "metadata": {}, "source": text, "outputs": [], "execution_count": None}
        for kind, text in (("markdown", "A title"), ("code", FIRST), ("code", SECOND))
    ]
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("a.py:4", Target("a.py", None, 4)),
        ("a.py:4:9", Target("a.py", None, 4)),
        ("a.py:4:9:", Target("a.py", None, 4)),
        ("C:\\code\\a.py:4", Target("C:\\code\\a.py", None, 4)),
        ("n.ipynb:3:1", Target("n.ipynb", 3, 1)),
        ("n.ipynb:cell 3:1:7", Target("n.ipynb", 3, 1)),
    ],
)
def test_targets(text: str, target: Target) -> None:
    assert read_target(text) == target


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a.py", "`torchlint check --explain`"),
        ("TLC202", "`torchlint rule TLC202` explains a rule"),
        ("saved-inplace", "`torchlint rule saved-inplace` explains a rule"),
        ("n.ipynb:3", "write n.ipynb:CELL:LINE"),
        ("", "write FILE:LINE"),
        (":3", "write FILE:LINE"),
    ],
)
def test_what_is_no_target_says_what_would_be(text: str, words: str) -> None:
    with pytest.raises(ConfigError, match="names no line") as caught:
        read_target(text)
    assert words in str(caught.value)


def test_the_finding_with_its_story_its_fix_and_its_rule(capsys) -> None:
    assert main(["explain", "a.py:4"]) == 0
    out = capsys.readouterr().out
    for words in (
        "TLC202 saved-inplace (certain)",
        "= the story:",
        "◀ here",
        "4 + y = y * 2",
        "# TLC202 saved-inplace",
        "## Why",
    ):
        assert words in out
    assert "TLC302" not in out


def test_where_pytorch_raises_explains_what_is_to_blame(capsys) -> None:
    assert main(["explain", "a.py:6"]) == 0
    assert "a.py:4:1" in capsys.readouterr().out


def test_advice_is_explained_too(capsys) -> None:
    assert main(["explain", "a.py:5", "--isolated"]) == 0
    assert "TLC302" in capsys.readouterr().out


def test_notebooks(capsys) -> None:
    assert main(["explain", "n.ipynb:3:3"]) == 0
    out = capsys.readouterr().out
    assert "cell 3, line 1" in out
    assert main(["explain", "n.ipynb:1:1"]) == 2
    assert "has no code cell 1; its code cells are 2, 3" in capsys.readouterr().err
    assert main(["explain", "n.ipynb:3:70"]) == 2
    assert "cell 3 of n.ipynb has no line 70" in capsys.readouterr().err


def test_nothing_there_names_the_nearest(capsys) -> None:
    assert main(["explain", "a.py:1"]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    first, second, third = captured.err.splitlines()
    assert first == "Nothing is found at a.py:1. The nearest:"
    assert second.startswith("a.py:4:1: TLC202 ")
    assert third.startswith("a.py:5:5: TLC302 ")
    assert main(["explain", "plain.py:1"]) == 1
    assert capsys.readouterr().err == "Nothing is found at plain.py:1, nor anywhere else in the file.\n"


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("a.py:99", "a.py has no line 99, only 7"),
        ("a.py:0", "a.py has no line 0"),
        ("gone.py:1", "gone.py"),
        (".:1", "is a folder"),
    ],
)
def test_what_cannot_be_explained_is_an_error(capsys, target: str, words: str) -> None:
    assert main(["explain", target]) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("error: ")
    assert words in captured.err
    assert captured.out == ""
