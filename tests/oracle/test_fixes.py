"""torchlint's fixes do what they say: a sample of faulty programs is fixed and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.oracle.fixes import Proof

pytestmark = pytest.mark.torch
PROGRAMS = 120


@pytest.fixture(scope="module", params=["scripts", "modules"])
def proof(request: pytest.FixtureRequest) -> Proof:
    pytest.importorskip("torch")
    from tests.oracle import truth
    from tests.oracle.fixes import faulty_programs, prove

    with truth.watching():
        labelled = faulty_programs(request.param, PROGRAMS, seed=77)
    return prove(labelled, unsafe=True)


def test_most_faults_that_can_be_fixed_have_a_fix(proof: Proof) -> None:
    assert proof.share_fixable_fixed >= 0.6


def test_fixed_programs_run_without_the_fault(proof: Proof) -> None:
    assert proof.share_gone >= 0.98


def test_safe_fixes_leave_gradients_as_they_are_meant(proof: Proof) -> None:
    assert proof.compared
    assert proof.share_equal == 1


def test_nothing_is_broken_on_the_way(proof: Proof) -> None:
    """No fix is refused or undone, and nothing changes where nothing is fixed."""
    assert [each for each in proof.problems if "all fixed" not in each] == []
