"""What the README shows is what happens."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import readme

import torchlint.rules
from torchlint import lint_source
from torchlint.engine.check import check_source
from torchlint.engine.settings import Overrides, forget_settings, load_settings
from torchlint.frontends.cli import COMMANDS
from torchlint.frontends.explain import updated
from torchlint.rule import SECTIONS, all_rules
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(kind: str, after: str = "") -> str:
    """The first code block of a kind after some text."""
    found = re.search(rf"```{kind}\n(.*?)```", README[README.index(after) :], re.DOTALL)
    assert found, f"no {kind} block after {after!r}"
    return found[1]


def test_the_rule_table_is_fresh() -> None:
    assert updated(README) == README, "run python -m torchlint.frontends.explain --update README.md"


def test_the_commands_are_all() -> None:
    rows = dict(re.findall(r"^\| `torchlint (\w+)` \| (.+) \|$", README, re.MULTILINE))
    assert rows == {name: command.does for name, command in COMMANDS.items()}


def test_the_finding_is_real() -> None:
    assert readme.updated(README) == README, "run python tests/readme.py"


def test_ci_finds_the_test_command() -> None:
    """``.ci/run`` takes it from here, by its form."""
    command = block("sh", "The second passes the tests").strip()
    assert re.findall("^pip install .* && pytest.*$", README, re.MULTILINE) == [command]


def test_links() -> None:
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_configuration_is_valid_and_complete(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(block("toml"), encoding="utf-8")
    forget_settings()
    settings = load_settings(tmp_path)
    assert settings.target_version == (2, 5)
    from torchlint.engine.settings import _READERS

    assert set(re.findall(r"^([a-z-]+) =", block("toml"), re.MULTILINE)) | {"per-file-ignores"} == _READERS.keys()


def test_the_suppression_suppresses() -> None:
    code = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        LINE
    def forward(self, x):
        return x * self.mask
"""
    line = block("python", "## Suppressing").strip()
    assert [each.code for each in lint_source(code.replace("LINE", line.partition("#")[0]))] == ["TLC101"]
    assert not lint_source(code.replace("LINE", line))


def test_the_rule_on_the_page_is_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sleeping_layer.py").write_text(block("python", "<!-- rule: sleeping_layer -->"), encoding="utf-8")
    monkeypatch.setattr(torchlint.rules, "__path__", [*torchlint.rules.__path__, str(tmp_path)])
    all_rules.cache_clear()
    forget_settings()
    try:
        rule = all_rules()["TLC899"]
        assert all(f"\n{section}\n" in rule.doc for section in SECTIONS)
        marked = rule.examples[0].code
        code = marked.replace("⟦", "").replace("⟧", "")
        settings = load_settings(tmp_path, Overrides(select=("sleeping-layer",), isolated=True))
        result = check_source(Source(code, "a.py"), settings)
        assert result.error is None
        (finding,) = result.findings
        assert finding.span.start == len(marked.partition("⟦")[0].encode())
        assert code.encode()[finding.span.start : finding.span.end] == b"time.sleep(0.1)"
    finally:
        all_rules.cache_clear()
        forget_settings()
        sys.modules.pop("torchlint.rules.sleeping_layer", None)
