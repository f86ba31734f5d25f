"""No class body makes a rule fail: real and mutated classes are linted and fixed by all rules without an error."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.programs import cases, mutated
from torchlint.engine import fix
from torchlint.engine.check import FileResult, check_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.finding import Certainty
from torchlint.syntax.source import Source

FOLDER = Path(__file__).parent
SETTINGS = load_settings(FOLDER, Overrides(select=("ALL",), certainty=Certainty.ADVICE, isolated=True))


def check(source: Source) -> FileResult:
    return check_source(source, SETTINGS)


def assert_sound(code: str) -> None:
    source = Source(code, "example.py")
    result = check(source)
    assert result.error is None, f"{result.error}\n{code}"
    fixed = fix.fix_source(source, check, True)
    assert check(fixed.after).error is None
    ast.parse(fixed.after.text)


@pytest.mark.parametrize("code", cases(), ids=range(len(cases())))
def test_code_of_the_examples(code: str) -> None:
    assert_sound(code)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(cases()), st.integers(0, 2**32))
def test_mutated_code(code: str, seed: int) -> None:
    try:
        text = mutated(code, random.Random(seed))
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    assert_sound(text)
