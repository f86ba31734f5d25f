"""Where the comments of a program are."""

from __future__ import annotations

import io
import tokenize
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from torchlint.syntax.source import Source


@lru_cache(maxsize=1)
def comment_columns(source: Source) -> Mapping[int, int]:
    """The 0-based columns of comments by their 1-based lines; none where the text is no tokens of Python."""
    if "#" not in source.text:
        return {}
    lines = io.StringIO(source.text, newline=None)
    try:
        tokens = list(tokenize.generate_tokens(lines.readline))
    except (tokenize.TokenError, SyntaxError, ValueError):
        return {}
    return {token.start[0]: token.start[1] for token in tokens if token.type == tokenize.COMMENT}
