"""What is known of values, in tables: each program says at ``#:`` what is revealed there, and PyTorch must agree.

The programs are in ``interpreter/revealed/`` for what Python does, and in ``autograd/revealed/`` for what PyTorch does,
by theme. ``unknown`` is a condition of which nothing is known, and ``given`` a tensor that requires grad or does not;
both are tried. ``#: never`` is a line that no path reaches, ``#: a | b`` one at which paths or iterations differ, and
``! leaf`` a fault of that kind at its line. What stands there after a change is what
``python -m tests.model.interpreter.reveal FILE`` prints; whether it is right, PyTorch says, and who reads it.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from tests.docs.pages import block, read
from tests.model.interpreter.reveal import annotated, observed, revealed

FOLDER = Path(__file__).parents[1]
_CASE = re.compile(r"^### (?P<name>[^\n]+)\n\n```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
RAISING = frozenset("leaf view out inference flag saved twice no-grad shape".split())


def cases() -> list[object]:
    return [
        pytest.param(case["code"], id=f"{path.stem}: {case['name'].replace('`', '')}")
        for path in sorted(FOLDER.glob("*/revealed/*.md"))
        for case in _CASE.finditer(path.read_text(encoding="utf-8"))
    ] + [pytest.param(block(read("interpreter"), "python"), id="the page of the documentation")]


@pytest.mark.parametrize("code", cases())
def test_what_is_known(code: str) -> None:
    assert annotated(code) == code


@pytest.mark.torch
@pytest.mark.parametrize("code", cases())
def test_it_is_so(code: str) -> None:
    torch = pytest.importorskip("torch")
    known = revealed(code)
    raising = {line for line, kind in known.faults.items() if kind in RAISING}
    reached, raised = set[int](), set[int]()
    for unknown, grad in itertools.product((True, False), repeat=2):
        given = {"unknown": unknown, "given": torch.ones(3, requires_grad=grad)}
        ran = observed(code, known, given)
        assert ran.problems == []
        assert ran.error is None or ran.error[0] in raising, ran.error
        reached |= ran.lines
        raised |= {ran.error[0]} if ran.error else set()
    assert set(known.claims) - known.entered - reached == set(), "known, but never reached"
    assert raising - known.entered - raised == set() or "try:" in code, "to raise, but it does not"


def test_there_are_many() -> None:
    facts = sum(case.values[0].count("#: ") for case in cases())  # type: ignore[attr-defined]
    assert facts >= 200
