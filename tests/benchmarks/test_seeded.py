"""The faults of ``python -m tests.benchmarks.seeded`` can be put into their programs."""

from __future__ import annotations

import ast

import pytest

from tests.benchmarks.seeded.programs import Program, applied, cells, problems, read_programs, touched

PROGRAMS = read_programs()

each_program = pytest.mark.parametrize("program", PROGRAMS, ids=[each.name for each in PROGRAMS])


@each_program
def test_every_edit_is_well_written(program: Program) -> None:
    assert list(problems(program)) == []


@each_program
def test_every_edit_leaves_python_and_touches_a_line(program: Program) -> None:
    texts = program.texts()
    for edit in program.edits:
        for file, text in applied(texts, edit).items():
            for _, code in cells(file, text):
                ast.parse(code)
        assert touched(texts, edit)


def test_there_are_many() -> None:
    edits = [edit for program in PROGRAMS for edit in program.edits]
    assert sum(edit.harmless for edit in edits) >= 40
    assert sum(not edit.harmless for edit in edits) >= 150
