"""No class body makes a rule fail: real and mutated classes are linted and fixed by all rules without an error."""

from __future__ import annotations

import ast
import copy
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notation import Case, read_cases

from torchlint.engine import fix
from torchlint.engine.check import FileResult, check_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.finding import Certainty
from torchlint.rule import all_rules
from torchlint.syntax.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parent
SETTINGS = load_settings(FOLDER, Overrides(select=("ALL",), certainty=Certainty.ADVICE, isolated=True))


def codes() -> Iterator[str]:
    for rule in all_rules().values():
        yield from (Case(each).plain for each in rule.examples)
    for path in sorted(FOLDER.glob("*.txt")):
        yield from (case.plain for case in read_cases(path.read_text(encoding="utf-8")))


CODES = list(codes())


def check(source: Source) -> FileResult:
    return check_source(source, SETTINGS)


def bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    return [node.body for node in ast.walk(tree) if isinstance(getattr(node, "body", None), list)]


def mutated(code: str, choice: random.Random) -> str:
    """The code with statements deleted, doubled, swapped or taken from another place."""
    tree = ast.parse(code)
    for _ in range(choice.randint(1, 6)):
        some = bodies(tree)
        body = choice.choice(some)
        at = choice.randrange(len(body))
        match choice.randrange(5):
            case 0 if len(body) > 1:
                del body[at]
            case 1:
                body.insert(at, copy.deepcopy(body[choice.randrange(len(body))]))
            case 2:
                other = choice.randrange(len(body))
                body[at], body[other] = body[other], body[at]
            case 3:
                body.insert(at, copy.deepcopy(choice.choice(choice.choice(some))))
            case _:
                _swap_expressions(tree, choice)
    return ast.unparse(ast.fix_missing_locations(tree))


def _swap_expressions(tree: ast.AST, choice: random.Random) -> None:
    """Put the value of one statement in the place of another's."""
    holders = [node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.Return | ast.Expr) and node.value]
    values = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    values = [node for node in values if isinstance(getattr(node, "ctx", ast.Load()), ast.Load)]
    values = [node for node in values if not isinstance(node, ast.Starred | ast.Slice)]
    if holders and values:
        choice.choice(holders).value = copy.deepcopy(choice.choice(values))


def assert_sound(code: str) -> None:
    source = Source(code, "example.py")
    result = check(source)
    assert result.error is None, f"{result.error}\n{code}"
    fixed = fix.fix_source(source, check, True)
    assert check(fixed.after).error is None
    ast.parse(fixed.after.text)


@pytest.mark.parametrize("code", CODES, ids=range(len(CODES)))
def test_code_of_the_examples(code: str) -> None:
    assert_sound(code)


@settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(CODES), st.integers(0, 2**32))
def test_mutated_code(code: str, seed: int) -> None:
    try:
        text = mutated(code, random.Random(seed))
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return
    assert_sound(text)
