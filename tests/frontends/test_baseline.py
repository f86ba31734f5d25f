"""``--baseline`` and ``--write-baseline``: only what is new is reported, wherever the lines have moved to."""

from __future__ import annotations

import json
from pathlib import Path

import places
import pytest
from commands import check, check_json

from torchlint.engine.baseline import Baseline
from torchlint.errors import ConfigError

FAULT = "import torch\n\nx = torch.ones(3)\nx.abs()\nprint(x)\n"
NEW = "x.exp()\nprint(x)\n"
TWICE = "x.abs()\nprint(x)\nx.abs()\n"


@pytest.fixture(autouse=True)
def made_up_rules():
    """The real rules, unlike in the other tests of this folder."""


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(FAULT)
    Path("pyproject.toml").write_text("")
    return tmp_path


def entries(path="known.json"):
    return json.loads(Path(path).read_text())["findings"]


def test_what_is_known_is_not_reported():
    ran = check("--write-baseline", "known.json")
    assert (ran.status, ran.err) == (0, "Wrote 1 finding to known.json\n")
    assert entries() == [{"path": "a.py", "code": "TLC207", "text": "x.abs()", "count": 1}]
    ran = check("--baseline", "known.json")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.endswith("Not shown: 1 finding, known or on unchanged lines.\n")


def test_what_is_new_is_reported():
    check("--write-baseline", "known.json")
    Path("a.py").write_text(f"{FAULT}{NEW}")
    Path("b.py").write_text(FAULT)
    ran = check_json("--baseline", "known.json")
    assert (ran.status, ran.found) == (1, [("a.py", None, 6, "TLC207"), ("b.py", None, 4, "TLC207")])


def test_lines_may_move_and_be_indented():
    check("--write-baseline", "known.json")
    Path("a.py").write_text("'''A comment.'''\n" + FAULT.replace("x.abs()", "if x.any():\n    x.abs()"))
    assert check_json("--baseline", "known.json").found == []


def test_comments_may_change():
    Path("a.py").write_text(FAULT.replace("x.abs()", "x.abs()  # TODO"))
    check("--write-baseline", "known.json")
    assert entries() == [{"path": "a.py", "code": "TLC207", "text": "x.abs()", "count": 1}]
    for line in ("x.abs()", "x.abs()  # DONE", "x.abs(# DONE\n)"):
        Path("a.py").write_text(FAULT.replace("x.abs()", line))
        assert bool(check_json("--baseline", "known.json").found) is ("(#" in line)
    Path("a.py").write_text(FAULT.replace("x.abs()", "x.index_select('#')"))
    check("--write-baseline", "known.json")
    assert entries()[0]["text"] == "x.index_select('#')"


def test_of_equal_lines_as_many_are_known_as_there_were():
    Path("a.py").write_text(FAULT.replace("x.abs()\n", TWICE))
    check("--write-baseline", "known.json")
    assert entries()[0]["count"] == 2
    Path("a.py").write_text(FAULT.replace("x.abs()\n", TWICE + TWICE))
    assert check_json("--baseline", "known.json").found == [("a.py", None, 7, "TLC207"), ("a.py", None, 9, "TLC207")]


def test_what_is_gone_is_told():
    Path("a.py").write_text(FAULT.replace("x.abs()\n", TWICE))
    Path("b.py").write_text(FAULT)
    check("--write-baseline", "known.json")
    Path("a.py").write_text(FAULT)
    Path("b.py").unlink()
    ran = check("--baseline", "known.json")
    assert ran.status == 0
    assert ran.err.splitlines() == [
        "known.json has 2 findings that are gone; --write-baseline writes it anew",
        "  a.py: TLC207 x.abs()",
        "  b.py: TLC207 x.abs()",
    ]


@pytest.mark.parametrize("options", [["--select", "TLC1"], ["--ignore", "TLC207"], ["--certainty", "certain", "b.py"]])
def test_what_was_not_looked_for_is_not_gone(options):
    Path("b.py").write_text("import torch\n")
    check("--write-baseline", "known.json")
    assert check("--baseline", "known.json", *options).err == ""


def test_what_was_not_looked_at_is_not_gone():
    Path("b.py").write_text(FAULT)
    check("--write-baseline", "known.json")
    assert check("--baseline", "known.json", "b.py").err == ""
    Path("b.py").unlink()
    Path("b.py").symlink_to("b.py")
    assert "gone;" not in check("--baseline", "known.json", "b.py").err


def test_paths_are_those_from_the_baseline(folder, monkeypatch):
    Path("src").mkdir()
    Path("src/b.py").write_text(FAULT)
    check("--write-baseline", "ci/../known.json", "src")
    assert [each["path"] for each in entries()] == ["src/b.py"]
    monkeypatch.chdir("src")
    assert check_json("--baseline", "../known.json", "b.py").found == []
    assert check_json("--baseline", str(folder / "known.json"), str(folder)).found == [
        (f"{folder}/a.py", None, 4, "TLC207")
    ]


def test_settings_can_name_the_baseline(folder, monkeypatch):
    Path("pyproject.toml").write_text('[tool.torchlint]\nbaseline = "known.json"\n')
    check("--write-baseline", "known.json")
    Path("src").mkdir()
    monkeypatch.chdir("src")
    assert check_json("..").found == []
    assert check_json("--isolated", "..").found == [("../a.py", None, 4, "TLC207")]
    (folder / "known.json").unlink()
    ran = check("..")
    assert ran.status == 2
    assert "does not exist; `torchlint check --write-baseline" in ran.err


def test_every_settings_file_has_its_own_baseline():
    for name in ("one", "two"):
        Path(name).mkdir()
        Path(name, "a.py").write_text(FAULT)
        Path(name, "setup.cfg").write_text("[torchlint]\nbaseline = known.json\n")
        check("--write-baseline", f"{name}/known.json", name)
    Path("two/a.py").write_text(f"{FAULT}{NEW}")
    assert check_json("one", "two").found == [("two/a.py", None, 6, "TLC207")]


def test_flake8_knows_the_baseline_of_the_settings():
    import ast

    from torchlint.frontends import flake8

    Path("pyproject.toml").write_text('[tool.torchlint]\nbaseline = "known.json"\n')
    check("--write-baseline", "known.json")
    text = f"# moved\n{FAULT}{NEW}"
    plugin = flake8.Plugin(ast.parse(text), "a.py", text.splitlines(keepends=True))
    assert [line for line, *_ in plugin.run()] == [7]


def test_a_file_that_cannot_be_looked_at_is_never_known():
    Path("b.py").write_text("import torch\nx = (\n")
    ran = check_json("--write-baseline", "known.json")
    assert (ran.status, ran.found) == (1, [("b.py", None, 2, "TLC001")])
    assert [each["path"] for each in entries()] == ["a.py"]
    assert check_json("--baseline", "known.json").found == [("b.py", None, 2, "TLC001")]


def test_nothing_is_written_where_a_file_could_not_be_checked():
    ran = check("--write-baseline", "known.json", "a.py", "missing.py")
    assert ran.status == 2
    assert "known.json was not written" in ran.err
    assert not Path("known.json").exists()


def test_notebooks_are_known_by_their_lines_and_not_by_their_cells():
    Path("a.ipynb").write_bytes(places.notebook([FAULT, NEW], indent=1))
    check("--write-baseline", "known.json")
    Path("a.ipynb").write_bytes(places.notebook(["print(1)", FAULT, "pass", NEW, "x.sin()\nprint(x)"], indent=None))
    assert check_json("--baseline", "known.json").found == [("a.ipynb", 10, 1, "TLC207")]


def test_only_what_is_new_is_fixed():
    check("--write-baseline", "known.json")
    Path("a.py").write_text(f"{FAULT}{NEW}")
    ran = check("--baseline", "known.json", "--fix", "--unsafe-fixes")
    assert ran.status == 0
    assert Path("a.py").read_text() == f"{FAULT}x = x.exp()\nprint(x)\n"


def test_standard_input():
    check("--write-baseline", "known.json")
    ran = check_json("--baseline", "known.json", "--stdin-filename", "a.py", "-", stdin=f"{FAULT}{NEW}".encode())
    assert ran.found == [("a.py", None, 6, "TLC207")]


def test_several_processes():
    for number in range(4):
        Path(f"f{number}.py").write_text(FAULT)
    check("--write-baseline", "known.json", "--jobs", "2")
    Path("f3.py").write_text(f"{FAULT}{NEW}")
    assert check_json("--baseline", "known.json", "--jobs", "2").found == [("f3.py", None, 6, "TLC207")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param("{", "is no baseline: Expecting", id="no json"),
        pytest.param("[]", "is no baseline: an entry is not", id="a list"),
        pytest.param('{"version": 2, "findings": []}', "version 2", id="another version"),
        pytest.param('{"version": 1}', "is no baseline: an entry", id="no findings"),
        pytest.param('{"version": 1, "findings": [{"path": "a.py"}]}', "is no baseline: an entry", id="no code"),
        pytest.param(
            '{"version": 1, "findings": [{"path": 1, "code": "", "text": "", "count": 1}]}', "is no", id="type"
        ),
    ],
)
def test_what_is_no_baseline(content, message):
    Path("known.json").write_text(content)
    with pytest.raises(ConfigError, match=message):
        Baseline.read(Path("known.json"))


def test_a_folder_is_no_baseline(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        Baseline.read(tmp_path)


@pytest.mark.parametrize("option", [["--baseline", "b"], ["--diff-base", "HEAD"], ["--add-noqa"], ["--diff"]])
def test_a_baseline_is_of_all_that_is_found(option):
    ran = check("--write-baseline", "known.json", *option)
    assert (ran.status, ran.out) == (2, "")
    assert option[0] in ran.err
