"""The command line and flake8 report the same faults at the same places."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from torchlint.rule import all_rules

pytestmark = pytest.mark.skipif(
    not any(point.name == "TLC" for point in metadata.entry_points(group="flake8.extension")),
    reason="torchlint is not installed, so flake8 does not know the plugin",
)

EXAMPLES = Path(__file__).parents[1] / "examples"
EVERYTHING = '[tool.torchlint]\nselect = ["ALL"]\ncertainty = "advice"\n'
FAULT = """\
import torch
from torch import nn


class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        {before}self.mask = torch.ones(3, dtype=torch.bool)  # {comment}
        self.layers = [nn.Linear(3, 3), nn.Linear(3, 3)]

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        return x.masked_fill(self.mask, 0)
"""
PLAIN = FAULT.format(name="Net", before="", comment="plain")
UNUSUAL = {
    "plain": PLAIN.encode(),
    "non-ascii": FAULT.format(name="Größe", before="é = '𝔘ñí'; ", comment="→ 日本語").encode(),
    "combining": FAULT.format(name="Net", before="x = 'e\u0301\u200d🎉'; ", comment="e\u0301").encode(),
    "crlf": PLAIN.replace("\n", "\r\n").encode(),
    "lone-cr": PLAIN.replace("\n", "\r").encode(),
    "mixed-newlines": PLAIN.replace("\n", "\r\n", 5).encode(),
    "bom": b"\xef\xbb\xbf" + PLAIN.encode(),
    "bom-crlf": b"\xef\xbb\xbf" + PLAIN.replace("\n", "\r\n").encode(),
    "latin-1": b"# -*- coding: latin-1 -*-\n"
    + FAULT.format(name="Net", before="x = 'é'; ", comment="ü").encode("latin-1"),
    "latin-1-crlf": b"# coding: latin-1\r\n" + PLAIN.replace("plain", "ü").replace("\n", "\r\n").encode("latin-1"),
    "form-feed": PLAIN.replace("\n\n\nclass", "\n\f\nclass").encode(),
    "form-feed-in-line": FAULT.format(name="Net", before="", comment="a\x0cb\x0b\x1c\x85\u2028 c").encode(),
    "tabs": PLAIN.replace("    ", "\t").encode(),
    "no-last-newline": PLAIN.rstrip("\n").encode(),
    "continued": PLAIN.replace("self.mask = ", "self.mask \\\n            = ").encode(),
    "noqa": FAULT.format(name="Net", before="", comment="noqa: TLC101").encode(),
    "noqa-bare": FAULT.format(name="Net", before="", comment="noqa").encode(),
    "noqa-other": FAULT.format(name="Net", before="", comment="noqa: E501").encode(),
    "noqa-file": b"# flake8: noqa\n" + PLAIN.encode(),
    "ignored": FAULT.format(name="Net", before="", comment="torchlint: ignore[unregistered-tensor] why").encode(),
    "skipped": b"# torchlint: skip-file\n" + PLAIN.encode(),
    "in-string": b'"""\nself.mask = torch.ones(3)  # noqa\n"""\n' + PLAIN.encode(),
}


@pytest.fixture(autouse=True)
def made_up_rules() -> None:
    """The real rules, unlike in the other tests of this folder."""


def example_files() -> dict[str, bytes]:
    """The examples of all rules by file name."""
    return {
        f"{rule.rule.slug}_{number}.py": example.code.replace("⟦", "").replace("⟧", "").encode()
        for rule in all_rules().values()
        for number, example in enumerate(rule.examples)
    }


def of_command_line(folder: Path) -> list[tuple[str, int, int, str]]:
    command = [sys.executable, "-m", "torchlint", "check", "--output-format", "json", "--no-cache", "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    assert ran.returncode in (0, 1), ran.stderr.decode()
    findings = json.loads(ran.stdout)
    return [(each["path"], each["line"], each["column"], each["code"]) for each in findings if each["cell"] is None]


def of_flake8(folder: Path) -> list[tuple[str, int, int, str]]:
    form = "%(path)s:%(row)d:%(col)d:%(code)s"
    command = [sys.executable, "-m", "flake8", "--isolated", "--select", "TLC", "--jobs", "1", "--format", form, "."]
    ran = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    assert not ran.stderr
    rows = [line.removeprefix("./").split(":") for line in ran.stdout.splitlines()]
    return sorted((path, int(line), int(column), code) for path, line, column, code in rows)


@pytest.mark.parametrize("settings", [pytest.param("", id="default"), pytest.param(EVERYTHING, id="everything")])
@pytest.mark.parametrize("files", [example_files, lambda: {f"{k}.py": v for k, v in UNUSUAL.items()}, dict],
                         ids=["rules", "unusual", "shipped"])  # fmt: skip
def test_parity(tmp_path: Path, files: object, settings: str) -> None:
    assert callable(files)
    for name, data in files().items():
        (tmp_path / name).write_bytes(data)
    if files is dict:
        shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.ipynb"))
    (tmp_path / "pyproject.toml").write_text(settings, encoding="utf-8")
    ours, theirs = of_command_line(tmp_path), of_flake8(tmp_path)
    assert ours == theirs
    assert ours


def test_unusual_files_hide_nothing(tmp_path: Path) -> None:
    """Whatever its encoding and line endings, the fault is found, at the same column as in the plain file."""
    for name, data in UNUSUAL.items():
        (tmp_path / f"{name}.py").write_bytes(data)
    (tmp_path / "pyproject.toml").write_text("")
    found = {path.removesuffix(".py") for path, _, _, code in of_command_line(tmp_path) if code == "TLC101"}
    assert found == UNUSUAL.keys() - {"noqa", "noqa-bare", "noqa-file", "ignored", "skipped"}
