"""Texts that a program puts together."""

from __future__ import annotations

import pytest

from torchlint.model.interpreter import texts


@pytest.mark.parametrize(
    ("text", "arguments", "keywords", "expected"),
    [
        ("block{}", (1,), {}, "block1"),
        ("{0}.{name}", ("a",), {"name": "b"}, "a.b"),
        ("{}", (), {}, None),
        ("{:>1000000000}", (1,), {}, None),
        ("{0.__class__}", (1,), {}, None),
        ("{}", (1.5,), {}, None),
        ("{}" * 3, ("x" * 4000,) * 3, {}, None),
        ("{0}" * 1_000_000, ("x" * 4000,), {}, None),
    ],
)
def test_formatted(text: str, arguments: tuple[object, ...], keywords: dict[str, object], expected: str | None) -> None:
    assert texts.formatted(text, arguments, keywords) == expected


@pytest.mark.parametrize(
    ("text", "operand", "expected"),
    [
        ("block%d", 1, "block1"),
        ("%s.%i", ("a", 2), "a.2"),
        ("%1000000000d", 1, None),
        ("%d", "x", None),
        ("%d %d", 1, None),
        ("%d", 10**20, None),
    ],
)
def test_interpolated(text: str, operand: object, expected: str | None) -> None:
    assert texts.interpolated(text, operand) == expected


def test_joined() -> None:
    assert texts.joined(["block", 1, "a"]) == "block1a"
    assert texts.joined(["block", None]) is None
    assert texts.joined(["x" * 5000]) is None
    assert texts.joined(["x" * 4000] * 1_000_000) is None
