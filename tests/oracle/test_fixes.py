"""torchlint's fixes do what they say: a sample of faulty programs is fixed and run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.oracle.program import load
from tests.oracle.quotas import MODULES, SCRIPTS, Quotas
from torchlint.engine.check import check_source
from torchlint.engine.fix import fix_source
from torchlint.engine.settings import Overrides, load_settings
from torchlint.finding import Applicability
from torchlint.syntax.read_source import read_source

if TYPE_CHECKING:
    from tests.oracle.fixes import Proof

PROGRAMS = 120
torch_needed = pytest.mark.torch


@pytest.mark.parametrize("quotas", [SCRIPTS, MODULES], ids=["scripts", "modules"])
def test_fixes_settle(quotas: Quotas) -> None:
    """No fix is refused, none undoes another, and nothing changes where nothing is fixed."""
    settings = load_settings(Path.cwd(), Overrides(isolated=True))
    for each in load(quotas.stored)[::8]:
        data = each.program.as_bytes()
        source = read_source(data, each.program.path)
        result = fix_source(source, lambda text: check_source(text, settings), True, data)
        assert result.left.error is None, each.program.number
        assert result.applied or result.data == data


@pytest.fixture(scope="module", params=["scripts", "modules"])
def proof(request: pytest.FixtureRequest) -> Proof:
    pytest.importorskip("torch")
    from tests.oracle import truth
    from tests.oracle.fixes import faulty_programs, prove

    with truth.watching():
        labelled = faulty_programs(request.param, PROGRAMS, seed=77)
    return prove(labelled, tuple(Applicability))


@torch_needed
def test_most_faults_have_a_fix_that_is_made(proof: Proof) -> None:
    assert proof.share_applied >= 0.6


@torch_needed
def test_fixed_programs_run_without_the_fault(proof: Proof) -> None:
    assert proof.share_gone >= 0.98


@torch_needed
def test_safe_fixes_leave_gradients_as_they_are_meant(proof: Proof) -> None:
    assert proof.compared
    assert proof.share_equal == 1


@torch_needed
def test_nothing_is_broken_on_the_way(proof: Proof) -> None:
    """No fix is refused or undone, and nothing changes where nothing is fixed."""
    assert [each for each in proof.problems if "all fixed" not in each] == []
