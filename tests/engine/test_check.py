"""Bytes to findings: what is said of a file that cannot be looked at."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from torchlint.engine import check
from torchlint.engine.check import check_source
from torchlint.engine.settings import Settings
from torchlint.finding import EffectKind
from torchlint.rule import all_rules
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    import pytest


def test_a_file_that_is_no_python_raises_nothing_in_pytorch() -> None:
    result = check_source(Source("import torch\nx = (\n", "a.py"), Settings(Path()))
    assert [(each.code, each.effect.kind, each.effect.message) for each in result.findings] == [
        ("TLC001", EffectKind.NONE, "nothing in this file was checked")
    ]


def test_a_rule_that_fails_hides_nothing_of_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(facts: object, options: object) -> NoReturn:
        raise ZeroDivisionError

    rules = all_rules()
    broken = {**rules, "TLC101": replace(rules["TLC101"], check=fail)}
    monkeypatch.setattr(check, "all_rules", lambda: broken)
    code = "import torch\n\nwith torch.no_grad:\n    pass\n"
    result = check_source(Source(code, "a.py"), Settings(Path()))
    assert [(each.code, each.place.line) for each in result.findings] == [("TLC002", 1), ("TLC502", 3)]
    assert result.error == "internal error in TLC101: ZeroDivisionError: "


def test_comments_of_what_is_no_python_are_not_judged() -> None:
    text = "import torch\nx = 1 1\ny = 1  # noqa: TLC101\nz = 1  # torchlint: ignore[nothing]\n"
    assert [each.code for each in check_source(Source(text, "a.py"), Settings(Path())).findings] == ["TLC001"]


LOOP = """\
for x, y in loader:
    loss = criterion(model(x), y)
    loss.backward()
    optimizer.step()
"""


def test_a_loop_that_imports_nothing_is_one_of_pytorch() -> None:
    result = check_source(Source(LOOP, "a.py"), Settings(Path()))
    assert result.saw_torch
    assert [(each.code, each.place.line) for each in result.findings] == [("TLC603", 3)]


def test_a_file_that_imports_something_else_alone_is_not() -> None:
    for imported in ("import mxnet\n", "from paddle import nn as layers\n", "if True:\n    import jittor as jt\n"):
        assert not check_source(Source(imported + LOOP, "a.py"), Settings(Path())).saw_torch


def test_names_that_a_loop_binds_mean_what_they_are_given() -> None:
    for bound in ("optimizer = Wrapper(model)\n", "class optimizer:\n    step = clear\n"):
        assert not check_source(Source(bound + LOOP, "a.py"), Settings(Path())).findings
