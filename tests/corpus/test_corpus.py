"""The corpus' table and how it is compared; the packages themselves are linted by ``python -m tests.corpus``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.corpus import __main__ as corpus
from tests.corpus import packages, table
from tests.corpus.table import Difference, Row
from torchlint.engine.selection import ENGINE_RULES
from torchlint.finding import Certainty
from torchlint.rule import all_rules

if TYPE_CHECKING:
    from pathlib import Path

PACKAGES = packages.read(corpus.HERE / "packages.txt")

FAULTY = """import torch
x = torch.ones(3)
x.add(1)
x.data.zero_()
"""
GOOD = "import torch\n\nx = torch.ones(3)\nx.add_(1)\nprint(x)\n"


def test_packages_are_thirty_each_once_and_in_order() -> None:
    names = [each.name for each in PACKAGES]
    assert names == sorted(set(names))
    assert len(names) == 30


@pytest.mark.parametrize(
    "line", ["timm", "timm==1.0.31", "timm>=1 --hash=sha256:" + "0" * 64, "timm==1.0.31 --hash=sha256:12"]
)
def test_a_package_that_is_not_pinned_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "packages.txt").write_text(line, encoding="utf-8")
    with pytest.raises(ValueError, match=r"packages\.txt: not NAME==VERSION"):
        packages.read(tmp_path / "packages.txt")


def test_the_table_is_of_the_pinned_packages_and_written_as_it_would_be(tmp_path: Path) -> None:
    rows = table.read(corpus.TABLE)
    assert {(row.package, row.version) for row in rows} <= {(each.name, each.version) for each in PACKAGES}
    assert {row.code for row in rows} <= all_rules().keys() | ENGINE_RULES.keys()
    assert {row.certainty for row in rows} <= {each.value for each in Certainty}
    table.write(tmp_path / "again.tsv", rows)
    assert (tmp_path / "again.tsv").read_bytes() == corpus.TABLE.read_bytes()


@pytest.mark.parametrize("line", ["", "timm\t1\ta.py\t3\tTLC101", "timm\t1\ta.py\tx\tTLC101\tlikely"])
def test_a_line_that_is_no_row_is_refused(tmp_path: Path, line: str) -> None:
    (tmp_path / "t.tsv").write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"t\.tsv: not a row"):
        table.read(tmp_path / "t.tsv")


def test_equal_findings_are_counted() -> None:
    row = Row("p", "1", "a.py", 0, 3, "TLC207", "certain")
    other = Row("p", "1", "a.ipynb", 2, 10, "TLC503", "advice")
    difference = Difference.of([row, row], [row, other])
    assert difference == Difference((row,), (other,))
    assert list(difference.lines()) == [
        "+ p 1  a.ipynb:2:10  TLC503 advice",
        "- p 1  a.py:3  TLC207 certain  (shown by default)",
        "vanished: 1, of which 1 shown by default",
        "new: 1, of which 0 shown by default",
    ]
    assert not Difference.of([row, other], [other, row])


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["corpus", "--jobs", "1", *map(str, arguments)])
    return corpus.main()


def test_a_folder_is_compared_with_a_table_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, kept = tmp_path / "code", tmp_path / "findings.tsv"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "a.py").write_text(FAULTY, encoding="utf-8")
    (folder / "b.py").write_text(GOOD, encoding="utf-8")
    assert run(monkeypatch, "--table", kept, folder) == 1
    assert run(monkeypatch, "--table", kept, "--update", folder) == 0
    rows = [line.split("\t") for line in kept.read_text(encoding="utf-8").splitlines()]
    assert ["code", "-", "inner/a.py", "3", "TLC207", "certain"] in rows
    assert rows == sorted(rows)
    assert {row[5] for row in rows} == {"certain", "advice"}
    assert run(monkeypatch, "--table", kept, folder) == 0
    capsys.readouterr()
    (folder / "inner" / "a.py").write_text(FAULTY.replace("x.add(1)", "x = x.add(1)"), encoding="utf-8")
    (folder / "b.py").write_text(GOOD.replace("add_", "mul"), encoding="utf-8")
    assert run(monkeypatch, "--table", kept, folder) == 1
    shown = capsys.readouterr().out
    assert "- code -  inner/a.py:3  TLC207 certain  (shown by default)\n" in shown
    assert "+ code -  b.py:4  TLC207 certain  (shown by default)\n" in shown
    assert "vanished: 1, of which 1 shown by default\nnew: 1, of which 1 shown by default\n" in shown


def test_what_cannot_be_linted_is_no_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(monkeypatch, "--table", tmp_path / "findings.tsv", "--update", tmp_path / "missing") == 2
    assert not (tmp_path / "findings.tsv").exists()


def test_an_update_of_one_folder_leaves_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "findings.tsv"
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.py").write_text(FAULTY, encoding="utf-8")
        run(monkeypatch, "--table", kept, "--update", tmp_path / name)
    assert {row.package for row in table.read(kept)} == {"one", "two"}


def test_no_folder_gets_into_the_table_of_the_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, "--update", tmp_path)
    with pytest.raises(SystemExit):
        run(monkeypatch, "--only", "no-such-package")
