"""Comparing trees."""

from __future__ import annotations

import ast

import pytest

from torchlint.syntax.tree import is_same_tree

PROGRAMS = (
    "x = 1",
    "x = 1.0",
    "x = True",
    "x = 0.0",
    "x = -0.0",
    "y = 1",
    "x = [1]",
    "x = [1, 1]",
    "x = y = 1",
    "x: int = 1",
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_tree_is_the_same_with_other_lines_and_comments_only(program: str) -> None:
    tree = ast.parse(f"# a comment\n\n{program}  # noqa\n")
    assert [each for each in PROGRAMS if is_same_tree(tree, ast.parse(each))] == [program]


def test_deep_trees_are_compared() -> None:
    one, other = (ast.Module([ast.Expr(ast.Name("x"))], []) for _ in range(2))
    for tree in (one, other):
        statement = tree.body[0]
        assert isinstance(statement, ast.Expr)
        for _ in range(20_000):
            statement.value = ast.Attribute(statement.value, "data")
    assert is_same_tree(one, other)


def test_a_number_of_any_length_is_compared() -> None:
    one, other = (ast.parse(f"x = 0x{'f' * 9_000}{last}") for last in "ab")
    assert is_same_tree(one, one)
    assert not is_same_tree(one, other)
