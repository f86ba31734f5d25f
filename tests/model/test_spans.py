"""Many spans, asked at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from torchlint.finding import Span
from torchlint.model.code.spans import Spans

SPANS = st.tuples(st.integers(0, 30), st.integers(1, 10)).map(lambda each: Span(each[0], each[0] + each[1]))


@given(st.lists(SPANS, max_size=8), SPANS)
def test_meets_as_if_each_was_asked(spans: list[Span], asked: Span) -> None:
    expected = any(each.start < asked.end and asked.start < each.end for each in spans)
    assert Spans(spans).meets(asked) is expected
