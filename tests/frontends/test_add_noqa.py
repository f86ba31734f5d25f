"""``--add-noqa``: each finding gets a comment where flake8 and torchlint look for it, and nothing else changes."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import places
import pytest
from commands import check, check_json

from torchlint.rule import all_rules
from torchlint.syntax.read_source import read_source

BEFORE = "import torch\n\nx = torch.ones(3, requires_grad=True)\n"


@pytest.fixture(autouse=True)
def made_up_rules():
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text("")
    return tmp_path


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param("x.add_(1)", "x.add_(1)  # noqa: TLC201", id="plain"),
        pytest.param("x.add_(1)  \t", "x.add_(1)  # noqa: TLC201", id="blanks at the end"),
        pytest.param("x.add_(1)  # why", "x.add_(1)  # why  # noqa: TLC201", id="comment"),
        pytest.param("x.add_(1)  # noqa: E501", "x.add_(1)  # noqa: E501, TLC201", id="noqa"),
        pytest.param("x.add_(1)  # NOQA:E501,W291 why", "x.add_(1)  # NOQA:E501,W291, TLC201 why", id="two codes"),
        pytest.param("x.add_(1); x.mul_(2)", "x.add_(1); x.mul_(2)  # noqa: TLC201", id="two statements"),
        pytest.param("x.add_(\n    1,\n)", "x.add_(  # noqa: TLC201\n    1,\n)", id="brackets"),
        pytest.param(
            "x.add_(  # one\n    1,\n)", "x.add_(  # one  # noqa: TLC201\n    1,\n)", id="comment in brackets"
        ),
        pytest.param("x.add_ \\\n  (1)", "x.add_ \\\n  (1)  # noqa: TLC201", id="backslash"),
        pytest.param(
            'x.add_(len("""a\n# b\n""")); y = 1', 'x.add_(len("""a\n# b\n""")); y = 1  # noqa: TLC201', id="string"
        ),
        pytest.param(
            'x.add_(len("""a\n# noqa: E501\n"""))  # why',
            'x.add_(len("""a\n# noqa: E501\n"""))  # why  # torchlint: ignore[leaf-inplace]',
            id="noqa in a string",
        ),
        pytest.param("x.add_(1)  # größe 日本語", "x.add_(1)  # größe 日本語  # noqa: TLC201", id="non-ascii"),
        pytest.param("if x.any(): x.add_(1)", "if x.any(): x.add_(1)  # noqa: TLC201", id="header"),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["", "\n", "\nprint(x)\n"])
def test_comments(code, expected, newline, end):
    text = (BEFORE + code + end).replace("\n", newline)
    Path("a.py").write_bytes(text.encode())
    ran = check("--add-noqa")
    assert (ran.status, Path("a.py").read_bytes().decode()) == (0, (BEFORE + expected + end).replace("\n", newline))
    assert check_json().found == []


def test_old_line_endings():
    text = places.LAYERS.format(name="Net", before="", comment="old").replace("\n", "\r")
    Path("a.py").write_bytes(text.encode())
    assert check("--add-noqa").status == 0
    assert Path("a.py").read_bytes().decode().replace("\r", "\n").count("  # noqa: TLC10") == 2


def test_two_rules_share_a_comment():
    Path("a.py").write_text(f"{BEFORE}y = torch.ones(3); y.exp(); print(y); x.add_(1)\n")
    assert {code for _, _, _, code in check_json().found} == {"TLC201", "TLC207"}
    assert check("--add-noqa").status == 0
    assert Path("a.py").read_text().endswith("  # noqa: TLC201, TLC207\n")


def test_an_unused_suppression_is_a_finding_too():
    Path("a.py").write_text("import torch\nx = 1  # noqa: TLC101\n")
    assert check("--add-noqa").status == 0
    assert Path("a.py").read_text() == "import torch\nx = 1  # noqa: TLC101, TLC003\n"


def test_all_examples_of_all_rules(folder):
    """Everything that any rule finds in its examples can be suppressed; only comments are added; again is nothing."""
    programs = {}
    for rule in all_rules().values():
        for number, example in enumerate(rule.examples):
            name = f"{rule.rule.slug}_{number}.py"
            programs[name] = example.code.replace("⟦", "").replace("⟧", "")
            Path(name).write_text(programs[name], encoding="utf-8")
    everything = ("--select", "ALL", "--certainty", "advice")
    assert len(check_json(*everything).found) > 50
    ran = check(*everything, "--add-noqa")
    assert ran.status == 0, ran.out
    after = {name: Path(name).read_text(encoding="utf-8") for name in programs}
    for name, text in programs.items():
        assert ast.dump(ast.parse(after[name])) == ast.dump(ast.parse(text))
    ran = check(*everything, "--add-noqa")
    assert (ran.status, ran.err) == (0, "")
    assert {name: Path(name).read_text(encoding="utf-8") for name in programs} == after
    if any(point.name == "TLC" for point in metadata.entry_points(group="flake8.extension")):
        (folder / "pyproject.toml").write_text('[tool.torchlint]\nselect = ["ALL"]\ncertainty = "advice"\n')
        command = [sys.executable, "-m", "flake8", "--isolated", "--select", "TLC", "--jobs", "1", "."]
        assert subprocess.run(command, capture_output=True, text=True, check=False).stdout == ""


def test_the_ten_files(folder):
    places.ten_files(folder)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.suffix in (".py", ".ipynb")}
    assert check("--add-noqa").status == 0
    assert check_json().found == []
    for path, data in before.items():
        assert path.read_bytes() != data
        if path.suffix == ".ipynb":
            old, new = json.loads(data), json.loads(path.read_bytes())
            assert [each["cell_type"] for each in old["cells"]] == [each["cell_type"] for each in new["cells"]]
            assert read_source(path.read_bytes(), "a.ipynb").problems == ()


def test_notebooks_keep_everything_but_the_lines():
    data = places.notebook([f"{BEFORE}x.add_(1)", "%time\nx.mul_(2)  # é\nx"], indent=1)
    Path("a.ipynb").write_bytes(data)
    assert check("--add-noqa").status == 0
    expected = data.replace(b'"x.add_(1)"', b'"x.add_(1)  # noqa: TLC201"').replace(
        '"x.mul_(2)  # é\\n"'.encode(), '"x.mul_(2)  # é  # noqa: TLC201\\n"'.encode()
    )
    assert Path("a.ipynb").read_bytes() == expected


def test_what_cannot_be_suppressed_is_left():
    Path("a.py").write_text("import torch\nx = (\n")
    ran = check_json("--add-noqa")
    assert (ran.status, ran.found) == (1, [("a.py", None, 2, "TLC001")])
    assert Path("a.py").read_text() == "import torch\nx = (\n"


def test_the_good_cells_of_a_notebook_get_theirs():
    Path("a.ipynb").write_bytes(places.notebook([f"{BEFORE}x.add_(1)\nx", "x = ("], indent=1))
    ran = check_json("--add-noqa")
    assert [each[1:] for each in ran.found] == [(4, 1, "TLC001")]
    assert b"noqa: TLC201" in Path("a.ipynb").read_bytes()


def test_only_what_counts_gets_a_comment():
    Path("a.py").write_text(f"{BEFORE}x.abs()\nprint(x)\n")
    check("--write-baseline", "known.json")
    Path("a.py").write_text(f"{BEFORE}x.abs()\nx.exp()\nprint(x)\n")
    ran = check("--add-noqa", "--baseline", "known.json")
    assert (ran.status, ran.err) == (0, "a.py: suppressed 1 with noqa comments\n")
    assert Path("a.py").read_text() == f"{BEFORE}x.abs()\nx.exp()  # noqa: TLC207\nprint(x)\n"


def test_what_is_fixed_gets_none():
    Path("a.py").write_text(f"{BEFORE}with torch.no_grad:\n    x.abs()\nprint(x)\n")
    assert check("--add-noqa", "--fix").status == 0
    assert Path("a.py").read_text() == f"{BEFORE}with torch.no_grad():\n    x.abs()  # noqa: TLC207\nprint(x)\n"


def test_standard_input():
    ran = check("--add-noqa", "-", stdin=f"{BEFORE}x.add_(1)\n".encode())
    assert (ran.status, ran.out) == (0, f"{BEFORE}x.add_(1)  # noqa: TLC201\n")


def test_a_file_that_cannot_be_written_is_an_error(monkeypatch):
    import os

    Path("a.py").write_text(f"{BEFORE}x.add_(1)\n")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may write everything
    ran = check("--add-noqa")
    assert ran.status == 2
    assert "a.py: cannot be given noqa comments: " in ran.err
    assert Path("a.py").read_text() == f"{BEFORE}x.add_(1)\n"
