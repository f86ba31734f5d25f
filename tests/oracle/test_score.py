"""torchlint is scored on the stored programs, and the score counts right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.oracle import report
from tests.oracle.program import Event, Labelled, Program, Truth, load
from tests.oracle.quotas import MODULES, SCRIPTS, Quotas
from tests.oracle.score import Score, score
from torchlint.finding import Certainty, Effect, EffectKind, Finding, Place, Related, Span

WORDS = {
    "saved": "one of the variables needed for gradient computation has been modified by an inplace operation",
    "twice": "Trying to backward through the graph a second time",
    "leaf": "a leaf Variable that requires grad is being used in an in-place operation.",
    "view": "a view of a leaf Variable that requires grad is being used in an in-place operation.",
    "out": "exp(): functions with out=... arguments don't support automatic differentiation",
    "without-grad": "element 0 of tensors does not require grad and does not have a grad_fn",
    "inference": "Inference tensors cannot be saved for backward.",
    "flags": "you can only change requires_grad flags of leaf variables.",
    "unknown": "no such thing",
}
LEAST = {SCRIPTS: (0.99, 0.97), MODULES: (0.98, 0.93)}
"""Precision and recall that torchlint must reach on the stored sets."""
MISSING, WRONG = Event("saved", 0, 4), Event("twice", 0, 3)


def finding(code: str, event: Event, seen: bool = True) -> Finding:
    """A finding that predicts an event; ``seen``: where it surfaces is."""
    place = Place(None, event.cell or None, event.line, 1, event.line, 2)
    kind = EffectKind.SILENT if event.kind == "silent" else EffectKind.RAISES
    effect = Effect(kind, WORDS.get(event.kind, "a wrong gradient"), place if seen else None)
    return Finding(code, "made-up", "", Certainty.CERTAIN, Span(0, 1), place, effect)


def naming(finding: Finding, role: str, line: int) -> Finding:
    """A finding that names another place."""
    place = Place(None, None, line, 1, line, 2)
    return replace(finding, related=(Related(role, "", place),))


def scored(findings: list[Finding], required: list[Event], optional: tuple[Event, ...] = ()) -> Score:
    program = Program(1, "made up", ("import torch\n" * 5,))
    truth = Truth(frozenset(required), frozenset(optional))
    return score([Labelled(program, truth)], lambda _: findings)


def counts(result: Score) -> tuple[int, int, int]:
    return result.total.right, result.total.false, result.total.missed


@pytest.mark.parametrize(
    ("findings", "optional", "expected"),
    [
        pytest.param([finding("TLC202", MISSING)], (), (1, 0, 0), id="right"),
        pytest.param([finding("TLC202", MISSING), finding("TLC205", MISSING)], (), (1, 0, 0), id="once"),
        pytest.param([], (), (0, 0, 1), id="missed"),
        pytest.param([finding("TLC202", MISSING._replace(line=3))], (), (0, 1, 1), id="another line"),
        pytest.param([finding("TLC401", MISSING._replace(kind="twice"))], (), (0, 1, 1), id="another kind"),
        pytest.param([finding("TLC301", MISSING._replace(kind="silent"))], (), (0, 1, 1), id="silent, not raised"),
        pytest.param([finding("TLC202", MISSING), finding("TLC401", WRONG)], (), (1, 1, 0), id="one too many"),
        pytest.param([finding("TLC202", MISSING), finding("TLC401", WRONG)], (WRONG,), (1, 0, 0), id="optional"),
        pytest.param([naming(finding("TLC202", MISSING), "backward", 3)], (), (1, 1, 0), id="two backwards, one wrong"),
        pytest.param(
            [naming(finding("TLC202", MISSING), "saved", 3)], (), (1, 0, 0), id="a place that predicts nothing"
        ),
        pytest.param([finding("TLC202", MISSING, seen=False)], (), (0, 0, 1), id="says not where"),
        pytest.param([finding("TLC303", WRONG)], (), (0, 0, 1), id="a rule that claims other things"),
        pytest.param([finding("TLC202", Event("unknown", 0, 4))], (), (0, 1, 1), id="unknown words"),
    ],
)
def test_counting(findings: list[Finding], optional: tuple[Event, ...], expected: tuple[int, int, int]) -> None:
    assert counts(scored(findings, [MISSING], optional)) == expected


def test_a_linter_that_knows_the_truth_is_perfect() -> None:
    stored = load(SCRIPTS.stored)[:300]
    truth = {each.program: each.truth for each in stored}
    result = score(stored, lambda program: [finding("TLC202", event) for event in truth[program].required])
    assert (result.total.precision, result.total.recall) == (1.0, 1.0)
    assert result.total.right > 100


def test_an_innocent_program_with_a_finding_is_counted() -> None:
    result = scored([finding("TLC401", WRONG)], [])
    assert (result.innocent, result.innocent_with_findings) == (1, 1)


def test_what_is_wrong_is_shown() -> None:
    result = scored([finding("TLC401", WRONG)], [MISSING])
    (text,) = report.worst(result, 5)
    assert "   4  import torch    # <-- MISSED saved" in text
    assert "missed saved 4\nfalse twice 3\n" in text
    assert list(report.worst(result, 5, "leaf")) == []
    assert "saved                 1       0       0       1     100.0%     0.0%" in report.table(result)


@pytest.fixture(scope="module", params=[SCRIPTS, MODULES], ids=["scripts", "modules"])
def stored(request: pytest.FixtureRequest) -> tuple[Quotas, Score]:
    return request.param, score(load(request.param.stored))


@pytest.mark.once
def test_nothing_fails(stored: tuple[Quotas, Score]) -> None:
    assert [each.error for each in stored[1].errors] == []


@pytest.mark.once
def test_stored_programs(stored: tuple[Quotas, Score]) -> None:
    quotas, result = stored
    precision, recall = LEAST[quotas]
    assert result.total.precision >= precision
    assert result.total.recall >= recall
    for kind in quotas.kinds:
        assert result.kinds[kind].precision >= 0.95, kind
        assert result.kinds[kind].recall >= 0.90, kind
