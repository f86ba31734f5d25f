"""Every rule's examples under ``confirm``: a faulty one is confirmed, a fixed one is not, or a table says why not."""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

import pytest

import torchlint
from tests.confirm.forked import run
from tests.rules.notation import Case
from torchlint.confirm.judge import Judge
from torchlint.confirm.kinds import RUN_ERROR, UNPREDICTED
from torchlint.confirm.unjudged import UNJUDGED
from torchlint.engine.selection import ENGINE_RULES
from torchlint.finding import VerdictKind
from torchlint.rule import Example, all_rules

if TYPE_CHECKING:
    from pathlib import Path

    from torchlint.finding import Finding

NOT_SHOWN = {
    ("TLC308", "parameters that were to be frozen"): "nothing of its line is seen: it runs no operation",
    ("TLC510", "each layer in a loop"): "nothing of its line is seen: it runs no operation",
    ("TLC601", "a head that comes after the optimizer"): "some of the optimizer's parameters do have gradients",
    ("TLC603", "never cleared"): "gradients are not compared from step to step",
    ("TLC603", "a class that trains a model which it is given"): "gradients are not compared from step to step",
    ("TLC604", "clipped after the step"): "when gradients are clipped is not watched",
    ("TLC608", "an optimizer that never steps"): "nothing of its line is seen: it runs no operation",
    ("TLC614", "clipped after the optimizer was made"): "that a generator is spent is not watched",
    ("TLC705", "the last layer"): "PyTorch warns of the call, and the finding is about the layer",
}
"""Examples that confirm does not judge though it judges others of their rule, and why."""
NOT_RUN = {
    ("TLC402", "a function that keeps all to itself"): "its proof gives it something that is no tensor",
}
NO_PACKAGE = {"TLC906": "torchvision is not there"}
MOST = int(os.environ.get("TORCHLINT_EXAMPLES", "1"))
"""How many faulty examples of each rule are run: all are with ``TORCHLINT_EXAMPLES=9``, which takes two minutes."""


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


def program(text: str, example: Example) -> str:
    """Code and its proof; of a proof that catches what raises only what it tries, for it is to be seen."""
    proof = ast.parse(example.proof)
    tried = next((each.body for each in proof.body if isinstance(each, ast.Try)), None)
    return f"{text}\n\n{example.proof if tried is None else ast.unparse(ast.Module([tried[0]], []))}\n"


def judged(folder: Path, code: str, text: str, example: Example) -> tuple[list[Finding], list[Finding]]:
    """What the rule finds in some code, with verdicts from a run of it, and what was seen besides."""
    path = folder / "program.py"
    path.write_text(program(text, example))
    found = torchlint.lint_source(text, select=[code], certainty="advice")
    _, records = run(path, findings=found)
    assert records.problems == []
    judge = Judge(records)
    with_verdicts = [(str(path), judge.judged(str(path), each)) for each in found]
    unpredicted = judge.unpredicted(lambda line: line.path, with_verdicts)
    lines = text.count("\n")
    return [each for _, each in with_verdicts], [each for _, each in unpredicted if each.place.line <= lines]


def examples(is_fixed: bool) -> list[object]:
    """The first of each rule, those first that can be judged."""
    chosen = []
    for rule in all_rules().values():
        code = rule.rule.code
        faulty = [each for each in rule.examples if Case(each).is_faulty and (each.fixed is not None or not is_fixed)]
        faulty.sort(key=lambda each: (code, each.name) in NOT_SHOWN or (code, each.name) in NOT_RUN)
        chosen += [
            pytest.param(code, each, id=f"{rule.rule.slug}: {each.name}")
            for each in faulty[: 1 if is_fixed or code in UNJUDGED else MOST]
        ]
    return chosen


@pytest.mark.torch
@pytest.mark.parametrize(("code", "example"), examples(is_fixed=False))
def test_faulty(tmp_path: Path, code: str, example: Example) -> None:
    if code in NO_PACKAGE:
        pytest.skip(NO_PACKAGE[code])
    if (code, example.name) in NOT_RUN:
        pytest.skip(NOT_RUN[code, example.name])
    found, _ = judged(tmp_path, code, Case(example).plain, example)
    assert found
    verdicts = [each.verdict for each in found if each.verdict is not None]
    assert len(verdicts) == len(found)
    if code in UNJUDGED or (code, example.name) in NOT_SHOWN:
        denied = (VerdictKind.REFUTED, VerdictKind.NOT_REACHED)
        assert [each for each in verdicts if each.kind in denied] == []
    else:
        assert [each for each in verdicts if each.kind is not VerdictKind.CONFIRMED] == []


@pytest.mark.torch
@pytest.mark.parametrize(("code", "example"), examples(is_fixed=True))
def test_fixed(tmp_path: Path, code: str, example: Example) -> None:
    found, unpredicted = judged(tmp_path, code, example.fixed or "", example)
    assert [each for each in found if each.verdict and each.verdict.kind is VerdictKind.CONFIRMED] == []
    assert unpredicted == []


def test_the_tables_are_about_rules_and_examples_that_there_are() -> None:
    rules = all_rules()
    assert UNJUDGED.keys() <= rules.keys()
    names = {(code, each.name) for code, loaded in rules.items() for each in loaded.examples}
    assert NOT_SHOWN.keys() | NOT_RUN.keys() <= names
    assert not {code for code, _ in NOT_SHOWN} & UNJUDGED.keys()


def test_what_nobody_predicted_goes_by_rules_that_there_are() -> None:
    slugs = {**{code: each.rule.slug for code, each in all_rules().items()},
             **{code: each.slug for code, each in ENGINE_RULES.items()}}  # fmt: skip
    assert {code: slugs[code] for code, _ in (*UNPREDICTED.values(), RUN_ERROR)} == dict(
        (*UNPREDICTED.values(), RUN_ERROR)
    )
