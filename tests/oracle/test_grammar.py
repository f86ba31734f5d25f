"""Programs come from seeds, are valid, and are of every sort."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

import pytest

from tests.oracle import grammar as scripts
from tests.oracle.modules import grammar as modules
from tests.oracle.program import Event, Labelled, Program, Truth, load, store
from tests.oracle.quotas import MODULES, SCRIPTS, Quotas, problems

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

BOTH = pytest.mark.parametrize("grammar", [scripts, modules], ids=["scripts", "modules"])
STORED = pytest.mark.parametrize("quotas", [SCRIPTS, MODULES], ids=["scripts", "modules"])


@BOTH
def test_deterministic(grammar: ModuleType) -> None:
    assert [grammar.program(3, number) for number in range(1, 60)] == list(islice(grammar.programs(3), 59))
    assert grammar.program(3, 1) != grammar.program(4, 1)


@BOTH
def test_valid(grammar: ModuleType) -> None:
    for each in islice(grammar.programs(5), 400):
        for cell in each.cells:
            compile(cell, each.family, "exec")


@BOTH
def test_notebooks_and_flags_are_among_them(grammar: ModuleType) -> None:
    some = list(islice(grammar.programs(6), 300))
    assert sum(each.is_notebook for each in some) > 10
    assert sum("FLAG_A" in each.text for each in some) > 10


@STORED
def test_stored_quotas(quotas: Quotas) -> None:
    assert problems(load(quotas.stored), quotas=quotas) == []


@STORED
def test_stored_variety(quotas: Quotas) -> None:
    """No family writes most of any kind, and hardly a program is there twice."""
    stored = load(quotas.stored)
    assert len({each.program.cells for each in stored}) > 0.98 * len(stored)
    assert sum(path.stat().st_size for path in quotas.stored.iterdir()) < 1_200_000
    for kind in quotas.kinds:
        families = Counter(
            each.program.family for each in stored if kind in {event.kind for event in each.truth.required}
        )
        assert families.most_common(1)[0][1] < 0.72 * families.total(), (kind, families)


def test_what_is_stored_comes_back(tmp_path: Path) -> None:
    notebook = Program(7, "walk", ("import torch\n", "x = 1\n\n", "y = 2\n"))
    truth = Truth(frozenset({Event("saved", 2, 1)}), frozenset({Event("twice", 3, 1)}))
    innocent = Labelled(Program(9, "innocent", ("import torch\nx = 1\n",)), Truth(frozenset(), frozenset()))
    store([Labelled(notebook, truth), innocent], tmp_path, "2.13.0")
    assert load(tmp_path) == [Labelled(notebook, truth), innocent]
