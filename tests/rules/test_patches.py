"""Fixes that are shown as differences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.patches import applied, difference

LINES = ["a", "b", "a", "b", "c", "", "a", "d"]


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        pytest.param([" c", "+new"], "a b a b c new  a d", id="added"),
        pytest.param([" c", "", "-a"], "a b a b c  d", id="an empty line stays"),
        pytest.param(["-c", "-", "+"], "a b a b  a d", id="an empty line is written anew"),
        pytest.param(["-b", "+x", " c", "@@", "-a", "+y", " d"], "a b a x c  y d", id="two hunks"),
        pytest.param(["-c", "@@", "-a", "+y"], "a b a b  y d", id="behind the one before, in one place"),
    ],
)
def test_applied(patch: list[str], expected: str) -> None:
    assert applied("\n".join(LINES), patch).splitlines() == expected.split(" ")


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        pytest.param(["-a"], "found 3 times", id="in several places"),
        pytest.param(["-x", "+y"], "found 0 times", id="nowhere"),
        pytest.param(["+y"], "must be once", id="without a place"),
        pytest.param(["-d", "@@", "-c"], "found 0 times behind line 7", id="in another order"),
        pytest.param([" c"], "changes nothing", id="without a change"),
        pytest.param([], "changes nothing", id="empty"),
        pytest.param(["-c", "@@"], "changes nothing", id="an empty hunk"),
        pytest.param(["@@ -1,2 +1,2 @@", "-c"], "no line of a difference", id="with numbers"),
    ],
)
def test_no_difference(patch: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        applied("\n".join(LINES), patch)


@given(st.lists(st.sampled_from(["a", "b", "", " x", "-", "+y"])), st.lists(st.sampled_from(["a", "b", ""])))
def test_a_difference_comes_to_what_it_was_made_from(before: list[str], after: list[str]) -> None:
    old, new = "\n".join([*before, "end"]) + "\n", "\n".join([*after, "end"]) + "\n"
    if old != new:
        assert applied(old, difference(old, new)) == new


def test_a_difference_is_short() -> None:
    before = "a\nb\nc\na\nb\nd\n"
    assert difference(before, "a\nb\nc\na\nx\nd\n") == [" a", "-b", "+x", " d"]
    assert difference("b\nb\nc\na\n", "b\nx\nb\nc\na\n") == [" b", "+x", " b"]
