"""What the README and the pages show is what happens. Their other blocks and links: ``tests/docs``."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import readme

import torchlint.rules
from tests.docs.pages import block, read
from torchlint import lint_source
from torchlint.engine.check import check_source
from torchlint.engine.settings import Overrides, forget_settings, load_settings
from torchlint.frontends.cli import COMMANDS
from torchlint.frontends.explain import updated
from torchlint.model.interpreter.library import torch_functions
from torchlint.model.interpreter.python import statements
from torchlint.model.interpreter.values.value import Value
from torchlint.rule import SECTIONS, all_rules
from torchlint.syntax.source import Source
from torchlint.syntax.suppress import TORCHFIX_ALIASES

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_rule_table_is_fresh() -> None:
    text = read("rules")
    assert updated(text) == text, "run python -m torchlint.frontends.explain --update torchlint/docs/rules.md"


def test_the_readme_has_every_theme() -> None:
    rows = re.findall(r"^\| `(TLC\d)` \|", README, re.MULTILINE)
    assert rows == sorted({code[:4] for code in all_rules()} - {"TLC0"})


def test_the_commands_are_all() -> None:
    rows = dict(re.findall(r"^\| `torchlint (\w+)` \| (.+) \|$", read("start"), re.MULTILINE))
    assert rows == {name: command.does for name, command in COMMANDS.items()}


def test_the_finding_is_real() -> None:
    assert readme.updated(README) == README, "run python tests/readme.py"


def test_ci_finds_the_test_command() -> None:
    """``.ci/run`` takes it from here, by its form."""
    command = block(README, "sh", "The second passes the tests").strip()
    assert re.findall("^pip install .* && pytest.*$", README, re.MULTILINE) == [command]


def test_the_configuration_is_valid_and_complete(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(block(read("configuration"), "toml"), encoding="utf-8")
    forget_settings()
    settings = load_settings(tmp_path)
    assert settings.target_version == (2, 5)
    from torchlint.engine.settings import _READERS

    assert (
        set(re.findall(r"^([a-z-]+) =", block(read("configuration"), "toml"), re.MULTILINE)) | {"per-file-ignores"}
        == _READERS.keys()
    )


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
    line = block(read("suppressing"), "python").strip()
    assert [each.code for each in lint_source(code.replace("LINE", line.partition("#")[0]))] == ["TLC101"]
    assert not lint_source(code.replace("LINE", line))


def test_the_table_of_torchfix_is_what_comments_mean() -> None:
    rows = re.findall(r"^\| (`TOR[^|]*) \| (.*?) \|", read("comparison"), re.MULTILINE)
    named = {
        code: tuple(re.findall(r"TLC\d+", rules)) for codes, rules in rows for code in re.findall(r"TOR\d+", codes)
    }
    assert {code: rules for code, rules in named.items() if rules} == {
        code: rules for code, rules in TORCHFIX_ALIASES.items() if named.get(code)
    }
    assert set(TORCHFIX_ALIASES) <= set(named)


def put_in_place(kind: str) -> dict[str, Any]:
    """What the block of a place defines, with the names that such a file imports."""
    names: dict[str, Any] = {"dataclass": dataclass, "Value": Value, "__name__": __name__}
    exec(
        f"from __future__ import annotations\n{block(read('contributing'), 'python', f'<!-- place: {kind} -->')}", names
    )
    return names


def changed_leaf(line: str) -> bool:
    """Whether a leaf is seen to be changed on a line in which it is ``w``."""
    found = lint_source(f"import torch\nw = torch.ones(3, requires_grad=True)\n{line}\n", select=["TLC201"])
    return [each.place.line for each in found] == [3]


def test_a_function_of_torch_is_put_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not changed_leaf("torch.hand_back(w).add_(1)")
    monkeypatch.setitem(torch_functions._OWN, "torch.hand_back", put_in_place("a function of torch")["_hand_back"])
    assert changed_leaf("torch.hand_back(w).add_(1)")


def test_a_kind_of_value_is_put_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not changed_leaf("torch.Ticket(w).redeem().add_(1)")
    monkeypatch.setitem(torch_functions._OWN, "torch.Ticket", put_in_place("a kind of value")["ticket"])
    assert changed_leaf("torch.Ticket(w).redeem().add_(1)")
    assert not changed_leaf("torch.Ticket(w).other().add_(1)")


def test_a_construct_of_python_is_put_in_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(statements._HANDLERS, ast.Assert)
    assert not changed_leaf("assert w.add_(1) is not None")
    monkeypatch.setitem(statements._HANDLERS, ast.Assert, put_in_place("a construct of Python")["_assert"])
    assert changed_leaf("assert w.add_(1) is not None")


def test_a_rule_about_a_loop_is_put_in_one_place() -> None:
    names = re.compile("TLC603|missing.zero.grad")
    files = [path for path in (ROOT / "torchlint").rglob("*.py") if names.search(path.read_text(encoding="utf-8"))]
    assert [path.name for path in files] == ["missing_zero_grad.py"]


def test_the_rule_on_the_page_is_a_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sleeping_layer.py").write_text(
        block(read("writing-a-rule"), "python", "<!-- rule: sleeping_layer -->"), encoding="utf-8"
    )
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
