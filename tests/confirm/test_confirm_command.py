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
from torchlint.frontends.formats import FORMATS
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
        (["missing.py"], "missing.py: no such file or folder"),
        (["--probe", "model.py"], "write FILE::CLASS"),
        (["--device", "meta", __file__], "with --probe only"),
        (["--input", "2x3", __file__], "give --probe FILE::CLASS"),
        (["--findings", "missing.json", __file__], "missing.json does not exist; `--output-format json"),
        (["--project", "missing", __file__], "--project: missing: no such file or folder"),
        (["--select", "XYZ", __file__], "--select: no rule is called 'XYZ'; `torchlint rules` lists all"),
        (["--select", "", __file__], "--select: names no rule; `torchlint rules` lists all"),
        (["--output-file", "missing/a.json", __file__], "--output-file: missing: no such file or folder"),
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


SAID = {
    "full": "= confirmed: it raised\n  =   raised at a.py:4:1: raised here\n",
    "concise": " (confirmed: it raised)\n",
    "grouped": " (confirmed: it raised)\n",
    "json-lines": '"verdict": {"kind": "confirmed", "message": "it raised"',
    "azure": "%0Aconfirmed: it raised%0A",
    "pylint": " (confirmed: it raised)\n",
    "json": '"verdict": {"kind": "confirmed", "message": "it raised"',
    "sarif": "\\nconfirmed: it raised\\n",
    "github": "%0Aconfirmed: it raised%0A",
    "gitlab": " (confirmed: it raised)",
    "junit": "\nconfirmed: it raised\n",
    "html": '<strong>confirmed</strong> it raised</p><ul><li>raised at <span class="where" dir="ltr">a.py:4:1</span>',
}
"""How each format says it."""


@pytest.fixture
def verdicts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A file of verdicts beside the file with the fault."""
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text(FAULT)
    Path("verdicts.json").write_text(json.dumps([as_json("a.py", with_verdict())]))
    return "verdicts.json"


def check(*arguments: str) -> int:
    return main(["check", "--isolated", "--no-cache", *arguments, "a.py"])


@pytest.mark.parametrize("output_format", FORMATS)
def test_verdicts_in_every_format(verdicts: str, output_format: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert check("--confirmed", verdicts, "--output-format", output_format) == 1
    out, err = capsys.readouterr()
    assert SAID[output_format] in out
    assert ("The run: 1 confirmed." in out) == (output_format in ("full", "concise", "grouped", "html"))
    assert err == ""


def test_verdicts_in_statistics(verdicts: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.py").write_text(FAULT)
    assert check("--confirmed", verdicts, "--statistics", "b.py") == 1
    out = capsys.readouterr().out
    assert "  1 confirmed, 1 not judged; " in out
    assert "The run: 1 confirmed, 1 not judged.\n" in out
    assert check("--confirmed", verdicts, "--statistics", "--output-format", "json") == 1
    (row,) = json.loads(capsys.readouterr().out)
    assert row["verdicts"] == {"confirmed": 1}


def test_verdicts_where_a_line_is_explained(verdicts: str, capsys: pytest.CaptureFixture[str]) -> None:
    line = with_verdict().place.line
    assert main(["explain", "--isolated", "--confirmed", verdicts, f"a.py:{line}"]) == 0
    assert SAID["full"] in capsys.readouterr().out
    assert main(["explain", "--isolated", f"a.py:{line}"]) == 0
    assert "confirmed: it raised" not in capsys.readouterr().out


def test_what_only_the_run_showed(verdicts: str, capsys: pytest.CaptureFixture[str]) -> None:
    from dataclasses import replace

    seen = with_verdict()
    assert seen.verdict is not None
    extra = replace(
        seen,
        code="TLC301",
        message="not predicted: something",
        place=Place(None, None, 3, 1, 3, 2),
        verdict=replace(seen.verdict, kind=VerdictKind.UNPREDICTED),
    )
    Path(verdicts).write_text(json.dumps([as_json(path, each) for path in ("a.py", "b.py") for each in (seen, extra)]))
    assert check("--confirmed", verdicts, "--output-format", "concise") == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines[:-1]] == [["a.py:3:1:", "TLC301"], ["a.py:4:1:", "TLC201"]]
    assert lines[-1].startswith("The run: ")
    assert main(["explain", "--isolated", "--confirmed", verdicts, "a.py:3"]) == 0
    assert "not predicted: something" in capsys.readouterr().out


def test_verdicts_on_something_else(verdicts: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text("\n" + FAULT)
    assert check("--confirmed", verdicts) == 1
    out, err = capsys.readouterr()
    assert "confirmed" not in out
    assert err == "verdicts.json has no verdict on what is found here; let `torchlint confirm` write it anew\n"
    assert check("--confirmed", verdicts, "--diff") == 2
    assert "leave --confirmed out" in capsys.readouterr().err
