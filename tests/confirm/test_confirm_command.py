"""The command as far as it needs no torch: what it refuses, files of findings, and that it alone leads to torch."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from torchlint import lint_source
from torchlint.errors import ConfigError
from torchlint.finding import EffectKind, Finding, Place, Related, Verdict, VerdictKind
from torchlint.frontends.cli import main
from torchlint.frontends.findings_file import read_findings
from torchlint.frontends.formats.json import as_json

ROOT = Path(__file__).parents[2]
FAULT = "import torch\n\nw = torch.ones(3, requires_grad=True)\nw.add_(1)\n"


def test_nothing_else_leads_to_torch() -> None:
    code = (
        "import importlib, pkgutil, sys, torchlint.confirm as package\n"
        "for each in pkgutil.iter_modules(package.__path__):\n"
        "    if each.name not in ('observe', 'program'): importlib.import_module(f'torchlint.confirm.{each.name}')\n"
        "import torchlint.frontends.confirm_command\n"
        "print(sorted({'torch', 'libcst', 'numpy', 'torchlint.confirm.observe'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout.strip() == "[]"


def test_no_torch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "program.py").write_text("print(1)\n")
    original = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "torch" else original(name))
    assert main(["confirm", str(tmp_path / "program.py")]) == 2
    assert 'pip install "torchlint[confirm]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "give one program"),
        (["missing.py"], "there is no missing.py to run"),
        (["--probe", "model.py"], "write FILE::CLASS"),
        (["--device", "meta", __file__], "with --probe only"),
        (["--input", "2x3", __file__], "give --probe FILE::CLASS"),
        (["--findings", "missing.json", __file__], "missing.json: cannot be read"),
    ],
)
def test_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    assert main(["confirm", *arguments]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(("option", "value"), [("--timeout", "0"), ("--timeout", "soon"), ("--memory-limit", "much")])
def test_bad_limits(option: str, value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["confirm", option, value, __file__])
    assert repr(value) in capsys.readouterr().err


def with_verdict() -> Finding:
    from dataclasses import replace

    (finding,) = lint_source(FAULT)
    seen = (Related("raised", "raised here", Place(None, None, 4, 1, 4, 10)),)
    return replace(finding, verdict=Verdict(VerdictKind.CONFIRMED, "it raised", EffectKind.RAISES, seen, (0.5, 1.0)))


def test_findings_survive_their_file(tmp_path: Path) -> None:
    from dataclasses import replace

    finding = with_verdict()
    file = tmp_path / "findings.json"
    file.write_text(json.dumps([as_json("a.py", finding)]))
    ((path, read),) = read_findings(str(file))
    assert path == "a.py"
    assert as_json("a.py", read) == as_json("a.py", finding)
    plain = as_json("a.py", replace(finding, verdict=None))
    assert "verdict" not in plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "no JSON"),
        ("{}", "not a list of findings"),
        ("[1]", "element 1 is no finding"),
        ('[{"path": "a.py"}]', "element 1 is no finding: no 'effect'"),
    ],
)
def test_files_that_hold_no_findings(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "findings.json"
    file.write_text(text)
    with pytest.raises(ConfigError, match=words.replace("[", r"\[")):
        read_findings(str(file))


def test_check_shows_verdicts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(FAULT)
    Path("verdicts.json").write_text(json.dumps([as_json("a.py", with_verdict())]))
    for name, words in (
        ("concise", "(confirmed: it raised)"),
        ("full", "= confirmed: it raised"),
        ("json", '"verdict": {"kind": "confirmed"'),
    ):
        status = main(
            ["check", "--isolated", "--no-cache", "--confirmed", "verdicts.json", "--output-format", name, "a.py"]
        )
        out = capsys.readouterr().out
        assert status == 1
        assert words in out
        assert ("The run: 1 confirmed." in out) == (name == "full")
