"""Random programs do the same observed, and what is true of them is confirmed. ``tests.oracle.confirm`` runs more."""

from __future__ import annotations

import multiprocessing
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module", autouse=True)
def _torch() -> None:
    pytest.importorskip("torch")


@pytest.mark.parametrize("grammar", ["scripts", "modules"])
def test_random_programs(grammar: str) -> None:
    from tests.oracle.confirm import chunk

    with multiprocessing.get_context("fork").Pool(1) as pool:
        proof = pool.apply(chunk, ((grammar, 7, 0, 120),))
    assert proof.different == []
    assert proof.false_confirmed == []
    assert proof.problems == {}
    assert proof.true >= 30
    assert proof.share_confirmed >= 0.98, proof.unconfirmed


def test_through_the_command(tmp_path: Path) -> None:
    from tests.oracle.confirm import prove_by_command

    proof = prove_by_command(2, 3, tmp_path)
    assert proof.programs == 2
    assert proof.different == []
    assert proof.confirmed == proof.true
    assert proof.false_confirmed == []
