"""Every rule is proven by its examples and by its cases: what is found, how it is fixed, and that PyTorch agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from notation import (
    FOLDER,
    Case,
    assert_findings,
    assert_fixed,
    assert_proven,
    case_files,
    cases_of,
    proof_problems,
    section_problems,
)

import torchlint
from torchlint.finding import Applicability, Certainty
from torchlint.rule import SECTIONS, LoadedRule, all_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torchlint.finding import Finding

MAX_LINES = 800
UNPROVEN = "cannot be shown by running"
"""What a docstring says, with a reason, where a rule has examples without a proof."""


def all_cases(rule: LoadedRule) -> Iterator[Case]:
    yield from map(Case, rule.examples)
    yield from cases_of(rule.rule.slug)


def parameters(with_proof: bool = False) -> list[object]:
    """Every case; one that is known not to be found must not be found, or it is no gap any more."""
    gap = pytest.mark.xfail(reason="a known gap", raises=AssertionError)
    return [
        pytest.param(
            rule, case, id=f"{rule.rule.slug}: {case.example.name}", marks=(gap,) if case.gap and not with_proof else ()
        )
        for rule in all_rules().values()
        for case in all_cases(rule)
        if not with_proof or case.example.proof or case.example.raises
    ]


def lint(rule: LoadedRule, case: Case, code: str) -> list[Finding]:
    """What the rule finds; nothing else may be found either."""
    code_of_rule = rule.rule.code
    found = torchlint.lint_source(
        code,
        select=None if case.default else [code_of_rule],
        certainty="likely" if case.default else "advice",
        target_version=case.target_version,
    )
    return [each for each in found if each.code == code_of_rule] if case.default else found


def fix(rule: LoadedRule, case: Case, code: str) -> str:
    return torchlint.fix_source(
        code,
        select=None if case.default else [rule.rule.code],
        certainty="likely" if case.default else "advice",
        target_version=case.target_version,
        unsafe=True,
    )


@pytest.mark.parametrize(("rule", "case"), parameters())
def test_findings(rule: LoadedRule, case: Case) -> None:
    assert_findings(case, lint(rule, case, case.plain))


@pytest.mark.parametrize(("rule", "case"), parameters())
def test_fixes(rule: LoadedRule, case: Case) -> None:
    if case.gap:
        pytest.xfail("a known gap")
    fixed = fix(rule, case, case.plain)
    assert_fixed(case, fixed, lint(rule, case, fixed))


@pytest.mark.parametrize(("rule", "case"), parameters(with_proof=True))
def test_proofs_depend_on_the_code(rule: LoadedRule, case: Case) -> None:
    assert not case.example.proof or list(proof_problems(case)) == []


@pytest.mark.torch
@pytest.mark.parametrize(("rule", "case"), parameters(with_proof=True))
def test_proofs(rule: LoadedRule, case: Case) -> None:
    pytest.importorskip("torch")
    assert_proven(case)


# The rules themselves.

RULES = [pytest.param(rule, id=rule.rule.slug) for rule in all_rules().values()]


@pytest.mark.parametrize("rule", RULES)
def test_document(rule: LoadedRule) -> None:
    assert list(section_problems(rule.doc, SECTIONS)) == []


@pytest.mark.parametrize("rule", RULES)
def test_message(rule: LoadedRule) -> None:
    assert not rule.rule.message.endswith(".")
    assert "\n" not in rule.rule.message


@pytest.mark.parametrize("rule", RULES)
def test_examples_teach_both_sides(rule: LoadedRule) -> None:
    faulty = [Case(each).is_faulty for each in rule.examples]
    assert any(faulty)
    assert not all(faulty)
    assert len(faulty) <= 6, f"edge cases belong into {rule.rule.slug}.md"
    names = [case.example.name for case in all_cases(rule)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("rule", RULES)
def test_what_is_claimed_is_proven(rule: LoadedRule) -> None:
    faulty = [each for each in rule.examples if Case(each).is_faulty and each.certainty is not Certainty.ADVICE]
    unproven = [each.name for each in faulty if not (each.proof or each.raises)]
    assert not unproven or UNPROVEN in " ".join(rule.doc.split())


@pytest.mark.parametrize("rule", RULES)
def test_declared_fix(rule: LoadedRule) -> None:
    """A rule declares the safest fix that it offers, and declares one exactly where an example is fixed."""
    safest = [Applicability.SAFE, Applicability.UNSAFE, Applicability.DISPLAY]
    cases = list(all_cases(rule))
    offered = {each.fix.applicability for case in cases for each in lint(rule, case, case.plain) if each.fix}
    assert rule.rule.fix == min(offered, key=safest.index, default=None)
    fixed = any(case.example.fixed is not None for case in cases)
    assert fixed is (rule.rule.fix in (Applicability.SAFE, Applicability.UNSAFE))


def test_case_files_belong_to_rules() -> None:
    found = {path for rule in all_rules().values() for path in case_files(rule.rule.slug)}
    assert {*FOLDER.glob("*.md"), *FOLDER.glob("*/*.md")} == found


@pytest.mark.parametrize("rule", RULES)
def test_files_of_cases_have_a_length_that_can_be_read(rule: LoadedRule) -> None:
    lengths = {path.name: path.read_text(encoding="utf-8").count("\n") for path in case_files(rule.rule.slug)}
    assert all(length <= MAX_LINES for length in lengths.values()), f"sort these by theme: {lengths}"


def test_codes_and_slugs_are_unique() -> None:
    rules = [rule.rule for rule in all_rules().values()]
    assert len({rule.code for rule in rules}) == len({rule.slug for rule in rules}) == len(rules)
