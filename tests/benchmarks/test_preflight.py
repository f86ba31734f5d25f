"""The comparison with torch-preflight's tests and examples, on some made up here in the same form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.preflight import judged, programs, table

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLE = """\
import torch

def fit(model, loader, optimizer, criterion):
    for x, y in loader:
        loss = criterion(model(x), y)
        loss.backward()  # TG003: nothing clears the gradients
        optimizer.step()

def keep(model, loader):
    for x in loader:
        print(model(x).item())  # TG007: waits
"""
TESTS = '''\
def test_a_sum() -> None:
    assert "TG001" in codes(
        """
        for x, y in loader:
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss
        """
    )


def test_a_number() -> None:
    diagnostics = analyze("total += loss.item()")
    assert [each.code for each in diagnostics] == []


def test_an_average() -> None:
    assert "TG002" in codes("model.eval()\\nfor x in loader:\\n    print(model(x))")
    assert "TG002" not in codes(made_up("model.eval()"))
'''


def test_each_code_is_found_or_has_a_reason(tmp_path: Path) -> None:
    (tmp_path / "examples").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "examples/bad.py").write_text(EXAMPLE, encoding="utf-8")
    (tmp_path / "tests/test_rules.py").write_text(TESTS, encoding="utf-8")
    found = list(judged(list(programs(tmp_path))))
    told = {(each.program.name, each.code): each.outcome for each in found if each.outcome != "silent"}
    assert told == {
        ("bad.fit", "TG003"): "found",
        ("bad.keep", "TG007"): "refused",
        ("test_a_sum", "TG001"): "found",
        ("test_an_average", "TG002"): "missed",
    }
    assert all(
        each.program.name in ("bad.fit", "bad.keep", "test_a_number") for each in found if each.outcome == "silent"
    )
    assert table(found).splitlines()[-1].startswith("| all | 2 | 1 | 1 |")
