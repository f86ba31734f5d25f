"""``torchlint upgrade``: what a move to another PyTorch changes, by release, and who writes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from torchlint.engine.settings import forget_settings
from torchlint.frontends.cli import main
from torchlint.model.api import history_lookup

CODE = """\
import torch
from torch.autograd import Variable

def run(x, optimizer):
    with torch.cuda.amp.autocast():
        q, r = torch.qr(x)
    torch.testing.assert_allclose(q, r)
    solved = torch.lstsq(x, x)
    torch.optim.lr_scheduler.StepLR(optimizer, 3, verbose=True)
    return Variable(x), torch.jit.script(run)
"""


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """These tests take the real rules."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    forget_settings()
    return tmp_path


def upgrade(*arguments: str) -> int:
    return main(["upgrade", "--no-cache", *arguments])


def move(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert upgrade("--output-format", "json", *arguments) in (0, 1)
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_each_change_is_told_with_the_release_that_began_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade("--to", "2.14", "a.py") == 1
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if line and not line.startswith(" ")] == [
        "Before PyTorch 1.13: 2 places",
        "PyTorch 2.0: 1 place",
        "PyTorch 2.4: 1 place",
        "PyTorch 2.7: 1 place",
        "PyTorch 2.10: 1 place",
        "PyTorch 2.14: 1 place",
        "To PyTorch 2.14: 7 places in 1 file (3 raise, 3 warn, 1 is advice); "
        "--fix writes 3, --unsafe-fixes 2 more, 2 need a person.",
    ]
    assert "  raises: `torch.qr` was removed in PyTorch 2.14: use `torch.linalg.qr` TLC901\n" in shown
    assert "    --fix           a.py:6:16  q, r = torch.qr(x)\n" in shown
    assert Path("a.py").read_text() == CODE


def test_what_a_release_does_not_change_yet(capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade("--to", "2.13", "a.py") == 1
    shown = capsys.readouterr().out
    assert "PyTorch 2.14:" not in shown
    assert "warns: `torch.qr` was deprecated before PyTorch 1.13 and is removed in 2.14: use `torch.linalg.qr`" in shown


def test_what_changed_already_is_left_out_and_left_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade("--from", "2.7", "--to", "2.14", "a.py") == 1
    shown = capsys.readouterr().out
    assert "PyTorch 2.10: 1 place" in shown
    assert "PyTorch 2.4" not in shown
    assert shown.endswith("Not shown: 5 places, the same in PyTorch 2.7.\n")
    assert upgrade("--from", "2.7", "--to", "2.14", "--fix", "a.py") == 1
    assert (folder / "a.py").read_text() == CODE.replace("torch.qr(x)", "torch.linalg.qr(x)")


def test_fixes_are_applied_where_asked(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade("--diff", "a.py") == 1
    assert '+    with torch.amp.autocast("cuda"):' in capsys.readouterr().out
    assert (folder / "a.py").read_text() == CODE
    assert upgrade("--fix", "--unsafe-fixes", "a.py") == 1
    assert "Fixed 5 faults. To PyTorch 2.14: 2 places in 1 file (1 raises, 1 warns); 2 need a person." in (
        capsys.readouterr().out
    )
    fixed = (folder / "a.py").read_text()
    assert "Variable" not in fixed
    assert "torch.testing.assert_close(q, r)" in fixed


def test_json_has_the_stages(capsys: pytest.CaptureFixture[str]) -> None:
    found = move(capsys, "--to", "2.14")
    assert (found["from"], found["to"], found["fixed"], found["errors"]) == (None, "2.14", 0, [])
    stages = found["stages"]
    assert isinstance(stages, list)
    assert [(each["before"], each["release"]) for each in stages][:2] == [("1.13", None), (None, "2.0")]
    last = stages[-1]
    assert (last["raises"], last["warns"], last["advice"]) == (1, 0, 0)
    (change,) = last["changes"]
    assert (change["need"], change["writer"], change["code"], change["line"]) == ("raises", "fix", "TLC901", 6)


def test_the_page_is_by_release(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade("--output-format", "html", "--output-file", "page.html", "a.py") == 1
    assert capsys.readouterr().out.startswith("To PyTorch 2.14: 7 places in 1 file")
    page = (folder / "page.html").read_text("ascii")
    headings = [page.index(f'<span class="name" dir="ltr">{each}') for each in ("Before PyTorch 1.13", "PyTorch 2.14")]
    assert headings == sorted(headings)
    assert page.count('data-release="PyTorch 2.14"') == 1
    assert '<input type="radio" name="by" value="release" checked' in page


def test_a_project_that_is_ready(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text("import torch\nx = torch.linalg.qr(torch.eye(2))\n")
    assert upgrade("a.py") == 0
    assert capsys.readouterr().out == "Nothing is to change for PyTorch 2.14 in 1 file, 1 of which uses PyTorch.\n"


def test_advice_asks_for_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text("import torch\nx = torch._C\n")
    assert upgrade("a.py") == 0
    shown = capsys.readouterr().out
    assert "Any PyTorch: 1 place\n\n  advice: `torch._C` is private" in shown
    assert shown.endswith("To PyTorch 2.14: 1 place in 1 file (1 is advice); 1 needs a person.\n")


def test_the_settings_do_not_hide_what_must_change(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pyproject.toml").write_text('[tool.torchlint]\nselect = ["TLC1"]\ntarget-version = "1.13"\n')
    forget_settings()
    assert "7 places" in str(upgrade("a.py")) + capsys.readouterr().out


def test_a_file_that_is_no_python_does_not_run_either(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "a.py").write_text("import torch\nprint 1\n")
    assert upgrade("a.py") == 1
    assert "Any PyTorch: 1 place\n\n  raises: not valid Python" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(["--to", "2.99"], "--to: nothing is known of PyTorch 2.99; known are the releases from", id="new"),
        pytest.param(["--to", "1.8"], "--to: nothing is known of PyTorch 1.8", id="old"),
        pytest.param(["--from", "1.14"], "--from: nothing is known of PyTorch 1.14", id="no release"),
        pytest.param(["--to", "2.1", "--from", "2.1"], "--from: 2.1 is no release before --to, 2.1", id="nowhere"),
        pytest.param(["--to", "newest"], "--to: must be a torch version such as '2.5', not 'newest'", id="a word"),
        pytest.param(["-"], "-: an upgrade is one of files", id="standard input"),
        pytest.param(["--unsafe-fixes"], "--unsafe-fixes says which fixes are applied", id="no fix"),
        pytest.param(["--diff", "--output-format", "json"], "--diff prints a diff and no json", id="a diff in JSON"),
        pytest.param(["missing.py"], "missing.py: no such file or folder", id="no file"),
    ],
)
def test_mistakes_are_told(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert upgrade(*arguments) == 2
    assert words in capsys.readouterr().err


def test_a_release_before_all_that_are_known_may_be_left(capsys: pytest.CaptureFixture[str]) -> None:
    found = move(capsys, "--from", "1.8")
    assert found["to"] == history_lookup.text_of(history_lookup.newest())
    assert found["not_shown"] == 1  # `Variable` has been needless since 0.4
