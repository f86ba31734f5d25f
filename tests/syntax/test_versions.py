"""The tree of a file that is being edited is the one that Python gives, and shares what did not change."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from tests.edits import edited
from torchlint.syntax.tree import parse_text
from torchlint.syntax.versions import Versions, split_lines, unchanged

MODEL = """\
import torch

a = 1; b = 2


@decorated
class Net(nn.Module):
    \"\"\"Words:
    class Not:
    \"\"\"
    size = 3

    def one(self):
        return f"{self.size}" 'é' \\
            + "x"

    @property
    def two(self):
        return [
            1,
        ]

if a:
    class Inner: x = 1
else:
    pass

def last():
    pass
"""


def dumped(parse: object, text: str) -> str | tuple[object, ...]:
    assert callable(parse)
    try:
        return ast.dump(parse(text), include_attributes=True)
    except (SyntaxError, ValueError) as error:
        return type(error), str(error), getattr(error, "lineno", None), getattr(error, "offset", None)


@pytest.mark.parametrize("seed", range(40))
def test_random_edits_give_the_tree_of_the_whole(seed: int) -> None:
    chance = random.Random(seed)
    example = Path(__file__).parents[1] / "examples/train.py"
    text = example.read_text(encoding="utf-8") if seed % 4 == 0 else MODEL
    versions, valid, before = Versions(), 0, text
    for _ in range(60):
        expected = dumped(parse_text, text)
        assert dumped(versions.parse, text) == expected, text
        if isinstance(expected, str):
            valid, before = valid + 1, text
        text = edited(before if chance.random() < 0.9 else text, chance)
    assert valid > 10


@pytest.mark.parametrize(
    ("old", "new", "new_statements", "new_members"),
    [
        pytest.param("a = 1", "a = 3", 3, 5, id="statement"),  # with the one before, and `b` shares its line
        pytest.param("            1,", "            2,", 1, 1, id="member"),
        pytest.param("import torch", "import torch\n\n", 2, 0, id="new-lines"),
        pytest.param("size = 3", "size = 3\n    width = 4", 1, 3, id="new-member"),
        pytest.param("class Net", "class Nut", 1, 4, id="header"),
    ],
)
def test_what_did_not_change_is_shared(old: str, new: str, new_statements: int, new_members: int) -> None:
    versions = Versions()
    before = versions.parse(MODEL).body
    after = versions.parse(MODEL.replace(old, new, 1)).body
    assert sum(each not in before for each in after) <= new_statements
    (one,), (other,) = ([each for each in body if isinstance(each, ast.ClassDef)] for body in (before, after))
    assert sum(each not in one.body for each in other.body) <= new_members


def test_the_last_good_version_outlives_a_broken_one() -> None:
    versions = Versions()
    before = versions.parse(MODEL).body
    with pytest.raises(SyntaxError):
        versions.parse(MODEL.replace("def last():", "def last(:"))
    assert versions.parse(MODEL).body[:-1] == before[:-1]


def test_lines_end_where_python_ends_them() -> None:
    assert split_lines("a\x0cb\x0b\x1c\x85\u2028c\nd\r\ne\rf") == ["a\x0cb\x0b\x1c\x85\u2028c\n", "d\r\n", "e\r", "f"]
    assert unchanged("abcabc", "abc") == (3, 0)
    assert unchanged("abxbc", "abybc") == (2, 2)
    assert unchanged("", "a") == (0, 0)
