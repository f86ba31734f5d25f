"""A confirmed program finds the modules that it finds plainly, its own of any name included."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from torchlint.confirm.plan import Form, Plan
from torchlint.confirm.run import Limits, run

if TYPE_CHECKING:
    from pathlib import Path

SHOWS = """\
import sys
known = sorted(name for name in sys.modules if name != "__main__")
print(known, sorted(globals()), __name__, __file__, getattr(__spec__, 'name', 0), sys.argv, sys.path)
"""
TAKEN = ("types", "random", "json", "enum", "contextlib", "pathlib", "ast", "runpy", "zipfile", "torchlint", "plan")
"""Names that torchlint has, or imports for itself, and that a program may have too."""
IMPORTS = SHOWS + "".join(
    f"try:\n    import {name}\n    print({name}.__file__, getattr({name}, 'MINE', None))\n"
    f"except Exception as error:\n    print({name!r}, type(error).__name__, error)\n"
    for name in TAKEN
)
HINT = re.compile(r" \(consider renaming '[^']+' since it has the same name as [^()]+\)")
"""What Python 3.13 and later adds to an error's text where the file is in the folder that the interpreter itself was
started for: nothing that runs later can change which one that is."""


def plainly(*arguments: str, folder: Path) -> tuple[int, str]:
    ran = subprocess.run([sys.executable, "-B", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return ran.returncode, HINT.sub("", ran.stdout)


def confirmed(
    plan: Plan, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    monkeypatch.chdir(folder)
    outcome = run(plan, Limits(60))
    return outcome.status, capfd.readouterr().out


@pytest.mark.parametrize("own", [(), TAKEN, *((name,) for name in TAKEN)], ids="-".join)
@pytest.mark.parametrize("form", [Form.SCRIPT, Form.MODULE])
def test_modules_of_the_same_name(
    tmp_path: Path,
    own: tuple[str, ...],
    form: Form,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "train.py").write_text(IMPORTS)
    for name in own:
        (tmp_path / f"{name}.py").write_text("MINE = 1\n")
    if form is Form.SCRIPT:
        plain = plainly("train.py", "-x", folder=tmp_path)
        plan = Plan(form, "train.py", ("-x",))
    else:
        plain = plainly("-m", "train", "-x", folder=tmp_path)
        plan = Plan(form, "train", ("-x",))
    assert confirmed(plan, tmp_path, monkeypatch, capfd) == plain
    assert plain[1].startswith("[") or own  # or Python itself fell over them


def test_a_folder_as_a_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__main__.py").write_text(IMPORTS)
    (tmp_path / "app" / "types.py").write_text("MINE = 1\n")
    plain = plainly("app", "-x", folder=tmp_path)
    assert confirmed(Plan(Form.SCRIPT, "app", ("-x",)), tmp_path, monkeypatch, capfd) == plain


@pytest.mark.torch
@pytest.mark.parametrize("name", ["torchlint", "kinds", "plan", "judge"])
def test_a_program_with_a_module_of_the_observers_name_is_observed(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    (tmp_path / f"{name}.py").write_text("MINE = 1\n")
    (tmp_path / "train.py").write_text(
        f"import {name}\nimport torch\nw = torch.ones(3, requires_grad=True)\nw.exp().sum().backward()\n"
        f"import {name} as again\nprint(again is {name}, {name}.MINE)\n"
    )
    monkeypatch.chdir(tmp_path)
    outcome = run(Plan(Form.SCRIPT, "train.py", own=(str(tmp_path / "train.py"),)), Limits(240))
    assert outcome.status == 0
    assert capfd.readouterr().out == "True 1\n"
    assert outcome.records.missing.get("all") is None
    assert len(outcome.records.backwards) == 1
