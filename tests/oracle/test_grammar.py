"""Programs come from seeds, are valid, and are of every sort."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from tests.oracle.grammar import program, programs
from tests.oracle.program import Event, Labelled, Program, Truth, load, store
from tests.oracle.quotas import STORED, problems

if TYPE_CHECKING:
    from pathlib import Path


def test_deterministic() -> None:
    assert [program(3, number) for number in range(1, 60)] == list(islice(programs(3), 59))
    assert program(3, 1) != program(4, 1)


def test_valid() -> None:
    for each in islice(programs(5), 400):
        for cell in each.cells:
            compile(cell, each.family, "exec")


def test_notebooks_and_flags_are_among_them() -> None:
    some = list(islice(programs(6), 300))
    assert sum(each.is_notebook for each in some) > 10
    assert sum("FLAG_A" in each.text for each in some) > 30


def test_stored_quotas() -> None:
    assert problems(load(STORED)) == []


def test_stored_variety() -> None:
    """No family writes most of any kind, and hardly a program is there twice."""
    stored = load(STORED)
    assert len({each.program.cells for each in stored}) > 0.98 * len(stored)
    assert sum(path.stat().st_size for path in STORED.iterdir()) < 2_500_000
    kinds = {event.kind for each in stored for event in each.truth.required} - {"flags"}
    for kind in kinds:
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
