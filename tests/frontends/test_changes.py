"""What a fix changes, line by line."""

from __future__ import annotations

import pytest

from torchlint.finding import Applicability, Edit, Fix, Span
from torchlint.frontends.changes import changed_lines
from torchlint.syntax.source import Source


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("a\nx = 1\nb\n", "1", "2", (2, ["x = 1"], ["x = 2"])),
        ("a\n\f\f\fx = 1\nb\n", "1", "2", (2, ["\f\f\fx = 1"], ["\f\f\fx = 2"])),
        ("a\r\nx = 1", "1", "2", (2, ["x = 1"], ["x = 2"])),
        ("a\nx = 1\nb\n", "x = 1\n", "", (2, ["x = 1"], [])),
        ("a\nx = 1\nb\n", "x", "y = 2\nx", (2, [], ["y = 2"])),
    ],
)
def test_changed_lines(text: str, old: str, new: str, expected: tuple[int, list[str], list[str]]) -> None:
    source = Source(text, "a.py")
    span = Span(text.index(old), text.index(old) + len(old))
    fix = Fix(Applicability.SAFE, "", (Edit(span, source.place(span), new),))
    assert list(changed_lines(fix, source)) == [expected]


def test_a_line_of_many_form_feeds_takes_no_time_that_grows_with_the_square() -> None:
    source = Source("\f" * 500_000 + "x = 1\n", "a.py")
    span = Span(500_004, 500_005)
    fix = Fix(Applicability.SAFE, "", (Edit(span, source.place(span), "2"),))
    ((_, (old,), (new,)),) = changed_lines(fix, source)
    assert (old[-5:], new[-5:]) == ("x = 1", "x = 2")
